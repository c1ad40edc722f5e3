-- Geslacht zoals het laatst geleverd; onbekend telt niet als groep.
select person, geslacht as code
from client
where geslacht in ('1', '2')
