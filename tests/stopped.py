"""A program that stops dead at its N-th change of a file's name, as when it is killed: nothing cleans up after it.

    python stopped.py <folder> <what> <N>

folder  has home/, sleutel and proef.toml; it is changed
what    rotate or load; contracts are judged by the quick check
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from participatieketen import contracts, pipeline, places
from smalltown import quick_check

STOPPED = 9


def stop_at(number: int) -> None:
    """Let the process end at once before it puts a file in place or removes one for the N-th time."""
    done, replace, unlink = count(1), Path.replace, Path.unlink

    def step() -> None:
        if next(done) == number:
            os._exit(STOPPED)

    def stopping_replace(path: Path, target: Path) -> Path:
        if "quarantine" not in path.parts:  # row numbers; they are written again
            step()
        return replace(path, target)

    def stopping_unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path.exists():
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
