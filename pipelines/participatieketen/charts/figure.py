"""What a notebook shows and a report passes on: a chart with its table, or a table."""

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import altair as alt
from altair.utils import schemapi

from participatieketen.charts import theme
from participatieketen.charts.canvas import balanced
from participatieketen.charts.render import page_svg

if TYPE_CHECKING:
    import polars as pl

MimeBundle = tuple[dict[str, Any], dict[str, Any]]

NUMERIC = re.compile(r"[-+<>\u2212\u2013]?[\d.,]*(-\d+)?%?")
"""What a number looks like once it is shown: 1.646, +40, 0-4, 12%, a dash."""

TITLE_SHARE = 0.86
"""Of the width: Vega measures text without the font at hand, and must not find a title wider than the chart."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart that tells its finding, and the table with the same values.

    id           unique on a page: letters, digits, hyphens
    title        the finding; subtitle: unit, period, rounding
    description  what someone hears who does not see the chart
    chart        without a title: a page has it in the caption of the figure
    table        every value drawn, with Dutch heads, as text in reading order
    caption      of the table: what it holds and how to read it
    """

    id: str
    title: str
    subtitle: str
    description: str
    chart: alt.TopLevelMixin
    table: "pl.DataFrame"
    caption: str

    def spec(self) -> dict[str, Any]:
        """Return the Vega-Lite specification with the title, the same whatever Altair theme is on."""
        title = {"text": _lines(self.title, theme.TITLE_SIZE), "subtitle": _lines(self.subtitle, theme.SUBTITLE_SIZE)}
        drawn: dict[str, Any] = self.chart.to_dict(validate=schemapi.DEBUG_MODE)
        return drawn | {"title": title, "config": theme.config(), "description": self.description}

    def svg(self) -> str:
        """Return the picture for inside a page, without the title."""
        return page_svg(self.spec(), self.id, self.description)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> MimeBundle:
        """Return what is interactive in JupyterLab, a picture elsewhere, words where neither can be shown."""
        del include, exclude
        spec = self.spec()
        data = {
            "application/vnd.vegalite.v5+json": spec,
            "image/svg+xml": page_svg(spec, self.id, self.description),
            "text/plain": self.description,
        }
        return data, {}

    def stamp(self) -> dict[str, Any]:
        """Return what a page says beside the picture: its texts and its table."""
        words = {"id": self.id, "title": self.title, "subtitle": self.subtitle, "description": self.description}
        return {"kind": "figure", **words, "table": _cells(self.table), "caption": self.caption}


@dataclass(frozen=True, eq=False)
class Table:
    """A table of released values; its first column names the row."""

    id: str
    title: str
    caption: str
    frame: "pl.DataFrame"

    def html(self) -> str:
        """Return the table with a caption and scoped heads; every text escaped."""
        numeric = _numeric(self.frame)
        head = "".join(_cell("th", name, 'scope="col"', name in numeric) for name in self.frame.columns)
        body = "".join(_row(row, numeric) for row in self.frame.iter_rows(named=True))
        caption = f"<caption>{escape(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> MimeBundle:
        """Return HTML where it can be shown, else the title."""
        del include, exclude
        return {"text/html": self.html(), "text/plain": self.title}, {}

    def stamp(self) -> dict[str, Any]:
        """Return what a page makes its own table of."""
        words = {"kind": "table", "id": self.id, "title": self.title, "caption": self.caption}
        return {**words, "table": _cells(self.frame)}


def _lines(text: str, size: float) -> list[str]:
    return balanced(text, theme.WIDTH * TITLE_SHARE, size)


def cells_of(frame: "pl.DataFrame") -> list[str]:
    """Return every cell of a table ready to show, row by row."""
    return [str(cell) for row in frame.iter_rows() for cell in row]


def parts_of(frame: "pl.DataFrame") -> list[str]:
    """Return the parts of every cell: "82%" and "1.512" of "82% (1.512)"."""
    return [part.strip("()") for cell in cells_of(frame) for part in cell.split()]


def _cells(frame: "pl.DataFrame") -> dict[str, Any]:
    return {"columns": frame.columns, "rows": [list(row) for row in frame.rows()]}


def _numeric(frame: "pl.DataFrame") -> frozenset[str]:
    """Return the columns that hold nothing but shown numbers: those are aligned to the right."""
    return frozenset(
        name for name in frame.columns if all(NUMERIC.fullmatch(str(cell)) for cell in frame[name].to_list())
    )


def _row(row: dict[str, Any], numeric: frozenset[str]) -> str:
    (first, name), *rest = row.items()
    head = _cell("th", name, 'scope="row"', first in numeric)
    cells = "".join(_cell("td", cell, "", column in numeric) for column, cell in rest)
    return f"<tr>{head}{cells}</tr>"


def _cell(tag: str, value: object, scope: str, right: bool) -> str:  # noqa: FBT001 private
    attributes = "".join(f" {part}" for part in (scope, 'class="n"' if right else "") if part)
    return f"<{tag}{attributes}>{escape(str(value))}</{tag}>"
