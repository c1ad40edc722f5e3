"""notebooks: prose with windows, and the one for analysts runs on a real extract."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from conftest import Run
from participatieketen import places
from participatieketen.errors import NotebookFailed
from participatieketen.reports.notebooks import execute, read

FOLDER = places.project() / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST = 12  # lines of a cell


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short_and_define_nothing(path: Path) -> None:
    """What needs a function belongs in the package, where it has a test."""
    code = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    assert all(len(source.splitlines()) <= LONGEST for source in code)
    trees = [node for source in code for node in ast.walk(ast.parse(source))]
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in trees)


def test_the_exploration_runs_on_an_extract(town: Run, tmp_path: Path) -> None:
    """An analyst opens it, with the path of the extract, and every cell works."""
    done = execute(FOLDER / "verkenning.ipynb", {"extract": str(town.workspace.extract)}, tmp_path / "verkenning.ipynb")
    assert sum(bool(cell.get("outputs")) for cell in done.cells) >= 3


def test_the_start_works_on_a_workspace(town: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest release as a frame in Dutch, a chart to play with, a sentence, and an answer of the extract."""
    monkeypatch.setenv("KETEN_HOME", str(town.workspace.home))
    done = execute(FOLDER / "start.ipynb", {"released": "", "extract": ""}, tmp_path / "start.ipynb")
    release, chart, sentence, answer = (cell.outputs[0].data for cell in done.cells if cell.get("outputs"))
    assert "<small>6 rijen, " in release["text/html"]
    assert re.search(r">1 [a-z]+ 20\d\d</td>", release["text/html"])
    assert {"application/vnd.vegalite.v5+json", "image/svg+xml"} <= set(chart)
    assert re.fullmatch(r"Op 1 [a-z]+ 20\d\d stonden [\d.]+ mensen op deze plek\.", sentence["text/plain"])
    assert "loopt_nog</th>" in answer["text/html"]
    assert "null" not in release["text/html"] + answer["text/html"]


def test_the_start_says_in_one_line_that_nothing_was_released_yet(tmp_path: Path) -> None:
    """What stands under the cell is that line: no traceback."""
    with pytest.raises(NotebookFailed, match="fout in cel 4"):
        execute(FOLDER / "start.ipynb", {"released": "", "extract": ""}, tmp_path / "start.ipynb")
    done = nbformat.read(tmp_path / "start.ipynb", as_version=4)  # type: ignore[no-untyped-call] # nbformat has no types
    (failed,) = [out for cell in done.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    (line,) = failed.traceback
    assert re.fullmatch(r"In .* is nog niets vrijgegeven: maak eerst een rapport met `keten run`\.", line)
