"""reports, replay: what is published is made again from released tables alone, and has to be the same."""

import subprocess
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import crowd
from participatieketen import disclosure, findings
from participatieketen.disclosure.released import SEAL, Released
from participatieketen.disclosure.series import NOTHING
from participatieketen.errors import DisclosureRefused
from participatieketen.reports import replay


@pytest.fixture(scope="module")
def tables() -> dict[str, Released]:
    """Return the released tables of a made-up crowd."""
    counts = crowd.counts(crowd.walks(300, 27, seed=1))
    return disclosure.release(counts, crowd.context(27), crowd.KEY, NOTHING, months=24).tables


@pytest.fixture
def released(tables: dict[str, Released], tmp_path: Path) -> Path:
    """Return the file of the tables."""
    disclosure.write(tables, tmp_path / "released.duckdb")
    return tmp_path / "released.duckdb"


def test_what_follows_from_released_tables_passes(tables: dict[str, Released], released: Path) -> None:
    """Every table and every finding, made again in another process."""
    replay.refuse_other(tables, released, None)
    assert len(replay.digests(tables, {})) > len(tables) + 1


@pytest.mark.parametrize("change", ["value", "finding", "context"])
def test_what_does_not_follow_is_refused(
    tables: dict[str, Released], released: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One other number in a table, one other word in a finding, or a base that is not that of the file."""
    stock = tables["stock"]
    if change == "value":
        frame = stock.frame.with_columns(pl.col("persons") + 5 * (pl.int_range(pl.len()) == 0))
        tables = tables | {"stock": Released("stock", frame, stock.context, SEAL)}
    elif change == "finding":
        told = findings.findings(tables)
        other = (replace(told[0], sentence="Iets anders."), *told[1:])
        monkeypatch.setattr(findings, "findings", lambda *_: other)
    else:
        tables = disclosure.stamped(tables, replace(stock.context, base=1))
    with pytest.raises(DisclosureRefused, match="volgen niet uit wat is vrijgegeven"):
        replay.refuse_other(tables, released, None)


def test_what_cannot_be_made_again_is_refused(tables: dict[str, Released], tmp_path: Path) -> None:
    """It fails closed: no file, no answer, no publication."""
    with pytest.raises(DisclosureRefused, match="kan niet worden nagemaakt"):
        replay.refuse_other(tables, tmp_path / "released.duckdb", None)


def test_the_process_knows_no_key_and_no_workspace(
    tables: dict[str, Released], released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of our environment reaches it but what a program needs to start."""
    monkeypatch.setenv("KETEN_KEY", "x")
    monkeypatch.setenv("KETEN_HOME", "x")
    seen: list[set[str]] = []

    def noted(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[bytes]:
        seen.append(set(env))
        return subprocess.CompletedProcess(command, 1, b"")

    monkeypatch.setattr(subprocess, "run", noted)
    with pytest.raises(DisclosureRefused, match="kan niet worden nagemaakt"):
        replay.refuse_other(tables, released, None)
    assert seen[0] <= {"PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "HOME", "PYTHONHASHSEED"}
