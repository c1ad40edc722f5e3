-- Met wie iemand op de dag een uitkering deelt: het huishouden heet naar het laagste nummer van de personen erin.
with uitkering as (
    select dag, person, registratienummer_uitkering as nummer
    from bijstand, unnest($dagen) as dagen (dag)
    where aanvangsdatum <= dag and coalesce(einddatum >= dag, true)
)

select own.dag, own.person, min(shared.person) as household
from uitkering as own
inner join uitkering as shared on own.dag = shared.dag and own.nummer = shared.nummer
group by own.dag, own.person
