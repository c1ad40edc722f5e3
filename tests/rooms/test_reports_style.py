"""Reports: a house style that is filled in, and what is refused of it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from participatieketen import pipeline, places
from participatieketen.errors import WrongUse
from participatieketen.reports import Style, read_style, style
from participatieketen.reports.pages import Listed, start_page

TEMPLATE = places.project() / "reports" / "template" / "keten" / "keten.css"

NEWEST = Listed("releases/2026-01/index.html", "Keten, januari 2026")


def filled(folder: Path, text: str) -> Path:
    """Write a house style."""
    path = folder / "huisstijl.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """As W3C's own examples and WebAIM's contrast checker give them."""
    assert style.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert style.contrast(other, one) == style.contrast(one, other)


def test_the_shipped_style_changes_nothing() -> None:
    """Every token in it is a comment with the value that holds without it."""
    path = places.project() / "reports" / "huisstijl.toml"
    assert (read_style(path), style.css(read_style(path))) == (Style(), "")
    for mode, told in zip(
        ("light", "dark"), path.read_text(encoding="utf-8").split("[light]")[1].split("[dark]"), strict=True
    ):
        shown = dict(re.findall(r'^# ([\w-]+) = "(#\w+)"$', told, re.MULTILINE))
        assert shown == {name: getattr(token, mode) for name, token in style.TOKENS.items()}


def test_what_is_not_filled_in_is_what_the_stylesheet_says() -> None:
    """The colours that contrast is measured against are the page's."""
    sheet = TEMPLATE.read_text(encoding="utf-8")
    accent = style.TOKENS["utrecht-link-color"]
    attention = style.FIXED[1]
    for colours in ((accent.light, attention.light), (accent.dark, attention.dark)):
        assert f"--blad-accent: {colours[0]}; --blad-let-op: {colours[1]};" in sheet


def test_tokens_become_properties_that_the_page_follows(tmp_path: Path) -> None:
    """Under the name of NL Design System; in the dark only what is filled in for the dark."""
    path = filled(
        tmp_path,
        'font = "Arial, sans-serif"\n[light]\nutrecht-link-color = "#7a0019"\n'
        'utrecht-page-header-background-color = "#ffffff"\n[dark]\nutrecht-link-color = "#ffb3c0"\n',
    )
    html = start_page("Gemeente", [NEWEST], read_style(path))
    assert (
        ":root{--utrecht-link-color:#7a0019;--utrecht-page-header-background-color:#ffffff;--blad-accent:var(" in html
    )
    assert "@media (prefers-color-scheme:dark){:root{--utrecht-link-color:#ffb3c0;--blad-accent:var(" in html
    assert ".kop{background:var(--utrecht-page-header-background-color)}" in html
    assert "body{font-family:var(--utrecht-document-font-family)}" in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[light]\nutrecht-link-color = "#7fc1f5"', "utrecht-link-color (licht): contrast van utrecht-link-color op"),
        ('[dark]\nutrecht-document-color = "#35414d"', "utrecht-document-color (donker): contrast van"),
        ('[light]\nutrecht-document-background-color = "#777777"', "token utrecht-document-background-color (licht)"),
        ('[light]\nutrecht-page-header-background-color = "#0b5a93"', "utrecht-page-header-background-color (licht)"),
        ('[light]\nutrecht-focus-outline-color = "#cccccc"', "minstens 3,0"),
        ('[light]\nketen-terug-color = "#f0883e"', "minstens 4,5"),
        ('[light]\nutrecht-link-colour = "#000000"', "onbekend token utrecht-link-colour (licht)"),
        ('[light]\nutrecht-link-color = "red"', "token utrecht-link-color (licht) geen kleur als #rrggbb"),
        ('[light]\nutrecht-link-color = "#000000;}</style>"', "geen kleur als #rrggbb"),
        ('font = "x</style><script>"', "heeft bij font meer dan namen van letters"),
        ('kleur = "x"', "kleur is geen bekende sleutel"),
        ('logo = "weg.svg"', "logo is niet te lezen"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    """One Dutch line that names the file, the token and the mode."""
    with pytest.raises(WrongUse) as caught:
        read_style(filled(tmp_path, text))
    assert said in str(caught.value)
    assert "huisstijl.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ['[light]\nutrecht-focus-outline-color = "#8a8a8a"', '[light]\nutrecht-link-color = "#595959"']
)
def test_just_enough_contrast_is_enough(tmp_path: Path, text: str) -> None:
    """3 to 1 for what is no text, 4.5 to 1 for text."""
    assert read_style(filled(tmp_path, text)).light


def test_a_logo_is_drawn_in_the_page(tmp_path: Path) -> None:
    """It is no file to load, and has words for who does not see it."""
    (tmp_path / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect id="a" width="9" height="9"/></svg>',
        encoding="utf-8",
    )
    html = start_page("Gemeente", [NEWEST], read_style(filled(tmp_path, 'logo = "logo.svg"')))
    assert 'aria-label="Logo van Gemeente"' in html
    assert '<rect id="logo-1"' in html


@pytest.mark.parametrize("svg", ["<svg><script>x</script></svg>", "<!DOCTYPE svg><svg/>", "geen"])
def test_a_logo_with_more_than_shapes_is_refused(tmp_path: Path, svg: str) -> None:
    """As a drawing in a notebook is."""
    (tmp_path / "logo.svg").write_text(svg, encoding="utf-8")
    with pytest.raises(WrongUse, match="logo is een tekening"):
        read_style(filled(tmp_path, 'logo = "logo.svg"'))


def test_both_reports_have_the_style_of_the_organisation() -> None:
    """One file for all pipelines of the project."""
    found = {pipeline.read(name).style for name in ("maandrapportage", "halfjaarrapportage")}
    assert found == {places.project() / "reports" / "huisstijl.toml"}


def colours(given: Mapping[str, str]) -> Style:
    """Return a style of these light colours."""
    return replace(Style(), light=given)


def test_a_style_made_in_code_is_held_to_the_same() -> None:
    """Not only what comes from a file."""
    with pytest.raises(ValueError, match="te weinig contrast door token utrecht-link-color"):
        colours({"utrecht-link-color": "#ffffff"})
