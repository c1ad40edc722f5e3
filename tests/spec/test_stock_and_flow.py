"""Stock and flow: who was where on the first of a month, and on the first of the next.

Everyone is counted on the first of the month: example "aantallen" in the file of the chain (test_examples.py).
"""

from drawn import drawn, stock_flow_of

SPELLS = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2024-01-01 | 2024-02-14 | 11
    2       | bijstand     | 2023-12-20 | 2024-04-01 |
    2       | dagbesteding | 2024-02-01 | 2024-02-29 |
    3       | startbaan    | 2024-01-10 | 2024-01-20 |
    4       | dagbesteding | 2024-02-02 | 2024-03-31 | 31
"""


def test_the_last_flow_ends_on_or_before_the_peildatum() -> None:
    """On 31 March the first of April has not been seen."""
    known = [row["month"] for row in stock_flow_of(SPELLS, peildatum="2024-03-31")]
    assert max(known) == "2024-02-01"


def test_groups_add_up() -> None:
    """Each group has its own rows; together they are the total."""
    flow = stock_flow_of(
        SPELLS,
        "month | from_position | to_position | group | persons",
        peildatum="2024-02-01",
        groups={1: "lab", 2: "lab", 3: "elders", 4: "elders"},
    )
    assert flow == drawn("""
        month      | from_position | to_position  | group | persons
        2023-12-01 | nog_niet      | bijstand     | lab   | 2
        2024-01-01 | bijstand      | dagbesteding | lab   | 1
        2024-01-01 | bijstand      | bijstand     | lab   | 1
    """)


def test_the_first_flow_begins_when_the_registers_are_complete() -> None:
    """People who were there on 1 October 2021 make no flow in September."""
    assert stock_flow_of("""
        register | begindatum | einddatum
        bijstand | 2019-01-01 | 2021-12-31
    """) == drawn("""
        month      | from_position | to_position | persons
        2021-10-01 | bijstand      | bijstand    | 1
        2021-11-01 | bijstand      | bijstand    | 1
    """)


def test_a_change_of_income_is_no_flow() -> None:
    """Who stays in dagbesteding stays, with bijstand or without."""
    assert stock_flow_of("""
        register     | begindatum | einddatum
        dagbesteding | 2024-01-01 | 2024-03-01
        bijstand     | 2024-01-20 | 2024-02-20
    """) == drawn("""
        month      | from_position | to_position  | persons
        2023-12-01 | nog_niet      | dagbesteding | 1
        2024-01-01 | dagbesteding  | dagbesteding | 1
        2024-02-01 | dagbesteding  | dagbesteding | 1
    """)
