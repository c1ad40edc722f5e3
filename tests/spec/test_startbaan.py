"""Startbaan: subsidised work is no work, so what came after it is what its own register says."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import oracle
from drawn import PARTICIPATIE, drawn, steps_of, timeline_of
from participatieketen import moves, timelines
from registers import register_spells

TRUTH = Path(__file__).parents[1] / "truth"
LAST = date(2026, 1, 1)
WAYS = """
    register  | begindatum | einddatum  | reden | vervolg
    bijstand  | 2022-01-01 | 2023-02-28 | 11    |
    startbaan | 2023-03-01 | 2024-02-29 | 1     | {sequel}
    bijstand  | {again} |            |       |
"""


def steps_from(text: str) -> pl.DataFrame:
    """Return the steps in drawn rows of registers, through the SQL of the spells; checked against the oracle."""
    tables: dict[str, list[dict[str, str]]] = {}
    for row in drawn(text):
        codes = {"statistiekcode": "01"} if row["register"] == "bijstand" else {}
        tables.setdefault(row["register"], []).append(codes | {k: v for k, v in row.items() if k != "register"})
    spells = register_spells(tables)
    steps = moves.steps(timelines.timeline(spells, PARTICIPATIE, LAST), PARTICIPATIE)
    assert steps.rows() == oracle.steps(spells, PARTICIPATIE, LAST)
    return steps


def test_a_startbaan_that_ended_the_benefit_is_one_step_back() -> None:
    """The small case with its answer: 15 days with nothing, no step to Werk."""
    found = steps_from(WAYS.format(sequel="TERUG_BIJSTAND", again="2024-03-16")).filter(pl.col("direction") != "in")
    expected = pl.read_csv(TRUTH / "startbaan_terug_expected.csv", try_parse_dates=True)
    assert found.select(expected.columns[1:]).rows() == expected.drop("person").rows()


def test_in_the_form_of_spells_it_is_the_same() -> None:
    """The cause is found whatever the end of the Startbaan itself says."""
    spells = pl.read_csv(TRUTH / "startbaan_terug_spells.csv", try_parse_dates=True)
    found = moves.steps(timelines.timeline(spells, PARTICIPATIE, LAST), PARTICIPATIE)
    expected = pl.read_csv(TRUTH / "startbaan_terug_expected.csv", try_parse_dates=True)
    assert (
        found.filter(pl.col("direction") != "in").select(expected.columns[1:]).rows() == expected.drop("person").rows()
    )


@pytest.mark.parametrize("sequel", ["OVERNAME_WERKGEVER", "ANDERE_WERKGEVER"])
def test_an_employer_is_work(sequel: str) -> None:
    """From the day after the contract; a benefit that begins later is a step back from Werk."""
    found = steps_from(WAYS.format(sequel=sequel, again="2024-03-16")).select("day", "to_position", "direction")
    assert found.rows()[2:] == [(date(2024, 3, 1), "werk", "vooruit"), (date(2024, 3, 16), "bijstand", "terug")]


@pytest.mark.parametrize("sequel", ["TERUG_BIJSTAND", "DAGBESTEDING", "VERLENGD", "ONBEKEND", ""])
@pytest.mark.parametrize(
    ("again", "steps"),
    [
        ("2024-03-01", [(date(2024, 3, 1), "bijstand", "terug", 0)]),
        ("2024-03-31", [(date(2024, 3, 31), "bijstand", "terug", 30)]),
        ("2024-04-01", [(date(2024, 3, 1), "overig", "uit", 0), (date(2024, 4, 1), "bijstand", "in", 0)]),
    ],
)
def test_nothing_else_is_work(sequel: str, again: str, steps: list[tuple[date, str, str, int]]) -> None:
    """At most 30 days with nothing are bridged, after longer the person left the chain, for no reason that is known."""
    found = steps_from(WAYS.format(sequel=sequel, again=again))
    assert found.select("day", "to_position", "direction", "bridged_days").rows()[2:] == steps


@pytest.mark.parametrize("reason", ["11", "13"])
@pytest.mark.parametrize(
    ("begins", "steps"),
    [
        ("2024-02-01", [("2024-02-01", "startbaan")]),  # it runs already
        ("2024-04-01", [("2024-04-01", "startbaan")]),
        ("2024-05-01", [("2024-05-01", "startbaan")]),  # 30 days with nothing
        ("2024-05-02", [("2024-04-01", "werk"), ("2024-05-02", "startbaan")]),
    ],
)
def test_an_exit_is_caused_by_a_startbaan_that_begins_in_time(
    reason: str, begins: str, steps: list[tuple[str, str]]
) -> None:
    """On the day of the exit, or within 30 days: the exit is no work, and the days between are bridged."""
    found = steps_of(
        f"""
        register  | begindatum | einddatum  | reden
        bijstand  | 2024-01-01 | 2024-03-31 | {reason}
        startbaan | {begins} | 2024-12-31 |
        """,
        "day | to_position",
    )
    assert [(row["day"], row["to_position"]) for row in found[1:]] == steps


def test_a_contract_that_ended_with_the_benefit_caused_nothing() -> None:
    """Bijstand ran on beside the Startbaan and both end: the reason of the bijstand holds."""
    assert timeline_of(
        """
        register  | begindatum | einddatum  | reden | vervolg
        bijstand  | 2024-01-01 | 2024-06-30 | 11    |
        startbaan | 2024-02-01 | 2024-06-30 |       | ONBEKEND
        """,
        peildatum="2024-08-31",
    ) == drawn("""
        position  | first_day  | next_day
        bijstand  | 2024-01-01 | 2024-02-01
        startbaan | 2024-02-01 | 2024-07-01
        werk      | 2024-07-01 | 2024-09-01
    """)


def test_work_of_before_does_not_come_back_after_a_startbaan() -> None:
    """Who had left for work and took a Startbaan later is not at work again when that ends without an employer."""
    found = timeline_of(
        """
        register  | begindatum | einddatum  | reden | vervolg
        bijstand  | 2024-01-01 | 2024-03-31 | 11    |
        startbaan | 2024-06-01 | 2024-08-31 |       | ONBEKEND
        """,
        peildatum="2024-10-31",
    )
    assert [row["position"] for row in found] == ["bijstand", "werk", "startbaan", "overig"]


def test_another_contract_goes_on() -> None:
    """VERLENGD, and 30 days later the next contract: one time in the Startbaan; then real work."""
    assert timeline_of(
        """
        register  | begindatum | einddatum  | vervolg
        startbaan | 2022-01-01 | 2022-12-31 | VERLENGD
        startbaan | 2023-01-31 | 2023-12-31 | ANDERE_WERKGEVER
        """,
        peildatum="2024-02-29",
    ) == drawn("""
        position  | first_day  | next_day
        startbaan | 2022-01-01 | 2024-01-01
        werk      | 2024-01-01 | 2024-03-01
    """)


@pytest.mark.parametrize(("gap_days", "to"), [(0, "werk"), (1, "startbaan"), (60, "startbaan")])
def test_the_cause_follows_gap_days(gap_days: int, to: str) -> None:
    """With a gap of no days only a Startbaan that is open on the day itself is a cause: here it begins a day later."""
    text = """
        register  | begindatum | einddatum  | reden
        bijstand  | 2024-01-01 | 2024-03-31 | 11
        startbaan | 2024-04-02 | 2024-12-31 |
    """
    assert steps_of(text, "to_position", chain=replace(PARTICIPATIE, gap_days=gap_days))[1] == {"to_position": to}
