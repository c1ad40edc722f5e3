"""Totals since the beginning, beside the tables of the months in which they grew: together they tell no more.

Every true history within some limits and every draw goes the way of a release. Histories of which the same is released
are put together; of each count of a table at least as many values are left as its base.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from participatieketen.disclosure.growth import Growth
from participatieketen.disclosure.systems import Counts

BASE = 5
MOST = 19
"""No count of a table is larger; of one that is nearly so, too few values are tried."""

Numbers = tuple[int, ...]
History = tuple[Numbers, Numbers]
"""By month the count of a table, and how many join the total."""

Beside = Callable[[Numbers], Growth]


def running(values: Iterable[int]) -> Counts:
    """Return sums from 0 on."""
    return np.array([0, *accumulate(values)], dtype=np.int64)


def of_some(values: Numbers) -> Growth:
    """Return how much a total grows that is of some of the people in the table: first steps back, among all."""
    return Growth(running(value + BASE - 1 for value in values), running(0 for _ in values))


def of_more(values: Numbers) -> Growth:
    """Return how much a total grows that has the people in the table and others: stays, beside flows."""
    return Growth(None, running(max(0, value - BASE + 1) for value in values))


def alone(values: Numbers) -> Growth:
    """Return how much a total grows that is drawn by itself, as it was."""
    return Growth(None, running(0 for _ in values))


@cache
def totals(beside: Beside, values: Numbers, aims: Numbers) -> Numbers:
    """Return the released totals by month."""
    growth, until = beside(values), [0]
    for aim in aims:
        until.append(growth.total(until, aim, BASE))
    return tuple(until[1:])


def multiples(count: int) -> Numbers:
    """Return the values that a count can be released as."""
    return tuple(sorted({count // BASE * BASE, -(-count // BASE) * BASE}))


def drawn(joined: Iterable[int], u: int) -> Numbers:
    """Return what totals are rounded to with one draw of 0 to 4."""
    return tuple((total + BASE - 1 - u) // BASE * BASE for total in accumulate(joined))


def narrowed(histories: Iterable[History], beside: Beside) -> list[tuple[Numbers, Numbers]]:
    """Return what is released that leaves some count of a table fewer values than its base."""
    behind: dict[tuple[Numbers, Numbers], list[set[int]]] = defaultdict(lambda: [set(), set()])
    for counts, joined in histories:
        for aims in {drawn(joined, u) for u in range(BASE)}:
            for values in product(*map(multiples, counts)):
                for month, count in enumerate(counts):
                    behind[values, totals(beside, values, aims)][month].add(count)
    tried = {seen: counts for seen, counts in behind.items() if max(map(max, counts)) < MOST - BASE}
    assert len(tried) > BASE
    return [seen for seen, counts in tried.items() if any(len(of) < BASE and max(of) for of in counts)]


def some_of_a_table() -> Iterator[History]:
    """Yield two months of a table, of which some join the total."""
    months = [(count, part) for count in range(MOST + 1) for part in range(count + 1)]
    for (first, one), (second, two) in product(months, repeat=2):
        yield (first, second), (one, two)


def more_than_a_table() -> Iterator[History]:
    """Yield a flow of the first month: who stands there on the first of the next one came by then, or on that day."""
    for one, two in product(range(MOST + 1), repeat=2):
        for flow in range(min(one + two, MOST) + 1):
            yield (flow, 0), (one, two)


def test_a_total_of_some_of_the_people_of_a_table_tells_no_more() -> None:
    """Of neither month, whatever both show."""
    assert narrowed(some_of_a_table(), of_some) == []


def test_a_total_that_holds_the_people_of_a_table_tells_no_more() -> None:
    """Flows to a position are at most the stays that began there."""
    assert narrowed(more_than_a_table(), of_more) == []


def test_a_total_that_is_drawn_by_itself_is_found() -> None:
    """The negative control: the same histories, with totals as they were before."""
    assert narrowed(some_of_a_table(), alone)
    assert narrowed(more_than_a_table(), alone)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30),
    st.integers(0, BASE - 1),
    st.data(),
)
def test_a_total_never_falls_and_never_grows_by_more_than_its_tables_hold(
    months: list[tuple[int, int]], u: int, data: st.DataObject
) -> None:
    """In all months together, not only in each."""
    values = tuple(data.draw(st.sampled_from(multiples(max(month)))) for month in months)
    until = [0, *totals(of_some, values, drawn(map(min, months), u))]
    assert until == sorted(until)
    assert all(total % BASE == 0 for total in until)
    most = running(value + BASE - 1 for value in values)
    for last in range(len(until)):
        assert all(until[last] - until[first] <= most[last] - most[first] for first in range(last))
