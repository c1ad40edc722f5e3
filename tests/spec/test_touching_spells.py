"""Touching spells: a row that begins the day after another ended goes on; nothing ended."""

from drawn import drawn, steps_of, timeline_of


def test_spells_that_touch_are_one_stay() -> None:
    """A new provider on the next day is no new start."""
    assert timeline_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        dagbesteding | 2024-04-01 | 2024-06-30
    """) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-07-01
    """)


def test_the_reason_of_a_row_that_is_taken_up_does_not_count() -> None:
    """Bijstand that ended for work, and goes on the next day or within 30 days, did not end."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-01-31 | 11
        bijstand | 2024-02-01 | 2024-03-31 | 11
        bijstand | 2024-04-20 | 2024-06-30 | 32
        """,
        peildatum="2024-07-31",
    ) == drawn("""
        position | first_day  | next_day
        bijstand | 2024-01-01 | 2024-07-01
        verhuisd | 2024-07-01 | 2024-08-01
    """)


def test_spells_of_two_registers_that_touch_are_one_step() -> None:
    """From dagbesteding into a Startbaan the next day: a step of two ranks, and no day outside the chain."""
    assert steps_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        startbaan    | 2024-04-01 | 2024-06-30
    """) == drawn("""
        day        | from_position | to_position  | direction | steps | bridged_days
        2024-01-01 | nog_niet      | dagbesteding | in        | 0     | 0
        2024-04-01 | dagbesteding  | startbaan    | vooruit   | 2     | 0
    """)
