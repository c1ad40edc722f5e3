"""Short absence: at most 30 days outside the chain between two positions are no exit but one step."""

from dataclasses import replace

from drawn import PARTICIPATIE, drawn, steps_of
from participatieketen.chain import Open, Position

TWO_REGISTERS = replace(
    PARTICIPATIE,
    positions=tuple(
        replace(position, open=(*position.open, Open("ioaw"))) if position.code == "bijstand" else position
        for position in PARTICIPATIE.positions
    ),
)

WITH_DETENTION = replace(
    PARTICIPATIE, positions=(Position("detentie", "Detentie", open=(Open("detentie"),)), *PARTICIPATIE.positions)
)


def test_an_absence_of_30_days_is_one_step() -> None:
    """From bijstand, by 30 days with nothing, into a Startbaan: a step on the day the Startbaan begins."""
    assert steps_of("""
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        startbaan | 2024-05-01 | 2024-06-30
    """) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-05-01 | bijstand      | startbaan   | vooruit   | 3     | 30
    """)


def test_an_absence_of_31_days_is_an_exit() -> None:
    """A day more, and the person left the chain and entered it again."""
    assert steps_of("""
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        startbaan | 2024-05-02 | 2024-06-30
    """) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-01 | bijstand      | overig      | uit       | 0     | 0
        2024-05-02 | overig        | startbaan   | in        | 0     | 0
    """)


def test_a_short_time_at_work_is_no_absence() -> None:
    """Work is in the chain, so ten days of it are a step forward and a step back."""
    assert steps_of("""
        register     | begindatum | einddatum  | reden
        bijstand     | 2024-01-01 | 2024-03-31 | 11
        dagbesteding | 2024-04-11 | 2024-06-30 |
    """) == drawn("""
        day        | from_position | to_position  | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand     | in        | 0     | 0
        2024-04-01 | bijstand      | werk         | vooruit   | 4     | 0
        2024-04-11 | werk          | dagbesteding | terug     | -3    | 0
    """)


def test_an_absence_up_to_the_peildatum_is_an_exit_so_far() -> None:
    """As long as nothing follows, someone is out."""
    assert steps_of(
        """
        register  | begindatum | einddatum
        startbaan | 2024-01-01 | 2024-06-20
        """,
        peildatum="2024-06-30",
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | startbaan   | in        | 0     | 0
        2024-06-21 | startbaan     | overig      | uit       | 0     | 0
    """)


def test_back_to_the_same_position_is_no_step() -> None:
    """Bijstand and another income on paper: two registers of one position, ten days apart, and nobody moved."""
    assert steps_of(
        """
        register | begindatum | einddatum
        bijstand | 2024-01-01 | 2024-03-31
        ioaw     | 2024-04-11 | 2024-06-30
        """,
        chain=TWO_REGISTERS,
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
    """)


def test_out_of_sight_for_a_short_time_is_no_exit() -> None:
    """Work went out of sight ten days before bijstand came back: one step back, on the day of the bijstand."""
    assert steps_of(
        """
        register | begindatum | einddatum  | reden
        bijstand | 2024-01-01 | 2024-03-31 | 11
        bijstand | 2024-07-20 | 2024-12-31 |
        """,
        chain=replace(PARTICIPATIE, follow_up_days=100),
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-01 | bijstand      | werk        | vooruit   | 4     | 0
        2024-07-20 | werk          | bijstand    | terug     | -4    | 10
    """)


def test_two_short_absences_are_two_steps() -> None:
    """Each says how many days nothing was open."""
    assert steps_of("""
        register     | begindatum | einddatum
        bijstand     | 2024-01-01 | 2024-03-31
        dagbesteding | 2024-04-06 | 2024-04-30
        startbaan    | 2024-05-11 | 2024-06-30
    """) == drawn("""
        day        | from_position | to_position  | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand     | in        | 0     | 0
        2024-04-06 | bijstand      | dagbesteding | vooruit   | 1     | 5
        2024-05-11 | dagbesteding  | startbaan    | vooruit   | 2     | 10
    """)


def test_an_absence_in_two_places_is_one_absence() -> None:
    """Ten days in a place outside the chain and ten days without anything are twenty days outside the chain."""
    assert steps_of(
        """
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        detentie  | 2024-04-01 | 2024-04-10
        startbaan | 2024-04-21 | 2024-06-30
        """,
        chain=WITH_DETENTION,
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-21 | bijstand      | startbaan   | vooruit   | 3     | 20
    """)


def test_an_absence_in_two_places_can_be_too_long() -> None:
    """Twenty days outside and twenty days without anything are an exit, though each is short."""
    assert steps_of(
        """
        register  | begindatum | einddatum
        bijstand  | 2024-01-01 | 2024-03-31
        detentie  | 2024-04-01 | 2024-04-20
        startbaan | 2024-05-11 | 2024-06-30
        """,
        chain=WITH_DETENTION,
    ) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | bijstand    | in        | 0     | 0
        2024-04-01 | bijstand      | detentie    | uit       | 0     | 0
        2024-05-11 | overig        | startbaan   | in        | 0     | 0
    """)
