"""A release's findings in a file beside its tables: made once in a run, read by every page of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from participatieketen.errors import WrongUse
from participatieketen.files import write_whole
from participatieketen.findings.finding import Finding

FILE = "findings.json"


@dataclass(frozen=True)
class Earlier:
    """The release that a release is compared with.

    month  its last month that is not provisional, as `news.last_month` finds it
    bases  what the counts of each grouping were multiples of, see `groups.bases_of`
    """

    release: str
    peildatum: date
    findings: tuple[Finding, ...]
    month: date | None = None
    bases: Mapping[str, int] = field(default_factory=dict)


def write(found: Sequence[Finding], earlier: Earlier | None, folder: Path) -> Path:
    """Write findings.json beside the released tables, whole or not at all; the same findings give the same bytes."""
    content = {"findings": [asdict(one) for one in found], "earlier": earlier and asdict(earlier)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    return write_whole(folder / FILE, f"{text}\n".encode())


def read(released: str | Path) -> tuple[Finding, ...]:
    """Return the findings of the release with these tables, in their order; raises WrongUse when there are none.

    released  path of released.duckdb
    """
    return _findings(_content(Path(released))["findings"])


def read_earlier(released: str | Path) -> Earlier | None:
    """Return the release that this one was compared with; None when there was none. Raises WrongUse."""
    found = _content(Path(released))["earlier"]
    if found is None:
        return None
    day, month = (found[name] and date.fromisoformat(found[name]) for name in ("peildatum", "month"))
    return Earlier(found["release"], day, _findings(found["findings"]), month, found.get("bases", {}))


def rest(found: Sequence[Finding], first: Sequence[Finding], page: str) -> tuple[Finding, ...]:
    """Return the findings of this page that the first page does not show, in their order."""
    shown = {one.id for one in first}
    return tuple(one for one in found if one.page == page and one.id not in shown)


def _content(released: Path) -> dict[str, Any]:
    path = released.parent / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _findings(content["findings"])
        _findings((content["earlier"] or {"findings": []})["findings"])
    except (OSError, ValueError, KeyError, TypeError):
        raise WrongUse(f"{path} ontbreekt of is niet te lezen: maak het rapport opnieuw met `keten run`.") from None
    return dict(content)


def _findings(rows: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**row) for row in rows)
