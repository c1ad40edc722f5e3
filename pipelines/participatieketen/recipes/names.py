"""The names that a notebook calls: `charts`, `findings`, `zin`, `tabellen`. A call is a recipe, and draws nothing."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from participatieketen.errors import WrongUse
from participatieketen.recipes import chart_grammar, own_chart, sentence
from participatieketen.recipes.menu import MENU, TABLES, MenuItem
from participatieketen.recipes.recipe import NoRecipe, Recipe, checked


@dataclass(frozen=True)
class TableName:
    """A released table, by name; its figures are not here."""

    name: str

    @property
    def data(self) -> dict[str, str]:
        """What Altair takes for data: `alt.Chart(tabellen["stock"].data)`. The run fills in the table."""
        return {"name": self.name}


class _Tables:
    """The released tables: `tabellen["stock"]` is a name, that only the run or JupyterLab looks up."""

    def __getitem__(self, name: str) -> TableName:
        if name not in TABLES:
            raise WrongUse(f"Deze vrijgegeven tabel is er niet{_hint(str(name), sorted(TABLES))}.")
        return TableName(name)


class _Names:
    """What the menu has under one heading."""

    def __init__(self, heading: str) -> None:
        self._heading = heading

    def __dir__(self) -> list[str]:
        return [of.partition(".")[2] for of in MENU if of.startswith(f"{self._heading}.")]

    def __getattr__(self, name: str) -> Callable[..., Recipe]:
        of = f"{self._heading}.{name}"
        if name.startswith("_"):
            raise AttributeError(name)
        if of not in MENU:
            raise WrongUse(f"{of} bestaat niet{_hint(name, dir(self))}.")

        if of == own_chart.OF:
            return own

        def recipe(*given: object, **choices: object) -> Recipe:
            return _recipe(of, MENU[of], given, choices)

        return recipe


def _recipe(of: str, item: MenuItem, values: tuple[object, ...], choices: dict[str, object]) -> Recipe:
    """Return the recipe of a call: first the tables, then the choices, each by place or by name."""
    names = [*item.tables, *item.choices]
    if len(values) > len(names):
        raise WrongUse(f"{of} neemt hoogstens {len(names)} waarden: {', '.join(names) or 'geen'}.")
    placed = dict(zip(names, values, strict=False)) | choices
    tables = [_table(of, placed.pop(name, None), name) for name in item.tables]
    try:
        return checked(of, tables, placed)
    except NoRecipe as refusal:
        raise WrongUse(f"Dit kan niet: {refusal}.") from None


def _table(of: str, value: object, name: str) -> str:
    if not isinstance(value, TableName):
        raise WrongUse(f'{of} neemt de vrijgegeven tabel {name}: schrijf tabellen["{name}"].')
    return value.name


def waarde(tabel: object, kolom: object, **rij: object) -> sentence.Value:
    """Return one cell of a released table for a place in `zin`; raises WrongUse when it is named otherwise.

    tabel   tabellen["stock"];  kolom: what stands in the sentence: "persons", "share", "month", "position"
    rij     column -> value, until one row is left. Of month also "laatste definitieve" (not provisional), "een jaar
            eerder" (than that) and "nieuwste"
    """
    if not isinstance(tabel, TableName):
        raise WrongUse('waarde begint met een vrijgegeven tabel: schrijf tabellen["stock"].')
    if type(kolom) is not str:
        raise WrongUse('waarde noemt na de tabel een kolom: schrijf "persons".')
    return sentence.Value(tabel.name, kolom, rij)  # type: ignore[arg-type] # zin says it when a value is no text or number


def verschil(nu: object, eerder: object) -> sentence.Difference:
    """Return how much more or fewer a count is than another of the same table and column, for a place in `zin`."""
    if not isinstance(nu, sentence.Value) or not isinstance(eerder, sentence.Value):
        raise WrongUse("verschil neemt twee keer waarde(...): nu en eerder.")
    return sentence.Difference(nu, eerder)


def zin(tekst: object, **waarden: object) -> Recipe:
    """Return a sentence with a released number at each place; raises WrongUse when it cannot be one."""
    return _written(sentence.OF, set(), {"text": tekst}, waarden)


def own(grafiek: object, titel: object, beschrijving: object, **waarden: object) -> Recipe:
    """Return a chart that was made with Altair; raises WrongUse when a run would not draw it.

    grafiek   alt.Chart(tabellen["stock"].data)...: marks, channels and transforms of one released table
    titel, beschrijving   texts as in `zin`: what the chart shows, and what it is for who cannot see it
    """
    to_dict = getattr(grafiek, "to_dict", None)
    content = to_dict() if callable(to_dict) else grafiek
    try:
        spec = chart_grammar.specification(content)
        table = own_chart.used_by(spec).table
    except chart_grammar.NotAChart as refusal:
        raise WrongUse(f"Dit kan niet: {refusal}.") from None
    texts = {"title": titel, "description": beschrijving, "spec": spec}
    return _written(own_chart.OF, {table}, texts, waarden)


def _written(of: str, tables: set[str], parts: dict[str, object], waarden: dict[str, object]) -> Recipe:
    values = {name: value for name, value in waarden.items() if isinstance(value, sentence.Filling)}
    if len(values) < len(waarden):
        raise WrongUse("Dit kan niet: op elke plaats van een tekst komt waarde(...) of verschil(...).")
    named = {name: value.as_json() for name, value in values.items()}
    try:
        return checked(of, sorted(tables | {*sentence.tables_of(values)}), {**parts, "values": named})
    except NoRecipe as refusal:
        raise WrongUse(f"Dit kan niet: {refusal}.") from None


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f": bedoelt u {near[0]}?" if near else f"; kies uit {', '.join(known)}"


charts, findings, tabellen = _Names("charts"), _Names("findings"), _Tables()
