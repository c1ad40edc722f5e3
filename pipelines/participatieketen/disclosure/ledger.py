"""The ledger: every value that was ever released, in a file that only grows and shows it when something is wrong.

One JSON object a line; each holds the hash of the line before. Beside every release stands a copy as it was then, so
that a ledger that was lost, cut off or edited can be put back: values are never drawn again.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from participatieketen.disclosure.families import later
from participatieketen.disclosure.series import BOOK
from participatieketen.errors import DisclosureRefused, NoAccess

COPY = "ledger.jsonl"
"""Name of the copy beside a release."""

LINE = BOOK | dict.fromkeys(("release", "run", "key"), pl.String) | {"made_for": pl.Date, "revised": pl.Boolean}
"""The columns of a line besides `previous`: what was released, by which release, run and key, for which peildatum."""

START = "0" * 64

_QUARTER = 3  # months between revisions: a reader may not follow one person through them


@dataclass(frozen=True)
class Ledger:
    """What was released until now.

    lines  (lines x 14) columns LINE, oldest first
    head   hash of the last line
    """

    lines: pl.DataFrame
    head: str = START


def read(path: Path, copies: Path) -> Ledger:
    """Return the ledger in the file, empty when nothing was released yet.

    copies  the folder of the releases: a copy in one of them must be the beginning of the ledger
    Raises  DisclosureRefused when the ledger is missing, cut off or edited, and says which copy to put back.
    """
    content = path.read_bytes() if path.is_file() else b""
    kept = {place: place.read_bytes() for place in sorted(copies.glob(f"*/{path.stem}-{COPY}"))}
    if not _unbroken(content) or not all(content.startswith(copy) for copy in kept.values()):
        whole = [place for place, copy in kept.items() if _unbroken(copy)]
        advice = (
            f"zet {max(whole, key=lambda place: len(kept[place]))} terug als {path}" if whole else "vraag de beheerder"
        )
        raise DisclosureRefused(
            f"Het grootboek {path} ontbreekt, is ingekort of is veranderd: {advice}. Er is niets vrijgegeven."
        )
    lines = content.splitlines()
    return Ledger(_frame(lines), _hash(lines[-1]) if lines else START)


def refuse_revision(ledger: Ledger, peildatum: date, key: str) -> None:
    """Raise DisclosureRefused when a revision would draw a count twice, or comes less than three months after the last.

    key  id of the rounding key; another one draws another value for the same count
    """
    if set(ledger.lines["key"]) - {key}:
        raise DisclosureRefused(
            "Er is eerder afgerond met een andere sleutel: herzien kan dan niet. Zet de kopie van die sleutel terug, "
            "of maak het rapport zonder herziening."
        )
    last = ledger.lines.filter("revised")["made_for"].max()
    if isinstance(last, date) and last > later(peildatum.replace(day=1), -_QUARTER):
        raise DisclosureRefused(
            f"De vorige herziening is van {last:%d-%m-%Y}: herzien mag eens in de {_QUARTER} maanden. "
            "Maak het rapport zonder herziening."
        )


def append(path: Path, ledger: Ledger, added: pl.DataFrame) -> Ledger:
    """Return the ledger with the new lines (columns LINE), after writing it: whole or not at all."""
    lines = list(_chained(added, ledger.head))
    old = path.read_bytes() if path.is_file() else b""
    if lines:
        _replace(path, old + b"".join(line + b"\n" for line in lines))
    return Ledger(pl.concat([ledger.lines, added.select(*LINE)]), _hash(lines[-1]) if lines else ledger.head)


def keep_copy(path: Path, release: Path) -> None:
    """Put a copy of the ledger beside a release."""
    _replace(release / f"{path.stem}-{COPY}", path.read_bytes())


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


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        raise NoAccess(f"{path} kan niet worden geschreven: geef schrijfrecht of maak ruimte op de schijf.") from None
