"""Censoring: what is open on the peildatum did not end; what happens after it is not known yet."""

from drawn import drawn, steps_of, timeline_of

WITH_CLOSED = "position | first_day | next_day | closed"


def test_what_is_open_on_the_peildatum_is_not_closed() -> None:
    """The last stay goes up to and including the peildatum."""
    assert timeline_of(
        """
        register | begindatum | einddatum
        bijstand | 2024-01-01 |
        """,
        WITH_CLOSED,
        peildatum="2024-06-30",
    ) == drawn("""
        position | first_day  | next_day   | closed
        bijstand | 2024-01-01 | 2024-07-01 | nee
    """)


def test_an_end_after_the_peildatum_has_not_happened() -> None:
    """A Startbaan with an end date in the future is open, and its reason is not known."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-07-01 | 11
        """,
        WITH_CLOSED,
        peildatum="2024-06-30",
    ) == drawn("""
        position | first_day  | next_day   | closed
        bijstand | 2024-01-01 | 2024-07-01 | nee
    """)


def test_an_end_on_the_peildatum_shows_a_day_later() -> None:
    """Someone whose last day is the peildatum is there on that day; where to is seen from the next day on."""
    spells = """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-06-30 | 11
    """
    assert timeline_of(spells, WITH_CLOSED, peildatum="2024-06-30") == drawn("""
        position | first_day  | next_day   | closed
        bijstand | 2024-01-01 | 2024-07-01 | nee
    """)
    assert timeline_of(spells, WITH_CLOSED, peildatum="2024-07-01") == drawn("""
        position | first_day  | next_day   | closed
        bijstand | 2024-01-01 | 2024-07-01 | ja
        werk     | 2024-07-01 | 2024-07-02 | nee
    """)


def test_what_starts_after_the_peildatum_does_not_exist_yet() -> None:
    """A later Startbaan makes no step, and who only has one is not there."""
    assert timeline_of(
        """
        persoon | register  | begindatum | einddatum
        1       | bijstand  | 2024-01-01 |
        1       | startbaan | 2024-07-01 |
        2       | startbaan | 2024-07-01 |
        """,
        "person | position | first_day | next_day",
        peildatum="2024-06-30",
    ) == drawn("""
        person | position | first_day  | next_day
        1      | bijstand | 2024-01-01 | 2024-07-01
    """)


def test_what_starts_on_the_peildatum_is_there_for_a_day() -> None:
    """The peildatum itself is observed."""
    assert timeline_of(
        """
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 |
        startbaan | 2024-06-30 |
        """,
        WITH_CLOSED,
        peildatum="2024-06-30",
    ) == drawn("""
        position  | first_day  | next_day   | closed
        bijstand  | 2024-01-01 | 2024-06-30 | ja
        startbaan | 2024-06-30 | 2024-07-01 | nee
    """)


def test_censoring_is_no_step() -> None:
    """Nobody leaves the chain because the observation stops."""
    assert steps_of(
        """
        register  | begindatum | einddatum
        startbaan | 2024-01-01 |
        """,
        peildatum="2024-06-30",
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | startbaan   | in        | 0     | 0
    """)
