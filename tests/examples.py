"""The examples that readers see on the page of definitions, worked out from the registers to the last column."""

from datetime import date, timedelta

import polars as pl

import oracle
from drawn import Table, drawn
from participatieketen import moves, timelines
from participatieketen.chain import Chain, Example
from registers import register_spells

HEADS = {
    "plekken": {
        "persoon": "person",
        "plek": "position",
        "bijstand": "in_bijstand",
        "van": "first_day",
        "tot en met": "next_day",
    },
    "stappen": {
        "persoon": "person",
        "dag": "day",
        "van": "from_position",
        "naar": "to_position",
        "richting": "direction",
    },
    "aantallen": {"maand": "month", "van": "from_position", "naar": "to_position", "aantal mensen": "persons"},
}
"""By kind of result: the head that readers see, and the column of the engine."""


def result_of(example: Example, chain: Chain) -> Table:
    """Return what comes of an example, in the columns and the words that it draws."""
    spells = register_spells(_delivered(example, chain), chain)
    frame, slow = _worked_out(example, spells, chain)
    assert frame.rows() == slow, "the engine and the oracle disagree on what is drawn"
    heads = HEADS[example.result]
    return [
        {head: _told(heads[head], row[heads[head]], chain) for head in drawn(example.expected)[0]}
        for row in frame.iter_rows(named=True)
    ]


def _delivered(example: Example, chain: Chain) -> dict[str, Table]:
    """Return the rows of each register; a column that a rule asks for holds the first code that it takes."""
    tables: dict[str, Table] = {}
    asked = {rule.register: rule for position in chain.positions for rule in position.open if rule.column}
    for row in drawn(example.given):
        register = row.pop("register")
        codes = {rule.column: rule.values[0] for rule in [asked.get(register)] if rule and rule.column}
        tables.setdefault(register, []).append(codes | row)
    return tables


def _worked_out(example: Example, spells: pl.DataFrame, chain: Chain) -> tuple[pl.DataFrame, list[oracle.Row]]:
    """Return the result as the engine has it, and as its slow twin does."""
    last = example.peildatum
    timeline = timelines.timeline(spells, chain, last)
    if example.result == "plekken":
        return timeline, oracle.timeline(spells, chain, last)
    if example.result == "stappen":
        return moves.steps(timeline, chain), oracle.steps(spells, chain, last)
    return moves.stock_flow(timeline, chain, last), oracle.stock_flow(spells, chain, last)


def _told(column: str, value: object, chain: Chain) -> str:
    """Return a value as readers see it: labels, ja and nee, the last day that counts."""
    labels = {position.code: position.label for position in chain.positions}
    if column == "next_day" and isinstance(value, date):
        return str(value - timedelta(days=1))
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return labels.get(str(value), str(value))
