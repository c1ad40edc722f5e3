"""All findings in the order of their weight, and which of them the first page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from participatieketen.findings import groups, people, shares, steps
from participatieketen.findings.changes import since
from participatieketen.findings.finding import UNCERTAIN, Finding
from participatieketen.findings.templates import BACK, FORWARD, LASTS_ALL, LASTS_DAY, RECOVERY, TEMPLATES, YEAR

if TYPE_CHECKING:
    from participatieketen.disclosure import Released

MOST = 6

LARGE = 0.10
"""A count that changed by this part is a large change. No source: a tenth can be seen in a chart."""

BESIDE = {
    FORWARD.name: BACK.name,
    BACK.name: FORWARD.name,
    LASTS_DAY.name: RECOVERY.name,
    LASTS_ALL.name: RECOVERY.name,
}
"""A template about steps in one direction -> the one about the other direction that has to be on the page with it."""

_ORDER = {template.name: place for place, template in enumerate(TEMPLATES)}


def findings(tables: Mapping[str, "Released"], previous: Mapping[str, "Released"] | None = None) -> tuple[Finding, ...]:
    """Return every finding of a release, the first rank first.

    tables    stock, step_month, estimate, group_share by name, as far as they are there
    previous  those of the release before, for what changed; one that is not older is left aside

    The order: both directions together; recovery after a step back; what is more than chance (of a month: in two issues
    running); counts that changed by a
    tenth or more, the largest change first; the rest; what is too uncertain to say. In each, the order of the templates
    and of the chain.
    """
    earlier = previous if previous and _is_older(previous, tables) else {}
    every = [since(found, _made(earlier, {})) for found in _made(tables, earlier)]
    ranked = sorted(every, key=lambda found: _weight(found, every))
    return tuple(replace(found, rank=rank) for rank, found in enumerate(ranked, start=1))


def first_page(ranked: Sequence[Finding], most: int = MOST) -> tuple[Finding, ...]:
    """Return at most six findings for the first page, in their order.

    The rule: go through them by rank (both directions together, recovery, more than chance, large changes, levels).
    Take the first of each template, never a second. A finding on steps in one direction only comes with the one on the
    other direction, together or not at all: forward and back are equally prominent. What is too uncertain never comes.
    """
    chosen: list[Finding] = []
    for found in ranked:
        if found.number != UNCERTAIN:
            wanted = [
                one for one in _together(found, ranked) if one.template not in {other.template for other in chosen}
            ]
            if _complete(found, [*chosen, *wanted]) and len(chosen) + len(wanted) <= most:
                chosen += wanted
    return tuple(chosen)


def _together(found: Finding, ranked: Sequence[Finding]) -> list[Finding]:
    """Return a finding with the one on the other direction, when it has one that is worth as much: forward first."""
    pair = {found.template, BESIDE.get(found.template, found.template)}
    if BESIDE.get(BESIDE.get(found.template, "")) != found.template:
        return [found]
    return [one for one in ranked if one.template in pair and one.number != UNCERTAIN]


def _complete(found: Finding, chosen: Sequence[Finding]) -> bool:
    beside = BESIDE.get(found.template)
    return beside is None or beside in {one.template for one in chosen}


def _is_older(previous: Mapping[str, "Released"], tables: Mapping[str, "Released"]) -> bool:
    before, now = (
        max((table.context.peildatum for table in some.values()), default=None) for some in (previous, tables)
    )
    return before is not None and now is not None and before < now


def _made(tables: Mapping[str, "Released"], previous: Mapping[str, "Released"]) -> list[Finding]:
    """Return the findings of the tables that are there, in the order in which they are made."""
    made: list[Finding] = []
    if "step_month" in tables:
        made += [*steps.year(tables["step_month"], tables.get("step_years")), *steps.month(tables["step_month"])]
    if "estimate" in tables:
        made += [
            *shares.singles(tables["estimate"]),
            *shares.after_step_back(tables["estimate"]),
            *shares.first_steps(tables["estimate"]),
        ]
    if "group_share" in tables:
        made += groups.groups(tables["group_share"])
    if "stock" in tables:
        made += people.people(tables["stock"], previous.get("stock"))
    return made


def _weight(found: Finding, every: Sequence[Finding]) -> tuple[int, float, int]:
    tier = min(_tier(one) for one in _together(found, every) or [found])
    return tier, -_size(found) if tier == 3 else 0.0, _ORDER[found.template]  # noqa: PLR2004 large changes


def _tier(found: Finding) -> int:
    """Return the place of its kind in the order that `findings` names."""
    if found.number == UNCERTAIN:
        return 5
    if found.template in {YEAR.name, RECOVERY.name}:
        return int(found.template == RECOVERY.name)
    beyond = found.chance == "signaal" and bool(found.values.get("kop", 1))
    return 2 if beyond else 3 if _size(found) >= LARGE else 4


def _size(found: Finding) -> float:
    """Return the part by which a count of people changed; 0 where rounding can make that."""
    difference, was = abs(found.values.get("verschil", 0)), found.values.get("was", 0)
    return difference / max(was, 1)
