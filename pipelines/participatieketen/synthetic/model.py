"""The stated multi-state model of the fictional town: town.toml as frozen arrays.

Two axes make one state: income (bijstand or not) and activity. Rates are per person per year, per group of
persons (fast leavers, long stayers), times a factor by time on a clock. All numbers stand in town.toml.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DAYS_PER_YEAR: Final = 365.25
EPOCH: Final = date(1970, 1, 1)

STATES: Final = (
    "bijstand",
    "bijstand+dagbesteding",
    "dagbesteding",
    "bijstand+cooperatie",
    "bijstand+startbaan",
    "startbaan",
    "werk",
    "elders",
    "verhuisd",
    "overleden",
    "aow",
)
(
    BIJSTAND,
    BIJSTAND_DAGBESTEDING,
    DAGBESTEDING,
    BIJSTAND_COOPERATIE,
    BIJSTAND_STARTBAAN,
    STARTBAAN,
    WERK,
    ELDERS,
    VERHUISD,
    OVERLEDEN,
    AOW,
) = range(len(STATES))

WITH_BIJSTAND: Final = (BIJSTAND, BIJSTAND_DAGBESTEDING, BIJSTAND_COOPERATIE, BIJSTAND_STARTBAAN)
WITH_DAGBESTEDING: Final = (BIJSTAND_DAGBESTEDING, DAGBESTEDING)
WITH_STARTBAAN: Final = (BIJSTAND_STARTBAAN, STARTBAAN)
IN_CHAIN: Final = (*WITH_BIJSTAND, DAGBESTEDING, STARTBAAN)
FINAL: Final = (VERHUISD, OVERLEDEN, AOW)

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
Flags = NDArray[np.bool_]


def day(moment: date) -> int:
    """Days since 1970-01-01."""
    return (moment - EPOCH).days


def years(number: float) -> int:
    """Days in this number of years, rounded."""
    return round(number * DAYS_PER_YEAR)


@dataclass(frozen=True)
class Transition:
    """One arrow of the model; `rate` holds fast leavers and long stayers, `breaks` are days on its clock."""

    source: int
    target: int
    rate: tuple[float, float]
    clock: str
    breaks: tuple[int, ...]
    factors: tuple[float, ...]
    forward: bool
    since: int
    after: int


@dataclass(frozen=True)
class Model:
    """All arrows and the numbers around them; `numbers` is town.toml as it was read."""

    transitions: tuple[Transition, ...]
    numbers: Mapping[str, Any]

    def leaving(self, state: int) -> tuple[Transition, ...]:
        """Arrows that start in this state."""
        return tuple(arrow for arrow in self.transitions if arrow.source == state)

    def breaks(self, clock: str) -> Days:
        """Days on a clock at which some rate changes, in order."""
        found = {mark for arrow in self.transitions if arrow.clock == clock for mark in arrow.breaks}
        if clock == "bijstand":
            found |= {arrow.after for arrow in self.transitions}
        return np.array(sorted(found - {0}), dtype=np.int64)

    def calendar(self) -> Days:
        """Days on which a programme starts, in order."""
        return np.array(
            sorted(day(programme["since"]) for programme in self.numbers["programme"].values()), dtype=np.int64
        )


def read_model(path: Path | None = None) -> Model:
    """Return the model of town.toml."""
    numbers = tomllib.loads((path or Path(__file__).with_name("town.toml")).read_text(encoding="utf-8"))
    arrows = (arrow for row in numbers["transition"] for arrow in _arrows(row, numbers))
    return Model(tuple(arrows), numbers)


def _arrows(row: dict[str, Any], numbers: Mapping[str, Any]) -> list[Transition]:
    """One row of the TOML as arrows: a Startbaan with and without bijstand are two states, one row."""
    ending = numbers["programme"]["startbaan"]["ends_bijstand"]
    if row["from"] == "startbaan":
        return [_arrow(row | {"from": name}, numbers, 1.0) for name in ("startbaan", "bijstand+startbaan")]
    if row["to"] == "startbaan":
        return [
            _arrow(row, numbers, ending),
            _arrow(row | {"to": "bijstand+startbaan"}, numbers, 1.0 - ending),
        ]
    return [_arrow(row, numbers, 1.0)]


def _arrow(row: dict[str, Any], numbers: Mapping[str, Any], share: float) -> Transition:
    profile = numbers["profile"][row["profile"]]
    programme = numbers["programme"].get(row.get("programme", ""), {})
    return Transition(
        source=STATES.index(row["from"]),
        target=STATES.index(row["to"]),
        rate=(row["fast"] * share, row["long"] * share),
        clock=profile["clock"],
        breaks=tuple(years(mark) for mark in profile["from_years"]),
        factors=tuple(profile["factor"]),
        forward=row.get("direction") == "forward",
        since=day(programme["since"]) if programme else -(10**6),
        after=years(programme.get("after_years_in_bijstand", 0.0)),
    )
