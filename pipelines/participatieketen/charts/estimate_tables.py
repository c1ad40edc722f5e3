"""Estimates as tables: returning to bijstand, what a gap does, what comes between, what follows, how long."""

import re
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.estimate import RANGE, SINCE_THE_BEGINNING, followed_until
from participatieketen.charts.figure import Table, cells_of
from participatieketen.charts.released import ladder, page_id
from participatieketen.readings import (
    Duration,
    Share,
    durations,
    gaps,
    main_gap,
    ranges_differ,
    shares,
    wording,
)

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

YEAR = 12
RETURNS = {
    "terugkeer_1": "Van wie bijstand ging krijgen: had minder dan een jaar eerder ook bijstand",
    "terugkeer_2": "Van wie uit de bijstand ging: kreeg {} opnieuw bijstand",
}
SENSITIVE = {
    ("herstel", "stap_terug", "op_niveau"): "Na een stap terug: op de oude plek of hoger",
    ("blijvend", "a", "blijft"): "Na een stap vooruit: op die dag op dezelfde plek of hoger",
    ("blijvend", "b", "blijft"): "Na een stap vooruit: geen dag lager in de tussentijd",
    ("terugkeer_2", "", "terug"): "Van wie uit de bijstand ging: kreeg opnieuw bijstand",
}
BOUNCES = {
    ("terug", "vooruit"): "Na een stap terug: een stap vooruit",
    ("vooruit", "terug"): "Na een stap vooruit: een stap terug",
}
QUANTILES = {"kwart": "Een kwart is weg na", "helft": "De helft is weg na", "driekwart": "Driekwart is weg na"}
LONGEST = Duration(24, None)
BEYOND = (
    f"{LONGEST.text.capitalize()} betekent: na twee jaar was dit deel nog niet weg. Hoeveel langer het duurt, staat "
    "hier niet."
)
UNSURE = "Staat er een lange tijd, zoals 3 tot 12 maanden? Dan is niet zeker in welk deel daarvan het is."
UNKNOWN = "Een streepje kan ook betekenen: zo veel mensen zijn nog niet weg in de tijd die gevolgd is."
MOST_NAMED = 3


def return_table(estimate: "Released", published: "Released | None" = None) -> Table:
    """Return who came back to bijstand, in both forms, each with its own denominator.

    estimate   of measures terugkeer_1 and terugkeer_2: months, x, n, followed
    published  measure, period, area, share, source, note: national figures of the same measure; they are about a year,
               so the figure stands beside ours at 12 months
    """
    found = {
        (measure, key[3]): share for measure in RETURNS for key, share in sorted(shares(estimate, measure).items())
    }
    columns = {
        "Terug in de bijstand": [RETURNS[measure].format(f"binnen {dutch.span(many)}") for measure, many in found],
        "Aandeel": [share.text for share in found.values()],
        "Van hoeveel": [words.shown(share.n, estimate.context.base) for share in found.values()],
    }
    outside = _published(published)
    if any(key in outside for key in found):
        columns["Landelijk"] = [outside.get(key, ("", ""))[0] for key in found]
    remarks = [remark for key, (_, remark) in outside.items() if key in found]
    return _table(
        page_id("terugkeer", estimate),
        _return_title(found),
        words.joined(
            "Wie terug is in de bijstand, op twee manieren geteld. Elke manier gaat over een andere groep. Vergelijk "
            "de percentages dus niet met elkaar.",
            *remarks,
            "" if found else "Van deze keten zijn er geen cijfers over terug in de bijstand.",
        ),
        columns,
        estimate.context,
    )


def _published(published: "Released | None") -> dict[tuple[str, int], tuple[str, str]]:
    """Return the newest national figure per measure with its year, and its source with what is to be known."""
    if published is None:
        return {}
    rows = published.frame.filter(pl.col("share").is_not_null()).sort("period").rows(named=True)
    return {
        (row["measure"], YEAR): (
            f"{row['area']} {wording.percent(row['share'])} ({row['period']})",
            words.joined(f"Bron van het landelijke cijfer: {row['source']}.", row["note"] or ""),
        )
        for row in rows
    }


def _return_title(found: dict[tuple[str, int], Share]) -> str:
    """Return the chance of coming back within a year, else the share of the inflow that came back."""
    chance, inflow = (found.get((measure, YEAR), Share()) for measure in ("terugkeer_2", "terugkeer_1"))
    if chance.shown:
        return f"Van wie uit de bijstand ging, kreeg {chance.about} binnen een jaar opnieuw bijstand"
    if inflow.shown:
        return f"Van wie bijstand ging krijgen, had {inflow.about} minder dan een jaar eerder ook bijstand"
    return "Wie terug is in de bijstand"


