"""timeline and step -> the estimates of a report: small frames without a person in them, on their way to disclosure.

Every figure has follow-up until the last final day: no event of the months that late registration still changes counts.
What is known of them is used for one thing: a gap that ends in them is filled, if it is short enough to be no gap.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.band import band
from participatieketen.estimates.follow_up import at_months, history_since, with_followed
from participatieketen.estimates.incidence import sojourn
from participatieketen.estimates.intervals import with_share
from participatieketen.estimates.paths import DAYS_A_MONTH, clock, stays
from participatieketen.estimates.rates import reentry_share
from participatieketen.estimates.two_way import bounce, lasting_steps, recovery, return_incidence, safety
from participatieketen.moves.changes import direction, rank

OUTSIDE = "buiten"
_CURVE = tuple(range(25))  # months
_YEAR = (12,)
_DIRECTIONS = ("vooruit", "terug", "opzij", "uit")
_QUANTILES = {"kwart": 0.75, "helft": 0.5, "driekwart": 0.25}
_ROUNDING = 1e-9  # of products of shares: a half that is reached exactly may come out a little above it
_EDGES = (3, 6, 12, 24)  # months
_BINS = ("0-3", "3-6", "6-12", "12-24", "24+")
_SCHEMA = {
    "measure": pl.String(),
    "gap_days": pl.Int64(),
    "group": pl.String(),
    "position": pl.String(),
    "outcome": pl.String(),
    "months": pl.Int64(),
    "n": pl.Int64(),
    "at_risk": pl.Int64(),
    "share": pl.Float64(),
    "lower": pl.Float64(),
    "upper": pl.Float64(),
}


def measures(timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> dict[str, pl.DataFrame]:
    """Return the estimates of a report, up to the last final day before the provisional months.

    timeline, step  as `timelines.timeline` and `moves.steps` return them, up to the peildatum.

    Returns  estimate  (measure x group x position x outcome x months, 11)  measure, gap_days (the chain's), group,
                       position, outcome, months, n (persons, steps or exits), at_risk (of eerste_stap: still there and
                       followed so long; of curves with follow-up: followed so long; else null), share, lower, upper
                       (95 %): the share of n, null when nobody was followed so long.
                       eerste_stap  first step out of `position` since entry into it (cumulative incidence), of each
                                    person's first stay that was seen to begin; outcome: vooruit, terug, opzij, uit.
                                    Who goes out of sight (work after follow_up_days) is no longer followed
                       bezetting    occupancy since entry into the chain; outcome: a position or buiten
                       herstel, blijvend, terugkeer_1, terugkeer_2, weerslag: `recovery`, `lasting_steps`,
                                    `reentry_share`, `return_incidence`, `bounce`
                       aansluitend  `safety`: outcome 0 (no day with nothing) or 1+
             duration  (positions x 3, 4)  position, quantile of the stays that has ended (kwart, helft, driekwart),
                       bin in months ("6-12": 6 up to 12), n stays; null: not reached within the time observed.
    """
    seen, moved, last = _until_final(timeline, step, chain, peildatum)
    held = stays(moved, seen, chain, last)
    entered = held.filter("entered", rank("position", chain).is_not_null())
    by_gap = _two_way(seen, moved, chain, last, months=(3, 6, 12, 24))
    only = [
        _first_steps(entered, chain, last),
        _since_entry(moved, chain, last),
        _reentry(seen, chain, last),
        _bounce(moved, chain, last),
        _without(moved),
    ]
    return {"estimate": _framed([*only, by_gap], chain), "duration": _durations(entered, chain, last)}


def sensitivity(timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return the rows of `estimate` at 12 months that depend on what counts as a gap, for a chain with other gap_days.

    timeline, step  made with that chain.
    """
    seen, moved, last = _until_final(timeline, step, chain, peildatum)
    return _framed([_two_way(seen, moved, chain, last, months=_YEAR)], chain)


def _until_final(
    timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date
) -> tuple[pl.DataFrame, pl.DataFrame, date]:
    """Return timeline and step as they were seen on the last final day, and that day."""
    provisional = chain.provisional_from(peildatum)
    day, closed = pl.col("next_day").clip(upper_bound=provisional), pl.col("next_day") < provisional
    seen = timeline.filter(pl.col("first_day") < provisional)
    return (
        seen.with_columns(next_day=day, closed=pl.col("closed") & closed),
        step.filter(pl.col("day") < provisional),
        provisional - timedelta(days=1),
    )


def _framed(parts: Sequence[pl.DataFrame], chain: Chain) -> pl.DataFrame:
    """Return the parts as one frame, with nothing where a part says nothing."""
    empty = pl.DataFrame(schema=_SCHEMA)
    rows = pl.concat([empty, *parts], how="diagonal_relaxed").with_columns(gap_days=pl.lit(chain.gap_days))
    return rows.with_columns(pl.col("group", "position").fill_null("")).select(
        pl.col(name).cast(kind) for name, kind in _SCHEMA.items()
    )


def _first_steps(entered: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return the cumulative incidence of each direction out of each position, of each person's first stay in it."""
    stay = _clocked(entered.unique(["person", "position"], keep="first", maintain_order=True), chain, last)
    if stay.is_empty():
        return pl.DataFrame()
    history = stay.with_columns(person=pl.int_range(pl.len()), state=pl.lit("hier"))
    found = at_months(history, "hier", _CURVE, ("hier", *_DIRECTIONS), by=["position"])
    months = pl.DataFrame({"months": _CURVE}, schema={"months": pl.Int64})
    still = pl.col("stop") >= pl.col("months") * DAYS_A_MONTH
    unseen = ~still & pl.col("to").is_null()
    at_risk = (
        stay.join(months, how="cross")
        .group_by("position", "months")
        .agg(n=pl.len(), at_risk=still.sum(), known=still.any() | ~unseen.any())
    )
    pairs = [(p, d) for p in chain.ranks for d in _DIRECTIONS if d in _possible(p, chain)]
    possible = pl.DataFrame(pairs, schema=["position", "outcome"], orient="row")
    return (
        band(found)
        .rename({"state": "outcome", "probability": "share"})
        .drop("std_error")
        .join(possible, on=["position", "outcome"], how="semi", maintain_order="left")
        .join(at_risk, on=["position", "months"], how="left", maintain_order="left")
        .with_columns(pl.when("known").then(pl.col("share", "lower", "upper")), measure=pl.lit("eerste_stap"))
    )


def _possible(position: str, chain: Chain) -> set[str | None]:
    return {chain.direction(position, other) for other in chain.codes}


def _clocked(entered: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return position, start, stop, to (a direction) of stays that last until a day that was seen.

    Who goes out of sight is no longer followed from then on: that is the end of sight, not of the stay.
    """
    gone = (pl.col("to") != chain.out_of_sight).fill_null(value=False)
    seen = pl.col("to").is_not_null()
    return (
        entered.with_columns(until=pl.when(seen).then("next_day").otherwise(last))
        .select(
            pl.col("position").cast(pl.String),
            start=pl.lit(0, dtype=pl.Int64),
            stop=clock("first_day", "until"),
            to=pl.when(gone).then(direction("position", "to", chain)),
        )
        .filter(pl.col("stop") > 0)
    )


def _since_entry(step: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return where people are so many months after their first observed entry into the chain."""
    inside = rank("to_position", chain).is_not_null()
    place = pl.when(inside).then(pl.col("to_position").cast(pl.String)).otherwise(pl.lit(OUTSIDE))
    moved = step.select("person", "day", "direction", state=place)
    starts = moved.filter(pl.col("direction") == "in").unique("person", keep="first", maintain_order=True)
    starts = starts.filter(pl.col("day") < last)
    if starts.is_empty():
        return pl.DataFrame()
    history = history_since(starts.drop("direction"), moved.drop("direction"), last)
    ladder = sorted(chain.ranks, key=lambda code: chain.ranks[code])
    found = at_months(history, None, _CURVE, [*ladder, OUTSIDE])
    return _numbered(with_followed(found, starts, last, _CURVE), "bezetting")


def _two_way(
    timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, last: date, months: Sequence[int]
) -> pl.DataFrame:
    """Return the measures that depend on what counts as a gap."""
    recovered = recovery(step, timeline, chain, last, months)
    lasting = lasting_steps(step, chain, last, [k for k in months if k <= max(_YEAR)])
    returned = return_incidence(timeline, last, months=_YEAR if tuple(months) == _YEAR else (6, 12, 18, 24))
    return pl.concat(
        [
            _numbered(recovered, "herstel"),
            _lasting(lasting),
            _numbered(returned.with_columns(state=pl.lit("terug")), "terugkeer_2"),
        ],
        how="diagonal_relaxed",
    )


def _lasting(found: pl.DataFrame) -> pl.DataFrame:
    """Return one row per outcome, each with its exact interval."""
    outcomes = {"lasted": "blijft", "fell": "lager", "outside": OUTSIDE}
    return pl.concat(
        with_share(found.select("months", "n", group="form", x=column), "x", "n").with_columns(
            measure=pl.lit("blijvend"), outcome=pl.lit(outcome)
        )
        for column, outcome in outcomes.items()
    ).drop("x", "interval")


def _reentry(timeline: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    found = reentry_share(timeline, chain, last)
    return found.select(
        "share", "lower", "upper", n="inflow", measure=pl.lit("terugkeer_1"), outcome=pl.lit("terug"), months=12
    )


def _bounce(step: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    other = pl.col("direction").replace_strict({"terug": "vooruit", "vooruit": "terug"})
    return bounce(step, chain, last, _YEAR[0]).select(
        "n", "share", "lower", "upper", group="direction", outcome=other, measure=pl.lit("weerslag"), months=_YEAR[0]
    )


def _without(step: pl.DataFrame) -> pl.DataFrame:
    """Return the steps back without and with days with nothing."""
    found = safety(step).select("n", "share", "lower", "upper")
    rest = found.select("n", share=1 - pl.col("share"), lower=1 - pl.col("upper"), upper=1 - pl.col("lower"))
    both = pl.concat([found.with_columns(outcome=pl.lit("0")), rest.with_columns(outcome=pl.lit("1+"))])
    return both.with_columns(measure=pl.lit("aansluitend"), months=0)


def _durations(entered: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return in which bin of months a quarter, half and three quarters of the stays has ended (Kaplan-Meier)."""
    stay = _clocked(entered, chain, last)
    schema = {"position": pl.String, "quantile": pl.String, "bin": pl.String, "n": pl.Int64}
    if stay.is_empty():
        return pl.DataFrame(schema=schema)
    history = stay.with_columns(person=pl.int_range(pl.len()), state=pl.lit("hier"))
    curve = sojourn(history, "hier", by=["position"])
    observed = stay.group_by("position", maintain_order=True).agg(n=pl.len(), longest=pl.col("stop").max())
    found = [
        observed.join(_reached(curve, left), on="position", how="left").select(
            "position", quantile=pl.lit(name), bin=_bin(), n=pl.col("n").cast(pl.Int64)
        )
        for name, left in _QUANTILES.items()
    ]
    order = pl.col("position").replace_strict(dict(chain.ranks), return_dtype=pl.Int64)
    return pl.concat(found).sort(order, maintain_order=True).select(*schema)


def _reached(curve: pl.DataFrame, left: float) -> pl.DataFrame:
    """Return when at most so large a share of the stays is left."""
    return curve.filter(pl.col("survival") <= left + _ROUNDING).group_by("position").agg(time=pl.col("time").min())


def _bin() -> pl.Expr:
    """Return the bin of `time`; the last one also when it lies beyond what was observed for so long."""
    at = pl.coalesce("time", "longest") / DAYS_A_MONTH
    known = pl.col("time").is_not_null() | (at >= _EDGES[-1])
    number = pl.sum_horizontal((at >= edge).cast(pl.Int64) for edge in _EDGES)
    return pl.when(known).then(pl.lit(pl.Series(_BINS)).gather(number))


def _numbered(found: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return an estimate with follow-up as rows of the frame."""
    names = {"probability": "share", "followed": "at_risk", "state": "outcome"}
    return found.rename(names).drop("std_error").with_columns(measure=pl.lit(measure))
