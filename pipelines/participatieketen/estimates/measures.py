"""timeline and step -> the estimates of a report: one small frame without a person in it, on its way to disclosure.

Every figure has follow-up until the last final day: no event of the months that late registration still changes counts.
What is known of them is used for one thing: a gap that ends in them is filled, if it is short enough to be no gap.
No range is made here: what readers see of uncertainty is a function of released numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

import polars as pl

from participatieketen.chain import Chain
from participatieketen.estimates.follow_up import at_months, followed_for, history_since, with_followed
from participatieketen.estimates.paths import clock, stays
from participatieketen.estimates.populations import (
    LASTING_MONTHS,
    arrived_back,
    arrived_new,
    entered_stays,
    first_returns,
    first_stays,
    newcomers,
    until_final,
)
from participatieketen.estimates.rates import reentry_share
from participatieketen.estimates.two_way import bounce, lasting_steps, recovery, return_incidence, safety
from participatieketen.months import YEAR
from participatieketen.moves.changes import direction, rank

OUTSIDE = "buiten"
_HERE = "hier"
_CURVE = tuple(range(25))  # months
_SINCE_ENTRY = _CURVE[1:]  # where they came in is no estimate, but a count of who comes in: tables have it by month
_EDGES = (3, 6, 12, 24)  # months
_YEAR = (YEAR,)
_RETURNS = (6, 12, 18, 24)  # months
_DIRECTIONS = ("vooruit", "terug", "opzij", "uit")
_LEVELS = ("op_niveau", "lager", OUTSIDE)
_LASTING = {"lasted": "blijft", "ended": "niet"}
_OTHER_WAY = {"terug": "vooruit", "vooruit": "terug"}
_POPULATIONS = {"stap_terug": "eerste_stap_terug", "geen_stap_terug": "geen_stap_terug"}
_ALL_FOLLOWED = ("blijvend", "weerslag", "aansluitend", "terugkeer_1")
_SCHEMA = {
    "measure": pl.String(),
    "population": pl.String(),
    "gap_days": pl.Int64(),
    "group": pl.String(),
    "position": pl.String(),
    "outcome": pl.String(),
    "months": pl.Int64(),
    "n": pl.Int64(),
    "followed": pl.Int64(),
    "share": pl.Float64(),
}


def measures(timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return the estimates of a report, up to the last final day before the provisional months.

    timeline, step  as `timelines.timeline` and `moves.steps` return them, up to the peildatum.

    Returns  (measure x group x position x outcome x months, 10)  every row that the chain allows, whoever is in it.
             measure, population, gap_days (the chain's), group, position, outcome, months, n (persons, stays, steps or
             exits), followed (how many of them began at least so many months before the last final day, whatever
             became of them; null where that is everyone in n by the way n is counted), share of n in [0, 1] (null:
             nobody was followed so long, or n is 0).
             population names who is counted: rows with one population, gap_days and position have one n and, by
             months, one followed; where followed is null, one n by months. The group says nothing of n.

             All count persons, stays, steps or exits of persons, each partner of a household for itself. First is the
             first that is seen: since the chain is observed, whatever a register holds of before.
             Who goes out of sight (Werk after follow_up_days) is followed no longer: no exit, in no measure.

             measure      population                          outcome
             eerste_stap  eerste_verblijf: each person's      vooruit, terug, opzij, uit: first step out of `position`
                          first stay in `position`, seen to   since entry into it (cumulative incidence)
                          begin. Who was there when
                          observation began, or came back,
                          does not count
             eerste_stap_opnieuw
                          opnieuw_verblijf: the first return  the same, for who had been seen in `position` before
                          to `position` of each person
             na_terugstap aankomst_terug: each person's       vooruit: first step forward since arrival (cumulative
                          first arrival in `position` by a    incidence, steps back and exits competing); group terug
                          step back. aankomst_nieuw: who of   or nieuw: the fair comparison after a step back. There
                          eerste_verblijf came from outside   is no row over positions: these groups differ in where
                          the chain                           they are, and a weighted share has no n of its own
             duur         verblijf: every stay that was seen  weg: has ended by then (1 - Kaplan-Meier)
                          to begin
             bezetting    instroom: persons never seen in     a position or buiten: where they are so many months
                          the chain before they came in       after they came in (Aalen-Johansen)
             herstel      eerste_stap_terug, geen_stap_terug  `recovery`; of geen_stap_terug followed is the size of the
                                                              largest group with the positions of eerste_stap_terug
             blijvend     stap_vooruit: steps forward         `lasting_steps`: blijft, or niet (lower or outside);
                                                              group: form a or b
             weerslag     stap_terug, stap_vooruit: steps     `bounce`; group: the direction of the step
             aansluitend  stap_terug                          `safety`: 0 (no day with nothing) or 1+
             terugkeer_1  instroom_bijstand                   `reentry_share`
             terugkeer_2  uitstroom_bijstand                  `return_incidence`
    """
    seen, moved, last = until_final(timeline, step, chain, peildatum)
    held = stays(moved, seen, chain, last)
    entered = entered_stays(held, chain)
    parts = [
        _first_steps(first_stays(entered), "eerste_stap", "eerste_verblijf", _CURVE, chain, last),
        _first_steps(first_returns(entered), "eerste_stap_opnieuw", "opnieuw_verblijf", _EDGES, chain, last),
        _durations(entered, chain, last),
        *_arrivals(entered, chain, last),
        _since_entry(moved, chain, last),
        _reentry(seen, chain, last),
        _bounce(moved, chain, last),
        _without(moved),
        _two_way(seen, moved, chain, last, months=_EDGES),
    ]
    return _framed(parts, _every_row(chain), chain)


