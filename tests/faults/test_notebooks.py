"""A notebook that goes wrong stops the run with one line that names the cell and holds no value."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from participatieketen.errors import NotebookFailed, WrongUse
from participatieketen.reports import Release, build_site
from participatieketen.reports.notebooks import execute

VALUE = "ZZKANARIE 111222333"
PARAMETERS = 'released: str = ""'
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(folder: Path, *code: str, parameters: str | None = PARAMETERS, tags: tuple[str, ...] = ()) -> Path:
    """Write a notebook of a title, a parameters cell and these code cells (numbered from 3); the last gets the tags."""
    cells: list[dict[str, object]] = [{"id": "titel", "cell_type": "markdown", "metadata": {}, "source": "# Proef"}]
    sources = ([(parameters, ["parameters"])] if parameters is not None else []) + [
        (source, list(tags) if source is code[-1] else []) for source in code
    ]
    cells += [
        {
            "id": f"cel-{number}",
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": labels},
            "outputs": [],
            "source": source,
        }
        for number, (source, labels) in enumerate(sources)
    ]
    path = folder / "proef.ipynb"
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNELSPEC}, "cells": cells}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def failure(path: Path, timeout_s: int = 60) -> str:
    """Return the line with which running this notebook fails; nothing of the cause hangs on it."""
    with pytest.raises(NotebookFailed) as caught:
        execute(path, {"released": "x"}, path.parent / "run" / path.name, timeout_s)
    assert caught.value.exit_code == 7
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def alive(pid: int) -> bool:
    """Return whether the process still runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_notebook_that_raises_stops_with_its_cell(tmp_path: Path) -> None:
    """The line names notebook and cell, never the value; what happened is in the run folder, for its owner only."""
    message = failure(notebook(tmp_path, "1 + 1", f'raise ValueError("{VALUE}")'))
    assert message.startswith("proef.ipynb: fout in cel 4.")
    assert "ZZKANARIE" not in message
    kept = tmp_path / "run" / "proef.ipynb"
    assert "ZZKANARIE" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_cell_may_not_declare_its_own_error_harmless(tmp_path: Path) -> None:
    """A tag that lets notebooks go on after an error has no effect in a run."""
    assert "cel 3" in failure(notebook(tmp_path, "1 / 0", tags=("raises-exception",)))


def test_a_hung_cell_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """After the time limit neither the kernel nor a process it started is left."""
    children = tmp_path / "pids"
    hang = (
        "import os, pathlib, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(children)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)"
    )
    begin = time.monotonic()
    message = failure(notebook(tmp_path, hang), timeout_s=3)
    assert "cel 3 duurde langer dan 3 seconden" in message
    assert time.monotonic() - begin < 30
    assert [pid for pid in map(int, children.read_text().split()) if alive(pid)] == []


def test_a_killed_kernel_is_a_failure(tmp_path: Path) -> None:
    """A kernel that dies, as when memory is full, is never taken for a finished notebook."""
    message = failure(notebook(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1 + 1"))
    assert "de kernel stopte bij cel 3" in message


def test_a_notebook_that_leaves_early_is_a_failure(tmp_path: Path) -> None:
    """sys.exit(0), which papermill takes for success, does not count as the end of a notebook."""
    assert "cel 4 is niet uitgevoerd" in failure(notebook(tmp_path, "import sys\nsys.exit(0)", "1 + 1"))


def test_a_skipped_cell_is_a_failure(tmp_path: Path) -> None:
    """Every code cell has to have run, also one that asks to be skipped."""
    assert "cel 3 is niet uitgevoerd" in failure(notebook(tmp_path, "1 + 1", tags=("skip-execution",)))


def test_a_notebook_cannot_fake_the_closing_sentinel(tmp_path: Path) -> None:
    """A notebook that rewires how results are shown does not get past the runner's own last cell."""
    rewired = "get_ipython().display_formatter.format = lambda *_, **__: ({'text/plain': 'klaar'}, {})"
    assert "niet tot het einde" in failure(notebook(tmp_path, rewired))


@pytest.mark.parametrize(
    ("parameters", "given", "said"),
    [
        (None, {"released": "x"}, "0 cellen met het label 'parameters'"),
        (PARAMETERS, {"released": "x", "periode": "y"}, "periode is geen parameter"),
        (PARAMETERS, {"relaesed": "x"}, "bedoelt u released?"),
        (PARAMETERS, {}, "released ontbreekt"),
    ],
)
def test_wrong_parameters_stop_before_anything_runs(
    tmp_path: Path, parameters: str | None, given: dict[str, object], said: str
) -> None:
    """A missing tag and a missing, unknown or misspelt parameter are wrong use; no kernel starts."""
    path = notebook(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')", parameters=parameters)
    with pytest.raises(WrongUse, match=said.replace("?", r"\?")):
        execute(path, given, tmp_path / "run" / "proef.ipynb")
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "ran").exists()


def test_a_failed_notebook_leaves_what_was_published(tmp_path: Path) -> None:
    """Nothing of the new release is to be seen; the earlier start page is byte for byte the same."""
    published = tmp_path / "rapporten"
    published.mkdir()
    (published / "index.html").write_text("de vorige", encoding="utf-8")
    peildatum = date(2026, 1, 1)
    release = Release(
        "r1", "Proefstad", "Keten", peildatum, peildatum, fictional=True, run="1", made_on="nu", record={}
    )
    path = notebook(tmp_path, "1 / 0")
    with pytest.raises(NotebookFailed):
        build_site([path], {"released": "x"}, tmp_path / "run", published, release, print)
    assert [path.name for path in published.iterdir()] == ["index.html"]
    assert (published / "index.html").read_text(encoding="utf-8") == "de vorige"
