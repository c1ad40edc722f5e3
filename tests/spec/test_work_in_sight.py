"""Work in sight: no register shows whether work lasts, so 730 days after the exit it is out of sight.

From the exit to the last day in sight: example "naar-werk" in the file of the chain (test_examples.py).
"""

from dataclasses import replace

from drawn import PARTICIPATIE, drawn, steps_of, timeline_of

TO_WORK = """
    register | begindatum | einddatum  | reden
    bijstand | 2022-01-01 | 2022-03-31 | 11
"""


def test_out_of_sight_is_outside_the_chain() -> None:
    """Leaving sight is a step out."""
    assert steps_of(TO_WORK, "day | from_position | to_position | direction", peildatum="2024-12-31") == drawn("""
        day        | from_position | to_position | direction
        2022-01-01 | nog_niet      | bijstand    | in
        2022-04-01 | bijstand      | werk        | vooruit
        2024-03-31 | werk          | uit_beeld   | uit
    """)


def test_the_days_count_from_the_exit() -> None:
    """Who was in dagbesteding in between is at work afterwards for what is left of the 730 days."""
    assert timeline_of(
        """
        register     | begindatum | einddatum  | reden
        bijstand     | 2022-01-01 | 2022-03-31 | 11
        dagbesteding | 2022-10-01 | 2024-02-29 |
        """,
        peildatum="2024-12-31",
    ) == drawn("""
        position     | first_day  | next_day
        bijstand     | 2022-01-01 | 2022-04-01
        werk         | 2022-04-01 | 2022-10-01
        dagbesteding | 2022-10-01 | 2024-03-01
        werk         | 2024-03-01 | 2024-03-31
        uit_beeld    | 2024-03-31 | 2025-01-01
    """)


def test_a_new_exit_to_work_begins_to_count_again() -> None:
    """The 730 days of the first exit no longer matter after a second."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2022-01-01 | 2022-03-31 | 11
        bijstand | 2023-01-01 | 2023-03-31 | 13
        """,
        peildatum="2024-12-31",
    ) == drawn("""
        position | first_day  | next_day
        bijstand | 2022-01-01 | 2022-04-01
        werk     | 2022-04-01 | 2023-01-01
        bijstand | 2023-01-01 | 2023-04-01
        werk     | 2023-04-01 | 2025-01-01
    """)


def test_an_exit_outside_the_chain_lasts() -> None:
    """Moved away stays moved away: only a position with a rank gets out of sight."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2022-01-01 | 2022-03-31 | 32
        """,
        peildatum="2025-12-31",
    ) == drawn("""
        position | first_day  | next_day
        bijstand | 2022-01-01 | 2022-04-01
        verhuisd | 2022-04-01 | 2026-01-01
    """)


def test_how_long_work_is_in_sight_is_the_chains() -> None:
    """A chain that follows nobody puts work out of sight at once."""
    unseen = replace(PARTICIPATIE, follow_up_days=0)
    assert timeline_of(TO_WORK, peildatum="2022-12-31", chain=unseen) == drawn("""
        position  | first_day  | next_day
        bijstand  | 2022-01-01 | 2022-04-01
        uit_beeld | 2022-04-01 | 2023-01-01
    """)
