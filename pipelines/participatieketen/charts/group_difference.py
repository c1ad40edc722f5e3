"""Which groups of the released table `group_share` differ by more than chance: one rule for all pages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from participatieketen.charts.group_share import DIRECTIONS

LEVEL = 0.05
_COLUMNS = ("grouping", "group_code", "label", "direction", "n", "moved", "share", "lower", "upper")


@dataclass(frozen=True)
class Part:
    """Who of a group made a step in a direction: share of n who moved, with its band; label as readers see it."""

    grouping: str
    code: str
    label: str
    direction: str
    n: int
    moved: int
    share: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Comparison:
    """A group beside the others of its grouping together, so many groups; p of Fisher's exact test, two-sided."""

    part: Part
    n_rest: int
    moved_rest: int
    others: int
    p: float

    @property
    def rest(self) -> float:
        """Share of the others."""
        return self.moved_rest / self.n_rest

    @property
    def side(self) -> int:
        """1 when the whole band lies above all groups together, -1 when below, else 0: in whole percents, as shown."""
        whole = (self.part.moved + self.moved_rest) / (self.part.n + self.n_rest)
        lower, middle, upper = (round(share * 100) for share in (self.part.lower, whole, self.part.upper))
        return int(lower > middle) - int(upper < middle)


def differences(frame: pl.DataFrame) -> tuple[list[Comparison], list[Comparison]]:
    """Return the groups that differ, by grouping, group and direction; and every comparison that was made.

    frame   grouping, group_code, label, direction, n, moved, share, lower, upper of all groupings; rows with a hidden
            number take no part
    A group differs when that is more than chance, and when its band, which holds the rounding too, is clear of all
    groups together: what is said is what can be seen. Two groups are one comparison, named by the first.
    Source  Fisher's exact test from the released counts; Holm (1979) over all comparisons of the table.
    """
    made = comparisons(parts(frame))
    adjusted = holm([one.p for one in made])
    return [one for one, p in zip(made, adjusted, strict=True) if p <= LEVEL and one.side], made


def sides(frame: pl.DataFrame, grouping: str) -> dict[tuple[str, str], int]:
    """Return the side on which groups of a grouping differ, by code and direction: 1 more often, -1 less often."""
    found = [one for one in differences(frame)[0] if one.part.grouping == grouping]
    found += [_mirrored(one, parts(frame)) for one in found if one.others == 1]
    return {(one.part.code, one.part.direction): one.side for one in found}


def parts(frame: pl.DataFrame) -> list[Part]:
    """Return the rows without a hidden number, by grouping, group and direction (forward first)."""
    rows = frame.select(*_COLUMNS).drop_nulls().filter(pl.col("direction").is_in(DIRECTIONS))
    every = [Part(*row) for row in rows.with_columns(pl.min_horizontal("moved", "n").alias("moved")).iter_rows()]
    return sorted(every, key=lambda one: (one.grouping, one.code, DIRECTIONS.index(one.direction)))


def comparisons(every: Sequence[Part]) -> list[Comparison]:
    """Return each group beside the others of its grouping, per direction; of two groups the first only."""
    made = []
    for part in every:
        same = [one for one in every if (one.grouping, one.direction) == (part.grouping, part.direction)]
        rest = [one for one in same if one.code != part.code]
        n, moved = sum(one.n for one in rest), sum(one.moved for one in rest)
        mirrored = len(rest) == 1 and part is not same[0]
        if n and part.n and not mirrored:
            made.append(Comparison(part, n, moved, len(rest), _p(part, n, moved)))
    return made


def _mirrored(one: Comparison, every: Sequence[Part]) -> Comparison:
    """Return the same comparison from the other of two groups."""
    part = one.part
    (other,) = (
        each
        for each in every
        if (each.grouping, each.direction) == (part.grouping, part.direction) and each.code != part.code
    )
    return Comparison(other, part.n, part.moved, 1, one.p)


def _p(part: Part, n: int, moved: int) -> float:
    from scipy.stats import fisher_exact  # noqa: PLC0415 - takes 1 s to import, and most releases have no groups

    table = np.array([[part.moved, part.n - part.moved], [moved, n - moved]])
    return float(fisher_exact(table).pvalue)


def holm(p: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for being so many (Holm 1979): below the level at most that share of all sets."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, highest = [0.0] * len(p), 0.0
    for passed, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - passed) * p[place]))
        adjusted[place] = highest
    return adjusted
