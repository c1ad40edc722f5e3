"""Laws of estimates: what holds for every history, beside a slow twin that does the book's sums in fractions."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Literal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from participatieketen import estimates
from participatieketen.errors import BrokenHistory, KetenError

HISTORY = {"person": pl.String, "state": pl.String, "start": pl.Int64, "stop": pl.Int64, "to": pl.String}
STATES = ("aan", "bij", "cel")
GONE = "weg"
END, LANDMARK = 12, 4
CLOSE = 1e-10

Row = tuple[str, str, int, int, str | None]
Matrix = list[list[Fraction]]


# --- histories --------------------------------------------------------------------------------------------------------


def frame(rows: list[Row]) -> pl.DataFrame:
    """Return the rows as a history."""
    return pl.DataFrame(rows, schema=HISTORY, orient="row")


@st.composite
def lives(draw: st.DrawFn, name: str, first: int, last: int | None) -> list[Row]:
    """Return the stays of one person from a day on: to `last` or until gone; without `last` they may end any time."""
    rows: list[Row] = []
    day, state = first, draw(st.sampled_from(STATES))
    for _ in range(draw(st.integers(1, 5)) if last is None else END):
        stop = day + draw(st.integers(1, 4))
        to = draw(st.sampled_from([other for other in (*STATES, GONE) if other != state]))
        if last is not None and stop > last:
            return [*rows, (name, state, day, last, None)]
        rows.append((name, state, day, stop, to))
        day, state = stop, to
        if state == GONE or day == last:
            return rows
    if draw(st.booleans()):
        rows[-1] = (*rows[-1][:4], None)
    return rows


@st.composite
def histories(draw: st.DrawFn) -> pl.DataFrame:
    """Return a history: states back and forth, delayed entry, censoring, ties, rows split in two."""
    numbers = range(draw(st.integers(1, 8)))
    rows = [row for number in numbers for row in draw(lives(f"persoon-{number}", draw(st.integers(0, 6)), None))]
    return split(frame(rows), draw(st.sets(st.integers(0, len(rows) - 1), max_size=3)))


@st.composite
def complete_histories(draw: st.DrawFn) -> pl.DataFrame:
    """Return a history in which everyone is followed from day 0 until gone, or to the end."""
    numbers = range(draw(st.integers(1, 8)))
    return frame([row for number in numbers for row in draw(lives(f"persoon-{number}", 0, END))])


@st.composite
def first_exits(draw: st.DrawFn) -> pl.DataFrame:
    """Return a history of one stay a person, from day 0, that ends in one of three ways or is censored."""
    ends = st.tuples(st.integers(1, 8), st.sampled_from(["bij", "cel", GONE, None]))
    drawn = draw(st.lists(ends, min_size=1, max_size=15))
    return frame([(f"persoon-{number}", "aan", 0, stop, to) for number, (stop, to) in enumerate(drawn)])


def split(history: pl.DataFrame, numbers: set[int]) -> pl.DataFrame:
    """Return the history with some of its rows cut in two that touch."""
    rows: list[Row] = []
    for number, (person, state, start, stop, to) in enumerate(history.iter_rows()):
        if number in numbers and stop - start > 1:
            rows += [(person, state, start, start + 1, None), (person, state, start + 1, stop, to)]
        else:
            rows.append((person, state, start, stop, to))
    return frame(rows)


def everything(history: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield what each function says about a history."""
    yield from estimates.risk_table(history)
    yield estimates.transition_probabilities(history)
    yield estimates.occupancy(history)
    for state in sorted(set(history["state"])):
        yield estimates.cumulative_incidence(history, state)
        yield estimates.sojourn(history, state)
    for state in sorted(set(history.filter(pl.col("start") <= LANDMARK, pl.col("stop") > LANDMARK)["state"])):
        yield estimates.landmark_occupancy(history, state, LANDMARK)


