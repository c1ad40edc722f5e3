"""Reading the released table `group_share`: groups in their order, who of them moved, and all together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.charts import words
from participatieketen.errors import WrongUse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


@dataclass(frozen=True)
class Moved:
    """How many people made a step in one direction, as a share with its 95 % band; None: hidden.

    side  1 when they are more than in the other groups and that is no chance, -1 when fewer, else 0
    """

    count: int | None = None
    share: float | None = None
    lower: float | None = None
    upper: float | None = None
    side: int = 0

    @property
    def figure(self) -> str:
        """Without its band: "11%"; "hoogstens 17%" of a released 0, which is no exact nought; a dash when hidden."""
        if self.share is None:
            return words.HIDDEN
        return words.percent(self.share) if self.count or not self.band else self.band

    @property
    def band(self) -> str:
        """As in words: "tussen 6% en 17%"; nothing when hidden."""
        return "" if self.lower is None or self.upper is None else words.between(self.lower, self.upper)

    @property
    def text(self) -> str:
        """As in a table: "11% (tussen 6% en 17%)"."""
        return self.figure if self.band in {"", self.figure} else f"{self.figure} ({self.band})"

    def clear_of(self, share: float | None) -> bool:
        """Say whether the whole band lies above a share or below it, in whole percents, as both are shown."""
        if share is None or self.lower is None or self.upper is None:
            return False
        lower, middle, upper = (round(one * 100) for one in (self.lower, share, self.upper))
        return lower > middle or upper < middle


@dataclass(frozen=True)
class Group:
    """A group by its label: how many people it is, and who of them moved, by direction.

    people  what a sentence calls them, see `people_of`
    """

    label: str
    n: int | None
    moved: dict[str, Moved]
    code: str = ""
    people: str = ""

    @property
    def shown(self) -> bool:
        """Whether it is large enough to be shown."""
        return self.n is not None and all(self.moved[way].share is not None for way in DIRECTIONS)


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


def groups_of(group_share: "Released", grouping: str, sides: "Mapping[tuple[str, str], int]") -> tuple[Group, ...]:
    """Return the groups of a grouping, in the order of the table; sides: by code and direction, see Moved."""
    rows = group_share.frame.filter(pl.col("grouping") == grouping)
    labels = dict(rows.select("group_code", "label").iter_rows())
    return tuple(
        Group(
            label,
            rows.filter(pl.col("group_code") == code)["n"][0],
            _moved(rows.filter(pl.col("group_code") == code), code, sides),
            code,
            people_of(group_share.context, grouping, code, label),
        )
        for code, label in labels.items()
    )


def _moved(rows: pl.DataFrame, code: str, sides: "Mapping[tuple[str, str], int]") -> dict[str, Moved]:
    values = rows.select("direction", "moved", "share", "lower", "upper").iter_rows()
    found = {
        direction: Moved(count, share, lower, upper, sides.get((code, direction), 0))
        for direction, count, share, lower, upper in values
    }
    return {way: found.get(way, Moved()) for way in DIRECTIONS}


def rounded_to(every: "Sequence[Group]", base: int) -> int:
    """Return what the counts are multiples of: the base, or twice that where a grouping has a small group."""
    counts = [count for one in every for count in (one.n, *(moved.count for moved in one.moved.values()))]
    known = [count for count in counts if count is not None]
    return 2 * base if known and not any(count % (2 * base) for count in known) else base


def together(shown: "Sequence[Group]", way: str) -> float | None:
    """Return the share of all groups that are shown, in whole percents; None with fewer than two, or nobody at all."""
    people, moved = (sum(count or 0 for count in counts) for counts in _counts(shown, way))
    return round(moved / people, 2) if len(shown) > 1 and people and moved else None


def _counts(shown: "Sequence[Group]", way: str) -> tuple[list[int | None], list[int | None]]:
    return [one.n for one in shown], [one.moved[way].count for one in shown]
