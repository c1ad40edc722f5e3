"""estimates: the measures of the chain, on six drawn people for whom each number can be counted by hand."""

import math
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from drawn import PARTICIPATIE, spells_of
from participatieketen import estimates
from participatieketen.estimates import paths
from participatieketen.moves import steps
from participatieketen.timelines import timeline

PEILDATUM = date(2026, 1, 1)
PEOPLE = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2022-01-01 | 2022-12-31 |
    1       | dagbesteding | 2023-01-01 | 2023-06-30 |
    1       | bijstand     | 2023-07-01 | 2023-12-31 |
    1       | dagbesteding | 2024-01-01 |            |
    2       | startbaan    | 2022-01-01 | 2022-12-31 |
    2       | bijstand     | 2023-01-11 |            |
    3       | bijstand     | 2022-01-01 | 2024-03-31 | 11
    3       | bijstand     | 2024-10-01 |            |
    4       | bijstand     | 2022-01-01 | 2025-02-28 | 03
    5       | startbaan    | 2022-01-01 |            |
    6       | dagbesteding | 2022-01-01 | 2025-05-31 |
    6       | startbaan    | 2025-06-01 |            |
"""
TIMELINE = timeline(spells_of(PEOPLE), PARTICIPATIE, PEILDATUM)
STEP = steps(TIMELINE, PARTICIPATIE)
Measure = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
MEASURES: dict[str, Measure] = {
    "monthly_move_rate": lambda t, s: estimates.monthly_move_rate(s, t, PARTICIPATIE, PEILDATUM, (6, 12)),
    "inflow_outflow_rate": lambda t, _: estimates.inflow_outflow_rate(t, PARTICIPATIE, PEILDATUM),
    "reentry_share": lambda t, _: estimates.reentry_share(t, PARTICIPATIE, PEILDATUM, months=48),
    "return_incidence": lambda t, _: estimates.return_incidence(t, PEILDATUM),
    "lasting_steps": lambda _, s: estimates.lasting_steps(s, PARTICIPATIE, PEILDATUM),
    "recovery": lambda t, s: estimates.recovery(s, t, PARTICIPATIE, PEILDATUM),
    "bounce": lambda _, s: estimates.bounce(s, PARTICIPATIE, PEILDATUM),
    "balance": lambda _, s: estimates.balance(s, PARTICIPATIE),
    "safety": lambda _, s: estimates.safety(s),
    "volatility": lambda t, _: estimates.volatility(t, PARTICIPATIE),
    "complexity": lambda t, _: estimates.complexity(t, PARTICIPATIE),
    "recurrence": lambda t, _: estimates.recurrence(t, PARTICIPATIE),
}
# Positions on the first of each month, outside skipped; person 2 is between registers on 1 January 2023.
MONTHS = {
    1: "b" * 12 + "d" * 6 + "b" * 6 + "d" * 25,
    2: "s" * 12 + "b" * 36,
    3: "b" * 27 + "w" * 6 + "b" * 16,
    4: "b" * 38,
    5: "s" * 49,
    6: "d" * 41 + "s" * 8,
}


def chart(values: list[float], breaks: tuple[date, ...] = (), provisional: int = 0) -> pl.DataFrame:
    """Return the control chart of values by month, of which the last so many are provisional."""
    months = pl.date_range(date(2020, 1, 1), date(2029, 12, 1), "1mo", eager=True).head(len(values))
    flags = [place >= len(values) - provisional for place in range(len(values))]
    return estimates.control_chart(pl.DataFrame({"month": months, "value": values, "provisional": flags}), breaks)


def test_clopper_pearson_gives_published_limits() -> None:
    """None of 10: 0 to 30.85 %; 10 % of 20: 1.23 % to 31.70 % (R 4.2 binom.test, SAS PROC FREQ EXACT)."""
    lower, upper = estimates.clopper_pearson([0, 10, 2], [10, 10, 20])
    assert lower == pytest.approx([0, 0.6915029, 0.01234853], abs=1e-7)
    assert upper == pytest.approx([0.3084971, 1, 0.3169827], abs=1e-7)


def test_garwood_gives_published_limits() -> None:
    """Garwood's table: none 0 to 3.69; 1: 0.03 to 5.57; 10: 4.80 to 18.39."""
    lower, upper = estimates.garwood([0, 1, 10])
    assert lower == pytest.approx([0, 0.0253, 4.7954], abs=5e-5)
    assert upper == pytest.approx([3.6889, 5.5716, 18.3904], abs=5e-5)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level: float) -> None:
    """A level of 95 is a slip for 0.95."""
    with pytest.raises(ValueError, match="level"):
        estimates.garwood(3, level)


