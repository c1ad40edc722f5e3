"""Spells -> timeline -> steps -> stock and flow, against DuckDB, pandas and itself: ratios measured in one run.

python tests/benchmarks/timelines.py [--persons 1000000] [--tenth 100000] [--pandas 1000000] [--repeats 3]

Each measurement is a process of its own: it does its part once without counting (that one pays for memory that the
system has not given yet), and then counts the median of three times, pandas of one. The repetitions of all parts take
turns, so that a busy moment of the machine does not hit one part only. Times are medians of those. What the parts do:

duckdb     reads the Parquet file and sorts all six columns by person and first_day, into an Arrow table in memory
timeline   reads the same file (counted against DuckDB, not against the others) and makes the timeline in memory
prepare    writes spells and their timeline to Parquet, not measured
moves      from the timeline in memory to steps and to stock and flow
pandas     from spells as whole numbers in memory to the same timeline (peer.py); once, for it takes long
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import NamedTuple

import duckdb
import polars as pl

from participatieketen.moves import steps, stock_flow
from participatieketen.timelines import timeline

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script finds only what stands beside it
from benchmarks import town

HORIZON = (town.PEILDATUM - date(1970, 1, 1)).days + 1


class Measured(NamedTuple):
    """One process: seconds of work, seconds of reading before it, and the most memory that it held."""

    seconds: float
    reading: float
    peak_gb: float


@dataclass(frozen=True)
class Part:
    """Something to measure at a size."""

    name: str
    persons: int


def duckdb_sorts(path: Path) -> tuple[float, float]:
    """Read and sort; returns seconds of work and of reading."""
    start = time.perf_counter()
    connection = duckdb.connect()
    spells = connection.read_parquet(str(path)).order("person, first_day").to_arrow_table()
    seconds = time.perf_counter() - start
    connection.close()
    return seconds if spells.num_rows else 0.0, 0.0


def makes_timeline(path: Path) -> tuple[float, float]:
    """Make the timeline; returns seconds of work and of reading."""
    start = time.perf_counter()
    spells = pl.read_parquet(path)
    read = time.perf_counter()
    timeline(spells, town.chain(), town.PEILDATUM)
    return time.perf_counter() - read, read - start


def makes_moves(path: Path) -> tuple[float, float]:
    """Make steps and monthly flow; returns seconds of work and of reading."""
    start = time.perf_counter()
    stays, chain = pl.read_parquet(path.with_stem(f"{path.stem}_timeline")), town.chain()
    read = time.perf_counter()
    steps(stays, chain)
    stock_flow(stays, chain, town.PEILDATUM)
    return time.perf_counter() - read, read - start


def pandas_makes_timeline(path: Path) -> tuple[float, float]:
    """Make the timeline with the peer; returns seconds of work and of reading."""
    from benchmarks import peer  # noqa: PLC0415 - the other parts should not hold pandas in memory

    start, chain = time.perf_counter(), town.chain()
    spells = peer.whole_numbers(pl.read_parquet(path), chain, HORIZON)
    read = time.perf_counter()
    peer.timeline(spells, chain, HORIZON)
    return time.perf_counter() - read, read - start


def prepare(path: Path) -> tuple[float, float]:
    """Write the timeline of spells beside them."""
    stays = timeline(pl.read_parquet(path), town.chain(), town.PEILDATUM)
    stays.write_parquet(path.with_stem(f"{path.stem}_timeline"))
    return 0.0, 0.0


PARTS: dict[str, Callable[[Path], tuple[float, float]]] = {
    "prepare": prepare,
    "duckdb": duckdb_sorts,
    "timeline": makes_timeline,
    "moves": makes_moves,
    "pandas": pandas_makes_timeline,
}


def measure(folder: Path, part: Part) -> Measured:
    """Do a part in this process."""
    work, spells = PARTS[part.name], town.write(folder, part.persons)
    work(spells)
    times = [work(spells) for _ in range(1 if part.name == "pandas" else 3)]
    seconds, reading = (median(column) for column in zip(*times, strict=True))
    return Measured(seconds, reading, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def measure_apart(folder: Path, part: Part) -> Measured:
    """Do a part in a process of its own; a child's peak begins at its parent's, so this process stays small."""
    command = [sys.executable, __file__, "--folder", str(folder), "--part", part.name, "--persons", str(part.persons)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(*json.loads(done.stdout))


def peer_agrees(persons: int) -> bool:
    """Say whether pandas and the engine make the same timeline of a sample."""
    from benchmarks import peer  # noqa: PLC0415 - see above

    spells, chain = town.spells(persons, seed=2), town.chain()
    peers = peer.timeline(peer.whole_numbers(spells, chain, HORIZON), chain, HORIZON)
    days = pl.col("position", "first_day", "next_day").to_physical()
    ours = timeline(spells, chain, town.PEILDATUM).select("person", days, pl.col("in_bijstand").alias("income"))
    columns = ["person", "position", "income", "first_day", "next_day"]
    return [tuple(map(int, row)) for row in ours.select(columns).iter_rows()] == [
        tuple(map(int, row)) for row in peers[columns].itertuples(index=False)
    ]


def run(folder: Path, arguments: argparse.Namespace) -> None:
    """Measure every part in turn, and print times, ratios and goals."""
    whole, tenth, pandas = arguments.persons, arguments.tenth, Part("pandas", arguments.pandas)
    for persons in sorted({whole, tenth, pandas.persons}):
        measure_apart(folder, Part("prepare", persons))
    often = [Part(name, whole) for name in ("duckdb", "timeline", "moves")]
    often += [Part(name, tenth) for name in ("timeline", "moves")]
    often += [Part("timeline", pandas.persons)] if pandas.persons not in {whole, tenth} else []
    found: dict[Part, list[Measured]] = {part: [] for part in often}
    for _ in range(arguments.repeats):
        for part in often:
            found[part].append(measure_apart(folder, part))
    found[pandas] = [measure_apart(folder, pandas)]
    show(found)
    ratios(found, whole, tenth, pandas.persons)
    say(f"pandas and the engine agree on 5,000 other persons: {'yes' if peer_agrees(5_000) else 'NO'}")


def show(found: dict[Part, list[Measured]]) -> None:
    """Print what was measured."""
    say(
        f"{'part':<10}{'persons':>12}{'times':>7}{'seconds':>10}{'lowest':>9}{'highest':>9}{'reading':>9}{'peak GB':>9}"
    )
    for part, measured in found.items():
        seconds, reading, peak = (list(column) for column in zip(*measured, strict=True))
        say(
            f"{part.name:<10}{part.persons:>12,}{len(measured):>7}{median(seconds):>10.3f}{min(seconds):>9.3f}"
            f"{max(seconds):>9.3f}{median(reading):>9.3f}{max(peak):>9.2f}"
        )


def ratios(found: dict[Part, list[Measured]], whole: int, tenth: int, pandas: int) -> None:
    """Print the ratios, each beside its goal."""

    def seconds(name: str, persons: int) -> float:
        return median(measured.seconds for measured in found[Part(name, persons)])

    reading = median(measured.reading for measured in found[Part("timeline", whole)])
    size, growth = whole / tenth, [seconds(name, whole) / seconds(name, tenth) for name in ("timeline", "moves")]
    beaten = seconds("pandas", pandas) / seconds("timeline", pandas)
    floor = (reading + seconds("timeline", whole)) / seconds("duckdb", whole)
    say("")
    say(f"reading and timeline / DuckDB reading and sorting, {whole:,}: {floor:.2f} (goal: at most 3)")
    say(f"pandas / timeline, both {pandas:,}: {beaten:.1f} (goal: at least 15; pandas measured once, so rough)")
    say(f"moves / timeline, {whole:,}: {seconds('moves', whole) / seconds('timeline', whole):.2f} (goal: at most 1)")
    for name, times in zip(("timeline", "moves"), growth, strict=True):
        say(f"{name}, {tenth:,} -> {whole:,}: x {times:.1f} (goal: at most {1.3 * size:.0f})")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Run the benchmark, or one part of it."""
    parser = argparse.ArgumentParser(description="Ratios of timelines and moves, measured in one run.")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--tenth", type=int, help="persons to grow from (default: a tenth)")
    parser.add_argument("--pandas", type=int, help="persons for pandas, compared at that size (default: all)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        say(json.dumps(measure(arguments.folder, Part(arguments.part, arguments.persons))))
        return
    arguments.tenth = arguments.tenth or arguments.persons // 10
    arguments.pandas = arguments.pandas or arguments.persons
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments)


if __name__ == "__main__":
    main()
