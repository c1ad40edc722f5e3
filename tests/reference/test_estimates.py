"""Estimates against R's survival and etm, to 1e-10, and msm; estimates/README.md says how the numbers were made.

No R is needed: histories and expected numbers are kept beside oracle.R. The last tests hold the mvad chain to its own
monthly file, which is not in the project.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from participatieketen import estimates, places
from participatieketen.errors import BrokenHistory

FOLDER = Path(__file__).parent / "estimates"
DATA = places.project().parent / "shared" / "data"
CLOSE = 1e-10
# t: entry, a, b, c, as so many 32nds
EXAMPLE = {
    2: ("24", "8", "0", "0"),
    3: ("18", "8", "6", "0"),
    4: ("12", "14", "6", "0"),
    5: ("6", "14", "12", "0"),
    8: ("6", "7", "12", "7"),
    9: ("0", "0", "19", "13"),
    10: ("0", "9.5", "9.5", "13"),
}
SHARES = {"healthy": 0.625, "ill": 0.25, "care": 0.125}


def read(name: str) -> pl.DataFrame:
    """Return what R wrote, with the times as numbers."""
    frame = pl.read_csv(FOLDER / f"{name}.csv")
    return frame.with_columns(pl.col({"time", "s", "at"} & set(frame.columns)).cast(pl.Float64))


def history(name: str) -> pl.DataFrame:
    """Return a history; an empty `to` is null."""
    return pl.read_csv(FOLDER / f"{name}_history.csv")


def assert_says(found: pl.DataFrame, expected: pl.DataFrame, within: float = CLOSE) -> None:
    """Hold that every expected row is found once, with the expected numbers."""
    numbers = [name for name in ("probability", "survival", "variance", "std_error") if name in expected.columns]
    keys = [name for name in expected.columns if name in {"group", "time", "state", "from", "to"}]
    both = expected.join(found, on=keys, suffix="_found", validate="1:1")
    assert both.height == expected.height
    for number in numbers:
        assert float(str((both[number] - both[f"{number}_found"]).abs().max())) <= within, number


@pytest.mark.parametrize("time", EXAMPLE)
def test_the_worked_example(time: int) -> None:
    """Tests of R's survival (mstate.R): everyone starts in entry, worked by hand in 32nds."""
    found = estimates.occupancy(history("example"), start="entry").filter(pl.col("time") == time)
    shares = dict(found.select("state", "probability").iter_rows())
    expected = dict(zip(("entry", "a", "b", "c"), EXAMPLE[time], strict=True))
    assert shares == {state: pytest.approx(float(Fraction(n) / 32), abs=1e-12) for state, n in expected.items()}


def test_the_worked_example_needs_no_start() -> None:
    """Who comes in first is in entry, so that is where occupancy starts by itself (statistics.md)."""
    rows = history("example")
    assert estimates.occupancy(rows).equals(estimates.occupancy(rows, start="entry"))


def test_the_worked_example_in_survfit() -> None:
    """Multi-state survfit, also at time 11, when the last one is censored."""
    expected = read("example_pstate")
    assert_says(estimates.occupancy(history("example"), "entry", times=times_of(expected)), expected)


def test_the_worked_example_in_etm() -> None:
    """P(0, t) with variance by etm, where states have nobody at risk for a while."""
    assert_says(estimates.transition_probabilities(history("example"), s=0), read("example_etm"))


def times_of(frame: pl.DataFrame) -> list[float]:
    """Return the times at which R gives an answer."""
    return frame["time"].unique(maintain_order=True).to_list()


@pytest.mark.parametrize("s", [0.0, 12.0])
def test_reversible_states(s: float) -> None:
    """P(s, t) and Greenwood variance by etm: ties, delayed entry, split stays, death."""
    expected = read("reversible_etm").filter(pl.col("s") == s).drop("s")
    found = estimates.transition_probabilities(history("reversible"), s=s)
    assert times_of(found) == times_of(expected)
    assert_says(found, expected)


@pytest.mark.parametrize("s", [0.0, 12.0])
def test_reversible_states_at_some_times(s: float) -> None:
    """The same when only some times are asked for, in any order, and between the days nothing changes."""
    expected = read("reversible_etm").filter(pl.col("s") == s, pl.col("time").is_in([13.0, 20.0, 33.0])).drop("s")
    found = estimates.transition_probabilities(history("reversible"), s=s, times=[33.5, 13.25, 20])
    assert_says(found.with_columns(pl.col("time").floor()), expected)


