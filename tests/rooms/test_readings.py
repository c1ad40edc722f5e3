"""readings: what a released number may mean, read from released numbers alone."""

from dataclasses import replace
from datetime import date
from math import ceil, floor

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen import readings
from participatieketen.chain import Break
from participatieketen.chance import has_point, share_range
from participatieketen.disclosure import Released
from participatieketen.readings import Duration, Share
from small_tables import ESTIMATE, GROUP_SHARE, SEPTEMBER, before, context, estimate, group_share, released, step_month

MULTIPLES = st.integers(0, 120)


def rows(*told: tuple[str, str, int, int | None, int, int | None], base: int = 5) -> Released:
    """Return shares: measure, outcome, months, x, n, followed."""
    every = [
        (measure, measure, 30, "", "werk", outcome, months, x, n, followed, base)
        for measure, outcome, months, x, n, followed in told
    ]
    return released("estimate", ESTIMATE, every, None)


@given(
    st.sampled_from(["eerste_stap", "bezetting", "herstel", "weerslag"]),
    st.sampled_from([5, 10]),
    MULTIPLES,
    MULTIPLES,
    st.none() | MULTIPLES,
)
def test_a_limit_is_never_narrower_than_the_rule(measure: str, base: int, x: int, n: int, followed: int | None) -> None:
    """The limits of every row are those of `chance.share_range`, in percents rounded outward; the point inside."""
    x, n, seen = base * min(x, n), base * n, None if followed is None else base * min(followed, n)
    (share,) = readings.shares(rows((measure, "vooruit", 12, x, n, seen), base=base), measure).values()
    if n < 50 or (seen is not None and seen < 10):
        assert share == Share(n=n, followed=seen, base=base)
        return
    lower, upper = share_range(x, n, base, seen, reversible=measure in {"bezetting", "herstel"})
    assert share.lower == floor(float(lower) * 100 + 1e-7) / 100 <= float(lower) + 1e-6
    assert share.upper == ceil(float(upper) * 100 - 1e-7) / 100 >= float(upper) - 1e-6
    assert (share.point is not None) == has_point(x, n, base)
    if share.point is not None:
        assert share.lower <= share.point <= share.upper
        assert abs(share.point - x / n) <= 0.005 + 1e-9


@pytest.mark.parametrize(
    ("x", "n", "text", "about"),
    [
        (200, 500, "40% (tussen 34% en 46%)", "ongeveer 4 op de 10 (tussen 34% en 46%)"),
        (10, 100, "tussen 2% en 22%", "tussen 2% en 22%"),
        (0, 100, "hoogstens 9%", "hoogstens 9%"),
        (100, 100, "minstens 87%", "minstens 87%"),
        (20, 45, "\N{EN DASH}", "\N{EN DASH}"),
    ],
)
def test_a_share_has_one_text_of_each_form(x: int, n: int, text: str, about: str) -> None:
    """A point with its range; the range alone where the point is noise, never its middle; a dash when hidden."""
    (share,) = readings.shares(rows(("weerslag", "vooruit", 12, x, n, None)), "weerslag").values()
    assert (share.text, share.about) == (text, about)


def test_what_is_shown_is_decided_on_released_values() -> None:
    """A released 50 is shown, of 45 nothing; at a time to which a released 5 were followed neither."""
    shown = readings.shares(
        rows(
            ("weerslag", "a", 12, 20, 50, None),
            ("weerslag", "b", 12, 20, 45, None),
            ("weerslag", "c", 12, 20, 50, 5),
            ("weerslag", "d", 12, 20, 50, 10),
            ("weerslag", "e", 12, None, 300, 0),
        ),
        "weerslag",
    )
    assert {key[2]: share.shown for key, share in shown.items()} == {
        "a": True,
        "b": False,
        "c": False,
        "d": True,
        "e": False,
    }


def test_figures_are_those_of_the_gap_of_the_chain() -> None:
    """Of other gaps there are fewer rows; they are given when they are asked for."""
    own = rows(("herstel", "op_niveau", 12, 100, 200, 200), ("herstel", "lager", 12, 100, 200, 200)).frame
    other = own.head(1).with_columns(gap_days=pl.lit(60), x=pl.lit(50))
    both = released("estimate", ESTIMATE, [*own.rows(), *other.rows()], None)
    assert readings.shares(both, "herstel")["", "werk", "op_niveau", 12].point == 0.5
    assert readings.shares(both, "herstel", 60)["", "werk", "op_niveau", 12].point == 0.25
    assert readings.gaps(both.frame) == [30, 60]


@pytest.mark.parametrize(
    ("left", "half"),
    [
        ((300, 600, 700, 800), Duration(3, 6)),
        ((50, 100, 490, 900), Duration(6, 24)),  # at 12 months the range lies over the half
        ((50, 100, 200, 300), Duration(24, None)),
        ((800, 850, 900, 950), Duration(0, 3)),
        ((50, 100, 200, 500), Duration(12, None)),
    ],
)
def test_a_duration_is_the_bin_where_the_released_curve_gets_there(left: tuple[int, ...], half: Duration) -> None:
    """Where the range of the leavers lies over the half, it is both bins."""
    told = [("duur", "weg", months, x, 1000, 1000) for months, x in zip((3, 6, 12, 24), left, strict=True)]
    assert readings.durations(rows(*told))["werk", "helft"] == half
    assert readings.durations(rows(*told[:2]))["werk", "helft"] in {half, None}


