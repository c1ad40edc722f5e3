"""A program that stops dead at its N-th change of a file's name, as when it is killed: nothing cleans up after it.

    python stopped.py <folder> <what> <N>

folder  has home/, sleutel and proef.toml; it is changed
what    rotate, load or run; contracts are judged by the quick check. Of a run only what is kept of released values
        counts: the ledger, its head, its copy and the tables; no page is made
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from participatieketen import contracts, pipeline, places, reports
from smalltown import quick_check

STOPPED = 9


def stop_at(number: int, *names: str) -> None:
    """Let the process end at once before it puts a file in place or removes one for the N-th time.

    names  words of which the name of the file has one; none: every file
    """
    done, replace, unlink = count(1), Path.replace, Path.unlink

    def counts(path: Path) -> bool:
        return not names or any(name in path.name for name in names)

    def step() -> None:
        if next(done) == number:
            os._exit(STOPPED)

    def stopping_replace(path: Path, target: Path) -> Path:
        if "quarantine" not in path.parts and counts(target):  # row numbers; they are written again
            step()
        return replace(path, target)

    def stopping_unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path.exists() and counts(path):
            step()
        unlink(path, missing_ok=missing_ok)

    Path.replace = stopping_replace  # type: ignore[method-assign,assignment]
    Path.unlink = stopping_unlink  # type: ignore[method-assign,assignment]


def main(folder: Path, what: str, number: int) -> None:
    """Do what is asked in this folder, up to a change of a file's name."""
    os.umask(0o077)
    os.environ |= {"KETEN_HOME": str(folder / "home"), "KETEN_KEY": str(folder / "sleutel")}
    contracts.check = quick_check  # type: ignore[assignment] # it has no default schema
    chosen, workspace = pipeline.read(str(folder / "proef.toml")), places.workspace()
    if what == "run":
        stop_at(number, "ledger", "released")
        reports.build_site = lambda *_, **__: folder  # the pages are another room's
        pipeline.run(chosen, workspace, None, "2026-02-03", lambda _: None)
        return
    with pipeline.locked(workspace):
        stop_at(number)
        if what == "rotate":
            pipeline.rotate(chosen, workspace, lambda _: None)
        else:
            pipeline.load(chosen, workspace, None, lambda _: None)


def stops(template: Path, what: str, first: int = 1) -> Iterator[Path]:
    """Yield copies of a folder in which it stopped at the first change, the next ...; in the last it did not."""
    package, tests = Path(places.__file__).parents[1], Path(__file__).parent
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(package), str(tests)])}
    for number in count(first):
        folder = template.with_name(f"{template.name}-{number}")
        shutil.copytree(template, folder)
        command = [sys.executable, __file__, str(folder), what, str(number)]
        done = subprocess.run(command, env=env, check=False, timeout=60, capture_output=True)
        if done.returncode not in {0, STOPPED}:
            raise AssertionError(done.stderr.decode())
        yield folder
        if done.returncode == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    sys.stdout.flush()
    os._exit(0)  # what libraries do at the end is no part of it
