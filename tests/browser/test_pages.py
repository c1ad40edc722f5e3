"""Every published page in a real browser, opened from disk: the demo town's, and those of another chain."""

import base64
import hashlib
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.paper import Pdf
from browser.view import Show, View, look

WIDE, NARROW, DARK = View(), View(width=320), View(dark=True)
LARGE, NARROW_LARGE = View(text=32), View(width=320, text=32)
SHEET = View(width=687)  # A4 without its margins
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SOURCE = re.compile(r"'none'|data:|'sha256-[A-Za-z0-9+/=]+'")
ENGLISH = re.compile(
    r"\b(january|february|march|may|june|july|august|october|mar|oct|the|and|with|from|for|this|value|values|count"
    r"|month|chart|axis|titled|mark|graphic|line|bar|null|undefined|nan|none|true|false)\b",
    re.IGNORECASE,
)
FOREIGN_NUMBER = re.compile(r"\b\d{1,3}(,\d{3})+\b|(?<!\d\.)\b\d+\.\d{1,2}\b(?!\.)")
"""A version (1.0.0) is no number."""

LEAST_CONTRAST = 4.5  # WCAG 1.4.3
MOST_WHITE = 0.1  # of a chart in the dark: its words and lines

Pages = dict[str, Path]


def test_a_page_asks_for_nothing_and_complains_of_nothing(pages: Pages, show: Show) -> None:
    """Only files and data are loaded, and the console has no error."""
    for name, path in pages.items():
        seen = show(path, WIDE)
        assert seen.requests[0] == path.as_uri(), name
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == [], name
        assert seen.errors == (), name


def test_the_policy_allows_what_is_in_the_page_and_nothing_else(pages: Pages, show: Show) -> None:
    """Nothing by default; styles and scripts by the hash of what stands there."""
    for path in pages.values():
        seen = show(path, WIDE).look("policy")
        rules = dict(rule.strip().partition(" ")[::2] for rule in seen["policy"].split(";"))
        assert seen["inHead"]
        assert rules["default-src"] == "'none'"
        assert all(SOURCE.fullmatch(source) for rule in rules.values() for source in rule.split())
        assert set(rules["style-src"].split()) == set(map(_hashed, seen["styles"]))
        assert set(rules.get("script-src", "").split()) == set(map(_hashed, seen["scripts"]))


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_what_is_put_into_a_page_later_does_not_work(pages: Pages, fresh: Show) -> None:
    """A script, a style, a style attribute, a picture, a frame and a request are all refused by the browser."""
    seen = fresh(pages["beweging"], WIDE).look("intrude")
    assert seen["through"] == []
    refused = {"connect-src", "frame-src", "script-src-elem", "style-src-attr", "style-src-elem", "img-src"}
    assert set(seen["refused"]) == refused


@pytest.mark.parametrize("view", [WIDE, NARROW, DARK], ids=["wide", "narrow", "dark"])
def test_axe_finds_no_barrier(pages: Pages, show: Show, view: View) -> None:
    """WCAG 2.2 A and AA and axe's best practices: no violation."""
    for name, path in pages.items():
        page = show(path, view).page
        page.evaluate(AXE)
        found = page.evaluate("options => axe.run(options)", {"runOnly": RULES, "resultTypes": ["violations"]})
        assert len(found["passes"]) > 10, name
        assert [(broken["id"], [node["target"] for node in broken["nodes"]]) for broken in found["violations"]] == [], (
            name
        )


def test_a_page_is_small(pages: Pages, show: Show) -> None:
    """At most 500 kB and 5,000 elements."""
    for name, path in pages.items():
        assert path.stat().st_size <= 500_000, name
        assert show(path, WIDE).look("size")["nodes"] <= 5_000, name


def test_all_charts_are_drawn_within_a_second(pages: Pages, fresh: Show) -> None:
    """The page is painted, and each chart is there; the best of three, as other work may run beside it."""
    for name, path in pages.items():
        assert any(_drawn_in_time(fresh, path) for _ in range(3)), name


def _drawn_in_time(fresh: Show, path: Path) -> bool:
    seen = fresh(path, WIDE)
    milliseconds: float = seen.page.evaluate("window.drawn")
    assert all(chart["visible"] for chart in seen.look("charts"))
    seen.page.close()
    return milliseconds < 1_000


