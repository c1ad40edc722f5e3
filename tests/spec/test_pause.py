"""Pauses: dagbesteding that is stopped for a while (iWmo reason 20) is not over."""

from drawn import drawn
from registers import spells_from

COLUMNS = "first_day | next_day | reason | after"


def test_a_pause_lasts_until_the_next_start() -> None:
    """Four months in hospital, then the same allocation goes on: no day is missing, and there is no exit."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden
        1     | 2024-01-01 | 2024-02-29 | 20
        1     | 2024-07-01 | 2024-08-31 | 19
    """
        },
        COLUMNS,
    ) == drawn("""
        first_day  | next_day   | reason | after
        2024-01-01 | 2024-07-01 |        |
        2024-07-01 | 2024-09-01 | 19     |
    """)


def test_a_pause_that_is_taken_up_the_very_next_day_ends_there() -> None:
    """The next start is on the first day after the pause: not later, and not never."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden
        1     | 2024-01-01 | 2024-02-29 | 20
        1     | 2024-03-01 | 2024-03-31 | 19
        1     | 2024-07-01 | 2024-08-31 | 19
    """
        },
        COLUMNS,
    ) == drawn("""
        first_day  | next_day   | reason | after
        2024-01-01 | 2024-03-01 |        |
        2024-03-01 | 2024-04-01 | 19     |
        2024-07-01 | 2024-09-01 | 19     |
    """)


def test_a_definitive_stop_takes_the_place_of_the_pause() -> None:
    """A pause that ends in a stop has two rows of the same delivery; the second says when it was over."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden
        1     | 2024-01-01 | 2024-02-29 | 20
        1     | 2024-01-01 | 2024-04-30 | 31
    """
        },
        COLUMNS,
    ) == drawn("""
        first_day  | next_day   | reason | after
        2024-01-01 | 2024-05-01 | 31     | verhuisd
    """)


def test_a_pause_lasts_no_longer_than_the_allocation() -> None:
    """Nothing follows the pause: the delivery ends with what was granted, for no known reason."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden | uiterste_einddatum
        1     | 2024-01-01 | 2024-02-29 | 20    | 2024-12-31
    """
        },
        COLUMNS,
    ) == drawn("""
        first_day  | next_day   | reason | after
        2024-01-01 | 2025-01-01 |        |
    """)


def test_a_pause_without_an_end_goes_on() -> None:
    """Nothing follows and the allocation is open: so is the delivery."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden
        1     | 2024-01-01 | 2024-02-29 | 20
    """
        },
        "first_day | next_day | closed",
    ) == drawn("""
        first_day  | next_day | closed
        2024-01-01 |          | False
    """)


def test_a_start_of_another_allocation_ends_the_pause_too() -> None:
    """The person is back, be it with another provider."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden | uiterste_einddatum
        1     | 2024-01-01 | 2024-02-29 | 20    | 2024-12-31
        2     | 2024-06-01 |            |       |
    """
        },
        COLUMNS,
    ) == drawn("""
        first_day  | next_day   | reason | after
        2024-01-01 | 2024-06-01 |        |
        2024-06-01 |            |        |
    """)


def test_a_pause_is_of_one_person() -> None:
    """Somebody else's start does not end it."""
    assert spells_from(
        {
            "dagbesteding": """
        persoon | groep | begindatum | einddatum  | reden | uiterste_einddatum
        1       | 1     | 2024-01-01 | 2024-02-29 | 20    | 2024-12-31
        2       | 1     | 2024-06-01 | 2024-06-30 | 19    |
    """
        },
        "person | first_day | next_day",
    ) == drawn("""
        person | first_day  | next_day
        1      | 2024-01-01 | 2025-01-01
        2      | 2024-06-01 | 2024-07-01
    """)


def test_a_pause_is_never_shorter_than_what_was_delivered() -> None:
    """An allocation that ended before the delivery contradicts itself; what was delivered counts."""
    assert spells_from(
        {
            "dagbesteding": """
        groep | begindatum | einddatum  | reden | uiterste_einddatum
        1     | 2024-12-12 | 2025-01-10 | 20    | 2024-12-05
    """
        },
        "first_day | next_day",
    ) == drawn("""
        first_day  | next_day
        2024-12-12 | 2025-01-11
    """)
