"""Which numbers a release may show: released counts and shares, what a page makes of them, and what is no figure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import ceil, floor

import polars as pl

from drawn import drawn
from participatieketen.chain import Chain
from participatieketen.chance.signal import LASTS
from participatieketen.charts.words import off
from participatieketen.contracts import Contract
from participatieketen.disclosure import Released
from participatieketen.disclosure.row_counts import PARTS
from participatieketen.findings import findings
from participatieketen.readings import (
    FALSE_ALARMS,
    differences,
    people_of,
    published_table,
    settled,
    usual,
    with_outcome,
)
from participatieketen.readings.estimate import EDGES
from webpage import DRAWN, MONTHS_AFTER, Text

Tables = Mapping[str, Released]

MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
SHORT = "jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec"
YEAR = r"(?:19|20)\d\d"
DATES = (
    rf"\b(?:(?:[1-9]|[12]\d|3[01]) )?(?:{MONTH}) {YEAR}\b",
    rf"\b(?:{SHORT}) {YEAR}\b",
    rf"\b{YEAR}-\d\d-\d\d(?:T00:00:00Z)?\b",
)
READING = (
    "95 van de 100 keer",
    "niet op tot 100%",
    "op tot 99 of 101",
    "minder dan 50 mensen",
    "minder dan 200 mensen",
    "van 1 tot en met 9 rekent",
    "kunnen 1 tot en met 9 zijn",
    "ligt tussen 0 en 1: 0,25 is 25%",
    "1 dag of meer",
    "Van 26% naar 29% is 3 procentpunten",
)
"""What explains a figure in words that are the same in every release: the rules of disclosure and of chance."""

TOKEN = re.compile(r"[\w.,%<>+\N{PLUS-MINUS SIGN}\N{MINUS SIGN}\N{EN DASH}-]*\d[\w.,%\N{EN DASH}-]*")
"""Everything that holds a digit, up to a space, a bracket or another sign."""

COUNT = re.compile(r"(?:<|[+\N{MINUS SIGN}])?(\d{1,3}(?:\.\d{3})*)")
SHARE = re.compile(r"[<>]?(\d{1,3})%")
HALF_PERCENT = 0.005
NAMED = 3
"""Of what changed, that the news names at most."""

FIRST_ROWS = 12
"""Of a long table, that a page shows at once."""

NO_COUNTS = {"months", "gap_days", "base", "bound"}
NO_TABLES = {"audited"}
"""What was tried before publication: its numbers stand in a column of their own."""


@dataclass(frozen=True)
class Figures:
    """What the numbers of a release may be.

    counts   released counts, and the sums and differences that a page makes of them
    percents released shares in whole percents, and those that a page takes from counts
    ranges   what a released 0 stands for, as "0-4"
    cells    by the head of a column: texts and numbers that may stand there as they are
    phrases  texts that are no figure, wherever they stand
    """

    counts: frozenset[int]
    percents: frozenset[int]
    ranges: frozenset[str]
    cells: Mapping[str, frozenset[str]]
    phrases: re.Pattern[str]

    def strange(self, texts: Iterable[Text]) -> list[tuple[str, Text]]:
        """Return every number in these texts that is none of these, with where it stands."""
        return [
            (token, text)
            for text in texts
            if text.words not in self.cells.get(text.column, ())
            for found in TOKEN.findall(self.phrases.sub(" ", text.words))
            if (token := found.rstrip(".,")) not in self.cells.get(text.column, ()) and not self.known(token)
        ]

    def with_cells(self, more: Mapping[str, Iterable[str]]) -> "Figures":
        """Return these figures with more that may stand in a column."""
        return replace(self, cells={**self.cells, **{column: frozenset(texts) for column, texts in more.items()}})

    def known(self, token: str) -> bool:
        """Say whether a number as it is written is a released count or share, or what a released 0 stands for."""
        if token in {"<1", "<1%", ">99%"} | self.ranges:
            return True
        if share := SHARE.fullmatch(token):
            return int(share[1]) in self.percents and token[0] not in "<>"
        count = COUNT.fullmatch(token)
        return count is not None and token[0] != "<" and int(count[1].replace(".", "")) in self.counts


def figures_of(
    tables: Tables,
    rules: Chain,
    contracts: Mapping[str, Contract],
    sizes: Iterable[str] = (),
    earlier: Tables | None = None,
) -> Figures:
    """Return what the numbers of this release may be, given what steered it and how large its downloads are.

    earlier   the tables of the release before, whose figures stand beside those of this one
    """
    both = [tables, earlier] if earlier else [tables]
    return Figures(
        frozenset().union(*map(counts, both)),
        frozenset().union(*map(shares, both)),
        frozenset(f"0-{most}" for most in reach(tables, rules)),
        cells(tables, rules, contracts),
        phrases(
            [
                *(example.text for example in rules.examples),
                *_labels(tables, contracts),
                *READING,
                *_told(tables, rules),
                *_rows(tables, contracts),
                *_compared(tables, earlier),
                *sizes,
            ]
        ),
    )


def phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds each of these texts where it stands whole, long ones first, and dates."""
    longest = sorted({text for text in texts if re.search(r"\d", text)}, key=lambda text: (-len(text), text))
    whole = [rf"(?<![\w.,-]){re.escape(text)}(?![\w%]|[.,-]\d)" for text in longest]
    return re.compile("|".join([*whole, *DATES]), re.IGNORECASE)