def test_counts_outside_their_range_are_refused() -> None:
    """More than all, or fewer than none."""
    with pytest.raises(ValueError, match="outside"):
        estimates.clopper_pearson(3, 2)
    with pytest.raises(ValueError, match="below"):
        estimates.garwood(-1)


def test_no_denominator_gives_no_share() -> None:
    """Nobody came in during 2025: the share of nothing is unknown, not 0."""
    found = estimates.reentry_share(TIMELINE, PARTICIPATIE, PEILDATUM)
    assert found.select("inflow", "share", "lower", "upper").row(0) == (0, None, None, None)


@pytest.mark.parametrize(
    ("start", "end", "ticks"),
    [
        (date(2023, 1, 31), date(2023, 2, 28), 31),
        (date(2023, 1, 31), date(2023, 3, 1), 32),
        (date(2023, 1, 31), date(2023, 3, 30), 31 + 30),
        (date(2023, 1, 31), date(2023, 3, 31), 62),
        (date(2024, 2, 29), date(2025, 2, 28), 12 * 31),
        (date(2024, 5, 5), date(2024, 5, 4), -31 + 29),
    ],
)
def test_the_clock_counts_calendar_months(start: date, end: date, ticks: int) -> None:
    """A month after 31 January is the last of February, and each day later is later on the clock."""
    found = pl.DataFrame({"a": [start], "b": [end]}).select(paths.clock("a", "b")).item()
    assert found == ticks


def test_the_clock_never_stands_still() -> None:
    """From each day of a leap year on, a day later is more."""
    days = pl.DataFrame({"b": pl.date_range(date(2024, 1, 1), date(2026, 12, 31), eager=True)})
    for start in pl.date_range(date(2024, 1, 1), date(2024, 12, 31), eager=True):
        after = days.filter(pl.col("b") >= start).with_columns(a=pl.lit(start))
        assert after.select((paths.clock("a", "b").diff() > 0).all()).item()


def test_move_rate_is_of_those_who_were_there_the_whole_month_before() -> None:
    """In March 2024 three had bijstand all month; one of them went to work on 1 April."""
    found = estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM).filter(
        pl.col("month") == date(2024, 4, 1), pl.col("position") == "bijstand"
    )
    assert found.select("duration", "direction", "n", "moved").rows() == [
        ("alle", "vooruit", 3, 1),
        ("alle", "terug", 3, 0),
        ("alle", "opzij", 3, 0),
        ("alle", "uit", 3, 0),
    ]


def test_move_rate_can_be_split_by_duration() -> None:
    """In April 2024 persons 3 and 4 have bijstand for 26 whole months, person 2 since 11 January 2023: 13 months."""
    found = estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM, (6, 24)).filter(
        pl.col("month") == date(2024, 4, 1), pl.col("position") == "bijstand", pl.col("direction") == "vooruit"
    )
    assert dict(found.select("duration", "n").iter_rows()) == {"6-23": 1, "24+": 2}


