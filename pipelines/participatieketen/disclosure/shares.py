"""Estimates as released counts: x of n people, of whom so many were followed, each a cell that is drawn once.

The share p of n people leaves as round(p n) and n, so that whatever is said of it (a point, a range, whether groups
differ) is made of released numbers. Which rows there are, follows from the chain and the months, never from a count.
"""

import polars as pl

from participatieketen.disclosure.families import TOTAL
from participatieketen.disclosure.running_totals import NO_TOTALS, draw_of_position, outcome_name
from participatieketen.disclosure.singly import Draw, cell_name, cells, draw, places, rounded, system
from participatieketen.disclosure.systems import NAME, System
from participatieketen.errors import DisclosureRefused

ESTIMATE, PEOPLE, FOLLOWED = "estimate", "people", "followed"
"""The families of x, of n, and of how many of n were followed so long."""

WHOLE = frozenset({"bezetting", "herstel", "blijvend", "aansluitend"})
"""Measures whose outcomes are all there is: together they are everyone."""

_KEY = ["population", "gap_days", "position"]
_CURVE = ["measure", "population", "gap_days", "group", "position"]
_AT = [*_CURVE, "months"]
_HALF = 0.5 + 1e-9  # sums of shares of whole counts can be off by rounding of the machine


def drawn_estimates(frame: pl.DataFrame, base: int, key: bytes, totals: pl.DataFrame = NO_TOTALS) -> pl.DataFrame:
    """Return the estimates with their counts, true and released.

    frame    (measure x population x gap_days x group x position x outcome x months, 10) as `estimates.measures` makes
             it: n, followed (null where all n were followed), share in [0, 1] (null when nobody was followed so long)
    totals   as `running_totals` returns them: n and followed of who is counted since the beginning, whatever the gap,
             and x of steps that were all followed. What is not among them is drawn
    Returns  the same rows with x, x_value, n_value, followed_value and base. x = round(share n), where n differs from
             its released value by less than the base; else as of so many. A share that is not known is the last one
             before it. All counts of a position have one draw: many of them are parts of each other, or the same
             people. Outcomes that are everyone add up to n, because their running sums are rounded, from the last
             outcome on: that is the rare one (buiten), whose value then moves with its own count only; where others
             would exceed n, one after the other is rounded down until they do not.
    Raises   DisclosureRefused when one population has two counts.
    """
    share = pl.col("share").forward_fill().over(*_CURVE, "outcome", order_by="months").fill_null(0)
    counted = _with_totals(frame, totals).with_columns(base=pl.lit(base, pl.Int64))
    drawn = draw_of_position(counted, key)
    counted = counted.with_columns(
        n_value=pl.coalesce("n_value", _at(pl.col("n"), drawn, base)),
        followed_value=pl.coalesce("followed_value", _at(pl.col("followed"), drawn, base)),
    )
    near = (pl.col("n") - pl.col("n_value")).abs() < base
    counted = counted.with_columns(exact=share * pl.when(near).then("n").otherwise("n_value"))
    running = pl.col("exact").cum_sum(reverse=True).over(*_AT)
    counted = counted.with_columns(
        until=(running + _HALF).floor().cast(pl.Int64),
        before=(running - pl.col("exact") + _HALF).floor().cast(pl.Int64),
        alone=(pl.col("exact") + _HALF).floor().cast(pl.Int64),
        everyone=pl.int_range(pl.len()).over(*_AT) == 0,
    )
    whole = pl.col("measure").is_in(WHOLE)
    sums = pl.min_horizontal(pl.coalesce("x_value", _at(pl.col("until"), drawn, base)), "n_value")
    found = counted.with_columns(
        sum_value=pl.when("everyone").then("n_value").otherwise(sums),
        x_value=pl.coalesce("x_value", _at(pl.col("alone"), drawn, base)),
        turn=draw(counted, ESTIMATE, ["measure", "position", "outcome"], key).second,
    ).with_columns(
        x=pl.when(whole).then(pl.col("until") - pl.col("before")).otherwise("alone"),
        x_value=pl.when(whole)
        .then(pl.col("sum_value") - pl.col("sum_value").shift(-1).over(*_AT).fill_null(0))
        .otherwise("x_value"),
    )
    _refuse_two_counts(found)
    return _within_everyone(found).drop("exact", "until", "before", "alone", "everyone", "sum_value", "turn")


