"""Left truncation: before 1 October 2021 dagbesteding is not complete, so nothing is said about the time before."""

from drawn import drawn, timeline_of


def test_the_timeline_begins_when_the_registers_are_complete() -> None:
    """Who was in bijstand already is there from that day on."""
    assert timeline_of("""
        register  | begindatum | einddatum
        bijstand  | 2019-03-01 | 2021-12-31
        startbaan | 2021-06-01 | 2021-11-30
    """) == drawn("""
        position  | first_day  | next_day
        startbaan | 2021-10-01 | 2021-12-01
        bijstand  | 2021-12-01 | 2022-01-01
    """)


def test_stays_are_counted_from_the_first_observed_one() -> None:
    """What lies before is no stay, so the first that is seen has number 1."""
    assert timeline_of(
        """
        register  | begindatum | einddatum
        bijstand  | 2019-03-01 | 2022-12-31
        startbaan | 2020-06-01 | 2020-11-30
        startbaan | 2022-06-01 | 2022-11-30
        """,
        "stay | position | first_day",
    ) == drawn("""
        stay | position  | first_day
        1    | bijstand  | 2021-10-01
        2    | startbaan | 2022-06-01
        3    | bijstand  | 2022-12-01
    """)


def test_an_exit_from_before_still_says_where_someone_is() -> None:
    """Who went to work in 2020 is at work when the observation begins, and out of sight after two years."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2019-03-01 | 2020-03-31 | 11
        """,
        peildatum="2022-12-31",
    ) == drawn("""
        position  | first_day  | next_day
        werk      | 2021-10-01 | 2022-04-01
        uit_beeld | 2022-04-01 | 2023-01-01
    """)


def test_a_gap_across_the_first_observed_day_is_bridged() -> None:
    """Rows from before count for what is one spell."""
    assert timeline_of("""
        register  | begindatum | einddatum
        startbaan | 2021-01-01 | 2021-09-20
        startbaan | 2021-10-11 | 2021-12-31
    """) == drawn("""
        position  | first_day  | next_day
        startbaan | 2021-10-01 | 2022-01-01
    """)


def test_before_the_observation_there_is_nothing() -> None:
    """A peildatum before the first observed day gives no timeline."""
    assert (
        timeline_of("""
            register | begindatum | einddatum
            bijstand | 2019-03-01 | 2020-03-31
        """)
        == []
    )
