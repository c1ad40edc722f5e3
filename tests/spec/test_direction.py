"""Direction: the sign of the difference in rank; from and to outside the chain are in and uit."""

from dataclasses import replace

from drawn import PARTICIPATIE, drawn, steps_of

COLUMNS = "day | from_position | to_position | direction | steps"


def test_forward_is_up_in_rank_and_back_is_down() -> None:
    """The number of steps is the difference in rank, below zero when it goes back."""
    assert steps_of(
        """
        register           | begindatum | einddatum  | reden
        bijstand           | 2024-01-01 | 2024-06-30 | 32
        sociale_cooperatie | 2024-02-01 | 2024-03-31 |
        dagbesteding       | 2024-03-01 | 2024-04-30 |
        """,
        COLUMNS,
        peildatum="2024-12-31",
    ) == drawn("""
        day        | from_position      | to_position        | direction | steps
        2024-01-01 | nog_niet           | bijstand           | in        | 0
        2024-02-01 | bijstand           | sociale_cooperatie | vooruit   | 2
        2024-04-01 | sociale_cooperatie | dagbesteding       | terug     | -1
        2024-05-01 | dagbesteding       | bijstand           | terug     | -1
        2024-07-01 | bijstand           | verhuisd           | uit       | 0
    """)


def test_aside_is_between_positions_of_one_rank() -> None:
    """A chain may hold two positions to be equally far."""
    level = tuple(
        replace(position, rank=1) if position.code == "sociale_cooperatie" else position
        for position in PARTICIPATIE.positions
    )
    assert steps_of(
        """
        register           | begindatum | einddatum
        dagbesteding       | 2024-01-01 | 2024-06-30
        sociale_cooperatie | 2024-03-01 | 2024-12-31
        """,
        COLUMNS,
        chain=replace(PARTICIPATIE, positions=level),
    ) == drawn("""
        day        | from_position | to_position        | direction | steps
        2024-01-01 | nog_niet      | dagbesteding       | in        | 0
        2024-03-01 | dagbesteding  | sociale_cooperatie | opzij     | 0
    """)
