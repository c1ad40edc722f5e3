"""disclosure, rounding: targets that are right on average, values that add up, and an optimum checked by trying all."""

from itertools import product

import numpy as np
import polars as pl
import pytest

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import families
from participatieketen.disclosure.rounding import Goal, rounded
from participatieketen.disclosure.series import BOOK, NOTHING, added, newest, values_of
from participatieketen.disclosure.systems import System, joined
from participatieketen.disclosure.targets import ChainKey, draws, targets
from participatieketen.errors import DisclosureRefused
from participatieketen.months import months_later

PLACES = crowd.walks(400, 24, seed=3)


def release(months: int, lines: pl.DataFrame = NOTHING, key: bytes = crowd.KEY) -> disclosure.Release:
    """Return the release of the crowd's first months."""
    counts = crowd.counts(PLACES[:, : months + 1])
    return disclosure.release(counts, crowd.context(months), key, lines, months=24)


def table(*counts: int, base: int = 5) -> System:
    """Return a table of two rows and two columns with its margins."""
    a, b, c, d = counts
    truth = {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c, "bd": b + d}
    names = {name: ("stock_flow", "", "", crowd.FIRST, name, "") for name in truth}
    rows = [{names[part]: 1 for part in total} | {names[total]: -1} for total in ("ab", "cd", "ac", "bd")]
    return families.weighed({names[name]: count for name, count in truth.items()}, rows, base)


