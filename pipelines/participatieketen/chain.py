"""The chain as data: positions, their order, the rules that put a person there, the direction of a step.

A chain is a TOML file (pipelines/chains/). Its positions are tried in the order of the file: of the rules that hold
on a day the first wins. A position with a rank is part of the chain; one without is outside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from participatieketen import settings
from participatieketen.months import months_later
from participatieketen.settings import Code, Name

Direction = Literal["vooruit", "terug", "opzij", "in", "uit"]
GROUP = "{group}"
"""Where the label of a group stands in what its people are called."""


@dataclass(frozen=True)
class Open:
    """Holds on a day when a row of the register is open, if asked with one of these values in a column."""

    __pydantic_config__ = settings.STRICT
    register: Name
    column: Name | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """Holds when nothing is open and the last exit that any rule names was this one.

    reasons      what the register gives as the reason; none means: any reason, or none, that no other rule names
    column       the column that gives it; None: the one with the role of reason in the register's contract
    unless_open  a register that caused the exit when a row of it is open on the day of the exit, or begins at most
                 gap_days after it: such an exit says nothing of where it led, and leads to the chain's `otherwise`
    """

    __pydantic_config__ = settings.STRICT
    register: Name
    reasons: tuple[str, ...] = ()
    column: str | None = None
    unless_open: Name | None = None


@dataclass(frozen=True)
class Known:
    """Holds, when nothing is open, from the first day after a month that a table of persons names.

    It counts as an exit of that day: the last one decides.

    table, column   a table with a row per person, and its column with the first day of the month; empty: not known
    """

    __pydantic_config__ = settings.STRICT
    table: Name
    column: str


@dataclass(frozen=True)
class Position:
    """A place in the chain (rank: higher is closer to work) or outside it (rank None)."""

    __pydantic_config__ = settings.STRICT
    code: Code
    label: str
    rank: int | None = None
    open: tuple[Open, ...] = ()
    ended: tuple[Ended, ...] = ()
    known: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Register:
    """What the chain has to know about a register.

    observed_from   first day since when the register is complete; before it people are left-truncated
    pause           reasons that stop a delivery for a while and are no exit (iWmo code 20)
    """

    __pydantic_config__ = settings.STRICT
    observed_from: date | None = None
    pause: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grouping:
    """A way to split people into groups.

    sql       file in the folder of the chain, or below, with one statement that gives person and code; when people
              change group, dag, person and code for each day in $dagen
    codelist  code list with the labels of the groups; without one `names` has them
    people    what sentences call the people of a group, {group} for its label: "mensen uit de wijk {group}"; in the
              plural and without an article
    called    the same by code of a group, where `people` makes no Dutch of its label: "mannen"
    caution   what readers must know at each figure of it, in one sentence; empty when there is nothing
    """

    __pydantic_config__ = settings.STRICT
    code: Name
    label: str
    sql: str
    codelist: Name | None = None
    names: Mapping[Code, str] = field(default_factory=dict)
    people: str = ""
    called: Mapping[Code, str] = field(default_factory=dict)
    caution: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError, in Dutch, when its people would be called the same in every group, or not be called."""
        if self.people and GROUP not in self.people:
            raise ValueError(f"heeft people zonder {GROUP}")
        if self.names and self.called.keys() - self.names.keys():
            raise ValueError("noemt in called een code die niet in names staat")
        if settings.alike(self.names):
            raise ValueError("heeft in names twee codes die op hoofdletters, - en _ na gelijk zijn")


@dataclass(frozen=True)
class Break:
    """A trend break: from this day on figures differ because of something else than what people do.

    label      what changed, in a few words, for beside a line in a chart
    reason     what changed, in one sentence
    source     where that stands
    positions  the positions whose figures it touches
    registers  the registers it touches; with neither it touches all of the chain
    """

    __pydantic_config__ = settings.STRICT
    date: date
    label: str
    reason: str
    source: str
    positions: tuple[Name, ...] = ()
    registers: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Example:
    """A rule at work, drawn for readers: the page of definitions shows it, tests/spec/test_examples.py runs it.

    text      what it shows, in one or two sentences
    result    which table comes out: where people are, their steps, or how many people on the first of a month
    given     drawn table of what registers deliver, the einddatum included, empty = still open
    expected  drawn table of the result, in the words that readers see, the last day included
    peildatum  last day that is known
    """

    __pydantic_config__ = settings.STRICT
    code: Code
    title: str
    text: str
    result: Literal["plekken", "stappen", "aantallen"]
    given: str
    expected: str
    peildatum: date

    def __post_init__(self) -> None:
        """Raise ValueError, in Dutch, when a drawn table is no table."""
        for key, table in (("given", drawn(self.given)), ("expected", drawn(self.expected))):
            if len(table) < 2 or len({len(row) for row in table}) > 1:  # noqa: PLR2004 - heads and a row
                raise ValueError(f"heeft bij {key} geen tabel met koppen en even lange rijen")


