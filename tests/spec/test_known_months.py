"""Known months: a death after the last register ended is known of the person, and ends what followed from an exit."""

from datetime import date

import polars as pl
import pytest

import oracle
from drawn import PARTICIPATIE, Table, drawn
from participatieketen import estimates, moves, timelines
from registers import register_spells

LAST = date(2025, 12, 31)
WORKING = """
    persoon | statistiekcode | begindatum | einddatum  | reden
    1       | 01             | 2022-01-01 | 2023-02-28 | 11
"""


def spells_of_person(bijstand: str, month: str) -> pl.DataFrame:
    """Return the spells of a person who died in the month that begins on this day."""
    people: Table = [{"persoon": "1", "datum_overlijden_maand": month}]
    return register_spells({"bijstand": drawn(bijstand), "client": people})


def places(bijstand: str, month: str) -> list[tuple[str, date]]:
    """Return where the person is from when, as the engine and the oracle say."""
    spells = spells_of_person(bijstand, month)
    timeline = timelines.timeline(spells, PARTICIPATIE, LAST)
    assert timeline.rows() == oracle.timeline(spells, PARTICIPATIE, LAST)
    return timeline.select(pl.col("position").cast(pl.String), "first_day").rows()


@pytest.mark.parametrize(
    ("month", "then"),
    [
        ("", [("uit_beeld", date(2025, 2, 28))]),
        ("2023-06-01", [("overleden", date(2023, 7, 1))]),
        ("2023-03-01", [("overleden", date(2023, 4, 1))]),
        ("2023-12-01", [("overleden", date(2024, 1, 1))]),
        ("2025-06-01", [("uit_beeld", date(2025, 2, 28)), ("overleden", date(2025, 7, 1))]),
        ("2025-12-01", [("uit_beeld", date(2025, 2, 28))]),  # after the peildatum
    ],
)
def test_who_dies_at_work_is_at_work_no_longer(month: str, then: list[tuple[str, date]]) -> None:
    """From the first day after the month: the day itself is not known."""
    assert places(WORKING, month) == [("bijstand", date(2022, 1, 1)), ("werk", date(2023, 3, 1)), *then]


def test_an_open_register_goes_first() -> None:
    """A benefit that runs on after the month is a mistake of a register, and shows as what is registered."""
    running = WORKING.replace("2023-02-28 | 11", " | ")
    assert places(running, "2023-06-01") == [("bijstand", date(2022, 1, 1))]


def test_a_month_before_the_first_register_says_nothing() -> None:
    """Nobody is in the chain before a register says so."""
    assert places(WORKING, "2021-12-01")[0] == ("bijstand", date(2022, 1, 1))
    assert [place for place, _ in places(WORKING, "2021-06-01")] == ["bijstand", "werk", "uit_beeld"]


def test_a_death_is_no_step_that_lasted() -> None:
    """Nine months after the step to Werk the person died: outside on the day a year later, in both forms."""
    timeline = timelines.timeline(spells_of_person(WORKING, "2023-11-01"), PARTICIPATIE, LAST)
    found = estimates.lasting_steps(moves.steps(timeline, PARTICIPATIE), PARTICIPATIE, LAST, (6, 12))
    assert found.select("months", "form", "lasted", "outside").rows() == [
        (6, "a", 1, 0), (6, "b", 1, 0), (12, "a", 0, 1), (12, "b", 0, 1),
    ]  # fmt: skip
