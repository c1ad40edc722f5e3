"""Released tables for a spreadsheet: CSV as Dutch Excel opens it, and one XLSX with a sheet for each table.

Numbers stay numbers. A text that a spreadsheet would run as a formula gets a quote in front of it (CWE-1236).
"""

import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.readings import LEAST, LEAST_FOLLOWED, published_table

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

NAMES = {
    "audited": "Is iemand terug te rekenen",
    "delivery": "Leveringen",
    "estimate": "Deel na zo veel maanden",
    "group_label": "Namen van groepen",
    "group_share": "Groepen",
    "published": "Landelijke cijfers",
    "released_steps": "Stappen, met totalen",
    "released_stock_flow": "Mensen en stappen, met totalen",
    "step_month": "Stappen per maand",
    "step_year": "Stappen in een jaar",
    "step_years": "Stappen, jaar voor jaar",
    "stock": "Mensen per plek en maand",
    "stock_flow": "Van plek naar plek per maand",
    "verdict": "Controles",
    "year_matrix": "Plek nu en een jaar eerder",
}
HEADS = {
    "area": "gebied",
    "base": "afgerond op",
    "bound": "hoogstens afgeweken",
    "cells": "vrijgegeven aantallen",
    "contract": "levering",
    "direction": "richting",
    "duplicates": "dubbel",
    "encoding": "tekenset",
    "expired": "verlopen",
    "family": "soort telling",
    "followed": "zo lang gevolgd",
    "file": "bestand",
    "from_position": "van plek",
    "gap_days": "gat in dagen",
    "group": "groep",
    "group_code": "groep (code)",
    "grouping": "indeling",
    "label": "naam",
    "loaded": "geladen",
    "lower": "ondergrens",
    "measure": "maat",
    "message": "controle",
    "month": "maand",
    "months": "maanden",
    "n": "aantal",
    "n_households": "aantal huishoudens",
    "narrowest": "smalste marge",
    "note": "opmerking",
    "outcome": "uitkomst",
    "passed": "in orde",
    "period": "periode",
    "persons": "mensen",
    "population": "wie telt mee",
    "position": "plek",
    "provisional": "voorlopig",
    "quarantined": "apart gezet",
    "rows": "rijen",
    "rule": "regel",
    "severity": "ernst",
    "share": "aandeel",
    "small": "misschien 1 tot en met 9",
    "source": "bron",
    "steps": "stappen",
    "to_position": "naar plek",
    "total": "van rijen",
    "unexpected": "afwijkende rijen",
    "upper": "bovengrens",
    "x": "aantal van wie",
    "x_households": "huishoudens van wie",
}
FORMULA = r"^[=+\-@\t\r]"
SPAN = r"^(\d+)-(\d+)$"
"""A span of months, as 6-12: a spreadsheet would make it a day in December."""

NOTES = "Toelichting"
WIDEST, SAMPLE = 48, 200  # characters of a column; rows that its width is taken from
_LONGEST_NAME = 31  # of a sheet: Excel
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold


def csv(table: "Released") -> bytes:
    """Return the table as CSV: semicolons, decimal commas, UTF-8 with a byte order mark, Dutch heads."""
    out = io.BytesIO()
    _inert(_dutch(published_table(table))).write_csv(
        out, separator=";", decimal_comma=True, include_bom=True, line_terminator="\r\n"
    )
    return out.getvalue()


def xlsx(tables: Mapping[str, "Released"]) -> bytes:
    """Return a workbook: how to read it, then a sheet for each table; the same tables give the same bytes."""
    given = next(iter(tables.values())).context
    book = Workbook(write_only=True)
    _add_sheet(book, NOTES, pl.DataFrame({NOTES: reading_notes(given, tables)}))
    for name, table in tables.items():
        _add_sheet(book, sheet_name(name), _inert(_dutch(published_table(table))))
    book.properties.creator = given.organisation
    book.properties.title = given.title
    out = io.BytesIO()
    book.save(out)
    book.properties.created = book.properties.modified = datetime.combine(given.peildatum, time())
    return _timeless(out.getvalue(), tostring(book.properties.to_tree()))


