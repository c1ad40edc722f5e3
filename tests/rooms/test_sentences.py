"""A notebook's own sentence: no number in its text, and at each place one cell of a released table."""

import string
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.disclosure import Released
from participatieketen.errors import KetenError, WrongUse
from participatieketen.recipes import MIME, NoRecipe, Recipe, read, tabellen, verschil, waarde, zin
from participatieketen.recipes.literals import stands_in
from participatieketen.reports.open_release import OpenRelease, made_from
from small_tables import ESTIMATE, context, released

STOCK = tabellen["stock"]
BIJSTAND = {"position": "bijstand", "month": "laatste definitieve"}
PEOPLE: dict[str, Any] = {"table": "stock", "column": "persons", "row": BIJSTAND}


def stock(*rows: tuple[date, str, int, bool]) -> Released:
    """Return people per position on the first day of months."""
    columns = {"month": pl.Date, "position": pl.String, "persons": pl.Int64, "provisional": pl.Boolean}
    return released("stock", columns, rows, context())


TABLES = {
    "stock": stock(
        (date(2024, 10, 1), "bijstand", 3460, False),
        (date(2025, 10, 1), "bijstand", 3410, False),
        (date(2025, 11, 1), "bijstand", 3400, True),
        (date(2024, 10, 1), "werk", 75, False),
        (date(2025, 10, 1), "werk", 80, False),
        (date(2025, 10, 1), "dagbesteding", 0, False),
    ),
    "estimate": released(
        "estimate",
        ESTIMATE,
        [
            ("eerste_stap", "nieuw", 30, "", "werk", "terug", 12, 140, 1160, 850, 5),
            ("eerste_stap", "nieuw", 30, "", "dagbesteding", "terug", 12, 0, 40, 20, 5),
        ],
        context(),
    ),
}


def text(recipe: Recipe) -> str:
    """Return the sentence that a recipe is of, as a page has it."""
    shown = made_from(recipe, OpenRelease(TABLES), "mijn-pagina")
    return str(shown.stamp()["text"])


def test_a_sentence_is_filled_in_the_words_of_the_report() -> None:
    """Counts, days, names and differences; a released 0 is no nought, and a provisional count says so."""
    now, was = (
        waarde(STOCK, "persons", **BIJSTAND),
        waarde(STOCK, "persons", position="bijstand", month="een jaar eerder"),
    )
    day, place = (waarde(STOCK, column, **BIJSTAND) for column in ("month", "position"))
    assert (
        text(
            zin(
                "op {dag} stonden {n} mensen op de plek {plek}: {meer} dan eerder.",
                dag=day,
                n=now,
                plek=place,
                meer=verschil(now, was),
            )
        )
        == "Op 1 oktober 2025 stonden 3.410 mensen op de plek Bijstand: ongeveer 50 minder dan eerder."
    )
    few = waarde(STOCK, "persons", position="dagbesteding", month="laatste definitieve")
    assert text(zin("Het waren er {n}.", n=few)) == "Het waren er 0-4."
    newest = waarde(STOCK, "persons", position="bijstand", month="nieuwste")
    assert text(zin("Het waren er {n}.", n=newest)) == "Het waren er 3.400 (voorlopig)."


def test_a_month_that_is_not_there_yet_stops_no_report() -> None:
    """A chain of less than a year has no year before; who stands nowhere is a mistake in any month."""
    young = {"stock": stock((date(2025, 10, 1), "bijstand", 3410, False))}
    value = waarde(STOCK, "persons", position="bijstand", month="een jaar eerder")
    recipe = zin("Het waren er {n}.", n=value)
    shown = made_from(recipe, OpenRelease(young), "mijn-pagina")
    assert shown.stamp()["text"] == "Hier staat nog geen getal: die maand is er nog niet."


def test_a_difference_that_rounding_can_make_says_so() -> None:
    """Two counts that are each off by four differ for certain from nine on."""
    now, was = (
        waarde(STOCK, "persons", position="werk", month=when) for when in ("laatste definitieve", "een jaar eerder")
    )
    assert text(zin("{n}.", n=verschil(now, was))) == "Ongeveer 5 meer (dat kan afronding zijn)."
    assert text(zin("{n}.", n=verschil(now, now))) == "Na afronden gelijk."


