"""Two whole runs that many tests look at: the fictional town and the mvad chain. Each is made once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from participatieketen import pipeline, places, pseudonyms, synthetic
from participatieketen.cli import main
from participatieketen.disclosure import ledger
from participatieketen.pipeline import Site
from participatieketen.places import Workspace

MVAD = Path(__file__).parent / "reference" / "mvad" / "pipeline.toml"
MADE_ON = "2026-02-03"

ROUNDING = pseudonyms.Key(bytes(range(32)), "toets")
"""Figures are drawn with the same key in every run of the tests; what must hold for any key draws its own."""

Keten = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Run:
    """A run that published, and what it said on the way."""

    workspace: Workspace
    site: Site
    said: tuple[str, ...]
    key: Path

    @property
    def ledger(self) -> ledger.Place:
        """Where the ledger of the run is."""
        return ledger_of(self.key)

    @property
    def pages(self) -> dict[str, str]:
        """Every page of the release, and what it says of itself."""
        folder = self.site.page.parent
        return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}

    @property
    def downloads(self) -> dict[str, bytes]:
        """Every file of the release to take along."""
        return {path.name: path.read_bytes() for path in (self.site.page.parent / "downloads").iterdir()}


def ledger_of(key: Path) -> ledger.Place:
    """Return where the ledger is of the rounding key in this file."""
    return ledger.place_of(key, pseudonyms.read_rounding_key(key).id)


def copied(key: Path, folder: Path) -> Path:
    """Return a copy of a key in a folder of its own: figures are drawn alike, and its ledger is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(key, folder / "sleutel"))


@pytest.fixture(scope="session")
def key_of_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the key of the fictional town, outside any workspace."""
    path = tmp_path_factory.mktemp("sleutel") / "sleutel"
    pseudonyms.new_key(path, ROUNDING)
    return path


@pytest.fixture(autouse=True)
def _own_places(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep every test away from the workspace, the reports and the key of whoever runs the tests.

    A test that looks at the fictional town has the key of that town; any other a copy, which has a ledger of its own.
    """
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "workspace"))
    monkeypatch.setenv("KETEN_REPORTS", str(tmp_path / "reports"))
    of_town: Path = request.getfixturevalue("key_of_town")
    own = of_town if "town" in request.fixturenames else copied(of_town, tmp_path_factory.mktemp("eigen-sleutel"))
    monkeypatch.setenv("KETEN_KEY", str(own))


@pytest.fixture
def keten(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Keten:
    """Return the command: arguments in; exit code, output and error text out, also what libraries wrote themselves."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["keten", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capfd.readouterr()
        return int(stop.value.code or 0), printed.out, printed.err

    return run


def run_once(name: str, folder: Path, key: Path, made_on: str = MADE_ON) -> Run:
    """Run a pipeline in a folder of its own."""
    workspace = Workspace(folder / "workspace", folder / "reports").make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KETEN_KEY", str(key))
        if name == "maandrapportage":
            town = synthetic.make_town(persons=600, months=51)
            synthetic.write_deliveries(town, workspace.inbox, dirty=True)
        said: list[str] = []
        site = pipeline.run(pipeline.read(name), workspace, None, made_on, said.append)
    return Run(workspace, site, tuple(said), key)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, key_of_town: Path) -> Run:
    """Return the monthly report of a small fictional town, with dirty rows."""
    return run_once("maandrapportage", tmp_path_factory.mktemp("stad"), key_of_town)


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory, key_of_town: Path) -> Run:
    """Return the first page of the town of a month after another: a release that has one before it."""
    folder = tmp_path_factory.mktemp("later")
    workspace = Workspace(folder / "workspace", folder / "reports").make()
    own = copied(key_of_town, folder)
    steered = pipeline.read("maandrapportage")
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KETEN_KEY", str(own))
        for peildatum in (date(2025, 12, 1), date(2026, 1, 1)):
            town = synthetic.make_town(persons=600, months=51, peildatum=peildatum)
            synthetic.write_deliveries(town, workspace.inbox)
            first = replace(steered, notebooks=steered.notebooks[:1])
            site = pipeline.run(first, workspace, None, MADE_ON, said.append)
    return Run(workspace, site, tuple(said), own)


@pytest.fixture(scope="session")
def mvad(tmp_path_factory: pytest.TempPathFactory, key_of_town: Path) -> Run:
    """Return the report of the mvad chain; skips where its data are not beside the project."""
    if not (places.project().parent / "shared" / "data" / "mvad_spells.csv").is_file():
        pytest.skip("../shared/data/mvad_spells.csv is not beside the project")
    folder = tmp_path_factory.mktemp("mvad")
    return run_once(str(MVAD), folder, copied(key_of_town, folder))