def test_move_rate_adds_up_over_durations() -> None:
    """Splitting moves nobody."""
    keys = ["month", "position", "direction"]
    whole = estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM).select(*keys, "n", "moved").sort(keys)
    split = estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM, (3, 6, 12))
    assert split.group_by(keys).agg(pl.col("n", "moved").sum()).sort(keys).equals(whole)


def test_move_rate_equals_a_count_by_hand() -> None:
    """Person by person and month by month gives the same numbers."""
    held = paths.stays(STEP, TIMELINE, PARTICIPATIE, PEILDATUM)
    months = pl.date_range(date(2021, 10, 1), date(2026, 1, 1), "1mo", eager=True).to_list()
    expected: Counter[tuple[date, str]] = Counter()
    for first, position, next_day in held.select("first_day", "position", "next_day").iter_rows():
        for start, end in pairwise(months):
            if first <= start and next_day >= end and position in PARTICIPATIE.ranks and end < PEILDATUM:
                expected[end, position] += 1
    found = estimates.monthly_move_rate(STEP, TIMELINE, PARTICIPATIE, PEILDATUM).filter(
        pl.col("direction") == "vooruit"
    )
    assert {(month, position): n for month, position, n in found.select("month", "position", "n").iter_rows()} == dict(
        expected
    )


def test_outflow_is_over_the_mean_stock() -> None:
    """In 2025 two had bijstand all year and one on two firsts of a month: 26 / 12; one left."""
    found = estimates.inflow_outflow_rate(TIMELINE, PARTICIPATIE, PEILDATUM)
    assert found["flow"].to_list() == [0, 1]
    assert found["rate"].to_list() == pytest.approx([0, 12 / 26])
    assert found["upper"].to_list() == pytest.approx([3.6888795 * 12 / 26, 5.5716434 * 12 / 26])


def test_rates_need_the_months_to_be_observed() -> None:
    """A rate over ten years of a register that is complete since 2021 would be of another denominator."""
    with pytest.raises(ValueError, match="not observed"):
        estimates.inflow_outflow_rate(TIMELINE, PARTICIPATIE, PEILDATUM, months=120)


def test_reentry_looks_back_twelve_months() -> None:
    """Three came in after October 2022; two had left half a year before. The first three have too short a past."""
    found = estimates.reentry_share(TIMELINE, PARTICIPATIE, PEILDATUM, months=48)
    assert found.select("inflow", "reentries", "left_out").row(0) == (3, 2, 3)
    assert found["share"].item() == pytest.approx(2 / 3)


def test_return_counts_from_every_exit() -> None:
    """Two of four exits are followed by a return after six months to the day; AOW stays in the denominator."""
    found = estimates.return_incidence(TIMELINE, PEILDATUM, months=(5, 6, 12, 18, 24, 60))
    assert found["probability"].to_list() == [0, 0.5, 0.5, 0.5, 0.5, None]
    assert found["std_error"].to_list()[:2] == pytest.approx([0, 0.25])
    assert found["n"].unique().to_list() == [4]
    assert found["followed"].to_list() == [4, 4, 3, 3, 2, 0]


def test_return_equals_the_share_when_all_are_followed() -> None:
    """Without censoring the estimate is the observed share."""
    found = estimates.return_incidence(TIMELINE, PEILDATUM, months=(6, 9))
    assert found["probability"].to_list() == [2 / 4, 2 / 4]


def test_lasting_in_both_forms() -> None:
    """Person 1 falls back and is up again a year later: lasting in form a, not in form b."""
    found = estimates.lasting_steps(STEP, PARTICIPATIE, PEILDATUM)
    assert found.select("months", "form", "n", "lasted", "fell", "outside", "too_recent").rows() == [
        (3, "a", 4, 4, 0, 0, 0),
        (3, "b", 4, 4, 0, 0, 0),
        (6, "a", 4, 2, 2, 0, 0),
        (6, "b", 4, 2, 2, 0, 0),
        (12, "a", 3, 2, 1, 0, 1),
        (12, "b", 3, 1, 2, 0, 1),
    ]


