"""Tables drawn as text, as registers give them: begindatum and einddatum, the einddatum included, empty = still open.

What `timeline_of`, `steps_of` and `stock_flow_of` return has been checked against the oracle.
"""

from datetime import date, timedelta

import polars as pl

import oracle
from participatieketen import chain as chains
from participatieketen import moves, places, timelines
from participatieketen.chain import Chain

Table = list[dict[str, str]]

PARTICIPATIE = chains.read(places.project() / "pipelines/chains/participatie.toml")
SPELL = {
    "person": pl.Int32,
    "register": pl.String,
    "position": pl.String,
    "first_day": pl.Date,
    "next_day": pl.Date,
    "after": pl.String,
}


def drawn(text: str) -> Table:
    """Return a drawn table: column heads, then rows."""
    head, *rows = chains.drawn(text)
    return [dict(zip(head, row, strict=True)) for row in rows]


def spells_of(text: str, chain: Chain = PARTICIPATIE) -> pl.DataFrame:
    """Return the spells of a table: register | begindatum | einddatum [| reden] [| persoon] [| columns of rules]."""
    rows = [
        {
            "person": int(row.get("persoon", 0)),
            "register": row["register"],
            "position": position,
            "first_day": date.fromisoformat(row["begindatum"]),
            "next_day": date.fromisoformat(row["einddatum"]) + timedelta(days=1) if row["einddatum"] else None,
            "after": _after(row, chain) if row["einddatum"] else None,
        }
        for row in drawn(text)
        for position in _positions(row, chain)
    ]
    return pl.DataFrame(rows, schema=SPELL)


def timeline_of(
    text: str,
    columns: str = "position | first_day | next_day",
    *,
    peildatum: str | None = None,
    chain: Chain = PARTICIPATIE,
) -> Table:
    """Return the timeline of drawn spells; the peildatum is the last day drawn, unless it is given."""
    spells, last = spells_of(text, chain), _peildatum(text, peildatum)
    timeline = timelines.timeline(spells, chain, last)
    _agree(timeline, oracle.timeline(spells, chain, last))
    return _table(timeline, columns)


def steps_of(
    text: str,
    columns: str = "day | from_position | to_position | direction | steps | bridged_days",
    *,
    peildatum: str | None = None,
    chain: Chain = PARTICIPATIE,
) -> Table:
    """Return the steps in drawn spells."""
    spells, last = spells_of(text, chain), _peildatum(text, peildatum)
    steps = moves.steps(timelines.timeline(spells, chain, last), chain)
    _agree(steps, oracle.steps(spells, chain, last))
    return _table(steps, columns)


def stock_flow_of(
    text: str,
    columns: str = "month | from_position | to_position | persons",
    *,
    peildatum: str | None = None,
    chain: Chain = PARTICIPATIE,
    groups: dict[int, str] | None = None,
) -> Table:
    """Return the monthly stock and flow of drawn spells; groups: persoon to group."""
    spells, last = spells_of(text, chain), _peildatum(text, peildatum)
    frame = pl.DataFrame(list((groups or {}).items()), schema={"person": pl.Int32, "group": pl.String}, orient="row")
    flow = moves.stock_flow(timelines.timeline(spells, chain, last), chain, last, frame if groups else None)
    _agree(flow, oracle.stock_flow(spells, chain, last, groups))
    return _table(flow, columns)


def _positions(row: dict[str, str], chain: Chain) -> list[str]:
    """Return the positions that a row satisfies; a column that is not drawn holds what the rule asks."""
    return [
        position.code
        for position in chain.positions
        if any(
            rule.register == row["register"] and (rule.column not in row or row[rule.column] in rule.values)
            for rule in position.open
        )
    ]


def _after(row: dict[str, str], chain: Chain) -> str | None:
    """Return where an end leads: the first rule that names its reason, else the first for any other reason or none."""
    rules = [(position.code, rule) for position in chain.positions for rule in position.ended]
    own = [(code, rule) for code, rule in rules if rule.register == row["register"]]
    named = [code for code, rule in own if row.get(rule.column or "reden", "") in rule.reasons]
    other = [code for code, rule in own if not rule.reasons]
    return next(iter(named + other), None)


def _peildatum(text: str, given: str | None) -> date:
    days = [row[column] for row in drawn(text) for column in ("begindatum", "einddatum")]
    return date.fromisoformat(given or max(days))


def _agree(frame: pl.DataFrame, expected: list[oracle.Row]) -> None:
    assert frame.rows() == expected, "the engine and the oracle disagree on what is drawn"


def _table(frame: pl.DataFrame, columns: str) -> Table:
    names = [name.strip() for name in columns.split("|")]
    return [dict(zip(names, map(_cell, row), strict=True)) for row in frame.select(names).iter_rows()]


def _cell(value: object) -> str:
    return {True: "ja", False: "nee"}[value] if isinstance(value, bool) else str(value)
