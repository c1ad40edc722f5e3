"""disclosure, month after month: late registrations renew what was provisional, and nothing else changes."""

import numpy as np
import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import families
from participatieketen.disclosure.audit import _limits
from participatieketen.disclosure.series import BOOK, NOTHING, added, newest
from participatieketen.disclosure.systems import NAME, System

FIRST, LAST = 13, 24
PLACES = crowd.walks(3_000, LAST, seed=11)
CELL = ("stock_flow", "", "", crowd.FIRST, "a", "b")


def monthly(mean: float) -> list[tuple[disclosure.Release, pl.DataFrame]]:
    """Return a year of monthly releases with changes that become known late, each with the ledger before it."""
    lines, made = NOTHING, []
    for months in range(FIRST, LAST + 1):
        counts = crowd.counts(crowd.known_by(PLACES, months, seed=5, mean=mean))
        open_from = {} if lines.is_empty() else {"": crowd.month(months - 4)}
        found = disclosure.release(counts, crowd.context(months), crowd.KEY, lines, months=24, open_from=open_from)
        made.append((found, lines))
        lines = pl.concat([lines, found.lines])
    return made


@pytest.fixture(scope="module")
def year() -> list[tuple[disclosure.Release, pl.DataFrame]]:
    """Return a year in which one change in three or so is known a month or more too late."""
    return monthly(mean=0.5)


def test_every_month_is_released_and_shows_nobody(year: list[tuple[disclosure.Release, pl.DataFrame]]) -> None:
    """However much comes late: each release passes the audit together with all before it."""
    for found, _ in year:
        assert found.audited.narrowest is not None
        assert found.audited.narrowest >= 4
    renewed = pl.concat([found.lines for found, _ in year]).filter("renewed")
    assert renewed.height > 100


def test_a_month_has_its_last_value_when_it_is_no_longer_provisional(
    year: list[tuple[disclosure.Release, pl.DataFrame]],
) -> None:
    """What is renewed is of a month that was provisional in the release before; of other months nothing changes."""
    for number, (found, lines) in enumerate(year[1:], start=FIRST + 1):
        changed = found.lines.join(lines, on=NAME, how="semi")
        assert changed["month"].min() >= crowd.month(number - 4)  # type: ignore[operator]
        stocks = changed.filter(month=crowd.month(number - 4), to_position="totaal", family="stock_flow")
        assert stocks.filter(pl.col("from_position") != "buiten").is_empty()


def test_what_was_renewed_lies_within_its_bound_of_the_present_count(
    year: list[tuple[disclosure.Release, pl.DataFrame]],
) -> None:
    """Of every month that was provisional, every released value is one of the count as it is known now."""
    found, lines = year[-1]
    counts = crowd.counts(crowd.known_by(PLACES, LAST, seed=5, mean=0.5))
    shown = found.tables["stock_flow"].frame.filter(pl.col("month") >= crowd.month(LAST - 4))
    both = shown.join(counts["stock_flow"], on=["month", "from_position", "to_position"], how="left", suffix="_true")
    bounds = newest(pl.concat([lines, found.lines])).filter(family="stock_flow")
    both = both.join(bounds, on=["month", "from_position", "to_position"])
    assert both.height > 40
    assert ((both["persons"] - both["persons_true"].fill_null(0)).abs() <= both["bound"]).all()
    steps = found.tables["step_month"].frame.filter(pl.col("month") >= crowd.month(LAST - 4))
    late = steps.join(crowd.by_direction(counts), on=["month", "direction"], suffix="_true")
    assert ((late["steps"] - late["steps_true"]).abs() <= 4).all()


def test_settled_steps_are_not_those_that_were_known_first(
    year: list[tuple[disclosure.Release, pl.DataFrame]],
) -> None:
    """The first value of a month is too low, because changes were not known yet; the value that stays is not."""
    book = pl.concat([found.lines for found, _ in year]).filter(family="step_month")
    settled = book.filter(pl.col("month").is_between(crowd.month(FIRST), crowd.month(LAST - 4)))
    each = settled.group_by("month", "from_position", maintain_order=True).agg(
        first=pl.col("value").first(), last=pl.col("value").last()
    )
    true = crowd.by_direction(crowd.counts(PLACES)).rename({"direction": "from_position"})
    both = each.join(true, on=["month", "from_position"])
    assert (both["first"] - both["steps"]).mean() < -10  # type: ignore[operator]
    assert abs((both["last"] - both["steps"]).mean()) < 2  # type: ignore[arg-type, operator]


def test_what_holds_stays() -> None:
    """With nothing known later, a month more changes nothing, however many months are open."""
    for found, lines in monthly(mean=0.0):
        assert found.lines.join(lines, on=NAME, how="semi").filter(pl.col("family") != "step_total").is_empty()


def test_corrections_of_few_persons_change_nothing() -> None:
    """Few persons who turn out to have left could be shown by what changed: values stay as they are."""
    first = disclosure.release(crowd.counts(PLACES), crowd.context(LAST), crowd.KEY, NOTHING, months=24)
    for many, changed in ((5, False), (40, True)):
        places = PLACES.copy()
        here = np.flatnonzero((places[:, -3:] == 0).all(axis=1))[:many]
        places[here, -2:] = 3
        again = disclosure.release(
            crowd.counts(places),
            crowd.context(LAST),
            crowd.KEY,
            first.lines,
            months=24,
            open_from={"": crowd.month(LAST - 3)},
        )
        assert again.lines.is_empty() is not changed


def one(truth: int) -> System:
    """Return a system of a count on its own."""
    return System(
        families.named([CELL]), np.array([truth]), np.array([5]), families.weighed({CELL: 0}, [], 5).identities
    )


def told(truth: int, *values: tuple[int, bool]) -> tuple[float, float]:
    """Return what is known of a count of which these values were released, each with whether it was renewed."""
    lines = pl.DataFrame([(*CELL, value, 5, 4, 0, value, renewed) for value, renewed in values], BOOK, orient="row")
    low, high = _limits(one(truth), lines, np.array([False]))
    return low[0], high[0]


def test_a_value_of_before_a_renewal_tells_nothing_of_the_present_count() -> None:
    """Without a renewal between them two values are of one count, and narrow it down."""
    assert told(3, (0, False), (5, True)) == (1, 9)
    assert told(3, (0, False), (5, False)) == (1, 4)
    assert told(7, (0, False), (5, True), (10, False)) == (6, 9)
    assert told(7, (5, False), (10, True), (10, False)) == (6, 14)


def drawn(key: int, *truths: int) -> list[tuple[int, bool]]:
    """Return what is released of a count that becomes another each time: the last value, and whether it was renewed."""
    lines = NOTHING
    for truth in truths:
        lines = pl.concat([lines, added([one(truth)], newest(lines), bytes([key]) * 32, newest(lines))])
    return lines.select("value", "renewed").rows()


def test_a_count_gets_the_value_that_is_always_drawn_for_it() -> None:
    """Whatever was released before; the same count is not released again, and another value of it is marked."""
    for key in range(20):
        (first, renewed), *later = drawn(key, 3, 3)
        assert not renewed
        assert not later
        assert drawn(key, 8, 6, 3)[-1][0] == first
        assert all(mark for _, mark in drawn(key, 8, 6, 3)[1:])


def test_counts_are_right_on_average_after_a_correction_too() -> None:
    """Over 100 keys the mean is within four standard errors, although a value that can still stand is there already."""
    last = [drawn(key, 1, 4)[-1][0] for key in range(100)]
    assert abs(np.mean(last) - 4) < 4 * 2.5 / 10
    assert set(last) == {0, 5}
