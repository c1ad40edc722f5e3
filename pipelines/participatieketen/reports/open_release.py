"""An opened release, and the charts, tables and cards that recipes of it are of, made by the run itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from participatieketen import charts, disclosure, findings
from participatieketen.charts import Figure, Sentence, Table
from participatieketen.disclosure import Released
from participatieketen.errors import WrongUse
from participatieketen.findings import Cards, Earlier, Finding
from participatieketen.recipes import MENU, WRITTEN, Recipe

Shown = Figure | Table | Cards | Sentence


@dataclass(frozen=True)
class OpenRelease:
    """What recipes are made of: the released tables, the findings of the release, and the release before it."""

    tables: Mapping[str, Released] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    earlier: Earlier | None = None

    @property
    def digest(self) -> str:
        """What a process that opens the same release has to find; nothing without a release."""
        return disclosure.digest(self.tables) if self.tables else ""


def opened(released: Path) -> OpenRelease:
    """Return what a release holds; raises WrongUse when its file is not one.

    released  path of released.duckdb; findings.json stands beside it, and without it there are no findings
    """
    tables = disclosure.open_release(released)
    if not (released.parent / "findings.json").is_file():
        return OpenRelease(tables)
    return OpenRelease(tables, findings.read(released), findings.read_earlier(released))


def made_from(recipe: Recipe, release: OpenRelease, page: str) -> Shown:
    """Return what the recipe is of.

    page    name of the notebook: of the findings it shows those that are its own
    Raises  WrongUse when this release lacks a table or a group that the recipe names.
    """
    heading, _, name = recipe.of.partition(".")
    if not release.tables:
        raise WrongUse("er is geen vrijgegeven uitgave bij dit notebook")
    if heading == "findings":
        return _FINDINGS[name](release, page)
    if lacking := [table for table in recipe.tables if table not in release.tables]:
        raise WrongUse(f"deze uitgave heeft de tabel {lacking[0]} niet")
    if recipe.of in WRITTEN:
        return _WRITTEN[recipe.of]({name: release.tables[name] for name in recipe.tables}, **recipe.parameters)
    _refuse_unknown(recipe, release)
    tables = [release.tables[table] for table in recipe.tables] or [next(iter(release.tables.values()))]
    shown: Shown = getattr(charts, name)(*tables, **recipe.parameters)
    return shown


def _refuse_unknown(recipe: Recipe, release: OpenRelease) -> None:
    """Raise WrongUse when a grouping, or a group of it, is none that this release knows."""
    kinds = MENU[recipe.of].choices
    grouping = recipe.parameters.get("grouping")
    if grouping is None:
        return
    if grouping not in _codes(release, "grouping"):
        raise WrongUse("deze uitgave heeft die indeling in groepen niet")
    group = recipe.parameters.get("group")
    if "group" in kinds and group and group not in _codes(release, "group_code", grouping):
        raise WrongUse("deze uitgave heeft die groep niet")


def _codes(release: OpenRelease, column: str, grouping: str = "") -> frozenset[str]:
    """Return the codes in a column of the tables of groups; of one grouping, or of all."""
    named = ("group_label", "group_share", "released_stock_flow")
    frames = [release.tables[name].frame for name in named if name in release.tables]
    chosen = [frame.filter(grouping=grouping) if grouping else frame for frame in frames]
    return frozenset(code for frame in chosen for code in frame[column].drop_nulls())


_WRITTEN: Mapping[str, Callable[..., Shown]] = {"zin": charts.sentence, "charts.own": charts.own}

_FINDINGS: Mapping[str, Callable[[OpenRelease, str], Shown]] = {
    "attention": lambda release, _: findings.attention(release.tables),
    "cards": lambda release, _: findings.cards(findings.first_page(release.findings)),
    "differences": lambda release, _: findings.differences(release.findings, release.earlier),
    "more": lambda release, page: findings.more(
        findings.rest(release.findings, findings.first_page(release.findings), page)
    ),
    "news_table": lambda release, _: findings.news_table(release.findings, release.earlier, release.tables),
}
