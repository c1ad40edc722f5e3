"""Whether a recipe stands literally in a notebook, read without running it: then no data can have chosen it."""

import ast
from collections.abc import Callable, Mapping

from participatieketen.errors import WrongUse
from participatieketen.recipes import names, own_chart, sentence
from participatieketen.recipes.recipe import Recipe

HEADINGS = frozenset({"charts", "findings"})
_NAMING = (ast.Attribute, ast.keyword)
_CALLS: Mapping[str, Callable[..., object]] = {"zin": names.zin, "waarde": names.waarde, "verschil": names.verschil}


def stands_in(recipe: Recipe, cell: str, notebook: str, parameters: Mapping[str, object]) -> bool:
    """Return whether a cell says this recipe itself: its name and choices, and the notebook the names of its tables.

    cell        the code of the cell that shows it
    notebook    the code of all cells, for the tables: one cell may name what the others use
    parameters  those that the run filled in: their values may be choices too
    """
    if recipe.of == sentence.OF:
        return recipe in _sentences(cell, parameters)
    if recipe.of == own_chart.OF:
        return _own_chart(recipe, cell, notebook, parameters)
    here, everywhere = _names(cell), _texts(notebook)
    chosen = _texts(cell) | {value for value in parameters.values() if isinstance(value, str)}
    return recipe.of in here and {*recipe.tables} <= everywhere and {*recipe.parameters.values()} <= chosen


def _sentences(cell: str, parameters: Mapping[str, object]) -> list[object]:
    """Return the sentences that are written out in a cell: made anew here from their own words, and nothing else."""
    calls = [node for node in _nodes(cell) if isinstance(node, ast.Call)]
    return [_made(call, parameters) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "zin"]


def _own_chart(recipe: Recipe, cell: str, notebook: str, parameters: Mapping[str, object]) -> bool:
    """Return whether a cell writes out the texts of this chart, and the notebook each text and number in it."""
    calls = [node for node in _nodes(cell) if isinstance(node, ast.Call) and _called(node) == own_chart.OF]
    texts = {name: part for name, part in recipe.parameters.items() if name != "spec"}
    if not any(texts == _texts_of(call, parameters) for call in calls):
        return False
    nodes = _nodes(notebook)
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    named = [node.attr if isinstance(node, ast.Attribute) else node.arg for node in nodes if isinstance(node, _NAMING)]
    texts_there = {one for one in [*constants, *named, *parameters.values()] if isinstance(one, str)}
    written = texts_there | {part for one in texts_there for part in own_chart.columns_in(one)}
    numbers = {one for one in constants if type(one) in (int, float)}

    def stands(one: own_chart.Literal) -> bool:
        if isinstance(one, str):
            return bool({one, one.removesuffix(own_chart.TEXT)} & written)
        return abs(one) in numbers

    return all(
        stands(whole) or bool(parts and all(map(stands, parts)))
        for whole, *parts in own_chart.literals(recipe.parameters["spec"])
    )


def _texts_of(call: ast.Call, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the title, description and values that a call writes out."""
    places = ("title", "description")
    named = {one.arg: one.value for one in call.keywords if one.arg}
    texts = [*call.args[1:], *(named.pop(name) for name in ("titel", "beschrijving") if name in named)]
    values = {name: _made(value, parameters) for name, value in named.items() if name != "grafiek"}
    return {
        **dict(zip(places, [_made(text, parameters) for text in texts], strict=False)),
        "values": {name: value.as_json() for name, value in values.items() if isinstance(value, sentence.Filling)},
    }


def _called(node: ast.Call) -> str:
    """Return "charts.own" of a call of that name; nothing of what is called in another way."""
    match node.func:
        case ast.Attribute(value=ast.Name(id=heading), attr=name):
            return f"{heading}.{name}"
    return ""


def _made(node: ast.expr, parameters: Mapping[str, object]) -> object:
    """Return what an expression is when it is written out, or a parameter of the run; else nothing."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return parameters.get(name)
        case ast.Subscript(value=ast.Name(id="tabellen"), slice=ast.Constant(value=str(name))):
            return names.TableName(name)
        case ast.Call(func=ast.Name(id=name), args=values, keywords=named) if name in _CALLS:
            chosen = {one.arg: _made(one.value, parameters) for one in named if one.arg}
            try:
                return _CALLS[name](*[_made(value, parameters) for value in values], **chosen)
            except (TypeError, WrongUse):
                return None
    return None


def _names(source: str) -> frozenset[str]:
    """Return what is called in Python code as `charts.name` or `findings.name`; nothing when it is no Python."""
    return frozenset(
        f"{node.value.id}.{node.attr}"
        for node in _nodes(source)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in HEADINGS
    )


def _texts(source: str) -> frozenset[str]:
    return frozenset(
        node.value for node in _nodes(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _nodes(source: str) -> list[ast.AST]:
    try:
        return [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, RecursionError):
        return []
