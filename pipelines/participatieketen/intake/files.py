"""The bytes of a delivered file -> a table of texts, or a refusal that says where it is wrong and shows no value.

`regel` is the line an editor shows (CSV), the row of the sheet (XLSX), or row index + 2 (Parquet): the header is 1.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from itertools import islice

import openpyxl
import polars as pl
import pyarrow.parquet

from participatieketen import dutch
from participatieketen.errors import ContractBroken, CorruptInput, KetenError
from participatieketen.intake.names import Name
from participatieketen.intake.sources import Source
from participatieketen.pseudonyms import holding_bsn

MAX_BYTES = 2 * 1024**3
"""Largest file, unpacked: far above a city's registers, far below what fills a disk. Nobody measured it."""

_BATCH = 200_000
_SHOWN = 5
_ALIKE = 0.75  # how much a found column name is like an expected one
_NUMBER = re.compile(r"\d{6}")
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_HIGH = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", "ignore"))
_MOJIBAKE = re.compile(f"[\xc2-\xc5][{_HIGH}]|\xe2[{_HIGH}]{{2}}|\xef\xbb\xbf|\ufffd")
"""UTF-8 that was read as CP1252 once, or a character that was lost before."""


@dataclass(frozen=True)
class Table:
    """What a file holds, as text: the frame has the delivered columns, `lines` where each row stands."""

    frame: pl.DataFrame
    lines: pl.Series
    encoding: str


def some(lines: Sequence[int]) -> str:
    """Return the first few line numbers."""
    word = "regel" if len(lines) == 1 else "regels"
    return f"{word} {', '.join(map(str, lines[:_SHOWN]))}{' ...' if len(lines) > _SHOWN else ''}"