def test_a_share_has_its_range_and_a_hidden_one_no_figure() -> None:
    """As a finding has it: read from the released counts."""
    shares = tabellen["estimate"]
    known = waarde(shares, "share", measure="eerste_stap", position="werk", months=12)
    hidden = waarde(shares, "share", measure="eerste_stap", position="dagbesteding", months=12)
    assert text(zin("Dat is {p}.", p=known)) == "Dat is 12% (tussen 9% en 15%)."
    assert text(zin("Dat is {p}.", p=hidden)) == "Dat is te weinig om te zeggen."
    counted = waarde(shares, "n", measure="eerste_stap", position="dagbesteding", months=12)
    assert text(zin("Van {n}.", n=counted)) == "Van te weinig om te zeggen."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (waarde(STOCK, "persons", position="bijstand"), "n: de waarde wijst 3 rijen van stock aan"),
        (waarde(STOCK, "persons", position="nergens", month="nieuwste"), "n: de waarde wijst 0 rijen van stock aan"),
        (waarde(STOCK, "persons", plek="bijstand"), "n: de tabel stock heeft de kolom plek niet"),
        (waarde(STOCK, "bsn", position="bijstand"), "n: de tabel stock heeft de kolom bsn niet"),
        (waarde(STOCK, "provisional", **BIJSTAND), "n: de kolom provisional kan niet in een zin"),
        (waarde(STOCK, "persons", position="bijstand", month="2025-10-01"), "wijst 0 rijen"),
        (waarde(tabellen["step_month"], "steps", direction="terug"), "deze uitgave heeft de tabel step_month niet"),
        (
            verschil(waarde(STOCK, "position", **BIJSTAND), waarde(STOCK, "position", **BIJSTAND)),
            "n: een verschil is alleen te zeggen van aantallen",
        ),
    ],
)
def test_a_value_that_is_not_one_cell_is_refused(value: object, message: str) -> None:
    """In one Dutch line that names the place, the table and the column, and no figure."""
    with pytest.raises(KetenError, match=message):
        text(zin("Het waren er {n}.", n=value))


NUMBERED = [
    "Het waren er 3 of {n}.",
    "Het waren er \N{ARABIC-INDIC DIGIT THREE} of {n}.",
    "Het waren er \N{SUPERSCRIPT TWO} of {n}.",
    "Het waren er \N{VULGAR FRACTION ONE HALF} of {n}.",
    "Het waren er \N{ROMAN NUMERAL FOUR} of {n}.",
    "Het waren er drie of {n}.",
    "Het waren er DRIE of {n}.",
    "Het waren er drie\N{ZERO WIDTH SPACE}honderd of {n}.",
    "Het waren er tweeëntwintig of {n}.",
    "Het waren er driehonderd of {n}.",
    "De helft, of {n}.",
    "Eén derde, of {n}.",
    "Een tiental, of {n}.",
    "Ongeveer % van {n}.",
    "<b>{n}</b>",
    "{n:>9}",
    "{n!r}",
    "{n.__class__}",
    "{n[0]}",
    "{0}",
    "{}",
    "{n",
    "n}",
    "{n} {m}",
    "geen plaats",
    "",
    "x" * 601 + " {n}",
    " ",
    "Het waren er \u4e09 of {n}.",
    "Het waren er VIII of {n}.",
    "Er is Eén, of {n}.",
    "Anderhalf keer {n}.",
    "Dat is {n} procent.",
    "Dat is {n} duizend.",
    "Dat is {n}{n}.",
    "Dat is {n}.{n} mensen.",
    "Dat is {n} {n} mensen.",
    "Dat is -{n}.",
    "Dat is x{n}.",
    "Dat is {n}x.",
    "Dat is {{n}} en {n}.",
    "Dat is {n} \N{COMBINING ACUTE ACCENT}.",
]


@pytest.mark.parametrize("template", NUMBERED)
def test_a_text_with_a_number_or_more_than_a_place_is_no_sentence(template: str) -> None:
    """Figures of any script, words, fractions, signs of HTML, formats, attributes."""
    with pytest.raises(WrongUse, match="Dit kan niet"):
        zin(template, n=waarde(STOCK, "persons", **BIJSTAND))


@pytest.mark.parametrize(
    "template",
    [
        "{n} mensen, bij elkaar (zie {n}): een groei!",
        "Het aantal in 'Sociale Coöperatie' was {n}; het getal van {n} is het totaal.",
        "Wie eenvoudig werk zoekt, is vaker dan eens bij Zwolle & co: {n}.",
        "De eerste groep, de jongste, telt {n}, en een andere {n}.",
    ],
)
def test_plain_dutch_is_a_sentence(template: str) -> None:
    """'Een' is an article, 'eerste' an order, 'aantal' no number."""
    assert zin(template, n=waarde(STOCK, "persons", **BIJSTAND)).parameters["text"] == template


SMALL = (
    *("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien"),
    *("veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"),
)
TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")


