"""What may leave: a table under control with the context to read it in, and the file it is kept in."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from participatieketen.chain import GROUP, Break, Chain
from participatieketen.chain import Position as Rule
from participatieketen.errors import DisclosureRefused, WrongUse

BASE = 5
POLICY = "R5C"
"""Keyed controlled rounding, base 5: pipelines/decisions/0009-controlled-rounding.md."""


_ARC = ("family", "grouping", "group_code", "month", "from_position", "to_position")
_CONTROL = ("base", "bound", "provisional")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "stock": ("month", "position", "persons", "provisional"),
    "stock_flow": ("month", "from_position", "to_position", "persons", "provisional"),
    "year_matrix": ("from_position", "to_position", "persons"),
    "step_month": ("month", "direction", "steps", "provisional"),
    "step_year": ("from_position", "to_position", "direction", "steps"),
    "step_years": ("month", "direction", "steps"),
    "released_stock_flow": (*_ARC, "persons", *_CONTROL),
    "released_steps": (*_ARC, "steps", *_CONTROL),
    "estimate": (
        *("measure", "population", "gap_days", "group", "position", "outcome", "months"),
        *("x", "n", "followed", "base"),
    ),
    "group_share": (
        *("grouping", "group_code", "label", "direction"),
        *("x", "n", "x_households", "n_households", "base"),
    ),
    "group_label": ("grouping", "group_code", "label"),
    "delivery": ("source", "month", "rows", "loaded", "quarantined", "duplicates", "expired"),
    "verdict": ("contract", "rule", "severity", "message", "source", "unexpected", "total"),
    "published": ("measure", "area", "period", "source", "note", "share"),
    "audited": ("cells", "small", "narrowest", "rule"),
}
"""The tables that may leave, each with its columns in order: nothing else does, whatever comes with it."""

SEAL = object()
_PEOPLE = {"grouping": pl.String, "code": pl.String, "said": pl.String}
_CAUTION = {"grouping": pl.String, "said": pl.String}
_POSITION = {"code": pl.String, "label": pl.String, "rank": pl.Int64, "in_sight_days": pl.Int64}
_BREAK: dict[str, Any] = {
    "date": pl.Date,
    **dict.fromkeys(("label", "reason", "source"), pl.String),
    **dict.fromkeys(("positions", "registers"), pl.List(pl.String)),
}


@dataclass(frozen=True)
class Position:
    """A place in the chain as readers see it; rank None = outside the chain.

    in_sight_days  a person is here after an exit and in no register: for so many days, then a rule ends it; None: until
                   a register says otherwise
    """

    code: str
    label: str
    rank: int | None
    in_sight_days: int | None = None


@dataclass(frozen=True)
class People:
    """What sentences call the people of a group: "mannen"; without a code those of every other group, by its label."""

    grouping: str
    code: str | None
    said: str


@dataclass(frozen=True)
class Caution:
    """What readers must know at each figure of a grouping, in one sentence."""

    grouping: str
    said: str


@dataclass(frozen=True)
class Context:
    """What a page has to say along with the figures.

    positions         low to high, those outside the chain last
    peildatum         the last observed day
    provisional_from  first day of the months whose figures still change by late registration
    fictional         made from the fictional town's deliveries
    base              counts are multiples of it; a 0 stands for fewer than the base
    gap_days          a time on no position that is bridged within a spell lasts at most so many days
    notes             what readers must know of this chain, one sentence each
    people            what sentences call the people of groups, as far as the chain says so
    cautions          what readers must know at each figure of a grouping, where there is something
    breaks            trend breaks, in order of their day
    id                the release
    policy            the rules by which counts were rounded
    key               id of the rounding key
    ledger            hash of the last line of the ledger in which every count stands
    """

    organisation: str
    title: str
    chain: str
    positions: tuple[Position, ...]
    peildatum: date
    provisional_from: date
    fictional: bool
    base: int = BASE
    gap_days: int = 0
    notes: tuple[str, ...] = ()
    people: tuple[People, ...] = ()
    cautions: tuple[Caution, ...] = ()
    breaks: tuple[Break, ...] = ()
    id: str = ""
    policy: str = POLICY
    key: str = ""
    ledger: str = ""

    @property
    def settled_on(self) -> date:
        """Last first day of a month on which it is final who stands where: all months before it are."""
        return min(self.provisional_from, self.peildatum.replace(day=1))

    def people_of(self, grouping: str, code: str, label: str) -> str:
        """Return what sentences call the people of a group, in the plural and without an article; '' if not known."""
        said = {one.code: one.said for one in self.people if one.grouping == grouping}
        return said.get(code) or said.get(None, "").replace(GROUP, label)

    def caution_of(self, grouping: str) -> str:
        """Return what readers must know at each figure of a grouping; '' when there is nothing."""
        return next((one.said for one in self.cautions if one.grouping == grouping), "")

    @property
    def last_break(self) -> Break | None:
        """The newest trend break in the settled months; None without one."""
        return max((one for one in self.breaks if one.date < self.provisional_from), key=_day, default=None)


@dataclass(frozen=True)
class Released:
    """A table that may leave: counts under control, and the context to read them in.

    Only this room can make one, with the columns that COLUMNS says; anything else raises DisclosureRefused.
    """

    name: str
    frame: pl.DataFrame
    context: Context
    seal: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Refuse a table that did not come through this room, and one with a column that may not leave."""
        if self.seal is not SEAL:
            raise DisclosureRefused("Deze tabel is niet vrijgegeven: alleen disclosure geeft tabellen vrij.")
        if self.name not in COLUMNS:
            raise DisclosureRefused(f"Tabel {self.name} staat niet in de lijst van wat naar buiten mag (COLUMNS).")
        columns, allowed = tuple(self.frame.columns), COLUMNS[self.name]
        if columns != allowed:
            raise DisclosureRefused(
                f"Tabel {self.name}: {len(set(columns) ^ set(allowed))} kolommen te veel of te weinig, of een andere "
                f"volgorde; alleen {', '.join(allowed)} mogen naar buiten. Er is niets vrijgegeven."
            )


