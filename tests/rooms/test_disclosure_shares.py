"""disclosure: estimates and shares of groups leave as released counts, each drawn once."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowd
from participatieketen import disclosure
from participatieketen.disclosure.group_shares import drawn_group_shares, group_share_cells, group_share_view
from participatieketen.disclosure.series import BOOK, NOTHING, newest
from participatieketen.disclosure.shares import drawn_estimates, estimate_cells, estimate_view
from participatieketen.errors import DisclosureRefused

KEYS = st.binary(min_size=32, max_size=32)
CURVES = st.lists(st.integers(0, 60), min_size=3, max_size=8)
DAY = date(2024, 1, 1)

ROW = {
    "measure": pl.String,
    "population": pl.String,
    "gap_days": pl.Int64,
    "group": pl.String,
    "position": pl.String,
    "outcome": pl.String,
    "months": pl.Int64,
    "n": pl.Int64,
    "followed": pl.Int64,
    "share": pl.Float64,
}


def curve(
    measure: str,
    counts: dict[str, list[int]],
    n: int,
    followed: list[int] | None = None,
    gap_days: int = 30,
    population: str = "instroom",
) -> pl.DataFrame:
    """Return a curve as `measures` gives it: of each outcome the count in month 0, 1, 2."""
    rows = [
        (
            measure,
            population,
            gap_days,
            "",
            "bijstand",
            outcome,
            month,
            n,
            n if followed is None else followed[month],
            count / n if n else None,
        )
        for outcome, months in counts.items()
        for month, count in enumerate(months)
    ]
    return pl.DataFrame(rows, schema=ROW, orient="row")


def shown(frame: pl.DataFrame, key: bytes = crowd.KEY) -> pl.DataFrame:
    """Return the table as it leaves."""
    return estimate_view(drawn_estimates(frame, 5, key))


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=4), st.integers(0, 9), KEYS)
def test_every_value_is_one_of_the_two_multiples_around_its_count(
    parts: list[list[int]], rest: int, key: bytes
) -> None:
    """x, n and followed alike, and no outcomes of a curve together are ever more than everyone."""
    n = max(map(sum, zip(*parts, strict=True))) + rest
    frame = curve("eerste_stap", {str(k): counts for k, counts in enumerate(parts)}, n, [n, n // 2, n // 3])
    found = shown(frame, key)
    for name, truth in (("n", frame["n"]), ("followed", frame["followed"])):
        assert (found[name] % 5 == 0).all()
        assert ((found[name] - truth).abs() <= 4).all()
    flat = [count for counts in parts for count in counts]
    assert all(value % 5 == 0 and abs(value - count) <= 4 for value, count in zip(found["x"], flat, strict=True))
    sums = found.group_by("months").agg(pl.col("x").sum(), pl.col("n").first())
    assert (sums["x"] <= sums["n"]).all()
    assert (found["followed"] <= found["n"]).all()


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 300), min_size=3, max_size=6), st.sampled_from(["herstel", "blijvend", "bezetting"]), KEYS
)
def test_what_is_everyone_adds_up(parts: list[int], measure: str, key: bytes) -> None:
    """Of measures whose outcomes are all there is, x adds up to n exactly."""
    found = shown(curve(measure, {str(k): [count] for k, count in enumerate(parts)}, sum(parts)), key)
    assert found["x"].sum() == found["n"][0]


@settings(deadline=None)
@given(CURVES, KEYS)
def test_a_curve_that_rises_never_falls_once_it_is_released(counts: list[int], key: bytes) -> None:
    """Nor does how many were followed ever rise."""
    rising, falling = sorted(counts), sorted(counts, reverse=True)
    found = shown(curve("eerste_stap", {"vooruit": rising}, 60, falling), key)
    assert found["x"].is_sorted()
    assert found["followed"].is_sorted(descending=True)


@settings(deadline=None)
@given(st.integers(0, 90), st.integers(0, 9), KEYS)
def test_counts_that_are_the_same_have_the_same_value(n: int, other: int, key: bytes) -> None:
    """Whatever the measure, month and gap: two draws of one count narrow it. A larger one is never shown smaller."""
    frames = [
        curve("eerste_stap", {"uit": [n, n]}, n, population="eerste_verblijf"),
        curve("duur", {"weg": [n, n]}, n, population="verblijf"),
        curve("duur", {"weg": [n, n]}, n, gap_days=60, population="verblijf"),
        curve("herstel", {"lager": [n]}, n + other, population="x"),
    ]
    found = shown(pl.concat(frames), key)
    assert set(found.head(-1)["x"]) == set(found.head(-1)["n"]) == set(found.head(-1)["followed"])
    assert len(set(found.head(-1)["n"])) == 1
    assert found["n"][-1] >= found["n"][0]


def test_an_n_that_stands_under_several_curves_is_one_cell() -> None:
    """Two measures of one population give one cell of n; two counts of one population are refused."""
    both = pl.concat([curve("eerste_stap", {"uit": [1, 2]}, 60), curve("duur", {"weg": [1, 2]}, 60)])
    cells = estimate_cells(drawn_estimates(both, 5, crowd.KEY))
    assert cells.group_by("family").len().sort("family").rows() == [("estimate", 4), ("followed", 2), ("people", 1)]
    twice = pl.concat([curve("eerste_stap", {"uit": [1, 2]}, 60), curve("duur", {"weg": [1, 2]}, 61)])
    with pytest.raises(DisclosureRefused, match="nog een met dezelfde naam"):
        shown(twice)


def test_no_row_is_empty_and_none_is_left_out() -> None:
    """Nobody followed, no people, nobody moved: the row is there and has values all the same."""
    frame = curve("eerste_stap", {"vooruit": [0, 3, 7]}, 12, [12, 3, 0])
    unknown = frame.with_columns(share=pl.when(pl.col("months") < 2).then("share"))
    nobody = curve("duur", {"weg": [0, 0]}, 0, population="verblijf")
    found = shown(pl.concat([unknown, nobody]))
    assert found.height == 5
    assert found.select("x", "n", "followed").null_count().sum_horizontal().item() == 0
    assert shown(unknown)["x"][2] == shown(unknown)["x"][1]


@pytest.mark.parametrize("measure", ["blijvend", "herstel", "bezetting"])
def test_a_rare_outcome_is_not_drawn_anew_when_others_grow(measure: str) -> None:
    """8 outside, month after month, while hundreds come in: one value, or each month would narrow it."""
    for number in range(8):
        values = {
            shown(
                curve(measure, {"a": [200 + 7 * m], "b": [40 + 3 * m], "buiten": [8]}, 248 + 10 * m),
                bytes([number]) * 32,
            )["x"][-1]
            for m in range(12)
        }
        assert len(values) == 1


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 4), st.integers(0, 4), KEYS)
def test_totals_are_taken_over_and_everything_fits_in_them(
    lasted: int, ended: int, of_n: int, of_x: int, key: bytes
) -> None:
    """Whatever a total waited for: no outcome is negative, and together they are everyone."""
    frame = curve("blijvend", {"blijft": [lasted], "niet": [ended]}, lasted + ended, population="stap_vooruit")
    frame = frame.with_columns(position=pl.lit(""), followed=pl.lit(None, pl.Int64))
    name = {
        "population": "stap_vooruit",
        "position": "",
        "month": DAY,
        "truth": 0,
        "value": 0,
        "base": 5,
        "gap_days": 30,
    }
    totals = pl.DataFrame(
        [
            {**name, "outcome": "", "total": 5 * of_n, "back": 0},
            {**name, "outcome": "blijvend//niet/0", "total": 5 * of_x, "back": 0},
        ]
    )
    found = drawn_estimates(frame, 5, key, totals)
    assert set(found["n_value"]) == {5 * of_n}
    assert found["x_value"].to_list() == [5 * max(of_n - of_x, 0), 5 * min(of_x, of_n)]


def test_a_share_stays_right_beside_a_total_that_is_far_off() -> None:
    """Of 41 people a released total of 60: 29 of 60 is what 20 of 41 is. Of 40 it is the count itself."""
    frame = curve("duur", {"weg": [20]}, 41, population="verblijf")
    name = {"population": "verblijf", "position": "bijstand", "outcome": "", "gap_days": 30}
    totals = pl.DataFrame([{**name, "month": DAY, "truth": 0, "value": 0, "base": 5, "total": 60, "back": 0}])
    found = drawn_estimates(frame, 5, crowd.KEY, totals)
    assert (found["x"][0], found["n_value"][0]) == (round(20 / 41 * 60), 60)
    near = drawn_estimates(frame, 5, crowd.KEY, totals.with_columns(total=pl.lit(40, pl.Int64)))
    assert (near["x"][0], near["n_value"][0]) == (20, 40)


def test_shares_of_which_nobody_was_followed_add_up_too() -> None:
    """Else a reader would know that it was nobody."""
    frame = curve("bezetting", {"a": [4, 4], "b": [8, 8]}, 12, [12, 0])
    found = shown(frame.with_columns(share=pl.when(pl.col("months") < 1).then("share")))
    assert found.filter(months=1)["x"].sum() == found["n"][0]


def test_a_share_is_right_on_average() -> None:
    """Over 400 keys the mean of x and n is the count."""
    frame = curve("eerste_stap", {"vooruit": [61]}, 237)
    found = pl.concat(shown(frame, bytes([k % 256, k // 256]) * 16) for k in range(400))
    assert found["x"].mean() == pytest.approx(61, abs=0.5)
    assert found["n"].mean() == pytest.approx(237, abs=0.5)


def released(frame: pl.DataFrame, lines: pl.DataFrame) -> disclosure.Release:
    """Return a release of estimates alone."""
    return disclosure.release({"estimate": frame}, crowd.context(24), crowd.KEY, lines, months=12)


def test_a_count_that_stays_keeps_its_value_and_adds_no_line() -> None:
    """One that changes gets the value that it would always have had, and is marked."""
    first = released(curve("eerste_stap", {"vooruit": [3, 9]}, 60), NOTHING)
    assert released(curve("eerste_stap", {"vooruit": [3, 9]}, 60), first.lines).lines.is_empty()
    later = released(curve("eerste_stap", {"vooruit": [3, 19]}, 60), first.lines)
    assert later.lines.select("family", "to_position", "renewed").rows() == [("estimate", "vooruit/1", True)]
    assert newest(pl.concat([first.lines, later.lines])).height == first.lines.height


def test_the_audit_tries_estimates_too() -> None:
    """A second value of one count narrows it: refused."""
    frame = curve("eerste_stap", {"vooruit": [3, 9]}, 60)
    first = released(frame, NOTHING)
    of_x = first.lines.filter(pl.col("to_position") == "vooruit/0")
    other = of_x.with_columns(value=5 - pl.col("value"))
    with pytest.raises(DisclosureRefused, match="Tabel estimate: een aantal van 1 tot en met 9"):
        released(frame, pl.concat([first.lines, other, of_x.select(*BOOK)]))


def groups(*rows: tuple[str, int, int, int, int], grouping: str = "geslacht") -> pl.DataFrame:
    """Return shares of groups: code, n, moved, households, households_moved."""
    parts = [(grouping, code, code, way, *counts) for code, *counts in rows for way in ("vooruit", "terug")]
    names = ("grouping", "group_code", "label", "direction", "n", "moved", "households", "households_moved")
    return pl.DataFrame(parts, schema=names, orient="row")


def of_groups(
    frame: pl.DataFrame, book: pl.DataFrame = NOTHING, day: date = DAY, key: bytes = crowd.KEY
) -> pl.DataFrame:
    """Return the shares of groups with their counts, true and released."""
    return drawn_group_shares(frame, None, day, book, 5, key)


@settings(deadline=None)
@given(st.integers(0, 400), st.data(), KEYS)
def test_households_and_persons_never_narrow_each_other(n: int, data: st.DataObject, key: bytes) -> None:
    """Released, a group is no more households than persons and no fewer than half, and no more moved than there are."""
    households = data.draw(st.integers(-(-n // 2), n))
    moved = data.draw(st.integers(0, n))
    most = min(moved, households)
    moved_households = data.draw(st.integers(min(-(-moved // 2), most), most))
    found = of_groups(groups(("1", n, moved, households, moved_households)), key=key)
    row = group_share_view(found).row(0, named=True)
    for name in ("x", "n", "x_households", "n_households"):
        assert abs(found[name][0] - found[f"{name}_value"][0]) < row["base"]
        assert row[name] % row["base"] == 0
    assert row["x"] <= row["n"]
    assert row["x_households"] <= row["n_households"] <= row["n"] <= 2 * row["n_households"]
    if moved_households * 2 >= moved:
        assert row["x_households"] <= row["x"] <= 2 * row["x_households"]


def book_of(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return what a release of shares of groups adds to the ledger."""
    cells = group_share_cells(found, day)
    return cells.with_columns(
        bound=pl.col("base") - 1, extra=pl.lit(0, pl.Int64), drawn="value", renewed=pl.lit(value=False)
    ).select(*BOOK)


