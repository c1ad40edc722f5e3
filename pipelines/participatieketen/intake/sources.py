"""Source TOML -> frozen Source: how a register's export maps onto its contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from participatieketen import settings
from participatieketen.contracts import Contract
from participatieketen.errors import WrongUse
from participatieketen.settings import Name


@dataclass(frozen=True)
class Person:
    """The column that says who a row is about, and whether that is a BSN (11-proef) or another id."""

    __pydantic_config__ = settings.STRICT
    column: str
    kind: Literal["bsn", "id"] = "bsn"


@dataclass(frozen=True)
class Source:
    """A register's export.

    files       glob on the file name in the inbox
    columns     contract field -> column in the export, only where they differ
    ignore      columns of the export that are knowingly not taken
    peildatum   for an export that says it neither in its rows nor in its name
    max_growth  share by which the rows may change against the month before; who allowed more says so in the file
    """

    __pydantic_config__ = settings.STRICT
    name: Name
    files: str
    contract: Name = ""
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    decimal: Literal[",", "."] = ","
    person: Person | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    peildatum: date | None = None
    max_growth: float = 0.30


def read_sources(folder: Path) -> dict[str, Source]:
    """Return the sources of a folder by name; raises WrongUse naming the file and the key that is wrong."""
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("*.toml")):
        source = settings.read(path, Source)
        if source.name in sources:
            raise WrongUse(f"{path}: name {source.name} komt al voor in een andere bron: geef elke bron een naam.")
        sources[source.name] = replace(source, contract=source.contract or source.name)
    if not sources:
        raise WrongUse(f"{folder} bevat geen bronnen (*.toml): controleer de map.")
    return sources


def contract_of(source: Source, contracts: Mapping[str, Contract]) -> Contract:
    """Return the contract that a source delivers under; raises WrongUse when they do not fit together."""
    contract = contracts.get(source.contract)
    if contract is None:
        raise WrongUse(f"Bron {source.name}: contract {source.contract} bestaat niet in data_contracts.")
    if unknown := set(source.columns) - {item.name for item in contract.fields}:
        raise WrongUse(f"Bron {source.name}: columns noemt {', '.join(sorted(unknown))}, maar het contract niet.")
    if (source.person is None) != (contract.role("persoon") is None):
        raise WrongUse(f"Bron {source.name}: person hoort erbij als het contract een persoon heeft, anders niet.")
    return contract


def layout(source: Source, contract: Contract) -> dict[str, str]:
    """Return column in the export -> field of the contract."""
    columns = {source.columns.get(item.name, item.name): item.name for item in contract.fields}
    person = contract.role("persoon")
    if source.person and person:
        columns = {column: name for column, name in columns.items() if name != person}
        columns |= {source.person.column: person}
    return columns
