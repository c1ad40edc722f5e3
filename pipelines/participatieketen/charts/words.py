"""Numbers, dates and findings in plain Dutch; every text a chart or table shows is put together here."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from participatieketen import dutch
from participatieketen.months import year_before
from participatieketen.readings.wording import HIDDEN

if TYPE_CHECKING:
    from participatieketen.disclosure import Context

MANY_TIMES = 10
"""From here on a title says "meer dan tien keer": the exact multiple says nothing anymore."""

TIMES = ("", "", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")

SUMMED = re.compile(r"0-\d+")
"""A sum of counts that are all released as 0."""

PROVISIONAL = "voorlopig"
"""Of a month that late registration still changes: while few moves changed, its counts stay as they were released."""

FOLDS = {5: "vijftallen", 10: "tientallen", 100: "honderdtallen"}


def shown(count: int | None, base: int, most: int | None = None) -> str:
    """Return a released count as a reader may see it: "1.646", "0-4" for a released 0, a dash for a hidden one.

    most  of a sum that was not released itself: what it can be when all of its counts are 0
    """
    if count is None:
        return HIDDEN
    return dutch.number(count) if count else smallest(base, most)


def smallest(base: int, most: int | None = None) -> str:
    """Return what a released 0 stands for: "0-4" when counts are rounded to 5."""
    return f"0-{off(base) if most is None else most}" if base > 1 else "0"


def signed(difference: int) -> str:
    """Return a difference between two released counts; 0 is no exact nought, so it is never shown as one."""
    if difference == 0:
        return "na afronden gelijk"
    return ("+" if difference > 0 else "\N{MINUS SIGN}") + dutch.number(abs(difference))


def people(count: int | None, base: int) -> str:
    """Return how many people: "1 persoon", "3.050 mensen"; a small or hidden count as it is shown."""
    return "1 persoon" if count == 1 else f"{shown(count, base)} mensen"


def last_year(context: "Context") -> str:
    """Return the twelve months that a released year of steps is over: those before the provisional ones."""
    after = context.provisional_from
    return dutch.months(year_before(after), (after - timedelta(days=1)).replace(day=1))


def off(base: int, months: int = 1) -> int:
    """Return how far a released count, or the sum of the steps of so many months in a row, is from the truth at most.

    A count lies within base - 1, and so does a sum that was released as a total. Steps of months in a row are the
    difference of two running totals that each lie within 2 base - 1, however many months there are, but for late
    corrections of settled months (pipelines/decisions/0009-controlled-rounding.md).
    """
    return min(months * (base - 1), 2 * (2 * base - 1))


DELIVERED = 4
"""Counts of which the rows of a delivery are the sum: loaded, set aside, double, expired."""


def rows_off(base: int) -> int:
    """Return how far the rows of a delivery are from the truth at most."""
    return DELIVERED * off(base)


def certain(difference: float, base: int, months: int = 1) -> bool:
    """Return whether two released counts, or two sums of the steps of so many months, differ by more than rounding."""
    return abs(difference) > 2 * off(base, months)


def rounding(base: int) -> str:
    """Return the sentence that says how counts were rounded."""
    if base == 1:
        return "Aantallen zijn niet afgerond."
    return f"Aantallen zijn afgerond op {fold(base)}."


def fold(base: int) -> str:
    """Return what counts are rounded to: "vijftallen"."""
    return FOLDS.get(base, f"veelvouden van {base}")


def rounding_help(base: int) -> str:
    """Return what rounding means for who reads a table."""
    if base == 1:
        return rounding(base)
    return f"{rounding(base)} Een aantal kan hoogstens {off(base)} hoger of lager zijn."


def small_help(base: int) -> str:
    """Return what a released 0 means, where counts are rounded."""
    return f"{smallest(base)} betekent: nul tot en met {off(base)}."


HIDDEN_HELP = f"{HIDDEN} betekent: niet getoond, omdat de groep te klein is."


def reading_help(context: "Context", cells: Iterable[str], *, counted: str = "") -> str:
    """Return what small and hidden cells mean, as far as they occur, and whether the data are fictional.

    counted  what else is known of how far rounded counts are off
    """
    present = set(cells)
    small = smallest(context.base)
    summed = sorted(filter(SUMMED.fullmatch, present - {small}), key=lambda cell: int(cell[2:]))
    return joined(
        rounding_help(context.base),
        "Een voorlopig aantal kan verder afwijken." if PROVISIONAL in present else "",
        counted if context.base > 1 else "",
        small_help(context.base) if context.base > 1 and small in present else "",
        f"{summed[-1]} is een optelling van kleine aantallen." if summed else "",
        HIDDEN_HELP if HIDDEN in present else "",
        fictional(context),
    )


def out_by_rule(context: "Context") -> str:
    """Return from which positions people go out of the chain by a rule, and that it tells of nothing that ended."""
    return joined(
        *(
            f"Uit bij {place.label} kan door een regel komen: na {dutch.counted(place.in_sight_days, 'dag', 'dagen')} "
            "is niet meer te zien waar iemand is. Het zegt niet dat er iets stopte."
            for place in context.positions
            if place.in_sight_days is not None
        )
    )


def sight_ends(context: "Context") -> str:
    """Return at which positions people are followed no longer after a time: that is no step."""
    return joined(
        *(
            f"Wie op de plek {place.label} staat, volgen wij daar "
            f"{dutch.counted(place.in_sight_days, 'dag', 'dagen')}. Wie dan uit beeld raakt, zette geen stap."
            for place in context.positions
            if place.in_sight_days is not None
        )
    )


YEAR_APART = "Een jaar is als geheel afgerond: het telt niet precies op met zijn maanden."
"""Said where a year stands, and where its months do."""


def fictional(context: "Context") -> str:
    """Return the warning that goes with made-up data, or nothing."""
    return "Fictieve gegevens." if context.fictional else ""


def described(context: "Context", *sentences: str, every: str = "cijfers") -> str:
    """Return what someone hears who does not see a chart: the sentences, and where all of it can be read."""
    return joined(*sentences, f"De tabel onder de grafiek geeft alle {every}.", fictional(context))


def joined(*sentences: str) -> str:
    """Return sentences in a row, without the empty ones."""
    return " ".join(sentence for sentence in sentences if sentence)


def status(provisional: bool) -> str:  # noqa: FBT001 - a value of a table
    """Return whether late registration still changes the figures of a month, as tables say it."""
    return PROVISIONAL if provisional else "vast"


def more_or_less(forward: int, back: int, base: int, months: int) -> str:
    """Return the finding in a title: how the steps forward of so many months compare with the steps back."""
    if not forward and not back:
        return few(base)
    if not certain(forward - back, base, months):
        return _alike(forward, back)
    larger, smaller = ("vooruit", "terug") if forward > back else ("terug", "vooruit")
    least, most = sorted((forward, back))
    if not least:
        return f"{'Alleen' if base == 1 else 'Bijna alleen'} stappen {larger}"
    return _multiple(most / least, larger, smaller)


def few(base: int) -> str:
    """Return the finding when no flow is large enough to draw."""
    return "Geen stappen vooruit of terug" if base == 1 else f"Weinig stappen: elk aantal is kleiner dan {base}"


def _alike(forward: int, back: int) -> str:
    if forward == back:
        return "Na afronden even veel stappen vooruit als terug"
    return "Stappen vooruit en terug: het verschil kan afronding zijn"


def _multiple(ratio: float, larger: str, smaller: str) -> str:
    times = _times(ratio)
    if times:
        return f"{times} keer zo veel stappen {larger} als {smaller}"
    return f"{'Iets meer' if ratio < 1.1 else 'Meer'} stappen {larger} dan {smaller}"  # noqa: PLR2004 a tenth


def _times(ratio: float) -> str:
    """Return "Bijna drie" for 2,8; nothing below one and a half, where a multiple is no plain Dutch."""
    if ratio > MANY_TIMES:
        return f"Meer dan {TIMES[MANY_TIMES]}"
    for limit, said in ((1.4, ""), (1.6, "Ongeveer anderhalf"), (1.7, "Ruim anderhalf")):
        if ratio < limit:
            return said
    whole, part = divmod(ratio, 1)
    below, above = TIMES[int(whole)], TIMES[min(int(whole) + 1, MANY_TIMES)]
    for limit, said in ((0.1, f"Ongeveer {below}"), (0.7, f"Ruim {below}"), (0.95, f"Bijna {above}")):
        if part < limit:
            return said
    return f"Ongeveer {above}"


def steps(count: int, base: int, months: int = 1) -> str:
    """Return how many steps in so many months: "1 stap", "35 stappen"; a small count as it is shown."""
    return "1 stap" if count == 1 else f"{shown(count, base, off(base, months))} stappen"


def more_or_fewer(difference: int, base: int) -> str:
    """Return a difference that is no nought: "ongeveer 20 meer", "3 minder" when nothing was rounded."""
    about = "ongeveer " if base > 1 else ""
    return f"{about}{dutch.number(abs(difference))} {'meer' if difference > 0 else 'minder'}"
