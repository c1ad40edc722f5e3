"""Deliveries -> extract.duckdb with its spells, timeline and moves; the old extract stays until the new one is done."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from filelock import FileLock, Timeout

from participatieketen import chain, contracts, extract, intake, moves, pseudonyms, spells, timelines
from participatieketen.chain import Chain
from participatieketen.contracts import Contract, Verdict
from participatieketen.contracts.verdict import dutch
from participatieketen.errors import Busy, NoAccess
from participatieketen.pipeline.definition import Pipeline
from participatieketen.places import Workspace

Say = Callable[[str], None]

_WAIT_S = 1.0


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace; raises Busy within two seconds when another run holds it. A dead run's lock is free."""
    try:
        with FileLock(workspace.make().home / ".slot", timeout=_WAIT_S):
            yield
    except Timeout:
        raise Busy(
            f"Een andere run gebruikt de werkmap {workspace.home}: probeer het opnieuw als die klaar is."
        ) from None


@dataclass(frozen=True)
class Loaded:
    """What was put in place: how the deliveries were, the chain, and its timeline, step and stock_flow."""

    built: intake.Intake
    rules: Chain
    moves: Mapping[str, pl.DataFrame]


def load(pipeline: Pipeline, workspace: Workspace, peildatum: date | None, say: Say) -> Loaded:
    """Take in what is new in the inbox and put a new extract in place.

    peildatum  use deliveries of this month or before; default: the newest
    say        is told, in Dutch, what was done
    Raises     whatever is wrong with settings, key, deliveries or contracts; then the old extract is still there.
    """
    rules, promised = chain.read(pipeline.chain), contracts.read_folder(pipeline.contracts)
    with _new_extract(workspace) as building:
        built = _build(pipeline, workspace, promised, building, peildatum, say)
        with extract.connect(building) as connection:
            followed = _follow(connection, promised, rules, built.peildatum)
        say("verblijven en stappen berekend")
        _put_in_place(building, workspace.extract)
    return Loaded(built, rules, followed)


@dataclass(frozen=True)
class Checked:
    """The contracts' verdict, and the text with which a run would stop; empty when it would not."""

    verdict: Verdict
    refusal: str


def check(pipeline: Pipeline, workspace: Workspace, peildatum: date | None, say: Say) -> Checked:
    """Return how the deliveries are, good or bad; the extract stays as it is."""
    promised = contracts.read_folder(pipeline.contracts)
    with _new_extract(workspace) as building:
        try:
            return Checked(_build(pipeline, workspace, promised, building, peildatum, say).verdict, "")
        except intake.Refused as refusal:
            return Checked(refusal.verdict, str(refusal))


def _build(
    pipeline: Pipeline,
    workspace: Workspace,
    promised: Mapping[str, Contract],
    building: Path,
    peildatum: date | None,
    say: Say,
) -> intake.Intake:
    sources, key = intake.read_sources(pipeline.sources), _key(workspace, say)
    for received in intake.receive(pipeline.inbox or workspace.inbox, workspace, sources, promised):
        say(f"{received.file}: {received.state}")
    built = intake.build(workspace, sources, promised, key, building, peildatum)
    say(f"{len(built.deliveries)} leveringen ingelezen en aan hun contracten getoetst")
    for delivery in built.deliveries:
        if delivery.quarantined:
            say(
                f"{delivery.received_as}: {dutch(delivery.quarantined)} van {dutch(delivery.rows)} rijen apart gezet, "
                f"zie quarantine/{delivery.quarantine_file}"
            )
    return built


def _key(workspace: Workspace, say: Say) -> pseudonyms.Key:
    """Return the key; the first run of all, with no key named and nothing taken in yet, makes one."""
    place = pseudonyms.default_path()
    if not (place.exists() or pseudonyms.VARIABLE in os.environ or intake.read_log(workspace)):
        say(f"nieuwe sleutel gemaakt: {place}; bewaar een kopie")
        return pseudonyms.new_key(place)
    return pseudonyms.read_key(place)


@contextmanager
def _new_extract(workspace: Workspace) -> Iterator[Path]:
    """Yield where to build; what is left there afterwards is removed."""
    building = workspace.home / ".extract.nieuw.duckdb"
    building.unlink(missing_ok=True)
    try:
        yield building
    finally:
        building.unlink(missing_ok=True)


def _follow(
    connection: DuckDBPyConnection, promised: Mapping[str, Contract], rules: Chain, peildatum: date
) -> dict[str, pl.DataFrame]:
    """Add spell, timeline, step and stock_flow to the extract, and return them."""
    spell = spells.spells(connection, promised, rules)
    timeline = timelines.timeline(spell, rules, peildatum)
    tables = {
        "spell": spell,
        "timeline": timeline,
        "step": moves.steps(timeline, rules),
        "stock_flow": moves.stock_flow(timeline, rules, peildatum),
    }
    for name, frame in tables.items():
        connection.from_arrow(frame.to_arrow()).create(name)
    connection.execute("update extract set chain = ?", [rules.name])
    return tables


def _put_in_place(new: Path, place: Path) -> None:
    try:
        new.replace(place)
    except OSError:
        raise NoAccess(f"{place} kan niet worden vervangen: sluit wat het gebruikt of geef schrijfrecht.") from None
