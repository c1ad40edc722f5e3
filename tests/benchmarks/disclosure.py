"""How long rounding and the audit take: 24 months, 6 positions, 16 groups; limit 60 seconds.

Run: python tests/benchmarks/disclosure.py [coarse]; coarse: of groups only who stays, leaves and comes in.
"""

import sys
from datetime import date
from time import process_time

import numpy as np
import polars as pl

from participatieketen.disclosure import families
from participatieketen.disclosure.audit import examine
from participatieketen.disclosure.groupings import Shown, _merged, _systems, aliases, crosses
from participatieketen.disclosure.series import NOTHING, added, values_of
from participatieketen.disclosure.systems import System, joined
from participatieketen.months import months_later

MONTHS, POSITIONS, GROUPS, PERSONS = 24, 6, 16, 3_600
INSIDE = [f"p{number}" for number in range(POSITIONS)]
CODES = ["verhuisd", "overleden", "overig"]
"""Where people leave to and come in from: per group these are one."""


def flows(random: np.random.Generator) -> pl.DataFrame:
    """Return month, group, from_position, to_position, persons: a month 4 % move, 2 % leave and as many come in."""
    group = random.choice(GROUPS, PERSONS, p=np.arange(1, GROUPS + 1) / np.arange(1, GROUPS + 1).sum())
    place = random.choice(POSITIONS + 1, PERSONS, p=[*np.array([0.6, 0.15, 0.05, 0.04, 0.03, 0.03]), 0.1])
    codes, label = np.random.default_rng(2), np.array([*INSIDE, *CODES])
    months = []
    for number in range(MONTHS):
        moves = random.random(PERSONS)
        after = np.where(moves < 0.04, random.choice(POSITIONS, PERSONS), place)
        after = np.where((moves > 0.98) | ((place == POSITIONS) & (moves > 0.2)), POSITIONS, after)
        ends = [np.where(end == POSITIONS, POSITIONS + codes.choice(3, PERSONS), end) for end in (place, after)]
        columns = {"group": group, "from_position": label[ends[0]], "to_position": label[ends[1]]}
        months.append(pl.DataFrame(columns).with_columns(month=pl.lit(months_later(date(2024, 1, 1), number))))
        place = after
    inside = pl.col("from_position").is_in(INSIDE) | pl.col("to_position").is_in(INSIDE)
    return (
        pl.concat(months)
        .filter(inside)
        .group_by("month", "group", "from_position", "to_position", maintain_order=True)
        .agg(persons=pl.len().cast(pl.Int64))
        .with_columns(pl.format("wijk {}", "group").alias("group"), grouping=pl.lit("wijk"), by_month=False)
    )


def systems(counts: pl.DataFrame, base: int) -> tuple[list[System], list[System]]:
    """Return the months of the totals at base 5, and of the groups."""
    pairs = [(i, j) for i in INSIDE for j in [*INSIDE, *CODES]] + [(code, j) for code in CODES for j in INSIDE]
    everyone = counts.group_by("month", "from_position", "to_position").agg(pl.col("persons").sum(), group=pl.lit(""))
    own, shown = _merged(counts, INSIDE), [f"wijk {number}" for number in range(GROUPS)]
    months, layout = families.months_of(counts), families.arcs(pairs, INSIDE)
    days = [(month, month, months_later(month, 1)) for month in months]
    totals = families.grid(everyone, months, pairs, [""])[:, 0]
    return (
        [families.flow_system(layout, p, "stock_flow", d, 5) for p, d in zip(totals, days, strict=True)],
        list(_systems(own, Shown("wijk", tuple(shown), "coarse" not in sys.argv, base), pairs, INSIDE)),
    )


def main() -> None:
    """Print seconds of one core, cells, extra steps, identities that do not hold, and what the audit found."""
    counts = flows(np.random.default_rng(1))
    totals, groups = systems(counts, base=10)
    begin = process_time()
    lines = added([*totals, *groups], NOTHING, bytes(32))
    rounded = process_time()
    whole = joined([*totals, *groups])
    broken = int((whole.identities @ values_of(whole.cells, lines) != 0).sum())
    between = crosses(whole, counts, INSIDE)
    found = examine(aliases(whole), lines, crosses=between).passed()
    sys.stdout.write(
        f"cells {lines.height}, crosses {len(between.truth)}, rounding {rounded - begin:.1f} s, "
        f"audit {process_time() - rounded:.1f} s, "
        f"extra steps {lines['extra'].sum()}, identities broken {broken}, {found}\n"
    )


if __name__ == "__main__":
    main()
