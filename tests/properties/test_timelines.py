"""Laws of timelines: what holds for every chain and all spells."""

from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import oracle
from participatieketen.timelines import timeline
from properties.generated import CROWDS, Case, cases, crowd


@given(cases())
def test_a_timeline_is_what_the_oracle_says(case: Case) -> None:
    """Two sorts and running sums give what going day by day gives."""
    assert _timeline(case).rows() == oracle.timeline(case.spells, case.chain, case.peildatum)


@pytest.mark.parametrize("seed", range(CROWDS))
def test_a_crowd_is_what_the_oracle_says(seed: int) -> None:
    """The same for hundreds of persons at once."""
    case = crowd(seed, 100)
    assert _timeline(case).rows() == oracle.timeline(case.spells, case.chain, case.peildatum)


@given(cases())
def test_person_days_are_conserved(case: Case) -> None:
    """Everyone has as many days as there are from the first observed day up to and including the peildatum."""
    first_day = pl.col("first_day").min()
    observed = first_day.clip(case.chain.observed_from) if case.chain.observed_from else first_day
    expected = (
        case.spells.filter(pl.col("first_day") <= case.peildatum)
        .group_by("person")
        .agg(days=pl.lit(case.peildatum + timedelta(days=1)) - observed)
        .filter(pl.col("days") > timedelta(0))
    )
    lived = _timeline(case).group_by("person").agg(days=(pl.col("next_day") - pl.col("first_day")).sum())
    assert_frame_equal(lived, expected, check_row_order=False)


@given(cases())
def test_stays_follow_each_other(case: Case) -> None:
    """A stay begins where the one before ended, in another position or with another income; only the last is open."""
    stays = _timeline(case).with_columns(
        follows=pl.col("next_day").shift(1).over("person") == pl.col("first_day"),
        same=(pl.struct("position", "in_bijstand") == pl.struct("position", "in_bijstand").shift(1)).over("person"),
        last=pl.col("stay") == pl.len().over("person"),
    )
    later = stays.filter(pl.col("stay") > 1)
    assert later["follows"].all()
    assert not later["same"].any()
    assert (stays["closed"] != stays["last"]).all()
    assert stays["stay"].to_list() == stays.select(pl.int_range(1, pl.len() + 1).over("person")).to_series().to_list()


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case: Case, random: Random) -> None:
    """Spells may come in any order."""
    order = list(range(case.spells.height))
    random.shuffle(order)
    assert_frame_equal(timeline(case.spells[order], case.chain, case.peildatum), _timeline(case))


@given(cases(), st.permutations([0, 7, 90_000]))
def test_the_numbers_of_persons_change_nothing(case: Case, numbers: list[int]) -> None:
    """Another numbering gives the same timelines under other numbers."""
    assert_frame_equal(
        timeline(_renumbered(case.spells, numbers), case.chain, case.peildatum),
        _renumbered(_timeline(case), numbers).sort("person", "stay"),
    )


@given(cases(), st.data())
def test_splitting_a_spell_changes_nothing(case: Case, data: st.DataObject) -> None:
    """Two spells that touch are the one that they were; the reason of the first does not matter."""
    split = [part for row in case.spells.iter_rows(named=True) for part in _split(row, case, data)]
    spells = pl.DataFrame(split, schema=case.spells.schema)
    assert_frame_equal(timeline(spells, case.chain, case.peildatum), _timeline(case))


@given(cases(), st.integers(1, 3))
def test_buckets_of_persons_change_nothing(case: Case, size: int) -> None:
    """When few persons fit in a key the work is done in parts, with the same result."""
    with patch("participatieketen.timelines._Packing.persons", size):
        in_parts = _timeline(case)
    assert_frame_equal(in_parts, _timeline(case))


@given(cases())
def test_repeating_spells_changes_nothing(case: Case) -> None:
    """A row that is there twice says what it says once."""
    twice = pl.concat([case.spells, case.spells])
    assert_frame_equal(timeline(twice, case.chain, case.peildatum), _timeline(case))


@given(cases())
def test_a_person_alone_has_the_same_timeline(case: Case) -> None:
    """What others do does not touch anyone's timeline."""
    together = _timeline(case)
    for person in range(3):
        alone = timeline(case.spells.filter(pl.col("person") == person), case.chain, case.peildatum)
        assert_frame_equal(alone, together.filter(pl.col("person") == person))


def _timeline(case: Case) -> pl.DataFrame:
    return timeline(case.spells, case.chain, case.peildatum)


def _renumbered(frame: pl.DataFrame, numbers: list[int]) -> pl.DataFrame:
    return frame.with_columns(pl.col("person").replace_strict([0, 1, 2], numbers, return_dtype=pl.Int32))


def _split(row: dict[str, Any], case: Case, data: st.DataObject) -> list[dict[str, Any]]:
    """Return a spell as two that touch, or as it is when it lasts a day."""
    length = (row["next_day"] - row["first_day"]).days if row["next_day"] else 40
    if length == 1:
        return [row]
    middle = row["first_day"] + timedelta(days=data.draw(st.integers(1, length - 1)))
    after = data.draw(st.sampled_from([None, *case.chain.codes]))
    return [row | {"next_day": middle, "after": after}, row | {"first_day": middle}]
