"""How many people there are: in the chain and on each position, on the last day that is not provisional."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.released import Counts, ladder, persons_in, settled_day, year_earlier
from participatieketen.findings.finding import Finding, blank, slug
from participatieketen.findings.templates import CHAIN, CHANGES, PLACE

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released


@dataclass(frozen=True)
class Compared:
    """A released count and the one it is compared with."""

    now: int
    was: int | None

    def difference(self, base: int) -> int | None:
        """Return by how much it changed, 0 when rounding can make that; None when there is nothing to compare."""
        if self.was is None:
            return None
        changed = self.now - self.was
        return changed if words.certain(changed, base) else 0


def people(stock: "Released", previous: "Released | None" = None) -> Iterator[Finding]:
    """Yield how many people the chain holds, which was released as the sum of its positions, and each position.

    stock     month, position, persons
    previous  the same of the release before: its last month that is not provisional is what the change is since;
              without it that is a year before, else the first month.
    """
    day = settled_day(stock)
    if day is None:
        return
    before = _before(stock, previous, day)
    places = ladder(stock.context)
    now, was = persons_in(stock, day), _persons(stock, previous, before)
    total, earlier = (_total(counts, places) for counts in (now, was))
    if total is not None:
        yield _in_chain(stock.context, day, before, Compared(total, earlier))
    for place in places:
        if place.code in now:
            yield _on_place(stock.context, place, day, before, Compared(now[place.code], was.get(place.code)))


def _total(counts: Counts, places: tuple["Position", ...]) -> int | None:
    """Return the people on all positions; None when one of them is not in the counts."""
    known = [counts[place.code] for place in places if place.code in counts]
    return sum(known) if places and len(known) == len(places) else None


def _before(stock: "Released", previous: "Released | None", day: date) -> date | None:
    """Return the month to compare with; None when there is none before this one."""
    last = settled_day(previous) if previous is not None else None
    if last is not None and last < day:
        return last
    return year_earlier(stock, day)


def _persons(stock: "Released", previous: "Released | None", month: date | None) -> Counts:
    """Return persons in that month: as they are known now, else as they were known then."""
    if month is None:
        return {}
    return persons_in(stock, month) or (persons_in(previous, month) if previous is not None else {})


def _in_chain(context: "Context", day: date, before: date | None, compared: Compared) -> Finding:
    said = words.people(compared.now, context.base)
    found = replace(
        blank(CHAIN, "keten-mensen", context),
        number=words.shown(compared.now, context.base),
        sentence=CHAIN.says("mensen", day=dutch.day(day), stood=_stood(compared.now), people=said),
    )
    return _with_change(found, context, day, before, compared)


def _on_place(context: "Context", place: "Position", day: date, before: date | None, compared: Compared) -> Finding:
    said = words.people(compared.now, context.base)
    found = replace(
        blank(PLACE, f"plek-{slug(place.code)}-mensen", context, place=place.label),
        number=words.shown(compared.now, context.base),
        sentence=PLACE.says("mensen", day=dutch.day(day), stood=_stood(compared.now), people=said, place=place.label),
    )
    return _with_change(found, context, day, before, compared)


def _stood(count: int) -> str:
    return "stond" if count == 1 else "stonden"


def _with_change(found: Finding, context: "Context", day: date, before: date | None, compared: Compared) -> Finding:
    """Return the finding with its values and what changed, when there is something to compare."""
    values: dict[str, float] = {"mensen": compared.now}
    difference = compared.difference(context.base)
    if compared.was is not None and difference is not None:
        values |= {"was": compared.was, "verschil": difference}
    return replace(
        found,
        values=values,
        period=dutch.day(day),
        change=""
        if before is None or compared.was is None
        else change(compared.now - compared.was, compared.was, context.base, f"op {dutch.day(before)}"),
    )


def change(difference: int, was: int, base: int, when: str) -> str:
    """Return "Op ... waren het er 3.050: dat zijn er nu ongeveer 20 meer", or that rounding can make the difference."""
    shown = words.shown(was, base)
    if not difference:
        return CHANGES["gelijk" if base == 1 else "afgerond-gelijk"].format(when=when)
    if not words.certain(difference, base):
        return CHANGES["kan-afronden"].format(when=dutch.capital(when), was=shown)
    is_ = "is" if abs(difference) == 1 else "zijn"
    more = words.more_or_fewer(difference, base)
    return CHANGES["anders"].format(is_=is_, difference=more, when=when, was=shown)
