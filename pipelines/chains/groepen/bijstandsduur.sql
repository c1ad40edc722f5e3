-- Hoeveel hele jaren iemand op de dag onafgebroken bijstand heeft, van de eerste dag tot dezelfde dag een jaar later.
-- Een onderbreking van hoogstens $gat dagen is er geen.
with bijstand as (
    select dag, person, first_day, coalesce(next_day, date '9999-12-31') as next_day
    from spell, unnest($dagen) as dagen (dag)
    where register = 'bijstand' and first_day <= dag
),

begin_of as (
    select
        dag,
        person,
        first_day,
        next_day,
        first_day > max(next_day) over earlier + $gat as begins
    from bijstand
    window earlier as (
        partition by dag, person order by first_day rows between unbounded preceding and 1 preceding
    )
),

held as (
    select
        dag,
        person,
        date_sub('month', max(first_day) filter (coalesce(begins, true)), dag) as months
    from begin_of
    group by dag, person
    having max(next_day) > dag
)

select
    dag,
    person,
    case
        when months < 12 then 'tot_1'
        when months < 24 then '1_tot_2'
        when months < 60 then '2_tot_5'
        else 'vanaf_5'
    end as code
from held
