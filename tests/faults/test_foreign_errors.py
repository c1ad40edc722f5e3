"""What other libraries say of errors quotes values: it ends in a file of the person zone, and nowhere else."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import duckdb
import openpyxl
import polars as pl
import pytest
from polars.exceptions import InvalidOperationError

import smalltown
from conftest import Keten
from participatieketen import contracts, extract, pipeline, spells
from participatieketen.errors import KetenError, NoAccess
from participatieketen.intake import values
from participatieketen.pipeline import faults
from participatieketen.places import Workspace
from smalltown import Town, healthy, hulp, quick_check, rows

VALUE = "ZZKANARIE 111222333"
WORDS = VALUE.split()
NAMED = re.compile(r"De hele melding staat in (quarantine/fouten/[\w-]+\.txt); daar kunnen persoonsgegevens in staan\.")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a town whose people have been delivered, where the command works."""
    small = healthy(tmp_path)
    monkeypatch.setenv("KETEN_HOME", str(small.workspace.home))
    monkeypatch.setenv("KETEN_REPORTS", str(small.workspace.published))
    smalltown.pipeline_file(tmp_path)
    return small


def ran(made: Town, keten: Keten, code: int) -> str:
    """Run the pipeline, which fails with this code; return what the file has that the line names.

    Holds that line, output, record and log have no value, and that the file is for its owner only.
    """
    found, out, err = keten("run", str(made.workspace.home.parent / "proef.toml"))
    assert found == code, err
    record = pipeline.records(made.workspace)[0]
    assert record.exit_code == code
    assert record.error == err.strip().splitlines()[-1]
    log = (made.workspace.deliveries / "log.jsonl").read_text()
    assert not any(word in text for word in WORDS for text in (out, err, json.dumps(record.__dict__), log))
    named = NAMED.search(err)
    assert named
    file = made.workspace.home / named[1]
    assert file.stem == record.id
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert made.workspace.may_hold_persons(file)
    return file.read_text()


def planted_sheet(cell: str) -> bytes:
    """Return the register as a workbook whose first begin date is this cell, as Excel's own XML has it."""
    book = openpyxl.Workbook()
    for line in hulp().splitlines():
        book.active.append(line.split(";"))
    raw, changed = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = re.sub(rb'<c r="D2".*?</c>', cell.encode(), text, count=1)
            new.writestr(name, text)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (f'<c r="D2" t="n"><v>{VALUE}</v></c>', f"'{VALUE}'"),  # no number: Python quotes it
        (f'<c r="D2" t="s"><v>{VALUE}</v></c>', f"'{VALUE}'"),  # no place in the table of texts
        (f'<c r="D2"><v>{VALUE}</w></c>', "ParseError"),  # broken XML
        (f'<c r="D2" t="inlineStr"><is><t>&{WORDS[0]};</t></is></c>', "ParseError"),  # an entity that does not exist
    ],
)
def test_what_the_reader_of_workbooks_says_is_kept_apart(made: Town, keten: Keten, cell: str, said: str) -> None:
    """The reader and the XML parser below it; the line says that the file is damaged."""
    made.deliver("hulp_2026-01.xlsx", planted_sheet(cell))
    assert said in ran(made, keten, 4)


