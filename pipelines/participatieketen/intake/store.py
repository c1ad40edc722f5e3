"""Files of the workspace: read or not, written whole or not at all."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from participatieketen.contracts.verdict import dutch
from participatieketen.errors import NoAccess


def sha256(raw: bytes) -> str:
    """Return the hash under which bytes are kept."""
    return hashlib.sha256(raw).hexdigest()


def read_bytes(path: Path, called: object = None) -> bytes:
    """Return the bytes of a file; raises NoAccess.

    called  what the message calls it; default: its path
    """
    try:
        return path.read_bytes()
    except OSError:
        raise NoAccess(f"{called or path} is niet te lezen: zet het terug of geef leesrecht.") from None


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file (0600) so that a reader, or a crash, sees all of it or the file of before; raises NoAccess."""
    fresh = path.with_name(f".{path.name}.nieuw")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise NoAccess(
            f"{path} kan niet worden geschreven: maak {dutch(len(raw))} bytes vrij of geef schrijfrecht."
        ) from None
