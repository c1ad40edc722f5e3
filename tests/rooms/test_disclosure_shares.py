"""disclosure: estimates leave as released counts."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.disclosure.released import BASE
from participatieketen.disclosure.shares import controlled_group_shares, controlled_shares

KEY = b"k" * 32
SHARES = st.lists(st.integers(0, 300), min_size=3, max_size=3).filter(lambda parts: sum(parts) > 0)


def estimate(measure: str, parts: list[int], at_risk: int | None = None) -> pl.DataFrame:
    """Return one composition as `measures` gives it: who is where, of all together."""
    n = sum(parts)
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
            "share": [part / n for part in parts],
        }
    )


def released(measure: str, parts: list[int], at_risk: int | None = None) -> pl.DataFrame:
    """Return how the composition may leave."""
    return controlled_shares(estimate(measure, parts, at_risk), BASE, KEY)


@given(SHARES, st.sampled_from(["herstel", "eerste_stap"]))
def test_a_share_leaves_as_two_released_counts(parts: list[int], measure: str) -> None:
    """Each is a multiple of the base, less than the base off."""
    frame = released(measure, parts, at_risk=sum(parts))
    for column, truth in (("x", parts), ("n", [sum(parts)] * 3), ("followed", [sum(parts)] * 3)):
        for value, true in zip(frame[column], truth, strict=True):
            assert value % BASE == 0
            assert abs(value - true) < BASE


@given(SHARES)
def test_what_is_everyone_stays_everyone(parts: list[int]) -> None:
    """The outcomes of a composition add up to everybody."""
    frame = released("herstel", parts)
    assert frame["x"].sum() == frame["n"][0]


def test_a_share_is_right_on_average() -> None:
    """Over 400 keys the mean count is the true one; with one key it is always the same."""
    parts = [61, 83, 93]
    frames = [controlled_shares(estimate("herstel", parts), BASE, bytes([n % 256, n // 256]) * 16) for n in range(400)]
    mean = sum(frame["x"].to_numpy() for frame in frames) / len(frames)
    assert mean == pytest.approx(parts, abs=0.7)
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
        }
    )
    assert controlled_shares(frame, BASE, key)["x"].is_sorted()


def of_group(n: int, stock: int | None) -> int:
    """Return how many people a group of n has in the table of shares, with this released count of the same people."""
    names = ["grouping", "group_code", "label", "direction", "n", "moved"]
    frame = pl.DataFrame([("geslacht", "1", "man", "vooruit", n, 20)], schema=names, orient="row")
    shown = controlled_group_shares(frame.with_columns(stock=pl.lit(stock, dtype=pl.Int64)), BASE, KEY)
    return int(shown["n"].item())


def test_people_that_were_released_as_a_stock_have_that_value() -> None:
    """One count has one value on a page, unless it changed since, or was released at another base."""
    own = of_group(803, None)
    other = 1605 - own
    assert {own, other} == {800, 805}
    assert [of_group(803, stock) for stock in (own, other, 795, 810, 0)] == [own, other, own, own, own]
    assert of_group(120, 115) == of_group(120, None) == 120  # a group of fewer than 200: multiples of ten
