"""Several positions in one register: a column of the register says which."""

from drawn import drawn, steps_of, timeline_of
from participatieketen.chain import Chain, Open, Position


def _position(code: str, rank: int) -> Position:
    return Position(code, code.title(), rank, open=(Open("loopbaan", "activiteit", (code,)),))


YOUTH = Chain(
    name="jongeren",
    title="Van school naar werk",
    positions=(
        _position("werk", 2),
        _position("training", 1),
        _position("school", 1),
        _position("zonder", 0),
        Position("onbekend", "Onbekend"),
        Position("nog_niet", "Nog niet"),
    ),
    otherwise="onbekend",
    out_of_sight="onbekend",
    not_yet="nog_niet",
)


def test_a_column_says_in_which_position_a_row_is() -> None:
    """One person, one activity at a time."""
    assert timeline_of(
        """
        register | activiteit | begindatum | einddatum
        loopbaan | school     | 2024-01-01 | 2024-03-31
        loopbaan | training   | 2024-04-01 | 2024-05-31
        loopbaan | werk       | 2024-06-01 | 2024-08-31
        """,
        chain=YOUTH,
    ) == drawn("""
        position | first_day  | next_day
        school   | 2024-01-01 | 2024-04-01
        training | 2024-04-01 | 2024-06-01
        werk     | 2024-06-01 | 2024-09-01
    """)


def test_a_gap_belongs_to_the_activity_before_it() -> None:
    """The register bridges the gap, so there is no absence: the step is on the day the next activity begins."""
    spells = """
        register | activiteit | begindatum | einddatum
        loopbaan | school     | 2024-01-01 | 2024-03-31
        loopbaan | werk       | 2024-04-21 | 2024-06-30
    """
    assert timeline_of(spells, chain=YOUTH) == drawn("""
        position | first_day  | next_day
        school   | 2024-01-01 | 2024-04-21
        werk     | 2024-04-21 | 2024-07-01
    """)
    assert steps_of(spells, chain=YOUTH) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | school      | in        | 0     | 0
        2024-04-21 | school        | werk        | vooruit   | 1     | 0
    """)


def test_of_activities_that_end_together_the_one_tried_first_bridges() -> None:
    """Training comes before school in the chain's file."""
    assert timeline_of(
        """
        register | activiteit | begindatum | einddatum
        loopbaan | school     | 2024-01-01 | 2024-03-31
        loopbaan | training   | 2024-03-01 | 2024-03-31
        loopbaan | zonder     | 2024-04-21 | 2024-06-30
        """,
        chain=YOUTH,
    ) == drawn("""
        position | first_day  | next_day
        school   | 2024-01-01 | 2024-03-01
        training | 2024-03-01 | 2024-04-21
        zonder   | 2024-04-21 | 2024-07-01
    """)


def test_the_row_that_reached_furthest_bridges() -> None:
    """Work ended first, so the gap after school is school's."""
    assert timeline_of(
        """
        register | activiteit | begindatum | einddatum
        loopbaan | school     | 2024-01-01 | 2024-03-31
        loopbaan | werk       | 2024-02-01 | 2024-02-29
        loopbaan | werk       | 2024-04-21 | 2024-06-30
        """,
        chain=YOUTH,
    ) == drawn("""
        position | first_day  | next_day
        school   | 2024-01-01 | 2024-02-01
        werk     | 2024-02-01 | 2024-03-01
        school   | 2024-03-01 | 2024-04-21
        werk     | 2024-04-21 | 2024-07-01
    """)


def test_a_longer_gap_is_outside() -> None:
    """After 31 days with nothing the person was gone."""
    assert steps_of(
        """
        register | activiteit | begindatum | einddatum
        loopbaan | school     | 2024-01-01 | 2024-03-31
        loopbaan | werk       | 2024-05-02 | 2024-06-30
        """,
        "day | from_position | to_position | direction",
        chain=YOUTH,
    ) == drawn("""
        day        | from_position | to_position | direction
        2024-01-01 | nog_niet      | school      | in
        2024-04-01 | school        | onbekend    | uit
        2024-05-02 | onbekend      | werk        | in
    """)
