"""An attacker who has every published page and no key: what is left of each count of 1 to 9.

    python tests/benchmarks/attack.py make FOLDER --persons 300 600 3900    publishes months of fictional towns
    python tests/benchmarks/attack.py try FOLDER --write                    attacks them; the table of docs/aanval.md

Read are the folders that readers get, and nothing else; known are the rules and the code. Each released count is a
whole number between two bounds. What must hold of true counts narrows them: sums, orders, counts that stand in two
places, rows of one draw, reports of one day. Bounds are cut by each fact in turn, then by linear programming. A range
is turned back by trying every count that could stand behind it. A count is found when fewer values are left than its
base, and than the finest released cell around it leaves by itself. The truth serves only to see that what is left
holds it.
"""

import argparse
import csv
import hashlib
import io
import itertools
import math
import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.special import betaincinv

Key = tuple[str, ...]
Row = dict[str, str]
Fact = tuple[dict[int, int], float, float]

PAGE = Path(__file__).parents[2] / "docs" / "aanval.md"
BEGIN, END = "<!-- uitkomst -->", "<!-- einde uitkomst -->"
MARKS = f"{BEGIN}|{END}"
REPORTS = ("maandrapportage", "halfjaarrapportage", "wijkrapportage")
MONTHS = ("2025-10", "2025-11", "2025-12", "2026-01")
TOTAL, OUTSIDE, INSIDE, DRAW = "totaal", "buiten", "binnen", "trekking"
POSITIONS = ("bijstand", "dagbesteding", "sociale_cooperatie", "startbaan", "werk")
SMALL = range(1, 10)
INFEASIBLE = 2
"""What scipy says of facts that cannot all hold."""
LASTING_GROUPS = ("", "wijk", "geslacht", "leefvorm")
"""Groupings in which nobody changes group from one month to the next; of the others only months add up."""

EVERYBODY = ("herstel", "blijvend", "bezetting", "aansluitend")
"""Measures of which the outcomes are everybody; of the others some people are left over."""
RISING = ("eerste_stap", "terugkeer_2", "duur", "na_terugstap")
"""Measures of who did something by then: more as months go by, and among more people at each release."""
Numbers = tuple[int, int, int | None]
"""Where x, n and followed of a share stand among the numbers of a system."""
FOLLOWED = ("zo lang gevolgd", "nog gevolgd")
COUNTED = ("weerslag", "aansluitend", "blijvend", "terugkeer_1")
"""Measures whose share is a count of people or steps; the others are estimates."""
MAIN_GAP = "30"
"""The gap in days by which tables count."""
EVERY_STEP = {"stap_terug": "terug", "stap_vooruit": "vooruit"}
"""Who are counted since the beginning -> the steps of a month that come to them, all of them."""
SOME_STEPS = {
    **EVERY_STEP,
    "eerste_stap_terug": "terug",
    "aankomst_terug": "terug",
    "aankomst_nieuw": "in",
    "instroom": "in",
}
"""The same, where not all of those steps do: only the first of a person, or those with some outcome."""
STAYS = ("verblijf", "eerste_verblijf", "opnieuw_verblijf")
"""Who are counted by position, whatever the direction of the step to it."""
FIRST = ("eerste_verblijf", "instroom")
"""Who are counted when they come in and were never seen before."""
RARE = (("blijvend", "niet"), ("aansluitend", "1+"), ("weerslag", "vooruit"), ("weerslag", "terug"))
"""Outcomes that are counted since the beginning too, of steps that were all followed."""
PROVISIONAL = 3
"""So many months before a peildatum still change."""
LONGEST = 4
"""Of more months together nothing is taken in: of those in between there are facts enough."""
YEAR = 12
NOT_YET = "nog_niet"


# --- what readers have ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Release:
    """The folder of one published report; month is that of its peildatum, YYYY-MM."""

    folder: Path
    report: str
    month: str

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table to download; none where it is not there."""
        path = self.folder / "downloads" / f"{table}.csv"
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def texts(self) -> Iterator[str]:
        """Return what pages, drawings and lists say."""
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in {".html", ".svg", ".json"}:
                yield path.read_text(encoding="utf-8")


def releases(town: Path) -> list[Release]:
    """Return the releases of a town in the order in which they came out."""
    found = []
    for folder in (town / "reports" / "releases").iterdir():
        named = re.fullmatch(r"([a-z]+)-(\d{4}-\d{2})-\w+", folder.name)
        if named:
            found.append(Release(folder, named[1], named[2]))
    return sorted(found, key=lambda release: (release.month, REPORTS.index(release.report)))


def number(text: str | None) -> float | None:
    """Return a number as readers' files write it; nothing where there is none."""
    return float(text.replace(",", ".")) if text else None


def column(row: Row, *names: str) -> float | None:
    """Return the number in the first of these columns that the table has."""
    return next((number(row[name]) for name in names if name in row), None)


# --- what must hold ---------------------------------------------------------------------------------------------------


