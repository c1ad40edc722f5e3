"""A chart that an analyst made with Altair: a run draws it from one released table, and refuses what else it holds."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.charts import Figure, render, theme
from participatieketen.disclosure import Released
from participatieketen.errors import KetenError, WrongUse
from participatieketen.recipes import MIME, NoRecipe, Recipe, charts, read, tabellen, waarde
from participatieketen.recipes.chart_grammar import COLOURS, NotAChart, specification
from participatieketen.recipes.literals import stands_in
from participatieketen.reports.open_release import OpenRelease, made_from
from small_tables import ESTIMATE, GROUP_SHARE, context, released

MONTHS = (date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 1))
STOCK_DAYS = (*MONTHS, date(2025, 10, 1))
PLACES = {"bijstand": 3410, "dagbesteding": 325, "sociale_cooperatie": 0, "werk": 575}
ABOUT = "Een grafiek van mensen per plek."


def _table(name: str, columns: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> Released:
    return released(name, columns, rows, context())


TABLES = {
    "stock": _table(
        "stock",
        {"month": pl.Date, "position": pl.String, "persons": pl.Int64, "provisional": pl.Boolean},
        [(day, place, many, False) for day in STOCK_DAYS for place, many in PLACES.items()]
        + [(date(2025, 11, 1), place, 999_995, True) for place in PLACES],
    ),
    "step_month": _table(
        "step_month",
        {"month": pl.Date, "direction": pl.String, "steps": pl.Int64, "provisional": pl.Boolean},
        [(month, way, many, False) for month in MONTHS for way, many in (("vooruit", 45), ("terug", 15))],
    ),
    "year_matrix": _table(
        "year_matrix",
        {"from_position": pl.String, "to_position": pl.String, "persons": pl.Int64},
        [("bijstand", "werk", 290), ("werk", "bijstand", 55), ("werk", "werk", 500), ("bijstand", "bijstand", 3000)],
    ),
    "estimate": _table(
        "estimate",
        ESTIMATE,
        [
            ("eerste_stap", "nieuw", 30, "", "werk", "terug", 12, 140, 1160, 850, 5),
            ("eerste_stap", "nieuw", 30, "", "dagbesteding", "terug", 12, 0, 40, 20, 5),
        ],
    ),
}
STOCK, STEPS, MATRIX, SHARES = (tabellen[name].data for name in ("stock", "step_month", "year_matrix", "estimate"))
LINE = {
    "data": {"name": "stock"},
    "mark": {"type": "line"},
    "encoding": {
        "x": {"field": "month", "type": "temporal"},
        "y": {"field": "persons", "type": "quantitative"},
        "color": {"field": "position", "type": "nominal"},
    },
}


def figure(chart: object, title: str = "Mensen per plek", **values: object) -> Figure:
    """Return a chart as a run draws it."""
    recipe = charts.own(chart, title, ABOUT, **values)
    shown = made_from(read(json.loads(json.dumps(recipe.as_json()))), OpenRelease(TABLES), "mijn-pagina")
    assert isinstance(shown, Figure)
    return shown


def lines() -> Any:  # noqa: ANN401 - what Altair makes
    """Return people per position, a line each."""
    return alt.Chart(STOCK).mark_line().encode(x="month:T", y="persons:Q", color="position:N")


HONEST: Mapping[str, Callable[[], Any]] = {
    "lines": lines,
    "bars of one direction": lambda: (
        alt.Chart(STEPS)
        .mark_bar(color="vooruit")
        .encode(x="month:T", y=alt.Y("steps:Q", title="Stappen"))
        .transform_filter(alt.datum.direction == "vooruit")
    ),
    "stacked bars": lambda: (
        alt.Chart(STEPS)
        .mark_bar()
        .encode(
            x=alt.X("yearmonth(month):T", axis=alt.Axis(format="%b %Y", labelAngle=-45)),
            y="sum(steps):Q",
            color=alt.Color("direction:N", scale=alt.Scale(domain=["vooruit", "terug"], range=["vooruit", "terug"])),
        )
        .transform_filter(alt.FieldOneOfPredicate(field="direction", oneOf=["vooruit", "terug"]))
    ),
    "a line with its numbers": lambda: alt.layer(
        lines().mark_line(), lines().mark_text(dy=-8, fontSize=11).encode(text="persons:Q")
    ),
    "small charts": lambda: lines().mark_area(opacity=0.5).facet("position:N", columns=2),
    "rows": lambda: lines().encode(row=alt.Row("position:N", header=alt.Header(title=None, labelAngle=0))),
    "ranges": lambda: (
        alt.Chart(SHARES)
        .mark_rule()
        .encode(y="position:N", x=alt.X("lower:Q", axis=alt.Axis(format="%")), x2="upper:Q")
        + alt.Chart(SHARES).mark_point(filled=True, color="terug").encode(y="position:N", x="share:Q")
    ).transform_filter(alt.FieldEqualPredicate(field="months", equal=12)),
    "a moving mean": lambda: (
        lines()
        .transform_window(
            gemiddeld="mean(persons)",
            frame=[-2, 0],
            groupby=["position"],
            sort=[alt.SortField("month", order="ascending")],
        )
        .encode(y=alt.Y("gemiddeld:Q", title="Gemiddelde van een kwartaal", scale=alt.Scale(zero=False)))
    ),
    "two beside each other": lambda: lines() | lines().mark_point(),
    "a heat map": lambda: (
        alt.Chart(MATRIX)
        .mark_rect()
        .encode(x="to_position:N", y=alt.Y("from_position:N", sort=None), color="persons:Q")
    ),
    "a balance": lambda: (
        alt.Chart(STEPS)
        .transform_pivot("direction", value="steps", groupby=["month"])
        .transform_calculate(saldo="datum.vooruit - datum.terug")
        .mark_bar()
        .encode(
            x="month:T", y="saldo:Q", color=alt.condition("datum.saldo >= 0", alt.value("vooruit"), alt.value("terug"))
        )
    ),
    "a rule at a place": lambda: (
        lines() + alt.Chart(STOCK).mark_rule(strokeDash=[4, 4]).encode(y=alt.datum(100), size=alt.value(1))
    ),
    "a repetition": lambda: (
        alt.Chart(SHARES)
        .mark_bar()
        .encode(x=alt.X(alt.repeat("column"), type="quantitative"), y="position:N")
        .repeat(column=["lower", "upper"])
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_a_chart_as_analysts_make_it_is_drawn(name: str) -> None:
    """With the table of what it draws on, in the words of a report, and without the provisional months."""
    shown = figure(HONEST[name]())
    assert shown.svg().startswith("<svg")
    assert shown.table.height
    assert not any("999" in str(cell) for row in shown.table.rows() for cell in row)
    assert "Aantallen zijn afgerond op vijftallen." in shown.subtitle
    assert ("Zonder de voorlopige maanden." in shown.subtitle) == ("stock" in json.dumps(HONEST[name]().to_dict()))


def test_what_is_written_in_a_chart_is_written_as_in_a_report() -> None:
    """A released 0 is no nought, a position has its name, heads are Dutch, a title is filled in."""
    shown = figure(
        HONEST["a line with its numbers"](),
        "Op de plek Werk staan {n} mensen",
        n=waarde(tabellen["stock"], "persons", position="werk", month="laatste definitieve"),
    )
    drawn = shown.svg()
    assert shown.title == "Op de plek Werk staan 575 mensen"
    assert ">0-4<" in drawn
    assert ">3.410<" in drawn
    assert ">Sociale Coöperatie<" in drawn
    assert {">Maand<", ">Mensen<", ">Plek<"} <= {f">{part.partition('<')[0]}<" for part in drawn.split(">")}
    assert shown.table.columns == ["Maand", "Plek", "Mensen"]
    assert ("1 oktober 2025", "Sociale Coöperatie", "0-4") in shown.table.rows()


def test_colours_are_those_of_the_report_by_name() -> None:
    """And only where a colour stands: a direction of the same name stays what it is."""
    spec = figure(HONEST["stacked bars"]()).spec()
    assert spec["encoding"]["color"]["scale"]["range"] == [theme.FORWARD.light, theme.BACK.light]
    assert spec["encoding"]["color"]["scale"]["domain"] == ["vooruit", "terug"]
    assert spec["transform"][0]["filter"]["oneOf"] == ["vooruit", "terug"]
    assert figure(HONEST["bars of one direction"]()).spec()["mark"]["color"] == theme.FORWARD.light
    assert {colour.name for colour in theme.PALETTE} == COLOURS


def of_groups(*bases: int) -> Figure:
    """Return a chart of groups of which the counts are multiples of these."""
    rows = [
        ("wijk", f"WK{place}", f"Wijk {'ABC'[place]}", "vooruit", 0, 20 * base, 0, 20 * base, base)
        for place, base in enumerate(bases)
    ]
    tables = {"group_share": released("group_share", GROUP_SHARE, rows, context())}
    chart = alt.Chart(tabellen["group_share"].data).mark_bar().encode(x="x:Q", y="label:N")
    shown = made_from(charts.own(chart, "Stappen per wijk", ABOUT), OpenRelease(tables), "mijn-pagina")
    assert isinstance(shown, Figure)
    return shown


@pytest.mark.parametrize(
    ("bases", "subtitle", "explained"),
    [
        ((5,), "op vijftallen.", "hoogstens 4 hoger of lager zijn. 0-4 betekent: nul tot en met 4."),
        ((10,), "op tientallen.", "hoogstens 9 hoger of lager zijn. 0-9 betekent: nul tot en met 9."),
        (
            (5, 10),
            "op vijftallen of tientallen.",
            (
                "hoogstens 4 bij vijftallen of 9 bij tientallen hoger of lager zijn. 0-4 betekent: nul tot en met 4. "
                "0-9 betekent: nul tot en met 9."
            ),
        ),
    ],
)
def test_a_chart_says_how_its_own_counts_were_rounded(bases: tuple[int, ...], subtitle: str, explained: str) -> None:
    """Groups are rounded more coarsely than the town, and not all in one way."""
    shown = of_groups(*bases)
    assert f"Aantallen zijn afgerond {subtitle}" in shown.subtitle
    assert f"Een aantal kan {explained}" in shown.caption
    assert "optelling" not in shown.caption


def changed(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a specification
    """Return the line chart with other parts."""
    return LINE | parts


def encoded(**channels: Any) -> dict[str, Any]:  # noqa: ANN401 - channels
    """Return the line chart with other channels."""
    return LINE | {"encoding": LINE["encoding"] | channels}  # type: ignore[operator] # both are mappings


COUNT, PLACE = {"field": "persons", "type": "quantitative"}, {"field": "position", "type": "nominal"}
ATTACKS: Mapping[str, object] = {
    "values": changed(data={"values": [{"persons": 111222333}]}),
    "values beside a name": changed(data={"name": "stock", "values": []}),
    "an address": changed(data={"url": "https://voorbeeld.nl/x.csv"}),
    "a sequence": changed(data={"sequence": {"start": 0, "stop": 9}}),
    "datasets": changed(datasets={"stock": [{"persons": 111222333}]}),
    "two tables": {"hconcat": [LINE, changed(data={"name": "step_month"})]},
    "no table": {key: part for key, part in LINE.items() if key != "data"},
    "a lookup": changed(
        transform=[{"lookup": "position", "from": {"data": {"url": "x"}, "key": "a", "fields": ["b"]}}]
    ),
    "a sample": changed(transform=[{"sample": 9}]),
    "an impute": changed(transform=[{"impute": "persons", "key": "month", "value": 111222333}]),
    "a density": changed(transform=[{"density": "persons"}]),
    "two steps in one": changed(transform=[{"filter": "datum.persons", "calculate": "datum.persons", "as": "x"}]),
    "a link": encoded(href={"value": "https://voorbeeld.nl"}),
    "a picture": changed(mark={"type": "image", "url": "https://voorbeeld.nl/x.png"}),
    "a mark with an address": changed(mark={"type": "line", "href": "https://voorbeeld.nl"}),
    "a map": changed(mark="geoshape"),
    "a text of its own": changed(mark={"type": "text", "text": "111222333"}),
    "a text channel with a value": encoded(text={"value": "Jan Jansen"}),
    "a text channel with a place": encoded(text={"datum": 111222333}),
    "a text with a sum": encoded(text={"field": "persons", "aggregate": "sum"}),
    "labels by a formula": encoded(x={"field": "month", "type": "temporal", "axis": {"labelExpr": "'111222333'"}}),
    "a type of format": encoded(y=COUNT | {"axis": {"formatType": "eigen", "format": "d"}}),
    "a format with words": encoded(y=COUNT | {"axis": {"format": "'111222333'"}}),
    "a number in the title of an axis": encoded(y=COUNT | {"title": "111222333"}),
    "a number in a legend": encoded(color=PLACE | {"legend": {"title": "nog drie mensen"}}),
    "a number in the title of a part": changed(title="111 mensen"),
    "a colour as text": encoded(color={"value": "#111222"}),
    "a field that is no name": encoded(y={"field": "datum['x']", "type": "quantitative"}),
    "a column made with a number": changed(transform=[{"calculate": "datum.persons", "as": "x111222333"}]),
    "a column made with a number in words": changed(
        transform=[{"calculate": "datum.persons", "as": "er_zijn_zeven_mensen"}]
    ),
    "a formula with many numbers": changed(transform=[{"calculate": "1 + 2 + 3", "as": "x"}]),
    "a formula with a text with a number": changed(transform=[{"calculate": "'111222333'", "as": "x"}]),
    "a formula with another function": changed(transform=[{"calculate": "data('stock')", "as": "x"}]),
    "a formula with a member": changed(transform=[{"calculate": "datum.persons.constructor", "as": "x"}]),
    "a formula with a list": changed(transform=[{"calculate": "[111222333]", "as": "x"}]),
    "a true that is a one": changed(width=True),
    "a size that no page holds": changed(width=111222333),
    "no number": changed(width=float("nan")),
    "a part more": changed(keten="111222333"),
    "a deep part": {"spec": {"spec": {"spec": LINE | {"keten": 1}}}},
    "many layers": {"data": {"name": "stock"}, "layer": [{"layer": [{"mark": "line"}] * 12}] * 2},
    "an error bar by chance": changed(mark={"type": "errorbar", "extent": "ci"}),
    "a list": [LINE],
    "a text": "charts",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_no_chart_of_one_released_table_is_refused(attack: str) -> None:
    """Both where it is written and where a run reads it; what it says is not repeated."""
    spec = ATTACKS[attack]
    with pytest.raises(WrongUse, match=r"^Dit kan niet: ") as caught:
        charts.own(spec, "Mensen per plek", ABOUT)
    forged = {"spec": spec, "title": "Mensen per plek", "description": ABOUT, "values": {}}
    with pytest.raises(NoRecipe) as refused:
        read({"version": 1, "of": "charts.own", "tables": ["stock"], "parameters": forged})
    assert not any(word in str(one.value) for one in (caught, refused) for word in ("111222333", "Jansen", "voorbeeld"))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (encoded(y={"field": "bsn", "type": "quantitative"}), "de tabel stock heeft de kolom bsn niet"),
        (encoded(y={"field": "provisional", "type": "nominal"}), "heeft de kolom provisional niet"),
        (encoded(color={"field": "persons", "type": "nominal"}), "een hoeveelheid"),
        (encoded(color={"field": "persons"}), "een hoeveelheid"),
        (encoded(y={"aggregate": "count", "type": "ordinal"}), "een hoeveelheid"),
        (
            changed(
                transform=[{"calculate": "datum.persons", "as": "zo"}, {"calculate": "datum.zo", "as": "ook"}],
                encoding={"y": {"field": "ook", "type": "nominal"}},
            ),
            "een hoeveelheid",
        ),
        (
            changed(
                transform=[{"aggregate": [{"op": "sum", "field": "persons", "as": "som"}], "groupby": ["month"]}],
                encoding={"y": {"field": "som", "type": "ordinal"}},
            ),
            "een hoeveelheid",
        ),
        (changed(transform=[{"calculate": "datum.persons", "as": "persons"}]), "kan niet persons heten"),
        (
            changed(transform=[{"filter": {"field": "position", "equal": "Jan Jansen"}}]),
            "staat 1 waarde niet in de tabel stock",
        ),
        (encoded(color=PLACE | {"scale": {"domain": ["Jan", "Piet"]}}), "staan 2 waarden niet in de tabel stock"),
        (encoded(y={"datum": 137}), "staat 1 waarde niet in de tabel stock"),
        (encoded(y=COUNT | {"axis": {"values": [137, 173]}}), "staan 2 waarden niet in de tabel stock"),
        (encoded(y=COUNT | {"scale": {"domain": [0, 137]}}), "staat 1 waarde niet in de tabel stock"),
        (encoded(y=COUNT | {"scale": {"domainMax": 137}}), "staat 1 waarde niet in de tabel stock"),
        (encoded(color=PLACE | {"legend": {"values": [137]}}), "staat 1 waarde niet in de tabel stock"),
        (
            changed(
                mark="text",
                transform=[{"calculate": "datum.persons * 17", "as": "eigen"}],
                encoding={"text": {"field": "eigen", "type": "nominal"}},
            ),
            "tekst in een grafiek komt uit een kolom van de tabel",
        ),
        (
            {
                "data": {"name": "step_month"},
                "mark": "text",
                "transform": [{"pivot": "direction", "value": "steps", "groupby": ["month"]}],
                "encoding": {"text": {"field": "vooruit", "type": "quantitative"}},
            },
            "tekst in een grafiek komt uit een kolom van de tabel",
        ),
        (changed(mark="geenlijn"), "Dit kan niet"),
        (changed(encoding={"x2": {"field": "month", "type": "temporal", "stack": True}}), "Vega-Lite kan deze grafiek"),
    ],
)
def test_what_the_table_does_not_have_is_refused(spec: object, message: str) -> None:
    """In one Dutch line, with the column but never a value."""
    with pytest.raises(KetenError, match=message) as caught:
        figure(spec)
    assert not any(word in str(caught.value) for word in ("Jan", "137"))


def test_drawing_fetches_nothing() -> None:
    """Not even a chart that the allowlist never saw."""
    with pytest.raises(ValueError, match="not allowed"):
        render.plain_svg({"data": {"url": "https://example.org/x.csv"}, "mark": "point", "encoding": {}})


def test_a_title_without_its_value_is_no_chart() -> None:
    """The texts of a chart follow the rule of a sentence."""
    with pytest.raises(WrongUse, match="elke plaats een waarde"):
        charts.own(lines(), "Er staan {n} mensen", ABOUT)
    with pytest.raises(WrongUse, match="cijfer of teken"):
        charts.own(lines(), "Er staan 17 mensen", ABOUT)
    with pytest.raises(WrongUse, match="zin zonder tekst"):
        charts.own(lines(), "Mensen per plek", "")


def test_what_a_run_decides_is_dropped() -> None:
    """Configuration, parameters, tooltips and what is interactive."""
    made = specification(lines().encode(tooltip="persons:Q").interactive().properties(description="17").to_dict())
    assert made == LINE


CELL = """
import altair as alt
from participatieketen.recipes import charts, tabellen

