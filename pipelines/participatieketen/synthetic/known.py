"""The registers at the last peildatum -> the same registers as they stood on an earlier one."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from participatieketen.synthetic.spans import REGISTERED

ENDS: Final = {  # per register its last day, and what else is known only of a row that has ended
    "bijstand": ("einddatum", "administratieve_einddatum", "reden_beeindiging", "reden_uitstroom_lokaal"),
    "startbaan": ("datum_einde", "reden_einde", "vervolg"),
    "sociale_cooperatie": ("datum_einde", "reden_einde"),
    "dagbesteding": ("einddatum_levering", "reden_beeindiging"),
    "innovatielab": ("datum_einde", "reden_einde"),
}


def known_rows(registers: Mapping[str, pl.DataFrame], end: int) -> dict[str, pl.DataFrame]:
    """Return the rows whose begin was known on day `end`; a row of which the end was not known still runs."""
    return {name: _known(table, ENDS[name], end) for name, table in registers.items()}


def _known(table: pl.DataFrame, ends: tuple[str, ...], end: int) -> pl.DataFrame:
    over = (pl.col("end_known") <= end) & (pl.col(ends[0]) < _day(end))
    return (
        table.filter(pl.col("begin_known") <= end)
        .with_columns(pl.when(over).then(pl.col(ends)))
        .drop(REGISTERED[1:])
        .unique(maintain_order=True)  # a stop that was announced and then made definitive is one running row before
    )


def known_people(
    clients: pl.DataFrame, registers: Mapping[str, pl.DataFrame], deaths: pl.DataFrame, end: int
) -> pl.DataFrame:
    """Return who is in a register on day `end`, without a death or a rung of the ladder from after that day."""
    present = pl.concat([table.select("person") for table in registers.values()]).unique()
    died = deaths.filter(pl.col("died") <= end)["person"]
    stood = pl.col("begindatum_trede") <= _day(end)
    return clients.join(present, on="person", how="semi", maintain_order="left").with_columns(
        pl.when(stood).then(pl.col("trede_participatieladder", "begindatum_trede")),
        pl.when(pl.col("person").is_in(died.implode())).then("datum_overlijden_maand"),
    )


def known_counts(counts: pl.DataFrame, peildatum: date) -> pl.DataFrame:
    """Return the counts (columns jaar, kwartaal) of quarters that were over on the peildatum."""
    return counts.filter(pl.col("jaar") * 4 + pl.col("kwartaal") - 1 < peildatum.year * 4 + (peildatum.month - 1) // 3)


def _day(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.Int32).cast(pl.Date)
