"""Every number that is published is released, a sum or difference that a page makes of them, or no figure."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from causes import CAUSES, KNOWN, causes
from conftest import Run
from figures import READING, TOKEN, Figures, counts
from publication import READERS, png_chunks, published, run_figures, tables_of, texts
from webpage import Text, is_axis, page_texts

RELEASE = "releases/[^/]+/"
PLACES = {
    "prose of a page": (f"{RELEASE}beweging.html", "<h2", "<p>Dit waren er {}.</p><h2"),
    "a title": (f"{RELEASE}groepen.html", "<title>", "<title>{} "),
    "a description": (f"{RELEASE}kwaliteit.html", "<title>", '<meta name="description" content="{}"><title>'),
    "a property": (f"{RELEASE}kwaliteit.html", "<title>", '<meta property="og:title" content="{}"><title>'),
    "a label": (f"{RELEASE}overzicht.html", 'aria-label="', 'aria-label="{} '),
    "an alternative": (f"{RELEASE}overzicht.html", "<h2", '<img alt="{}" src="data:,"><h2'),
    "a tooltip": (f"{RELEASE}doorstroom.html", "<h2", '<h2 title="{}"'),
    "an attribute": (f"{RELEASE}doorstroom.html", "<td", '<td data-aantal="{}"'),
    "a comment": (f"{RELEASE}index.html", "<h2", "<!-- {} --><h2"),
    "a cell": (f"{RELEASE}doorstroom.html", "<td", "<td>{}</td><td"),
    "a cell of settings": (f"{RELEASE}definities.html", "<td", "<td>{}</td><td"),
    "a text of a chart": (f"{RELEASE}beweging.html", "</svg>", "<text>{}</text></svg>"),
    "a chart read aloud": (f"{RELEASE}beweging.html", '<svg aria-label="', '<svg aria-label="{} '),
    "a drawing": (f"{RELEASE}downloads/beweging-boog-step-year.svg", "</svg>", "<text>{}</text></svg>"),
    "what a drawing is of": (f"{RELEASE}downloads/beweging-boog-step-year.svg", "</desc>", " {}</desc>"),
    "the page of definitions": (f"{RELEASE}definities.html", "<h2", "<p>{}</p><h2"),
    "the page of downloads": (f"{RELEASE}downloads.html", "<h2", "<p>{}</p><h2"),
    "the index of a release": (f"{RELEASE}index.html", "<h2", "<p>{}</p><h2"),
    "the start page": ("index.html", "<li", "<li>{}</li><li"),
    "the feed": ("feed.json", '"content_text": "', '"content_text": "{} '),
    "the findings": (f"{RELEASE}release.json", '"sentence": "', '"sentence": "{} '),
    "the name of a finding": (f"{RELEASE}release.json", '"id": "', '"id": "plek-{} '),
    "the run": (f"{RELEASE}run.json", '"peildatum":', '"personen": "{}", "peildatum":'),
}
"""Where a number can stand: file, a text in it, and the same text with the number beside it."""

WRONG = (
    "{} maanden verschillen meer dan toeval",
    "{} maanden op rij",
    "de {} maanden voor de nieuwste",
    "en nog {} andere",
    "Van de {} bevindingen",
    "er {} een ander getal",
    "De laatste {} maanden, vergeleken met dezelfde maanden",
    "Van de {} controles",
    "{} van de 241 controles zijn niet in orde",
    "zijn er {} niet in orde",
    "Alle {} leveringen",
    "van {} plekken",
    "voor {} vergelijkingen",
    "hoogstens {} hoger of lager",
    "hoogstens {} procentpunten",
    "{} dagen (dit rapport)",
    "na {} maanden",
    "overige {} rijen",
    "minder dan {} mensen",
    "{} van de 100 keer",
    "{} op de 10",
    "{} jaar",
    "({} kB)",
    "{} januari 2026",
)
"""What is no figure when it has the number of the release, and is found with another."""

SHOWN = re.compile("html|svg|json")


@pytest.fixture(scope="module")
def figures(town: Run) -> Figures:
    """Return what the numbers of the town may be."""
    return run_figures("town", town)


def unreleased(figures: Figures) -> list[str]:
    """Return a count, shares, ranges and decimals that were not released, as they would be written."""
    count = next(number for number in range(17, 10_000) if number not in figures.counts)
    share = next((percent for percent in range(1, 100) if percent not in figures.percents), 101)
    half = max(figures.counts)
    plain = [f"{count}", f"+{count}", f"-{count}", f"{count} mensen", f"x{count}", f"{count}x", f"{count},5", "1.23"]
    return [*plain, f"{half},5", f"{half + 1:,}".replace(",", "."), f"{share}%", "0-3", "5-9", f"n={count}"]


@pytest.mark.parametrize("name", ["town", "mvad"])
def test_every_number_that_is_published_is_released_or_made_from_what_is(
    name: str, request: pytest.FixtureRequest
) -> None:
    """On every page, in every drawing and in what programs read, of two towns."""
    run: Run = request.getfixturevalue(name)
    figures, files = run_figures(name, run), published(run)
    said = {path: texts(path, content) for path, content in files.items() if SHOWN.search(path.rsplit(".")[-1])}
    assert sum(len(TOKEN.findall(text.words)) for found in said.values() for text in found) > 3_000
    assert {path: strange for path, found in said.items() if (strange := figures.strange(found))} == {}


def test_every_number_of_a_release_beside_the_one_before_is_of_one_of_both(later: Run) -> None:
    """What changed is told with figures of this release and of the one before."""
    figures = run_figures("later", later)
    said = {name: texts(name, page.encode()) for name, page in later.pages.items() if name != "run.json"}
    assert {"overzicht.html", "release.json"} <= said.keys()
    assert {name: strange for name, found in said.items() if (strange := figures.strange(found))} == {}
    assert counts(tables_of(later)) < figures.counts


def test_every_file_that_is_published_is_of_a_kind_that_is_read(town: Run) -> None:
    """Pages, drawings and JSON here, tables beside this file; a picture in pixels carries no text."""
    kinds = Counter(path.rsplit(".")[-1] for path in published(town))
    assert set(kinds) == {suffix.removeprefix(".") for suffix in READERS} | {"csv", "xlsx", "png"}
    pictures = [content for path, content in published(town).items() if path.endswith(".png")]
    assert {kind for content in pictures for kind, _ in png_chunks(content)} == {b"IHDR", b"pHYs", b"IDAT", b"IEND"}


@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_was_not_released_is_found(place: str, town: Run, figures: Figures) -> None:
    """A count, a share, a range or a decimal, wherever it stands."""
    pattern, here, there = PLACES[place]
    ((path, content),) = [(path, file) for path, file in published(town).items() if re.fullmatch(pattern, path)]
    assert here in content.decode()
    assert figures.strange(texts(path, content)) == []
    for number in unreleased(figures):
        planted = content.decode().replace(here, there.replace("{}", number), 1)
        assert figures.strange(texts(path, planted.encode())), number


@pytest.mark.parametrize("phrase", WRONG)
def test_a_phrase_with_another_number_is_found(phrase: str, figures: Figures) -> None:
    """What explains a figure is known word for word, with the number that this release has."""
    assert 137 not in figures.counts
    assert figures.strange([Text(phrase.replace("{}", "137"))])


def test_a_setting_is_known_only_in_its_own_column(figures: Figures) -> None:
    """A code, a version or a place in an order is no count: elsewhere the same number is found."""
    settings = replace(figures, counts=frozenset())
    for column, number in (
        ("Voorrang", "8"),
        ("Volgorde", "2"),
        ("Wanneer iemand hier staat", "32"),
        ("months", "24"),
        ("Persoon", "2"),
        ("Reden", "20"),
        ("Aantal mensen", "1"),
    ):
        assert settings.strange([Text(number, column)]) == []
        assert settings.strange([Text(number, "Mensen")])
        assert settings.strange([Text("37", column)])
    assert settings.strange([Text("37", "Herkomst")])


def test_a_released_number_is_known(figures: Figures) -> None:
    """With what people write around it."""
    some = Figures(frozenset({1235, 5}), frozenset({12}), frozenset({"0-4"}), {}, figures.phrases)
    for number in ("1.235", "+5", "\N{MINUS SIGN}5", "0-4", "12%", "<1%", ">99%", "<1"):
        assert some.known(number)
    for number in ("1235", "12.35", "5%", "12", "<12%", "0-5", "5,0", "-5"):
        assert not some.known(number)


def test_the_numbers_along_an_axis_are_no_figures() -> None:
    """Only in equal round steps with nought among them, or after so many months."""
    assert is_axis(["0", "20", "40"])
    assert is_axis(["0%", "25%", "50%"])
    assert is_axis(["0", "6", "12", "18", "24"])
    for odd in (["20", "40", "60"], ["0", "20", "70"], ["0", "37"], ["0", "37", "74"], ["0", "6", "13"], ["0"]):
        assert not is_axis(odd)


def test_texts_know_the_column_they_stand_in() -> None:
    """Blocks are read whole, across what only marks words; a head belongs to its column."""
    table = "<table><thead><tr><th>Maand</th><th>Mensen</th></tr></thead><tbody><tr><th>mei</th><td>5</td></tr></tbody>"
    found = page_texts(f"<style>p {{top: 1px}}</style><p>Er <b>zijn</b> 5.</p>{table}</table><p>Na</p>Los")
    assert found == [
        *(Text(words) for words in ("Er zijn 5.", "Maand", "Mensen")),
        *(Text("mei", "Maand"), Text("5", "Mensen"), Text("Na"), Text("Los")),
    ]


def test_no_text_that_is_published_says_why(town: Run, mvad: Run) -> None:
    """No page, drawing or feed names a cause, or calls a step good or bad; what is known to do neither stands there."""
    words = [
        text.words
        for run in (town, mvad)
        for path, content in published(run).items()
        if SHOWN.search(path.rsplit(".")[-1])
        for text in texts(path, content)
    ]
    assert sorted({text for text in words if causes(text)}) == []
    assert [known for known in KNOWN if not any(known in text for text in words)] == []
    assert [known for known in KNOWN if not CAUSES.search(known)] == []
    assert [known for known in READING if not any(known in text for text in words)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Dat komt door het Innovatielab.",
        "Deze cijfers laten niet zien waardoor dat kwam, maar het komt door de aanpak.",
        "Een stap terug is geen mislukking, maar slecht is het wel.",
    ],
)
def test_a_text_that_says_why_is_found(text: str) -> None:
    """Also beside one that does not."""
    assert causes(text)
