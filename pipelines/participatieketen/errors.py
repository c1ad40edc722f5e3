"""Every expected error: one Dutch line for the user and an exit code by kind.

A message says what is wrong, where, how many of how many and what to do. It never holds a record's value. What another
library said of it may hold one: that is kept beside the message and never printed (see `pipeline.told`).
"""


class KetenError(Exception):
    """An expected error; str() of it is the line the user reads.

    behind  what another library said, when the line does not say it all; its text may hold values
    """

    exit_code = 1

    def __init__(self, line: str, behind: BaseException | str | None = None) -> None:
        super().__init__(line)
        self.behind = behind

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it: the line, and no traceback."""
        return [str(self)]


class WrongUse(KetenError):
    """Wrong use of the command, a parameter, or a file that steers a run."""

    exit_code = 2


class ContractBroken(KetenError):
    """A delivery does not keep to its contract, or too many rows had to be set aside."""

    exit_code = 3


class BrokenHistory(ContractBroken):
    """Stays that contradict each other: an estimate of them would be wrong."""


class CorruptInput(KetenError):
    """A file is damaged: cut off, not readable as what it says it is."""

    exit_code = 4


class Busy(KetenError):
    """Another run holds the workspace."""

    exit_code = 5


class NoAccess(KetenError):
    """The disk, memory, a permission or the key stands in the way."""

    exit_code = 6


class NotebookFailed(KetenError):
    """A notebook, its kernel or its time limit stopped the run."""

    exit_code = 7


class DisclosureRefused(KetenError):
    """What was about to be published could show a person."""

    exit_code = 8
