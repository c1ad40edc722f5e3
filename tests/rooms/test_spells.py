"""spells: registers in the extract become one frame."""

from dataclasses import replace

import pytest

from drawn import PARTICIPATIE
from participatieketen.chain import Ended, Known, Open, Position
from participatieketen.errors import ContractBroken, WrongUse
from registers import spells_from


def test_rows_come_sorted_by_person_register_and_day() -> None:
    """The order of the rows in a delivery does not matter."""
    table = "persoon | begindatum | einddatum\n2 | 2024-01-01 | \n1 | 2024-06-01 | \n1 | 2024-01-01 | 2024-02-01"
    found = spells_from({"startbaan": table}, "person | first_day")
    assert [tuple(row.values()) for row in found] == [("1", "2024-01-01"), ("1", "2024-06-01"), ("2", "2024-01-01")]


@pytest.mark.parametrize("days", ["2024-03-01 | 2024-02-28", " | 2024-02-28"])
def test_a_period_that_lasts_no_time_is_refused_without_showing_it(days: str) -> None:
    """Contracts set such rows aside; should one forget to, the run stops and says how many."""
    with pytest.raises(ContractBroken, match="1 van 1 in startbaan") as refusal:
        spells_from({"startbaan": f"begindatum | einddatum\n{days}"})
    assert "2024" not in str(refusal.value)


def test_a_chain_on_an_unknown_register_is_refused() -> None:
    """The chain's author reads which register no contract describes."""
    chain = replace(PARTICIPATIE, positions=(*PARTICIPATIE.positions, _position("beschut_werk")))
    with pytest.raises(WrongUse, match="noemt register beschut_werk"):
        spells_from({}, chain=chain)


def test_a_chain_on_an_unknown_column_is_refused() -> None:
    """The chain's author reads which column the contract does not have."""
    chain = replace(PARTICIPATIE, positions=(*PARTICIPATIE.positions, _position("startbaan", "kleur")))
    with pytest.raises(WrongUse, match="noemt kolom kleur van startbaan"):
        spells_from({}, chain=chain)


def test_a_chain_on_a_month_that_no_table_has_is_refused() -> None:
    """Of a reason in a column, and of what is known of persons, alike."""
    ended = Position("eind", "Eind", ended=(Ended("startbaan", ("x",), column="kleur"),))
    with pytest.raises(WrongUse, match="noemt kolom kleur van startbaan"):
        spells_from({}, chain=replace(PARTICIPATIE, positions=(*PARTICIPATIE.positions, ended)))
    known = Position("weg", "Weg", known=(Known("client", "verhuismaand"),))
    with pytest.raises(WrongUse, match="noemt kolom verhuismaand van client"):
        spells_from({}, chain=replace(PARTICIPATIE, positions=(*PARTICIPATIE.positions, known)))


def _position(register: str, column: str | None = None) -> Position:
    return Position("extra", "Extra", 9, open=(Open(register, column, ("x",) if column else ()),))
