"""Reports: what can be taken along of a release, as a spreadsheet and as pictures."""

import csv
import io
import struct
import zipfile
import zlib
from contextlib import closing
from datetime import date

import openpyxl
import polars as pl
import pytest

from conftest import Run
from participatieketen import disclosure
from participatieketen.charts import theme
from participatieketen.disclosure import Context, Position, Released
from participatieketen.disclosure.released import COLUMNS, SEAL
from participatieketen.reports import downloads, pictures, spreadsheet
from participatieketen.reports.drawings import parsed
from publication import png_chunks

CONTEXT = Context(
    organisation="Gemeente 's-Proefstad",
    title="Participatieketen",
    chain="Keten",
    positions=(Position("werk", "Werk", 1),),
    peildatum=date(2026, 1, 1),
    provisional_from=date(2025, 10, 1),
    fictional=True,
    id="proef-2026-01",
)
DANGEROUS = ("=1+1", "+1", "-1", "@som", "\tx", "\rx", "=HYPERLINK(1)")
HARMLESS = ("WK019310", "a=1", "6-12", "é", "")
FRAME = pl.DataFrame(
    {
        "position": ["=1+1", "werk", None],
        "month": [date(2025, 9, 1), None, date(2025, 8, 1)],
        "persons": [1235, 0, -5],
        "share": [0.35, None, 1.0],
        "provisional": [True, False, None],
        "bin": ["6-12", "24+", None],
        "eigen": ["x;y", '"', "a\nb"],
    }
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 900 400">'
    '<g fill="var(--keten-vooruit, #0b6bb0)"><rect width="90" height="40"/><text x="1">270</text></g></svg>'
)
STAMP = {"id": "boog", "title": "Meer vooruit < terug & zo", "subtitle": "Stappen", "description": "Boogdiagram."}


def released(frame: pl.DataFrame = FRAME, name: str = "stock") -> Released:
    """Return a released table of these rows, whatever its columns: what they may be is tested with the rounding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COLUMNS, name, tuple(frame.columns))
        return Released(name, frame, CONTEXT, SEAL)


def lines(content: bytes) -> list[list[str]]:
    """Return the cells of a CSV as a Dutch Excel reads them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_is_what_dutch_excel_opens() -> None:
    """A byte order mark, semicolons, CRLF, decimal commas, Dutch heads, yes and no; numbers stay numbers."""
    content = spreadsheet.csv(released())
    assert content.startswith(b"\xef\xbb\xbfplek;maand;mensen;aandeel;voorlopig;bin;eigen\r\n")
    assert lines(content)[1:] == [
        ["'=1+1", "2025-09-01", "1235", "0,35", "ja", "6 tot 12", "x;y"],
        ["werk", "", "0", "", "nee", "24+", '"'],
        ["", "2025-08-01", "-5", "1,0", "", "", "a\nb"],
    ]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_run_gets_a_quote(text: str) -> None:
    """In the CSV and in the workbook, where it is no formula either."""
    table = released(pl.DataFrame({"label": [text]}))
    assert lines(spreadsheet.csv(table))[1] == [f"'{text}"]
    cell = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx({"stock": table}))).worksheets[1]["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_is_as_it_was(text: str) -> None:
    """Only a span of months is written out, so that it becomes no day."""
    found = lines(spreadsheet.csv(released(pl.DataFrame({"label": [text], "n": [1]}))))[1]
    assert found == [text.replace("6-12", "6 tot 12"), "1"]


def test_a_workbook_has_a_sheet_for_each_table() -> None:
    """The first says how to read them; heads are Dutch where that is known; numbers and days are that."""
    strange = released(pl.DataFrame({"kolom": [1]}), "eigen_tabel_met_een_erg_lange_naam")
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx({"stock": released(), "eigen": strange})))
    assert book.sheetnames == ["Toelichting", "Mensen per plek en maand", "eigen"]
    told = " ".join(str(row[0]) for row in book["Toelichting"].iter_rows(values_only=True))
    assert "Fictieve gegevens." in told
    assert "Bij 5 is dat 0-4" in told
    head, first, *_ = book["Mensen per plek en maand"].iter_rows(values_only=True)
    assert head == ("plek", "maand", "mensen", "aandeel", "voorlopig", "bin", "eigen")
    assert (first[2], first[3], type(first[2]), type(first[3])) == (1235, 0.35, int, float)
    assert str(first[1]).startswith("2025-09-01")


