"""What the first page says beside its findings: what to mind, and what is other than in the release before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.charts.figure import Table
from participatieketen.charts.tables import may_deviate
from participatieketen.findings.finding import Finding
from participatieketen.findings.groups import bases_told, news_of_base
from participatieketen.findings.kept import Earlier
from participatieketen.findings.templates import NEWS
from participatieketen.readings import with_outcome, wording

if TYPE_CHECKING:
    from participatieketen.disclosure import Released

ALIKE = "Een ander getal kan toeval zijn of komen van afronden. Bij veel bevindingen staat of dat zo is."
COLUMNS = ("Bevinding", "Vorig rapport", "Dit rapport")
ABSENT = "staat er niet in"
REDEFINED = "andere definitie: niet te vergelijken"


def attention(tables: Mapping[str, "Released"]) -> Table:
    """Return what a reader of these tables has to mind, one sentence or two a row.

    tables  stock, and verdict where there is one
    """
    said = list(_to_mind(tables))
    caption = words.joined("Lees dit voordat u een getal gebruikt.", words.fictional(tables["stock"].context))
    return Table("let-op", "Let op bij deze cijfers", caption, pl.DataFrame({"Let op": said}))


def _to_mind(tables: Mapping[str, "Released"]) -> Iterator[str]:
    given = tables["stock"].context
    if given.provisional_from <= given.peildatum:
        yield (
            f"De maanden vanaf {dutch.month(given.provisional_from)} zijn voorlopig. Er komen nog berichten binnen. "
            "In de bevindingen tellen deze maanden niet mee."
        )
    small = f" Een klein aantal staat er als {words.smallest(given.base)}." if given.base > 1 else ""
    yield f"{words.rounding(given.base)}{small}"
    if "verdict" in tables:
        yield _checks(with_outcome(tables["verdict"]), given.base)
    yield "De cijfers beschrijven wat er gebeurde. Een reden laten ze niet zien."


def _checks(verdict: pl.DataFrame, base: int) -> str:
    failed = verdict.filter(~pl.col("passed")).height
    if not failed:
        many = dutch.counted(verdict.height, "controle", "controles")
        return f"De leveringen zijn gecontroleerd: {many}, in orde{may_deviate(base)}."
    are = "is" if failed == 1 else "zijn"
    return (
        f"Van de {dutch.counted(verdict.height, 'controle', 'controles')} op de leveringen {are} er "
        f"{dutch.number(failed)} niet in orde. De pagina over de gegevens laat zien welke."
    )


def since(found: Sequence[Finding], earlier: Earlier | None) -> str:
    """Return in one sentence what is other than in the release before."""
    if earlier is None:
        return NEWS["eerste"]
    both = list(_shared(found, earlier))
    redefined = sum(before.definition != after.definition for before, after in both)
    other = sum(_said(before, after) not in {REDEFINED, after.number} for before, after in both)
    parts = [
        _counted(other, "heeft er {n} een ander getal", "hebben er {n} een ander getal"),
        _counted(redefined, "heeft er {n} een andere definitie", "hebben er {n} een andere definitie"),
        _counted(len(_added(found, earlier)), "is er {n} nieuw", "zijn er {n} nieuw"),
        _counted(len(_gone(found, earlier)), "staat er {n} niet meer in", "staan er {n} niet meer in"),
    ]
    told = dutch.listed([part for part in parts if part]) or "zijn alle getallen gelijk"
    about = dutch.counted(len({one.id for one in found}), "bevinding", "bevindingen")
    return f"Van de {about} {told}, vergeleken met het rapport van {dutch.month(earlier.peildatum)}."


def _counted(many: int, one: str, more: str) -> str:
    return (one if many == 1 else more).format(n=dutch.number(many)) if many else ""


def differences(found: Sequence[Finding], earlier: Earlier | None) -> Table:
    """Return every finding whose figure is other than in the release before; its title is the sentence of `since`."""
    rows = list(_changed(found, earlier)) if earlier else []
    frame = pl.DataFrame(rows or [("Geen", wording.HIDDEN, wording.HIDDEN)], schema=list(COLUMNS), orient="row")
    caption = ALIKE if earlier else "Vanaf de volgende uitgave staat hier wat er anders is."
    return Table("sinds-het-vorige-rapport", since(found, earlier), caption, frame)


def _changed(found: Sequence[Finding], earlier: Earlier) -> Iterator[tuple[str, str, str]]:
    before = {after.id: _said(before, after) for before, after in _shared(found, earlier)}
    for one in found:
        if one.id in before and before[one.id] != one.number:
            yield one.title, before[one.id], one.number
    yield from ((one.title, ABSENT, one.number) for one in _added(found, earlier))
    yield from ((one.title, one.number, ABSENT) for one in _gone(found, earlier))


def _added(found: Sequence[Finding], earlier: Earlier) -> list[Finding]:
    """Return the findings that the release before did not have, by more than another base."""
    known = {one.id for one in earlier.findings}
    return [one for one in found if one.id not in known and not news_of_base(one, earlier.bases)]


def _gone(found: Sequence[Finding], earlier: Earlier) -> list[Finding]:
    """Return the findings that only the release before had, by more than another base."""
    known = {one.id for one in found}
    return [one for one in earlier.findings if one.id not in known and not news_of_base(one, bases_told(found))]


def _shared(found: Sequence[Finding], earlier: Earlier) -> Iterator[tuple[Finding, Finding]]:
    """Yield the findings that both releases have, as (before, after)."""
    before = {one.id: one for one in earlier.findings}
    return ((before[one.id], one) for one in found if one.id in before)


def _said(before: Finding, after: Finding) -> str:
    """Return the figure of before, when it may be set beside that of after."""
    return before.number if before.definition == after.definition else REDEFINED
