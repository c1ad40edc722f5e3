"""The chart of groups: both directions alike, all groups together as a line, small groups named and not shown."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, cast

import polars as pl
import pytest

from participatieketen import charts, readings
from participatieketen.charts import theme
from participatieketen.disclosure import Context, Position, Released
from participatieketen.disclosure.released import People
from participatieketen.errors import WrongUse
from small_tables import GROUP_SHARE, Stamped

HIDDEN = "\N{EN DASH}"
NO_EFFECT = "De groepen verschillen ook in andere dingen. De cijfers laten niet zien waardoor een groep verschilt."
FIXED = "Een deelnemer is wie deelnam op die dag; wie later begon, telt niet als deelnemer."
NONE_CLEAR = "Wijk: geen groep wijkt duidelijk af"
TOO_FEW = "Wijk: te weinig groepen om te vergelijken"
ENGLISH = r"\b(axis|mark|chart|titled|symbol|group|null|undefined|NaN|None|October|Oct)\b"
BESIDE = "Verschil met de andere groepen"
HEADS = ["Mensen", "Vooruit: mensen", "Vooruit: deel", "Terug: mensen", "Terug: deel", BESIDE]
CONTEXT = Context(
    organisation="Gemeente Fictiedam",
    title="Participatieketen",
    chain="Participatieketen",
    positions=(Position("bijstand", "Bijstand", 0), Position("werk", "Werk", 1)),
    peildatum=date(2026, 1, 1),
    provisional_from=date(2025, 11, 1),
    fictional=False,
    base=5,
)
Band = tuple[int, int, int]
"""How many of them moved, and about between which percents that is."""

Told = tuple[str, int, Band, Band] | str
"""A group with its size, forward and back; only a name when it is hidden."""


def called(label: str, grouping: str = "Wijk") -> str:
    """Return what sentences call the people of a group that the chain does not name."""
    return f"mensen in de groep \N{LEFT SINGLE QUOTATION MARK}{grouping}: {label}\N{RIGHT SINGLE QUOTATION MARK}"


def released(told: Sequence[Told], grouping: str = "wijk", about: Context = CONTEXT) -> Released:
    """Return the released table `group_share` of one grouping."""
    rows = [row for number, one in enumerate(told) for row in _rows(one, grouping, str(number))]
    return cast("Released", Stamped("group_share", pl.DataFrame(rows, schema=GROUP_SHARE, orient="row"), about))


def _rows(told: Told, grouping: str, code: str) -> list[tuple[Any, ...]]:
    if isinstance(told, str):
        return [(grouping, code, told, way, 5, 40, 5, 40, 5) for way in ("vooruit", "terug")]
    label, n, *bands = told
    base = 10 if not any(count % 10 for count in (n, *(moved for moved, *_ in bands))) and n < 200 else 5
    return [
        (grouping, code, label, way, moved, n, moved, n, base)
        for way, (moved, *_) in zip(("vooruit", "terug"), bands, strict=True)
    ]


MAN: Told = ("man", 1960, (210, 9, 12), (85, 3, 6))
WOMAN: Told = ("vrouw", 2495, (260, 9, 12), (110, 3, 5))
SHORT: Told = ("korter dan 1 jaar", 1270, (215, 14, 20), (10, 0, 2))
LONG: Told = ("5 jaar of langer", 1855, (130, 6, 9), (75, 3, 5))
SHORTER: Told = ("korter dan 1 jaar", 635, (105, 13, 20), (25, 1, 6))
LONGER: Told = ("5 jaar of langer", 1855, (175, 8, 11), (75, 3, 5))
MIDDLE: Told = ("1 tot 5 jaar", 1265, (160, 10, 14), (50, 3, 5))
TENS: Sequence[Told] = (("Noord", 180, (20, 0, 17), (10, 0, 11)), ("Zuid", 60, (10, 0, 33), (0, 0, 17)), "Oost", "West")
SIXTEEN = [(f"Wijk met een lange naam {number}", 300 + number, (30, 6, 14), (15, 2, 8)) for number in range(16)]

CASES: dict[str, tuple[Sequence[Told], str]] = {
    "two": ((MAN, WOMAN), "geslacht"),
    "three": ((SHORT, MIDDLE, LONG), "bijstandsduur"),
    "tens": (TENS, "wijk"),
    "sixteen": (SIXTEEN, "wijk"),
    "participants": (
        (("neemt deel", 205, (40, 12, 27), (15, 2, 12)), ("neemt niet deel", 4250, (260, 5, 7), (110, 2, 3))),
        "innovatielab",
    ),
    "one": ((MAN, "vrouw"), "geslacht"),
    "hidden": (("man", "vrouw"), "geslacht"),
    "absent": ((), "leefvorm"),
}


@pytest.fixture(params=CASES, scope="module")
def figure(request: pytest.FixtureRequest) -> charts.Figure:
    """Give each kind of grouping in turn."""
    return charts.group_chart(released(*CASES[request.param]), CASES[request.param][1])


def of(name: str, about: Context = CONTEXT) -> charts.Figure:
    """Return the figure of one of the cases."""
    return charts.group_chart(released(*CASES[name], about), CASES[name][1])


def drawn(figure: charts.Figure, column: str) -> list[dict[str, Any]]:
    """Return the rows of every data set that has a column, forward first."""
    found = [rows for rows in figure.spec().get("datasets", {}).values() if rows and column in rows[0]]
    return [row for rows in found for row in rows]


def texts(figure: charts.Figure) -> list[str]:
    """Return every text in the picture."""
    return re.findall(r">([^<>]+)<", figure.svg())


def test_each_group_is_drawn_with_its_band_in_both_directions() -> None:
    """Dots and bands hold the released shares, in the order of the table; the table twin holds all of it as text."""
    shown = of("three")
    every = [(row["groep"], row["aandeel"], row["onder"], row["boven"]) for row in drawn(shown, "aandeel")]
    groups = readings.groups_of(released(*CASES["three"]), "bijstandsduur")
    assert every == [
        (group.label, share.point, share.lower, share.upper)
        for way in ("vooruit", "terug")
        for group in groups
        for share in [group.moved[way].share]
    ]
    assert shown.table.columns == ["Duur van de bijstand", *HEADS]
    compared = [row[-1] for row in shown.table.rows()]
    assert compared == ["vaker vooruit, minder vaak terug", "kan toeval zijn", "minder vaak vooruit", ""]
    assert shown.table.row(0)[:5] == ("korter dan 1 jaar", "1.270", "215", "17% (tussen 14% en 20%)", "10")
    assert shown.table.row(-1)[1:3] == ("4.390", "505")


def test_every_number_in_a_picture_is_in_its_table(figure: charts.Figure) -> None:
    """But for the axes and how many people are too few."""
    cells = " ".join(str(cell) for row in figure.table.iter_rows() for cell in row)
    found = {part for text in texts(figure) for part in re.findall(r"(?<![\w.])<?[\d.]+%?", text)}
    axes = {f"{whole}%" for whole in range(0, 101, 2)} | {f"{whole}%" for whole in range(0, 101, 5)}
    assert [part for part in found - axes - {"50"} if part not in cells] == []


def test_both_directions_are_equally_prominent_and_apart_without_colour() -> None:
    """The same scale and size; a triangle up and one down."""
    named, *panels = of("two").spec()["vconcat"][0]["hconcat"]
    assert "layer" in named
    forward, back = panels
    assert (forward["width"], forward["height"]) == (back["width"], back["height"])
    marks = [[layer["mark"] for layer in panel["layer"] if layer["mark"]["type"] == "point"] for panel in panels]
    assert [(mark["shape"], mark["color"]) for (mark,) in marks] == [
        ("triangle-up", theme.FORWARD.light),
        ("triangle-down", theme.BACK.light),
    ]
    assert marks[0][0]["size"] == marks[1][0]["size"]
    scales = [{str(layer["encoding"]["x"].get("scale")) for layer in panel["layer"]} for panel in panels]
    assert scales[0] == scales[1]
    assert len(forward["layer"]) == len(back["layer"])


def test_all_groups_together_are_a_line_from_the_released_counts() -> None:
    """The sum of who moved over the sum of people, not the mean of the shares."""
    shown = of("participants")
    assert [(row["samen"], row["tekst"]) for row in drawn(shown, "samen")] == [
        (round((40 + 260) / (205 + 4250), 2), "alle groepen samen: 7%"),
        (round((15 + 110) / (205 + 4250), 2), "alle groepen samen: 3%"),
    ]
    assert not any("samen" in text for text in texts(of("tens")))  # of so few the share is rounding


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ((MAN, WOMAN), NONE_CLEAR),
        (
            (SHORT, MIDDLE, LONG),
            (
                f"Wijk: {called('korter dan 1 jaar')} gingen vaker vooruit en minder vaak terug; "
                f"{called('5 jaar of langer')} gingen minder vaak vooruit"
            ),
        ),
        ((SHORTER, LONGER, "onder"), f"Wijk: {called('korter dan 1 jaar')} gingen vaker vooruit"),
        (
            [
                ("groot", 4000, (400, 9, 11), (400, 9, 11)),
                *[(f"klein {i}", 50, (20, 30, 60), (5, 1, 20)) for i in "abcd"],
            ],
            "Wijk: 4 groepen gingen vaker vooruit",
        ),
        ((MAN, "vrouw"), TOO_FEW),
        (("man", "vrouw"), TOO_FEW),
        ((), TOO_FEW),
    ],
)
def test_the_title_says_which_groups_differ(told: Sequence[Told], title: str) -> None:
    """In both directions; one that is alike in two ways once, and more than three only counted."""
    assert charts.group_chart(released(told), "wijk").title == title


def test_a_title_calls_people_what_the_chain_calls_them() -> None:
    """By code or by label, in the title and in what is heard."""
    names = (
        People("bijstandsduur", "0", "mensen met minder dan 1 jaar bijstand"),
        People("bijstandsduur", None, "{group}"),
    )
    shown = of("three", replace(CONTEXT, people=names))
    assert shown.title == (
        "Duur van de bijstand: mensen met minder dan 1 jaar bijstand gingen vaker vooruit en minder vaak terug; "
        "5 jaar of langer gingen minder vaak vooruit"
    )
    assert "Mensen met minder dan 1 jaar bijstand gingen vaker vooruit en minder vaak terug." in shown.description


def test_what_is_said_of_differing_is_the_rule() -> None:
    """The band, chance, and the correction by its name with how many comparisons it counts, of the whole table."""
    both = [released(*CASES[name]) for name in ("two", "three")]
    table = cast("Released", Stamped("group_share", pl.concat([one.frame for one in both]), CONTEXT))
    said = charts.group_chart(table, "geslacht").caption
    assert (
        "Een groep wijkt duidelijk af als de hele streep links of rechts van de stippellijn ligt, en als het verschil "
        "met de andere groepen meer is dan toeval. De regel telt mee dat er 8 vergelijkingen zijn gemaakt (correctie "
        "van Holm)."
    ) in said
    assert charts.group_beside(table, "bijstandsduur", "0").caption.count("8 vergelijkingen") == 1
    assert "Holm" not in of("one").caption
    assert "\N{SPACE}band" not in said + charts.group_chart(table, "geslacht").subtitle


MAY_BE_CHANCE = (
    "Ligt een streep helemaal naast de stippellijn, maar staat er niets bij? Dan kan het verschil toch toeval zijn."
)


def test_a_band_beside_the_line_that_is_no_difference_is_explained() -> None:
    """In the picture and in what is heard, where there is one: a reader sees it beside a title that says none."""
    back = (100, 3, 7)
    others = [(f"ander {i}", 2000, (200, 8, 12), back) for i in range(40)]
    table = released((("een", 200, (35, 11, 26), (10, 1, 10)), *others))
    shown = charts.group_chart(table, "wijk")
    assert shown.title == NONE_CLEAR
    assert MAY_BE_CHANCE in texts(shown)
    assert MAY_BE_CHANCE in shown.description
    assert MAY_BE_CHANCE in texts(charts.group_beside(table, "wijk", "0"))
    assert MAY_BE_CHANCE not in texts(charts.group_beside(table, "wijk", "1"))
    assert not any(MAY_BE_CHANCE in texts(of(name)) for name in ("two", "three", "one", "hidden", "absent"))


def test_one_group_says_what_its_own_band_without_a_dot_means() -> None:
    """Not what that of another group means."""
    tens = released(TENS)
    captions = [
        charts.group_beside(tens, "wijk", "1").caption,
        charts.group_beside(released(CASES["two"][0]), "wijk", "0").caption,
    ]
    assert ["zonder driehoek" in caption for caption in captions] == [True, False]


def test_one_group_beside_the_others() -> None:
    """How it differs, that it does not, or that there is nothing to compare it with."""
    three = released(*CASES["three"])
    titles = [charts.group_beside(three, "bijstandsduur", code).title for code in ("0", "1")]
    assert titles == [
        "korter dan 1 jaar: vaker vooruit en minder vaak terug dan de andere groepen",
        "1 tot 5 jaar: het verschil met de andere groepen kan toeval zijn",
    ]
    alone = charts.group_beside(released(*CASES["one"]), "geslacht", "0")
    assert alone.title == "man: te weinig groepen om te vergelijken"


@pytest.mark.parametrize(("moved", "word"), [(280, "vaker"), (225, ""), (120, "minder vaak"), (180, "")])
def test_a_group_differs_in_words_beside_its_figure(moved: int, word: str) -> None:
    """So that colour is not alone; what can be chance has no word."""
    told: Sequence[Told] = (
        ("een", 2000, (moved, 0, 0), (100, 3, 7)),
        ("ander", 2000, (400 - moved, 0, 0), (100, 3, 7)),
    )
    shown = charts.group_chart(released(told), "wijk")
    assert f"{moved // 20}% \N{MIDDLE DOT} {word}" in texts(shown) if word else shown.title == NONE_CLEAR
    assert shown.table.row(0)[-1] == (f"{word} vooruit" if word else "kan toeval zijn")


def test_a_share_that_is_rounding_is_only_a_range() -> None:
    """Neither a dot nor a percentage: the range alone, never its middle."""
    shown = of("tens")
    rows = [row for row in drawn(shown, "aandeel") if row["groep"] == "Zuid"]
    assert [row["aandeel"] for row in rows] == [None, None]
    assert all(row["boven"] > 0.2 for row in rows)
    assert shown.table.row(1)[4] == "0-9"
    assert shown.table.row(1)[5].startswith("hoogstens ")
    assert "Een streep zonder driehoek betekent: het aantal is te klein voor één percentage." in shown.caption
    assert "zonder driehoek" not in of("two").caption


def test_a_nought_that_is_clearly_less_says_so_on_a_line_of_its_own() -> None:
    """Beside the figure there is no room for it."""
    told: Sequence[Told] = (("een", 2000, (0, 0, 1), (60, 2, 4)), ("ander", 2000, (400, 18, 22), (60, 2, 4)))
    assert {"hoogstens 1%", "minder vaak"} <= set(texts(charts.group_chart(released(told), "wijk")))


def test_without_anyone_who_moved_there_is_no_line() -> None:
    """A sum of rounded noughts is no nought, and its share no 0%: each of the two may be four."""
    nobody: Sequence[Told] = (("een", 500, (50, 8, 12), (0, 0, 1)), ("ander", 500, (50, 8, 12), (0, 0, 1)))
    shown = charts.group_chart(released(nobody), "wijk")
    assert [row["tekst"] for row in drawn(shown, "samen")] == ["alle groepen samen: 10%"]
    assert shown.table.row(-1) == ("Alle groepen samen", "1.000", "100", "10%", "0-8", "te weinig om te zeggen", "")


def test_hidden_groups_are_named_with_the_reason_and_nothing_else() -> None:
    """In one sentence under the picture, in what is heard and under the table; their cells are dashes."""
    shown = of("tens")
    said = "Niet getoond, want minder dan 50 mensen of huishoudens: Oost en West."
    assert said in texts(shown)
    assert said in shown.description
    assert said in shown.caption
    assert shown.table.row(2) == ("Oost", *[HIDDEN] * 6)
    assert len(drawn(shown, "aandeel")) == 2 * 2
    assert "Niet getoond" not in " ".join([*texts(of("two")), of("two").caption])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ((MAN, WOMAN), "vijftallen"),
        (TENS, "tientallen"),
        ((("een", 500, (50, 8, 12), (25, 3, 7)), ("ander", 500, (50, 8, 12), (30, 4, 8))), "vijftallen"),
        (("een", "ander"), "vijftallen"),
    ],
)
def test_rounding_is_what_the_released_counts_are_multiples_of(told: Sequence[Told], said: str) -> None:
    """Twice the base only where every count of the grouping is a multiple of that."""
    shown = charts.group_chart(released(told), "wijk")
    assert f"Aantallen zijn afgerond op {said}." in shown.subtitle
    assert f"Aantallen zijn afgerond op {said}." in shown.caption


def test_all_together_is_a_sum_that_can_be_farther_off() -> None:
    """Groups are rounded each on its own."""
    two = charts.group_chart(released((MAN, WOMAN)), "wijk")
    assert two.caption.endswith("Aantallen van alle groepen samen zijn opgeteld en kunnen er hoogstens 8 naast zitten.")
    assert "opgeteld" not in charts.group_chart(released((MAN,)), "wijk").caption


def test_rounding_of_one_grouping_says_nothing_of_another() -> None:
    """They are in one table."""
    two = released((MAN, WOMAN), "geslacht").frame.vstack(released(TENS, "wijk").frame)
    table = cast("Released", Stamped("group_share", two, CONTEXT))
    assert "tientallen" in charts.group_chart(table, "wijk").subtitle
    assert "vijftallen" in charts.group_chart(table, "geslacht").subtitle


def test_the_subtitle_says_who_counts_from_which_day_and_until_when() -> None:
    """From a year before the provisional months, up to them."""
    shown = of("three")
    assert shown.subtitle == (
        "Van de mensen die op 1 november 2024 in de keten waren: het deel dat in het jaar erna een stap vooruit "
        "(links) of terug (rechts) zette, per duur van de bijstand. Streep = bereik. Stippellijn = alle groepen samen. "
        "Gevolgd tot en met oktober 2025; voorlopige maanden tellen niet mee. Aantallen zijn afgerond op vijftallen."
    )
    assert "Stippellijn" not in of("one").subtitle


def test_taking_part_is_what_it_was_on_the_day() -> None:
    """Said in the subtitle, in what is heard and under the table, and of no other grouping."""
    shown = of("participants")
    assert all(FIXED in text for text in (shown.subtitle, shown.description, shown.caption))
    assert "voor wie wel en wie niet deelnam aan het Innovatielab" in shown.subtitle
    assert "deelnemer" not in of("two").subtitle + of("two").caption


@pytest.mark.parametrize("name", [name for name in CASES if name != "absent"])
def test_every_grouping_says_that_groups_differ_and_that_it_is_no_effect(name: str) -> None:
    """In the picture itself, in what is heard, and under the table."""
    shown = of(name)
    assert NO_EFFECT in texts(shown)
    assert NO_EFFECT in shown.description
    assert NO_EFFECT in shown.caption


@pytest.mark.parametrize(("name", "said"), [("hidden", "man en vrouw"), ("absent", "Deze indeling staat niet")])
def test_nothing_to_show_gives_a_picture_that_says_so(name: str, said: str) -> None:
    """Without a percentage anywhere."""
    shown = of(name)
    assert said in " ".join(texts(shown))
    assert not re.search(r"\d%", " ".join([*texts(shown), shown.title, shown.description]))
    assert len(shown.table) == len(CASES[name][0])


def test_one_group_is_drawn_and_compared_with_nothing() -> None:
    """It would be compared with itself."""
    shown = of("one")
    assert drawn(shown, "samen") == []
    assert shown.table[BESIDE].to_list() == ["niet te vergelijken", HIDDEN]
    assert len(shown.table) == 2


def test_a_picture_is_as_wide_as_the_others_and_its_text_as_large(figure: charts.Figure) -> None:
    """For two groups as for sixteen."""
    svg = figure.svg()
    width = float(ET.fromstring(svg).attrib["viewBox"].split()[2])  # noqa: S314 drawn here
    assert theme.WIDTH * 0.97 <= width <= theme.WIDTH * 1.06
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)) >= 11


def test_no_two_texts_of_a_column_stand_over_each_other() -> None:
    """Sixteen names of two lines, each with how many people it is."""
    shown = of("sixteen")
    (names, *_) = shown.spec()["vconcat"][0]["hconcat"]
    data = shown.spec()["datasets"]
    at = sorted(row["rij"] for layer in names["layer"] for row in data[layer["data"]["name"]])
    distance = names["height"] / 16
    assert len(at) == 16 * 3
    assert min((after - before) * distance for before, after in pairwise(at)) >= 14
    assert all(label in shown.table["Wijk"].to_list() for label, *_ in SIXTEEN)


def test_a_picture_describes_itself_in_dutch_and_takes_its_colours_from_the_page(figure: charts.Figure) -> None:
    """One role and one label on the root, every colour a variable, not a word of English, no claim in the title."""
    svg = figure.svg()
    root = ET.fromstring(svg)  # noqa: S314 drawn here
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", figure.description)
    painted = set(re.findall(r'\b(?:fill|stroke)="([^"]*)"', svg))
    assert painted <= {"none", "transparent", *(colour.variable for colour in theme.PALETTE)}
    said = [*texts(figure), figure.title, figure.subtitle, figure.description, figure.caption]
    assert not re.search(ENGLISH, " ".join([*said, *figure.table.columns, *map(str, figure.table.rows())]))
    assert not re.search(r"\b(dankzij|door|waardoor|effect|helpt|werkt|slecht|goed|mislukt)", figure.title)


def test_a_chart_holds_exactly_the_columns_it_draws() -> None:
    """Nothing else of the released table travels along: no code of a group."""
    held = {tuple(rows[0]) for rows in of("tens").spec()["datasets"].values()}
    assert held == {
        ("rij",),
        ("rij", "groep", "aandeel", "onder", "boven", "cijfer"),
        ("rij", "tekst"),
        ("tekst",),
    }


def test_made_up_data_are_called_so_everywhere() -> None:
    """In the subtitle, in what is heard and under the table; and real data are not."""
    made_up, real = of("tens", replace(CONTEXT, fictional=True)), of("tens")
    for text in (made_up.subtitle, made_up.description, made_up.caption):
        assert "Fictieve gegevens." in text
    assert "Fictieve" not in real.subtitle + real.description + real.caption


def test_the_same_table_gives_the_same_bytes_and_each_grouping_its_own_id() -> None:
    """All of them stand on one page."""
    assert json.dumps(of("tens").spec()) == json.dumps(of("tens").spec())
    assert of("tens").svg() == of("tens").svg()
    ids = [charts.group_chart(released(()), code).id for code in ("wijk", "leefvorm", "innovatielab")]
    assert ids == [f"groepen-{code}-group-share" for code in ("wijk", "leefvorm", "innovatielab")]


def test_groupings_come_in_the_order_of_the_table_with_a_name_for_a_heading() -> None:
    """The order of the table is that of the chain."""
    codes = ("leeftijdsgroep", "bijstandsduur", "wijk", "innovatielab", "geslacht", "leefvorm")
    frame = pl.concat([released((MAN, WOMAN), code).frame for code in codes])
    table = cast("Released", Stamped("group_share", frame, CONTEXT))
    assert charts.groupings(table) == codes
    assert [charts.grouping_name(code) for code in codes] == [
        "Leeftijd",
        "Duur van de bijstand",
        "Wijk",
        "Innovatielab",
        "Geslacht",
        "Leefvorm",
    ]


def test_another_grouping_is_refused_without_repeating_it() -> None:
    """What was typed may be anything."""
    with pytest.raises(WrongUse, match="Deze groepering bestaat niet: kies uit") as refused:
        charts.group_chart(released((MAN, WOMAN)), "herkomst")
    assert "herkomst" not in str(refused.value)
