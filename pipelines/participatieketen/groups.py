"""Who is in which group on a day, as the chain's groupings tell from the extract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import contracts, extract, moves
from participatieketen.chain import Chain, Grouping
from participatieketen.errors import WrongUse

_SCHEMA = {
    "person": pl.Int32(),
    "grouping": pl.String(),
    "group_code": pl.String(),
    "label": pl.String(),
    "place": pl.Int64(),
}
DAYS = "$dagen"
"""In a statement: the days that groups are asked of; it gives each row its `dag`."""

UNKNOWN = "onbekend"
_MOST = 1_000  # groups in a grouping


@dataclass(frozen=True)
class Groupings:
    """The groupings of a chain, and where what they name stands.

    chain      its file as it is read
    folder     of that file, from which the paths of statements begin
    codelists  the folder of contracts, which holds them
    """

    chain: Chain
    folder: Path
    codelists: Path

    def labels(self, grouping: Grouping) -> Mapping[str, str]:
        """Return what the groups of a grouping are called, by code, in their order; raises WrongUse for a code list."""
        return contracts.code_list(self.codelists, grouping.codelist) if grouping.codelist else grouping.names

    def statements(self) -> dict[str, str]:
        """Return the SQL of every grouping, by code; raises WrongUse for a file that is not there."""
        return {grouping.code: self.statement(grouping.sql) for grouping in self.chain.groupings}

    def statement(self, path: str) -> str:
        """Return the SQL of a file that the chain names; raises WrongUse when it is not there."""
        file = self.folder / path
        try:
            return file.read_text(encoding="utf-8")
        except OSError:
            raise WrongUse(f"{file} bestaat niet: verbeter sql bij de groepering.") from None


def members(database: Path, groupings: Groupings, day: date) -> pl.DataFrame:
    """Return the group of every person in every grouping, fixed on the day: nothing of later is used.

    Returns  (persons x groupings, 6)  person, household (the number of one of its persons; of who shares none known:
             the own number), grouping, group_code, label, place (order in which the chain and its code lists name the
             groups); no row where the group is not known: of a code that the code list does not have, and of a person
             of whom two are given.
    Raises   WrongUse: a statement cannot be run, or gives a code that `names` does not have.
    """
    found = [
        _members(database, groupings, grouping, [day]).select(*_SCHEMA).with_columns(pl.col("place") + first * _MOST)
        for first, grouping in enumerate(groupings.chain.groupings)
    ]
    together = _households(database, groupings, day)
    rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *found])
    return (
        rows.join(together, on="person", how="left", maintain_order="left")
        .with_columns(pl.coalesce("household", "person"))
        .select("person", "household", pl.exclude("person", "household"))
    )


def _households(database: Path, groupings: Groupings, day: date) -> pl.DataFrame:
    """Return (persons x 2) person, household: who shares one on the day; empty when the registers do not tell."""
    if groupings.chain.households is None:
        return pl.DataFrame(schema={"person": pl.Int32, "household": pl.Int32})
    found = extract.query(database, groupings.statement(groupings.chain.households), {DAYS[1:]: [day]})
    return found.select(pl.col("person", "household").cast(pl.Int32))


def group_flow(
    database: Path, groupings: Groupings, timeline: pl.DataFrame, peildatum: date
) -> dict[str, pl.DataFrame]:
    """Return group_flow: the stock and flow of every grouping of the chain; nothing when the chain has none.

    group_flow  (rows x 7)  month, from_position, to_position, group, persons, grouping, by_month.
    A grouping whose statement asks for days holds by month: the group is that of the month's first day, or of the
    next month's when there was none then. Of any other it is as last delivered, in every month.
    """
    flows = [_flow(database, groupings, grouping, timeline, peildatum) for grouping in groupings.chain.groupings]
    return {"group_flow": pl.concat(flows)} if flows else {}


def _flow(
    database: Path, groupings: Groupings, grouping: Grouping, timeline: pl.DataFrame, peildatum: date
) -> pl.DataFrame:
    chain = groupings.chain
    if by_month := DAYS in groupings.statement(grouping.sql):
        start = chain.observed_from or timeline.select(pl.col("first_day").min()).item()
        days = pl.date_range(start.replace(day=1), peildatum.replace(day=1), "1mo", eager=True).to_list()
        groups = _members(database, groupings, grouping, days).select("person", month="day", group="group_code")
        found = moves.stock_flow_by_month(timeline, chain, peildatum, groups)
    else:
        groups = _members(database, groupings, grouping, [peildatum]).select("person", group="group_code")
        everyone = timeline.select(pl.col("person").unique()).join(groups, on="person", how="left")
        known = everyone.with_columns(pl.col("group").fill_null(UNKNOWN))
        found = moves.stock_flow(timeline, chain, peildatum, known)
    return found.with_columns(
        pl.col("group").fill_null(UNKNOWN), grouping=pl.lit(grouping.code), by_month=pl.lit(by_month)
    )


def _members(database: Path, groupings: Groupings, grouping: Grouping, days: Sequence[date]) -> pl.DataFrame:
    """Return (persons x days, 6) day, person, grouping, group_code, label, place; no day when none is asked for."""
    sql = groupings.statement(grouping.sql)
    given = {DAYS: list(days), "$gat": groupings.chain.gap_days}
    found = extract.query(database, sql, {name[1:]: value for name, value in given.items() if name in sql})
    labels = groupings.labels(grouping)
    known = pl.DataFrame({"code": list(labels), "label": list(labels.values()), "place": range(len(labels))})
    if grouping.names and found.join(known, on="code", how="anti").height:
        raise WrongUse(f"Groepering {grouping.code}: een code heeft geen naam. Vul names aan in de keten.")
    if DAYS not in sql:
        found = found.with_columns(dag=pl.lit(None, pl.Date))
    once = found.unique(maintain_order=True).filter(pl.struct("person", "dag").is_unique())
    return once.join(known, on="code", maintain_order="left").select(
        pl.col("dag").alias("day"),
        pl.col("person").cast(pl.Int32),
        pl.lit(grouping.code).alias("grouping"),
        pl.col("code").alias("group_code"),
        "label",
        "place",
    )