def test_durations_in_words() -> None:
    """From an edge to an edge; the last bin has no end."""
    assert [Duration(*ends).text for ends in ((0, 3), (3, 12), (24, None), (0, None))] == [
        "minder dan 3 maanden",
        "3 tot 12 maanden",
        "24 maanden of langer",
        "niet te zeggen",
    ]
    assert [Duration(*ends).one_bin for ends in ((0, 3), (3, 12), (24, None), (12, None))] == [True, False, True, False]


def test_a_group_differs_when_chance_and_rounding_cannot_do_it() -> None:
    """Forty percent beside ten differs in one direction; of two groups both have a side."""
    table = group_share(
        ("geslacht", "man", "vooruit", 400, 160),
        ("geslacht", "vrouw", "vooruit", 600, 60),
        ("geslacht", "man", "terug", 400, 40),
        ("geslacht", "vrouw", "terug", 600, 65),
    )
    differ, made = readings.differences(table.frame)
    assert [(one.part.code, one.part.direction, one.side) for one in differ] == [("man", "vooruit", 1)]
    assert [one.part.direction for one in made] == ["vooruit", "terug"]
    man, vrouw = readings.groups_of(table, "geslacht")
    assert (man.moved["vooruit"].side, vrouw.moved["vooruit"].side, man.moved["terug"].side) == (1, -1, 0)
    assert readings.together((man, vrouw), "vooruit") == 0.22


def test_a_difference_can_be_judged_at_a_coarser_base() -> None:
    """What is one at base 5 may be none when the counts had been rounded to 10."""
    table = group_share(*(("geslacht", name, "vooruit", 180, x) for name, x in (("man", 20), ("vrouw", 55))))
    assert [len(readings.differences(table.frame, base)[0]) for base in (None, 10)] == [1, 0]


def test_the_range_of_a_group_is_that_of_its_households() -> None:
    """Partners move together: 600 people in 300 households tell as much as 300; people stand beside them."""
    row = ("geslacht", "man", "Man", "vooruit")
    alone = (*row, 120, 600, 120, 600, 5)
    paired = (*row, 120, 600, 60, 300, 5)
    unknown = (*row, 120, 600, None, None, 5)
    one, two, three = (
        readings.groups_of(released("group_share", GROUP_SHARE, [told], None), "geslacht")[0].moved["vooruit"]
        for told in (alone, paired, unknown)
    )
    assert one.share == three.share
    ends = (two.share.lower, one.share.lower, two.share.point, one.share.upper, two.share.upper)
    assert list(ends) == sorted(end for end in ends if end is not None)
    assert one.share.point == two.share.point
    assert (one.share.lower, one.share.upper) != (two.share.lower, two.share.upper)
    assert (two.count, two.share.n) == (120, 600)


def test_a_steady_line_gives_no_signal_and_a_jump_does() -> None:
    """Only the newest settled month is judged; one that was odd a year ago is not."""
    steady = [20, 15, 20, 25, 20, 15, 20, 20, 25, 20, 15, 20, 20, 15]
    odd = [*steady[:5], 90, *steady[5:]]
    for series, last in ((steady, None), (odd, None), ([*steady, 60], 1)):
        months = readings.settled(step_month(series, [0] * len(series)), "vooruit")
        verdict = readings.usual(months, 5)
        assert verdict is not None
        assert verdict.last == last
        assert verdict.more or last is None
        assert not verdict.headline


def test_a_headline_asks_for_two_issues_running() -> None:
    """One month that jumps is none; a second that stays there is."""
    steady = [20, 15, 20, 25, 20, 15, 20, 20, 25, 20, 15, 20, 20, 15]
    known = {before(SEPTEMBER, back): count for back, count in enumerate(reversed([*steady, 60, 55]))}
    later = readings.usual(known, 5)
    assert later is not None
    assert later.headline


def test_months_before_a_break_or_a_gap_say_nothing() -> None:
    """A series begins anew at a stated break, and a month that is missing ends it."""
    series = [20] * 30
    table = step_month(series, series)
    assert len(readings.settled(table, "vooruit")) == 30
    for day, left in ((date(2025, 1, 1), 9), (date(2025, 1, 2), 8), (date(2025, 12, 31), 30)):
        broken = replace(table.context, breaks=(Break(day, "Anders", "Anders geteld.", "Gemeente"),))
        assert len(readings.since_break(readings.settled(table, "vooruit"), broken)) == left
    months = dict(readings.settled(table, "vooruit"))
    del months[before(SEPTEMBER, 5)]
    assert readings.usual(months, 5) is None


def test_published_tables_have_what_may_be_read_from_them() -> None:
    """Shares and limits stand beside the counts; months of a wijk are no part of a download, its years are."""
    published = readings.published_table(estimate(("weerslag", "terug", "", "vooruit", 0.1, None, None, 100)))
    assert published.columns == [*ESTIMATE, "share", "lower", "upper"]
    assert published.select("share", "lower", "upper").row(0) == (None, 0.02, 0.22)
    groups = readings.published_table(group_share(("geslacht", "man", "vooruit", 600, 120)))
    assert groups.select("x", "n", "share").row(0) == (120, 600, 0.2)
    names = dict.fromkeys(("grouping", "from_position", "to_position"), pl.String)
    columns = {**names, "month": pl.Date, "persons": pl.Int64}
    rows = [
        (name, "totaal", "totaal", month, 60)
        for name in ("wijk", "geslacht", "")
        for month in (date(2025, 10, 1), SEPTEMBER)
    ]
    flows = readings.published_table(released("released_stock_flow", columns, rows, context()))
    assert flows["grouping"].to_list() == ["wijk", "geslacht", "geslacht", "", ""]
