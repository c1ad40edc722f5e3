"""What a data contract says, once it has been read: fields, rules and how much may be set aside."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "quarantine"]
Kind = Literal["personen", "register", "telling"]


@dataclass(frozen=True)
class Field:
    """One column of a delivery.

    type      string, integer, number, boolean or date.
    role      what the chain uses it for (persoon, begindatum, ...), if anything.
    codelist  stem of the file in data_contracts/codelists that holds its codes.
    open_end  filler dates that mean "no end"; staged tables hold null instead.
    """

    name: str
    type: str
    required: bool
    role: str | None
    codelist: str | None
    open_end: tuple[date, ...]
    description: str


@dataclass(frozen=True)
class Rule:
    """One row query: it names the delivered rows (regel) that breach the rule, and their count.

    query      `select regel from {batch} ...`; literal braces are doubled, as str.format wants.
    message    Dutch, "field: what is wrong"; never a value.
    source     where the rule comes from: standard, law, publication or assumption.
    max_share  a quarantine rule that takes more than this share of the rows stops the delivery.
    """

    name: str
    fields: tuple[str, ...]
    severity: Severity
    query: str
    message: str
    source: str
    max_share: float | None


@dataclass(frozen=True)
class Contract:
    """One ODCS file: one table of one delivery.

    quarantine_max  share of the delivered rows that may be set aside altogether.
    end_inclusive   whether an end date is the last day (True) or the first day after (False).
    title           what people call the delivery; purpose and limitations: what it is and is not for.
    """

    name: str
    version: str
    kind: Kind
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    quarantine_max: float
    end_inclusive: bool
    path: Path
    title: str = ""
    purpose: str = ""
    limitations: str = ""

    def role(self, name: str) -> str | None:
        """Name of the field that plays this role, or None."""
        return next((field.name for field in self.fields if field.role == name), None)

    @property
    def label(self) -> str:
        """How messages name this contract: folder, file and version."""
        return f"{self.path.parent.name}/{self.path.name} (v{self.version})"
