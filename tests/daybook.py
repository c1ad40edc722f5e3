"""The chain walked day by day from the delivery files, in plain Python: slow, and nothing of the package in it.

Written from the chain file, the contracts and the pages of definitions alone, without sight of how the package counts.
A day is a whole number (`date.toordinal`); an interval holds its first day and not its last (`[first, after)`).
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import openpyxl

GAP = 30
"""A gap of so many days in one register is no gap; so long may somebody be nowhere between two positions."""

IN_SIGHT = 730
OBSERVED_FROM = date(2021, 10, 1).toordinal()
PROVISIONAL = 3

RANKS = {"bijstand": 0, "dagbesteding": 1, "sociale_cooperatie": 2, "startbaan": 3, "werk": 4}
FIRST_RULES = ("overleden", "verhuisd", "aow", "werk", "overig")
"""Of two exits on one day the one that stands first here decides."""

COLUMNS = {
    "bijstand": ("aanvangsdatum", "einddatum", "reden_beeindiging", "%d-%m-%Y", "cp1252"),
    "startbaan": ("datum_start", "datum_einde", "vervolg", "%d-%m-%Y", "utf-8"),
    "sociale_cooperatie": ("datum_start", "datum_einde", "reden_einde", "%Y%m%d", "utf-8"),
    "dagbesteding": ("begindatum_levering", "einddatum_levering", "reden_beeindiging", "%Y-%m-%d", "utf-8"),
}


@dataclass(frozen=True)
class Row:
    """A row of a register: open on `[first, after)`, null while it runs; why it ended, and of which allocation."""

    first: int
    after: int | None
    why: str
    allocation: str = ""
    allowed_until: int | None = None


@dataclass(frozen=True)
class Stay:
    """A person on one position, or outside, on `[first, after)`."""

    position: str
    first: int
    after: int


@dataclass(frozen=True)
class Step:
    """A change of position on its day; `nowhere` days lay between."""

    day: int
    before: str
    position: str
    nowhere: int = 0

    @property
    def direction(self) -> str:
        """Which way the step goes: vooruit, terug, in, uit."""
        if self.before not in RANKS:
            return "in"
        if self.position not in RANKS:
            return "uit"
        return "vooruit" if RANKS[self.position] > RANKS[self.before] else "terug"


# --- reading ----------------------------------------------------------------------------------------------------------


def lines(path: Path, encoding: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the town."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day_of(text: str, form: str) -> int | None:
    """Return a day, or nothing where none is written."""
    if not text:
        return None
    numbers = (
        text if form == "%Y%m%d" else "".join(reversed(text.split("-"))) if form[1] == "d" else text.replace("-", "")
    )
    return date(int(numbers[:4]), int(numbers[4:6]), int(numbers[6:8])).toordinal()


def register_rows(folder: Path, register: str, month: str) -> dict[str, list[Row]]:
    """Return each person's rows of a register; a last day becomes the day after it."""
    begin, end, why, form, encoding = COLUMNS[register]
    rows = defaultdict(list)
    for line in lines(folder / f"{register}_{month}.csv", encoding):
        first, last = day_of(line[begin], form), day_of(line[end], form)
        until = day_of(line.get("toewijzing_einddatum", ""), form)
        assert first is not None
        rows[line["bsn"]].append(
            Row(first, last and last + 1, line[why], line.get("toewijzingnummer", ""), until and until + 1)
        )
    return rows


# --- one person -------------------------------------------------------------------------------------------------------


def without_pauses(rows: list[Row], pause: str = "20") -> list[Row]:
    """Return the rows with each pause run on to the next start, else to the end of what was allowed, else for ever."""
    resolved = []
    for row in rows:
        stopped_for_good = any(
            other.why != pause and other.after and (other.first, other.allocation) == (row.first, row.allocation)
            for other in rows
        )
        if row.why != pause or row.after is None or stopped_for_good:
            resolved.append(row)
            continue
        ended = row.after
        later = [other.first for other in rows if other.first >= ended]
        resolved.append(Row(row.first, min(later, default=row.allowed_until), "" if later else row.why))
    return resolved


