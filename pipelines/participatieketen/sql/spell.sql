-- spell: one row per person, register and registered period that a rule of the chain puts in a position.
-- Order: person, register, first_day. Periods are half-open; a paused delivery goes on until it is taken up again.
with
definitive as (
    select register, person, allocation, begin_date
    from register_row
    where not paused
),

next_start as (
    select pause.register, pause.row_number, min(later.begin_date) as begin_date
    from register_row as pause
    inner join register_row as later
        on pause.register = later.register
        and pause.person = later.person
        and pause.end_date <= later.begin_date
    where pause.paused
    group by all
),

period as (
    select
        row.*,
        case
            when row.paused and coalesce(next_start.begin_date, row.last_end_date) is null then null
            when row.paused then greatest(row.end_date, least(next_start.begin_date, row.last_end_date))
            else row.end_date
        end as next_day
    from register_row as row
    left join next_start using (register, row_number)
    anti join definitive
        on row.paused
        and row.register = definitive.register
        and row.person = definitive.person
        and row.begin_date = definitive.begin_date
        and row.allocation is not distinct from definitive.allocation
),

held as (
    select period.register, period.row_number, arg_min(rule.position, rule.tried) as position
    from period
    inner join open_rule as rule using (register)
    left join register_value as found
        on period.register = found.register
        and period.row_number = found.row_number
        and rule.column_name = found.column_name
    where rule.column_name is null or found.value = rule.value
    group by all
),

ended as (
    select
        period.register,
        period.row_number,
        coalesce(
            arg_min(rule.position, rule.tried) filter (rule.value is not null),
            arg_min(rule.position, rule.tried) filter (rule.value is null)
        ) as position
    from period
    inner join ended_rule as rule using (register)
    left join register_value as given
        on period.register = given.register
        and period.row_number = given.row_number
        and rule.column_name = given.column_name
    where
        rule.value is null
        or rule.value = case when rule.column_name is null then period.reason else given.value end
    group by all
),

known as (
    select
        person,
        (date_trunc('month', min(month)) + interval 1 month)::date as known_from,
        arg_min(position, (month, tried)) as position
    from person_month
    group by person
)

select
    period.person,
    period.register,
    held.position,
    period.begin_date as first_day,
    period.next_day,
    period.next_day is not null as closed,
    case when not period.paused then period.reason end as reason,
    case when not period.paused and period.next_day is not null then ended.position end as after,
    known.known_from,
    known.position as known
from period
inner join held using (register, row_number)
left join ended using (register, row_number)
left join known using (person)
order by period.person, period.register, period.begin_date, period.next_day, period.row_number