def goal(system: System, key: bytes = crowd.KEY) -> Goal:
    """Return the goal of counts of which nothing was released."""
    target, draw = targets(system, key)
    low, high = (edge * system.base for edge in (system.truth // system.base, -(-system.truth // system.base)))
    return Goal(target, low, high, draw, np.ones(len(draw)))


def test_a_target_is_the_count_on_average() -> None:
    """Over 2,000 keys the mean is within four standard errors, for every remainder."""
    system = table(1, 2, 3, 4)
    drawn = np.array([targets(system, number.to_bytes(32))[0] for number in range(2_000)])
    error = drawn.mean(axis=0) - system.truth
    assert (abs(error) < 4 * 2.5 / 2_000**0.5).all()
    assert set(drawn[:, 0]) == {0, 5}


def test_a_multiple_of_the_base_is_its_own_target() -> None:
    """Nothing is drawn for a count that needs no rounding."""
    system = table(5, 10, 0, 20)
    assert (targets(system, crowd.KEY)[0] == system.truth).all()


@pytest.mark.parametrize("counts", [(1, 2, 3, 4), (3, 3, 3, 3), (7, 1, 0, 12), (4, 9, 14, 2)])
@pytest.mark.parametrize("seed", range(5))
def test_no_other_values_that_add_up_are_nearer(counts: tuple[int, int, int, int], seed: int) -> None:
    """Of all combinations of floor and ceiling that add up, tried one by one, none costs less."""
    system = table(*counts)
    sought = goal(system, bytes([seed]) * 32)
    found = rounded(system, sought, np.full(8, -1))
    weight = 1 + 0.1 * sought.draw
    costs = [
        (weight * (abs(np.array(values) - sought.target) > 0)).sum()
        for values in product(*({int(a), int(b)} for a, b in zip(sought.low, sought.high, strict=True)))
        if not (system.identities @ np.array(values)).any()
    ]
    assert (weight * (found != sought.target)).sum() == pytest.approx(min(costs))
    assert not sought.beyond(found, system.base).any()


def test_what_cannot_add_up_takes_an_extra_step_and_says_so() -> None:
    """Rows fixed at 0 leave no other column than 0: one step more than floor or ceiling."""
    system = table(4, 0, 4, 0)
    fixed = np.array([-1, -1, -1, -1, 0, 0, -1, -1])
    found = rounded(system, goal(system), fixed)
    assert found.tolist() == [0] * 8
    assert goal(system).beyond(found, system.base).tolist() == [0, 0, 0, 0, 0, 0, 1, 0]


def test_what_cannot_add_up_at_all_is_refused() -> None:
    """No table, rather than one that contradicts what was released."""
    system = table(40, 0, 40, 0)
    fixed = np.array([-1, -1, -1, -1, 0, 0, -1, -1])
    with pytest.raises(DisclosureRefused, match="Er is niets vrijgegeven"):
        rounded(system, goal(system), fixed)


def test_counts_that_do_not_add_up_are_refused() -> None:
    """An error before this room is no reason to publish after it."""
    system = table(1, 2, 3, 4)
    with pytest.raises(DisclosureRefused, match="tellen niet op"):
        System(system.cells, system.truth + 1, system.base, system.identities)


def test_months_that_do_not_join_are_refused() -> None:
    """The stock at the end of a month is the stock at the start of the next."""
    counts = crowd.counts(PLACES)
    flows = counts["stock_flow"]
    broken = flows.filter(~((pl.col("month") == crowd.month(5)) & (pl.col("from_position") == "laag")))
    with pytest.raises(DisclosureRefused, match="sluiten niet op elkaar aan"):
        disclosure.release(counts | {"stock_flow": broken}, crowd.context(24), crowd.KEY, NOTHING, months=24)


def identities_hold(found: disclosure.Release) -> None:
    """Check the released tables as a reader would, with nothing but themselves."""
    frames = {name: released.frame for name, released in found.tables.items()}
    flow, stock = frames["stock_flow"], frames["stock"]
    opening = flow.group_by("month", position="from_position").agg(sum=pl.col("persons").sum())
    closing = flow.group_by(pl.col("month").dt.offset_by("1mo"), position="to_position").agg(
        sum=pl.col("persons").sum()
    )
    for sums in (opening, closing):
        both = stock.join(sums, on=["month", "position"])
        assert both.height >= stock.height - len(crowd.INSIDE)
        assert (both["persons"] == both["sum"]).all()
    for side, month in (("from_position", 9), ("to_position", 21)):
        year = frames["year_matrix"].group_by(position=side).agg(sum=pl.col("persons").sum())
        both = stock.filter(month=crowd.month(month)).join(year, on="position")
        assert both.height == len(crowd.INSIDE)
        assert (both["persons"] == both["sum"]).all()
    by_year = frames["step_year"].group_by("direction").agg(year=pl.col("steps").sum())
    both = by_year.join(frames["step_years"].filter(month=crowd.month(20)), on="direction")
    assert both.height > 2
    assert (both["year"] == both["steps"]).all()


def test_released_tables_add_up() -> None:
    """Stock is what stayed, came and went; the year is its arcs; rows and columns are the stock."""
    identities_hold(release(24))


def test_a_month_more_changes_nothing_that_was_released() -> None:
    """Month by month or all at once: the values are the same, and the later release only adds."""
    lines = NOTHING
    for months in range(13, 25):
        lines = pl.concat([lines, release(months, lines).lines])
    identities_hold(release(24, lines))
    at_once = release(24).lines
    both = lines.join(at_once, on=list(BOOK)[:6], suffix="_once").filter(pl.col("family") == "stock_flow")
    assert both.height > 500
    assert (both["value"] == both["value_once"]).all()
    assert newest(lines).height == lines.height


def test_the_same_again_adds_nothing_and_shows_the_same() -> None:
    """The ledger has it all already."""
    first = release(24)
    again = release(24, first.lines)
    assert again.lines.is_empty()
    for name, released in first.tables.items():
        assert again.tables[name].frame.sort(pl.all()).equals(released.frame.sort(pl.all()))


def test_values_stay_within_their_bound() -> None:
    """Released minus true is at most base - 1, and one base more per extra step that is logged."""
    found = release(24)
    counts = crowd.counts(PLACES)["stock_flow"]
    both = found.tables["stock_flow"].frame.join(
        counts, on=["month", "from_position", "to_position"], how="left", suffix="_true"
    )
    error = (both["persons"] - both["persons_true"].fill_null(0)).abs()
    assert set(error) == {0, 1, 2, 3, 4}
    assert (found.lines["extra"] * 5 + 4 <= found.lines["bound"]).all()


def test_another_key_gives_other_values() -> None:
    """What is drawn depends on the key alone."""
    one, two = release(24).lines, release(24, key=bytes(32)).lines
    assert (one["value"] != two["value"]).sum() > one.height / 5


def test_arcs_are_right_on_average() -> None:
    """Over 200 keys the mean error is at most 0.1 person, for stays, flows, traffic, stocks and totals alike."""
    counts = crowd.counts(PLACES[:, :13])
    layout = families.arcs(crowd.pairs(counts), crowd.INSIDE)
    months = families.months_of(counts["stock_flow"])
    grid = families.grid(counts["stock_flow"].with_columns(group=pl.lit("")), months, layout.flows, [""])
    systems = [
        families.flow_system(layout, persons[0], "stock_flow", (month, month, months_later(month, 1)), 5)
        for month, persons in zip(months, grid, strict=True)
    ]
    every = joined(systems)
    kind = every.cells.select(
        pl.when(pl.col("from_position") == pl.col("to_position"))
        .then(pl.lit("zelfde"))
        .otherwise(
            pl.concat_str(
                pl.col("from_position", "to_position").replace(dict.fromkeys(crowd.INSIDE, "plek")), separator=" "
            )
        )
        .alias("kind")
    )
    errors = np.array(
        [values_of(every.cells, added(systems, NOTHING, number.to_bytes(32))) - every.truth for number in range(200)]
    )
    mean = kind.with_columns(error=errors.mean(axis=0)).group_by("kind").agg(pl.col("error").mean())
    assert mean.height == 10
    assert (mean["error"].abs() <= 0.1).all()


def test_each_chain_draws_for_itself_and_rows_are_drawn_alike() -> None:
    """The code of the chain begins the name of a cell; a position that was renamed keeps its draws."""
    names = [
        ("stock_flow", "", "", crowd.FIRST, "a", "b"),
        ("estimate", "", "", crowd.FIRST, "herstel/a", "b/12"),
        ("step_month", "", "", crowd.FIRST, "uit", "totaal"),
        ("delivery", "", "bron", crowd.FIRST, "loaded", "totaal"),
    ]
    cells, one = families.named(names), ChainKey.of(crowd.KEY, "een", {})
    other = ChainKey.of(crowd.KEY, "ander", {})
    assert (draws(cells, one) == draws(cells, other)).all(axis=1).tolist() == [False, False, False, True]
    assert (draws(cells, one)[3] == draws(cells, crowd.KEY)[3]).all()
    now = pl.col("from_position").replace({"a": "z", "herstel/a": "herstel/z"})
    assert (draws(cells.with_columns(now), ChainKey.of(crowd.KEY, "een", {"z": "a"})) == draws(cells, one)).all()
    assert families.under({"uit": "weg", "loaded": "weg"}, cells).equals(cells)
