"""moves: the frames of steps and of stock and flow."""

from datetime import date

import polars as pl
import pytest

from drawn import PARTICIPATIE, spells_of
from participatieketen.moves import counts, steps, stock_flow
from participatieketen.timelines import timeline

PEILDATUM = date(2024, 6, 30)
CODES = pl.Enum(PARTICIPATIE.codes)
STEP = {
    "person": pl.Int32(),
    "day": pl.Date(),
    "from_position": CODES,
    "to_position": CODES,
    "direction": pl.String(),
    "steps": pl.Int32(),
    "bridged_days": pl.Int32(),
}
STOCK_FLOW = {
    "month": pl.Date(),
    "from_position": CODES,
    "to_position": CODES,
    "group": pl.String(),
    "persons": pl.Int64(),
}
STAYS = timeline(
    spells_of("""
        persoon | register     | begindatum | einddatum  | reden
        4       | dagbesteding | 2024-01-01 | 2024-03-31 |
        4       | bijstand     | 2024-02-01 |            |
        9       | bijstand     | 2023-01-01 | 2024-05-31 | 11
    """),
    PARTICIPATIE,
    PEILDATUM,
)


def test_columns_have_their_types() -> None:
    """Positions come as the chain's codes, so that they sort in its order."""
    assert steps(STAYS, PARTICIPATIE).schema == STEP
    assert stock_flow(STAYS, PARTICIPATIE, PEILDATUM).schema == STOCK_FLOW


def test_rows_are_sorted() -> None:
    """Steps by person and day, flow by month, positions and group."""
    made, flow = steps(STAYS, PARTICIPATIE), stock_flow(STAYS, PARTICIPATIE, PEILDATUM)
    assert made.equals(made.sort("person", "day"))
    assert flow.equals(flow.sort("month", "from_position", "to_position", "group"))


def test_no_timeline_gives_no_moves() -> None:
    """Empty frames have the same columns."""
    made, flow = steps(STAYS.clear(), PARTICIPATIE), stock_flow(STAYS.clear(), PARTICIPATIE, PEILDATUM)
    assert made.is_empty()
    assert flow.is_empty()
    assert made.schema == STEP
    assert flow.schema == STOCK_FLOW


def test_a_month_that_is_not_over_has_no_flow() -> None:
    """Within the first month nothing is known about the next."""
    stays = timeline(
        spells_of("""
            register | begindatum | einddatum
            bijstand | 2024-06-01 | 2024-06-20
        """),
        PARTICIPATIE,
        date(2024, 6, 20),
    )
    flow = stock_flow(stays.with_columns(first_day=date(2024, 6, 1)), PARTICIPATIE, date(2024, 6, 20))
    assert flow.filter(pl.col("month") >= date(2024, 6, 1)).is_empty()


def test_groups_are_those_that_were_given() -> None:
    """Persons are counted in their own group, under its own name."""
    groups = pl.DataFrame(
        {"person": [9, 4], "group": ["lab", "elders"]}, schema={"person": pl.Int32, "group": pl.String}
    )
    flow = stock_flow(STAYS, PARTICIPATIE, PEILDATUM, groups)
    assert flow.schema == STOCK_FLOW
    assert flow.filter(pl.col("month") == date(2024, 5, 1)).rows() == [
        (date(2024, 5, 1), "bijstand", "werk", "lab", 1),
        (date(2024, 5, 1), "bijstand", "bijstand", "elders", 1),
    ]


@pytest.mark.parametrize("peildatum", [date(2024, 5, 31), date(2024, 6, 1)])
def test_the_peildatum_decides_which_months_are_whole(peildatum: date) -> None:
    """A flow into June needs the first of June."""
    last = stock_flow(STAYS, PARTICIPATIE, peildatum)["month"].max()
    assert last == (date(2024, 5, 1) if peildatum.day == 1 else date(2024, 4, 1))


def test_who_is_where_a_year_later_is_of_the_day_that_is_settled() -> None:
    """With three provisional months at 30 June, a step on 31 March is in it, and one of 2 April is not."""
    stays = timeline(
        spells_of("""
            persoon | register | begindatum | einddatum  | reden
            1       | bijstand | 2022-01-01 | 2023-03-31 | 11
            2       | bijstand | 2022-01-01 | 2024-03-30 | 11
            3       | bijstand | 2022-01-01 | 2024-04-01 | 11
        """),
        PARTICIPATIE,
        PEILDATUM,
    )
    made, flow = steps(stays, PARTICIPATIE), stock_flow(stays, PARTICIPATIE, PEILDATUM)
    found = counts(stays, made, flow, PARTICIPATIE, PEILDATUM)
    assert PARTICIPATIE.settled_on(PEILDATUM) == date(2024, 4, 1)
    pair = {"from_position": "bijstand", "to_position": "werk"}
    assert found["year_matrix"].filter(**pair).row(-1) == (date(2024, 4, 1), "bijstand", "werk", 1)
    made_of = (
        found["step"].filter(pl.col("steps") > 0, direction="vooruit").select("month", "direction", "steps").rows()
    )
    assert made_of == [(date(year, month, 1), "vooruit", 1) for year, month in ((2023, 4), (2024, 3), (2024, 4))]
    assert found["step"].filter(**pair)["month"].to_list() == found["step"]["month"].unique().sort().to_list()
