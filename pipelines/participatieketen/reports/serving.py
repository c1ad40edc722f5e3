"""The recipes of a release to its pages: charts drawn side by side, tables and cards made here, all by the run."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from nbformat import NotebookNode

from participatieketen.errors import KetenError, NotebookFailed
from participatieketen.recipes import MENU, Recipe
from participatieketen.reports import airlock, downloads, kitchen
from participatieketen.reports.cook import Cooks, Drawn, Order
from participatieketen.reports.running import Shown
from participatieketen.reports.sheets import Sheet

Place = tuple[str, int, int]
"""A page, a cell of it, and which of its recipes."""


@dataclass(frozen=True)
class Served:
    """A page's notebook with what its recipes are of, and its charts to take along: as they are listed, and files."""

    passed: NotebookNode
    charts: list[downloads.Download] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def ordered(
    sheets: Mapping[str, Sheet], shown: Mapping[str, Shown], cooks: Cooks, source: str
) -> dict[Place, Future[Drawn]]:
    """Return every chart of the release, which is drawn while the caller goes on.

    source   the line under a picture to take along; nothing when none is made
    """
    return {
        (name, cell, number): cooks.ordered(Order(recipe, sheets[name].notebook.stem, source))
        for name, page in shown.items()
        for cell, recipes in enumerate(page.recipes)
        for number, recipe in enumerate(recipes)
        if MENU[recipe.of].chart
    }


def served(
    name: str, sheet: Sheet, shown: Shown, charts: Mapping[Place, Future[Drawn]], larder: kitchen.Larder
) -> Served:
    """Return a page of the release; raises NotebookFailed when a recipe cannot be made of these tables."""
    drawn = {place: charts[place].result() for place in charts if place[0] == name}

    def output(cell: int, number: int, recipe: Recipe) -> NotebookNode:
        if chart := drawn.get((name, cell, number)):
            return airlock.output(chart.stamp, chart.svg)
        return airlock.output(_stamp(recipe, larder, sheet))

    outputs = [
        [output(cell, number, recipe) for number, recipe in enumerate(recipes)]
        for cell, recipes in enumerate(shown.recipes)
    ]
    passed = airlock.passed(sheet.source, outputs)
    return Served(passed, *downloads.chart_files(name, list(drawn.values())))


def _stamp(recipe: Recipe, larder: kitchen.Larder, sheet: Sheet) -> Mapping[str, object]:
    try:
        return kitchen.prepared(recipe, larder, sheet.notebook.stem).stamp()
    except KetenError as error:
        raise NotebookFailed(f"{sheet.name}: {recipe.of} kan niet: {error}") from None
