"""The recipes of a release to its pages: charts drawn side by side, tables and cards made here, all by the run."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from nbformat import NotebookNode

from participatieketen.errors import KetenError, NotebookFailed
from participatieketen.recipes import MENU, Recipe
from participatieketen.reports import airlock, downloads, open_release
from participatieketen.reports.drawing_process import ChartToDraw, DrawingProcesses, Drawn
from participatieketen.reports.running import Shown
from participatieketen.reports.sheets import Sheet

Place = tuple[str, int, int]
"""A page, a cell of it, and which of its recipes."""


@dataclass(frozen=True)
class PageOutputs:
    """A page's notebook with what its recipes are of, and its charts to take along: as they are listed, and files."""

    passed: NotebookNode
    charts: list[downloads.Download] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def charts_to_come(
    sheets: Mapping[str, Sheet], shown: Mapping[str, Shown], processes: DrawingProcesses, source: str
) -> dict[Place, Future[Drawn]]:
    """Return every chart of the release, which is drawn while the caller goes on.

    source   the line under a picture to take along; nothing when none is made
    """
    return {
        (name, cell, number): processes.drawn_later(ChartToDraw(recipe, sheets[name].notebook.stem, source, cell + 1))
        for name, page in shown.items()
        for cell, recipes in enumerate(page.recipes)
        for number, recipe in enumerate(recipes)
        if MENU[recipe.of].chart
    }


def page_outputs(
    name: str, sheet: Sheet, shown: Shown, charts: Mapping[Place, Future[Drawn]], release: open_release.OpenRelease
) -> PageOutputs:
    """Return a page of the release; raises NotebookFailed when a recipe cannot be made of these tables."""
    drawn = {place: charts[place].result() for place in charts if place[0] == name}

    def output(cell: int, number: int, recipe: Recipe) -> NotebookNode:
        if chart := drawn.get((name, cell, number)):
            return airlock.output(chart.stamp, chart.svg)
        return airlock.output(_stamp(recipe, release, sheet, cell + 1))

    outputs = [
        [output(cell, number, recipe) for number, recipe in enumerate(recipes)]
        for cell, recipes in enumerate(shown.recipes)
    ]
    passed = airlock.passed(sheet.source, outputs)
    return PageOutputs(passed, *downloads.chart_files(name, list(drawn.values())))


def _stamp(recipe: Recipe, release: open_release.OpenRelease, sheet: Sheet, cell: int) -> Mapping[str, object]:
    try:
        return open_release.made_from(recipe, release, sheet.notebook.stem).stamp()
    except KetenError as error:
        why = str(error).rstrip(".")
        raise NotebookFailed(
            f"{sheet.name}: cel {cell}: {recipe.of} kan niet: {why}. Er is niets gepubliceerd; pas die cel aan."
        ) from None
