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
from participatieketen.reports import kitchen, pictures

SIDE_BY_SIDE = 2  # processes, each with the released tables in memory; charts take turns in them
LONGEST_S = 120  # for one chart, which takes a second; the first waits for a process to start


@dataclass(frozen=True)
class Order:
    """A chart to draw.

    page    name of the notebook that shows it
    source  the line under the picture to take along; nothing when there is none to take along
    """

    recipe: Recipe
    page: str
    source: str = ""


@dataclass(frozen=True)
class Drawn:
    """A chart as a page needs it: what it says of itself, the drawing, and the picture as SVG and PNG."""

    stamp: Mapping[str, Any]
    svg: str
    picture: str
    png: bytes


class Cook:
    """A process that draws charts one after another."""

    def __init__(self, released: Path, digest: str) -> None:
        self._digest = digest
        command = [sys.executable, "-P", "-m", "participatieketen.reports.cook", str(released)]
        self._process = subprocess.Popen(  # noqa: S603 - this module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
        self._fresh = True

    def drawn(self, order: Order) -> Drawn:
        """Return the chart; raises NotebookFailed when it cannot be drawn, or not from the run's own tables."""
        timer = Timer(LONGEST_S, self.end)
        timer.start()
        try:
            if self._fresh:
                self._refuse_other_tables()
            reply = self._answer({**order.recipe.as_json(), "page": order.page, "source": order.source})
        except (OSError, ValueError):
            raise NotebookFailed(
                f"{order.page}: {order.recipe.of} is niet getekend: het tekenen stopte of duurde langer dan "
                f"{LONGEST_S} seconden. Er is niets gepubliceerd; maak geheugen vrij en draai het rapport opnieuw."
            ) from None
        finally:
            timer.cancel()
        if "refused" in reply:
            raise NotebookFailed(f"{order.page}: {order.recipe.of} kan niet: {reply['refused']}.")
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

    def _answer(self, order: Mapping[str, Any]) -> dict[str, Any]:
        pipe = self._process.stdin
        if pipe is None:
            raise OSError
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        pipe = self._process.stdout
        answer: dict[str, Any] = json.loads(pipe.readline() if pipe else "")
        return answer


class Cooks:
    """The processes of a run: started before they are needed, each with one chart at a time."""

    def __init__(self, cooks: Sequence[Cook], pool: ThreadPoolExecutor) -> None:
        self._free, self._many = SimpleQueue[Cook](), len(cooks)
        self._pool = pool
        for cook in cooks:
            self._free.put(cook)

    def ordered(self, order: Order) -> Future[Drawn]:
        """Return the chart as it will be; asking for it raises NotebookFailed when it cannot be drawn."""
        return self._pool.submit(self._drawn, order)

    def _drawn(self, order: Order) -> Drawn:
        if not self._many:
            raise NotebookFailed(f"{order.page}: {order.recipe.of} kan niet: er is geen vrijgegeven uitgave bij.")
        cook = self._free.get()
        try:
            return cook.drawn(order)
        finally:
            self._free.put(cook)


@contextmanager
def started(released: Path, digest: str, charts: int) -> Iterator[Cooks]:
    """Yield processes that open this release while the run goes on; afterwards none is left.

    charts   how many there are to draw: without any no process starts
    """
    with ExitStack() as stack:
        pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        cooks = [Cook(released, digest) for _ in range(min(SIDE_BY_SIDE, charts))]
        for cook in cooks:
            stack.callback(cook.end)
        yield Cooks(cooks, pool)


def _serve(released: Path, orders: TextIO, answers: TextIO) -> None:
    """Draw what is asked, line after line, until there is no more."""
    # altair checks every part of a chart against the schema of Vega-Lite, a third of the time of a chart. The charts
    # are the package's own, and its tests draw each of them with that check on.
    schemapi.disable_debug_mode()
    larder = kitchen.opened(released)
    _say(answers, {"digest": disclosure.digest(larder.tables)})
    for line in orders:
        _say(answers, _reply(json.loads(line), larder))


def _say(answers: TextIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _reply(order: Mapping[str, Any], larder: kitchen.Larder) -> dict[str, Any]:
    try:
        shown = kitchen.prepared(
            Recipe(order["of"], tuple(order["tables"]), order["parameters"]), larder, order["page"]
        )
    except KetenError as error:
        return {"refused": str(error).rstrip(".")}
    if not isinstance(shown, Figure):
        return {"refused": "dit is geen grafiek"}
    stamp, svg = shown.stamp(), shown.svg()
    picture = pictures.picture(svg, stamp, order["source"]) if order["source"] else ""
    png = b64encode(pictures.png(picture)).decode() if picture else ""
    return {"stamp": stamp, "svg": svg, "picture": picture, "png": png}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr  # what a library prints is no answer
    _serve(Path(sys.argv[1]), sys.stdin, answers)
