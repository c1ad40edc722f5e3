"""Couples: two people who have one bijstand are two persons in the chain."""

from drawn import drawn, steps_of, stock_flow_of, timeline_of

COUPLE = """
    persoon | register  | begindatum | einddatum
    1       | bijstand  | 2024-01-01 | 2024-06-30
    2       | bijstand  | 2024-01-01 | 2024-06-30
    2       | startbaan | 2024-03-01 | 2024-06-30
"""


def test_partners_each_have_a_timeline() -> None:
    """The same dates, and still the Startbaan of one is not the other's."""
    assert timeline_of(COUPLE, "person | stay | position | first_day | next_day") == drawn("""
        person | stay | position  | first_day  | next_day
        1      | 1    | bijstand  | 2024-01-01 | 2024-07-01
        2      | 1    | bijstand  | 2024-01-01 | 2024-03-01
        2      | 2    | startbaan | 2024-03-01 | 2024-07-01
    """)


def test_the_last_exit_of_one_is_not_of_the_next() -> None:
    """One goes to work and ends a Startbaan later; the other, next in the table, has no exit with a rule."""
    assert timeline_of(
        """
        persoon | register  | begindatum | einddatum  | reden
        1       | bijstand  | 2024-01-01 | 2024-03-31 | 11
        2       | startbaan | 2024-01-01 | 2024-03-31 |
        """,
        "person | position | first_day | next_day",
        peildatum="2024-04-30",
    ) == drawn("""
        person | position  | first_day  | next_day
        1      | bijstand  | 2024-01-01 | 2024-04-01
        1      | werk      | 2024-04-01 | 2024-05-01
        2      | startbaan | 2024-01-01 | 2024-04-01
        2      | overig    | 2024-04-01 | 2024-05-01
    """)


def test_partners_each_make_steps() -> None:
    """Two enter, one goes forward."""
    assert steps_of(COUPLE, "person | day | from_position | to_position") == drawn("""
        person | day        | from_position | to_position
        1      | 2024-01-01 | nog_niet      | bijstand
        2      | 2024-01-01 | nog_niet      | bijstand
        2      | 2024-03-01 | bijstand      | startbaan
    """)


def test_partners_count_as_two() -> None:
    """Two persons are in bijstand on the first of January and of February."""
    assert stock_flow_of(COUPLE, peildatum="2024-03-01") == drawn("""
        month      | from_position | to_position | persons
        2023-12-01 | nog_niet      | bijstand    | 2
        2024-01-01 | bijstand      | bijstand    | 2
        2024-02-01 | bijstand      | startbaan   | 1
        2024-02-01 | bijstand      | bijstand    | 1
    """)
