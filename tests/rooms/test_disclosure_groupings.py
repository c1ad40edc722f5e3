"""disclosure, groupings: who is shown, at which base, and that groups add up to the total that everyone sees."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure.groupings import REST
from participatieketen.disclosure.series import NOTHING

PLACES = crowd.walks(4_000, 16, seed=2)


def group_flow(shares: dict[str, float], months: int, grouping: str = "wijk") -> pl.DataFrame:
    """Return the flows of a crowd split at random, in these shares."""
    group = np.random.default_rng(8).choice(list(shares), len(PLACES), p=list(shares.values()))
    parts = [
        crowd.counts(PLACES[group == name, : months + 1])["stock_flow"].with_columns(
            grouping=pl.lit(grouping), group=pl.lit(name)
        )
        for name in shares
    ]
    return pl.concat(parts)


def release(shares: dict[str, float], months: int = 13, lines: pl.DataFrame = NOTHING) -> disclosure.Release:
    """Return what is released of the crowd and its groups."""
    counts = crowd.counts(PLACES[:, : months + 1]) | {"group_flow": group_flow(shares, months)}
    return disclosure.release(counts, crowd.context(months), crowd.KEY, lines, months=24)


def shown(found: disclosure.Release) -> pl.DataFrame:
    """Return the arcs of groups."""
    return found.tables["released_stock_flow"].frame.filter(pl.col("grouping") == "wijk")


ARC = ["month", "from_position", "to_position"]


@pytest.mark.parametrize("shares", [{"a": 0.6, "b": 0.4}, {"a": 0.8, "b": 0.12, "c": 0.08}])
def test_groups_add_up_to_their_total(shares: dict[str, float]) -> None:
    """In every arc, and the total lies within one base of the report's own total: equal to it at base 5."""
    found = release(shares)
    groups, totals = (shown(found).filter((pl.col("group_code") == "totaal") == total) for total in (False, True))
    sums = groups.group_by(ARC).agg(sum=pl.col("persons").sum()).join(totals, on=ARC)
    assert sums.height > 100
    assert (sums["sum"] == sums["persons"]).all()
    own = found.tables["released_stock_flow"].frame.filter(grouping="", family="stock_flow")
    both = totals.join(own, on=ARC, suffix="_own").filter(pl.col("bound") < pl.col("base"))
    assert both.height > 30
    assert ((both["persons"] - both["persons_own"]).abs() <= both["base"] - 5).all()


def test_groups_follow_each_other_by_month() -> None:
    """The stock of a group is its stock a month before, plus who came, minus who left."""
    table = shown(release({"a": 0.8, "b": 0.2}))
    at = {(row[2], *row[3:6]): row[6] for row in table.iter_rows()}
    months = sorted({key[1] for key in at if key[3] == "buiten"})
    for group in ("a", "b"):
        for now, then in pairwise(months):
            came, left = at[group, now, "buiten", "totaal"], at[group, now, "totaal", "buiten"]
            assert at[group, now, "totaal", "totaal"] + came - left == at[group, then, "totaal", "totaal"]


def test_small_groups_are_one_group() -> None:
    """Under 50 persons in any month a group is not shown; with another it may be."""
    codes = set(shown(release({"a": 0.7, "b": 0.26, "c": 0.01, "d": 0.01, "e": 0.02}))["group_code"])
    assert "c" not in codes
    assert {"a", "b", REST, "totaal"} <= codes


def test_a_group_of_less_than_200_makes_the_base_ten() -> None:
    """One base for the whole grouping."""
    assert set(shown(release({"a": 0.5, "b": 0.5}))["base"]) == {5}
    assert set(shown(release({"a": 0.92, "b": 0.08}))["base"]) == {10}


def test_a_grouping_with_one_group_left_is_not_shown() -> None:
    """It would be the total, or give away the rest."""
    assert shown(release({"a": 0.995, "b": 0.005})).is_empty()


def test_a_grouping_stays_as_it_was_first_shown() -> None:
    """A month later, with the ledger: the same groups, and not one value that was released changes."""
    shares = {"a": 0.7, "b": 0.26, "c": 0.02, "d": 0.02}
    first = release(shares)
    second = release(shares, 14, first.lines)
    both = shown(first).join(shown(second), on=["group_code", *ARC], suffix="_later")
    assert both.height == shown(first).height
    assert (both["persons"] == both["persons_later"]).all()
    assert set(shown(second)["group_code"]) == set(shown(first)["group_code"])
    assert set(shown(second)["month"]) > set(shown(first)["month"])
