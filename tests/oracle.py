"""The slow, obvious twin of timelines and moves: plain Python, day by day and person by person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import polars as pl

from participatieketen.chain import Chain

Day = tuple[str, bool]  # position, in_bijstand
History = dict[date, Day]
Row = tuple[object, ...]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spell:
    """A row as it is known on the peildatum: open from `first_day` up to, not including, `end`."""

    register: str
    position: str
    first_day: date
    end: date
    after: str | None


def timeline(spells: pl.DataFrame, chain: Chain, peildatum: date) -> list[Row]:
    """Return person, stay, position, in_bijstand, first_day, next_day, closed, as `timelines.timeline` does."""
    return [
        (person, number, position, income, days[0], days[-1] + _ONE_DAY, days[-1] < peildatum)
        for person, history in histories(spells, chain, peildatum).items()
        for number, ((position, income), days) in enumerate(_runs(history), start=1)
    ]


def steps(spells: pl.DataFrame, chain: Chain, peildatum: date) -> list[Row]:
    """Return person, day, from, to, direction, steps, bridged_days, as `moves.steps` does."""
    return [
        (person, *step)
        for person, history in histories(spells, chain, peildatum).items()
        for step in _steps(history, chain)
    ]


def stock_flow(spells: pl.DataFrame, chain: Chain, peildatum: date, groups: dict[int, str] | None = None) -> list[Row]:
    """Return month, from, to, group, persons, as `moves.stock_flow` does, with the codes in the order of the chain."""
    known = histories(spells, chain, peildatum)
    counts: Counter[tuple[date, str, str, str]] = Counter()
    for month, following in months(known, chain, peildatum):
        for person, history in known.items():
            start, end = (position_on(history, day, chain) for day in (month, following))
            if start in chain.ranks or end in chain.ranks:
                counts[month, start, end, groups[person] if groups else "totaal"] += 1
    order = chain.codes.index
    return sorted(
        ((*key, persons) for key, persons in counts.items()),
        key=lambda row: (row[0], order(row[1]), order(row[2]), row[3]),
    )


def months(known: dict[int, History], chain: Chain, peildatum: date) -> Iterator[tuple[date, date]]:
    """Yield the first days of each whole observed month and of the one after it."""
    if not known:
        return
    month = chain.observed_from or min(min(history) for history in known.values()).replace(day=1)
    while month.day > 1:
        month += _ONE_DAY
    while (following := (month + timedelta(days=31)).replace(day=1)) <= peildatum:
        yield month, following
        month = following


def position_on(history: History, day: date, chain: Chain) -> str:
    """Return where someone was on a day that is not after the peildatum."""
    return history[day][0] if day in history else chain.not_yet


def histories(spells: pl.DataFrame, chain: Chain, peildatum: date) -> dict[int, History]:
    """Return what is observed of each person: the position and the income of every day, in order."""
    rows: dict[int, list[Spell]] = {}
    known: dict[int, set[tuple[date, str]]] = {}
    for row in spells.sort("person").iter_rows(named=True):
        if row["first_day"] <= peildatum:
            ends = row["next_day"] is not None and row["next_day"] <= peildatum
            spell = Spell(
                register=row["register"],
                position=row["position"],
                first_day=row["first_day"],
                end=row["next_day"] if ends else peildatum + _ONE_DAY,
                after=row["after"] if ends else None,
            )
            rows.setdefault(row["person"], []).append(spell)
            if row.get("known") is not None:
                known.setdefault(row["person"], set()).add((row["known_from"], row["known"]))
    return {
        person: days
        for person, own in rows.items()
        if (days := _history(own, known.get(person, set()), chain, peildatum))
    }


def _history(spells: list[Spell], known: set[tuple[date, str]], chain: Chain, peildatum: date) -> History:
    first, horizon = min(spell.first_day for spell in spells), peildatum + _ONE_DAY
    exits = [(day, code) for day, code in known if day > first]
    causes = {register: [spell for spell in spells if spell.register == register] for register in chain.sources}
    open_on: dict[str, dict[date, set[str]]] = {}
    for register in chain.sources:
        own = [spell for spell in spells if spell.register == register]
        open_on[register], left = _register(own, chain, _days(first, horizon))
        exits += [(day, _uncaused(register, code, day, causes, chain)) for day, code in left]
    history = {}
    for day in _days(first, horizon):
        held = set().union(*(days[day] for days in open_on.values()))
        place = next((code for code in chain.codes if code in held), None) or _outside(exits, day, chain)
        history[day] = (place, chain.income is not None and bool(open_on[chain.income][day]))
    return {day: place for day, place in history.items() if not chain.observed_from or day >= chain.observed_from}


def _register(
    spells: list[Spell], chain: Chain, days: list[date]
) -> tuple[dict[date, set[str]], list[tuple[date, str]]]:
    """Return the positions that one register holds open on each day, and the named exits from it."""
    held = {day: {spell.position for spell in spells if spell.first_day <= day < spell.end} for day in days}
    exits = []
    for day in days[1:]:
        if held[day] or not held[day - _ONE_DAY]:
            continue
        last = min((spell for spell in spells if spell.end == day), key=lambda spell: _tried(spell, chain))
        again = next((later for later in days if later > day and held[later]), None)
        if again and (again - day).days <= chain.gap_days:
            for missing in _days(day, again):
                held[missing] = {last.position}
        elif last.after is not None:
            exits.append((day, last.after))
    return held, exits


def _uncaused(register: str, code: str, day: date, spells: dict[str, list[Spell]], chain: Chain) -> str:
    """Return where an exit leads: to `otherwise` when what caused it is open on the day, or begins within gap_days."""
    for position in chain.positions:
        for rule in position.ended:
            if (rule.register, position.code) == (register, code) and rule.unless_open:
                soon = day + timedelta(days=chain.gap_days)
                if any(spell.first_day <= soon and spell.end > day for spell in spells[rule.unless_open]):
                    return chain.otherwise
    return code


def _tried(spell: Spell, chain: Chain) -> tuple[int, int]:
    """Return the order among spells that reach equally far: position, then exit, both as the chain tries them."""
    nowhere = len(chain.codes)
    return chain.codes.index(spell.position), nowhere if spell.after is None else chain.codes.index(spell.after)


def _outside(exits: list[tuple[date, str]], day: date, chain: Chain) -> str:
    """Return where someone is on a day when nothing is open."""
    past = [(left, code) for left, code in exits if left <= day]
    if not past:
        return chain.otherwise
    latest = max(left for left, _ in past)
    code = min((code for left, code in past if left == latest), key=chain.codes.index)
    if code in chain.ranks and (day - latest).days >= chain.follow_up_days:
        return chain.out_of_sight
    return code


def _steps(history: History, chain: Chain) -> Iterator[Row]:
    """Yield the changes of position, with short absences taken out of the days first."""
    blocks = [list(days) for _, days in groupby(history, key=lambda day: history[day][0] in chain.ranks)]
    position = None if next(iter(history)) == chain.observed_from else chain.not_yet
    bridged = 0
    for number, block in enumerate(blocks):
        between = 0 < number < len(blocks) - 1
        if between and history[block[0]][0] not in chain.ranks and len(block) <= chain.gap_days:
            bridged = len(block)
            continue
        for day in block:
            before, position = position, history[day][0]
            if before is not None and before != position and (before in chain.ranks or position in chain.ranks):
                yield (day, before, position, *_direction(before, position, chain), bridged)
            bridged = 0


def _direction(before: str, position: str, chain: Chain) -> tuple[str, int]:
    if before not in chain.ranks:
        return "in", 0
    if position not in chain.ranks:
        return "uit", 0
    difference = chain.ranks[position] - chain.ranks[before]
    return "vooruit" if difference > 0 else "terug" if difference < 0 else "opzij", difference


def _runs(history: History) -> Iterator[tuple[Day, list[date]]]:
    """Yield what stayed the same, and on which days."""
    for place, days in groupby(history, key=history.__getitem__):
        yield place, list(days)


def _days(first: date, horizon: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((horizon - first).days)]