def _with_totals(frame: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with n_value, followed_value and x_value of the totals; null where there is none."""
    everyone = totals.filter(outcome="").select("population", "position", "back", "total")
    outcomes = totals.filter(pl.col("outcome") != "").drop("month", "truth", "value", "base")
    fixed = pl.col("followed").is_null()
    backs = {"n_value": pl.when(fixed).then("months").otherwise(0), "followed_value": pl.when(~fixed).then("months")}
    found = frame.with_columns(named=outcome_name(), back="months")
    for value, back in backs.items():
        found = (
            found.with_columns(back.alias("back"))
            .join(everyone, on=["population", "position", "back"], how="left", maintain_order="left")
            .rename({"total": value})
        )
    x = outcomes.rename({"outcome": "named", "back": "months", "total": "x_value"})
    keys = ["population", "position", "named", "gap_days", "months"]
    return found.drop("back").join(x, on=keys, how="left", maintain_order="left").drop("named")


def _at(count: pl.Expr, drawn: Draw, base: int) -> pl.Expr:
    return rounded(count, drawn, base, base)


def _refuse_two_counts(found: pl.DataFrame) -> None:
    """Raise DisclosureRefused when n or followed is not one count by its name."""
    drawn = estimate_cells(found)
    if twice := drawn.height - drawn.unique(NAME).height:
        raise DisclosureRefused(
            f"Tabel {ESTIMATE}: van {twice} van de {drawn.height} aantallen is er nog een met dezelfde naam. "
            "Er is niets vrijgegeven: meld dit als fout."
        )


def _within_everyone(found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with no more x_value together than n_value in any month of a curve.

    Rounded down, all outcomes together are never more than everyone, so that this always ends.
    """
    down = pl.col("x") // pl.col("base") * pl.col("base")
    while True:
        excess = (pl.col("x_value").sum().over(*_AT) > pl.col("n_value")).any().over(*_CURVE)
        more = found.filter(excess, pl.col("x_value") != down)
        if more.is_empty():
            return found
        first = more.filter(pl.col("turn") == pl.col("turn").min().over(*_CURVE)).select(*_CURVE, "outcome").unique()
        lowered = first.with_columns(lowered=pl.lit(value=True))
        found = (
            found.join(lowered, on=[*_CURVE, "outcome"], how="left", maintain_order="left")
            .with_columns(x_value=pl.when(pl.col("lowered")).then(down).otherwise("x_value"))
            .drop("lowered")
        )


def _n_name() -> dict[str, pl.Expr]:
    """Return the name of the cell of n: of people who are followed for a fixed time there are others for each time."""
    when = pl.when(pl.col("followed").is_null()).then(pl.col("months").cast(pl.String)).otherwise(pl.lit(TOTAL))
    return cell_name(PEOPLE, from_position=pl.concat_str(*_KEY, separator="/"), to_position=when)


def _followed_name() -> dict[str, pl.Expr]:
    months = pl.when(pl.col("followed").is_not_null()).then(pl.col("months").cast(pl.String))
    return cell_name(FOLLOWED, from_position=pl.concat_str(*_KEY, separator="/"), to_position=months)


def _x_name() -> dict[str, pl.Expr]:
    return cell_name(
        ESTIMATE,
        group_code=pl.col("group"),
        from_position=pl.concat_str("measure", *_KEY, separator="/"),
        to_position=pl.concat_str("outcome", "months", separator="/"),
    )


def _people(found: pl.DataFrame) -> pl.DataFrame:
    return cells(found, _n_name(), "n", "n_value")


def estimate_cells(found: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of n, followed and x (columns CELL) of what `drawn_estimates` returns."""
    followed = cells(found.drop_nulls("followed"), _followed_name(), "followed", "followed_value")
    return pl.concat([_people(found), followed, cells(found, _x_name(), "x", "x_value")])


def estimate_view(found: pl.DataFrame) -> pl.DataFrame:
    """Return the table `estimate` as it leaves."""
    values = {name: pl.col(f"{name}_value") for name in ("x", "n", "followed")}
    return found.select(*_CURVE, "outcome", "months", **values, base="base")


def estimate_system(found: pl.DataFrame) -> System:
    """Return the cells with what a reader knows of them: outcomes are of everyone, and so is who was followed.

    What is left of everyone is a cell too, that is never released: not yet moved, or not followed so long. Where counts
    that were rounded to whole people come to more than everyone, nothing of the kind is known.
    """
    drawn = estimate_cells(found)
    numbered = found.with_columns(
        x_place=places(found, _x_name(), drawn),
        n_place=places(found, _n_name(), drawn),
        followed_place=places(found, _followed_name(), drawn),
    )
    outcomes = numbered.group_by(*_AT, maintain_order=True).agg(
        parts="x_place", total=pl.col("n_place").first(), left=pl.col("n").first() - pl.col("x").sum()
    )
    followed = numbered.drop_nulls("followed_place").select(
        parts=pl.concat_list("followed_place"), total="n_place", left=pl.col("n") - pl.col("followed")
    )
    sums = pl.concat([outcomes.select("parts", "total", "left"), followed.unique(maintain_order=True)])
    return system(drawn, sums.filter(pl.col("left") >= 0))
