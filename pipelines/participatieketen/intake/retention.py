"""For how long a person stays: who has nothing open and left every register long ago is not in the extract.

The months count back from the newest peildatum of all, also when an older one is asked for: who is gone stays gone.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from participatieketen import settings
from participatieketen.errors import NoAccess
from participatieketen.files import write_whole
from participatieketen.intake import names
from participatieketen.intake.load import Staged
from participatieketen.intake.receive import EXPIRED, UNKNOWN_MONTH, Entry, current, read_log, refuse
from participatieketen.months import months_before
from participatieketen.places import Workspace

NO_MONTH = "9999-99"
"""Of a file that does not say its month and after which none was taken in: it is of no age."""


@dataclass(frozen=True)
class Retention:
    """How long persons stay after their last end in any register.

    months  None: for ever
    pauses  register -> reasons that stop it for a while: then it is open for as long as what was granted
    """

    months: int | None = None
    pauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def since(self, peildatum: date) -> date | None:
        """Return the day on or after which everyone who was in a register is kept; None when all are."""
        return months_before(peildatum, self.months) if self.months else None


@dataclass(frozen=True)
class _Setting:
    __pydantic_config__ = settings.STRICT
    months: int

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError("heeft bij months minder dan 1")


def read_months(workspace: Workspace) -> int | None:
    """Return how many months persons stay in this workspace; None: for ever. Raises WrongUse for a broken file."""
    return settings.read(workspace.retention, _Setting).months if workspace.retention.exists() else None


def write_months(workspace: Workspace, months: int) -> None:
    """Keep for how many months persons stay in this workspace."""
    write_whole(workspace.retention, f"# Bewaartermijn, gezet met `keten retain`.\nmonths = {months}\n".encode())


def newest_census(workspace: Workspace, registers: Sequence[str]) -> date | None:
    """Return the last day that all these registers know about, whatever day is asked for; None without a delivery."""
    entries = [current(workspace, name) for name in registers]
    return min((date.fromisoformat(entry.peildatum) for entry in entries if entry), default=None)


def without_expired(staged: Sequence[Staged], since: date, retention: Retention) -> list[Staged]:
    """Return the deliveries without the rows of persons who have nothing open and whose last end lies before a day.

    Who has no period that can be read stays: of them it is not known that they may go.
    """
    ends = pl.concat(
        [
            pl.DataFrame(schema={"person": pl.String, "end": pl.Date}),
            *(_ends(item, retention) for item in staged if item.contract.kind == "register"),
        ]
    )
    gone = (
        ends.group_by("person")
        .agg(pl.col("end").max(), open=pl.col("end").is_null().any())
        .filter(~pl.col("open"), pl.col("end") < since)["person"]
    )
    return [item.expire(gone) for item in staged]


def _ends(item: Staged, retention: Retention) -> pl.DataFrame:
    """Return person and last day of each row; null is open. A pause lasts as long as what was granted."""
    contract = item.contract
    person, end, granted, reason = map(contract.role, ("persoon", "einddatum", "uiterste_einddatum", "reden"))
    if person is None:
        return pl.DataFrame(schema={"person": pl.String, "end": pl.Date})
    last = pl.col(end) if end else pl.lit(None, dtype=pl.Date)
    until = pl.col(granted) if granted else pl.lit(None, dtype=pl.Date)
    paused = pl.col(reason).is_in(retention.pauses.get(contract.name, ())) if reason else pl.lit(value=False)
    day = pl.when(paused.fill_null(value=False)).then(until).otherwise(last)
    return item.frame.select(
        pl.col(person).alias("person"), end=day - timedelta(days=0 if contract.end_inclusive else 1)
    )


def expire(workspace: Workspace, since: date) -> int:
    """Delete the kept deliveries of months before that of a day, but the current one of each source; say how many.

    What their senders called them is forgotten too.

    The log has it first: what a stop left behind goes the next time. Raises NoAccess when a file cannot be deleted.
    """
    log = read_log(workspace)
    last = {_place(entry): entry for entry in log}
    stay = {_place(entry) for source in {entry.source for entry in log} if (entry := current(workspace, source))}
    gone = [
        entry
        for place, entry in last.items()
        if entry.refused != EXPIRED and place not in stay and _month(entry, log) < f"{since:%Y-%m}"
    ]
    refuse(workspace, gone, EXPIRED)
    for source, month, sha256 in (place for place, entry in last.items() if entry.refused == EXPIRED or entry in gone):
        folder = workspace.deliveries / source / month / sha256
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError:
            raise NoAccess(f"{folder} is verlopen en kan niet worden verwijderd: geef schrijfrecht.") from None
    names.forget(workspace, {entry.file for entry in last.values() if entry.refused != EXPIRED and entry not in gone})
    return len(gone)


def _place(entry: Entry) -> tuple[str, str, str]:
    return entry.source, entry.month, entry.sha256


def _month(entry: Entry, log: Sequence[Entry]) -> str:
    """Return the month of a delivery; of a refused one that does not say it, of what was taken in next."""
    if entry.month != UNKNOWN_MONTH:
        return entry.month
    return next((other.month for other in log[entry.seq :] if not other.refused), NO_MONTH)