def drawn(text: str) -> list[list[str]]:
    """Return a table drawn as text: the heads first, then the rows, each a list of cells."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


@dataclass(frozen=True)
class Chain:
    """Positions in the order in which they are tried, and the rules of time.

    gap_days        a gap of at most so many days in one register is no gap
    follow_up_days  a position that follows from an exit (work) is in sight for so many days
    otherwise       code of being outside without a rule that says why
    out_of_sight    code after `follow_up_days`
    not_yet         code of the time before the first record
    income          register that says whether a person has bijstand
    provisional_months  the last so many whole months still change by late registration
    notes           what readers of the report must know of this chain, one sentence each
    groupings       ways to split people into groups
    households      file, from the folder of the chain, with one statement that gives dag, person and household for each
                    day in $dagen: who shares one, by the number of one of its persons; None when the registers do not
                    tell. Who is in no row is a household alone
    breaks          trend breaks, in order of their day; they change no figure
    examples        rules at work, for readers; they change no figure
    renamed         earlier code of a position -> the code that it got: what was released goes on under the new one
    """

    __pydantic_config__ = settings.STRICT
    name: Name
    title: str
    positions: tuple[Position, ...]
    otherwise: str
    out_of_sight: str
    not_yet: str
    gap_days: int = 30
    follow_up_days: int = 730
    provisional_months: int = 3
    income: Name | None = None
    registers: Mapping[Name, Register] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    households: str | None = None
    breaks: tuple[Break, ...] = ()
    examples: tuple[Example, ...] = ()
    renamed: Mapping[Name, Name] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError, in Dutch, for a chain that contradicts itself."""
        for problem in chain_problems(self):
            raise ValueError(problem)
        self._refuse_renames()

    def _refuse_renames(self) -> None:
        if len(set(self.renamed.values())) < len(self.renamed):
            raise ValueError("hernoemt twee plekken naar een: dat zijn andere telregels, geen andere naam")
        if self.renamed.keys() & set(self.codes) or self.renamed.keys() != self.present_codes.keys():
            raise ValueError("hernoemt een plek die er nog is, of naar een plek die er niet is: renamed is oud = nieuw")

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Rank by code, for the positions that are part of the chain."""
        return {p.code: p.rank for p in self.positions if p.rank is not None}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code, in the order in which the rules are tried."""
        return tuple(position.code for position in self.positions)

    @cached_property
    def tracks(self) -> tuple[tuple[str, str], ...]:
        """(register, position) of every rule on an open row, in the order in which the rules are tried."""
        return tuple(dict.fromkeys((rule.register, p.code) for p in self.positions for rule in p.open))

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The registers that rules on exits and settings speak of, sorted; each has to be one of `sources`."""
        rules = [rule for rules in self.exits.values() for rule in rules]
        ended = {name for rule in rules for name in (rule.register, rule.unless_open) if name is not None}
        return tuple(sorted(ended | set(self.registers)))

    @cached_property
    def causes(self) -> dict[tuple[str, str], str]:
        """(register, position that its exit leads to) -> the register that causes such an exit when it is open."""
        return {key: rules[0].unless_open for key, rules in self.exits.items() if rules[0].unless_open is not None}

    @cached_property
    def exits(self) -> dict[tuple[str, str], list[Ended]]:
        """The rules on exits by register and position."""
        rules: dict[tuple[str, str], list[Ended]] = {}
        for position in self.positions:
            for rule in position.ended:
                rules.setdefault((rule.register, position.code), []).append(rule)
        return rules

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The registers that rules on open rows speak of, sorted."""
        return tuple(sorted({register for register, _ in self.tracks}))

    @cached_property
    def read_registers(self) -> tuple[str, ...]:
        """Every register that the chain reads, sorted."""
        return tuple(sorted({*self.sources, *self.named, *([self.income] if self.income else [])}))

    @cached_property
    def present_codes(self) -> dict[str, str]:
        """Code of today by every earlier code, as far as that leads to a position."""
        found: dict[str, str] = {}
        for code in self.codes:
            found |= dict.fromkeys(self._earlier(code), code)
        return found

    @cached_property
    def first_codes(self) -> dict[str, str]:
        """Code that a position had first, by its code of today, for those that were renamed."""
        return {code: earlier[-1] for code in self.codes if (earlier := self._earlier(code))}

    def _earlier(self, code: str) -> list[str]:
        """Return the codes that a position had before, the last one first."""
        before = {new: old for old, new in self.renamed.items()}
        found: list[str] = []
        while code in before and before[code] not in found:
            code = before[code]
            found.append(code)
        return found

    @cached_property
    def observed_from(self) -> date | None:
        """First day on which every register is complete; None when all always were."""
        days = [register.observed_from for register in self.registers.values() if register.observed_from]
        return max(days, default=None)

    def followed_from(self, day: date) -> "Chain":
        """Return the chain with no register complete before this day."""
        known = {name: self.registers.get(name, Register()) for name in self.sources}
        later = {
            name: replace(register, observed_from=max(day, register.observed_from or day))
            for name, register in known.items()
        }
        return replace(self, registers=later)

    def provisional_from(self, peildatum: date) -> date:
        """Return the first day of the provisional months: the last whole ones up to and including the peildatum."""
        return months_later(peildatum + timedelta(days=1), -self.provisional_months)

    def settled_on(self, peildatum: date) -> date:
        """Return the last first day of a month on which it is final who stands where: all months before it are."""
        return min(self.provisional_from(peildatum), peildatum.replace(day=1))

    def direction(self, from_position: str, to_position: str) -> Direction | None:
        """Return the direction of a step; None when both are outside the chain or the same."""
        start, end = self.ranks.get(from_position), self.ranks.get(to_position)
        if from_position == to_position or (start is None and end is None):
            return None
        if start is None:
            return "in"
        if end is None:
            return "uit"
        return "vooruit" if end > start else "terug" if end < start else "opzij"


