"""People -> histories: competing exponential clocks, round by round, all persons at once.

In each round everybody who is still under way gets one draw. Rates are constant until the next break (a mark on a
clock, the start of a programme, the end of a contract, AOW age); who draws later than that moves on to the break and
draws again in the next round, which is exact because exponential clocks have no memory. Days are whole numbers.
"""

from dataclasses import dataclass, fields, replace
from typing import Final, Self

import numpy as np

from participatieketen.synthetic.model import (
    AOW,
    BIJSTAND,
    BIJSTAND_DAGBESTEDING,
    DAGBESTEDING,
    DAYS_PER_YEAR,
    FINAL,
    OVERLEDEN,
    WERK,
    WITH_BIJSTAND,
    WITH_STARTBAAN,
    Days,
    Flags,
    Floats,
    Model,
    Transition,
    day,
    years,
)

MOVE, EXTENSION, JOIN, LEAVE = range(4)
CONTRACT_DAYS: Final = 365
LONGEST_DRAW: Final = years(3)  # mortality follows age, so it is looked up again after at most this long
NEVER: Final = 10**7


@dataclass(frozen=True)
class People:
    """Applicants as they first come in, one per household; born and entry are days since 1970."""

    born: Days
    entry: Days
    long_stayer: Flags
    first_state: Days


@dataclass(frozen=True)
class Crowd:
    """Everybody still under way; arrays of one length."""

    person: Days
    now: Days
    state: Days
    benefit_since: Days
    stay_since: Days
    contract: Days
    in_lab: Flags
    born: Days
    long_stayer: Flags

    def pick(self, which: Flags | Days) -> Self:
        """Only these persons."""
        return replace(self, **{field.name: getattr(self, field.name)[which] for field in fields(self)})


@dataclass(frozen=True)
class Events:
    """What happened, ordered by person and day; source is -1 at the first entry."""

    person: Days
    day: Days
    source: Days
    target: Days
    kind: Days

    def pick(self, which: Flags | Days) -> Self:
        """Only these events."""
        return replace(self, **{field.name: getattr(self, field.name)[which] for field in fields(self)})


def draw_people(model: Model, number: int, end: int, rng: np.random.Generator) -> People:
    """Newcomers spread evenly over the burn-in years up to `end`."""
    groups = model.numbers["groups"]
    share = np.array(groups["share_of_entries"])
    group = rng.choice(len(share), size=number, p=share / share.sum())
    low, high = np.array(groups["age_from"])[group], np.array(groups["age_to"])[group]
    age = low + (high - low) * rng.random(number)
    entry = end - rng.integers(0, years(model.numbers["burn_in_years"]), size=number)
    alone = rng.random(number) < groups["dagbesteding_only"]
    return People(
        born=(entry - np.ceil(age * DAYS_PER_YEAR)).astype(np.int64),
        entry=entry.astype(np.int64),
        long_stayer=rng.random(number) < np.array(groups["share_long_stayers"])[group],
        first_state=np.where(alone, DAGBESTEDING, BIJSTAND).astype(np.int64),
    )


def simulate(model: Model, people: People, end: int, rng: np.random.Generator) -> Events:
    """Every event of every person up to and including day `end`."""
    crowd = _arrivals(people)
    log = [Events(crowd.person, crowd.now, np.full_like(crowd.now, -1), crowd.state, np.zeros_like(crowd.now))]
    while crowd.person.size:
        crowd, events = _one_round(model, crowd, end, rng)
        log.append(events)
    return _ordered(log)


def _arrivals(people: People) -> Crowd:
    number = people.entry.size
    return Crowd(
        person=np.arange(number, dtype=np.int64),
        now=people.entry,
        state=people.first_state,
        benefit_since=people.entry,
        stay_since=people.entry,
        contract=np.zeros(number, dtype=np.int64),
        in_lab=np.zeros(number, dtype=np.bool_),
        born=people.born,
        long_stayer=people.long_stayer,
    )


def _ordered(log: list[Events]) -> Events:
    joined = Events(*(np.concatenate([getattr(part, f.name) for part in log]) for f in fields(Events)))
    return joined.pick(np.lexsort((joined.day, joined.person)))


def _one_round(model: Model, crowd: Crowd, end: int, rng: np.random.Generator) -> tuple[Crowd, Events]:
    """One draw for everybody: who goes on, and what happened."""
    pension = crowd.born + years(model.numbers["aow_age"])
    contract_end = np.where(np.isin(crowd.state, WITH_STARTBAAN), crowd.stay_since + CONTRACT_DAYS, NEVER)
    horizon = np.minimum(_next_break(model, crowd), np.minimum(pension, contract_end))
    wait, target, kind = _draw(model, crowd, rng)
    moment = crowd.now + wait
    late = moment >= horizon
    moment = np.where(late, horizon, moment)
    target, kind = np.where(late, crowd.state, target), np.where(late, -1, kind)
    target, kind = _contract_outcome(model, crowd, (moment == contract_end) & late, (target, kind), rng)
    retired = (moment >= pension) & late
    target, kind = np.where(retired, AOW, target), np.where(retired, MOVE, kind)
    happened = (kind >= 0) & (moment <= end)
    events = Events(crowd.person, moment, crowd.state, target, kind).pick(happened)
    return _after(crowd, moment, target, kind).pick((moment < end) & ~np.isin(target, FINAL)), events


def _next_break(model: Model, crowd: Crowd) -> Days:
    """First day after now on which some rate changes for a person."""
    on_clocks = np.minimum(
        _next_mark(model.breaks("bijstand"), crowd.now, crowd.benefit_since),
        _next_mark(model.breaks("stay"), crowd.now, crowd.stay_since),
    )
    in_time = _next_mark(model.calendar(), crowd.now, np.zeros_like(crowd.now))
    return np.minimum(np.minimum(on_clocks, in_time), crowd.now + LONGEST_DRAW)


