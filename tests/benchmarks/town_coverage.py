"""What 95 % bands cover on the fictional town, whose rates are known.

python tests/benchmarks/town_coverage.py [--runs 1000] [--persons 3000] [--truth 1000000]

A run is so many newcomers of synthetic/town.toml (3,000 is what a town with 3,700 people in bijstand sees in 51 months)
who come in on a random day of 51 months and are followed until those months end: censored by the calendar, as in the
registers. All programmes run by then (1 January 2024 and later), so the day of entry says nothing about what follows,
and censoring is independent.

The positions of the town are neither Markov nor semi-Markov: rates differ between fast leavers and long stayers, and go
with age, time on bijstand and time in the position. So no formula gives the truth. It is counted, without an estimator,
in one very large population (1,000,000 persons) of other random numbers in which everyone is followed for 51 months.

first       first step after entry, by direction (cumulative_incidence)
back        first step back since entry, before leaving for good (cumulative_incidence)
where       position of those who come in on bijstand (occupancy from a known start)
shares      position of all newcomers (occupancy from the shares found at entry: its error takes these as given, so
            bands are too narrow where a position is made up of those who came in there)
landmark    of those in bijstand after a step back, 24 months after entry: still there, higher up, elsewhere, or gone
            (landmark_occupancy)

The goal is 93-97 % for each cell. A band rests on the moves into and out of a state, so cells are told apart by how
many of those a run sees on average; every cell outside is shown with that number.
"""

import argparse
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from participatieketen import chain, estimates, places
from participatieketen.synthetic.model import STATES, Model, day, read_model
from participatieketen.synthetic.simulate import MOVE, draw_people, simulate

SINCE = day(date(2024, 1, 1))
MONTH = 365.25 / 12
DAYS = round(51 * MONTH)
ASKED = [float(round(months * MONTH)) for months in (6, 12, 24, 36)]
LANDMARK, AFTER_LANDMARK = ASKED[2], [float(round(months * MONTH)) for months in (27, 30, 36)]
BLOCK = 50  # runs that are estimated at once, as groups
ENOUGH = 10  # moves in a run; with fewer a run may well see none, and then its band is a point

GONE, BACK = "weg", "na terug: "  # moved, died or AOW, from where nobody comes back; a position after a step back
POSITIONS = {
    **{state: state.removeprefix("bijstand+").replace("cooperatie", "sociale_cooperatie") for state in STATES},
    **dict.fromkeys(("verhuisd", "overleden", "aow"), GONE),
}
RANKS = chain.read(places.project() / "pipelines/chains/participatie.toml").ranks


# --- histories --------------------------------------------------------------------------------------------------------


def newcomers(model: Model, persons: int, seed: int, longer: int = 0) -> pl.DataFrame:
    """Return the history of newcomers, on the clock since entry; all are followed to so many days after the window."""
    rng = np.random.default_rng([seed, longer])
    end = SINCE + DAYS + longer
    people = draw_people(model, persons, SINCE + DAYS, rng)
    entry = SINCE + rng.integers(0, DAYS, persons)
    people = replace(people, born=people.born + entry - people.entry, entry=entry)
    moves = simulate(model, people, end, rng)
    moves = moves.pick(moves.kind == MOVE)
    names = pl.Series([POSITIONS[state] for state in STATES])
    reached = pl.DataFrame(
        {
            "person": moves.person,
            "state": names.gather(moves.target),
            "start": moves.day - entry[moves.person],
            "end": np.minimum(end - entry, DAYS)[moves.person],
        }
    )
    return stays(reached.filter(pl.col("start") < pl.col("end")))


def stays(reached: pl.DataFrame) -> pl.DataFrame:
    """Return rows person, state, start, end (of following) as a history; rows in one state are one stay."""
    changed = (pl.col("state") != pl.col("state").shift(1)) | (pl.col("person") != pl.col("person").shift(1))
    goes_on = pl.col("person") == pl.col("person").shift(-1)
    return (
        reached.filter(changed.fill_null(value=True))
        .select(
            "person",
            "state",
            "start",
            stop=pl.when(goes_on).then(pl.col("start").shift(-1)).otherwise("end"),
            to=pl.when(goes_on).then(pl.col("state").shift(-1)),
        )
        .filter(pl.col("state") != GONE)
        .with_columns(way=direction())
    )


