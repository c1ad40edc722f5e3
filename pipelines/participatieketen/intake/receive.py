"""Inbox -> kept deliveries: every file unchanged under its hash, and a log that says which came last.

A file that is refused, here or by its contract, is kept too and logged as refused: then the good file of before
is current again and the next one needs no repair. Lines are only added; of one content in one month the last counts.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal

import polars as pl

from participatieketen import dutch
from participatieketen.contracts import Contract
from participatieketen.errors import ContractBroken, CorruptInput, NoAccess, WrongUse
from participatieketen.files import read_bytes, sha256, write_whole
from participatieketen.intake import files, names, values
from participatieketen.intake.names import Name
from participatieketen.intake.sources import Source, contract_of, layout
from participatieketen.places import Workspace
from participatieketen.pseudonyms import holding_bsn

UNKNOWN_MONTH = "onbekend"
_COUNT = ".aantal"
_JUMP_FROM = 100  # rows; below it one family is a large share

EXPIRED: Final = "verlopen"
"""Why a delivery that was deleted may not be current."""

State = Literal[
    "nieuw", "nieuwe versie", "al verwerkt", "opnieuw geldig", "opnieuw getoetst", "vervangen", "verlopen", "onbekend"
]


@dataclass(frozen=True)
class Entry:
    """A line of the log: what was received, in which order.

    file     the own name of the file, bestand-7.csv; what its sender called it stands elsewhere (intake.names)
    refused  why it may not be current (the error's kind, or EXPIRED), whatever an earlier line says; empty when it may
    """

    seq: int
    source: str
    month: str
    peildatum: str
    sha256: str
    file: str
    rows: int
    refused: str = ""

    @property
    def name(self) -> Name:
        """What messages call it."""
        return Name(self.file, self.source, self.month)


@dataclass(frozen=True)
class Received:
    """What became of one file in the inbox; `file` is what messages call it."""

    file: str
    state: State
    source: str | None = None
    month: str | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox: where it is, what we call it, and the own names of all that lie there."""

    path: Path
    name: Name
    inbox: Collection[str]

    @property
    def sidecar(self) -> Path:
        """The file that says how many rows it has, if its sender made one."""
        return self.path.with_name(self.path.name + _COUNT)


@dataclass(frozen=True)
class Opened:
    """A delivery that can be read and has the right columns."""

    table: files.Table
    columns: Mapping[str, str]
    peildatum: date


def receive(
    inbox: Path, workspace: Workspace, sources: Mapping[str, Source], contracts: Mapping[str, Contract]
) -> list[Received]:
    """Keep every file of the inbox that belongs to a source; the inbox itself is only read.

    A file of no source is in the result as `onbekend`, one that has a good successor as `vervangen`. An older
    version that was put back is `opnieuw geldig`: what lies in the inbox counts. One that was refused before is
    judged again; one that was deleted as too old is `verlopen` and not kept again. Raises, after all files are kept,
    one error with a line for each that is refused.
    """
    bound = {name: contract_of(source, contracts) for name, source in sources.items()}
    log = read_log(workspace)
    if not log:
        write_whole(_log_path(workspace), b"")  # before any delivery, so that one without a log is a loss
    paths = _inbox(inbox)
    own = names.own_names(workspace, [path.name for path in paths], {entry.file for entry in log})
    received, refusals = [], []
    for path in paths:
        source = _source_of(path, own[path.name], sources)
        if source is None:
            received.append(Received(own[path.name], "onbekend"))
            continue
        arrival = Arrival(path, Name(own[path.name], source.name, names.month_in(path.name)), own.values())
        try:
            received.append(_receive(arrival, source, bound[source.name], workspace))
        except (ContractBroken, CorruptInput) as refusal:
            refusals.append(refusal)
    if refusals:
        raise together(refusals)
    return received


def together(refusals: Sequence[ContractBroken | CorruptInput]) -> ContractBroken | CorruptInput:
    """Return one error for all: damage outranks a broken contract."""
    kind = CorruptInput if any(isinstance(refusal, CorruptInput) for refusal in refusals) else ContractBroken
    behind = [refusal.behind for refusal in refusals if isinstance(refusal.behind, Exception)]
    return kind("\n".join(map(str, refusals)), ExceptionGroup("readers of files", behind) if behind else None)


def opened(raw: bytes, name: Name, source: Source, contract: Contract, announced: int | None = None) -> Opened:
    """Return the delivery in a file; raises ContractBroken or CorruptInput with the place."""
    columns = layout(source, contract)
    table = files.read(raw, name, source, list(columns), announced)
    if problems := values.faults(table, columns, contract, source):
        raise ContractBroken(f"{name}: {'; '.join(problems)}.")
    return Opened(table, columns, _census_day(table, columns, contract, source, name))


def read_log(workspace: Workspace) -> list[Entry]:
    """Return what was received, oldest first; raises CorruptInput when the log is damaged or gone."""
    path = _log_path(workspace)
    if not path.exists():
        _refuse_without_log(workspace)
        return []
    entries = []
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError):
            entry = None
        if entry is None or entry.seq != number:
            raise CorruptInput(f"{path} is beschadigd in regel {number}: zet hem terug uit de reservekopie.")
        if not names.OWN.fullmatch(entry.file):
            raise CorruptInput(
                f"{path} is van een oudere versie van het werkboek: bewaar de map en zet de leveringen opnieuw in de "
                "inbox van een lege werkmap."
            )
        entries.append(entry)
    return entries


