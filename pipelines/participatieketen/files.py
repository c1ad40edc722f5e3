"""Files: read or refused, and written so that a reader, a crash or a power cut leaves all of one or the one before."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from participatieketen import dutch
from participatieketen.errors import NoAccess

OWNER, READERS = 0o600, 0o644
"""Who can read a file: its owner; everyone, because it is published."""


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


def write_whole(path: Path, raw: bytes, mode: int = OWNER) -> Path:
    """Write a file, with its folder, in place of the one there was, and return it; raises NoAccess."""
    fresh = path.with_name(f".{path.name}.nieuw")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(fresh, raw, mode)
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise NoAccess(
            f"{path} kan niet worden geschreven: maak {dutch.number(len(raw))} bytes vrij of geef schrijfrecht."
        ) from None
    return path


def write_new(path: Path, raw: bytes, mode: int = OWNER) -> None:
    """Write a file that nobody looks for yet and keep it through a power cut; its folder is synced by who places it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def put_in_place(fresh: Path, path: Path) -> None:
    """Give a file that another program wrote its place, in one step, for its owner only; raises NoAccess."""
    try:
        fresh.chmod(OWNER)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError:
        raise NoAccess(f"{path} kan niet worden geschreven: geef schrijfrecht of maak ruimte vrij.") from None


def sync_folder(folder: Path) -> None:
    """Make what was named in a folder outlast a power cut; nothing to do where folders cannot be opened."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
