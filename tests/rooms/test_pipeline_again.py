"""pipeline: the same month again, after something in between; a release that was published never changes."""

from dataclasses import replace
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from conftest import MADE_ON, Run
from participatieketen import contracts, disclosure, pipeline, places, pseudonyms, synthetic
from participatieketen.places import Workspace
from smalltown import quick_check

MONTHLY = pipeline.read("maandrapportage")


def run(workspace: Workspace) -> str:
    """Return the id of the release of a run."""
    with mock.patch.object(contracts, "check", quick_check):
        return pipeline.run(MONTHLY, workspace, None, MADE_ON, lambda _: None).release


def test_after_a_rotation_the_release_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone has another pseudonym, and no figure is drawn again."""
    workspace = places.workspace().make()
    synthetic.write_deliveries(synthetic.make_town(persons=300, months=51), workspace.inbox)
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "sleutel"))
    pseudonyms.new_key(tmp_path / "sleutel")
    first = run(workspace)
    with mock.patch.object(contracts, "check", quick_check), pipeline.locked(workspace):
        pipeline.rotate(MONTHLY, workspace, lambda _: None)
    assert run(workspace) == first


def test_what_readers_see_names_the_release(mvad: Run) -> None:
    """One value more or less, as after a revision, is another release; another ledger or key is not."""
    tables = dict(disclosure.open_release(mvad.workspace.releases / mvad.site.release / "released.duckdb"))
    seen, given = disclosure.digest(tables), tables["stock"].context
    assert disclosure.digest(disclosure.stamped(tables, replace(given, id="x", key="y", ledger="z"))) == seen
    assert disclosure.digest(disclosure.stamped(tables, replace(given, notes=("x",)))) != seen
    more = tables["stock"].frame.with_columns(pl.col("persons") + 5)
    assert disclosure.digest(tables | {"stock": replace(tables["stock"], frame=more)}) != seen