def runs(rows: list[Row], last_day: int, gap: int = GAP) -> list[tuple[int, int | None, list[str]]]:
    """Return the unbroken runs of a register: first day, day after (null: goes on), why the last of its rows ended."""
    joined: list[tuple[int, int | None, list[str]]] = []
    for row in sorted(rows, key=lambda row: row.first):
        if row.first > last_day:
            continue
        after = row.after if row.after is not None and row.after <= last_day else None
        if joined and (joined[-1][1] is None or row.first - (joined[-1][1] or 0) <= gap):
            first, end, why = joined[-1]
            if end is not None and (after is None or after > end):
                joined[-1] = (first, after, [row.why])
            elif end is not None and after == end:
                why.append(row.why)
        else:
            joined.append((row.first, after, [row.why]))
    return joined


def leads_to(register: str, why: str, *, caused_by_startbaan: bool) -> str | None:
    """Return the position where an end leads, or nothing where no rule names it."""
    if register == "startbaan":
        return "werk" if why in {"OVERNAME_WERKGEVER", "ANDERE_WERKGEVER"} else "overig"
    if register == "dagbesteding":
        return {"02": "overleden", "31": "verhuisd"}.get(why)
    if register != "bijstand":
        return None
    if why in {"11", "13"} and not caused_by_startbaan:
        return "werk"
    return {"04": "overleden", "32": "verhuisd", "33": "verhuisd", "03": "aow"}.get(why, "overig")


def contract_near(contracts: list[tuple[int, int | None, list[str]]], day: int, gap: int = GAP) -> bool:
    """Say whether a Startbaan is open on a day or starts within the gap from it."""
    return any(first <= day + gap and (after is None or after > day) for first, after, _ in contracts)


class Person:
    """One person's rows of every register, and where they were on each day up to the last one."""

    def __init__(self, registers: dict[str, list[Row]], last_day: int, gap: int = GAP, died: int | None = None) -> None:
        """Read the rows; `last_day` is the peildatum, and seen itself."""
        resolved = registers | {"dagbesteding": without_pauses(registers.get("dagbesteding", []))}
        self.last_day, self.gap, self.died = last_day, gap, died
        self.runs = {name: runs(rows, last_day, gap) for name, rows in resolved.items()}

    @cached_property
    def exits(self) -> dict[int, list[str]]:
        """Return where the ends of a day lead; a day without a named end is missing."""
        found = defaultdict(list)
        if self.died is not None:
            found[self.died].append("overleden")
        for register, spells in self.runs.items():
            for _, after, whys in spells:
                for why in whys if after is not None else ():
                    assert after is not None
                    caused = contract_near(self.runs.get("startbaan", []), after, self.gap)
                    target = leads_to(register, why, caused_by_startbaan=caused)
                    if target is not None:
                        found[after].append(target)
        return dict(found)

    def is_open(self, register: str, day: int) -> bool:
        """Say whether a register is open on a day."""
        return any(first <= day and (after is None or day < after) for first, after, _ in self.runs.get(register, []))

    @cached_property
    def days(self) -> dict[int, str]:
        """Return the position of every day since the first row of this person."""
        begin = min((first for spells in self.runs.values() for first, _, _ in spells), default=self.last_day + 1)
        best_first = sorted((name for name in RANKS if name != "werk"), key=RANKS.__getitem__, reverse=True)
        changes = {day for spells in self.runs.values() for run in spells for day in run[:2] if day is not None}
        outside, since, here, walked = "overig", 0, "", {}
        for day in range(begin, self.last_day + 1):
            if day in self.exits:
                outside, since = min(self.exits[day], key=FIRST_RULES.index), day
            if day in changes:
                here = next((register for register in best_first if self.is_open(register, day)), "")
            out_of_sight = outside == "werk" and day - since >= IN_SIGHT
            walked[day] = here or ("uit_beeld" if out_of_sight else outside)
        return walked

    def on(self, day: int) -> str:
        """Return the position on a day."""
        return self.days.get(day, "nog_niet")

    @cached_property
    def stays(self) -> list[Stay]:
        """Return the unbroken stays since observation began, the last up to the last day."""
        found: list[Stay] = []
        for day in range(OBSERVED_FROM, self.last_day + 1):
            position = self.on(day)
            if found and found[-1].position == position:
                found[-1] = Stay(position, found[-1].first, day + 1)
            else:
                found.append(Stay(position, day, day + 1))
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """Return the steps after the first observed day; a short absence between two positions is one step."""
        found, here, left = [], self.stays[0].position, 0
        for before, stay in zip(self.stays, self.stays[1:], strict=False):
            if before.position in RANKS:
                here, left = before.position, stay.first
            if stay.position in RANKS:
                nowhere = stay.first - left if before.position not in RANKS else 0
                short = here in RANKS and nowhere <= self.gap and left > 0
                if before.position in RANKS:
                    found.append(Step(stay.first, before.position, stay.position))
                elif short:
                    found.append(Step(stay.first, here, stay.position, nowhere))
                else:
                    found.append(Step(stay.first, before.position, stay.position))
            elif before.position in RANKS and not self._back_soon(stay):
                found.append(Step(stay.first, before.position, stay.position))
        return [step for step in found if step.before != step.position]

    def _back_soon(self, outside: Stay) -> bool:
        back = next((stay.first for stay in self.stays if stay.first > outside.first and stay.position in RANKS), None)
        return back is not None and back - outside.first <= self.gap