def test_the_base_of_shares_is_in_the_ledger() -> None:
    """Coarser from the release after one with a group under 200, finer after twelve with every group at 220 or more."""
    large, small, again = (groups(("1", n, 30, n, 30), ("2", 400, 30, 400, 30)) for n in (300, 150, 230))
    book, bases = NOTHING, []
    frames = [large, small, again, *[again] * 13]
    for number, frame in enumerate(frames):
        found = of_groups(frame, book, crowd.month(number))
        bases.append(found["base"][0])
        assert (
            of_groups(frame, pl.concat([book, book_of(found, crowd.month(number))]), crowd.month(number))[
                "base"
            ].to_list()
            == found["base"].to_list()
        )
        book = pl.concat([book, book_of(found, crowd.month(number))])
    assert bases == [5, 5, *[10] * 12, 5, 5]


def test_a_value_at_ten_is_drawn_from_the_one_at_five() -> None:
    """So that it adds nothing to it: within five of it, and right on average."""
    counts = [groups((str(k), k + 50, k, k + 50, k)) for k in range(1, 60)]
    frame = pl.concat(counts)
    coarse = of_groups(frame)
    assert set(coarse["base"]) == {10}
    fine = of_groups(frame.with_columns(pl.col("n", "households") + 1_000))
    assert set(fine["base"]) == {5}
    assert ((coarse["x_value"] - fine["x_value"]).abs() <= 5).all()
    assert coarse.select(pl.col("x_value") - pl.col("x")).to_series().mean() == pytest.approx(0, abs=1)


