"""Make a release: run the notebooks, draw what they hand over, write the pages, publish them together."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from participatieketen.reports import definitions as definition_page
from participatieketen.reports import downloads, drawing_process, numbers, open_release, spreadsheet
from participatieketen.reports.page_outputs import charts_to_come, page_outputs
from participatieketen.reports.pages import (
    DOWNLOADS,
    Below,
    Listed,
    about_of,
    below,
    downloads_page,
    listed_pages,
    others,
    page,
    title_of,
)
from participatieketen.reports.release import Basis, GroupPages, Release
from participatieketen.reports.running import shown_by
from participatieketen.reports.sheets import RELEASED, Sheet, sheets_of
from participatieketen.reports.site import publish

OWN_PAGES = {"definities": definition_page.TITLE, "downloads": DOWNLOADS}
"""Pages that no notebook makes, in the order in which they are listed, after those that one does."""

OWN_ABOUT = {
    "definities": "Wat betekenen de woorden en getallen in deze uitgave?",
    "downloads": "Alle tabellen en grafieken van deze uitgave, om mee te nemen.",
}
"""What the list of pages says of them."""


def build(  # noqa: PLR0913, PLR0917 - what a release is made of
    notebooks: Sequence[Path],
    parameters: Mapping[str, object],
    run_folder: Path,
    published: Path,
    release: Release,
    on_progress: Callable[[str], None],
    timeout_s: int = 600,
    keep: int = 12,
    basis: Basis | None = None,
    loops: Sequence[GroupPages] = (),
    guarded: Sequence[Path] = (),
    constants: Sequence[str] = (),
) -> Path:
    """Return the folder of the published release; see `build_site`."""
    sheets = sheets_of(notebooks, loops, parameters, [*OWN_PAGES])
    released = Path(str(parameters.get(RELEASED, "")))
    opened = open_release.opened(released) if released.is_file() else open_release.OpenRelease()
    allowed = numbers.numbers_of(opened, constants)
    for sheet in sheets.values():
        numbers.refuse_strange(sheet.source, sheet.name, allowed)
    with drawing_process.started(released, opened.digest, _charts(sheets) if opened.tables else 0) as processes:
        shown = shown_by(sheets, run_folder, timeout_s, [published, *guarded], on_progress)
        charts = charts_to_come(sheets, shown, processes, downloads.source_line(release) if basis else "")
        tables = downloads.table_files(basis.tables) if basis else {}
        made = {name: page_outputs(name, sheet, shown[name], charts, opened) for name, sheet in sheets.items()}
    passed = {name: made[name].passed for name in sheets}
    files = {address: content for one in made.values() for address, content in one.files.items()}
    titles = {name: title_of(passed[name], sheet.notebook.name, sheet.label) for name, sheet in sheets.items()}
    about = {name: about_of(nb) for name, nb in passed.items()}
    if basis:
        titles |= OWN_PAGES
        about |= OWN_ABOUT
    under = {name: sheet.under for name, sheet in sheets.items() if sheet.under}
    listed = listed_pages(titles, under)
    parts = _below(loops, listed)
    pages = {
        name: page(
            passed[name],
            release,
            sheet.notebook.name,
            others(listed, name),
            label=sheet.label,
            parts=parts.get(name, ()),
        )
        for name, sheet in sheets.items()
    }
    if basis:
        files |= tables
        by_title = {titles[name]: made[name].charts for name in sheets if made[name].charts}
        pages |= _own_pages(release, basis, by_title, files, listed)
    target = publish(pages, titles, release, published, keep, files, under, about)
    on_progress(f"gepubliceerd: {release.id}")
    return target


def _below(loops: Sequence[GroupPages], listed: Sequence[Listed]) -> dict[str, tuple[Below, ...]]:
    """Return the lists of a loop's pages, by the name of the page they stand on."""
    found: dict[str, tuple[Below, ...]] = {}
    for loop in loops:
        names = [loop.page_name(code) for code in loop.groups]
        found[loop.under] = (*found.get(loop.under, ()), below(loop.grouping, loop.name, listed, names))
    return found


def _own_pages(
    release: Release,
    basis: Basis,
    charts: Mapping[str, Sequence[downloads.Download]],
    files: Mapping[str, bytes],
    listed: Sequence[Listed],
) -> dict[str, str]:
    """Return the pages that no notebook makes."""
    sizes = {address: downloads.size(content) for address, content in files.items() if address.endswith(".csv")}
    notes = spreadsheet.reading_notes(next(iter(basis.tables.values())).context)
    defined = definition_page.definitions(basis.rules, basis.contracts, _groups(basis))
    return {
        "definities": page(defined, release, "definities", others(listed, "definities")),
        "downloads": downloads_page(release, downloads.tables_listed(basis.tables), charts, sizes, notes),
    }


def _groups(basis: Basis) -> dict[str, list[str]]:
    """Return the names of the groups of each grouping, as they were released."""
    if "group_label" not in basis.tables:
        return {}
    labels = basis.tables["group_label"].frame
    return dict(labels.group_by("grouping", maintain_order=True).agg("label").iter_rows())


def _charts(sheets: Mapping[str, Sheet]) -> int:
    """Return how often a notebook names a chart: as many processes at most are needed to draw them."""
    return sum(cell.source.count("charts.") for sheet in sheets.values() for cell in sheet.source.cells)
