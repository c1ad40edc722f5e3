"""Whether two versions of the program publish the same figures: every released table of every report, row for row.

    python tests/benchmarks/same_figures.py KETEN_BEFORE KETEN_AFTER [--persons 600] [--months 2025-12 2026-01]

KETEN_BEFORE and KETEN_AFTER are the command `keten` of two checkouts. Both make the fictional town, month after month,
with one key, and publish every report. Compared are the released tables (`released.duckdb`) and the findings beside
them; ids of releases, ledgers and keys are not, because they tell of the program and not of the town.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl

REPORTS = ("maandrapportage", "halfjaarrapportage", "wijkrapportage")
MONTHS = ("2025-12", "2026-01")
KEY = ("ab" * 32, "cd" * 32)
"""A key for pseudonyms and one for rounding: both versions draw alike."""
OF_THE_PROGRAM = ("id", "key", "ledger")


def published(keten: Path, home: Path, persons: int, months: list[str]) -> dict[str, pl.DataFrame]:
    """Return what a version publishes: by report, month and table its rows."""
    home.mkdir()
    (home / "sleutel").write_text("\n".join(KEY) + "\n", encoding="ascii")
    (home / "sleutel").chmod(0o400)
    places = {"KETEN_HOME": home / "workspace", "KETEN_REPORTS": home / "reports", "KETEN_KEY": home / "sleutel"}
    environment = os.environ | {name: str(path) for name, path in places.items()}
    tables: dict[str, pl.DataFrame] = {}
    for month in months:
        _run(keten, "demo", "--persons", str(persons), "--peildatum", f"{month}-01", environment=environment)
        for report in REPORTS:
            _run(keten, "run", report, "--quiet", environment=environment)
    for file in sorted((home / "workspace" / "releases").glob("*/released.duckdb")):
        named = file.parent.name.rpartition("-")[0]
        tables |= {f"{named} {table}": rows for table, rows in _released(file)}
        findings = file.with_name("findings.json")
        tables[f"{named} findings.json"] = pl.DataFrame({"text": findings.read_text(encoding="utf-8").splitlines()})
    return tables


def _run(keten: Path, *arguments: str, environment: dict[str, str]) -> None:
    subprocess.run([str(keten), *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)


def _released(file: Path) -> list[tuple[str, pl.DataFrame]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [name for (name,) in connection.sql("show tables").fetchall()]
        return [(name, connection.table(name).pl().drop(OF_THE_PROGRAM, strict=False)) for name in names]


def differences(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]) -> list[str]:
    """Return one line for each table that is not the same."""
    lines = [f"{name}: only before" for name in before.keys() - after.keys()]
    lines += [f"{name}: only after" for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        old, new = before[name], after[name]
        if not old.equals(new):
            same = old.columns == new.columns and old.height == new.height
            many = sum(a != b for a, b in zip(old.rows(), new.rows(), strict=False)) if same else "shape"
            lines.append(f"{name}: {many} of {old.height} rows differ")
    return sorted(lines)


def main() -> None:
    """Publish with both, compare, and say what differs; exit code 1 when something does."""
    parser = argparse.ArgumentParser(description="Whether two versions publish the same figures.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--persons", type=int, default=600)
    parser.add_argument("--months", nargs="+", default=list(MONTHS))
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    before, after = (
        published(keten.absolute(), folder / name, given.persons, given.months)
        for name, keten in (("before", given.before), ("after", given.after))
    )
    lines = differences(before, after)
    shutil.rmtree(folder)
    sys.stdout.write("\n".join([*lines, f"{len(before)} tables before, {len(lines)} differ", ""]))
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
