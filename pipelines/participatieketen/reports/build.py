"""Make a release: run the notebooks, let through what is released, write the pages, publish them together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from nbformat import NotebookNode

from participatieketen.errors import WrongUse
from participatieketen.reports import definitions as definition_page
from participatieketen.reports import downloads, spreadsheet
from participatieketen.reports.airlock import STAMP, released_outputs
from participatieketen.reports.notebooks import check_parameters, execute, read
from participatieketen.reports.pages import DOWNLOADS, Listed, downloads_page, listed_pages, page, title_of
from participatieketen.reports.release import Basis, Release, plain_name
from participatieketen.reports.site import publish

OWN_PAGES = {"definities": definition_page.TITLE, "downloads": DOWNLOADS}
"""Pages that no notebook makes, in the order in which they are listed, after those that one does."""

SIDE_BY_SIDE = 2  # each notebook is a process of its own with the released tables in memory


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
) -> Path:
    """Return the folder of the published release; see `build_site`."""
    names = _names(notebooks)
    for notebook in notebooks:
        _refuse_private(notebook)
        check_parameters(notebook, parameters)
    passed: dict[str, NotebookNode] = {}
    charts: dict[str, list[downloads.Download]] = {}
    files: dict[str, bytes] = {}
    for name, nb in _executed(names, parameters, run_folder, timeout_s):
        on_progress(f"{name}: uitgevoerd")
        passed[name] = released_outputs(nb, names[name].name)
        if basis:  # while other notebooks run
            charts[name], drawn = downloads.chart_files(name, passed[name], release)
            files |= drawn
    ordered = {name: passed[name] for name in names}
    titles = {name: title_of(nb, names[name].name) for name, nb in ordered.items()}
    if basis:
        titles |= OWN_PAGES
    listed = listed_pages(titles)
    pages = {name: page(nb, release, names[name].name, _others(listed, f"{name}.html")) for name, nb in ordered.items()}
    if basis:
        files |= downloads.table_files(basis.tables)
        by_title = {titles[name]: charts[name] for name in names if charts[name]}
        pages |= _own_pages(release, basis, by_title, files, listed)
    target = publish(pages, titles, release, published, keep, files)
    on_progress(f"gepubliceerd: {release.id}")
    return target


def _others(listed: Sequence[Listed], address: str) -> list[Listed]:
    return [item for item in listed if item.address != address]


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
    defined = definition_page.definitions(basis.rules, basis.contracts)
    return {
        "definities": page(defined, release, "definities", _others(listed, "definities.html")),
        "downloads": downloads_page(release, downloads.tables_listed(basis.tables), charts, sizes, notes),
    }


def _names(notebooks: Sequence[Path]) -> dict[str, Path]:
    """Return page name -> notebook, in the order given; raises WrongUse when two pages would be one."""
    names = {plain_name(notebook.stem, "De naam van een notebook"): notebook for notebook in notebooks}
    if not names or len(names) < len(notebooks):
        raise WrongUse("Een uitgave bestaat uit minstens één notebook, en elk notebook heeft een eigen naam.")
    if taken := sorted(set(names) & set(OWN_PAGES)):
        raise WrongUse(f"Een notebook kan niet {taken[0]} heten: die pagina maakt de uitgave zelf.")
    return names


def _refuse_private(notebook: Path) -> None:
    if read(notebook).metadata.get(STAMP, {}).get("publiceren") is False:
        raise WrongUse(
            f"{notebook.name}: dit notebook is alleen voor analisten en wordt nooit gepubliceerd; "
            "haal het uit de lijst van de rapportage."
        )


def _executed(
    names: Mapping[str, Path], parameters: Mapping[str, object], run_folder: Path, timeout_s: int
) -> Iterator[tuple[str, NotebookNode]]:
    """Yield each page's executed notebook as it finishes; the first that fails stops what has not begun."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        running = {
            pool.submit(execute, notebook, parameters, run_folder / notebook.name, timeout_s): name
            for name, notebook in names.items()
        }
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)
