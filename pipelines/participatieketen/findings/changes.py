"""What changed since the release before, for shares: their difference beside what chance can do."""

from collections.abc import Sequence
from dataclasses import replace

from participatieketen.charts import words
from participatieketen.findings.finding import UNCERTAIN, Chance, Finding
from participatieketen.findings.templates import CHANGES
from participatieketen.readings import Share, ranges_differ

SHARES = ("aandeel", "vooruit", "terug")
"""Names of shares among the values of a finding."""


def since(found: Finding, previous: Sequence[Finding]) -> Finding:
    """Return the finding with what changed since the same one of the release before.

    Of a share that has no change of its own yet. Another definition is said, not compared; the same period neither.
    More than chance is: the bands do not touch. That is stricter than a test of the difference, and the people of both
    releases are for the greater part the same.
    """
    before = next((one for one in previous if one.id == found.id), None)
    if before is None or found.change or not named(found) or found.period == before.period:
        return found
    if found.definition != before.definition:
        return replace(found, change=CHANGES["definitie"])
    names = [name for name in named(found) if name in named(before)]
    if UNCERTAIN in {found.number, before.number} or not names:
        return found
    return _compared(found, before, names)


def named(found: Finding) -> list[str]:
    """Return the names of the shares of a finding that have a band; none of a finding of counts."""
    return [name for name in SHARES if f"{name}_onder" in found.values]


def _compared(found: Finding, before: Finding, names: Sequence[str]) -> Finding:
    pairs = [(share_in(found, name), share_in(before, name)) for name in names]
    alike = all(now.figure == was.figure for now, was in pairs)
    was = " en ".join(_said(before, name) for name in names)
    said = CHANGES["deel-gelijk" if alike else "deel"].format(share=was)
    if found.values.get("afgerond_op") != before.values.get("afgerond_op"):
        return replace(found, change=CHANGES["afronding"].format(share=was))
    if alike:
        return replace(found, change=said)
    chance: Chance = "signaal" if any(ranges_differ(*pair) for pair in pairs) else "kan toeval zijn"
    judged = CHANGES["geen-toeval" if chance == "signaal" else "kan-toeval"]
    told = words.joined(said, judged)
    return replace(found, change=told, chance=found.chance or chance, change_chance=chance)


def _said(found: Finding, name: str) -> str:
    """Return "41%", of a direction "17% vooruit"; of a share that is no point its range."""
    share = share_in(found, name).figure
    return share if name == SHARES[0] else f"{share} {name}"


def share_in(found: Finding, name: str) -> Share:
    """Return a share of a finding as it was read; of an earlier release too."""
    point, lower, upper = (found.values.get(key) for key in (name, f"{name}_onder", f"{name}_boven"))
    return Share(point, lower, upper)
