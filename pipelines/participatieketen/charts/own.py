"""A chart that an analyst made with Altair, drawn by the run from one released table."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl
from altair.utils import schemapi

from participatieketen import dutch
from participatieketen.charts import theme, words
from participatieketen.charts.figure import Figure, cells_of
from participatieketen.charts.released import page_id
from participatieketen.charts.sentence import NAMES, ON_A_DAY, PLACES, filled
from participatieketen.errors import WrongUse
from participatieketen.readings import COUNTS, SHARES, published_table, wording
from participatieketen.recipes.own_chart import TEXT, Used, numbers_made, used_by

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

HEADS = {
    "month": "Maand",
    "position": "Plek",
    "from_position": "Van plek",
    "to_position": "Naar plek",
    "direction": "Richting",
    "label": "Groep",
    "grouping": "Indeling",
    "group_code": "Code van de groep",
    "persons": "Mensen",
    "steps": "Stappen",
    "measure": "Maat",
    "outcome": "Uitkomst",
    "group": "Deel",
    "months": "Maanden",
    "gap_days": "Dagen zonder plek",
    "share": "Aandeel",
    "lower": "Ondergrens",
    "upper": "Bovengrens",
    "rows": "Rijen",
    "loaded": "Geladen",
    "quarantined": "Apart gezet",
    "duplicates": "Dubbel",
    "expired": "Verlopen",
    "source": "Bron",
}
"""What the columns are called in the table beside the chart."""

DRAWABLE = COUNTS | SHARES | {*NAMES, "measure", "outcome", "group", "group_code", "months", "gap_days", "source"}
"""Columns of a released table that a chart can draw; whoever sees the report can see each of them."""

MOST_ROWS = 3000
ALWAYS = frozenset({*range(11), 12, 100})
"""Numbers that choose rows or stand at a place of their own without being in the table."""

NUMERIC = COUNTS | SHARES
_COLOURED = frozenset({"color", "fill", "stroke"})
_REDUCED = frozenset({"aggregate", "bin", "timeUnit"})
_TITLED = frozenset({"x", "y", *_COLOURED, "size", "shape", "opacity", "strokeDash", "strokeWidth", "row", "column"})
_COLOURS = {colour.name: colour.light for colour in theme.PALETTE}


def own(
    released: Mapping[str, "Released"],
    spec: Mapping[str, Any],
    title: str,
    description: str,
    values: Mapping[str, object],
) -> Figure:
    """Return a chart of one's own, with the table of what it draws on.

    released     the tables that chart and texts name
    spec         Vega-Lite, as `recipes.chart_grammar` lets it through: one released table by name
    title, description, values   texts with places, and what fills these, as in a sentence
    Raises       WrongUse when the table does not have what the chart names, or Vega-Lite cannot draw it
    """
    used = used_by(spec)
    table = released[used.table]
    rows, bases, late = _rows(table)
    _refuse_unknown(used, rows)
    shown = _text_table(rows, used)
    texts = [filled(text, {**values}, released) for text in (title, description)]
    return Figure(
        id=page_id("eigen", table),
        title=texts[0],
        subtitle=words.joined(_left_out(late), _rounding(bases), words.fictional(table.context)),
        description=texts[1],
        chart=_drawing(spec, rows, used),
        table=shown,
        caption=words.joined(*_cautions(rows, table.context), _left_out(late), _help(bases, shown, table.context)),
    )


def _rows(table: "Released") -> tuple[pl.DataFrame, list[int], bool]:
    """Return what readers may take along, names for codes; what its counts are multiples of; if any month is left out.

    The months that are left out are the provisional ones.
    """
    every = published_table(table)
    frame = every.filter(~pl.col("provisional")) if "provisional" in every.columns else every
    if frame.height > MOST_ROWS:
        raise WrongUse(f"de tabel {table.name} heeft meer dan {dutch.number(MOST_ROWS)} rijen: te veel om te tekenen")
    named = {one.code: one.label for one in table.context.positions}
    bases = frame["base"] if "base" in frame.columns else pl.repeat(table.context.base, frame.height, eager=True)
    columns = [name for name in frame.columns if name in DRAWABLE]
    texts = [_texts(name, frame[name], bases, table) for name in columns]
    drawn = frame.select(columns).with_columns(pl.col(name).replace(named) for name in columns if name in PLACES)
    rounded = sorted(bases.unique()) if COUNTS & {*columns} else []
    return drawn.with_columns(texts), rounded, frame.height < every.height


def _texts(name: str, column: pl.Series, bases: pl.Series, table: "Released") -> pl.Series:
    """Return a column as a report writes it."""
    labels = {one.code: one.label for one in table.context.positions}

    def text(value: Any, base: int) -> str:  # noqa: ANN401 - a cell
        if value is None:
            return wording.HIDDEN
        if name in COUNTS:
            return words.shown(value, base, words.rows_off(base) if name == "rows" else None)
        if name in SHARES:
            return wording.percent(value)
        if name == "month":
            return dutch.day(value) if table.name in ON_A_DAY else dutch.month(value)
        return labels.get(value, str(value)) if name in PLACES else str(value)

    cells = [text(value, base) for value, base in zip(column, bases, strict=True)]
    return pl.Series(f"{name}{TEXT}", cells, dtype=pl.String)


def _refuse_unknown(used: Used, rows: pl.DataFrame) -> None:
    """Raise WrongUse for a column, a text or a number that is none of the table."""
    pivoted = {
        str(value) for column in rows.columns if rows[column].dtype == pl.String for value in rows[column].unique()
    }
    if lacking := sorted(used.fields - {*rows.columns} - used.made - pivoted):
        known = dutch.listed([name for name in rows.columns if not name.endswith(TEXT)])
        raise WrongUse(f"de tabel {used.table} heeft de kolom {lacking[0]} niet; kies uit {known}")
    if taken := sorted(used.made & {*rows.columns}):
        raise WrongUse(f"een eigen kolom kan niet {taken[0]} heten: die heeft de tabel al")
    numbers = {value for column in rows.columns if rows[column].dtype.is_numeric() for value in rows[column].unique()}
    strange = [one for one in used.cells if one not in (pivoted if isinstance(one, str) else numbers | ALWAYS)]
    if strange:
        many = f"{'staat' if len(strange) == 1 else 'staan'} {dutch.counted(len(strange), 'waarde', 'waarden')}"
        raise WrongUse(f"van de grafiek {many} niet in de tabel {used.table}: kies waarden die er zijn")


def _drawing(spec: Mapping[str, Any], rows: pl.DataFrame, used: Used) -> alt.TopLevelMixin:
    """Return the chart with its rows, its colours by their values, and texts for what is written in it."""
    counted = frozenset(NUMERIC | numbers_made(spec, NUMERIC) | (used.fields - used.made - {*rows.columns}))
    drawn = _dressed(deepcopy(dict(spec)), used, counted)
    drawn["datasets"] = {used.table: rows.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d")).to_dicts()}
    drawn["config"] = {}
    kind: Any = next((made for key, made in _KINDS.items() if key in drawn), alt.Chart)
    try:
        chart: alt.TopLevelMixin = kind.from_dict(drawn, validate=False)
        chart.to_dict(validate=True)
    except (schemapi.SchemaValidationError, ValueError, TypeError):
        raise WrongUse("Vega-Lite kan deze grafiek niet tekenen: probeer haar eerst in JupyterLab") from None
    return chart


_KINDS = {
    "layer": alt.LayerChart,
    "hconcat": alt.HConcatChart,
    "vconcat": alt.VConcatChart,
    "concat": alt.ConcatChart,
    "facet": alt.FacetChart,
    "repeat": alt.RepeatChart,
}


def _dressed(part: Any, used: Used, counted: frozenset[str], path: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - JSON
    """Return a part of a specification as the run draws it.

    counted  columns of numbers, of the table or made of it;  path: the keys that it stands under
    """
    if isinstance(part, list):
        return [_dressed(one, used, counted, path) for one in part]
    if isinstance(part, str):
        return _COLOURS.get(part, part) if _is_colour(path) else part
    if not isinstance(part, dict):
        return part
    channel = (
        _written(part, used, counted) if path[-2:] == ("encoding", "text") else _as_quantity(part, used, counted, path)
    )
    shows = path[-2:] in {("encoding", name) for name in _TITLED} or path[-1:] == ("facet",)
    titled = _titled(channel) if shows else channel
    return {key: _dressed(one, used, counted, (*path, key)) for key, one in titled.items()}


def _titled(channel: dict[str, Any]) -> dict[str, Any]:
    """Return the channel with a title in Dutch where it has none of its own."""
    field = channel.get("field", "")
    if "title" in channel or not isinstance(field, str) or not {"field", "aggregate"} & channel.keys():
        return channel
    name = field.removesuffix(TEXT)
    return {**channel, "title": HEADS.get(name, dutch.capital(name.replace("_", " "))) if field else "Rijen"}


def _is_colour(path: tuple[str, ...]) -> bool:
    return (
        path[-1] in _COLOURED
        or path[-2:] == ("scale", "range")
        or (path[-1] == "value" and _COLOURED & {*path} != set())
    )


def _written(channel: dict[str, Any], used: Used, counted: frozenset[str]) -> dict[str, Any]:
    """Return a text channel that writes a column as a report does; raises WrongUse for one the chart made itself."""
    name = channel["field"]
    if name in used.made | (counted - NUMERIC):
        raise WrongUse("tekst in een grafiek komt uit een kolom van de tabel, niet uit een eigen kolom")
    return {**channel, "field": name if name.endswith(TEXT) else f"{name}{TEXT}", "type": "nominal"}


def _as_quantity(channel: dict[str, Any], used: Used, counted: frozenset[str], path: tuple[str, ...]) -> dict[str, Any]:
    """Return the channel; raises WrongUse for a count that would be written as it is: a released 0 is no nought."""
    field = channel.get("field", "")
    fields = used.fields if isinstance(field, dict) else {field}
    unsaid = "nominal" if path[-2:-1] == ("encoding",) and path[-1] in _TITLED and "field" in channel else ""
    kind = channel.get("type", "" if _REDUCED & channel.keys() else unsaid)
    if kind in {"nominal", "ordinal"} and (counted & fields or "aggregate" in channel):
        raise WrongUse("een aantal of percentage is in een grafiek een hoeveelheid (:Q), geen naam")
    return channel


def _text_table(rows: pl.DataFrame, used: Used) -> pl.DataFrame:
    """Return what the chart draws on, in the words of a report: every row once."""
    base = {name.removesuffix(TEXT) for name in used.fields}
    columns = [name for name in rows.columns if name in base] or [
        name for name in rows.columns if not name.endswith(TEXT)
    ]
    heads = {f"{name}{TEXT}": HEADS.get(name, dutch.capital(name.replace("_", " "))) for name in columns}
    return rows.select(*heads).unique(maintain_order=True).rename(heads)


def _left_out(late: bool) -> str:  # noqa: FBT001 private
    return "Zonder de voorlopige maanden." if late else ""


def _rounding(bases: list[int]) -> str:
    """Return how counts were rounded: "op vijftallen", of groups in more than one way "op vijftallen of tientallen"."""
    if len(bases) < 2:  # noqa: PLR2004 - in more than one way
        return "".join(map(words.rounding, bases))
    return f"Aantallen zijn afgerond op {' of '.join(map(words.fold, bases))}."


def _help(bases: list[int], shown: pl.DataFrame, context: "Context") -> str:
    """Return how to read the table, with what is true of its own counts."""
    cells = cells_of(shown)
    if len(bases) < 2:  # noqa: PLR2004 - in more than one way
        return words.reading_help(replace(context, base=bases[0] if bases else context.base), cells)
    off = " of ".join(f"{words.off(base)} bij {words.fold(base)}" for base in bases)
    return words.joined(
        _rounding(bases),
        f"Een aantal kan hoogstens {off} hoger of lager zijn.",
        *(words.small_help(base) for base in bases if words.smallest(base) in cells),
        words.HIDDEN_HELP if wording.HIDDEN in cells else "",
        words.fictional(context),
    )


def _cautions(rows: pl.DataFrame, context: "Context") -> Iterator[str]:
    """Yield what readers must know at the groupings that the table has."""
    codes: list[str] = rows["grouping"].unique(maintain_order=True).to_list() if "grouping" in rows.columns else []
    yield from (context.caution_of(code) for code in codes)
