"""Whether a recipe stands literally in a notebook, read without running it: then no data can have chosen it."""

import ast
from collections.abc import Mapping

from participatieketen.recipes.recipe import Recipe

HEADINGS = frozenset({"charts", "findings"})


def stands_in(recipe: Recipe, cell: str, notebook: str, parameters: Mapping[str, object]) -> bool:
    """Return whether a cell says this recipe itself: its name and choices, and the notebook the names of its tables.

    cell        the code of the cell that shows it
    notebook    the code of all cells, for the tables: one cell may name what the others use
    parameters  those that the run filled in: their values may be choices too
    """
    here, everywhere = _names(cell), _texts(notebook)
    chosen = _texts(cell) | {value for value in parameters.values() if isinstance(value, str)}
    return recipe.of in here and {*recipe.tables} <= everywhere and {*recipe.parameters.values()} <= chosen


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