def assert_same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Hold that two histories tell the same."""
    for found, expected in zip(everything(one), everything(other), strict=True):
        assert_frame_equal(found, expected, rel_tol=0, abs_tol=1e-12)


# --- the slow twin ----------------------------------------------------------------------------------------------------


def matrices(history: pl.DataFrame, s: int) -> Iterator[tuple[int, list[int], Matrix]]:
    """Yield time, number at risk and I + dA of each time after s at which somebody moves."""
    states, rows = states_of(history), history.rows()
    for time in sorted({stop for _, _, _, stop, to in rows if to and stop > s}):
        at_risk = Counter(state for _, state, start, stop, _ in rows if start < time <= stop)
        moves = Counter((state, to) for _, state, _, stop, to in rows if stop == time and to)
        step = [[Fraction(moves[i, j], at_risk[i] or 1) for j in states] for i in states]
        for i, row in enumerate(step):
            row[i] = 1 - sum(row, Fraction(0))
        yield time, [at_risk[state] or 1 for state in states], step


def states_of(history: pl.DataFrame) -> list[str]:
    """Return the states that are ever entered or left."""
    return sorted({*history["state"], *history["to"].drop_nulls()})


def product(one: Matrix, other: Matrix) -> Matrix:
    """Return the matrix product."""
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in zip(*other, strict=True)]
        for row in one
    ]


def unit(size: int) -> Matrix:
    """Return the unit matrix."""
    return [[Fraction(i == j) for j in range(size)] for i in range(size)]


def twin(history: pl.DataFrame, s: int) -> dict[tuple[float, str, str], tuple[Fraction, Fraction]]:
    """Return P(s, t) and its variance by time, from and to.

    The variance is the sum of Andersen et al. (1993), eq. 4.4.19, written out: over every time u up to t and state i,
    P_hi(s, u-)^2 times the variance, over the multinomial moves out of i at u, of P_.j(u, t).
    """
    states, steps = states_of(history), list(matrices(history, s))
    before = [unit(len(states))]
    for _, _, step in steps:
        before.append(product(before[-1], step))
    found = {}
    for number, (time, _, _) in enumerate(steps):
        after, variance = unit(len(states)), [[Fraction(0)] * len(states) for _ in states]
        for u in range(number, -1, -1):
            _, at_risk, step = steps[u]
            for i, row in enumerate(step):
                for j in range(len(states)):
                    mean = sum(m * after[k][j] for k, m in enumerate(row))
                    scatter = sum(m * after[k][j] ** 2 for k, m in enumerate(row)) - mean**2
                    for h in range(len(states)):
                        variance[h][j] += before[u][h][i] ** 2 * scatter / at_risk[i]
            after = product(step, after)
        for h, start in enumerate(states):
            for j, to in enumerate(states):
                found[float(time), start, to] = before[number + 1][h][j], variance[h][j]
    return found


@given(histories(), st.integers(0, 8))
def test_transition_probabilities_are_what_the_twin_says(history: pl.DataFrame, s: int) -> None:
    """Matrices of floats, one time after another, give what the book's sums of fractions give."""
    found = estimates.transition_probabilities(history, s=s)
    expected = twin(history, s)
    assert {row[:3] for row in found.iter_rows()} == set(expected)
    for *key, probability, variance in found.iter_rows():
        assert (probability, variance) == pytest.approx(tuple(map(float, expected[tuple(key)])), rel=0, abs=CLOSE)


# --- probabilities ----------------------------------------------------------------------------------------------------


@given(histories())
def test_the_states_of_one_time_sum_to_1(history: pl.DataFrame) -> None:
    """Everyone is somewhere: over `to` for each `from`, and over the states of an occupancy."""
    for found, keys in (
        (estimates.transition_probabilities(history), ["time", "from"]),
        (estimates.occupancy(history), ["time"]),
    ):
        total = found.group_by(keys).agg(pl.col("probability").sum())["probability"]
        assert ((total - 1).abs() <= CLOSE).all()


@given(histories())
def test_probabilities_lie_between_0_and_1(history: pl.DataFrame) -> None:
    """No rounding may take a probability below 0 or above 1, nor an error below 0."""
    for found in everything(history):
        for name in {"probability", "survival"} & set(found.columns):
            assert found[name].is_between(0, 1).all()
        for name in {"std_error", "variance"} & set(found.columns):
            assert (found[name] >= 0).all()


@given(histories())
def test_absorbing_states_only_grow(history: pl.DataFrame) -> None:
    """Nobody comes back from a state that is never left."""
    for found in (
        estimates.transition_probabilities(history).filter(pl.col("to") == GONE),
        estimates.occupancy(history).filter(pl.col("state") == GONE).with_columns(pl.lit("").alias("from")),
    ):
        assert (found.select(pl.col("probability").diff().over("from")).to_series().drop_nulls() >= -CLOSE).all()


@given(histories(), st.integers(0, 8), st.integers(0, 8))
def test_two_stretches_make_the_whole(history: pl.DataFrame, s: int, later: int) -> None:
    """P(s, t) = P(s, u) P(u, t)."""
    s += int(history["start"].to_numpy().min())  # before anybody is seen there is no answer
    u, t = s + later, s + 2 * later

    def matrix(since: float, until: float) -> Matrix:
        found = estimates.transition_probabilities(history, s=since, times=[until])
        return [row["probability"].to_list() for _, row in found.group_by("from", maintain_order=True)]

    for found, expected in zip(matrix(s, t), product(matrix(s, u), matrix(u, t)), strict=True):
        assert found == pytest.approx(list(map(float, expected)), abs=CLOSE)


