"""The one place where what other libraries say of errors ends: in a file of the person zone, never in a line.

DuckDB, polars, Great Expectations, papermill and the readers of files quote values in their texts.
"""

import os
import traceback
from contextlib import suppress
from pathlib import Path

from participatieketen.errors import KetenError, NoAccess
from participatieketen.places import Workspace

KEEP = 20
"""Files; enough to see whether an error comes back, and values of persons do not pile up."""


def told(error: BaseException, workspace: Workspace, name: str) -> KetenError:
    """Return the error as the line that users, the log and the run's record may have; told again it stays the same.

    What another library said goes in full to quarantine/fouten/<name>.txt (0600), and the line says so.
    """
    line = error if isinstance(error, KetenError) else _unexpected(error)
    if line.behind is not None:
        place = _kept(line.behind, workspace.faults / f"{name}.txt")
        line.args = (f"{line}{place and f' De hele melding staat in {place}; daar kunnen persoonsgegevens in staan.'}",)
        line.behind = None
    return line


def _unexpected(error: BaseException) -> KetenError:
    if isinstance(error, OSError | MemoryError):
        return NoAccess(
            f"De schijf, het geheugen of een recht houdt dit tegen ({_where(error)}): "
            "maak ruimte vrij of geef schrijfrecht.",
            error,
        )
    return KetenError(f"Onverwachte fout ({_where(error)}): meld dit bij de beheerder.", error)


def _where(error: BaseException) -> str:
    """Return the kind of an error and the place in this program, without its text."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "participatieketen" in frame.filename]
    place = f", {Path(frames[-1].filename).name} regel {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _kept(behind: BaseException | str, file: Path) -> str:
    """Return where in the workspace the text is kept; empty when it cannot be, as on a full disk."""
    text = behind if isinstance(behind, str) else "".join(traceback.format_exception(behind))
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        for old in sorted(file.parent.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns)[:-KEEP]:
            old.unlink(missing_ok=True)
        return "/".join(file.parts[-3:])
    return ""
