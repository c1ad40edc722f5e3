"""pipeline: another key, and that extract and key always belong together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

import smalltown
import stopped
from participatieketen import contracts, extract, intake, pipeline, places, pseudonyms
from participatieketen.errors import CorruptInput, KetenError, NoAccess
from participatieketen.intake import load as loading
from participatieketen.pipeline.keys import key_in_place, key_of_extract
from participatieketen.places import Workspace
from smalltown import BSNS, healthy, hulp, quick_check


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Judge without the seconds that Great Expectations takes."""
    with mock.patch.object(contracts, "check", quick_check):
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small town with a key of its own, and an extract made with it."""
    place = tmp_path / "stad"
    place.mkdir()
    healthy(place).deliver("hulp_2026-01.csv", hulp())
    at(place, monkeypatch)
    smalltown.pipeline_file(place)
    pseudonyms.new_key(place / "sleutel")
    load(place)
    return place


def at(place: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Work in the town of this folder."""
    monkeypatch.setenv("KETEN_HOME", str(place / "home"))
    monkeypatch.setenv("KETEN_KEY", str(place / "sleutel"))
    return places.workspace()


def load(place: Path) -> None:
    """Take in what is in the inbox."""
    pipeline.load(pipeline.read(str(place / "proef.toml")), places.workspace(), None, lambda _: None)


def rotate(place: Path) -> list[str]:
    """Replace the key; return what was said."""
    said: list[str] = []
    pipeline.rotate(pipeline.read(str(place / "proef.toml")), places.workspace(), said.append)
    return said


def keys(place: Path) -> list[str]:
    """Return the names of the files where keys are."""
    return sorted(path.name for path in place.glob("*sleutel*"))


def holds_together(place: Path) -> pseudonyms.Key:
    """Hold that there is one key, that the extract says it is made with it, and that its pseudonyms are."""
    key = pseudonyms.read_key(place / "sleutel")
    client = extract.query(place / "home" / "extract.duckdb", "from client")
    assert keys(place) == ["sleutel"]
    assert key_of_extract(places.workspace()) == key.id
    assert client["key_id"].unique().to_list() == [key.id]
    assert client["client_pseudoniem"].to_list() == sorted(pseudonyms.pseudonym(number, key) for number in BSNS)
    return key


def test_everyone_gets_another_pseudonym_and_the_old_key_is_gone(folder: Path) -> None:
    """The registers are the same rows as before; nothing of the old key or its pseudonyms is left on the disk."""
    old, before = holds_together(folder), extract.query(folder / "home" / "extract.duckdb", "from hulp")
    secret, rounding = (folder / "sleutel").read_text().split()
    assert any(line.startswith("sleutel vervangen door") for line in rotate(folder))
    new = holds_together(folder)
    assert new.id != old.id
    assert pseudonyms.read_rounding_key(folder / "sleutel").secret.hex() == rounding
    assert (folder / "sleutel").stat().st_mode & 0o777 == 0o400
    rest = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert secret.encode() not in rest
    assert not any(pseudonyms.pseudonym(number, old).encode() in rest for number in BSNS)
    assert any(pseudonyms.pseudonym(number, new).encode() in rest for number in BSNS)
    after = extract.query(folder / "home" / "extract.duckdb", "from hulp")
    assert after.drop("person").equals(before.drop("person"))


def test_a_key_behind_a_link_is_replaced_itself(folder: Path) -> None:
    """The link stays a link, and the file that held the old key holds the new one."""
    (folder / "elders").mkdir()
    (folder / "sleutel").rename(folder / "elders" / "echte")
    (folder / "sleutel").symlink_to(folder / "elders" / "echte")
    old = (folder / "sleutel").read_text()
    rotate(folder)
    assert (folder / "sleutel").is_symlink()
    assert (folder / "elders" / "echte").read_text() != old
    holds_together(folder)


def test_a_rotation_that_is_refused_changes_nothing(folder: Path) -> None:
    """A kept delivery that was damaged stops it; key and extract are byte for byte as they were."""
    kept = next((folder / "home" / "deliveries").glob("hulp/*/*/*.csv"))
    before = [(folder / "sleutel").read_bytes(), (folder / "home" / "extract.duckdb").read_bytes()]
    kept.write_bytes(kept.read_bytes() + b"x")
    with pytest.raises(CorruptInput, match="is veranderd sinds de ontvangst"):
        rotate(folder)
    assert [(folder / "sleutel").read_bytes(), (folder / "home" / "extract.duckdb").read_bytes()] == before
    holds_together(folder)


def test_without_an_extract_only_the_key_is_replaced(folder: Path) -> None:
    """Nothing has a pseudonym then; the next run makes them with the new key."""
    (folder / "home" / "extract.duckdb").unlink()
    old = pseudonyms.read_key(folder / "sleutel")
    rotate(folder)
    load(folder)
    assert holds_together(folder).id != old.id


def test_a_rotation_that_stops_anywhere_is_finished_or_undone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped dead at each change of a file; the next command that needs the key makes it whole, with one key."""
    old, found = holds_together(folder), []
    for place in stopped.stops(folder, "rotate"):
        workspace, waiting = at(place, monkeypatch), len(keys(place)) - 1
        with pipeline.locked(workspace):
            assert key_in_place(workspace, lambda _: None) == holds_together(place)
        found.append((waiting, key_of_extract(workspace) == old.id))
    assert found[0] == (1, True)  # the key was made, nothing else
    assert (1, False) in found  # the extract stood, the old key was still in place
    assert found[-1] == (0, False)  # it ran to its end


def test_a_key_that_was_half_written_is_thrown_away(folder: Path) -> None:
    """The power went while it was made: nothing can be made with it yet."""
    pseudonyms.successor(folder / "sleutel", folder / "home").write_text("ab12")
    load(folder)
    holds_together(folder)


def test_a_waiting_key_that_others_can_read_is_refused_and_kept(folder: Path) -> None:
    """The extract may be made with it, so it is not thrown away."""
    waiting = pseudonyms.successor(folder / "sleutel", folder / "home")
    pseudonyms.new_key(waiting)
    waiting.chmod(0o644)
    with pytest.raises(NoAccess, match="heeft rechten 0644"):
        load(folder)
    assert waiting.exists()


def test_an_extract_of_another_key_is_refused_with_both_ids(folder: Path) -> None:
    """The line says which key to put back, or what to remove; both work."""
    old = (folder / "sleutel").rename(folder.parent / "oud")
    made_with, other = pseudonyms.read_key(old).id, pseudonyms.new_key(folder / "sleutel").id
    with pytest.raises(NoAccess, match=f"met sleutel {made_with}, maar .* is sleutel {other}: zet {made_with} terug"):
        load(folder)
    with pytest.raises(NoAccess, match="zet"):
        rotate(folder)
    (folder / "home" / "extract.duckdb").unlink()
    load(folder)
    assert holds_together(folder).id == other
    old.replace(folder / "sleutel")
    with pytest.raises(NoAccess, match=f"zet {other} terug"):
        load(folder)


def test_pseudonyms_of_two_keys_never_come_in_one_extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two keys the same person would be two."""
    made = healthy(tmp_path)
    made.deliver("hulp_2026-01.csv", hulp())
    made.receive()
    one_key = loading._one_key  # noqa: SLF001 - the guard itself
    monkeypatch.setattr(loading, "_one_key", lambda staged: one_key([staged[0], replace(staged[1], key_id="ander")]))
    with pytest.raises(KetenError, match="Pseudoniemen van 2 sleutels"):
        made.build()
    assert not made.workspace.extract.exists()
    assert intake.read_log(made.workspace)
