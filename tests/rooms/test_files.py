"""files: read or refused, and written whole or not at all."""

import os
from pathlib import Path

import pytest

from participatieketen import files
from participatieketen.errors import NoAccess


def mode(path: Path) -> int:
    """Return who can read and write a file."""
    return path.stat().st_mode & 0o777


def test_a_file_is_written_with_its_folder_for_its_owner(tmp_path: Path) -> None:
    """Whatever there was is gone, and nothing else is left."""
    place = tmp_path / "map" / "log.jsonl"
    for content in (b"eerste", b"tweede"):
        assert files.write_whole(place, content) == place
        assert place.read_bytes() == content
    assert (mode(place), mode(place.parent)) == (0o600, 0o700)
    assert [path.name for path in place.parent.iterdir()] == ["log.jsonl"]


def test_what_is_published_can_be_read_by_everyone(tmp_path: Path) -> None:
    """Also where the program itself makes files for its owner only."""
    before = os.umask(0o077)
    try:
        files.write_new(tmp_path / "index.html", b"pagina", files.READERS)
    finally:
        os.umask(before)
    assert mode(tmp_path / "index.html") == 0o644


@pytest.mark.parametrize(("owner", "broken"), [(os, "fsync"), (Path, "replace")])
def test_a_write_that_fails_leaves_the_file_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, broken: str
) -> None:
    """A full disk: the message says how much is needed and not what; no half file is left."""
    place = files.write_whole(tmp_path / "log.jsonl", b"eerste")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(owner, broken, full)
    with pytest.raises(NoAccess, match=r"log\.jsonl kan niet worden geschreven: maak 1\.234 bytes vrij") as error:
        files.write_whole(place, b"geheim" * 200 + b"-" * 34)
    assert "geheim" not in str(error.value)
    assert place.read_bytes() == b"eerste"
    assert [path.name for path in tmp_path.iterdir()] == ["log.jsonl"]


def test_a_file_of_another_program_gets_its_place(tmp_path: Path) -> None:
    """For its owner only; without it the message names the place."""
    fresh, place = tmp_path / ".nieuw", tmp_path / "extract.duckdb"
    fresh.write_bytes(b"tabellen")
    files.put_in_place(fresh, place)
    assert (place.read_bytes(), mode(place), fresh.exists()) == (b"tabellen", 0o600, False)
    with pytest.raises(NoAccess, match=r"extract\.duckdb kan niet worden geschreven"):
        files.put_in_place(fresh, place)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """By its path, or by what its sender called it."""
    with pytest.raises(NoAccess, match="levering 3 is niet te lezen"):
        files.read_bytes(tmp_path / "weg.csv", "levering 3")
    with pytest.raises(NoAccess, match=r"weg\.csv is niet te lezen"):
        files.read_bytes(tmp_path / "weg.csv")
