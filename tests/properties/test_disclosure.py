"""Laws of disclosure: what holds for every table of flows, every key and every number of months."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import families
from participatieketen.disclosure.series import NOTHING, added, values_of
from participatieketen.disclosure.systems import System, joined

PAIRS = [(i, j) for i in "abc" for j in "abcx"] + [("x", j) for j in "abc"]
LAYOUT = families.arcs(PAIRS, "abc")


@st.composite
def months(draw: st.DrawFn) -> list[System]:
    """Return months of people who move at random: what is in a position at the end is there at the start."""
    number, persons = draw(st.integers(1, 4)), draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    stay = draw(st.sampled_from([0.0, 0.6, 0.95]))
    place = random.integers(0, 4, persons)
    systems = []
    for month in range(number):
        after = np.where(random.random(persons) < stay, place, random.integers(0, 4, persons))
        pairs = list(zip(place, after, strict=True))
        counts = np.array([sum(("abcx"[i], "abcx"[j]) == pair for i, j in pairs) for pair in PAIRS])
        days = (crowd.month(month), crowd.month(month), crowd.month(month + 1))
        systems.append(families.flow_system(LAYOUT, counts, "stock_flow", days, 5))
        place = after
    return systems


KEYS = st.binary(min_size=32, max_size=32)


@settings(max_examples=40, deadline=None)
@given(months(), KEYS)
def test_released_counts_add_up_and_stay_within_their_bound(systems: list[System], key: bytes) -> None:
    """Every identity holds over the whole series; values are multiples of the base, within the bound they state."""
    lines, whole = added(systems, NOTHING, key), joined(systems)
    values = values_of(whole.cells, lines)
    assert not (whole.identities @ values).any()
    assert not (values % 5).any()
    assert (values >= 0).all()
    bound = whole.cells.join(lines, on=whole.cells.columns, maintain_order="left")["bound"].to_numpy()
    assert (abs(values - whole.truth) <= bound).all()
    assert (lines["bound"] == 4).all() or (lines["extra"] > 0).any()


@settings(max_examples=25, deadline=None)
@given(months(), KEYS)
def test_adding_months_one_by_one_gives_the_same(systems: list[System], key: bytes) -> None:
    """The values of a month do not depend on what comes after it, nor on being released before."""
    lines = NOTHING
    for number in range(1, len(systems) + 1):
        lines = pl.concat([lines, added(systems[:number], lines, key)])
    assert lines.equals(added(systems, NOTHING, key))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000), st.integers(20, 400))
def test_what_is_released_passes_its_own_audit(seed: int, persons: int) -> None:
    """A release never holds a small count that is known to fewer than five possibilities."""
    counts = crowd.counts(crowd.walks(persons, 12, seed))
    found = disclosure.release(counts, crowd.context(12), crowd.KEY, NOTHING, months=12)
    assert found.audited.narrowest is None or found.audited.narrowest >= 4
