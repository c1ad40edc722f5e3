"""Laws of moves: what holds for the steps and the monthly flow of every chain and all spells."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import oracle
from participatieketen.moves import steps, stock_flow, stock_flow_by_month
from participatieketen.timelines import timeline
from properties.generated import CROWDS, Case, cases, crowd

Moves = list[tuple[str, str]]


@given(cases())
def test_steps_are_what_the_oracle_says(case: Case) -> None:
    """Comparing neighbouring rows gives what going day by day gives."""
    assert _steps(case).rows() == oracle.steps(case.spells, case.chain, case.peildatum)


@pytest.mark.parametrize("seed", range(CROWDS))
def test_a_crowd_moves_as_the_oracle_says(seed: int) -> None:
    """The same for hundreds of persons at once, with the flow by group."""
    case = crowd(seed, 100)
    names = {person: f"groep {person % 3}" for person in range(100)}
    groups = pl.DataFrame(list(names.items()), schema={"person": pl.Int32, "group": pl.String}, orient="row")
    stays = timeline(case.spells, case.chain, case.peildatum)
    assert steps(stays, case.chain).rows() == oracle.steps(case.spells, case.chain, case.peildatum)
    flow = stock_flow(stays, case.chain, case.peildatum, groups)
    assert flow.rows() == oracle.stock_flow(case.spells, case.chain, case.peildatum, names)


@given(cases())
def test_steps_follow_each_other(case: Case) -> None:
    """A step goes on from where the one before led, unless that was outside the chain or seen to change there."""
    outside = [code for code in case.chain.codes if code not in case.chain.ranks]
    linked = _steps(case).with_columns(before=pl.col("to_position").shift(1).over("person"))
    broken = linked.filter(pl.col("before") != pl.col("from_position"))
    assert broken.filter(~pl.col("before").is_in(outside) | ~pl.col("from_position").is_in(outside)).is_empty()


@given(cases())
def test_a_step_has_the_direction_of_the_chain(case: Case) -> None:
    """The chain says of two positions which way it is; the steps say the same."""
    made = _steps(case).select("from_position", "to_position", "direction", "steps")
    for before, after, direction, difference in made.iter_rows():
        assert case.chain.direction(before, after) == direction
        assert (difference > 0) == (direction == "vooruit")
        assert (difference < 0) == (direction == "terug")


@given(cases())
def test_an_absence_that_is_bridged_is_short(case: Case) -> None:
    """No step bridges more days than a gap may have, and none at either side of the chain's edge."""
    made = _steps(case)
    assert made["bridged_days"].is_between(0, case.chain.gap_days).all()
    assert made.filter(pl.col("direction").is_in(["in", "uit"]))["bridged_days"].sum() == 0


@given(cases())
def test_monthly_flow_is_what_the_oracle_says(case: Case) -> None:
    """Counting months at once gives what looking at each person on each first of a month gives."""
    assert _flow(case).rows() == oracle.stock_flow(case.spells, case.chain, case.peildatum)


@given(cases(), st.lists(st.sampled_from(["lab", "elders", "nergens"]), min_size=3, max_size=3))
def test_flow_by_group_is_what_the_oracle_says(case: Case, names: list[str]) -> None:
    """Everyone is in one group, and the groups add up to the total."""
    groups = pl.DataFrame({"person": range(3), "group": names}, schema={"person": pl.Int32, "group": pl.String})
    flow = stock_flow(timeline(case.spells, case.chain, case.peildatum), case.chain, case.peildatum, groups)
    assert flow.rows() == oracle.stock_flow(case.spells, case.chain, case.peildatum, dict(enumerate(names)))
    key = ["month", "from_position", "to_position"]
    assert_frame_equal(flow.group_by(key).agg(pl.col("persons").sum()).sort(key), _flow(case).drop("group"))


