"""disclosure, groupings: who is shown, at which base, and that groups add up to the total that everyone sees."""

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure.audit import Examined, _apart, _limits, _months, _need, examine
from participatieketen.disclosure.counted import _flows, released_systems
from participatieketen.disclosure.groupings import REST, Shown, _merged, _systems, aliases, crosses
from participatieketen.disclosure.series import BOOK, NOTHING, newest
from participatieketen.disclosure.systems import NO_CROSSES, Crosses, System, joined
from participatieketen.errors import DisclosureRefused
from participatieketen.months import year_before

PLACES = crowd.walks(4_000, 16, seed=2)
LAST = crowd.month(13)
"""The month after thirteen whole ones."""


def group_flow(shares: dict[str, float], months: int, *, by_month: bool = False) -> pl.DataFrame:
    """Return the flows of a crowd split at random, in these shares."""
    group = np.random.default_rng(8).choice(list(shares), len(PLACES), p=list(shares.values()))
    parts = [
        crowd.counts(PLACES[group == name, : months + 1])["stock_flow"].with_columns(
            grouping=pl.lit("wijk"), group=pl.lit(name), by_month=by_month
        )
        for name in shares
    ]
    return pl.concat(parts)


def counts_of(shares: dict[str, float], months: int = 13, *, by_month: bool = False) -> dict[str, pl.DataFrame]:
    """Return the counts of the crowd and of its groups."""
    return crowd.counts(PLACES[:, : months + 1]) | {"group_flow": group_flow(shares, months, by_month=by_month)}


def release(
    shares: dict[str, float], months: int = 13, lines: pl.DataFrame = NOTHING, *, by_month: bool = False
) -> disclosure.Release:
    """Return what is released of the crowd and its groups."""
    counts = counts_of(shares, months, by_month=by_month)
    return disclosure.release(counts, crowd.context(months), crowd.KEY, lines, months=24)


def shown(found: disclosure.Release, before: pl.DataFrame = NOTHING) -> pl.DataFrame:
    """Return the arcs of groups as the ledger has them: months of groups do not leave it."""
    book = newest(pl.concat([before.select(*BOOK), found.lines]))
    return book.filter(grouping="wijk").rename({"value": "persons"})


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


def test_months_of_a_group_do_not_leave() -> None:
    """Only how many people are in it at the beginning and the end of the settled year."""
    months = 16
    tables = release({"a": 0.6, "b": 0.4}, months).tables
    of_groups = tables["released_stock_flow"].frame.filter(pl.col("grouping") != "")
    settled = crowd.context(months).settled_on
    assert set(of_groups["month"]) == {settled, year_before(settled)}
    assert set(of_groups["from_position"]) == set(of_groups["to_position"]) == {"totaal"}
    assert of_groups.height == 2 * 3
    assert tables["released_steps"].frame.filter(pl.col("grouping") != "").is_empty()


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
    both = shown(first).join(shown(second, first.lines), on=["group_code", *ARC], suffix="_later")
    assert both.height == shown(first).height
    assert (both["persons"] == both["persons_later"]).all()
    assert set(shown(second, first.lines)["group_code"]) == set(shown(first)["group_code"])
    assert set(shown(second, first.lines)["month"]) > set(shown(first)["month"])


def test_by_month_no_stock_ties_a_month_to_the_next() -> None:
    """People change group between months: there is no stock of a group at the end of the last month."""
    tied, loose = (shown(release({"a": 0.6, "b": 0.4}, by_month=by_month)) for by_month in (False, True))
    assert set(tied["month"]) > set(loose["month"])
    groups, totals = (loose.filter((pl.col("group_code") == "totaal") == total) for total in (False, True))
    sums = groups.group_by(ARC).agg(sum=pl.col("persons").sum()).join(totals, on=ARC)
    assert sums.height > 100
    assert (sums["sum"] == sums["persons"]).all()


