"""Income: beside the position every day says whether bijstand is open, bridged gaps included.

A change of income begins a new stay: example "inkomen" in the file of the chain (test_examples.py).
"""

from dataclasses import replace

from drawn import PARTICIPATIE, drawn, steps_of, timeline_of

WITH_INCOME = "position | in_bijstand | first_day | next_day"


def test_dagbesteding_without_bijstand_is_in_the_chain() -> None:
    """Someone with another income who goes to dagbesteding is there, without bijstand."""
    assert timeline_of(
        """
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        """,
        WITH_INCOME,
        peildatum="2024-04-30",
    ) == drawn("""
        position     | in_bijstand | first_day  | next_day
        dagbesteding | nee         | 2024-01-01 | 2024-04-01
        overig       | nee         | 2024-04-01 | 2024-05-01
    """)


def test_a_change_of_income_is_no_step() -> None:
    """Steps go from position to position."""
    assert steps_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-06-30
        bijstand     | 2024-02-01 | 2024-03-31
    """) == drawn("""
        day        | from_position | to_position  | direction | steps | bridged_days
        2024-01-01 | nog_niet      | dagbesteding | in        | 0     | 0
    """)


def test_a_bridged_gap_has_income() -> None:
    """Bijstand that re-opens within 30 days was never without."""
    assert timeline_of(
        """
        register  | begindatum | einddatum
        startbaan | 2024-01-01 | 2024-06-30
        bijstand  | 2024-01-01 | 2024-03-31
        bijstand  | 2024-04-15 | 2024-06-30
        """,
        WITH_INCOME,
    ) == drawn("""
        position  | in_bijstand | first_day  | next_day
        startbaan | ja          | 2024-01-01 | 2024-07-01
    """)


def test_a_chain_without_income_says_no() -> None:
    """A chain that names no register for income has nobody in bijstand."""
    assert timeline_of(
        """
        register | begindatum | einddatum
        bijstand | 2024-01-01 | 2024-06-30
        """,
        WITH_INCOME,
        chain=replace(PARTICIPATIE, income=None),
    ) == drawn("""
        position | in_bijstand | first_day  | next_day
        bijstand | nee         | 2024-01-01 | 2024-07-01
    """)
