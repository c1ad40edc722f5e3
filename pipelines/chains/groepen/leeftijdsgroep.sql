-- Leeftijd op 31 december van het jaar van de dag, in de klassen van het CBS: alleen het geboortejaar is bekend.
select
    dag,
    person,
    case
        when year(dag) - geboortejaar < 27 then 'tot_27'
        when year(dag) - geboortejaar < 45 then '27_tot_45'
        else 'vanaf_45'
    end as code
from client, unnest($dagen) as dagen (dag)
where geboortejaar is not null
