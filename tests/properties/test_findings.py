"""Laws of findings: no exception, nothing hidden, no unfinished sentence, an id that means the same each month."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from participatieketen.chance import holm
from participatieketen.charts import words
from participatieketen.disclosure import Context, Position, Released
from participatieketen.findings import Earlier, Finding, cards, findings, first_page, last_month, news
from participatieketen.findings.finding import slug
from participatieketen.readings import LEAST, wording
from small_tables import ESTIMATE, GROUP_SHARE, Stamped

Tables = dict[str, Released]

IDS = re.compile(r"[a-z][a-z0-9]*(-{1,2}[a-z0-9]+)*")
UNFINISHED = re.compile(r"[{}]|None|nan|null|  |\.\.|[A-Za-z]+-jaar\b|\bwaren er 1 stap (vooruit|terug)\.|\b1 mensen")
"""What no sentence holds: an open place in a template, a Python word, two spaces or points, a wrong plural."""


def released(name: str, columns: Mapping[str, Any], rows: Sequence[Sequence[Any]], about: Context) -> Released:
    """Return a table as disclosure hands it over."""
    return cast("Released", Stamped(name, pl.DataFrame(rows, schema=dict(columns), orient="row"), about))


def month(number: int) -> date:
    """Return the month so many after January 2020."""
    return date(2020 + number // 12, number % 12 + 1, 1)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """Return a chain of two to six positions, ties allowed, with a place outside it, on a day in 2024 or 2025."""
    codes = draw(st.lists(st.sampled_from("bijstand HE b_c b-c werk school".split()), min_size=2, unique=True))  # noqa: SIM905
    ranks = sorted(draw(st.lists(st.integers(0, 4), min_size=len(codes), max_size=len(codes))))
    inside = [Position(code, code.capitalize(), rank) for code, rank in zip(codes, ranks, strict=True)]
    last = draw(st.integers(48, 71))
    provisional = draw(st.sampled_from([0, 3]))
    return Context(
        organisation="Gemeente Fictiedam",
        title="Participatieketen",
        chain="Keten",
        positions=(*inside, Position("verhuisd", "Verhuisd", None)),
        peildatum=month(last),
        provisional_from=month(last - provisional),
        fictional=True,
        base=draw(st.sampled_from([1, 5, 10])),
    )


@st.composite
def tables(draw: st.DrawFn, about: Context | None = None) -> Tables:
    """Return any of the tables of a release, each empty, whole or in part, shares hidden in part or all of them."""
    about = about or draw(contexts())
    makers = (_stock, _step_month, _estimate, _group_share)
    found = [maker(draw, about) for maker in draw(st.sets(st.sampled_from(makers)))]
    return {table.name: table for table in found}


def _count(base: int) -> st.SearchStrategy[int]:
    few = st.integers(0, 12).map(lambda many: many * base)
    return st.one_of(few, st.integers(0, 4000).map(lambda many: many * base))


def _stock(draw: st.DrawFn, about: Context) -> Released:
    last = (about.peildatum.year - 2020) * 12 + about.peildatum.month - 1
    months = range(last - draw(st.integers(-1, 14)), last + 1)
    rows = [(month(m), p.code, draw(_count(about.base))) for m in months for p in about.positions if p.rank is not None]
    return released("stock", {"month": pl.Date, "position": pl.String, "persons": pl.Int64}, rows, about)


def _step_month(draw: st.DrawFn, about: Context) -> Released:
    last = (about.peildatum.year - 2020) * 12 + about.peildatum.month - 1
    months = range(last - draw(st.integers(0, 30)), last)
    rows = [
        (month(m), way, draw(_count(about.base)), month(m) >= about.provisional_from)
        for m in months
        for way in ("vooruit", "terug")
    ]
    columns = {"month": pl.Date, "direction": pl.String, "steps": pl.Int64, "provisional": pl.Boolean}
    return released("step_month", columns, rows, about)


def _estimate(draw: st.DrawFn, about: Context) -> Released:
    keys = [
        ("herstel", "stap_terug", "", "op_niveau"),
        ("herstel", "geen_stap_terug", "", "op_niveau"),
        ("blijvend", "a", "", "blijft"),
        ("blijvend", "b", "", "blijft"),
        ("terugkeer_1", "", "", "terug"),
        ("terugkeer_2", "", "", "terug"),
        *(("eerste_stap", "", place.code, way) for place in about.positions for way in ("vooruit", "terug")),
    ]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True))
    rows = []
    for measure, group, place, outcome in chosen:
        n = draw(st.integers(0, 500)) * about.base
        x, followed = (draw(st.integers(0, n // about.base)) * about.base for _ in range(2))
        fixed = measure in {"blijvend", "terugkeer_1"}
        rows.append((measure, "x", 30, group, place, outcome, 12, x, n, None if fixed else followed, about.base))
    return released("estimate", ESTIMATE, rows, about)


def _group_share(draw: st.DrawFn, about: Context) -> Released:
    keys = [(g, code, way) for g in ("wijk", "leefvorm") for code in "abc" for way in ("vooruit", "terug", "opzij")]
    rows = []
    for grouping, code, way in draw(st.lists(st.sampled_from(keys), unique=True)):
        n = draw(_count(about.base))
        moved = draw(st.integers(0, n // about.base)) * about.base
        rows.append((grouping, code, code.upper(), way, moved, n, moved, n, about.base))
    return released("group_share", GROUP_SHARE, rows, about)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Tables, Tables]:
    """Return the tables of two releases of one chain, the first of them a month older."""
    about = draw(contexts())
    older = replace(about, peildatum=month((about.peildatum.year - 2020) * 12 + about.peildatum.month - 2))
    return draw(tables(older)), draw(tables(about))


@given(pairs())
def test_any_tables_give_findings_in_whole_sentences(both: tuple[Tables, Tables]) -> None:
    """No table is too odd: findings are ranked, have their own ids, and end every sentence."""
    previous, now = both
    found = findings(now, previous)
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert IDS.fullmatch(one.id)
        assert one.title
        assert one.number
        assert one.sentence.endswith(".")
        assert not one.change or one.change.endswith(".")
        assert not any(UNFINISHED.search(text) for text in (one.sentence, one.change, one.range, one.period))


@given(pairs())
def test_what_may_be_chance_lies_in_its_range(both: tuple[Tables, Tables]) -> None:
    """A share lies in its band; a month outside the limits that its card names is a signal."""
    for one in findings(both[1], both[0]):
        assert (one.lower is None) == (one.upper is None)
        if one.lower is not None and one.upper is not None:
            value = next(iter(one.values.values()))
            assert one.lower <= value <= one.upper or (one.chance == "signaal" and "per maand" in one.unit)


@given(tables())
def test_hidden_figures_give_nothing(now: Tables) -> None:
    """Whatever is there, of too few people there are no findings: counts of people on a position are never hidden."""
    shares = {name: table for name, table in now.items() if name in {"estimate", "group_share"}}
    hidden = {name: _with_frame(table, _few(table.frame)) for name, table in shares.items()}
    assert findings(hidden) == ()


def _few(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with counts below what is shown."""
    counts = [name for name in frame.columns if name in {"x", "n", "followed", "x_households", "n_households"}]
    return frame.with_columns(pl.col(counts).clip(upper_bound=LEAST - 10))


