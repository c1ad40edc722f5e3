"""Every number on the published pages is released, a sum or difference that a page makes of them, or no figure."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import combinations, pairwise
from math import ceil, floor

import polars as pl
import pytest

from conftest import Run
from participatieketen import disclosure
from participatieketen.chance import control_chart
from participatieketen.disclosure import Released
from participatieketen.findings.runs import rounding_reach

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
SHORT = "jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec"
NO_FIGURE = re.compile(
    "|".join(
        [
            rf"(\d{{1,2}} )?\b({MONTH})( \d{{4}})?\b|\b({SHORT})\b \d{{4}}|^(19|20)\d\d$",  # dates, years of an axis
            r"\b[a-z]+-\d{4}-\d\d-[0-9a-f]{8}\b",  # names of releases
            r"\d+ op de 10\b|95 van de 100\b|band van 95%|op tot 100%",  # shares in words, the level of a band
            r"\d+ van de (laatste )?\d+ maanden|\d+ van 3 maanden|(over|na|binnen|laatste) \d+ (maanden|dagen|jaar)",
            r"\d+ (maand|maanden|dagen|jaar|plek|plekken|groepen|of meer maanden|vergelijking|vergelijkingen)\b",
            r"(\d+ van de )?\d+ (controles|leveringen|bevindingen)\b|er \d+ niet in orde|overige \d+ rijen",
            r"1 dag of meer",
            r"\d+ tot (en met )?\d+ (maanden|dagen|jaar)",  # spans
            r"hoogstens \d+\b(?!%)|nul tot en met \d+|minder dan 50 mensen|1 tot en met 9 zijn",  # rounding
        ]
    ),
    re.IGNORECASE,
)
"""What no released count is, by its form."""

NUMBER = re.compile(r"(?<![\w.,-])[<>+\N{MINUS SIGN}]?\d[\d.]*(?:-\d+)?%?(?![\w])")
PAGES = ("overzicht.html", "beweging.html", "doorstroom.html", "groepen.html", "kwaliteit.html")
FIGURES = ("figure", "article", "svg")
ROW_NUMBERS = ("Maanden na de start", "Volgorde")
"""Columns that say after how many months, and in which place."""

MONTHS_AFTER = (0, 3, 6, 12, 18, 24)
NO_COUNTS = {"months", "gap_days", "base", "bound", "place"}


@dataclass
class Texts(HTMLParser):
    """The texts of a page inside charts, tables and cards, with aria-labels; texts of axes left out."""

    html: str
    said: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    column: int = -1

    def __post_init__(self) -> None:
        """Read the page, without its pictures."""
        super().__init__()
        self.feed(re.sub(r"<svg.*?</svg>", "", self.html, flags=re.DOTALL))
        for svg in re.findall(r"<svg.*?</svg>", self.html, flags=re.DOTALL):
            self.said += drawn(ET.fromstring(svg))  # noqa: S314 - drawn by this program

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where we are, and what is read aloud."""
        if tag not in VOID:
            self.path.append(tag)
        if tag == "thead":
            self.heads = []
        if tag in {"tr", "th", "td"}:
            self.column = -1 if tag == "tr" else self.column + 1
        self.said += [text or "" for name, text in attrs if name in {"aria-label", "title", "alt"}]

    def handle_endtag(self, tag: str) -> None:
        """Go back out of the tag."""
        while tag in self.path and self.path.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note what stands inside a figure or a card, but not what only numbers a row."""
        if "thead" in self.path and "th" in self.path:
            self.heads.append(data)
        head = self.heads[self.column] if "tbody" in self.path and self.column < len(self.heads) else ""
        if set(self.path) & set(FIGURES) and head not in ROW_NUMBERS:
            self.said.append(data)


def drawn(picture: ET.Element) -> Iterator[str]:
    """Yield what a picture says: its label and its texts, but not the numbers along an axis."""
    yield picture.get("aria-label", "")
    for group in picture.iter():
        texts = [" ".join(child.itertext()) for child in group if child.tag.endswith("text")]
        yield from ([] if is_axis(texts) else texts)


def is_axis(texts: list[str]) -> bool:
    """Say whether these texts are the numbers along an axis: in equal steps with nought among them, or months."""
    numbers = [text.removesuffix("%").replace(".", "") for text in texts]
    if len(texts) < 2 or not all(number.isdigit() for number in numbers) or "0" not in numbers:
        return False
    steps = {abs(int(later) - int(earlier)) for earlier, later in pairwise(numbers)}
    return len(steps) == 1 or [int(number) for number in numbers] == [*MONTHS_AFTER][: len(numbers)]


def counts(tables: dict[str, Released]) -> set[int]:
    """Return every released count and every sum or difference that a page makes of them."""
    frames = {name: table.frame for name, table in tables.items()}
    whole = {
        value
        for frame in frames.values()
        for column, kind in frame.schema.items()
        if kind.is_integer() and column not in NO_COUNTS
        for value in frame[column].drop_nulls()
    }
    return whole | set(_people(frames["stock"])) | set(_steps(tables["step_month"])) | set(_sums(frames))


def _people(stock: pl.DataFrame) -> Iterator[int]:
    """Yield the people of the chain, and what a position or the chain changed between two months."""
    chain = stock.group_by("month").agg(pl.sum("persons")).with_columns(position=pl.lit("keten"))
    yield from chain["persons"]
    for part in [chain, *stock.partition_by("position")]:
        yield from (abs(one - other) for one, other in combinations(part["persons"], 2))


def _steps(step_month: Released) -> Iterator[int]:
    """Yield sums over months, differences between months, directions and years, and the limits of chance."""
    forward, back = (step_month.frame.filter(direction=way).sort("month") for way in ("vooruit", "terug"))
    yield from (abs(one - other) for one, other in zip(forward["steps"], back["steps"], strict=True))
    for series in (forward, back):
        yield from _limits(series.rename({"steps": "value"}), step_month.context.base)
        settled = series.filter(~pl.col("provisional"))["steps"].to_list()
        year, before = settled[-12:], settled[:-12]
        yield from (sum(series["steps"]), sum(year), abs(settled[-1] - settled[-2]))
        yield from (abs(sum(year[-many:]) - sum(before[-many:])) for many in range(1, len(before) + 1))


def _limits(series: pl.DataFrame, base: int) -> Iterator[int]:
    """Yield the limits of chance as a chart has them, and as a card: rounded out, at least what rounding does."""
    limits = control_chart(series.select("month", "value", "provisional")).row(0, named=True)
    yield from (round(limits[name]) for name in ("centre", "lower", "upper"))
    reach = max(limits["upper"] - limits["centre"], rounding_reach(base))
    yield from (floor(limits["centre"] - reach), ceil(limits["centre"] + reach))


def _sums(frames: dict[str, pl.DataFrame]) -> Iterator[int]:
    """Yield the margins of the year's tables and the totals of groups."""
    for name, value in (("year_matrix", "persons"), ("step_year", "steps")):
        for keys in (["from_position"], ["to_position"], ["direction"]):
            if keys[0] in frames[name].columns:
                yield from frames[name].group_by(keys).agg(pl.sum(value))[value]
    for side, other in (("from_position", "to_position"), ("to_position", "from_position")):
        arcs = frames["step_year"].filter(pl.col("direction").is_in(["in", "uit"]))
        yield from arcs.group_by(side, "direction").agg(pl.sum("steps"))["steps"]
        inside = frames["stock"]["position"].unique().to_list()
        beyond = frames["year_matrix"].filter(~pl.col(other).is_in(inside))
        yield from beyond.group_by(side).agg(pl.sum("persons"))["persons"]
    if "group_share" in frames:
        groups = frames["group_share"].drop_nulls("share").group_by("grouping", "direction")
        yield from groups.agg(pl.sum("n"))["n"]
        yield from groups.agg(pl.sum("moved"))["moved"]