def test_a_project_is_shown_from_the_month_in_which_it_is_large() -> None:
    """Before, its group would have been too small; a month later it begins in the same month."""
    flow = group_flow({"ja": 0.3, "nee": 0.7}, 14, by_month=True)
    start = sorted(flow["month"].unique())[4]
    flow = flow.with_columns(group=pl.when(pl.col("month") < start).then(pl.lit("nee")).otherwise("group"))
    lines = NOTHING
    for months in (13, 14):
        own = flow.filter(pl.col("month").is_in(sorted(flow["month"].unique())[:months]))
        counts = crowd.counts(PLACES[:, : months + 1]) | {"group_flow": own}
        found = disclosure.release(counts, crowd.context(months), crowd.KEY, lines, months=24)
        assert min(set(shown(found, lines)["month"])) == start
        assert set(shown(found, lines)["group_code"]) == {"ja", "nee", "totaal"}
        lines = pl.concat([lines, found.lines])


def test_a_group_that_became_too_small_gets_no_new_months_and_stays_in_the_audit() -> None:
    """What was released of it is still known to readers."""
    first = release({"a": 0.8, "b": 0.2})
    counts = counts_of({"a": 0.995, "b": 0.005}, 14)
    found = disclosure.release(counts, crowd.context(14), crowd.KEY, first.lines, months=24)
    assert set(shown(found, first.lines)["month"]) == set(shown(first)["month"])
    systems = released_systems(counts, crowd.context(14), first.lines)
    tried = joined(list(systems)).cells.filter(grouping="wijk")
    assert set(tried["month"]) == set(shown(first)["month"])


def test_a_grouping_that_gives_too_much_away_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is released; what was released of it before stays in the audit, and gets no new months."""
    first = release({"a": 0.6, "b": 0.4})
    monkeypatch.setitem(vars(sys.modules["participatieketen.disclosure.release"]), "examine", refusing_new_months)
    found = release({"a": 0.6, "b": 0.4}, 14, first.lines)
    assert set(shown(found, first.lines)["month"]) == set(shown(first)["month"])
    assert found.tables["stock_flow"].frame["month"].n_unique() == 14
    assert shown(release({"a": 0.6, "b": 0.4}, 14)).is_empty()


def test_open_months_of_a_grouping_that_is_left_out_are_not_shown_and_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beside a report that was rounded anew they would be of other counts; later they are rounded anew too."""
    shares, opened = {"a": 0.6, "b": 0.4}, crowd.month(10)
    first = release(shares)
    with monkeypatch.context() as patched:
        patched.setitem(vars(sys.modules["participatieketen.disclosure.release"]), "examine", refusing_new_months)
        second = disclosure.release(
            counts_of(shares, 14),
            crowd.context(14),
            crowd.KEY,
            first.lines,
            months=24,
            open_from=dict.fromkeys(("", "wijk"), opened),
        )
    lines = pl.concat([first.lines, second.lines])
    third = disclosure.release(
        counts_of(shares, 15),
        crowd.context(15),
        crowd.KEY,
        lines,
        months=24,
        open_from={"": crowd.month(11), "wijk": opened},
    )
    assert set(shown(third, lines)["month"]) == {crowd.month(number) for number in range(16)}


def test_what_is_withdrawn_is_no_knowledge_of_the_present_counts() -> None:
    """An exact count of a grouping makes the audit refuse, unless its month is one that was left out."""
    found = release({"a": 0.6, "b": 0.4})
    counts = counts_of({"a": 0.6, "b": 0.4})
    inside = [pl.col(end).is_in(crowd.INSIDE) for end in ARC[1:]]
    last = counts["group_flow"].filter(pl.col("month") == crowd.month(12), *inside)
    small = last.filter(pl.col("persons").is_between(1, 9)).row(0)
    named = dict(zip(counts["group_flow"].columns, small, strict=True))
    cell = (pl.col("group_code") == named["group"]) & (pl.col("month") == named["month"])
    pair = (pl.col("from_position") == named["from_position"]) & (pl.col("to_position") == named["to_position"])
    exact = found.lines.filter(cell & pair).with_columns(
        value=pl.lit(named["persons"], pl.Int64), bound=pl.lit(0, pl.Int64)
    )
    assert exact.height == 1
    lines = pl.concat([found.lines, exact])
    with pytest.raises(DisclosureRefused, match="Tabel stock_flow wijk"):
        disclosure.audited(counts, crowd.context(13), lines)
    assert disclosure.audited(counts, crowd.context(13), lines, withdrawn={"wijk": crowd.month(12)}).narrowest


