"""Make a release: run the notebooks, let through what is released, write the pages, publish them together."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from nbformat import NotebookNode

from participatieketen.errors import WrongUse
from participatieketen.reports import definitions as definition_page
from participatieketen.reports import downloads, spreadsheet
from participatieketen.reports.airlock import STAMP, released_outputs
from participatieketen.reports.kernel import Kernel, own_kernel
from participatieketen.reports.notebooks import check_parameters, execute, read
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
from participatieketen.reports.release import Basis, GroupPages, Release, plain_name
from participatieketen.reports.site import publish

OWN_PAGES = {"definities": definition_page.TITLE, "downloads": DOWNLOADS}
"""Pages that no notebook makes, in the order in which they are listed, after those that one does."""

OWN_ABOUT = {
    "definities": "Wat betekenen de woorden en getallen in deze uitgave?",
    "downloads": "Alle tabellen en grafieken van deze uitgave, om mee te nemen.",
}
"""What the list of pages says of them."""

SIDE_BY_SIDE = 2  # kernels, each a process with the released tables in memory; pages take turns in them


@dataclass(frozen=True)
class Sheet:
    """What a page is made from: a notebook, and of a loop the group.

    group  its code; label: its name, that its title ends in; under: the page that lists it
    """

    notebook: Path
    group: str = ""
    label: str = ""
    under: str = ""
    given: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a message calls it: the notebook, and the group it is run for."""
        return f"{self.notebook.name} ({self.group})" if self.group else self.notebook.name


@dataclass(frozen=True)
class Made:
    """A page's notebook as it came through the airlock, and its charts to take along: as listed, and their files."""

    name: str
    passed: NotebookNode
    charts: list[downloads.Download] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


Make = Callable[[str, Sheet, Kernel], Made]


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
) -> Path:
    """Return the folder of the published release; see `build_site`."""
    sheets = _sheets(notebooks, loops, parameters)
    made: dict[str, Made] = {}

    def make(name: str, sheet: Sheet, kernel: Kernel) -> Made:
        place = run_folder / f"{name}.ipynb"
        nb = execute(sheet.notebook, sheet.given, place, timeout_s, kernel=kernel, about=sheet.group)
        passed = released_outputs(nb, sheet.name)
        return Made(name, passed, *downloads.chart_files(name, passed, release)) if basis else Made(name, passed)

    for one in _executed(sheets, make):
        on_progress(f"{one.name}: uitgevoerd")
        made[one.name] = one
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
        files |= downloads.table_files(basis.tables)
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


def _sheets(
    notebooks: Sequence[Path], loops: Sequence[GroupPages], parameters: Mapping[str, object]
) -> dict[str, Sheet]:
    """Return page name -> what it is made from, in the order given; raises WrongUse before anything runs."""
    sheets = {
        plain_name(notebook.stem, "De naam van een notebook"): Sheet(notebook, given=parameters)
        for notebook in notebooks
    }
    if not sheets or len(sheets) < len(notebooks):
        raise WrongUse("Een uitgave bestaat uit minstens één notebook, en elk notebook heeft een eigen naam.")
    for loop in loops:
        made = _looped(loop, parameters)
        if twice := sorted(set(sheets) & set(made)):
            raise WrongUse(f"Twee pagina's zouden {twice[0]} heten: geef een van de notebooks een andere naam.")
        sheets |= made
    if taken := sorted(set(sheets) & set(OWN_PAGES)):
        raise WrongUse(f"Een notebook kan niet {taken[0]} heten: die pagina maakt de uitgave zelf.")
    for notebook in notebooks:
        _refuse_private(notebook)
        check_parameters(notebook, parameters)
    for loop in loops:
        _refuse_private(loop.notebook)
        check_parameters(loop.notebook, {**parameters, "group": ""})
    return sheets


def _looped(loop: GroupPages, parameters: Mapping[str, object]) -> dict[str, Sheet]:
    """Return the pages of a loop; raises WrongUse when two of its codes would be one page."""
    made = {
        loop.page_name(code): Sheet(loop.notebook, code, label, loop.under, {**parameters, "group": code})
        for code, label in loop.groups.items()
    }
    if len(made) < len(loop.groups):
        raise WrongUse(f"{loop.notebook.name}: twee groepen krijgen dezelfde pagina; geef ze duidelijk andere codes.")
    return made


def _refuse_private(notebook: Path) -> None:
    if read(notebook).metadata.get(STAMP, {}).get("publiceren") is False:
        raise WrongUse(
            f"{notebook.name}: dit notebook is alleen voor analisten en wordt nooit gepubliceerd; "
            "haal het uit de lijst van de rapportage."
        )


def _executed(sheets: Mapping[str, Sheet], make: Make) -> Iterator[Made]:
    """Yield each page as it is made; the first that fails stops what has not begun."""
    waiting, made = deque(sheets.items()), SimpleQueue[Made | Exception]()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in range(min(SIDE_BY_SIDE, len(sheets))):
            pool.submit(_in_turn, waiting, make, made)
        try:
            for _ in sheets:
                done = made.get()
                if isinstance(done, Exception):
                    raise done
                yield done
        finally:
            waiting.clear()


def _in_turn(waiting: deque[tuple[str, Sheet]], make: Make, made: SimpleQueue[Made | Exception]) -> None:
    """Make what is waiting with one kernel, page after page: each begins empty-handed, but what it imports is there."""
    try:
        with own_kernel() as kernel:
            while one := _next(waiting):
                made.put(make(*one, kernel))
    except Exception as error:  # noqa: BLE001 - whatever it is, who waits has to hear of it
        made.put(error)


def _next(waiting: deque[tuple[str, Sheet]]) -> tuple[str, Sheet] | None:
    try:
        return waiting.popleft()
    except IndexError:  # the other kernel took the last one
        return None
