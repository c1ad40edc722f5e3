"""A recipe: what to draw, of which released tables, with which choices; as text that a run can check."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from participatieketen.recipes import chart_grammar, own_chart, sentence
from participatieketen.recipes.menu import DIRECTIONS, MENU, TABLES

MIME = "application/vnd.keten.recipe+json"
"""The one form in which a notebook hands over what it shows."""

VERSION = 1
LARGEST = 64_000
"""Characters of a recipe as JSON."""

_PARTS = frozenset({"version", "of", "tables", "parameters"})
WRITTEN = {sentence.OF: ("text", "values"), own_chart.OF: ("spec", "title", "description", "values")}
"""What is written by the author of a notebook, and of which parts it is made."""


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
    if of in WRITTEN:
        return _written(of, tables, parameters)
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


def _written(of: str, tables: object, parameters: object) -> Recipe:
    """Return the recipe of a sentence or an own chart: its tables are those of what it names itself."""
    if type(parameters) is not dict or parameters.keys() != {*WRITTEN[of]}:
        raise NoRecipe(f"{of} met andere onderdelen dan het heeft")
    texts = [parameters[name] for name in ("text", "title", "description") if name in parameters]
    try:
        names = [place for text in texts for place in sentence.places(sentence.text_of(text))]
        values = sentence.fillings(parameters["values"], names)
        spec = chart_grammar.specification(parameters["spec"]) if of == own_chart.OF else {}
        drawn = {own_chart.used_by(spec).table} if spec else set()
    except (sentence.NotASentence, chart_grammar.NotAChart) as refusal:
        raise NoRecipe(str(refusal)) from None
    if of == sentence.OF and not names:
        raise NoRecipe("een zin zonder plaats: schrijf hem dan in de tekst van het notebook")
    if type(tables) is not list or tables != sorted(drawn | {*sentence.tables_of(values)}):
        raise NoRecipe(f"{of} met andere tabellen dan waar de waarden uit komen")
    if not {*tables} <= TABLES:
        raise NoRecipe(f"{of} met een tabel die niet wordt vrijgegeven")
    return Recipe(of, tuple(tables), {**parameters, **({"spec": spec} if spec else {})})


def _fits(kind: str, value: str) -> bool:
    """Return whether the value is of its kind, as far as that can be said without the tables."""
    return kind != "direction" or value in DIRECTIONS
