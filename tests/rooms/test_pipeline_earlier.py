"""pipeline: which release a release is compared with."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from conftest import Run
from participatieketen.pipeline.earlier import before
from participatieketen.places import Workspace

MARCH = date(2026, 3, 31)


@pytest.fixture
def workspace(town: Run, tmp_path: Path) -> Workspace:
    """Return a workspace with the town's tables as releases of several months, and of another pipeline."""
    made = Workspace(tmp_path / "w", tmp_path / "r").make()
    tables = town.workspace.releases / town.site.release / "released.duckdb"
    for name in (
        "a-2026-01-11111111",
        "a-2026-02-ffffffff",
        "a-2026-02-00000000",
        "a-2026-03-22222222",
        "a-b-2026-02-3",
    ):
        (made.releases / name).mkdir()
        shutil.copy(tables, made.releases / name / "released.duckdb")
    (made.releases / "a-2025-12-44444444").mkdir()
    return made


def ran(workspace: Workspace, number: int, release: str, state: str = "gelukt") -> None:
    """Write the record of a run."""
    folder = workspace.runs / f"{number:05d}-a"
    folder.mkdir()
    record = {"id": folder.name, "pipeline": "a", "made_on": "2026-03-01", "state": state, "release": release}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_it_is_of_the_newest_month_before(workspace: Workspace) -> None:
    """With its tables and findings; the same month, a later one and another pipeline do not count."""
    found = before("a", workspace, MARCH, print)
    assert found.release.startswith("a-2026-02-")
    assert found.told
    assert (found.told.release, len(found.told.findings) > 5) == (found.release, True)
    assert "stock" in found.tables
    assert before("a", workspace, date(2026, 2, 1), print).release == "a-2026-01-11111111"


def test_of_one_month_it_is_the_one_made_last(workspace: Workspace) -> None:
    """As the records of the runs tell: a run that failed made none, and one made again is the last."""
    ran(workspace, 1, "a-2026-02-00000000")
    ran(workspace, 2, "a-2026-02-ffffffff")
    assert before("a", workspace, MARCH, print).release == "a-2026-02-ffffffff"
    ran(workspace, 3, "a-2026-02-00000000")
    ran(workspace, 4, "a-2026-02-ffffffff", "mislukt")
    assert before("a", workspace, MARCH, print).release == "a-2026-02-00000000"


def test_without_one_there_is_nothing_to_compare(workspace: Workspace) -> None:
    """A folder without tables is none."""
    found = before("a", workspace, date(2026, 1, 1), print)
    assert (found.release, dict(found.tables), found.told) == ("", {}, None)


def test_one_that_cannot_be_read_does_not_stop_a_run(workspace: Workspace) -> None:
    """It is said, and the one before it is taken; a damaged record only costs the order."""
    for folder in workspace.releases.glob("a-2026-02-*"):
        (folder / "released.duckdb").write_text("kapot", encoding="utf-8")
    ran(workspace, 1, "a-2026-01-11111111")
    (workspace.runs / "00001-a" / "run.json").write_text("{", encoding="utf-8")
    said: list[str] = []
    assert before("a", workspace, MARCH, said.append).release == "a-2026-01-11111111"
    assert len(said) == 2
    assert all("niet te lezen: er wordt niet mee vergeleken" in line for line in said)
