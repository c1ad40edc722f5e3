"""Gaps: at most 30 days with nothing open in one register are no gap.

Of 30 and of 31 days: example "gat" in the file of the chain (test_examples.py).
"""

from dataclasses import replace

import pytest

from drawn import PARTICIPATIE, drawn, timeline_of


def test_a_gap_is_of_one_register() -> None:
    """The end of bijstand and the start of a Startbaan ten days later leave ten days with nothing."""
    assert timeline_of("""
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        startbaan | 2024-04-11 | 2024-06-30
    """) == drawn("""
        position  | first_day  | next_day
        bijstand  | 2024-01-01 | 2024-04-01
        overig    | 2024-04-01 | 2024-04-11
        startbaan | 2024-04-11 | 2024-07-01
    """)


def test_a_gap_is_bridged_while_another_register_is_open() -> None:
    """Bijstand that re-opens within 30 days was there all the time, under a Startbaan and after it."""
    assert timeline_of("""
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        startbaan | 2024-03-15 | 2024-04-10
        bijstand  | 2024-04-21 | 2024-06-30
    """) == drawn("""
        position  | first_day  | next_day
        bijstand  | 2024-01-01 | 2024-03-15
        startbaan | 2024-03-15 | 2024-04-11
        bijstand  | 2024-04-11 | 2024-07-01
    """)


def test_a_gap_begins_after_the_row_that_reached_furthest() -> None:
    """A short row within a long one leaves no gap, however long ago it ended."""
    assert timeline_of("""
        register  | begindatum | einddatum
        startbaan | 2024-01-01 | 2024-06-30
        startbaan | 2024-02-01 | 2024-02-29
        startbaan | 2024-07-15 | 2024-08-31
    """) == drawn("""
        position  | first_day  | next_day
        startbaan | 2024-01-01 | 2024-09-01
    """)


def test_a_gap_up_to_the_peildatum_is_not_bridged_yet() -> None:
    """What starts after the peildatum does not exist yet, so it fills nothing."""
    assert timeline_of(
        """
        register  | begindatum | einddatum
        startbaan | 2024-01-01 | 2024-03-31
        startbaan | 2024-04-11 | 2024-06-30
        """,
        peildatum="2024-04-10",
    ) == drawn("""
        position  | first_day  | next_day
        startbaan | 2024-01-01 | 2024-04-01
        overig    | 2024-04-01 | 2024-04-11
    """)


@pytest.mark.parametrize(("gap_days", "stays"), [(0, 3), (10, 3), (11, 1), (60, 1)])
def test_how_long_a_gap_may_be_is_the_chains(gap_days: int, stays: int) -> None:
    """A gap of 11 days is bridged by a chain that allows 11 or 60 days, and by none that allows 0 or 10."""
    spells = """
        register  | begindatum | einddatum
        startbaan | 2024-01-01 | 2024-03-31
        startbaan | 2024-04-12 | 2024-06-30
    """
    assert len(timeline_of(spells, chain=replace(PARTICIPATIE, gap_days=gap_days))) == stays
