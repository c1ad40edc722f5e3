"""A planted name, BSN and birth date go through every column of every register, and come out nowhere.

The name also stands in the names of files and sheets, in the properties of workbooks, in what Parquet and zip files say
of themselves; and what was delivered has no digest in public, by which a guess could be tried.

Outside the person zone (`places.Workspace.person_zone`) nothing that is published, printed, logged or stored holds one
of them, nor any number that could be a BSN: after a run that goes well, and after each that does not.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest import mock

import duckdb
import openpyxl
import polars as pl
import pyarrow.parquet
import pytest

import stopped
from conftest import ROUNDING, Keten
from participatieketen import contracts, disclosure, intake, pipeline, places, pseudonyms, synthetic
from participatieketen.places import Workspace
from participatieketen.reports import spreadsheet
from smalltown import quick_check

NAME, NUMBER = "ZZKANARIE", "111222333"
FORMS = ("29-02-1904", "1904-02-29", "19040229", "29 februari 1904")
PLANTED = (NAME, NUMBER, FORMS[0])
NINE_DIGITS = re.compile(r"(?<![\w.,+/=-])[0-9]{9}(?![\w/=-]|[.,][0-9])")
"""A token of its own: no part of a hash, a decimal, a date or a path."""
WAYS = (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.sha512, hashlib.blake2b)
PLAIN = "[a-z0-9][a-z0-9-]{0,63}"
SITE = (
    r"index\.html",
    r"feed\.json",
    rf"releases/{PLAIN}/({PLAIN}\.html|release\.json|run\.json)",
    rf"releases/{PLAIN}/downloads/([a-z_]+\.csv|tabellen\.xlsx|{PLAIN}\.(svg|png))",
)
"""All files that a site may have."""

CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA"}
TOLD = {
    "id", "organisation", "title", "peildatum", "fictional", "made_on", "made", "leading", "run", "positions", "news",
    "findings",
}  # fmt: skip
PIPELINE = """\
name = "proef"
organisation = "Proefstad"
title = "Proef"
chain = "{project}/pipelines/chains/participatie.toml"
contracts = "{contracts}"
sources = "{project}/pipelines/sources"
notebooks = [{notebooks}]
cadence = "maandelijks"
"""


# planting


def planted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a register as texts, in which each column once holds each of the three."""
    places_of = [(column, value) for column in frame.columns for value in PLANTED if value not in skipped(column)]
    while frame.height < 2 * len(places_of):  # of a small register the same rows again, under other numbers
        again = pl.col("^(deelname_id|registratienummer_.*)$") + f"x{frame.height}"
        frame = pl.concat([frame, frame.with_columns(again)])
    rows = frame.to_dicts()
    for line, (column, value) in enumerate(places_of):
        rows[line][column] = value
    return pl.DataFrame(rows, schema=frame.schema)


