"""Transition probabilities with variance, by group and against R's etm, and what bands cover: measured in one run.

python tests/benchmarks/estimates.py [--persons 1000000] [--etm 20000 1000000] [--repeats 3] [--runs 1000]

People move between six states, to and fro, on whole days in ten years; two in five come in later. Each measurement is a
process of its own that does its part once without counting (that one pays for memory that the system has not given
yet), and then counts. Times are medians, in turns. The parts:

one        transition probabilities with variance at every day, from the history in memory
sixteen    the same for each of 16 groups
etm        R's etm with covariance on the same history in memory, once for each size; where R is not there, it says so

Coverage: people of a Markov chain with known chances per day, of whom some come in later and some are lost; of so many
runs with 300 persons, the share of 95 % bands that hold the truth. The goal is 93-97 %.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import polars as pl

from participatieketen import estimates

STATES = ("bijstand", "dagbesteding", "elders", "sociale_cooperatie", "startbaan", "werk")
DAYS = 3_653
MEAN_DAYS = np.array([700, 400, 900, 500, 300, 800])
GROUPS = 16

CHANCES = np.array([[0.96, 0.03, 0.01], [0.02, 0.96, 0.02], [0.01, 0.03, 0.96]])  # a day, of known: from a, b, c
RUN, FOLLOWED, ASKED, SINCE = 300, 100, (10, 25, 50, 90), 20

Numbers = npt.NDArray[np.int64]


# --- a country --------------------------------------------------------------------------------------------------------


def country(persons: int, seed: int = 1) -> pl.DataFrame:
    """Return person, state, start, stop, to, region: the stays of people who are followed until the last day."""
    random = np.random.default_rng(seed)
    person, state = np.arange(persons), random.integers(0, len(STATES), persons)
    day = np.where(random.random(persons) < 0.6, 0, random.integers(0, DAYS - 1, persons))
    found = []
    while len(person):
        stop = day + 1 + random.exponential(MEAN_DAYS[state]).astype(np.int64)
        to = (state + random.integers(1, len(STATES), len(person))) % len(STATES)
        found.append(pl.DataFrame({"person": person, "state": state, "start": day, "stop": stop, "to": to}))
        goes_on = stop < DAYS
        person, state, day = person[goes_on], to[goes_on], stop[goes_on]
    names = pl.lit(pl.Series(STATES, dtype=pl.Enum(STATES)))
    return (
        pl.concat(found)
        .select(
            pl.col("person").cast(pl.Int32),
            names.gather("state").alias("state"),
            pl.col("start").cast(pl.Int32),
            pl.col("stop").clip(upper_bound=DAYS).cast(pl.Int32),
            pl.when(pl.col("stop") < DAYS).then(names.gather("to")).alias("to"),
            region=pl.col("person") % GROUPS,
        )
        .sort("person", "start")
    )


def written(folder: Path, persons: int) -> Path:
    """Write the history of so many persons to Parquet, once."""
    path = folder / f"history_{persons}.parquet"
    if not path.exists():
        country(persons).write_parquet(path)
    return path


# --- parts ------------------------------------------------------------------------------------------------------------


def seconds_of(path: Path, by: list[str]) -> float:
    """Return the seconds that an estimate takes, the second time."""
    history = pl.read_parquet(path)
    for _ in range(2):
        start = time.perf_counter()
        estimates.transition_probabilities(history, s=0, by=by)
        seconds = time.perf_counter() - start
    return seconds


def measure_apart(folder: Path, part: str, persons: int) -> tuple[float, float]:
    """Do a part in a process of its own; returns seconds and the most GB it held."""
    command = [sys.executable, __file__, "--folder", str(folder), "--part", part, "--persons", str(persons)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def measure(folder: Path, part: str, persons: int) -> tuple[float, float]:
    """Do a part in this process."""
    path = written(folder, persons)
    seconds = 0.0 if part == "prepare" else seconds_of(path, ["region"] if part == "sixteen" else [])
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def etm(folder: Path, persons: int) -> tuple[float, float]:
    """Return R's seconds, and the largest difference with its last probabilities and variances."""
    history, answer = folder / f"etm_{persons}.csv", folder / f"answer_{persons}.csv"
    rows = pl.read_parquet(written(folder, persons))
    number = pl.col("state", "to").to_physical().cast(pl.Int64) + 1
    coded = rows.select(
        pl.col("person").alias("id"), pl.col("start").alias("entry"), pl.col("stop").alias("exit"), number
    )
    coded.rename({"state": "from"}).with_columns(pl.col("to").fill_null(0)).write_csv(history)
    command = [shutil.which("Rscript") or "Rscript", str(Path(__file__).with_name("etm.R")), str(history), str(answer)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = estimates.transition_probabilities(rows, s=0)
    last = found.filter(pl.col("time") == pl.col("time").max())
    theirs = pl.read_csv(answer)
    apart = [float(np.abs((last[name] - theirs[name]).to_numpy()).max()) for name in ("probability", "variance")]
    return float(done.stdout), max(apart)


# --- coverage ---------------------------------------------------------------------------------------------------------


def chain_of(runs: int, seed: int) -> pl.DataFrame:
    """Return person, run, state, start, stop, to of so many runs of a Markov chain that starts in a."""
    random = np.random.default_rng(seed)
    persons = runs * RUN
    path = np.zeros((persons, FOLLOWED + 1), dtype=np.int64)
    for day in range(1, FOLLOWED + 1):
        below = CHANCES.cumsum(axis=1)[path[:, day - 1]]
        path[:, day] = (random.random(persons)[:, None] > below[:, :-1]).sum(axis=1)
    entry = np.where(random.random(persons) < 0.7, 0, random.integers(1, 30, persons))
    end = np.where(random.random(persons) < 0.5, FOLLOWED, random.integers(40, FOLLOWED, persons))
    return stays(path, entry, end)


def stays(path: Numbers, entry: Numbers, end: Numbers) -> pl.DataFrame:
    """Return the stays of (persons x days) states, seen after `entry` up to and including `end`."""
    days = np.arange(path.shape[1])
    moved = np.diff(path, axis=1, prepend=path[:, :1]) != 0
    begins = (moved & (days > entry[:, None]) & (days < end[:, None])) | (days == entry[:, None])
    person, start = np.nonzero(begins)
    rows = pl.DataFrame({"person": person, "state": path[person, start], "start": start, "end": end[person]})
    last = path[np.arange(len(end)), end]
    names = pl.lit(pl.Series(["a", "b", "c"]))
    later = pl.col("start").shift(-1).over("person"), pl.col("state").shift(-1).over("person")
    moved_last = pl.lit(pl.Series(last)).gather("person")
    return rows.with_columns(stop=later[0].fill_null(pl.col("end")), to=later[1].fill_null(moved_last)).select(
        "person",
        "start",
        "stop",
        names.gather("state").alias("state"),
        pl.when(pl.col("to") != pl.col("state")).then(names.gather("to")).alias("to"),
        run=pl.col("person") // RUN,
    )


def truth(since: int, name: str) -> pl.DataFrame:
    """Return time, from, to and the true probability: a power of the chances of a day."""
    rows = [
        (float(t), "abc"[i], "abc"[j], float(power[i, j]))
        for t in ASKED
        if t > since
        for power in [np.linalg.matrix_power(CHANCES, t - since)]
        for i in range(3)
        for j in range(3)
    ]
    return pl.DataFrame(rows, schema=["time", "from", "to", name], orient="row")


def covered(history: pl.DataFrame) -> pl.DataFrame:
    """Return what, transform, time, from, to, run, holds: whether the band of each estimate holds the truth."""
    later = [t for t in ASKED if t > SINCE]
    found = {
        "occupancy": (0, estimates.occupancy(history, "a", times=ASKED, by=["run"]).rename({"state": "to"})),
        "moves": (SINCE, estimates.transition_probabilities(history, s=SINCE, times=later, by=["run"])),
    }
    return pl.concat(
        estimates.band(
            frame if "from" in frame.columns else frame.with_columns(pl.lit("a").alias("from")), 0.95, transform
        )
        .join(truth(since, "true"), on=["time", "from", "to"])
        .select(
            pl.lit(what).alias("what"),
            pl.lit(transform).alias("transform"),
            "time",
            "from",
            "to",
            holds=pl.col("true").is_between("lower", "upper"),
        )
        for what, (since, frame) in found.items()
        for transform in ("log-log", "logit")
    )


def coverage(runs: int) -> pl.DataFrame:
    """Return what, transform, time, from, to, share: how often a 95 % band holds the truth."""
    blocks = [min(100, runs - done) for done in range(0, runs, 100)]
    found = pl.concat(covered(chain_of(block, seed)) for seed, block in enumerate(blocks))
    return found.group_by("what", "transform", "time", "from", "to", maintain_order=True).agg(
        share=pl.col("holds").mean()
    )


# --- what is said -----------------------------------------------------------------------------------------------------


def run(folder: Path, arguments: argparse.Namespace) -> None:
    """Measure every part in turn, and print times, ratios and goals."""
    sizes = sorted({arguments.persons, *arguments.etm})
    found: dict[tuple[str, int], list[tuple[float, float]]] = {("one", size): [] for size in sizes}
    found["sixteen", arguments.persons] = []
    for size in sizes:
        measure_apart(folder, "prepare", size)
    for _ in range(arguments.repeats):
        for (part, size), measured in found.items():
            measured.append(measure_apart(folder, part, size))
    say(f"{'part':<10}{'persons':>12}{'stays':>12}{'times':>7}{'seconds':>10}{'lowest':>9}{'highest':>9}{'peak GB':>9}")
    for (part, size), measured in found.items():
        seconds, peak = (list(column) for column in zip(*measured, strict=True))
        stays_ = pl.scan_parquet(written(folder, size)).select(pl.len()).collect().item()
        say(
            f"{part:<10}{size:>12,}{stays_:>12,}{len(measured):>7}{median(seconds):>10.3f}{min(seconds):>9.3f}"
            f"{max(seconds):>9.3f}{max(peak):>9.2f}"
        )
    medians = {key: median(seconds for seconds, _ in measured) for key, measured in found.items()}
    say("")
    say(f"one, {arguments.persons:,}: {medians['one', arguments.persons]:.2f} s (goal: about 1)")
    ratio = medians["sixteen", arguments.persons] / medians["one", arguments.persons]
    say(f"16 groups / one, {arguments.persons:,}: {ratio:.2f} (goal: at most 3)")
    for size in arguments.etm:
        against_etm(folder, size, medians["one", size])


def against_etm(folder: Path, persons: int, ours: float) -> None:
    """Print how much longer etm takes on the same data, and how far apart the answers are."""
    if not shutil.which("Rscript"):
        say("etm was not measured: there is no Rscript here")
        return
    seconds, apart = etm(folder, persons)
    say(f"etm / one, both {persons:,}: {seconds:.2f} s / {ours:.3f} s = {seconds / ours:.0f} (goal: at least 100)")
    say(f"  and their last probabilities and variances differ by at most {apart:.1e}")


def show_coverage(runs: int) -> None:
    """Print how often the bands hold the truth."""
    found = coverage(runs)
    say(f"\n95 % bands that hold the truth, {runs:,} runs of {RUN}: lowest, mean and highest over states and times")
    for (what, transform), shares in found.group_by("what", "transform", maintain_order=True):
        low, mean, high = shares.select(
            low=pl.col("share").min(), mean=pl.col("share").mean(), high=pl.col("share").max()
        ).row(0)
        inside = shares["share"].is_between(0.93, 0.97)
        say(
            f"{what:<10}{transform:<9}{low:>7.1%}{mean:>7.1%}{high:>7.1%}"
            f"  {inside.sum()} of {shares.height} within 93-97 %"
        )
        for *_, at, start, to, share in shares.filter(~inside).iter_rows():
            say(f"{'':<10}outside: {start} to {to}, day {at:g}: {share:.1%}")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Run the benchmark, or one part of it."""
    parser = argparse.ArgumentParser(description="Ratios and coverage of the estimates, measured in one run.")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--etm", type=int, nargs="*", default=[20_000, 1_000_000], help="sizes to compare with R's etm")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--runs", type=int, default=1_000, help="runs of the coverage simulation")
    parser.add_argument("--part", choices=["prepare", "one", "sixteen"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        say(json.dumps(measure(arguments.folder, arguments.part, arguments.persons)))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments)
    show_coverage(arguments.runs)


if __name__ == "__main__":
    main()