def test_leaving_the_chain_is_not_falling_back() -> None:
    """AOW four months after a step forward is told apart, in both forms."""
    stays = timeline(
        spells_of("""
            register     | begindatum | einddatum  | reden
            bijstand     | 2022-01-01 | 2023-04-30 | 03
            dagbesteding | 2023-01-01 | 2023-04-30 | 07
        """),
        PARTICIPATIE,
        PEILDATUM,
    )
    found = estimates.lasting_steps(steps(stays, PARTICIPATIE), PARTICIPATIE, PEILDATUM, (3, 6))
    assert found.select("lasted", "fell", "outside").rows() == [(1, 0, 0), (1, 0, 0), (0, 0, 1), (0, 0, 1)]


def test_recovery_has_the_clock_at_the_step() -> None:
    """One of three is back after six months; the third is followed for fifteen months only."""
    found = estimates.recovery(STEP, TIMELINE, PARTICIPATIE, PEILDATUM).filter(
        pl.col("group") == "stap_terug", pl.col("state") == "op_niveau"
    )
    assert found["probability"].to_list() == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert found["std_error"].to_list()[1] == pytest.approx(math.sqrt(2 / 27))
    assert found.select("n", "followed").rows() == [(3, 3), (3, 3), (3, 3), (3, 2)]


def test_recovery_compares_with_who_was_there_on_the_median_day() -> None:
    """On 1 July 2023 persons 5 and 6 are in a position that was stepped back from; both keep it or better."""
    found = estimates.recovery(STEP, TIMELINE, PARTICIPATIE, PEILDATUM).filter(pl.col("group") == "geen_stap_terug")
    assert found.filter(pl.col("state") == "op_niveau")["probability"].to_list() == [1, 1, 1, 1]
    assert found.filter(pl.col("state") == "lager")["probability"].to_list() == [0, 0, 0, 0]
    assert found["n"].unique().to_list() == [2]


@pytest.mark.parametrize(("persons", "n"), [(3, 1), (4, 2)])
def test_who_stepped_back_on_the_median_day_is_not_compared_with(persons: int, n: int) -> None:
    """On 1 January 2023 person 1 comes to dagbesteding by a step back; of an even number the earlier middle counts."""
    spells = spells_of("""
        persoon | register     | begindatum | einddatum
        1       | startbaan    | 2022-01-01 | 2022-12-31
        1       | dagbesteding | 2023-01-01 |
        2       | dagbesteding | 2022-01-01 | 2022-06-30
        2       | bijstand     | 2022-07-01 |
        3       | startbaan    | 2022-01-01 | 2023-12-31
        3       | bijstand     | 2024-01-01 |
        4       | startbaan    | 2022-01-01 | 2024-12-31
        4       | bijstand     | 2025-01-01 |
    """).filter(pl.col("person") <= persons)
    stays = timeline(spells, PARTICIPATIE, PEILDATUM)
    found = estimates.recovery(steps(stays, PARTICIPATIE), stays, PARTICIPATIE, PEILDATUM, (12,))
    assert found.filter(group="geen_stap_terug")["n"].unique().to_list() == [n]


def test_who_is_weighted_tells_no_more_than_a_group_of_the_same_make_up() -> None:
    """One step back from a Startbaan for one from dagbesteding: of 1 and 3 people, only one of each can be matched."""
    more = """
        persoon | register     | begindatum | einddatum
        7       | dagbesteding | 2022-01-01 |
        8       | dagbesteding | 2022-01-01 |
    """
    spells = pl.concat([spells_of(PEOPLE), spells_of(more)])
    stays = timeline(spells, PARTICIPATIE, PEILDATUM)
    found = estimates.recovery(steps(stays, PARTICIPATIE), stays, PARTICIPATIE, PEILDATUM)
    assert found.filter(group="geen_stap_terug", state="op_niveau").select("n", "followed").rows() == [(4, 2)] * 4


