"""How long rounding and the audit take: 24 months, 6 positions, 16 groups; limit 60 seconds.

Run: python tests/benchmarks/disclosure.py
"""

import sys
from datetime import date
from itertools import pairwise
from time import process_time

import numpy as np

from participatieketen.disclosure import families
from participatieketen.disclosure.audit import audit
from participatieketen.disclosure.groupings import aliases
from participatieketen.disclosure.series import NOTHING, added, values_of
from participatieketen.disclosure.systems import Counts, System, joined

MONTHS, POSITIONS, GROUPS, PERSONS = 24, 6, 16, 3_600
INSIDE = [f"p{number}" for number in range(POSITIONS)]


def flows(random: np.random.Generator, pairs: list[families.Pair]) -> Counts:
    """Return (months x groups x pairs) persons: each month 4 % move, 2 % leave and as many come in."""
    group = random.choice(GROUPS, PERSONS, p=np.arange(1, GROUPS + 1) / np.arange(1, GROUPS + 1).sum())
    place = random.choice(POSITIONS + 1, PERSONS, p=[*np.array([0.6, 0.15, 0.05, 0.04, 0.03, 0.03]), 0.1])
    column = {pair: number for number, pair in enumerate(pairs)}
    label = [*INSIDE, families.OUTSIDE]
    persons = np.zeros((MONTHS, GROUPS, len(pairs)), dtype=np.int64)
    for month in range(MONTHS):
        moves = random.random(PERSONS)
        after = np.where(moves < 0.04, random.choice(POSITIONS, PERSONS), place)
        after = np.where((moves > 0.98) | ((place == POSITIONS) & (moves > 0.2)), POSITIONS, after)
        for one, start, end in zip(group, place, after, strict=True):
            if (label[start], label[end]) in column:
                persons[month, one, column[label[start], label[end]]] += 1
        place = after
    return persons


def systems(base: int) -> tuple[list[System], list[System]]:
    """Return the months of the totals at base 5, and of the groups."""
    outside = families.OUTSIDE
    pairs = [(i, j) for i in INSIDE for j in INSIDE] + [(i, outside) for i in INSIDE] + [(outside, j) for j in INSIDE]
    layout, persons = families.arcs(pairs, INSIDE), flows(np.random.default_rng(1), pairs)
    months = [families.later(date(2024, 1, 1), number) for number in range(MONTHS + 1)]
    days = [(month, month, after) for month, after in pairwise(months)]
    groups = [f"wijk {number}" for number in range(GROUPS)]
    return (
        [families.flow_system(layout, p.sum(axis=0), "stock_flow", d, 5) for p, d in zip(persons, days, strict=True)],
        [families.group_system(layout, p, "wijk", groups, d, base) for p, d in zip(persons, days, strict=True)],
    )


def main() -> None:
    """Print seconds of one core, cells, extra steps, identities that do not hold, and what the audit found."""
    totals, groups = systems(base=10)
    begin = process_time()
    lines = added([*totals, *groups], NOTHING, bytes(32))
    rounded = process_time()
    whole = joined([*totals, *groups])
    broken = int((whole.identities @ values_of(whole.cells, lines) != 0).sum())
    found = audit(aliases(whole), lines)
    sys.stdout.write(
        f"cells {lines.height}, rounding {rounded - begin:.1f} s, audit {process_time() - rounded:.1f} s, "
        f"extra steps {lines['extra'].sum()}, identities broken {broken}, {found}\n"
    )


if __name__ == "__main__":
    main()