def spelled(number: int) -> str:
    """Return a number below a million as Dutch writes it, in one word."""
    for size, name in ((1000, "duizend"), (100, "honderd")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{spelled(many) if many > 1 else ''}{name}{spelled(rest) if rest else ''}"
    if number <= len(SMALL):
        return SMALL[number - 1]
    tens, rest = divmod(number, 10)
    return f"{SMALL[rest - 1]}{'ën' if rest in {2, 3} else 'en'}{TENS[tens - 2]}" if rest else TENS[tens - 2]


@given(st.integers(2, 999_999), st.sampled_from(["", "de", "ste", "tal", "maal", "jarige"]), st.booleans())
def test_no_number_in_words_passes(number: int, end: str, capital: bool) -> None:  # noqa: FBT001 - drawn
    """Nor as an order, a group or a multiple."""
    word = f"{spelled(number)}{end}"
    with pytest.raises(WrongUse, match="in woorden"):
        zin(f"Er zijn {word.capitalize() if capital else word} of {{n}}.", n=waarde(STOCK, "persons", **BIJSTAND))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z", "M"]), max_size=20))
def test_no_text_with_a_digit_passes(words: str) -> None:
    """Whatever stands around it: the digits of a sentence are all of the run."""
    content = {"text": words + "{n}", "values": {"n": PEOPLE}}
    try:
        read({"version": 1, "of": "zin", "tables": ["stock"], "parameters": content})
    except NoRecipe:
        return
    assert not any(one.isnumeric() for one in words)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"text": "{n}"},
        {"text": "{n}", "values": {}},
        {"text": "{n}", "values": []},
        {"text": "{n}", "values": {"n": "111222333"}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "figure": 111222333}}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "table": "client"}}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "column": 1}}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "row": {"position": True}}}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "row": {"position": 1.5}}}},
        {"text": "{n}", "values": {"n": {**PEOPLE, "row": [["position", "bijstand"]]}}},
        {"text": "{n}", "values": {"n": {"now": PEOPLE, "was": {**PEOPLE, "column": "month"}}}},
        {"text": "{n}", "values": {"n": {"now": PEOPLE}}},
        {"text": "{n}", "values": {"n": PEOPLE, "m": PEOPLE}},
        {"text": "{n}", "values": {"n": PEOPLE}, "title": "111222333"},
        {"text": ["{n}"], "values": {"n": PEOPLE}},
    ],
)
def test_a_forged_sentence_is_no_recipe(parameters: dict[str, Any]) -> None:
    """Other parts, types, tables or values; what it says is not repeated."""
    with pytest.raises(NoRecipe) as caught:
        read({"version": 1, "of": "zin", "tables": ["stock"], "parameters": parameters})
    assert "111222333" not in str(caught.value)


def test_a_sentence_names_the_tables_of_its_values() -> None:
    """No other one comes along."""
    made = zin("{n}", n=waarde(STOCK, "persons", **BIJSTAND))
    content = made._repr_mimebundle_()[MIME]
    assert read(content) == made
    with pytest.raises(NoRecipe, match="andere tabellen"):
        read({**content, "tables": ["estimate"]})


CALL = (
    'zin("Het waren er {n}.", n=waarde(tabellen["stock"], "persons", position="bijstand", month="laatste definitieve"))'
)


@pytest.mark.parametrize(
    ("cell", "stands"),
    [
        (CALL, True),
        (f"from participatieketen.recipes import zin\n{CALL}", True),
        (CALL.replace('"bijstand"', "group"), True),
        (CALL.replace('"bijstand"', "plek"), False),
        (CALL.replace('"bijstand"', '"bij" + "stand"'), False),
        (CALL.replace('"Het waren', 'f"Het waren'), False),
        (CALL.replace("Het waren", "Er waren"), False),
        (CALL.replace("zin(", "getattr(recipes, 'zin')("), False),
        (CALL.replace("n=waarde", "**{'n': waarde").replace("))", ")})"), False),
        (f"# {CALL}", False),
        (f"'''{CALL}'''", False),
    ],
)
def test_a_sentence_is_written_out_in_its_cell(cell: str, stands: bool) -> None:  # noqa: FBT001 - a parameter
    """Text, table, column and row; a computed one could have been chosen by what the kernel saw."""
    made = zin("Het waren er {n}.", n=waarde(STOCK, "persons", **BIJSTAND))
    assert stands_in(made, cell, cell, {"group": "bijstand"}) is stands


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: waarde("stock", "persons"), 'schrijf tabellen\\["stock"\\]'),
        (lambda: waarde(STOCK, 1), "noemt na de tabel een kolom"),
        (lambda: verschil(waarde(STOCK, "persons"), 3), "twee keer waarde"),
        (lambda: zin("{n}", n=3), "komt waarde\\(...\\) of verschil\\(...\\)"),
        (lambda: zin("{n}", n=waarde(STOCK, "persons", months=True)), "met tekst of een heel getal"),
    ],
)
def test_a_call_that_cannot_be_made_says_what_can(call: Any, message: str) -> None:  # noqa: ANN401 - a function
    """In one Dutch line, where it is written."""
    with pytest.raises(WrongUse, match=message):
        call()


@given(st.text(string.ascii_letters + " ,.", max_size=60))
def test_plain_words_around_a_place_stand_as_written(words: str) -> None:
    """A text without numbers is not changed, but for its first letter."""
    try:
        made = zin(f"x{words}{{n}}", n=waarde(STOCK, "persons", **BIJSTAND))
    except WrongUse:
        return
    assert text(made) == f"X{words}3.410"


def test_a_word_for_a_month_means_nothing_in_another_column() -> None:
    """It leaves no row, as any other name that the column does not have."""
    value = waarde(STOCK, "persons", position="nieuwste", month="nieuwste")
    with pytest.raises(KetenError, match="wijst 0 rijen van stock aan"):
        text(zin("Het waren er {n}.", n=value))
    share = waarde(tabellen["estimate"], "share", measure="nieuwste")
    with pytest.raises(KetenError, match="wijst 0 rijen van estimate aan"):
        text(zin("Het was {n}.", n=share))
