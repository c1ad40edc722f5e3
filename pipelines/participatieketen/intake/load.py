"""Sound deliveries -> the tables of extract.duckdb: written beside the old file, counted back, put in its place."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import extract
from participatieketen.contracts import Contract, Verdict
from participatieketen.contracts.verdict import dutch
from participatieketen.errors import KetenError, NoAccess
from participatieketen.intake import values
from participatieketen.intake.receive import Entry

_PSEUDONYM = "client_pseudoniem"


@dataclass(frozen=True)
class Delivery:
    """What became of the rows of one file: rows = loaded + quarantined + duplicates.

    file         where it is kept, from the deliveries folder
    received_as  its name in the inbox
    """

    source: str
    file: str
    sha256: str
    peildatum: date
    rows: int
    loaded: int
    quarantined: int
    duplicates: int
    encoding: str
    received_as: str

    @property
    def quarantine_file(self) -> str:
        """Where the numbers of the rows set aside stand, from the quarantine folder."""
        return f"{self.source}/{self.sha256}.csv"


@dataclass(frozen=True)
class Staged:
    """A delivery on its way: the rows that fit so far, and REFUSED lines for those that do not."""

    contract: Contract
    entry: Entry
    encoding: str
    rows: int
    frame: pl.DataFrame
    refused: pl.DataFrame
    duplicates: int

    @property
    def quarantined(self) -> int:
        """Rows set aside; one row may have several reasons."""
        return self.refused["regel"].n_unique()

    @property
    def quarantine_file(self) -> str:
        """Where it is written which rows those are, from the quarantine folder."""
        return f"{self.entry.source}/{self.entry.sha256}.csv"

    def without(self, refused: pl.DataFrame) -> "Staged":
        """Return the delivery with these rows set aside."""
        frame = self.frame.join(refused, on="regel", how="anti", maintain_order="left")
        return replace(self, frame=frame, refused=pl.concat([self.refused, refused]))


def persons(staged: Sequence[Staged]) -> pl.Series:
    """Return the pseudonyms of all persons, sorted: those of the table of persons, or without one of the registers."""
    people = [item for item in staged if item.contract.kind == "personen"] or staged
    columns = [item.frame[person] for item in people if (person := item.contract.role("persoon"))]
    return pl.concat([pl.Series(dtype=pl.String), *columns]).drop_nulls().unique().sort()


def load(
    target: Path,
    staged: Sequence[Staged],
    absent: Sequence[Contract],
    verdict: Verdict,
    about: Mapping[str, object],
) -> tuple[Delivery, ...]:
    """Write the tables of the extract and put the file in its place.

    absent  contracts of counts that were not delivered: an empty table
    about   peildatum, fictional and key_id of the one row of `extract`

    Raises KetenError when a file's rows are not all accounted for.
    """
    people = pl.DataFrame({_PSEUDONYM: persons(staged)}).with_row_index("person").cast({"person": pl.Int32})
    with new_file(target, "nieuw") as database:
        with extract.connect(database) as connection:
            extract.write(connection, "client", people)  # unless a table of persons says more
            counts = [extract.write(connection, *_final(item, people)) for item in staged]
            for contract in absent:
                extract.write(connection, contract.name, values.empty(contract))
            deliveries = tuple(map(_delivery, staged, counts))
            extract.write(connection, "delivery", pl.DataFrame(deliveries))
            extract.write(connection, "verdict", pl.DataFrame(verdict.as_rows(), infer_schema_length=None))
            extract.write(connection, "extract", _about(staged, about))
            connection.execute("checkpoint")
        _put(database, target)
    return deliveries


def _final(item: Staged, people: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """Return name and rows as analysts see them: a whole number for the person; who that is stands in `client`."""
    person = item.contract.role("persoon")
    if person is None:
        return item.contract.name, item.frame
    numbered = item.frame.rename({person: _PSEUDONYM}).join(people, on=_PSEUDONYM, maintain_order="left")
    rest = pl.exclude("person", _PSEUDONYM, "regel")
    if item.contract.kind == "personen":
        return "client", numbered.select("person", _PSEUDONYM, rest).sort("person")
    return item.contract.name, numbered.select("person", rest, "regel")


def _delivery(item: Staged, loaded: int) -> Delivery:
    if loaded + item.quarantined + item.duplicates != item.rows:
        raise KetenError(
            f"{item.entry.file}: {dutch(item.rows)} rijen geleverd, maar {dutch(loaded)} geladen, "
            f"{dutch(item.quarantined)} apart gezet en {dutch(item.duplicates)} dubbel. Meld dit als fout."
        )
    entry = item.entry
    return Delivery(
        source=entry.source,
        file=f"{entry.source}/{entry.month}/{entry.sha256}/{entry.file}",
        sha256=entry.sha256,
        peildatum=date.fromisoformat(entry.peildatum),
        rows=item.rows,
        loaded=loaded,
        quarantined=item.quarantined,
        duplicates=item.duplicates,
        encoding=item.encoding,
        received_as=entry.file,
    )


def _about(staged: Sequence[Staged], about: Mapping[str, object]) -> pl.DataFrame:
    """Return the one row that says what the extract is; `chain` is for whoever follows one."""
    inputs = "\n".join(sorted(f"{item.entry.source} {item.entry.sha256}" for item in staged))
    built_from = hashlib.sha256(inputs.encode()).hexdigest()
    return pl.DataFrame([{"chain": None, **about, "built_from": built_from}], schema_overrides={"chain": pl.String})


@contextmanager
def new_file(target: Path, suffix: str) -> Iterator[Path]:
    """Give a path beside the target for a database; what is there afterwards goes, unless it was put in place."""
    path = target.with_name(f".{target.name}.{suffix}")
    leftovers = (path, path.with_name(f"{path.name}.wal"))
    try:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
        yield path
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def _put(database: Path, target: Path) -> None:
    try:
        database.chmod(0o600)
        with database.open("rb") as file:
            os.fsync(file.fileno())
        database.replace(target)
    except OSError:
        raise NoAccess(f"{target} kan niet worden geschreven: geef schrijfrecht of maak ruimte vrij.") from None
