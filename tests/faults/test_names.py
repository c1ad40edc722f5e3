"""Names in the files that steer a run are names, never paths: refused before anything is made, in one line, exit 2."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Keten
from participatieketen import pipeline
from participatieketen.errors import WrongUse
from participatieketen.settings import CODE
from smalltown import pipeline_file, town

BAD = (
    "../../x", "..", ".", "/x", "a/b", "a\\b", "C:x", "a b", "a.b", ".a", "_a", "a\nb", "a\u202eb", "\u00e9", "",
    "a" * 41, "con", "nul", "aux", "prn", "com1", "lpt9", "CON", "Nul", "'; drop table x; --", "$a", "a*", "~",
)  # fmt: skip
GROUPING = """
[[groupings]]
code = "wijk"
label = "Wijk"
sql = "groepen/wijk.sql"
names = { n = "Noord" }
"""
EXAMPLE = """
[[examples]]
code = "een"
title = "Een"
text = "Een."
result = "plekken"
given = "a\\n1"
expected = "a\\n1"
peildatum = 2024-01-01
"""
LOOP = 'loops = [{{ notebook = "proef.ipynb", grouping = "wijk", under = {} }}]'
PLACES = {
    "name of a pipeline": ("proef.toml", 'name = "proef"', "name = {}"),
    "page of a loop": ("proef.toml", "cadence", f"{LOOP}\ncadence"),
    "parameter": ("proef.toml", "cadence", "parameters = {{ {} = 1 }}\ncadence"),
    "name of a chain": ("keten.toml", 'name = "proef"', "name = {}"),
    "position": ("keten.toml", 'code = "hulp"', "code = {}"),
    "register of a rule": ("keten.toml", 'register = "hulp"', "register = {}"),
    "column of a rule": ("keten.toml", 'register = "hulp"', 'register = "hulp", column = {}, values = ["1"]'),
    "register": ("keten.toml", "title", "registers = {{ {} = {{}} }}\ntitle"),
    "income": ("keten.toml", "title", "income = {}\ntitle"),
    "grouping": ("keten.toml", 'code = "wijk"', "code = {}"),
    "code list": ("keten.toml", 'names = { n = "Noord" }', "codelist = {}"),
    "group": ("keten.toml", 'names = { n = "Noord" }', 'names = {{ {} = "Noord" }}'),
    "example": ("keten.toml", 'code = "een"', "code = {}"),
    "source": ("sources/hulp.toml", 'name = "hulp"', "name = {}"),
    "contract of a source": ("sources/hulp.toml", 'name = "hulp"', 'name = "hulp"\ncontract = {}'),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small pipeline in it, of which all is in order."""
    place = tmp_path / "een" / "twee" / "drie"
    place.mkdir(parents=True)
    town(place)
    pipeline_file(place)
    (place / "groepen").mkdir()
    (place / "groepen" / "wijk.sql").write_text("select 1", encoding="utf-8")
    with (place / "keten.toml").open("a", encoding="utf-8") as file:
        file.write(GROUPING + EXAMPLE)
    return place


@pytest.fixture
def refused(folder: Path, tmp_path: Path, keten: Keten) -> Callable[[], str]:
    """Return what runs the pipeline, which is refused; nothing is made anywhere, and what it said is returned."""

    def run() -> str:
        before = sorted(tmp_path.rglob("*"))
        code, out, err = keten("run", str(folder / "proef.toml"))
        assert (code, out, len(err.strip().splitlines())) == (2, "", 1), err
        assert sorted(tmp_path.rglob("*")) == before
        return err

    return run


