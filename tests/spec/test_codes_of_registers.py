"""Codes: which rows of a register are spells, and where the reason of their end leads."""

import pytest

from drawn import drawn
from registers import spells_from


def test_the_last_day_is_included() -> None:
    """Registers give the last day; inside, a spell ends on the day after."""
    assert spells_from(
        {"startbaan": "begindatum | einddatum\n2024-01-01 | 2024-12-31"}, "first_day | next_day"
    ) == drawn("first_day | next_day\n2024-01-01 | 2025-01-01")


@pytest.mark.parametrize(("code", "counts"), [("01", True), ("02", True), ("03", True), ("14", True), ("11", False)])
def test_bijzondere_bijstand_is_no_bijstand(code: str, counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """Only algemene bijstand, IOAW, IOAZ and Bbz put a person in bijstand."""
    found = spells_from({"bijstand": f"statistiekcode | begindatum | einddatum\n{code} | 2024-01-01 | "}, "position")
    assert found == ([{"position": "bijstand"}] if counts else [])


@pytest.mark.parametrize(
    ("register", "reason", "after"),
    [
        ("bijstand", "11", "werk"),
        ("bijstand", "13", "werk"),
        ("bijstand", "03", "aow"),
        ("bijstand", "98", "overig"),
        ("bijstand", "", "overig"),
        ("dagbesteding", "02", "overleden"),
        ("dagbesteding", "19", ""),
        ("startbaan", "1", "overig"),
    ],
)
def test_where_the_reason_of_an_end_leads(register: str, reason: str, after: str) -> None:
    """Bijstand and Startbaan have a rule for any other reason; an end of dagbesteding by itself leads nowhere."""
    table = f"statistiekcode | begindatum | einddatum | reden\n01 | 2024-01-01 | 2024-03-31 | {reason}"
    assert spells_from({register: table}, "after") == [{"after": after}]


def test_an_open_spell_leads_nowhere() -> None:
    """A reason without an end is not read."""
    table = "statistiekcode | begindatum | einddatum | reden\n01 | 2024-01-01 | | 11"
    assert spells_from({"bijstand": table}, "closed | after") == [{"closed": "False", "after": ""}]


def test_of_two_rules_for_one_row_the_first_in_the_chain_holds() -> None:
    """A row has one position, whatever the number of rules it satisfies."""
    table = "statistiekcode | begindatum | einddatum\n01 | 2024-01-01 | "
    assert len(spells_from({"bijstand": table, "startbaan": "begindatum | einddatum\n2024-01-01 | "})) == 2
