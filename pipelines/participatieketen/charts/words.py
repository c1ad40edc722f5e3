"""Numbers, dates and findings in plain Dutch; every text a chart or table shows is put together here."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from participatieketen.disclosure import Context

LOCALE = "nl"
HIDDEN = "\N{EN DASH}"

MANY_TIMES = 10
"""From here on a title says "meer dan tien keer": the exact multiple says nothing anymore."""

TIMES = ("", "", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien")
PARTS = {"een kwart": 1 / 4, "een derde": 1 / 3, "de helft": 1 / 2, "twee derde": 2 / 3, "driekwart": 3 / 4}
TENTHS = {f"{tenth} op de 10": tenth / 10 for tenth in range(1, 10)}
CLOSE = 0.02
"""A share is put in words only when what they stand for is at most so far from it, and inside its range."""

NEARLY, FEW = 0.03, 0.05
"""Nearly nobody is at most the first, and its range ends by the second; nearly everybody is the reverse."""
ENDS = {"<1%": "minder dan 1%", ">99%": "meer dan 99%"}

SPANS = {6: "een half jaar", 12: "een jaar", 18: "anderhalf jaar", 24: "twee jaar"}

SUMMED = re.compile(r"0-\d+")
"""A sum of counts that are all released as 0."""

FOLDS = {5: "vijftallen", 10: "tientallen", 100: "honderdtallen"}


def number(count: int) -> str:
    """Return 1646 as "1.646"."""
    return format_decimal(count, locale=LOCALE)


def shown(count: int | None, base: int, most: int | None = None) -> str:
    """Return a released count as a reader may see it: "1.646", "0-4" for a released 0, a dash for a hidden one.

    most  of a sum that was not released itself: what it can be when all of its counts are 0
    """
    if count is None:
        return HIDDEN
    return number(count) if count else smallest(base, most)


def smallest(base: int, most: int | None = None) -> str:
    """Return what a released 0 stands for: "0-4" when counts are rounded to 5."""
    return f"0-{off(base) if most is None else most}" if base > 1 else "0"


def signed(difference: int) -> str:
    """Return a difference between two released counts; 0 is no exact nought, so it is never shown as one."""
    if difference == 0:
        return "ongeveer gelijk"
    return ("+" if difference > 0 else "\N{MINUS SIGN}") + number(abs(difference))


def counted(count: int, one: str, more: str) -> str:
    """Return a number with its noun: "1 stap", "1.646 stappen"."""
    return f"{number(count)} {one if count == 1 else more}"


def people(count: int | None, base: int) -> str:
    """Return how many people: "1 persoon", "3.050 mensen"; a small or hidden count as it is shown."""
    return "1 persoon" if count == 1 else f"{shown(count, base)} mensen"


def people_share(share: float) -> str:
    """Return a share of people as the subject of a sentence, with its verb.

    "Ongeveer driekwart van de mensen staat", "Ongeveer 8 op de 10 mensen staan": whichever is nearest; the
    percentage when none is near enough.
    """
    if almost := _almost(share, share, share):
        return f"{capital(almost)} staat"
    said = {f"{part} van de mensen staat": value for part, value in PARTS.items()}
    said |= {f"{name} mensen {'staat' if name[0] == '1' else 'staan'}": value for name, value in TENTHS.items()}
    return f"Ongeveer {_nearest(share, said) or f'{percent(share)} van de mensen staat'}"


def about(share: float, lower: float | None = None, upper: float | None = None) -> str:
    """Return a share as people say it: "ongeveer 4 op de 10", "ongeveer de helft", "ongeveer 85%", "bijna niemand".

    What the words stand for lies in the range from lower to upper, and is close to the share; else the percentage.
    """
    low, high = 0.0 if lower is None else lower, 1.0 if upper is None else upper
    if almost := _almost(share, share if lower is None else lower, share if upper is None else upper):
        return almost
    inside = {said: value for said, value in (PARTS | TENTHS).items() if low <= value <= high}
    return ENDS.get(percent(share), f"ongeveer {_nearest(share, inside) or percent(share)}")


def in_percents(share: float, lower: float | None, upper: float | None) -> str:
    """Return a share in a sentence that has another beside it, with its range: "11% (tussen 8% en 14%)"."""
    said = ENDS.get(percent(share), percent(share))
    return with_band(said, lower, upper).removesuffix(f" ({said})").removesuffix(f" (rond {said})")


def _almost(share: float, lower: float, upper: float) -> str:
    """Return that it is nearly nobody or nearly everybody, when the whole range says so; else nothing."""
    if share <= NEARLY and upper <= FEW:
        return "bijna niemand"
    return "bijna iedereen" if share >= 1 - NEARLY and lower >= 1 - FEW else ""


def _nearest(share: float, said: dict[str, float]) -> str:
    """Return the words whose value is nearest; nothing when none is near enough."""
    close = {words: abs(value - share) for words, value in said.items() if abs(value - share) <= CLOSE + 1e-9}
    return min(close, key=lambda words: close[words], default="")


def between(lower: float, upper: float) -> str:
    """Return a band in words: "tussen 35% en 46%"; at an end "hoogstens 3%", "minstens 96%"."""
    low, high = percent(lower), percent(upper)
    if low == high:
        return ENDS.get(low, f"rond {low}")
    if low == "<1%" and high != ">99%":
        return f"hoogstens {high}"
    if high == ">99%" and low != "<1%":
        return f"minstens {low}"
    return f"tussen {low} en {high}"


def with_band(said: str, lower: float | None, upper: float | None) -> str:
    """Return a share that is already in words with its band: "41% (tussen 35% en 46%)"; without one as it is."""
    return said if lower is None or upper is None else f"{said} ({between(lower, upper)})"


def span(many: int) -> str:
    """Return so many months as people say them: "een jaar", "3 maanden"."""
    return SPANS.get(many, counted(many, "maand", "maanden"))


def after(many: int) -> str:
    """Return how long after something: "na een jaar", "na 3 maanden"."""
    return f"na {span(many)}"


def percent(share: float) -> str:
    """Return a share in whole percents; never "0%" or "100%", which would say nobody or everybody."""
    rounded = round(share * 100)
    return "<1%" if rounded == 0 else ">99%" if rounded == 100 else f"{rounded}%"  # noqa: PLR2004 percents


def day(when: date) -> str:
    """Return a day in full: "1 januari 2026"."""
    return format_date(when, "d MMMM y", locale=LOCALE)


def month(when: date) -> str:
    """Return a month in full: "januari 2026"."""
    return format_date(when, "MMMM y", locale=LOCALE)


def months(first: date, last: date) -> str:
    """Return a run of months: "januari 2026", "januari tot en met juni 2026", "juli 2025 tot en met juni 2026"."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    start = format_date(first, "MMMM", locale=LOCALE) if first.year == last.year else month(first)
    return f"{start} tot en met {month(last)}"


