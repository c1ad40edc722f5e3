"""The mvad chain against its published answers.

Source of the numbers: McVicar & Anyadike-Danes (2002), J. R. Stat. Soc. A 165(2), data as shipped with the R package
TraMineR; shares, entropies and rates as printed in its vignette and manual, columns Sep.93 to Jun.99, weighted by
`weight`. Counts of transitions: unweighted, from the same columns.
"""

import math

import polars as pl
import pytest

from conftest import Run
from participatieketen import disclosure, extract

ACTIVITIES = ("employment", "FE", "HE", "joblessness", "school", "training")
SHARES = {
    "1993-09-01": dict(zip(ACTIVITIES, (0.034, 0.223, 0.000, 0.048, 0.472, 0.223), strict=True)),
    "1994-04-01": dict(zip(ACTIVITIES, (0.067, 0.200, 0.000, 0.067, 0.446, 0.220), strict=True)),
}
ENTROPIES = [0.72, 0.73, 0.73, 0.74, 0.75, 0.76, 0.77, 0.77]
STEPS = {
    ("employment", "joblessness"): 143,
    ("joblessness", "employment"): 165,
    ("FE", "employment"): 227,
    ("training", "employment"): 192,
}
PERSONS_BY_STEPS = [52, 251, 186, 122, 47, 27, 16, 5, 4, 2]
MONTHLY_RATES = {
    ("employment", "employment"): 0.99,
    ("employment", "joblessness"): 0.01,
    ("FE", "FE"): 0.95,
    ("FE", "employment"): 0.03,
    ("joblessness", "employment"): 0.04,
    ("joblessness", "joblessness"): 0.94,
    ("school", "HE"): 0.02,
    ("school", "school"): 0.95,
    ("training", "employment"): 0.04,
    ("training", "training"): 0.94,
}


def query(run: Run, sql: str) -> pl.DataFrame:
    """Return what the extract answers."""
    return extract.query(run.workspace.extract, sql)


def weighted_shares(run: Run, months: int) -> pl.DataFrame:
    """Return month, position, share: weighted by client.weight."""
    return query(
        run,
        f"""
        with month as (
            select unnest(generate_series(date '1993-09-01', date '1993-09-01' + interval {months - 1} month,
                                          interval 1 month))::date as month
        )
        select month, position, sum(weight) / sum(sum(weight)) over (partition by month) as share
        from month join timeline on first_day <= month and month < next_day join client using (person)
        group by month, position order by month, position
        """,  # noqa: S608 - a number of this file
    )


def test_all_steps_are_found(mvad: Run) -> None:
    """1,493 changes of activity after September 1993, and the four that are published one by one."""
    counts = {
        (start, end): number
        for start, end, number in query(
            mvad, "select from_position, to_position, count(*) from step group by all"
        ).iter_rows()
    }
    assert sum(counts.values()) == 1493
    assert {pair: counts[pair] for pair in STEPS} == STEPS


def test_persons_by_number_of_steps(mvad: Run) -> None:
    """52 never changed, 251 once, and so on up to 2 who changed nine times."""
    found = query(
        mvad,
        """
        select number, count(*) as persons
        from (select count(step.day) as number from client left join step using (person) group by person)
        group by number order by number
        """,
    )
    assert found["number"].to_list() == list(range(10))
    assert found["persons"].to_list() == PERSONS_BY_STEPS


@pytest.mark.parametrize("month", SHARES)
def test_weighted_shares(mvad: Run, month: str) -> None:
    """Shares of the activities in September 1993 and April 1994, to three decimals."""
    rows = weighted_shares(mvad, 8).filter(pl.col("month").cast(pl.String) == month)
    shares = {position: round(share, 3) for _, position, share in rows.iter_rows()}
    assert {position: shares.get(position, 0.0) for position in SHARES[month]} == SHARES[month]


def test_entropies(mvad: Run) -> None:
    """Entropy of the shares, as a part of the largest possible, September 1993 to April 1994."""
    found = [
        round(-sum(share * math.log(share) for share in month["share"]) / math.log(len(ACTIVITIES)), 2)
        for (_,), month in weighted_shares(mvad, 8).group_by("month", maintain_order=True)
    ]
    assert found == ENTROPIES


def test_monthly_transition_rates(mvad: Run) -> None:
    """Weighted transition rates over all 69 pairs of months, to two decimals."""
    found = query(
        mvad,
        """
        with month as (
            select unnest(generate_series(date '1993-09-01', date '1999-05-01', interval 1 month))::date as month
        ),
        pair as (
            select a.position as start, b.position as stop, sum(weight) as weight
            from month
            join timeline as a on a.first_day <= month and month < a.next_day
            join timeline as b
                on b.person = a.person and b.first_day <= month + interval 1 month
                and month + interval 1 month < b.next_day
            join client on client.person = a.person
            group by all
        )
        select start, stop, weight / sum(weight) over (partition by start) as rate from pair
        """,
    )
    rates = {(start, stop): round(rate, 2) for start, stop, rate in found.iter_rows()}
    assert {pair: rates[pair] for pair in MONTHLY_RATES} == MONTHLY_RATES


def test_everyone_is_somewhere_every_month(mvad: Run) -> None:
    """712 persons in each of the 70 months: nobody enters, nobody leaves."""
    found = query(mvad, "select month, sum(persons) as persons from stock_flow group by month order by month")
    assert found["persons"].to_list() == [712] * 69


def test_the_report_is_published_and_not_called_fictional(mvad: Run) -> None:
    """These are real people of long ago; the pages say neither 'fictief' nor anything the release does not hold."""
    assert {"index.html", "beweging.html", "doorstroom.html", "kwaliteit.html"} <= set(mvad.pages)
    assert "<dd>geen maanden</dd>" in mvad.pages["beweging.html"]
    assert not any("ictieve gegevens" in page for page in mvad.pages.values())


def test_the_released_steps_are_the_steps_rounded(mvad: Run) -> None:
    """What is published of the last year differs from the truth by less than the base."""
    released = disclosure.open_release(mvad.workspace.releases / mvad.site.release / "released.duckdb")
    truth = query(
        mvad,
        """
        select from_position, to_position, count(*) as true_steps
        from step where day >= date '1998-07-01' group by all
        """,
    )
    table = released["step_year"].frame.join(truth, on=["from_position", "to_position"], how="left").drop_nulls("steps")
    assert table.height > 0
    assert ((table["steps"] - table["true_steps"].fill_null(0)).abs() <= 4).all()