def shares(tables: dict[str, Released]) -> set[int]:
    """Return every released share in whole percents, and those that a page takes from counts."""
    frames = {name: table.frame for name, table in tables.items()}
    found = {
        round(100 * value)
        for name in ("estimate", "group_share", "published")
        for column in ("share", "lower", "upper")
        if name in frames and column in frames[name].columns
        for value in frames[name][column].drop_nulls()
    }
    return found | set(_parts(frames))


def _parts(frames: dict[str, pl.DataFrame]) -> Iterator[int]:
    inside = frames["stock"]["position"].unique().to_list()
    rows = (
        frames["year_matrix"]
        .filter(pl.col("from_position").is_in(inside))
        .with_columns(to=pl.when(pl.col("to_position").is_in(inside)).then("to_position").otherwise(pl.lit("uit")))
    )
    cells = rows.group_by("from_position", "to").agg(pl.sum("persons"))
    of = cells.with_columns(n=pl.col("persons").sum().over("from_position")).filter(pl.col("n") > 0)
    yield from (round(100 * persons / n) for persons, n in of.select("persons", "n").iter_rows())
    stayed = cells.filter(pl.col("from_position") == pl.col("to"))["persons"].to_list()
    yield round(100 * sum(stayed) / max(sum(cells["persons"].to_list()), 1))
    if "group_share" in frames:
        for _, of_one in frames["group_share"].drop_nulls("share").group_by("grouping", "direction"):
            n, moved = sum(of_one["n"].to_list()), sum(of_one["moved"].to_list())
            yield round(100 * moved / n)
            yield from (round(100 * (moved - m) / (n - k)) for m, k in of_one.select("moved", "n").iter_rows() if n > k)


