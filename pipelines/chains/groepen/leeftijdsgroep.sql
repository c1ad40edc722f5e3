-- Leeftijd in het jaar van de dag, in de klassen van het CBS.
select
    person,
    case
        when year($dag) - geboortejaar < 27 then 'tot_27'
        when year($dag) - geboortejaar < 45 then '27_tot_45'
        else 'vanaf_45'
    end as code
from client
where geboortejaar is not null
