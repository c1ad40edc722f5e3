"""What may leave a notebook: its prose, and outputs that carry a release stamp. Anything else stops publication."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from participatieketen.errors import DisclosureRefused
from participatieketen.findings.cards import COLUMNS as CARD
from participatieketen.reports import nodes
from participatieketen.reports.drawings import NotADrawing, parsed

STAMP = "keten"
IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,63}")
TEXTS = {
    "figure": ("id", "title", "subtitle", "description", "caption"),
    "table": ("id", "title", "caption"),
    "cards": ("id", "title", "caption"),
}
FORMS = {
    "figure": {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"},
    "table": {"text/html", "text/plain"},
    "cards": {"text/html", "text/plain"},
}


def released_outputs(nb: NotebookNode, notebook: str) -> NotebookNode:
    """Return a notebook of prose and stamped outputs only: no code, no metadata, no other form of an output.

    notebook   its file name, for the message
    Raises     DisclosureRefused naming the notebook and every cell that stands in the way; never what it holds.
    """
    refusals = [f"cel {number}: {what}" for number, cell in enumerate(nb.cells, start=1) for what in _refusals(cell)]
    if refusals:
        raise DisclosureRefused(
            f"{notebook}: {'; '.join(refusals)}. Er is niets gepubliceerd; "
            "laat een cel alleen eindigen in een vrijgegeven grafiek of tabel."
        )
    return nodes.notebook(cells=list(_passed(nb)))


def _passed(nb: NotebookNode) -> Iterator[NotebookNode]:
    for number, cell in enumerate(nb.cells, start=1):
        place = {"id": f"cel-{number}"}
        if cell.cell_type == "markdown":
            yield nodes.markdown(cell.source, **place)
        elif cell.outputs:
            yield nodes.code("", outputs=[_bare(output) for output in cell.outputs], **place)


def _bare(output: NotebookNode) -> NotebookNode:
    stamp = output.metadata[STAMP]
    shown = "image/svg+xml" if stamp["kind"] == "figure" else "text/plain"
    return nodes.display("display_data", data={shown: _joined(output.data[shown])}, metadata={STAMP: stamp})


def _refusals(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        if cell.get("attachments"):
            yield "een bijlage in de tekst"
    elif cell.cell_type != "code":
        yield "een cel die geen tekst of code is"
    else:
        found = (_refusal(output) for output in cell.outputs)
        yield from (what for what in found if what)


def _refusal(output: NotebookNode) -> str | None:
    """Return why this output may not be shown, in Dutch and without its contents; None when it may."""
    if output.output_type == "stream":
        return "een print of waarschuwing"
    if output.output_type == "error":
        return "een foutmelding"
    stamp = output.get("metadata", {}).get(STAMP)
    if stamp is None:
        return "een uitvoer zonder vrijgave"
    if not _well_formed(stamp):
        return "een uitvoer met een onvolledige vrijgave"
    if not set(output.data) <= FORMS[stamp["kind"]] or "text/plain" not in output.data:
        return "een uitvoer in een vorm die niet is vrijgegeven"
    return _not_a_drawing(output) if stamp["kind"] == "figure" else None


def _not_a_drawing(output: NotebookNode) -> str | None:
    try:
        parsed(_joined(output.data.get("image/svg+xml", "")))
    except NotADrawing as error:
        return str(error)
    return None


def _joined(text: str | list[str]) -> str:
    """Return the text: nbformat may keep it as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def _well_formed(stamp: object) -> bool:
    if not isinstance(stamp, Mapping) or stamp.get("kind") not in FORMS:
        return False
    texts = [stamp.get(name) for name in TEXTS[stamp["kind"]]]
    return (
        all(isinstance(text, str) for text in texts)
        and bool(IDENTIFIER.fullmatch(str(stamp["id"])))
        and _is_table(stamp.get("table"))
        and (stamp["kind"] != "cards" or _are_cards(stamp["table"]))
    )


def _are_cards(table: Mapping[str, Any]) -> bool:
    """Return whether this is what cards are made of: nothing but text, in the columns of a card."""
    texts = (cell for row in table["rows"] for cell in row)
    return tuple(table["columns"]) == CARD and all(isinstance(cell, str) for cell in texts)


def _is_table(table: Any) -> bool:  # noqa: ANN401 - comes from JSON
    """Return whether this is {columns: [text], rows: [[text, whole number or nothing]]}, all rows as wide."""
    if not isinstance(table, Mapping) or set(table) != {"columns", "rows"}:
        return False
    columns, rows = table["columns"], table["rows"]
    return (
        isinstance(columns, list)
        and isinstance(rows, list)
        and bool(columns)
        and all(isinstance(column, str) for column in columns)
        and all(isinstance(row, list) and len(row) == len(columns) for row in rows)
        and all(cell is None or type(cell) in {str, int} for row in rows for cell in row)
    )
