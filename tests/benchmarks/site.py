"""The site stage of the monthly run beside papermill and nbconvert by themselves, notebook after notebook.

    python tests/benchmarks/site.py [rounds]

Takes the newest monthly release of the workspace (KETEN_HOME). Both sides run the same notebooks on the same released
tables, in turn; ours also checks every output, and makes the downloads, the definitions and the index.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from participatieketen import chain, contracts, disclosure, findings, pipeline, places, reports

ROUNDS = 3
MONTHLY = pipeline.read("maandrapportage")


def main() -> None:
    """Print the medians and their ratio."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    made = list(places.workspace().releases.glob("maandrapportage-*/findings.json"))
    if not made:
        sys.exit("The workspace has no monthly release: run `make report` first.")
    database = max(made, key=lambda path: path.stat().st_mtime).with_name("released.duckdb")
    sides: dict[str, Callable[[Path, Path], None]] = {"site stage": ours, "papermill + nbconvert": plain}
    took: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(1, rounds + 1):
        for name, side in sides.items():
            took[name].append(seconds(side, database))
            print(f"round {number}: {name}: {took[name][-1]:.1f} s", flush=True)  # noqa: T201
    ratio = median(took["site stage"]) / median(took["papermill + nbconvert"])
    print(", ".join(f"{name} {median(times):.1f} s" for name, times in took.items()), f"ratio {ratio:.2f}")  # noqa: T201


def seconds(side: Callable[[Path, Path], None], database: Path) -> float:
    """Return how long a side takes in an empty folder."""
    with TemporaryDirectory() as folder:
        begin = perf_counter()
        side(database, Path(folder))
        return perf_counter() - begin


def ours(database: Path, folder: Path) -> None:
    """Publish the site as a run does."""
    tables, found = disclosure.open_release(database), findings.read(database)
    given = tables["stock"].context
    about = reports.Release(
        id=given.id,
        organisation=given.organisation,
        title=given.title,
        peildatum=given.peildatum,
        provisional_from=given.provisional_from,
        fictional=given.fictional,
        run=given.id,
        made_on="",
        record={},
        made=f"{date(2026, 2, 3)}",
        findings=findings.first_page(found),
    )
    basis = reports.Basis(tables, chain.read(MONTHLY.chain), contracts.read_folder(MONTHLY.contracts))
    parameters = {"released": str(database)}
    reports.build_site(
        MONTHLY.notebooks, parameters, folder / "run", folder / "site", about, lambda _: None, basis=basis
    )


def plain(database: Path, folder: Path) -> None:
    """Run each notebook with papermill and convert it with nbconvert, as their commands do."""
    for notebook in MONTHLY.notebooks:
        done = folder / notebook.name
        _python("papermill", str(notebook), str(done), "-p", "released", str(database), "--no-progress-bar")
        _python("nbconvert", "--to", "html", "--no-input", str(done))


def _python(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main()