def people(folder: Path, month: str, last_day: date, gap: int = GAP) -> dict[str, Person]:
    """Return everybody of the town's delivery of a month."""
    registers = {register: register_rows(folder, register, month) for register in COLUMNS}
    everybody = sorted(set().union(*registers.values()))
    clients = lines(folder / f"client_{month}.csv", "utf-8")
    months = {line["bsn"]: day_of(line["datum_overlijden_maand"], "%d-%m-%Y") for line in clients}
    died = {bsn: later(first, 1) for bsn, first in months.items() if first is not None}
    return {
        person: Person(
            {name: rows.get(person, []) for name, rows in registers.items()},
            last_day.toordinal(),
            gap,
            died.get(person),
        )
        for person in everybody
    }


# --- shares -----------------------------------------------------------------------------------------------------------


def clock(first: int, day: int) -> float:
    """Return months from one day to another: anniversaries are whole, days after them parts of 31."""
    one, other = date.fromordinal(first), date.fromordinal(day)
    months = (other.year - one.year) * 12 + other.month - one.month - (other.day < one.day)
    return months + (day - later(first, months)) / 31


def later(day: int, months: int) -> int:
    """Return the day so many months later; the last of the month where it has no such day."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    longest = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal() - date(year, month + 1, 1).toordinal()
    return date(year, month + 1, min(start.day, longest)).toordinal()


@dataclass(frozen=True)
class Seen:
    """What was seen of somebody from a day on: how long, and what ended it; null where following them ended."""

    days: float
    outcome: str | None


def settled_on(last_day: date, provisional: int = PROVISIONAL) -> int:
    """Return the first day of the provisional months: what is followed, is followed up to it."""
    months = last_day.year * 12 + last_day.month - 1 - provisional
    return date(months // 12, months % 12 + 1, 1).toordinal()


def incidence(seen: Iterable[Seen], outcome: str, days: float) -> float:
    """Return the Aalen-Johansen share that had this outcome within so many days: one by one, by hand."""
    listed = list(seen)
    staying, share = 1.0, 0.0
    for time in sorted({one.days for one in listed if one.outcome and one.days <= days}):
        at_risk = sum(one.days >= time for one in listed)
        now = [one.outcome for one in listed if one.days == time and one.outcome]
        share += staying * now.count(outcome) / at_risk
        staying *= 1 - len(now) / at_risk
    return share


def first_stays(
    everybody: Iterable[Person], position: str, until: int, *, new: Callable[[Person, int], bool]
) -> list[Seen]:
    """Return, of everyone who came to a position after observation began, how their first such stay went on."""
    found = []
    for person in everybody:
        arrival = next((step for step in person.steps if step.position == position), None)
        if arrival is None or arrival.day >= until or not new(person, arrival.day):
            continue
        left = next((step for step in person.steps if step.day > arrival.day and step.before == position), None)
        if left is None or left.day > until:
            found.append(Seen(clock(arrival.day, until), None))
        else:
            found.append(Seen(clock(arrival.day, left.day), None if left.position == "uit_beeld" else left.direction))
    return found


def went_on(person: Person, arrival: Step, until: int) -> Seen:
    """Return how somebody's stay went on from a step on: the direction of the next step, or the end of following."""
    left = next((step for step in person.steps if step.day > arrival.day), None)
    if left is None or left.day > until:
        return Seen(clock(arrival.day, until), None)
    return Seen(clock(arrival.day, left.day), None if left.position == "uit_beeld" else left.direction)


