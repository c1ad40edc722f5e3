"""Who is in which group on a day, as the chain's groupings tell from the extract."""

from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import contracts, extract, moves
from participatieketen.chain import Chain, Grouping
from participatieketen.errors import WrongUse
from participatieketen.pipeline.definition import Pipeline

_SCHEMA = {
    "person": pl.Int32(),
    "grouping": pl.String(),
    "group_code": pl.String(),
    "label": pl.String(),
    "place": pl.Int64(),
}
UNKNOWN = "onbekend"
_MOST = 1_000  # groups in a grouping


def members(database: Path, pipeline: Pipeline, chain: Chain, day: date) -> pl.DataFrame:
    """Return the group of every person in every grouping, fixed on the day: nothing of later is used.

    Returns  (persons x groupings, 5)  person, grouping, group_code, label, place (order in which the chain and its
             code lists name the groups); no row where the group is not known: of a code that the code list does not
             have, and of a person of whom two are given.
    Raises   WrongUse: a statement cannot be run, or gives a code that `names` does not have.
    """
    found = [
        _members(database, pipeline, chain, grouping, day).with_columns(pl.col("place") + first * _MOST)
        for first, grouping in enumerate(chain.groupings)
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *found])


def group_flow(
    database: Path, pipeline: Pipeline, chain: Chain, timeline: pl.DataFrame, peildatum: date
) -> dict[str, pl.DataFrame]:
    """Return group_flow: the stock and flow of every grouping that the pipeline asks for; nothing when it asks none.

    Everyone is in every month in the group of the peildatum, so that only what hardly changes may be asked for.
    """
    if not pipeline.groupings:
        return {}
    everyone, who = timeline.select("person").unique(), members(database, pipeline, chain, peildatum)
    flows = []
    for name in pipeline.groupings:
        own = who.filter(grouping=name).select("person", group="group_code")
        known = everyone.join(own, on="person", how="left").with_columns(pl.col("group").fill_null(UNKNOWN))
        flows.append(moves.stock_flow(timeline, chain, peildatum, known).with_columns(grouping=pl.lit(name)))
    return {"group_flow": pl.concat(flows)}


def _members(database: Path, pipeline: Pipeline, chain: Chain, grouping: Grouping, day: date) -> pl.DataFrame:
    sql = _statement(pipeline.chain.parent / grouping.sql)
    given = {"dag": day, "gat": chain.gap_days}
    found = extract.query(database, sql, {name: value for name, value in given.items() if f"${name}" in sql})
    labels = contracts.code_list(pipeline.contracts, grouping.codelist) if grouping.codelist else grouping.names
    known = pl.DataFrame({"code": list(labels), "label": list(labels.values()), "place": range(len(labels))})
    if grouping.names and found.join(known, on="code", how="anti").height:
        raise WrongUse(f"Groepering {grouping.code}: een code heeft geen naam. Vul names aan in de keten.")
    found = found.unique(maintain_order=True).filter(pl.col("person").is_unique())
    return (
        found.join(known, on="code", maintain_order="left")
        .select(
            pl.col("person").cast(pl.Int32),
            pl.lit(grouping.code).alias("grouping"),
            "label",
            "place",
            group_code="code",
        )
        .select(*_SCHEMA)
    )


def _statement(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise WrongUse(f"{path} bestaat niet: verbeter sql bij de groepering.") from None
