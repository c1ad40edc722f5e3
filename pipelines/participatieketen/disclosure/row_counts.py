"""Counts of rows of deliveries: one cell per source and kind of row, drawn once, whatever delivery it is counted in."""

from collections.abc import Mapping

import polars as pl

from participatieketen.disclosure.singly import CELL, Draw, cell_name, cells, draw, rounded

DELIVERY, VERDICT = "delivery", "verdict"
ROWS = (DELIVERY, VERDICT)
"""Tables about rows of deliveries."""

PARTS = ("loaded", "quarantined", "duplicates", "expired")
"""What became of the rows of a delivery; together they are all of them."""

_UNNAMED = ("contract", "rule", "severity", "message", "source")


def row_tables(
    counts: Mapping[str, pl.DataFrame], base: int, key: bytes
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return delivery and verdict as they leave, and their cells (columns CELL).

    counts  the extract's `delivery` (source, peildatum and its counts of rows) and `verdict` (contract, rule, severity,
            message, source, unexpected, total); either may be missing.
    A row that is wrong in every delivery would be drawn anew in each if its cell were of the delivery. All counts of a
    source have one draw, because what a rule finds is often what was set aside. The rows of a delivery are the sum of
    what became of them; those that a rule was tried on are the rows of the delivery.
    """
    tables, drawn = dict[str, pl.DataFrame](), [pl.DataFrame(schema=CELL)]
    for name, rounded_ in ((DELIVERY, _deliveries), (VERDICT, _verdicts)):
        if name in counts:
            tables[name], found = rounded_(counts[name].with_columns(base=pl.lit(base, pl.Int64)), tables, key)
            drawn.append(found)
    return tables, pl.concat(drawn)


Found = tuple[pl.DataFrame, pl.DataFrame]


def _deliveries(rows: pl.DataFrame, _: Mapping[str, pl.DataFrame], key: bytes) -> Found:
    values = {f"{part}_value": _at(part, draw(rows, DELIVERY, ["source"], key)) for part in PARTS}
    found = rows.with_columns(**values)
    parts = [
        cells(
            found, cell_name(DELIVERY, group_code=pl.col("source"), from_position=pl.lit(part)), part, f"{part}_value"
        )
        for part in PARTS
    ]
    month = pl.col("peildatum").cast(pl.Date).dt.month_start()
    shown = {part: pl.col(f"{part}_value") for part in PARTS}
    view = found.select("source", month=month, rows=pl.sum_horizontal(*values), **shown)
    return view, pl.concat(parts)


def _verdicts(rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], key: bytes) -> Found:
    drawn = draw(rows, DELIVERY, ["contract"], key)
    found = rows.with_columns(unexpected_value=_at("unexpected", drawn), total_value=_at("total", drawn))
    if DELIVERY in tables:
        of_delivery = tables[DELIVERY].select(contract="source", delivered="rows")
        found = found.join(of_delivery, on="contract", how="left", maintain_order="left")
        found = found.with_columns(total_value=pl.coalesce("delivered", "total_value"))
    name = cell_name(VERDICT, group_code=pl.col("contract"), from_position=pl.col("rule"))
    view = found.select(*_UNNAMED, unexpected="unexpected_value", total="total_value")
    return view, cells(found, name, "unexpected", "unexpected_value")


def _at(count: str, drawn: Draw) -> pl.Expr:
    """Return the count as it is released, at the one base that these tables have."""
    return rounded(pl.col(count).cast(pl.Int64), drawn, pl.col("base"), finest=pl.col("base"))
