"""The attacker of tests/benchmarks/attack.py: it finds what leaks, and releases leave it nothing."""

import math
from pathlib import Path

import pytest

from benchmarks import attack
from benchmarks.attack import Range, System
from conftest import Run


def test_a_released_count_leaves_what_its_base_promises() -> None:
    """A 5 is 1 to 9, a 0 is 0 to 4: nothing is found."""
    system = System()
    five, nothing = system.released(("five",), 5, 5), system.released(("nothing",), 0, 5)
    system.cut()
    assert (system.left(five), system.left(nothing), system.found()) == (9, 5, [])


def test_a_count_that_is_drawn_twice_is_found() -> None:
    """The same people stand in two places, once rounded up and once down: 6 to 9."""
    system = System()
    both = system.released(("persons",), 10, 5)
    system.released(("persons",), 5, 5)
    assert (system.low[both], system.high[both]) == (6, 9)
    assert system.found() == [both]


def test_households_that_are_drawn_apart_from_persons_are_found() -> None:
    """Households are at most persons: 10 of them beside 5 persons leaves 6 to 9 of both."""
    system = System()
    at = {name: system.released((name,), value, 5) for name, value in (("x", 5), ("x_h", 10), ("n", 60), ("n_h", 60))}
    attack.tie_group(system, at)
    system.cut()
    assert {at["x"], at["x_h"]} <= set(system.found())


def test_a_draw_that_parts_share_with_their_sum_is_found() -> None:
    """65 first stays and 5 returns cannot be 65 stays together unless the draw is 1 or more: then a 0 is 0 to 3."""
    system = System()
    named = {"first": 65, "again": 5, "all": 65, "small": 0}
    at = {name: system.released((name,), value, 5) for name, value in named.items()}
    for name, value in named.items():
        system.one_draw(("position",), at[name], value, 5)
    system.hold([(at["first"], 1), (at["again"], 1), (at["all"], -1)], -math.inf, 0)
    system.cut()
    system.solve(10)
    assert (system.low[at["small"]], system.high[at["small"]]) == (0, 3)
    assert at["small"] in system.found()


@pytest.mark.parametrize(("count", "high"), [(0, 0.04), (3, 0.09)])
def test_a_range_of_the_true_count_is_turned_back(count: int, high: float) -> None:
    """The first version rounded exact limits outward; its upper limit says who of 0 to 4 it was."""
    behind = attack.tried(Range("weerslag", 0, 115, None, 5, 0.0, high))
    assert count in behind
    assert len(behind) < 5


def test_equal_released_numbers_with_two_ranges_are_seen(tmp_path: Path) -> None:
    """A range that is no function of what was released says more than that."""
    head = "maat;plek;uitkomst;maanden;aantal van wie;aantal;zo lang gevolgd;afgerond op;ondergrens;bovengrens"
    rows = ["weerslag;;vooruit;12;10;80;;5;0,05;0,25", "weerslag;;terug;12;10;80;;5;0,06;0,25"]
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "estimate.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    assert attack.not_from_released([attack.Release(tmp_path, "maandrapportage", "2026-01")]) == (1, 1)


def publish(town: Path, month: str, n: int) -> None:
    """Publish 5 steps back of September 2025, and how many there were since the beginning."""
    folder = town / "reports" / "releases" / f"maandrapportage-{month}-abc" / "downloads"
    folder.mkdir(parents=True)
    steps = (
        "soort telling;indeling;groep (code);maand;van plek;naar plek;stappen;afgerond op;hoogstens afgeweken;voorlopig"
    )
    shares = (
        "maat;wie telt mee;gat in dagen;groep;plek;uitkomst;maanden;aantal van wie;aantal;zo lang gevolgd;afgerond op"
    )
    rows = [f"aansluitend;stap_terug;30;;;{days};0;{x};{n};;5" for days, x in (("0", n - 5), ("1+", 5))]
    of_month = "step_month;;;2025-09-01;terug;totaal;5;5;4;nee"
    (folder / "released_steps.csv").write_text(f"{steps}\n{of_month}\n", encoding="utf-8")
    (folder / "estimate.csv").write_text("\n".join([shares, *rows]), encoding="utf-8")


@pytest.mark.parametrize(("later_n", "left"), [(115, (1, 4)), (120, (1, 9)), (125, (6, 9))])
def test_totals_that_grow_are_a_second_draw_of_a_month(tmp_path: Path, later_n: int, left: tuple[int, int]) -> None:
    """115 steps back by August and 115 by September: no more than 4 in September, where a 5 leaves 1 to 9."""
    publish(tmp_path, "2025-12", 115)
    publish(tmp_path, "2026-01", later_n)
    system = System()
    (at,) = attack.running_totals(system, attack.releases(tmp_path))
    system.cut()
    system.solve(1, {at})
    assert (system.low[at], system.high[at]) == left
    assert (at in system.found()) == (left != (1, 9))


def test_two_months_of_a_town_leave_nothing(later: Run) -> None:
    """Nobody of 1 to 9 is found in fewer values than promised; no range says more than its released numbers."""
    outcome = attack.attack(later.workspace.home.parent, solve=6)
    assert outcome.lines
    assert [line for line in outcome.lines if line[2]] == [], outcome.remarks
