"""The preimage test: behind everything that is released of a count lie at least as many counts as its base.

Every true curve within some limits and every draw goes the way of a release, from the frame of estimates to the row
that leaves and to what is read from it. Rows that look the same are put together with the counts that can stand behind
them. None may be narrower than one count that is drawn once.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.special import betaincinv

from participatieketen.disclosure import singly
from participatieketen.disclosure.group_shares import drawn_group_shares, group_share_view
from participatieketen.disclosure.series import NOTHING
from participatieketen.disclosure.shares import drawn_estimates, estimate_view

BASE = 5
KEY = b""
Curve = tuple[Sequence[tuple[float, ...]], int, Sequence[int | None]]
"""Of each outcome p n by month, n, and followed by month."""

Draws = npt.NDArray[np.uint64]


@pytest.fixture(autouse=True)
def _injected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the draws from the name of the position or group: "12 u3" is the third draw of the twelfth truth."""

    def draws(cells: pl.DataFrame, _: bytes) -> Draws:
        place = cells.columns[cells.width - 1 if "grouping" in cells.columns else 1 + ("measure" in cells.columns)]
        number = cells[place].str.extract(r"u(\d+)$").cast(pl.UInt64).to_numpy()
        return np.stack([number % BASE, number // BASE], axis=1) << np.uint64(1)

    monkeypatch.setattr(singly, "draws", draws)


def released(measure: str, curves: Iterable[Curve], draws: int = BASE) -> pl.DataFrame:
    """Return every curve at every draw: place, outcome, months, what is released of it, and the counts behind it."""
    columns = ("place", "outcome", "months", "n", "followed", "exact")
    rows = [
        (place, str(outcome), month, n, followed[month], exact)
        for place, (outcomes, n, followed) in enumerate(curves)
        for outcome, months in enumerate(outcomes)
        for month, exact in enumerate(months)
    ]
    truth = pl.DataFrame(rows, schema=columns, orient="row").join(
        pl.DataFrame({"u": range(draws)}, schema={"u": pl.Int64}), how="cross"
    )
    frame = truth.select(
        measure=pl.lit(measure),
        population=pl.lit("p"),
        gap_days=pl.lit(30, pl.Int64),
        group=pl.lit(""),
        position=pl.format("{} u{}", "place", "u"),
        outcome="outcome",
        months=pl.col("months").cast(pl.Int64),
        n="n",
        followed=pl.col("followed").cast(pl.Int64),
        share=pl.when(pl.col("n") > 0).then(pl.col("exact") / pl.col("n")),
    )
    found = drawn_estimates(frame, BASE, KEY)
    return pl.concat(
        [
            estimate_view(found),
            found.select(true_x="x", true_n="n", true_followed="followed", rest=pl.col("n") - pl.col("x")),
        ],
        how="horizontal",
    )


def together(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a curve as one: what is released of it in `seen`, each count behind it in a column."""
    seen = pl.concat_str(pl.format("{}/{}/{}", "x", "n", pl.col("followed").fill_null(-1)), separator=" ")
    name = pl.format("{} {}", "outcome", "months")
    wide = rows.with_columns(seen=seen, name=name)
    counts = [
        wide.select("position", pl.format(f"{count} {{}}", "name").alias("name"), count=count)
        for count in ("true_x", "true_n", "true_followed", "rest")
    ]
    truth = pl.concat(counts).drop_nulls("count").pivot("name", index="position", values="count")
    return wide.group_by("position", maintain_order=True).agg(pl.col("seen").str.join(" ")).join(truth, on="position")


def narrow(seen: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return what is seen of which some count has fewer than BASE values behind it, or 0 but no positive one.

    seen  `seen`, and a column for each count behind it; counts above `most` can be too few because no more were tried
    """
    counts = [name for name in seen.columns if name not in {"seen", "position"}]
    behind = seen.group_by("seen").agg(pl.col(counts).n_unique().name.suffix(" many"), pl.col(counts).max())
    few = [pl.col(f"{name} many") < BASE for name in counts]
    tried = behind.filter(pl.max_horizontal(counts) <= most - BASE)
    assert tried.height > 1
    return tried.filter(pl.any_horizontal(few))


def rising(most: int, months: int) -> list[tuple[int, ...]]:
    """Return every curve that rises to at most so many."""
    return [counts for counts in product(range(most + 1), repeat=months) if list(counts) == sorted(counts)]


def test_one_row_tells_no_more_than_a_count_drawn_once() -> None:
    """x, n and n - x of every row by itself; p n in steps of a quarter, from nobody to everybody."""
    most = 24
    curves: list[Curve] = [([(quarter / 4,)], n, (None,)) for n in range(most + 1) for quarter in range(4 * n + 1)]
    found = together(released("terugkeer_1", curves))
    assert found["seen"].n_unique() > 10
    assert narrow(found, most).is_empty()


def test_how_many_were_followed_tells_no_more_either() -> None:
    """Any number of n, whatever became of them."""
    most = 18
    curves: list[Curve] = [
        ([(x,)], n, (followed,)) for n in range(most + 1) for x in range(n + 1) for followed in range(n + 1)
    ]
    assert narrow(together(released("eerste_stap", curves)), most).is_empty()


def test_rows_of_one_curve_together_tell_no_more() -> None:
    """Two months of an outcome that rises, and how many were followed, which falls."""
    most = 14
    curves: list[Curve] = [
        ([(first, last)], n, (n, followed))
        for n in range(most + 1)
        for first, last in rising(n, 2)
        for followed in range(n + 1)
    ]
    found = together(released("eerste_stap", curves))
    assert narrow(found, most).is_empty()


def test_outcomes_of_a_curve_together_tell_no_more() -> None:
    """Two ways out that may be everyone, in two months, in either order in which they are rounded down."""
    most = 15
    curves: list[Curve] = [
        ([one, two], n, (None, None)) for n in range(most + 1) for one in rising(n, 2) for two in rising(n - one[1], 2)
    ]
    found = together(released("eerste_stap", curves))
    assert found["seen"].n_unique() > 20
    assert narrow(found, most).is_empty()


History = Sequence[tuple[int, int]]
"""At each release a rare count and the count of which it is a part."""


def histories(releases: int, rare: int, others: int) -> list[History]:
    """Return counts that only grow, release after release: a rare one in a larger one."""
    made: list[History] = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        part = np.cumsum(random.integers(0, 2, releases)) + random.integers(0, rare)
        whole = part + np.cumsum(random.integers(0, 5, releases)) + others
        made.append([(int(one), int(all_)) for one, all_ in zip(part, whole, strict=True)])
    return made


def left(seen: History) -> tuple[list[set[int]], list[set[int]]]:
    """Return at each release the counts that the part, and the rest of the whole, can be: neither can fall.

    seen  what is released of them; both are rounded with one draw, which the reader does not know
    """
    parts: list[set[int]] = [set() for _ in seen]
    rests: list[set[int]] = [set() for _ in seen]
    for u in range(BASE):
        steps = [
            {
                (part, whole - part)
                for part in range(max(one - BASE + 1 + u, 0), one + u + 1)
                for whole in range(max(all_ - BASE + 1 + u, part), all_ + u + 1)
            }
            for one, all_ in seen
        ]
        for at in range(1, len(steps)):
            steps[at] = {now for now in steps[at] if any(b[0] <= now[0] and b[1] <= now[1] for b in steps[at - 1])}
        for at in range(len(steps) - 2, -1, -1):
            steps[at] = {now for now in steps[at] if any(now[0] <= n[0] and now[1] <= n[1] for n in steps[at + 1])}
        for at, pairs in enumerate(steps):
            parts[at] |= {part for part, _ in pairs}
            rests[at] |= {rest for _, rest in pairs}
    return parts, rests


def small_ones(history: History, seen: History) -> list[int]:
    """Return of how many values each true part and rest of 1 to 9 is known to be one."""
    parts, rests = left(seen)
    known = [*zip((part for part, _ in history), parts, strict=True)]
    known += zip((whole - part for part, whole in history), rests, strict=True)
    assert all(count in values for count, values in known)
    return [len(values) for count, values in known if 0 < count < 2 * BASE]


def released_months(outcomes: Callable[[int, int], Sequence[int]], history: History) -> pl.DataFrame:
    """Return what twelve successive releases say of steps forward, at every draw."""
    curves: list[Curve] = [
        ([(count,) for count in outcomes(part, whole)], sum(outcomes(part, whole)), (None,)) for part, whole in history
    ]
    place = pl.col("position").str.extract(r"^(\d+)").cast(pl.Int64)
    return released("blijvend", curves).with_columns(place=place, u=pl.col("position").str.extract(r"u(\d+)$"))


def test_twelve_releases_of_counts_that_grow_tell_no_more() -> None:
    """Of steps that did not last, the rare outcome of two, no month tells more because of the others."""
    for history in histories(12, 9, 45):
        rows = released_months(lambda part, whole: (whole - part, part), history)
        for _, months in rows.filter(outcome="1").sort("place").group_by("u", maintain_order=True):
            seen = list(months.select("x", "n").iter_rows())
            assert min(small_ones(history, seen), default=BASE) >= BASE


def test_a_third_outcome_would_be_found() -> None:
    """Lower and outside apart: the one that is no running sum by itself is drawn anew each month."""
    narrowed = 0
    for history in histories(12, 5, 3):
        rows = released_months(lambda part, whole: (60, whole - part, part), history)
        sums = (
            rows.filter(pl.col("outcome") != "0")
            .group_by("place", "u")
            .agg(pl.col("x").filter(outcome="2").first(), whole=pl.col("x").sum())
        )
        for _, months in sums.sort("place").group_by("u", maintain_order=True):
            narrowed += min(small_ones(history, list(months.select("x", "whole").iter_rows())), default=BASE) < BASE
    assert narrowed > 10


def test_outcomes_that_are_everyone_tell_no_more() -> None:
    """Three of them, which add up to n before and after."""
    most = 16
    curves: list[Curve] = [
        ([(one,), (two,), (n - one - two,)], n, (n,))
        for n in range(most + 1)
        for one in range(n + 1)
        for two in range(n - one + 1)
    ]
    rows = released("herstel", curves)
    sums = rows.group_by("position").agg(pl.col("x").sum(), pl.col("n").first())
    assert (sums["x"] == sums["n"]).all()
    assert narrow(together(rows), most).is_empty()


def test_what_is_read_from_a_row_tells_no_more() -> None:
    """Share and range of rows that may be shown: small counts, and counts that are nearly everyone."""
    readings = pytest.importorskip("participatieketen.readings.estimate")
    curves: list[Curve] = [
        ([(x + quarter / 4,)], n, [followed])
        for n in range(51, 65)
        for x in [*range(16), *range(n - 12, n + 1)]
        for quarter in range(4 if x < n else 1)
        for followed in (None, n, *(range(6, 15) if not quarter else ()))
    ]
    rows = released("eerste_stap", curves)
    read = readings.estimate_ranges(rows.select(*estimate_view_columns()))
    known = rows.with_columns(read.select("share", "lower", "upper"))
    seen = pl.concat_str("x", "n", "followed", "share", "lower", "upper", separator="/", ignore_nulls=True)
    known = known.filter(pl.col("followed").is_null() | pl.col("followed").is_in([10, *range(50, 70, 5)]))
    small = known.filter(pl.col("true_x") < 20, n=55)
    assert small["lower"].null_count() < small.height
    behind = small.select(seen.alias("seen"), "true_x")
    assert narrow(behind, 16).is_empty()
    many = known.filter(pl.col("rest") < 12, n=60).select(seen.alias("seen"), "rest")
    assert narrow(many, 11).is_empty()


def estimate_view_columns() -> list[str]:
    """Return the columns of the released table."""
    keys = ["measure", "population", "gap_days", "group", "position", "outcome", "months"]
    return [*keys, "x", "n", "followed", "base"]


def test_persons_and_households_together_tell_no_more() -> None:
    """Of a group who moved: at most as many households, at least half as many; a single person is one of both."""
    most = 40
    rows = [
        (f"{x} {households} u{u}", 300, x, 280, households, u)
        for x in range(most + 1)
        for households in range(-(-x // 2), x + 1)
        for u in range(BASE)
    ]
    frame = pl.DataFrame(
        [("wijk", code, code, "terug", *counts) for code, *counts, _ in rows],
        schema=["grouping", "group_code", "label", "direction", "n", "moved", "households", "households_moved"],
        orient="row",
    )
    day = pl.select(pl.date(2024, 1, 1)).item()
    found = drawn_group_shares(frame, None, day, NOTHING, BASE, KEY)
    view = group_share_view(found)
    assert set(view["base"]) == {BASE}
    seen = view.select(pl.format("{}/{}", "x", "x_households")).to_series()
    known = found.select(seen=seen, persons="x", households="x_households")
    assert narrow(known.select("seen", "persons"), most).is_empty()
    assert narrow(known.select("seen", "households"), most // 2 + 1).is_empty()


def control(published: Callable[[int, int, int, int], tuple[object, ...]]) -> pl.DataFrame:
    """Return what would be seen of counts of 0 to 30 of 60 to 69, with a draw for x and one for n."""
    rows = [
        (str(published(x, n, u, v)), x, n) for n, x, u, v in product(range(60, 70), range(31), range(BASE), range(BASE))
    ]
    return pl.DataFrame(rows, schema=["seen", "true_x", "true_n"], orient="row")


def rounded(count: int, draw: int) -> int:
    """Return the multiple of the base below or above."""
    return (count + draw) // BASE * BASE


def test_ranges_of_the_truth_are_caught() -> None:
    """The ranges of before: Clopper-Pearson of the true count, rounded outward at known places."""

    def published(x: int, n: int, u: int, v: int) -> tuple[object, ...]:
        low = betaincinv(x, n - x + 1, 0.025) if x else 0.0
        high = betaincinv(x + 1, n - x, 0.975) if x < n else 1.0
        down, up = np.floor(low * n / BASE) * BASE, np.ceil(high * n / BASE) * BASE
        return rounded(x, u), rounded(n, v), round(100 * down / rounded(n, v)), round(100 * up / rounded(n, v))

    caught = narrow(control(published).select("seen", "true_x"), 30)
    assert caught.height > 20


def test_an_n_that_is_not_rounded_is_caught() -> None:
    """One count as it is."""
    found = control(lambda x, n, u, _: (rounded(x, u), n))
    assert not narrow(found, 200).is_empty()
    assert narrow(control(lambda x, n, u, v: (rounded(x, u), rounded(n, v))).select("seen", "true_x"), 30).is_empty()


def test_one_count_drawn_twice_is_caught() -> None:
    """Under two curves, say."""
    found = control(lambda x, _, u, v: (rounded(x, u), rounded(x, v)))
    assert not narrow(found.select("seen", "true_x"), 30).is_empty()