def test_occupancy_from_given_shares() -> None:
    """The pstate of survfit with p0; its error is p0' cov p0 with etm's covariance."""
    expected = read("reversible_occupancy")
    found = estimates.occupancy(history("reversible"), start=SHARES)
    assert times_of(found) == times_of(expected)
    assert_says(found, expected)


def test_occupancy_from_the_shares_found() -> None:
    """The pstate of survfit with its own p0, of those who are there on day 0."""
    expected = read("from_day_0_pstate")
    rows = history("reversible").filter((pl.col("start") == 0).any().over("person"))
    assert_says(estimates.occupancy(rows, times=times_of(expected)), expected)


@pytest.mark.parametrize("state", ["healthy", "ill"])
@pytest.mark.parametrize("at", [6.0, 12.0])
def test_landmark(at: float, state: str) -> None:
    """The estimate by etm, equal to survfit's, of only those who are in the state at that moment."""
    expected = read("reversible_landmark").filter(pl.col("at") == at, pl.col("landmark") == state)
    found = estimates.landmark_occupancy(history("reversible"), state, at)
    assert times_of(found) == times_of(expected)
    assert_says(found, expected.drop("at", "landmark"))


def test_a_landmark_starts_at_one() -> None:
    """At the landmark itself everyone is where they are."""
    found = estimates.landmark_occupancy(history("reversible"), "ill", 12, times=[12])
    assert dict(found.select("state", "probability").iter_rows())["ill"] == 1
    assert found.select(pl.col("probability", "std_error").sum()).row(0) == (1, 0)


def test_competing_risks() -> None:
    """First exit by destination by etm, equal to survfit's; each person's clock starts at entry."""
    expected = read("competing_incidence")
    found = estimates.cumulative_incidence(history("competing"), "aid")
    assert times_of(found) == times_of(expected)
    assert_says(found, expected)


@pytest.mark.parametrize("state", ["healthy", "ill", "care"])
def test_sojourn(state: str) -> None:
    """Kaplan-Meier by survfit of all stays in a state: survival, Greenwood's error and who is at risk."""
    expected = read("reversible_sojourn").filter(pl.col("state") == state).drop("state")
    found = estimates.sojourn(history("reversible"), state)
    assert found.select("time", "at_risk").rows() == expected.select("time", "at_risk").rows()
    assert_says(found, expected)


def test_sojourn_when_nobody_is_left() -> None:
    """Survival reaches 0 and has an error of 0 then."""
    expected = read("gone_kaplan_meier")
    found = estimates.sojourn(history("gone"), "in")
    assert found["at_risk"].to_list() == expected["at_risk"].to_list()
    assert_says(found, expected)


def test_kaplan_meier_with_delayed_entry() -> None:
    """With one move only, P(in, in) and its variance are survfit's Kaplan-Meier with start times, and Greenwood's."""
    expected = read("truncated_kaplan_meier").with_columns(state=pl.lit("in")).rename({"survival": "probability"})
    rows = history("truncated")
    stays = pl.col("from") == "in", pl.col("to") == "in"
    found = estimates.transition_probabilities(rows, s=0).filter(*stays).rename({"from": "state"})
    assert_says(found.with_columns(std_error=pl.col("variance").sqrt()), expected)
    assert_says(estimates.occupancy(rows, start="in"), expected)


def test_who_is_at_risk_with_delayed_entry() -> None:
    """Number at risk just before each event, as survfit counts it."""
    expected = read("truncated_kaplan_meier")
    at_risk, _ = estimates.risk_table(history("truncated"))
    found = at_risk.filter(pl.col("state") == "in")
    assert found.select("time", "at_risk").rows() == expected.select("time", "at_risk").rows()


def test_two_groups() -> None:
    """With `by`, each group has the estimate that etm makes of that group alone."""
    group = pl.when(pl.col("person") % 3 == 0).then(pl.lit("north")).otherwise(pl.lit("south"))
    found = estimates.transition_probabilities(history("reversible").with_columns(group=group), s=0, by=["group"])
    expected = read("grouped_etm")
    assert found.columns == ["group", "time", "from", "to", "probability", "variance"]
    assert times_of(found.filter(group="north")) == times_of(expected.filter(group="north"))
    assert_says(found, expected)


