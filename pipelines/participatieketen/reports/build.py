"""Make a release: run the notebooks, let through what is released, write the pages, publish them together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from nbformat import NotebookNode

from participatieketen.errors import WrongUse
from participatieketen.reports.airlock import STAMP, released_outputs
from participatieketen.reports.notebooks import check_parameters, execute, read
from participatieketen.reports.pages import page, title_of
from participatieketen.reports.release import Release, plain_name
from participatieketen.reports.site import publish

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
) -> Path:
    """Return the folder of the published release; see `build_site`."""
    names = _names(notebooks)
    for notebook in notebooks:
        _refuse_private(notebook)
        check_parameters(notebook, parameters)
    executed: dict[str, NotebookNode] = {}
    for name, nb in _executed(names, parameters, run_folder, timeout_s):
        on_progress(f"{name}: uitgevoerd")
        executed[name] = nb
    passed = {name: released_outputs(executed[name], names[name].name) for name in names}
    titles = {name: title_of(passed[name], names[name].name) for name in names}
    pages = {name: page(passed[name], release, names[name].name) for name in names}
    target = publish(pages, titles, release, published, keep)
    on_progress(f"gepubliceerd: {release.id}")
    return target


def _names(notebooks: Sequence[Path]) -> dict[str, Path]:
    """Return page name -> notebook, in the order given; raises WrongUse when two pages would be one."""
    names = {plain_name(notebook.stem, "De naam van een notebook"): notebook for notebook in notebooks}
    if not names or len(names) < len(notebooks):
        raise WrongUse("Een uitgave bestaat uit minstens één notebook, en elk notebook heeft een eigen naam.")
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