def test_recovery_states_sum_to_one() -> None:
    """At the former level, below it or outside: everyone is somewhere."""
    found = estimates.recovery(STEP, TIMELINE, PARTICIPATIE, PEILDATUM)
    sums = found.group_by("group", "months").agg(pl.col("probability").sum())["probability"]
    assert sums.to_list() == pytest.approx([1] * 8)


def test_recovery_without_a_step_back_is_empty() -> None:
    """Nobody stepped back, so there is nothing to compare with either."""
    found = estimates.recovery(STEP.filter(pl.col("direction") != "terug"), TIMELINE, PARTICIPATIE, PEILDATUM)
    assert found.is_empty()


def test_bounce_uses_complete_follow_up() -> None:
    """One of three steps back is followed by one forward; two of three forward by one back, one is too recent."""
    found = estimates.bounce(STEP, PARTICIPATIE, PEILDATUM)
    assert found.select("direction", "n", "bounced", "outside", "too_recent").rows() == [
        ("terug", 3, 1, 0, 0),
        ("vooruit", 3, 2, 0, 1),
    ]


def test_balance_is_between_all_forward_and_all_back() -> None:
    """Three back, four forward; its interval is that of 3 out of 7, stretched to -1 .. 1."""
    found = estimates.balance(STEP, PARTICIPATIE).row(0, named=True)
    lower, upper = estimates.clopper_pearson(3, 7)
    assert (found["forward"], found["back"]) == (4, 3)
    assert found["balance"] == pytest.approx(-1 / 7)
    assert (found["lower"], found["upper"]) == pytest.approx((2 * float(lower) - 1, 2 * float(upper) - 1))


def test_balance_skips_time_outside() -> None:
    """Who leaves bijstand for a year and comes in at a Startbaan went forward, as in TraMineR's seqidegrad."""
    stays = timeline(
        spells_of("""
            register  | begindatum | einddatum
            bijstand  | 2022-01-01 | 2022-12-31
            startbaan | 2024-01-01 |
        """),
        PARTICIPATIE,
        PEILDATUM,
    )
    found = estimates.balance(steps(stays, PARTICIPATIE), PARTICIPATIE)
    assert found.select("forward", "back", "balance").row(0) == (1, 0, -1)


def test_safety_counts_days_with_nothing() -> None:
    """Two of three steps back have no day in between, the third has ten."""
    found = estimates.safety(STEP)
    assert found.select("n", "without").row(0) == (3, 2)
    assert found["mean_days"].item() == pytest.approx(10 / 3)


def test_volatility_by_hand() -> None:
    """Half for visited positions (of five), half for changes between months."""
    each = [0.125 + 0.5 * 3 / 48, 0.125 + 0.5 / 47, 0.125 + 0.5 * 2 / 48, 0, 0, 0.125 + 0.5 / 48]
    found = estimates.volatility(TIMELINE, PARTICIPATIE)
    assert found.select("n", "left_out").row(0) == (6, 0)
    assert found["mean"].item() == pytest.approx(sum(each) / 6)
    assert found["std_error"].item() == pytest.approx(np.std(each, ddof=1) / math.sqrt(6))


def test_complexity_and_recurrence_follow_their_formulas() -> None:
    """A plain count on the drawn months gives the same means."""
    complexities, recurrences = [], []
    for months in MONTHS.values():
        spells = 1 + sum(a != b for a, b in pairwise(months))
        shares = [count / len(months) for count in Counter(months).values()]
        entropy = -sum(share * math.log(share) for share in shares)
        complexities.append(math.sqrt((spells - 1) / (len(months) - 1) * entropy / math.log(5)))
        recurrences.append(spells / len(shares))
    assert estimates.complexity(TIMELINE, PARTICIPATIE)["mean"].item() == pytest.approx(sum(complexities) / 6)
    assert estimates.recurrence(TIMELINE, PARTICIPATIE)["mean"].item() == pytest.approx(sum(recurrences) / 6)
    assert sum(recurrences) / 6 == pytest.approx((2 + 1 + 1.5 + 1 + 1 + 1) / 6)


