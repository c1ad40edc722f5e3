"""A ledger that is missing, cut off or edited is refused, and the copy beside the release mends it."""

import json
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from participatieketen.disclosure import ledger
from participatieketen.disclosure.ledger import LINE, Place
from participatieketen.errors import DisclosureRefused, NoAccess

KEY = "0a1b2c3d"
Damage = Callable[[Path], object]


def lines(*values: int, revised: bool = False) -> pl.DataFrame:
    """Return lines of one cell a value."""
    about = ("maand-1", "00001-maand", KEY, "regels", "hulp", date(2026, 1, 1), revised, True)
    rows = [
        ("proef", "stock_flow", "", "", date(2026, 1, 1), f"p{number}", "totaal", value, 5, 4, 0, value, False, *about)
        for number, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=LINE, orient="row")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a ledger of two releases, with a copy beside each."""
    at, releases = ledger.place_of(tmp_path / "sleutel", KEY), tmp_path / "releases"
    known = ledger.read(at, releases)
    for number, values in enumerate([(5, 10, 15), (20, 25)]):
        (releases / f"maand-{number}").mkdir(parents=True)
        known = ledger.append(at, known, lines(*values))
        ledger.keep_copy(at, releases / f"maand-{number}")
    return at


def releases(place: Place) -> Path:
    """Return the folder of the releases of the workspace."""
    return place.head.parent / "releases"


def read(place: Place) -> ledger.Ledger:
    """Return what the ledger says."""
    return ledger.read(place, releases(place))


def test_a_ledger_says_what_was_released(place: Place) -> None:
    """In the order in which it was, with by what and for when."""
    found = read(place)
    assert found.lines["value"].to_list() == [5, 10, 15, 20, 25]
    assert found.lines.schema == pl.Schema(LINE)


def test_a_ledger_only_grows(place: Place) -> None:
    """New lines come after the old bytes; no lines, no change."""
    before = place.path.read_bytes()
    ledger.append(place, read(place), lines())
    assert place.path.read_bytes() == before
    ledger.append(place, read(place), lines(30))
    assert place.path.read_bytes().startswith(before)
    assert read(place).lines["value"].to_list() == [5, 10, 15, 20, 25, 30]


def test_the_same_lines_give_the_same_bytes(place: Place, tmp_path: Path) -> None:
    """Nothing of the clock or the machine is in it."""
    other = ledger.place_of(tmp_path / "elders" / "sleutel", KEY)
    known = ledger.append(other, ledger.Ledger(lines()), lines(5, 10, 15))
    ledger.append(other, known, lines(20, 25))
    assert other.path.read_bytes() == place.path.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1])),
        lambda path: path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:])),
        lambda path: path.write_bytes(path.read_bytes().replace(b'"value": 15', b'"value": 10')),
        lambda path: path.write_bytes(path.read_bytes().replace(b'"value": 25', b'"value": 20')),
        lambda path: path.write_bytes(path.read_bytes() + b"geen json\n"),
        lambda path: path.write_bytes(path.read_bytes() + b"[]\n"),
        lambda path: path.write_bytes(b"\xff\xfe" + path.read_bytes()),
    ],
    ids=[
        "weg",
        "leeg",
        "afgekapt",
        "laatste regel weg",
        "eerste weg",
        "veranderd",
        "laatste veranderd",
        "tekst",
        "lijst",
        "bytes",
    ],
)
def test_a_damaged_ledger_is_refused_and_mended_by_its_copy(place: Place, damage: Damage) -> None:
    """Exit code 8, the copy to put back, and with it everything works again."""
    good, newest = place.path.read_bytes(), releases(place) / "maand-1" / f"{KEY}-ledger.jsonl"
    damage(place.path)
    with pytest.raises(DisclosureRefused, match="ontbreekt, is ingekort of is veranderd") as error:
        read(place)
    assert error.value.exit_code == 8
    assert f"zet {newest} terug als {place.path}" in str(error.value)
    place.path.write_bytes(newest.read_bytes())
    assert place.path.read_bytes() == good
    assert read(place).lines.height == 5


def test_a_ledger_that_was_rewritten_whole_is_refused_too(place: Place) -> None:
    """Its own chain is unbroken, but it is not what was released."""
    place.path.unlink()
    ledger.append(place, ledger.Ledger(lines()), lines(0, 0, 0, 0, 0, 0))
    with pytest.raises(DisclosureRefused, match="veranderd"):
        read(place)


def test_a_ledger_older_than_its_head_is_refused(place: Place) -> None:
    """An older copy was put back, or lines were cut off at an end: the line names a copy that is new enough."""
    older, newest = (releases(place) / f"maand-{number}" / f"{KEY}-ledger.jsonl" for number in (0, 1))
    place.path.write_bytes(older.read_bytes())
    newest.rename(place.head.parent / "elders.jsonl")
    with pytest.raises(DisclosureRefused, match="zet een kopie met minstens 5 regels terug"):
        read(place)
    (place.head.parent / "elders.jsonl").rename(newest)
    with pytest.raises(DisclosureRefused) as error:
        ledger.read(place, place.head.parent / "andere werkmap")
    assert f"zet {newest} terug als {place.path}" in str(error.value)
    place.path.write_bytes(newest.read_bytes())
    assert read(place).lines.height == 5


def test_a_ledger_that_goes_on_after_its_head_is_taken(place: Place) -> None:
    """A run stopped between the two; what is written next brings the head forward, also when that is nothing."""
    before = place.head.read_bytes()
    grown = ledger.append(place, read(place), lines(30))
    after = place.head.read_bytes()
    place.head.write_bytes(before)
    assert read(place).lines.height == 6
    ledger.append(place, read(place), lines())
    assert (place.head.read_bytes(), read(place).head) == (after, grown.head)


def test_a_whole_ledger_is_taken_beside_a_bad_copy(place: Place) -> None:
    """The head says that the ledger is whole; a copy that is not says nothing, and what differs and is whole does."""
    (copy,) = (releases(place) / "maand-1").iterdir()
    copy.write_bytes(copy.read_bytes()[:-20])
    assert read(place).lines.height == 5
    other = ledger.place_of(place.head.parent / "elders" / "sleutel", KEY)
    ledger.append(other, ledger.Ledger(lines()), lines(0, 0))
    copy.write_bytes(other.path.read_bytes())
    with pytest.raises(DisclosureRefused, match="veranderd"):
        read(place)


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda path: path.write_text("{}x"), lambda path: path.write_text("[]")]
)
def test_without_its_head_a_ledger_needs_a_copy_to_stand_for_it(place: Place, damage: Damage) -> None:
    """In a workspace without releases nothing says that it is whole: the line says what to put back."""
    good = place.head.read_bytes()
    damage(place.head)
    with pytest.raises(DisclosureRefused, match=r"is niet te zien of het grootboek .* volledig is"):
        ledger.read(place, place.head.parent / "andere werkmap")
    ledger.append(place, read(place), lines())
    assert json.loads(place.head.read_bytes()) | {"copy": ""} == json.loads(good) | {"copy": ""}


def test_a_first_ledger_without_anything_beside_it_is_refused(tmp_path: Path) -> None:
    """It has a head of no lines before it is written; so one without a head lost it."""
    at = ledger.place_of(tmp_path / "sleutel", KEY)
    assert ledger.read(at, tmp_path / "releases").lines.is_empty()
    ledger.append(at, ledger.Ledger(lines()), lines(5))
    at.head.unlink()
    with pytest.raises(DisclosureRefused, match="volledig"):
        ledger.read(at, tmp_path / "releases")


@pytest.mark.parametrize("stop", range(1, 7))
def test_writing_that_stops_anywhere_loses_nothing(tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each file that is put in place: what is there then can be read, and the same lines make the same ledger."""
    at, release = ledger.place_of(tmp_path / "sleutel", KEY), tmp_path / "releases" / "maand-0"
    release.mkdir(parents=True)
    whole, number = Path.replace, count(1)

    def stopping(path: Path, target: Path) -> Path:
        if next(number) == stop:
            raise KeyboardInterrupt
        return whole(path, target)

    def release_twice() -> None:
        for until in (2, 3):
            known = ledger.read(at, release.parent)
            there = known.lines.height
            ledger.append(at, known, lines(5, 10, 15).slice(there, max(0, until - there)))
            ledger.keep_copy(at, release)

    monkeypatch.setattr(Path, "replace", stopping)
    with pytest.raises(KeyboardInterrupt):
        release_twice()
    monkeypatch.setattr(Path, "replace", whole)
    release_twice()
    assert ledger.read(at, release.parent).lines["value"].to_list() == [5, 10, 15]
    assert (release / f"{KEY}-ledger.jsonl").read_bytes() == at.path.read_bytes()
    assert json.loads(at.head.read_bytes())["lines"] == 3