def skipped(column: str) -> tuple[str, ...]:
    """Return what refuses a whole delivery; it is planted in a test of its own."""
    return (FORMS[0],) if column == "peildatum" else ()


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table of the town as a register writes it."""
    return frame.with_columns(
        pl.selectors.date().dt.strftime("%d-%m-%Y"),
        pl.selectors.float().cast(pl.String).str.replace(".", ",", literal=True),
        pl.selectors.boolean().replace_strict({True: "ja", False: "nee"}, return_dtype=pl.String),
        pl.selectors.integer().cast(pl.String),
    )


def as_file(frame: pl.DataFrame, suffix: str) -> bytes:
    """Return the rows in one of the forms that files come in."""
    raw = io.BytesIO()
    if suffix == "parquet":
        table = frame.to_arrow()
        known = {**(table.schema.metadata or {}), b"auteur": NAME.encode(), NAME.encode(): NUMBER.encode()}
        pyarrow.parquet.write_table(table.replace_schema_metadata(known), raw)
    elif suffix == "xlsx":
        book = openpyxl.Workbook()
        book.active.title = NAME
        book.create_sheet(f"{NAME} 2").sheet_state = "hidden"
        for key in ("creator", "lastModifiedBy", "title", "subject", "description", "keywords", "category"):
            setattr(book.properties, key, f"{NAME} {NUMBER}")
        for row in [frame.columns, *frame.iter_rows()]:
            book.active.append(row)
        book.active["A1"].comment = openpyxl.comments.Comment(f"{NAME} {NUMBER}", NAME)
        book.save(raw)
        with zipfile.ZipFile(raw, "a") as packed:
            packed.comment = f"{NAME} {NUMBER}".encode()
            packed.writestr(f"docProps/{NAME}.xml", f"{NAME} {NUMBER}")
    else:
        frame.write_csv(raw, separator=";")
    return raw.getvalue()


def lenient(folder: Path) -> Path:
    """Return the contracts with no limit on the rows that go aside, so that a run with so much dirt is published."""
    shutil.copytree(places.project() / "data_contracts", folder)
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"quarantaine_max, value: [0-9.]+", "quarantaine_max, value: 1", text)
        text = re.sub(r"\n +max_share: [0-9.]+", "", text)
        text = text.replace("severity: error", "severity: quarantine").replace(
            "codelijst: error", "codelijst: quarantine"
        )
        system = "- {property: codelijst, value: bronsysteem}"
        text = text.replace(system, f"{system}\n    - {{property: ernst, value: {{codelijst: quarantine}}}}")
        path.write_text(text, encoding="utf-8")
    return folder


def write_pipeline(folder: Path, name: str, contract_folder: Path, *notebooks: Path) -> Path:
    """Write a pipeline."""
    path, listed = folder / f"{name}.toml", ", ".join(json.dumps(str(notebook)) for notebook in notebooks)
    path.write_text(PIPELINE.format(project=places.project(), contracts=contract_folder, notebooks=listed))
    return path


# searching


def texts(space: Workspace) -> Iterator[tuple[Path, str]]:
    """Yield all that is stored outside the person zone; of a database also every value in it."""
    for folder in (space.home, space.published):
        for path in folder.rglob("*"):
            if path.is_file() and not space.may_hold_persons(path):
                yield path, str(path.relative_to(folder))
                yield path, path.read_bytes().decode("latin-1")
                if path.suffix == ".duckdb":
                    yield from ((path, value) for value in dumped(path))


def dumped(path: Path) -> Iterator[str]:
    """Yield each table of a database as text."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            yield connection.table(name).pl().write_ndjson()


def found(text: str) -> list[str]:
    """Return what of the planted persons is in a text, and every number of nine digits that passes the 11-proef."""
    numbers = [number for number in NINE_DIGITS.findall(text) if passes(number)]
    return [word for word in (NAME, NUMBER, *FORMS) if word in text] + numbers


def passes(number: str) -> bool:
    """Return whether the 11-proef holds."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=True)) % 11 == 0


def nobody(space: Workspace, *printed: str) -> None:
    """Hold that no person is to be found outside the person zone, nor in what was printed."""
    stored = [(path, hits) for path, text in texts(space) if (hits := found(text))]
    assert stored == []
    assert [found(text) for text in printed] == [[]] * len(printed)


# the town


@pytest.fixture(scope="module")
def run_well(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a folder with home/, rapporten/, sleutel and pipelines after the command ran well; and what it printed."""
    folder = tmp_path_factory.mktemp("planten") / "stad"
    inbox = folder / "home" / "inbox"
    inbox.mkdir(parents=True)
    town = synthetic.make_town(persons=600, months=51)
    for name, (suffix, _, _) in synthetic.write.FORMS.items():
        path = inbox / f"{name}_2026-01_{NAME}.{suffix}"
        path.write_bytes(as_file(planted(as_texts(town.tables[name])), suffix))
        path.chmod(0o644)  # as others may deliver it
    pages = [places.project() / "notebooks" / name for name in ("beweging.ipynb", "kwaliteit.ipynb")]
    write_pipeline(folder, "proef", lenient(folder / "contracten"), *pages)
    pseudonyms.new_key(folder / "sleutel", ROUNDING)
    env = os.environ | {
        "KETEN_HOME": str(folder / "home"),
        "KETEN_REPORTS": str(folder / "rapporten"),
        "KETEN_KEY": str(folder / "sleutel"),
        "PYTHONPATH": str(Path(places.__file__).parents[1]),
    }
    command = [
        sys.executable,
        "-c",
        "from participatieketen.cli import main; main()",
        "run",
        str(folder / "proef.toml"),
    ]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout + done.stderr


