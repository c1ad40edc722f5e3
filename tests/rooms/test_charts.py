"""The charts: the finding in the title, the same values in chart and table, one Dutch picture for light and dark."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations
from typing import Any, cast

import altair as alt
import polars as pl
import pytest

from participatieketen import charts, dutch
from participatieketen.charts import arc_layout, canvas, render, theme, words
from participatieketen.charts.arc_layout import Arc, Flow, Row
from participatieketen.disclosure import Context, Position, Released
from participatieketen.readings import wording
from small_tables import Stamped
from webpage import Seen

HIDDEN = "\N{EN DASH}"
ZWOLLE = ("Bijstand", "Dagbesteding", "Sociale Coöperatie", "Startbaan", "Werk")
NINE = (
    "Bijstand, geen traject",
    "Sociale activering",
    "Dagbesteding",
    "Arbeidsmatige dagbesteding",
    "Vrijwilligerswerk",
    "Sociale Coöperatie",
    "Proefplaatsing",
    "Startbaan",
    "Betaald werk",
)
STEPS = {
    ("Bijstand", "Dagbesteding"): 1145,
    ("Bijstand", "Werk"): 410,
    ("Dagbesteding", "Startbaan"): 20,
    ("Startbaan", "Werk"): 45,
    ("Dagbesteding", "Bijstand"): 85,
    ("Werk", "Bijstand"): 180,
    ("Werk", "Startbaan"): 0,
}
STOCK = {"Bijstand": (3045, 2980), "Dagbesteding": (295, 310), "Sociale Coöperatie": (40, 40), "Werk": (470, 505)}
ENGLISH = (
    r"\b(January|February|March|May|June|July|August|October|December|Mar|Oct|axis|mark|chart|titled|symbol|group"
    r"|null|undefined|NaN|None)\b"
)


def context(labels: Sequence[str] = ZWOLLE, *, base: int = 5, fictional: bool = False, ranks: str = "") -> Context:
    """Return the context of a release of January 2026; ranks as digits, by default 0, 1, 2 ..."""
    given = [int(rank) for rank in ranks] or list(range(len(labels)))
    inside = [Position(label, label, rank) for label, rank in zip(labels, given, strict=True)]
    return Context(
        organisation="Gemeente Fictiedam",
        title="Participatieketen",
        chain="Participatieketen",
        positions=(*inside, Position("verhuisd", "Verhuisd", None), Position("nog_niet", "Nog niet", None)),
        peildatum=date(2026, 1, 1),
        provisional_from=date(2025, 11, 1),
        fictional=fictional,
        base=base,
    )


def released(name: str, columns: Mapping[str, Any], rows: Sequence[tuple[Any, ...]], about: Context) -> Released:
    """Return a table as disclosure hands it over."""
    frame = pl.DataFrame(rows, schema=dict(columns), orient="row")
    return cast("Released", Stamped(name, frame, about))


def step_year(steps: Mapping[tuple[str, str], int], about: Context | None = None) -> Released:
    """Return steps between positions; the direction follows from their ranks, None is outside."""
    about = about or context()
    rank = {position.code: position.rank for position in about.positions}
    rows = [(start, end, _direction(rank[start], rank[end]), count) for (start, end), count in steps.items()]
    columns = {"from_position": pl.String, "to_position": pl.String, "direction": pl.String, "steps": pl.Int64}
    return released("step_year", columns, rows, about)


def _direction(start: int | None, end: int | None) -> str:
    if start is None or end is None:
        return "in" if start is None else "uit"
    return "vooruit" if end > start else "terug" if end < start else "opzij"


JANUARY, NOVEMBER = date(2026, 1, 1), date(2025, 11, 1)
"""The newest day with a stock, and the last one that is not provisional."""


def stock(persons: Mapping[str, Sequence[int]], about: Context | None = None, last: date = NOVEMBER) -> Released:
    """Return persons per position, the last value in that month and one a year before it."""
    rows = [
        (last.replace(year=last.year - back), position, count)
        for position, counts in persons.items()
        for back, count in enumerate(reversed(counts))
    ]
    columns = {"month": pl.Date, "position": pl.String, "persons": pl.Int64}
    return released("stock", columns, rows, about or context())


def step_month(counts: Sequence[tuple[int, int]], about: Context | None = None) -> Released:
    """Return (forward, back) of the months up to December 2025."""
    about = about or context()
    months = [date(2025 - back // 12, 12 - back % 12, 1) for back in reversed(range(len(counts)))]
    rows = [
        (month, direction, count, month >= about.provisional_from)
        for month, pair in zip(months, counts, strict=True)
        for direction, count in zip(("vooruit", "terug"), pair, strict=True)
    ]
    columns = {"month": pl.Date, "direction": pl.String, "steps": pl.Int64, "provisional": pl.Boolean}
    return released("step_month", columns, rows, about)


def year_matrix(persons: Mapping[tuple[str, str], int], about: Context | None = None) -> Released:
    """Return persons by position a year ago and now."""
    columns = {"from_position": pl.String, "to_position": pl.String, "persons": pl.Int64}
    return released("year_matrix", columns, [(*pair, count) for pair, count in persons.items()], about or context())


def arc(steps: Mapping[tuple[str, str], int], about: Context | None = None) -> charts.Figure:
    """Return the arc diagram of these steps in the usual town."""
    return charts.arc_diagram(step_year(steps, about), stock(STOCK, about))


FIGURES: dict[str, Callable[[], charts.Figure]] = {
    "arcs": lambda: arc(STEPS | {("nog_niet", "Bijstand"): 620, ("Werk", "verhuisd"): 0}),
    "months": lambda: charts.monthly_steps(step_month([(60, 45)] * 6 + [(0, 0), (5, 0), (70, 40)])),
    "stock": lambda: charts.stock_per_position(stock(STOCK, last=JANUARY)),
    "matrix": lambda: charts.transition_table(year_matrix({("Bijstand", "Bijstand"): 90, ("Bijstand", "Werk"): 10})),
}


@pytest.fixture(params=FIGURES, scope="module")
def figure(request: pytest.FixtureRequest) -> charts.Figure:
    """Give each kind of figure in turn."""
    return FIGURES[request.param]()


def datasets(figure: charts.Figure) -> Iterator[list[dict[str, Any]]]:
    """Yield the data that travel with the chart."""
    return iter(figure.spec()["datasets"].values())


def columns(figure: charts.Figure) -> set[tuple[str, ...]]:
    """Return the columns of every data set in the chart."""
    return {tuple(rows[0]) for rows in datasets(figure) if rows}


@pytest.mark.parametrize(
    ("forward", "back", "title"),
    [
        (635, 225, "Bijna drie keer zo veel stappen vooruit als terug"),
        (225, 635, "Bijna drie keer zo veel stappen terug als vooruit"),
        (400, 200, "Ongeveer twee keer zo veel stappen vooruit als terug"),
        (395, 200, "Ongeveer twee keer zo veel stappen vooruit als terug"),
        (480, 200, "Ruim twee keer zo veel stappen vooruit als terug"),
        (300, 200, "Ongeveer anderhalf keer zo veel stappen vooruit als terug"),
        (990, 100, "Bijna tien keer zo veel stappen vooruit als terug"),
        (5000, 100, "Meer dan tien keer zo veel stappen vooruit als terug"),
        (240, 200, "Meer stappen vooruit dan terug"),
        (200, 240, "Meer stappen terug dan vooruit"),
        (1040, 1000, "Iets meer stappen vooruit dan terug"),
        (235, 200, "Stappen vooruit en terug: het verschil kan afronding zijn"),
        (200, 200, "Na afronden even veel stappen vooruit als terug"),
        (100, 0, "Bijna alleen stappen vooruit"),
        (0, 100, "Bijna alleen stappen terug"),
        (0, 0, "Weinig stappen: elk aantal is kleiner dan 5"),
    ],
)
def test_the_arc_title_compares_steps_forward_with_steps_back(forward: int, back: int, title: str) -> None:
    """It says which were more and how many times, and nothing that rounding could have made."""
    assert arc({("Bijstand", "Werk"): forward, ("Werk", "Bijstand"): back}).title == title


def test_one_step_is_singular() -> None:
    """Counts that were not rounded can be one."""
    shown = arc({("Bijstand", "Werk"): 1, ("Werk", "Bijstand"): 0}, context(base=1))
    assert shown.title == "Alleen stappen vooruit"
    assert "1 stap vooruit;" in shown.description
    assert "Geen stappen terug." in shown.description
    assert "Aantallen zijn niet afgerond." in shown.subtitle


def test_the_arc_subtitle_says_unit_period_and_rounding() -> None:
    """Of the twelve months before the provisional ones, and whether the figures are made up."""
    shown = arc(STEPS, context(fictional=True))
    assert shown.subtitle == (
        "Stappen van november 2024 tot en met oktober 2025. Dikte van de boog = aantal stappen. "
        "In het vak: mensen op 1 november 2025 en een jaar eerder (was). Geen boog betekent 0-4 stappen. "
        "Aantallen zijn afgerond op vijftallen. Fictieve gegevens."
    )
    assert "Fictieve gegevens." not in arc(STEPS).subtitle


def test_the_arc_description_counts_both_directions() -> None:
    """Someone who does not see the arcs hears their totals and the largest of each."""
    assert arc(STEPS).description == (
        "Boogdiagram van 5 plekken in de keten, november 2024 tot en met oktober 2025. "
        "1.620 stappen vooruit; de meeste gaan van Bijstand naar Dagbesteding (1.145). "
        "265 stappen terug; de meeste gaan van Werk naar Bijstand (180). "
        "De tabel onder de grafiek geeft alle aantallen."
    )


def test_the_arc_table_holds_every_value_in_the_chart() -> None:
    """Arcs and boxes come back in the table with the same text, and the table adds only what is too small to draw."""
    shown = FIGURES["arcs"]()
    table = {(place, what): count for place, what, count in shown.table.iter_rows()}
    arcs, boxes = (next(rows for rows in datasets(shown) if key in rows[0]) for key in ("boog", "mensen"))
    drawn = {(row["van"], f"stap {row['richting']} naar {row['naar']}"): dutch.number(row["stappen"]) for row in arcs}
    assert drawn == {key: count for key, count in table.items() if key[1].startswith("stap ") and count != "0-4"}
    stocks = {(place, "mensen op 1 november 2025") for place in ZWOLLE if place in STOCK}
    assert {table[key] for key in stocks} == {row["mensen"] for row in boxes} - {HIDDEN}
    assert table["Bijstand", "stappen de keten in"] == "620"
    assert ["was 3.045", "in 620"] in [row["onder"] for row in boxes]
    assert table["Werk", "stappen de keten uit"] == "0-4"


def test_the_monthly_table_holds_every_value_in_the_chart() -> None:
    """One row per month, in the order of time."""
    shown = charts.monthly_steps(step_month([(60, 45), (0, 0), (5, 0), (40, 1040)]))
    months = next(rows for rows in datasets(shown) if "vooruit" in rows[0])
    assert [(row["vooruit"], row["terug"], row["saldo"]) for row in months] == [
        (60, 45, 15),
        (0, 0, 0),
        (5, 0, 5),
        (40, 1040, -1000),
    ]
    assert shown.table.rows() == [
        ("september 2025", "60", "45", "+15", "vast"),
        ("oktober 2025", "0-4", "0-4", "na afronden gelijk", "vast"),
        ("november 2025", "5", "0-4", "+5", "voorlopig"),
        ("december 2025", "40", "1.040", "\N{MINUS SIGN}1.000", "voorlopig"),
    ]
    assert "0-4 betekent: nul tot en met 4." in shown.caption
    assert "Het saldo kan hoogstens 8 hoger of lager zijn." in shown.subtitle


def test_the_stock_table_holds_every_value_in_the_chart() -> None:
    """One column per position, one row per month."""
    shown = charts.stock_per_position(stock({"Bijstand": (3045, 2980), "Startbaan": (0, 5)}, last=JANUARY))
    drawn = [[row["mensen"] for row in rows] for rows in datasets(shown) if rows and "mensen" in rows[0]]
    assert drawn == [[3045, 2980], [0, 5]]
    assert shown.table.select("Datum", "Bijstand", "Startbaan", "Status").rows() == [
        ("1 januari 2025", "3.045", "0-4", "vast"),
        ("1 januari 2026", "2.980", "5", "voorlopig"),
    ]


def test_the_transition_table_holds_every_value_in_the_chart() -> None:
    """Positions outside the chain are one column; small rows have counts but no percentages."""
    shown = charts.transition_table(
        year_matrix(
            {
                ("Bijstand", "Bijstand"): 1500,
                ("Bijstand", "Werk"): 495,
                ("Bijstand", "verhuisd"): 5,
                ("Startbaan", "Bijstand"): 10,
                ("Startbaan", "Startbaan"): 20,
                ("Werk", "Werk"): 0,
            }
        )
    )
    cells = next(rows for rows in datasets(shown) if "aandeel" in rows[0])
    texts = {
        (row["van"], row["naar"]): f"{row['aandeel']} ({row['mensen']})" if row["aandeel"] else row["mensen"]
        for row in cells
    }
    heads = {row["Van"].split(" (")[0]: row for row in shown.table.iter_rows(named=True)}
    assert texts == {pair: heads[pair[0]][f"Naar {pair[1]}"] for pair in texts}
    assert texts["Bijstand", "Bijstand"] == "75% (1.500)"
    assert texts["Bijstand", "Uit de keten"] == "<1% (5)"
    assert texts["Startbaan", "Bijstand"] == "10"
    assert texts["Werk", "Werk"] == "0-4"
    assert "Bijstand (2.000 mensen)" in shown.table["Van"].to_list()
    assert "1.500 van 2.000 mensen" in shown.description
    assert "Werk (0-4 mensen)" in shown.table["Van"].to_list()
    assert [row["pijl"] for row in cells] == ["1.500", "495 →", "5", "← 10", "20", "0-4"]


def test_a_chart_holds_exactly_the_columns_it_draws() -> None:
    """Nothing else of the released table travels along."""
    assert {name: columns(make()) for name, make in FIGURES.items()} == {
        "arcs": {
            ("van", "naar", "richting", "stappen", "boog", "dikte", "punt", "x", "y"),
            ("plek", "mensen", "onder", "x", "links", "rechts", "y"),
            ("tekst",),
        },
        "months": {
            ("maand", "vooruit", "terug", "saldo", "voorlopig"),
            ("nul",),
            ("tekst", "bij", "kleur"),
            ("maand",),
        },
        "stock": {("maand", "mensen", "voorlopig"), ("tekst",)},
        "matrix": {
            (
                "van",
                "naar",
                "richting",
                "aandeel",
                "mensen",
                "pijl",
                "sterkte",
                "links",
                "rechts",
                "boven",
                "onder",
            ),
            ("plek", "x", "y"),
            ("plek", "mensen", "y", "y_mensen"),
            ("tekst", "x", "y"),
        },
    }


@pytest.mark.parametrize(
    ("months", "title"),
    [
        ([(60, 40)] * 4, "Elke maand meer stappen vooruit dan terug"),
        ([(40, 60)] * 4, "Elke maand meer stappen terug dan vooruit"),
        ([(60, 40), (60, 40), (40, 60), (0, 0), (0, 0)], "In 2 van de 3 maanden meer stappen vooruit dan terug"),
        ([(60, 40), (40, 60), (9, 0), (0, 9)], "Even vaak een maand met meer stappen vooruit als een maand met meer"),
        ([(60, 40), (50, 50), (50, 45), (0, 0), (0, 0)], "Meestal ongeveer even veel stappen vooruit als terug"),
        ([(50, 50)] * 5, "Elke maand ongeveer even veel stappen vooruit als terug"),
        ([(0, 0)] * 5, "Elke maand weinig stappen vooruit en terug"),
        ([(60, 40)] * 3, "In oktober 2025 meer stappen vooruit dan terug"),
        ([(60, 40)] * 2, "Stappen vooruit en terug per maand"),
        ([], "Stappen vooruit en terug per maand"),
    ],
)
def test_the_monthly_title_counts_months(months: list[tuple[int, int]], title: str) -> None:
    """Only months that are settled count."""
    assert charts.monthly_steps(step_month(months)).title.startswith(title)


def test_provisional_months_are_named_lighter_and_outlined() -> None:
    """The word stands in the picture and in the table, and the subtitle says how many months."""
    shown = charts.monthly_steps(step_month([(60, 40)] * 4))
    assert "De laatste 2 maanden zijn voorlopig (lichter, met rand) en tellen niet mee in de kop" in shown.subtitle
    assert "De laatste maand is voorlopig" in charts.monthly_steps(_one_provisional()).subtitle
    assert shown.table["Status"].to_list() == ["vast", "vast", "voorlopig", "voorlopig"]
    svg = shown.svg()
    assert ">voorlopig<" in svg
    assert svg.count('fill="var(--keten-vooruit-licht') == svg.count('fill="var(--keten-terug-licht') == 2


def _one_provisional() -> Released:
    table = step_month([(60, 40)] * 4)
    frame = table.frame.with_columns(provisional=pl.col("month") == date(2025, 12, 1))
    return cast("Released", Stamped(table.name, frame, table.context))


@pytest.mark.parametrize(
    ("persons", "title"),
    [
        ({"Werk": (470, 505)}, "Werk groeide in een jaar"),
        ({"Werk": (470, 505), "Startbaan": (50, 80)}, "Startbaan en Werk groeiden in een jaar"),
        ({"Werk": (470, 505), "Bijstand": (90, 60)}, "Werk groeide in een jaar; Bijstand kromp"),
        (dict.fromkeys(ZWOLLE, (90, 60)), "5 plekken krompen in een jaar"),
        (dict.fromkeys(ZWOLLE, (60, 65)), "Elke plek bleef in een jaar ongeveer even groot"),
        (dict.fromkeys(ZWOLLE, (60,)), "Mensen per plek op 1 november 2025"),
    ],
)
def test_the_stock_title_names_what_grew_and_what_shrank(persons: dict[str, tuple[int, ...]], title: str) -> None:
    """A change that rounding could have made is no change."""
    assert charts.stock_per_position(stock(persons)).title == title


def test_the_stock_title_rests_on_settled_months_and_the_subtitle_names_them() -> None:
    """What the provisional months show is drawn, and is no finding."""
    settled, newest = stock({"Werk": (470, 505)}), stock({"Werk": (300,)}, last=JANUARY)
    table = released("stock", settled.frame.schema, [*settled.frame.rows(), *newest.frame.rows()], context())
    shown = charts.stock_per_position(table)
    assert shown.title == "Werk groeide in een jaar"
    assert "vergelijken 1 november 2025 (de stip) met 1 november 2024." in shown.subtitle
    assert "Mensen op 1 november 2025: " in shown.description
    assert "Werk: 505, een jaar eerder 470" in shown.description
    (last,) = [row for row in shown.table.rows() if row[-1] == "voorlopig"]
    assert (last[0], "300" in last) == ("1 januari 2026", True)
    unsettled = charts.stock_per_position(newest)
    assert unsettled.title == "Mensen per plek op 1 november 2025"
    assert "vergelijken" not in unsettled.subtitle


@pytest.mark.parametrize(
    ("stayed", "left", "title"),
    [
        (751, 249, "Ongeveer driekwart van de mensen staat een jaar later op dezelfde plek"),
        (500, 500, "Ongeveer de helft van de mensen staat een jaar later op dezelfde plek"),
        (340, 660, "Ongeveer een derde van de mensen staat een jaar later op dezelfde plek"),
        (850, 150, "Ongeveer 85% van de mensen staat een jaar later op dezelfde plek"),
        (50, 950, "Ongeveer 5% van de mensen staat een jaar later op dezelfde plek"),
        (800, 200, "Ongeveer 8 op de 10 mensen staan een jaar later op dezelfde plek"),
        (100, 900, "Ongeveer 1 op de 10 mensen staat een jaar later op dezelfde plek"),
        (1000, 0, "Bijna iedereen staat een jaar later op dezelfde plek"),
        (0, 1000, "Bijna niemand staat een jaar later op dezelfde plek"),
        (20, 20, "Waar staan mensen een jaar later?"),
    ],
)
def test_the_transition_title_says_which_part_stayed(stayed: int, left: int, title: str) -> None:
    """Never of fewer than fifty people, and never that all of them did."""
    table = year_matrix({("Bijstand", "Bijstand"): stayed, ("Bijstand", "verhuisd"): left})
    assert charts.transition_table(table).title == title


PARTS = {"een kwart": 25, "een derde": 100 / 3, "de helft": 50, "twee derde": 200 / 3, "driekwart": 75}


@pytest.mark.parametrize("percent", range(4, 97))
def test_a_share_in_words_is_at_most_two_points_off(percent: int) -> None:
    """Of fractions and tenths it is the nearest, and else the percentage itself."""
    said = wording.people_share(percent / 100).removeprefix("Ongeveer ")
    stated = next((value for part, value in PARTS.items() if said.startswith(part)), None)
    if stated is None:
        number = float(said.split("%")[0].split(" op de ")[0])
        stated = number if "%" in said else number * 10
    assert abs(stated - percent) <= 2.0000001
    assert said.endswith(" staan") == (" op de 10" in said and not said.startswith("1 "))


def test_a_sum_that_was_not_released_itself_says_how_far_it_is_off() -> None:
    """The year of a direction, what goes in and out of a position, and many months; nothing when nothing is rounded."""
    steps = {("Bijstand", "Dagbesteding"): 100, ("Bijstand", "Werk"): 100, ("Werk", "verhuisd"): 240}
    rounded, exact = arc(steps), arc(steps, context(base=1))
    assert ">200 stappen vooruit, richting Werk" in rounded.svg()
    assert ("Werk", "stappen de keten uit", "240") in rounded.table.rows()
    assert rounded.caption.endswith("Het totaal van een richting kan er hoogstens 18 naast zitten.")
    assert "naast zitten" not in exact.caption + exact.description
    two = arc(steps | {("Werk", "nog_niet"): 5})
    assert two.caption.endswith("hoogstens 18 naast zitten, in en uit per plek hoogstens 8.")
    said = charts.monthly_steps(step_month([(60, 45)] * 4)).description
    assert "Samen 240 stappen vooruit en 180 terug. Elk van beide kan er hoogstens 16 naast zitten." in said
    assert "naast zitten" not in charts.monthly_steps(step_month([(60, 45)] * 4, context(base=1))).description


def test_rounding_is_explained_under_every_chart(figure: charts.Figure) -> None:
    """In the words of the reading help, the same everywhere."""
    assert "Aantallen zijn afgerond op vijftallen. Een aantal kan hoogstens 4 hoger of lager" in figure.caption


def test_a_sum_of_counts_that_are_all_too_small_is_no_zero_to_four() -> None:
    """Each of them may be four."""
    shown = arc({("Bijstand", "Werk"): 20, ("Werk", "verhuisd"): 0, ("Werk", "nog_niet"): 0})
    assert ("Werk", "stappen de keten uit", "0-8") in shown.table.rows()


@pytest.mark.parametrize(("months", "most"), [(1, 4), (2, 8), (4, 16), (5, 18), (12, 18), (48, 18)])
def test_steps_of_many_months_are_no_farther_off_than_two_running_totals(months: int, most: int) -> None:
    """Each month lies within 4 and each running total within 9; a difference takes more than twice that."""
    assert words.off(5, months) == most
    assert not words.certain(2 * most, 5, months)
    assert words.certain(2 * most + 1, 5, months)
    assert words.certain(1, 1, months)


def test_a_difference_between_years_takes_more_than_one_between_counts() -> None:
    """Two sums of twelve months can differ by 36 without a difference in steps, two counts by 8."""
    assert arc({("Bijstand", "Werk"): 120, ("Werk", "Bijstand"): 85}).title.startswith(
        "Stappen vooruit en terug: het verschil kan afronding zijn"
    )
    assert arc({("Bijstand", "Werk"): 125, ("Werk", "Bijstand"): 85}).title.startswith("Ongeveer anderhalf keer")
    assert charts.monthly_steps(step_month([(50, 40)] * 3)).title == "In oktober 2025 meer stappen vooruit dan terug"


def test_the_arc_diagram_says_where_most_steps_out_of_the_last_position_go() -> None:
    """Leaving work is mostly a rule of the chain, and the reader sees that at the number."""
    mostly = arc({("Werk", "verhuisd"): 5, ("Werk", "nog_niet"): 235, ("Bijstand", "verhuisd"): 900})
    assert "Uit bij Werk betekent meestal: Nog niet." in mostly.subtitle
    assert "Uit bij Werk" not in arc({("Werk", "verhuisd"): 100, ("Werk", "nog_niet"): 100}).subtitle
    assert "Uit bij Werk" not in arc({("Werk", "verhuisd"): 0}).subtitle


@pytest.mark.parametrize("notes", [("Werk is afgeleid.", "De stad vraagt iets."), ()])
def test_the_notes_of_the_chain_are_shown_as_written(notes: tuple[str, ...]) -> None:
    """One sentence a row, and a row that says so when there are none."""
    shown = charts.notes(stock(STOCK, replace(context(fictional=True), notes=notes)))
    assert shown.title == "Over deze keten"
    assert shown.frame.rows() == [(note,) for note in notes or ("Geen bijzonderheden.",)]
    assert shown.caption == "Wat bijzonder is aan deze keten. Fictieve gegevens."
    assert shown.stamp()["kind"] == "table"


def test_a_headline_claims_no_cause(figure: charts.Figure) -> None:
    """It describes; whether something helped is not in these figures."""
    assert not re.search(r"\b(dankzij|door|waardoor|omdat|effect|helpt|werkt|leidt|zorgt|verbeter)", figure.title)


def test_a_picture_describes_itself_in_dutch_and_nowhere_else(figure: charts.Figure) -> None:
    """One role and one label on the root; not a word of English inside."""
    svg = figure.svg()
    root = ET.fromstring(svg)  # noqa: S314 drawn here
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == figure.description
    assert root.attrib["width"] == "100%"
    assert "viewBox" in root.attrib
    assert "height" not in root.attrib
    inside = [name for element in root.iter() if element is not root for name in element.attrib]
    assert not [name for name in inside if name.startswith("aria-") or name in {"role", "style"}]
    texts = [element.text for element in root.iter() if element.text]
    assert not re.search(ENGLISH, " ".join([*texts, figure.description, figure.title, figure.subtitle]))
    assert not re.search(r"NaN|undefined|Infinity", svg)


def test_a_picture_takes_its_colours_from_the_page(figure: charts.Figure) -> None:
    """Every colour is a variable with the light colour behind it; there is no plate under the picture."""
    painted = re.findall(r'\b(?:fill|stroke)="([^"]*)"', figure.svg())
    assert set(painted) <= {"none", "transparent", *(colour.variable for colour in theme.PALETTE)}
    assert not re.search(r"#[0-9a-f]{6}", re.sub(r"var\([^)]*\)", "", figure.svg()))


def test_the_stylesheet_knows_every_colour_in_light_and_dark() -> None:
    """A page that takes it over has no colour left to guess."""
    css = charts.colours_css()
    assert all(css.count(f"--keten-{colour.name}:") == 2 for colour in theme.PALETTE)


def test_ids_in_a_picture_start_with_the_name_of_the_figure() -> None:
    """Two pictures on one page never share one, and what refers to them still does."""
    paint = {"gradient": "linear", "stops": [{"offset": 0, "color": "#ffffff"}, {"offset": 1, "color": "#0b6bb0"}]}
    spec = alt.Chart(pl.DataFrame({"x": [1, 2]})).mark_area(clip=True, color=paint).encode(x="x:Q", y="x:Q").to_dict()
    svg = render.page_svg(spec, "proef", "Een proef.")
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == 2
    assert all(name.startswith("proef-") for name in ids)
    assert set(re.findall(r"url\(#([^)]*)\)", svg)) == set(ids)


def test_a_figure_has_a_name_that_can_be_an_id(figure: charts.Figure) -> None:
    """It says what it draws and of which table."""
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", figure.id)


def test_the_same_table_gives_the_same_bytes(figure: charts.Figure) -> None:
    """Whatever was drawn before, and whatever Altair theme is on."""
    name = next(name for name, make in FIGURES.items() if make().id == figure.id)
    with alt.theme.enable("dark"):
        again = FIGURES[name]()
        assert again.svg() == figure.svg()
        assert json.dumps(again.spec()) == json.dumps(figure.spec())


def test_a_figure_shows_itself_in_three_forms_and_stamps_none(figure: charts.Figure) -> None:
    """JupyterLab gets a chart with its title, a page a picture without it; only a run makes the stamp."""
    data, metadata = figure._repr_mimebundle_()
    assert set(data) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
    assert data["text/plain"] == figure.description
    assert " ".join(data["application/vnd.vegalite.v5+json"]["title"]["text"]) == figure.title
    assert " ".join(data["application/vnd.vegalite.v5+json"]["title"]["subtitle"]) == figure.subtitle
    assert figure.title not in re.sub(r'aria-label="[^"]*"', "", data["image/svg+xml"])
    assert metadata == {}
    stamp = figure.stamp()
    assert set(stamp) == {"kind", "id", "title", "subtitle", "description", "table", "caption"}
    assert stamp["table"]["columns"] == figure.table.columns
    assert [tuple(row) for row in stamp["table"]["rows"]] == figure.table.rows()
    assert json.loads(json.dumps(stamp)) == stamp


def test_numbers_and_months_are_dutch_also_where_vega_writes_them() -> None:
    """A point between thousands, Dutch month names on the axis."""
    svg = charts.monthly_steps(step_month([(4000, 3000)] * 12)).svg()
    texts = re.findall(r">([^<>]+)<", svg)
    assert {"jan", "mrt", "mei", "okt", "2.000"} <= set(texts)
    assert not [text for text in texts if re.search(r"\d,\d{3}", text)]


def test_a_table_escapes_what_it_shows_and_scopes_its_heads() -> None:
    """A message can hold anything."""
    html = _verdict([("client", "a", "error", "<b> & 'x'", 40, 1200)]).html()
    assert "&lt;b&gt; &amp;" in html
    assert "<b>" not in html
    tags = Seen(html).tags
    assert ("caption", {}) in tags
    assert [attrs.get("scope") for tag, attrs in tags if tag == "th"] == ["col"] * 6 + ["row"]
    assert [attrs.get("class") for tag, attrs in tags if tag == "td"] == [None, None, "n", "n", None]


def _verdict(rows: list[tuple[str, str, str, str, int, int]]) -> charts.Table:
    columns = {
        "contract": pl.String,
        "rule": pl.String,
        "severity": pl.String,
        "message": pl.String,
        "unexpected": pl.Int64,
        "total": pl.Int64,
    }
    return charts.verdict_table(released("verdict", columns, rows, context()))


@pytest.mark.parametrize(
    ("passed", "title"),
    [
        ([True] * 3, "Alle 3 controles zijn in orde; 0-4 rijen kunnen per controle afwijken"),
        ([True, False, True], "1 van de 3 controles is niet in orde"),
        ([False, False, True], "2 van de 3 controles zijn niet in orde"),
        ([False, False], "Alle 2 controles zijn niet in orde"),
        ([True], "De enige controle is in orde; 0-4 rijen kunnen per controle afwijken"),
        ([False], "De enige controle is niet in orde"),
        ([], "Er zijn geen controles gedaan"),
    ],
)
def test_the_verdict_title_counts_checks(passed: list[bool], title: str) -> None:
    """In the right number."""
    assert (
        _verdict([("client", str(n), "error", "x", 0 if ok else 20, 100) for n, ok in enumerate(passed)]).title == title
    )


def test_failed_checks_come_first_and_the_worst_of_them_before_all() -> None:
    """Whoever reads only the top has read what matters."""
    table = _verdict(
        [
            ("client", "a", "error", "goed", 0, 1200),
            ("client", "b", "warning", "let op", 5, 1200),
            ("startbaan", "c", "error", "fout", 10, 80),
            ("bijstand", "d", "quarantine", "apart", 15, 3000),
        ]
    )
    assert table.frame.rows() == [
        ("startbaan", "fout", "niet in orde", "10", "80", "stopt de levering"),
        ("bijstand", "apart", "niet in orde", "15", "3.000", "zet rijen apart"),
        ("client", "let op", "niet in orde", "5", "1.200", "waarschuwt"),
        ("client", "goed", "in orde", "0-4", "1.200", "stopt de levering"),
    ]


@pytest.mark.parametrize(
    ("months", "title"),
    [
        ([1, 1], "Alle 2 leveringen hebben een peildatum in januari 2026"),
        ([1, 2, 1], "1 van de 3 leveringen heeft een peildatum in een andere maand dan januari 2026"),
        ([1], "De enige levering heeft een peildatum in januari 2026"),
        ([], "Er is niets geleverd"),
    ],
)
def test_the_delivery_title_says_whether_registers_are_up_to_date(months: list[int], title: str) -> None:
    """And the table gives what became of the rows."""
    columns = {"source": pl.String, "month": pl.Date} | dict.fromkeys(
        ("rows", "loaded", "quarantined", "duplicates", "expired"), pl.Int64
    )
    rows = [(f"bron{n}", date(2026, month, 1), 1200, 1185, 5, 0, 10) for n, month in enumerate(months)]
    table = charts.delivery_table(released("delivery", columns, rows, context()))
    assert table.title == title
    data, metadata = table._repr_mimebundle_()
    assert data == {"text/html": table.html(), "text/plain": title}
    assert metadata == {}
    assert table.stamp()["kind"] == "table"
    assert all(row[2:] == ("1.200", "1.185", "5", "0-4", "10") for row in table.frame.iter_rows())


def test_the_audit_is_told_in_plain_dutch() -> None:
    """What was tried, how many counts can be small, how near one comes at most, and that nobody is found."""
    columns = {"cells": pl.Int64, "small": pl.Int64, "narrowest": pl.Int64, "rule": pl.String}
    table = charts.audit_table(released("audited", columns, [(5959, 1234, 4, "R5C")], context(fictional=True)))
    assert table.title == "Niemand is terug te rekenen"
    assert table.frame["Uitkomst"].to_list() == ["5.959", "1.234", "4 mensen", "niemand"]
    assert table.caption.endswith("Fictieve gegevens.")
    assert table.stamp()["kind"] == "table"


def every_flow(count: int, most: int) -> tuple[Flow, ...]:
    """Return a flow between every two boxes, one of them a hundred times the rest."""
    pairs = list(permutations(range(count), 2))
    return tuple(Flow(*pair, most if pair == (0, count - 1) else 15) for pair in pairs)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_arcs_leave_and_reach_their_own_box_without_overlap(count: int) -> None:
    """Also with nine boxes, every flow between them, and one a hundred times another."""
    row = Row(count, 90)
    arcs = arc_layout.arcs(every_flow(count, 1500), row)
    for place in range(count):
        for side in (-1, 1):
            ends = sorted(_ends(arcs, place, side))
            assert all(left + wide / 2 < right - other / 2 for (left, wide), (right, other) in pairwise(ends))
            assert all(abs(x - row.middle(place)) + wide / 2 <= row.width / 2 for x, wide in ends)


def _ends(arcs: tuple[Arc, ...], place: int, side: int) -> Iterator[tuple[float, float]]:
    for one in arcs:
        if one.flow.side == side and place in {one.flow.source, one.flow.target}:
            yield (one.start if one.flow.source == place else one.end), one.thickness


def test_width_is_in_proportion_down_to_the_thinnest_line() -> None:
    """Twice the steps is twice the width, and the smallest flow still shows."""
    arcs = arc_layout.arcs((Flow(0, 1, 1000), Flow(1, 2, 500), Flow(2, 1, 10)), Row(3, 90))
    thick, half, thin = (one.thickness for one in arcs)
    assert thick == pytest.approx(2 * half)
    assert thin == arc_layout.THINNEST
    assert thick <= arc_layout.THICKEST


def test_forward_arcs_are_above_and_backward_arcs_below() -> None:
    """Direction shows without colour: by side, and by the head at the end."""
    forward, back = arc_layout.arcs((Flow(0, 2, 50), Flow(2, 0, 50)), Row(3, 90))
    assert forward.at(0)[1] < -45 < 45 < back.at(0)[1]
    assert forward.thickness == back.thickness
    assert forward.arrow().startswith(f"M{forward.end - forward.thickness / 2 - forward.head_side:.1f}")


def test_a_longer_arc_lies_around_a_shorter_one() -> None:
    """Arcs from one box do not cross: at every height the outer one is further out."""
    short, long = arc_layout.arcs((Flow(0, 1, 900), Flow(0, 3, 30)), Row(4, 90))
    assert long.start < short.start
    assert long.rise > short.rise + short.thickness / 2
    middle = (short.start + short.end) / 2
    for degrees in range(-90, 91, 5):
        x, y = short.at(degrees)
        assert _height_over(long, x) > abs(y) or x > middle


def _height_over(one: Arc, x: float) -> float:
    half = (one.end - one.start) / 2
    across = (x - (one.start + one.end) / 2) / half
    return float(abs(one.foot) + one.rise * max(0.0, 1 - across**2) ** 0.5)


@pytest.mark.parametrize("count", [3, 6, 9])
def test_numbers_on_arcs_never_touch_each_other(count: int) -> None:
    """Each keeps to its arc and finds a free place."""
    arcs = arc_layout.arcs(every_flow(count, 1500), Row(count, 90))
    texts = tuple(dutch.number(one.flow.steps) for one in arcs)
    spots = arc_layout.numbers_at(arcs, texts)
    boxes = [(x, y, canvas.text_width(text, arc_layout.NUMBER_SIZE)) for (x, y), text in zip(spots, texts, strict=True)]
    touching = [
        (one, other)
        for one, other in permutations(boxes, 2)
        if abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < arc_layout.NUMBER_SIZE
    ]
    assert touching == []


@pytest.mark.parametrize("labels", [ZWOLLE[:3], ZWOLLE, NINE], ids=len)
def test_every_number_of_positions_fits_the_width_of_a_page(labels: Sequence[str]) -> None:
    """Charts have one width, so that text has one size; names are wrapped inside their box."""
    about = context(labels)
    steps = {pair: 1500 if pair == (labels[0], labels[1]) else 15 for pair in permutations(labels, 2)}
    traffic = {pair: 1500 for label in labels for pair in [("nog_niet", label), (label, "verhuisd")]}
    shown = charts.arc_diagram(step_year(steps | traffic, about), stock(dict.fromkeys(labels, (3045, 2980)), about))
    assert len(shown.table) == len(steps) + 4 * len(labels)
    width = float(ET.fromstring(shown.svg()).attrib["viewBox"].split()[2])  # noqa: S314 drawn here
    assert theme.WIDTH <= width <= theme.WIDTH * 1.05
    boxes = next(rows for rows in datasets(shown) if "mensen" in rows[0])
    room = boxes[0]["rechts"] - boxes[0]["links"]
    assert all(canvas.text_width(line, 10) <= room for row in boxes for line in [*row["plek"], *row["onder"]])
    assert len(next(rows for rows in datasets(shown) if "boog" in rows[0])) == len(steps)


def test_a_step_aside_is_neither_forward_nor_back() -> None:
    """Between positions of one rank: grey, with the word at the number, in no total."""
    shown = arc({("Dagbesteding", "Startbaan"): 30, ("Bijstand", "Werk"): 20}, context(ranks="01213"))
    assert "opzij 30" in shown.svg()
    assert "Grijs = stap opzij" in shown.subtitle
    assert "20 stappen vooruit;" in shown.description
    assert ("Dagbesteding", "stap opzij naar Startbaan", "30") in shown.table.rows()


def test_a_name_is_broken_only_when_no_size_fits() -> None:
    """Words stay whole if a smaller type allows it, and are hyphenated if not."""
    assert canvas.fitted(["Sociale Coöperatie"], 80) == (12.0, [["Sociale", "Coöperatie"]])
    size, (lines,) = canvas.fitted(["Arbeidsmatige dagbesteding"], 70)
    assert size < 12
    assert lines == ["Arbeidsmatige", "dagbesteding"]
    _, (broken,) = canvas.fitted(["Arbeidsmarkttoeleidingstrajecten"], 70)
    assert "".join(part.removesuffix("-") for part in broken) == "Arbeidsmarkttoeleidingstrajecten"
    assert all(canvas.text_width(part, 10) <= 70 for part in broken)


def test_a_released_table_that_names_only_other_positions_is_no_trouble() -> None:
    """An empty release gives an empty picture, with its title and its table."""
    empty = charts.transition_table(year_matrix({}))
    assert empty.title == "Waar staan mensen een jaar later?"
    assert ET.fromstring(empty.svg()).tag.endswith("svg")  # noqa: S314 drawn here
    assert ET.fromstring(arc({}).svg()).tag.endswith("svg")  # noqa: S314 drawn here


def test_a_png_and_a_plain_svg_can_be_made_of_any_figure(figure: charts.Figure) -> None:
    """For documents that know no CSS variables."""
    assert charts.png(figure.spec(), scale=1).startswith(b"\x89PNG")
    assert "var(" not in charts.plain_svg(figure.spec())


def test_a_sum_of_small_counts_is_explained_where_it_stands() -> None:
    """What 0-4 means is no help for 0-24."""
    said = words.reading_help(context(), ["0-4", "0-20", "0-24", "0-8", "15"])
    assert "0-24 is een optelling van kleine aantallen." in said
    assert "optelling van" not in words.reading_help(context(), ["0-4", "15"])


def test_a_provisional_count_is_said_to_be_farther_off() -> None:
    """It stays as it was released while few late moves came in (decision 0013)."""
    said = "Een voorlopig aantal kan verder afwijken."
    assert said in words.reading_help(context(), ["15", "voorlopig"])
    assert said not in words.reading_help(context(), ["15", "vast"])


def test_months_and_shares_are_written_as_people_say_them() -> None:
    """A run of months names a year once; a share is never nobody or everybody."""
    july = date(2025, 7, 1)
    assert dutch.months(july, july) == "juli 2025"
    assert dutch.months(july, date(2025, 9, 1)) == "juli tot en met september 2025"
    assert dutch.months(july, date(2026, 6, 1)) == "juli 2025 tot en met juni 2026"
    assert [wording.percent(share) for share in (0.001, 0.5, 0.999)] == ["<1%", "50%", ">99%"]
