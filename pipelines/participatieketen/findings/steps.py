"""Steps forward and back: of a year side by side, and of the last month of each direction beside what chance can do.

Months that are provisional are never the level, the change, or part of the limits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import takewhile
from math import ceil, floor
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.findings.finding import Chance, Finding, blank
from participatieketen.findings.people import change
from participatieketen.findings.templates import BACK, FORWARD, PHRASES, YEAR, Template
from participatieketen.months import month_number, months_later, year_before
from participatieketen.readings import Sums, Usual, compared, compared_years, settled, since_break, usual

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

Series = Mapping[date, int]

YEAR_LONG = 12
BOTH = ("vooruit", "terug")

LEAST_COMPARED = 3
"""Fewer months are not set beside the same months a year before: a quarter is the least. No source."""


def year(step_month: "Released", step_years: "Released | None" = None) -> Iterator[Finding]:
    """Yield the steps of the last twelve settled months in both directions, as one finding.

    step_month  month, direction, steps, provisional. Of a chain that is observed for less than a year, the months there
                are; the period says which.
    step_years  month (the last of the year), direction, steps: whole years, released as counts of their own
    """
    forward, back = (settled(step_month, direction) for direction in ("vooruit", "terug"))
    months = _last_run([month for month in forward if month in back])
    if not months:
        return
    context = step_month.context
    years = {} if step_years is None else dict(_years(step_years))
    newest, earlier = (
        [years[end, way] for way in BOTH if (end, way) in years] for end in (months[-1], year_before(months[-1]))
    )
    whole = len(months) == YEAR_LONG and len(newest) == len(BOTH)
    ahead, behind = newest if whole else [_sum(series, months) for series in (forward, back)]
    number = [words.shown(total, context.base, words.off(context.base, len(months))) for total in (ahead, behind)]
    found = replace(
        blank(YEAR, "stappen-jaar", context),
        number="{} vooruit · {} terug".format(*number),
        sentence=_year_said(months, ahead, behind, context.base),
        values={"vooruit": ahead, "terug": behind},
        period=dutch.months(months[0], months[-1]),
    )
    if whole and len(earlier) == len(BOTH):
        pairs = zip((ahead, behind), earlier, strict=True)
        yield _with_earlier_year(found, [compared_years(now, was, context.base) for now, was in pairs], context.base)
    else:
        yield _with_year_before(found, (forward, back), months, context.base)


def _with_earlier_year(found: Finding, years: list[Sums], base: int) -> Finding:
    """Return the finding with the whole year before: both are counts of their own."""
    forward, back = (_said(one, base) for one in years)
    chance = _either(*(_chance(one) for one in years))
    was = {"vooruit_was": years[0].was, "terug_was": years[1].was}
    told = words.joined(YEAR.says("jaren", forward=forward, back=back), YEAR.says("los"))
    return replace(found, change=told, chance=chance, change_chance=chance, values=dict(found.values) | was)


def _years(step_years: "Released") -> Iterator[tuple[tuple[date, str], int]]:
    """Yield the steps of every released year, by its last month and direction."""
    for month, direction, steps in step_years.frame.select("month", "direction", "steps").iter_rows():
        yield (month, direction), steps


def _sum(series: Series, months: list[date]) -> int:
    return sum(series[month] for month in months)


def _last_run(months: list[date]) -> list[date]:
    """Return the last twelve months at most, as far as they follow on each other."""
    newest = months[::-1][:YEAR_LONG]
    return [month for place, month in enumerate(newest) if month_number(newest[0]) - month_number(month) == place][::-1]


def _year_said(months: list[date], forward: int, back: int, base: int) -> str:
    period = dutch.months(months[0], months[-1])
    when = f"In {period}" if len(months) == 1 else f"In de periode {period}"
    if not forward and not back:
        return YEAR.says("geen" if base == 1 else "weinig", when=when)
    compared = words.more_or_less(forward, back, base, len(months))
    return YEAR.says(
        "beide",
        when=when,
        forward=words.steps(forward, base, len(months)),
        back=words.steps(back, base, len(months)),
        compared=compared[:1].lower() + compared[1:],
    )


def _with_year_before(found: Finding, both: tuple[Series, Series], months: list[date], base: int) -> Finding:
    """Return the finding with what changed since the same months a year before, of as many of the last as there are."""
    known = list(takewhile(lambda month: all(year_before(month) in s for s in both), reversed(months)))
    if len(known) < LEAST_COMPARED:
        return found
    sums = [compared(series, known[::-1], [year_before(month) for month in known[::-1]], base) for series in both]
    text = "jaar" if len(known) == len(months) else "deel"
    forward, back = (_said(one, base) for one in sums)
    change_of_year = YEAR.says(text, period=dutch.months(known[-1], known[0]), forward=forward, back=back)
    chance = _either(*(_chance(one) for one in sums))
    apart = "" if dict(found.values) == {"vooruit": sums[0].now, "terug": sums[1].now} else YEAR.says("los")
    values = dict(found.values) | {"vooruit_was": sums[0].was, "terug_was": sums[1].was}
    values |= {"vooruit_maanden": sums[0].now, "terug_maanden": sums[1].now}
    return replace(
        found, change=words.joined(change_of_year, apart), chance=chance, change_chance=chance, values=values
    )


def _chance(sums: Sums) -> Chance:
    return "signaal" if sums.certain else "kan toeval zijn"


def _said(sums: Sums, base: int) -> str:
    """Return both figures, and whether their difference is chance or rounding: no difference is never called equal."""
    now, was = (words.shown(count, base, words.off(base, YEAR_LONG)) for count in (sums.now, sums.was))
    return PHRASES[_chance(sums)].format(now=now, was=was)


def _either(*chances: Chance) -> Chance:
    return "signaal" if "signaal" in chances else "kan toeval zijn" if "kan toeval zijn" in chances else ""


def month(step_month: "Released") -> Iterator[Finding]:
    """Yield the steps of the last settled month, per direction, with whether they differ by more than chance."""
    for template, name in ((FORWARD, "stappen-vooruit"), (BACK, "stappen-terug")):
        series = settled(step_month, str(template.direction))
        if series:
            yield _of_month(blank(template, name, step_month.context), template, series, step_month.context)


def _of_month(found: Finding, template: Template, series: Series, context: "Context") -> Finding:
    last, before = max(series), usual(since_break(series, context), context.base)
    steps = series[last]
    blank_month = replace(
        found, number=words.shown(steps, context.base), period=dutch.month(last), values={"stappen": steps}
    )
    parts = {
        "month": dutch.month(last),
        "were": "was" if steps == 1 else "waren",
        "steps": words.steps(steps, context.base),
        "direction": str(template.direction),
    }
    if before is None:
        return _with_month_before(replace(blank_month, sentence=template.says("te-kort", **parts)), series, context)
    more = {"more": "meer" if before.more else "minder", "last": str(before.last)}
    text = "toeval" if before.last is None else "maand" if before.last == 1 else "maanden"
    sentence = template.says(text, **parts, **more, mean=_mean(before.centre, context.base))
    chance: Chance = "kan toeval zijn" if before.last is None else "signaal"
    judged = replace(blank_month, sentence=sentence, chance=chance)
    return _with_month_before(_ranged(judged, before), series, context)


def _mean(centre: float, base: int) -> str:
    """Return "Gemiddeld zijn het er ongeveer 42 per maand"; a mean of counts that are all small is no number."""
    whole = round(centre)
    if not whole:
        return PHRASES["gemiddeld-bijna-geen" if base == 1 else "gemiddeld-weinig"]
    return PHRASES["gemiddeld"].format(is_="is" if whole == 1 else "zijn", mean=dutch.number(whole))


def _ranged(found: Finding, before: Usual) -> Finding:
    """Return the finding with the limits of chance of one month as its range, rounded out."""
    lower, upper = max(0, floor(before.lower)), ceil(before.upper)
    text = PHRASES["grenzen" if lower else "bovengrens"]
    return replace(
        found,
        values=dict(found.values) | {"gemiddelde": round(before.centre, 1), "kop": int(before.headline)},
        lower=lower,
        upper=upper,
        range=text.format(lower=dutch.number(lower), upper=dutch.number(upper)),
    )


def _with_month_before(found: Finding, series: Series, context: "Context") -> Finding:
    """Return the finding with what was counted the month before, when that is there."""
    before = months_later(max(series), -1)
    was = series.get(before)
    if was is None:
        return found
    difference = round(found.values["stappen"]) - was
    return replace(
        found,
        values=dict(found.values) | {"was": was},
        change=change(difference, was, context.base, f"in {dutch.month(before)}"),
    )
