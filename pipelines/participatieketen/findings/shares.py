"""What follows a step, and returns: one share with its range per finding; and two beside each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.released import ladder
from participatieketen.findings.finding import UNCERTAIN, WIDEST, Finding, blank, slug
from participatieketen.findings.templates import (
    AFTER_BACK,
    FIRST_STEP,
    LASTS_ALL,
    LASTS_DAY,
    PHRASES,
    RECOVERY,
    RETURN_INFLOW,
    RETURN_OUTFLOW,
    Template,
)
from participatieketen.readings import Key, Share, ranges_differ, shares

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

MONTHS = 12
"""A year: the one time at which every figure is made into a sentence. The charts show the others."""


@dataclass(frozen=True)
class Single:
    """A finding that is one share of the table `estimate`."""

    template: Template
    id: str
    measure: str
    key: Key


SINGLES = (
    Single(RECOVERY, "herstel-12-maanden", "herstel", ("stap_terug", "", "op_niveau", MONTHS)),
    Single(LASTS_DAY, "blijvend-op-de-dag-12-maanden", "blijvend", ("a", "", "blijft", MONTHS)),
    Single(LASTS_ALL, "blijvend-elke-dag-12-maanden", "blijvend", ("b", "", "blijft", MONTHS)),
    Single(RETURN_INFLOW, "terugkeer-instroom-12-maanden", "terugkeer_1", ("", "", "terug", MONTHS)),
    Single(RETURN_OUTFLOW, "terugkeer-uitstroom-12-maanden", "terugkeer_2", ("", "", "terug", MONTHS)),
)


def certain(share: Share) -> bool:
    """Return whether the range is narrow enough to say something."""
    return share.lower is not None and share.upper is not None and share.upper - share.lower <= WIDEST + 1e-9


def values(share: Share, name: str) -> dict[str, float]:
    """Return the numbers of a shown share by name; a share that is no point has its range only."""
    numbers = {name: share.point, f"{name}_onder": share.lower, f"{name}_boven": share.upper}
    return {key: number for key, number in numbers.items() if number is not None}


def singles(estimate: "Released") -> Iterator[Finding]:
    """Yield recovery, lasting steps in both forms, and returns in both forms, as far as they may be shown.

    estimate  as docs/estimates describes it; figures of the chain's own gap_days at 12 months.
    """
    for single in SINGLES:
        share = shares(estimate, single.measure).get(single.key)
        if share is not None and share.shown:
            yield _single(single, share, estimate)


def _single(single: Single, share: Share, estimate: "Released") -> Finding:
    template, context = single.template, estimate.context
    text = "zeker" if certain(share) else "onzeker"
    parts = {"about": share.about, "stated": share.stated, "between": share.between}
    return replace(
        blank(template, single.id, context),
        number=share.figure if certain(share) else UNCERTAIN,
        sentence=template.says(text, **parts, n=words.shown(share.n, context.base)),
        values=values(share, "aandeel") | {"n": share.n or 0},
        lower=share.lower,
        upper=share.upper,
        range=share.between,
        period=followed(context),
    )


def after_step_back(estimate: "Released") -> Iterator[Finding]:
    """Yield per position who goes forward within a year: those who came by a step back beside those who came new."""
    every = shares(estimate, "na_terugstap")
    for place in ladder(estimate.context):
        back, new = (every.get((group, place.code, "vooruit", MONTHS), Share()) for group in ("terug", "nieuw"))
        if back.shown and new.shown:
            yield _after(place, back, new, estimate)


def _after(place: "Position", back: Share, new: Share, estimate: "Released") -> Finding:
    known = certain(back) and certain(new)
    differ = known and ranges_differ(back, new) != 0
    text = "onzeker" if not known else "verschil" if differ else "toeval"
    said = {"back": back.stated, "new": new.stated} if known else {"back": back.between, "new": new.between}
    return replace(
        blank(AFTER_BACK, f"na-stap-terug-{slug(place.code)}-12-maanden", estimate.context, place=place.label),
        number=f"{back.figure} na een stap terug · {new.figure} nieuw" if known else UNCERTAIN,
        sentence=AFTER_BACK.says(text, place=place.label, **said),
        values=values(back, "na_terugstap") | values(new, "nieuw") | {"n": back.n or 0, "n_nieuw": new.n or 0},
        range=f"na een stap terug {back.between}, nieuw {new.between}",
        chance="" if not known else "signaal" if differ else "kan toeval zijn",
        period=followed(estimate.context),
    )


def followed(context: "Context") -> str:
    """Return up to when people were followed: the last month that is not provisional."""
    return PHRASES["gevolgd"].format(month=dutch.month(context.provisional_from - timedelta(days=1)))


def first_steps(estimate: "Released") -> Iterator[Finding]:
    """Yield per position which part made a first step forward and which part back; both or neither.

    A position at the end of the chain has one direction, and says that there is no other.
    """
    found = shares(estimate, "eerste_stap")
    places = ladder(estimate.context)
    for place in places:
        ways = _ways(place, places)
        known = {way: found.get(("", place.code, way, MONTHS), Share()) for way in ways}
        shown = {way: share for way, share in known.items() if share.shown}
        if ways and len(shown) == len(ways):
            yield _first_step(place, shown, estimate)


def _ways(place: "Position", places: tuple["Position", ...]) -> list[str]:
    """Return the directions in which there is another position."""
    ranks = [other.rank or 0 for other in places]
    edges = {"vooruit": max(ranks), "terug": min(ranks)}
    return [way for way, edge in edges.items() if place.rank != edge]


def _first_step(place: "Position", shown: Mapping[str, Share], estimate: "Released") -> Finding:
    known = all(certain(share) for share in shown.values())
    text = "onzeker" if not known else "beide" if len(shown) > 1 else f"alleen-{next(iter(shown))}"
    said = {"forward": "vooruit", "back": "terug"}
    two = len(shown) > 1
    parts = {name: shown[way].stated if two else shown[way].about for name, way in said.items() if way in shown}
    ranges = ", ".join(f"{way} {share.between}" for way, share in shown.items())
    numbers = {name: value for way, share in shown.items() for name, value in values(share, way).items()}
    return replace(
        blank(
            FIRST_STEP,
            f"eerste-stap-{slug(place.code)}-12-maanden",
            estimate.context,
            place=place.label,
        ),
        number=" · ".join(f"{share.figure} {way}" for way, share in shown.items()) if known else UNCERTAIN,
        sentence=FIRST_STEP.says(text, place=place.label, ranges=ranges, **parts),
        values=numbers | {"n": max(share.n or 0 for share in shown.values())},
        range=ranges,
        period=followed(estimate.context),
    )