def listed(items: Sequence[str]) -> str:
    """Return names in a row: "Startbaan, Werk en Bijstand"."""
    return format_list(items, locale=LOCALE)


def capital(text: str) -> str:
    """Return the text with a capital first; the rest as it was."""
    return text[:1].upper() + text[1:]


def year_before(when: date) -> date:
    """Return the same day a year earlier; 28 February for a leap day."""
    leap = (when.month, when.day) == (2, 29)
    return when.replace(year=when.year - 1, day=28 if leap else when.day)


def last_year(context: "Context") -> str:
    """Return the twelve months that a released year of steps is over: those before the provisional ones."""
    after = context.provisional_from
    return months(year_before(after), (after - timedelta(days=1)).replace(day=1))


def off(base: int, months: int = 1) -> int:
    """Return how far a released count, or the sum of the steps of so many months in a row, is from the truth at most.

    A count lies within base - 1, and so does a sum that was released as a total. Steps of months in a row are the
    difference of two running totals that each lie within 2 base - 1, however many months there are, but for late
    corrections of settled months (pipelines/decisions/0009-controlled-rounding.md).
    """
    return min(months * (base - 1), 2 * (2 * base - 1))


def certain(difference: float, base: int, months: int = 1) -> bool:
    """Return whether two released counts, or two sums of the steps of so many months, differ by more than rounding."""
    return abs(difference) > 2 * off(base, months)


def rounding(base: int) -> str:
    """Return the sentence that says how counts were rounded."""
    if base == 1:
        return "Aantallen zijn niet afgerond."
    return f"Aantallen zijn afgerond op {FOLDS.get(base, f'veelvouden van {base}')}."


def rounding_help(base: int) -> str:
    """Return what rounding means for who reads a table."""
    if base == 1:
        return rounding(base)
    return (
        f"{rounding(base)[:-1]}, zo dat optellingen kloppen. Een aantal kan hoogstens {off(base)} hoger of lager zijn."
    )


def reading_help(context: "Context", cells: Iterable[str]) -> str:
    """Return what small and hidden cells mean, as far as they occur, and whether the data are fictional."""
    present = set(cells)
    small = smallest(context.base)
    summed = sorted(filter(SUMMED.fullmatch, present - {small}), key=lambda cell: int(cell[2:]))
    return joined(
        rounding_help(context.base),
        f"{small} betekent: nul tot en met {context.base - 1}." if context.base > 1 and small in present else "",
        f"{summed[-1]} is een optelling van kleine aantallen." if summed else "",
        f"{HIDDEN} betekent: niet getoond, omdat de groep te klein is." if HIDDEN in present else "",
        fictional(context),
    )


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
    return "voorlopig" if provisional else "vast"


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
        return "Ongeveer even veel stappen vooruit als terug"
    return "Geen duidelijk verschil tussen stappen vooruit en terug"


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
    return f"{about}{number(abs(difference))} {'meer' if difference > 0 else 'minder'}"
