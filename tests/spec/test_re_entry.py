"""Re-entry: who comes back after a longer gap left the chain, and enters it from where the exit led."""

from drawn import drawn, steps_of, timeline_of

LEFT_FOR_WORK = """
    register | begindatum | einddatum  | reden
    bijstand | 2024-01-01 | 2024-03-31 | 11
    bijstand | 2024-09-01 | 2024-12-31 |
"""
MOVED_AWAY = """
    register | begindatum | einddatum  | reden
    bijstand | 2024-01-01 | 2024-03-31 | 32
    bijstand | 2024-09-01 | 2024-12-31 |
"""


def test_between_two_stays_someone_is_where_the_exit_led() -> None:
    """Five months at work lie between two times in bijstand."""
    assert timeline_of(LEFT_FOR_WORK) == drawn("""
        position | first_day  | next_day
        bijstand | 2024-01-01 | 2024-04-01
        werk     | 2024-04-01 | 2024-09-01
        bijstand | 2024-09-01 | 2025-01-01
    """)


def test_coming_back_from_work_is_a_step_back() -> None:
    """Work has a rank: from there to bijstand are four ranks back, and no entry."""
    assert steps_of(LEFT_FOR_WORK) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-01 | bijstand      | werk        | vooruit   | 4     | 0
        2024-09-01 | werk          | bijstand    | terug     | -4    | 0
    """)


def test_coming_back_from_outside_is_an_entry() -> None:
    """Having moved away is outside the chain, so coming back is entering it again."""
    assert steps_of(MOVED_AWAY) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-01 | bijstand      | verhuisd    | uit       | 0     | 0
        2024-09-01 | verhuisd      | bijstand    | in        | 0     | 0
    """)
