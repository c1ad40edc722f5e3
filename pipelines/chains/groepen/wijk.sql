-- De wijk van het woonadres, zoals het laatst geleverd.
select person, wijkcode as code
from client
where wijkcode is not null
