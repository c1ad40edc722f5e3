"""Sound deliveries -> the tables of extract.duckdb: written beside the old file, counted back, put in its place."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import dutch, extract
from participatieketen.contracts import Contract, Verdict
from participatieketen.errors import KetenError
from participatieketen.files import put_in_place
from participatieketen.intake import values
from participatieketen.intake.names import Name
from participatieketen.intake.receive import Entry

_PSEUDONYM = "client_pseudoniem"


@dataclass(frozen=True)
class Delivery:
    """What became of the rows of one file: rows = loaded + quarantined + duplicates + expired.

    file     the workbook's own name for it
    expired  of persons who left every register longer ago than they are kept
    """

    source: str
    file: str
    sha256: str
    peildatum: date
    rows: int
    loaded: int
    quarantined: int
    duplicates: int
    expired: int
    encoding: str

    @property
    def name(self) -> Name:
        """What messages call it."""
        return Name(self.file, self.source, f"{self.peildatum:%Y-%m}")


@dataclass(frozen=True)
class Staged:
    """A delivery on its way: the rows that fit so far, and REFUSED lines for those that do not.

    key_id  the key that made its pseudonyms
    """

    contract: Contract
    entry: Entry
    encoding: str
    key_id: str
    rows: int
    frame: pl.DataFrame
    refused: pl.DataFrame
    duplicates: int
    expired: int = 0

    @property
    def quarantined(self) -> int:
        """Rows set aside; one row may have several reasons."""
        return self.refused["regel"].n_unique()

    def without(self, refused: pl.DataFrame) -> "Staged":
        """Return the delivery with these rows set aside."""
        frame = self.frame.join(refused, on="regel", how="anti", maintain_order="left")
        return replace(self, frame=frame, refused=pl.concat([self.refused, refused]))

    def expire(self, gone: pl.Series) -> "Staged":
        """Return the delivery without the rows of these persons."""
        person = self.contract.role("persoon")
        if person is None:
            return self
        frame = self.frame.filter(~pl.col(person).is_in(gone.implode()).fill_null(value=False))
        return replace(self, frame=frame, expired=self.expired + self.frame.height - frame.height)


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
    about   peildatum, fictional and months of retention, for the one row of `extract`

    Raises KetenError when a file's rows are not all accounted for, or not all pseudonyms are of one key.
    """
    key_id = _one_key(staged)
    people = pl.DataFrame({_PSEUDONYM: persons(staged)}).with_row_index("person").cast({"person": pl.Int32})
    people = people.with_columns(key_id=pl.lit(key_id))
    with extract.under_construction(target.with_name(f".{target.name}.nieuw")) as database:
        with extract.connect(database) as connection:
            extract.write(connection, "client", people)  # unless a table of persons says more
            counts = [extract.write(connection, *_final(item, people)) for item in staged]
            for contract in absent:
                extract.write(connection, contract.name, values.empty(contract))
            deliveries = tuple(map(_delivery, staged, counts))
            extract.write(connection, "delivery", pl.DataFrame(deliveries))
            extract.write(connection, "verdict", pl.DataFrame(verdict.as_rows(), infer_schema_length=None))
            extract.write(connection, "extract", _about(staged, {**about, "key_id": key_id}))
            connection.execute("checkpoint")
        put_in_place(database, target)
    return deliveries


def _one_key(staged: Sequence[Staged]) -> str:
    """Return the key of all pseudonyms: of two keys the same person would be two."""
    keys = {item.key_id for item in staged}
    if len(keys) > 1:
        raise KetenError(f"Pseudoniemen van {len(keys)} sleutels komen niet in een extract. Meld dit als fout.")
    return next(iter(keys))


def _final(item: Staged, people: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """Return name and rows as analysts see them: a whole number for the person; who that is stands in `client`."""
    person = item.contract.role("persoon")
    if person is None:
        return item.contract.name, item.frame
    numbered = item.frame.rename({person: _PSEUDONYM}).join(people, on=_PSEUDONYM, maintain_order="left")
    rest = pl.exclude("person", _PSEUDONYM, "key_id", "regel")
    if item.contract.kind == "personen":
        return "client", numbered.select("person", _PSEUDONYM, "key_id", rest).sort("person")
    return item.contract.name, numbered.select("person", rest, "regel")


def _delivery(item: Staged, loaded: int) -> Delivery:
    if loaded + item.quarantined + item.duplicates + item.expired != item.rows:
        raise KetenError(
            f"{item.entry.name}: {dutch.number(item.rows)} rijen geleverd, maar {dutch.number(loaded)} geladen, "
            f"{dutch.number(item.quarantined)} apart gezet, {dutch.number(item.duplicates)} dubbel en "
            f"{dutch.number(item.expired)} verlopen. Meld dit als fout."
        )
    entry = item.entry
    return Delivery(
        source=entry.source,
        file=entry.file,
        sha256=entry.sha256,
        peildatum=date.fromisoformat(entry.peildatum),
        rows=item.rows,
        loaded=loaded,
        quarantined=item.quarantined,
        duplicates=item.duplicates,
        expired=item.expired,
        encoding=item.encoding,
    )


def _about(staged: Sequence[Staged], about: Mapping[str, object]) -> pl.DataFrame:
    """Return the one row that says what the extract is; `chain` is for whoever follows one."""
    inputs = "\n".join(sorted(f"{item.entry.source} {item.entry.sha256}" for item in staged))
    built_from = hashlib.sha256(inputs.encode()).hexdigest()
    return pl.DataFrame(
        [{"chain": None, **about, "built_from": built_from}],
        schema_overrides={"chain": pl.String, "retention_months": pl.Int64},
    )
