"""What rounding and audit work on: counts with a name, and the sums that hold between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from participatieketen.errors import DisclosureRefused

Counts = npt.NDArray[np.int64]
Matrix = Any
"""A scipy sparse matrix; its stubs differ by format."""

SMALL = 9
"""The largest count that may not be worked out."""

NAME = ("family", "grouping", "group_code", "month", "from_position", "to_position")
"""The columns that name a cell."""


@dataclass(frozen=True)
class System:
    """Counts that belong together.

    cells       (cells x 6) the names, columns NAME; each occurs once
    truth       (cells,) the true counts
    base        (cells,) what a released count is a multiple of
    identities  (identities x cells) sparse, whole numbers: identities @ truth = 0
    slack       (cells,) steps of the base that a cell may lie beyond the two multiples around its count; None: none
    apart       no cell may: where values released before leave no other way, the new ones do not add up with those
    """

    cells: pl.DataFrame
    truth: Counts
    base: Counts
    identities: Matrix
    slack: Counts | None = None
    apart: bool = False

    @property
    def room(self) -> Counts:
        """The slack of each cell."""
        return np.zeros(len(self.truth), dtype=np.int64) if self.slack is None else self.slack

    @property
    def table(self) -> str:
        """Name of the table, for messages."""
        return ", ".join(self.cells["family"].unique(maintain_order=True))

    def __post_init__(self) -> None:
        """Raise DisclosureRefused when the true counts do not add up or are no counts."""
        if self.truth.min(initial=0) < 0 or (self.identities @ self.truth).any():
            raise DisclosureRefused(
                f"Tabel {self.table}: de getelde aantallen tellen niet op. Er is niets vrijgegeven."
            )


@dataclass(frozen=True)
class Crosses:
    """Counts that are never released, each a cell of a two-way table of which both margins are cells of a system.

    row, column, total  (crosses,) places in System.cells: of both margins, and of the sum of the whole table
    truth               (crosses,) the true counts
    """

    row: Counts
    column: Counts
    total: Counts
    truth: Counts

    def only(self, which: Counts) -> "Crosses":
        """Return the crosses in these places."""
        return Crosses(self.row[which], self.column[which], self.total[which], self.truth[which])


_NONE = np.zeros(0, dtype=np.int64)
NO_CROSSES = Crosses(_NONE, _NONE, _NONE, _NONE)


_NO_CELLS = pl.DataFrame(schema=dict.fromkeys(NAME, pl.String) | {"month": pl.Date})


def joined(systems: Sequence[System]) -> System:
    """Return one system of several; cells of one name are one cell.

    Raises DisclosureRefused when two systems count the same cell differently.
    """
    if not systems:
        return System(_NO_CELLS, _NONE, _NONE, sparse.csr_array((0, 0), dtype=np.int64))
    every = pl.concat([system.cells for system in systems]).with_columns(
        truth=np.concatenate([system.truth for system in systems]),
        base=np.concatenate([system.base for system in systems]),
    )
    unique = every.unique(NAME, maintain_order=True).with_row_index("place")
    found = every.join(unique.rename({"truth": "first"}), on=NAME, how="left", maintain_order="left")
    if (found["truth"] != found["first"]).any():
        raise DisclosureRefused(
            f"Tabel {systems[0].table}: maanden sluiten niet op elkaar aan. Er is niets vrijgegeven."
        )
    places = found["place"].to_numpy()
    identities = sparse.block_diag([system.identities for system in systems], format="coo")
    matrix = sparse.csr_array(
        (identities.data, (identities.row, places[identities.col])), shape=(identities.shape[0], unique.height)
    )
    return System(unique.select(NAME), unique["truth"].to_numpy().astype(np.int64), unique["base"].to_numpy(), matrix)