@dataclass
class System:
    """Whole numbers between bounds, and facts: a sum of them, with factors, lies between two bounds."""

    names: dict[Key, int] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    around: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    clashes: int = 0
    twice: int = 0

    def see(self, name: Key, low: float, high: float, base: int) -> int:
        """Take in that a number lies between two bounds; seen twice, both hold."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(max(low, 0))
            self.high.append(high)
            self.base.append(base)
        at = self.names[name]
        self.base[at] = min(self.base[at], base)
        self._cut(at, low, high)
        return at

    def released(self, name: Key, value: float, base: int, bound: float | None = None) -> int:
        """Take in a released count: at most its bound more or less."""
        most = base - 1 if bound is None else bound
        return self.see(name, value - most, value + most, base)

    def hold(self, terms: Iterable[tuple[int, int]], low: float = 0, high: float = 0) -> None:
        """Take in a fact."""
        factors: Counter[int] = Counter()
        for at, factor in terms:
            factors[at] += factor
        kept = {at: factor for at, factor in factors.items() if factor}
        if kept:
            self.facts.append((kept, low, high))

    def parts(self, parts: Iterable[int], total: int, slack: float = 0) -> None:
        """Take in that numbers add up to another, which is then around each of them."""
        listed = list(parts)
        self.hold([*((at, 1) for at in listed), (total, -1)], -slack, slack)
        for at in listed:
            self.around[at].add(total)
        if len(listed) == 1:
            self.base[listed[0]] = self.base[total] = min(self.base[listed[0]], self.base[total])

    def order(self, smaller: int, larger: int, slack: float = 0) -> None:
        """Take in that a number is at most another."""
        self.hold([(smaller, 1), (larger, -1)], -math.inf, slack)

    def one_draw(self, draw: Key, at: int, value: float, base: int) -> None:
        """Take in that a count was rounded with a draw that others share: together they reach its multiple."""
        self.hold([(at, 1), (self.see((*draw, DRAW), 0, base - 1, 1), 1)], value, value + base - 1)

    def left(self, at: int) -> float:
        """Return how many values are left for a number."""
        return self.high[at] - self.low[at] + 1

    def promised(self, at: int) -> float:
        """Return how many values its base promises, or the finest released number around it leaves by itself."""
        return min([self.base[at], *(self.high[total] + 1 for total in self.around[at])])

    def found(self) -> list[int]:
        """Return the numbers of 1 to 9 of which fewer values are left than was promised."""
        return [
            at
            for name, at in self.names.items()
            if name[-1] != DRAW
            if self.left(at) < self.promised(at) and self.low[at] <= SMALL[-1] and self.high[at] >= SMALL[0]
        ]

    def _cut(self, at: int, low: float, high: float) -> bool:
        new = max(self.low[at], low), min(self.high[at], high)
        if new[0] > new[1]:
            self.clashes += 1
            return False
        changed = new != (self.low[at], self.high[at])
        self.low[at], self.high[at] = new
        return changed

    def cut(self, rounds: int = 80) -> None:
        """Cut bounds by each fact in turn, until nothing changes."""
        for _ in range(rounds):
            if not sum(self._cut_by(fact) for fact in self.facts):
                return

    def _cut_by(self, fact: Fact) -> bool:
        factors, low, high = fact
        ends = {at: sorted((f * self.low[at], f * self.high[at])) for at, f in factors.items()}
        least, most = (sum(end[side] for end in ends.values()) for side in (0, 1))
        changed = False
        for at, factor in factors.items():
            rest = low - (most - ends[at][1]), high - (least - ends[at][0])
            down, up = sorted(bound / factor for bound in rest)
            changed |= self._cut(at, whole(down, math.ceil), whole(up, math.floor))
        return changed

    def solve(self, most: int, aimed: Collection[int] = (), seed: int = 11) -> None:
        """Cut the bounds of small numbers by linear programming over all facts that touch them, at most so many.

        Where some are aimed at, of those only.
        """
        wanted = [
            at
            for name, at in self.names.items()
            if name[-1] != DRAW and self.low[at] <= SMALL[-1] and self.high[at] >= SMALL[0]
            if not aimed or at in aimed
        ]
        tied = [at for at in wanted if any(at in fact[0] for fact in self.facts)]
        for part in self._parts():
            small = [at for at in tied if at in part]
            sample = random.Random(seed).sample(small, min(most, len(small)))  # noqa: S311 -- no secret is drawn
            for at in sample:
                self._cut(at, *self._extremes(at, part))

    def _parts(self) -> list[dict[int, int]]:
        """Return numbers that facts tie together, each part with places of its own."""
        leader = list(range(len(self.low)))

        def top(at: int) -> int:
            while leader[at] != at:
                leader[at] = leader[leader[at]]
                at = leader[at]
            return at

        for factors, _, _ in self.facts:
            first, *others = factors
            for other in others:
                leader[top(other)] = top(first)
        parts: dict[int, dict[int, int]] = defaultdict(dict)
        for at in {at for factors, _, _ in self.facts for at in factors}:
            members = parts[top(at)]
            members[at] = len(members)
        return list(parts.values())

    def _extremes(self, at: int, part: dict[int, int]) -> tuple[float, float]:
        matrix, least, most = self._matrix(part)
        box = Bounds([self.low[name] for name in part], [self.high[name] for name in part])
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(part))
            aim[part[at]] = sign
            solved = milp(aim, bounds=box, constraints=LinearConstraint(matrix, least, most))
            ends.append(sign * solved.fun if solved.status == 0 else -sign * math.inf)
            self.clashes += solved.status == INFEASIBLE
        return whole(ends[0], math.ceil), whole(ends[1], math.floor)

    def _matrix(self, part: dict[int, int]) -> tuple[csr_array, list[float], list[float]]:
        held = [fact for fact in self.facts if next(iter(fact[0])) in part]
        rows = [row for row, (factors, _, _) in enumerate(held) for _ in factors]
        columns = [part[at] for factors, _, _ in held for at in factors]
        values = [float(factor) for factors, _, _ in held for factor in factors.values()]
        matrix = csr_array((values, (rows, columns)), shape=(len(held), len(part)))
        return matrix, [low for _, low, _ in held], [high for _, _, high in held]


def whole(bound: float, to: Callable[[float], int]) -> float:
    """Return a bound as a whole number; none stays none."""
    return to(bound - 1e-7 if to is math.ceil else bound + 1e-7) if math.isfinite(bound) else bound


# --- counts: stocks, flows, steps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A released count as it stood in the newest release so far."""

    at: int
    value: float
    month: str
    version: str
    provisional: bool