def direction() -> pl.Expr:
    """Return the direction of the step that ends a stay; null when it is censored."""
    before, after = (pl.col(name).replace_strict(RANKS, default=None) for name in ("state", "to"))
    way = pl.when(after > before).then(pl.lit("vooruit")).when(after < before).then(pl.lit("terug"))
    return pl.when(pl.col("to").is_not_null()).then(way.otherwise(pl.lit("uit")))


def first_step(history: pl.DataFrame) -> pl.DataFrame:
    """Return each person's first stay and the direction of the step that ends it."""
    first = history.filter(pl.col("start") == 0)
    return first.with_columns(pl.lit("begin").alias("state"), pl.col("way").alias("to"))


def first_back(history: pl.DataFrame) -> pl.DataFrame:
    """Return one stay a person, from entry to the first step back, to gone, or censored."""
    back = pl.when(pl.col("way") == "terug").then(pl.col("way"))
    ended = history.with_columns(to=back.fill_null(pl.when(pl.col("to") == GONE).then(pl.col("to"))))
    last = (pl.col("person") != pl.col("person").shift(-1)).fill_null(value=True)
    first = ended.filter(pl.col("to").is_not_null() | last).unique("person", keep="first", maintain_order=True)
    return first.with_columns(pl.lit("begin").alias("state"), pl.lit(0, dtype=pl.Int64).alias("start"))


