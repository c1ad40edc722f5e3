"""The ledger: every value that was ever released with one rounding key, in a file that only grows.

One JSON object a line; each holds the hash of the line before. It belongs to the key, so that chains and workspaces
with one key share it: values are never drawn again. Its head, the last line that is known, stands beside the key and is
written after the ledger. Beside every release stands a copy as it was then, to put back what was lost, cut or edited.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from participatieketen.disclosure.series import BOOK
from participatieketen.errors import Busy, DisclosureRefused, NoAccess
from participatieketen.files import write_whole
from participatieketen.months import months_later

COPY = "ledger.jsonl"
"""How the name of the copy beside a release ends; it begins with the id of the rounding key."""

LINE = (
    {"chain": pl.String}
    | BOOK
    | dict.fromkeys(("release", "run", "key", "rules", "registers"), pl.String)
    | {"made_for": pl.Date}
    | dict.fromkeys(("revised", "fictional"), pl.Boolean)
)
"""The columns of a line besides `previous`: the chain of a cell (empty for rows of deliveries, which are no chain's),
what was released, by which release, run and key, the digest of the rules it was counted by, the registers that the
chain reads (a space between them), for which peildatum, in a revision or not, and whether of a made-up town."""

START = "0" * 64

_QUARTER = 3  # months between revisions: a reader may not follow one person through them
_WAIT_S = 1.0


@dataclass(frozen=True)
class Place:
    """Where the ledger of a rounding key is, and what of it stands beside the key itself.

    path  the ledger, in a folder of its own beside the file with the key
    head  its last line that is known: how many lines, and the hash of the last
    key   id of the rounding key
    """

    path: Path
    head: Path
    key: str


@dataclass(frozen=True)
class Ledger:
    """What was released until now.

    lines  (lines x 19) columns LINE, oldest first
    head   hash of the last line
    """

    lines: pl.DataFrame
    head: str = START


def place_of(file: Path, key: str) -> Place:
    """Return where the ledger is of a rounding key with this id; behind a link it is beside the file itself."""
    folder = file.resolve().parent
    return Place(folder / f"ledger-{key}" / COPY, folder / f"ledger-{key}.head", key)


@contextmanager
def in_use(place: Place) -> Iterator[Place]:
    """Hold the ledger and yield its place; a dead run's is free.

    Raises  Busy within two seconds when a run in another workspace holds it.
    """
    _make_folder(place.path.parent)
    try:
        with FileLock(place.path.with_name(".slot"), timeout=_WAIT_S):
            yield place
    except Timeout:
        raise Busy(
            f"Een run in een andere werkmap gebruikt het grootboek {place.path}: probeer het opnieuw als die klaar is."
        ) from None


def refuse_old(folder: Path, copies: Path) -> None:
    """Raise DisclosureRefused when the workspace has a ledger of before ledgers belonged to keys, or a copy of one.

    folder  where it was; copies: the folder of the releases
    """
    named = re.compile(rf"[0-9a-f]{{8}}-{re.escape(COPY)}")
    old = [*folder.glob("*.jsonl"), *(copy for copy in _copies(copies) if not named.fullmatch(copy.name))]
    if old:
        raise DisclosureRefused(
            f"{min(old)} is een grootboek van een oudere versie, dat bij de werkmap hoorde en niet bij de sleutel: "
            "alle aantallen zouden nog eens worden getrokken. Is het een verzonnen stad, verwijder dan "
            f"{folder.parent} en begin met `keten demo`; zijn het echte mensen, trek dan eerst de oude rapporten in en "
            f"verwijder {folder} en {copies}. Er is niets vrijgegeven."
        )


def read(place: Place, copies: Path) -> Ledger:
    """Return the ledger, empty when nothing was released yet.

    copies  the folder of the releases: a whole copy in one of them must be the beginning of the ledger
    Raises  DisclosureRefused when the ledger is missing, cut off or edited, or older than its head, and says which copy
            to put back; when releases were made with another key; when its head is gone and no copy stands for it.
    """
    content, head = _bytes(place.path), _known(place.head)
    kept = {copy: copy.read_bytes() for copy in _copies(copies)}
    other = [copy for copy, text in kept.items() if not content.startswith(text) and (head is None or _unbroken(text))]
    if foreign := [copy for copy in other if copy.name != _copy_name(place)]:
        raise DisclosureRefused(
            f"De uitgaven in {copies} zijn afgerond met sleutel {foreign[0].name.split('-')[0]}, maar de sleutel is nu "
            f"{place.key}: dezelfde aantallen zouden nog eens worden getrokken. Zet die sleutel terug (KETEN_KEY)."
        )
    if other or not _unbroken(content) or not _continues(content, head):
        raise DisclosureRefused(
            f"Het grootboek {place.path} ontbreekt, is ingekort of is veranderd: {_advice(place, head, kept)}. "
            "Er is niets vrijgegeven."
        )
    if head is None and content and not kept:
        raise DisclosureRefused(
            f"{place.head} ontbreekt, dus is niet te zien of het grootboek {place.path} volledig is: zet het terug uit "
            "de reservekopie van de sleutel. Er is niets vrijgegeven."
        )
    lines = content.splitlines()
    return Ledger(_frame(lines), _hash(lines[-1]) if lines else START)


def append(place: Place, ledger: Ledger, added: pl.DataFrame) -> Ledger:
    """Return the ledger with the new lines (columns LINE), after writing it, whole or not at all, and then its head.

    A first ledger has a head of no lines before it is written, so that one without a head always lacks it.
    """
    lines = list(_chained(added, ledger.head))
    grown = Ledger(pl.concat([ledger.lines, added.select(*LINE)]), _hash(lines[-1]) if lines else ledger.head)
    _bring_forward(place, ledger)
    if lines:
        write_whole(place.path, _bytes(place.path) + b"".join(line + b"\n" for line in lines))
        _bring_forward(place, grown)
    return grown


def keep_copy(place: Place, release: Path) -> None:
    """Put a copy of the ledger beside a release, and let the head say where the newest is."""
    copy, known = release / _copy_name(place), _known(place.head)
    write_whole(copy, _bytes(place.path))
    if known:
        _write_head(place, replace(known, copy=str(copy)))


def refuse_revision(lines: pl.DataFrame, peildatum: date, key: str) -> None:
    """Raise DisclosureRefused when a revision would draw a count twice, or comes less than three months after the last.

    lines  of the chain that is revised
    key    id of the rounding key; another one draws another value for the same count
    """
    if set(lines["key"]) - {key}:
        raise DisclosureRefused(
            "Er is eerder afgerond met een andere sleutel: herzien kan dan niet. Zet de kopie van die sleutel terug, "
            "of maak het rapport zonder herziening."
        )
    last = lines.filter("revised")["made_for"].max()
    if isinstance(last, date) and last > months_later(peildatum.replace(day=1), -_QUARTER):
        raise DisclosureRefused(
            f"De vorige herziening is van {last:%d-%m-%Y}: herzien mag eens in de {_QUARTER} maanden. "
            "Maak het rapport zonder herziening, met dezelfde telregels."
        )


@dataclass(frozen=True)
class Head:
    """What stands beside the key: how many lines there are, the hash of the last, and where the newest copy was put."""

    lines: int = 0
    hash: str = START
    copy: str = ""


def _known(place: Path) -> Head | None:
    """Return the head in a file; None when there is none, or nothing that can be read as one."""
    try:
        return Head(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _bring_forward(place: Place, ledger: Ledger) -> None:
    """Let the head say what was read of the ledger: a run that stopped before it did wrote more lines than it says."""
    found = Head(ledger.lines.height, ledger.head)
    known = _known(place.head)
    if known is None or (known.lines, known.hash) != (found.lines, found.hash):
        _write_head(place, found)


def _write_head(place: Place, head: Head) -> None:
    write_whole(place.head, json.dumps(asdict(head), ensure_ascii=False).encode())


def _continues(content: bytes, head: Head | None) -> bool:
    """Say whether the last line that is known is in the ledger, in its place."""
    if head is None or head.lines == 0:
        return True
    lines = content.splitlines()
    return len(lines) >= head.lines and _hash(lines[head.lines - 1]) == head.hash


def _advice(place: Place, head: Head | None, kept: Mapping[Path, bytes]) -> str:
    """Return which copy to put back: the longest that is whole and goes on to the last line that is known."""
    named = [Path(head.copy)] if head and head.copy else []
    texts = {**kept, **{copy: _bytes(copy) for copy in named}}
    whole = [copy for copy, text in texts.items() if text and _unbroken(text) and _continues(text, head)]
    if whole:
        return f"zet {max(whole, key=lambda copy: len(texts[copy]))} terug als {place.path}"
    least = f" met minstens {head.lines} regels" if head and head.lines else ""
    return f"zet een kopie{least} terug uit de map van een uitgave of een reservekopie, of vraag de beheerder"


def _copies(releases: Path) -> list[Path]:
    """Return the copies beside releases; a run that stopped while it wrote one leaves a part under a hidden name."""
    return sorted(copy for copy in releases.glob(f"*/*{COPY}") if not copy.name.startswith("."))


def _copy_name(place: Place) -> str:
    return f"{place.key}-{COPY}"


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _frame(lines: list[bytes]) -> pl.DataFrame:
    if not lines:
        return pl.DataFrame(schema=LINE)
    texts = LINE | {"month": pl.String, "made_for": pl.String}
    rows = [json.loads(line) for line in lines]
    return pl.DataFrame(rows, schema=texts).with_columns(pl.col("month", "made_for").str.to_date())


def _chained(added: pl.DataFrame, head: str) -> Iterator[bytes]:
    for row in added.select(*LINE).iter_rows(named=True):
        line = json.dumps(row | {"previous": head}, default=str, ensure_ascii=False).encode()
        head = _hash(line)
        yield line


def _unbroken(content: bytes) -> bool:
    """Say whether every line holds the hash of the one before, and the last is whole."""
    lines = content.splitlines()
    hashes = [START, *map(_hash, lines)]
    return content[-1:] in {b"", b"\n"} and all(
        _previous(line) == head for line, head in zip(lines, hashes, strict=False)
    )


def _previous(line: bytes) -> str | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found.get("previous") if isinstance(found, dict) and set(LINE) < set(found) else None


def _hash(line: bytes) -> str:
    return sha256(line).hexdigest()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise NoAccess(f"{folder} kan niet worden gemaakt: geef schrijfrecht op de map van de sleutel.") from None