def test_who_is_seen_once_has_no_path() -> None:
    """One first of a month, or none, is left out and said."""
    stays = timeline(
        spells_of("""
            persoon | register | begindatum | einddatum
            1       | bijstand | 2025-12-15 |
            2       | bijstand | 2025-03-02 | 2025-03-20
            3       | bijstand | 2025-03-02 |
        """),
        PARTICIPATIE,
        PEILDATUM,
    )
    assert estimates.recurrence(stays, PARTICIPATIE).rows() == [(1.0, None, 1, 2)]


@pytest.mark.parametrize("name", MEASURES)
def test_names_and_order_change_nothing(name: str) -> None:
    """Persons with other numbers, so in another order, give the same answer."""
    swap = pl.col("person").replace({1: 6, 6: 1, 2: 4, 4: 2})
    renamed = TIMELINE.with_columns(swap).sort("person", "first_day")
    same = MEASURES[name](renamed, steps(renamed, PARTICIPATIE))
    for column in (expected := MEASURES[name](TIMELINE, STEP)).columns:
        if expected[column].dtype.is_float():
            assert same[column].to_list() == pytest.approx(expected[column].to_list())
        else:
            assert same[column].equals(expected[column])


@pytest.mark.parametrize("name", MEASURES)
def test_an_interval_holds_its_estimate(name: str) -> None:
    """Lower, estimate and upper in that order; shares between 0 and 1; and no person in the answer."""
    found = MEASURES[name](TIMELINE, STEP)
    assert "person" not in found.columns
    value = next((c for c in ("share", "probability", "rate", "balance") if c in found.columns), None)
    if value:
        assert found.select((pl.col(value) >= pl.col("lower") - 1e-12).all()).item()
        assert found.select((pl.col(value) <= pl.col("upper") + 1e-12).all()).item()
    if value in {"share", "probability"}:
        assert found.select(pl.col("lower", "upper").is_between(0, 1).all()).row(0) == (True, True)


@pytest.mark.parametrize("name", MEASURES)
def test_nobody_gives_an_answer_without_estimates(name: str) -> None:
    """An empty town is no error: the columns stay, the numbers are 0 or unknown."""
    expected = MEASURES[name](TIMELINE, STEP)
    found = MEASURES[name](TIMELINE.clear(), STEP.clear())
    assert found.schema == expected.schema


