-- Of iemand op de dag deelneemt aan het Innovatielab.
select dag, client.person, case when count(innovatielab.person) > 0 then 'ja' else 'nee' end as code
from client
cross join unnest($dagen) as dagen (dag)
left join innovatielab
    on client.person = innovatielab.person
    and innovatielab.datum_start <= dag
    and coalesce(innovatielab.datum_einde >= dag, true)
group by dag, client.person
