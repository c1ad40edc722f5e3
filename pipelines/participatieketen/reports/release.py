"""What a release is: one month's pages, under one name, that never change afterwards."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from participatieketen.errors import WrongUse

# Names become folders, files and addresses: plain enough for a file share of any make.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Release:
    """A release: its id (a folder name), what its header says, and the record of the run that made it.

    made_on   text, given by the caller: no clock is read here
    record    JSON-ready; goes into run.json as it is, so it holds nothing about persons
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

    def __post_init__(self) -> None:
        """Raise WrongUse when the id is no plain name."""
        plain_name(self.id, "Het kenmerk van een uitgave")


def plain_name(name: str, what: str) -> str:
    """Return the name; raises WrongUse when it could be anything but one folder or file."""
    if not NAME.fullmatch(name):
        raise WrongUse(f"{what} bestaat uit kleine letters, cijfers en streepjes (hoogstens 64): pas het aan.")
    return name
