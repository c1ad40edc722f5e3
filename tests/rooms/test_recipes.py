"""recipes: names of what a run draws, and nothing that draws; every name on the menu is a function of the package."""

import inspect
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from participatieketen import charts as drawing
from participatieketen import findings as telling
from participatieketen.errors import WrongUse
from participatieketen.recipes import MENU, MIME, WRITTEN, NoRecipe, Recipe, charts, findings, read, tabellen
from participatieketen.recipes.literals import stands_in

STEPS: Mapping[str, Any] = {"version": 1, "of": "charts.monthly_steps", "tables": ["step_month"], "parameters": {}}
CHANCE: Mapping[str, Any] = {
    "version": 1,
    "of": "charts.control_chart",
    "tables": ["step_month"],
    "parameters": {"direction": "terug"},
}


def test_the_room_imports_nothing_but_the_standard_library() -> None:
    """A kernel that only hands over recipes starts at once."""
    code = (
        "import sys; before = set(sys.modules); import participatieketen.recipes; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["participatieketen", "rfc3987_syntax"]


@pytest.mark.parametrize("of", MENU)
def test_the_menu_fits_what_the_package_makes(of: str) -> None:
    """Each name is a function; its parameters are those of the menu, the optional ones with a default."""
    heading, _, name = of.partition(".")
    if of in WRITTEN:
        written = drawing.own if name else drawing.sentence
        assert [*inspect.signature(written).parameters][1:] == [*WRITTEN[of]]
        return
    if heading == "findings":
        assert callable(getattr(telling, name))
        return
    item, made = MENU[of], inspect.signature(getattr(drawing, name))
    takes = [*made.parameters.values()][len(item.tables) or 1 :]
    assert [one.name for one in takes if one.name in item.choices] == [*item.choices]
    by_itself = {one.name for one in takes if one.default is not inspect.Parameter.empty}
    assert {one.name for one in takes} - by_itself == item.choices.keys() - item.optional
    assert item.chart == ("Figure" in str(made.return_annotation))


def test_a_call_is_a_recipe() -> None:
    """By place or by name; it is shown in one form that a run reads."""
    by_place = charts.control_chart(tabellen["step_month"], "terug")
    assert by_place == charts.control_chart(direction="terug", step_month=tabellen["step_month"])
    assert by_place._repr_mimebundle_()[MIME] == CHANCE
    assert read(dict(CHANCE)) == by_place
    assert findings.cards() == Recipe("findings.cards")
    assert "monthly_steps" in dir(charts)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: charts.monthly_step, "bedoelt u monthly_steps?"),
        (lambda: tabellen["step_mont"], "bedoelt u step_month?"),
        (lambda: tabellen["client"], "kies uit"),
        (lambda: charts.monthly_steps("step_month"), 'schrijf tabellen\\["step_month"\\]'),
        (lambda: charts.monthly_steps(tabellen["stock"]), "met andere tabellen dan step_month"),
        (lambda: charts.monthly_steps(tabellen["step_month"], "terug"), "hoogstens 1 waarden"),
        (lambda: charts.control_chart(tabellen["step_month"]), "met andere keuzes dan direction"),
        (lambda: charts.control_chart(tabellen["step_month"], "opzij"), "met een keuze die niet bestaat"),
        (lambda: charts.control_chart(tabellen["step_month"], True), "met een keuze die niet bestaat"),  # noqa: FBT003
    ],
)
def test_a_call_that_cannot_be_made_says_what_can(call: Any, said: str) -> None:  # noqa: ANN401 - a function
    """In one Dutch line, where it is written."""
    with pytest.raises(WrongUse, match=said):
        call()


class Text(str):
    """A text that could say it is another."""

    __slots__ = ()


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "charts.monthly_steps",
        {},
        {**STEPS, "stamp": 1},
        {name: part for name, part in STEPS.items() if name != "version"},
        {**STEPS, "version": 2},
        {**STEPS, "version": True},
        {**STEPS, "version": 1.0},
        {**STEPS, "of": "charts.Table"},
        {**STEPS, "of": "disclosure.write"},
        {**STEPS, "of": Text("charts.monthly_steps")},
        {**STEPS, "of": 3},
        {**STEPS, "tables": "step_month"},
        {**STEPS, "tables": ["client"]},
        {**STEPS, "tables": ["step_month", "step_month"]},
        {**STEPS, "tables": [1]},
        {**STEPS, "parameters": {"title": "111222333"}},
        {**STEPS, "parameters": []},
        {**CHANCE, "parameters": {"direction": "111222333"}},
        {**CHANCE, "parameters": {"direction": ["terug"]}},
        {**CHANCE, "parameters": {}},
        {**STEPS, "parameters": {"x": "y" * 70_000}},
    ],
)
def test_what_is_not_on_the_menu_is_no_recipe(content: object) -> None:
    """Other parts, versions, names, tables, choices or types; what it says is not repeated."""
    with pytest.raises(NoRecipe) as caught:
        read(content)
    assert "111222333" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "stands"),
    [
        ('charts.control_chart(tabellen["step_month"], "terug")', True),
        (
            'tabel = tabellen["step_month"]\nfor way in ("vooruit", "terug"):\n    charts.control_chart(tabel, way)',
            True,
        ),
        ('charts.control_chart(tabellen["step_month"], richting)', False),
        ('charts.control_chart(tabellen["step_month"], "ter" + "ug")', False),
        ('charts.control_chart(tabellen["step_month"], f"{x}terug")', True),
        ('getattr(charts, "control_chart")(tabellen["step_month"], "terug")', False),
        ('# charts.control_chart\nx("terug", "step_month")', False),
        ("%%time\ncharts.control_chart", False),
    ],
)
def test_a_recipe_stands_in_the_cell(cell: str, stands: bool) -> None:  # noqa: FBT001 - a parameter
    """Name and choices are written out there; a computed one could have been chosen by what the kernel saw."""
    assert stands_in(read(dict(CHANCE)), cell, cell, {}) is stands


def test_a_choice_may_be_a_parameter_of_the_run() -> None:
    """As the group of a loop is; the tables may be named in another cell."""
    beside = Recipe("charts.group_beside", ("group_share",), {"grouping": "wijk", "group": "WK1"})
    cell, notebook = 'charts.group_beside(tabel, "wijk", group)', 'tabel = tabellen["group_share"]'
    assert stands_in(beside, cell, f"{notebook}\n{cell}", {"group": "WK1"})
    assert not stands_in(beside, cell, f"{notebook}\n{cell}", {"group": "WK2"})
    assert not stands_in(beside, cell, cell, {"group": "WK1"})
