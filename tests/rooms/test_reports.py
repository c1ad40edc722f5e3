"""Reports: what may leave a notebook, what a page is, and how a release is published."""

import ast
import base64
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import wijken
from participatieketen import disclosure, places
from participatieketen.errors import DisclosureRefused, KetenError, NoAccess, WrongUse
from participatieketen.recipes import MIME, Recipe
from participatieketen.reports import Release, airlock, build_site, site
from participatieketen.reports.drawings import inline
from participatieketen.reports.nodes import code, display, markdown, notebook
from participatieketen.reports.notebooks import check_parameters, execute, read
from participatieketen.reports.pages import page
from webpage import Seen

JANUARY = date(2026, 1, 1)
RELEASE = Release(
    id="2026-01",
    organisation="Gemeente 's-Proefstad",
    title="Participatieketen",
    peildatum=JANUARY,
    provisional_from=date(2025, 10, 1),
    fictional=True,
    run="run-1",
    made_on="22 januari 2026",
    record={"months": 24},
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">'
    '<defs><clipPath id="clip0"><rect width="9" height="9"/></clipPath></defs>'
    '<g clip-path="url(#clip0)" style="fill:red;behavior:url(x)" aria-label="value: 3" onclick="x()">'
    '<text x="1">1.235 &lt; 3</text></g></svg>'
)
TABLE: Mapping[str, Any] = {"columns": ["Van", "Stappen"], "rows": [["Bijstand", 1235], ["Werk", None]]}
FIGURE = {
    "kind": "figure",
    "id": "boog",
    "title": "Meer stappen vooruit dan terug",
    "subtitle": "Stappen in een jaar",
    "description": "Boogdiagram van de keten.",
    "caption": "Stappen per plek.",
    "table": TABLE,
}
LISTING = {"kind": "table", "id": "leveringen", "title": "Leveringen", "caption": "Per bron.", "table": TABLE}


