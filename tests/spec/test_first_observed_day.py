"""First observed day: who is in the chain when the observation begins did not enter it on that day."""

from dataclasses import replace

from drawn import PARTICIPATIE, drawn, steps_of


def test_being_there_on_the_first_observed_day_is_no_entry() -> None:
    """1 October 2021 is the first day on which every register is complete."""
    assert (
        steps_of("""
            register | begindatum | einddatum
            bijstand | 2019-01-01 | 2021-12-31
        """)
        == []
    )


def test_beginning_on_the_first_observed_day_is_no_entry() -> None:
    """Whether someone was somewhere else the day before, nobody has seen."""
    assert (
        steps_of("""
            register     | begindatum | einddatum
            dagbesteding | 2021-10-01 | 2021-12-31
        """)
        == []
    )


def test_beginning_a_day_later_is_an_entry() -> None:
    """On the first observed day this person was not there yet."""
    assert steps_of("""
        register     | begindatum | einddatum
        dagbesteding | 2021-10-02 | 2021-12-31
    """) == drawn("""
        day        | from_position | to_position  | direction | steps | bridged_days
        2021-10-02 | nog_niet      | dagbesteding | in        | 0     | 0
    """)


def test_coming_back_after_the_first_observed_day_is_an_entry() -> None:
    """Who had left before, and is seen outside the chain first, enters from there."""
    assert steps_of("""
        register | begindatum | einddatum  | reden
        bijstand | 2019-01-01 | 2020-12-31 | 32
        bijstand | 2022-01-01 | 2022-12-31 |
    """) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2022-01-01 | verhuisd      | bijstand    | in        | 0     | 0
    """)


def test_coming_back_soon_after_the_first_observed_day_is_an_entry() -> None:
    """Being outside for a few days at the start of the observation lies between no two positions that are seen."""
    assert steps_of(
        """
        persoon | register | begindatum | einddatum  | reden
        1       | bijstand | 2019-01-01 | 2021-12-31 |
        2       | bijstand | 2019-01-01 | 2020-12-31 | 32
        2       | bijstand | 2021-10-11 | 2021-12-31 |
        """,
        "person | day | from_position | to_position | direction | bridged_days",
    ) == drawn("""
        person | day        | from_position | to_position | direction | bridged_days
        2      | 2021-10-11 | verhuisd      | bijstand    | in        | 0
    """)


def test_a_step_after_the_first_observed_day_counts() -> None:
    """From the second stay on it is known where someone came from."""
    assert steps_of("""
        register  | begindatum | einddatum
        bijstand  | 2019-01-01 | 2021-12-31
        startbaan | 2021-11-01 | 2021-12-31
    """) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2021-11-01 | bijstand      | startbaan   | vooruit   | 3     | 0
    """)


def test_a_chain_that_was_always_observed_sees_every_entry() -> None:
    """Without a first observed day the first day of the first record is an entry."""
    always = replace(PARTICIPATIE, registers={})
    assert steps_of(
        """
        register | begindatum | einddatum
        bijstand | 2019-01-01 | 2021-12-31
        """,
        chain=always,
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2019-01-01 | nog_niet      | bijstand    | in        | 0     | 0
    """)