def counts(system: System, town: list[Release]) -> dict[int, Key]:
    """Take in every count of every release; return their names: kind, grouping, group, month, from, to, version.

    A count that was settled stays the same number in later releases; one that was provisional may have become another.
    """
    state: dict[Key, Shown] = {}
    for month in sorted({release.month for release in town}):
        now = {}
        for release in (each for each in town if each.month == month):
            for row in [*release.rows("released_stock_flow"), *release.rows("released_steps")]:
                cell = tuple(
                    row[c] for c in ("soort telling", "indeling", "groep (code)", "maand", "van plek", "naar plek")
                )
                now[cell] = _shown(system, cell, row, month, state.get(cell))
                state[cell] = now[cell]
        add_up(system, now)
    return {at: name for name, at in system.names.items()}


def _shown(system: System, cell: Key, row: Row, month: str, before: Shown | None) -> Shown:
    value, base, bound = (
        column(row, "mensen", "stappen"),
        column(row, "afgerond op"),
        column(row, "hoogstens afgeweken"),
    )
    assert value is not None
    assert base is not None
    same_day = before is not None and before.month == month
    kept = before is not None and not before.provisional
    version = before.version if before is not None and before.value == value and (same_day or kept) else month
    if same_day and before is not None and before.value != value:
        version, system.twice = f"{month} opnieuw", system.twice + 1
    at = system.released((*cell, version), value, int(base), bound)
    return Shown(at, value, month, version, row["voorlopig"] == "ja")


def add_up(system: System, now: dict[Key, Shown]) -> None:
    """Take in what adds up in one release: arcs to stocks, months to the next, groups to the total, years to months."""
    tables: dict[Key, dict[tuple[str, str], Shown]] = defaultdict(dict)
    for cell, shown in now.items():
        tables[cell[:4]][cell[4], cell[5]] = shown
    for (kind, grouping, group, month), arcs in tables.items():
        lasts = kind == "stock_flow" and (group == TOTAL or grouping.strip('"') in LASTING_GROUPS)
        following = tables.get((kind, grouping, group, next_month(month)), {}) if lasts else {}
        for parts, total in sums_of_a_month(arcs, following):
            _same_version(system, parts, total)
    for cell, total in now.items():
        if cell[1].strip('"') and cell[2] == TOTAL:
            groups = [shown for other, shown in now.items() if _in_groups(other, cell)]
            _same_version(system, groups, total)
            whole_town = now.get((cell[0], "", "", *cell[3:]))
            if whole_town is not None:
                _same_version(system, [total], whole_town)
    years(system, now, tables)


def _in_groups(other: Key, total: Key) -> bool:
    return other[:2] == total[:2] and other[3:] == total[3:] and other[2] != TOTAL


def _same_version(system: System, parts: list[Shown], total: Shown) -> None:
    if parts and {part.version for part in parts} == {total.version}:
        system.parts([part.at for part in parts], total.at)


