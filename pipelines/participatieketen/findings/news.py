"""What changed since the release before, in a few sentences: both directions, people, and what is more than chance.

Made by a rule from the findings of both releases; every number in it stands in one of those.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Table
from participatieketen.charts.released import ladder, settled_day
from participatieketen.findings.changes import named
from participatieketen.findings.finding import UNCERTAIN, Finding, slug
from participatieketen.findings.groups import bases_of, beside_others, news_of_base
from participatieketen.findings.kept import Earlier
from participatieketen.findings.templates import BACK, CHAIN, CHANGES, FORWARD, GROUP, NEWS, YEAR, Template
from participatieketen.months import months_later
from participatieketen.readings import settled

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

Tables = Mapping[str, "Released"]

MOST_NAMED = 3
"""So many are named; of the others a sentence says how many there are."""

RULE = (
    "De computer kiest deze zinnen, elke keer met dezelfde regel. Veranderde het aantal mensen? Dan is niet te zeggen "
    "of dat toeval is."
)


def news(found: Sequence[Finding], earlier: Earlier | None, tables: Tables) -> tuple[str, ...]:
    """Return what changed in this release: at most six texts of one to four short sentences, in this order.

    The month that now counts; steps forward; steps back; people in the chain; shares that changed by more than chance;
    findings that are new or gone. Steps in one direction are told only with those in the other. Without an earlier
    release: that it is the first, its months, and the same figures beside the time before.

    found   the findings of the release; earlier: the release that it is compared with
    tables  its released tables; those of months and counts are read, for their context and months
    """
    context, month = _context(tables), last_month(tables)
    fresh = earlier is None or earlier.month != month
    before = {one.id: one for one in earlier.findings} if earlier else {}
    told = [
        _months(month, earlier, tables),
        *_steps(found, None if fresh else before, context.base),
        _people(found, None if fresh else before, context),
        _beyond_chance(found, before, fresh=fresh) if earlier else "",
        words.joined(*_other_findings(found, earlier, tables)) if earlier else "",
    ]
    return tuple(text for text in told if text)


def news_table(found: Sequence[Finding], earlier: Earlier | None, tables: Tables) -> Table:
    """Return the texts of `news`, one a row."""
    context = _context(tables)
    title = f"Vergeleken met het rapport van {dutch.month(earlier.peildatum)}" if earlier else "De eerste uitgave"
    frame = pl.DataFrame({"Wat er veranderde": news(found, earlier, tables)}, schema={"Wat er veranderde": pl.String})
    return Table("wat-er-veranderde-in-het-kort", title, words.joined(RULE, words.fictional(context)), frame)


def last_month(tables: Tables) -> date | None:
    """Return the last month that is not provisional: of the steps, else of the people; None when there is none."""
    if months := _settled_months(tables):
        return months[-1]
    day = settled_day(tables["stock"]) if "stock" in tables else None
    return (day - timedelta(days=1)).replace(day=1) if day else None


def _settled_months(tables: Tables) -> list[date]:
    return [*settled(tables["step_month"], str(FORWARD.direction))] if "step_month" in tables else []


def _context(tables: Tables) -> "Context":
    return next(iter(tables.values())).context


def _months(month: date | None, earlier: Earlier | None, tables: Tables) -> str:
    """Return which months count now that did not count in the release before, and which are still provisional."""
    context = _context(tables)
    open_ = context.provisional_from <= context.peildatum
    later = NEWS["voorlopig"].format(month=dutch.month(context.provisional_from)) if open_ else ""
    if earlier is None:
        known = _settled_months(tables)
        first = NEWS["maanden"].format(months=dutch.months(known[0], known[-1])) if known else ""
        return words.joined(NEWS["eerste"], first, later)
    return words.joined(_added(month, earlier.month), later)


def _added(month: date | None, was: date | None) -> str:
    """Return which months were added; nothing when that is not known of both releases."""
    if month is None or was is None:
        return ""
    if month == was:
        return NEWS["niets-erbij"].format(month=dutch.month(month))
    if month < was:
        return NEWS["eerder"].format(month=dutch.month(month), was=dutch.month(was))
    first = months_later(was, 1)
    return NEWS["erbij" if first == month else "meer-erbij"].format(months=dutch.months(first, month))


def _steps(found: Sequence[Finding], same: Mapping[str, Finding] | None, base: int) -> list[str]:
    """Return the steps of the last month in both directions, or nothing; same: the findings about the same month."""
    both = [_of(template, found) for template in (FORWARD, BACK)]
    return [_direction(one, same, base) for one in both if one] if all(both) else []


def _of(template: Template, found: Sequence[Finding]) -> Finding | None:
    return next((one for one in found if one.template == template.name), None)


def _direction(one: Finding, same: Mapping[str, Finding] | None, base: int) -> str:
    told = {"direction": one.direction, "number": one.number, "month": one.period}
    if same is not None:
        return words.joined(NEWS["stappen"].format(**told), _as_before(one, same))
    usual = f"{dutch.capital(one.range)}." if one.range else ""
    judged = {"signaal": NEWS["wijkt-af"], "kan toeval zijn": NEWS["kan-toeval"]}
    also = (usual, judged.get(one.chance, ""))
    if "was" not in one.values:
        return words.joined(NEWS["stappen"].format(**told), *also)
    was = round(one.values["was"])
    said = NEWS["stappen-en-ervoor"].format(**told, was=words.shown(was, base))
    return words.joined(said, *also)


def _as_before(one: Finding, same: Mapping[str, Finding]) -> str:
    """Return what the same figure was in the release before, when it was about the same time."""
    was = same.get(one.id)
    if was is None or was.period != one.period or was.definition != one.definition:
        return ""
    return CHANGES["deel-gelijk" if was.number == one.number else "deel"].format(share=was.number)


def _people(found: Sequence[Finding], same: Mapping[str, Finding] | None, context: "Context") -> str:
    """Return the people in the chain, and on which positions there are more or fewer: never whether that is chance."""
    one = _of(CHAIN, found)
    if one is None:
        return ""
    said = NEWS["mensen"].format(title=one.title, number=one.number, day=one.period)
    if same is not None:
        return words.joined(said, _as_before(one, same))
    return words.joined(said, one.change, _places(found, context))


def _places(found: Sequence[Finding], context: "Context") -> str:
    """Return the positions where the count changed by more than rounding can make, the largest change first."""
    known = {one.id: one.values.get("verschil", 0) for one in found}
    changed = [(place.label, round(known.get(f"plek-{slug(place.code)}-mensen", 0))) for place in ladder(context)]
    largest = sorted((one for one in changed if one[1]), key=lambda one: -abs(one[1]))
    said = [f"{label} {words.more_or_fewer(difference, context.base)}" for label, difference in largest]
    return NEWS["per-plek"].format(places=_named(said)) if said else ""


def _beyond_chance(found: Sequence[Finding], before: Mapping[str, Finding], *, fresh: bool) -> str:
    """Return what else changed by more than chance, or that no share did; nothing when none can be compared."""
    pairs = [(before[one.id], one) for one in found if one.id in before and _comparable(before[one.id], one)]
    beyond = [(was, one) for was, one in pairs if one.change_chance == "signaal" and one.number != was.number]
    year = _of(YEAR, found)
    said = [NEWS["meer-dan-toeval"].format(names=_named(_from_to(was, one) for was, one in beyond))] if beyond else []
    if fresh and year and year.change_chance == "signaal":
        said.append(NEWS["jaar"].format(title=year.title, change=year.change))
    return words.joined(*said) or (NEWS["niets-meer-dan-toeval"] if pairs else "")


def _comparable(was: Finding, one: Finding) -> bool:
    """Return whether both are shares of one definition, certain enough, and whether their difference was judged."""
    same = was.definition == one.definition and bool(named(one)) and UNCERTAIN not in {was.number, one.number}
    return same and (was.number == one.number or bool(one.change_chance))


def _from_to(was: Finding, one: Finding) -> str:
    numbers = {"was": was.number, "now": one.number}
    return NEWS["van-naar"].format(
        title=one.title, **{name: number.replace(" · ", " en ") for name, number in numbers.items()}
    )


def _other_findings(found: Sequence[Finding], earlier: Earlier, tables: Tables) -> Iterator[str]:
    """Yield which findings are new, gone or of another definition; of groups what that means.

    Of a grouping that is rounded to another base now, only what would be new or gone at the coarser base too.
    """
    known, now = {one.id: one for one in earlier.findings}, {one.id for one in found}
    added = [one for one in found if one.id not in known and not news_of_base(one, earlier.bases)]
    gone = [one for one in known.values() if one.id not in now and not news_of_base(one, bases_of(tables))]
    for some, group, groups, other in ((added, "nieuwe-groep", "nieuwe-groepen", "nieuw"), (gone, *_GONE)):
        of_groups = [beside_others(one) for one in some if one.template == GROUP.name]
        yield _listing(group if len(of_groups) == 1 else groups, of_groups)
        yield _listing(other, [one.title for one in some if one.template != GROUP.name])
    changed = [one.title for one in found if one.id in known and one.definition != known[one.id].definition]
    yield _listing("definitie", changed)


_GONE = ("groep-weg", "groepen-weg", "weg")


def _listing(text: str, names: Sequence[str]) -> str:
    return NEWS[text].format(names=_named(names)) if names else ""


def _named(names: Iterable[str]) -> str:
    """Return the first names in a row, and how many others there are."""
    every = [*names]
    rest = len(every) - MOST_NAMED
    shown = every[:MOST_NAMED] if rest > 0 else every
    return dutch.listed([*shown, NEWS["rest"].format(many=dutch.number(rest))] if rest > 0 else shown)