def current(workspace: Workspace, source: str, peildatum: date | None = None) -> Entry | None:
    """Return the newest good delivery of a source: latest census day, and of those the last received.

    peildatum  only deliveries of this month or before
    """
    last = peildatum.isoformat()[:7] if peildatum else "9999-12"
    good = _good([entry for entry in read_log(workspace) if entry.source == source])
    return _newest(entry for entry in good if entry.month <= last)


def refuse(workspace: Workspace, entries: Sequence[Entry], kind: str) -> None:
    """Log that these deliveries, good at first sight, were refused after all: what was current before is again."""
    log = read_log(workspace)
    lines = [replace(entry, seq=len(log) + place, refused=kind) for place, entry in enumerate(entries, start=1)]
    if lines:
        _write_log(workspace, [*log, *lines])


def kept(workspace: Workspace, entry: Entry) -> Path:
    """Return where a delivery is kept."""
    return workspace.deliveries / entry.source / entry.month / entry.sha256 / entry.file


# one file


def _inbox(inbox: Path) -> list[Path]:
    try:
        paths = sorted(inbox.iterdir())
    except OSError:
        raise NoAccess(f"{inbox} is niet te lezen: maak de map of geef leesrecht.") from None
    found = [path for path in paths if path.is_file() and not path.name.startswith(".")]
    if numbered := holding_bsn([path.name for path in found]):
        raise ContractBroken(
            f"{len(numbered)} van {len(found)} bestanden in {inbox} heeft een burgerservicenummer in de naam "
            f"(op volgorde van naam: {', '.join(map(str, numbered))}): geef een andere naam."
        )
    return [path for path in found if path.suffix != _COUNT]


def _source_of(path: Path, own: str, sources: Mapping[str, Source]) -> Source | None:
    fitting = [source for source in sources.values() if fnmatchcase(path.name, source.files)]
    if len(fitting) > 1:
        found = ", ".join(source.name for source in fitting)
        raise WrongUse(f"{own} past bij meer dan een bron ({found}): maak files in die bronnen nauwer.")
    return fitting[0] if fitting and path.suffix.lower() in names.SUFFIXES else None