def reach(tables: Tables, rules: Chain) -> set[int]:
    """Return how far off a count can be, or a sum: of the steps of months in a row, of positions, or of groups."""
    base, months = tables["stock"].context.base, tables["stock"].frame["month"].n_unique()
    shown = published_table(tables["group_share"]).drop_nulls("upper").group_by("grouping", "direction").len()["len"]
    many = range(1, max([len(rules.positions), *shown]) + 1)
    summed = {fold * off(one) for one in (base, 2 * base) for fold in many}
    return summed | {off(base, month) for month in range(1, months + 1)}


def cells(tables: Tables, rules: Chain, contracts: Mapping[str, Contract]) -> dict[str, frozenset[str]]:
    """Return the texts and numbers that a column may have as they are: of the chain, the contracts and the audit."""
    every = contracts.values()
    audited = tables["audited"].frame.row(0, named=True)
    found: dict[str, Iterable[str]] = {
        "Maanden na de start": map(str, range(max(MONTHS_AFTER) + 1)),
        "Volgorde": [str(position.rank) for position in rules.positions],
        "Voorrang": [str(place) for place, _ in enumerate(rules.positions, start=1)],
        "Wanneer iemand hier staat": _codes(rules),
        "Waarde": _limits_of_time(rules),
        "Groepen": [", ".join(one.names.values()) or f"codelijst {one.codelist}" for one in rules.groupings],
        "Regel": [rule.message for one in every for rule in one.rules],
        "Controle": tables["verdict"].frame["message"],
        "Herkomst": [rule.source for one in every for rule in one.rules],
        "Wat het is": [field.description for one in every for field in one.fields],
        "Kolom": [field.name for one in every for field in one.fields],
        "Codelijst": [field.codelist or "" for one in every for field in one.fields],
        "Versie": [one.version for one in every],
        "Waarvoor": [f"{one.purpose} {one.limitations}".strip() for one in every],
        "Uitkomst": [f"{audited[name]:,}".replace(",", ".") for name in ("cells", "small")]
        + [f"{audited['narrowest']} mensen"],
        **_examples(rules),
        DRAWN: {str(month.year) for month in tables["stock"].frame["month"]},
        "id": [found.id for found in findings(dict(tables))],
        "version": ["https://jsonfeed.org/version/1.1"],
    }
    return {column: frozenset(texts) for column, texts in found.items()}


def _examples(rules: Chain) -> dict[str, set[str]]:
    """Return the numbers in the examples of the rules: made-up persons, reasons and counts, in columns of their own."""
    rows = [row for example in rules.examples for text in (example.given, example.expected) for row in drawn(text)]
    heads = {"Persoon": "persoon", "Reden": "reden", "Aantal mensen": "aantal mensen"}
    return {shown: {row[head] for row in rows if head in row} for shown, head in heads.items()}


