"""The lead picture: steps between positions as arcs, forward above the row, back below it."""

from typing import TYPE_CHECKING

import polars as pl

from participatieketen.charts import words
from participatieketen.charts.arc_drawing import Box, Step, drawing
from participatieketen.charts.figure import Figure, parts_of
from participatieketen.charts.released import Counts, ladder, newest_month, page_id, persons_in

if TYPE_CHECKING:
    from participatieketen.disclosure import Context, Position, Released

Steps = tuple[Step, ...]
Boxes = tuple[Box, ...]

TOO_SMALL = "Stromen van te kleine groepen zijn niet getoond en tellen niet mee."


def arc_diagram(step_year: "Released", stock: "Released") -> Figure:
    """Return the steps of twelve months between positions, with how many people stand there now and stood then.

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
        caption=_caption(table, context),
    )


def _title(steps: Steps, base: int) -> str:
    summed = sum(step.steps is not None and step.direction != "opzij" for step in steps)
    return words.more_or_less(_total(steps, "vooruit"), _total(steps, "terug"), base, summed)


def _steps(frame: pl.DataFrame, places: tuple["Position", ...]) -> Steps:
    """Return steps between positions, from low to high by where they start and then by where they end."""
    place = {position.code: index for index, position in enumerate(places)}
    inside = frame.filter(pl.col("from_position").is_in(list(place)), pl.col("to_position").is_in(list(place)))
    rows = inside.select("from_position", "to_position", "direction", "steps").iter_rows()
    steps = (Step(place[source], place[target], direction, count) for source, target, direction, count in rows)
    return tuple(sorted(steps, key=lambda step: (step.source, step.target)))


def _boxes(frame: pl.DataFrame, stock: "Released", places: tuple["Position", ...]) -> Boxes:
    month = newest_month(stock)
    known = {
        "nu": persons_in(stock, month),
        "was": persons_in(stock, words.year_before(month)),
        "in": _traffic(frame, "in", "to_position"),
        "uit": _traffic(frame, "uit", "from_position"),
    }
    return tuple(
        Box(place.label, {what: counts[place.code] for what, counts in known.items() if place.code in counts})
        for place in places
    )


def _traffic(frame: pl.DataFrame, direction: str, side: str) -> Counts:
    """Return steps into or out of the chain per position; None where all of them are hidden."""
    rows = frame.filter(pl.col("direction") == direction)
    return {
        str(code): words.shown_total(rows.filter(pl.col(side) == code)["steps"].to_list())
        for code in rows[side].unique(maintain_order=True)
    }


def _total(steps: Steps, direction: str) -> int | None:
    return words.shown_total(step.steps for step in steps if step.direction == direction)


def _table(steps: Steps, boxes: Boxes, stock: "Released") -> pl.DataFrame:
    """Return for each position: people then and now, steps in and out of the chain, steps to other positions."""
    month = newest_month(stock)
    heads = {
        "was": f"mensen op {words.day(words.year_before(month))}",
        "nu": f"mensen op {words.day(month)}",
        "in": "stappen de keten in",
        "uit": "stappen de keten uit",
    }
    rows = [
        (box.label, what, said(count, stock.context.base))
        for place, box in enumerate(boxes)
        for what, count, said in [
            *((head, box.counts[key], box.said(key)) for key, head in heads.items() if key in box.counts),
            *((_to(step, boxes), step.steps, words.shown) for step in steps if step.source == place),
        ]
    ]
    return pl.DataFrame(rows, schema={"Plek": pl.String, "Wat": pl.String, "Aantal": pl.String}, orient="row")


def _to(step: Step, boxes: Boxes) -> str:
    return f"stap {step.direction} naar {boxes[step.target].label}"


def _caption(table: pl.DataFrame, context: "Context") -> str:
    explained = words.reading_help(context, parts_of(table.select("Aantal")))
    return f"Mensen per plek en stappen van {_period(context)}. {explained}"


def _period(context: "Context") -> str:
    return words.last_whole_months(context.peildatum)


def _subtitle(steps: Steps, boxes: Boxes, step_year: "Released", stock: "Released") -> str:
    context = step_year.context
    known = {what for box in boxes for what in box.counts}
    was = " en een jaar eerder (was)" if "was" in known else ""
    traffic = "; in en uit: stappen de keten in en de keten uit" if known & {"in", "uit"} else ""
    small = any(step.steps == 0 for step in steps) and context.base > 1
    return words.joined(
        f"Stappen van {_period(context)}. Dikte van de boog = aantal stappen.",
        f"In het vak: mensen op {words.day(newest_month(stock))}{was}{traffic}.",
        "Grijs = stap opzij, naar een plek op gelijke hoogte." if _drawn(steps, "opzij") else "",
        f"Stromen van {words.smallest(context.base)} stappen zijn niet getekend." if small else "",
        TOO_SMALL if step_year.frame["steps"].has_nulls() else "",
        _about_leaving(step_year),
        words.rounding(context.base),
        words.summing(context.base),
        words.fictional(context),
    )


def _about_leaving(step_year: "Released") -> str:
    """Return where most steps out of the last position go, when that is more than half of them: often a rule."""
    *_, last = ladder(step_year.context)
    left = step_year.frame.filter(pl.col("direction") == "uit", pl.col("from_position") == last.code)
    out = {code: steps for code, steps in left.select("to_position", "steps").iter_rows() if steps}
    most = max(out, key=lambda code: out[code], default=None)
    if most is None or 2 * out[most] <= sum(out.values()):
        return ""
    label = next(position.label for position in step_year.context.positions if position.code == most)
    return f"Uit bij {last.label} is vooral: {label}."


def _drawn(steps: Steps, direction: str) -> Steps:
    return tuple(step for step in steps if step.steps and step.direction == direction)


def _description(steps: Steps, boxes: Boxes, context: "Context") -> str:
    return words.joined(
        f"Boogdiagram van {words.counted(len(boxes), 'plek', 'plekken')} in de keten, {_period(context)}.",
        *(_said(steps, direction, boxes, context.base) for direction in ("vooruit", "terug")),
        "De tabel onder de grafiek geeft alle aantallen.",
        words.fictional(context),
    )


def _said(steps: Steps, direction: str, boxes: Boxes, base: int) -> str:
    """Return the total of a direction and its largest flow, as a sentence."""
    total, drawn = _totalled(steps, direction, base), _drawn(steps, direction)
    if not drawn:
        return f"{total}."
    most = max(drawn, key=lambda step: step.steps or 0)
    route = f"van {boxes[most.source].label} naar {boxes[most.target].label}"
    return f"{total}; de grootste stroom is {route} ({words.shown(most.steps, base)})."


def _banners(steps: Steps, boxes: Boxes, base: int) -> tuple[str, str]:
    """Return the lines above and below the arcs: what goes on there, in which direction, how often."""
    forward, back = (_totalled(steps, direction, base) for direction in ("vooruit", "terug"))
    top = boxes[-1].label
    return f"{forward}, richting {top} \N{RIGHTWARDS ARROW}", f"\N{LEFTWARDS ARROW} {back}, verder van {top}"


def _totalled(steps: Steps, direction: str, base: int) -> str:
    """Return "Ongeveer 635 stappen vooruit", as a sum of rounded counts; what to say when there is no number."""
    total = _total(steps, direction)
    if total is None:
        return f"Stappen {direction}: niet getoond"
    if total == 0:
        return f"Geen stappen {direction}" if base == 1 else f"Stappen {direction}: elke stroom kleiner dan {base}"
    about = "Ongeveer " if base > 1 else ""
    return f"{about}{words.counted(total, 'stap', 'stappen')} {direction}"
