"""Reading the released table `group_share`: groups in their order, who of them moved, and which of them differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from participatieketen.chance import difference_p, has_point, holm, rounding_variance
from participatieketen.errors import WrongUse
from participatieketen.readings.share import LEAST, Share, shares_of, with_ranges

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

DIRECTIONS = ("vooruit", "terug")
NAMES = {
    "wijk": "Wijk",
    "leeftijdsgroep": "Leeftijd",
    "geslacht": "Geslacht",
    "bijstandsduur": "Duur van de bijstand",
    "leefvorm": "Leefvorm",
    "innovatielab": "Innovatielab",
}
LEVEL = 0.05
HIDDEN = Share()


@dataclass(frozen=True)
class Moved:
    """How many people made a step in one direction, and as a share.

    side  1 when they are more than in the other groups and that is no chance, -1 when fewer; 0: not shown to differ
    """

    count: int | None = None
    share: Share = HIDDEN
    side: int = 0

    def clear_of(self, share: float | None) -> bool:
        """Say whether the whole range lies above a share or below it, in whole percents, as both are shown."""
        return share is not None and _side(self.share, share) != 0


@dataclass(frozen=True)
class Group:
    """A group by its label: how many people it is, and who of them moved, by direction.

    people  what a sentence calls them, see `people_of`; base: their counts are multiples of it
    """

    label: str
    n: int | None
    moved: Mapping[str, Moved]
    code: str = ""
    people: str = ""
    base: int = 1

    @property
    def shown(self) -> bool:
        """Whether it is large enough to be shown."""
        return all(self.moved[way].share.shown for way in DIRECTIONS)


@dataclass(frozen=True)
class Part:
    """Who of a group made a step in a direction: moved of n people, and the same of households, which are one case."""

    grouping: str
    code: str
    label: str
    direction: str
    moved: int
    n: int
    cases_moved: int
    cases: int
    base: int
    share: Share


@dataclass(frozen=True)
class Comparison:
    """A group beside the others of its grouping together, so many groups; p two-sided.

    whole  share of all groups together; rest: that of the others, None where it is noise
    """

    part: Part
    others: int
    p: float
    whole: float
    rest: float | None

    @property
    def side(self) -> int:
        """1 when the whole range lies above all groups together, -1 when below, else 0."""
        return _side(self.part.share, self.whole)


def _side(share: Share, other: float) -> int:
    """Return on which side of another share the whole range lies, in whole percents; 0: it holds or touches it."""
    if share.lower is None or share.upper is None:
        return 0
    lower, middle, upper = (round(one * 100) for one in (share.lower, other, share.upper))
    return int(lower > middle) - int(upper < middle)


def groupings(group_share: "Released") -> tuple[str, ...]:
    """Return the codes of the groupings that were released, in their order; `grouping_name` has their headings."""
    return tuple(group_share.frame["grouping"].unique(maintain_order=True))


def grouping_name(grouping: str) -> str:
    """Return what readers call a grouping: "Duur van de bijstand". Raises WrongUse for one that is never released."""
    if grouping not in NAMES:
        raise WrongUse(f"Deze groepering bestaat niet: kies uit {', '.join(sorted(NAMES))}.")
    return NAMES[grouping]


def people_of(context: "Context", grouping: str, code: str, label: str) -> str:
    """Return what a sentence calls the people of a group: as the chain says, else by their grouping and label.

    "mannen", "mensen in de groep 'Geslacht: man'": in the plural and without an article.
    """
    return context.people_of(grouping, code, label) or f"mensen in de groep {_quoted(grouping, label)}"


def _quoted(grouping: str, label: str) -> str:
    named = f"{grouping_name(grouping)}: {label}"
    return f"\N{LEFT SINGLE QUOTATION MARK}{named}\N{RIGHT SINGLE QUOTATION MARK}"


def group_ranges(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the released table `group_share` with share, lower, upper behind: in whole percents.

    frame  grouping, group_code, label, direction, x, n, x_households, n_households, base.
    The share is of people. Partners move together, so the range is that of households (of people where households are
    not known), and no share is a point that is none of households; it holds the share.
    """
    cases = frame.with_columns(
        pl.coalesce("x_households", "x").alias("x"),
        pl.coalesce("n_households", "n").alias("n"),
        followed=pl.lit(None, dtype=pl.Int64),
        reversible=pl.lit(value=False),
    )
    of_cases = with_ranges(cases).select("share", "lower", "upper")
    people = np.maximum(frame["n"].to_numpy(), 1)
    point = pl.Series(has_point(frame["x"].to_numpy(), people, frame["base"].to_numpy()), dtype=pl.Boolean)
    share = (pl.col("x") / pl.col("n")).round(2)
    shown = pl.col("lower").is_not_null() & (pl.col("n") >= LEAST)
    return (
        frame.hstack(of_cases)
        .with_columns(pl.when(pl.lit(point) & pl.col("share").is_not_null()).then(share).alias("share"))
        .with_columns(pl.min_horizontal("lower", "share"), pl.max_horizontal("upper", "share"))
        .with_columns(pl.when(shown).then(pl.col("share", "lower", "upper")))
    )


