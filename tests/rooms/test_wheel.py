"""The wheel carries what a run needs, in the same places relative to each other."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from participatieketen import places

ROOT = places.project()
NEEDED = (
    "data_contracts/**/*.*",
    "notebooks/*.ipynb",
    "pipelines/*.toml",
    "pipelines/*/*.toml",
    "reports/*.toml",
    "reports/template/**/*.*",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wiel")
    build = "import sys, os; os.chdir(sys.argv[1]); from hatchling.build import build_wheel; build_wheel(sys.argv[2])"
    subprocess.run([sys.executable, "-c", build, str(ROOT), str(folder)], check=True, capture_output=True)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_file_that_a_run_reads_is_in_it(wheel: Path) -> None:
    """Contracts, chains, sources, pipelines, notebooks, template; the decisions stay behind."""
    needed = {path.relative_to(ROOT) for pattern in NEEDED for path in ROOT.glob(pattern)}
    carried = wheel / "participatieketen" / "project"
    assert needed
    assert not [str(path) for path in sorted(needed) if not (carried / path).is_file()]
    assert {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")} == {"participatieketen"}


def test_the_installed_package_finds_its_pipelines(wheel: Path, tmp_path: Path) -> None:
    """From another folder, without the checkout."""
    code = (
        "from participatieketen import pipeline, places; print(places.project()); "
        "monthly, half = map(pipeline.read, ('maandrapportage', 'halfjaarrapportage')); "
        "print(monthly.chain.is_file(), half.style.is_file(), half.months)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(wheel)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [str(wheel / "participatieketen" / "project"), "True True 36"]