def constants(tables: dict[str, Released]) -> list[str]:
    """Return texts that stand in a release as they are, long ones first: names of groups, positions and checks."""
    named = [("group_share", "label"), ("verdict", "message"), ("delivery", "source")]
    named += [("published", column) for column in ("source", "note", "period")]
    found = {text for name, column in named if name in tables for text in tables[name].frame[column]}
    found |= {position.label for position in tables["stock"].context.positions} | {*tables["stock"].context.notes}
    return sorted(found, key=len, reverse=True)


def cleaned(text: str, texts: list[str]) -> str:
    """Return the text without what is known to be no figure."""
    for known in texts:
        text = text.replace(known, " ")
    return NO_FIGURE.sub(" ", text)


def strange(tables: dict[str, Released], pages: Iterable[str]) -> list[tuple[str, str]]:
    """Return number and text of every number on these pages that is none of these."""
    whole, percents, texts = counts(tables), shares(tables), constants(tables)
    return [
        (number, text)
        for html in pages
        for text in Texts(html).said
        for number in NUMBER.findall(cleaned(text, texts))
        if not known(number.rstrip("."), whole, percents, tables["stock"].context.base)
    ]


def known(number: str, whole: set[int], percents: set[int], base: int) -> bool:
    """Say whether a number as it is written is a released count or share, or what a released 0 stands for."""
    plain = number.lstrip("<>+\N{MINUS SIGN}").removesuffix("%").replace(".", "")
    if "-" in plain:
        return plain in {f"0-{most}" for most in (*range(base - 1, 200, base - 1), 2 * base - 1, 4 * base - 2)}
    if number.endswith("%"):
        return number in {"<1%", ">99%"} or int(plain) in percents
    return int(plain) in whole or number == "<1"


def published(run: Run) -> tuple[dict[str, Released], dict[str, str]]:
    """Return the released tables of a run and the pages that are made of them."""
    tables = disclosure.open_release(run.workspace.releases / run.site.release / "released.duckdb")
    return tables, {name: html for name, html in run.pages.items() if name in PAGES}


@pytest.mark.parametrize("name", ["town", "mvad"])
def test_every_number_in_a_figure_is_released_or_made_from_what_is(name: str, request: pytest.FixtureRequest) -> None:
    """In charts, tables, cards and what is read aloud, of two towns."""
    tables, pages = published(request.getfixturevalue(name))
    assert sum(len(NUMBER.findall(text)) for html in pages.values() for text in Texts(html).said) > 1_000
    assert strange(tables, pages.values()) == []


def test_a_number_that_was_not_released_is_found(town: Run) -> None:
    """A count, a share or a range, wherever it stands: in a cell, in the text of a picture, or read aloud."""
    tables, _ = published(town)
    count = next(number for number in range(1, 10_000) if number not in counts(tables))
    share = next(percent for percent in range(1, 100) if percent not in shares(tables))
    for planted in (f"{count}", f"{share}%", "0-3", f"van {count} mensen"):
        for html in (
            f"<figure><table><tbody><tr><td>{planted}</td></tr></tbody></table></figure>",
            f"<figure><svg><g><text>{planted}</text></g></svg></figure>",
            f'<figure><svg aria-label="Dit zijn er {planted}."></svg></figure>',
        ):
            assert strange(tables, [html])


def test_a_released_number_is_known() -> None:
    """With what people write around it."""
    for number in ("1.235", "+5", "\N{MINUS SIGN}5", "0-4", "0-18", "12%", "<1%", "<1"):
        assert known(number, {1235, 5}, {12}, 5)
    assert is_axis(["0", "20", "40"])
    assert not is_axis(["20", "40", "70"])
    assert not is_axis(["0", "20", "70"])
