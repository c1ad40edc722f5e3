"""What an analyst sees in JupyterLab: frames in Dutch, charts in the look of the reports, nothing fetched from outside.

Importing the package in a notebook is enough (`participatieketen/__init__.py`). Nothing changes outside IPython, and
nothing of it reaches a page: pages are made of released outputs only.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from html import escape
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl
from babel.numbers import format_decimal

from participatieketen.charts import theme
from participatieketen.charts.figure import MimeBundle
from participatieketen.charts.render import plain_svg
from participatieketen.dutch import LOCALE, counted, day
from participatieketen.errors import WrongUse
from participatieketen.places import Workspace, workspace
from participatieketen.recipes import Recipe
from participatieketen.reports import open_release

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

NAME = "keten"
ROWS = 20  # as many as fit on a screen with a chart above it
LEFT_OUT = "\N{HORIZONTAL ELLIPSIS}"
NUMBER = "#,##0.####"
VEGA = "application/vnd.vegalite.v5+json"
"""The form that JupyterLab draws by itself; it draws Vega-Lite 6 all the same."""


def furnish(shell: "InteractiveShell") -> None:
    """Let this notebook show frames in Dutch, and Altair charts in the look of the reports, without a network."""
    _ = pl.Config.set_thousands_separator(".").set_decimal_separator(",").set_tbl_rows(ROWS)
    _ = pl.Config.set_tbl_hide_dataframe_shape(active=True).set_tbl_hide_column_data_types(active=True)
    if shell.display_formatter:
        shown = shell.display_formatter.formatters["text/html"]
        shown.for_type(pl.DataFrame, frame_html)
        shown.for_type(pl.Series, series_html)
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type(Recipe, lambda recipe, **_: drawn_here(recipe, shell.user_ns))
    alt.theme.register(NAME, enable=True)(_theme)
    alt.renderers.register(NAME, chart_forms)
    alt.renderers.enable(NAME)


def drawn_here(recipe: Recipe, names: Mapping[str, object]) -> MimeBundle:
    """Return what a recipe is of, as JupyterLab shows it, from the release that the notebook names.

    names   of the notebook: `released` is a path, the name of a release, or empty for the newest
    """
    database = chosen_release(str(names.get("released") or ""), workspace())
    page = Path(os.environ.get("JPY_SESSION_NAME", "")).stem
    return open_release.made_from(recipe, open_release.opened(database), page)._repr_mimebundle_()


def chosen_release(released: str, space: Workspace) -> Path:
    """Return the released tables that are meant; raises WrongUse when they are not there.

    released   a path of released.duckdb, the name of a release, or empty: the newest
    """
    if not released:
        return newest_release(space)
    named = space.releases / released / "released.duckdb"
    return named if named.is_file() else Path(released)


def newest_release(space: Workspace) -> Path:
    """Return the released tables that were made last; raises WrongUse when nothing was released yet."""
    found = sorted(space.releases.glob("*/released.duckdb"), key=lambda path: path.stat().st_mtime_ns)
    if not found:
        raise WrongUse(f"In {space.releases} is nog niets vrijgegeven: maak eerst een rapport met `keten run`.")
    return found[-1]


def chart_forms(spec: dict[str, Any], **_: object) -> dict[str, Any]:
    """Return a chart as JupyterLab draws it by itself, and as a picture for elsewhere."""
    return {VEGA: spec, "image/svg+xml": plain_svg(spec), "text/plain": str(spec.get("description", "Grafiek"))}


def frame_html(frame: pl.DataFrame) -> str:
    """Return a frame as a table with its heads as they are, and how large it is; of many rows the first and last."""
    size = f"{counted(frame.height, 'rij', 'rijen')}, {counted(frame.width, 'kolom', 'kolommen')}"
    return _table(frame, size)


def series_html(series: pl.Series) -> str:
    """Return a column as a table of one column, and how many values it has."""
    return _table(series.to_frame(), counted(series.len(), "waarde", "waarden"))


@singledispatch
def cell(value: object) -> str:
    """Return a value as Dutch readers write it: 1.234,5, 1 februari 2026, ja, nee; nothing for null."""
    return "" if value is None else str(value)


@cell.register
def _number(value: int | float | Decimal) -> str:
    return "geen getal" if isnan(value) else format_decimal(value, NUMBER, locale=LOCALE)


@cell.register
def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - a value to show
    return "ja" if value else "nee"


@cell.register
def _day(value: date) -> str:
    return day(value)


@cell.register
def _moment(value: datetime) -> str:
    return f"{day(value)} {value:%H:%M:%S}"


@cell.register
def _span(value: timedelta) -> str:
    rest = timedelta(seconds=value.seconds)
    return f"{counted(value.days, 'dag', 'dagen')}{f' en {rest}' if rest else ''}"


@cell.register
def _several(value: list | tuple) -> str:  # type: ignore[type-arg] # registered by class, which has no parameters
    return "; ".join(map(cell, value))


@cell.register
def _named(value: dict) -> str:  # type: ignore[type-arg] # as above
    return "; ".join(f"{name}: {cell(part)}" for name, part in value.items())


def _table(frame: pl.DataFrame, size: str) -> str:
    right = [kind.is_numeric() for kind in frame.dtypes]
    heads = _row("th", frame.columns, right)
    body = "".join(_row("td", row, right) for row in _rows(frame))
    table = f'<table class="dataframe"><thead>{heads}</thead><tbody>{body}</tbody></table>'
    return f"<div>{table}<small>{size}</small></div>"


def _rows(frame: pl.DataFrame) -> Iterator[Sequence[str]]:
    """Yield the rows as text; of more than polars is told to show, the first and the last of them."""
    most = int(pl.Config.state()["POLARS_FMT_MAX_ROWS"] or ROWS)
    if most < 0 or frame.height <= most:
        yield from ([cell(value) for value in row] for row in frame.iter_rows())
        return
    yield from ([cell(value) for value in row] for row in frame.head(most - most // 2).iter_rows())
    yield [LEFT_OUT] * frame.width
    yield from ([cell(value) for value in row] for row in frame.tail(most // 2).iter_rows())


def _row(tag: str, texts: Sequence[str], right: Sequence[bool]) -> str:
    sides = ("right" if numeric else "left" for numeric in right)
    cells = (f'<{tag} style="text-align:{side}">{escape(text)}' for text, side in zip(texts, sides, strict=True))
    return f"<tr>{''.join(f'{part}</{tag}>' for part in cells)}</tr>"


def _theme() -> alt.theme.ThemeConfig:
    return {"config": theme.config()}  # type: ignore[typeddict-item] # Altair types every key of a config