def put(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one text of a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_pipeline_is_in_order(folder: Path) -> None:
    """Else the tests below would show nothing."""
    assert pipeline.read(str(folder / "proef.toml")).name == "proef"


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_is_no_plain_name_is_refused(
    folder: Path, refused: Callable[[], str], place: str, name: str
) -> None:
    """Paths, devices of Windows, blanks, other letters, nothing, too long: the line repeats none of it."""
    file, old, new = PLACES[place]
    put(folder, file, old, new.format(json.dumps(name)))
    said = refused()
    repeated = name in said.replace(str(folder), "")
    assert CODE.fullmatch(name) or len(name) <= len("..") or not repeated
    assert "drop" not in said


@pytest.mark.parametrize(
    "stem", ["Proef", "a b", "a_b", "con", "index", "downloads", "definities", "a.b", "a" * 41, "\u00e9"]
)
def test_a_notebook_that_can_be_no_page_is_refused(folder: Path, refused: Callable[[], str], stem: str) -> None:
    """The name of its page is the name of the file; some a release makes itself."""
    (folder / f"{stem}.ipynb").write_text("{}", encoding="utf-8")
    put(folder, "proef.toml", "proef.ipynb", f"{stem}.ipynb")
    assert "noemt een notebook" in refused()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("proef.toml", '"keten.toml"', '"sources/hulp.toml"', "title ontbreekt"),
        ("proef.toml", '"keten.toml"', '"proef.ipynb"', "chain noemt proef.ipynb, maar dat is geen .toml-bestand"),
        ("proef.toml", '"keten.toml"', '"weg.toml"', "chain noemt weg.toml"),
        ("proef.toml", '"proef.ipynb"', '"keten.toml"', "notebooks noemt keten.toml, maar dat is geen .ipynb-bestand"),
        ("proef.toml", '"proef.ipynb"', '"weg.ipynb"', "notebooks noemt weg.ipynb"),
        ("proef.toml", '"sources"', '"keten.toml"', "sources noemt keten.toml, maar dat is geen map"),
        ("proef.toml", '"data_contracts"', '"weg"', "contracts noemt weg"),
        ("proef.toml", "cadence", 'style = "proef.ipynb"\ncadence', "style noemt proef.ipynb"),
        ("proef.toml", "cadence", 'published = "sources"\ncadence', "published noemt sources"),
        ("proef.toml", "cadence", "parameters = { released = 1 }\ncadence", "een parameter released"),
        ("proef.toml", '["proef.ipynb"]', '["proef.ipynb", "proef.ipynb"]', "twee keer"),
        ("keten.toml", "groepen/wijk.sql", "../buiten.sql", "sql bij groepering wijk noemt buiten.sql"),
        ("keten.toml", "groepen/wijk.sql", "groepen/weg.sql", "sql bij groepering wijk noemt weg.sql"),
        ("keten.toml", "groepen/wijk.sql", "keten.toml", "geen .sql-bestand"),
        ("keten.toml", 'n = "Noord"', 'n = "Noord", N = "Nog eens"', "op hoofdletters"),
        ("keten.toml", 'n = "Noord"', 'n_1 = "Noord", n-1 = "Nog eens"', "op hoofdletters"),
        ("keten.toml", 'code = "weg"', 'code = "Hulp"', "op hoofdletters"),
    ],
)
def test_a_path_to_another_kind_of_file_and_codes_alike_are_refused(
    folder: Path, refused: Callable[[], str], file: str, old: str, new: str, said: str
) -> None:
    """Paths stay paths, but lead to a file of the kind expected; the groups of a chain stand in its own folder."""
    (folder.parent / "buiten.sql").write_text("select 1", encoding="utf-8")
    put(folder, file, old, new)
    assert said in refused()


def test_a_link_out_of_the_folder_of_the_chain_is_refused(folder: Path, refused: Callable[[], str]) -> None:
    """What a link leads to is where the file is."""
    (folder.parent / "buiten.sql").write_text("select 1", encoding="utf-8")
    (folder / "groepen" / "wijk.sql").unlink()
    (folder / "groepen" / "wijk.sql").symlink_to(folder.parent / "buiten.sql")
    assert "buiten de map" in refused()


@pytest.mark.parametrize("name", ["../proef", "../../x", "a/b", "Maandrapportage", "nul", ""])
def test_a_pipeline_is_called_by_its_name_or_its_file(name: str) -> None:
    """A name from the command line is no path into the project."""
    with pytest.raises(WrongUse, match="bestaat niet: kies uit"):
        pipeline.read(name)


@pytest.mark.parametrize("release", ["../releases", "..", "a/b", "con", ""])
def test_a_release_to_audit_is_a_name(keten: Keten, release: str) -> None:
    """Not a folder somewhere else."""
    code, _, err = keten("audit", release)
    assert code == 2
    assert "De naam van een uitgave bestaat uit" in err
