"""Where things are: the project's own files, and the workspace that holds person data."""

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from participatieketen.errors import NoAccess, WrongUse

IN_A_RUN = "KETEN_IN_A_RUN"
"""Set in the environment of the kernel of a report: it hands over recipes, and draws nothing."""


def project() -> Path:
    """Return the folder that holds data_contracts/, notebooks/, pipelines/ and reports/.

    In a checkout that is its root; in an installed wheel the same folders stand inside the package.
    Raises WrongUse when neither is there.
    """
    here = Path(__file__).resolve().parent
    for folder in (here.parents[1], here / "project"):
        if (folder / "data_contracts").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise WrongUse(
        "De bestanden van het werkboek (data_contracts, notebooks, pipelines) zijn niet gevonden: "
        "installeer het pakket opnieuw of werk vanuit de map van het project."
    )


@dataclass(frozen=True)
class Workspace:
    """The folder with person data (0700, never in git) and the folder that readers see."""

    home: Path
    published: Path

    @property
    def inbox(self) -> Path:
        """Where registers put their deliveries; only read."""
        return self.home / "inbox"

    @property
    def quarantine(self) -> Path:
        """What was set aside: row numbers and rules, no values."""
        return self.home / "quarantine"

    @property
    def faults(self) -> Path:
        """What other libraries said of errors, values and all; the line that users read names the file."""
        return self.quarantine / "fouten"

    @property
    def deliveries(self) -> Path:
        """Every delivered file unchanged, by source, month and hash."""
        return self.home / "deliveries"

    @property
    def extract(self) -> Path:
        """The registers, pseudonymised, with spells, timelines and moves."""
        return self.home / "extract.duckdb"

    @property
    def demo(self) -> Path:
        """What `keten demo` keeps of the town that it made."""
        return self.home / "demo"

    @property
    def old_ledger(self) -> Path:
        """Where released values stood before they stood beside the rounding key; never made any more."""
        return self.home / "ledger"

    @property
    def releases(self) -> Path:
        """Released tables, one folder per release."""
        return self.home / "releases"

    @property
    def runs(self) -> Path:
        """Run records and executed notebooks."""
        return self.home / "runs"

    @property
    def retention(self) -> Path:
        """For how long persons stay; without this file for ever."""
        return self.home / "bewaren.toml"

    @property
    def person_zone(self) -> tuple[str, ...]:
        """Where persons may stand, as patterns of paths from `home`; nothing else that is stored holds one.

        Deliveries and what their senders called them; the extract, also while it is built; notebooks with what their
        cells gave; what libraries said.
        """
        return (
            "inbox/*",
            "deliveries/*/*/*",
            "deliveries/*namen.json*",
            "extract.duckdb*",
            ".*extract.*",
            "notebooks/*",
            "runs/*/*.ipynb",
            "quarantine/fouten/*",
        )

    def may_hold_persons(self, path: Path) -> bool:
        """Return whether a file lies in the person zone."""
        if not path.is_relative_to(self.home):
            return False
        place = path.relative_to(self.home).as_posix()
        return any(fnmatchcase(place, pattern) for pattern in self.person_zone)

    def make(self) -> "Workspace":
        """Make the folders that are missing, and close the workspace to all but its owner; raises NoAccess."""
        try:
            for folder in (
                self.home,
                self.inbox,
                self.quarantine,
                self.deliveries,
                self.releases,
                self.runs,
            ):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.home.chmod(0o700)
        except OSError as error:
            raise NoAccess(
                f"De werkmap {self.home} kan niet worden gemaakt: "
                "geef schrijfrecht of kies een andere map met KETEN_HOME."
            ) from error
        return self


def workspace() -> Workspace:
    """Return the workspace named by KETEN_HOME and KETEN_REPORTS; by default ./workspace and ./reports."""
    return Workspace(
        home=Path(os.environ.get("KETEN_HOME") or "workspace").resolve(),
        published=Path(os.environ.get("KETEN_REPORTS") or "reports").resolve(),
    )
