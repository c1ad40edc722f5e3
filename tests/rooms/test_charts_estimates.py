"""The charts of estimates: a finding with its range, the same values in chart and table, nothing that is hidden."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, cast

import polars as pl
import pytest

from participatieketen import charts, dutch
from participatieketen.charts import theme
from participatieketen.disclosure import Context, Position, Released
from participatieketen.readings import Share, wording
from small_tables import ESTIMATE, Stamped

HIDDEN = "\N{EN DASH}"
LABELS = ("Bijstand", "Dagbesteding", "Startbaan", "Werk")
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
ENGLISH = (
    r"\b(January|February|March|May|June|July|August|October|December|Mar|Oct|axis|mark|chart|titled|symbol|group"
    r"|null|undefined|NaN|None)\b"
)
RANGE = "Tussen haakjes staat het bereik."
Row = tuple[Any, ...]
Band = tuple[float, float, float] | None
"""Share, and about its range; None when hidden."""


def context(labels: Sequence[str] = LABELS, *, fictional: bool = False) -> Context:
    """Return the context of a release of January 2026; months from November 2025 on are provisional."""
    inside = [Position(label, label, rank) for rank, label in enumerate(labels)]
    return Context(
        organisation="Gemeente Fictiedam",
        title="Participatieketen",
        chain="Participatieketen",
        positions=(*inside, Position("verhuisd", "Verhuisd", None)),
        peildatum=date(2026, 1, 1),
        provisional_from=date(2025, 11, 1),
        fictional=fictional,
        base=5,
    )


def released(name: str, frame: pl.DataFrame, about: Context | None = None) -> Released:
    """Return a table as disclosure hands it over."""
    return cast("Released", Stamped(name, frame, about or context()))


def estimate(rows: Sequence[Row], about: Context | None = None) -> Released:
    """Return the released table `estimate`."""
    return released("estimate", pl.DataFrame(rows, schema=ESTIMATE, orient="row"), about)


def row(  # noqa: PLR0913, PLR0917 a row has these
    measure: str, group: str, position: str, outcome: str, months: int, band: Band, gap: int = 30, n: int = 4000
) -> Row:
    """Return a row of the table: of its 4,000 people 3,000 are followed so long; of a hidden one only 5."""
    x, followed = (0, 5) if band is None else (5 * round(band[0] * n / 5), n * 3 // 4)
    return (measure, f"{measure}|{group}", gap, group, position, outcome, months, x, n, followed, 5)


def around(share: float) -> Band:
    """Return a share with a band of three points to both sides."""
    return round(share, 2), round(max(0.0, share - 0.03), 2), round(min(1.0, share + 0.03), 2)


def recovered(stepped: Sequence[Band], others: Sequence[Band] = (), gap: int = 30) -> list[Row]:
    """Return who is back after 3, 6, 12 and 24 months: the rest is lower, or outside the chain."""
    return [
        row("herstel", group, "", outcome, months, band and around(band[0] if outcome == "op_niveau" else 0.2), gap)
        if outcome != "op_niveau"
        else row("herstel", group, "", outcome, months, band, gap)
        for group, bands in (("stap_terug", stepped), ("geen_stap_terug", others))
        for months, band in zip((3, 6, 12, 24), bands, strict=False)
        for outcome in ("op_niveau", "lager", "buiten")
    ]


def first_steps(a_year: dict[str, tuple[Band, Band]], labels: Sequence[str] = LABELS) -> list[Row]:
    """Return the curves by position, forward and back, up to what they are after a year; then they are level."""
    return [
        row("eerste_stap", "", label, outcome, months, _grown(band, months))
        for label, bands in a_year.items()
        for outcome, band, edge in zip(("vooruit", "terug"), bands, (labels[-1], labels[0]), strict=True)
        if label != edge
        for months in range(25)
    ]


def _grown(band: Band, months: int) -> Band:
    part = min(months, 12) / 12
    return band and (round(band[0] * part, 2), round(band[1] * part, 2), round(band[2] * part, 2))


def occupied(a_year: Sequence[float], labels: Sequence[str] = LABELS, hidden_from: int = 99) -> list[Row]:
    """Return where people are: at entry all in the first position, a year later as given, outside the chain last."""
    start = [1.0] + [0.0] * len(labels)
    return [
        row("bezetting", "", "", code, months, None if months >= hidden_from else around(share))
        for months in range(25)
        for code, first, last in zip((*labels, "buiten"), start, a_year, strict=True)
        for share in [first + (last - first) * min(months, 12) / 12]
    ]


def lasted(a: Sequence[Band], b: Sequence[Band], gap: int = 30) -> list[Row]:
    """Return which steps forward lasted 3, 6 and 12 months, in both forms."""
    return [
        row("blijvend", form, "", outcome, months, band if outcome == "blijft" else band and around(0.1), gap)
        for form, bands in (("a", a), ("b", b))
        for months, band in zip((3, 6, 12), bands, strict=False)
        for outcome in ("blijft", "niet")
    ]


def returned(gap: int = 30, months: Sequence[int] = (6, 12, 18, 24)) -> list[Row]:
    """Return who came back to bijstand, by the second form."""
    return [row("terugkeer_2", "", "", "terug", many, around(many / 50), gap) for many in months]


def step_month(counts: Sequence[int], direction: str = "vooruit", about: Context | None = None) -> Released:
    """Return steps of the months up to December 2025; the last two are provisional."""
    about = about or context()
    months = [date(2025 - back // 12, 12 - back % 12, 1) for back in reversed(range(len(counts)))]
    rows = [
        (month, direction, count, month >= about.provisional_from) for month, count in zip(months, counts, strict=True)
    ]
    schema = {"month": pl.Date, "direction": pl.String, "steps": pl.Int64, "provisional": pl.Boolean}
    return released("step_month", pl.DataFrame(rows, schema=schema, orient="row"), about)


BINS = {"0-3": 3, "3-6": 6, "6-12": 12, "12-24": 24, "24+": 99}
"""The edge by which a part of the stays has ended."""


def durations(bins: Mapping[str, tuple[str | None, str | None, str | None]], about: Context | None = None) -> Released:
    """Return the curves of who left each position, so that a quarter, half and three quarters left in these bins.

    A curve is hidden from where it is not known when a part of the stays had ended.
    """
    rows = []
    for place, parts in bins.items():
        edges = [BINS[name] for name in parts if name is not None]
        for months in (3, 6, 12, 24):
            left = (0.1, 0.37, 0.62, 0.9)[sum(edge <= months for edge in edges)]
            known = None not in parts or months <= max(edges)
            rows.append(row("duur", "", place, "weg", months, around(left) if known else None))
    return estimate(rows, about)


RECOVERED = recovered(
    [(0.18, 0.14, 0.22), (0.29, 0.24, 0.34), (0.41, 0.35, 0.46), None], [around(x) for x in (0.95, 0.9, 0.82, 0.71)]
)
FIRST_STEPS = {
    "Bijstand": (around(0.35), None),
    "Dagbesteding": (around(0.5), around(0.1)),
    "Startbaan": (None, None),
    "Werk": (None, around(0.3)),
}
STEADY = [60, 65, 60, 55, 60, 65, 55, 60, 65, 60, 55, 60, 60, 65, 60]
JUMPED = [60, 65, 60, 55, 60, 65, 55, 60, 65, 60, 55, 60, 120, 65, 60]
OLD_JUMP = [60, 65, 60, 120, 60, 65, 55, 60, 65, 60, 55, 60, 60, 65, 60]

FIGURES: dict[str, Callable[[Context], charts.Figure]] = {
    "recovery": lambda about: charts.recovery_chart(estimate(RECOVERED, about)),
    "first step": lambda about: charts.first_step_chart(estimate(first_steps(FIRST_STEPS), about)),
    "occupancy": lambda about: charts.occupancy_chart(estimate(occupied([0.4, 0.2, 0.05, 0.02, 0.33]), about)),
    "lasting": lambda about: charts.lasting_chart(
        estimate(lasted([around(0.9), around(0.8), around(0.7)], [around(0.85), around(0.7), None]), about)
    ),
    "control": lambda about: charts.control_chart(step_month(JUMPED, about=about), "vooruit"),
}
EMPTY: dict[str, Callable[[], charts.Figure]] = {
    "recovery": lambda: charts.recovery_chart(estimate([])),
    "first step": lambda: charts.first_step_chart(estimate([])),
    "occupancy": lambda: charts.occupancy_chart(estimate([])),
    "lasting": lambda: charts.lasting_chart(estimate([])),
    "control": lambda: charts.control_chart(step_month([]), "terug"),
    "hidden recovery": lambda: charts.recovery_chart(estimate(recovered([None] * 4, [None] * 4))),
    "hidden first step": lambda: charts.first_step_chart(estimate(first_steps(dict.fromkeys(LABELS, (None, None))))),
    "hidden occupancy": lambda: charts.occupancy_chart(estimate(occupied([0.4, 0.2, 0.1, 0.1, 0.2], hidden_from=0))),
    "hidden lasting": lambda: charts.lasting_chart(estimate(lasted([None] * 3, [None] * 3))),
}


@pytest.fixture(params=FIGURES, scope="module")
def figure(request: pytest.FixtureRequest) -> charts.Figure:
    """Give each kind of figure in turn."""
    return FIGURES[request.param](context())


def datasets(figure: charts.Figure) -> Iterator[list[dict[str, Any]]]:
    """Yield the data that travel with the chart."""
    return iter(figure.spec()["datasets"].values())


def drawn(figure: charts.Figure, column: str) -> list[dict[str, Any]]:
    """Return the rows of every data set that has a column."""
    return [row for rows in datasets(figure) if rows and column in rows[0] for row in rows]


def texts(figure: charts.Figure) -> list[str]:
    """Return every text in the picture."""
    return re.findall(r">([^<>]+)<", figure.svg())


def test_every_percentage_in_a_picture_is_in_its_table(figure: charts.Figure) -> None:
    """And every number of people; what is beside them are the numbers of the axes."""
    cells = " ".join(str(cell) for row in figure.table.iter_rows() for cell in row)
    axes = {f"{whole}%" for whole in (0, 10, 20, 25, 40, 50, 60, 75, 80, 100)} | {"0", "3", "6", "12", "18", "24"}
    axes |= {str(count) for count in range(0, 141, 20)}
    found = {part for text in texts(figure) for part in re.findall(r"(?<![\w.])<?[\d.]+%?", text)}
    years = {part for part in found if re.fullmatch(r"20\d\d", part)}
    assert [part for part in found - axes - years if part not in cells] == []


def test_recovery_draws_each_share_with_its_band_and_who_was_followed() -> None:
    """Dots, bands and numbers hold the released values, and the table the same as text."""
    shown = FIGURES["recovery"](context())
    dots = [(r["maanden"], r["aandeel"], r["onder"], r["boven"], r["tekst"]) for r in drawn(shown, "aandeel")]
    assert dots[:3] == [(3, 0.18, 0.16, 0.2, "18%"), (6, 0.29, 0.27, 0.31, "29%"), (12, 0.41, 0.39, 0.43, "41%")]
    assert len(dots) == 3
    (first,) = (rows for rows in datasets(shown) if rows and "gevolgd" in rows[0])
    assert [(row["maanden"], row["gevolgd"]) for row in first] == [(0, "4.000"), *((m, "3.000") for m in (3, 6, 12))]
    assert shown.table.columns == [
        "Groep",
        "Op de oude plek of hoger",
        "Lager",
        "Uit de keten",
        "Mensen",
        "Zo lang gevolgd",
    ]
    assert shown.table.row(2) == (
        "Na een stap terug, een jaar later",
        "41% (tussen 39% en 43%)",
        "20% (tussen 18% en 22%)",
        "20% (tussen 18% en 22%)",
        "4.000",
        "3.000",
    )
    assert shown.table.row(3)[1:4] == (HIDDEN, HIDDEN, HIDDEN)


@pytest.mark.parametrize(
    ("bands", "title"),
    [
        (
            [None, None, (0.41, 0.35, 0.46)],
            "Na een jaar is 41% (tussen 39% en 43%) terug op de oude plek of hoger",
        ),
        (
            [None, (0.5, 0.42, 0.58), None],
            "Na een half jaar is 50% (tussen 48% en 52%) terug op de oude plek of hoger",
        ),
        (
            [(0.02, 0.0, 0.05), None, None],
            "Na 3 maanden is 2% (tussen 1% en 3%) terug op de oude plek of hoger",
        ),
        (
            [None, None, None, (0.98, 0.9, 1.0)],
            "Na twee jaar is 98% (tussen 97% en 99%) terug op de oude plek of hoger",
        ),
        (
            [None, None, (0.002, 0.0, 0.003)],
            "Na een jaar is hoogstens 1% terug op de oude plek of hoger",
        ),
        ([None, None, None, None], "Waar mensen staan na een stap terug"),
    ],
)
def test_the_recovery_title_gives_a_year_or_the_next_best(bands: list[Band], title: str) -> None:
    """Always with its range, and never about the comparison."""
    assert charts.recovery_chart(estimate(recovered(bands, [around(0.9)] * 4))).title == title


def after_step_back(back: Sequence[Band], new: Sequence[Band]) -> Released:
    """Return who goes forward within a year, by position from low to high: after a step back, and new."""
    return estimate(
        [
            row("na_terugstap", group, label, "vooruit", months, band)
            for group, bands in (("terug", back), ("nieuw", new))
            for label, band in zip(LABELS, bands, strict=False)
            for months in (3, 6, 12, 24)
        ]
    )


def test_recovery_is_no_comparison_with_who_stayed() -> None:
    """Returning is not set beside staying: that is another question."""
    shown = FIGURES["recovery"](context())
    assert "stap_terug" not in " ".join(texts(shown))
    assert len(shown.table) == 4


@pytest.mark.parametrize(
    ("back", "new", "title"),
    [
        (
            [around(0.16)],
            [around(0.24)],
            "Binnen een jaar vooruit: vanuit Bijstand minder vaak na een stap terug dan wie er nieuw kwam",
        ),
        (
            [around(0.3), around(0.2)],
            [around(0.2), around(0.3)],
            (
                "Binnen een jaar vooruit: vanuit Bijstand vaker na een stap terug dan wie er nieuw kwam en vanuit "
                "Dagbesteding minder vaak na een stap terug dan wie er nieuw kwam"
            ),
        ),
        (
            [around(0.2)],
            [around(0.21)],
            "Binnen een jaar vooruit, na een stap terug of nieuw op dezelfde plek: het verschil kan toeval zijn",
        ),
        ([None], [around(0.2)], "Wie gaat weer vooruit: na een stap terug, en nieuw op dezelfde plek"),
        ([], [], "Wie gaat weer vooruit: na een stap terug, en nieuw op dezelfde plek"),
    ],
)
def test_after_a_step_back_is_set_beside_who_came_new_to_the_same_position(
    back: list[Band], new: list[Band], title: str
) -> None:
    """Never called equal; what cannot be shown of one of the two is not shown of the other."""
    shown = charts.after_step_back(after_step_back(back, new))
    assert shown.title == title
    assert len(shown.table) == 2 * sum(
        one is not None and other is not None for one, other in zip(back, new, strict=True)
    )
    assert "verschillen ook in andere dingen" in shown.caption


def test_a_range_that_is_all_there_is_has_no_dot() -> None:
    """Of 100 people a released 10 is mostly rounding: a bar, and no point in any chart."""
    few = [
        (*one[:7], 10, 100, 100, 5)
        for measure, group, place, outcome in (
            ("herstel", "stap_terug", "", "op_niveau"),
            ("blijvend", "a", "", "blijft"),
            ("na_terugstap", "terug", "Bijstand", "vooruit"),
            ("na_terugstap", "nieuw", "Bijstand", "vooruit"),
            ("eerste_stap", "", "Bijstand", "vooruit"),
        )
        for months in (3, 6, 12)
        for one in [row(measure, group, place, outcome, months, around(0.1))]
    ]
    for make in (charts.recovery_chart, charts.lasting_chart, charts.after_step_back, charts.first_step_chart):
        shown = make(estimate(few))
        bars = drawn(shown, "aandeel")
        assert {bar["aandeel"] for bar in bars} == {None}
        assert {(bar["onder"], bar["boven"]) for bar in bars if bar["onder"] is not None} == {(0.02, 0.22)}
        assert "tussen 2% en 22%" in shown.title + shown.description
        assert "10%" not in " ".join(row for cells in shown.table.rows() for row in cells)


def test_the_main_figures_are_those_of_the_gap_of_the_chain() -> None:
    """Other gaps are given at 12 months alone, whatever the order of the rows."""
    other = [one for gap in (0, 60) for one in recovered([around(0.9)] * 4, gap=gap) if one[6] == 12]
    shown = charts.recovery_chart(estimate([*other, *RECOVERED]))
    assert "41% (tussen 39% en 43%)" in shown.title


def test_a_first_step_that_cannot_be_made_is_no_finding() -> None:
    """No flat line for back from the lowest position, or forward from the highest: it says so instead."""
    shown = FIGURES["first step"](context())
    assert {("Bijstand", "kan niet"), ("Werk", "30% (tussen 28% en 32%)")} == {
        (row["Plek"].split(" (")[0], row["Stap terug"])
        for row in shown.table.iter_rows(named=True)
        if row["Maanden na de start"] == "12" and row["Plek"][:4] in {"Bijs", "Werk"}
    }
    assert {"4.000 mensen · terug kan niet", "4.000 mensen · vooruit kan niet"} <= set(texts(shown))
    curves = [rows for rows in datasets(shown) if rows and "aandeel" in rows[0]]
    assert len(curves) == 4


def test_the_curves_hold_every_month_of_the_table() -> None:
    """Share and band of both directions; a position that is hidden has one row of dashes."""
    shown = FIGURES["first step"](context())
    lines = {row["maanden"]: row for row in next(rows for rows in datasets(shown) if rows and "aandeel" in rows[0])}
    table = shown.table.filter(pl.col("Plek") == "Bijstand (4.000 mensen)")
    said = {month: Share(of["aandeel"], of["onder"], of["boven"]).text for month, of in lines.items()}
    assert [said[month] for month in range(25)] == table["Stap vooruit"].to_list()
    assert shown.table.filter(pl.col("Plek").str.starts_with("Startbaan")).rows() == [
        ("Startbaan (4.000 mensen)", "alle", HIDDEN, HIDDEN, HIDDEN)
    ]
    assert "Niet getoond, omdat de groep te klein is: Startbaan." in shown.subtitle
    assert "Startbaan" not in texts(shown)


@pytest.mark.parametrize(
    ("a_year", "title"),
    [
        (
            {"Bijstand": (around(0.3), None), "Dagbesteding": (around(0.5), around(0.1)), "Werk": (None, around(0.3))},
            "Binnen een jaar gaan mensen het vaakst vooruit vanuit Dagbesteding en het vaakst terug vanuit Werk",
        ),
        (
            {"Bijstand": (around(0.3), None), "Dagbesteding": (around(0.5), around(0.2)), "Werk": (None, around(0.22))},
            (
                "Binnen een jaar gaan mensen het vaakst vooruit vanuit Dagbesteding; "
                "vanuit waar het vaakst terug, is niet zeker"
            ),
        ),
        (
            {
                "Bijstand": (around(0.3), None),
                "Dagbesteding": (around(0.31), around(0.2)),
                "Werk": (None, around(0.22)),
            },
            "De eerste stap na de start op een plek: vooruit of terug",
        ),
        (
            {"Dagbesteding": (around(0.4), around(0.2))},
            (
                "Vanuit Dagbesteding gaat binnen een jaar ongeveer 4 op de 10 (tussen 38% en 42%) vooruit en "
                "ongeveer 2 op de 10 (tussen 18% en 22%) terug"
            ),
        ),
        ({}, "De eerste stap na de start op een plek: vooruit of terug"),
    ],
)
def test_the_first_step_title_names_a_position_only_when_its_band_stands_apart(
    a_year: dict[str, tuple[Band, Band]], title: str
) -> None:
    """Both directions in one breath; what may be chance is said to be unsure."""
    assert charts.first_step_chart(estimate(first_steps(a_year))).title == title


def test_the_numbers_in_the_first_step_chart_are_those_of_the_title() -> None:
    """After a year, each at a dot; what comes later has no number."""
    grown = [
        row("eerste_stap", "", "Dagbesteding", outcome, months, around(share * months / 24))
        for outcome, share in (("vooruit", 0.8), ("terug", 0.4))
        for months in range(25)
    ]
    shown = charts.first_step_chart(estimate(grown))
    assert "ongeveer 4 op de 10 (tussen 38% en 42%) vooruit" in shown.title
    said = {text for text in texts(shown) if text.endswith("%")} - {f"{whole}%" for whole in range(0, 101, 25)}
    assert said == {"40%", "20%"}
    assert "De punten en de percentages zijn die na een jaar." in shown.subtitle
    assert "Dagbesteding: na een jaar 40% (tussen 38% en 42%) vooruit, 20% (tussen 18% en 22%) terug." in (
        shown.description
    )


@pytest.mark.parametrize(("forward", "back"), [(0.4, 0.2), (0.2, 0.4), (0.04, 0.02), (0.3, 0.29), (0.02, 0.02)])
def test_the_two_numbers_of_a_position_never_stand_on_each_other_or_on_the_axis(forward: float, back: float) -> None:
    """The higher is over the lower, wherever the lines are."""
    high = first_steps({"Startbaan": (around(0.7), None), "Dagbesteding": (around(forward), around(back))})
    rows = [
        dict(zip(("x", "y", "text"), found, strict=True))
        for found in numbers_at(charts.first_step_chart(estimate(high)))
    ]
    heights = sorted(float(one["y"]) for one in rows)
    assert len(heights) == 2
    assert heights[1] - heights[0] >= 14
    assert heights[1] <= 152


def numbers_at(figure: charts.Figure) -> list[tuple[str, str, str]]:
    """Return x, y and text of the percentages written at the dots of the first position."""
    panel = figure.spec()["concat"][0]
    marks = [(layer, figure.spec()["datasets"][layer["data"]["name"]][0]) for layer in panel["layer"]]
    return [
        (str(layer["encoding"]["x"]["value"]), str(layer["encoding"]["y"]["value"]), data["tekst"])
        for layer, data in marks
        if "%" in str(data.get("tekst")) and layer["mark"]["color"] == theme.INK.light
    ]


def test_a_jump_in_a_line_is_named_and_no_cause_is_given() -> None:
    """When many people step after as many months, and not when chance may do it."""
    level = [row("eerste_stap", "", "Dagbesteding", "vooruit", months, around(0.1)) for months in range(12)]
    there = [row("eerste_stap", "", "Dagbesteding", "vooruit", months, around(0.4)) for months in range(12, 25)]
    jumped = charts.first_step_chart(estimate([*level, *there]))
    said = "Bij Dagbesteding gaat een lijn ineens omhoog: veel mensen zetten hun stap even lang na de start."
    assert said in jumped.subtitle
    assert "ineens" not in FIGURES["first step"](context()).subtitle
    unsure = [(*one[:9], 0.05, 0.6) for one in (*level, *there)]
    assert "ineens" not in charts.first_step_chart(estimate(unsure)).subtitle


def test_occupancy_stacks_to_the_whole_and_holds_the_shares_as_written() -> None:
    """The parts of a column lie on each other, low to high, and the table has each with its band."""
    shown = FIGURES["occupancy"](context())
    parts = [row for row in drawn(shown, "plek") if row["maanden"] == 12]
    assert [(row["plek"], row["aandeel"]) for row in parts] == list(
        zip((*LABELS, "Uit de keten"), ("40%", "20%", "5%", "2%", "33%"), strict=True)
    )
    assert parts[0]["onder"] == 0
    assert parts[-1]["boven"] == pytest.approx(1)
    assert [one["boven"] for one in parts[:-1]] == [other["onder"] for other in parts[1:]]
    assert shown.table.row(2) == (
        "na een jaar",
        "40% (tussen 38% en 42%)",
        "20% (tussen 18% en 22%)",
        "5% (tussen 4% en 6%)",
        "2% (tussen 1% en 3%)",
        "33% (tussen 31% en 35%)",
        "3.000",
    )
    assert len({row["tint"] for row in parts}) == len(parts)


def test_each_part_that_can_be_seen_has_its_number() -> None:
    """In it, beside it when it is low, and of the last column at its name when it is low."""
    shown = charts.occupancy_chart(estimate(occupied([0.62, 0.03, 0.02, 0.0, 0.33])))
    said = texts(shown)
    assert [said.count(number) for number in ("62%", "3%", "2%", "33%")] == [3, 3, 2, 3]
    assert {"Bijstand", "Dagbesteding 3%", "Startbaan 2%", "Werk hoogstens 1%", "Uit de keten"} <= set(said)
    leads = [row["zichtbaar"] for row in drawn(shown, "zichtbaar")]
    assert leads == [True, True, True, False, True]


def luminance(colour: Sequence[float]) -> float:
    """Return the relative luminance of red, green and blue (WCAG 2.2)."""
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour: str) -> list[float]:
    """Return red, green and blue between 0 and 1."""
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Sociale Coöperatie", "Sociale Coöperatie hoogstens 1%"),
        ("Arbeidsmatige dagbesteding", "Arbeidsmatige da… hoogstens 1%"),
    ],
)
def test_the_name_of_a_part_is_whole_where_it_fits(label: str, text: str) -> None:
    """With its number where the part is too low for it; only a name that is too long is cut off."""
    labels = ["Bijstand", "Dagbesteding", label, "Startbaan", "Werk"]
    shown = charts.occupancy_chart(estimate(occupied([0.5, 0.2, 0.0, 0.1, 0.1, 0.1], labels), context(labels)))
    assert text in {row["naam"] for row in drawn(shown, "naam")}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_neighbours_in_a_column_differ_and_their_numbers_can_be_read(dark: bool) -> None:  # noqa: FBT001 a parameter
    """Shades at 1.3:1 at least beside each other for five positions, text at 4.5:1 on each, on both papers."""
    ink, paper = [rgb(one.dark if dark else one.light) for one in (theme.INK, theme.PAPER)]
    labels = NINE[:5]
    shown = charts.occupancy_chart(estimate(occupied([0.2, 0.2, 0.2, 0.2, 0.1, 0.1], labels), context(labels)))
    shades = [one["tint"] for one in drawn(shown, "plek") if one["maanden"] == 24]
    mixed = [[shade * top + (1 - shade) * under for top, under in zip(ink, paper, strict=True)] for shade in shades]
    assert all(contrast(one, other) >= 1.3 for one, other in pairwise(mixed))
    readable = [contrast(colour, ink if shade < 0.5 else paper) for colour, shade in zip(mixed, shades, strict=True)]
    assert min(readable) >= 4.5


@pytest.mark.parametrize(
    ("a_year", "title"),
    [
        (
            [0.5, 0.2, 0.1, 0.1, 0.1],
            "Een jaar na de start in de keten staat ongeveer de helft (tussen 48% en 52%) op de plek Bijstand",
        ),
        (
            [0.2, 0.2, 0.1, 0.1, 0.4],
            "Een jaar na de start in de keten is ongeveer 4 op de 10 (tussen 38% en 42%) uit de keten",
        ),
        ([0.3, 0.32, 0.1, 0.1, 0.18], "Een jaar na de start in de keten is geen plek duidelijk de grootste"),
    ],
)
def test_the_occupancy_title_names_the_largest_part_when_it_certainly_is(a_year: list[float], title: str) -> None:
    """Being out of the chain is said as plainly as being at a position."""
    assert charts.occupancy_chart(estimate(occupied(a_year))).title == title


def test_a_column_with_a_hidden_part_is_a_dash() -> None:
    """What is left would not stack."""
    shown = charts.occupancy_chart(estimate(occupied([0.5, 0.2, 0.1, 0.1, 0.1], hidden_from=18)))
    assert {row["maanden"] for row in drawn(shown, "plek")} == {1, 6, 12}
    assert [row["streep"] for row in drawn(shown, "streep")] == ["", "", "", HIDDEN, HIDDEN]
    assert shown.table.row(4)[1:-1] == (HIDDEN,) * 5
    assert f"{HIDDEN} betekent: niet getoond" in shown.caption


def test_both_forms_of_lasting_stand_beside_each_other_in_plain_words() -> None:
    """Each with its own shape, figures and table rows."""
    shown = FIGURES["lasting"](context())
    assert {"Op die dag op dezelfde plek of hoger", "Geen dag lager in de tussentijd"} <= set(texts(shown))
    assert [row["aandeel"] for row in drawn(shown, "aandeel")] == [0.9, 0.8, 0.7, 0.85, 0.7, None]
    assert shown.table["Blijft"].to_list() == [
        "90% (tussen 88% en 92%)",
        "80% (tussen 78% en 82%)",
        "70% (tussen 68% en 72%)",
        "85% (tussen 83% en 87%)",
        "70% (tussen 68% en 72%)",
        HIDDEN,
    ]


@pytest.mark.parametrize(
    ("a", "b", "title"),
    [
        (
            [None, None, around(0.7)],
            [None] * 3,
            "Een jaar na een stap vooruit staat ongeveer 7 op de 10 (tussen 68% en 72%) op dezelfde plek of hoger",
        ),
        (
            [None] * 3,
            [None, around(0.7), None],
            "Tot een half jaar na een stap vooruit staat ongeveer 7 op de 10 (tussen 68% en 72%) geen dag lager",
        ),
        ([None] * 3, [None] * 3, "Hoe lang mensen na een stap vooruit op die plek of hoger blijven"),
    ],
)
def test_the_lasting_title_gives_a_form_that_is_shown(a: list[Band], b: list[Band], title: str) -> None:
    """A year if it can be, with its range."""
    assert charts.lasting_chart(estimate(lasted(a, b))).title == title


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        (STEADY, "Stappen vooruit: het verschil in oktober 2025 kan toeval zijn"),
        (JUMPED, "Stappen vooruit: in oktober 2025 meer dan gewoonlijk, en dat is meer dan toeval"),
        (OLD_JUMP, "Stappen vooruit: het verschil in oktober 2025 kan toeval zijn"),
        (
            [60, 65, 60, 55, 60, 65, 55, 60, 65, 60, 55, 80, 85, 80, 60, 60],
            "Stappen vooruit: in de laatste 3 maanden meer dan gewoonlijk, en dat is meer dan toeval",
        ),
        ([60, 60, 60], "Stappen vooruit: te weinig maanden om toeval te beoordelen"),
    ],
)
def test_the_control_title_says_whether_there_is_a_signal(counts: list[int], title: str) -> None:
    """Provisional months never give one."""
    assert charts.control_chart(step_month(counts), "vooruit").title == title


def test_a_signal_is_marked_by_shape_and_word() -> None:
    """At the newest month that counts, in the picture and in the table; every other month is not judged."""
    shown = charts.control_chart(step_month(JUMPED), "vooruit")
    marked = [(row["stappen"], row["woord"]) for row in drawn(shown, "signaal") if row["signaal"]]
    assert marked == [(120, "meer dan toeval")]
    assert "meer dan toeval" in texts(shown)
    assert shown.table.filter(pl.col("Toeval") == "meer dan toeval")["Stappen"].to_list() == ["120"]
    calm = charts.control_chart(step_month(OLD_JUMP), "vooruit").table["Toeval"].to_list()
    assert calm == [*["niet beoordeeld"] * 12, "kan toeval zijn", *["niet beoordeeld"] * 2]


def test_a_page_says_how_often_chance_gives_a_signal() -> None:
    """Beside the picture and under the table."""
    shown = charts.control_chart(step_month(STEADY), "vooruit")
    for text in (shown.subtitle, shown.caption):
        assert "Bij 4 van de 100 edities staat hier door toeval 'meer dan toeval'" in text


def test_provisional_months_count_in_no_limit() -> None:
    """They are open points with the word over them."""
    shown = charts.control_chart(step_month([*STEADY[:-2], 500, 5]), "vooruit")
    calm = charts.control_chart(step_month(STEADY), "vooruit")
    assert shown.table.filter(pl.col("Status") == "voorlopig")["Toeval"].to_list() == ["niet beoordeeld"] * 2
    assert shown.table.row(0)[2:5] == calm.table.row(0)[2:5]
    assert "voorlopig" in texts(shown)


def test_a_lower_limit_under_nought_is_none() -> None:
    """Chance can go down to nothing, and the reader is told."""
    shown = charts.control_chart(step_month([0, 20, 0, 25, 5, 15, 0, 20, 10, 10, 10, 15, 10, 10]), "vooruit")
    assert set(shown.table["Ondergrens"]) == {"geen"}
    assert "ondergrens" not in " ".join(texts(shown))
    assert "Er is geen ondergrens: toeval kan tot nul gaan." in shown.caption
    assert shown.table["Stappen"][0] == "0-4"


def test_the_control_chart_of_a_direction_has_its_own_colour_and_id() -> None:
    """Forward and back stand on one page."""
    forward = charts.control_chart(step_month(STEADY), "vooruit")
    back = charts.control_chart(step_month(STEADY, "terug"), "terug")
    assert forward.id != back.id
    assert theme.BACK.variable in back.svg()
    assert theme.BACK.variable not in forward.svg()


def published(rows: Sequence[tuple[str, str, float | None]]) -> Released:
    """Return national figures: measure, period, share."""
    schema = dict.fromkeys(("measure", "period", "area", "source", "note"), pl.String) | {"share": pl.Float64}
    frame = pl.DataFrame(
        [
            (measure, period, "Nederland", "CBS, StatLine 82662NED", "Zonder AOW.", share)
            for measure, period, share in rows
        ],
        schema=schema,
        orient="row",
    )
    return released("published", frame)


RETURNS = [row("terugkeer_1", "", "", "terug", 12, around(0.19)), *returned()]


def test_returning_names_both_denominators_and_puts_the_national_figure_beside_its_own() -> None:
    """Only where it measures the same, the newest, with its year; its source stands in the caption."""
    rows = [("terugkeer_1", "2021", 0.5), ("terugkeer_1", "2022", 0.17), ("herstel", "2022", 0.9)]
    table = charts.return_table(estimate(RETURNS), published(rows))
    assert table.frame.rows()[:3] == [
        (
            "Van wie bijstand ging krijgen: had minder dan een jaar eerder ook bijstand",
            "19% (tussen 17% en 21%)",
            "4.000",
            "Nederland 17% (2022)",
        ),
        (
            "Van wie uit de bijstand ging: kreeg binnen een half jaar opnieuw bijstand",
            "12% (tussen 10% en 14%)",
            "4.000",
            "",
        ),
        (
            "Van wie uit de bijstand ging: kreeg binnen een jaar opnieuw bijstand",
            "24% (tussen 22% en 26%)",
            "4.000",
            "",
        ),
    ]
    assert "Bron van het landelijke cijfer: CBS, StatLine 82662NED. Zonder AOW." in table.caption
    assert table.title == (
        "Van wie uit de bijstand ging, kreeg ongeveer een kwart (tussen 22% en 26%) binnen een jaar opnieuw bijstand"
    )


@pytest.mark.parametrize(
    "outside", [None, published([]), published([("terugkeer_1", "2022", None), ("x", "2022", 0.1)])]
)
def test_without_a_national_figure_there_is_no_column_for_it(outside: Released | None) -> None:
    """An empty column would look like a figure that is missing."""
    assert "Landelijk" not in charts.return_table(estimate(RETURNS), outside).frame.columns


def test_a_chain_without_bijstand_has_an_empty_table_of_returns() -> None:
    """It has a title, and nobody returned."""
    table = charts.return_table(estimate([]))
    assert table.frame.is_empty()
    assert table.title == "Wie terug is in de bijstand"
    said = "Van deze keten zijn er geen cijfers over terug in de bijstand."
    assert said in table.caption
    assert said not in charts.return_table(estimate(RETURNS)).caption


def sensitive(other: float) -> list[Row]:
    """Return the figures for gaps of 0, 30 and 60 days; those of other gaps differ so much."""
    at_year = [
        one
        for gap in (0, 60)
        for one in [*recovered([around(0.41 + other)] * 4, gap=gap), *lasted([around(0.7)] * 3, [around(0.6)] * 3, gap)]
        if one[6] == 12
    ]
    return [*RECOVERED, *lasted([around(0.7)] * 3, [around(0.6)] * 3), *at_year]


@pytest.mark.parametrize(
    ("other", "title"),
    [
        (0.0, "Een andere keuze voor korte onderbrekingen geeft dezelfde percentages"),
        (0.01, "Een andere keuze voor korte onderbrekingen scheelt hoogstens 1 procentpunt"),
        (-0.04, "Een andere keuze voor korte onderbrekingen scheelt hoogstens 4 procentpunten"),
    ],
)
def test_the_sensitivity_table_has_a_column_per_gap(other: float, title: str) -> None:
    """Its own gap is marked, and the title says how much it matters."""
    table = charts.sensitivity_table(estimate(sensitive(other)))
    assert table.title == title
    assert table.frame.columns == ["Na een jaar", "0 dagen", "30 dagen (dit rapport)", "60 dagen"]
    first = table.frame.row(0)
    assert first[0] == "Na een stap terug: op de oude plek of hoger"
    assert first[2] == "41% (tussen 39% en 43%)"
    assert first[1] == first[3]


def test_the_gap_table_says_which_part_had_no_day_with_nothing() -> None:
    """Days in between are at most the gap of the chain."""
    rows = [row("aansluitend", "", "", "0", 0, around(0.88)), row("aansluitend", "", "", "1+", 0, around(0.12))]
    table = charts.gap_table(estimate(rows))
    assert table.frame.rows() == [
        ("Geen dag zonder plek", "88% (tussen 86% en 90%)", "4.000"),
        ("1 tot en met 30 dagen zonder plek", "12% (tussen 10% en 14%)", "4.000"),
    ]
    assert table.title == "Bij ongeveer 9 op de 10 stappen terug (tussen 86% en 90%) zat er geen dag tussen"
    most = charts.gap_table(estimate([row("aansluitend", "", "", "0", 0, around(0.99))]))
    assert most.title == "Bij bijna alle stappen terug (minstens 98%) zat er geen dag tussen"
    hidden = charts.gap_table(estimate([row("aansluitend", "", "", "0", 0, None)]))
    assert hidden.title == "Hoe stappen terug op elkaar aansluiten"
    assert hidden.frame.row(0)[1] == HIDDEN


@pytest.mark.parametrize(
    ("back", "forward", "title"),
    [
        (around(0.46), around(0.22), "Na een stap terug volgt vaker binnen een jaar een stap vooruit dan andersom"),
        (around(0.22), around(0.46), "Na een stap vooruit volgt vaker binnen een jaar een stap terug dan andersom"),
        (
            around(0.22),
            around(0.24),
            "Na een stap terug volgt bij 22% een stap vooruit, andersom bij 24%: dat verschil kan toeval zijn",
        ),
        (around(0.22), None, "Stappen die een stap de andere kant op volgt"),
    ],
)
def test_the_bounce_title_compares_only_what_is_certainly_different(back: Band, forward: Band, title: str) -> None:
    """Bands that touch may be chance."""
    rows = [row("weerslag", "terug", "", "vooruit", 12, back), row("weerslag", "vooruit", "", "terug", 12, forward)]
    table = charts.bounce_table(estimate(rows))
    assert table.title == title
    assert [first for first, *_ in table.frame.iter_rows()] == [
        "Na een stap terug: een stap vooruit",
        "Na een stap vooruit: een stap terug",
    ]


@pytest.mark.parametrize(
    ("halves", "title"),
    [
        (
            ("0-3", "6-12", "6-12", "3-6"),
            "Het kortst blijven mensen op Bijstand: de helft is weg na minder dan 3 maanden",
        ),
        (
            ("6-12", "6-12", "12-24", "24+"),
            "Het kortst blijven mensen op Bijstand en Dagbesteding: de helft is weg na 6 tot 12 maanden",
        ),
        (("12-24",) * 4, "Op elke plek is de helft weg na 12 tot 24 maanden"),
        (("24+",) * 4, "Op elke plek is na twee jaar nog niet de helft weg"),
        ((None, None, None, "24+"), "Op de plek Werk is na twee jaar nog niet de helft weg"),
        (("0-3", None, "24+", "3-6"), "Hoe lang mensen op een plek blijven"),
        ((None, None, "0-3", None), "Op de plek Startbaan is de helft weg na minder dan 3 maanden"),
        ((None,) * 4, "Hoe lang mensen op een plek blijven"),
    ],
)
def test_the_duration_title_names_where_people_stay_shortest(halves: tuple[str | None, ...], title: str) -> None:
    """Only when every position is known; never the longest, which may end by where sight of people ends."""
    bins = {label: ("0-3", half, None) for label, half in zip(LABELS, halves, strict=True)}
    table = charts.duration_table(durations(bins))
    assert table.title == title
    assert set(table.frame["Een kwart is weg na"]) == {"minder dan 3 maanden"}
    assert ("Een streepje kan ook betekenen" in table.caption) == (HIDDEN in table.frame["Driekwart is weg na"])
    assert "95 van de 100" not in table.caption


def test_the_duration_table_says_what_the_last_bin_is_and_where_sight_ends() -> None:
    """With what the chain notes of a position that half have not left; of the others it repeats nothing."""
    notes = ("Na twee jaar op Werk is iemand uit beeld.", "Betaald werk is geen plek.", "Bijstand is een inkomen.")
    bins = {"Bijstand": ("0-3", "3-6", "24+"), "Werk": ("24+", "24+", "24+")}
    table = charts.duration_table(durations(bins, replace(context(), notes=notes)))
    assert "24 maanden of langer betekent: na twee jaar was dit deel nog niet weg." in table.caption
    assert [note in table.caption for note in notes] == [True, False, False]
    short = charts.duration_table(durations({"Bijstand": ("0-3", "3-6", "6-12")}))
    assert "24 maanden of langer" not in short.caption


@pytest.mark.parametrize("labels", [NINE[:3], NINE[:6], NINE], ids=len)
def test_pictures_of_three_to_nine_positions_are_equally_wide(labels: Sequence[str]) -> None:
    """So that text has one size on a page."""
    about = context(labels)
    steps = dict.fromkeys(labels, (around(0.4), around(0.2)))
    shares = [0.3, *[0.5 / (len(labels) - 1)] * (len(labels) - 1), 0.2]
    for shown in (
        charts.first_step_chart(estimate(first_steps(steps, labels), about)),
        charts.occupancy_chart(estimate(occupied(shares, labels), about)),
    ):
        svg = shown.svg()
        width = float(ET.fromstring(svg).attrib["viewBox"].split()[2])  # noqa: S314 drawn here
        assert theme.WIDTH * 0.97 <= width <= theme.WIDTH * 1.06
        inside = " ".join(re.findall(r">([^<>]+)<", svg))
        assert all(label in inside for label in labels)


@pytest.mark.parametrize("name", EMPTY)
def test_a_table_with_nothing_to_show_gives_a_picture_that_says_so(name: str) -> None:
    """With a title that finds nothing, and a table without a percentage."""
    shown = EMPTY[name]()
    assert ET.fromstring(shown.svg()).tag.endswith("svg")  # noqa: S314 drawn here
    assert "%" not in shown.title
    assert not re.search(r"\d%", " ".join(str(cell) for line in shown.table.iter_rows() for cell in line))
    assert not re.search(ENGLISH, " ".join([shown.title, shown.subtitle, shown.description, *texts(shown)]))


@pytest.mark.parametrize("name", FIGURES)
def test_made_up_data_are_called_so_everywhere(name: str) -> None:
    """In the subtitle, in what is heard and under the table; and real data are not."""
    made_up, real = (FIGURES[name](context(fictional=fictional)) for fictional in (True, False))
    for text in (made_up.subtitle, made_up.description, made_up.caption):
        assert "Fictieve gegevens." in text
    for text in (real.subtitle, real.description, real.caption):
        assert "Fictieve" not in text


def test_every_estimate_says_where_its_range_is_and_until_when_people_were_followed() -> None:
    """In the same words each time."""
    for name, make in FIGURES.items():
        shown = make(context())
        assert (RANGE in shown.caption) == (name != "control")
        assert ("Gevolgd tot en met oktober 2025" in shown.subtitle) == (name != "control")
    for table in (charts.return_table(estimate(RETURNS)), charts.sensitivity_table(estimate(sensitive(0)))):
        assert RANGE in table.caption
        assert "Gevolgd tot en met oktober 2025" in table.caption


def test_a_headline_claims_no_cause(figure: charts.Figure) -> None:
    """It describes; whether something helped is not in these figures."""
    claims = r"\b(dankzij|door|waardoor|omdat|effect|helpt|werkt|leidt|zorgt|verbeter|slecht|goed|terugval|mislukt)"
    assert not re.search(claims, figure.title)


def test_a_picture_describes_itself_in_dutch_and_nowhere_else(figure: charts.Figure) -> None:
    """One role and one label on the root; not a word of English inside."""
    root = ET.fromstring(figure.svg())  # noqa: S314 drawn here
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == figure.description
    inside = [name for element in root.iter() if element is not root for name in element.attrib]
    assert not [name for name in inside if name.startswith("aria-") or name in {"role", "style"}]
    said = [*texts(figure), figure.title, figure.subtitle, figure.description, figure.caption, *figure.table.columns]
    assert not re.search(ENGLISH, " ".join([*said, *(str(cell) for line in figure.table.iter_rows() for cell in line)]))
    assert not re.search(r"NaN|undefined|Infinity|null", figure.svg())


def test_a_picture_takes_its_colours_from_the_page(figure: charts.Figure) -> None:
    """Every colour is a variable with the light colour behind it; there is no plate under the picture."""
    painted = re.findall(r'\b(?:fill|stroke)="([^"]*)"', figure.svg())
    assert set(painted) <= {"none", "transparent", *(colour.variable for colour in theme.PALETTE)}


def test_no_text_is_smaller_than_the_other_charts_have_it(figure: charts.Figure) -> None:
    """A page scrolls a picture sideways before its text gets too small to read."""
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', figure.svg())]
    assert sizes
    assert min(sizes) >= 12


def test_a_chart_holds_exactly_the_columns_it_draws() -> None:
    """Nothing else of the released table travels along."""
    held = {name: {tuple(rows[0]) for rows in datasets(make(context())) if rows} for name, make in FIGURES.items()}
    assert held == {
        "recovery": {
            ("maanden", "aandeel", "onder", "boven", "tekst", "getal", "bij", "kant"),
            ("maanden", "gevolgd"),
            ("tekst",),
        },
        "first step": {("maanden", "aandeel", "onder", "boven"), ("maanden", "gevolgd"), ("tekst",)},
        "occupancy": {
            ("maanden", "plek", "aandeel", "onder", "boven", "tint", "links", "rechts"),
            ("maanden", "gevolgd", "streep", "x"),
            ("naam", "van", "naar", "tint", "zichtbaar"),
            ("tekst",),
        },
        "lasting": {("rij", "aandeel", "onder", "boven"), ("tekst",)},
        "control": {
            ("maand", "stappen", "voorlopig", "signaal", "woord", "plaats", "hoogte"),
            ("maand",),
            ("grens",),
            ("tekst",),
        },
    }


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_table_gives_the_same_bytes(name: str) -> None:
    """Also when its rows come in another order."""
    one, other = FIGURES[name](context()), FIGURES[name](context())
    assert one.svg() == other.svg()
    assert json.dumps(one.spec()) == json.dumps(other.spec())
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", one.id)


def test_the_order_of_the_rows_changes_nothing() -> None:
    """A released table has no order."""
    rows = [*RECOVERED, *first_steps(FIRST_STEPS), *occupied([0.4, 0.2, 0.05, 0.02, 0.33]), *RETURNS]
    there, back = estimate(rows), estimate(rows[::-1])
    for chart in (charts.recovery_chart, charts.first_step_chart, charts.occupancy_chart):
        assert chart(there).svg() == chart(back).svg()
    assert charts.return_table(there).frame.equals(charts.return_table(back).frame)


def test_figures_of_one_table_have_their_own_ids() -> None:
    """They stand on one page."""
    made = [make(context()).id for make in FIGURES.values()]
    tables = [
        table(estimate(RETURNS)).id
        for table in (charts.return_table, charts.sensitivity_table, charts.gap_table, charts.bounce_table)
    ]
    assert len({*made, *tables}) == len(made) + len(tables)


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (0.35, 0.46, "tussen 35% en 46%"),
        (0.0, 0.03, "hoogstens 3%"),
        (0.96, 1.0, "minstens 96%"),
        (0.0, 0.004, "minder dan 1%"),
        (0.996, 1.0, "meer dan 99%"),
        (0.41, 0.411, "rond 41%"),
        (0.0, 1.0, "tussen <1% en >99%"),
    ],
)
def test_a_band_in_words_never_says_nobody_or_everybody(lower: float, upper: float, said: str) -> None:
    """At an end only the other side is a number."""
    assert wording.between(lower, upper) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "bijna niemand"),
        (0.1, "ongeveer 1 op de 10"),
        (0.26, "ongeveer een kwart"),
        (0.41, "ongeveer 4 op de 10"),
        (0.64, "ongeveer 64%"),
        (0.07, "ongeveer 7%"),
        (0.5, "ongeveer de helft"),
        (0.85, "ongeveer 85%"),
        (0.98, "bijna iedereen"),
    ],
)
def test_a_share_in_words_is_the_nearest_thing_people_say(share: float, said: str) -> None:
    """The percentage itself when nothing is near."""
    assert wording.about(share) == said


@pytest.mark.parametrize(
    ("share", "lower", "upper", "said"),
    [
        (0.07, 0.03, 0.09, "ongeveer 7%"),
        (0.18, 0.16, 0.19, "ongeveer 18%"),
        (0.64, 0.6, 0.68, "ongeveer 64%"),
        (0.68, 0.66, 0.7, "ongeveer twee derde"),
        (0.11, 0.08, 0.14, "ongeveer 1 op de 10"),
        (0.02, 0.0, 0.14, "ongeveer 2%"),
        (0.002, 0.0, 0.14, "minder dan 1%"),
        (0.02, 0.0, 0.05, "bijna niemand"),
        (0.98, 0.9, 1.0, "ongeveer 98%"),
        (0.99, 0.96, 1.0, "bijna iedereen"),
    ],
)
def test_words_of_a_share_stand_for_something_in_its_range(share: float, lower: float, upper: float, said: str) -> None:
    """And at most two points from it; else the percentage."""
    assert wording.about(share, lower, upper) == said


def test_months_are_said_as_people_say_them() -> None:
    """Half years by name, other months as a number."""
    assert [dutch.after(many) for many in (1, 3, 6, 12, 18, 24)] == [
        "na 1 maand",
        "na 3 maanden",
        "na een half jaar",
        "na een jaar",
        "na anderhalf jaar",
        "na twee jaar",
    ]
