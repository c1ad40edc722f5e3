"""Charts of recipes, drawn in processes of their own: drawing takes long, and a process that hangs can be ended.

A process opens the released tables itself and says their digest first: it must be that of the run's own tables. Each
line of JSON that it gets is a recipe, and each that it gives back is the chart: its texts and table, the drawing for a
page, and the picture to take along as SVG and PNG.
"""

import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from typing import Any, TextIO

from altair.utils import schemapi

from participatieketen import disclosure
from participatieketen.charts import Figure
from participatieketen.errors import KetenError, NotebookFailed
from participatieketen.recipes import Recipe
from participatieketen.reports import open_release, pictures

SIDE_BY_SIDE = 2  # processes, each with the released tables in memory; charts take turns in them
LONGEST_S = 120  # for one chart, which takes a second; the first waits for a process to start


@dataclass(frozen=True)
class ChartToDraw:
    """A chart to draw.

    page    name of the notebook that shows it
    source  the line under the picture to take along; nothing when there is none to take along
    cell    its number in that notebook, for a message; 0: not known
    """

    recipe: Recipe
    page: str
    source: str = ""
    cell: int = 0

    @property
    def place(self) -> str:
        """What a message calls it: the notebook, the cell, and what it is of."""
        return f"{self.page}: {f'cel {self.cell}: ' if self.cell else ''}{self.recipe.of}"


@dataclass(frozen=True)
class Drawn:
    """A chart as a page needs it: what it says of itself, the drawing, and the picture as SVG and PNG."""

    stamp: Mapping[str, Any]
    svg: str
    picture: str
    png: bytes


class DrawingProcess:
    """A process that draws charts one after another."""

    def __init__(self, released: Path, digest: str) -> None:
        self._digest = digest
        command = [sys.executable, "-P", "-m", "participatieketen.reports.drawing_process", str(released)]
        self._process = subprocess.Popen(  # noqa: S603 - this module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
        self._fresh = True

    def drawn(self, chart: ChartToDraw) -> Drawn:
        """Return the chart; raises NotebookFailed when it cannot be drawn, or not from the run's own tables."""
        timer = Timer(LONGEST_S, self.end)
        timer.start()
        try:
            if self._fresh:
                self._refuse_other_tables()
            reply = self._answer({**chart.recipe.as_json(), "page": chart.page, "source": chart.source})
        except (OSError, ValueError):
            raise NotebookFailed(
                f"{chart.place} is niet getekend: het tekenen stopte of duurde langer dan "
                f"{LONGEST_S} seconden. Er is niets gepubliceerd; maak geheugen vrij en draai het rapport opnieuw."
            ) from None
        finally:
            timer.cancel()
        if "refused" in reply:
            raise NotebookFailed(
                f"{chart.place} kan niet: {reply['refused']}. Er is niets gepubliceerd; pas die cel aan."
            )
        return Drawn(reply["stamp"], reply["svg"], reply["picture"], b64decode(reply["png"]))

    def end(self) -> None:
        """Kill the process; nothing it still does is wanted."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _refuse_other_tables(self) -> None:
        if self._line() != {"digest": self._digest}:
            raise NotebookFailed("De vrijgegeven tabellen zijn tijdens de run veranderd. Er is niets gepubliceerd.")
        self._fresh = False

    def _answer(self, chart: Mapping[str, Any]) -> dict[str, Any]:
        pipe = self._process.stdin
        if pipe is None:
            raise OSError
        pipe.write(json.dumps(chart) + "\n")
        pipe.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        pipe = self._process.stdout
        answer: dict[str, Any] = json.loads(pipe.readline() if pipe else "")
        return answer


class DrawingProcesses:
    """The processes of a run: started before they are needed, each with one chart at a time."""

    def __init__(self, processes: Sequence[DrawingProcess], pool: ThreadPoolExecutor) -> None:
        self._free, self._many = SimpleQueue[DrawingProcess](), len(processes)
        self._pool = pool
        for process in processes:
            self._free.put(process)

    def drawn_later(self, chart: ChartToDraw) -> Future[Drawn]:
        """Return the chart as it will be; asking for it raises NotebookFailed when it cannot be drawn."""
        return self._pool.submit(self._drawn, chart)

    def _drawn(self, chart: ChartToDraw) -> Drawn:
        if not self._many:
            raise NotebookFailed(f"{chart.place} kan niet: er is geen vrijgegeven uitgave bij.")
        process = self._free.get()
        try:
            return process.drawn(chart)
        finally:
            self._free.put(process)


@contextmanager
def started(released: Path, digest: str, charts: int) -> Iterator[DrawingProcesses]:
    """Yield processes that open this release while the run goes on; afterwards none is left.

    charts   how many there are to draw: without any no process starts
    """
    with ExitStack() as stack:
        pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        processes = [DrawingProcess(released, digest) for _ in range(min(SIDE_BY_SIDE, charts))]
        for process in processes:
            stack.callback(process.end)
        yield DrawingProcesses(processes, pool)


def _draw_each(released: Path, asked: TextIO, answers: TextIO) -> None:
    """Draw what is asked, line after line, until there is no more."""
    # altair checks every part of a chart against the schema of Vega-Lite, a third of the time of a chart. The charts
    # are the package's own, and its tests draw each of them with that check on.
    schemapi.disable_debug_mode()
    release = open_release.opened(released)
    _say(answers, {"digest": disclosure.digest(release.tables)})
    for line in asked:
        _say(answers, _reply(json.loads(line), release))


def _say(answers: TextIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _reply(chart: Mapping[str, Any], release: open_release.OpenRelease) -> dict[str, Any]:
    try:
        shown = open_release.made_from(
            Recipe(chart["of"], tuple(chart["tables"]), chart["parameters"]), release, chart["page"]
        )
    except KetenError as error:
        return {"refused": str(error).rstrip(".")}
    if not isinstance(shown, Figure):
        return {"refused": "dit is geen grafiek"}
    stamp, svg = shown.stamp(), shown.svg()
    picture = pictures.picture(svg, stamp, chart["source"]) if chart["source"] else ""
    png = b64encode(pictures.png(picture)).decode() if picture else ""
    return {"stamp": stamp, "svg": svg, "picture": picture, "png": png}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr  # what a library prints is no answer
    _draw_each(Path(sys.argv[1]), sys.stdin, answers)