def _with_frame(table: Released, frame: pl.DataFrame) -> Released:
    return released(table.name, frame.schema, [], table.context) if frame.is_empty() else _stamped(table, frame)


def _stamped(table: Released, frame: pl.DataFrame) -> Released:
    return cast("Released", Stamped(table.name, frame, table.context))


@given(pairs())
def test_the_order_of_rows_changes_nothing(both: tuple[Tables, Tables]) -> None:
    """Tables are sets of rows; made twice, findings are the same."""
    previous, now = both
    turned = {name: _stamped(table, table.frame.reverse()) for name, table in now.items()}
    assert findings(turned, previous) == findings(now, previous)


@given(contexts().flatmap(lambda about: st.tuples(tables(about), tables(about))))
def test_an_id_means_the_same_whatever_the_figures(two: tuple[Tables, Tables]) -> None:
    """Two releases of one chain give an id the same template, title, unit, direction and definition."""
    first, second = ({one.id: one for one in findings(some)} for some in two)
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        assert (one.template, one.title, one.unit) == (other.template, other.title, other.unit)
        assert (one.direction, one.page, one.definition) == (other.direction, other.page, other.definition)


@given(tables())
def test_another_chain_changes_the_definition_and_nothing_else(now: Tables) -> None:
    """Ranks that keep their order leave every word as it is, and change every hash."""
    changed = {name: _stamped_as(table, _doubled(table.context)) for name, table in now.items()}
    first, second = findings(now), findings(changed)
    assert [replace(one, definition="") for one in first] == [replace(one, definition="") for one in second]
    assert all(one.definition != other.definition for one, other in zip(first, second, strict=True))


