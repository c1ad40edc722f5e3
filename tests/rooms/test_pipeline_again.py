"""pipeline: the same month again, after something in between; a release that was published never changes."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from conftest import MADE_ON, ROUNDING, Run, ledger_of
from participatieketen import chain, contracts, disclosure, pipeline, places, pseudonyms, synthetic
from participatieketen.pipeline.run import _open_from
from participatieketen.places import Workspace
from smalltown import quick_check

WHOLE = pipeline.read("maandrapportage")
MONTHLY = replace(WHOLE, notebooks=WHOLE.notebooks[:1])
"""What is told apart here are figures: one page is enough."""


def run(workspace: Workspace) -> str:
    """Return the id of the release of a run."""
    with mock.patch.object(contracts, "check", quick_check):
        return pipeline.run(MONTHLY, workspace, None, MADE_ON, lambda _: None).release


def test_after_a_rotation_the_release_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone has another pseudonym, and no figure is drawn again."""
    workspace = places.workspace().make()
    synthetic.write_deliveries(synthetic.make_town(persons=300, months=51), workspace.inbox)
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "sleutel"))
    pseudonyms.new_key(tmp_path / "sleutel", ROUNDING)
    first = run(workspace)
    with mock.patch.object(contracts, "check", quick_check), pipeline.locked(workspace):
        pipeline.rotate(MONTHLY, workspace, lambda _: None)
    assert run(workspace) == first


def test_the_next_month_settles_one_month_and_leaves_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With late registrations in the second delivery both are published, and what was settled stays."""
    workspace = places.workspace().make()
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "sleutel"))
    pseudonyms.new_key(tmp_path / "sleutel", ROUNDING)
    tables = []
    for peildatum in (date(2025, 12, 1), date(2026, 1, 1)):
        synthetic.write_deliveries(synthetic.make_town(peildatum=peildatum), workspace.inbox)
        release = run(workspace)
        tables.append(disclosure.open_release(workspace.releases / release / "released.duckdb"))
    flows = [each["released_stock_flow"].frame.filter(grouping="", family="stock_flow") for each in tables]
    before, after = (flow.filter(pl.col("month") < date(2025, 9, 1)).drop("provisional") for flow in flows)
    both = before.join(after, on=[name for name in before.columns if name not in {"persons", "bound"}], suffix="_after")
    assert both.height > 500
    assert (both["persons"] == both["persons_after"]).all()
    assert [each["stock"].context.provisional_from for each in tables] == [date(2025, 9, 1), date(2025, 10, 1)]
    name = ["month", "from_position", "to_position"]
    changed = flows[0].join(flows[1], on=name, suffix="_after").filter(pl.col("persons") != pl.col("persons_after"))
    assert changed.height > 5
    assert disclosure.ledger.read(ledger_of(tmp_path / "sleutel"), workspace.releases).lines["renewed"].any()


def test_months_are_open_from_the_last_release_of_each_grouping() -> None:
    """Not in a release of an earlier day, nor with a key that would draw another value for the same count."""
    rules = chain.read(MONTHLY.chain)
    days = [date(2025, 11, 1), date(2026, 1, 1), date(2025, 12, 1)]
    lines = pl.DataFrame({"grouping": ["", "", "wijk"], "key": ["a"] * 3, "made_for": days})
    assert _open_from(lines, "a", rules, date(2026, 1, 1)) == {"": date(2025, 10, 1), "wijk": date(2025, 9, 1)}
    assert _open_from(lines, "b", rules, date(2026, 1, 1)) == {}
    assert _open_from(lines, "a", rules, date(2025, 12, 1)) == {}
    assert _open_from(lines.clear(), "a", rules, date(2026, 1, 1)) == {}


def test_what_readers_see_names_the_release(mvad: Run) -> None:
    """One value more or less, as after a revision, is another release; another ledger or key is not."""
    tables = dict(disclosure.open_release(mvad.workspace.releases / mvad.site.release / "released.duckdb"))
    seen, given = disclosure.digest(tables), tables["stock"].context
    assert disclosure.digest(disclosure.stamped(tables, replace(given, id="x", key="y", ledger="z"))) == seen
    assert disclosure.digest(disclosure.stamped(tables, replace(given, notes=("x",)))) != seen
    more = tables["stock"].frame.with_columns(pl.col("persons") + 5)
    assert disclosure.digest(tables | {"stock": replace(tables["stock"], frame=more)}) != seen
