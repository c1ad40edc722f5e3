"""Reports: the start page, the feed, a release's own index and its page of definitions."""

import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from conftest import MVAD, Run
from participatieketen import chain, contracts, pipeline
from participatieketen.findings import Finding
from participatieketen.reports import Release, nodes, site
from participatieketen.reports.definitions import definitions, table_of
from participatieketen.reports.pages import about_of, listed_pages, page

MONTHLY = pipeline.read("maandrapportage")
FOUND = tuple(
    Finding(f"f{n}", "jaar", f"Titel {n}", "stappen", "beide", "d", "beweging", str(n), f"Zin {n} & meer.")
    for n in range(4)
)
RELEASE = Release(
    id="2026-01",
    organisation="Gemeente",
    title="Participatieketen",
    peildatum=date(2026, 1, 1),
    provisional_from=date(2025, 10, 1),
    fictional=False,
    run="run-1",
    made_on="22 januari 2026",
    record={},
    made="2026-01-22",
    findings=FOUND,
    news=("September 2025 telt nu voor het eerst mee.", "Stappen < vooruit: 35."),
)


def published(folder: Path, *releases: Release) -> str:
    """Return the start page after these releases."""
    for release in releases:
        site.publish({"beweging": "<h1>x</h1>"}, {"beweging": "Beweging"}, release, folder, downloads={"d/a.csv": b"x"})
    return (folder / "index.html").read_text(encoding="utf-8")