def test_a_ledger_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """Exit 6, with the folder that needs a right."""
    (tmp_path / f"ledger-{KEY}").write_text("geen map")
    at = ledger.place_of(tmp_path / "sleutel", KEY)
    with pytest.raises(NoAccess, match="geef schrijfrecht"), ledger.in_use(at):
        pass
    with pytest.raises(NoAccess, match="geef schrijfrecht"):
        ledger.append(at, ledger.Ledger(lines()), lines(5))


def test_a_revision_comes_at_most_once_in_three_months() -> None:
    """January's is too near for March, not for April."""
    known = lines(5, revised=True)
    with pytest.raises(DisclosureRefused, match="eens in de 3 maanden"):
        ledger.refuse_revision(known, date(2026, 3, 31), KEY)
    ledger.refuse_revision(known, date(2026, 4, 1), KEY)
    ledger.refuse_revision(lines(5), date(2026, 1, 1), KEY)


def test_what_another_key_has_rounded_is_not_revised() -> None:
    """It would be drawn a second time; with nothing released there is nothing to draw twice."""
    with pytest.raises(DisclosureRefused, match="andere sleutel"):
        ledger.refuse_revision(lines(5), date(2026, 4, 1), "ffffffff")
    ledger.refuse_revision(lines(), date(2026, 4, 1), "ffffffff")
