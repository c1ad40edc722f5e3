"""Run the notebooks of a release in closed kernels, and return the recipes that they hand over."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from participatieketen.recipes import Recipe
from participatieketen.reports import guard
from participatieketen.reports.airlock import recipes
from participatieketen.reports.kernel import Kernel, own_kernel
from participatieketen.reports.notebooks import execute
from participatieketen.reports.sheets import Sheet

SIDE_BY_SIDE = 2  # kernels; pages take turns in them


@dataclass(frozen=True)
class Shown:
    """What a page shows: of every cell of its notebook the recipes, in order."""

    name: str
    recipes: list[tuple[Recipe, ...]]


Show = Callable[[str, Sheet, Kernel], Shown]


def shown_by(
    sheets: Mapping[str, Sheet],
    run_folder: Path,
    timeout_s: int,
    guarded: Sequence[Path],
    on_progress: Callable[[str], None],
) -> dict[str, Shown]:
    """Return page name -> what it shows; by then every kernel has ended.

    guarded   folders that no notebook may change: raises NotebookFailed when one did
    Raises    NotebookFailed, DisclosureRefused: the first page that fails stops what has not begun.
    """

    def show(name: str, sheet: Sheet, kernel: Kernel) -> Shown:
        given, place = sheet.parameters, run_folder / f"{name}.ipynb"
        ran = execute(sheet.notebook, given, place, timeout_s, kernel=kernel, about=sheet.group, source=sheet.source)
        return Shown(name, recipes(ran, sheet.source, given, sheet.name))

    if warning := guard.left_open([run_folder, *guarded]):
        on_progress(warning)
    shown = {}
    with guard.unchanged(guarded):
        for one in _executed(sheets, show):
            on_progress(f"{one.name}: uitgevoerd")
            shown[one.name] = one
    return shown


def _executed(sheets: Mapping[str, Sheet], show: Show) -> Iterator[Shown]:
    """Yield each page as it is run; the first that fails stops what has not begun."""
    waiting, ready = deque(sheets.items()), SimpleQueue[Shown | Exception]()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in range(min(SIDE_BY_SIDE, len(sheets))):
            pool.submit(_in_turn, waiting, show, ready)
        try:
            for _ in sheets:
                done = ready.get()
                if isinstance(done, Exception):
                    raise done
                yield done
        finally:
            waiting.clear()


def _in_turn(waiting: deque[tuple[str, Sheet]], show: Show, ready: SimpleQueue[Shown | Exception]) -> None:
    """Run what is waiting with one kernel, page after page: each begins empty-handed, but what it imports is there."""
    try:
        with own_kernel(closed=True) as kernel:
            while one := _next(waiting):
                ready.put(show(*one, kernel))
    except Exception as error:  # noqa: BLE001 - whatever it is, who waits has to hear of it
        ready.put(error)


def _next(waiting: deque[tuple[str, Sheet]]) -> tuple[str, Sheet] | None:
    try:
        return waiting.popleft()
    except IndexError:  # the other kernel took the last one
        return None