def _receive(arrival: Arrival, source: Source, contract: Contract, workspace: Workspace) -> Received:
    raw = read_bytes(arrival.path, arrival.name)
    log = [entry for entry in read_log(workspace) if entry.source == source.name]
    known, good = _known(log, sha256(raw), arrival.name.month), _good(log)
    if known and known.refused == EXPIRED:
        return _became(EXPIRED, known, arrival.name)
    if known and not known.refused:
        return _again(arrival, raw, known, good, workspace)
    if known and _replaced(known, good):
        return Received(str(arrival.name), "vervangen", source.name)
    entry = Entry(0, source.name, UNKNOWN_MONTH, "", sha256(raw), arrival.name.own, 0)
    try:
        delivery = opened(raw, arrival.name, source, contract, _announced(arrival))
        month = delivery.peildatum.isoformat()[:7]
        _check_growth(delivery.table.frame.height, month, good, source, arrival.name)
    except (ContractBroken, CorruptInput) as refusal:
        _refuse(arrival, raw, entry, type(refusal).__name__, workspace)
        raise
    new = _note(
        arrival, raw, entry, workspace, month=month, peildatum=str(delivery.peildatum), rows=delivery.table.frame.height
    )
    version = any(old.month == month for old in good)
    state: State = "opnieuw getoetst" if known else "nieuwe versie" if version else "nieuw"
    return _became(state, new, arrival.name)


def _became(state: State, entry: Entry, name: Name) -> Received:
    return Received(str(replace(name, month=entry.month)), state, entry.source, entry.month, entry.rows)


def _again(arrival: Arrival, raw: bytes, known: Entry, good: Sequence[Entry], workspace: Workspace) -> Received:
    """Take in a content that was good before: it counts again when it took the place of the one that counts now.

    That is when it lies under a name that last held another version, or the current version left the inbox.
    """
    versions, own = [entry for entry in good if entry.month == known.month], arrival.name.own
    now = _newest(versions) or known
    put_back = any(entry.file == own and entry.sha256 != known.sha256 for entry in versions)
    if now.sha256 == known.sha256:
        _keep(arrival, raw, now, workspace)
        state: State = "al verwerkt"
    elif not put_back and now.file in arrival.inbox:
        _keep(arrival, raw, known, workspace)
        state = "vervangen"
    else:
        _note(arrival, raw, known, workspace, file=own)
        state = "opnieuw geldig"
    return _became(state, known, arrival.name)


def _known(log: Sequence[Entry], digest: str, month: str) -> Entry | None:
    """Return the last line about this content, of this month if one is given."""
    same = (entry for entry in reversed(log) if entry.sha256 == digest)
    return next((entry for entry in same if not month or entry.month == month), None)


def _good(log: Sequence[Entry]) -> list[Entry]:
    """Return the deliveries that may be current: per month and file name the last that was not refused."""
    last = {(entry.month, entry.sha256): entry for entry in log}
    in_order = sorted(last.values(), key=lambda entry: entry.seq)
    return list({(entry.month, entry.file): entry for entry in in_order if not entry.refused}.values())


def _newest(entries: Iterable[Entry]) -> Entry | None:
    """Return the delivery of the latest census day, and of those the last received."""
    return max(entries, key=lambda entry: (entry.peildatum, entry.seq), default=None)


def _replaced(refused: Entry, good: Sequence[Entry]) -> bool:
    """Return whether a good delivery of the source came after a refused one."""
    return any(
        entry.seq > refused.seq and (refused.month == UNKNOWN_MONTH or entry.month >= refused.month) for entry in good
    )


def _announced(arrival: Arrival) -> int | None:
    if not arrival.sidecar.exists():
        return None
    text = read_bytes(arrival.sidecar, f"{_COUNT} bij {arrival.name}").strip()
    if not re.fullmatch(rb"\d{1,12}", text):
        raise ContractBroken(f"{arrival.name}: {_COUNT} bevat geen aantal rijen: lever alleen een heel getal.")
    return int(text)


