"""Generated chains and spells: few days, so that gaps, ties and touching spells are common."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Protocol, TypeVar

import polars as pl
from hypothesis import strategies as st

from drawn import SPELL
from participatieketen.chain import Chain, Ended, Open, Position, Register

T = TypeVar("T")

FIRST_DAY = date(2023, 12, 20)
CROWDS = 20
NOT_YET, ELSEWHERE, GONE = "nog_niet", "elders", "weg"
OUTSIDE = [Position(code, "") for code in (ELSEWHERE, GONE, NOT_YET)]

_OPEN_RULES = [(), ("amber",), ("blauw",), ("cyaan",), ("amber", "blauw"), ("blauw", "cyaan")]
_LENGTHS = [1, 2, 3, 5, 8, 13, 21, 34, None]


@dataclass(frozen=True)
class Case:
    """What a timeline is made from."""

    spells: pl.DataFrame
    chain: Chain
    peildatum: date


class Choose(Protocol):
    """Takes one of the options: Hypothesis (small examples that shrink) or a random number (large ones)."""

    def __call__(self, options: Sequence[T], /) -> T:
        """Return one of the options."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a case with three persons."""
    return _case(lambda options: draw(st.sampled_from(options)), 3)


def crowd(seed: int, persons: int) -> Case:
    """Return a case with many persons."""
    return _case(Random(seed).choice, persons)  # noqa: S311 - no secret


def _case(choose: Choose, persons: int) -> Case:
    chain = _chain(choose)
    codes = [code for code in chain.codes if code != NOT_YET]
    rows = [
        (person, *row, *known)
        for person in range(persons)
        for known in [choose([(None, None), (None, None), (_day(choose(range(90))), choose(codes))])]
        for row in _spells(choose, chain)
    ]
    schema = SPELL | {"known_from": pl.Date, "known": pl.String}
    return Case(pl.DataFrame(rows, schema=schema, orient="row"), chain, _day(choose(range(20, 111))))


def _chain(choose: Choose) -> Chain:
    """Return a chain: positions with and without rank, with and without an open rule, in any order."""
    kinds = [(choose([0, 1, 1, 2, None]), choose(_OPEN_RULES)) for _ in range(choose([1, 2, 3, 4]))]
    inside = [
        Position(f"p{number}", "", rank, open=tuple(map(Open, registers)))
        for number, (rank, registers) in enumerate([*kinds, (3, ("amber",))])
    ]
    held = [rule.register for position in inside for rule in position.open]
    observed = choose([None, None, 0, 10, 13, 40])
    places = [
        replace(place, ended=(Ended(choose(held), unless_open=choose([None, *held])),)) for place in [*inside, *OUTSIDE]
    ]
    return Chain(
        name="verzonnen",
        title="",
        positions=_shuffled(choose, places),
        otherwise=ELSEWHERE,
        out_of_sight=choose([ELSEWHERE, GONE]),
        not_yet=NOT_YET,
        gap_days=choose(range(7)),
        follow_up_days=choose([0, 1, 4, 9, 50]),
        income=choose([None, "amber"]),
        registers={} if observed is None else {"amber": Register(observed_from=_day(observed))},
    )


def _spells(choose: Choose, chain: Chain) -> list[tuple[object, ...]]:
    """Return the spells of a person: each begins around the day on which the one before ended."""
    pauses = [-9, -2, -1, 0, 0, 1, 2, chain.gap_days, chain.gap_days + 1, 15]
    afters = [None, None, *(code for code in chain.codes if code != NOT_YET)]
    rows: list[tuple[object, ...]] = []
    end = choose(range(31))
    for _ in range(choose([0, 1, 2, 4, 6, 8])):
        first, length = max(end + choose(pauses), 0), choose(_LENGTHS)
        end = first + (length or 1)
        rows.append((*choose(chain.tracks), _day(first), _day(end) if length else None, choose(afters)))
    return rows


def _shuffled(choose: Choose, positions: list[Position]) -> tuple[Position, ...]:
    left = list(positions)
    return tuple(left.pop(choose(range(len(left)))) for _ in positions)


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)