def sheet_name(name: str) -> str:
    """Return what a table is called: in Dutch where that is known."""
    return NAMES.get(name, name)[:_LONGEST_NAME]


def reading_notes(given: "Context", tables: Collection[str] = ()) -> list[str]:
    """Return what someone has to know who takes these figures elsewhere, one thing a line.

    tables  names of the released tables that go with it
    """
    small = (
        "Een 0 betekent: nul tot en met een minder dan waarop de rij is afgerond (kolom 'afgerond op'; waar die niet "
        f"staat {given.base}). Bij {given.base} is dat {words.smallest(given.base)}. Het is nooit zeker nul."
    )
    return [
        text
        for text in (
            words.fictional(given),
            f"{given.title}, {given.organisation}, peildatum {dutch.day(given.peildatum)}.",
            f"{words.rounding(given.base)[:-1]}, tenzij in de rij iets anders staat.",
            small if given.base > 1 else "",
            words.YEAR_APART if given.base > 1 and "step_year" in tables else "",
            f"{sheet_name('delivery')}: rijen is een optelling en kan er hoogstens {words.rows_off(given.base)} naast "
            "zitten, ook bij controles."
            if given.base > 1 and "delivery" in tables
            else "",
            "Een lege cel betekent: niet getoond, of er hoort hier niets.",
            "Een aandeel ligt tussen 0 en 1: 0,25 is 25%. Het bereik loopt van de ondergrens tot de bovengrens.",
            "Aandeel en bereik zijn berekend uit de afgeronde aantallen. Het afronden zit in het bereik.",
            "Een leeg aandeel met een bereik betekent: het aantal is te klein voor één percentage.",
            f"Zonder bereik: minder dan {LEAST} mensen of huishoudens, of minder dan {LEAST_FOLLOWED} zo lang gevolgd.",
            "De aantallen staan er dan bij het blad Deel na zo veel maanden ook niet." if "estimate" in tables else "",
            words.out_by_rule(given),
            *(one.said for one in given.cautions),
            "De cijfers beschrijven wat er gebeurde. Ze laten niet zien waardoor dat kwam.",
            f"Uitgave {given.id}.",
        )
        if text
    ]


def _dutch(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with Dutch heads where they are known, and yes, no and spans in Dutch."""
    said = frame.with_columns(
        pl.col(pl.Boolean).replace_strict({True: "ja", False: "nee"}, return_dtype=pl.String),
        pl.col(pl.String).str.replace(SPAN, "$1 tot $2"),
    )
    return said.rename({column: HEADS[column] for column in frame.columns if column in HEADS})


def _inert(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a quote before every text that a spreadsheet would run."""
    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text.str.contains(FORMULA)).then("'" + text).otherwise(text).name.keep())


def _add_sheet(book: Workbook, name: str, frame: pl.DataFrame) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place, wide in enumerate(_widths(frame), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = wide
    sheet.append(_heads(sheet, frame.columns))
    for row in frame.iter_rows():
        sheet.append(row)


def _heads(sheet: object, columns: Iterable[str]) -> Iterator[WriteOnlyCell]:
    for column in columns:
        cell = WriteOnlyCell(sheet, value=column)
        cell.font = Font(bold=True)
        yield cell


def _widths(frame: pl.DataFrame) -> list[int]:
    """Return a width for each column that shows its head and most of its first rows."""
    longest = frame.head(SAMPLE).select(pl.all().cast(pl.String).str.len_chars().max().fill_null(0)).row(0)
    return [min(max(len(name), cell) + 2, WIDEST) for name, cell in zip(frame.columns, longest, strict=True)]


def _timeless(packed: bytes, properties: bytes) -> bytes:
    """Return the zip file with the properties given and no moment at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = properties if name == "docProps/core.xml" else before.read(name)
            after.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
