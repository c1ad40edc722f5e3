"""disclosure: estimates leave at the resolution of a released count."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.disclosure.released import BASE
from participatieketen.disclosure.shares import controlled_durations, controlled_group_shares, controlled_shares

KEY = b"k" * 32
SHARES = st.lists(st.integers(0, 300), min_size=3, max_size=3).filter(lambda parts: sum(parts) > 0)


def estimate(measure: str, parts: list[int], at_risk: int | None = None) -> pl.DataFrame:
    """Return one composition as `measures` gives it: who is where, of all together, with a band of 0.1 each side."""
    n = sum(parts)
    share = [part / n for part in parts]
    return pl.DataFrame(
        {
            "measure": measure,
            "gap_days": 30,
            "group": "",
            "position": "",
            "outcome": ["op_niveau", "lager", "buiten"],
            "months": 12,
            "n": n,
            "at_risk": pl.Series([at_risk] * 3, dtype=pl.Int64),
            "share": share,
            "lower": [max(p - 0.1, 0.0) for p in share],
            "upper": [min(p + 0.1, 1.0) for p in share],
        }
    )


def released(measure: str, parts: list[int], at_risk: int | None = None) -> pl.DataFrame:
    """Return how the composition may leave."""
    return controlled_shares(estimate(measure, parts, at_risk), BASE, KEY)


@given(SHARES, st.sampled_from(["herstel", "eerste_stap"]))
def test_a_share_is_a_released_count_over_a_released_count(parts: list[int], measure: str) -> None:
    """Every shown share is one that counts rounded to the base give, and its count is less than a base off."""
    found = released(measure, parts)
    n = found["n"][0]
    assert n % BASE == 0
    for truth, share in zip(parts, found["share"], strict=True):
        if share is not None:
            near = [count for count in range(0, n + 1, BASE) if round(100 * count / n + 1e-9) / 100 == share]
            near += [count for count in range(0, n + 1, BASE) if abs(count / n - share) <= 0.005 + 1e-9]
            assert any(abs(count - truth) < BASE + BASE / 2 for count in near)


@given(SHARES)
def test_what_is_everyone_stays_everyone(parts: list[int]) -> None:
    """The outcomes of a composition add up to everybody, but for rounding to whole percents."""
    shares = released("herstel", parts)["share"].drop_nulls().to_list()
    assert shares == [] or abs(sum(shares) - 1) <= 0.015 + 1e-9


@given(SHARES, st.sampled_from(["herstel", "eerste_stap"]))
def test_a_limit_never_promises_more_than_it_did(parts: list[int], measure: str) -> None:
    """Limits are rounded outward, hold the share, and never say that it is nobody or everybody."""
    before, after = estimate(measure, parts), released(measure, parts)
    if after["share"].null_count():
        return
    half = 0.005 + BASE / after["n"][0]  # n itself is rounded
    assert (after["lower"] <= before["lower"] + half).all()
    assert (after["upper"] >= before["upper"] - half).all()
    assert (after["lower"] <= after["share"]).all()
    assert (after["share"] <= after["upper"]).all()
    assert (after["upper"] > 0).all()
    assert (after["lower"] < 1).all()


def test_a_share_of_few_people_is_hidden() -> None:
    """49 people are too few, 50 are enough."""
    assert released("herstel", [20, 20, 9])["share"].to_list() == [None, None, None]
    assert released("herstel", [20, 20, 10])["share"].to_list() == [0.4, 0.4, 0.2]


def test_a_share_at_a_time_that_few_reach_is_hidden() -> None:
    """Of 300 people 9 followed for so long is too few, whatever was estimated."""
    assert released("herstel", [100, 100, 100], at_risk=9)["share"].null_count() == 3
    assert released("herstel", [100, 100, 100], at_risk=10)["share"].null_count() == 0


def test_a_duration_of_few_stays_is_hidden() -> None:
    """The row is there, so that a page can say what is missing."""
    durations = pl.DataFrame({"position": "werk", "quantile": "helft", "bin": ["0-3", "3-6"], "n": [49, 52]})
    found = controlled_durations(durations, BASE, KEY)
    assert found["bin"].to_list() == [None, "3-6"]
    assert (found["n"] % BASE == 0).all()


def test_a_share_is_right_on_average() -> None:
    """Over 400 keys the mean share is that of the counts; with one key it is always the same."""
    parts = [61, 83, 93]
    found = [controlled_shares(estimate("herstel", parts), BASE, bytes([n % 256, n // 256]) * 16) for n in range(400)]
    mean = sum(frame["share"].to_numpy() for frame in found) / len(found)
    assert mean == pytest.approx([part / sum(parts) for part in parts], abs=0.003)
    assert released("herstel", parts).equals(released("herstel", parts))


@given(st.lists(st.integers(0, 200), min_size=2, max_size=12), st.binary(min_size=32, max_size=32))
def test_a_curve_that_rises_never_falls_once_it_is_released(counts: list[int], key: bytes) -> None:
    """One curve has one draw, so that what is rounded keeps its order."""
    rising = sorted(counts)
    frame = pl.DataFrame(
        {
            "measure": "eerste_stap",
            "gap_days": 30,
            "group": "",
            "position": "bijstand",
            "outcome": "vooruit",
            "months": range(len(rising)),
            "n": 200,
            "at_risk": 100,
            "share": [count / 200 for count in rising],
            "lower": 0.0,
            "upper": 1.0,
        }
    )
    assert controlled_shares(frame, BASE, key)["share"].is_sorted()


def of_group(n: int, stock: int | None) -> int:
    """Return how many people a group of n has in the table of shares, with this released count of the same people."""
    names = ["grouping", "group_code", "label", "direction", "n", "moved", "share", "lower", "upper"]
    frame = pl.DataFrame([("geslacht", "1", "man", "vooruit", n, 20, 20 / n, 0.05, 0.2)], schema=names, orient="row")
    shown = controlled_group_shares(frame.with_columns(stock=pl.lit(stock, dtype=pl.Int64)), BASE, KEY)
    assert shown.columns == names
    return int(shown["n"].item())


def test_people_that_were_released_as_a_stock_have_that_value() -> None:
    """One count has one value on a page, unless it changed since, or was released at another base."""
    own = of_group(803, None)
    other = 1605 - own
    assert {own, other} == {800, 805}
    assert [of_group(803, stock) for stock in (own, other, 795, 810, 0)] == [own, other, own, own, own]
    assert of_group(120, 115) == of_group(120, None) == 120  # a group of fewer than 200: multiples of ten