lijnen = alt.Chart(tabellen["stock"].data).mark_line().encode(x="month:T", y="persons:Q", color="position:N")
charts.own(lijnen.properties(width=400), "Mensen per plek", "Een grafiek van mensen per plek.")
"""


@pytest.mark.parametrize(
    ("cell", "stands"),
    [
        (CELL, True),
        (CELL.replace('"Mensen per plek"', "titel"), False),
        (CELL.replace('"Mensen per plek"', '"Mensen " + "per plek"'), False),
        (CELL.replace("Een grafiek van", "Grafiek van"), False),
        (CELL.replace('y="persons:Q"', 'y="per" + "sons:Q"'), False),
        (CELL.replace("width=400", "width=200 + 200"), False),
        (CELL.replace("charts.own", "eigen"), False),
        (CELL.replace('"Mensen per plek"', "titel='Mensen per plek'").replace('"Een', 'beschrijving="Een'), True),
    ],
)
def test_a_chart_is_written_out_in_the_notebook(cell: str, stands: bool) -> None:  # noqa: FBT001 - a parameter
    """Its texts in the cell; each name and number in the notebook: none was chosen by what the kernel saw."""
    recipe = charts.own(lines().properties(width=400), "Mensen per plek", ABOUT)
    assert stands_in(recipe, cell, cell, {}) is stands


@pytest.mark.parametrize("name", HONEST)
def test_every_honest_chart_stands_in_a_notebook_that_makes_it(name: str) -> None:
    """However Altair puts its parts together: this file is the notebook, with the call in a cell."""
    cell = 'charts.own(HONEST[name](), "Mensen per plek", "Een grafiek van mensen per plek.")'
    recipe = charts.own(HONEST[name](), "Mensen per plek", ABOUT)
    source = Path(__file__).read_text(encoding="utf-8").partition("ATTACKS")[0]
    assert stands_in(recipe, cell, f"{source}\n{cell}", {})
    assert not stands_in(recipe, cell, cell, {})


@pytest.mark.parametrize("part", ["ensen", "plek", "d"])
def test_a_part_of_a_text_of_the_notebook_is_not_written_out(part: str) -> None:
    """Titles of many small charts, cut from longer texts, would spell whatever a kernel saw."""
    recipe = charts.own(lines().properties(width=400, title=part), "Mensen per plek", ABOUT)
    cut = CELL.replace("width=400", 'width=400, title="Mensen per plek"[a:b]')
    assert not stands_in(recipe, cut, cut, {})
    whole = CELL.replace("width=400", f'width=400, title="{part}"')
    assert stands_in(recipe, whole, whole, {})


def test_what_altair_itself_adds_needs_not_stand_in_the_notebook() -> None:
    """Names of views, parameters of what is interactive."""
    cell = CELL.replace("lijnen.properties(width=400)", "lijnen.interactive() | lijnen")
    recipe = charts.own(lines().interactive() | lines(), "Mensen per plek", ABOUT)
    assert stands_in(recipe, cell, cell, {})


def test_a_recipe_of_a_chart_is_what_it_was() -> None:
    """As JSON, and with its table only."""
    recipe = charts.own(lines(), "Mensen per plek", ABOUT)
    content = recipe._repr_mimebundle_()[MIME]
    assert read(content) == recipe == Recipe("charts.own", ("stock",), recipe.parameters)
    with pytest.raises(NoRecipe, match="andere tabellen"):
        read({**content, "tables": ["step_month"]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["data", "name", "mark", "x", "url"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*LINE, "url", "values"]), inner),
    max_leaves=12,
)


@given(JSON)
def test_whatever_a_kernel_hands_over_is_a_chart_or_refused(content: object) -> None:
    """Without another error, and never with data of its own."""
    try:
        view = specification(content)
    except NotAChart:
        return
    assert not {"url", "values", "datasets"} & {*json.dumps(view).split('"')}
