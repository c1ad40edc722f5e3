"""Deliveries -> extract.duckdb with its spells, timeline and moves; the old extract stays until the new one is done."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from filelock import FileLock, Timeout

from participatieketen import chain, contracts, dutch, extract, intake, moves, spells, timelines
from participatieketen.chain import Chain
from participatieketen.contracts import Contract, Verdict
from participatieketen.errors import Busy, NoAccess
from participatieketen.files import sync_folder
from participatieketen.pipeline.definition import Pipeline
from participatieketen.pipeline.keys import key_in_place
from participatieketen.places import Workspace
from participatieketen.pseudonyms import Key

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
    steered = _steered(pipeline)
    key = key_in_place(workspace, say)
    _take_in(pipeline, workspace, steered, say)
    return _loaded(workspace, steered, key, peildatum, say)


def rebuild(pipeline: Pipeline, workspace: Workspace, key: Key, say: Say) -> Loaded:
    """Put a new extract in place, made with this key from the deliveries that are kept; as `load` but for the inbox."""
    return _loaded(workspace, _steered(pipeline), key, None, say)


@dataclass(frozen=True)
class _Steered:
    """What steers the making of an extract."""

    rules: Chain
    sources: Mapping[str, intake.Source]
    promised: Mapping[str, Contract]


def _steered(pipeline: Pipeline) -> _Steered:
    return _Steered(
        chain.read(pipeline.chain), intake.read_sources(pipeline.sources), contracts.read_folder(pipeline.contracts)
    )


def _loaded(workspace: Workspace, steered: _Steered, key: Key, peildatum: date | None, say: Say) -> Loaded:
    with extract.under_construction(_building(workspace)) as building:
        built = _build(workspace, steered, key, building, peildatum, say)
        rules = _followed(steered.rules, built)
        with extract.connect(building) as connection:
            tables = _follow(connection, steered.promised, rules, built.peildatum)
        say("verblijven en stappen berekend")
        _put_in_place(building, workspace.extract)
    if built.complete_from and (gone := intake.expire(workspace, built.complete_from)):
        say(f"{gone} leveringen van langer geleden dan de bewaartermijn verwijderd")
    return Loaded(built, rules, tables)


def _followed(rules: Chain, built: intake.Intake) -> Chain:
    """Return the chain from the day on which everyone in it is in the extract, and a note that says so.

    Before that day only those are left who stayed or came back: figures about it would be about them alone.
    """
    if built.complete_from is None:
        return rules
    start = built.complete_from + timedelta(days=rules.follow_up_days + 1)
    note = (
        "Gegevens van mensen die lang geleden uit elk register gingen, zijn verwijderd. "
        f"Daarom beginnen deze cijfers niet voor {start:%d-%m-%Y}."
    )
    return replace(rules.followed_from(start), notes=(*rules.notes, note))


@dataclass(frozen=True)
class Checked:
    """The contracts' verdict, and the text with which a run would stop; empty when it would not."""

    verdict: Verdict
    refusal: str


def check(pipeline: Pipeline, workspace: Workspace, peildatum: date | None, say: Say) -> Checked:
    """Return how the deliveries are, good or bad; the extract stays as it is."""
    steered = _steered(pipeline)
    key = key_in_place(workspace, say)
    _take_in(pipeline, workspace, steered, say)
    with extract.under_construction(_building(workspace)) as building:
        try:
            return Checked(_build(workspace, steered, key, building, peildatum, say).verdict, "")
        except intake.Refused as refusal:
            return Checked(refusal.verdict, str(refusal))


def _take_in(pipeline: Pipeline, workspace: Workspace, steered: _Steered, say: Say) -> None:
    for received in intake.receive(pipeline.inbox or workspace.inbox, workspace, steered.sources, steered.promised):
        say(f"{received.file}: {received.state}")


def _build(
    workspace: Workspace, steered: _Steered, key: Key, building: Path, peildatum: date | None, say: Say
) -> intake.Intake:
    pauses = {name: register.pause for name, register in steered.rules.registers.items()}
    retention = intake.Retention(intake.read_months(workspace), pauses)
    built = intake.build(workspace, steered.sources, steered.promised, key, building, peildatum, retention)
    say(f"{len(built.deliveries)} leveringen ingelezen en aan hun contracten getoetst")
    for delivery in built.deliveries:
        if delivery.quarantined:
            say(
                f"{delivery.name}: {dutch.number(delivery.quarantined)} van {dutch.number(delivery.rows)} rijen apart "
                f"gezet, zie quarantine/{delivery.name.quarantine_file}"
            )
    return built


def _building(workspace: Workspace) -> Path:
    return workspace.home / ".extract.nieuw.duckdb"


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
        sync_folder(place.parent)  # a new key follows only on an extract that stands
    except OSError:
        raise NoAccess(f"{place} kan niet worden vervangen: sluit wat het gebruikt of geef schrijfrecht.") from None
