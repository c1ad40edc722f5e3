"""timelines: the frames that go in and come out, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from drawn import PARTICIPATIE, SPELL, spells_of
from participatieketen.timelines import timeline

PEILDATUM = date(2024, 6, 30)
COLUMNS = {
    "person": pl.Int32(),
    "stay": pl.Int32(),
    "position": pl.Enum(PARTICIPATIE.codes),
    "in_bijstand": pl.Boolean(),
    "first_day": pl.Date(),
    "next_day": pl.Date(),
    "closed": pl.Boolean(),
}
SPELLS = spells_of("""
    persoon | register     | begindatum | einddatum  | reden
    4       | dagbesteding | 2024-01-01 | 2024-03-31 |
    4       | bijstand     | 2024-02-01 |            |
    9       | bijstand     | 2023-01-01 | 2024-05-31 | 11
""")


def test_columns_have_their_types() -> None:
    """Positions come as the chain's codes, days as dates."""
    assert timeline(SPELLS, PARTICIPATIE, PEILDATUM).schema == COLUMNS


def test_no_spells_give_no_timeline() -> None:
    """An empty frame has the same columns."""
    nothing = timeline(SPELLS.clear(), PARTICIPATIE, PEILDATUM)
    assert nothing.is_empty()
    assert nothing.schema == COLUMNS


def test_spells_of_later_give_no_timeline() -> None:
    """What starts after the peildatum does not exist yet."""
    nothing = timeline(SPELLS, PARTICIPATIE, date(2022, 12, 31))
    assert nothing.is_empty()
    assert nothing.schema == COLUMNS


def test_a_peildatum_before_the_observation_gives_no_timeline() -> None:
    """Before the registers are complete nobody is observed, though there are spells."""
    early = SPELLS.with_columns(pl.col("first_day").dt.offset_by("-5y"), pl.col("next_day").dt.offset_by("-5y"))
    nothing = timeline(early, PARTICIPATIE, date(2021, 9, 30))
    assert nothing.is_empty()
    assert nothing.schema == COLUMNS


@pytest.mark.parametrize("days", [0, -1])
def test_a_spell_that_lasts_no_time_is_refused(days: int) -> None:
    """An end on or before the first day is no spell: contracts set such rows aside."""
    wrong = SPELLS.with_columns(next_day=pl.col("first_day") + timedelta(days=days))
    with pytest.raises(ValueError, match="lasts no time"):
        timeline(wrong, PARTICIPATIE, PEILDATUM)


@pytest.mark.parametrize(
    ("register", "position"),
    [("bijstand", "onbekend"), ("onbekend", "bijstand"), ("bijstand", "startbaan"), ("bijstand", "werk")],
)
def test_a_spell_that_no_rule_names_is_refused(register: str, position: str) -> None:
    """A register and position that no open-rule puts together would be lost without a word."""
    wrong = SPELLS.with_columns(register=pl.lit(register), position=pl.lit(position))
    with pytest.raises(ValueError):  # noqa: PT011 - which of the two is wrong may be said in any words
        timeline(wrong, PARTICIPATIE, PEILDATUM)


def test_an_exit_to_no_position_of_the_chain_is_refused() -> None:
    """Where a reason leads is a code of the chain."""
    wrong = SPELLS.with_columns(after=pl.lit("onbekend"))
    with pytest.raises((ValueError, pl.exceptions.InvalidOperationError)):
        timeline(wrong, PARTICIPATIE, PEILDATUM)


def test_spells_may_hold_codes_as_enums() -> None:
    """The extract's own lists of codes, in their own order, give what text gives."""
    enums = SPELLS.with_columns(
        pl.col("register").cast(pl.Enum(["startbaan", "dagbesteding", "bijstand"])),
        pl.col("position", "after").cast(pl.Enum(sorted(PARTICIPATIE.codes))),
    )
    assert_frame_equal(
        timeline(enums, PARTICIPATIE, PEILDATUM),
        timeline(SPELLS, PARTICIPATIE, PEILDATUM),
    )


def test_extra_columns_and_wide_numbers_do_no_harm() -> None:
    """Only the six columns are read, and persons may be numbered in 64 bits."""
    wide = SPELLS.with_columns(pl.col("person").cast(pl.Int64), regel=pl.lit(1))
    assert_frame_equal(timeline(wide, PARTICIPATIE, PEILDATUM), timeline(SPELLS, PARTICIPATIE, PEILDATUM))


def test_persons_far_apart_are_all_there() -> None:
    """The highest number that a person can have goes through."""
    far = SPELLS.with_columns(pl.col("person").replace_strict([4, 9], [0, 2**31 - 1], return_dtype=pl.Int32))
    assert timeline(far, PARTICIPATIE, PEILDATUM)["person"].unique().to_list() == [0, 2**31 - 1]


def test_old_spells_fit() -> None:
    """Days of more than a century ago leave room in a key."""
    old = SPELLS.with_columns(first_day=date(1900, 1, 1))
    always = replace(PARTICIPATIE, registers={})
    assert timeline(old, always, PEILDATUM)["first_day"].min() == date(1900, 1, 1)


def test_many_rows_open_at_once_are_one_stay() -> None:
    """Three thousand copies of a row say what one says."""
    row = spells_of("""
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-03-31 | 32
    """)
    many = pl.concat([row] * 3_000)
    assert_frame_equal(timeline(many, PARTICIPATIE, PEILDATUM), timeline(row, PARTICIPATIE, PEILDATUM))


def test_one_day_of_observation_is_a_timeline() -> None:
    """A spell that begins on the peildatum is observed for one day."""
    row = pl.DataFrame([(0, "bijstand", "bijstand", PEILDATUM, None, None)], schema=SPELL, orient="row")
    assert timeline(row, PARTICIPATIE, PEILDATUM).rows() == [
        (0, 1, "bijstand", True, PEILDATUM, PEILDATUM + timedelta(days=1), False)
    ]


def test_more_rows_at_once_than_can_be_counted_are_refused() -> None:
    """4,095 open rows of one person and register still count; one more says so, not something wrong."""
    spell = spells_of("register | begindatum | einddatum\nstartbaan | 2024-01-01 | 2024-12-31")
    assert timeline(pl.concat([spell] * 4095), PARTICIPATIE, PEILDATUM).height == 1
    with pytest.raises(ValueError, match="more than 4095 spells"):
        timeline(pl.concat([spell] * 4096), PARTICIPATIE, PEILDATUM)