def test_the_keyboard_reaches_everything_and_shows_where_it_is(pages: Pages, show: Show) -> None:
    """Tab goes through all of the page in its order, the skip link first, each with an outline and in sight."""
    for name, path in pages.items():
        seen = show(path, WIDE)
        stops = [_next_stop(seen.page) for _ in range(seen.look("focusable"))]
        assert stops[0]["name"] == "A #inhoud", name
        assert [stop["order"] for stop in stops] == sorted({stop["order"] for stop in stops}), name
        assert [stop["name"] for stop in stops if not (stop["marked"] and stop["seen"])] == [], name


def _next_stop(page: Page) -> dict[str, Any]:
    page.keyboard.press("Tab")
    return dict(look(page, "focused"))


def test_the_keyboard_skips_the_menu_and_opens_a_table(pages: Pages, fresh: Show) -> None:
    """Enter on the skip link goes to the main part; Enter on what folds a table opens it."""
    page = fresh(pages["beweging"], WIDE).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    folded = page.locator("details").first
    assert not folded.locator("table").is_visible()
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    assert folded.locator("table").is_visible()


@pytest.mark.parametrize("view", [NARROW, LARGE, NARROW_LARGE], ids=["narrow", "large text", "both"])
def test_a_page_never_scrolls_sideways(pages: Pages, show: Show, view: View) -> None:
    """At 320 pixels, at twice the size of text, and at both; wide charts and tables scroll in their own frame."""
    assert {name: show(path, view).look("overflow") for name, path in pages.items()} == dict.fromkeys(pages, 0)


def test_text_grows_with_what_the_reader_chose(pages: Pages, show: Show) -> None:
    """Twice the browser's size is twice as large on the page."""
    sizes = [_size_of_text(show, pages["beweging"], view) for view in (WIDE, LARGE)]
    assert sizes[1] == 2 * sizes[0]


def _size_of_text(show: Show, path: Path, view: View) -> float:
    return float(show(path, view).page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))


@pytest.mark.parametrize("view", [WIDE, NARROW], ids=["wide", "narrow"])
def test_words_in_charts_can_be_read(pages: Pages, show: Show, view: View) -> None:
    """None is cut off or stands over another, and the smallest is at least 10 pixels."""
    crowded = {name: show(path, view).look("crowded") for name, path in pages.items()}
    assert not any(crowded.values()), crowded
    assert all((show(path, view).look("smallest") or 10) >= 10 for path in pages.values())


@pytest.mark.parametrize("view", [WIDE, DARK], ids=["light", "dark"])
def test_words_in_charts_stand_out(pages: Pages, show: Show, view: View) -> None:
    """Against what is under them, at least 4.5 to 1; axe leaves drawings alone."""
    contrasts = {name: show(path, view).look("contrasts") for name, path in pages.items()}
    assert len(contrasts["beweging"]) > 100
    weak = {name: [found for found in every if found[1] < LEAST_CONTRAST] for name, every in contrasts.items()}
    assert not any(weak.values()), weak


def test_a_page_is_dutch_throughout(pages: Pages, show: Show) -> None:
    """Language nl; no English word or month, no 1,234 or 0.5, no null or nan, also where only a screen reader comes."""
    for name, path in pages.items():
        seen = show(path, WIDE)
        assert seen.page.evaluate("document.documentElement.lang") == "nl"
        texts = [*seen.look("words"), *_spoken(seen.page)]
        assert len(texts) > 10
        assert [text for text in texts if ENGLISH.search(text) or FOREIGN_NUMBER.search(text)] == [], name