def chain_problems(chain: Chain) -> Iterator[str]:
    """Yield what contradicts itself in a chain, in Dutch, to follow the name of the file."""
    outside = {position.code for position in chain.positions if position.rank is None}
    if again := _twice({"positie": chain.positions, "voorbeeld": chain.examples, "groepering": chain.groupings}):
        yield f"heeft een {again} met een code die al bestaat, op hoofdletters, - en _ na"
    for key in ("otherwise", "out_of_sight", "not_yet"):
        if getattr(chain, key) not in outside:
            yield f"noemt bij {key} geen positie buiten de keten (een positie zonder rank)"
    if min(chain.gap_days, chain.follow_up_days, chain.provisional_months) < 0:
        yield "heeft een negatief aantal bij gap_days, follow_up_days of provisional_months"
    if any(bool(grouping.codelist) == bool(grouping.names) for grouping in chain.groupings):
        yield "heeft een grouping met zowel codelist als names, of geen van beide"
    yield from _rule_problems(chain)
    yield from _break_problems(chain)


def _rule_problems(chain: Chain) -> Iterator[str]:
    if not chain.tracks:
        yield "heeft geen positie met een regel op een register"
    if unknown := sorted(set(chain.named) - set(chain.sources)):
        yield f"noemt register {unknown[0]}, maar geen positie heeft een regel op open rijen ervan"
    if any((rule.column is None) != (not rule.values) for p in chain.positions for rule in p.open):
        yield "heeft een regel met column zonder values, of values zonder column"
    if any(rule.column and not rule.reasons for rules in chain.exits.values() for rule in rules):
        yield "heeft een regel op een einde met column zonder reasons"
    if any(len({rule.unless_open for rule in rules}) > 1 for rules in chain.exits.values()):
        yield "heeft bij een positie twee regels op een register die verschillen in unless_open"
    if chain.income is not None and chain.income not in chain.sources:
        yield "noemt bij income een register waar geen regel over gaat"


def _break_problems(chain: Chain) -> Iterator[str]:
    for one in chain.breaks:
        if unknown := [code for code in one.positions if code not in chain.codes]:
            yield f"noemt bij de trendbreuk van {one.date} positie {unknown[0]}, en die is er niet"
        if unknown := [name for name in one.registers if name not in chain.sources]:
            yield f"noemt bij de trendbreuk van {one.date} register {unknown[0]}, waar geen regel over gaat"
    if [one.date for one in chain.breaks] != sorted({one.date for one in chain.breaks}):
        yield "noemt trendbreuken niet op volgorde van datum, of twee op een dag"


def _twice(kinds: Mapping[str, tuple[Position | Example | Grouping, ...]]) -> str | None:
    """Return the first kind of which two have one code; None when each has its own."""
    return next((kind for kind, own in kinds.items() if settings.alike(one.code for one in own)), None)


def read(path: Path) -> Chain:
    """Return the chain in a TOML file; raises WrongUse naming the file and the key that does not fit."""
    found = settings.read(path, Chain)
    for grouping in found.groupings:
        settings.file_inside(path.parent, grouping.sql, ".sql", f"{path}: sql bij groepering {grouping.code}")
    if found.households:
        settings.file_inside(path.parent, found.households, ".sql", f"{path}: households")
    return found
