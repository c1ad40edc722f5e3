"""Forward and back: does a step last, what follows a step back, does who left return. Steps of one person count each.

Months are calendar months: the day k months later, or the last of that month where it has no such day.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.follow_up import at_months, history_since, with_followed
from participatieketen.estimates.intervals import with_share
from participatieketen.estimates.paths import (
    asked_months,
    clock,
    held,
    months_after,
    refuse_later,
    stays,
)
from participatieketen.moves.changes import rank, same_person

_OTHER_WAY = {"terug": "vooruit", "vooruit": "terug"}
_LEVELS = ("op_niveau", "lager", "buiten")
_ROUNDING = 1e-9  # of a quotient of shares: what should be a whole number may come out a little below it


def return_incidence(
    timeline: pl.DataFrame, peildatum: date, position: str | None = None, months: Sequence[int] = (6, 12, 18, 24)
) -> pl.DataFrame:
    """Re-entry, form 2: probability of having returned so many months after an exit.

    timeline  as `timelines.timeline` returns it.
    position  a code of the chain; default: having bijstand, whatever the position.

    Returns   (months x 7)  months since the first day without; probability of a first return by then, std_error, lower,
              upper (95 %, logit), n exits seen before the peildatum, followed: exits followed for so many months;
              null where followed is 0. All exits count, also several of one person; they are taken as independent.
              The register shows a return whenever it comes: who is out of sight after work is followed on.
    Raises    ValueError: months are not different whole numbers >= 0, there is no such position, or the timeline goes
              on after the peildatum.
    Source    Divosa's form, made right for exits that are not yet followed to the end: Kaplan-Meier of the time to
              return. Who died, moved away or reached AOW stays in the denominator until the peildatum, so these are
              competing exits: with only the peildatum as censoring this is the cumulative incidence of Fine & Gray
              (1999), section 3. Form 1 is `reentry_share`: another denominator.
    """
    refuse_later(peildatum, timeline)
    left = exits(timeline, peildatum, position).filter(pl.col("day") < peildatum)
    schema = {"months": pl.Int64, "probability": pl.Float64, "std_error": pl.Float64}
    if left.is_empty():
        found = pl.DataFrame({"months": months, "probability": None, "std_error": None}, schema=schema)
    else:
        history = left.select(
            person=pl.int_range(pl.len()),
            state=pl.lit("weg"),
            start=pl.lit(0, dtype=pl.Int64),
            stop=clock("day", "until"),
            to=pl.when(pl.col("back").is_not_null()).then(pl.lit("terug")),
        )
        found = at_months(history, "weg", months, ("weg", "terug")).filter(pl.col("state") == "terug").select(*schema)
    return with_followed(found, left, peildatum, months)


def exits(timeline: pl.DataFrame, peildatum: date, position: str | None = None) -> pl.DataFrame:
    """Return person, day (the first without), back (the first day of the next time, or null), until (that, or the end).

    Of every time in the position, or with bijstand, that ended on or before the peildatum.
    """
    back = pl.when(same_person(-1)).then(pl.col("first_day").shift(-1))
    return (
        held(timeline, position)
        .with_columns(back=back)
        .filter(pl.col("closed"), pl.col("next_day") <= peildatum)
        .select("person", "back", day="next_day", until=pl.coalesce("back", pl.lit(peildatum)))
    )


def lasting_steps(
    step: pl.DataFrame, chain: Chain, peildatum: date, months: Sequence[int] = (3, 6, 12)
) -> pl.DataFrame:
    """Share of the steps forward that lasted, in both forms.

    step     as `moves.steps` returns it; a short time outside the chain that it bridges is no exit.

    Returns  (months x 2, 11)  months, form, n steps forward followed for so many months, lasted, fell, outside,
             too_recent (steps forward left out because they are not followed so long: too recent, or out of sight
             before), share = lasted / n, lower, upper (95 %), interval = clopper-pearson (takes the steps of one person
             as independent).
             form a: lasted = at the position of the step or higher on the day so many months later; fell = lower on
             that day; outside = outside the chain on it.
             form b: lasted = on no day up to then lower or outside; fell = lower on some day; outside = never lower,
             outside on some day. Outside is not a failure: AOW, death and moving away are in it. It is in n, and
             never in lasted. After a step to a position that follows from an exit (Werk) no register shows these,
             only deaths are known: there lasted means not seen back, and holds who moved or reached AOW.
    Raises   ValueError: months are not different whole numbers >= 0, or the steps go on after the peildatum.
    Source   form a: CBS; form b: the lasting step of SGB II.
    """
    refuse_later(peildatum, step=step)
    answers = lasting_answers(step, chain, peildatum, months)
    followed = _counted(answers, months, _forward(step).height)
    counted = pl.concat(
        followed.select(
            "months",
            "n",
            "too_recent",
            form=pl.lit(form),
            lasted=pl.col("n") - pl.col(f"fell_{form}") - pl.col(f"outside_{form}"),
            fell=f"fell_{form}",
            outside=f"outside_{form}",
        )
        for form in ("a", "b")
    )
    return with_share(
        counted.select("months", "form", "n", "lasted", "fell", "outside", "too_recent").sort("months", "form"),
        "lasted",
        "n",
    )


def lasting_answers(step: pl.DataFrame, chain: Chain, peildatum: date, months: Sequence[int]) -> pl.DataFrame:
    """Return day, months, fell_a, outside_a, fell_b, outside_b of `lasting_steps` per step forward followed so long."""
    later = pl.col("later_rank")
    return _followed(
        _forward(step).with_columns(rank=rank("to_position", chain)),
        step.with_columns(later_rank=rank("to_position", chain)),
        chain,
        peildatum,
        months,
        fell_a=(later.last() < pl.col("rank").first()) & pl.col("later_day").last().is_not_null(),
        outside_a=later.last().is_null() & pl.col("later_day").last().is_not_null(),
        fell_b=(later < pl.col("rank")).any(),
        outside_b=(later.is_null() & pl.col("later_day").is_not_null()).any() & ~(later < pl.col("rank")).any(),
    )


def _forward(step: pl.DataFrame) -> pl.DataFrame:
    return step.filter(pl.col("direction") == "vooruit")


def recovery(
    step: pl.DataFrame,
    timeline: pl.DataFrame,
    chain: Chain,
    peildatum: date,
    months: Sequence[int] = (3, 6, 12, 24),
) -> pl.DataFrame:
    """Probability of being at or above the former position, so many months after a first step back.

    step, timeline  as `moves.steps` and `timelines.timeline` return them.

    Returns  (2 groups x months x 3, 9)  group, months, state, probability, std_error, lower, upper (95 %, logit),
             n persons, followed: persons followed for so many months; null where that is 0.
             state: op_niveau (at the former position or above), lager, buiten (outside the chain); they sum to 1.
             group stap_terug: who stepped back, from their first observed step back on. The clock is at the step.
             group geen_stap_terug, for comparison: on the median day of those steps, who was in one of the positions
             that were stepped back from and had made no step back up to and on that day; the clock is at that day.
             Who of them steps back later stays in: the group is fixed at its start, nothing of the future is used. They
             are weighted by position as those who stepped back; the weights are taken as given. So they tell no more
             than the largest group among them that is divided over the positions as those who stepped back: followed is
             the size of that group, the least n / weight of a position. Not a causal effect: who steps back differs
             from who does not.
             Empty when nobody stepped back; without the comparison when nobody is left for it.
             Going out of sight is the end of follow-up, not an exit. It comes follow_up_days after the exit to Werk, so
             it is certain, not by chance: the longer someone was at Werk on day 0, the sooner. The estimate lets them
             go on as others in the same state who are still seen; as people step back from Werk less the longer they
             are there, op_niveau of geen_stap_terug is rather too low than too high.
    Raises   ValueError: months are not different whole numbers >= 0, or the timeline or the steps go on after the
             peildatum.
    Source   Aalen-Johansen from a landmark, the step: Putter & Spitoni (2018); valid without the Markov property.
    """
    refuse_later(peildatum, timeline, step)
    back = first_steps_back(step).select("person", "day", position="from_position", state=pl.lit("lager"))
    others = _comparison(back, stays(step, timeline, chain, peildatum))
    groups = {"stap_terug": back, "geen_stap_terug": others}
    found = [
        _recovered(starts, back, step, chain, peildatum, months).with_columns(group=pl.lit(group))
        for group, starts in groups.items()
    ]
    return pl.concat(found).select(
        "group", "months", "state", "probability", "std_error", "lower", "upper", "n", "followed"
    )


def first_steps_back(step: pl.DataFrame) -> pl.DataFrame:
    """Return the first step back of everyone who made one."""
    return step.filter(pl.col("direction") == "terug").unique("person", keep="first", maintain_order=True)


def _comparison(back: pl.DataFrame, held_stays: pl.DataFrame) -> pl.DataFrame:
    """Return who was in the positions stepped back from on the median day of the steps, without a step back so far."""
    if back.is_empty():
        return back
    day = back["day"].sort()[(back.height - 1) // 2]
    return (
        held_stays.filter(pl.col("first_day") <= day, pl.col("next_day") > day)
        .join(back.select("position").unique(), on="position", how="semi", maintain_order="left")
        .join(back.filter(pl.col("day") <= day), on="person", how="anti", maintain_order="left")
        .select("person", "position", day=pl.lit(day, dtype=pl.Date), state=pl.lit("op_niveau"))
        .select(back.columns)
    )


def _recovered(
    starts: pl.DataFrame, back: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date, months: Sequence[int]
) -> pl.DataFrame:
    """Return probabilities by month and state for one group, weighted by position as those who stepped back."""
    history = _level_history(starts, step, chain, peildatum)
    seen = starts.filter(pl.col("day") < peildatum)
    if history.is_empty():
        schema = {"months": pl.Int64, "state": pl.String, "probability": pl.Float64, "std_error": pl.Float64}
        return with_followed(pl.DataFrame(schema=schema), seen, peildatum, months)
    start = starts["state"][0]
    if start == "lager":
        return with_followed(at_months(history, start, months, _LEVELS), seen, peildatum, months)
    weights = _weights(back, seen)
    found = with_followed(_weighted(history, weights, months), seen, peildatum, months)
    matched = weights.select((pl.col("n") / pl.col("weight") + _ROUNDING).floor().min().cast(pl.Int64)).item()
    return found.with_columns(followed=pl.when(pl.col("followed") > 0).then(matched).otherwise(0).cast(pl.Int64))


def _weights(back: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return (positions x 3) position, weight: its part of those who stepped back, n of the comparison in it."""
    there = seen.group_by("position").agg(n=pl.len())
    counted = back.group_by("position").agg(weight=pl.len()).join(there, on="position")
    return counted.sort("position").with_columns(pl.col("weight") / pl.col("weight").sum())


