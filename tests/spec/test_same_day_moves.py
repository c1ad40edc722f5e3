"""Same-day moves: what begins on a day counts on that day, what ended the day before no longer does.

Several changes on one day are one step: example "zelfde-dag" in the file of the chain (test_examples.py).
"""

from drawn import drawn, timeline_of


def test_the_last_day_still_counts() -> None:
    """A Startbaan that begins on the last day of dagbesteding takes over on that day."""
    assert timeline_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        startbaan    | 2024-03-31 | 2024-04-30
    """) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-03-31
        startbaan    | 2024-03-31 | 2024-05-01
    """)


def test_the_position_that_is_tried_first_keeps_its_last_day() -> None:
    """Dagbesteding that begins on the last day of a Startbaan counts from the day after."""
    assert timeline_of("""
        register     | begindatum | einddatum
        startbaan    | 2024-01-01 | 2024-03-31
        dagbesteding | 2024-03-31 | 2024-04-30
    """) == drawn("""
        position     | first_day  | next_day
        startbaan    | 2024-01-01 | 2024-04-01
        dagbesteding | 2024-04-01 | 2024-05-01
    """)


def test_one_day_is_a_stay() -> None:
    """What begins and ends on one day lasts that day."""
    assert timeline_of("""
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        startbaan | 2024-02-10 | 2024-02-10
    """) == drawn("""
        position  | first_day  | next_day
        bijstand  | 2024-01-01 | 2024-02-10
        startbaan | 2024-02-10 | 2024-02-11
        bijstand  | 2024-02-11 | 2024-04-01
    """)


def test_of_two_exits_on_one_day_the_rule_tried_first_counts() -> None:
    """Bijstand ended for work and dagbesteding because of a move, on one day: moved comes first in the file."""
    assert timeline_of(
        """
        register     | begindatum | einddatum  | reden
        bijstand     | 2024-01-01 | 2024-03-31 | 11
        dagbesteding | 2024-01-01 | 2024-03-31 | 31
        """,
        peildatum="2024-04-30",
    ) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-04-01
        verhuisd     | 2024-04-01 | 2024-05-01
    """)