def _stamped_as(table: Released, about: Context) -> Released:
    return cast("Released", Stamped(table.name, table.frame, about))


def _doubled(about: Context) -> Context:
    ranked = (replace(p, rank=None if p.rank is None else 2 * p.rank + 1) for p in about.positions)
    return replace(about, positions=tuple(ranked))


@given(pairs(), st.integers(0, 8))
def test_the_first_page_keeps_its_rule(both: tuple[Tables, Tables], most: int) -> None:
    """At most so many, in their order, each template once, nothing uncertain, and no direction without the other."""
    found = findings(both[1], both[0])
    shown = first_page(found, most)
    names = [one.template for one in shown]
    assert len(shown) <= most
    assert len(names) == len(set(names))
    assert [one.rank for one in shown] == sorted(one.rank for one in shown)
    assert all(one.number != "onzeker" for one in shown)
    assert ("maand-vooruit" in names) == ("maand-terug" in names)
    if {one.direction for one in shown} & {"vooruit"}:
        assert {"terug"} & {one.direction for one in shown}
    assert not found or most == 0 or "stappen-jaar" not in {one.template for one in found} or names[0] == "stappen-jaar"


@given(pairs())
def test_cards_hold_every_text(both: tuple[Tables, Tables]) -> None:
    """A card per finding, in the same order, all of it text."""
    found = findings(both[1], both[0])
    rows = cards(found).rows
    assert [row[0] for row in rows] == [one.id for one in found]
    assert all(isinstance(cell, str) for row in rows for cell in row)


@given(st.lists(st.text(), unique=True))
def test_two_codes_are_never_one_id(codes: list[str]) -> None:
    """Codes of any kind become different parts of an id, of small letters, digits and hyphens."""
    made = [slug(code) for code in codes]
    assert len(set(made)) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in made)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_corrected_chances_are_never_smaller(p: list[float]) -> None:
    """Holm only makes a p-value larger, at most 1, and keeps their order."""
    adjusted = holm(p)
    assert all(one <= other <= 1 for one, other in zip(p, adjusted, strict=True))
    order = sorted(range(len(p)), key=lambda place: p[place])
    assert [adjusted[place] for place in order] == sorted(adjusted)


def earlier_of(tables: Tables, found: Sequence[Finding]) -> Earlier:
    """Return a release with these findings, as the next one is compared with it."""
    return Earlier("toen", date(2024, 1, 1), tuple(found), last_month(tables))


@given(pairs())
def test_every_number_of_the_news_stands_in_a_finding(both: tuple[Tables, Tables]) -> None:
    """Of this release or the one before, as text or as what it was; but for months, and how many are not named."""
    previous, now = both
    then, found = findings(previous), findings(now, previous)
    known = {number for one in (*found, *then) for text in texts_of(one) for number in numbers(text)}
    known |= {
        words.shown(round(one.values["was"]), base) for one in found for base in (1, 5, 10) if "was" in one.values
    }
    for text in news(found, earlier_of(previous, then), now) if now else ():
        assert numbers(text) <= known
        assert text.endswith((".", ")"))
        assert not UNFINISHED.search(text)


def texts_of(one: Finding) -> tuple[str, ...]:
    """Return every text of a finding."""
    return one.title, one.number, one.sentence, one.change, one.range, one.period


def numbers(text: str) -> set[str]:
    """Return what holds a digit in a text, without months and how many others there are."""
    return set(
        re.findall(
            r"[\w.,%-]*\d[\w%]*", re.sub(r"\b[a-z]+ 20\d\d\b|\bnog \d+ andere\b", " ", text, flags=re.IGNORECASE)
        )
    )