def _weighted(history: pl.DataFrame, weights: pl.DataFrame, months: Sequence[int]) -> pl.DataFrame:
    """Return months, state, probability, std_error of a history by position, weighted by position."""
    weight = pl.col("weight")
    return (
        at_months(history, "op_niveau", months, _LEVELS, by=("position",))
        .join(weights, on="position")
        .sort("position")
        .group_by("months", "state", maintain_order=True)
        .agg(
            probability=(weight * pl.col("probability")).sum(),
            std_error=(weight * pl.col("std_error")).pow(2).sum().sqrt(),
        )
        .sort("months", pl.col("state").cast(pl.Enum(_LEVELS)))
    )


def _level_history(starts: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return a history with the clock at the start: at or above the position of the start, below it, or outside.

    Out of sight is the end of follow-up, not outside.
    """
    former = starts.select("person", rank=rank("position", chain))
    reached = rank("to_position", chain)
    level = (
        pl.when(pl.col("to_position") == chain.out_of_sight)
        .then(None)
        .when(reached.is_null())
        .then(pl.lit("buiten"))
        .when(reached >= pl.col("rank"))
        .then(pl.lit("op_niveau"))
        .otherwise(pl.lit("lager"))
    )
    later = step.join(former, on="person", maintain_order="left").select("person", "day", state=level)
    return history_since(starts, later, peildatum, by=["position"])


def bounce(step: pl.DataFrame, chain: Chain, peildatum: date, months: int = 12) -> pl.DataFrame:
    """Share of the steps back that a step forward follows within 12 months, and of the steps forward a step back.

    step     as `moves.steps` returns it.
    months   calendar months after the step; the last day counts.

    Returns  (2 x 9)  direction of the step (terug, vooruit), n such steps followed for so many months, bounced: a step
             the other way came by then, outside: none came and the person was outside the chain on the last day,
             too_recent (steps left out because they are not followed so long: too recent, or out of sight before),
             share = bounced / n, lower, upper (95 %), interval = clopper-pearson (takes the steps of one person as
             independent).
    Raises   ValueError: months is no whole number >= 0, or the steps go on after the peildatum.
    Source   our own measure; both shares use complete follow-up only.
    """
    refuse_later(peildatum, step=step)
    found = [
        _counted(
            bounced_steps(step, chain, peildatum, way, months),
            (months,),
            step.filter(pl.col("direction") == way).height,
        ).with_columns(direction=pl.lit(way))
        for way in _OTHER_WAY
    ]
    return with_share(pl.concat(found).select("direction", "n", "bounced", "outside", "too_recent"), "bounced", "n")


def bounced_steps(step: pl.DataFrame, chain: Chain, peildatum: date, way: str, months: int) -> pl.DataFrame:
    """Return day, months, bounced, outside of `bounce` per step terug or vooruit that is followed so long."""
    other = pl.col("later_direction") == _OTHER_WAY[way]
    rows = step.with_columns(later_rank=rank("to_position", chain))
    return _followed(
        rows.filter(pl.col("direction") == way).drop("later_rank"),
        rows,
        chain,
        peildatum,
        (months,),
        bounced=other.any(),
        outside=pl.col("later_rank").last().is_null() & pl.col("later_day").last().is_not_null() & ~other.any(),
    )


def _followed(
    starts: pl.DataFrame, step: pl.DataFrame, chain: Chain, last: date, months: Sequence[int], **measures: pl.Expr
) -> pl.DataFrame:
    """Return day, months and what each measure says, of every start that is followed for so many months.

    Who goes out of sight on or before the day so many months later is not followed so long.
    A measure is asked of the later steps of the person, up to and on the day so many months later (later_day,
    later_direction, later_rank; one row of nulls when there are none).
    """
    days = asked_months(months)
    asked = (
        starts.with_row_index("row").join(days, how="cross").with_columns(until=months_after("day", pl.col("months")))
    )
    whole = asked.filter(pl.col("until") <= last)
    gone = pl.col("to_position") == chain.out_of_sight
    later = step.select("person", "later_rank", later_day="day", later_direction="direction", gone=gone)
    after = whole.join(later, on="person", maintain_order="left_right").filter(
        pl.col("later_day") > pl.col("day"), pl.col("later_day") <= pl.col("until")
    )
    unseen = after.filter("gone")
    after = after.join(unseen, on=["row", "months"], how="anti", maintain_order="left")
    alone = whole.join(pl.concat([after, unseen]), on=["row", "months"], how="anti")
    return (
        pl.concat([after, alone], how="diagonal")
        .group_by("row", "months", maintain_order=True)
        .agg(pl.col("day").first(), **{name: measure.fill_null(value=False) for name, measure in measures.items()})
        .drop("row")
    )


def _counted(answers: pl.DataFrame, months: Sequence[int], number: int) -> pl.DataFrame:
    """Return per number of months: n followed so long, too_recent (the rest), of how many each answer holds."""
    counted = answers.group_by("months").agg(pl.len().cast(pl.Int64).alias("n"), pl.exclude("day").sum().cast(pl.Int64))
    return (
        asked_months(months)
        .join(counted, on="months", how="left", maintain_order="left")
        .with_columns(pl.exclude("months").fill_null(0))
        .with_columns(too_recent=number - pl.col("n"))
    )


def balance(step: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Return (steps back - steps forward) / all steps forward or back: -1 all forward, 0 as many, 1 all back.

    step     as `moves.steps` returns it.

    Returns  (1 x 6)  forward, back, balance, lower, upper (95 %), interval = clopper-pearson: that of the share of
             steps back, times 2 minus 1 (takes the steps of one person as independent); null without such steps.
             Time outside the chain is skipped: who leaves and comes in at a higher position made a step forward.
             Steps between positions of one rank do not count.
    Source   TraMineR `seqidegrad`, method "ONE", over all steps together; incomparable states as there.
    """
    left = pl.when(same_person(1)).then(pl.col("from_position").shift(1))
    before = pl.when(pl.col("direction") == "in").then(left).otherwise("from_position")
    moved = step.with_columns(from_position=before).select(up=rank("to_position", chain) - rank("from_position", chain))
    counted = moved.select(
        forward=(pl.col("up") > 0).sum().cast(pl.Int64), back=(pl.col("up") < 0).sum().cast(pl.Int64)
    ).with_columns(n=pl.col("forward") + pl.col("back"))
    shared = with_share(counted, "back", "n").with_columns(pl.col("share", "lower", "upper") * 2 - 1)
    return shared.select("forward", "back", pl.col("share").alias("balance"), "lower", "upper", "interval")


def safety(step: pl.DataFrame) -> pl.DataFrame:
    """Share of the steps back without a day with nothing in between.

    step     as `moves.steps` returns it: bridged_days is how many days nothing was open before the later position.

    Returns  (1 x 7)  n steps back, without (0 days), mean_days (of all n), share = without / n, lower, upper (95 %),
             interval = clopper-pearson (takes the steps of one person as independent).
             Only steps back that are steps: who had nothing for longer than the chain's gap_days left it, and comes
             `in` again later. So this share says nothing about long times with nothing; see `return_incidence`.
    Source   our own measure.
    """
    back = step.filter(pl.col("direction") == "terug")
    counted = back.select(
        n=pl.len().cast(pl.Int64),
        without=(pl.col("bridged_days") == 0).sum().cast(pl.Int64),
        mean_days=pl.col("bridged_days").mean(),
    )
    return with_share(counted, "without", "n")