@given(complete_histories())
def test_without_censoring_occupancy_is_the_share(history: pl.DataFrame) -> None:
    """When everyone is followed from the first day on, the estimate is a count."""
    days = range(END)
    people = history["person"].n_unique()
    there = Counter(
        (float(day), state)
        for _, state, start, stop, to in history.iter_rows()
        for day, state in [
            *((day, state) for day in range(start, stop)),
            *((day, GONE) for day in range(stop, END) if to == GONE),
        ]
    )
    for time, state, probability, _ in estimates.occupancy(history, times=days).iter_rows():
        assert probability == pytest.approx(there[time, state] / people, abs=CLOSE)


@given(first_exits())
def test_competing_exits_add_up_to_kaplan_meier(history: pl.DataFrame) -> None:
    """With competing risks only, total incidence is 1 - Kaplan-Meier, here in fractions and by `sojourn`."""
    staying, expected = Fraction(1), []
    for time in sorted(set(history.filter(pl.col("to").is_not_null())["stop"])):
        ended = history.filter(pl.col("stop") == time, pl.col("to").is_not_null()).height
        staying *= 1 - Fraction(ended, history.filter(pl.col("stop") >= time).height)
        expected.append((float(time), float(staying)))
    left = estimates.cumulative_incidence(history, "aan").group_by("time").agg(pl.col("probability").sum()).sort("time")
    stayed = estimates.sojourn(history, "aan")
    assert [time for time, _ in expected] == left["time"].to_list() == stayed["time"].to_list()
    survival = [share for _, share in expected]
    assert (1 - left["probability"]).to_list() == pytest.approx(survival, abs=CLOSE)
    assert stayed["survival"].to_list() == pytest.approx(survival, abs=CLOSE)


# --- what changes nothing ---------------------------------------------------------------------------------------------


@given(histories())
def test_twice_the_people_keep_the_estimate_and_halve_the_variance(history: pl.DataFrame) -> None:
    """Two of each person tell the same with twice the certainty."""
    doubled = pl.concat([history, history.with_columns(pl.col("person") + "-ook")])
    halved = [
        pl.col(name) / part for name, part in (("variance", 2), ("std_error", 2**0.5), ("at_risk", 0.5), ("n", 0.5))
    ]
    for found, expected in zip(everything(doubled), everything(history), strict=True):
        known = [number for number in halved if number.meta.output_name() in expected.columns]
        assert_frame_equal(found, expected.with_columns(known), rel_tol=0, abs_tol=CLOSE, check_dtypes=False)


@given(histories(), st.sets(st.integers(0, 30)))
def test_splitting_a_stay_changes_nothing(history: pl.DataFrame, numbers: set[int]) -> None:
    """A stay in two rows that touch is one stay."""
    assert_same(split(history, numbers), history)


