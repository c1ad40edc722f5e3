"""The second half of the audit: all that is said of a release, made again by who has nothing but released tables.

    python -m participatieketen.reports.replay RELEASED [BEFORE]      prints a digest of each thing that is published

The process has no key, no workspace and no extract: what it makes, follows from released counts. What the run made has
to be the same, else something else went into it.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from participatieketen import disclosure, findings
from participatieketen.disclosure import Released
from participatieketen.errors import DisclosureRefused
from participatieketen.reports import spreadsheet

_NEEDED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
_LONGEST_S = 300


def digests(tables: Mapping[str, Released], before: Mapping[str, Released]) -> dict[str, str]:
    """Return name -> SHA-256 of the table as readers get it, and of every finding with its words and numbers.

    before  the tables of the release before; empty when there is none
    """
    made = {name: spreadsheet.csv(table) for name, table in tables.items()}
    told = {f"bevinding {one.id}": repr(one).encode() for one in findings.findings(tables, before or None)}
    return {name: hashlib.sha256(content).hexdigest() for name, content in (made | told).items()}


def refuse_other(tables: Mapping[str, Released], released: Path, before: Path | None) -> None:
    """Raise DisclosureRefused when a process that has only released tables makes anything else than this run did.

    tables    as the run publishes them
    released  the file in which they were written; before: that of the release before
    """
    earlier = disclosure.open_release(before) if before else {}
    ours, theirs = digests(tables, earlier), _replayed(released, before)
    if other := sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name)):
        raise DisclosureRefused(
            f"{len(other)} van {len(ours | theirs)} tabellen en bevindingen volgen niet uit wat is vrijgegeven, zoals "
            f"{other[0]}. Er is niets gepubliceerd: meld dit als fout."
        )


def _replayed(released: Path, before: Path | None) -> dict[str, str]:
    """Return the digests that a process makes of these files alone: without our environment, in an empty folder."""
    files = [str(path.resolve()) for path in (released, before) if path]
    known = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(  # noqa: S603 - this program, with the names of two files
            [sys.executable, "-m", "participatieketen.reports.replay", *files],
            capture_output=True,
            check=False,
            cwd=empty,
            env=known | {"HOME": empty, "PYTHONHASHSEED": "0"},
            timeout=_LONGEST_S,
        )
    try:
        found: dict[str, str] = json.loads(done.stdout)
    except ValueError:
        raise DisclosureRefused(
            "Wat is vrijgegeven kan niet worden nagemaakt. Er is niets gepubliceerd: meld dit als fout."
        ) from None
    return found


def main(released: str, before: str = "") -> None:
    """Print the digests of a release as JSON."""
    earlier = disclosure.open_release(before) if before else {}
    sys.stdout.write(json.dumps(digests(disclosure.open_release(released), earlier)))


if __name__ == "__main__":
    main(*sys.argv[1:])