def _codes(rules: Chain) -> set[str]:
    """Return the codes and days that the rules of the positions name."""
    opened = {code for position in rules.positions for rule in position.open for code in rule.values}
    ended = {code for position in rules.positions for rule in position.ended for code in rule.reasons}
    return opened | ended | {str(rules.follow_up_days)}


def _limits_of_time(rules: Chain) -> set[str]:
    days = {f"{rules.gap_days} dagen", f"{rules.follow_up_days} dagen", f"{rules.provisional_months} maanden"}
    return days | {code for register in rules.registers.values() for code in register.pause}


def _labels(tables: Tables, contracts: Mapping[str, Contract]) -> set[str]:
    """Return names that stand in texts: of the release, its groups, positions, checks, deliveries and contracts."""
    named = [("group_share", "label"), ("verdict", "message"), ("delivery", "source")]
    named += [("published", column) for column in ("source", "note")]
    found = {text for name, column in named if name in tables for text in tables[name].frame[column]}
    context = tables["stock"].context
    found |= {f"({period})" for (period,) in _of(tables["published"], "period")}
    found |= {position.label for position in context.positions} | {*context.notes, context.id}
    return found | _people_called(tables) | {f"Uit {one.label}." for one in contracts.values()}


def _people_called(tables: Tables) -> set[str]:
    """Return what sentences call the people of the groups."""
    if "group_share" not in tables:
        return set()
    shown, context = tables["group_share"], tables["group_share"].context
    return {people_of(context, *names) for names in shown.frame.select("grouping", "group_code", "label").iter_rows()}


def _of(table: Released, *columns: str) -> list[tuple[str, ...]]:
    return table.frame.select(columns).rows()


