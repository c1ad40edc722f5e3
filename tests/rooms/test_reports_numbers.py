"""reports.numbers: a number that an author types is a released one, or one of a rule; else nothing is published."""

from datetime import date
from pathlib import Path

import pytest

import wijken
from participatieketen import disclosure, places
from participatieketen.errors import DisclosureRefused, WrongUse
from participatieketen.reports import build_site, numbers, open_release
from participatieketen.reports.nodes import code, markdown, notebook, written
from participatieketen.reports.notebooks import read
from wijken import RELEASE

PUBLISHED = [
    path
    for path in sorted((places.project() / "notebooks").glob("*.ipynb"))
    if read(path).metadata.get("keten", {}).get("publiceren") is not False
]


@pytest.fixture(scope="module", name="release")
def _release() -> open_release.OpenRelease:
    return open_release.OpenRelease(wijken.tables())


@pytest.fixture(scope="module", name="known")
def _known(release: open_release.OpenRelease) -> numbers.Numbers:
    return numbers.numbers_of(release, ["artikel 10d van de Participatiewet", "vanaf 27 jaar"])


def strange(text: str, known: numbers.Numbers) -> int:
    """Return how many numbers of a text in Markdown are not known."""
    return sum(map(known.strange, numbers.texts(text)))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_the_texts_of_the_reports_have_numbers_of_rules_only(path: Path, release: open_release.OpenRelease) -> None:
    """Whatever town is released: each is part of a phrase that is known word for word."""
    context = next(iter(release.tables.values()))
    rules = numbers.Numbers(
        frozenset(), frozenset(), numbers.numbers_of(open_release.OpenRelease({"x": context})).phrases
    )
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    assert [text for cell in cells for text in numbers.texts(cell) if rules.strange(text)] == []


def test_a_released_number_may_be_typed(release: open_release.OpenRelease, known: numbers.Numbers) -> None:
    """As readers see it: with a point for thousands, a sign, or as a whole percentage."""
    persons = max(release.tables["stock"].frame["persons"])
    text = f"{persons:,}".replace(",", ".")
    assert strange(f"Er waren **{text}** mensen, {text}; zie ook ({text}).", known) == 0
    assert known.shares
    assert strange(f"Dat is {max(known.shares)}%.", known) == 0


@pytest.mark.parametrize(
    "text",
    [
        "In 95 van de 100 keer, minstens 50 mensen, na 12 maanden, 30 dagen",
        "Op 1 oktober 2024, in 2024, vanaf januari 2025 en op 3 maart",
        "Volgens artikel 10d van de Participatiewet, vanaf 27 jaar.",
        "**0-4** betekent weinig",
        "Er zijn twee manieren, en één persoon.",
    ],
)
def test_a_number_of_a_rule_may_be_typed(text: str, known: numbers.Numbers) -> None:
    """Dates, what the rules of disclosure and of the chain say, and what the pipeline names."""
    assert strange(text.replace("30 dagen", "12 maanden"), known) == 0


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "Er waren {} mensen.",
        "Er waren 1{} mensen.",
        "## {} mensen",
        "- een\n- {} mensen",
        "| a |\n|---|\n| {} |",
        "begrip\n: {} mensen",
        "> Let op: {}.",
        "`{}`",
        "    {}",
        "```\n{}\n```",
        "<b>{}</b>",
        "<!-- {} -->",
        "[hier](#deel-{})",
        '[hier](index.html "{}")',
        "![{}](x.png)",
        "&#49;&#51;&#55;",
        "1**3**7",
        "1\N{ZERO WIDTH SPACE}37",
        "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT THREE}\N{FULLWIDTH DIGIT SEVEN}",
        "\N{CIRCLED NUMBER THIRTY SEVEN}",
        "x{}",
        "{},5",
        "{}%",
        "0-{}",
        "{} van de 100 keer",
        "{} maanden",
        "{} dagen",
        "na {} jaar",
        "in 2{}",
        "drie mensen uit Holtenbroek",
        "Twaalf stappen",
    ],
)
def test_another_number_is_seen(text: str, known: numbers.Numbers) -> None:
    """Wherever in the text, in whatever form; also small ones in words, of what is counted."""
    assert 137 not in known.counts
    assert strange(text.replace("{}", "137"), known)


def test_the_page_is_not_published(tmp_path: Path) -> None:
    """The line names the notebook, the cell and how many; the number is not repeated, and nothing has run."""
    cells = [markdown("# Proef"), code('released: str = ""', metadata={"tags": ["parameters"]})]
    nb = notebook(cells=[*cells, markdown("Er kwamen 137 mensen, en 3 gingen.")])
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "proef.ipynb"
    path.write_text(written(nb), encoding="utf-8")
    database = tmp_path / "released.duckdb"
    disclosure.write(wijken.tables(), database)
    with pytest.raises(DisclosureRefused, match=r"^proef\.ipynb: .*\(cel 3: 2 getallen\)") as caught:
        build_site([path], {"released": str(database)}, tmp_path / "run", tmp_path / "uit", RELEASE, print)
    assert "137" not in str(caught.value)
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "uit").exists()


@pytest.mark.parametrize(
    "phrase",
    [
        "137",
        "1.235",
        "12%",
        "3 mensen",
        "3 inwoners van Holtenbroek",
        "8 cliënten",
        "17 stappen terug",
        "5 procent",
        "4 op de 10",
        "9 huishoudens",
        "een regel zonder getal",
        "van 3 naar 4 en 5 graden",
        "7 " + "lang " * 20,
        f"{date(2024, 1, 1)}",
    ],
)
def test_a_constant_is_never_a_figure(phrase: str) -> None:
    """No count, no share, no bare number: that would let anything through."""
    with pytest.raises(WrongUse, match="constants, regel 2: "):
        numbers.refuse_counted(["artikel 7", phrase])
