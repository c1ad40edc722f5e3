"""What came of checking a delivery: counts per rule, and the Dutch text of a refusal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from participatieketen import dutch
from participatieketen.contracts.model import Contract, Rule, Severity

Files = Mapping[str, tuple[str, str]]
Lines = Mapping[tuple[str, str], str]
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Outcome:
    """One rule over one delivery: how many of how many rows breach it. No values."""

    contract: str
    rule: str
    fields: tuple[str, ...]
    severity: Severity
    message: str
    source: str
    unexpected: int
    total: int
    max_share: float | None = None
    label: str = ""

    @property
    def passed(self) -> bool:
        """Whether no row breaches the rule."""
        return self.unexpected == 0

    @property
    def too_many(self) -> bool:
        """Whether a quarantine rule takes more than its share of the rows."""
        return self.max_share is not None and self.unexpected > self.max_share * self.total

    @property
    def blocks(self) -> bool:
        """Whether this outcome alone stops the delivery."""
        return not self.passed and (self.severity == "error" or self.too_many)


@dataclass(frozen=True)
class Verdict:
    """Every rule of every contract, in the order of the contracts."""

    outcomes: tuple[Outcome, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing stops the delivery: no error, no quarantine rule over its share."""
        return not any(outcome.blocks for outcome in self.outcomes)

    def as_rows(self) -> list[dict[str, Any]]:
        """One flat row per rule, ready for a table."""
        return [
            {
                "contract": outcome.contract,
                "rule": outcome.rule,
                "severity": outcome.severity,
                "message": outcome.message,
                "source": outcome.source,
                "unexpected": outcome.unexpected,
                "total": outcome.total,
                "passed": outcome.passed,
            }
            for outcome in self.outcomes
        ]

    def refusal(self, files: Files = _NOTHING, lines: Lines = _NOTHING) -> str:
        """Return what the deliverer reads: per broken contract the rules that were hit; empty when all is well.

        files  contract -> delivered file, and the file with the line numbers of its rows
        lines  (contract, rule) -> the first few line numbers
        """
        by_contract: dict[str, list[Outcome]] = {}
        for one in self.outcomes:
            by_contract.setdefault(one.contract, []).append(one)
        blocks = ["\n".join(_refused(outcomes, files, lines)) for outcomes in by_contract.values()]
        refused = [block for block in blocks if block]
        advice = "Er is niets geladen. Verbeter de levering, of pas het contract aan en hoog de versie op."
        return "\n".join([*refused, advice]) if refused else ""


def outcome(contract: Contract, rule: Rule, unexpected: int, total: int) -> Outcome:
    """Outcome of a rule of a contract."""
    return Outcome(
        contract=contract.name,
        rule=rule.name,
        fields=rule.fields,
        severity=rule.severity,
        message=rule.message,
        source=rule.source,
        unexpected=unexpected,
        total=total,
        max_share=rule.max_share,
        label=contract.label,
    )


def _refused(outcomes: Sequence[Outcome], files: Files, lines: Lines) -> Iterator[str]:
    if not any(outcome.blocks for outcome in outcomes):
        return
    hit = [outcome for outcome in outcomes if not outcome.passed and outcome.severity != "warning"]
    contract, label = outcomes[0].contract, outcomes[0].label or outcomes[0].contract
    file, aside = files.get(contract, ("", ""))
    named, count = f" {file}" if file else "", f"{len(hit)} {'regel' if len(hit) == 1 else 'regels'} geraakt"
    yield f"Levering{named} breekt {label}, {count}{f' (welke rijen: {aside})' if aside else ''}:"
    for one in hit:
        place = lines.get((contract, one.rule))
        found = f"{dutch.number(one.unexpected)} van {dutch.number(one.total)} rijen{_aside(one)}"
        yield f"  {one.message} - {found}{f' ({place})' if place else ''}"


def _aside(outcome: Outcome) -> str:
    if outcome.severity != "quarantine":
        return ""
    if not outcome.too_many:
        return " (quarantaine)"
    share = f"{100 * (outcome.max_share or 0):g}".replace(".", ",")
    return f" (quarantaine, meer dan {share} %)"