def refusing_new_months(
    system: System, lines: pl.DataFrame, public: pl.DataFrame | None = None, crosses: Crosses = NO_CROSSES
) -> Examined:
    """Refuse what is of a grouping and of the last months, and nothing else."""
    found = examine(system, lines, public, crosses)
    late = system.cells.filter(pl.col("grouping") == "wijk", pl.col("month") > LAST).with_columns(rule=pl.lit("x"))
    return replace(found, refused=late)


def test_of_the_total_of_a_grouping_no_more_is_asked_than_of_the_same_total_of_the_report() -> None:
    """It is the same count: at base 10 it need not be less known than it is at base 5."""
    counts = counts_of({"a": 0.92, "b": 0.08})
    of = aliases(joined(list(released_systems(counts, crowd.context(13), NOTHING))))
    need = _need(of, np.full(len(of.truth), 99.0))
    totals = ((of.cells["group_code"] == "totaal") & (of.cells["grouping"] == "wijk")).to_numpy()
    assert (set(need[totals]), set(need[(of.cells["group_code"] == "b").to_numpy()])) == ({4}, {9})


@pytest.mark.parametrize("matrix", [True, False])
def test_what_is_merged_is_a_cross_of_two_margins(*, matrix: bool) -> None:
    """Crosses add up to the group's merged flow, to everyone's flow between two positions, and to all of the table."""
    counts = crowd.counts(PLACES[:, :14])
    own = group_flow({"a": 0.7, "b": 0.26, "c": 0.02, "d": 0.02}, 13)
    pairs = crowd.pairs(counts)
    groups = _systems(_merged(own, crowd.INSIDE), Shown("wijk", ("a", "b", REST), matrix, 10), pairs, crowd.INSIDE)
    of = aliases(joined([*_flows(counts, crowd.context(13)), *groups]))
    found = crosses(of, own, crowd.INSIDE)
    for margin in (found.row, found.column, found.total):
        sums = np.bincount(margin, weights=found.truth, minlength=len(of.truth))
        assert (sums[margin] == of.truth[margin]).all()
    inside = pl.col("from_position").is_in(crowd.INSIDE) & pl.col("to_position").is_in(crowd.INSIDE)
    assert found.truth.sum() == own.filter(~inside if matrix else pl.lit(value=True))["persons"].sum()
    assert set(of.cells[found.row]["group_code"]) == {"a", "b", REST}


def test_release_and_audit_look_at_counts_that_are_never_released() -> None:
    """Of those of 1 to 9 they try every count of a group by code outside the chain, and of steps by arc and month."""
    counts = counts_of({"a": 0.6, "b": 0.4})
    given = crowd.context(13)
    found = disclosure.release(counts, given, crowd.KEY, NOTHING, months=24)
    inside = pl.col("from_position").is_in(crowd.INSIDE) & pl.col("to_position").is_in(crowd.INSIDE)
    small = counts["group_flow"].filter(~inside, pl.col("persons").is_between(1, 9)).height
    steps = counts["step"].filter(pl.col("steps").is_between(1, 9)).height
    assert min(small, steps) > 10
    of = aliases(joined(list(released_systems(counts, given, NOTHING))))
    released = examine(of, found.lines.select(*BOOK)).passed().cells
    assert found.audited.cells == released + small + steps
    assert disclosure.audited(counts, given, found.lines).cells == released + small + steps


def test_months_that_are_solved_apart_are_possible_together() -> None:
    """Every identity and limit of the whole holds in what they give, and most months have a program of their own."""
    counts = counts_of({"a": 0.6, "b": 0.4})
    given = crowd.context(13)
    lines = disclosure.release(counts, given, crowd.KEY, NOTHING, months=24).lines.select(*BOOK)
    of = aliases(joined(list(released_systems(counts, given, NOTHING))))
    low, high = limits = _limits(of, lines, of.truth < 0)
    months = _months(of, limits)
    assert len(months) == 13
    cost = np.random.default_rng(4).choice([-1.0, 0.0, 1.0], len(of.truth))
    found = _apart(months, of.truth.astype(float), cost)
    assert np.abs(of.identities @ found).max() < 1e-6
    assert (found > low - 1e-6).all()
    assert (found < high + 1e-6).all()
    assert (cost @ found) < (cost @ of.truth) - 100
