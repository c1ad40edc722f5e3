"""People in the chain by group, month by month: how many there are, who came in and who left."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Figure, Table, cells_of
from participatieketen.charts.monthly import balance_table
from participatieketen.charts.monthly_drawing import TRAFFIC
from participatieketen.charts.monthly_drawing import drawing as bars
from participatieketen.charts.released import page_id
from participatieketen.charts.stock_drawing import Panel
from participatieketen.charts.stock_drawing import drawing as panels
from participatieketen.disclosure.families import OUTSIDE, STOCK_FLOW, TOTAL
from participatieketen.disclosure.groupings import LEAST, REST
from participatieketen.errors import WrongUse
from participatieketen.months import year_before
from participatieketen.readings import NOT_BY_MONTH, by_year, grouping_name, wording

if TYPE_CHECKING:
    from datetime import date

    from participatieketen.disclosure import Context, Released

NOUNS = {"wijk": ("wijk", "wijken")}
"""What a group of a grouping is called, one and more, where that is not "groep"."""

NOBODY_LARGE = f"Geen groep heeft elke maand minstens {LEAST} mensen"
EVERYONE = "Iedereen in de keten"
UNKNOWN = "onbekend"
NO_EFFECT = "De cijfers laten niet zien waardoor dit zo is."


@dataclass(frozen=True)
class Months:
    """One group month by month, as it was released.

    frame  (months x 3)  maand, mensen, voorlopig, by month
    named  in a code list: not the small groups together, or those whose group is not known
    """

    label: str
    frame: pl.DataFrame
    named: bool = True

    def people(self, month: "date | None") -> int | None:
        """Return how many people there were on the first of that month; None when it is not there."""
        return dict(self.frame.select("maand", "mensen").iter_rows()).get(month)


def groups_shown(flows: "Released", labels: "Released", grouping: str) -> dict[str, str]:
    """Return code -> label of the groups that have figures up to their newest month, in the order of their code list.

    flows   the released table released_stock_flow
    labels  the released table group_label: grouping, group_code, label
    Who is in a group without a name, in a small one or in none, is in no group here.
    """
    every = flows.frame.filter(pl.col("grouping") == grouping)
    now = every.filter(pl.col("month") == pl.col("month").max())["group_code"]
    named = labels.frame.filter(pl.col("grouping") == grouping, pl.col("group_code").is_in(now.to_list()))
    return dict(named.select("group_code", "label").iter_rows())


def group_label(labels: "Released", grouping: str, group: str) -> str:
    """Return what readers call a group; its code when no code list names it."""
    named = labels.frame.filter(pl.col("grouping") == grouping, pl.col("group_code") == group)
    return str(named["label"].item(0)) if len(named) else group


def group_table(flows: "Released", labels: "Released", grouping: str) -> Table:
    """Return how many people are in each group now, and how many there were a year ago."""
    context, noun = _context(flows, grouping), NOUNS.get(grouping, ("groep", "groepen"))
    every = _every(flows, labels, grouping)
    now, before = _compared(every, context)
    rows = [
        (
            one.label,
            words.shown(one.people(now), context.base),
            words.shown(one.people(before), context.base),
            _change(one, now, before, context.base),
        )
        for one in every
    ]
    heads = (dutch.capital(noun[0]), *map(_on, (now, before)), "Verschil")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")
    caption = words.joined(
        f"Mensen in de keten per {noun[0]}.",
        f"Een verschil van {2 * words.off(context.base)} of minder kan van het afronden komen."
        if context.base > 1
        else "",
        context.caution_of(grouping),
        NO_EFFECT,
        words.reading_help(context, cells_of(frame)),
    )
    title = _title_of_all(every, grouping, context)
    return Table(page_id(f"nu-{grouping}", flows), title, caption, frame)


def _on(month: "date | None") -> str:
    return f"Op {dutch.day(month)}" if month else "Een jaar eerder"


def _change(one: Months, now: "date | None", before: "date | None", base: int) -> str:
    people, earlier = one.people(now), one.people(before)
    if people is None or earlier is None:
        return wording.HIDDEN
    difference = people - earlier
    return words.signed(difference) if words.certain(difference, base) else "kan afronding zijn"


def group_people(flows: "Released", labels: "Released", grouping: str, group: str = "") -> Figure:
    """Return the number of people in the chain in each group on the first of every month, of a wijk on a day a year.

    group  code of one group, that is then drawn beside all groups together; else all groups are
    """
    context, every = _context(flows, grouping), _every(flows, labels, grouping)
    drawn = _beside(every, flows, labels, grouping, group) if group else every
    table = _table(drawn)
    title = _title_of_one(drawn[0], context) if group else _title_of_all(every, grouping, context)
    return Figure(
        id=page_id(f"mensen-{grouping}", flows),
        title=title,
        subtitle=_subtitle(drawn, context),
        description=_description(drawn, title, context),
        chart=panels(tuple(_panel(one, context) for one in drawn), context.base),
        table=_shown(table, context),
        caption=words.joined(
            "Aantal mensen in de keten op de eerste dag van de maand.",
            context.caution_of(grouping),
            NO_EFFECT,
            words.reading_help(context, cells_of(_shown(table, context))),
        ),
    )


def group_traffic(flows: "Released", labels: "Released", grouping: str, group: str = TOTAL) -> Figure:
    """Return how many people of a group came into the chain, and how many left it, in every month.

    group   its code; by default all groups together
    Raises  WrongUse: a group of a grouping whose months are mostly rounding.
    """
    if grouping in NOT_BY_MONTH and group != TOTAL:
        raise WrongUse(
            f"Van een groep van '{grouping_name(grouping)}' tonen wij geen aantallen per maand: toon een jaar."
        )
    own = "" if group == TOTAL else grouping
    context, label = _context(flows, own), _name(labels, grouping, group)
    months = _traffic(flows.frame, own, group, context)
    balance = any(words.certain(one, context.base) for one in months["saldo"].to_list())
    heads = ("Kwamen erbij", "Gingen eruit", *(["Saldo (erbij min eruit)"] if balance else []))
    table, title = balance_table(months, context.base, heads), _traffic_title(months, label, context.base)
    return Figure(
        id=page_id(f"erbij-{grouping}", flows),
        title=title,
        subtitle=words.joined(
            f"Mensen die in een maand in de keten kwamen en die eruit gingen, {_period(months)}.",
            "Lijn = saldo: erbij min eruit." if balance else "",
            "De lichte maanden zijn voorlopig en tellen niet mee in de kop." if months["voorlopig"].any() else "",
            words.rounding(context.base),
            f"Geen staaf betekent {words.smallest(context.base)} mensen." if context.base > 1 else "",
            f"Het saldo kan hoogstens {2 * words.off(context.base)} hoger of lager zijn."
            if balance and context.base > 1
            else "",
            words.fictional(context),
        ),
        description=words.described(
            context,
            f"Staafdiagram per maand, {_period(months)}: wie erbij kwam boven de nullijn, wie eruit ging eronder"
            f"{', het saldo als lijn' if balance else ''}.",
            f"{title}.",
            every="aantallen",
        ),
        # the drawing calls up and down after steps
        chart=bars(months.rename({"erbij": "vooruit", "eruit": "terug"}), context.base, TRAFFIC, balance=balance),
        table=table,
        caption=words.joined(
            f"Mensen die per maand in de keten kwamen en eruit gingen: {label}.",
            words.out_by_rule(context),
            context.caution_of(own) if group != TOTAL else "",
            NO_EFFECT,
            words.reading_help(context, cells_of(table)),
        ),
    )


def _code(flows: "Released", grouping: str) -> str:
    """Return the grouping as the table has it: nothing, which is everyone, when it was not released."""
    return grouping if grouping in flows.frame["grouping"] else ""


def _context(flows: "Released", grouping: str) -> "Context":
    """Return the context with the base of the grouping's own counts; without a grouping that of everyone's."""
    if grouping:
        grouping_name(grouping)
    own = flows.frame.filter(pl.col("grouping") == _code(flows, grouping))["base"]
    return replace(flows.context, base=own.item(0)) if len(own) else flows.context


def _name(labels: "Released", grouping: str, group: str) -> str:
    """Return what a chart calls a group, the small ones together and all together included."""
    more = NOUNS.get(grouping, ("groep", "groepen"))[1]
    named = {TOTAL: f"Alle {more} samen", REST: f"Kleine {more} samen", UNKNOWN: "Onbekend"}
    found = group_label(labels, grouping, group)
    return named.get(group, found) if found == group else found


def _every(flows: "Released", labels: "Released", grouping: str) -> list[Months]:
    """Return the groups in their order, then small and unknown ones; everyone as one when no group is shown."""
    counts = _counts(by_year(flows.frame, flows.context), grouping)
    named = groups_shown(flows, labels, grouping)
    others = [code for code in (REST, UNKNOWN) if code in counts["group_code"] and code not in named]
    if not named:
        return [Months(EVERYONE, _of(_counts(flows.frame, ""), ""))]
    return [Months(_name(labels, grouping, code), _of(counts, code), code in named) for code in (*named, *others)]


def _beside(every: list[Months], flows: "Released", labels: "Released", grouping: str, group: str) -> list[Months]:
    """Return one group, and all groups together."""
    counts = _counts(by_year(flows.frame, flows.context), grouping)
    found = [Months(_name(labels, grouping, code), _of(counts, code)) for code in (group, TOTAL)]
    return [one for one in found if len(one.frame)] or every


def _counts(frame: pl.DataFrame, grouping: str) -> pl.DataFrame:
    """Return group_code, maand, mensen, voorlopig: everyone in the chain on the first of the month."""
    return frame.filter(
        pl.col("family") == STOCK_FLOW,
        pl.col("grouping") == grouping,
        pl.col("from_position") == TOTAL,
        pl.col("to_position") == TOTAL,
    ).select("group_code", maand="month", mensen="persons", voorlopig="provisional")


def _of(counts: pl.DataFrame, group: str) -> pl.DataFrame:
    return counts.filter(pl.col("group_code") == group).drop("group_code").sort("maand")


def _compared(every: list[Months], context: "Context") -> tuple["date | None", "date | None"]:
    """Return the newest day that is not provisional, and the one a year before it."""
    months = {month for one in every for month in one.frame["maand"].to_list()}
    now = max((month for month in months if month <= context.settled_on), default=None)
    return now, year_before(now) if now and year_before(now) in months else None


def _differences(every: list[Months], context: "Context") -> list[int]:
    """Return the change in a year of every group with a name, where both ends of it are known."""
    now, before = _compared(every, context)
    both = [(one.people(now), one.people(before)) for one in every if one.named]
    return [people - earlier for people, earlier in both if people is not None and earlier is not None]


def _title_of_all(every: list[Months], grouping: str, context: "Context") -> str:
    """Return in how many groups there are more people than a year before, and in how many fewer."""
    if [one.label for one in every] == [EVERYONE]:
        return NOBODY_LARGE
    one, more = NOUNS.get(grouping, ("groep", "groepen"))
    changes = _differences(every, context)
    if not changes:
        return f"Mensen in de keten per {one}"
    certain = [change for change in changes if words.certain(change, context.base)]
    grew, shrank = sum(change > 0 for change in certain), sum(change < 0 for change in certain)
    said = [
        f"in {many} {one if many == 1 else more} {which} mensen"
        for many, which in ((grew, "meer"), (shrank, "minder"))
        if many
    ]
    if not said:
        return f"Het verschil met een jaar eerder kan in elke {one} afronding zijn"
    return dutch.capital(f"{dutch.listed(said)} dan een jaar eerder")


def _title_of_one(one: Months, context: "Context") -> str:
    changes = _differences([one], context)
    if not changes:
        return f"{one.label}: mensen in de keten per maand"
    if not words.certain(changes[0], context.base):
        return f"{one.label}: het verschil met een jaar eerder kan afronding zijn"
    about = "ongeveer " if context.base > 1 else ""
    many, which = words.people(abs(changes[0]), context.base), "meer" if changes[0] > 0 else "minder"
    return f"{one.label}: {about}{many} {which} in de keten dan een jaar eerder"


def _subtitle(drawn: list[Months], context: "Context") -> str:
    now, before = _compared(drawn, context)
    return words.joined(
        "Mensen in de keten op de eerste dag van de maand. Elke grafiek heeft een eigen schaal, die bij nul begint: "
        "vergelijk groepen aan de getallen, niet aan de hoogte.",
        f"De kop en de getallen vergelijken {dutch.day(now)} (de stip) met {dutch.day(before)}."
        if now and before
        else "",
        "Gestippeld = voorlopig, telt niet mee in de kop."
        if any(one.frame["voorlopig"].any() for one in drawn)
        else "",
        words.rounding(context.base),
        words.fictional(context),
    )


def _description(drawn: list[Months], title: str, context: "Context") -> str:
    now, before = _compared(drawn, context)
    said = [
        words.joined(f"{one.label}: {words.shown(one.people(now), context.base)}", _before(one, before, context))
        for one in drawn
    ]
    return words.described(
        context,
        f"Lijngrafiek per groep. {title}.",
        f"Mensen op {dutch.day(now)}: {'; '.join(said)}." if now else "",
        every="maanden",
    )


def _before(one: Months, before: "date | None", context: "Context") -> str:
    return f"een jaar eerder {words.shown(one.people(before), context.base)}" if before else ""


def _panel(one: Months, context: "Context") -> Panel:
    now, before = _compared([one], context)
    return Panel(one.label, words.people(one.people(now), context.base), _before(one, before, context), one.frame)


def _table(drawn: list[Months]) -> pl.DataFrame:
    """Return maand, a column per group, voorlopig."""
    frames = [one.frame.select("maand", pl.col("mensen").alias(one.label)) for one in drawn]
    months = pl.concat([one.frame.select("maand", "voorlopig") for one in drawn]).unique().sort("maand")
    for frame in frames:
        months = months.join(frame, on="maand", how="left", maintain_order="left")
    return months


def _shown(table: pl.DataFrame, context: "Context") -> pl.DataFrame:
    labels = table.columns[2:]
    rows = [
        (
            dutch.day(row["maand"]),
            *(words.shown(row[label], context.base) for label in labels),
            words.status(row["voorlopig"]),
        )
        for row in table.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("Datum", *labels, "Status"), pl.String), orient="row")


def _traffic(frame: pl.DataFrame, grouping: str, group: str, context: "Context") -> pl.DataFrame:
    """Return maand, erbij, eruit, saldo, voorlopig; months that are not over are left out."""
    own = frame.filter(
        pl.col("family") == STOCK_FLOW,
        pl.col("grouping") == grouping,
        pl.col("group_code") == (group if grouping else ""),
    )
    ways = {"erbij": (OUTSIDE, TOTAL), "eruit": (TOTAL, OUTSIDE)}
    came, left = (
        own.filter(pl.col("from_position") == start, pl.col("to_position") == end).select("month", **{name: "persons"})
        for name, (start, end) in ways.items()
    )
    return (
        came.join(left, on="month")
        .sort("month")
        .select(
            maand="month",
            erbij="erbij",
            eruit="eruit",
            saldo=pl.col("erbij") - pl.col("eruit"),
            voorlopig=pl.col("month") >= context.provisional_from,
        )
    )


def _period(months: pl.DataFrame) -> str:
    return dutch.months(months["maand"][0], months["maand"][-1]) if len(months) else "geen maanden"


def _traffic_title(months: pl.DataFrame, label: str, base: int) -> str:
    """Return in how many months more people came in than left, or fewer, or that there were few in most.

    Provisional months do not count.
    """
    known = months.filter(~pl.col("voorlopig"))
    certain = [balance for balance in known["saldo"].to_list() if words.certain(balance, base)]
    more, fewer = sum(balance > 0 for balance in certain), sum(balance < 0 for balance in certain)
    few = known.filter(erbij=0, eruit=0).height
    if 2 * few > known.height:
        return f"{label}: {'elke maand' if few == known.height else 'meestal'} weinig mensen erbij en eruit"
    if len(known) - len(certain) >= max(more, fewer):
        return (
            f"{label}: het verschil tussen erbij en eruit kan {'meestal' if certain else 'elke maand'} afronding zijn"
        )
    said = [
        f"in {dutch.counted(many, 'maand', 'maanden')} kwamen er meer mensen bij dan eruit gingen"
        if up
        else f"in {dutch.counted(many, 'maand', 'maanden')} gingen er meer mensen uit dan erbij kwamen"
        for many, up in ((more, True), (fewer, False))
        if many
    ]
    return f"{label}: {dutch.listed(said)}"
