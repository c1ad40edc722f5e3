"""The layout is the architecture: what may import what, who may make a Released, and what stays out of git."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import participatieketen
from participatieketen import places

# fmt: off
ROOMS = [
    "errors", "months", "dutch", "files", "places", "settings", "recipes", "chain", "chance", "contracts", "extract",
    "pseudonyms", "intake", "synthetic", "spells", "timelines", "moves", "groups", "estimates", "disclosure",
    "readings", "charts", "findings", "reports", "review", "pipeline", "lab", "cli",
]
# fmt: on
RECORD_LEVEL = ROOMS[ROOMS.index("extract") : ROOMS.index("estimates") + 1]
PACKAGE = Path(participatieketen.__file__).parent

# Written as patterns, so that this file does not hold what it looks for.
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|anaconda|conda-forge|crates)\.(org|com|io)|cran\.r-project\.org")
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(home|root|Users|work|tmp|mnt)/\w|[A-Z]:\\Users\\")


def test_imports_only_point_upwards() -> None:
    """A room knows the rooms above it in the list, and none below."""
    wrong = [
        f"{path.relative_to(PACKAGE)}: {imported}"
        for path, tree in _modules()
        for imported in _imports(tree)
        if ROOMS.index(imported) > ROOMS.index(_room(path))
    ]
    assert wrong == []


def test_what_readers_see_knows_no_persons() -> None:
    """Readings, charts, findings and reports import no room that holds records."""
    wrong = [
        f"{path.relative_to(PACKAGE)}: {imported}"
        for path, tree in _modules()
        if _room(path) in {"readings", "charts", "findings", "reports"}
        for imported in _imports(tree)
        if imported in RECORD_LEVEL
    ]
    assert wrong == []


def test_only_disclosure_makes_a_released() -> None:
    """A released table exists because disclosure released it."""
    makers = {_room(path) for path, tree in _modules() if "Released" in _calls(tree)}
    assert makers <= {"disclosure"}


def test_assert_is_no_guard() -> None:
    """Python can be told to skip asserts, so the package holds none."""
    wrong = [path.name for path, tree in _modules() if any(isinstance(node, ast.Assert) for node in ast.walk(tree))]
    assert wrong == []


def test_every_module_is_in_a_room() -> None:
    """A room that is not in the list would be held to nothing."""
    assert {_room(path) for path, _ in _modules()} <= set(ROOMS)


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Neither the host of a package registry nor an absolute path of someone's machine is in git."""
    wrong = [
        f"{path.relative_to(places.project())}: {found.group()}"
        for path in _files()
        for found in [*REGISTRY.finditer(_text(path)), *MACHINE_PATH.finditer(_text(path))]
    ]
    assert wrong == []


def test_notebooks_hold_no_outputs() -> None:
    """What a notebook showed stays out of git: it could show a person."""
    wrong = [
        f"{path.name}, cell {number}"
        for path in _files()
        if path.suffix == ".ipynb"
        for number, cell in enumerate(json.loads(_text(path))["cells"], start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]
    assert wrong == []


def test_importing_the_charts_compiles_no_grammar() -> None:
    """It would take over a second of every command; what compiles it is installed with jupyterlab."""
    code = "import sys, participatieketen.charts; sys.exit('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the package but its own __init__."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path != PACKAGE / "__init__.py":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield the rooms that a module imports, wherever in it that is done."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, room = name.partition(".")
            if package == "participatieketen" and room and not room.startswith("_"):
                yield room.split(".")[0]


def _calls(tree: ast.Module) -> set[str]:
    """Return the names that a module calls."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id for func in called if isinstance(func, ast.Name)}
    return names | {func.attr for func in called if isinstance(func, ast.Attribute)}


def _files() -> list[Path]:
    """Return every file that is in git, or would be added to it."""
    git = shutil.which("git") or "git"
    listed = subprocess.run(
        [git, "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=places.project(),
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [places.project() / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")
