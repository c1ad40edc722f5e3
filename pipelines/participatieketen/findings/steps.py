"""Steps forward and back: of a year side by side, and of the last month of each direction beside what chance can do.

Months that are provisional are never the level, the change, or part of the limits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

import polars as pl

from participatieketen.chance import control_chart
from participatieketen.charts import words
from participatieketen.findings.finding import Chance, Finding, blank
from participatieketen.findings.people import change
from participatieketen.findings.runs import Judged, judged, rounding_reach
from participatieketen.findings.templates import BACK, CHANGES, FORWARD, PHRASES, YEAR, Template

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

Series = Mapping[date, int]

YEAR_LONG = 12
LEAST_MONTHS = 12
"""Of fewer months no limits of chance are calculated: NHS England asks for so many points (Making Data Count)."""

LEAST_COMPARED = 3
"""Fewer months are not set beside the same months a year before: a quarter is the least. No source."""

MOVING_RANGE = 3.268 / 2.66
"""The upper limit of a difference between two months in a row, in distances from centre to limit (Wheeler 1993)."""


def settled(step_month: "Released", direction: str) -> Series:
    """Return month -> steps in that direction; without provisional months, in order."""
    last = step_month.context.provisional_from
    rows = step_month.frame.filter(pl.col("direction") == direction, pl.col("month") < last).sort("month")
    return dict(rows.select("month", "steps").iter_rows())


def year(step_month: "Released") -> Iterator[Finding]:
    """Yield the steps of the last twelve settled months in both directions, as one finding.

    step_month  month, direction, steps, provisional. Of a chain that is observed for less than a year, the months there
                are; the period says which.
    """
    forward, back = (settled(step_month, direction) for direction in ("vooruit", "terug"))
    months = _last_run([month for month in forward if month in back])
    if not months:
        return
    context, (ahead, behind) = step_month.context, (_sum(series, months) for series in (forward, back))
    number = [words.shown(total, context.base, words.off(context.base, len(months))) for total in (ahead, behind)]
    yield _with_year_before(
        replace(
            blank(YEAR, "stappen-jaar", context),
            number="{} vooruit · {} terug".format(*number),
            sentence=_year_said(months, ahead, behind, context.base),
            values={"vooruit": ahead, "terug": behind},
            period=words.months(months[0], months[-1]),
        ),
        (forward, back),
        months,
        context.base,
    )


def _sum(series: Series, months: list[date]) -> int:
    return sum(series[month] for month in months)


def _last_run(months: list[date]) -> list[date]:
    """Return the last twelve months at most, as far as they follow on each other."""
    newest = months[::-1][:YEAR_LONG]
    return [month for place, month in enumerate(newest) if _number(newest[0]) - _number(month) == place][::-1]


def _number(month: date) -> int:
    return month.year * 12 + month.month


def _month_before(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def _year_said(months: list[date], forward: int, back: int, base: int) -> str:
    period = words.months(months[0], months[-1])
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
    known = list(takewhile(lambda month: all(words.year_before(month) in s for s in both), reversed(months)))
    if len(known) < LEAST_COMPARED:
        return found
    ahead, behind = (_changed(series, known, base) for series in both)
    text = "jaar" if len(known) == len(months) else "deel"
    said = YEAR.says(text, period=words.months(known[-1], known[0]), forward=ahead.said(base), back=behind.said(base))
    chance = _either(ahead.chance, behind.chance)
    return replace(found, change=said, chance=chance, change_chance=chance)


def _either(*chances: Chance) -> Chance:
    return "signaal" if "signaal" in chances else "kan toeval zijn" if "kan toeval zijn" in chances else ""


@dataclass(frozen=True)
class Changed:
    """By how much a count changed, 0 when rounding can make that, and whether chance can."""

    difference: int
    chance: Chance = ""

    def said(self, base: int) -> str:
        """Return "ongeveer gelijk", "ongeveer 50 meer (dat kan toeval zijn)"."""
        if not self.difference:
            return PHRASES["gelijk" if base == 1 else "ongeveer-gelijk"]
        difference = words.more_or_fewer(self.difference, base)
        return PHRASES[self.chance].format(difference=difference) if self.chance else difference


def _changed(series: Series, months: list[date], base: int) -> Changed:
    """Return the change of the sum over these months since the same a year before.

    Beyond chance is: more than three standard deviations of a difference of two such sums, each month with the
    deviation that the moving ranges give (Wheeler: the limits are at three).
    """
    now, was = _sum(series, months), _sum(series, [words.year_before(month) for month in months])
    if not words.certain(now - was, base, len(months)):
        return Changed(0)
    limits = _limits(series)
    if limits is None:
        return Changed(now - was)
    beyond = abs(now - was) > limits.reach * sqrt(2 * len(months))
    return Changed(now - was, "signaal" if beyond else "kan toeval zijn")


@dataclass(frozen=True)
class Limits:
    """Mean of the months, how far from it the limits of chance are, and the signal of the last month."""

    centre: float
    reach: float
    signal: str | None


def _limits(series: Series) -> Limits | None:
    """Return the limits over all settled months; None when there are too few."""
    if len(series) < LEAST_MONTHS:
        return None
    last = control_chart(pl.DataFrame({"month": list(series), "value": list(series.values())})).row(-1, named=True)
    return Limits(last["centre"], last["upper"] - last["centre"], last["signal"])


def month(step_month: "Released") -> Iterator[Finding]:
    """Yield the steps of the last settled month, per direction, with whether they differ by more than chance."""
    for template, name in ((FORWARD, "stappen-vooruit"), (BACK, "stappen-terug")):
        series = settled(step_month, str(template.direction))
        if series:
            yield _of_month(blank(template, name, step_month.context), template, series, step_month.context)


def _of_month(found: Finding, template: Template, series: Series, context: "Context") -> Finding:
    last, limits = max(series), _limits(series)
    steps = series[last]
    told = replace(found, number=words.shown(steps, context.base), period=words.month(last), values={"stappen": steps})
    said = {
        "month": words.month(last),
        "were": "was" if steps == 1 else "waren",
        "steps": words.steps(steps, context.base),
        "direction": str(template.direction),
    }
    if limits is None:
        return _with_month_before(
            replace(told, sentence=template.says("te-kort", **said)), series, limits, context.base
        )
    verdict = judged(list(series.values()), limits.centre, limits.signal, context.base)
    sentence = template.says(verdict.text, **said, **_parts(verdict), mean=_mean(limits.centre, context.base))
    chance: Chance = "kan toeval zijn" if verdict.text == "toeval" else "signaal"
    ranged = _ranged(replace(told, sentence=sentence, chance=chance), limits, context.base)
    return _with_month_before(ranged, series, limits, context.base)


def _parts(verdict: Judged) -> dict[str, str]:
    return {
        "run": str(verdict.run),
        "side": "boven" if verdict.up else "onder",
        "moved": "steeg" if verdict.up else "daalde",
    }


def _mean(centre: float, base: int) -> str:
    """Return "Gemiddeld zijn het er ongeveer 42 per maand"; a mean of counts that are all small is no number."""
    whole = round(centre)
    if not whole:
        return PHRASES["gemiddeld-bijna-geen" if base == 1 else "gemiddeld-weinig"]
    return PHRASES["gemiddeld"].format(is_="is" if whole == 1 else "zijn", mean=words.number(whole))


def _ranged(found: Finding, limits: Limits, base: int) -> Finding:
    """Return the finding with the limits of chance, or of rounding when those are wider, as its range; rounded out."""
    reach = max(limits.reach, rounding_reach(base))
    lower, upper = max(0, floor(limits.centre - reach)), ceil(limits.centre + reach)
    said = PHRASES["grenzen" if lower else "bovengrens"]
    return replace(
        found,
        values=dict(found.values) | {"gemiddelde": round(limits.centre, 1)},
        lower=lower,
        upper=upper,
        range=said.format(lower=words.number(lower), upper=words.number(upper)),
    )


def _with_month_before(found: Finding, series: Series, limits: Limits | None, base: int) -> Finding:
    """Return the finding with what changed since the month before, when that is there."""
    before = _month_before(max(series))
    was = series.get(before)
    if was is None:
        return found
    changed = round(found.values["stappen"]) - was
    difference = changed if words.certain(changed, base) else 0
    said = change(difference, base, f"in {words.month(before)}")
    values = dict(found.values) | {"was": was}
    if limits is None or not difference:
        return replace(found, values=values, change=said)
    beyond = abs(difference) > limits.reach * MOVING_RANGE
    change_chance: Chance = "signaal" if beyond else "kan toeval zijn"
    told = f"{said} {CHANGES['geen-toeval' if beyond else 'kan-toeval']}"
    chance = _either(found.chance, change_chance)
    return replace(found, values=values, change=told, chance=chance, change_chance=change_chance)
