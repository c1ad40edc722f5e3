"""The transition table by the pixel: a cell per pair of positions, darker when more of the row are in it."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from participatieketen.charts import theme
from participatieketen.charts.canvas import Picture, across, down, encoded, fitted, wrapped

LABELS_WIDTH, ROW_MARGIN = 176.0, 12.0
HEAD_MARGIN, FOOT = 40.0, 9.0
CELL_HEIGHT, GAP = 56.0, 4.0
NAME_SIZE, NAME_LINE = 12.0, 14.0
PERCENT_SIZE, COUNT_SIZE = 15.0, 12.0

PALEST, DARKEST = 0.07, 0.55
"""Of a cell: the darkest still leaves text at 4.5:1, on white paper and on dark."""

COLOURS = {
    "vooruit": theme.FORWARD,
    "terug": theme.BACK,
    "zelfde plek": theme.ASIDE,
    "opzij": theme.ASIDE,
    "uit de keten": theme.LINE,
}


@dataclass(frozen=True)
class Edge:
    """A row or column: its position, and a note that goes under a row's name."""

    label: str
    note: str


@dataclass(frozen=True)
class Cell:
    """People who went from one position to another, as shown; share of the row only where it may be given."""

    row: int
    column: int
    kind: str
    share: float | None
    percent: str
    count: str
    signed: str


@dataclass(frozen=True)
class Grid:
    """Where cells are, in pixels: the head above them grows with the longest name of a column."""

    columns: int
    rows: int
    head: float

    @property
    def width(self) -> float:
        """From the left of one column to the left of the next."""
        return round((theme.WIDTH - LABELS_WIDTH) / max(self.columns, 1), 1)

    @property
    def height(self) -> float:
        """Of the whole table."""
        return self.head + self.rows * CELL_HEIGHT

    def left(self, column: int) -> float:
        """Return the left edge of a column."""
        return round(LABELS_WIDTH + column * self.width, 1)

    def top(self, row: int) -> float:
        """Return the top edge of a row."""
        return self.head + row * CELL_HEIGHT


def drawing(
    rows: tuple[Edge, ...], columns: tuple[Edge, ...], cells: tuple[Cell, ...], moments: tuple[str, str]
) -> Picture:
    """Draw the table; moments are the days on which people were in the rows and are in the columns."""
    width = Grid(len(columns), len(rows), 0).width
    size, names = fitted([column.label for column in columns], width - 2 * GAP)
    grid = Grid(len(columns), len(rows), HEAD_MARGIN + NAME_LINE * max(map(len, names)))
    layers = [
        *_cells(rows, columns, cells, grid),
        _column_names(names, size, grid),
        *_row_names(rows, grid),
        _corner(moments, grid),
    ]
    return alt.layer(*layers).properties(width=theme.WIDTH, height=grid.height)


def _cells(rows: tuple[Edge, ...], columns: tuple[Edge, ...], cells: tuple[Cell, ...], grid: Grid) -> list[alt.Chart]:
    data = pl.DataFrame(
        {
            "van": [rows[cell.row].label for cell in cells],
            "naar": [columns[cell.column].label for cell in cells],
            "richting": [cell.kind for cell in cells],
            "aandeel": [cell.percent for cell in cells],
            "mensen": [cell.count for cell in cells],
            "pijl": [cell.signed for cell in cells],
            "sterkte": [_strength(cell) for cell in cells],
            "links": [grid.left(cell.column) for cell in cells],
            "rechts": [round(grid.left(cell.column) + grid.width - GAP, 1) for cell in cells],
            "boven": [grid.top(cell.row) for cell in cells],
            "onder": [grid.top(cell.row) + CELL_HEIGHT - GAP for cell in cells],
        }
    )
    chart = alt.Chart(data).transform_calculate(x="(datum.links + datum.rechts) / 2")
    return [_plates(chart, grid.height), *_numbers(chart, grid.height)]


def _strength(cell: Cell) -> float:
    """Return the opacity by share of the row; people who stayed would drown the rest, so they count for half."""
    scale = 0.5 if cell.kind == "zelfde plek" else 1.0
    return round(PALEST + (DARKEST - PALEST) * min(1.0, 2 * scale * (cell.share or 0.0)), 3)


