"""estimates: what cannot be asked is refused in one clear line, rather than answered with a wrong number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from drawn import PARTICIPATIE, spells_of
from participatieketen import estimates, moves, timelines
from participatieketen.errors import BrokenHistory
from participatieketen.estimates.follow_up import at_months
from participatieketen.estimates.measures import measures

PEILDATUM = date(2026, 1, 1)
PEOPLE = """
    persoon | register     | begindatum | einddatum  | reden
    1       | dagbesteding | 2022-01-01 | 2022-12-31 |
    1       | bijstand     | 2023-01-01 | 2023-12-31 |
    1       | dagbesteding | 2024-01-01 |            |
    2       | bijstand     | 2022-01-01 | 2024-03-31 | 11
    2       | bijstand     | 2024-10-01 |            |
    3       | startbaan    | 2022-01-01 | 2025-11-15 |
    3       | bijstand     | 2025-11-16 |            |
"""
TIMELINE = timelines.timeline(spells_of(PEOPLE), PARTICIPATIE, PEILDATUM)
STEP = moves.steps(TIMELINE, PARTICIPATIE)
COLUMNS = ["person", "state", "start", "stop", "to"]
HISTORY = pl.DataFrame(
    [(1, "a", 0, 2, "b"), (1, "b", 2, 5, "a"), (1, "a", 5, 6, None), (2, "a", 0, 4, "b"), (2, "b", 4, 6, None)],
    schema=COLUMNS,
    orient="row",
)
GROUPED = pl.concat(
    [
        HISTORY.with_columns(group=pl.lit("vroeg")),
        HISTORY.with_columns(pl.col("start", "stop") + 10, person=pl.col("person") + 2, group=pl.lit("laat")),
    ]
)
OVER_MONTHS: dict[str, Callable[[Any, date], pl.DataFrame]] = {
    "recovery": lambda months, day: estimates.recovery(STEP, TIMELINE, PARTICIPATIE, day, months),
    "return_incidence": lambda months, day: estimates.return_incidence(TIMELINE, day, months=months),
    "lasting_steps": lambda months, day: estimates.lasting_steps(STEP, PARTICIPATIE, day, months),
}
OF_MONTHS: dict[str, Callable[[Any, date], pl.DataFrame]] = {
    "reentry_share": lambda months, day: estimates.reentry_share(TIMELINE, PARTICIPATIE, day, months=months),
    "inflow_outflow_rate": lambda months, day: estimates.inflow_outflow_rate(
        TIMELINE, PARTICIPATIE, day, months=months
    ),
}
BOUNCE = {"bounce": lambda months, day: estimates.bounce(STEP, PARTICIPATIE, day, months)}
MOVE_RATE = {"monthly_move_rate": lambda _, day: estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, day)}
OF_POSITION: dict[str, Callable[[pl.DataFrame, str], pl.DataFrame]] = {
    "inflow_outflow_rate": lambda rows, code: estimates.inflow_outflow_rate(rows, PARTICIPATIE, PEILDATUM, code),
    "reentry_share": lambda rows, code: estimates.reentry_share(rows, PARTICIPATIE, PEILDATUM, code),
    "return_incidence": lambda rows, code: estimates.return_incidence(rows, PEILDATUM, code),
}
OF_HISTORY: dict[str, Callable[..., Any]] = {
    "risk_table": estimates.risk_table,
    "transition_probabilities": estimates.transition_probabilities,
    "occupancy": estimates.occupancy,
    "landmark_occupancy": lambda history, by=(): estimates.landmark_occupancy(history, "a", 0, by=by),
    "cumulative_incidence": lambda history, by=(): estimates.cumulative_incidence(history, "a", by=by),
    "sojourn": lambda history, by=(): estimates.sojourn(history, "a", by=by),
}
OF_TIMES: dict[str, Callable[[Any], pl.DataFrame]] = {
    "transition_probabilities": lambda times: estimates.transition_probabilities(HISTORY, times=times),
    "occupancy": lambda times: estimates.occupancy(HISTORY, times=times),
    "landmark_occupancy": lambda times: estimates.landmark_occupancy(HISTORY, "a", 1, times),
    "cumulative_incidence": lambda times: estimates.cumulative_incidence(HISTORY, "a", times),
}


# --- measures of the chain --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("months", [(6, 6), (-3,), (6.5,), (None,), 6])
@pytest.mark.parametrize("name", OVER_MONTHS)
def test_months_are_different_whole_numbers(name: str, months: object) -> None:
    """A month twice would count people twice; one before the start is no follow-up."""
    with pytest.raises(ValueError, match=r"^months: give different whole numbers, none below 0$"):
        OVER_MONTHS[name](months, PEILDATUM)


def test_months_of_a_history_are_different_whole_numbers() -> None:
    """What the measures of a report use refuses the same."""
    with pytest.raises(ValueError, match=r"^months: "):
        at_months(HISTORY, "a", (1, 1), ("a", "b"))


def test_a_bounce_comes_after_the_step() -> None:
    """Months before it are refused."""
    with pytest.raises(ValueError, match=r"^months: "):
        estimates.bounce(STEP, PARTICIPATIE, PEILDATUM, -1)


@pytest.mark.parametrize("months", [0, -1, 1.5])
@pytest.mark.parametrize("name", OF_MONTHS)
def test_a_rate_is_of_one_month_or_more(name: str, months: float) -> None:
    """No months have no stock and no inflow."""
    with pytest.raises(ValueError, match=r"^months: give different whole numbers, none below 1$"):
        OF_MONTHS[name](months, PEILDATUM)


@pytest.mark.parametrize("durations", [(12, 6), (6, 6), (0, 6), (-5, 6)])
def test_durations_go_up(durations: Sequence[int]) -> None:
    """Bins that overlap count people twice."""
    with pytest.raises(ValueError, match=r"^durations"):
        estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM, durations)


@pytest.mark.parametrize("name", [*OVER_MONTHS, *OF_MONTHS, *BOUNCE, *MOVE_RATE])
def test_nothing_after_the_peildatum_counts(name: str) -> None:
    """With a peildatum in the past, a timeline that goes on would tell what was not known on it."""
    measure = (OVER_MONTHS | OF_MONTHS | BOUNCE | MOVE_RATE)[name]
    months: Any = (3, 6) if name in OVER_MONTHS else 6
    assert not measure(months, PEILDATUM).is_empty()
    with pytest.raises(ValueError, match=r"on after the peildatum$"):
        measure(months, date(2025, 6, 30))


def test_a_timeline_that_stops_on_the_peildatum_is_taken() -> None:
    """Its last day is the peildatum; a day earlier it goes on."""
    last = cast("date", TIMELINE["next_day"].max()) - timedelta(days=1)
    assert last == PEILDATUM
    assert not estimates.return_incidence(TIMELINE, last).is_empty()
    with pytest.raises(ValueError, match="the timeline goes on"):
        estimates.return_incidence(TIMELINE, last - timedelta(days=1))


def test_the_figures_of_a_report_stop_in_time() -> None:
    """They cut timeline and steps at the last final day, so nothing is refused, with provisional months or none."""
    for provisional in (0, 3):
        chain = replace(PARTICIPATIE, provisional_months=provisional)
        assert not measures(TIMELINE, STEP, chain, PEILDATUM).is_empty()


@pytest.mark.parametrize("kind", [TIMELINE.schema["position"], pl.String])
@pytest.mark.parametrize("name", OF_POSITION)
def test_a_mistyped_position_is_refused(name: str, kind: pl.DataType) -> None:
    """Nobody was ever there, but that is not what the caller meant to ask."""
    rows = TIMELINE.with_columns(pl.col("position").cast(kind))
    assert not OF_POSITION[name](rows, "bijstand").is_empty()
    with pytest.raises(ValueError, match=r"^there is no position bijstant$"):
        OF_POSITION[name](rows, "bijstant")


# --- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [float("nan"), float("inf"), -1])
def test_a_count_is_a_number(count: float) -> None:
    """What is no number has no interval."""
    with pytest.raises(ValueError, match="a count lies outside"):
        estimates.clopper_pearson(count, 3)
    with pytest.raises(ValueError, match="a count lies outside"):
        estimates.clopper_pearson(0, count)
    with pytest.raises(ValueError, match="a count lies below 0 or is no number"):
        estimates.garwood([1, count])


def test_a_band_has_a_level_and_a_transform_that_exist() -> None:
    """A level of 95 is a slip for 0.95."""
    frame = estimates.occupancy(HISTORY)
    with pytest.raises(ValueError, match="level"):
        estimates.band(frame, level=95)
    with pytest.raises(ValueError, match="transform"):
        estimates.band(frame, transform=cast("Any", "x"))


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [3, [None, 2], [float("nan")], [float("inf")], [date(2024, 1, 1)], ["twee"]])
@pytest.mark.parametrize("name", OF_TIMES)
def test_times_are_a_list_of_numbers(name: str, times: object) -> None:
    """A time that is missing or no number has no answer."""
    with pytest.raises(ValueError, match=r"^times: a time is a finite number, and times are a list of them$"):
        OF_TIMES[name](times)


def test_the_time_to_follow_from_is_a_number() -> None:
    """So is that of a landmark."""
    with pytest.raises(ValueError, match=r"^s: "):
        estimates.transition_probabilities(HISTORY, s=float("nan"))
    with pytest.raises(ValueError, match=r"^at: "):
        estimates.landmark_occupancy(HISTORY, "a", float("nan"))


@pytest.mark.parametrize("estimate", [estimates.occupancy, estimates.transition_probabilities])
def test_a_group_has_no_answer_before_it_began(estimate: Callable[..., pl.DataFrame]) -> None:
    """The late group begins at 10; before the first of all there is nothing to say."""
    found = estimate(GROUPED, times=[9, 10], by=["group"])
    times = found.select("group", "time").unique().sort("group", "time")
    assert times.rows() == [("laat", 10), ("vroeg", 9), ("vroeg", 10)]
    with pytest.raises(ValueError, match="before"):
        estimate(GROUPED, times=[-1, 10], by=["group"])


def test_following_from_before_a_group_began_gives_no_answer_either() -> None:
    """From s = 0 on, the late group is first seen at 10."""
    found = estimates.transition_probabilities(GROUPED, s=0, times=[5], by=["group"])
    assert found["group"].unique().to_list() == ["vroeg"]
    with pytest.raises(ValueError, match="before"):
        estimates.transition_probabilities(GROUPED.filter(group="laat"), s=0, times=[5])


def test_after_the_last_time_the_last_answer_is_repeated() -> None:
    """Nobody is seen after 6."""
    found = estimates.occupancy(HISTORY, times=[5, 100])
    last, later = (found.filter(time=time).drop("time") for time in (5, 100))
    assert_frame_equal(last, later)


# --- groups -----------------------------------------------------------------------------------------------------------


def test_who_changes_group_counts_in_each_while_in_it() -> None:
    """Split at 3: until then the second person is at risk in the one group, later in the other."""
    stays = [(1, "a", 0, 2, "b", "x"), (2, "a", 0, 3, None, "x"), (2, "a", 3, 5, "b", "y"), (3, "a", 0, 4, "b", "x")]
    at_risk, _ = estimates.risk_table(pl.DataFrame(stays, schema=[*COLUMNS, "group"], orient="row"), by=["group"])
    found = at_risk.filter(state="a").select("group", "time", "at_risk").rows()
    assert found == [("x", 2, 3), ("x", 4, 1), ("y", 5, 1)]


def test_a_group_in_which_nothing_happens_has_rows_only_at_times_asked_for() -> None:
    """Everyone in it stays where they are."""
    still = HISTORY.head(1).with_columns(person=pl.lit(9, dtype=pl.Int64), to=None, group=pl.lit("stil"))
    history = pl.concat([GROUPED, still], how="vertical_relaxed")
    assert "stil" not in set(estimates.occupancy(history, by=["group"])["group"])
    asked = estimates.occupancy(history, times=[2], by=["group"]).filter(group="stil", state="a")
    assert asked["probability"].to_list() == [1]


# --- start ------------------------------------------------------------------------------------------------------------


def test_shares_of_the_start_are_not_negative() -> None:
    """These sum to 1; what is wrong is said."""
    with pytest.raises(ValueError, match="negative"):
        estimates.occupancy(HISTORY, start={"a": 1.3, "b": -0.3})
    with pytest.raises(ValueError, match="sum to 1"):
        estimates.occupancy(HISTORY, start={"a": 0.5})


# --- histories --------------------------------------------------------------------------------------------------------

UNREADABLE: dict[str, tuple[Any, str]] = {
    "day": (HISTORY.with_columns(pl.col("start", "stop").cast(pl.Date)), "start en stop staan geen getallen"),
    "moment": (HISTORY.with_columns(pl.col("start").cast(pl.Datetime)), "In start staan geen getallen"),
    "text": (HISTORY.with_columns(pl.col("stop").cast(pl.String)), "In stop staan geen getallen"),
    "columns": (HISTORY.drop("to", "stop"), "missen de kolom stop, to"),
    "nothing": (pl.DataFrame(), "missen de kolom person"),
    "lazy": (HISTORY.lazy(), "geen tabel in het geheugen"),
    "endless": (HISTORY.with_columns(start=pl.Series([float("-inf"), 2, 5, 0, 4])), "Bij 1 van 5 verblijven"),
    "nameless": (HISTORY.with_columns(to=pl.Series(["b", "a", None, "b", ""])), "Bij 1 van 5 verblijven"),
    "nowhere": (
        HISTORY.with_columns(to=pl.Series(["b", "a", None, "b", ""], dtype=pl.Enum(["a", "b", ""]))),
        "Bij 1 van 5 verblijven",
    ),
}


@pytest.mark.parametrize("wrong", UNREADABLE)
@pytest.mark.parametrize("name", OF_HISTORY)
def test_a_history_that_cannot_be_read_is_refused(name: str, wrong: str) -> None:
    """Each function says in one line what is wrong with the columns."""
    history, line = UNREADABLE[wrong]
    with pytest.raises(BrokenHistory, match=line) as refused:
        OF_HISTORY[name](history)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("shift", [2**53, -(2**53)])
@pytest.mark.parametrize("name", OF_HISTORY)
def test_a_time_that_is_too_large_is_refused(name: str, shift: int) -> None:
    """From 2^53 on neighbouring days are one float, and events would be lost."""
    with pytest.raises(ValueError, match=r"2\^53"):
        OF_HISTORY[name](HISTORY.with_columns(pl.col("start", "stop") + shift))


@pytest.mark.parametrize("kind", [pl.Int8, pl.Int16, pl.UInt8, pl.UInt64, pl.Int128, pl.Float32])
@pytest.mark.parametrize("name", OF_HISTORY)
def test_any_type_of_number_is_a_time(name: str, kind: type[pl.DataType]) -> None:
    """Whole or not, small or large: the answer is that of Int64; 120 just fits the smallest."""
    history = HISTORY.with_columns(pl.col("start", "stop") * 20)
    for found, expected in zip(
        _frames(OF_HISTORY[name](history.with_columns(pl.col("start", "stop").cast(kind, strict=False)))),
        _frames(OF_HISTORY[name](history)),
        strict=True,
    ):
        assert_frame_equal(found, expected)


@pytest.mark.parametrize(("kind", "day"), [(pl.Int8, 100), (pl.Int16, 30_000), (pl.Int32, 2_000_000_000)])
def test_a_long_stay_in_a_small_type_has_its_length(kind: type[pl.DataType], day: int) -> None:
    """From -100 to 100 is 200 days, more than Int8 holds."""
    stay = pl.DataFrame({"person": [1], "state": ["a"], "start": [-day], "stop": [day], "to": ["b"]})
    small = stay.with_columns(pl.col("start", "stop").cast(kind))
    assert estimates.sojourn(small, "a").rows() == [(2.0 * day, 0.0, 0.0, 1)]
    assert estimates.occupancy(small)["time"].unique().to_list() == [day]


UNGROUPABLE = {
    "person": (["person"], "no answer has a person in it"),
    "unknown": (["wijk"], "by names wijk, which is no column"),
    "twice": (["group", "group"], "by names a column twice"),
    "text": ("group", "by is a list of columns"),
    "taken": (["stop"], "by names stop, which is a column of stays"),
}


@pytest.mark.parametrize("wrong", UNGROUPABLE)
@pytest.mark.parametrize("name", OF_HISTORY)
def test_what_cannot_be_grouped_by_is_refused(name: str, wrong: str) -> None:
    """A row per person least of all."""
    by, line = UNGROUPABLE[wrong]
    with pytest.raises(ValueError, match=line):
        OF_HISTORY[name](GROUPED, by=by)


def test_few_people_over_a_long_time_need_little_memory() -> None:
    """A million times, 20 groups and 12 states would be 21 GB; only the times that occur are counted."""
    people = pl.DataFrame({"person": range(2_000)}).with_columns(
        state=pl.format("s{}", pl.col("person") % 12),
        start=pl.col("person") * 7,
        stop=999_999 - pl.col("person") * 13,
        to=pl.format("s{}", (pl.col("person") + 1) % 12),
        group=pl.col("person") % 20,
    )
    found = estimates.occupancy(people, "s0", times=[999_999], by=["group"])
    near = people.with_columns(pl.col("start", "stop").cast(pl.Float64))
    assert_frame_equal(found, estimates.occupancy(near, "s0", times=[999_999], by=["group"]))


def _frames(answer: pl.DataFrame | tuple[pl.DataFrame, ...]) -> tuple[pl.DataFrame, ...]:
    return answer if isinstance(answer, tuple) else (answer,)
