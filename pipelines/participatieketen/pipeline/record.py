"""What is known of each run: of what, when, how long, how it ended. Counts and names of files only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Literal

from participatieketen.errors import CorruptInput
from participatieketen.files import write_whole
from participatieketen.pipeline.faults import told
from participatieketen.places import Workspace

_FILE = "run.json"


@dataclass(frozen=True)
class Record:
    """One run.

    id         number and pipeline; its folder in runs/
    made_on    when it was started, as the caller gave it
    state      bezig (for ever, when the run was killed), gelukt or mislukt
    error      the line that the user read
    release    what was published, and the page to open
    seconds    by stage
    audited    how many small counts were audited, and the narrowest interval that is known of one
    """

    id: str
    pipeline: str
    made_on: str
    state: Literal["bezig", "gelukt", "mislukt"] = "bezig"
    exit_code: int = 0
    error: str = ""
    release: str = ""
    page: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    audited: dict[str, int | None] = field(default_factory=dict)


@contextmanager
def recorded(workspace: Workspace, pipeline: str, made_on: str) -> Iterator[Path]:
    """Keep a record of what happens inside, from the start on; yields the run's folder for `note` and `timed`.

    Call it with the workspace locked: the number of the run is one more than the last.
    """
    number = max((int(folder.name.split("-")[0]) for folder in _folders(workspace)), default=0) + 1
    folder = workspace.runs / f"{number:05d}-{pipeline}"
    folder.mkdir(mode=0o700, parents=True)
    _write(folder, Record(id=folder.name, pipeline=pipeline, made_on=made_on))
    try:
        yield folder
    except (KeyboardInterrupt, SystemExit) as stop:
        note(folder, state="mislukt", exit_code=1, error=f"Onverwacht gestopt ({type(stop).__name__}).")
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is (polars' panics are no Exception), it may hold a value
        line = told(error, workspace, folder.name)
        note(folder, state="mislukt", exit_code=line.exit_code, error=str(line))
        raise line from None
    note(folder, state="gelukt")


def note(folder: Path, **known: object) -> None:
    """Add to the record of the run in this folder."""
    _write(folder, replace(_read(folder), **known))  # type: ignore[arg-type] # the names are those of Record


@contextmanager
def timed(folder: Path, stage: str) -> Iterator[None]:
    """Note how many seconds a stage takes."""
    begin = perf_counter()
    yield
    note(folder, seconds=_read(folder).seconds | {stage: round(perf_counter() - begin, 2)})


def records(workspace: Workspace) -> list[Record]:
    """Return the runs, newest first; raises CorruptInput when a record is damaged."""
    try:
        return [_read(folder) for folder in sorted(_folders(workspace), reverse=True)]
    except (ValueError, TypeError):
        raise CorruptInput(f"Een {_FILE} in {workspace.runs} is beschadigd: verwijder die map.") from None


def _folders(workspace: Workspace) -> list[Path]:
    return [found.parent for found in workspace.runs.glob(f"[0-9]*-*/{_FILE}")]


def _read(folder: Path) -> Record:
    return Record(**json.loads((folder / _FILE).read_text(encoding="utf-8")))


def _write(folder: Path, record: Record) -> None:
    write_whole(folder / _FILE, json.dumps(asdict(record), ensure_ascii=False, indent=1).encode())