def all_stays(everybody: Iterable[Person], position: str, until: int) -> list[Seen]:
    """Return how every stay at a position went on that began while people were followed."""
    return [
        went_on(person, step, until)
        for person in everybody
        for step in person.steps
        if step.position == position and step.day < until
    ]


def first_steps_back(everybody: Iterable[Person], until: int) -> list[tuple[Person, Step]]:
    """Return everyone's first step back, if it was taken while people were followed."""
    taken = [(p, next((step for step in p.steps if step.direction == "terug"), None)) for p in everybody]
    return [(person, step) for person, step in taken if step is not None and step.day < until]


def after(person: Person, start: Step, until: int) -> list[tuple[float, str | None]]:
    """Return what followed a step: when, and where somebody then was against before it; null where following ended."""

    def level(step: Step) -> str | None:
        if step.position == "uit_beeld":
            return None
        rank = RANKS.get(step.position)
        return "buiten" if rank is None else "op_niveau" if rank >= RANKS[start.before] else "lager"

    seen = [(clock(start.day, s.day), level(s)) for s in person.steps if start.day < s.day <= until]
    ended = next((place for place, (_, where) in enumerate(seen) if where is None), len(seen))
    return seen[: ended + 1] if ended < len(seen) else [*seen, (clock(start.day, until), None)]


def where_after(followed: list[list[tuple[float, str | None]]], months: float) -> dict[str, float]:
    """Return the Aalen-Johansen shares of where people are so long after a step back; everybody begins lower."""
    shares = {"op_niveau": 0.0, "lager": 1.0, "buiten": 0.0}
    times = sorted({time for path in followed for time, where in path if where is not None and time <= months})
    for time in times:
        at_risk = dict.fromkeys(shares, 0)
        moved = {where: dict.fromkeys(shares, 0) for where in shares}
        for path in followed:
            if path[-1][0] < time:
                continue
            here = next((where for when, where in reversed(path) if when < time and where is not None), "lager")
            now = next((where for when, where in reversed(path) if when == time and where is not None), here)
            at_risk[here] += 1
            moved[here][now] += 1
        old = dict(shares)
        for where in shares:
            shares[where] = sum(
                old[one] * (moved[one][where] / at_risk[one] if at_risk[one] else one == where) for one in old
            )
    return shares


def steps_followed(
    everybody: Iterable[Person], direction: str, months: int, until: int
) -> list[tuple[Person, Step, int]]:
    """Return the steps of a direction that were followed for so many months, with the day on which these end."""
    found = []
    for person in everybody:
        for step in person.steps:
            end = later(step.day, months)
            gone = next((s.day for s in person.steps if s.day > step.day and s.position == "uit_beeld"), end + 1)
            if step.direction == direction and end <= until and gone > end:
                found.append((person, step, end))
    return found