def sensitivity(timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return the rows of `measures` at 12 months that depend on what counts as a gap, for a chain with other gap_days.

    timeline, step  made with that chain.
    """
    seen, moved, last = until_final(timeline, step, chain, peildatum)
    return _framed([_two_way(seen, moved, chain, last, months=_YEAR)], _two_way_rows(_YEAR), chain)


_NAMES = ["measure", "population", "group", "position", "outcome", "months"]
_Name = tuple[str, str, str, str, str, int]


def _framed(parts: Sequence[pl.DataFrame], names: Iterator[_Name], chain: Chain) -> pl.DataFrame:
    """Return the rows with these names, with n 0 and no share where no part has them.

    Which rows there are, their order too, follows from the chain and the months only: a row that comes or stays away
    with the first person would tell of that person.
    """
    empty = pl.DataFrame(schema=_SCHEMA)
    estimated = pl.concat([empty, *parts], how="diagonal_relaxed").with_columns(
        pl.col("group", "position").fill_null("")
    )
    rows = pl.DataFrame(list(names), schema={name: _SCHEMA[name] for name in _NAMES}, orient="row")
    nobody = pl.when(~pl.col("measure").is_in(_ALL_FOLLOWED), pl.col("n").is_null()).then(0)
    return (
        rows.join(estimated.drop("gap_days"), on=_NAMES, how="left", maintain_order="left")
        .with_columns(
            pl.col("n").fill_null(0), gap_days=pl.lit(chain.gap_days), followed=pl.coalesce("followed", nobody)
        )
        .select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())
    )


def _every_row(chain: Chain) -> Iterator[_Name]:
    """Yield the name of every row that `measures` has of a chain, whoever is in it."""
    yield from _first_step_rows("eerste_stap", "eerste_verblijf", _CURVE, chain)
    yield from _first_step_rows("eerste_stap_opnieuw", "opnieuw_verblijf", _EDGES, chain)
    for position, months in product(chain.ranks, _EDGES):
        yield "duur", "verblijf", "", position, "weg", months
    for group in ("terug", "nieuw"):
        rows = _first_step_rows("na_terugstap", f"aankomst_{group}", _EDGES, chain)
        yield from ((*row[:2], group, *row[3:]) for row in rows if row[4] == "vooruit")
    for months, place in product(_SINCE_ENTRY, [*_ladder(chain), OUTSIDE]):
        yield "bezetting", "instroom", "", "", place, months
    yield "terugkeer_1", "instroom_bijstand", "", "", "terug", YEAR
    for direction_, other in _OTHER_WAY.items():
        yield "weerslag", f"stap_{direction_}", direction_, "", other, YEAR
    for days in ("0", "1+"):
        yield "aansluitend", "stap_terug", "", "", days, 0
    yield from _two_way_rows(_EDGES)


def _first_step_rows(measure: str, population: str, months: Sequence[int], chain: Chain) -> Iterator[_Name]:
    """Yield the names of the rows of first steps, of the directions that a position has."""
    for position, month, outcome in product(chain.ranks, months, _DIRECTIONS):
        if outcome in _possible(position, chain):
            yield measure, population, "", position, outcome, month


def _two_way_rows(months: Sequence[int]) -> Iterator[_Name]:
    """Yield the names of the rows of the measures that depend on what counts as a gap."""
    for (group, population), month, level in product(_POPULATIONS.items(), months, _LEVELS):
        yield "herstel", population, group, "", level, month
    for outcome, month, form in product(_LASTING.values(), _lasting_months(months), "ab"):
        yield "blijvend", "stap_vooruit", form, "", outcome, month
    for month in _return_months(months):
        yield "terugkeer_2", "uitstroom_bijstand", "", "", "terug", month


def _lasting_months(months: Sequence[int]) -> list[int]:
    return [month for month in months if month in LASTING_MONTHS]


def _return_months(months: Sequence[int]) -> Sequence[int]:
    return _YEAR if tuple(months) == _YEAR else _RETURNS


def _ladder(chain: Chain) -> list[str]:
    return sorted(chain.ranks, key=lambda code: chain.ranks[code])


def _first_steps(
    stays: pl.DataFrame, measure: str, population: str, months: Sequence[int], chain: Chain, last: date
) -> pl.DataFrame:
    """Return the cumulative incidence of each direction out of each position."""
    pairs = [(p, d) for p in chain.ranks for d in _DIRECTIONS if d in _possible(p, chain)]
    possible = pl.DataFrame(pairs, schema=["position", "outcome"], orient="row")
    return (
        _left(_clocked(stays, chain, last), last, months)
        .join(possible, on=["position", "outcome"], how="semi", maintain_order="left")
        .with_columns(measure=pl.lit(measure), population=pl.lit(population))
    )


def _arrivals(entered: pl.DataFrame, chain: Chain, last: date) -> Iterator[pl.DataFrame]:
    """Yield the first step forward from a position by who arrived there by a step back, and by who was new there."""
    for group, who in (("terug", arrived_back(entered)), ("nieuw", arrived_new(entered))):
        steps = _first_steps(who, "na_terugstap", f"aankomst_{group}", _EDGES, chain, last)
        yield steps.filter(pl.col("outcome") == "vooruit").with_columns(group=pl.lit(group))


def _durations(entered: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return the share of the stays in each position that has ended, wherever it led."""
    left = _left(_clocked(entered, chain, last), last, _EDGES)
    return left.filter(pl.col("outcome") == _HERE).with_columns(
        share=1 - pl.col("share"), outcome=pl.lit("weg"), measure=pl.lit("duur"), population=pl.lit("verblijf")
    )


def _left(stay: pl.DataFrame, last: date, months: Sequence[int]) -> pl.DataFrame:
    """Return position, outcome (hier, or a direction), months, share, n, followed of stays as `_clocked` has them."""
    if stay.is_empty():
        return pl.DataFrame(schema={"position": pl.String, "outcome": pl.String, "share": pl.Float64})
    history = stay.with_columns(person=pl.int_range(pl.len()), state=pl.lit(_HERE)).drop("day")
    found = at_months(history, _HERE, months, (_HERE, *_DIRECTIONS), by=["position"])
    return (
        found.join(followed_for(stay, last, months, by=["position"]), on=["position", "months"], maintain_order="left")
        .with_columns(share=pl.when(pl.col("followed") > 0).then("probability"))
        .rename({"state": "outcome"})
        .drop("probability", "std_error")
    )


def _possible(position: str, chain: Chain) -> set[str | None]:
    return {chain.direction(position, other) for other in chain.codes}


def _clocked(entered: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return position, day (the first), start, stop, to (a direction) of stays that last until a day that was seen.

    Who goes out of sight is no longer followed from then on: that is the end of sight, not of the stay.
    """
    gone = (pl.col("to") != chain.out_of_sight).fill_null(value=False)
    seen = pl.col("to").is_not_null()
    return (
        entered.with_columns(until=pl.when(seen).then("next_day").otherwise(last))
        .select(
            pl.col("position").cast(pl.String),
            day="first_day",
            start=pl.lit(0, dtype=pl.Int64),
            stop=clock("first_day", "until"),
            to=pl.when(gone).then(direction("position", "to", chain)),
        )
        .filter(pl.col("stop") > 0)
    )


def _since_entry(step: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    """Return where people are so many months after they came into the chain, who were never seen in it before."""
    inside = rank("to_position", chain).is_not_null()
    unseen = pl.col("to_position") == chain.out_of_sight
    place = pl.when(inside).then(pl.col("to_position").cast(pl.String)).when(~unseen).then(pl.lit(OUTSIDE))
    moved = step.select("person", "day", "from_position", state=place)
    starts = newcomers(moved, chain).filter(pl.col("day") < last).drop("from_position")
    if starts.is_empty():
        return pl.DataFrame()
    history = history_since(starts, moved.drop("from_position"), last)
    found = at_months(history, None, _SINCE_ENTRY, [*_ladder(chain), OUTSIDE])
    return _numbered(with_followed(found, starts, last, _SINCE_ENTRY), "bezetting", pl.lit("instroom"))


def _two_way(
    timeline: pl.DataFrame, step: pl.DataFrame, chain: Chain, last: date, months: Sequence[int]
) -> pl.DataFrame:
    """Return the measures that depend on what counts as a gap."""
    recovered = recovery(step, timeline, chain, last, months)
    lasting = lasting_steps(step, chain, last, _lasting_months(months))
    returned = return_incidence(timeline, last, months=_return_months(months))
    who = pl.col("group").replace_strict(_POPULATIONS, return_dtype=pl.String)
    return pl.concat(
        [
            _numbered(recovered, "herstel", who),
            _lasting(lasting),
            _numbered(returned.with_columns(state=pl.lit("terug")), "terugkeer_2", pl.lit("uitstroom_bijstand")),
        ],
        how="diagonal_relaxed",
    )


def _lasting(found: pl.DataFrame) -> pl.DataFrame:
    """Return one row per outcome: did it last, or not. The two ways not to last are one outcome.

    Counts since observation began only grow. Of three that add up, one at least is the difference of two that both
    move: drawn anew each month, in effect. Of two the rare one is a count of its own, and the other is large.
    """
    counted = found.with_columns(ended=pl.col("n") - pl.col("lasted"))
    return pl.concat(
        counted.select("months", "n", group="form", share=_share(column, "n"), outcome=pl.lit(outcome))
        for column, outcome in _LASTING.items()
    ).with_columns(measure=pl.lit("blijvend"), population=pl.lit("stap_vooruit"))


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def _reentry(timeline: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    return reentry_share(timeline, chain, last).select(
        "share",
        n="inflow",
        measure=pl.lit("terugkeer_1"),
        population=pl.lit("instroom_bijstand"),
        outcome=pl.lit("terug"),
        months=YEAR,
    )


def _bounce(step: pl.DataFrame, chain: Chain, last: date) -> pl.DataFrame:
    other = pl.col("direction").replace_strict(_OTHER_WAY, return_dtype=pl.String)
    return bounce(step, chain, last, YEAR).select(
        "n",
        "share",
        group="direction",
        outcome=other,
        measure=pl.lit("weerslag"),
        population=pl.format("stap_{}", "direction"),
        months=YEAR,
    )


def _without(step: pl.DataFrame) -> pl.DataFrame:
    """Return the steps back without and with days with nothing."""
    found = safety(step).select("n", "share")
    both = [
        found.with_columns(outcome=pl.lit("0")),
        found.with_columns(outcome=pl.lit("1+"), share=1 - pl.col("share")),
    ]
    return pl.concat(both).with_columns(
        measure=pl.lit("aansluitend"), population=pl.lit("stap_terug"), months=pl.lit(0, dtype=pl.Int64)
    )


def _numbered(found: pl.DataFrame, measure: str, population: pl.Expr) -> pl.DataFrame:
    """Return an estimate with follow-up as rows of the frame."""
    rows = found.rename({"probability": "share", "state": "outcome"}).drop("std_error", "lower", "upper")
    return rows.with_columns(measure=pl.lit(measure), population=population)
