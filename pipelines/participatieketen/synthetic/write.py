"""Town -> the files its registers would send, in the forms that files come in, each with its number of rows."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import openpyxl
import polars as pl

from participatieketen.errors import WrongUse
from participatieketen.files import write_whole
from participatieketen.synthetic.calibration import achieved
from participatieketen.synthetic.dirt import dirtied
from participatieketen.synthetic.model import DAYS_PER_YEAR, STATES, day
from participatieketen.synthetic.simulate import JOIN, MOVE, NEVER
from participatieketen.synthetic.town import Town, true_stock

DUTCH, ISO, COMPACT = "%d-%m-%Y", "%Y-%m-%d", "%Y%m%d"
FORMS: Final[Mapping[str, tuple[str, str, str]]] = {  # suffix, encoding, dates: different on purpose
    "client": ("csv", "utf-8", DUTCH),
    "bijstand": ("csv", "cp1252", DUTCH),
    "startbaan": ("csv", "utf-8", DUTCH),
    "sociale_cooperatie": ("csv", "utf-8", COMPACT),
    "dagbesteding": ("csv", "utf-8", ISO),
    "innovatielab": ("xlsx", "utf-8", ISO),
    "sah_deelname": ("parquet", "utf-8", ISO),
}
TRUTH: Final = "waarheid.json"
_DIRT_STREAM: Final = 1_000
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


def write_deliveries(town: Town, inbox: Path, *, dirty: bool = False, truth: Path | None = None) -> list[Path]:
    """Write one file per register, each with a `.aantal` beside it; return the files.

    dirty  about 2 % of the rows break their contract
    truth  folder for waarheid.json: the rates and true counts behind the town. It is no delivery, so not the inbox.

    The same town gives the same bytes. Raises NoAccess when a folder cannot be written, WrongUse when the town is
    so small or so early that a register has no rows: a delivery without rows is none.
    """
    _check_filled(town)
    files = [_write(name, town, inbox, dirty=dirty) for name in FORMS]
    if truth is not None:
        write_whole(truth / TRUTH, _truth(town))
    return files


def was_delivered(town: Town, truth: Path) -> bool:
    """Return whether the folder of the truth is that of this town, on whatever peildatum."""
    try:
        given = json.loads((truth / TRUTH).read_bytes())["arguments"]
    except FileNotFoundError:
        return False
    return {name: given[name] for name in ("persons", "months", "seed")} == _drawn_from(town)


def _drawn_from(town: Town) -> dict[str, int]:
    return {"persons": town.persons, "months": town.months, "seed": town.seed}


def _check_filled(town: Town) -> None:
    empty = [name for name in FORMS if town.tables[name].is_empty()]
    if empty:
        raise WrongUse(
            f"In deze fictieve stad heeft {', '.join(empty)} geen rijen: "
            "kies meer personen (--persons), meer maanden (--months) of een latere peildatum."
        )


def _write(name: str, town: Town, inbox: Path, *, dirty: bool) -> Path:
    suffix, encoding, pattern = FORMS[name]
    path = inbox / f"{name}_{town.peildatum:%Y-%m}.{suffix}"
    if suffix == "parquet":
        rows, content = town.tables[name].height, _parquet(town.tables[name])
    else:
        stream = np.random.default_rng([town.seed, _DIRT_STREAM, list(FORMS).index(name)])
        clean = _texts(town.tables[name], pattern)
        texts = dirtied(name, clean, pattern, stream) if dirty else clean
        rows = texts.height
        content = _xlsx(texts, name) if suffix == "xlsx" else _csv(texts, encoding)
    write_whole(path.with_name(f"{path.name}.aantal"), f"{rows}\n".encode())
    write_whole(path, content)
    return path


def _texts(table: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Write every value as the Dutch text a register writes; null stays null."""
    decimals = pl.selectors.float()
    return table.with_columns(
        pl.selectors.date().dt.strftime(pattern),
        decimals.cast(pl.String).str.replace(".", ",", literal=True),
        pl.selectors.boolean().replace_strict({True: "ja", False: "nee"}, return_dtype=pl.String),
        pl.selectors.integer().cast(pl.String),
    )


def _csv(texts: pl.DataFrame, encoding: str) -> bytes:
    return texts.write_csv(separator=";").encode(encoding)


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _xlsx(texts: pl.DataFrame, name: str) -> bytes:
    """One sheet; dates are dates, everything else is text, an impossible date stays text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.append(texts.columns)
    for row in texts.iter_rows():
        sheet.append([_cell(value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _cell(value: str | None) -> str | date | None:
    if value is None or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    try:
        return datetime.strptime(value, ISO).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return value


def _without_clock(content: bytes) -> bytes:
    """Return the same workbook without the moment at which it was made, so that equal towns give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            inside = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", old.read(member))
            new.writestr(zipfile.ZipInfo(member, _LONG_AGO), inside, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _truth(town: Town) -> bytes:
    """Return what is behind the town: arguments, every number of the model, its arrows, and what really happened."""
    content = {
        "arguments": _drawn_from(town) | {"peildatum": town.peildatum},
        "true_stock": true_stock(town),
        "states": STATES,
        "transitions": [_arrow(asdict(arrow)) for arrow in town.model.transitions],
        "true_moves": true_moves(town).to_dicts(),
        "true_exposure": true_exposure(town).to_dicts(),
        "achieved": achieved(town).to_dicts(),
        "model": town.model.numbers,
    }
    return json.dumps(content, indent=1, default=str, ensure_ascii=False).encode()


def _arrow(arrow: dict[str, Any]) -> dict[str, Any]:
    return arrow | {"source": STATES[arrow["source"]], "target": STATES[arrow["target"]]}


def true_moves(town: Town) -> pl.DataFrame:
    """Return how often applicants really made each move inside the window: source, target, moves."""
    inside = pl.col("day").is_between(day(town.window_from), day(town.peildatum))
    names = dict(enumerate(STATES))
    return (
        town.events.filter((pl.col("kind") == MOVE) & (pl.col("source") >= 0) & inside)
        .group_by("source", "target")
        .agg(moves=pl.len())
        .sort("source", "target")
        .with_columns(pl.col("source", "target").replace_strict(names))
    )


def true_exposure(town: Town) -> pl.DataFrame:
    """Return person-years applicants really spent in each state inside the window: state, person_years."""
    since, end = day(town.window_from), day(town.peildatum)
    same = pl.col("person") == pl.col("person").shift(-1)
    stays = town.events.filter(pl.col("kind") < JOIN).with_columns(
        stop=pl.when(same).then(pl.col("day").shift(-1)).otherwise(NEVER)
    )
    inside = (pl.min_horizontal("stop", pl.lit(end)) - pl.max_horizontal("day", pl.lit(since))).clip(0)
    return (
        stays.with_columns(days=inside)
        .group_by("target")
        .agg(person_years=pl.col("days").sum() / DAYS_PER_YEAR)
        .sort("target")
        .select(state=pl.col("target").replace_strict(dict(enumerate(STATES))), person_years="person_years")
    )