def test_xmr_limits_of_a_textbook() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.2, flow rates of ten batches: 45.816, 50.81 and 55.804 (with 3 / 1.128)."""
    found = chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]).row(0, named=True)
    assert found["centre"] == pytest.approx(50.81)
    assert (found["lower"], found["upper"]) == pytest.approx((45.8159, 55.8041), abs=1e-3)


def test_a_point_beyond_the_limits_is_a_signal() -> None:
    """One month far off among months that alternate by one."""
    assert chart([9.0, 13] * 6 + [30] + [9, 13] * 3)["signal"].to_list() == [None] * 12 + ["buiten"] + [None] * 6


def test_seven_at_one_side_are_a_signal_and_six_are_not() -> None:
    """Six lie above the mean, then a seventh joins."""
    assert chart([10.0, 14, 10, 14, 10, 14, 10, 11, 10, 13, 14, 13, 14, 13, 14])["signal"].to_list() == [None] * 15
    seven = chart([10.0, 14, 10, 14, 10, 14, 10, 11, 10, 13, 14, 13, 14, 13, 14, 13])["signal"].to_list()
    assert seven == [None] * 9 + ["reeks"] * 7


def test_six_rises_are_a_trend_and_five_are_not() -> None:
    """The seven points of six rises are all part of it."""
    around = [5.0, 16, 5, 16, 5, 16, 5, 16]
    assert set(chart([*around, 8, 9, 10, 11, 12, 13])["signal"]) == {None}
    assert chart([*around, 7.5, 8, 9, 10, 11, 12, 13, 9])["signal"].to_list() == [None] * 8 + ["trend"] * 7 + [None]


def test_two_of_three_in_the_outer_third_are_a_signal() -> None:
    """Two high months within three; one alone is none."""
    alone = [10.0, 12, 10, 12, 10, 12, 10, 18, 10, 12, 10, 12, 10, 12, 10, 12]
    assert set(chart(alone)["signal"]) == {None}
    two = [10.0, 12, 10, 12, 10, 12, 10, 18, 12, 18, 10, 12, 10, 12, 10, 12]
    assert chart(two)["signal"].to_list() == [None] * 7 + ["twee_van_drie", None, "twee_van_drie"] + [None] * 6


def test_two_of_three_are_at_one_side() -> None:
    """A point at the other side, or alone in the other outer third, makes no signal (NHSRplotthedots, issue 143)."""
    assert chart([52.0, 55, 38, 39, 44, 47, 54, 60, 63, 28, 28, 52])["signal"].to_list()[-3:] == [None] * 3
    assert chart([37.0, 50, 51, 50, 49, 46, 59, 49, 68, 72, 74, 36])["signal"].to_list()[-1] is None


def test_a_missing_month_ends_a_run() -> None:
    """Seven high months with a year between the third and the fourth are no run of seven, and no moving range."""
    months = [date(2023, 1 + number, 1) for number in range(12)] + [date(2025, 1 + number, 1) for number in range(4)]
    series = pl.DataFrame({"month": months, "value": [10.0, 14] * 4 + [10.0, 13, 13, 13] + [14.0, 13, 14, 13]})
    whole = series.with_columns(month=pl.Series([date(2023 + n // 12, n % 12 + 1, 1) for n in range(16)]))
    assert "reeks" in set(estimates.control_chart(whole)["signal"])
    found = estimates.control_chart(series)
    assert set(found["signal"]) == {None}
    ranges = [4] * 7 + [4, 3, 0, 0] + [1, 1, 1]
    assert found["upper"][0] - found["centre"][0] == pytest.approx(2.66 * sum(ranges) / len(ranges))


def test_provisional_months_neither_signal_nor_count() -> None:
    """Late registration lowers the last months: that is no news."""
    final, found = chart([10.0, 11] * 6), chart([10.0, 11] * 6 + [0, 0], provisional=2)
    assert found["signal"].to_list()[-2:] == [None, None]
    assert found.head(12).equals(final)
    assert found["upper"].to_list()[-1] == final["upper"].to_list()[0]


def test_limits_change_at_stated_breaks_only() -> None:
    """A jump is a signal without a break and none with it."""
    values = [10.0, 11] * 5 + [30, 31] * 5
    assert "reeks" in chart(values)["signal"].to_list() or "buiten" in chart(values)["signal"].to_list()
    parted = chart(values, (date(2020, 11, 1),))
    assert set(parted["signal"]) == {None}
    assert parted["centre"].to_list() == [10.5] * 10 + [30.5] * 10


def test_a_series_that_never_moves_has_no_signal() -> None:
    """The limits fall together; rounding of the mean is no news."""
    assert set(chart([0.1] * 12)["signal"]) == {None}


def test_one_point_has_no_limits() -> None:
    """Chance shows in differences."""
    assert chart([4.0]).select("centre", "lower", "upper", "signal").row(0) == (4, None, None, None)


def test_a_month_twice_is_refused() -> None:
    """So is a month without a value."""
    month = date(2024, 1, 1)
    for values in ([1.0, 2.0], [1.0, None]):
        months = [month, month if None not in values else date(2024, 2, 1)]
        with pytest.raises(ValueError, match="once"):
            estimates.control_chart(pl.DataFrame({"month": months, "value": values}))