@pytest.mark.parametrize("seed", range(CROWDS))
def test_who_changes_group_moves_in_the_group_of_the_start(seed: int) -> None:
    """The stock of a group is who was in it that day; over all groups it is the flow; unchanged groups are the same."""
    case = crowd(seed, 100)
    stays, whole = timeline(case.spells, case.chain, case.peildatum), _flow(case).drop("group")
    days = whole["month"].unique().sort().to_list()
    moments = stays.select(pl.col("person").unique()).join(
        pl.DataFrame({"month": days}, schema={"month": pl.Date}), how="cross"
    )
    number = pl.col("person") + pl.col("month").dt.month()
    groups = moments.with_columns(group=pl.format("groep {}", number % 3).cast(pl.String))
    flow = stock_flow_by_month(stays, case.chain, case.peildatum, groups)
    key = whole.columns[:-1]
    assert_frame_equal(flow.group_by(key).agg(pl.col("persons").sum()).sort(key), whole)
    for (month, code, group), rows in flow.group_by("month", "from_position", "group"):
        if code in case.chain.ranks:
            members = groups.filter(month=month, group=group)["person"].to_list()
            assert rows["persons"].sum() == _there(stays.filter(pl.col("person").is_in(members)), month, str(code))
    fixed = groups.with_columns(group=pl.format("groep {}", pl.col("person") % 3).cast(pl.String))
    once = fixed.select("person", "group").unique()
    found = stock_flow_by_month(stays, case.chain, case.peildatum, fixed)
    assert_frame_equal(
        found.select(flow.columns), stock_flow(stays, case.chain, case.peildatum, once).select(flow.columns)
    )


def test_who_comes_in_moves_in_the_group_of_the_end() -> None:
    """Before, that person was in no group; who is in none at either end has none."""
    case = next(case for case in (crowd(seed, 100) for seed in range(CROWDS)) if _flow(case).height)
    stays, whole = timeline(case.spells, case.chain, case.peildatum), _flow(case)
    last = whole["month"].max()
    after = stays.select(pl.col("person").unique()).with_columns(
        month=pl.lit(last).dt.offset_by("1mo"), group=pl.lit("a")
    )
    flow = stock_flow_by_month(stays, case.chain, case.peildatum, after)
    assert set(flow.filter(pl.col("month") == last)["group"]) == {"a"}
    assert set(flow.filter(pl.col("month") < last)["group"]) == {None}


@given(cases())
def test_opening_and_in_less_out_is_closing(case: Case) -> None:
    """Per position and month: who was there, and came, and did not leave, is there a month later."""
    flow = _flow(case)
    moved = pl.col("from_position") != pl.col("to_position")
    opening, closing = _stock(flow, "from_position"), _stock(flow, "to_position")
    came, left = _stock(flow.filter(moved), "to_position"), _stock(flow.filter(moved), "from_position")
    for key in opening.keys() | closing.keys():
        assert opening.get(key, 0) + came.get(key, 0) - left.get(key, 0) == closing.get(key, 0)


@given(cases())
def test_rows_sum_to_the_stock(case: Case) -> None:
    """What leaves a position in a month, staying included, is who is there on its first day in the timeline."""
    stays, flow = timeline(case.spells, case.chain, case.peildatum), _flow(case)
    known = oracle.histories(case.spells, case.chain, case.peildatum)
    opening, closing = _stock(flow, "from_position"), _stock(flow, "to_position")
    for month, following in oracle.months(known, case.chain, case.peildatum):
        for code in case.chain.ranks:
            assert opening.get((month, code), 0) == _there(stays, month, code)
            assert closing.get((month, code), 0) == _there(stays, following, code)


@given(cases())
def test_income_makes_no_moves(case: Case) -> None:
    """Cutting stays where the income changes changes neither steps nor flow."""
    stays = timeline(case.spells, case.chain, case.peildatum)
    moved = pl.col("position") != pl.col("position").shift(1).over("person")
    whole = (
        stays.with_columns(stay=moved.fill_null(value=True).cum_sum().over("person").cast(pl.Int32))
        .group_by("person", "stay", "position", maintain_order=True)
        .agg(
            pl.col("in_bijstand").first(), pl.col("first_day").min(), pl.col("next_day").max(), pl.col("closed").last()
        )
    )
    assert_frame_equal(steps(whole, case.chain), _steps(case))
    assert_frame_equal(stock_flow(whole, case.chain, case.peildatum), _flow(case))


def _steps(case: Case) -> pl.DataFrame:
    return steps(timeline(case.spells, case.chain, case.peildatum), case.chain)


def _flow(case: Case) -> pl.DataFrame:
    return stock_flow(timeline(case.spells, case.chain, case.peildatum), case.chain, case.peildatum)


def _stock(flow: pl.DataFrame, column: str) -> dict[tuple[date, str], int]:
    """Return persons by month and position."""
    counts = flow.group_by("month", column).agg(pl.col("persons").sum())
    return {(month, code): persons for month, code, persons in counts.iter_rows()}


def _there(stays: pl.DataFrame, day: date, code: str) -> int:
    """Return how many persons are in a position on a day."""
    held = (pl.col("first_day") <= day) & (day < pl.col("next_day")) & (pl.col("position") == code)
    return stays.filter(held).height
