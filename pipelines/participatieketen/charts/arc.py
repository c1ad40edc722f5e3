"""The lead picture: steps between positions as arcs, forward above the row, back below it."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.arc_drawing import Box, Count, Step, drawing
from participatieketen.charts.figure import Figure, parts_of
from participatieketen.charts.released import ladder, page_id, persons_in
from participatieketen.months import year_before

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

Steps = tuple[Step, ...]
Boxes = tuple[Box, ...]

MONTHS = 12
"""A year, of which the steps are."""


def arc_diagram(step_year: "Released", stock: "Released") -> Figure:
    """Return the steps of twelve months between positions, with how many people stood there after and before them.

    step_year  from_position, to_position, direction, steps;  stock  month, position, persons
    """
    context = step_year.context
    places = ladder(context)
    steps, boxes = _steps(step_year.frame, places), _boxes(step_year.frame, stock, places)
    table = _table(steps, boxes, stock)
    return Figure(
        id=page_id("boog", step_year),
        title=_title(steps, context.base),
        subtitle=_subtitle(steps, boxes, step_year, stock),
        description=_description(steps, boxes, context),
        chart=drawing(steps, boxes, _banners(steps, boxes, context.base), context.base),
        table=table,
        caption=_caption(table, boxes, context),
    )


def _title(steps: Steps, base: int) -> str:
    return words.more_or_less(_total(steps, "vooruit"), _total(steps, "terug"), base, MONTHS)


def _steps(frame: pl.DataFrame, places: tuple["Position", ...]) -> Steps:
    """Return steps between positions, from low to high by where they start and then by where they end."""
    place = {position.code: index for index, position in enumerate(places)}
    inside = frame.filter(pl.col("from_position").is_in(list(place)), pl.col("to_position").is_in(list(place)))
    rows = inside.select("from_position", "to_position", "direction", "steps").iter_rows()
    steps = (Step(place[source], place[target], direction, count) for source, target, direction, count in rows)
    return tuple(sorted(steps, key=lambda step: (step.source, step.target)))


def _boxes(frame: pl.DataFrame, stock: "Released", places: tuple["Position", ...]) -> Boxes:
    month = stock.context.settled_on
    known = {
        "nu": {code: Count(persons) for code, persons in persons_in(stock, month).items()},
        "was": {code: Count(persons) for code, persons in persons_in(stock, year_before(month)).items()},
        "in": _traffic(frame, "in", "to_position"),
        "uit": _traffic(frame, "uit", "from_position"),
    }
    return tuple(
        Box(place.label, {what: counts[place.code] for what, counts in known.items() if place.code in counts})
        for place in places
    )


def _traffic(frame: pl.DataFrame, direction: str, side: str) -> dict[str, Count]:
    """Return steps into or out of the chain per position: sums over the places outside it."""
    found = frame.filter(pl.col("direction") == direction).group_by(side, maintain_order=True)
    return {str(code): Count(count, cells) for code, count, cells in found.agg(pl.sum("steps"), pl.len()).iter_rows()}


def _total(steps: Steps, direction: str) -> int:
    return sum(step.steps for step in steps if step.direction == direction)


def _table(steps: Steps, boxes: Boxes, stock: "Released") -> pl.DataFrame:
    """Return for each position: people then and now, steps in and out of the chain, steps to other positions."""
    month = stock.context.settled_on
    heads = {
        "was": f"mensen op {dutch.day(year_before(month))}",
        "nu": f"mensen op {dutch.day(month)}",
        "in": "stappen de keten in",
        "uit": "stappen de keten uit",
    }
    rows = [
        (box.label, what, count.shown(stock.context.base))
        for place, box in enumerate(boxes)
        for what, count in [
            *((head, box.counts[key]) for key, head in heads.items() if key in box.counts),
            *((_to(step, boxes), Count(step.steps)) for step in steps if step.source == place),
        ]
    ]
    return pl.DataFrame(rows, schema={"Plek": pl.String, "Wat": pl.String, "Aantal": pl.String}, orient="row")


def _to(step: Step, boxes: Boxes) -> str:
    return f"stap {step.direction} naar {boxes[step.target].label}"


def _caption(table: pl.DataFrame, boxes: Boxes, context: "Context") -> str:
    return words.joined(
        f"Mensen per plek en stappen van {_period(context)}.",
        words.YEAR_APART if context.base > 1 else "",
        words.reading_help(context, parts_of(table.select("Aantal"))),
        _farther_off(boxes, context.base) if context.base > 1 else "",
    )


def _farther_off(boxes: Boxes, base: int) -> str:
    """Return how far sums are off that were not released as a total."""
    traffic = max((count.off(base) for box in boxes for count in box.counts.values()), default=0)
    both = f", in en uit per plek hoogstens {traffic}" if traffic > words.off(base) else ""
    return f"Het totaal van een richting kan er hoogstens {words.off(base, MONTHS)} naast zitten{both}."


def _period(context: "Context") -> str:
    return words.last_year(context)


def _subtitle(steps: Steps, boxes: Boxes, step_year: "Released", stock: "Released") -> str:
    context = step_year.context
    known = {what for box in boxes for what in box.counts}
    was = " en een jaar eerder (was)" if "was" in known else ""
    traffic = "; in en uit: stappen de keten in en de keten uit" if known & {"in", "uit"} else ""
    small = any(step.steps == 0 for step in steps) and context.base > 1
    return words.joined(
        f"Stappen van {_period(context)}. Dikte van de boog = aantal stappen.",
        f"In het vak: mensen op {dutch.day(stock.context.settled_on)}{was}{traffic}.",
        "Grijs = stap opzij, naar een plek op gelijke hoogte." if _drawn(steps, "opzij") else "",
        f"Geen boog betekent {words.smallest(context.base)} stappen." if small else "",
        (words.out_by_rule(context) or _about_leaving(step_year)) if "uit" in known else "",
        words.rounding(context.base),
        words.fictional(context),
    )


def _about_leaving(step_year: "Released") -> str:
    """Return where most steps out of the last position go, when that is more than half of them: often a rule."""
    *_, last = ladder(step_year.context)
    left = step_year.frame.filter(pl.col("direction") == "uit", pl.col("from_position") == last.code)
    out = dict(left.filter(pl.col("steps") > 0).select("to_position", "steps").iter_rows())
    most = max(out, key=lambda code: out[code], default=None)
    if most is None or 2 * out[most] <= sum(out.values()):
        return ""
    label = next(position.label for position in step_year.context.positions if position.code == most)
    return f"Uit bij {last.label} betekent meestal: {label}."


def _drawn(steps: Steps, direction: str) -> Steps:
    return tuple(step for step in steps if step.steps and step.direction == direction)


def _description(steps: Steps, boxes: Boxes, context: "Context") -> str:
    return words.described(
        context,
        f"Boogdiagram van {dutch.counted(len(boxes), 'plek', 'plekken')} in de keten, {_period(context)}.",
        *(_said(steps, direction, boxes, context.base) for direction in ("vooruit", "terug")),
        every="aantallen",
    )


def _said(steps: Steps, direction: str, boxes: Boxes, base: int) -> str:
    """Return the total of a direction and between which positions most of it is, as a sentence."""
    total, drawn = _totalled(steps, direction, base), _drawn(steps, direction)
    if not drawn:
        return f"{total}."
    most = max(drawn, key=lambda step: step.steps)
    route = f"van {boxes[most.source].label} naar {boxes[most.target].label}"
    return f"{total}; de meeste gaan {route} ({words.shown(most.steps, base)})."


def _banners(steps: Steps, boxes: Boxes, base: int) -> tuple[str, str]:
    """Return the lines above and below the arcs: what goes on there, in which direction, how often."""
    forward, back = (_totalled(steps, direction, base) for direction in ("vooruit", "terug"))
    top = boxes[-1].label
    return f"{forward}, richting {top} \N{RIGHTWARDS ARROW}", f"\N{LEFTWARDS ARROW} {back}, verder van {top}"


def _totalled(steps: Steps, direction: str, base: int) -> str:
    """Return "635 stappen vooruit"; what to say when there is no number."""
    total = _total(steps, direction)
    if total == 0:
        return f"Geen stappen {direction}" if base == 1 else f"Stappen {direction}: elk aantal kleiner dan {base}"
    return f"{dutch.counted(total, 'stap', 'stappen')} {direction}"