def groups_of(group_share: "Released", grouping: str) -> tuple[Group, ...]:
    """Return the groups of a grouping, in the order of the table, with the side on which each differs."""
    sides, every = _sides(group_share.frame, grouping), list(_parts(group_share.frame, grouping))
    labels = {part.code: part for part in every}
    return tuple(
        Group(
            one.label,
            one.n if one.share.shown else None,
            _moved([part for part in every if part.code == code], sides),
            code,
            people_of(group_share.context, grouping, code, one.label),
            one.base,
        )
        for code, one in labels.items()
    )


def _moved(parts: Sequence[Part], sides: Mapping[tuple[str, str], int]) -> dict[str, Moved]:
    known = {
        part.direction: Moved(part.moved, part.share, sides.get((part.code, part.direction), 0))
        if part.share.shown
        else Moved()
        for part in parts
    }
    return {way: known.get(way, Moved()) for way in DIRECTIONS}


def _parts(frame: pl.DataFrame, grouping: str | None = None) -> Iterator[Part]:
    """Yield the rows of the table, or of one grouping of it."""
    rows = group_ranges(frame if grouping is None else frame.filter(pl.col("grouping") == grouping))
    named = rows.select("grouping", "group_code", "label", "direction").iter_rows()
    cases = (pl.coalesce("x_households", "x").alias("cases_moved"), pl.coalesce("n_households", "n").alias("cases"))
    counts = rows.select("x", "n", *cases, "base").iter_rows()
    shares = shares_of(rows.with_columns(followed=pl.lit(None, dtype=pl.Int64)))
    for names, numbers, share in zip(named, counts, shares, strict=True):
        yield Part(*names, *numbers, share)  # type: ignore[call-arg] # the checker counts neither tuple


def parts(frame: pl.DataFrame) -> list[Part]:
    """Return what is shown, by grouping, group and direction (forward first)."""
    every = [part for part in _parts(frame) if part.share.shown and part.direction in DIRECTIONS]
    return sorted(every, key=lambda one: (one.grouping, one.code, DIRECTIONS.index(one.direction)))


def differences(frame: pl.DataFrame, base: int | None = None) -> tuple[list[Comparison], list[Comparison]]:
    """Return the groups that differ, by grouping, group and direction; and every comparison that was made.

    frame   the released table `group_share`; hidden rows take no part
    base    to judge as if the counts were rounded to this; default: to what they were rounded to
    A group differs when that is more than chance and rounding, and when its range is clear of all groups together: what
    is said is what can be seen. Two groups are one comparison, named by the first.
    Source  `chance.difference_p` from the released counts; Holm (1979) over all comparisons of the table.
    """
    rows = frame if base is None else frame.with_columns(base=pl.max_horizontal("base", pl.lit(base)))
    every = parts(rows)
    made = [one for same in _together(every) for one in _compared(same)]
    order = {(part.grouping, part.code, part.direction): place for place, part in enumerate(every)}
    made.sort(key=lambda one: order[one.part.grouping, one.part.code, one.part.direction])
    adjusted = holm([one.p for one in made])
    return [one for one, p in zip(made, adjusted, strict=True) if p <= LEVEL and one.side], made


def _together(every: Sequence[Part]) -> list[list[Part]]:
    """Return the groups that are set beside each other: of one grouping, in one direction."""
    sets: dict[tuple[str, str], list[Part]] = {}
    for part in every:
        sets.setdefault((part.grouping, part.direction), []).append(part)
    return list(sets.values())


def _compared(same: Sequence[Part]) -> Iterator[Comparison]:
    """Yield each group beside the others; of two groups the first only, of one none."""
    if len(same) == 1:
        return
    base = max(part.base for part in same)
    p = difference_p([part.cases_moved for part in same], [part.cases for part in same], base)
    moved, people = sum(part.moved for part in same), sum(part.n for part in same)
    for part, chance in zip(same[: len(same) if len(same) > 2 else 1], p, strict=False):  # noqa: PLR2004 a pair
        rest = _point(moved - part.moved, people - part.n, base, len(same) - 1)
        yield Comparison(part, len(same) - 1, float(chance), round(moved / people, 2), rest)


def _point(moved: int, people: int, base: int, counts: int) -> float | None:
    """Return the share of several groups together, in whole percents; None where so many roundings drown it."""
    noise = counts * rounding_variance(base)
    return round(moved / people, 2) if moved * (people - moved) / people >= 4 * noise and moved else None


def _sides(frame: pl.DataFrame, grouping: str) -> dict[tuple[str, str], int]:
    """Return the side on which groups of a grouping differ, by code and direction: 1 more often, -1 less often."""
    differ = [one for one in differences(frame)[0] if one.part.grouping == grouping]
    pairs = {one.part.direction: one for one in differ if one.others == 1}
    mirrored = {
        (part.code, way): _side(part.share, one.whole)
        for way, one in pairs.items()
        for part in parts(frame)
        if (part.grouping, part.direction) == (grouping, way)
    }
    return {(one.part.code, one.part.direction): one.side for one in differ} | mirrored


def together(shown: Sequence[Group], way: str) -> float | None:
    """Return the share of all groups that are shown, in percents; None with fewer than two, or where it is noise."""
    counts = [(one.n or 0, one.moved[way].count or 0) for one in shown]
    people, moved = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    base = max((one.base for one in shown), default=1)
    return _point(moved, people, base, len(counts)) if len(counts) > 1 and people else None
