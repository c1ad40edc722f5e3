"""disclosure: the only maker of what may leave."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import PARTICIPATIE
from participatieketen import disclosure
from participatieketen.disclosure import Context, Released
from participatieketen.disclosure.released import BASE
from participatieketen.disclosure.rounding import SMALL_TOTAL
from participatieketen.errors import DisclosureRefused, WrongUse

CONTEXT = disclosure.context(PARTICIPATIE, "Gemeente", "Keten", date(2026, 1, 1), fictional=True)


def matrix(*persons: int) -> pl.DataFrame:
    """Return a year_matrix with one row of counts."""
    return pl.DataFrame(
        {"from_position": "bijstand", "to_position": [f"p{n}" for n, _ in enumerate(persons)], "persons": persons}
    )


def released(*persons: int) -> list[int | None]:
    """Return what is released of one row of counts."""
    return disclosure.release({"year_matrix": matrix(*persons)}, CONTEXT)["year_matrix"].frame["persons"].to_list()


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_nothing_between_one_and_the_base_is_released(persons: list[int]) -> None:
    """Every released count is a multiple of the base, and at most half of it from the truth."""
    for truth, shown in zip(persons, released(*persons), strict=True):
        assert shown is None or (shown % BASE == 0 and abs(shown - truth) <= BASE // 2)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_small_totals_are_hidden_whole(persons: list[int]) -> None:
    """Under ten in all, no part is shown; from ten on, all are."""
    hidden = [shown is None for shown in released(*persons)]
    assert hidden == [sum(persons) < SMALL_TOTAL] * len(persons)


def test_a_table_made_elsewhere_is_refused() -> None:
    """A frame cannot be called released by whoever holds it."""
    with pytest.raises(DisclosureRefused, match="niet vrijgegeven"):
        Released("stock", matrix(100), CONTEXT)


def test_a_table_without_a_rule_is_refused() -> None:
    """A new table needs a family first."""
    with pytest.raises(DisclosureRefused, match="Tabel timeline"):
        disclosure.release({"timeline": matrix(100)}, CONTEXT)


def test_the_last_three_months_are_provisional() -> None:
    """October to December are, for a peildatum of 1 January."""
    months = [date(2025, month, 1) for month in range(8, 13)]
    table = pl.DataFrame({"month": months, "direction": "vooruit", "steps": 20})
    found = disclosure.release({"step_month": table}, CONTEXT)["step_month"].frame["provisional"]
    assert found.to_list() == [False, False, True, True, True]


def test_a_peildatum_at_the_end_of_a_month_has_three_provisional_months_too() -> None:
    """April to June, for a peildatum of 30 June."""
    context = disclosure.context(PARTICIPATIE, "Gemeente", "Keten", date(2025, 6, 30), fictional=False)
    assert context.provisional_from == date(2025, 4, 1)


def test_positions_come_low_to_high_and_those_outside_last() -> None:
    """The order that readers see is that of the ranks, whatever the order of the rules."""
    ranks = [position.rank for position in CONTEXT.positions]
    assert ranks[:5] == [0, 1, 2, 3, 4]
    assert set(ranks[5:]) == {None}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """The file holds the tables and their context, hidden counts included."""
    tables = disclosure.release({"year_matrix": matrix(3, 100), "stock": stock(4, 40)}, CONTEXT)
    disclosure.write(tables, tmp_path / "released.duckdb")
    assert same(disclosure.open_release(tmp_path / "released.duckdb"), tables)


def stock(*persons: int) -> pl.DataFrame:
    """Return a stock of one month."""
    return pl.DataFrame(
        {"month": date(2026, 1, 1), "position": [f"p{n}" for n, _ in enumerate(persons)], "persons": persons}
    )


def same(found: dict[str, Released], expected: dict[str, Released]) -> bool:
    """Say whether two releases hold the same."""
    return {name: (table.frame.rows(), table.context) for name, table in found.items()} == {
        name: (table.frame.rows(), table.context) for name, table in expected.items()
    }


def test_a_database_that_is_no_release_is_refused(tmp_path: Path) -> None:
    """An extract, say, has other tables."""
    with duckdb.connect(tmp_path / "extract.duckdb") as connection:
        connection.execute("create table client as select 1 as person")
    with pytest.raises(WrongUse, match="geen bestand met vrijgegeven tabellen"):
        disclosure.open_release(tmp_path / "extract.duckdb")


@pytest.mark.parametrize("content", [None, b"", b"geen database"])
def test_a_file_that_is_no_release_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Missing, empty or something else: one line, and no figures."""
    path = tmp_path / "released.duckdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongUse, match=r"released\.duckdb"):
        disclosure.open_release(path)


def test_a_context_says_what_the_figures_are() -> None:
    """Peildatum, base and whether it is all made up travel with every table."""
    assert isinstance(CONTEXT, Context)
    assert (CONTEXT.peildatum, CONTEXT.provisional_from, CONTEXT.fictional, CONTEXT.base) == (
        date(2026, 1, 1),
        date(2025, 10, 1),
        True,
        5,
    )