def lasted(person: Person, step: Step, end: int, *, whole_time: bool) -> str:
    """Return where somebody is at the end of a window after a step forward, or the worst of the whole time."""
    seen = [s.position for s in person.steps if step.day < s.day <= end] or [step.position]
    judged = seen if whole_time else seen[-1:]
    if any(position in RANKS and RANKS[position] < RANKS[step.position] for position in judged):
        return "lager"
    return "buiten" if any(position not in RANKS for position in judged) else "blijft"


def arrived_from_outside(everybody: Iterable[Person], position: str, until: int) -> list[Seen]:
    """Return how the first stay went on of everyone who was not at a position yet and came there from outside."""
    strangers = [person for person in everybody if person.stays[0].position != position]
    arrivals = [(p, next((step for step in p.steps if step.position == position), None)) for p in strangers]
    came = [(p, step) for p, step in arrivals if step is not None and step.direction == "in" and step.day < until]
    return [went_on(person, step, until) for person, step in came]


def arrived_by_a_step_back(everybody: Iterable[Person], position: str, until: int) -> list[Seen]:
    """Return how the first stay went on of everyone who came to a position by a step back."""
    arrivals = [
        (p, next((s for s in p.steps if s.position == position and s.direction == "terug"), None)) for p in everybody
    ]
    return [went_on(person, step, until) for person, step in arrivals if step is not None and step.day < until]


# --- groups -----------------------------------------------------------------------------------------------------------


def whole_years(first: int, day: int) -> int:
    """Return how many whole years lie between two days."""
    return int(clock(first, day)) // 12


def groups_on(folder: Path, month: str, day: int, everybody: dict[str, Person]) -> dict[str, dict[str, str]]:
    """Return by grouping the group of each person on a day; who has none is missing."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    year = date.fromordinal(day).year
    for line in lines(folder / f"client_{month}.csv", "utf-8"):
        bsn = line["bsn"]
        for grouping, column in (("geslacht", "geslacht"), ("wijk", "wijkcode"), ("leefvorm", "leefvorm")):
            if line[column]:
                found[grouping][bsn] = line[column]
        if line["geboortejaar"]:
            age = year - int(line["geboortejaar"])
            found["leeftijdsgroep"][bsn] = "tot_27" if age < 27 else "27_tot_45" if age < 45 else "vanaf_45"
    for bsn, person in everybody.items():
        for first, after, _ in person.runs.get("bijstand", []):
            if first <= day and (after is None or day < after):
                years = whole_years(first, day)
                code = "tot_1" if years < 1 else "1_tot_2" if years < 2 else "2_tot_5" if years < 5 else "vanaf_5"
                found["bijstandsduur"][bsn] = code
    return found


def group_shares(
    everybody: dict[str, Person], groups: dict[str, str], start: int, end: int
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return by group and direction how many were in the chain on a day, and of them stepped so before another day."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for group in sorted(set(groups.values())):
        members = [p for bsn, p in everybody.items() if groups.get(bsn) == group and p.on(start) in RANKS]
        for way in ("vooruit", "terug"):
            moved = sum(any(s.direction == way and start < s.day < end for s in p.steps) for p in members)
            counted[group, way] = len(members), moved
    return counted


def in_innovatielab(folder: Path, month: str, day: int) -> set[str]:
    """Return who takes part in the Innovatielab on a day."""
    sheet = openpyxl.load_workbook(folder / f"innovatielab_{month}.xlsx").worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    person, begin, end = (head.index(name) for name in ("bsn", "datum_start", "datum_einde"))
    wanted = date.fromordinal(day)
    return {
        str(row[person])
        for row in rows
        if row[begin].date() <= wanted and (row[end] is None or row[end].date() >= wanted)
    }