def read(raw: bytes, file: Name, source: Source, columns: Sequence[str], announced: int | None = None) -> Table:
    """Return the table in a file of which the columns are known.

    file       what messages call it; its suffix says what the bytes should be
    columns    the columns it has to have, in any order
    announced  how many rows the sender says there are

    Raises ContractBroken or CorruptInput with the place.
    """
    name = str(file)
    if len(raw) > MAX_BYTES:
        raise ContractBroken(
            f"{name} is groter dan {dutch.number(MAX_BYTES)} bytes: lever het in delen of controleer het."
        )
    if not raw.strip(b"\xef\xbb\xbf\r\n\t "):
        raise ContractBroken(f"{name} is leeg: lever het bestand opnieuw.")
    reader = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}[file.suffix]
    try:
        table = reader(raw, name, source, columns)
    except (KetenError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - readers of damaged files raise anything, and their texts quote values
        raise CorruptInput(f"{name} is beschadigd en niet te lezen: lever het bestand opnieuw.", error) from None
    _check_count(name, table.frame.height, announced)
    return table


def _check_count(name: str, found: int, announced: int | None) -> None:
    if announced is not None and found < announced:
        raise CorruptInput(
            f"{name} is afgebroken: {dutch.number(announced)} rijen verwacht, {dutch.number(found)} gevonden. "
            "Lever het opnieuw."
        )
    if announced is not None and found > announced:
        raise ContractBroken(
            f"{name}: {dutch.number(announced)} rijen aangekondigd, {dutch.number(found)} gevonden. "
            "Lever bestand en aantal opnieuw."
        )
    if not found:
        raise ContractBroken(f"{name} heeft een kopregel en geen enkele rij: lever het bestand opnieuw.")


def _check_header(found: Sequence[str], name: str, source: Source, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in found]
    extra = [column for column in found if column not in columns and column not in source.ignore]
    double = {column for column in found if found.count(column) > 1}
    if not {column.casefold() for column in columns} & {column.casefold() for column in found}:
        raise ContractBroken(
            f"{name}: geen van de {len(columns)} verwachte kolommen staat in de kopregel ({len(found)} andere namen; "
            f"mist de kopregel?). Verbeter de levering, of de bron {source.name}.toml (columns, ignore)."
        )
    if numbered := holding_bsn(found):
        raise ContractBroken(
            f"{name}: kolom {', '.join(map(str, numbered))} heeft een burgerservicenummer in de kop. "
            "Geef de kolom een andere naam."
        )
    if not (missing or extra or double):
        return
    problems = [
        f"ontbreekt: {', '.join(missing)}" if missing else "",
        f"niet verwacht: {_shown(extra, found, columns)}" if extra else "",
        f"dubbel: {_shown(sorted(double), found, columns)}" if double else "",
    ]
    raise ContractBroken(
        f"{name}: de kolommen kloppen niet; {'; '.join(filter(None, problems))}. "
        f"Verbeter de levering, of de bron {source.name}.toml (columns, ignore)."
    )


def _shown(names: Sequence[str], found: Sequence[str], columns: Sequence[str]) -> str:
    """Names of columns that are like an expected one, and of others the place: they could be a person's data."""
    folded = {column.casefold(): column for column in columns}
    shown = []
    for name in names:
        like = get_close_matches(name.casefold(), folded, n=1, cutoff=_ALIKE)
        if not like or _NUMBER.search(name):
            shown.append(f"kolom {found.index(name) + 1} (naam niet getoond)")
        else:
            meant = folded[like[0]]
            shown.append(name if name == meant else f"{name} (bedoelt u {meant}?)")
    return ", ".join(shown)


def _check_rows(bad: Sequence[int], total: int, width: int, name: str) -> None:
    if bad:
        raise ContractBroken(
            f"{name}: {dutch.number(len(bad))} van {dutch.number(total)} rijen hebben meer of minder dan {width} "
            f"kolommen ({some(bad)}). Verbeter de levering."
        )


# CSV


def _csv(raw: bytes, name: str, source: Source, columns: Sequence[str]) -> Table:
    text, encoding = _decode(raw, name)
    _check_delimiter(text, name, source, columns)
    records = _records(text, name, source.delimiter)
    header = next(records)[1]
    _check_header(header, name, source, columns)
    lines: list[int] = []
    bad: list[int] = []
    frames = [_frame([], header)]
    width, last = len(header), len(header)
    while batch := list(islice(records, _BATCH)):
        whole = [(line, row) for line, row in batch if len(row) == width]
        bad += [line for line, row in batch if len(row) != width]
        lines += [line for line, _ in whole]
        last = len(batch[-1][1])
        frames.append(_frame([row for _, row in whole], header))
    if last < width and not text.endswith(("\n", "\r")):
        raise CorruptInput(
            f"{name} is afgebroken in regel {bad[-1]}: {dutch.number(len(lines))} hele rijen gevonden. "
            "Lever het opnieuw."
        )
    _check_rows(bad, len(bad) + len(lines), width, name)
    return Table(pl.concat(frames), pl.Series(lines, dtype=pl.Int64), encoding)


def _frame(rows: Sequence[Sequence[str]], header: Sequence[str]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return pl.DataFrame(dict(zip(header, columns, strict=True)), schema=dict.fromkeys(header, pl.String))


def _records(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and values of each line that is not blank; a value may not run on over lines.

    A quote that is never closed, or only by the next one, swallows lines without a trace otherwise.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for row in reader:
            if reader.line_num > line + 1:
                raise _unclosed(line + 1, name)
            line = reader.line_num
            if row:
                yield line, row
    except csv.Error:
        if line + 1 == reader.line_num and not text.endswith(("\n", "\r")):
            raise CorruptInput(f"{name} is afgebroken in regel {line + 1}. Lever het opnieuw.") from None
        raise _unclosed(line + 1, name) from None


def _unclosed(line: int, name: str) -> ContractBroken:
    return ContractBroken(
        f'{name}: regel {line} heeft een aanhalingsteken (") dat niet goed begint of sluit. Verbeter de levering.'
    )


def _check_delimiter(text: str, name: str, source: Source, columns: Sequence[str]) -> None:
    names = {"\t": "tab"}
    first = text.lstrip("\r\n").splitlines()[0]
    others = [other for other in ";,\t|" if other != source.delimiter and other in first]
    if len(columns) > 1 and others and source.delimiter not in first:
        raise ContractBroken(
            f"{name}: verwacht scheidingsteken {names.get(source.delimiter, source.delimiter)}, "
            f"gevonden {' '.join(names.get(other, other) for other in others)}. "
            f"Verbeter de levering, of de bron {source.name}.toml (delimiter)."
        )


def _decode(raw: bytes, name: str) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8, or CP1252 when it is not; never a guess that garbles."""
    if raw.startswith(_BOMS) or 0 in raw[:4]:
        raise ContractBroken(f"{name} is UTF-16 of UTF-32; verwacht UTF-8 of Windows-1252. Sla het zo op.")
    if 0 in raw:
        line = raw.count(b"\n", 0, raw.index(0)) + 1
        raise CorruptInput(f"{name} is beschadigd vanaf regel {line} (lege bytes). Lever het bestand opnieuw.")
    try:
        text, encoding = raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = _decode_cp1252(raw, name), "cp1252"
    if garbled := _MOJIBAKE.search(text):
        raise _mixed(text.count("\n", 0, garbled.start()) + 1, name)
    return text, encoding


def _decode_cp1252(raw: bytes, name: str) -> str:
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.isascii() and _decodes(line, "utf-8"):
            raise _mixed(number, name)
        if not _decodes(line, "cp1252"):
            raise _mixed(number, name)
    return raw.decode("cp1252")


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _mixed(line: int, name: str) -> ContractBroken:
    return ContractBroken(
        f"{name}: regel {line} heeft letters in een andere codering dan de rest; verwacht alles in UTF-8 "
        "of alles in Windows-1252. Verbeter de levering."
    )


# XLSX


def _xlsx(raw: bytes, name: str, source: Source, columns: Sequence[str]) -> Table:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_BYTES:
            raise CorruptInput(f"{name} pakt uit tot meer dan {dutch.number(MAX_BYTES)} bytes: controleer het bestand.")
        _check_names(packed.namelist(), "onderdelen", name)
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    try:
        _check_names(book.sheetnames, "werkbladen", name)
        sheets = [rows for sheet in book.worksheets if (rows := list(_sheet_rows(sheet, source.decimal)))]
    finally:
        book.close()
    if len(sheets) != 1:
        raise ContractBroken(f"{name} heeft {len(sheets)} gevulde werkbladen; verwacht 1. Verbeter de levering.")
    (_, header), *rows = sheets[0]
    _check_header(header, name, source, columns)
    width = len(header)
    _check_rows([line for line, row in rows if len(row) > width], len(rows), width, name)
    padded = [row + [""] * (width - len(row)) for _, row in rows]
    return Table(_frame(padded, header), pl.Series([line for line, _ in rows], dtype=pl.Int64), "xlsx")


def _check_names(inside: Sequence[str], what: str, name: str) -> None:
    if numbered := holding_bsn(inside):
        raise ContractBroken(
            f"{name}: {len(numbered)} van {len(inside)} {what} heeft een burgerservicenummer in de naam: "
            "geef een andere naam."
        )


def _sheet_rows(sheet: "openpyxl.worksheet.worksheet.Worksheet", decimal: str) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file says about its size need not be true
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        row = [_cell(cell, decimal) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if row:
            yield number, row


def _cell(cell: object, decimal: str) -> str:
    """Return a cell as the same text a CSV would hold."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell).replace(".", decimal)
        case datetime():
            return (cell.date() if cell.time() == time.min else cell).isoformat()
        case _:
            return str(cell)


# Parquet


def _parquet(raw: bytes, name: str, source: Source, columns: Sequence[str]) -> Table:
    # pyarrow, as polars panics on some damaged files and prints a stack trace
    table = pyarrow.parquet.read_table(io.BytesIO(raw), page_checksum_verification=True)
    _check_header(table.column_names, name, source, columns)
    frame = pl.DataFrame(pl.from_arrow(table))
    if nested := [column for column, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]:
        raise ContractBroken(f"{name}: kolom {', '.join(nested)} heeft een samengesteld type: lever platte kolommen.")
    texts = frame.select(_text(pl.col(column), kind, source.decimal) for column, kind in frame.schema.items())
    return Table(texts, pl.Series(range(2, frame.height + 2), dtype=pl.Int64), "parquet")


def _text(column: pl.Expr, kind: pl.DataType, decimal: str) -> pl.Expr:
    if kind.is_float() or kind.is_decimal():
        number = column.cast(pl.Float64)
        whole = number.cast(pl.Int64, strict=False)
        fraction = number.cast(pl.String).str.replace(".", decimal, literal=True)
        return pl.when(whole == number).then(whole.cast(pl.String)).otherwise(fraction)
    if isinstance(kind, pl.Datetime):
        day = column.dt.date()
        return pl.when(day.cast(kind) == column).then(day.cast(pl.String)).otherwise(column.cast(pl.String))
    return column.cast(pl.String)