def _next_mark(marks: Days, now: Days, since: Days) -> Days:
    ahead = np.append(marks, NEVER)
    return np.asarray(since + ahead[np.searchsorted(marks, now - since, side="right")])


def _draw(model: Model, crowd: Crowd, rng: np.random.Generator) -> tuple[Days, Days, Days]:
    """Days to wait, where to and what kind, if the rates of now stay as they are."""
    wait = np.full(crowd.now.size, NEVER, dtype=np.int64)
    target, kind = crowd.state.copy(), np.zeros_like(crowd.state)
    for state in np.unique(crowd.state):
        here = np.flatnonzero(crowd.state == state)
        group = crowd.pick(here)
        rates, targets, kinds = _rates(model, int(state), group)
        cumulative = np.cumsum(rates, axis=1)
        total = cumulative[:, -1]
        days = np.floor(rng.standard_exponential(here.size) / total * DAYS_PER_YEAR) + 1
        chosen = (cumulative < (rng.random(here.size) * total)[:, None]).sum(axis=1)
        wait[here] = np.minimum(days, NEVER).astype(np.int64)
        target[here], kind[here] = targets[chosen], kinds[chosen]
    return wait, target, kind


def _rates(model: Model, state: int, crowd: Crowd) -> tuple[Floats, Days, Days]:
    """(persons x arrows) rates a year, where each arrow goes and its kind; the last two are the Innovatielab."""
    arrows = model.leaving(state)
    join, leave = _lab_rates(model, state, crowd)
    columns = [_rate(model, arrow, crowd) for arrow in arrows] + [join, leave, _mortality(model, crowd)]
    targets = [arrow.target for arrow in arrows] + [state, state, OVERLEDEN]
    kinds = [MOVE] * len(arrows) + [JOIN, LEAVE, MOVE]
    return np.column_stack(columns), np.array(targets, dtype=np.int64), np.array(kinds, dtype=np.int64)


def _rate(model: Model, arrow: Transition, crowd: Crowd) -> Floats:
    on_benefit = crowd.now - crowd.benefit_since
    elapsed = on_benefit if arrow.clock == "bijstand" else crowd.now - crowd.stay_since
    factor = np.array(arrow.factors)[np.searchsorted(np.array(arrow.breaks), elapsed, side="right") - 1]
    boost = np.where(crowd.in_lab & arrow.forward, model.numbers["programme"]["innovatielab"]["forward_factor"], 1.0)
    open_now = (crowd.now >= arrow.since) & (on_benefit >= arrow.after)
    return np.where(open_now, np.array(arrow.rate)[crowd.long_stayer.astype(np.int64)] * factor * boost, 0.0)


def _lab_rates(model: Model, state: int, crowd: Crowd) -> tuple[Floats, Floats]:
    lab = model.numbers["programme"]["innovatielab"]
    target_group = (crowd.now >= day(lab["since"])) & (
        crowd.now - crowd.benefit_since >= years(lab["after_years_in_bijstand"])
    )
    may_join = target_group & ~crowd.in_lab & (state in WITH_BIJSTAND)
    return np.where(may_join, lab["join_per_year"], 0.0), np.where(crowd.in_lab, lab["leave_per_year"], 0.0)


def _mortality(model: Model, crowd: Crowd) -> Floats:
    law = model.numbers["mortality"]
    age = (crowd.now - crowd.born) / DAYS_PER_YEAR
    return np.asarray(law["at_18"] * np.exp(law["growth_per_year_of_age"] * (age - 18.0)))


def _contract_outcome(
    model: Model, crowd: Crowd, ended: Flags, drawn: tuple[Days, Days], rng: np.random.Generator
) -> tuple[Days, Days]:
    """Where a Startbaan leads when its contract year is over; a second year is never extended."""
    target, kind = drawn
    shares = model.numbers["programme"]["startbaan"]["after_a_year"]
    ends = {"OVERNAME_WERKGEVER": WERK, "ANDERE_WERKGEVER": WERK, "TERUG_BIJSTAND": BIJSTAND}
    targets = np.array([-1, *ends.values(), BIJSTAND_DAGBESTEDING])
    weights = np.array([shares["VERLENGD"], *(shares[name] for name in ends), shares["DAGBESTEDING"]])
    first = rng.choice(targets, size=ended.size, p=weights / weights.sum())
    last = rng.choice(targets[1:], size=ended.size, p=weights[1:] / weights[1:].sum())
    outcome = np.where(crowd.contract > 1, last, first)
    kind = np.where(ended, np.where(outcome < 0, EXTENSION, MOVE), kind)
    return np.where(ended & (outcome >= 0), outcome, target), kind


def _after(crowd: Crowd, moment: Days, target: Days, kind: Days) -> Crowd:
    """Everybody at the end of the round, with their clocks."""
    moved = kind == MOVE
    renewed = moved | (kind == EXTENSION)
    entered = moved & np.isin(target, WITH_BIJSTAND) & ~np.isin(crowd.state, WITH_BIJSTAND)
    in_startbaan = np.isin(target, WITH_STARTBAAN)
    stays_in_lab = np.isin(target, (*WITH_BIJSTAND, *WITH_STARTBAAN))
    return replace(
        crowd,
        now=moment,
        state=target,
        benefit_since=np.where(entered, moment, crowd.benefit_since),
        stay_since=np.where(renewed, moment, crowd.stay_since),
        contract=np.where(in_startbaan, np.where(renewed, crowd.contract + 1, crowd.contract), 0),
        in_lab=((crowd.in_lab & (kind != LEAVE)) | (kind == JOIN)) & stays_in_lab,
    )