def words(html: str) -> str:
    """Return the text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2])).split())


def test_the_start_page_tells_the_newest_release(tmp_path: Path) -> None:
    """That nobody judged it yet, what changed, and its first three findings; of older ones title and day."""
    older = replace(RELEASE, id="2025-12", peildatum=date(2025, 12, 1), news=("Oud.",), findings=())
    told = words(published(tmp_path, older, RELEASE))
    parts = [
        "Wat is dit?",
        "De nieuwste uitgave",
        "Participatieketen, januari 2026",
        "gemaakt op 22 januari 2026",
        "Dit is een concept",
        "Wat is er nieuw? September 2025 telt nu voor het eerst mee. Stappen < vooruit: 35.",
        "In het kort Zin 0 & meer. Zin 1 & meer. Zin 2 & meer.",
        "Andere uitgaven Participatieketen, december 2025",
    ]
    assert [told.find(part) for part in parts] == sorted(told.find(part) for part in parts)
    assert told.find(parts[0]) >= 0
    assert "Zin 3" not in told
    assert "Oud." not in told


def test_a_release_of_before_findings_is_still_listed(tmp_path: Path) -> None:
    """Without sentences."""
    published(tmp_path, RELEASE)
    path = tmp_path / "releases" / "2026-01" / "release.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({name: told[name] for name in told if name not in {"findings", "news", "made"}}))
    html = published(tmp_path, replace(RELEASE, id="2025-12", peildatum=date(2025, 12, 1)))
    assert "Participatieketen, januari 2026" in html
    assert "Zin 0" not in html
    items = json.loads((tmp_path / "feed.json").read_text(encoding="utf-8"))["items"]
    assert items[0]["content_text"] == items[0]["title"]
    assert "date_published" not in items[0]


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"since": "Er is 1 nieuw."}, "nieuw? Er is 1 nieuw. "),
        ({"news": ["A.", "B."]}, "nieuw? A. B. "),
        ({"news": None}, "gegevens van deze uitgave ontbreken"),
        ({"since": 7}, "gegevens van deze uitgave ontbreken"),
    ],
)
def test_what_an_old_release_says_of_its_changes_is_told(
    tmp_path: Path, changed: dict[str, object], shown: str
) -> None:
    """One sentence of a release of before, many of one of now; what is neither does not stop a new release."""
    published(tmp_path, RELEASE)
    path = tmp_path / "releases" / "2026-01" / "release.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    del told["news"]
    path.write_text(json.dumps(told | changed), encoding="utf-8")
    assert shown in words(published(tmp_path, replace(RELEASE, id="2025-12", peildatum=date(2025, 12, 1))))


def test_the_start_page_names_the_positions_in_order(tmp_path: Path) -> None:
    """As the newest release has them; without any it says nothing of them."""
    placed = replace(RELEASE, positions=("Bijstand", "Werk & meer"))
    assert "De plekken in volgorde: Bijstand, Werk & meer." in words(published(tmp_path / "met", placed))
    assert "De plekken" not in words(published(tmp_path / "zonder", RELEASE))


def test_the_start_page_warns_above_invented_numbers(tmp_path: Path) -> None:
    """In a box of its own, before what is new; and not when the numbers are real."""
    for fictional in (True, False):
        html = words(published(tmp_path / str(fictional), replace(RELEASE, fictional=fictional)))
        assert ("Trek er geen conclusies uit." in html.partition("Wat is er nieuw?")[0]) is fictional


def test_the_leading_report_comes_before_others_of_the_same_day(tmp_path: Path) -> None:
    """Whatever their names and whichever was made last; a report of a later day comes before both."""
    published(tmp_path, replace(RELEASE, id="maand", title="Maand", leading=True, made="2026-01-07"))
    html = words(published(tmp_path, replace(RELEASE, id="wijk", title="Wijk", made="2026-01-08")))
    assert -1 < html.find("De nieuwste uitgave Maand, januari 2026") < html.find("Wijk, januari 2026")
    html = words(published(tmp_path, replace(RELEASE, id="later", title="Later", peildatum=date(2026, 2, 1))))
    assert "De nieuwste uitgave Later, februari 2026" in html


def test_a_release_says_of_its_pages_what_each_is_about(tmp_path: Path) -> None:
    """On its own index; what changed stands on its first page and on the start page."""
    titles, about = {"beweging": "Beweging", "wijk-a": "Wijk A"}, {"beweging": "Wie < ging?", "wijk-a": "Een wijk."}
    pages = dict.fromkeys(titles, "<h1>x</h1>")
    place = site.publish(pages, titles, RELEASE, tmp_path, under={"wijk-a": "beweging"}, about=about)
    told = words((place / "index.html").read_text(encoding="utf-8"))
    assert "nieuw" not in told
    assert "In deze uitgave Beweging Wie < ging? Wijk A Alle uitgaven" in told


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["# Titel\n\nWie ging er **vooruit**, en wie\nterug? Dit is meer."], "Wie ging er vooruit, en wie terug?"),
        (["# Titel", "## Deel\n\n- een lijst\n\nZonder punt 1.500 keer"], "Zonder punt 1.500 keer"),
        (["# Titel", "> Let op."], ""),
    ],
)
def test_a_page_is_listed_with_its_first_sentence(cells: list[str], said: str) -> None:
    """Of its first paragraph, as plain text; a page without one has none."""
    assert about_of(nodes.notebook(cells=[nodes.markdown(cell) for cell in cells])) == said


def test_the_town_lists_each_page_with_what_it_is_about(town: Run) -> None:
    """One sentence under every title, those of pages that no notebook makes too."""
    listed = re.findall(r"<li><a [^>]+>([^<]+)</a>(?:<p>([^<]+)</p>)?", town.pages["index.html"])
    assert len(listed) == len([name for name in town.pages if name.endswith(".html")]) - 1
    assert [title for title, said in listed if not re.fullmatch(r"[A-Z][^.?!]+[.?!]", said)] == []
    assert dict(listed)["Definities"] == "Wat betekenen de woorden en getallen in deze uitgave?"


def test_the_feed_is_a_json_feed(tmp_path: Path) -> None:
    """Version 1.1: what it has to have, every release with its sentences, newest first, and no other machine."""
    published(tmp_path, RELEASE, replace(RELEASE, id="2026-02", peildatum=date(2026, 2, 1), fictional=True))
    feed = json.loads((tmp_path / "feed.json").read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["language"] == "nl"
    assert [item["id"] for item in feed["items"]] == ["2026-02", "2026-01"]
    assert all((tmp_path / item["url"]).is_file() for item in feed["items"])
    assert feed["items"][1]["content_text"].split("\n") == [*RELEASE.news, *(one.sentence for one in FOUND)]
    assert feed["items"][0]["content_text"].startswith("Fictieve gegevens.\n")
    assert feed["items"][0]["date_published"] == "2026-01-22T00:00:00Z"
    assert "http" not in json.dumps(feed["items"])


def test_downloads_are_there_before_the_release_is(tmp_path: Path) -> None:
    """In their folder, open to readers, under the name that the release gets in one step."""
    published(tmp_path, RELEASE)
    place = tmp_path / "releases" / "2026-01" / "d" / "a.csv"
    assert place.read_bytes() == b"x"
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o644, 0o755)


def test_every_link_of_the_town_leads_somewhere(town: Run, mvad: Run) -> None:
    """To a file that is there or a place on the page; no page is left out, and none has a script."""
    for run in (town, mvad):
        folder = run.site.page.parent
        pages = {folder / name: html for name, html in run.pages.items() if name.endswith(".html")}
        pages[folder.parents[1] / "index.html"] = (folder.parents[1] / "index.html").read_text(encoding="utf-8")
        for path, html in pages.items():
            targets = [unescape(target) for target in re.findall(r'href="([^"]+)"', html)]
            assert [to for to in targets if to[0] != "#" and not (path.parent / to).is_file()] == [], path.name
            assert [to for to in targets if to[0] == "#" and f'id="{to[1:]}"' not in html] == [], path.name
            assert "<script" not in html
        assert {Path(to).name for to in re.findall(r'href="([\w-]+\.html)"', run.pages["index.html"])} == {
            name for name in run.pages if name.endswith(".html") and name != "index.html"
        }


def test_each_page_leads_to_the_others(town: Run) -> None:
    """By their titles; not to itself."""
    for name in ("overzicht", "beweging", "definities"):
        onward = town.pages[f"{name}.html"].partition('class="verder">')[2].partition("</nav>")[0]
        assert "Zijn de gegevens bruikbaar?" in words(f"<body>{onward}")
        assert f'href="{name}.html"' not in onward
        assert 'href="downloads.html">Downloads' in onward


def test_definitions_are_those_of_the_files() -> None:
    """Every position, rule of time, contract, field and rule of the chain and contracts that steer the run."""
    rules, promised = chain.read(MONTHLY.chain), contracts.read_folder(MONTHLY.contracts)
    told = words(page(definitions(rules, promised), RELEASE, "definities"))
    assert all(text in told for text in (*rules.notes, *(position.label for position in rules.positions)))
    assert all(f"{one.title}: de kolommen" in told and one.purpose and one.purpose in told for one in promised.values())
    for one in promised.values():
        assert all(f"{known.name} {known.description}" in told for known in one.fields)
        assert all(rule.message in told for rule in one.rules)
    assert "30 dagen" in told
    assert "730 dagen" in told
    assert (
        "Het register bijstand stopte om reden 11 of 13 en er loopt niets anders, ook begint er kort daarna niets in"
        in told
    )
    assert "Er loopt iets in het register bijstand, met statistiekcode 01, 02, 03 of 14." in told
    assert "vanaf 1 oktober 2021" in told


def test_definitions_change_with_the_chain() -> None:
    """Another gap is another page."""
    rules, promised = chain.read(MVAD.parent / "chain.toml"), contracts.read_folder(MVAD.parent / "contracts")
    shown = [page(definitions(replace(rules, gap_days=gap), promised), RELEASE, "definities") for gap in (1, 14)]
    assert "1 dag " in words(shown[0])
    assert "14 dagen" in words(shown[1])


def test_definitions_name_the_groups_of_a_code_list() -> None:
    """A reader knows the groups, not the list they come from."""
    rules, promised = chain.read(MONTHLY.chain), contracts.read_folder(MONTHLY.contracts)
    told = words(page(definitions(rules, promised, {"geslacht": ["man", "vrouw"]}), RELEASE, "definities"))
    assert "Geslacht man, vrouw" in told
    assert "Leeftijd jonger dan 27, 27 tot 45, 45 en ouder" in told
    assert "Leefvorm codelijst leefvorm" in told


def test_definitions_show_the_examples_of_the_chain() -> None:
    """Each with its title, its text and both tables, cell by cell as they are drawn, days in full; made up, it says."""
    rules, promised = chain.read(MONTHLY.chain), contracts.read_folder(MONTHLY.contracts)
    html = page(definitions(rules, promised), RELEASE, "definities")
    told = words("<body>" + html.partition('<h2 id="voorbeelden">')[2])
    assert told.startswith("Voorbeelden Hier staan de regels in voorbeelden. Alle voorbeelden zijn fictief")
    for example in rules.examples:
        for text, part in ((example.given, "in"), (example.expected, "uit")):
            table = table_of(text)
            cells = [cell for row in [table["columns"], *table["rows"]] for cell in row]
            place = html.partition(f'id="voorbeeld-{example.code}-{part}"')[2].partition("</table>")[0]
            assert words(f"<body>{place.partition('</caption>')[2]}") == " ".join(" ".join(cells).split())
            assert "<caption>" in place
            assert place.count('scope="col"') == len(table["columns"])
            assert place.count('scope="row"') == len(table["rows"])
        assert f"{example.title} {example.text} Wat de registers zeggen" in told
    assert len(set(re.findall(r'aria-label="Tabel: ([^"]+)"', html))) == html.count('aria-label="Tabel: ')


def test_an_example_is_drawn_in_plain_text_and_shown_in_dutch() -> None:
    """A day in full, a month without a day, an end that is not there yet; what is no day stays as it is."""
    assert table_of("""
        maand      | register | einddatum  | reden
        2024-03-01 | bijstand | 2024-03-31 | 11
        2024-04-01 | bijstand |            |
    """) == {
        "columns": ["Maand", "Register", "Einddatum", "Reden"],
        "rows": [["maart 2024", "bijstand", "31 maart 2024", "11"], ["april 2024", "bijstand", "loopt nog", ""]],
    }


def test_a_chain_without_examples_shows_none() -> None:
    """Those of another chain would say what does not hold for it."""
    rules, promised = chain.read(MVAD.parent / "chain.toml"), contracts.read_folder(MVAD.parent / "contracts")
    html = page(definitions(rules, promised), RELEASE, "definities")
    assert "oorbeeld" not in html.partition("<body>")[2]


def test_pages_are_listed_in_their_order() -> None:
    """The first notebook is the first page."""
    assert [one.address for one in listed_pages({"b": "B", "a": "A"})] == ["b.html", "a.html"]


@pytest.mark.parametrize("name", ["maandrapportage", "halfjaarrapportage"])
def test_a_report_begins_with_what_matters_most(name: str) -> None:
    """The first page of every release."""
    assert pipeline.read(name).notebooks[0].stem == "overzicht"