def _census_day(table: files.Table, columns: Mapping[str, str], contract: Contract, source: Source, name: Name) -> date:
    """Return the day of which the file tells: from its rows, else its name, else its source."""
    field = contract.role("peildatum")
    column = next((column for column, known in columns.items() if known == field), None)
    days = _days(table, column) if column else []
    if len(days) > 1:
        raise ContractBroken(f"{name}: kolom {column} heeft {len(days)} peildata. Lever een bestand per peildatum.")
    if days and name.month and str(days[0])[:7] != name.month:
        raise ContractBroken(
            f"{name}: kolom {column} heeft een andere maand dan de bestandsnaam. Verbeter de naam of de levering."
        )
    day = days[0] if days else date.fromisoformat(f"{name.month}-01") if name.month else source.peildatum
    if day is None:
        raise ContractBroken(
            f"{name}: de peildatum is niet te vinden. Zet de maand (jjjj-mm) in de naam, of peildatum in de bron "
            f"{source.name}.toml."
        )
    return day


def _days(table: files.Table, column: str) -> list[date]:
    return table.frame.select(values.day(pl.col(column).str.strip_chars())).to_series().drop_nulls().unique().to_list()


def _check_growth(rows: int, month: str, good: Sequence[Entry], source: Source, name: Name) -> None:
    """Compare with the version of the same month that it replaces, and with the month before."""
    replaced = _newest(entry for entry in good if entry.month == month)
    for before in filter(None, [replaced, _newest(entry for entry in good if entry.month < month)]):
        if max(rows, before.rows) >= _JUMP_FROM and abs(rows - before.rows) > source.max_growth * before.rows:
            where = "in de versie die dit vervangt" if before is replaced else f"in {before.month}"
            share = f"{100 * source.max_growth:g} %".replace(".", ",")
            raise ContractBroken(
                f"{name}: {dutch.number(rows)} rijen, tegen {dutch.number(before.rows)} {where}: meer dan {share} "
                f"verschil. Controleer de levering; klopt ze, verhoog dan max_growth in de bron {source.name}.toml en "
                "zet erbij wie dat toestaat."
            )


# keeping


def _refuse(arrival: Arrival, raw: bytes, entry: Entry, kind: str, workspace: Workspace) -> None:
    _note(arrival, raw, entry, workspace, month=arrival.name.month or UNKNOWN_MONTH, refused=kind)


def _note(arrival: Arrival, raw: bytes, entry: Entry, workspace: Workspace, **known: str | int) -> Entry:
    """Keep the file, then log it; a refusal that was logged before is not logged again."""
    log = read_log(workspace)
    new = Entry(**asdict(entry) | known | {"seq": len(log) + 1})
    _keep(arrival, raw, new, workspace)
    same = [old for old in log if (old.source, old.month, old.sha256) == (new.source, new.month, new.sha256)]
    if not (new.refused and same and same[-1].refused):
        _write_log(workspace, [*log, new])
    return new


def _write_log(workspace: Workspace, log: Sequence[Entry]) -> None:
    write_whole(_log_path(workspace), "".join(f"{json.dumps(asdict(entry))}\n" for entry in log).encode())


def _keep(arrival: Arrival, raw: bytes, entry: Entry, workspace: Workspace) -> None:
    """Keep the bytes and their sidecar, and read them back; a damaged copy is restored from the same bytes."""
    place = kept(workspace, entry)
    if not place.exists() or sha256(read_bytes(place)) != entry.sha256:
        write_whole(place, raw)
    if sha256(read_bytes(place)) != entry.sha256:
        raise NoAccess(f"{entry.name} is anders geschreven dan ontvangen: controleer de schijf.")
    if arrival.sidecar.exists():
        count = read_bytes(arrival.sidecar, f"{_COUNT} bij {arrival.name}")
        write_whole(place.with_name(f"{place.name}.{sha256(count)[:8]}{_COUNT}"), count)


def _log_path(workspace: Workspace) -> Path:
    return workspace.deliveries / "log.jsonl"


def _refuse_without_log(workspace: Workspace) -> None:
    """Deliveries without a log are of unknown order."""
    if any(workspace.deliveries.glob("*/*")):
        raise CorruptInput(
            f"{_log_path(workspace)} ontbreekt, maar er zijn leveringen: zet hem terug uit de reservekopie."
        )