def _spoken(page: Page) -> list[str]:
    """Return the names and descriptions that assistive technology gets."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [str(node[part]["value"]) for node in nodes for part in ("name", "description") if node.get(part)]


def test_headings_go_down_one_level_at_a_time(pages: Pages, show: Show) -> None:
    """One of the first level, at the top, and no level is skipped."""
    for name, path in pages.items():
        levels = show(path, WIDE).look("headings")
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_each_chart_has_a_caption_a_description_and_a_table(pages: Pages, show: Show) -> None:
    """The table has a caption, and each of its heads says what it belongs to."""
    charts = [chart for path in pages.values() for chart in show(path, WIDE).look("charts")]
    assert len(charts) >= 10
    for chart in charts:
        assert chart["role"] == "img"
        assert chart["label"]
        assert chart["caption"]
        assert chart["tableCaption"]
        assert (chart["unscoped"], chart["rowHeads"]) == (0, 0)
    tables = [table for path in pages.values() for table in show(path, WIDE).look("tables")]
    assert all(table["unscoped"] == 0 and (table["caption"] or not table["inFigure"]) for table in tables)


def test_each_number_in_a_chart_is_in_its_table(pages: Pages, show: Show) -> None:
    """Or in the caption or the description, where sums stand; only the numbers along an axis are not."""
    charts = [chart for path in pages.values() for chart in show(path, WIDE).look("charts")]
    missing = {chart["id"]: sorted(set(chart["drawn"]) - set(chart["said"])) for chart in charts}
    assert sum(len(chart["drawn"]) for chart in charts) > 50
    assert not any(missing.values()), missing


def test_bars_are_as_high_as_their_table_says(pages: Pages, show: Show) -> None:
    """Measured on the screen against the axis, month by month, forward and back."""
    seen = show(pages["beweging"], WIDE)
    forward, back = seen.look("bars", ["maanden-step-month", ["vooruit", "terug"]])
    rows = seen.page.locator("#maanden-step-month tbody tr").all()
    table = [[_count(cell) for cell in row.locator("td").all_text_contents()[:2]] for row in rows]
    assert forward == [row[0] for row in table if row[0]]
    assert back == [row[1] for row in table if row[1]]
    assert len(forward) > 10


def _count(cell: str) -> int:
    """Return what is drawn of a count: nothing of what is hidden or too small."""
    return int(cell) if cell.isdigit() else 0


def test_on_paper_no_column_is_cut_off(pages: Pages, fresh: Show) -> None:
    """Everything is as wide as the sheet at most: Chromium shrinks a page that is not, and then cuts it off."""
    for name, path in pages.items():
        seen = fresh(path, SHEET)
        seen.page.emulate_media(media="print")
        assert seen.look("overflow") == 0, name


def test_on_paper_nothing_is_hidden_or_split(pages: Pages, show: Show) -> None:
    """The PDF is tagged and Dutch, all tables are open, and a chart with its caption and a row stand on one page."""
    for name, path in pages.items():
        seen = show(path, WIDE)
        pdf = Pdf(seen.page.pdf(tagged=True, prefer_css_page_size=True))
        assert b"/StructTreeRoot" in pdf.content
        assert re.search(rb"/MarkInfo <<[^>]*/Marked true", pdf.content)
        assert b"/Lang (nl)" in pdf.content
        assert len(pdf.numbered(b"TR")) == seen.look("size")["rows"], name
        charts = [part for part in pdf.numbered(b"Figure") if pdf.kind(pdf.parent(pdf.parent(part))) == b"Figure"]
        assert len(charts) == len(seen.look("charts")), name
        assert [len(_pages_of_chart(pdf, chart)) for chart in charts] == [1] * len(charts), name
        assert all(len(pdf.pages(pdf.parent(cell))) == 1 for cell in pdf.numbered(b"TD")), name


def _pages_of_chart(pdf: Pdf, drawing: int) -> frozenset[bytes]:
    """Return the pages of a drawing and of the caption of its figure."""
    figure = pdf.parent(pdf.parent(drawing))
    caption = next(child for child in pdf.children[figure] if pdf.kind(child) == b"Caption")
    return pdf.pages(drawing) | pdf.pages(caption)


def test_in_the_dark_no_chart_has_a_white_plate(pages: Pages, show: Show, browser: Browser) -> None:
    """A chart's commonest colour is that of the page, and little in it is white: only words and lines."""
    with browser.new_page() as blank:
        for name, path in pages.items():
            seen = show(path, DARK)
            picture = base64.b64encode(seen.page.screenshot(full_page=True)).decode()
            colours = look(blank, "colours", [picture, seen.look("frames")])
            assert {colour["commonest"] for colour in colours} <= {seen.look("paper")}, name
            assert all(colour["white"] < MOST_WHITE for colour in colours), name
