"""What may leave a notebook: its text as it was before the run, and recipes. Anything else stops publication.

The run makes what a recipe is of itself. Whatever else stands beside a recipe in an output is not looked at: a picture,
a stamp, HTML.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from participatieketen.errors import DisclosureRefused
from participatieketen.recipes import MIME, NoRecipe, Recipe, read
from participatieketen.recipes.literals import stands_in
from participatieketen.reports import nodes
from participatieketen.reports.drawings import NotADrawing, parsed

STAMP = "keten"
"""Under this name the run writes what a page has to say of a chart or table; a notebook cannot."""

_SHOWING = frozenset({"display_data", "execute_result"})
_WITHOUT = {"stream": "een print of waarschuwing", "error": "een foutmelding"}


def recipes(
    executed: NotebookNode, source: NotebookNode, parameters: Mapping[str, object], notebook: str
) -> list[tuple[Recipe, ...]]:
    """Return of every cell the recipes that it shows, in order.

    executed    the notebook after the run: only its outputs are read
    source      the notebook as it was read before anything ran
    parameters  those that the run filled in
    notebook    its file name, for the message
    Raises      DisclosureRefused naming the notebook and every cell that stands in the way; never what it holds.
    """
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    read_cells = [_read(ran, cell, code, parameters) for ran, cell in zip(executed.cells, source.cells, strict=True)]
    refusals = [f"cel {number}: {what}" for number, (_, whats) in enumerate(read_cells, start=1) for what in whats]
    if refusals:
        raise DisclosureRefused(
            f"{notebook}: {'; '.join(refusals)}. Er is niets gepubliceerd; "
            "laat een cel alleen eindigen in een grafiek of tabel van charts of findings, of in een zin."
        )
    return [shown for shown, _ in read_cells]


def passed(source: NotebookNode, shown: Sequence[Sequence[NotebookNode]]) -> NotebookNode:
    """Return a notebook of text and what the run made: no code, no metadata, no outputs of the notebook's own.

    shown  of every cell what the run made, as `output` returns it
    """
    return nodes.notebook(cells=list(_passed(source, shown)))


def output(stamp: Mapping[str, Any], svg: str = "") -> NotebookNode:
    """Return a chart, table or cards as the page takes it; raises DisclosureRefused for what is no drawing.

    stamp  what a page has to say of it: `stamp()` of a figure, a table or cards
    svg    of a figure: the drawing
    """
    if stamp["kind"] != "figure":
        return nodes.display("display_data", data={"text/plain": ""}, metadata={STAMP: dict(stamp)})
    try:
        parsed(svg)
    except NotADrawing as error:
        raise DisclosureRefused(f"{stamp['id']}: {error}. Er is niets gepubliceerd.") from None
    return nodes.display("display_data", data={"image/svg+xml": svg}, metadata={STAMP: dict(stamp)})


def _passed(source: NotebookNode, shown: Sequence[Sequence[NotebookNode]]) -> Iterator[NotebookNode]:
    for number, (cell, outputs) in enumerate(zip(source.cells, shown, strict=True), start=1):
        place = {"id": f"cel-{number}"}
        if cell.cell_type == "markdown":
            yield nodes.markdown(cell.source, **place)
        elif outputs:
            yield nodes.code("", outputs=list(outputs), **place)


def _read(
    ran: NotebookNode, cell: NotebookNode, code: str, parameters: Mapping[str, object]
) -> tuple[tuple[Recipe, ...], list[str]]:
    """Return the recipes of a cell, and why it may not be shown, in Dutch and without its contents."""
    if cell.cell_type == "markdown":
        return (), ["een bijlage in de tekst"] if cell.get("attachments") else []
    if cell.cell_type != "code":
        return (), ["een cel die geen tekst of code is"]
    if ran.cell_type != "code" or ran.source != cell.source:
        return (), ["een andere cel dan er voor de run stond"]
    found = [_recipe(one, cell.source, code, parameters) for one in ran.outputs]
    shown = [one for one in found if isinstance(one, Recipe)]
    refusals = [one for one in found if isinstance(one, str)]
    if len({str(one) for one in shown}) < len(shown):
        refusals.append("twee keer hetzelfde")
    return tuple(shown), refusals


def _recipe(output: NotebookNode, cell: str, code: str, parameters: Mapping[str, object]) -> Recipe | str:
    """Return the recipe in an output, or why there is none."""
    if output.output_type not in _SHOWING or MIME not in output.data:
        return _WITHOUT.get(output.output_type, "een uitvoer die geen grafiek of tabel van charts of findings is")
    try:
        recipe = read(_plain(output.data[MIME]))
    except NoRecipe as refusal:
        return str(refusal)
    except RecursionError:
        return "een recept dat te diep is"
    if not stands_in(recipe, cell, code, parameters):
        return f"{recipe.of} met een naam, keuze of tekst die niet letterlijk in de cel staat"
    return recipe


def _plain(content: object) -> object:
    """Return nbformat's own mappings as plain ones."""
    if isinstance(content, NotebookNode):
        return {name: _plain(part) for name, part in content.items()}
    return [_plain(part) for part in content] if isinstance(content, list) else content
