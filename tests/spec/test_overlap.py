"""Overlap: of everything that is open on a day, the first position in the chain's file counts."""

from drawn import drawn, timeline_of


def test_an_overlap_belongs_to_the_position_furthest_along() -> None:
    """Someone in dagbesteding who starts a Startbaan counts there from its first day."""
    assert timeline_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        startbaan    | 2024-03-01 | 2024-05-31
    """) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-03-01
        startbaan    | 2024-03-01 | 2024-06-01
    """)


def test_what_stays_open_underneath_comes_back() -> None:
    """A Startbaan within a dagbesteding interrupts the dagbesteding, and does not end it."""
    assert timeline_of("""
        register     | begindatum | einddatum
        startbaan    | 2024-03-01 | 2024-04-30
        dagbesteding | 2024-01-01 | 2024-06-30
    """) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-03-01
        startbaan    | 2024-03-01 | 2024-05-01
        dagbesteding | 2024-05-01 | 2024-07-01
    """)


def test_every_position_has_its_place() -> None:
    """Startbaan goes before Sociale Coöperatie, that before dagbesteding, that before bijstand."""
    assert timeline_of("""
        register           | begindatum | einddatum
        bijstand           | 2024-01-01 | 2024-07-31
        dagbesteding       | 2024-02-01 | 2024-06-30
        sociale_cooperatie | 2024-03-01 | 2024-05-31
        startbaan          | 2024-04-01 | 2024-04-30
    """) == drawn("""
        position           | first_day  | next_day
        bijstand           | 2024-01-01 | 2024-02-01
        dagbesteding       | 2024-02-01 | 2024-03-01
        sociale_cooperatie | 2024-03-01 | 2024-04-01
        startbaan          | 2024-04-01 | 2024-05-01
        sociale_cooperatie | 2024-05-01 | 2024-06-01
        dagbesteding       | 2024-06-01 | 2024-07-01
        bijstand           | 2024-07-01 | 2024-08-01
    """)


def test_rows_of_one_register_that_overlap_are_one_stay() -> None:
    """Two deliveries of dagbesteding at once, and one delivered twice, are one time in dagbesteding."""
    assert timeline_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-31
        dagbesteding | 2024-02-01 | 2024-05-31
        dagbesteding | 2024-02-01 | 2024-05-31
        dagbesteding | 2024-03-01 | 2024-03-31
    """) == drawn("""
        position     | first_day  | next_day
        dagbesteding | 2024-01-01 | 2024-06-01
    """)
