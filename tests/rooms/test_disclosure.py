"""disclosure: the only maker of what may leave."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

import crowd
from drawn import PARTICIPATIE
from participatieketen import disclosure
from participatieketen.disclosure import Context, Released
from participatieketen.disclosure.released import BASE, SEAL
from participatieketen.disclosure.series import NOTHING
from participatieketen.errors import DisclosureRefused, WrongUse

CONTEXT = disclosure.context(PARTICIPATIE, "Gemeente", "Keten", date(2026, 1, 1), fictional=True)


STOCK = pl.DataFrame({"month": [date(2026, 1, 1)], "position": ["bijstand"], "persons": [100]})


def released(months: int = 24) -> dict[str, Released]:
    """Return the released tables of a made-up crowd."""
    counts = crowd.counts(crowd.walks(300, months, seed=1))
    return disclosure.release(counts, crowd.context(months), crowd.KEY, NOTHING, months=months).tables


def test_every_count_is_a_multiple_of_the_base() -> None:
    """None is hidden, and nothing between one and the base is released."""
    found = [
        value
        for table in released().values()
        for column in ("persons", "steps")
        if column in table.frame.columns
        for value in table.frame[column]
    ]
    assert len(found) > 1_000
    assert all(value is not None and value >= 0 and value % BASE == 0 for value in found)


def test_what_is_told_of_the_audit_follows_from_what_is_released() -> None:
    """How many values may stand for a small count, not how many do: that would tell a real nought."""
    tables = released()
    flows, steps = (tables[name].frame for name in ("released_stock_flow", "released_steps"))
    small = sum((value - 4 <= 9) for value in [*flows["persons"], *steps["steps"]])
    ((cells, may_be_small, narrowest, rule),) = tables["audited"].frame.rows()
    assert (narrowest, rule) == (4, "R5C")
    assert small <= may_be_small < cells
    sound = disclosure.release({"delivery": delivery("a", loaded=1000)}, CONTEXT, crowd.KEY, NOTHING, months=12)
    assert sound.audited.cells == 0
    assert sound.tables["audited"].frame.row(0) == (4, 3, 4, "R5C")


def test_the_number_of_months_shown_changes_no_value() -> None:
    """A reader of twelve months and one of 24 see the same figures."""
    counts = crowd.counts(crowd.walks(300, 24, seed=1))
    short = disclosure.release(counts, crowd.context(24), crowd.KEY, NOTHING, months=12).tables
    for name in ("stock", "stock_flow", "step_month"):
        assert short[name].frame["month"].n_unique() in {12, 13}
        assert (
            released()[name].frame.join(short[name].frame, on=short[name].frame.columns).height
            == short[name].frame.height
        )


def delivery(source: str, month: date | None = date(2026, 1, 1), **parts: int) -> pl.DataFrame:
    """Return a delivery as the extract has it, with what became of its rows."""
    counts = {name: parts.get(name, 0) for name in ("loaded", "quarantined", "duplicates", "expired")}
    about = {"source": source, "file": f"{source}.csv", "sha256": f"{month}-{source}", "peildatum": month}
    return pl.DataFrame({**about, "rows": sum(counts.values()), **counts}, schema_overrides={"peildatum": pl.Date})


def verdict(*unexpected: int, total: int) -> pl.DataFrame:
    """Return what rules found in the delivery `a`."""
    texts = dict.fromkeys(("severity", "message", "source"), "tekst")
    rules = [f"regel {number}" for number, _ in enumerate(unexpected)]
    return pl.DataFrame(
        {"contract": "a", "rule": rules, **texts, "unexpected": unexpected, "total": total, "passed": False}
    )


def test_rows_of_a_delivery_add_up() -> None:
    """What was delivered is loaded, set aside, double or expired; all checks of a delivery name that number of rows."""
    rows = pl.concat(
        [delivery("a", loaded=108, quarantined=8, duplicates=4, expired=3), delivery("b", None, loaded=16)]
    )
    found = disclosure.release(
        {"delivery": rows, "verdict": verdict(*range(9), total=119)}, CONTEXT, crowd.KEY, NOTHING, months=12
    ).tables
    shown = found["delivery"].frame
    parts = ("loaded", "quarantined", "duplicates", "expired")
    assert (shown["rows"] == shown.select(pl.sum_horizontal(parts)).to_series()).all()
    assert all((shown[part] - rows[part]).abs().max() < BASE for part in parts)  # type: ignore[operator]
    assert set(found["verdict"].frame["total"]) == {shown["rows"][0]}
    assert set(found["verdict"].frame["unexpected"]) <= {0, 5, 10}
    assert shown["month"].to_list() == [date(2026, 1, 1), None]


@pytest.mark.parametrize("count", range(1, 10))
def test_rows_that_are_wrong_every_month_are_drawn_once(count: int) -> None:
    """A year of deliveries, each with another hash and another number of good rows: one value, in both tables."""
    for number in range(5):
        lines, values = NOTHING, set()
        for month in range(1, 13):
            counts = {
                "delivery": delivery("a", date(2025, month, 1), loaded=900 + 7 * month, quarantined=count),
                "verdict": verdict(count, 0, total=900 + 7 * month + count),
            }
            found = disclosure.release(counts, CONTEXT, bytes([number]) * 32, lines, months=12)
            lines = pl.concat([lines, found.lines])
            values |= {found.tables["delivery"].frame["quarantined"][0], found.tables["verdict"].frame["unexpected"][0]}
        assert len(values) == 1
        assert lines.filter(pl.col("from_position").is_in(["quarantined", "regel 0"])).height == 2


def test_nothing_of_a_delivery_leaves_but_its_counts() -> None:
    """No name of a file, no hash of it, and no outcome that was decided on a true count."""
    counts = {"delivery": delivery("a", loaded=12), "verdict": verdict(0, 1, total=12)}
    found = disclosure.release(counts, CONTEXT, crowd.KEY, NOTHING, months=12).tables
    assert found["delivery"].frame.columns == ["source", "month", "rows", *counts["delivery"].columns[-4:]]
    assert "passed" not in found["verdict"].frame.columns


@pytest.mark.parametrize("name", ["stock", "client"])
def test_a_table_or_column_that_is_not_in_the_list_is_refused(name: str) -> None:
    """Whoever made it: what may leave is listed by name."""
    frame = released()["stock"].frame.with_columns(persoon=1)
    with pytest.raises(DisclosureRefused, match=f"Tabel {name}"):
        Released(name, frame, CONTEXT, SEAL)


def test_a_table_made_elsewhere_is_refused() -> None:
    """A frame cannot be called released by whoever holds it."""
    with pytest.raises(DisclosureRefused, match="niet vrijgegeven"):
        Released("stock", STOCK, CONTEXT)


def test_a_table_without_a_rule_is_refused() -> None:
    """A new table needs a family first."""
    with pytest.raises(DisclosureRefused, match="Tabel timeline"):
        disclosure.release({"timeline": STOCK}, CONTEXT, crowd.KEY, NOTHING, months=12)


def test_the_last_three_months_are_provisional() -> None:
    """October to December are, for a peildatum of 1 January; who stands where at their beginning is final."""
    steps, stock = (released()[name].frame.filter("provisional")["month"].unique() for name in ("step_month", "stock"))
    assert steps.sort().to_list() == [date(2024, month, 1) for month in (10, 11, 12)]
    assert stock.sort().to_list() == [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)]


def test_a_year_holds_no_provisional_month() -> None:
    """Its steps are those of October to September, its rows and columns the stocks at both ends."""
    tables = {name: table.frame for name, table in released().items()}
    counts = crowd.by_direction(crowd.counts(crowd.walks(300, 24, seed=1)))
    for back in (0, 12):
        months = [crowd.month(number - back) for number in range(9, 21)]
        true = counts.filter(pl.col("month").is_in(months)).group_by("direction").agg(true=pl.col("steps").sum())
        year = tables["step_years"].filter(month=months[-1]).join(true, on="direction")
        assert year.height == (4 if back == 0 else 0)
        assert ((year["steps"] - year["true"]).abs() <= 4).all()
    for side, day in (("from_position", date(2023, 10, 1)), ("to_position", crowd.context(24).settled_on)):
        sums = tables["year_matrix"].group_by(position=side).agg(sum=pl.col("persons").sum())
        both = tables["stock"].filter(month=day).join(sums, on="position")
        assert both.height == 3
        assert (both["persons"] == both["sum"]).all()


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
    """The file holds the tables and their context: release, policy, key and ledger too."""
    given = replace(crowd.context(24), id="maand-1", key="0a1b2c3d", ledger="f" * 64)
    tables = disclosure.stamped(released(), given)
    disclosure.write(tables, tmp_path / "released.duckdb")
    found = disclosure.open_release(tmp_path / "released.duckdb")
    assert same(found, tables)
    assert found["stock"].context == given
    assert given.policy == "R5C"


def test_a_context_says_what_the_people_of_a_group_are_called() -> None:
    """As the chain does: by code, else by the label of the group; nothing where the chain says nothing."""
    assert CONTEXT.people_of("geslacht", "1", "man") == "mannen"
    assert CONTEXT.people_of("wijk", "WK019331", "Aa-landen") == "mensen uit de wijk Aa-landen"
    assert CONTEXT.people_of("leefvorm", "3", "gehuwden") == "gehuwden"
    assert CONTEXT.people_of("leefvorm", "1", "alleenstaande") == "alleenstaanden"
    assert replace(CONTEXT, people=()).people_of("geslacht", "1", "man") == ""
    assert CONTEXT.people_of("geslacht", "9", "onbekend") == ""


def test_a_release_of_before_groups_had_such_names_can_be_read(tmp_path: Path) -> None:
    """Its file has no table of them."""
    disclosure.write(released(), tmp_path / "released.duckdb")
    with duckdb.connect(tmp_path / "released.duckdb") as connection:
        connection.execute("drop table people")
    found = disclosure.open_release(tmp_path / "released.duckdb")
    assert found["stock"].context == replace(released()["stock"].context, people=())


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