def test_a_warning_of_the_reader_of_workbooks_is_not_shown(made: Town, keten: Keten) -> None:
    """The reader warns of a day that cannot be with its number; the row goes aside like any wrong date."""
    sheet = planted_sheet('<c r="D2" s="1" t="n"><v>111222333</v></c>')
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet)) as old, zipfile.ZipFile(raw, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/styles.xml":
                text = re.sub(rb"<cellXfs.*?</cellXfs>", STYLES, text, flags=re.DOTALL)
            new.writestr(name, text)
    with pytest.warns(UserWarning, match="111222333"):
        list(openpyxl.load_workbook(raw).active.iter_rows())
    made.deliver("hulp_2026-01.xlsx", raw.getvalue())
    with mock.patch.object(contracts, "check", quick_check):
        code, out, err = keten("intake", str(made.workspace.home.parent / "proef.toml"))
    assert code == 0, err
    assert "1 van 40 rijen apart gezet" in err
    assert "111222333" not in out + err


STYLES = b'<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'


def test_what_the_reader_of_parquet_says_is_kept_apart(made: Town, keten: Keten) -> None:
    """A file that is none."""
    made.deliver("hulp_2026-01.parquet", VALUE)
    assert "Parquet magic bytes not found" in ran(made, keten, 4)


def test_what_great_expectations_says_is_kept_apart(made: Town, keten: Keten) -> None:
    """A rule that cannot be run on a value; Great Expectations itself judges here."""
    path = made.contracts["hulp"].path
    rule = "select regel from {batch} where einddatum < begindatum"
    text = path.read_text(encoding="utf-8")
    assert rule in text
    path.write_text(text.replace(rule, "select regel from {batch} where cast(soort as integer) > 1"), encoding="utf-8")
    made.deliver("hulp_2026-01.csv", hulp({2: rows()[0].replace("dag", WORDS[0])}))
    assert f"Could not convert string '{WORDS[0]}'" in ran(made, keten, 2)


def test_what_duckdb_says_while_building_is_kept_apart(
    made: Town, keten: Keten, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An SQL file that does not fit what was delivered."""

    def spelled(connection: duckdb.DuckDBPyConnection, *_: object) -> pl.DataFrame:
        return connection.sql(f"select cast('{VALUE}' as date)").pl()  # type: ignore[no-any-return]

    monkeypatch.setattr(contracts, "check", quick_check)
    monkeypatch.setattr(spells, "spells", spelled)
    made.deliver("hulp_2026-01.csv", hulp())
    assert VALUE in ran(made, keten, 1)


def test_what_duckdb_says_of_a_query_is_kept_apart(made: Town, keten: Keten) -> None:
    """A value that does not fit is not shown; what the user typed wrong needs no file."""
    with extract.connect(made.workspace.extract) as connection:
        extract.write(connection, "client", pl.DataFrame({"naam": [VALUE]}))
    code, out, err = keten("query", "select cast(naam as integer) from client")
    assert (code, out) == (2, "")
    assert not any(word in err for word in WORDS)
    named = NAMED.search(err)
    assert named
    assert VALUE in (made.workspace.home / named[1]).read_text()
    assert "De hele melding" not in keten("query", "select nam from client")[2]


def cast(*_: object) -> None:
    """Fail as polars does: its text has the value."""
    pl.Series([VALUE]).cast(pl.Int64)


def invalid(*_: object) -> None:
    """Fail as the disk does."""
    raise OSError(28, f"No space left on device: {VALUE}")


def panic(*_: object) -> None:
    """Fail as Rust does in polars: this is no Exception."""
    raise pl.exceptions.PanicException(VALUE)


@pytest.mark.parametrize(
    ("fail", "code", "kind"),
    [(cast, 1, "InvalidOperationError"), (invalid, 6, "OSError"), (panic, 1, "PanicException")],
)
@pytest.mark.parametrize("where", [(values, "typed"), (spells, "spells")])
def test_what_nobody_foresaw_is_kept_apart(  # noqa: PLR0913, PLR0917 - where and how it goes wrong
    made: Town,
    keten: Keten,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[..., None],
    code: int,
    kind: str,
    where: tuple[object, str],
) -> None:
    """polars, the disk, a panic: the line has the kind of error and the place in this program."""
    monkeypatch.setattr(contracts, "check", quick_check)
    monkeypatch.setattr(*where, fail)
    made.deliver("hulp_2026-01.csv", hulp())
    assert VALUE in ran(made, keten, code)
    assert f"({kind}, " in pipeline.records(made.workspace)[0].error


def test_an_error_is_told_once(tmp_path: Path) -> None:
    """The run's record and the screen have the same line, and there is one file; an expected line stays as it is."""
    workspace = Workspace(tmp_path / "w", tmp_path / "r").make()
    plain = NoAccess("De schijf is vol.")
    assert str(faults.told(plain, workspace, "a")) == "De schijf is vol."
    first = faults.told(KetenError("Er is iets.", ValueError(VALUE)), workspace, "b")
    assert faults.told(first, workspace, "c") is first
    assert [path.name for path in workspace.faults.iterdir()] == ["b.txt"]


def test_texts_do_not_pile_up(tmp_path: Path) -> None:
    """Values of persons stay in the last files only."""
    workspace = Workspace(tmp_path / "w", tmp_path / "r").make()
    for number in range(faults.KEEP + 3):
        faults.told(ValueError(VALUE), workspace, f"{number:03d}")
    assert min(path.stem for path in workspace.faults.iterdir()) == "003"
    assert len(list(workspace.faults.iterdir())) == faults.KEEP


def test_where_no_file_can_be_written_the_line_stands_alone(tmp_path: Path) -> None:
    """On a full disk nothing is promised."""
    workspace = Workspace(tmp_path / "w", tmp_path / "r").make()
    workspace.faults.write_text("geen map")
    line = str(faults.told(ValueError(VALUE), workspace, "a"))
    assert line.startswith("Onverwachte fout (ValueError")
    assert "De hele melding" not in line


def test_the_planted_errors_do_quote_the_value() -> None:
    """Else these tests would show nothing."""
    with pytest.raises(InvalidOperationError, match=WORDS[0]):
        cast()