def test_most_likely_rates_are_moves_by_time_at_risk() -> None:
    """With every move seen, the rates that msm finds by search are moves / time at risk, to 1e-6 of each rate."""
    rows, (_, moves) = history("constant"), estimates.risk_table(history("constant"))
    exposure = rows.group_by(pl.col("state").alias("from")).agg(years=(pl.col("stop") - pl.col("start")).sum())
    counted = moves.group_by("from", "to").agg(pl.col("n").sum()).join(exposure, on="from")
    found = dict(counted.select(pl.concat_str("from", "to"), pl.col("n") / pl.col("years")).iter_rows())
    expected = dict(read("constant_rates").select(pl.concat_str("from", "to"), "rate").iter_rows())
    assert found == {pair: pytest.approx(rate, rel=1e-6) for pair, rate in expected.items()}


def test_a_markov_process_in_msm() -> None:
    """With constant rates ours lies within 3 of its standard errors of msm's P(0, t), at all times and states.

    Both are right on average, msm is the most precise there is, and ours assumes less: so they differ with variance
    var(ours) - var(msm) (Hausman 1978), less than ours. Errors stay below 0.05, so that no wide one hides a mistake.
    """
    expected = read("constant_msm")
    found = estimates.transition_probabilities(history("constant"), s=0, times=times_of(expected))
    both = expected.join(found, on=["time", "from", "to"], suffix="_found", validate="1:1")
    error = both["variance"].sqrt()
    assert both.height == expected.height == 16 * 9
    assert error.is_between(0, 0.05, closed="none").all()
    assert ((both["probability"] - both["probability_found"]).abs() <= 3 * error).all()


def test_a_broken_history() -> None:
    """Persons by flag as R's survcheck counts them."""
    with pytest.raises(BrokenHistory) as refused:
        estimates.risk_table(history("broken"))
    counted = {flag: int(number) for number, flag in re.findall(r"(\d+) met [^()]*\((\w+)\)", str(refused.value))}
    assert counted == dict(read("broken_survcheck").iter_rows())


@pytest.fixture(scope="module")
def months() -> list[list[str]]:
    """Return 70 months of 712 persons from September 1993; skips where the data are not beside the project."""
    if not (DATA / "mvad.csv").is_file() or not (DATA / "mvad_spells.csv").is_file():
        pytest.skip("../shared/data/mvad.csv and mvad_spells.csv are not beside the project")
    with (DATA / "mvad.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    return [row[head.index("Sep.93") :] for row in rows]


@pytest.fixture(scope="module")
def stays(months: list[list[str]]) -> pl.DataFrame:
    """Return the history of mvad, from its spells: months since September 1993, censored after the last."""
    spells = pl.read_csv(DATA / "mvad_spells.csv", separator=";", try_parse_dates=True)

    def month(day: pl.Expr) -> pl.Expr:
        return (day.dt.year() - 1993) * 12 + day.dt.month().cast(pl.Int32) - 9

    return (
        spells.select(
            person="id",
            state="activiteit",
            start=month(pl.col("begindatum")).clip(0),
            stop=(month(pl.col("einddatum")) + 1).fill_null(len(months[0])),
        )
        .filter(pl.col("stop") > 0)
        .sort("person", "start")
        .with_columns(to=pl.col("state").shift(-1).over("person"))
    )


def test_occupancy_of_mvad_is_its_shares(months: list[list[str]], stays: pl.DataFrame) -> None:
    """Nobody enters or leaves, so occupancy is the share of the activity in mvad.csv, with the error of a share."""
    found = estimates.occupancy(stays, times=range(len(months[0])))
    shares = {
        (float(month), state): present.count(state) / len(months)
        for month, present in enumerate(zip(*months, strict=True))
        for state in {activity for person in months for activity in person}
    }
    assert {(time, state): share for time, state, share, _ in found.iter_rows()} == {
        key: pytest.approx(share, abs=CLOSE) for key, share in shares.items()
    }
    binomial = (pl.col("probability") * (1 - pl.col("probability")) / len(months)).sqrt()
    errors = found.filter(pl.col("probability") > CLOSE).select("std_error", binomial=binomial)
    assert errors["std_error"].to_list() == pytest.approx(errors["binomial"].to_list(), abs=1e-9)


def test_moves_of_mvad(stays: pl.DataFrame) -> None:
    """1,493 changes of activity, of which 143 from employment to joblessness and 165 back (TraMineR)."""
    _, moves = estimates.risk_table(stays)
    counts = dict(
        moves.group_by("from", "to").agg(pl.col("n").sum()).select(pl.concat_str("from", "to"), "n").iter_rows()
    )
    assert sum(counts.values()) == 1493
    assert (counts["employmentjoblessness"], counts["joblessnessemployment"]) == (143, 165)
