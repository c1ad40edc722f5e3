"""Published ranges of the fictional town against the rates that the town was made with.

    python tests/benchmarks/town_truth.py RELEASE [--persons 200000]

RELEASE is the folder of a published report. The truth is counted, without an estimator, in one very large population of
synthetic/town.toml, in equilibrium as the town is: of everyone who comes to a position for the first time since
1 October 2021 and was not there on that day, who made the first step forward, back or out of the chain within a year.
95 % ranges miss the truth in 1 of 20 rows or fewer.

Registers show less than the model has. A partner has no activity and leaves bijstand with reason 97: out, where the
other one goes to work; the truth is corrected for that. Days with nothing after a Startbaan, more than gap_days, make a
step back a step out; who moves or dies while at work is not seen: of these rows the model has no answer (HIDDEN).
"""

import argparse
import csv
import io
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.town_coverage import POSITIONS, RANKS, stays
from participatieketen.synthetic.model import STATES, day, read_model
from participatieketen.synthetic.simulate import MOVE, draw_people, simulate

YEAR = 365.25
BEGIN, UNTIL, END = day(date(2021, 10, 1)), day(date(2025, 10, 1)), day(date(2026, 10, 1))
HIDDEN = {("startbaan", "terug"), ("startbaan", "uit"), ("werk", "uit")}
WAYS = ("vooruit", "terug", "uit")


def truth(persons: int, seed: int = 1) -> dict[tuple[str, str], float]:
    """Return by position and direction the share of first stays that ended so within a year."""
    rng, model = np.random.default_rng(seed), read_model()
    people = draw_people(model, persons, day(date(2026, 1, 1)), rng)
    moves = simulate(model, people, END, rng)
    moves = moves.pick(moves.kind == MOVE)
    names = pl.Series([POSITIONS[state] for state in STATES])
    reached = pl.DataFrame(
        {"person": moves.person, "state": names.gather(moves.target), "start": moves.day, "end": END}
    )
    history = stays(reached.sort("person", "start").filter(pl.col("start") < END))
    there = history.filter(pl.col("start") <= BEGIN, pl.col("stop") > BEGIN).select("person", "state")
    came = history.filter(pl.col("start") > BEGIN, pl.col("start") <= UNTIL, pl.col("state").is_in(list(RANKS)))
    first = came.unique(["person", "state"], keep="first", maintain_order=True)
    first = first.join(there, on=["person", "state"], how="anti")
    ended = pl.col("to").is_not_null() & (pl.col("stop") - pl.col("start") <= YEAR)
    counted = first.group_by("state").agg(
        *((ended & (pl.col("way") == way)).mean().alias(way) for way in WAYS),
        to_work=(ended & (pl.col("to") == "werk")).mean(),
    )
    true = {(row["state"], way): row[way] for row in counted.iter_rows(named=True) for way in WAYS}
    couple = model.numbers["households"]["couple"]
    partners = couple / (1 + couple)
    to_work = counted.filter(pl.col("state") == "bijstand")["to_work"].item()
    true["bijstand", "vooruit"] *= 1 - partners
    true["bijstand", "uit"] += partners * to_work
    return {cell: share for cell, share in true.items() if cell not in HIDDEN}


def published(release: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Return by position and direction the range after a year; what is not shown is missing."""
    text = (release / "downloads" / "estimate.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    found = {}
    for row in rows:
        if (row["maat"], row["maanden"]) == ("eerste_stap", "12") and row["ondergrens"]:
            low, high = (float(row[end].replace(",", ".")) for end in ("ondergrens", "bovengrens"))
            found[row["plek"], row["uitkomst"]] = low, high
    return found


def main() -> None:
    """Print position, direction, truth, range and whether it holds it; exit 1 when more than 1 in 20 do not."""
    parser = argparse.ArgumentParser(description="Published ranges against the rates of the town.")
    parser.add_argument("release", type=Path)
    parser.add_argument("--persons", type=int, default=200_000)
    arguments = parser.parse_args()
    true, shown = truth(arguments.persons), published(arguments.release)
    missed = 0
    for cell, (low, high) in shown.items():
        if cell in true:
            holds = low <= true[cell] <= high
            missed += not holds
            said = "in" if holds else "UIT"
            sys.stdout.write(f"{cell[0]:<20}{cell[1]:<9}{true[cell]:7.3f}   {low:.2f} - {high:.2f}  {said}\n")
    sys.exit(missed * 20 > len(shown))


if __name__ == "__main__":
    main()