def test_the_people_of_a_group_are_the_stock_of_that_day() -> None:
    """One count has one value: that of the flows, at its base or from it at a coarser one."""
    stock = pl.DataFrame(
        [
            ("stock_flow", "geslacht", code, DAY, "totaal", "totaal", value, 5, 4, 0, value, False)
            for code, value in (("1", 405), ("2", 300))
        ],
        schema=BOOK,
        orient="row",
    )
    frame = groups(("1", 402, 10, 402, 10), ("2", 301, 10, 301, 10))
    for key in range(10):
        assert of_groups(frame, stock, key=bytes([key]) * 32)["n_value"].unique().sort().to_list() == [300, 405]


def test_groups_that_are_shown_as_one_add_up_to_it() -> None:
    """Else what is left of the one could narrow the other: 1 to 9 of a small group, and 1 to 3 after subtraction."""
    rest = pl.DataFrame(
        [("stock_flow", "geslacht", "overig", DAY, "totaal", "totaal", 60, 5, 4, 0, 60, False)],
        schema=BOOK,
        orient="row",
    )
    for key in range(40):
        found = of_groups(groups(("3", 61, 5, 61, 5), ("4", 1, 0, 1, 0)), rest, key=bytes([key]) * 32)
        assert found.unique("group_code")["n_value"].sum() == 60


def test_every_group_of_the_chain_has_a_row() -> None:
    """Whether there is someone in it, is no reason to show it or not."""
    labels = pl.DataFrame({"grouping": "geslacht", "group_code": ["0", "1", "2"], "label": ["?", "man", "vrouw"]})
    found = drawn_group_shares(groups(("1", 400, 1, 400, 1)), labels, DAY, NOTHING, 5, crowd.KEY)
    assert group_share_view(found).select("group_code", "direction").height == 6
    assert set(found.filter(group_code="0")["n_value"]) == {0}


def test_a_grouping_that_is_not_in_the_list_is_refused() -> None:
    """There are no free filters."""
    with pytest.raises(DisclosureRefused, match="Groepering postcode"):
        of_groups(groups(("1", 400, 1, 400, 1), grouping="postcode"))
