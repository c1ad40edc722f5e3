-- Leefvorm zoals het laatst geleverd.
select person, leefvorm as code
from client
where leefvorm is not null
