"""End of sight: after so many days of work nobody knows where someone is; that ends the following, it is no exit."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from drawn import PARTICIPATIE, spells_of
from participatieketen import estimates, moves, timelines
from participatieketen.chain import Chain
from participatieketen.estimates.measures import measures

TRUTH = Path(__file__).parents[1] / "truth"
LAST = date(2026, 1, 1)
SHORT = replace(PARTICIPATIE, follow_up_days=100)
WORKING = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2022-01-01 | 2022-06-30 | 11
    2       | bijstand     | 2022-01-01 | 2022-06-30 | 11
    2       | bijstand     | 2022-09-01 |            |
    3       | bijstand     | 2022-01-01 |            |
    3       | dagbesteding | 2022-07-01 |            |
"""


def followed(spells: pl.DataFrame, chain: Chain) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return timeline and step."""
    timeline = timelines.timeline(spells, chain, LAST)
    return timeline, moves.steps(timeline, chain)


def test_out_of_sight_is_not_below_the_former_position() -> None:
    """Nobody of the comparison did anything: as long as they are in sight all are where they were."""
    timeline, step = followed(pl.read_csv(TRUTH / "uit_beeld_spells.csv", try_parse_dates=True), PARTICIPATIE)
    found = estimates.recovery(step, timeline, PARTICIPATIE, LAST, (3, 6, 12))
    rows = found.filter(group="geen_stap_terug").select("months", "state", "probability", "n", "followed")
    assert rows.filter(state="op_niveau").rows() == [(k, "op_niveau", 1.0, 3, 3) for k in (3, 6, 12)]
    assert rows.filter(pl.col("state") != "op_niveau")["probability"].to_list() == [0.0] * 6


def test_who_came_in_and_is_out_of_sight_did_not_leave() -> None:
    """A year after they came in nobody is outside the chain: one works as far as is known, two are seen."""
    found = measures(*followed(spells_of(WORKING), SHORT), SHORT, LAST).filter(measure="bezetting", months=12)
    shares = dict(found.select("outcome", "share").iter_rows())
    assert shares["buiten"] == 0
    assert shares["werk"] == pytest.approx(1 / 3)
    assert found["n"].unique().to_list() == [3]


@pytest.mark.parametrize(
    ("months", "n", "lasted", "bounced"),
    [(3, 3, 2, 1), (6, 2, 1, 1)],
)
def test_a_step_is_followed_as_long_as_it_is_in_sight(months: int, n: int, lasted: int, bounced: int) -> None:
    """After 100 days person 1 is not followed: neither lasting nor gone; person 2 was back before that."""
    _, step = followed(spells_of(WORKING), SHORT)
    lasting = estimates.lasting_steps(step, SHORT, LAST, (months,))
    assert lasting.select("n", "lasted", "outside", "too_recent").rows() == [(n, lasted, 0, 3 - n)] * 2
    bounce = estimates.bounce(step, SHORT, LAST, months).filter(direction="vooruit")
    assert bounce.select("n", "bounced", "outside", "too_recent").row(0) == (n, bounced, 0, 3 - n)


def test_what_is_seen_later_does_not_bring_them_back() -> None:
    """Who is out of sight and comes back in bijstand after years is followed up to the end of sight only."""
    later = """
        persoon | register  | begindatum | einddatum  | reden
        1       | startbaan | 2022-01-01 | 2022-06-30 |
        1       | bijstand  | 2022-07-01 | 2022-09-30 | 11
        1       | bijstand  | 2023-05-01 |            |
    """
    timeline, step = followed(spells_of(later), SHORT)
    found = estimates.recovery(step, timeline, SHORT, LAST, (12,)).filter(group="stap_terug")
    assert dict(found.select("state", "probability").iter_rows()) == {"op_niveau": 1, "lager": 0, "buiten": 0}


def test_a_return_is_seen_whenever_it_comes() -> None:
    """The register of bijstand shows a return after the end of sight too."""
    later = WORKING.replace("2022-09-01", "2023-06-01")
    timeline, _ = followed(spells_of(later), SHORT)
    found = estimates.return_incidence(timeline, LAST, months=(12,))
    assert found["probability"].item() == pytest.approx(1 / 2)
