"""What a release is: one month's pages, under one name, that never change afterwards."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from participatieketen.chain import Chain
from participatieketen.contracts import Contract
from participatieketen.disclosure import Released
from participatieketen.errors import DisclosureRefused, WrongUse
from participatieketen.findings import Finding
from participatieketen.reports.style import Style
from participatieketen.settings import CODE, is_device

# Names become folders, files and addresses: plain enough for a file share of any make.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


RECORD = frozenset({"pipeline", "peildatum", "months", "parameters"})
"""All that is published of the run that made a release. What it was made from stays in the workspace."""


@dataclass(frozen=True)
class Release:
    """A release: its id (a folder name), what its header says, and the record of the run that made it.

    made_on    text, given by the caller: no clock is read here; made is the same day as jjjj-mm-dd
    record     goes into run.json: of RECORD, with plain values
    findings   those of the first page, in their order
    news       what changed since the release before: a few short sentences each
    positions  names of the positions in the chain, low to high
    leading    of the releases of one peildatum it comes first on the start page
    style      the house style of its pages
    """

    id: str
    organisation: str
    title: str
    peildatum: date
    provisional_from: date
    fictional: bool
    run: str
    made_on: str
    record: Mapping[str, object]
    made: str = ""
    findings: tuple[Finding, ...] = ()
    news: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    leading: bool = False
    style: Style = field(default_factory=Style)

    def __post_init__(self) -> None:
        """Raise WrongUse when the id is no plain name, DisclosureRefused when the record holds more than it may."""
        plain_name(self.id, "Het kenmerk van een uitgave")
        parameters = self.record.get("parameters", {})
        told = {**self.record, "parameters": ""}
        if not set(told) <= RECORD or not isinstance(parameters, Mapping) or plain_values(parameters) != parameters:
            raise DisclosureRefused("Het verslag van een uitgave noemt iets wat niet naar buiten mag: meld dit.")


@dataclass(frozen=True)
class Basis:
    """What a release rests on: its tables, to download, and the chain and contracts, for its page of definitions."""

    tables: Mapping[str, Released]
    rules: Chain
    contracts: Mapping[str, Contract]


@dataclass(frozen=True)
class GroupPages:
    """Pages that one notebook makes: one per group, whose code it gets as its parameter `group`.

    notebook  the name of a page is that of the notebook and the code: wijk-wk019311
    grouping  its code, and name as a heading has it: "Wijk"
    groups    code -> label, in the order of the pages; none: no group is large enough, and the page `under` says so
    under     name of the page that lists these pages
    """

    notebook: Path
    grouping: str
    name: str
    groups: Mapping[str, str]
    under: str

    def page_name(self, code: str) -> str:
        """Return the name of the page of a group; raises WrongUse when its code makes no plain name."""
        return plain_name(f"{self.notebook.stem}-{code.lower().replace('_', '-')}", "De naam van een pagina per groep")


def plain_values(parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that may be told: numbers, yes or no, and codes. Any other text could name somebody."""
    return {name: value for name, value in parameters.items() if not isinstance(value, str) or CODE.fullmatch(value)}


def plain_name(name: str, what: str) -> str:
    """Return the name; raises WrongUse when it could be anything but one folder or file."""
    if not NAME.fullmatch(name) or is_device(name):
        raise WrongUse(f"{what} bestaat uit kleine letters, cijfers en streepjes (hoogstens 64): pas het aan.")
    return name
