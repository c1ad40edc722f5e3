"""The release before: the last one of the same pipeline that is about an earlier month."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import disclosure, findings
from participatieketen.disclosure import Released
from participatieketen.errors import CorruptInput, WrongUse
from participatieketen.pipeline.load import Say
from participatieketen.pipeline.record import records
from participatieketen.places import Workspace

_MONTH = r"-(\d{4}-\d{2})-[0-9a-f]{8}"
"""How the id of a release goes on after the name of its pipeline: pipeline.run."""


@dataclass(frozen=True)
class Before:
    """The release before: its id, its tables and what it told; all of it empty when there is none."""

    release: str = ""
    tables: Mapping[str, Released] = field(default_factory=dict)
    told: findings.Earlier | None = None


def before(pipeline: str, workspace: Workspace, peildatum: date, say: Say) -> Before:
    """Return the release of the newest month before that of the peildatum; of two of one month the one made last.

    One that cannot be read is told and left aside: it must not stop a new one.
    """
    for release in _candidates(pipeline, workspace, f"{peildatum:%Y-%m}"):
        try:
            return _opened(release, workspace.releases / release / "released.duckdb")
        except (WrongUse, KeyError, pl.exceptions.PolarsError):  # tables of an older program can have other columns
            say(f"eerdere uitgave {release} is niet te lezen: er wordt niet mee vergeleken")
    return Before()


def _candidates(pipeline: str, workspace: Workspace, until: str) -> list[str]:
    """Return the releases of months before `until` (jjjj-mm), the best first."""
    places = {release: place for place, release in enumerate(_made(workspace))}
    found = (
        (month, places.get(folder.name, -1), folder.name)
        for folder in workspace.releases.iterdir()
        if (month := _month(pipeline, folder)) and month < until
    )
    return [release for *_, release in sorted(found, reverse=True)]


def _made(workspace: Workspace) -> list[str]:
    """Return the releases in the order in which they were made, the last one last; empty when that is not known."""
    try:
        return [record.release for record in reversed(records(workspace)) if record.state == "gelukt"]
    except CorruptInput:
        return []


def _month(pipeline: str, folder: Path) -> str:
    named = re.fullmatch(re.escape(pipeline) + _MONTH, folder.name)
    return named[1] if named and (folder / "released.duckdb").is_file() else ""


def _opened(release: str, database: Path) -> Before:
    tables = disclosure.open_release(database)
    given = next(iter(tables.values())).context
    told = findings.Earlier(
        release,
        given.peildatum,
        findings.findings(tables),
        findings.last_month(tables),
        findings.bases_of(tables),
    )
    return Before(release, tables, told)
