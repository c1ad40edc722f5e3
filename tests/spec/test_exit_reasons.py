"""Exit reasons: after the last row of a register, its reason says where someone went."""

import pytest

from drawn import drawn, timeline_of

WITH_INCOME = "position | in_bijstand | first_day | next_day"


@pytest.mark.parametrize(
    ("register", "reason", "position"),
    [
        ("bijstand", "11", "werk"),
        ("bijstand", "13", "werk"),
        ("bijstand", "03", "aow"),
        ("bijstand", "32", "verhuisd"),
        ("bijstand", "33", "verhuisd"),
        ("bijstand", "04", "overleden"),
        ("bijstand", "25", "overig"),
        ("bijstand", "", "overig"),
        ("dagbesteding", "02", "overleden"),
        ("dagbesteding", "31", "verhuisd"),
        ("dagbesteding", "04", "overig"),
        ("startbaan", "11", "overig"),
    ],
)
def test_a_reason_leads_to_a_position(register: str, reason: str, position: str) -> None:
    """Each register has its own reasons; the same code can mean something else in another."""
    stays = timeline_of(
        f"""
        register   | begindatum | einddatum  | reden
        {register} | 2024-01-01 | 2024-03-31 | {reason}
        """,
        peildatum="2024-04-30",
    )
    assert stays == drawn(f"""
        position   | first_day  | next_day
        {register} | 2024-01-01 | 2024-04-01
        {position} | 2024-04-01 | 2024-05-01
    """)


def test_an_exit_that_no_rule_names_changes_nothing() -> None:
    """Who went to work, and later ends dagbesteding, is at work again: the last exit with a rule was to work."""
    assert timeline_of(
        """
        register     | begindatum | einddatum  | reden
        bijstand     | 2024-01-01 | 2024-03-31 | 11
        dagbesteding | 2024-06-01 | 2024-08-31 |
        """,
        peildatum="2024-10-31",
    ) == drawn("""
        position     | first_day  | next_day
        bijstand     | 2024-01-01 | 2024-04-01
        werk         | 2024-04-01 | 2024-06-01
        dagbesteding | 2024-06-01 | 2024-09-01
        werk         | 2024-09-01 | 2024-11-01
    """)


def test_the_latest_exit_counts() -> None:
    """Work first, then moved away from dagbesteding: moved away."""
    assert timeline_of(
        """
        register     | begindatum | einddatum  | reden
        bijstand     | 2024-01-01 | 2024-03-31 | 11
        dagbesteding | 2024-03-15 | 2024-05-31 | 31
        """,
        WITH_INCOME,
        peildatum="2024-07-31",
    ) == drawn("""
        position     | in_bijstand | first_day  | next_day
        bijstand     | ja          | 2024-01-01 | 2024-03-15
        dagbesteding | ja          | 2024-03-15 | 2024-04-01
        dagbesteding | nee         | 2024-04-01 | 2024-06-01
        verhuisd     | nee         | 2024-06-01 | 2024-08-01
    """)


def test_an_exit_counts_once_nothing_is_open() -> None:
    """Bijstand ends for work during dagbesteding: dagbesteding goes first, after it comes work."""
    assert timeline_of(
        """
        register     | begindatum | einddatum  | reden
        bijstand     | 2024-01-01 | 2024-03-31 | 11
        dagbesteding | 2024-03-15 | 2024-05-31 | 04
        """,
        WITH_INCOME,
        peildatum="2024-07-31",
    ) == drawn("""
        position     | in_bijstand | first_day  | next_day
        bijstand     | ja          | 2024-01-01 | 2024-03-15
        dagbesteding | ja          | 2024-03-15 | 2024-04-01
        dagbesteding | nee         | 2024-04-01 | 2024-06-01
        werk         | nee         | 2024-06-01 | 2024-08-01
    """)


def test_of_rows_that_end_together_the_reason_tried_first_counts() -> None:
    """One spell was delivered twice, with two reasons: moved away comes before work in the chain's file."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-03-31 | 11
        bijstand | 2024-01-01 | 2024-03-31 | 32
        """,
        peildatum="2024-04-30",
    ) == drawn("""
        position | first_day  | next_day
        bijstand | 2024-01-01 | 2024-04-01
        verhuisd | 2024-04-01 | 2024-05-01
    """)


def test_of_rows_that_overlap_the_one_that_ends_last_gives_the_reason() -> None:
    """An earlier end within the same register is no exit."""
    assert timeline_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-02-29 | 32
        bijstand | 2024-02-01 | 2024-03-31 | 11
        """,
        peildatum="2024-04-30",
    ) == drawn("""
        position | first_day  | next_day
        bijstand | 2024-01-01 | 2024-04-01
        werk     | 2024-04-01 | 2024-05-01
    """)
