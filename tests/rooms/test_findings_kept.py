"""Findings: kept beside their tables, and set beside those of the release before."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Run
from participatieketen import disclosure, findings
from participatieketen.disclosure import Context, Released
from participatieketen.disclosure.released import SEAL
from participatieketen.errors import WrongUse
from participatieketen.findings import Earlier, Finding

CONTEXT = Context("Gemeente", "Keten", "Keten", (), date(2026, 1, 31), date(2025, 11, 1), fictional=True)
DECEMBER = date(2025, 12, 31)
NO_STOCK = pl.DataFrame(schema=dict.fromkeys(("month", "position", "persons", "provisional"), pl.String))


def finding(name: str, number: str = "10", **changes: Any) -> Finding:  # noqa: ANN401 - any field of a finding
    """Return a finding."""
    given = Finding(name, "jaar", f"Titel {name}", "stappen", "beide", "d1", "beweging", number, f"Zin {name}.")
    return replace(given, values={"stappen": 10}, lower=1.5, change="Meer.", chance="signaal", rank=1, **changes)


def earlier(*found: Finding) -> Earlier:
    """Return the release of December."""
    return Earlier("proef-2025-12-00000000", DECEMBER, found, date(2025, 9, 1))


def rows(found: Sequence[Finding], before: Earlier | None) -> list[tuple[str, ...]]:
    """Return what the table of differences shows."""
    return findings.differences(found, before).frame.rows()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """All of it, the release before too, from the path of the tables."""
    found, before = (finding("a", page="doorstroom"), finding("é", "± 5")), earlier(finding("a", "9"))
    findings.write(found, before, tmp_path)
    assert findings.read(tmp_path / "released.duckdb") == found
    assert findings.read_earlier(str(tmp_path / "released.duckdb")) == before


def test_a_first_release_has_no_release_before(tmp_path: Path) -> None:
    """And the same findings give the same bytes."""
    place = findings.write((finding("a"),), None, tmp_path)
    first = place.read_bytes()
    assert findings.read_earlier(tmp_path / "released.duckdb") is None
    assert findings.write((finding("a"),), None, tmp_path).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["findings.json"]


@pytest.mark.parametrize("text", [None, "{", "[]", '{"findings": [{"x": 1}], "earlier": null}', '{"findings": []}'])
def test_findings_that_are_not_there_are_asked_for(tmp_path: Path, text: str | None) -> None:
    """One line that says what to do."""
    if text is not None:
        (tmp_path / "findings.json").write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match=r"findings\.json ontbreekt of is niet te lezen: maak het rapport opnieuw"):
        findings.read(tmp_path / "released.duckdb")


def test_the_rest_is_what_a_page_has_and_the_first_page_has_not() -> None:
    """In the order of all."""
    found = [finding("a"), finding("b", page="groepen"), finding("c"), finding("d")]
    assert [one.id for one in findings.rest(found, [found[2]], "beweging")] == ["a", "d"]


@pytest.mark.parametrize(
    ("found", "before", "said"),
    [
        (
            [finding("a")],
            None,
            "Dit is de eerste uitgave van dit rapport: er is nog geen eerdere om mee te vergelijken.",
        ),
        (
            [finding("a")],
            earlier(finding("a")),
            "Van de 1 bevinding zijn alle getallen gelijk, vergeleken met het rapport van december 2025.",
        ),
        (
            [finding("a"), finding("b"), finding("c"), finding("n")],
            earlier(finding("a", "9"), finding("b", "8"), finding("c", definition="d0"), finding("w")),
            (
                "Van de 4 bevindingen hebben er 2 een ander getal, heeft er 1 een andere definitie, is er 1 nieuw en "
                "staat er 1 niet meer in, vergeleken met het rapport van december 2025."
            ),
        ),
    ],
)
def test_what_is_other_is_said_in_one_sentence(found: list[Finding], before: Earlier | None, said: str) -> None:
    """Also when nothing is, or there is nothing to compare with; the table has it as its title."""
    assert findings.since(found, before) == said
    assert findings.differences(found, before).title == said


def test_the_table_shows_both_figures() -> None:
    """Of what differs, of what is new and of what is gone; another definition is not set beside it."""
    found = [finding("a"), finding("b"), finding("c"), finding("n", "3")]
    before = earlier(finding("a", "9"), finding("b"), finding("c", definition="d0"), finding("w", "7"))
    assert rows(found, before) == [
        ("Titel a", "9", "10"),
        ("Titel c", "andere definitie: niet te vergelijken", "10"),
        ("Titel n", "staat er niet in", "3"),
        ("Titel w", "7", "staat er niet in"),
    ]
    assert rows(found, None) == rows(found[:1], earlier(found[0])) == [("Geen", "\N{EN DASH}", "\N{EN DASH}")]


@pytest.mark.parametrize(
    ("unexpected", "said"),
    [
        ([0, 0], "2 controles, in orde; 0-4 rijen kunnen per controle afwijken."),
        ([0, 5], "Van de 2 controles op de leveringen is er 1 niet in orde."),
        ([5, 10], "Van de 2 controles op de leveringen zijn er 2 niet in orde."),
    ],
)
def test_the_reader_is_told_what_to_mind(unexpected: list[int], said: str) -> None:
    """Provisional months, rounding, checks that failed, and that nothing here is an effect."""
    texts = dict.fromkeys(("contract", "rule", "severity", "message", "source"), "x")
    rows = [texts | {"unexpected": count, "total": 100} for count in unexpected]
    verdict = Released("verdict", pl.DataFrame(rows), CONTEXT, SEAL)
    stock = Released("stock", NO_STOCK, CONTEXT, SEAL)
    told = findings.attention({"stock": stock, "verdict": verdict})
    text = " ".join(told.frame["Let op"])
    assert said in text
    assert "vanaf november 2025 zijn voorlopig" in text
    assert "afgerond op vijftallen" in text
    assert "Een reden laten ze niet zien." in text
    assert told.caption.endswith("Fictieve gegevens.")


def test_final_and_exact_figures_need_no_warning() -> None:
    """No provisional months, no small counts."""
    final = replace(CONTEXT, provisional_from=date(2026, 2, 1), base=1)
    text = " ".join(findings.attention({"stock": Released("stock", NO_STOCK, final, SEAL)}).frame["Let op"])
    assert "voorlopig" not in text
    assert "0-" not in text


def test_the_town_keeps_its_findings(town: Run) -> None:
    """Those of its own tables, in the file and on its pages: each once, on the first page or on its own."""
    released = town.workspace.releases / town.site.release / "released.duckdb"
    found = findings.read(released)
    assert found == findings.findings(disclosure.open_release(released))
    first = {one.id for one in findings.first_page(found)}
    shown = {
        name: {one.id for one in found if f'data-bevinding="{one.id}"' in page} for name, page in town.pages.items()
    }
    assert shown["overzicht.html"] == first
    for name in ("beweging", "doorstroom", "groepen"):
        assert shown[f"{name}.html"] == {one.id for one in found if one.page == name} - first
    told = json.loads(town.pages["release.json"])
    assert [one["id"] for one in told["findings"]] == [one.id for one in findings.first_page(found)]
