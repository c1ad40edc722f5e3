"""Findings: what changed since the release before, in a few sentences, word for word."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from causes import CAUSES
from conftest import Run
from participatieketen import disclosure
from participatieketen.disclosure import Context, Released
from participatieketen.findings import Earlier, Finding, findings, last_month, news, news_table, read, read_earlier
from participatieketen.findings.finding import Chance
from small_tables import SEPTEMBER, ZWOLLE, Row, before, context, estimate, group_share, step_month, stock

THEN = context(peildatum=date(2025, 12, 1))
"""The release of a month before: August is its last month that is not provisional."""

STEADY, FLAT = [40, 45] * 12, [15, 20] * 12
RECOVERED: Row = ("herstel", "stap_terug", "", "op_niveau", 0.41, 0.35, 0.46, 640)
NORTH = [("wijk", "noord", "vooruit", 300, 60), ("wijk", "zuid", "vooruit", 1000, 90)]
NORTH_CALLED = "mensen in de groep \N{LEFT SINGLE QUOTATION MARK}Wijk: Noord\N{RIGHT SINGLE QUOTATION MARK}"
PROVISIONAL = "De maanden vanaf oktober 2025 zijn nog niet compleet: die zijn voorlopig en tellen nog niet mee."
NEW = f"De nieuwste maand die meetelt, is september 2025. {PROVISIONAL}"
FORWARD = (
    "Stappen vooruit: 45 in september 2025, 40 in de maand ervoor. Gewoonlijk tussen 24 en 61 per maand. "
    "Naast de maanden ervoor kan dat toeval zijn."
)
BACK = (
    "Stappen terug: 20 in september 2025, 15 in de maand ervoor. Gewoonlijk tussen 5 en 30 per maand. "
    "Naast de maanden ervoor kan dat toeval zijn."
)
PEOPLE = "Mensen in de keten: 4.000 op 1 oktober 2025. Na afronden is dat hetzelfde aantal als op 1 september 2025."
NO_MORE = "De percentages verschillen niet duidelijk van het vorige rapport: dat kan toeval zijn."

Tables = dict[str, Released]


def persons(about: Context, *changed: int) -> Released:
    """Return a thousand people on each position, and so many more or fewer on the last settled day."""
    last = about.settled_on
    more = [*changed, *[0] * 4]
    held = {p.code: {before(last, 1): 1000, last: 1000 + more[place]} for place, p in enumerate(ZWOLLE[:4])}
    return stock(held, about)


def tables(about: Context, *other: Released) -> Tables:
    """Return the tables of a release; steps and people are steady where no other are given."""
    steady = [step_month(STEADY, FLAT, about), persons(about), estimate(RECOVERED, about=about)]
    return {table.name: table for table in (*steady, *other)}


def told(now: Tables, then: Tables | None) -> tuple[str, ...]:
    """Return the news of a release, beside that of the month before."""
    was = Earlier("toen", date(2025, 12, 1), findings(then), last_month(then)) if then else None
    return news(findings(now, then), was, now)


def only(text: str, now: Sequence[Released] = (), then: Sequence[Released] = ()) -> None:
    """Check that with these tables the news has this text, beside what a steady month says and in its place."""
    said = told(tables(context(), *now), tables(THEN, *then))
    steady = told(tables(context()), tables(THEN))
    assert text in said
    assert [one for one in said if one != text] == [one for one in steady if one in said]


def test_a_steady_month_says_what_is_new_and_that_nothing_else_is() -> None:
    """The month, both directions, people, and that no share changed by more than chance: five texts."""
    assert told(tables(context()), tables(THEN)) == (NEW, FORWARD, BACK, PEOPLE, NO_MORE)


def test_a_first_release_says_so_and_which_months_it_covers() -> None:
    """And sets the last month beside the one before, and people beside those of the first month."""
    assert told(tables(context()), None) == (
        (
            "Dit is de eerste uitgave van dit rapport: er is nog geen eerdere om mee te vergelijken. De aantallen per "
            f"maand gaan over oktober 2023 tot en met september 2025. {PROVISIONAL}"
        ),
        FORWARD,
        BACK,
        PEOPLE,
    )


@pytest.mark.parametrize(
    ("peildatum", "said"),
    [
        (date(2025, 10, 1), "Voor het eerst tellen mee: juli tot en met september 2025."),
        (date(2025, 5, 1), "Voor het eerst tellen mee: februari tot en met september 2025."),
        (
            date(2025, 3, 1),
            "Voor het eerst tellen mee: december 2024 tot en met september 2025.",
        ),
        (date(2026, 1, 1), "Er is geen maand bij gekomen: de laatste maand die meetelt, is nog steeds september 2025."),
        (
            date(2026, 2, 1),
            "De laatste maand die meetelt, is nu september 2025. In het vorige rapport was dat oktober 2025.",
        ),
    ],
)
def test_months_that_were_skipped_or_are_the_same_again_are_said(peildatum: date, said: str) -> None:
    """Whatever month the release before was of, the months that are new are named, and no others."""
    then = tables(context(peildatum=peildatum))
    assert told(tables(context()), then)[0] == f"{said} {PROVISIONAL}"


def test_without_provisional_months_none_are_named() -> None:
    """The sentence about them is left out."""
    final = replace(context(), provisional_from=date(2026, 2, 1))
    assert "voorlopig" not in told(tables(final), tables(THEN))[0]


def test_the_same_month_again_is_set_beside_the_report_before() -> None:
    """No month is called new, and no change is told that was news in the report before."""
    now = tables(context(), step_month([*STEADY[:-1], 90], FLAT))
    same = told(now, tables(context()))
    assert same[1:3] == (
        "Stappen vooruit: 90 in september 2025. In het vorige rapport was het 45.",
        "Stappen terug: 20 in september 2025. In het vorige rapport was het ook 20.",
    )
    assert "Mensen in de keten: 4.000 op 1 oktober 2025. In het vorige rapport was het ook 4.000." in same


@pytest.mark.parametrize(
    ("series", "said", "judged"),
    [
        ([40, 90], "90 in september 2025, 40 in de maand ervoor.", "Naast de maanden ervoor is dat meer dan toeval."),
        ([30, 55], "55 in september 2025, 30 in de maand ervoor.", "Naast de maanden ervoor kan dat toeval zijn."),
    ],
)
def test_steps_say_whether_their_month_is_chance(series: list[int], said: str, judged: str) -> None:
    """Beside all months before it, for either direction: two months that differ much can both be usual."""
    forward = told(tables(context(), step_month([*STEADY[:-2], *series], STEADY)), tables(THEN))
    back = told(tables(context(), step_month(STEADY, [*STEADY[:-2], *series])), tables(THEN))
    assert forward[1].startswith(f"Stappen vooruit: {said}")
    assert back[2].startswith(f"Stappen terug: {said}")
    assert forward[1].endswith(judged)
    assert back[2].endswith(judged)


def test_a_month_that_is_no_chance_beside_all_months_is_said() -> None:
    """The newest is usual by itself and equal to the one before, but six of them together are a signal."""
    said = told(tables(context(), step_month([*[40, 45] * 9, *[60] * 6], FLAT)), tables(THEN))
    assert said[1] == (
        "Stappen vooruit: 60 in september 2025, 60 in de maand ervoor. Gewoonlijk tussen 27 en 66 per maand. "
        "Naast de maanden ervoor is dat meer dan toeval."
    )
    assert said[2] == BACK


def test_one_direction_is_never_told_alone() -> None:
    """With the steps back not there, those forward are not told."""
    steps = step_month(STEADY, FLAT).frame.filter(direction="vooruit")
    lame = replace(tables(context())["step_month"], frame=steps)
    assert told(tables(context(), lame), tables(THEN))[:3] == (NEW, PEOPLE, NO_MORE)


def test_positions_with_more_or_fewer_people_are_named_and_not_judged() -> None:
    """The largest change first; what rounding can make is none, and the fourth is counted."""
    only(
        f"{PEOPLE} Per plek: Bijstand ongeveer 40 meer en Werk ongeveer 40 minder.",
        [persons(context(), 40, -5, 5, -40)],
    )
    said = told(tables(context(), persons(context(), 20, -15, 25, -30)), tables(THEN))[3]
    assert said == (
        f"{PEOPLE} Per plek: Werk ongeveer 30 minder, Sociale Coöperatie ongeveer 25 meer, Bijstand ongeveer 20 meer "
        "en nog 1 andere."
    )
    assert "toeval" not in said


def test_shares_that_changed_by_more_than_chance_are_named_from_and_to() -> None:
    """Only those: a share within chance is not among them."""
    rows: list[Row] = [
        ("blijvend", "a", "", "blijft", 0.75, 0.72, 0.77, 1490),
        ("eerste_stap", "", "dagbesteding", "vooruit", 0.16, 0.1, 0.2, 300),
        ("eerste_stap", "", "dagbesteding", "terug", 0.3, 0.25, 0.35, 300),
    ]
    now = estimate(RECOVERED, *rows)
    then = estimate(
        (*RECOVERED[:4], 0.25, 0.2, 0.3, 600),
        (*rows[0][:4], 0.74, 0.71, 0.76, 1490),
        rows[1],
        (*rows[2][:4], 0.5, 0.45, 0.55, 300),
        about=THEN,
    )
    only(
        "Dit veranderde meer dan toeval: Een jaar na een stap terug (van 25% naar 41%) en De eerste stap vanaf "
        "Dagbesteding (van 17% vooruit en 50% terug naar 17% vooruit en 30% terug).",
        [now],
        [then],
    )


def test_a_share_is_not_news_again_beside_a_report_on_the_same_months() -> None:
    """What was more than chance since an older report is not told; one that was corrected is not called equal."""
    now, then = tables(context()), tables(THEN, estimate((*RECOVERED[:4], 0.2, 0.15, 0.25, 600), about=THEN))
    found = findings(now, then)
    corrected = [replace(one, number="44%") if one.id.startswith("herstel") else one for one in found]
    assert any(one.change_chance == "signaal" for one in found)
    assert news(found, Earlier("toen", date(2026, 1, 1), found, SEPTEMBER), now)[-1] == NO_MORE
    steady = findings(now)
    other = Earlier("toen", date(2026, 1, 1), tuple(corrected), SEPTEMBER)
    assert all("toeval" not in text for text in news(steady, other, now))


def test_a_year_that_differs_by_more_than_chance_is_told() -> None:
    """With the months it is beside, in the words of its finding."""
    steps = step_month([*[40, 45] * 6, *[55, 50] * 6], FLAT)
    said = told(tables(context(), steps), tables(THEN))
    assert (
        "Stappen vooruit en terug. De maanden opgeteld: vooruit 630, een jaar eerder 510 (meer dan toeval), terug 210, "
        "een jaar eerder 210 (dat verschil kan toeval of afronding zijn)."
    ) in said
    assert NO_MORE not in said


def test_what_cannot_be_compared_is_not_called_equal() -> None:
    """An uncertain share, one of another definition, or none at all: nothing is said of chance."""
    unsure = estimate((*RECOVERED[:4], 0.41, 0.2, 0.6, 60))
    other = estimate(RECOVERED, about=replace(THEN, gap_days=60))
    unsure_then = estimate((*RECOVERED[:4], 0.4, 0.2, 0.6, 60), about=THEN)
    for now, then in (([unsure], []), ([unsure], [unsure_then]), ([], [other]), ([estimate()], [])):
        assert NO_MORE not in told(tables(context(), *now), tables(THEN, *then))


def test_a_group_that_is_new_or_gone_is_named_with_what_that_means() -> None:
    """A finding on a group is there when the group differs from the others by more than chance."""
    only(
        f"Nieuw is een verschil tussen groepen dat meer is dan toeval: {NORTH_CALLED} (20% vooruit, anderen 9%).",
        [group_share(*NORTH)],
    )
    only(
        f"Dit verschil tussen groepen is nu niet meer groter dan toeval: {NORTH_CALLED} (20% vooruit, anderen 9%).",
        then=[group_share(*NORTH, about=THEN)],
    )


def made(name: str, template: str = "groep", number: str = "17% vooruit", change: Chance = "") -> Finding:
    """Return a finding with a share."""
    values = {"vooruit": 0.17, "vooruit_onder": 0.13, "vooruit_boven": 0.21}
    given = Finding(name, template, f"Titel {name}", "deel", "beide", "d1", "groepen", number, "Zin.", values)
    return replace(given, change_chance=change)


LETTERS = "abcde"


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (
            LETTERS,
            "",
            (
                "Nieuw zijn verschillen tussen groepen die meer zijn dan toeval: titel a (17% vooruit), titel b (17% "
                "vooruit), titel c (17% vooruit) en nog 2 andere."
            ),
        ),
        (
            "",
            "ab",
            (
                "Deze verschillen tussen groepen zijn nu niet meer groter dan toeval: titel a (17% vooruit) en titel b "
                "(17% vooruit)."
            ),
        ),
    ],
)
def test_more_than_three_are_counted(now: str, then: str, said: str) -> None:
    """Three names, and how many others there are."""
    was = Earlier("toen", date(2025, 12, 1), tuple(made(name) for name in then))
    assert news([made(name) for name in now], was, tables(context()))[-1].startswith(said)


def test_findings_that_are_new_gone_or_redefined_are_named() -> None:
    """Each kind in a sentence of its own; what is left is counted."""
    now = [made("a", "x"), replace(made("b", "x"), definition="d2"), *(made(f"c{n}", "x") for n in range(5))]
    was = Earlier("toen", date(2025, 12, 1), (made("b", "x"), made("w", "x"), *now[2:]))
    assert news(now, was, tables(context()))[-1] == (
        "Nieuw in dit rapport: Titel a. Niet meer in dit rapport: Titel w. Met een andere definitie, en dus niet te "
        "vergelijken: Titel b."
    )
    many = [made(f"c{n}", "x", "18% vooruit", "signaal") for n in range(5)]
    assert news(many, was, tables(context()))[-2] == (
        "Dit veranderde meer dan toeval: Titel c0 (van 17% vooruit naar 18% vooruit), Titel c1 (van 17% vooruit naar "
        "18% vooruit), Titel c2 (van 17% vooruit naar 18% vooruit) en nog 2 andere."
    )


def test_no_news_says_why() -> None:
    """Nothing in the news of a month full of changes names a cause, or calls a step good or bad."""
    now = tables(context(), step_month([*STEADY[:-1], 90], [*FLAT[:-1], 90]), group_share(*NORTH))
    said = told(now, tables(THEN, estimate((*RECOVERED[:4], 0.2, 0.15, 0.25, 600), about=THEN)))
    assert len(said) == 6
    assert [text for text in said if CAUSES.search(text)] == []


def test_the_page_shows_the_same_texts() -> None:
    """One a row, under the month of the report before and with the rule."""
    now, then = tables(context()), tables(THEN)
    was = Earlier("toen", date(2025, 12, 1), findings(then), last_month(then))
    shown = news_table(findings(now, then), was, now)
    assert shown.frame["Wat er veranderde"].to_list() == [*told(now, then)]
    assert shown.title == "Vergeleken met het rapport van december 2025"
    assert shown.caption.endswith("Fictieve gegevens.")
    assert news_table(findings(now), None, now).title == "De eerste uitgave"


@pytest.mark.parametrize("name", ["town", "mvad"])
def test_the_news_of_a_run_is_on_its_pages(name: str, request: pytest.FixtureRequest) -> None:
    """On the first page, on the start page and in what programs read."""
    check_pages(request.getfixturevalue(name))


def test_the_second_month_of_a_town_says_what_is_new(later: Run) -> None:
    """Beside the first: the month that was added, both directions and people, on every page that tells it."""
    released = later.workspace.releases / later.site.release / "released.duckdb"
    was = read_earlier(released)
    assert was
    assert (was.peildatum, was.month) == (date(2025, 12, 1), before(SEPTEMBER, 1))
    said = news(read(released), was, disclosure.open_release(released))
    assert said[0] == NEW
    assert [text.partition(":")[0] for text in said[1:4]] == ["Stappen vooruit", "Stappen terug", "Mensen in de keten"]
    assert all("in de maand ervoor" in text for text in said[1:3])
    assert "op 1 oktober 2025" in said[3]
    assert "p 1 september 2025" in said[3]
    assert json.loads(later.pages["release.json"])["news"] == [*said]
    assert [text for text in said if text not in later.pages["overzicht.html"]] == []


def check_pages(run: Run) -> None:
    """Check that every text of the news stands on every page that tells it, and early on the first page."""
    released = run.workspace.releases / run.site.release / "released.duckdb"
    said = news(read(released), None, disclosure.open_release(released))
    assert len(said) >= 3
    start = (run.site.page.parents[2] / "index.html").read_text(encoding="utf-8")
    feed = (run.site.page.parents[2] / "feed.json").read_text(encoding="utf-8")
    for place in (run.pages["overzicht.html"], run.pages["release.json"], start, feed):
        assert [text for text in said if text not in place] == []
    first = run.pages["overzicht.html"]
    assert first.index(said[1]) < first.index('class="bevindingen"')


@pytest.mark.parametrize(("name", "last"), [("steps", SEPTEMBER), ("people", SEPTEMBER), ("nothing", None)])
def test_the_last_month_is_that_of_the_steps_else_of_the_people(name: str, last: date | None) -> None:
    """Of tables without either there is none."""
    found = {"steps": {"step_month": step_month(STEADY, FLAT)}, "people": {"stock": persons(context())}, "nothing": {}}
    assert last_month(found[name]) == last
