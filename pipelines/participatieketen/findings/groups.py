"""Groups that differ from the others of their grouping by more than chance allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from participatieketen.charts import words
from participatieketen.charts.group_share import grouping_name
from participatieketen.findings.finding import Finding, blank, slug
from participatieketen.findings.shares import Banded
from participatieketen.findings.templates import GROUP, PHRASES

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

DIRECTIONS = ("vooruit", "terug")
LEVEL = 0.05
_COLUMNS = ("grouping", "group_code", "label", "direction", "n", "moved", "share", "lower", "upper")


@dataclass(frozen=True)
class Group:
    """A group and a direction: share of n who moved; label as readers see it."""

    grouping: str
    code: str
    label: str
    direction: str
    n: int
    moved: int
    share: Banded


@dataclass(frozen=True)
class Comparison:
    """A group beside the others of its grouping together, so many groups; p of Fisher's exact test, two-sided."""

    group: Group
    n_rest: int
    moved_rest: int
    others: int
    p: float

    @property
    def rest(self) -> float:
        """Share of the others."""
        return self.moved_rest / self.n_rest


def groups(group_share: "Released") -> Iterator[Finding]:
    """Yield a finding for every group that differs by more than chance, more than rounding and a whole percent.

    group_share  grouping, group_code, label, direction, n, moved, share, lower, upper; rows with a hidden number
                 take no part. Each finding tells both directions. Two groups are one comparison, named by the first.
    Source       Fisher's exact test from the released counts; Holm (1979) over all comparisons of the table.
    """
    made = comparisons(shown_groups(group_share.frame))
    beyond = [one for one, p in zip(made, holm([one.p for one in made]), strict=True) if p <= LEVEL]
    found = [one for one in beyond if _told(one, group_share.context.base)]
    for _, both in groupby(found, key=lambda one: (one.group.grouping, one.group.code)):
        yield _finding(list(both), made, group_share.context)


def shown_groups(frame: pl.DataFrame) -> list[Group]:
    """Return the rows without a hidden number, by grouping, group and direction (forward first)."""
    rows = frame.select(*_COLUMNS).drop_nulls().filter(pl.col("direction").is_in(DIRECTIONS))
    every = [_group(row) for row in rows.iter_rows()]
    return sorted(every, key=lambda one: (one.grouping, one.code, DIRECTIONS.index(one.direction)))


def _group(row: tuple[str, str, str, str, int, int, float, float, float]) -> Group:
    grouping, code, label, direction, n, moved, share, lower, upper = row
    return Group(grouping, code, label, direction, n, min(moved, n), Banded(share, lower, upper, n))


def comparisons(every: Sequence[Group]) -> list[Comparison]:
    """Return each group beside the others of its grouping, per direction; of two groups the first only."""
    made = []
    for group in every:
        same = [one for one in every if (one.grouping, one.direction) == (group.grouping, group.direction)]
        rest = [one for one in same if one.code != group.code]
        n, moved = sum(one.n for one in rest), sum(one.moved for one in rest)
        mirrored = len(rest) == 1 and group is not same[0]
        if n and group.n and not mirrored:
            made.append(Comparison(group, n, moved, len(rest), _p(group, n, moved)))
    return made


def _p(group: Group, n: int, moved: int) -> float:
    from scipy.stats import fisher_exact  # noqa: PLC0415 - takes 1 s to import, and most releases have no groups

    table = np.array([[group.moved, group.n - group.moved], [moved, n - moved]])
    return float(fisher_exact(table).pvalue)


def holm(p: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for being so many (Holm 1979): below the level at most that share of all sets."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, highest = [0.0] * len(p), 0.0
    for passed, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - passed) * p[place]))
        adjusted[place] = highest
    return adjusted


def _told(one: Comparison, base: int) -> bool:
    """Return whether the difference is more than rounding can do, and can be seen in whole percents."""
    expected = one.rest * one.group.n
    seen = words.percent(one.group.share.share) != words.percent(one.rest)
    return seen and words.certain(round(one.group.moved - expected), base)


def _finding(found: list[Comparison], made: list[Comparison], context: "Context") -> Finding:
    """Return what the group differs in, and of the other direction that it does not, or cannot be compared."""
    group = found[0].group
    other = [way for way in DIRECTIONS if way not in {one.group.direction for one in found}]
    many = words.counted(len(made), "vergelijking", "vergelijkingen")
    tested = GROUP.says("toets" if len(found) == 1 else "toets-beide", comparisons=many)
    said = [_said(found[0]), *map(_said_too, found[1:]), tested, *(_other(group, way, made) for way in other)]
    shown = [(one.group.direction, one.group.share) for one in found]
    return replace(
        blank(GROUP, _name(group), context, grouping=grouping_name(group.grouping), group=group.label),
        number=" · ".join(f"{words.percent(share.share)} {way}" for way, share in shown),
        sentence=" ".join(said),
        values={key: value for one in found for key, value in _values(one).items()} | {"vergelijkingen": len(made)},
        range=", ".join(f"{way} {share.between}" for way, share in shown),
        chance="signaal",
        period=_year(context),
    )


def _year(context: "Context") -> str:
    """Return the year in which the groups were followed: the last one that is not provisional."""
    after = context.provisional_from
    return words.months(words.year_before(after), after - timedelta(days=1))


def _name(group: Group) -> str:
    return f"groep-{slug(group.grouping)}--{slug(group.code)}"


def _said(one: Comparison) -> str:
    """Return the first difference of a group: which group it is, its share and that of the others."""
    return GROUP.says("verschil", grouping=grouping_name(one.group.grouping), group=one.group.label, **_beside(one))


def _said_too(one: Comparison) -> str:
    """Return a second difference of the same group, in the other direction."""
    return GROUP.says("ook", **_beside(one))


def _beside(one: Comparison) -> dict[str, str]:
    share = one.group.share
    return {
        "share": words.with_band(_about(share.share), share.lower, share.upper),
        "direction": one.group.direction,
        "others": PHRASES["andere-groep" if one.others == 1 else "andere-groepen"],
        "rest": _about(one.rest),
    }


def _about(share: float) -> str:
    shown = words.percent(share)
    return {"<1%": PHRASES["minder-dan-1"], ">99%": PHRASES["meer-dan-99"]}.get(shown, f"ongeveer {shown}")


def _other(group: Group, way: str, made: Sequence[Comparison]) -> str:
    compared = {(one.group.grouping, one.group.code, one.group.direction) for one in made}
    return GROUP.says("gelijk" if (group.grouping, group.code, way) in compared else "onbekend", direction=way)


def _values(one: Comparison) -> dict[str, float]:
    way = one.group.direction
    return one.group.share.values(way) | {f"{way}_n": one.group.n, f"{way}_anderen": round(one.rest, 2)}
