"""Another chain: a TOML file with other positions and registers runs without a line of code."""

from pathlib import Path

from drawn import drawn, steps_of, stock_flow_of, timeline_of
from participatieketen import chain as chains

WONEN = """
name = "wonen"
title = "Van beschermd wonen naar thuis"
gap_days = 7
follow_up_days = 10
otherwise = "weg"
out_of_sight = "klaar"
not_yet = "nog_niet"

[[positions]]
code = "zelfstandig"
label = "Zelfstandig"
rank = 3
ended = [{ register = "begeleiding", reasons = ["doel"] }]

[[positions]]
code = "thuis"
label = "Beschermd thuis"
rank = 2
open = [{ register = "begeleiding", column = "vorm", values = ["thuis"] }]

[[positions]]
code = "wonen"
label = "Beschermd wonen"
rank = 1
open = [{ register = "begeleiding", column = "vorm", values = ["intern"] }, { register = "opvang" }]

[[positions]]
code = "weg"
label = "Weg"

[[positions]]
code = "klaar"
label = "Klaar"

[[positions]]
code = "nog_niet"
label = "Nog niet"
"""
SPELLS = """
    register    | vorm   | begindatum | einddatum  | reden
    opvang      |        | 2024-01-01 | 2024-01-31 |
    begeleiding | intern | 2024-02-01 | 2024-03-31 |
    begeleiding | thuis  | 2024-04-08 | 2024-04-30 | doel
"""


def test_another_chain_has_its_own_timeline(tmp_path: Path) -> None:
    """Two registers can lead to one position, one register to two; gaps and follow-up are the file's."""
    assert timeline_of(SPELLS, peildatum="2024-05-31", chain=_wonen(tmp_path)) == drawn("""
        position    | first_day  | next_day
        wonen       | 2024-01-01 | 2024-04-08
        thuis       | 2024-04-08 | 2024-05-01
        zelfstandig | 2024-05-01 | 2024-05-11
        klaar       | 2024-05-11 | 2024-06-01
    """)


def test_another_chain_has_its_own_steps(tmp_path: Path) -> None:
    """The ranks of the file sign the steps."""
    assert steps_of(SPELLS, peildatum="2024-05-31", chain=_wonen(tmp_path)) == drawn("""
        day        | from_position | to_position | direction | steps | bridged_days
        2024-01-01 | nog_niet      | wonen       | in        | 0     | 0
        2024-04-08 | wonen         | thuis       | vooruit   | 1     | 0
        2024-05-01 | thuis         | zelfstandig | vooruit   | 1     | 0
        2024-05-11 | zelfstandig   | klaar       | uit       | 0     | 0
    """)


def test_another_chain_has_its_own_flow(tmp_path: Path) -> None:
    """Stock and flow name the file's positions, in the file's order."""
    assert stock_flow_of(SPELLS, peildatum="2024-06-01", chain=_wonen(tmp_path)) == drawn("""
        month      | from_position | to_position | persons
        2024-01-01 | wonen         | wonen       | 1
        2024-02-01 | wonen         | wonen       | 1
        2024-03-01 | wonen         | wonen       | 1
        2024-04-01 | wonen         | zelfstandig | 1
        2024-05-01 | zelfstandig   | klaar       | 1
    """)


def _wonen(folder: Path) -> chains.Chain:
    path = folder / "wonen.toml"
    path.write_text(WONEN, encoding="utf-8")
    return chains.read(path)
