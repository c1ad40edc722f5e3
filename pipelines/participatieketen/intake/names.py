"""What the workbook itself calls a delivered file: a sender's name for it can name a person.

The sender's names stand in one file, for the owner only. Messages, the log, the extract and pages have the own name.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from participatieketen import dutch
from participatieketen.errors import CorruptInput
from participatieketen.files import read_bytes, write_whole
from participatieketen.places import Workspace

SUFFIXES = (".csv", ".xlsx", ".parquet")
"""The forms in which files come."""

OWN = re.compile(r"bestand-([1-9][0-9]{0,8})(\.[a-z]+)?")
"""A name of our own: bestand-7.csv. One of the sender's names always has the same."""

_MONTH = re.compile(r"(?<!\d)([12]\d{3})-(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True)
class Name:
    """A delivered file: str() of it is what messages call it, "bijstand van januari 2026 (bestand-7.csv)".

    month  jjjj-mm; anything else: not known
    """

    own: str
    source: str = ""
    month: str = ""

    def __str__(self) -> str:
        """Return the source, the month and the own name, as far as they are known."""
        if not self.source:
            return self.own
        month = f" van {_written(self.month)}" if _MONTH.fullmatch(self.month) else ""
        return f"{self.source}{month} ({self.own})"

    @property
    def suffix(self) -> str:
        """What the bytes should be: one of SUFFIXES, or nothing for another form."""
        return PurePath(self.own).suffix

    @property
    def quarantine_file(self) -> str:
        """Where it is written which of its rows were set aside, from the quarantine folder."""
        return f"{self.source}/{self.month}-{PurePath(self.own).stem}.csv"


def month_in(sent: str) -> str:
    """Return the month (jjjj-mm) that a sender's name has in it; empty when it has none."""
    found = _MONTH.search(sent)
    return found[0] if found else ""


def own_names(workspace: Workspace, sent: Sequence[str], logged: Collection[str]) -> dict[str, str]:
    """Return sender's name -> own name, and remember new ones.

    logged   own names in the log
    Raises   CorruptInput when the file with the names is damaged, or gone while the log has names.
    """
    known = _read(workspace, logged)
    own = {name: ours for ours, name in known.items()}
    last = max(map(_number, [*known, *logged]), default=0)
    new = [name for name in sent if name not in own]
    own |= {name: f"bestand-{number}{_suffix(name)}" for number, name in enumerate(new, start=last + 1)}
    if new or not _path(workspace).exists():
        _write(workspace, {ours: name for name, ours in own.items()})
    return {name: own[name] for name in sent}


def forget(workspace: Workspace, stay: Collection[str]) -> None:
    """Forget what senders called the files with other own names than these."""
    known = _read(workspace, stay)
    if known.keys() - stay:
        _write(workspace, {ours: name for ours, name in known.items() if ours in stay})


def _written(month: str) -> str:
    return dutch.month(date.fromisoformat(f"{month}-01"))


def _number(own: str) -> int:
    found = OWN.fullmatch(own)
    return int(found[1]) if found else 0


def _suffix(sent: str) -> str:
    """Return the form of a file; of another than we read nothing, as that can be any text."""
    suffix = PurePath(sent).suffix.lower()
    return suffix if suffix in SUFFIXES else ""


def _path(workspace: Workspace) -> Path:
    return workspace.deliveries / "namen.json"


def _read(workspace: Workspace, logged: Iterable[str]) -> dict[str, str]:
    path = _path(workspace)
    if not path.exists():
        if any(True for _ in logged):
            raise CorruptInput(f"{path} ontbreekt, maar er zijn leveringen: zet hem terug uit de reservekopie.")
        return {}
    try:
        return {str(ours): str(sent) for ours, sent in dict(json.loads(read_bytes(path))).items()}
    except (ValueError, TypeError):
        raise CorruptInput(f"{path} is beschadigd: zet hem terug uit de reservekopie.") from None


def _write(workspace: Workspace, known: Mapping[str, str]) -> None:
    write_whole(_path(workspace), json.dumps(known, indent=1).encode())