@given(histories(), st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_persons_change_nothing(history: pl.DataFrame, random: Random) -> None:
    """Neither the order of rows nor who is called what is information."""
    names = sorted(set(history["person"]))
    numbers = list(range(len(names)))
    order = list(range(history.height))
    random.shuffle(numbers)
    random.shuffle(order)
    renamed = history[order].with_columns(pl.col("person").replace_strict(dict(zip(names, numbers, strict=True))))
    assert_same(renamed, history)


@given(histories(), st.integers(0, 1000))
def test_shifting_the_clock_shifts_the_answer(history: pl.DataFrame, days: int) -> None:
    """A later origin of the clock only moves the times."""
    shifted = history.with_columns(pl.col("start", "stop") + days)
    found = estimates.transition_probabilities(shifted).with_columns(pl.col("time") - days)
    assert_frame_equal(found, estimates.transition_probabilities(history))


@given(histories(), st.integers(1, 3))
def test_groups_are_estimated_apart(history: pl.DataFrame, number: int) -> None:
    """With `by`, each group says of its own states what it says alone."""
    grouped = history.with_columns(group=pl.col("person").str.slice(-1).cast(pl.Int64) % number)
    for estimate in (estimates.occupancy, estimates.transition_probabilities):
        both = estimate(grouped, by=["group"])
        assert both.columns[0] == "group"
        for (group,), people in grouped.group_by("group"):
            alone = estimate(people.drop("group"))
            found = both.filter(pl.col("group") == group).drop("group")
            keys = [name for name in ("time", "from", "to", "state") if name in alone.columns]
            assert_frame_equal(alone.join(found.select(keys), on=keys, how="semi"), alone)
            assert_frame_equal(found.join(alone.select(keys), on=keys, how="semi"), alone)


# --- bands ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", ["log-log", "logit"])
@given(history=histories())
def test_bands_lie_around_the_estimate(history: pl.DataFrame, transform: Literal["log-log", "logit"]) -> None:
    """A band stays between 0 and 1, and holds the estimate; more certainty asked makes it wider."""
    for found in everything(history):
        name = next((name for name in ("probability", "survival") if name in found.columns), None)
        if name is None:
            continue
        band = estimates.band(found, level=0.95, transform=transform)
        assert band.columns == [*found.columns, "lower", "upper"]
        assert band["lower"].is_between(0, 1).all()
        assert band["upper"].is_between(0, 1).all()
        assert (band["lower"] <= band[name] + CLOSE).all()
        assert (band["upper"] >= band[name] - CLOSE).all()
        wider = estimates.band(found, level=0.99, transform=transform)
        assert (wider["lower"] <= band["lower"] + CLOSE).all()
        assert (wider["upper"] >= band["upper"] - CLOSE).all()


# --- broken histories -------------------------------------------------------------------------------------------------

BROKEN: dict[str, list[tuple[str, int, int, str | None]]] = {
    "overlap": [("aan", 0, 5, "bij"), ("bij", 4, 9, None)],
    "gap": [("aan", 0, 5, "bij"), ("bij", 6, 9, None)],
    "jump": [("aan", 0, 5, "bij"), ("cel", 6, 9, None)],
    "teleport": [("aan", 0, 5, "bij"), ("cel", 5, 9, None)],
    "zero": [("aan", 0, 5, "bij"), ("bij", 5, 5, "cel"), ("cel", 5, 9, None)],
}
ESTIMATORS: dict[str, Callable[[pl.DataFrame], object]] = {
    "risk_table": estimates.risk_table,
    "transition_probabilities": estimates.transition_probabilities,
    "occupancy": estimates.occupancy,
    "cumulative_incidence": lambda history: estimates.cumulative_incidence(history, "aan"),
    "landmark_occupancy": lambda history: estimates.landmark_occupancy(history, "aan", 0),
    "sojourn": lambda history: estimates.sojourn(history, "aan"),
}


def broken(persons: dict[str, int]) -> pl.DataFrame:
    """Return a history with as many persons of each flag."""
    stays = [stay for flag, number in persons.items() for stay in [BROKEN[flag]] * number]
    return frame([(f"jansen{100 + number}", *row) for number, rows in enumerate(stays) for row in rows])


def well(number: int) -> pl.DataFrame:
    """Return a history of persons with whom nothing is wrong."""
    return frame([(f"pietersen{100 + person}", "aan", 0, 3 + person, "bij") for person in range(number)])


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("flag", BROKEN)
def test_a_broken_history_is_refused(flag: str, estimator: str) -> None:
    """Overlap, gap, jump, teleport and a stay of no time each stop every function."""
    with pytest.raises(BrokenHistory):
        ESTIMATORS[estimator](pl.concat([well(3), broken({flag: 1})]))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_an_empty_history_is_refused(estimator: str) -> None:
    """Of nobody nothing is estimated."""
    with pytest.raises(BrokenHistory):
        ESTIMATORS[estimator](frame([]))


@pytest.mark.parametrize("column", ["person", "state", "start", "stop"])
def test_a_stay_with_something_missing_is_refused(column: str) -> None:
    """Who, where, from when and until when have to be known; only where a stay led may be open."""
    history = pl.concat([well(3), well(1).with_columns(pl.lit(None).alias(column))], how="vertical_relaxed")
    with pytest.raises(BrokenHistory, match="Bij 1 van 4 verblijven"):
        estimates.occupancy(history)


def test_a_time_that_is_no_number_is_refused() -> None:
    """NaN is no time."""
    history = well(3).with_columns(stop=pl.Series([3.0, 4.0, float("nan")]))
    with pytest.raises(BrokenHistory, match="Bij 1 van 3 verblijven"):
        estimates.occupancy(history)


def test_a_group_cannot_be_called_as_a_column_of_the_answer() -> None:
    """The line names the column to rename."""
    with pytest.raises(ValueError, match="by names state"):
        estimates.occupancy(well(3), by=["state"])


@given(st.dictionaries(st.sampled_from(sorted(BROKEN)), st.integers(20, 29), min_size=1), st.integers(31, 39))
def test_a_refusal_counts_persons_and_names_none(persons: dict[str, int], others: int) -> None:
    """The line holds the number of persons of each flag and of all, and neither a name nor a state nor a time."""
    history = pl.concat([well(others), broken(persons)])
    with pytest.raises(BrokenHistory) as refused:
        estimates.occupancy(history.sample(fraction=1, shuffle=True, seed=1))
    line = str(refused.value)
    assert isinstance(refused.value, KetenError)
    assert "\n" not in line
    numbers = Counter(int(word) for word in line.replace(",", " ").replace(".", " ").split() if word.isdigit())
    assert numbers == Counter([*persons.values(), history["person"].n_unique()])
    assert not any(name in line for name in [*history["person"], "cel"])
    for flag in persons.keys() - {"zero"}:
        assert f"({flag})" in line
    for flag in BROKEN.keys() - persons.keys() - {"zero"}:
        assert f"({flag})" not in line
