"""Loops of a pipeline: a page for every group that is large enough, listed under its overview."""

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import crowd
import wijken
from participatieketen import chain, charts, disclosure, pipeline, places
from participatieketen.disclosure import Released
from participatieketen.disclosure.series import NOTHING
from participatieketen.errors import NotebookFailed, WrongUse
from participatieketen.pipeline.loops import group_labels, group_pages
from participatieketen.reports import GroupPages, build_site
from small_tables import released
from webpage import Seen
from wijken import NAMES, RELEASE

WIJK = pipeline.read("wijkrapportage")


@pytest.fixture(scope="module", name="tables")
def _tables() -> dict[str, Released]:
    return wijken.tables()


def without_groups(tables: dict[str, Released]) -> dict[str, Released]:
    """Return the tables of a town in which no grouping can be shown."""
    everyone = crowd.counts(crowd.walks(400, 16, seed=2))
    counts = {"x": "moved", "x_households": "households_moved", "n_households": "households"}
    figures = {
        "group_label": tables["group_label"].frame,
        "group_share": tables["group_share"].frame.rename(counts).drop("base"),
    }
    return disclosure.release(everyone | figures, crowd.context(16), crowd.KEY, NOTHING, months=24).tables


def notebook(folder: Path, name: str, *code: str, group: bool = False) -> Path:
    """Write a notebook of a title, its parameters and these cells."""
    declared = 'released: str = ""\n' + ('group: str = ""' if group else "")
    cells: list[dict[str, object]] = [
        {"id": "titel", "cell_type": "markdown", "metadata": {}, "source": f"# {name.title()}"}
    ]
    for number, source in enumerate([declared, *code]):
        tags: dict[str, list[str]] = {} if number else {"tags": ["parameters"]}
        cell: dict[str, object] = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": tags,
            "outputs": [],
            "source": source,
        }
        cells.append({"id": f"cel-{number}", **cell})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}))
    return path


def loop(path: Path, groups: dict[str, str], under: str = "wijken") -> GroupPages:
    """Return a loop over these groups."""
    return GroupPages(path, "wijk", "Wijk", groups, under)


def built(folder: Path, loops: tuple[GroupPages, ...], *notebooks: Path) -> dict[str, str]:
    """Return every page of a site with these loops, by name."""
    site = build_site(
        notebooks, {"released": "x"}, folder / "run", folder / "uit", RELEASE, lambda _: None, loops=loops
    )
    return {path.stem: path.read_text(encoding="utf-8") for path in site.glob("*.html")}


# --- what a pipeline says -----------------------------------------------------------------------------------------