def _told(tables: Tables, rules: Chain) -> Iterator[str]:
    """Yield the phrases with a number that is no figure, as this release has it."""
    base, places = tables["stock"].context.base, len(rules.ranks)
    yield f"{places} plekken"
    yield f"laatste {rules.provisional_months} maanden zijn voorlopig"
    yield from (f"{where} {rules.follow_up_days} dagen" for where in ("na", "daar"))
    yield from (one.said for one in tables["stock"].context.cautions)
    yield from (f"hoogstens {off(base) * len(PARTS)} naast", f"0-{off(base) * len(PARTS)}")
    yield from (f"{tenth} op de 10" for tenth in {(part + half) // 10 for part in shares(tables) for half in (4, 5)})
    if "group_share" in tables and (published_table(tables["group_share"])["share"] < HALF_PERCENT).any():
        yield "minder dan 1%"
    yield from (f"nul tot en met {2**fold * base - 1}" for fold in (0, 1))
    yield from _rounded(base, reach(tables, rules))
    yield from _checked(tables)
    yield from _followed(published_table(tables["estimate"]))
    yield from _in_time(tables["step_month"])
    if "group_share" in tables:
        made = len(differences(tables["group_share"].frame)[1])
        yield f"{made} vergelijking{'' if made == 1 else 'en'}"


def _compared(tables: Tables, earlier: Tables | None) -> Iterator[str]:
    """Yield how many findings are other than in the release before, and how many that changed are not named."""
    now = {found.id: found for found in findings(dict(tables), earlier)}
    yield from (f"nog {many} andere" for many in range(1, len(now) - NAMED + 1))
    if earlier:
        was = {found.id: found for found in findings(dict(earlier))}
        other = sum(was[name].number != now[name].number for name in was.keys() & now.keys())
        yield f"Van de {len(now)} bevindingen"
        yield from (f"er {other} een ander getal", f"er {len(now.keys() - was.keys())} nieuw")
        yield f"er {len(was.keys() - now.keys())} niet meer in"


def _rounded(base: int, reached: Iterable[int]) -> Iterator[str]:
    """Yield how far off a count or a sum can be, as pages say it."""
    for most in reached:
        yield from (f"hoogstens {most} hoger of lager", f"hoogstens {most} naast", f"per plek hoogstens {most}")
    yield f"verschil van {2 * off(base)} of minder"
    yield from (f"of {off(2 * base)} bij tientallen", f"hoogstens {off(2 * base)} schelen")


def _checked(tables: Tables) -> Iterator[str]:
    """Yield how many deliveries and checks there were."""
    passed = with_outcome(tables["verdict"])["passed"]
    failed = passed.len() - passed.sum()
    yield from (f"{passed.len()} controles", f"{failed} van de {passed.len()} controles", f"er {failed} niet in orde")
    yield f"{tables['delivery'].frame.height} leveringen"


def _followed(estimate: pl.DataFrame) -> Iterator[str]:
    """Yield after how many months people were looked at, and over how many days without anything."""
    yield from (text for many in MONTHS_AFTER for text in (f"na {many} maanden", f"{many} maanden later"))
    yield from (f"{months} tot {later} maanden" for months, later in combinations(MONTHS_AFTER, 2))
    yield from (f"binnen {many} maanden" for many in MONTHS_AFTER)
    yield "na 1 maand"
    yield from (text for many in EDGES for text in (f"minder dan {many} maanden", f"{many} maanden of langer"))
    for days in estimate["gap_days"].unique():
        yield from (f"{days} dagen", f"1 tot en met {days} dagen")
    keys = [column for column in estimate.columns if column in {"measure", "group", "position", "outcome", "months"}]
    for _, same in estimate.drop_nulls("share").group_by(keys):
        points = [round(100 * share) for share in same["share"]]
        apart = {abs(one - other) for one, other in combinations(points, 2)}
        yield from ("hoogstens 1 procentpunt" if many == 1 else f"hoogstens {many} procentpunten" for many in apart)


def _in_time(step_month: Released) -> Iterator[str]:
    """Yield how many months were looked at, how many of the newest are more than chance, and how often that is."""
    yield f"{FALSE_ALARMS} van de 100 edities"
    yield "de laatste {1} en de laatste {2} maanden".format(*LASTS)
    for way in ("vooruit", "terug"):
        looked_at = usual(settled(step_month, way), step_month.context.base)
        if looked_at is not None:
            yield from (f"de {looked_at.months - 1} maanden voor de nieuwste", f"{looked_at.last} maanden samen")


def _rows(tables: Tables, contracts: Mapping[str, Contract]) -> set[str]:
    """Return how many rows of a long table are shown on request."""
    long = [tables["verdict"].frame.height]
    long += [len(part) for one in contracts.values() for part in (one.fields, one.rules)]
    return {f"overige {rows - FIRST_ROWS} rijen" for rows in long}


def counts(tables: Tables) -> set[int]:
    """Return every released count and every sum or difference that a page makes of them."""
    frames = {name: published_table(table) for name, table in tables.items()}
    whole = {
        value
        for name, frame in frames.items()
        if name not in NO_TABLES
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
    yield from (limit for way in ("vooruit", "terug") for limit in _limits(step_month, way))
    for series in (forward, back):
        final = series.filter(~pl.col("provisional"))["steps"].to_list()
        year, before = final[-12:], final[:-12]
        yield from (sum(series["steps"]), sum(year), abs(final[-1] - final[-2]))
        yield from (abs(sum(year[-many:]) - sum(before[-many:])) for many in range(1, len(before) + 1))


def _limits(step_month: Released, way: str) -> Iterator[int]:
    """Yield the limits of chance of the newest month, rounded out."""
    if (looked_at := usual(settled(step_month, way), step_month.context.base)) is not None:
        yield from (round(looked_at.centre), floor(looked_at.lower), ceil(looked_at.upper))


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
        groups = frames["group_share"].drop_nulls("upper").group_by("grouping", "direction")
        yield from groups.agg(pl.sum("n"))["n"]
        yield from groups.agg(pl.sum("x"))["x"]


def shares(tables: Tables) -> set[int]:
    """Return every released share in whole percents, and those that a page takes from counts."""
    frames = {name: published_table(table) for name, table in tables.items()}
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
        for _, of_one in frames["group_share"].drop_nulls("upper").group_by("grouping", "direction"):
            n, moved = sum(of_one["n"].to_list()), sum(of_one["x"].to_list())
            yield round(100 * moved / n)
            yield from (round(100 * (moved - m) / (n - k)) for m, k in of_one.select("x", "n").iter_rows() if n > k)