def test_the_same_tables_give_the_same_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    """No moment of making is in it: not in its properties, not in the zip file."""
    first = spreadsheet.xlsx({"stock": released()})
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 2, 3, 4, 5, 6, 0, 34, 0))
    assert spreadsheet.xlsx({"stock": released()}) == first
    with closing(zipfile.ZipFile(io.BytesIO(first))) as packed:
        assert {item.date_time for item in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-01-01T00:00:00Z" in packed.read("docProps/core.xml")


def test_a_picture_stands_on_its_own() -> None:
    """It has its title, what it is of and white behind it, colours that need no page, and nothing but shapes."""
    drawn = pictures.picture(SVG, STAMP, "Gemeente · Fictieve gegevens")
    root = parsed(drawn)
    words = ["".join(element.itertext()) for element in root if element.tag.endswith("text")]
    assert words == ["Meer vooruit < terug & zo", "Stappen", "Gemeente · Fictieve gegevens"]
    assert f'fill="{theme.PAPER.light}"' in drawn
    assert "var(" not in drawn
    assert 'fill="#0b6bb0"' in drawn
    assert float(root.attrib["width"]) > 900


def test_a_png_is_the_drawing_in_pixels() -> None:
    """Twice its size, whole, and the same every time."""
    drawn = pictures.picture(SVG, STAMP, "Gemeente")
    content = pictures.png(drawn)
    assert content == pictures.png(drawn)
    kinds = [kind for kind, _ in png_chunks(content)]
    assert (kinds[0], kinds[-1]) == (b"IHDR", b"IEND")
    wide, high = struct.unpack(">II", next(body for kind, body in png_chunks(content) if kind == b"IHDR")[:8])
    root = parsed(drawn)
    assert abs(wide - 2 * float(root.attrib["width"])) < 2
    assert len(zlib.decompress(next(body for kind, body in png_chunks(content) if kind == b"IDAT"))) == high * (
        4 * wide + 1
    )


@pytest.mark.parametrize(("many", "said"), [(999, "999 B"), (1000, "1 kB"), (1001, "2 kB"), (2_000_001, "3 MB")])
def test_a_size_is_rounded_up(many: int, said: str) -> None:
    """In thousands."""
    assert downloads.size(b"x" * many) == said


def test_the_town_can_be_taken_along(town: Run) -> None:
    """Every released table as CSV and sheet, every chart of every page as SVG and PNG, and all of it linked."""
    folder = town.site.page.parent
    tables = disclosure.open_release(town.workspace.releases / town.site.release / "released.duckdb")
    drawn = [name for name, page in town.pages.items() for _ in range(page.count('class="grafiek"'))]
    files = town.downloads
    assert {f"{name}.csv" for name in tables} == {name for name in files if name.endswith(".csv")}
    assert (
        len(drawn) == sum(name.endswith(".svg") for name in files) == sum(name.endswith(".png") for name in files) > 10
    )
    assert all(f'href="downloads/{name}"' in town.pages["downloads.html"] for name in files)
    assert (folder / "downloads").stat().st_mode & 0o777 == 0o755
    for name, table in tables.items():
        assert len(lines(files[f"{name}.csv"])) == table.frame.height + 1
    assert len(openpyxl.load_workbook(io.BytesIO(files["tabellen.xlsx"]), read_only=True).sheetnames) == len(tables) + 1


def test_every_picture_of_the_town_says_it_is_made_up(town: Run) -> None:
    """A picture leaves the page that says so."""
    drawings = [content.decode() for name, content in town.downloads.items() if name.endswith(".svg")]
    assert all("Fictieve gegevens" in drawing for drawing in drawings)