def sensitivity_table(estimate: "Released") -> Table:
    """Return the figures at 12 months by how long a gap may be before it counts as one.

    estimate  of measures herstel, blijvend and terugkeer_2, with the gap_days they were made for
    """
    days, own = gaps(estimate.frame), main_gap(estimate.frame)
    rows = {what: {gap: _at_year(estimate, what, gap) for gap in days} for what in SENSITIVE}
    known = {what: by_gap for what, by_gap in rows.items() if any(share.n is not None for share in by_gap.values())}
    columns = {"Na een jaar": [SENSITIVE[what] for what in known]} | {
        _gap_head(gap, own): [by_gap[gap].text for by_gap in known.values()] for gap in days
    }
    return _table(
        page_id("gevoeligheid", estimate),
        _sensitivity_title(list(known.values()), own),
        "Dezelfde cijfers, als een onderbreking korter of langer mag zijn. Wie hoogstens zo veel dagen nergens "
        "ingeschreven stond, is niet weg; in de rest van dit rapport zijn dat "
        f"{dutch.counted(own or 0, 'dag', 'dagen')}. Van 26% naar 29% is 3 procentpunten.",
        columns,
        estimate.context,
    )


def _at_year(estimate: "Released", what: tuple[str, str, str], gap: int) -> Share:
    measure, group, outcome = what
    return shares(estimate, measure, gap).get((group, "", outcome, YEAR), Share())


def _gap_head(gap: int, own: int | None) -> str:
    said = f"{dutch.counted(gap, 'dag', 'dagen')}"
    return f"{said} (dit rapport)" if gap == own else said


def _sensitivity_title(rows: list[dict[int, Share]], own: int | None) -> str:
    """Return by how many points a figure moves at most when another length is chosen."""
    moved = [points for by_gap in rows if own is not None for points in _moved(by_gap, by_gap[own])]
    if not moved:
        return "Wat een andere keuze voor korte onderbrekingen uitmaakt"
    if not max(moved):
        return "Een andere keuze voor korte onderbrekingen geeft dezelfde percentages"
    points = dutch.counted(max(moved), "procentpunt", "procentpunten")
    return f"Een andere keuze voor korte onderbrekingen scheelt hoogstens {points}"


def _moved(by_gap: dict[int, Share], main: Share) -> list[int]:
    """Return by how many whole points the shown shares differ from the main one."""
    shown = [share.point for share in by_gap.values() if share is not main and share.point is not None]
    return [] if main.point is None else [abs(round(100 * point) - round(100 * main.point)) for point in shown]


def gap_table(estimate: "Released") -> Table:
    """Return which part of the steps back had no day with nothing in between.

    estimate  of measure aansluitend: outcome 0 or 1+, x, n
    """
    found, own = shares(estimate, "aansluitend"), main_gap(estimate.frame)
    names = {"0": "Geen dag zonder plek", "1+": f"1 tot en met {own} dagen zonder plek" if own else "1 dag of meer"}
    known = {outcome: found["", "", outcome, 0] for outcome in names if ("", "", outcome, 0) in found}
    none = known.get("0", Share())
    return _table(
        page_id("aansluitend", estimate),
        "Hoe stappen terug op elkaar aansluiten"
        if not none.shown
        else f"Bij {_steps_back(none)} zat er geen dag tussen",
        "Dagen zonder plek tussen de oude en de nieuwe plek bij een stap terug.",
        {
            "Tussen de oude en de nieuwe plek": [names[outcome] for outcome in known],
            "Aandeel": [share.text for share in known.values()],
            "Stappen terug": [words.shown(share.n, estimate.context.base) for share in known.values()],
        },
        estimate.context,
    )


def _steps_back(share: Share) -> str:
    """Return a share of steps back as people say it; "bijna iedereen" is for people."""
    if share.point is None:
        return f"{share.between} van de stappen terug"
    about = wording.about(share.point, share.lower, share.upper)
    known = {"bijna niemand": "bijna geen stap", "bijna iedereen": "bijna alle stappen"}
    steps = known.get(about, f"{about} stappen" if about.endswith("op de 10") else f"{about} van de stappen")
    return wording.with_band(f"{steps} terug", share.lower, share.upper)