def context(chain: Chain, organisation: str, title: str, peildatum: date, *, fictional: bool) -> Context:
    """Return the context of a release of this chain."""
    ranked = sorted((p for p in chain.positions if p.rank is not None), key=lambda p: chain.ranks[p.code])
    outside = [p for p in chain.positions if p.rank is None]
    return Context(
        organisation=organisation,
        title=title,
        chain=chain.title,
        positions=tuple(_position(p, chain) for p in [*ranked, *outside]),
        peildatum=peildatum,
        provisional_from=chain.provisional_from(peildatum),
        fictional=fictional,
        gap_days=chain.gap_days,
        notes=chain.notes,
        people=tuple(_people(chain)),
        cautions=tuple(Caution(one.code, one.caution) for one in chain.groupings if one.caution),
        breaks=chain.breaks,
    )


def _position(rule: Rule, chain: Chain) -> Position:
    after_an_exit = rule.rank is not None and rule.ended
    return Position(rule.code, rule.label, rule.rank, chain.follow_up_days if after_an_exit else None)


def _people(chain: Chain) -> Iterator[People]:
    for grouping in chain.groupings:
        yield from (People(grouping.code, code, said) for code, said in grouping.called.items())
        if grouping.people:
            yield People(grouping.code, None, grouping.people)


def stamped(tables: Mapping[str, Released], given: Context) -> dict[str, Released]:
    """Return the same tables with what became known of the release since."""
    return {name: Released(name, table.frame, given, SEAL) for name, table in tables.items()}


def _day(one: Break) -> date:
    return one.date


def _break(row: dict[str, Any]) -> Break:
    return Break(**(row | {of: tuple(row[of]) for of in ("positions", "registers")}))


def digest(tables: Mapping[str, Released]) -> str:
    """Return the SHA-256 of what readers see of the tables, whichever release and ledger they are of."""
    given = replace(next(iter(tables.values())).context, id="", key="", ledger="")
    content = hashlib.sha256(repr(given).encode())
    for name, table in sorted(tables.items()):
        content.update(f"{name}\n{table.frame.write_ndjson()}".encode())
    return content.hexdigest()


def write(tables: Mapping[str, Released], path: Path) -> None:
    """Write the released tables and their context to a new DuckDB file."""
    given = next(iter(tables.values())).context
    several = {"positions", "notes", "people", "cautions", "breaks"}
    about = {name: value for name, value in vars(given).items() if name not in several}
    context = {
        "release": pl.DataFrame([about]),
        "position": pl.DataFrame([vars(position) for position in given.positions], schema=_POSITION),
        "note": pl.DataFrame({"note": given.notes}, schema={"note": pl.String}),
        "people": pl.DataFrame([vars(one) for one in given.people], schema=_PEOPLE),
        "caution": pl.DataFrame([vars(one) for one in given.cautions], schema=_CAUTION),
        "trend_break": pl.DataFrame([vars(one) for one in given.breaks], schema=_BREAK),
    }
    with closing(duckdb.connect(path)) as connection:
        for name, frame in (context | {name: table.frame for name, table in tables.items()}).items():
            connection.from_arrow(frame.to_arrow()).create(name)


def open_release(path: str | Path) -> dict[str, Released]:
    """Return the released tables in a file that `write` made, by name; raises WrongUse when it is not one."""
    if not Path(path).is_file():
        raise WrongUse(f"{path} bestaat niet: geef het pad van een released.duckdb.")
    try:
        with closing(duckdb.connect(path, read_only=True)) as connection:
            frames = {name: connection.table(name).pl() for (name,) in connection.sql("show tables").fetchall()}
        given = Context(
            positions=tuple(Position(**row) for row in frames.pop("position").iter_rows(named=True)),
            notes=tuple(frames.pop("note")["note"]),
            people=tuple(People(**row) for row in frames.pop("people", pl.DataFrame()).iter_rows(named=True)),
            cautions=tuple(Caution(**row) for row in frames.pop("caution", pl.DataFrame()).iter_rows(named=True)),
            breaks=tuple(map(_break, frames.pop("trend_break", pl.DataFrame()).iter_rows(named=True))),
            **frames.pop("release").row(0, named=True),
        )
        return {name: Released(name, frame, given, SEAL) for name, frame in frames.items()}
    except (duckdb.Error, KeyError, TypeError, pl.exceptions.PolarsError, DisclosureRefused):
        raise WrongUse(f"{path} is geen bestand met vrijgegeven tabellen van dit programma.") from None
