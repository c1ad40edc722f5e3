"""The names that a notebook calls: `charts`, `findings` and `tabellen`. Each call is a recipe, and draws nothing."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from participatieketen.errors import WrongUse
from participatieketen.recipes.menu import MENU, MenuItem
from participatieketen.recipes.recipe import NoRecipe, Recipe, checked


@dataclass(frozen=True)
class TableName:
    """A released table, by name; its figures are not here."""

    name: str


class _Tables:
    """The released tables: `tabellen["stock"]` is a name, that only the run or JupyterLab looks up."""

    def __getitem__(self, name: str) -> TableName:
        known = sorted({table for item in MENU.values() for table in item.tables})
        if name not in known:
            raise WrongUse(f"Deze vrijgegeven tabel is er niet{_hint(str(name), known)}.")
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


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f": bedoelt u {near[0]}?" if near else f"; kies uit {', '.join(known)}"


charts, findings, tabellen = _Names("charts"), _Names("findings"), _Tables()