def stamped(stamp: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a notebook node
    """Return what the run makes of a chart or a table with this stamp."""
    return airlock.output(deepcopy(dict(stamp)), SVG)


def report(*outputs: object, prose: str = "# Beweging\n\nInleiding.\n\n## Stappen\n") -> Any:  # noqa: ANN401
    """Return a notebook as the run passes it on: prose in cell 1, one code cell for each output from cell 2 on."""
    cells = [code("plaatje", outputs=[output], execution_count=1) for output in outputs]
    return notebook(cells=[markdown(prose), *cells])


def written_page(*outputs: object, release: Release = RELEASE, **prose: str) -> str:
    """Return the page of such a notebook."""
    return page(report(*outputs, **prose), release, "beweging.ipynb")


def on_disk(
    folder: Path, sources: Sequence[tuple[str, str]], name: str = "proef", meta: Mapping[str, Any] | None = None
) -> Path:
    """Write a notebook of (kind, source) cells; kind is markdown, code or parameters."""
    cells: list[dict[str, Any]] = [
        {
            "id": f"cel-{number}",
            "cell_type": "markdown" if kind == "markdown" else "code",
            "metadata": {"tags": ["parameters"]} if kind == "parameters" else {},
            "source": source,
            **({} if kind == "markdown" else {"outputs": [], "execution_count": None}),
        }
        for number, (kind, source) in enumerate(sources, start=1)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / f"{name}.ipynb"
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {**kernel, **(meta or {})}, "cells": cells}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


# --- parameters ---------------------------------------------------------------------------------------------------

PARAMETERS = 'released: str = ""  # pad\nmaanden: int = 24\naandeel: float = 0.5\nvoorlopig: bool = True'
GIVEN: Mapping[str, object] = {"released": "x", "maanden": 12, "aandeel": 1, "voorlopig": False}


def test_parameters_come_back_with_their_declared_types(tmp_path: Path) -> None:
    """A whole number is also a number; quotes and code in a text stay a text."""
    path = on_disk(tmp_path, [("parameters", PARAMETERS)])
    odd = 's-Gravenland"; import os #\\'
    checked = check_parameters(path, {**GIVEN, "released": odd})
    assert checked == {"released": odd, "maanden": 12, "aandeel": 1.0, "voorlopig": False}
    assert type(checked["aandeel"]) is float


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"relaesed": "x"}, "relaesed is geen parameter (bedoelt u released?)"),
        ({"kleur": "x"}, "kleur is geen parameter (bekend: released, maanden, aandeel, voorlopig)"),
        ({"maanden": "12"}, "maanden moet een geheel getal zijn"),
        ({"maanden": True}, "maanden moet een geheel getal zijn"),
        ({"maanden": None}, "maanden moet een geheel getal zijn"),
        ({"released": Path("x")}, "released moet tekst zijn"),
        ({"x=1\nimport os": 1}, "een van de namen kan geen parameter zijn"),
        ({"__class__": 1}, "een van de namen kan geen parameter zijn"),
        ({"import": 1}, "een van de namen kan geen parameter zijn"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(tmp_path: Path, change: Mapping[str, object], said: str) -> None:
    """Unknown, misspelt, wrongly typed and injecting parameters are wrong use, and an odd name is not repeated."""
    path = on_disk(tmp_path, [("parameters", PARAMETERS)])
    with pytest.raises(WrongUse) as caught:
        check_parameters(path, {**GIVEN, **change})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_complaints_about_parameters_come_at_once(tmp_path: Path) -> None:
    """What is missing, unknown and wrong stands in one line."""
    path = on_disk(tmp_path, [("parameters", PARAMETERS)])
    with pytest.raises(WrongUse, match=r"kleur is geen parameter.*released ontbreekt.*maanden moet"):
        check_parameters(path, {"kleur": 1, "maanden": "x", "aandeel": 1.0, "voorlopig": True})


@pytest.mark.parametrize(
    "source",
    [
        "released = ''",
        "released: str",
        "released: list = []",
        "import os",
        "released: str = os.environ['HOME']",
        "a: str = 'x'\na: str = 'y'",
        "a: str = 'x=y'",
        "_a: str = ''",
        "%cd /",
    ],
)
def test_the_parameters_cell_holds_only_typed_literals(tmp_path: Path, source: str) -> None:
    """A parameters cell that papermill could read in another way than Python does is refused."""
    path = on_disk(tmp_path, [("parameters", source)])
    with pytest.raises(WrongUse, match=r"proef\.ipynb"):
        check_parameters(path, {"released": ""})


def test_exactly_one_cell_is_tagged_parameters(tmp_path: Path) -> None:
    """Two parameters cells are as wrong as none."""
    path = on_disk(tmp_path, [("parameters", "a: str = ''"), ("parameters", "b: str = ''")])
    with pytest.raises(WrongUse, match="2 cellen met het label"):
        check_parameters(path, {"a": "x"})


def test_something_else_than_a_notebook_is_refused_without_quoting_it(tmp_path: Path) -> None:
    """A file that is no notebook is wrong use; what it holds is not repeated."""
    path = tmp_path / "proef.ipynb"
    path.write_text("111222333", encoding="utf-8")
    with pytest.raises(WrongUse, match="geen notebook") as caught:
        check_parameters(path, {})
    assert "111222333" not in str(caught.value)


def test_a_notebook_runs_in_this_environment_and_in_the_run_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foreign kernel called python3 is not used, and braces in a path are no papermill template."""
    foreign = tmp_path / "jupyter" / "kernels" / "python3"
    foreign.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "vreemd", "language": "python"}
    (foreign / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    where = "import os, sys\n(os.getcwd(), sys.prefix, released)"
    path = on_disk(tmp_path, [("parameters", 'released: str = ""'), ("code", where)])
    run = tmp_path / "run {x}"
    done = execute(path, {"released": "'s-\"Gravenland\\"}, run / "proef.ipynb", 60)
    assert len(done.cells) == 2
    said = done.cells[1].outputs[0].data["text/plain"]
    assert ast.literal_eval(said) == (str(run), sys.prefix, "'s-\"Gravenland\\")


# --- airlock ------------------------------------------------------------------------------------------------------

RECIPE = {"version": 1, "of": "charts.monthly_steps", "tables": ["step_month"], "parameters": {}}
CALL = 'charts.monthly_steps(tabellen["step_month"])'


def ran(source: str, *outputs: object) -> Any:  # noqa: ANN401 - a notebook node
    """Return a notebook of a title and one cell that showed these outputs."""
    return notebook(cells=[markdown("# Beweging"), code(source, outputs=list(outputs), execution_count=1)])


def recipe(content: object = RECIPE, **beside: object) -> Any:  # noqa: ANN401 - a notebook node
    """Return an output with this recipe, and other forms beside it."""
    return display("display_data", data={MIME: content, **beside}, metadata={"keten": {"kind": "figure"}})


def handed_over(source: str, *outputs: object) -> list[Any]:
    """Return the recipes of the one cell, as the airlock reads them."""
    nb = ran(source, *outputs)
    return [*airlock.recipes(nb, ran(source), {"group": "WK1"}, "beweging.ipynb")[1]]


def test_a_recipe_passes_and_nothing_beside_it_is_read() -> None:
    """Pictures, HTML and stamps in the same output are not looked at."""
    (found,) = handed_over(CALL, recipe(**{"text/html": "111222333", "image/svg+xml": "<svg><script/></svg>"}))
    assert found == Recipe("charts.monthly_steps", ("step_month",), {})


def test_a_page_is_made_of_the_text_before_the_run_and_what_the_run_made() -> None:
    """Of the notebook after the run nothing is taken: no text, no code, no metadata."""
    source = ran(CALL)
    passed = airlock.passed(source, [[], [airlock.output(FIGURE, SVG)]])
    assert [cell.source for cell in passed.cells] == ["# Beweging", ""]
    assert set(passed.cells[1].outputs[0].data) == {"image/svg+xml"}
    assert passed.cells[1].outputs[0].metadata["keten"] == FIGURE


@pytest.mark.parametrize(
    "svg", ["<svg><script/></svg>", "<svg><foreignObject/></svg>", "<!DOCTYPE svg><svg/>", "<svg>"]
)
def test_what_the_run_draws_is_checked_too(svg: str) -> None:
    """Nothing but shapes and text comes on a page, whoever drew it."""
    with pytest.raises(DisclosureRefused, match=r"^boog: een tekening"):
        airlock.output(FIGURE, svg)


def test_a_raw_cell_and_an_attachment_stop_publication() -> None:
    """Cells that are neither prose nor code, and pictures tucked into prose, do not pass."""
    nb = ran(CALL)
    nb.cells[0].attachments = {"kaart.png": {"image/png": "x"}}
    nb.cells[1].cell_type = "raw"
    with pytest.raises(DisclosureRefused, match=r"cel 1: een bijlage.*cel 2: een cel die geen tekst of code is"):
        airlock.recipes(nb, nb, {}, "beweging.ipynb")


# --- drawings -----------------------------------------------------------------------------------------------------


def test_a_drawing_gets_its_own_ids_and_one_description() -> None:
    """References follow the new ids; style becomes attributes; handlers and marks' own descriptions go."""
    drawn = inline(SVG, "boog", 'Een "boog" & meer')
    assert 'id="boog-1"' in drawn
    assert 'clip-path="url(#boog-1)"' in drawn
    assert 'fill="red"' in drawn
    assert 'viewBox="0 0 90 40"' in drawn
    assert 'role="img"' in drawn
    assert drawn.count("aria-label") == 1
    assert not re.search(r"style=|onclick|behavior|value: 3|http", drawn)


@pytest.mark.parametrize("value", ["url(http://x/y)", "URL( 'data:x' )", "url(#clip0) url(http://x)"])
def test_a_drawing_cannot_reach_outside_the_page(value: str) -> None:
    """An attribute that names another place than an id of this drawing is left out."""
    drawn = inline(SVG.replace('x="1"', f'fill="{value}"'), "boog", "x")
    assert "fill=" not in drawn.partition("<text")[2]


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_page_is_dutch_with_one_title_and_a_way_past_the_menu() -> None:
    """The language is nl, there is one h1, and the first link skips to the main part."""
    seen = Seen(written_page(stamped(FIGURE), stamped(LISTING)))
    tags = [tag for tag, _ in seen.tags]
    assert seen.tags[0] == ("html", {"lang": "nl"})
    assert tags.count("h1") == tags.count("main") == 1
    first_link = next(attrs for tag, attrs in seen.tags if tag == "a")
    assert first_link["href"] == "#inhoud"
    assert ("main", {"id": "inhoud", "tabindex": "-1"}) in seen.tags


def test_a_page_forbids_everything_but_its_own_stylesheet() -> None:
    """The policy names the stylesheet's hash; there is no script, no inline style and no handler."""
    html = written_page(stamped(FIGURE))
    css = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = next(attrs["content"] for tag, attrs in Seen(html).tags if attrs.get("http-equiv"))
    assert policy is not None
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:")
    assert "unsafe" not in policy
    assert not re.search(r"<script|\sstyle=|\son\w+=|javascript:", html, re.IGNORECASE)


def test_a_page_names_nothing_outside_itself() -> None:
    """No address of another machine and nothing that is loaded: links go to this page or its neighbours."""
    html = written_page(stamped(FIGURE), prose="# Beweging\n\n![kaart](http://ver.weg/kaart.png)\n")
    assert "http:" not in html
    assert "https:" not in html
    seen = Seen(html)
    assert seen.values("src") == []
    assert set(seen.values("href")) <= {"#inhoud", "index.html"}


def test_a_page_says_what_it_is_about() -> None:
    """Organisation, month, peildatum, provisional months, run and status stand in the header."""
    words = Seen(written_page()).words
    for text in (
        "Gemeente 's-Proefstad",
        "januari 2026",
        "1 januari 2026",
        "vanaf oktober 2025",
        "Gemaakt op 22 januari 2026 · run run-1",
        "concept, nog niet beoordeeld",
        "Fictieve gegevens",
    ):
        assert text in words


def test_real_figures_carry_no_fictional_mark() -> None:
    """The banner is there only for the fictional town."""
    assert "Fictieve gegevens" not in written_page(release=replace(RELEASE, fictional=False))


def test_a_chart_comes_with_its_figures_as_a_table() -> None:
    """The figure has a heading, a drawing with a description, and a table with caption, scopes and Dutch numbers."""
    html = written_page(stamped(FIGURE))
    seen = Seen(html)
    assert ("figure", {"aria-labelledby": "boog-titel", "class": "grafiek", "id": "boog"}) in seen.tags
    assert ("h3", {"id": "boog-titel"}) in seen.tags
    drawing = next(attrs for tag, attrs in seen.tags if tag == "svg")
    assert drawing["aria-label"] == "Boogdiagram van de keten."
    assert drawing["role"] == "img"
    assert [attrs.get("scope") for tag, attrs in seen.tags if tag == "th"] == ["col", "col", "row", "row"]
    assert '<td class="n">1.235</td>' in html
    assert "Stappen per plek. Een streepje betekent: niet getoond" in seen.words
    assert not re.search(r"\b(None|nan|null)\b", seen.words)


def test_a_long_table_shows_its_first_rows() -> None:
    """The other rows are one click away; together they are all rows, once."""
    rows = [[f"regel {number}", number] for number in range(30)]
    html = written_page(stamped({**LISTING, "table": {"columns": ["Regel", "Aantal"], "rows": rows}}))
    shown, _, folded = html.partition("<summary>Toon de overige 18 rijen</summary>")
    assert shown.count('scope="row"') == 12
    assert folded.count('scope="row"') == 18
    assert [f"regel {number}" for number in range(30)] == re.findall(
        r"regel \d+", html.replace("\N{NO-BREAK SPACE}", " ")
    )


def test_what_belongs_together_in_a_cell_stands_on_one_line() -> None:
    """A date, another short text and a band in brackets; a long text runs on."""
    row = ["29 september 2024", "niet in orde", "11% (tussen 8% en 14%)", "Er loopt iets in het register."]
    html = written_page(stamped({**LISTING, "table": {"columns": list("abcd"), "rows": [row]}}))
    cells = re.findall(r"<t[hd](?: scope=\"row\")?>([^<]*)</t[hd]>", html)
    assert [cell.replace("\N{NO-BREAK SPACE}", "_") for cell in cells] == [
        "29_september_2024",
        "niet_in_orde",
        "11% (tussen_8%_en_14%)",
        "Er loopt iets in het register.",
    ]


def test_raw_html_in_prose_stays_text() -> None:
    """A tag or script in prose is shown as typed, and a link that runs code goes nowhere."""
    prose = "# T\n\nA <script>alert(1)</script> <b>vet</b> [klik](javascript:x)\n\n<div onclick='x'>y</div>\n"
    html = written_page(prose=prose)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;vet" in html
    assert "<script" not in html
    assert "javascript:" not in html
    assert not [attrs for _, attrs in Seen(html).tags if "onclick" in attrs]


def test_texts_of_a_stamp_are_shown_as_typed() -> None:
    """Markup in a title, a caption or a cell is inert."""
    odd = "<img src=x onerror=alert(1)>"
    table = {"columns": [odd], "rows": [[odd]]}
    stamp = {**FIGURE, "title": odd, "subtitle": odd, "description": odd, "caption": odd, "table": table}
    seen = Seen(written_page(stamped(stamp), stamped({**stamp, "kind": "table"})))
    assert "img" not in [tag for tag, _ in seen.tags]
    assert seen.words.count(odd) == 9


def test_headings_skip_no_level_and_ids_are_unique() -> None:
    """Equal headings and figures get a number; a fourth level straight after a second becomes a third."""
    prose = "# T\n\n## Inhoud\n\n#### Diep\n\n## Inhoud\n"
    html = written_page(stamped(FIGURE), stamped(FIGURE), prose=prose)
    ids = [value for value in Seen(html).values("id") if value]
    assert len(set(ids)) == len(ids)
    assert re.findall(r'<h(\d)(?: id="([^"]*)")?', html) == [
        ("1", ""),
        ("2", "inhoud-2"),
        ("3", "diep"),
        ("2", "inhoud-3"),
        ("3", "boog-titel"),
        ("3", "boog-2-titel"),
    ]


def test_the_contents_link_to_the_sections() -> None:
    """Each second-level heading stands in the table of contents."""
    html = written_page(prose="# T\n\n## Eén stap\n\n## Twee\n")
    assert '<a href="#een-stap">Eén stap</a>' in html
    assert '<h2 id="een-stap">' in html
    assert '<a href="#twee">Twee</a>' in html


@pytest.mark.parametrize("prose", ["geen titel", "# Een\n\n# Twee\n"])
def test_a_page_without_exactly_one_title_is_refused(prose: str) -> None:
    """The author is told which notebook and what to write."""
    with pytest.raises(WrongUse, match=r"beweging\.ipynb: \d titels"):
        written_page(prose=prose)


def test_the_same_input_gives_the_same_page_but_for_one_line() -> None:
    """When and by which run is the only line that differs."""
    later = replace(RELEASE, made_on="23 januari 2026", run="run-2")
    first, second = written_page(stamped(FIGURE)), written_page(stamped(FIGURE), release=later)
    assert first == written_page(stamped(FIGURE))
    different = [a for a, b in zip(first.splitlines(), second.splitlines(), strict=True) if a != b]
    assert different == ['<p class="gemaakt">Gemaakt op 22 januari 2026 · run run-1</p>']


# --- publishing ---------------------------------------------------------------------------------------------------


def publish(folder: Path, release: Release = RELEASE, text: str = "eerste", keep: int = 12) -> Path:
    """Publish a release of one page."""
    html = f'<h1>{text}</h1>\n<p class="gemaakt">{release.made_on}</p>\n'
    return site.publish({"beweging": html}, {"beweging": "Beweging"}, release, folder, keep)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_release_holds_its_pages_index_and_record(tmp_path: Path) -> None:
    """Others than the one who runs can read it, and nothing half built is left."""
    target = publish(tmp_path)
    assert target == tmp_path / "releases" / "2026-01"
    assert set(contents(tmp_path)) == {
        "feed.json",
        "index.html",
        *(f"releases/2026-01/{name}" for name in ("beweging.html", "index.html", "release.json", "run.json")),
    }
    assert json.loads((target / "run.json").read_text(encoding="utf-8")) == {"months": 24}
    assert '<a href="beweging.html">Beweging</a>' in (target / "index.html").read_text(encoding="utf-8")
    assert (target / "beweging.html").stat().st_mode & 0o777 == 0o644
    assert target.stat().st_mode & 0o777 == 0o755


def test_the_start_page_lists_releases_newest_first(tmp_path: Path) -> None:
    """Each with its month, peildatum and, where it applies, the fictional mark."""
    publish(tmp_path)
    publish(tmp_path, replace(RELEASE, id="2026-02", peildatum=date(2026, 2, 1), fictional=False))
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    addresses = re.findall(r'href="(releases/[^"]+)"', html)
    assert addresses == ["releases/2026-02/index.html", "releases/2026-01/index.html"]
    assert all((tmp_path / address).is_file() for address in addresses)
    assert "Participatieketen, februari 2026" in html
    assert "peildatum 1 januari 2026" in html
    assert html.count("fictieve gegevens") == 1


@pytest.mark.parametrize("step", ["write_new", "sync_folder", "_replace_start_page", "start_page"])
def test_a_failure_halfway_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Readers keep the start page and releases of before, and no half release is left behind."""
    publish(tmp_path)
    before = contents(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(site, step, full)
        with pytest.raises(NoAccess, match=r"zorg voor \d+ kB ruimte"):
            publish(tmp_path, replace(RELEASE, id="2026-02"), "tweede")
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
    assert not list(tmp_path.glob(".bouw*"))
    publish(tmp_path, replace(RELEASE, id="2026-02"), "tweede")
    assert "releases/2026-02/index.html" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    """A half built folder and a half written start page do not stand in the way."""
    (tmp_path / ".bouw-2026-01").mkdir()
    (tmp_path / ".bouw-2026-01" / "beweging.html").write_text("half", encoding="utf-8")
    (tmp_path / ".bouw-index.html").write_text("half", encoding="utf-8")
    publish(tmp_path)
    assert not list(tmp_path.glob(".bouw*"))


def test_the_same_release_again_changes_nothing(tmp_path: Path) -> None:
    """Also when it was made at another moment by another run."""
    publish(tmp_path)
    before = contents(tmp_path)
    publish(tmp_path, replace(RELEASE, made_on="later", run="run-2"))
    assert contents(tmp_path) == before


def test_a_published_release_never_changes(tmp_path: Path) -> None:
    """Other content under the same id is refused."""
    publish(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(WrongUse, match="al gepubliceerd met een andere inhoud"):
        publish(tmp_path, text="iets anders")
    assert contents(tmp_path) == before


def test_old_releases_go_but_three_always_stay(tmp_path: Path) -> None:
    """The newest by peildatum stay, and the one just published whatever its month."""
    for month in range(2, 7):
        publish(tmp_path, replace(RELEASE, id=f"2026-0{month}", peildatum=date(2026, month, 1)), keep=1)
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == ["2026-04", "2026-05", "2026-06"]
    publish(tmp_path, keep=1)
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == ["2026-01", "2026-05", "2026-06"]
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"releases/([\d-]+)/", html) == ["2026-06", "2026-05", "2026-01"]


def test_a_damaged_old_release_does_not_stop_a_new_one(tmp_path: Path) -> None:
    """It is listed by its folder's name."""
    publish(tmp_path)
    (tmp_path / "releases" / "2026-01" / "release.json").write_text("{", encoding="utf-8")
    publish(tmp_path, replace(RELEASE, id="2026-02"))
    assert "gegevens van deze uitgave ontbreken" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", "x.html", ".bouw"])
def test_a_name_is_one_plain_folder(name: str) -> None:
    """A release cannot be written anywhere else than in its own folder."""
    with pytest.raises(WrongUse, match="kleine letters, cijfers en streepjes"):
        replace(RELEASE, id=name)


# --- the whole ----------------------------------------------------------------------------------------------------


def test_a_site_is_built_from_notebooks(tmp_path: Path) -> None:
    """Notebooks run side by side, and their pages appear together in the order given."""
    call = f"from participatieketen.recipes import charts, tabellen\n{CALL}"
    sources = [("markdown", "# Pagina"), ("parameters", 'released: str = ""'), ("code", call)]
    notebooks = [on_disk(tmp_path, sources, "twee"), on_disk(tmp_path, sources, "een")]
    said: list[str] = []
    database = tmp_path / "released.duckdb"
    disclosure.write(wijken.tables(), database)
    target = build_site(
        notebooks, {"released": str(database)}, tmp_path / "run", tmp_path / "uit", RELEASE, said.append
    )
    index = (target / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="(\w+\.html)"', index) == ["twee.html", "een.html"]
    assert "Stappen vooruit" in (target / "een.html").read_text(encoding="utf-8")
    assert sorted(said) == ["een: uitgevoerd", "gepubliceerd: 2026-01", "twee: uitgevoerd"]


@pytest.mark.parametrize(
    ("last", "meta", "error"),
    [
        ("print(111222333)", {}, DisclosureRefused),
        ("1", {"keten": {"publiceren": False}}, WrongUse),
    ],
)
def test_a_site_with_one_wrong_notebook_is_not_published(
    tmp_path: Path, last: str, meta: Mapping[str, Any], error: type[KetenError]
) -> None:
    """A print in a cell, or a notebook that is for analysts only, leaves nothing published."""
    sources = [("markdown", "# Pagina"), ("parameters", 'released: str = ""'), ("code", last)]
    path = on_disk(tmp_path, sources, meta=meta)
    with pytest.raises(error, match=r"proef\.ipynb"):
        build_site([path], {"released": "x"}, tmp_path / "run", tmp_path / "uit", RELEASE, print)
    assert not (tmp_path / "uit").exists()


# --- the project's own notebooks ----------------------------------------------------------------------------------

NOTEBOOKS = sorted((places.project() / "notebooks").glob("*.ipynb"))
FOR_ANALYSTS = {"start": ("released", "extract"), "verkenning": ("extract",)}
"""What is never published, and the parameters of each."""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_prose_with_windows(path: Path) -> None:
    """No outputs kept, no definitions, cells of at most 12 lines, one title, a proper parameters cell."""
    nb = read(path)
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert max(len(cell.source.splitlines()) for cell in cells) <= 12
    assert not any(re.search(r"^\s*(def|class|lambda)\b", cell.source, re.MULTILINE) for cell in cells)
    assert nb.cells[0].source.startswith("# ")
    names = {**FOR_ANALYSTS, "wijk": ("released", "group")}.get(path.stem, ("released",))
    given = dict.fromkeys(names, "x")
    assert check_parameters(path, given) == given


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_only_what_is_for_analysts_opens_persons_and_is_never_published(path: Path) -> None:
    """A report's notebook imports no room that sees persons."""
    nb = read(path)
    source = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    rooms = re.search(r"\b(extract|intake|spells|timelines|moves|estimates|pseudonyms|import duckdb)\b", source)
    private = nb.metadata.get("keten", {}).get("publiceren") is False
    assert private == (path.stem in FOR_ANALYSTS) == bool(rooms)
