"""Current deliveries -> extract database: checked before anything is loaded, every delivered row accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import contracts as checks
from participatieketen import dutch, extract
from participatieketen.contracts import Contract, Outcome, Rule, Verdict
from participatieketen.contracts.verdict import Files, Lines
from participatieketen.errors import ContractBroken, CorruptInput, KetenError
from participatieketen.files import read_bytes, sha256, write_whole
from participatieketen.intake import values
from participatieketen.intake.files import some
from participatieketen.intake.load import Delivery, Staged, load, persons
from participatieketen.intake.names import Name
from participatieketen.intake.receive import (
    Entry,
    Opened,
    current,
    kept,
    opened,
    refuse,
    together,
)
from participatieketen.intake.retention import Retention, newest_census, without_expired
from participatieketen.intake.sources import Source, contract_of
from participatieketen.places import Workspace
from participatieketen.pseudonyms import Key

FICTIONAL = "FICTIEF"
"""What made-up deliveries have as bronsysteem."""

_STAGING = "levering"  # the schema in which contracts see the rows; it is in a file of its own, which goes
_UNKNOWN_PERSON = "onbekende_persoon"
_EVERYONE = Retention()
_REASONS = values.REASONS | {_UNKNOWN_PERSON: "hoort bij niemand die is geladen"}


class Refused(ContractBroken):
    """The deliveries can be read and do not keep to their contracts: nothing is loaded; `verdict` says how it is."""

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


@dataclass(frozen=True)
class Intake:
    """What was built: the verdict on it, the files it came from, and the last day that all registers know about.

    complete_from  who was in a register on or after this day is in the extract; None: whoever ever was
    """

    verdict: Verdict
    deliveries: tuple[Delivery, ...]
    fictional: bool
    peildatum: date
    complete_from: date | None = None


def build(  # noqa: PLR0913, PLR0917 - what an extract is made of
    workspace: Workspace,
    sources: Mapping[str, Source],
    contracts: Mapping[str, Contract],
    key: Key,
    target: Path,
    peildatum: date | None = None,
    retention: Retention = _EVERYONE,
) -> Intake:
    """Build the extract at `target` from the current delivery of each source.

    peildatum  take the newest deliveries of this month or before, refused when they are of different months
    retention  who left every register too long ago is checked with the others and then left out

    Nothing is at `target` unless all went well. Which rows were set aside stands in the quarantine folder.
    Raises Refused with every breach, ContractBroken when a delivery is lacking, CorruptInput when one is damaged.
    What is refused is logged so, unless it stands in the extract: then the contract changed, not the delivery.
    """
    bound = [(source, contract_of(source, contracts)) for source in sources.values()]
    staged = _staged(workspace, _chosen(workspace, bound, peildatum), key)
    verdict, judged = _judged(target, staged)
    sound = _with_known_persons(judged)
    verdict = Verdict((*_own_outcomes(sound), *verdict.outcomes))
    for item in sound:
        write_whole(workspace.quarantine / item.entry.name.quarantine_file, _set_aside(item))
    systems = {item.entry.name: _systems(item) for item in sound}
    refusal = verdict.refusal(*_places(sound, verdict))
    if problems := [*filter(None, [refusal, *map(_too_many, sound), _mixed(systems)])]:
        refuse(workspace, _to_blame(workspace, sound, verdict, systems), Refused.__name__)
        raise Refused("\n".join(problems), verdict)
    fictional = any(FICTIONAL in found for found in systems.values())
    absent = [contract for _, contract in bound if contract not in [item.contract for item in sound]]
    census = _census(sound)
    newest = newest_census(workspace, [source.name for source, contract in bound if contract.kind == "register"])
    since = retention.since(max(census, newest or census))
    left = without_expired(sound, since, retention) if since else sound
    about = {"peildatum": census, "fictional": fictional, "retention_months": retention.months}
    return Intake(verdict, load(target, left, absent, verdict, about), fictional, census, since)


# which files


def _chosen(
    workspace: Workspace, bound: Sequence[tuple[Source, Contract]], peildatum: date | None
) -> list[tuple[Source, Contract, Entry]]:
    """Return the current delivery of each source; only a source of counts may lack one."""
    chosen, problems = [], []
    for source, contract in bound:
        entry = current(workspace, source.name, peildatum)
        if entry:
            chosen.append((source, contract, entry))
        elif contract.kind != "telling":
            problems.append(_lacking(source, current(workspace, source.name), peildatum))
    if peildatum:
        problems.append(_apart([entry for _, contract, entry in chosen if contract.kind != "telling"], peildatum))
    if any(problems):
        raise ContractBroken("\n".join(filter(None, problems)))
    return chosen


def _lacking(source: Source, newest: Entry | None, peildatum: date | None) -> str:
    if newest is None or peildatum is None:
        return f"Bron {source.name} heeft geen bruikbare levering: zet een bestand {source.files} in de inbox."
    return (
        f"Bron {source.name} heeft alleen leveringen van na {peildatum:%Y-%m}, de nieuwste is van {newest.month}: "
        "lever die maand of een eerdere, of kies een latere peildatum."
    )


def _apart(entries: Sequence[Entry], peildatum: date) -> str:
    """Return which sources are of which month; empty when all are of one."""
    months = sorted({entry.month for entry in entries})
    if len(months) <= 1:
        return ""
    told = "; ".join(
        f"{month}: {', '.join(entry.source for entry in entries if entry.month == month)}" for month in months
    )
    return (
        f"Voor peildatum {peildatum:%Y-%m} zijn de nieuwste leveringen niet van dezelfde maand ({told}): "
        "lever wat ontbreekt of kies een andere peildatum."
    )


def _staged(workspace: Workspace, chosen: Sequence[tuple[Source, Contract, Entry]], key: Key) -> list[Staged]:
    """Return the kept deliveries, typed; all are opened first, to know whose BSN may stand in a text of another."""
    deliveries, refusals = [], []
    for source, contract, entry in chosen:
        try:
            deliveries.append(_opened(workspace, source, contract, entry))
        except (ContractBroken, CorruptInput) as refusal:
            refusals.append(refusal)
    if refusals:
        raise together(refusals)
    numbers = pl.concat(
        [
            pl.Series(dtype=pl.String),
            *(values.bsns(each.table, source) for each, (source, _, _) in zip(deliveries, chosen, strict=True)),
        ]
    )
    return [_stage(each, *what, key, numbers) for each, what in zip(deliveries, chosen, strict=True)]


def _opened(workspace: Workspace, source: Source, contract: Contract, entry: Entry) -> Opened:
    raw = read_bytes(kept(workspace, entry))
    if sha256(raw) != entry.sha256:
        raise CorruptInput(f"{entry.name} is veranderd sinds de ontvangst: zet het bestand opnieuw in de inbox.")
    return opened(raw, entry.name, source, contract)


def _stage(delivery: Opened, source: Source, contract: Contract, entry: Entry, key: Key, numbers: pl.Series) -> Staged:
    """Return a delivery, typed and pseudonymised, each row once."""
    frame, refused = values.typed(delivery.table, delivery.columns, contract, source, key, numbers)
    once = frame.unique(subset=values.names(contract), keep="first", maintain_order=True)
    return Staged(
        contract,
        entry,
        delivery.table.encoding,
        key.id,
        delivery.table.frame.height,
        once,
        refused,
        duplicates=frame.height - once.height,
    )


# the verdict


def _judged(target: Path, staged: Sequence[Staged]) -> tuple[Verdict, list[Staged]]:
    """Return the contracts' verdict, and the deliveries without the rows that a rule sets aside."""
    with extract.under_construction(target.with_name(f".{target.name}.{_STAGING}")) as database:
        with extract.connect(database) as connection:
            connection.execute(f"create schema {_STAGING}")
            for item in staged:
                extract.write(connection, f"{_STAGING}.{item.contract.name}", item.frame)
        verdict = checks.check(database, [item.contract for item in staged], _STAGING)
        with extract.connect(database) as connection:
            return verdict, [item.without(_breaching(connection, item.contract, verdict)) for item in staged]