@given(pairs())
def test_both_directions_are_in_the_news_or_neither(both: tuple[Tables, Tables]) -> None:
    """In one order, each once, and at most six texts."""
    previous, now = both
    if now:
        said = news(findings(now, previous), earlier_of(previous, findings(previous)), now)
        told = [text.partition(":")[0] for text in said if text.startswith("Stappen ") and ":" in text[:16]]
        assert told in ([], ["Stappen vooruit", "Stappen terug"])
        assert len(said) <= 6


@given(pairs())
def test_a_release_beside_itself_has_no_news(both: tuple[Tables, Tables]) -> None:
    """No month, no change, nothing new and nothing gone: every figure is what it was."""
    previous, now = both
    found = findings(now, previous)
    changed = re.compile(
        r"\d (meer|minder)\b|eerst mee|Dit veranderde|Nieuw|maand ervoor|Niet meer|staat nu geen|was het \d"
    )
    for text in news(found, earlier_of(now, found), now) if now else ():
        assert not changed.search(text)


@given(pairs())
def test_the_chance_of_a_change_is_that_of_its_words(both: tuple[Tables, Tables]) -> None:
    """What a card says of the change of a figure is what is kept of it; a figure without a change has none."""
    for one in findings(both[1], both[0]):
        beyond, maybe = (
            re.search(words, one.change) for words in ("meer dan toeval", "kan toeval (of afronding )?zijn")
        )
        assert one.change_chance == ("signaal" if beyond else "kan toeval zijn" if maybe else "")
        assert one.chance == "signaal" or one.change_chance != "signaal"


@given(tables())
def test_nothing_is_set_beside_a_report_that_is_not_there(found: Tables) -> None:
    """What is judged within one release is set beside something in that release."""
    cards_of = cards(findings(found))
    assert not any("vorige rapport" in text for row in cards_of.rows for text in row)


FRACTIONS = {"een kwart": 1 / 4, "een derde": 1 / 3, "de helft": 1 / 2, "twee derde": 2 / 3, "driekwart": 3 / 4}
ENDS = {
    "bijna niemand": (0.0, 0.05),
    "bijna iedereen": (0.95, 1.0),
    "minder dan 1%": (0, 0.005),
    "meer dan 99%": (0.995, 1),
}
ABOUT = re.compile(rf"(?:ongeveer )?({'|'.join(FRACTIONS)}|\d op de 10|\d+%) \(([^()]*\d%)\)")
"""A share in a sentence, and the range behind it."""


def ends(between: str) -> tuple[int, int]:
    """Return the percents that a range in words goes from and up to."""
    first, *_, last = [int(part) for part in re.findall(r"\d+", between)] * 2
    kind = between.split(maxsplit=1)[0]
    return (0 if kind == "hoogstens" or "<" in between else first, 100 if kind == "minstens" else last)


def worded(said: str) -> float:
    """Return what the words of a share stand for."""
    part = said.removeprefix("ongeveer ")
    return FRACTIONS[part] if part in FRACTIONS else int(part.rstrip("%").split(" ")[0]) / (100 if "%" in part else 10)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_words_of_a_share_lie_in_its_range(three: list[float]) -> None:
    """And at most two points from the share; the words for nearly all say so of the whole range."""
    lower, share, upper = three
    said = wording.about(share, lower, upper)
    if said in {"bijna niemand", "bijna iedereen"}:
        assert ENDS[said][0] <= lower <= upper <= ENDS[said][1]
    elif said in ENDS:
        assert ENDS[said][0] <= share <= ENDS[said][1]
    elif "%" in said:
        assert round(100 * lower) <= round(100 * worded(said)) <= round(100 * upper)
        assert abs(worded(said) - share) <= 0.005 + 1e-9
    else:
        assert lower <= worded(said) <= upper
        assert abs(worded(said) - share) <= 0.02 + 1e-9


@given(pairs())
def test_every_share_in_a_sentence_lies_in_the_range_behind_it(both: tuple[Tables, Tables]) -> None:
    """As a reader sees both, in whole percents."""
    for one in findings(both[1], both[0]):
        for said, between in ABOUT.findall(one.sentence):
            low, high = ends(between)
            assert low - 0.5 <= 100 * worded(said) <= high + 0.5
