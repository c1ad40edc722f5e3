"""A recipe: what to draw, of which released tables, with which choices; as text that a run can check."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from participatieketen.recipes import sentence
from participatieketen.recipes.menu import DIRECTIONS, MENU, TABLES

MIME = "application/vnd.keten.recipe+json"
"""The one form in which a notebook hands over what it shows."""

VERSION = 1
LARGEST = 64_000
"""Characters of a recipe as JSON."""

_PARTS = frozenset({"version", "of", "tables", "parameters"})


class NoRecipe(ValueError):
    """It is not on the menu, or not as the menu has it; str() of it says what, in Dutch, and quotes nothing of it."""


@dataclass(frozen=True)
class Recipe:
    """What a run has to draw.

    of          name on the menu: "charts.monthly_steps"
    tables      names of released tables, in the order of the menu
    parameters  name -> what was chosen; of a sentence its text, and by place what fills it
    """

    of: str
    tables: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what stands in the output of a cell."""
        return {
            "version": VERSION,
            "of": self.of,
            "tables": list(self.tables),
            "parameters": dict(self.parameters),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return the recipe; a notebook that knows the package draws it instead (`lab`)."""
        del include, exclude
        return {MIME: self.as_json(), "text/plain": f"recept: {self.of}"}


def read(content: object) -> Recipe:
    """Return the recipe in an output; raises NoRecipe. Types are compared exactly: True is no 1."""
    if type(content) is not dict or set(content) != _PARTS:
        raise NoRecipe("een recept met andere onderdelen dan versie, naam, tabellen en keuzes")
    if type(content["version"]) is not int or content["version"] != VERSION:
        raise NoRecipe("een recept van een andere versie")
    if len(json.dumps(content)) > LARGEST:
        raise NoRecipe("een recept dat te groot is")
    return checked(content["of"], content["tables"], content["parameters"])


def checked(of: object, tables: object, parameters: object) -> Recipe:
    """Return the recipe that these make; raises NoRecipe when the menu does not have it so."""
    if type(of) is not str or of not in MENU:
        raise NoRecipe("een recept dat niet op de lijst staat")
    if of == sentence.OF:
        return _sentence(tables, parameters)
    item = MENU[of]
    if type(tables) is not list or not all(type(name) is str for name in tables) or tuple(tables) != item.tables:
        raise NoRecipe(f"{of} met andere tabellen dan {', '.join(item.tables) or 'geen'}")
    if type(parameters) is not dict or not all(type(name) is str for name in parameters):
        raise NoRecipe(f"{of} met keuzes zonder naam")
    if not item.choices.keys() - item.optional <= parameters.keys() <= item.choices.keys():
        raise NoRecipe(f"{of} met andere keuzes dan {', '.join(item.choices) or 'geen'}")
    if not all(type(value) is str and _fits(item.choices[name], value) for name, value in parameters.items()):
        raise NoRecipe(f"{of} met een keuze die niet bestaat")
    return Recipe(of, item.tables, parameters)


def _sentence(tables: object, parameters: object) -> Recipe:
    """Return the recipe of a sentence: its tables are those of its values."""
    if type(parameters) is not dict or parameters.keys() != {"text", "values"}:
        raise NoRecipe("een zin met andere onderdelen dan tekst en waarden")
    try:
        values = sentence.fillings(parameters["values"], sentence.text_of(parameters["text"]))
    except sentence.NotASentence as refusal:
        raise NoRecipe(str(refusal)) from None
    if type(tables) is not list or tuple(tables) != sentence.tables_of(values):
        raise NoRecipe("een zin met andere tabellen dan die van de waarden")
    if not {*tables} <= TABLES:
        raise NoRecipe("een zin met een tabel die niet wordt vrijgegeven")
    return Recipe(sentence.OF, tuple(tables), parameters)


def _fits(kind: str, value: str) -> bool:
    """Return whether the value is of its kind, as far as that can be said without the tables."""
    return kind != "direction" or value in DIRECTIONS
