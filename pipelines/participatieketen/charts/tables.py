"""Tables that are no chart: what the checks found, and what was delivered."""

from typing import TYPE_CHECKING, Any

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Table, cells_of
from participatieketen.charts.released import page_id
from participatieketen.readings import with_outcome

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Released

SEVERITIES = {"error": "stopt de levering", "quarantine": "zet rijen apart", "warning": "waarschuwt"}
"""What a breach of a check does, worst first; in the words a reader knows."""


NO_NOTES = "Geen bijzonderheden."


def verdict_table(verdict: "Released") -> Table:
    """Return every check of the deliveries, those that were not passed first.

    verdict  contract, rule, severity, message, source, unexpected, total
    """
    rows = sorted(with_outcome(verdict).iter_rows(named=True), key=_urgency)
    base = verdict.context.base
    return _table(
        page_id("controles", verdict),
        _verdict_title(rows, base),
        words.joined(
            "Controles op de leveringen, met wat een afwijking doet.",
            f"In orde betekent: {words.smallest(base)} rijen kunnen afwijken." if base > 1 else "",
        ),
        {
            "Levering": [row["contract"] for row in rows],
            "Controle": [row["message"] for row in rows],
            "Uitkomst": ["in orde" if row["passed"] else "niet in orde" for row in rows],
            "Afwijkende rijen": [words.shown(row["unexpected"], base) for row in rows],
            "Van rijen": [words.shown(row["total"], base) for row in rows],
            "Een afwijking": [SEVERITIES.get(row["severity"], row["severity"]) for row in rows],
        },
        verdict.context,
    )


def _urgency(row: dict[str, Any]) -> tuple[bool, int, str, str]:
    order = list(SEVERITIES)
    place = order.index(row["severity"]) if row["severity"] in order else len(order)
    return row["passed"], place, row["contract"], row["rule"]


def _verdict_title(rows: list[dict[str, Any]], base: int) -> str:
    failed = sum(not row["passed"] for row in rows)
    if not rows:
        return "Er zijn geen controles gedaan"
    about = _subject(failed or len(rows), len(rows), ("controle", "controles"), ("is", "zijn"))
    if failed:
        return f"{about} niet in orde"
    return f"{about} in orde{may_deviate(base)}"


def may_deviate(base: int) -> str:
    """Return what a check in order leaves open: a released 0 is no exact nought."""
    return f"; {words.smallest(base)} rijen kunnen per controle afwijken" if base > 1 else ""


def _subject(some: int, every: int, noun: tuple[str, str], verb: tuple[str, str]) -> str:
    """Return "De enige controle is", "Alle 118 controles zijn", "1 van de 118 controles is"; pairs are one, more."""
    if every == 1:
        return f"De enige {noun[0]} {verb[0]}"
    many = f"Alle {dutch.number(every)}" if some == every else f"{dutch.number(some)} van de {dutch.number(every)}"
    return f"{many} {noun[1]} {verb[some > 1]}"


def delivery_table(delivery: "Released") -> Table:
    """Return what every register delivered, and what became of the rows.

    delivery  source, month, rows, loaded, quarantined, duplicates, expired
    """
    rows = delivery.frame.sort("source").rows(named=True)
    base = delivery.context.base
    counts = {
        "Geladen": "loaded",
        "Apart gezet": "quarantined",
        "Dubbel": "duplicates",
        "Verlopen": "expired",
    }
    most = words.rows_off(base)
    return _table(
        page_id("leveringen", delivery),
        _delivery_title(rows, delivery.context),
        words.joined(
            "Leveringen en wat er met de rijen gebeurde. Verlopen rijen gaan over mensen die al lang uit elk register "
            "zijn: hun gegevens mogen wij niet langer bewaren.",
            f"Rijen is de optelling van de andere aantallen. Die kan er hoogstens {most} naast zitten."
            if base > 1
            else "",
        ),
        {
            "Bron": [row["source"] for row in rows],
            "Peildatum in": [dutch.month(row["month"]) if row["month"] else "onbekend" for row in rows],
            "Rijen": [words.shown(row["rows"], base, most) for row in rows],
            **{head: [words.shown(row[field], base) for row in rows] for head, field in counts.items()},
        },
        delivery.context,
    )


def _delivery_title(rows: list[dict[str, Any]], context: "Context") -> str:
    """Return whether every register is as far as the peildatum."""
    month = context.peildatum.replace(day=1)
    behind = sum(row["month"] != month for row in rows)
    if not rows:
        return "Er is niets geleverd"
    about = _subject(behind or len(rows), len(rows), ("levering", "leveringen"), ("heeft", "hebben"))
    return f"{about} een peildatum in {'een andere maand dan ' if behind else ''}{dutch.month(month)}"


def audit_table(audited: "Released") -> Table:
    """Return what was tried before publication: to work out a small count from everything that was released.

    audited  cells, small, narrowest, rule: one row
    """
    context, (cells, small, narrowest) = audited.context, audited.frame.select("cells", "small", "narrowest").row(0)
    rows = {
        "Aantallen waarmee is gerekend": dutch.number(cells),
        "Daarvan kunnen 1 tot en met 9 zijn": dutch.number(small),
        "Kleinste verschil tussen hoe laag en hoe hoog zo'n aantal kan zijn": words.people(narrowest, context.base),
        "Terug te rekenen": "niemand",
    }
    caption = words.joined(
        "De controle voordat wij publiceren, over alle aantallen die ooit zijn vrijgegeven.", words.fictional(context)
    )
    frame = pl.DataFrame({"Wat is geprobeerd": list(rows), "Uitkomst": list(rows.values())})
    return Table(page_id("toets", audited), "Niemand is terug te rekenen", caption, frame)


def notes(released: "Released") -> Table:
    """Return what a reader has to know about this chain, as its own file puts it: one sentence a row.

    released  any released table: the sentences are in its context
    """
    context = released.context
    frame = pl.DataFrame({"Wat u moet weten": list(context.notes) or [NO_NOTES]})
    caption = words.joined("Wat bijzonder is aan deze keten.", words.fictional(context))
    return Table("over-deze-keten", "Over deze keten", caption, frame)


def positions(released: "Released") -> Table:
    """Return the positions of this chain, low to high: the order is a choice, so a page has to show it.

    released  any released table: the positions are in its context
    """
    ranked = [place for place in released.context.positions if place.rank is not None]
    frame = pl.DataFrame({"Plek": [one.label for one in ranked], "Volgorde": [str(one.rank) for one in ranked]})
    caption = "Een hoger nummer is een plek verder vooruit in de keten."
    return Table("plekken", "De plekken in de keten", caption, frame)


def _table(name: str, title: str, about: str, columns: dict[str, list[str]], context: "Context") -> Table:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Table(name, title, f"{about} {words.reading_help(context, cells_of(frame))}", frame)