def _breaching(connection: extract.Connection, contract: Contract, verdict: Verdict) -> pl.DataFrame:
    """Return the rows that break a rule of quarantine or error; with an error they help to mend the delivery."""
    broken = {(outcome.contract, outcome.rule) for outcome in verdict.outcomes if not outcome.passed}
    rules = [rule for rule in contract.rules if rule.severity != "warning" and (contract.name, rule.name) in broken]
    return pl.concat(
        [
            pl.DataFrame(schema=values.REFUSED),
            *(_refused(rule, checks.breaching_rows(connection, rule, contract.name, _STAGING)) for rule in rules),
        ]
    )


def _refused(rule: Rule, lines: Sequence[int]) -> pl.DataFrame:
    frame = pl.DataFrame({"regel": lines}, schema={"regel": pl.Int64})
    return frame.with_columns(veld=pl.lit(",".join(rule.fields)), regel_contract=pl.lit(rule.name))


def _with_known_persons(staged: Sequence[Staged]) -> list[Staged]:
    """Return the deliveries without rows about someone who is not, or no longer, among the persons."""
    known = persons(staged).implode()
    return [
        item.without(
            item.frame.filter(~pl.col(person).is_in(known).fill_null(value=False)).select(
                "regel", veld=pl.lit(person), regel_contract=pl.lit(_UNKNOWN_PERSON)
            )
        )
        if (person := item.contract.role("persoon"))
        else item
        for item in staged
    ]