def _plates(chart: alt.Chart, height: float) -> alt.Chart:
    colours = alt.Scale(domain=list(COLOURS), range=[colour.light for colour in COLOURS.values()])
    names = {"van": "Van", "naar": "Naar", "richting": "Richting", "mensen": "Mensen", "aandeel": "Van de rij"}
    return encoded(
        chart.mark_rect(cornerRadius=4),
        x=across("links"),
        x2="rechts:Q",
        y=down("boven", height),
        y2="onder:Q",
        fill=alt.Fill("richting:N", scale=colours, legend=None),
        fillOpacity=alt.FillOpacity("sterkte:Q", scale=None, legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=name) for field, name in names.items()],
    )


def _numbers(chart: alt.Chart, height: float) -> tuple[alt.Chart, ...]:
    """Write percent over count; a count that stands alone is larger and in the middle."""
    middle = (CELL_HEIGHT - GAP) / 2
    share, alone = "datum.aandeel !== ''", "datum.aandeel === ''"
    above: dict[str, Any] = {"dy": middle - 8, "size": PERCENT_SIZE, "fontWeight": 600}
    under: dict[str, Any] = {"dy": middle + 11, "size": COUNT_SIZE}
    at = {"x": across("x"), "y": down("boven", height)}
    return (
        encoded(chart.transform_filter(share).mark_text(**above), **at, text="aandeel:N"),
        encoded(chart.transform_filter(share).mark_text(**under), **at, text="pijl:N"),
        encoded(chart.transform_filter(alone).mark_text(dy=middle, size=COUNT_SIZE + 1), **at, text="pijl:N"),
    )


def _column_names(names: list[list[str]], size: float, grid: Grid) -> alt.Chart:
    """Write the names over the columns, standing on one line."""
    data = pl.DataFrame(
        {
            "plek": names,
            "x": [round(grid.left(number) + (grid.width - GAP) / 2, 1) for number in range(len(names))],
            "y": [grid.head - FOOT - (len(name) - 1) * NAME_LINE for name in names],
        }
    )
    mark = alt.Chart(data).mark_text(baseline="alphabetic", size=size, lineHeight=NAME_LINE)
    return encoded(mark, x=across("x"), y=down("y", grid.height), text="plek:N")


def _row_names(rows: tuple[Edge, ...], grid: Grid) -> list[alt.Chart]:
    """Write left of each row its name, and under it how many people."""
    names = [wrapped(row.label, LABELS_WIDTH - 2 * ROW_MARGIN, NAME_SIZE) for row in rows]
    middles = [grid.top(number) + (CELL_HEIGHT - GAP) / 2 for number in range(len(rows))]
    tops = [middle - (len(name) + 1) * NAME_LINE / 2 for name, middle in zip(names, middles, strict=True)]
    data = pl.DataFrame(
        {
            "plek": names,
            "mensen": [row.note for row in rows],
            "y": tops,
            "y_mensen": [top + len(name) * NAME_LINE + 1 for name, top in zip(names, tops, strict=True)],
        }
    )
    look: dict[str, Any] = {"align": "right", "baseline": "top", "lineHeight": NAME_LINE}
    chart, x = alt.Chart(data), alt.value(LABELS_WIDTH - ROW_MARGIN)
    name = chart.mark_text(size=NAME_SIZE, **look)
    note = chart.mark_text(size=COUNT_SIZE, color=theme.MUTED.light, **look)
    return [
        encoded(name, x=x, y=down("y", grid.height), text="plek:N"),
        encoded(note, x=x, y=down("y_mensen", grid.height), text="mensen:N"),
    ]


def _corner(moments: tuple[str, str], grid: Grid) -> alt.Chart:
    """Write which day the rows are, and which the columns."""
    data = pl.DataFrame(
        {
            "tekst": [f"Van: {moments[0]} \N{DOWNWARDS ARROW}", f"Naar: {moments[1]} \N{RIGHTWARDS ARROW}"],
            "x": [0.0, LABELS_WIDTH],
            "y": [grid.head - FOOT, 8.0],
        }
    )
    mark = alt.Chart(data).mark_text(align="left", baseline="alphabetic", color=theme.MUTED.light)
    return encoded(mark, x=across("x"), y=down("y", grid.height), text="tekst:N")