def next_month(month: str) -> str:
    """Return the first day of the month after."""
    year, number_, _ = map(int, month.split("-"))
    return date(year + number_ // 12, number_ % 12 + 1, 1).isoformat()


def sums_of_a_month(
    arcs: dict[tuple[str, str], Shown], following: dict[tuple[str, str], Shown]
) -> Iterator[tuple[list[Shown], Shown]]:
    """Return parts and totals within a table of one month, and between it and the stocks of the next."""
    outside = sorted({end for arc in arcs for end in arc} - {*POSITIONS, TOTAL, OUTSIDE, INSIDE})
    everywhere = [*POSITIONS, *outside]
    rules = [
        *(((p, TOTAL), [(p, q) for q in everywhere]) for p in POSITIONS),
        *(((p, OUTSIDE), [(p, o) for o in outside]) for p in POSITIONS),
        *(((OUTSIDE, p), [(o, p) for o in outside]) for p in POSITIONS),
        ((TOTAL, OUTSIDE), [(p, OUTSIDE) for p in POSITIONS]),
        ((OUTSIDE, TOTAL), [(OUTSIDE, p) for p in POSITIONS]),
        ((TOTAL, TOTAL), [(p, TOTAL) for p in POSITIONS]),
        ((TOTAL, TOTAL), [(INSIDE, INSIDE), (TOTAL, OUTSIDE)]),
    ]
    for total, parts in rules:
        there = [arcs[part] for part in parts if part in arcs]
        if total in arcs and _all_there(parts, arcs):
            yield there, arcs[total]
    for p in POSITIONS:
        if (p, TOTAL) in following and (p, p) in arcs:
            yield [arcs[q, p] for q in everywhere if (q, p) in arcs], following[p, TOTAL]
    if (TOTAL, TOTAL) in following and (INSIDE, INSIDE) in arcs:
        yield [arcs[INSIDE, INSIDE], arcs[OUTSIDE, TOTAL]], following[TOTAL, TOTAL]


def _all_there(parts: list[tuple[str, str]], arcs: dict[tuple[str, str], Shown]) -> bool:
    return any(part in arcs for part in parts) and all(part in arcs or part[1] == NOT_YET for part in parts)


def years(system: System, now: dict[Key, Shown], tables: dict[Key, dict[tuple[str, str], Shown]]) -> None:
    """Take in that a whole year of steps is that of its months, and that a table of a year ends in stocks."""
    for (kind, grouping, group, month), arcs in tables.items():
        if kind == "step_year" and not grouping.strip('"'):
            months = [month]
            while len(months) < 12:
                months.append(_month_before(months[-1]))
            for way in ("vooruit", "terug", "in", "uit"):
                pairs = [shown for arc, shown in arcs.items() if direction(*arc) == way]
                whole_months = [tables.get(("step_month", grouping, group, m), {}).get((way, TOTAL)) for m in months]
                _equal(system, pairs, whole_months)
        if kind == "year_matrix":
            for p in POSITIONS:
                stock = now.get(("stock_flow", grouping, group, month, p, TOTAL))
                _equal(
                    system,
                    [shown for (before, to), shown in arcs.items() if to == p and before not in {TOTAL, OUTSIDE}],
                    [stock],
                )


def _month_before(month: str) -> str:
    year, number_, _ = map(int, month.split("-"))
    return date(year - (number_ == 1), (number_ - 2) % 12 + 1, 1).isoformat()


def direction(before: str, after: str) -> str:
    """Return which way a step goes; nothing for a total."""
    if {before, after} & {TOTAL, OUTSIDE, INSIDE}:
        return ""
    if before not in POSITIONS or after not in POSITIONS:
        return "in" if after in POSITIONS else "uit"
    return "vooruit" if POSITIONS.index(after) > POSITIONS.index(before) else "terug"


def _equal(system: System, some: list[Shown], others: list[Shown | None]) -> None:
    known = [other for other in others if other is not None]
    if some and len(known) == len(others) and len({shown.version for shown in [*some, *known]}) == 1:
        system.hold([*((shown.at, 1) for shown in some), *((shown.at, -1) for shown in known)])


# --- shares: curves and groups ----------------------------------------------------------------------------------------


def estimates(system: System, town: list[Release]) -> dict[str, dict[Key, Numbers]]:
    """Take in x, n and followed of every share, and how they are tied within a release; return them by month."""
    seen: dict[str, dict[Key, Numbers]] = defaultdict(dict)
    for release in town:
        for row in release.rows("estimate"):
            curve = tuple(row[c] for c in ("maat", "gat in dagen", "groep", "plek", "uitkomst", "maanden"))
            numbers = _share_numbers(system, ("estimate", release.month, row.get("wie telt mee", ""), *curve), row)
            if numbers:
                seen[release.month][curve] = numbers
    for rows in seen.values():
        tie_rows(system, rows)
    return seen


def estimates_that_grow(system: System, town: list[Release]) -> None:
    """Take in what `estimates` does, and that counts since the beginning only grow: so while nothing is corrected."""
    seen = estimates(system, town)
    for earlier, later in itertools.pairwise(sorted(seen)):
        tie_months(system, seen[earlier], seen[later])


def _share_numbers(system: System, name: Key, row: Row) -> Numbers | None:
    n, followed, base = column(row, "aantal"), column(row, *FOLLOWED), base_of(row)
    x = shown_count(row, base)
    if n is None or x is None:
        return None
    fixed = name[:-2] if name[3] not in COUNTED else (*name[:-2], name[-1])
    released = {(*fixed, "n"): n, (*name, "x"): x}
    if followed is not None:
        released[*fixed, name[-1], "followed"] = followed
    places = [system.released(cell, value, base) for cell, value in released.items()]
    if "aantal van wie" in row:
        for at, (cell, value) in zip(places, released.items(), strict=True):
            if cell[-1] != "x" or name[3] not in EVERYBODY or (name[3], name[7]) in RARE:
                system.one_draw(("estimate", row["plek"]), at, value, base)
    for at in places[:1] + places[2:]:
        system.order(places[1], at) if at == places[0] else system.order(at, places[0])
    return places[1], places[0], places[2] if followed is not None else None


def shown_count(row: Row, base: int) -> float | None:
    """Return the released count of a share: as it stands, or read from the percentage."""
    counted = column(row, "aantal van wie", "zette een stap")
    if counted is not None:
        return counted
    n, share = column(row, "aantal"), column(row, "aandeel")
    if n is None or share is None:
        return None
    fits = [x for x in np.arange(0, n + 1, base) if round(100 * x / n) == round(100 * share)] if n else [0.0]
    return float(fits[0]) if len(fits) == 1 else None


def tie_rows(system: System, rows: dict[Key, Numbers]) -> None:
    """Take in how the rows of one release are tied: outcomes of everybody, curves that rise, fewer who are followed."""
    together: dict[Key, list[tuple[Key, Numbers]]] = defaultdict(list)
    lines: dict[Key, list[tuple[int, Numbers]]] = defaultdict(list)
    for curve, numbers in rows.items():
        together[*curve[:4], curve[5]].append((curve, numbers))
        lines[curve[:5]].append((int(float(curve[5] or 0)), numbers))
    for (measure, *_), outcomes in together.items():
        terms = [(numbers[0], 1) for _, numbers in outcomes] + [(outcomes[0][1][1], -1)]
        slack = 0 if measure in COUNTED else len(outcomes) / 2
        everybody = measure in EVERYBODY and len(outcomes) > 1
        system.hold(terms, -slack if everybody else -math.inf, slack)
    for (measure, *_), points in lines.items():
        points.sort(key=lambda point: point[0])
        for (_, early), (_, late) in itertools.pairwise(points):
            if measure in RISING:
                system.order(early[0], late[0])
            if measure == "blijvend":
                system.order(late[1], early[1])
            if early[2] is not None and late[2] is not None:
                system.order(late[2], early[2])
    _fewer_than_all_stays(system, rows)
    _two_forms(system, rows)


def _fewer_than_all_stays(system: System, rows: dict[Key, Numbers]) -> None:
    """Take in that first stays and returns, arrivals from below and above, are among all stays at a position."""
    for curve, numbers in rows.items():
        if curve[0] != "duur":
            continue
        for measures in (("eerste_stap", "eerste_stap_opnieuw"), ("na_terugstap",)):
            like = {(o[0], o[2]): found for o, found in rows.items() if o[0] in measures and _like(o, curve)}
            for place in (1, 2):
                parts = [found[place] for found in like.values()]
                if len(parts) > 1 and None not in (*parts, numbers[place]):
                    terms = [*((at, 1) for at in parts if at is not None), (numbers[place] or 0, -1)]
                    system.hold(terms, -math.inf, 0)


def _like(other: Key, curve: Key) -> bool:
    return (other[1], other[3], other[5]) == (curve[1], curve[3], curve[5])


def _two_forms(system: System, rows: dict[Key, Numbers]) -> None:
    """Take in that what lasted without a day lower is less than what lasted."""
    for curve, numbers in rows.items():
        if curve[0] == "blijvend" and curve[2] == "b" and curve[4] == "blijft":
            other = rows.get((*curve[:2], "a", *curve[3:]))
            if other:
                system.order(numbers[0], other[0])


def tie_months(system: System, early: dict[Key, Numbers], late: dict[Key, Numbers]) -> None:
    """Take in that people and steps that are counted since the beginning only become more."""
    for curve in early.keys() & late.keys():
        if curve[0] in (*RISING, "blijvend", "aansluitend") or curve[2] == "stap_terug":
            system.order(early[curve][1], late[curve][1])
        if curve[0] in {"blijvend", "aansluitend"}:
            system.order(early[curve][0], late[curve][0])


def running_totals(system: System, town: list[Release]) -> set[int]:
    """Take in that who is counted since the beginning came in months that tables show; return the numbers of those.

    How many of n were followed for k months is how many there were k months before; so a report has a total of each
    month back, and two of them hold the steps or the flows in between.
    """
    counts(system, town)
    months = settled_counts(system, town)
    tied: set[int] = set()
    for (who, position, outcome), totals in totals_by_month(estimates(system, town)).items():
        for earlier, later in itertools.pairwise(sorted(totals)):
            system.order(totals[earlier], totals[later])
        for first, last in itertools.combinations(sorted(totals), 2):
            facts = came_in(who, position, months_between(first, last), months, every=not outcome)
            for parts, low, high in facts:
                system.hold([*((at, 1) for at in parts), (totals[last], -1), (totals[first], 1)], low, high)
                tied |= set(parts)
    return tied


def settled_counts(system: System, town: list[Release]) -> dict[Key, int]:
    """Return the numbers of the whole town in settled months: by kind, month, from, to."""
    newest = max(release.month for release in town)
    first_open = months_later(f"{newest}-01", -PROVISIONAL)
    return {
        (kind, month, before, after): at
        for (kind, grouping, _, month, before, after, _), at in sorted(
            system.names.items(), key=lambda each: each[0][-1]
        )
        if not grouping.strip('"') and month < first_open
    }


def totals_by_month(
    seen: dict[str, dict[Key, Numbers]],
) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return by who are counted, position and outcome: the last month that counts -> how many there were by then.

    Of a month that two releases tell of, the newest: what came late may have changed it since.
    """
    totals: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for month, curves in sorted(seen.items()):
        last = months_later(f"{month}-01", -PROVISIONAL - 1)
        for (measure, gap, group, position, outcome, after), (x, n, followed) in curves.items():
            who, back = _population(measure, group), int(float(after or 0))
            if gap != MAIN_GAP or not who:
                continue
            by_then = months_later(last, -back)
            if (measure, outcome) in RARE:
                totals[who, position, f"{measure} {group} {outcome} {after}"][by_then] = x
            totals[who, position, ""][by_then] = n if followed is None else followed
            if followed is not None:
                totals[who, position, ""][last] = n
    return totals


def _population(measure: str, group: str) -> str:
    """Return who are counted, of measures that count since the beginning; else nothing."""
    fixed = {
        "duur": "verblijf",
        "eerste_stap": "eerste_verblijf",
        "eerste_stap_opnieuw": "opnieuw_verblijf",
        "bezetting": "instroom",
        "aansluitend": "stap_terug",
        "blijvend": "stap_vooruit",
        "terugkeer_2": "uitstroom_bijstand",
    }
    grouped = {
        ("weerslag", "terug"): "stap_terug",
        ("weerslag", "vooruit"): "stap_vooruit",
        ("herstel", "stap_terug"): "eerste_stap_terug",
        ("na_terugstap", "terug"): "aankomst_terug",
        ("na_terugstap", "nieuw"): "aankomst_nieuw",
    }
    return fixed.get(measure) or grouped.get((measure, group), "")


def months_between(first: str, last: str) -> list[str]:
    """Return the months after the first up to and including the last."""
    months = []
    while first < last:
        first = next_month(first)
        months.append(first)
    return months


def months_later(month: str, many: int) -> str:
    """Return the first day of the month so many months later."""
    year, of_year, _ = map(int, month.split("-"))
    past = year * 12 + of_year - 1 + many
    return date(past // 12, past % 12 + 1, 1).isoformat()


def came_in(
    who: str, position: str, between: list[str], months: dict[Key, int], *, every: bool
) -> Iterator[tuple[list[int], float, float]]:
    """Return counts of tables in these months, and how much more they may be together than who came to be counted.

    A flow is of who stands elsewhere on the first of the next month: one of the last month may have come a day later.
    every  all of who are counted, or only those with some outcome
    """
    if len(between) > LONGEST and len(between) not in {YEAR, YEAR + 1}:
        return
    exact = every and who in EVERY_STEP
    ways = ways_to(position) if who in STAYS else [SOME_STEPS[who]] if who in SOME_STEPS else []
    tables = [[("step_month", month, way, TOTAL) for month in between for way in ways]]
    if len(between) == YEAR:
        tables.append([("step_year", between[-1], way, TOTAL) for way in ways])
        if who in STAYS:
            to = [
                key for key in sorted(months) if key[0] == "step_year" and key[1] == between[-1] and key[3] == position
            ]
            yield from [([months[key] for key in to], 0, 0 if who == "verblijf" else math.inf)] if to else []
    for keys in tables:
        if keys and all(key in months for key in keys):
            yield [months[key] for key in keys], 0, 0 if exact else math.inf
    for kind, when in (("stock_flow", between[:-1]), ("year_matrix", between[-1:] if len(between) > YEAR else [])):
        flows = [
            at
            for (of, month, before, after), at in sorted(months.items())
            if of == kind and month in when and _comes_in(who, position, before, after)
        ]
        if flows:
            yield flows, -math.inf, 0


def ways_to(position: str) -> list[str]:
    """Return the directions of the steps that end in a position."""
    place = POSITIONS.index(position)
    return ["in", *(["vooruit"] if place else []), *(["terug"] if place < len(POSITIONS) - 1 else [])]


def _comes_in(who: str, position: str, before: str, after: str) -> bool:
    """Tell whether a flow is of people who come to be counted."""
    if who == "verblijf":
        return after == position and before not in {position, TOTAL, OUTSIDE, INSIDE}
    if who == "uitstroom_bijstand":
        return before == POSITIONS[0] and after not in {*POSITIONS[:-1], TOTAL, OUTSIDE, INSIDE}
    new = before == NOT_YET and after in POSITIONS
    return new and who in FIRST and (who == "instroom" or after == position)


def group_shares(system: System, town: list[Release]) -> None:
    """Take in persons and households of every group, who moved among them, and that groups are the same people."""
    for release in town:
        whole_groupings: dict[Key, list[int]] = defaultdict(list)
        for row in release.rows("group_share"):
            grouping, group, way = row["indeling"], row["groep (code)"], row["richting"]
            base = int(
                column(row, "afgerond op") or (10 if grouping in {"wijk", "leeftijdsgroep", "bijstandsduur"} else 5)
            )
            values = {
                "n": column(row, "aantal"),
                "x": shown_count(row, base),
                "n_h": column(row, "aantal huishoudens"),
                "x_h": column(row, "huishoudens van wie"),
            }
            named = ("group_share", release.month, grouping, group)
            at = {
                name: system.released((*named, *((way,) if name[0] == "x" else ()), name), value, base)
                for name, value in values.items()
                if value is not None
            }
            for name, place in at.items():
                if "aantal huishoudens" in row:
                    system.one_draw(("group_share", grouping, group), place, values[name] or 0, base)
            tie_group(system, at)
            if grouping != "wijk" and "n" in at:
                whole_groupings[grouping, way].append(at["n"])
        for (grouping, way), numbers in whole_groupings.items():
            others = whole_groupings["leeftijdsgroep", way]
            if grouping != "leeftijdsgroep":
                system.hold([*((at, 1) for at in numbers), *((at, -1) for at in others)], -math.inf, math.inf)


def tie_group(system: System, at: dict[str, int]) -> None:
    """Take in how persons and households of one group are tied: a household has one or two of the persons."""
    for smaller, larger in (("x", "n"), ("x_h", "n_h"), ("n_h", "n"), ("x_h", "x")):
        if smaller in at and larger in at:
            system.order(at[smaller], at[larger])
    if len(at) == 4:
        system.hold([(at["n_h"], 1), (at["x_h"], -1), (at["n"], -1), (at["x"], 1)], -math.inf, 0)


# --- rows of deliveries -----------------------------------------------------------------------------------------------


def quality(system: System, town: list[Release]) -> dict[Key, dict[str, int]]:
    """Take in the rows of deliveries and of rules; return the numbers of each source and rule by month."""
    by_rule: dict[Key, dict[str, int]] = defaultdict(dict)
    for release in town:
        for row in release.rows("delivery"):
            name = ("delivery", release.month, row["bron"])
            at = {
                each: system.released((*name, each), value, 5)
                for each in ("rijen", "geladen", "apart gezet", "dubbel", "verlopen")
                if (value := column(row, each)) is not None
            }
            if "rijen" in at and len(at) > 2:
                system.parts([number_ for each, number_ in at.items() if each != "rijen"], at["rijen"])
        for row in release.rows("verdict"):
            value, of = column(row, "afwijkende rijen"), column(row, "van rijen")
            if value is None:
                continue
            at_rule = system.released(("verdict", release.month, row["levering"], row["regel"]), value, 5)
            by_rule[row["levering"], row["regel"]][release.month] = at_rule
            if of is not None:
                system.order(at_rule, system.released(("verdict", release.month, row["levering"], "of"), of, 5))
            aside = system.names.get(("delivery", release.month, row["levering"], "apart gezet"))
            if aside is not None and row["ernst"] == "quarantine":
                system.order(at_rule, aside)
    return by_rule


# --- ranges turned back -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """A share that is shown with a range: released x, n, followed, and what stands beside them."""

    measure: str
    x: float | None
    n: float
    followed: float | None
    base: int
    low: float
    high: float


def ranges(town: list[Release]) -> Iterator[Range]:
    """Return every share of every release that has a range."""
    for release in town:
        for row in [*release.rows("estimate"), *release.rows("group_share")]:
            low, high, n = column(row, "ondergrens"), column(row, "bovengrens"), column(row, "aantal")
            if low is not None and high is not None and n:
                base, people = base_of(row), column(row, "aantal huishoudens")
                x = shown_count(row, base) if people is None else column(row, "huishoudens van wie")
                measure = row.get("maat", "groep")
                yield Range(measure, x, n if people is None else people, column(row, *FOLLOWED), base, low, high)


def base_of(row: Row) -> int:
    """Return the base of a row; the first version did not say it."""
    stated = column(row, "afgerond op")
    crossed = row.get("indeling") in {"wijk", "leeftijdsgroep", "bijstandsduur"}
    return int(stated) if stated else 10 if crossed else 5


def not_from_released(town: list[Release]) -> tuple[int, int]:
    """Return how many sets of equal released numbers there are, and how many of them have more than one range."""
    by_numbers: dict[Range, set[tuple[float, float]]] = defaultdict(set)
    for shown in ranges(town):
        if shown.x is not None:
            by_numbers[replace(shown, low=0, high=0)].add((shown.low, shown.high))
    return len(by_numbers), sum(len(found) > 1 for found in by_numbers.values())


def turned_back(town: list[Release]) -> tuple[int, int]:
    """Return how many counts of 1 to 9 may stand behind ranges of counts, and how many are found by trying them all.

    Tried is an exact range of the true count that is rounded outward to the base: rule 6 of the first version.
    """
    possible = found = 0
    for shown in ranges(town):
        if shown.measure not in (*COUNTED, "groep"):
            continue
        behind = {x for x in tried(shown) if shown.x is None or abs(x - shown.x) < shown.base}
        if behind & set(SMALL):
            possible += 1
            found += max(behind) - min(behind) + 1 < shown.base
    return possible, found


def tried(shown: Range) -> set[int]:
    """Return every count that gives this range, for some size that the released one allows."""
    behind, base, n = set(), shown.base, shown.n
    for size in np.arange(max(n - base + 1, 1), n + base):
        x = np.arange(0, min(size, 60))
        down = np.where(x > 0, betaincinv(np.maximum(x, 1e-9), size - x + 1, 0.025), 0.0)
        up = betaincinv(x + 1, np.maximum(size - x, 1e-9), 0.975)
        lower = np.floor(down * size / base) * base / n
        upper = np.minimum(np.ceil(up * size / base) * base, n) / n
        same = (abs(lower.round(2) - shown.low) < 0.006) & (abs(upper.round(2) - shown.high) < 0.006)
        behind |= {int(each) for each in x[same]}
    return behind


def loose_numbers(town: list[Release], deliveries: Path) -> int:
    """Return how many counts in texts and drawings are no multiple of 5, and how many plain digests of a delivery."""
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in deliveries.glob("*")}
    found = 0
    for release in town:
        for text in release.texts():
            plain = re.sub(r"<[^>]+>", " ", text)
            counted = re.findall(r"(?<![\d,.%-])(\d+) (?:mensen|stappen|personen|huishoudens)\b", plain)
            found += sum(int(each) % 5 != 0 for each in counted)
            found += sum(digest in text for digest in digests)
    return found


def rows_that_come_and_go(town: list[Release]) -> int:
    """Return how many rows of shares stand in one month's report and not in the next."""
    keys = ("maat", "gat in dagen", "groep", "plek", "uitkomst", "maanden")
    found = 0
    for report in REPORTS:
        sets = [
            {tuple(row[key] for key in keys) for row in release.rows("estimate")}
            for release in town
            if release.report == report
        ]
        found += sum(len(one ^ other) for one, other in itertools.pairwise(sets))
    return found


# --- score ------------------------------------------------------------------------------------------------------------


def truth_of(town: Path) -> dict[tuple[str, Key], int]:
    """Return what was true: by version, kind and cell, of stocks, flows and steps."""
    true: dict[tuple[str, Key], int] = defaultdict(int)
    for path in sorted((town / "truth").glob("*.duckdb")):
        with duckdb.connect(str(path), read_only=True) as extract:
            flows = extract.execute("select month, from_position, to_position, persons from stock_flow").fetchall()
            steps = extract.execute(
                "select date_trunc('month', day)::date, direction, 'totaal', count(*) from step group by all"
            ).fetchall()
        for kind, rows in (("stock_flow", flows), ("step_month", steps)):
            for month, before, after, persons in rows:
                true[path.stem, (kind, month.isoformat(), before, after)] += persons
                if kind == "stock_flow" and after in POSITIONS:
                    true[path.stem, (kind, next_month(month.isoformat()), after, TOTAL)] += persons
    return dict(true)


def missed(system: System, true: dict[tuple[str, Key], int]) -> tuple[int, int, int]:
    """Return how many true counts of 1 to 9 stocks, flows and steps have, how many bounds miss, how many are found.

    Bounds miss what the attack took for certain and was not, or what was further from its released count than was said.
    """
    small = wrong = caught = 0
    found = set(system.found())
    for name, at in system.names.items():
        if name[0] not in {"stock_flow", "step_month"} or name[1].strip('"'):
            continue
        kind, _, _, month, before, after, version = name
        if {before, after} & {OUTSIDE, INSIDE} or (kind == "stock_flow" and before == TOTAL):
            continue
        persons = true.get((version, (kind, month, before, after)), 0)
        small += persons in SMALL
        caught += persons in SMALL and at in found
        wrong += not system.low[at] <= persons <= system.high[at]
    return small, wrong, caught


@dataclass
class Outcome:
    """What the attack on one town brought."""

    town: str
    lines: list[tuple[str, int, int]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """How many counts of 1 to 9 were found, whichever way."""
        return sum(found for _, _, found in self.lines)


def attack(town: Path, solve: int = 120) -> Outcome:
    """Attack everything that was published of a town."""
    published, outcome = releases(town), Outcome(town.name)
    for name, take_in in (
        ("tabellen van alle maanden samen", counts),
        ("percentages: getelde en gevolgde mensen", estimates),
        ("dezelfde, als er niets wordt gecorrigeerd", estimates_that_grow),
        ("groepen: mensen en huishoudens", group_shares),
        ("leveringen en regels", quality),
        ("tabellen naast wie er sinds het begin bij kwamen", running_totals),
    ):
        system = System()
        names = take_in(system, published)
        system.cut()
        system.solve(solve, names if isinstance(names, set) else ())
        possible = sum(system.low[at] <= SMALL[-1] and system.high[at] >= SMALL[0] for at in system.names.values())
        outcome.lines.append((name, possible, len(system.found())))
        if take_in in {counts, running_totals} and (town / "truth").is_dir():
            small, wrong, found = missed(system, truth_of(town))
            outcome.remarks.append(
                f"{name}: {small} echte aantallen van 1 tot en met 9, waarvan {found} gevonden; van {wrong} aantallen "
                "lag de waarheid buiten wat overbleef"
            )
        if take_in is quality:
            outcome.lines.append(lasting(system, names, town))
        if system.twice:
            outcome.remarks.append(
                f"{system.twice} aantallen met een andere waarde in een ander rapport van dezelfde dag"
            )
        if system.clashes:
            outcome.remarks.append(f"{name}: {system.clashes} tegenspraken")
        outcome.remarks += [f"{name}: {describe(system, at)}" for at in system.found()[:5]]
    sets, several = not_from_released(published)
    outcome.remarks.append(
        f"{sets} verschillende vrijgegeven rijen met een bereik; {several} daarvan met meer dan een bereik"
    )
    if several:
        outcome.lines.append(("bereiken, teruggerekend", *turned_back(published)))
    outcome.lines.append(
        ("getallen en kenmerken in tekst en tekening", 0, loose_numbers(published, town / "workspace" / "inbox"))
    )
    outcome.lines.append(("rijen die er de ene maand zijn en de andere niet", 0, rows_that_come_and_go(published)))
    return outcome


def lasting(system: System, by_rule: object, town: Path) -> tuple[str, int, int]:
    """Return how many lasting counts of bad rows there are, and how many are found because they were drawn again."""
    assert isinstance(by_rule, dict)
    possible = found = 0
    true = {
        path.stem: {(row[0], row[1]): row[2] for row in verdicts(path)}
        for path in sorted((town / "truth").glob("*.duckdb"))
    }
    for rule, months in by_rule.items():
        runs: dict[int, list[int]] = defaultdict(list)
        for month, at in months.items():
            runs[true.get(month, {}).get(rule, 0)].append(at)
        for count, places in runs.items():
            if count in SMALL:
                possible += 1
                values = min(system.high[at] for at in places) - max(system.low[at] for at in places) + 1
                found += values < 5
    return "rijen die blijven, maand na maand", possible, found


def verdicts(path: Path) -> list[tuple[str, str, int]]:
    """Return delivery, rule and bad rows of a month."""
    with duckdb.connect(str(path), read_only=True) as extract:
        return extract.execute("select contract, rule, unexpected from verdict").fetchall()


def describe(system: System, at: int) -> str:
    """Return a found number: its name, what is left, what was promised. For the one who mends it, not for readers."""
    name = next(key for key, place in system.names.items() if place == at)
    return f"{' '.join(part for part in name if part)}: {system.low[at]:g} tot en met {system.high[at]:g}"


# --- towns ------------------------------------------------------------------------------------------------------------


def make(folder: Path, persons: int, months: Iterable[str] = MONTHS, reports: Iterable[str] = REPORTS) -> None:
    """Publish a town month after month; half-year and wijk reports with the last two months. What is there stays."""
    home = folder / f"stad-{persons}"
    (home / "truth").mkdir(parents=True, exist_ok=True)
    listed = list(months)
    for month in listed:
        if (home / "truth" / f"{month}.duckdb").is_file():
            continue
        _keten(home, "demo", "--persons", str(persons), "--peildatum", f"{month}-01")
        for report in reports:
            if report == REPORTS[0] or month in listed[-2:]:
                _keten(home, "run", report, "--quiet")
        extract = (home / "workspace" / "extract.duckdb").read_bytes()
        (home / "truth" / f"{month}.duckdb").write_bytes(extract)


def _keten(home: Path, *arguments: str) -> None:
    places = {"KETEN_HOME": home / "workspace", "KETEN_REPORTS": home / "reports", "KETEN_KEY": home / "sleutel"}
    command = [str(Path(sys.executable).with_name("keten")), *arguments]
    subprocess.run(command, check=True, env=os.environ | {name: str(path) for name, path in places.items()})


def main() -> None:
    """Make towns, or attack them and print the table."""
    parser = argparse.ArgumentParser(description="What readers' files leave of counts of 1 to 9.")
    parser.add_argument("task", choices=["make", "try"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--persons", type=int, nargs="+", default=[300, 600, 3900])
    parser.add_argument("--months", nargs="+", default=list(MONTHS))
    parser.add_argument("--solve", type=int, default=120, help="numbers per system that linear programming tries")
    parser.add_argument("--write", action="store_true", help="put the table in docs/aanval.md")
    arguments = parser.parse_args()
    if arguments.task == "make":
        for persons in arguments.persons:
            make(arguments.folder, persons, arguments.months)
        return
    outcomes = [
        attack(town, arguments.solve)
        for town in sorted(arguments.folder.glob("*-*"), key=lambda town: (len(town.name), town.name))
        if any(town.glob("reports/releases/*/downloads"))
    ]
    if arguments.write:
        before, _, after = re.split(MARKS, PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(f"{before}{BEGIN}\n{table(outcomes)}{END}{after}", encoding="utf-8")
    sys.stdout.write(table(outcomes) + remarks(outcomes))
    sys.exit(any(outcome.found for outcome in outcomes))


def table(outcomes: list[Outcome]) -> str:
    """Return the table of docs/aanval.md."""
    lines = ["| stad | wat is geprobeerd | kunnen 1 tot en met 9 zijn | gevonden |", "|---|---|---|---|"]
    lines += [f"| {o.town} | {what} | {possible} | {found} |" for o in outcomes for what, possible, found in o.lines]
    return "\n".join(lines) + "\n"


def remarks(outcomes: list[Outcome]) -> str:
    """Return what whoever mends it has to know of what was found."""
    return "\n".join(["", *(f"- {o.town}: {remark}" for o in outcomes for remark in o.remarks), ""])


if __name__ == "__main__":
    main()
