"""What notebooks must leave alone: told when nothing stops them from reaching it, and compared before and after."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from participatieketen.errors import NotebookFailed
from participatieketen.reports import fence

REVIEW = "Een notebook kan lezen wat u kunt lezen: kijk elk notebook na voordat u het draait."


def left_open(folders: Sequence[Path]) -> str:
    """Return in Dutch what no fence keeps notebooks from on this system; nothing when the fence is whole."""
    known = fence.version()
    inside = [folder for folder in folders if any(folder.resolve().is_relative_to(one) for one in fence.readable())]
    if not known or inside:
        reason = (
            "de werkmap of de rapporten staan in een map van Python" if known else "dit systeem heeft geen Landlock"
        )
        return f"notebooks draaien zonder hek ({reason}). {REVIEW}"
    parts = fence.open_in(known)
    return f"het hek om notebooks is niet heel: open blijft {', '.join(parts)} (nieuwer Linux)" if parts else ""


@contextmanager
def unchanged(folders: Sequence[Path]) -> Iterator[None]:
    """Raise NotebookFailed when a file in one of the folders is another after than before, or has other rights."""
    before = [_digest(folder) for folder in folders]
    yield
    if other := [folder.name for folder, was in zip(folders, before, strict=True) if _digest(folder) != was]:
        raise NotebookFailed(
            f"Tijdens het draaien van de notebooks veranderde er iets in {', '.join(other)}. Er is niets gepubliceerd; "
            "kijk de notebooks na, zet die mappen terug en draai het rapport opnieuw."
        )


def _digest(folder: Path) -> str:
    """Return a digest of every name, right and byte below the folder; of one that is not there too."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        state = path.lstat()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{state.st_mode}\0{state.st_size}\0".encode())
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