@pytest.fixture
def folder(run_well: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a copy of it to break something in, with quick checks."""
    place = tmp_path / "stad"
    shutil.copytree(run_well[0], place)
    at(place, monkeypatch)
    with mock.patch.object(contracts, "check", quick_check):
        yield place


def at(place: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Work in this folder."""
    monkeypatch.setenv("KETEN_HOME", str(place / "home"))
    monkeypatch.setenv("KETEN_REPORTS", str(place / "rapporten"))
    monkeypatch.setenv("KETEN_KEY", str(place / "sleutel"))
    return places.workspace()


def published(place: Path) -> dict[str, bytes]:
    """Return all that readers see."""
    return {str(path): path.read_bytes() for path in (place / "rapporten").rglob("*") if path.is_file()}


def goes_wrong(keten: Keten, place: Path, name: str, code: int) -> None:
    """Run a pipeline, which stops with this code: nobody is shown and what was published stays as it is."""
    before = published(place)
    ended, out, err = keten("run", str(place / f"{name}.toml"))
    assert ended == code, err
    nobody(places.workspace(), out, err, json.dumps([vars(record) for record in pipeline.records(places.workspace())]))
    assert published(place) == before


# tests


def test_after_a_run_that_goes_well_nobody_is_to_be_found(run_well: tuple[Path, str]) -> None:
    """Not on a page, in a released table, a record, a log, a list of rows set aside, or on the screen."""
    folder, printed = run_well
    space = Workspace(folder / "home", folder / "rapporten")
    assert len(published(folder)) > 5
    assert len(list(texts(space))) > 30
    nobody(space, printed)


def test_no_digest_of_a_delivery_is_in_public(run_well: tuple[Path, str]) -> None:
    """Nor on the screen or in the record: whoever can guess a small file could see whether the guess is right."""
    folder, printed = run_well
    delivered = [path.read_bytes() for path in (folder / "home" / "inbox").iterdir()]
    digests = {way(raw).digest() for raw in delivered for way in WAYS}
    starts = {start for one in digests for start in (one.hex()[:12].encode(), base64.b64encode(one)[:12])}
    record = next((folder / "home" / "runs").glob("*/run.json")).read_bytes()
    shown = [*published(folder).values(), *parts(folder), printed.encode(), record]
    assert len(digests) == len(WAYS) * len(synthetic.write.FORMS)
    assert [start for text in shown for start in starts if start in text.lower() or start in text] == []


def parts(folder: Path) -> Iterator[bytes]:
    """Yield what is packed in the workbooks that readers can take along."""
    for path in (folder / "rapporten").rglob("*.xlsx"):
        with zipfile.ZipFile(path) as packed:
            yield from map(packed.read, packed.namelist())


def chunks(png: bytes) -> Iterator[bytes]:
    """Yield the kinds of the chunks of a PNG: what it says in words and moments has kinds of its own."""
    place = 8
    while place < len(png):
        yield png[place + 4 : place + 8]
        place += 12 + int.from_bytes(png[place : place + 4], "big")


def test_what_a_site_holds_is_on_a_list(run_well: tuple[Path, str]) -> None:
    """Pages, what a release says of itself, and tables and drawings to take along: each of a known kind and name."""
    root = run_well[0] / "rapporten"
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert [name for name in sorted(found) if not any(re.fullmatch(kind, name) for kind in SITE)] == []
    [record] = (json.loads(path.read_bytes()) for path in root.rglob("run.json"))
    assert record == {"pipeline": "proef", "peildatum": "2026-01-01", "months": 24, "parameters": {}}
    [told] = (json.loads(path.read_bytes()) for path in root.rglob("release.json"))
    assert told.keys() <= TOLD
    tables = {path.stem: path for path in root.rglob("downloads/*.csv")}
    assert tables.keys() <= spreadsheet.NAMES.keys()
    heads = {head for path in tables.values() for head in path.read_text("utf-8-sig").splitlines()[0].split(";")}
    assert heads.isdisjoint({"bestand", "file", "received_as", "ontvangen als", "key_id", "person"})


def test_what_is_written_says_nothing_of_this_machine(run_well: tuple[Path, str]) -> None:
    """No path of it, no user, no moment: not in pages, nor in what workbooks and drawings say of themselves."""
    folder = run_well[0]
    here = {str(folder), str(places.project())}
    for text in (*published(folder).values(), *parts(folder)):
        assert [place for place in here if place.encode() in text] == []
    for path in (folder / "rapporten").rglob("*.xlsx"):
        with zipfile.ZipFile(path) as packed:
            assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert packed.comment == b""
        about = openpyxl.load_workbook(path).properties
        assert (about.creator, about.lastModifiedBy) == ("Proefstad", None)
        assert {about.created.date(), about.modified.date()} == {date(2026, 1, 1)}
    for path in (folder / "rapporten").rglob("*.png"):
        assert set(chunks(path.read_bytes())) <= CHUNKS
    for path in (folder / "rapporten").rglob("*.html"):
        assert "<!--" not in path.read_text(encoding="utf-8")
        assert 'name="generator"' not in path.read_text(encoding="utf-8")


def test_of_every_column_a_row_was_set_aside(run_well: tuple[Path, str]) -> None:
    """A number in any column but that of the person itself; in that one the name and the date."""
    promised = contracts.read_folder(places.project() / "data_contracts")
    for name, contract in promised.items():
        [path] = (run_well[0] / "home" / "quarantine" / name).glob("*.csv")
        lines = pl.read_csv(path, separator=";")
        in_text = set(lines.filter(regel_contract="bsn_in_tekst")["veld"])
        person = contract.role("persoon")
        assert in_text == {field.name for field in contract.fields} - {person}
        assert lines.filter(regel_contract="bsn").height == (2 if person else 0)


def test_they_did_go_through(run_well: tuple[Path, str]) -> None:
    """Else this file would show nothing: each is in every delivery, some in the extract, the search finds them."""
    home = run_well[0] / "home"
    kept = {path.parts[-4] for path in home.glob("deliveries/*/*/*/*")}
    assert kept == set(synthetic.write.FORMS)
    key = pseudonyms.read_key(run_well[0] / "sleutel")
    extract = "".join(dumped(home / "extract.duckdb"))
    assert NAME in extract
    assert pseudonyms.pseudonym(NUMBER, key) in extract
    assert found(f"{NAME}: {NUMBER}, geboren {FORMS[0]}.") == [NAME, NUMBER, FORMS[0], NUMBER]
    assert found("a 999900006 b")
    assert not found("x999900006 1.999900006 2026-01-01 9999000061 999900006e 0d999900006f")


def test_the_extract_holds_no_bsn(run_well: tuple[Path, str]) -> None:
    """No number under which anyone was delivered is in its bytes, nor in any value."""
    path = run_well[0] / "home" / "extract.duckdb"
    columns = [
        pl.read_csv(file, separator=";", infer_schema=False)["bsn"]
        for file in (run_well[0] / "home" / "inbox").glob("*.csv")
    ]
    delivered = {number for column in columns for number in column if re.fullmatch("[0-9]{9}", number)}
    assert len(delivered) > 500
    assert NUMBER in delivered
    raw, values = path.read_bytes(), "\n".join(dumped(path))
    assert delivered.isdisjoint(re.findall(r"[0-9]{9}", values))
    assert delivered.isdisjoint(number.decode() for number in re.findall(rb"(?=([0-9]{9}))", raw))


def test_nothing_in_the_workspace_is_readable_by_others(run_well: tuple[Path, str]) -> None:
    """The workspace itself is closed, so that what others put in the inbox is too; all else is for its owner only."""
    home = run_well[0] / "home"
    assert home.stat().st_mode & 0o777 == 0o700
    made = [path for path in home.rglob("*") if not path.is_relative_to(home / "inbox")]
    assert len(made) > 20
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_after_a_refused_contract(folder: Path, keten: Keten) -> None:
    """The contracts as they are refuse so much dirt; the lines name rules and counts."""
    page = places.project() / "notebooks" / "kwaliteit.ipynb"
    write_pipeline(folder, "streng", places.project() / "data_contracts", page)
    goes_wrong(keten, folder, "streng", 3)


def test_after_a_delivery_that_is_refused_as_a_whole(folder: Path, keten: Keten) -> None:
    """A birth date where the peildatum should be, a name as a column, a number as a column, a column of numbers."""
    inbox = folder / "home" / "inbox"
    good = pl.read_csv(inbox / f"startbaan_2026-01_{NAME}.csv", separator=";", infer_schema=False)
    dated = good.with_columns(
        pl.when(pl.int_range(pl.len()) == 5).then(pl.lit(FORMS[0])).otherwise("peildatum").alias("peildatum")
    )
    for number, frame in enumerate(
        [
            dated,
            good.with_columns(pl.lit(NAME).alias(NAME)),
            good.rename({"doel": NUMBER}),
            good.with_columns(pl.lit(NUMBER).alias("doel")),
            good.rename(dict(zip(good.columns, good.row(0), strict=True)))
            if len(set(good.row(0))) == good.width
            else dated,
        ]
    ):
        (inbox / f"startbaan_2026-02_{NAME}_{number}.csv").write_bytes(as_file(frame, "csv"))
    goes_wrong(keten, folder, "proef", 3)


def test_after_a_corrupt_file(folder: Path, keten: Keten) -> None:
    """Cut off halfway, each form; the next healthy run needs no repair."""
    inbox = folder / "home" / "inbox"
    damaged = [inbox / f"{path.stem}_b{path.suffix}" for path in inbox.iterdir()]
    for path in damaged:
        whole = path.with_name(path.name.replace("_b.", ".")).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    goes_wrong(keten, folder, "proef", 4)
    for path in damaged:
        path.unlink()
    code, out, err = keten("intake", str(folder / "proef.toml"))
    assert code == 0, err
    nobody(places.workspace(), out, err)


def test_after_a_failing_notebook(folder: Path, keten: Keten) -> None:
    """Its cells printed, showed and raised them."""
    said = " ".join(PLANTED)
    source = places.project() / "notebooks" / "kwaliteit.ipynb"
    notebook = json.loads(source.read_text(encoding="utf-8"))
    code = next(cell for cell in reversed(notebook["cells"]) if cell["cell_type"] == "code")
    code["source"] = f"print({said!r})\nraise ValueError({said!r})"
    (folder / "kwaliteit.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    write_pipeline(folder, "notebook", folder / "contracten", folder / "kwaliteit.ipynb")
    goes_wrong(keten, folder, "notebook", 7)
    assert any(said in path.read_text() for path in (folder / "home" / "quarantine" / "fouten").iterdir())


def test_after_a_run_that_was_killed(folder: Path, keten: Keten, monkeypatch: pytest.MonkeyPatch) -> None:
    """With databases half built; the next command clears them away."""
    place = next(stopped.stops(folder, "load", 2))
    space = at(place, monkeypatch)
    assert list(space.home.glob(".*extract*")) != []
    nobody(space)
    code, out, err = keten("intake", str(place / "proef.toml"))
    assert code == 0, err
    nobody(space, out, err)
    assert list(space.home.glob(".*extract*")) == []


@pytest.mark.parametrize("where", [(disclosure, "write"), (intake.load, "put_in_place"), (pipeline.record, "_write")])
def test_after_an_error_of_the_disk(
    folder: Path, keten: Keten, monkeypatch: pytest.MonkeyPatch, where: tuple[object, str]
) -> None:
    """Whoever of the system's texts repeats a value."""

    def full(*_: object) -> None:
        raise OSError(28, " ".join(PLANTED))

    with monkeypatch.context() as patch:
        patch.setattr(*where, full)
        before = published(folder)
        code, out, err = keten("run", str(folder / "proef.toml"))
    assert code == 6
    nobody(places.workspace(), out, err)
    assert published(folder) == before


def test_after_another_key_and_a_retention(folder: Path, keten: Keten) -> None:
    """What was published stays as it is, to the last byte."""
    before = published(folder)
    for command in (
        ("retain", str(folder / "proef.toml"), "--months", "37"),
        ("key", "rotate", str(folder / "proef.toml")),
    ):
        code, out, err = keten(*command)
        assert code == 0, err
        nobody(places.workspace(), out, err)
    assert published(folder) == before