def _own_outcomes(staged: Sequence[Staged]) -> list[Outcome]:
    """Return what reading set aside, as outcomes beside those of the contracts."""
    return [
        Outcome(
            item.contract.name,
            rule,
            (field,),
            "quarantine",
            f"{field}: {_REASONS[rule]}",
            "inlezen",
            count,
            item.rows,
            label=item.contract.label,
        )
        for item in staged
        for field, rule, count in item.refused.group_by("veld", "regel_contract", maintain_order=True)
        .agg(pl.len())
        .iter_rows()
        if rule in _REASONS
    ]


def _places(staged: Sequence[Staged], verdict: Verdict) -> tuple[Files, Lines]:
    """Return contract -> file and where its line numbers stand; and (contract, rule) -> the first few of an error."""
    errors = {(one.contract, one.rule) for one in verdict.outcomes if one.severity == "error" and not one.passed}
    files = {
        item.contract.name: (str(item.entry.name), f"quarantine/{item.entry.name.quarantine_file}") for item in staged
    }
    lines = {
        (item.contract.name, rule): some(item.refused.filter(regel_contract=rule)["regel"].unique().sort().to_list())
        for item in staged
        for rule in item.refused["regel_contract"].unique()
        if (item.contract.name, rule) in errors
    }
    return files, lines


def _to_blame(
    workspace: Workspace, staged: Sequence[Staged], verdict: Verdict, systems: Mapping[Name, set[str | None]]
) -> list[Entry]:
    """Return the deliveries for which the others are refused; of made-up beside real ones the side that came last."""
    broken = {outcome.contract for outcome in verdict.outcomes if outcome.blocks}
    broken |= {item.contract.name for item in staged if _too_many(item)}
    if _mixed(systems):
        last = systems[max(staged, key=lambda item: item.entry.seq).entry.name]
        torn = {file for file, found in systems.items() if {FICTIONAL} < found}
        side = torn or {file for file, found in systems.items() if (FICTIONAL in found) == (FICTIONAL in last)}
        broken |= {item.contract.name for item in staged if item.entry.name in side}
    before = _loaded_before(workspace)
    return [item.entry for item in staged if item.contract.name in broken and item.entry.sha256 not in before]


def _loaded_before(workspace: Workspace) -> set[str]:
    """Return the hashes of what the present extract was made from; none when there is no such extract."""
    try:
        return set(extract.query(workspace.extract, "select sha256 from delivery")["sha256"])
    except KetenError:
        return set()


def _too_many(item: Staged) -> str:
    """Return why so many rows aside are no delivery; empty when it is one."""
    file, limit = f"quarantine/{item.entry.name.quarantine_file}", item.contract.quarantine_max
    if item.frame.is_empty():
        return f"{item.entry.name}: geen van de {dutch.number(item.rows)} rijen is bruikbaar, zie {file}."
    if item.quarantined > limit * item.rows:
        share = f"{100 * limit:g} %".replace(".", ",")
        return (
            f"{item.entry.name}: {dutch.number(item.quarantined)} van {dutch.number(item.rows)} rijen zijn apart "
            f"gezet, meer dan {share}, zie {file}. Verbeter de levering."
        )
    return ""


def _systems(item: Staged) -> set[str | None]:
    field = item.contract.role("bronsysteem")
    return set(item.frame[field]) if field else set()


def _mixed(systems: Mapping[Name, set[str | None]]) -> str:
    """Return what is wrong when made-up rows stand beside real ones; empty when they do not."""
    if not {FICTIONAL} < set().union(*systems.values()):
        return ""
    made_up = ", ".join(str(file) for file, found in systems.items() if FICTIONAL in found)
    return f"Verzonnen rijen (bronsysteem {FICTIONAL}) in {made_up} staan naast echte: lever alleen een van beide."


def _census(staged: Sequence[Staged]) -> date:
    """Return the last day that all registers know about: the oldest of their census days."""
    registers = [item for item in staged if item.contract.kind == "register"] or staged
    return min(date.fromisoformat(item.entry.peildatum) for item in registers)


def _set_aside(item: Staged) -> bytes:
    """Return the quarantine file: numbers of rows and names of rules, no values."""
    lines = item.refused.unique().sort("regel", "veld", "regel_contract")
    return lines.write_csv(separator=";").encode()
