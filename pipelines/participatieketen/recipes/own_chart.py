"""A chart of one's own: which released table it draws on, and what of it has to stand in the notebook or the table."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from participatieketen.recipes.chart_grammar import EXPRESSION_PARTS, NotAChart, parts

OF = "charts.own"
"""The name of such a chart among the recipes."""

TEXT = "_tekst"
"""Behind the name of a column: what it holds as a report writes it, "0-4" for a released 0."""


@dataclass(frozen=True)
class Used:
    """What a specification draws on.

    table   the one released table;  fields: columns of it, or made by its own transforms
    made    columns that its own transforms make
    cells   texts and numbers that have to be values of the table
    """

    table: str
    fields: frozenset[str]
    made: frozenset[str]
    cells: tuple[str | float, ...]


def used_by(view: Mapping[str, Any]) -> Used:
    """Return the table, columns and values of a specification; raises NotAChart for more or fewer than one table."""
    tables = {one["name"] for one in parts(view, "data")}
    if len(tables) != 1:
        raise NotAChart("een eigen grafiek van geen of meer dan één tabel")
    made = {name for step in parts(view, "transform") for one in step for name in _names_made(one)}
    fields = {name for name in _fields(view) if type(name) is str}
    return Used(tables.pop(), frozenset(fields), frozenset(made), tuple(_cells(view)))


Literal = str | float


def literals(view: object) -> Iterator[tuple[Literal, ...]]:
    """Yield every free text and number of a specification: they have to stand in the notebook.

    Of each all ways in which it can stand there come together: a formula as a whole, or else its parts after it.
    Names that Vega-Lite itself knows are fixed by the allowlist; of those only a few fit in each place.
    """
    if isinstance(view, list):
        for part in view:
            yield from literals(part)
    elif isinstance(view, dict):
        for key, part in view.items():
            yield from _of_key(key, part)
    elif type(view) in (int, float):
        yield (view,)  # type: ignore[misc] # a number


_NAMED = frozenset({"field", "title", "as", "groupby", "fold", "pivot", "value", "name", "format", "stack"})
_FREE = _NAMED | {"domain", "sort", "values", "datum", "range", "oneOf", "equal", "lt", "lte", "gt", "gte"}
_FORMULAS = frozenset({"calculate", "filter", "test"})


def _of_key(key: str, part: Any) -> Iterator[tuple[Literal, ...]]:  # noqa: ANN401 - what JSON holds
    if key in _FORMULAS and isinstance(part, str):
        yield (part, *_formula_parts(part))
        return
    texts = [one for one in (part if isinstance(part, list) else [part]) if isinstance(one, str)]
    yield from ((one,) for one in texts if key in _FREE)
    yield from literals(part)


def _formula_parts(formula: str) -> Iterator[Literal]:
    for part in EXPRESSION_PARTS.finditer(formula):
        yield from filter(None, (part["column"], part["quoted"], part["text"]))
        if part["number"]:
            yield float(part["number"])


_SHORTHAND = re.compile(r"(?:[a-z]+\()?([a-z_]*)\)?(?::[QNOT])?")
"""How Altair takes a column in one text: "sum(persons):Q"."""


def columns_in(text: str) -> list[str | float]:
    """Return what a text in code names besides itself: the column of a shorthand, what a formula is made of."""
    short = _SHORTHAND.fullmatch(text)
    return [*([short[1]] if short else ()), *(_formula_parts(text) if "datum" in text else ())]


def numbers_made(view: Mapping[str, Any], numbers: Collection[str]) -> frozenset[str]:
    """Return the columns that its transforms make of these columns of numbers, and that are numbers themselves."""
    made: set[str] = set()
    for step in (one for steps in parts(view, "transform") for one in steps):
        if "calculate" in step:
            used = {str(one) for one in _formula_parts(step["calculate"])}
            made |= {step["as"]} if used & {*numbers, *made} else set()
        elif "fold" in step:
            made.add(step["as"][-1] if "as" in step else "value")
        elif "timeUnit" not in step or "filter" in step:
            ranks = {one["as"] for one in step.get("window", []) if one["op"] in _RANKS}
            made |= {*_names_made(step)} - ranks
    return frozenset(made)


_RANKS = frozenset({"rank", "row_number"})


def _names_made(step: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns that a transform makes; of a pivot they are values of the table, found when it is drawn."""
    parts = [step, *(one for key in ("aggregate", "joinaggregate", "window") for one in step.get(key, []))]
    for part in parts:
        names = part.get("as", [])
        yield from [names] if isinstance(names, str) else names


def _fields(view: object) -> Iterator[object]:
    """Yield every column that is read, wherever it stands."""
    if isinstance(view, list):
        for part in view:
            yield from _fields(part)
    if not isinstance(view, dict):
        return
    for key, part in view.items():
        if key in {"field", "stack", "pivot"} and isinstance(part, str) and part not in {"zero", "center", "normalize"}:
            yield part
        elif key in {"groupby", "fold"} or (key == "repeat" and isinstance(part, list)):
            yield from part
        elif key == "repeat" and isinstance(part, dict):
            yield from (name for names in part.values() for name in names)
        elif key in {"calculate", "filter", "test"} and isinstance(part, str):
            yield from filter(None, (match["column"] or match["quoted"] for match in EXPRESSION_PARTS.finditer(part)))
        elif key == "value" and "pivot" in view:
            yield part
        else:
            yield from _fields(part)


_ASKED = frozenset({"equal", "lt", "lte", "gt", "gte", "oneOf", "datum", "domainMin", "domainMax"})


def _cells(view: object) -> Iterator[str | float]:
    """Yield the texts and numbers that show as values, choose rows, or stand at a place or an end of an axis."""
    if isinstance(view, list):
        for part in view:
            yield from _cells(part)
    if not isinstance(view, dict):
        return
    for key, part in view.items():
        if key in _ASKED or (key == "range" and "field" in view):
            yield from (one for one in (part if isinstance(part, list) else [part]) if type(one) in (str, int, float))
        elif key in {"domain", "values", "sort"} and isinstance(part, list):
            yield from (one for one in part if type(one) in (str, int, float))
            yield from _cells([one for one in part if isinstance(one, dict)])
        else:
            yield from _cells(part)
