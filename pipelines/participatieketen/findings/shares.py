"""What follows a step, and returns: one share with its range per finding; and the first step, in both directions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from participatieketen.charts import words
from participatieketen.charts.estimate import Key, Share, shares
from participatieketen.charts.released import ladder
from participatieketen.findings.finding import UNCERTAIN, WIDEST, Finding, blank, slug
from participatieketen.findings.templates import (
    FIRST_STEP,
    LASTS_ALL,
    LASTS_DAY,
    PHRASES,
    RECOVERY,
    RETURN_INFLOW,
    RETURN_OUTFLOW,
    Template,
)

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

MONTHS = 12
"""A year: the one time at which every figure is made into a sentence. The charts show the others."""


@dataclass(frozen=True)
class Single:
    """A finding that is one share of the table `estimate`; beside: the share of a comparison, if it has one."""

    template: Template
    id: str
    measure: str
    key: Key
    beside: Key | None = None


SINGLES = (
    Single(
        RECOVERY,
        "herstel-12-maanden",
        "herstel",
        ("stap_terug", "", "op_niveau", MONTHS),
        beside=("geen_stap_terug", "", "op_niveau", MONTHS),
    ),
    Single(LASTS_DAY, "blijvend-op-de-dag-12-maanden", "blijvend", ("a", "", "blijft", MONTHS)),
    Single(LASTS_ALL, "blijvend-elke-dag-12-maanden", "blijvend", ("b", "", "blijft", MONTHS)),
    Single(RETURN_INFLOW, "terugkeer-instroom-12-maanden", "terugkeer_1", ("", "", "terug", MONTHS)),
    Single(RETURN_OUTFLOW, "terugkeer-uitstroom-12-maanden", "terugkeer_2", ("", "", "terug", MONTHS)),
)


@dataclass(frozen=True)
class Banded:
    """A share that is shown whole: with its band and of how many it is."""

    share: float
    lower: float
    upper: float
    n: int

    @property
    def certain(self) -> bool:
        """Whether the range is narrow enough to say something."""
        return self.upper - self.lower <= WIDEST + 1e-9

    @property
    def about(self) -> str:
        """As in a sentence: "ongeveer 4 op de 10 (tussen 35% en 46%)"."""
        return words.with_band(words.about(self.share, self.lower, self.upper), self.lower, self.upper)

    @property
    def stated(self) -> str:
        """As in a sentence with two of them: "41% (tussen 35% en 46%)"."""
        return words.in_percents(self.share, self.lower, self.upper)

    @property
    def between(self) -> str:
        """The range alone: "tussen 35% en 46%"."""
        return words.between(self.lower, self.upper)

    def values(self, name: str) -> dict[str, float]:
        """Return the numbers by name."""
        return {name: self.share, f"{name}_onder": self.lower, f"{name}_boven": self.upper}


def singles(estimate: "Released") -> Iterator[Finding]:
    """Yield recovery, lasting steps in both forms, and returns in both forms, as far as they may be shown.

    estimate  as docs/estimates describes it; figures of the chain's own gap_days at 12 months.
    """
    for single in SINGLES:
        found = shares(estimate, single.measure)
        share = banded(found.get(single.key))
        if share is not None:
            beside = banded(found.get(single.beside)) if single.beside else None
            yield _single(single, share, beside, estimate)


def banded(share: Share | None) -> Banded | None:
    """Return the share with its band; None when any part of it is hidden."""
    if share is None or share.share is None or share.lower is None or share.upper is None or share.n is None:
        return None
    return Banded(share.share, share.lower, share.upper, share.n)


def _single(single: Single, share: Banded, beside: Banded | None, estimate: "Released") -> Finding:
    template, context = single.template, estimate.context
    text = "zeker" if share.certain else "onzeker"
    parts = {
        "about": share.about,
        "stated": share.stated,
        "between": share.between,
        "n": words.shown(share.n, context.base),
    }
    said = [template.says(text, **parts)]
    if beside and beside.certain and share.certain:
        said.append(template.says("naast", stated=beside.stated))
    values = share.values("aandeel") | {"n": share.n} | (beside.values("naast") if beside else {})
    return replace(
        blank(template, single.id, context),
        number=words.percent(share.share) if share.certain else UNCERTAIN,
        sentence=" ".join(said),
        values=values,
        lower=share.lower,
        upper=share.upper,
        range=share.between,
        period=followed(context),
    )


def followed(context: "Context") -> str:
    """Return up to when people were followed: the last month that is not provisional."""
    return PHRASES["gevolgd"].format(month=words.month(context.provisional_from - timedelta(days=1)))


def first_steps(estimate: "Released") -> Iterator[Finding]:
    """Yield per position which part made a first step forward and which part back; both or neither.

    A position at the end of the chain has one direction, and says that there is no other.
    """
    found = shares(estimate, "eerste_stap")
    places = ladder(estimate.context)
    for place in places:
        ways = _ways(place, places)
        known = {way: banded(found.get(("", place.code, way, MONTHS))) for way in ways}
        shown = {way: share for way, share in known.items() if share is not None}
        if ways and len(shown) == len(ways):
            yield _first_step(place, shown, estimate)


def _ways(place: "Position", places: tuple["Position", ...]) -> list[str]:
    """Return the directions in which there is another position."""
    ranks = [other.rank or 0 for other in places]
    edges = {"vooruit": max(ranks), "terug": min(ranks)}
    return [way for way, edge in edges.items() if place.rank != edge]


def _first_step(place: "Position", shown: Mapping[str, Banded], estimate: "Released") -> Finding:
    certain = all(share.certain for share in shown.values())
    text = "onzeker" if not certain else "beide" if len(shown) > 1 else f"alleen-{next(iter(shown))}"
    said = {"forward": "vooruit", "back": "terug"}
    two = len(shown) > 1
    parts = {name: shown[way].stated if two else shown[way].about for name, way in said.items() if way in shown}
    ranges = ", ".join(f"{way} {share.between}" for way, share in shown.items())
    values = {name: value for way, share in shown.items() for name, value in share.values(way).items()}
    return replace(
        blank(
            FIRST_STEP,
            f"eerste-stap-{slug(place.code)}-12-maanden",
            estimate.context,
            place=place.label,
        ),
        number=" · ".join(f"{words.percent(share.share)} {way}" for way, share in shown.items())
        if certain
        else UNCERTAIN,
        sentence=FIRST_STEP.says(text, place=place.label, ranges=ranges, **parts),
        values=values | {"n": max(share.n for share in shown.values())},
        range=ranges,
        period=followed(estimate.context),
    )