def test_the_wijkrapportage_loops_over_the_wijken() -> None:
    """Its notebook is found from the folder of the file, and its pages stand under the overview."""
    (found,) = WIJK.loops
    assert (found.grouping, found.under) == ("wijk", "wijken")
    assert found.notebook == places.project() / "notebooks" / "wijk.ipynb"
    assert found.notebook.is_file()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"under": "overzicht"}, "een loop onder een pagina die er niet is: kies bij under uit wijken"),
        ({"grouping": "postcode"}, "loops.*grouping"),
        ({"groep": "wijk"}, "groep"),
    ],
)
def test_a_loop_that_cannot_be_made_is_refused(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    """A page to stand under that is not there, another way to split people, and an unknown key."""
    text = (places.project() / "pipelines" / "wijkrapportage.toml").read_text(encoding="utf-8")
    head = text.partition("[[loops]]")[0]
    keys = {"notebook": "wijk.ipynb", "grouping": "wijk", "under": "wijken"} | changes
    path = tmp_path / "proef.toml"
    path.write_text(head + "[[loops]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()))
    with pytest.raises(WrongUse, match=message):
        pipeline.read(str(path))


def test_names_of_groups_come_from_the_code_lists() -> None:
    """Every wijk of the list is there in its order, whoever lives there."""
    labels = group_labels(WIJK, chain.read(WIJK.chain))["group_label"]
    own = dict(labels.filter(grouping="wijk").select("group_code", "label").iter_rows())
    lines = (WIJK.contracts / "codelists" / "wijken.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert list(own) == [line.split(";")[0] for line in lines]
    assert own["WK019311"] == "Diezerpoort"


def test_only_a_named_group_with_figures_of_the_newest_month_has_a_page(tables: dict[str, Released]) -> None:
    """Not all together, the small ones together, who is in no known group, or a group that became too small."""
    codes = set(tables["released_stock_flow"].frame.filter(grouping="wijk")["group_code"])
    assert codes == {"WK019310", "WK019311", "onbekend", "overig", "totaal"}
    (found,) = group_pages(WIJK, tables)
    assert found.groups == {code: NAMES[code] for code in ("WK019310", "WK019311")}
    (none,) = group_pages(WIJK, without_groups(tables))
    assert none.groups == {}


# --- the site -----------------------------------------------------------------------------------------------------


def test_every_group_has_its_page_under_the_overview(tmp_path: Path) -> None:
    """Named after notebook and code, called after the group, and each told which group it is for."""
    one = notebook(tmp_path, "wijk", "assert group in {'WK1', 'WK_2'}", group=True)
    pages = built(tmp_path, (loop(one, {"WK1": "Noord & Oost", "WK_2": "Zuid"}),), notebook(tmp_path, "wijken"))
    assert set(pages) == {"index", "wijken", "wijk-wk1", "wijk-wk-2"}
    kept = [(tmp_path / "run" / f"{name}.ipynb").read_text(encoding="utf-8") for name in ("wijk-wk1", "wijk-wk-2")]
    assert ['group = \\"WK1\\"' in kept[0], 'group = \\"WK_2\\"' in kept[1]] == [True, True]
    assert "<h1>Wijk Noord &amp; Oost</h1>" in pages["wijk-wk1"]
    nested = re.search(r'wijken\.html">Wijken</a>\s*<ul class="namen">(.*?)</ul>', pages["index"], re.DOTALL)
    assert nested
    assert re.findall(r'href="([^"]+)"', nested[1]) == ["wijk-wk1.html", "wijk-wk-2.html"]
    assert "Een pagina per wijk" in pages["wijken"]
    assert {"wijk-wk1.html", "wijk-wk-2.html"} <= set(Seen(pages["wijken"]).values("href"))
    onward = set(Seen(pages["wijk-wk1"]).values("href"))
    assert {"wijken.html", "wijk-wk-2.html"} <= onward
    assert "wijk-wk1.html" not in onward


def test_without_a_large_enough_group_the_overview_says_so(tmp_path: Path) -> None:
    """There are no pages, and nothing fails."""
    one = notebook(tmp_path, "wijk", "1 / 0", group=True)
    pages = built(tmp_path, (loop(one, {}),), notebook(tmp_path, "wijken"))
    assert set(pages) == {"index", "wijken"}
    assert "Geen groep is groot genoeg voor een eigen pagina" in pages["wijken"]


def test_a_page_that_fails_names_its_group(tmp_path: Path) -> None:
    """The line has the notebook, the group and the cell; nothing is published."""
    one = notebook(tmp_path, "wijk", "one = 1 / (group != 'WK2')", group=True)
    with pytest.raises(NotebookFailed, match=r"^wijk\.ipynb \(WK2\): fout in cel 3\."):
        built(tmp_path, (loop(one, {"WK1": "Noord", "WK2": "Zuid", "WK3": "Oost"}),), notebook(tmp_path, "wijken"))
    assert not (tmp_path / "uit").exists()


@pytest.mark.parametrize(
    ("groups", "name", "message"),
    [
        ({"WK1": "Noord", "wk1": "Zuid"}, "wijk", "twee groepen krijgen dezelfde pagina"),
        ({"WK1": "Noord"}, "wijk-wk1", "Twee pagina's zouden wijk-wk1 heten"),
        ({"../x": "Noord"}, "wijken", "De naam van een pagina per groep"),
    ],
)
def test_two_pages_never_share_a_name(tmp_path: Path, groups: dict[str, str], name: str, message: str) -> None:
    """And a code that is no file name makes none; all before anything runs."""
    one = notebook(tmp_path, "wijk", group=True)
    other = one if name == "wijk" else notebook(tmp_path, name)
    first = notebook(tmp_path, "wijken") if other == one else other
    with pytest.raises(WrongUse, match=message):
        built(tmp_path, (loop(one, groups, first.stem),), first)


def test_a_page_sees_nothing_of_the_page_before_it(tmp_path: Path) -> None:
    """In the same kernel: no name, no folder, no file, no count of cells is left."""
    leave = "import os\nif group != 'WK1':\n    assert 'left' not in globals()\n    assert len(Out) == 0"
    check = "assert os.listdir() == []\nleft = 1\nopen('left', 'x').close()\nos.mkdir('there')\nos.chdir('there')"
    one = notebook(tmp_path, "wijk", leave, check, group=True)
    groups = {f"WK{number}": f"{number}" for number in range(1, 6)}
    assert len(built(tmp_path, (loop(one, groups),), notebook(tmp_path, "wijken"))) == 7
    for path in (tmp_path / "run").glob("wijk-*.ipynb"):
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in cells] == [1, 2, 3, 4, 5]


# --- the notebooks and charts -------------------------------------------------------------------------------------


def test_the_pages_of_the_wijken_are_made(tables: dict[str, Released], tmp_path: Path) -> None:
    """The overview and a page per wijk, each with charts, tables and what it must say."""
    database = tmp_path / "released.duckdb"
    disclosure.write(tables, database)
    loops = tuple(group_pages(WIJK, tables))
    given = {"released": str(database)}
    site = build_site(WIJK.notebooks, given, tmp_path / "run", tmp_path / "uit", RELEASE, lambda _: None, loops=loops)
    pages = {path.stem: path.read_text(encoding="utf-8") for path in site.glob("wijk*.html")}
    assert set(pages) == {"wijken", "wijk-wk019310", "wijk-wk019311"}
    for name, html in pages.items():
        words = Seen(html).words
        assert html.count('class="grafiek"') == (3 if name == "wijken" else 2), name
        assert "laten niet zien waardoor wijken verschillen" in words, name
        assert "Fictieve gegevens" in words, name
        assert "afgerond op" in words, name
        assert not re.search(r"\b(None|null|nan)\b", words), name
    assert "Wijk Diezerpoort" in Seen(pages["wijk-wk019311"]).words
    assert "Binnenstad: vaker vooruit dan" in Seen(pages["wijk-wk019310"]).words


def figures(tables: dict[str, Released], group: str = "") -> dict[str, charts.Figure]:
    """Return the charts of the overview, or of a group."""
    flows, labels = tables["released_stock_flow"], tables["group_label"]
    people = {"people": charts.group_people(flows, labels, "wijk", group)}
    if group:
        return people | {"beside": charts.group_beside(tables["group_share"], "wijk", group)}
    return people | {"traffic": charts.group_traffic(flows, labels, "wijk")}


@pytest.mark.parametrize("group", ["", "WK019310"])
def test_the_table_has_every_number_that_is_drawn(tables: dict[str, Released], group: str) -> None:
    """People of a wijk on one day a year; who came in and left every month of everyone together; as released."""
    flows = tables["released_stock_flow"].frame.filter(family="stock_flow")
    found = figures(tables, group)
    of_group = flows.filter(grouping="wijk", group_code=group or "WK019311")
    people = of_group.filter(from_position="totaal", to_position="totaal").sort("month")
    column = found["people"].table["Binnenstad" if group else "Diezerpoort"].to_list()
    assert [int(cell.replace(".", "")) for cell in column] == people["persons"].to_list()
    assert people.height == 2
    if group:
        return
    came = flows.filter(grouping="", from_position="buiten", to_position="totaal").sort("month")
    shown = [0 if "-" in cell else int(cell.replace(".", "")) for cell in found["traffic"].table["Kwamen erbij"]]
    assert shown == came["persons"].to_list()
    assert found["traffic"].table["Status"].to_list().count("voorlopig") == 3


def test_a_wijk_has_no_months(tables: dict[str, Released]) -> None:
    """A month of a wijk is mostly rounding: it is not drawn, and not in what leaves."""
    with pytest.raises(WrongUse, match="geen aantallen per maand: toon een jaar"):
        charts.group_traffic(tables["released_stock_flow"], tables["group_label"], "wijk", "WK019310")
    of_wijken = tables["released_stock_flow"].frame.filter(grouping="wijk", family="stock_flow")
    assert of_wijken["month"].n_unique() == 2


def test_a_difference_that_rounding_can_make_is_none(tables: dict[str, Released]) -> None:
    """The table of now and a year ago says so, and counts only the others in its title."""
    table = charts.group_table(tables["released_stock_flow"], tables["group_label"], "wijk")
    base = tables["released_stock_flow"].frame.filter(grouping="wijk")["base"].item(0)
    for row in table.frame.iter_rows():
        now, before = (int(cell.replace(".", "")) for cell in row[1:3])
        assert (row[3] == "kan afronding zijn") == (abs(now - before) <= 2 * (base - 1))
    assert [row[0] for row in table.frame.iter_rows()][:2] == ["Binnenstad", "Diezerpoort"]


def test_a_town_without_large_groups_shows_everyone(tables: dict[str, Released]) -> None:
    """The overview still has its charts, of the whole chain, and says why there are no groups."""
    found = figures(without_groups(tables))
    assert found["people"].title == "Geen groep heeft elke maand minstens 50 mensen"
    assert found["people"].table.columns == ["Datum", "Iedereen in de keten", "Status"]
    assert len(found["traffic"].table) > 12


def test_a_group_that_is_too_small_on_the_day_is_said_to_be(tables: dict[str, Released]) -> None:
    """It may be large enough in every month that is shown, and not be in the figures of the year."""
    figure = charts.group_beside(tables["group_share"], "wijk", "WK019332")
    assert figure.title == "Vechtlanden: te weinig mensen om stappen vooruit en terug te laten zien"
    assert "minder dan 50 mensen" in figure.svg()


def test_who_comes_in_is_not_drawn_as_a_step(tables: dict[str, Released]) -> None:
    """The colours of forward and back are those of steps only."""
    traffic = figures(tables)["traffic"].svg()
    assert not re.search(r"keten-(vooruit|terug)", traffic)
    assert "Kwamen erbij" in traffic
    assert not re.search(r"[Ss]tappen", traffic)


def test_a_chart_is_checked_against_the_schema_outside_a_report(tables: dict[str, Released]) -> None:
    """What is left out in the kernel of a report is done here."""
    for group in ("", "WK019311"):
        for figure in figures(tables, group).values():
            assert figure.chart.to_dict(validate=True)


def test_a_release_without_loops_is_as_before(tmp_path: Path) -> None:
    """No page stands under another."""
    html = built(tmp_path, (), notebook(tmp_path, "wijken"))["wijken"]
    assert "namen" not in html.partition("</style>")[2]


@pytest.mark.parametrize(
    ("came", "left", "title", "lines"),
    [
        ([0, 0, 0, 10], [0, 0, 0, 10], "Alle wijken samen: meestal weinig mensen erbij en eruit", 0),
        ([0] * 4, [0] * 4, "Alle wijken samen: elke maand weinig mensen erbij en eruit", 0),
        (
            [10, 20, 10, 20],
            [20, 10, 10, 10],
            "Alle wijken samen: het verschil tussen erbij en eruit kan elke maand afronding zijn",
            0,
        ),
        (
            [40, 10, 40, 40],
            [10, 10, 10, 10],
            "Alle wijken samen: in 3 maanden kwamen er meer mensen bij dan eruit gingen",
            1,
        ),
    ],
)
def test_what_rounding_alone_can_make_is_drawn_as_no_movement(
    came: list[int], left: list[int], title: str, lines: int
) -> None:
    """The line of the balance is there when a month has one; few people are said to be few."""
    months = [date(2025, month, 1) for month in (6, 7, 8, 9)]
    names = {"family": pl.String, "grouping": pl.String, "group_code": pl.String, "month": pl.Date}
    names |= {"from_position": pl.String, "to_position": pl.String}
    counts = {"persons": pl.Int64, "base": pl.Int64, "bound": pl.Int64, "provisional": pl.Boolean}
    rows = [
        ("stock_flow", "", "", month, *way, count, 10, 9, False)
        for way, series in ((("buiten", "totaal"), came), (("totaal", "buiten"), left))
        for month, count in zip(months, series, strict=True)
    ]
    flows = released("released_stock_flow", names | counts, rows, None)
    labels = released("group_label", {"grouping": pl.String, "group_code": pl.String, "label": pl.String}, [], None)
    shown = charts.group_traffic(flows, labels, "wijk")
    assert shown.title == title
    assert [shown.subtitle.count("Lijn = saldo"), shown.description.count("saldo als lijn")] == [lines, lines]
    assert shown.svg().count(">Saldo<") == lines
    assert sum("aldo" in head for head in shown.table.columns) == lines
    assert [name for name in ("jun", "jul", "aug", "sep") if f">{name}<" not in shown.svg()] == []