def after_back(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history with other names for what follows a step back: bijstand, higher up, elsewhere."""
    back = (pl.col("way") == "terug").fill_null(value=False).cast(pl.Int64)
    so_far = back.cum_sum().over("person")
    levels = dict.fromkeys(POSITIONS.values(), "elders") | dict.fromkeys(RANKS, "hoger") | {"bijstand": "bijstand"}
    named = {name: pl.concat_str(pl.lit(BACK), pl.col(name).replace(levels)) for name in ("state", "to")}
    return history.with_columns(
        pl.when(so_far > back).then(named["state"]).otherwise("state").alias("state"),
        pl.when((so_far > 0) & (pl.col("to") != GONE)).then(named["to"]).otherwise("to").alias("to"),
    )


# --- truth and estimates ----------------------------------------------------------------------------------------------


def shares(history: pl.DataFrame, times: list[float]) -> pl.DataFrame:
    """Return time, state, true: the share of people in each state, when all are followed."""
    final = pl.col("to").is_not_null() & (pl.col("person") != pl.col("person").shift(-1)).fill_null(value=True)
    ended = history.filter(final).select("person", pl.col("to").alias("state"), start="stop", stop=pl.lit(DAYS + 1))
    rows = pl.concat([history.select("person", "state", "start", "stop"), ended], how="vertical_relaxed")
    there = [rows.filter(pl.col("start") <= t, pl.col("stop") > t).group_by("state").len("n") for t in times]
    persons = history["person"].n_unique()
    return pl.concat(
        found.select(pl.lit(t).alias("time"), "state", true=pl.col("n") / persons)
        for t, found in zip(times, there, strict=True)
    )


def at_landmark(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history of those who are in bijstand after a step back, at the landmark."""
    there = pl.col("state") == BACK + "bijstand", pl.col("start") <= LANDMARK, pl.col("stop") > LANDMARK
    return history.join(history.filter(*there), on="person", how="semi", maintain_order="left")


def on_bijstand(history: pl.DataFrame) -> pl.DataFrame:
    """Return the history of those who come in on bijstand."""
    begins = pl.col("state") == "bijstand", pl.col("start") == 0
    return history.join(history.filter(*begins), on="person", how="semi", maintain_order="left")


def truth(history: pl.DataFrame) -> pl.DataFrame:
    """Return what, time, state, true: counted among people who are all followed; `begin` is no answer."""
    found = {
        "first": shares(first_step(history), ASKED),
        "back": shares(first_back(history), ASKED),
        "where": shares(on_bijstand(history), ASKED),
        "shares": shares(history, ASKED),
        "landmark": shares(at_landmark(after_back(history)), AFTER_LANDMARK),
    }
    rows = pl.concat(frame.select(pl.lit(what).alias("what"), pl.all()) for what, frame in found.items())
    return rows.filter(pl.col("state") != "begin")


def estimated(history: pl.DataFrame) -> pl.DataFrame:
    """Return what, run, time, state, lower, upper, by run."""
    by = ["run"]
    step, back, later = first_step(history), first_back(history), after_back(history)
    found = {
        "first": estimates.cumulative_incidence(step, "begin", ASKED, by).rename({"to": "state"}),
        "back": estimates.cumulative_incidence(back, "begin", ASKED, by).rename({"to": "state"}),
        "where": estimates.occupancy(on_bijstand(history), "bijstand", ASKED, by),
        "shares": estimates.occupancy(history, times=ASKED, by=by),
        "landmark": estimates.landmark_occupancy(later, BACK + "bijstand", LANDMARK, AFTER_LANDMARK, by),
    }
    return pl.concat(
        estimates.band(frame).select(pl.lit(what).alias("what"), "run", "time", "state", "lower", "upper")
        for what, frame in found.items()
    )


def moves(history: pl.DataFrame) -> pl.DataFrame:
    """Return what, time, state, moves: how many moves into and out of the state are seen by then, in all runs."""
    seen = {
        "first": (first_step(history), ASKED),
        "back": (first_back(history), ASKED),
        "where": (on_bijstand(history), ASKED),
        "shares": (history, ASKED),
        "landmark": (at_landmark(after_back(history)).filter(pl.col("stop") > LANDMARK), AFTER_LANDMARK),
    }
    return pl.concat(
        rows.filter(pl.col("to").is_not_null(), pl.col("stop") <= t)
        .filter(pl.col("state") != pl.col("to"))
        .select(state=pl.concat_list("state", "to").explode())
        .group_by("state")
        .agg(pl.lit(what).alias("what"), pl.lit(t).alias("time"), moves=pl.len())
        for what, (rows, times) in seen.items()
        for t in times
    )


def coverage(true: pl.DataFrame, runs: int, persons: int) -> pl.DataFrame:
    """Return what, time, state, true, moves a run, share of runs whose band holds the truth, by cell."""
    model, cell = read_model(), ["what", "time", "state"]
    held, seen = [], []
    for seed, first in enumerate(range(0, runs, BLOCK), start=1):
        block = min(BLOCK, runs - first)
        history = newcomers(model, block * persons, seed).with_columns(run=pl.col("person") // persons)
        both = true.join(estimated(history), on=cell)
        held.append(both.select(*cell, holds=pl.col("true").is_between("lower", "upper")))
        seen.append(moves(history))
    share = pl.concat(held).group_by(cell).agg(share=pl.col("holds").sum() / runs)
    a_run = pl.concat(seen).group_by(cell).agg(pl.col("moves").sum() / runs)
    return true.join(a_run, on=cell).join(share, on=cell).sort(cell)


# --- what is said -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Count the truth, follow the runs, and print what the bands cover."""
    parser = argparse.ArgumentParser(description="Coverage of the bands on the fictional town.")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--persons", type=int, default=3_000, help="newcomers in a run")
    parser.add_argument("--truth", type=int, default=1_000_000, help="persons in whom the truth is counted")
    arguments = parser.parse_args()
    start = time.perf_counter()
    true = truth(newcomers(read_model(), arguments.truth, 0, DAYS))
    found = coverage(true, arguments.runs, arguments.persons)
    say(f"enough: a run sees {ENOUGH} moves or more into and out of the state; few: less. Lowest, median, highest")
    say(f"95 % bands that hold the truth, {arguments.runs:,} runs of {arguments.persons:,} newcomers")
    for (what,), cells in found.group_by("what", maintain_order=True):
        show(what, cells)
    say(f"in {time.perf_counter() - start:.0f} s")


def show(what: object, cells: pl.DataFrame) -> None:
    """Print lowest, median and highest coverage of a measure, and each cell outside 93-97 %."""
    inside = pl.col("share").is_between(0.93, 0.97)
    for name, kind in (
        ("enough", cells.filter(pl.col("moves") >= ENOUGH)),
        ("few", cells.filter(pl.col("moves") < ENOUGH)),
    ):
        low, middle, high, good = kind.select(
            pl.col("share").min(),
            pl.col("share").median().alias("middle"),
            pl.col("share").max().alias("high"),
            inside.sum().alias("good"),
        ).row(0)
        if kind.height:
            say(f"{what!s:<10}{name:<8}{low:>7.1%}{middle:>7.1%}{high:>7.1%}  {good} of {kind.height} within 93-97 %")
    for _, at, state, true, seen, share in cells.filter(~inside).iter_rows():
        say(f"  outside: {state}, day {at:g}: {share:.1%} (truth {true:.4f}, {seen:.1f} moves a run)")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