def bounce_table(estimate: "Released") -> Table:
    """Return which part of the steps back a step forward follows within a year, and the reverse.

    estimate  of measure weerslag: group (direction of the step), outcome (of what follows), x, n
    """
    found = shares(estimate, "weerslag")
    known = {way: found[way[0], "", way[1], YEAR] for way in BOUNCES if (way[0], "", way[1], YEAR) in found}
    return _table(
        page_id("weerslag", estimate),
        _bounce_title(known),
        "Hoe vaak binnen een jaar een stap de andere kant op volgt. Alleen stappen die wij een jaar konden volgen. "
        "Hier telt elke stap. Bij de oude plek of hoger telt per persoon alleen de eerste stap terug, en moet iemand "
        "helemaal terug zijn. De percentages zijn dus niet hetzelfde.",
        {
            "Binnen een jaar": [BOUNCES[way] for way in known],
            "Aandeel": [share.text for share in known.values()],
            "Van hoeveel stappen": [words.shown(share.n, estimate.context.base) for share in known.values()],
        },
        estimate.context,
    )


def _bounce_title(known: dict[tuple[str, str], Share]) -> str:
    """Return after which step the other way is taken more often, unless that may be chance."""
    back, forward = (known.get(way, Share()) for way in BOUNCES)
    if not (back.shown and forward.shown):
        return "Stappen die een stap de andere kant op volgt"
    order = ranges_differ(back, forward)
    if order == 0:
        told = f"Na een stap terug volgt bij {back.figure} een stap vooruit, andersom bij {forward.figure}"
        return f"{told}: dat verschil kan toeval zijn"
    first, other = ("terug", "vooruit") if order > 0 else ("vooruit", "terug")
    return f"Na een stap {first} volgt vaker binnen een jaar een stap {other} dan andersom"


def duration_table(estimate: "Released") -> Table:
    """Return after how many months a quarter, half and three quarters of the people have left a position.

    estimate  of measure duur: position, outcome weg, months, x, n, followed
    """
    context, known = estimate.context, durations(estimate)
    places = [place for place in ladder(context) if any(code == place.code for code, _ in known)]
    halves = {place.label: known[place.code, "helft"] for place in places}
    columns = {"Plek": [place.label for place in places]} | {
        head: [_time(known[place.code, name]) for place in places] for name, head in QUANTILES.items()
    }
    counts = {key[1]: share.n for key, share in shares(estimate, "duur").items()}
    return _table(
        page_id("duur", estimate),
        _duration_title(halves),
        words.joined(
            "Hoe lang mensen op een plek blijven, vanaf hun start daar. Weg is: een stap vooruit, terug of opzij, of "
            "uit de keten.",
            UNSURE if any(time and not time.one_bin for time in known.values()) else "",
            BEYOND if LONGEST in known.values() else "",
            *_remarks([label for label, time in halves.items() if time and time.most is None], context),
            UNKNOWN if None in known.values() else "",
        ),
        columns | {"Verblijven": [words.shown(counts.get(place.code), context.base) for place in places]},
        context,
        reading="",
    )


def _time(duration: Duration | None) -> str:
    return wording.HIDDEN if duration is None else duration.text


def _remarks(labels: list[str], context: "Context") -> list[str]:
    """Return what readers must know of the chain that names one of these positions: where sight of people ends, say."""
    return [note for note in context.notes if any(re.search(rf"\b{re.escape(label)}\b", note) for label in labels)]


def _duration_title(halves: dict[str, Duration | None]) -> str:
    """Return where half of the people have left first; never where they stay longest, which may lie out of sight."""
    known = {label: time for label, time in halves.items() if time is not None}
    neutral = "Hoe lang mensen op een plek blijven"
    if not known or (1 < len(known) < len(halves)):
        return neutral
    shortest = min(known.values(), key=lambda time: (time.most or LONGEST.least + 1, time.least))
    first = [label for label, time in known.items() if time == shortest]
    if len(first) == len(known):
        where = "elke plek" if len(known) > 1 else f"de plek {first[0]}"
        beyond = "na twee jaar nog niet de helft weg"
        return f"Op {where} is {beyond if shortest == LONGEST else f'de helft weg na {shortest.text}'}"
    if shortest.most is None or any(time.least < shortest.most for time in known.values() if time != shortest):
        return neutral
    if len(first) > MOST_NAMED:
        return f"Op {len(first)} van de {len(known)} plekken is de helft al weg na {shortest.text}"
    return f"Het kortst blijven mensen op {dutch.listed(first)}: de helft is weg na {shortest.text}"


def _table(
    name: str, title: str, about: str, columns: dict[str, list[str]], context: "Context", reading: str = RANGE
) -> Table:
    """Return the table; its caption ends with how to read it."""
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    counts = words.reading_help(context, cells_of(frame), counted=SINCE_THE_BEGINNING)
    caption = words.joined(about, followed_until(context), reading, counts)
    return Table(name, title, caption, frame)
