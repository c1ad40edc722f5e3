"""notebooks: prose with windows, and the one for analysts runs on a real extract."""

import ast
from pathlib import Path

import pytest

from conftest import Run
from participatieketen import places
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
