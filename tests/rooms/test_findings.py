"""Findings: every wording read aloud, what is hidden or provisional stays out, and which come first."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from causes import CAUSES
from drawn import PARTICIPATIE
from participatieketen import disclosure, dutch
from participatieketen import findings as room
from participatieketen.chance import holm
from participatieketen.charts import control_chart
from participatieketen.disclosure import Context, Position, Released
from participatieketen.findings import Finding, cards, findings, first_page, templates
from participatieketen.findings.cards import NONE, RULE
from participatieketen.findings.finding import slug
from participatieketen.findings.groups import beside_others
from participatieketen.readings import differences
from participatieketen.reports import Release, airlock
from participatieketen.reports.nodes import code, markdown, notebook
from participatieketen.reports.pages import page
from small_tables import (
    SEPTEMBER,
    YOUNG,
    ZWOLLE,
    Row,
    before,
    context,
    estimate,
    group_share,
    released,
    step_month,
    stock,
)
from webpage import Seen


def by_id(found: Sequence[Finding]) -> dict[str, Finding]:
    """Return the findings by id."""
    assert len({one.id for one in found}) == len(found)
    return {one.id: one for one in found}


def one(name: str, *tables: Released, previous: Sequence[Released] = ()) -> Finding:
    """Return the finding of that id in these tables."""
    return every(*tables, previous=previous)[name]


def every(*tables: Released, previous: Sequence[Released] = ()) -> dict[str, Finding]:
    """Return all findings in these tables by id."""
    earlier = {table.name: table for table in previous} or None
    return by_id(findings({table.name: table for table in tables}, earlier))


# --- the wordings ---------------------------------------------------------------------------------------------------

STEADY = [40, 45] * 12
"""24 settled months; the mean is 42,5."""

FLAT = [15, 20] * 12
JUNE = date(2025, 6, 1)
EXACT = context(YOUNG, base=1)
RECOVERED: Row = ("herstel", "stap_terug", "", "op_niveau", 0.41, 0.35, 0.46, 640)
BESIDE: Row = ("herstel", "geen_stap_terug", "", "op_niveau", 0.64, 0.6, 0.68, 910)


def unsure(measure: str, group: str, outcome: str) -> Row:
    """Return a share with a range of 31 percentage points."""
    return (measure, group, "", outcome, 0.4, 0.25, 0.56, 60)


NORTH = [("wijk", "noord", "vooruit", 300, 60), ("wijk", "zuid", "vooruit", 1000, 90)]

NORTH_SAID = (
    "Van de mensen in de groep \N{LEFT SINGLE QUOTATION MARK}Wijk: Noord\N{RIGHT SINGLE QUOTATION MARK} zette ongeveer "
    "20% (tussen 16% en 24%) in een jaar een stap vooruit. In de andere groep was dat ongeveer 9%."
)
NO_CHANCE = "meer dan toeval, ook als u bedenkt hoeveel groepen wij vergeleken."

AFTER = "na-stap-terug-bijstand-12-maanden"


def after(group: str, share: float, n: int) -> Row:
    """Return who of those who came to Bijstand goes forward within a year."""
    return ("na_terugstap", group, "bijstand", "vooruit", share, None, None, n)


def years_of(*steps: int) -> Released:
    """Return whole years as counts of their own, the newest first: forward and back of each."""
    columns = {"month": pl.Date, "direction": pl.String, "steps": pl.Int64}
    ends = [date(SEPTEMBER.year - place // 2, SEPTEMBER.month, 1) for place in range(len(steps))]
    rows = [(end, way, many) for end, way, many in zip(ends, ("vooruit", "terug") * len(steps), steps, strict=False)]
    return released("step_years", columns, rows, None)


SAID: Mapping[tuple[str, str], tuple[Callable[[], Finding], str]] = {
    ("stappen-jaar", "beide"): (
        lambda: one("stappen-jaar", step_month(STEADY, FLAT)),
        (
            "In de periode oktober 2024 tot en met september 2025 waren er 510 stappen vooruit en 210 stappen terug: "
            "ruim twee keer zo veel stappen vooruit als terug."
        ),
    ),
    ("stappen-jaar", "weinig"): (
        lambda: one("stappen-jaar", step_month([0, 0], [0, 0])),
        "In de periode augustus tot en met september 2025 waren er weinig stappen, vooruit en terug.",
    ),
    ("stappen-jaar", "geen"): (
        lambda: one("stappen-jaar", step_month([0], [0], EXACT)),
        "In september 2025 waren er geen stappen vooruit en geen stappen terug.",
    ),
    ("stappen-jaar", "jaar"): (
        lambda: one("stappen-jaar", step_month(STEADY, [*[15, 20] * 6, *[45, 50] * 6])),
        (
            "De maanden opgeteld: vooruit 510, een jaar eerder 510 (dat verschil kan toeval of "
            "afronding zijn), terug 570, een jaar eerder 210 (meer dan toeval)."
        ),
    ),
    ("stappen-jaar", "deel"): (
        lambda: one("stappen-jaar", step_month([20, 90] * 7 + [20, 40], FLAT[:16], EXACT)),
        (
            "In de periode oktober 2024 tot en met september 2025 waren er 610 stappen vooruit en 210 "
            "stappen terug: bijna drie keer zo veel stappen vooruit als terug."
        ),
    ),
    ("maand-vooruit", "toeval"): (
        lambda: one("stappen-vooruit", step_month(STEADY, FLAT)),
        (
            "In september 2025 waren er 45 stappen vooruit. Gemiddeld zijn het er ongeveer 42 per "
            "maand. Het verschil met de maanden ervoor kan toeval zijn."
        ),
    ),
    ("maand-vooruit", "te-kort"): (
        lambda: one("stappen-vooruit", step_month([0, 1], [0, 0], EXACT)),
        "In september 2025 was er 1 stap vooruit. Er zijn nog te weinig maanden om te zien of dat toeval kan zijn.",
    ),
    ("maand-terug", "toeval"): (
        lambda: one("stappen-terug", step_month(STEADY, [0, 0, 5] * 8)),
        (
            "In september 2025 waren er 5 stappen terug. Gemiddeld zijn het er ongeveer 2 per maand. "
            "Het verschil met de maanden ervoor kan toeval zijn."
        ),
    ),
    ("maand-terug", "te-kort"): (
        lambda: one("stappen-terug", step_month([5], [0])),
        (
            "In september 2025 waren er 0-4 stappen terug. Er zijn nog te weinig maanden om te zien of dat toeval kan "
            "zijn."
        ),
    ),
    ("herstel", "zeker"): (
        lambda: one("herstel-12-maanden", estimate(RECOVERED)),
        ("Een jaar na een stap terug staat 41% (tussen 36% en 46%) weer op de oude plek of hoger."),
    ),
    ("herstel", "onzeker"): (
        lambda: one("herstel-12-maanden", estimate(unsure("herstel", "stap_terug", "op_niveau"), BESIDE)),
        (
            "Hoeveel mensen een jaar na een stap terug weer op de oude plek of hoger staan, is te "
            "onzeker om te zeggen: tussen 22% en 63%."
        ),
    ),
    ("blijvend-op-de-dag", "zeker"): (
        lambda: one("blijvend-op-de-dag-12-maanden", estimate(("blijvend", "a", "", "blijft", 0.75, 0.72, 0.77, 1490))),
        (
            "Een jaar na een stap vooruit staat ongeveer driekwart (tussen 72% en 78%) op dezelfde plek"
            " of hoger. Geteld is alleen die dag zelf."
        ),
    ),
    ("blijvend-op-de-dag", "onzeker"): (
        lambda: one("blijvend-op-de-dag-12-maanden", estimate(unsure("blijvend", "a", "blijft"))),
        (
            "Hoe vaak iemand een jaar na een stap vooruit op dezelfde plek of hoger staat, is te "
            "onzeker om te zeggen: tussen 22% en 63%. Geteld is alleen die dag zelf."
        ),
    ),
    ("blijvend-elke-dag", "zeker"): (
        lambda: one("blijvend-elke-dag-12-maanden", estimate(("blijvend", "b", "", "blijft", 0.99, 0.96, 1.0, 200))),
        ("In het jaar na een stap vooruit stond minstens 93% geen dag lager. Geteld is elke dag van dat jaar."),
    ),
    ("blijvend-elke-dag", "onzeker"): (
        lambda: one("blijvend-elke-dag-12-maanden", estimate(unsure("blijvend", "b", "blijft"))),
        (
            "Hoe vaak iemand in het jaar na een stap vooruit geen dag lager staat, is te onzeker om te "
            "zeggen: tussen 22% en 63%. Geteld is elke dag van dat jaar."
        ),
    ),
    ("terugkeer-instroom", "zeker"): (
        lambda: one("terugkeer-instroom-12-maanden", estimate(("terugkeer_1", "", "", "terug", 0.28, 0.25, 0.32, 825))),
        (
            "Van wie in de bijstand kwam, was ongeveer 3 op de 10 (tussen 24% en 32%) minder dan een "
            "jaar eerder uit de bijstand vertrokken. Dit is een deel van de instroom: 825 keer dat "
            "iemand in de bijstand kwam."
        ),
    ),
    ("terugkeer-instroom", "onzeker"): (
        lambda: one("terugkeer-instroom-12-maanden", estimate(unsure("terugkeer_1", "", "terug"))),
        (
            "Welk deel van de instroom in de bijstand minder dan een jaar eerder vertrok, is te onzeker"
            " om te zeggen: tussen 22% en 63% van 60 keer dat iemand in de bijstand kwam."
        ),
    ),
    ("terugkeer-uitstroom", "zeker"): (
        lambda: one(
            "terugkeer-uitstroom-12-maanden", estimate(("terugkeer_2", "", "", "terug", 0.26, 0.25, 0.28, 3340))
        ),
        (
            "Van wie uit de bijstand vertrok, kwam ongeveer een kwart (tussen 24% en 28%) binnen een "
            "jaar terug in de bijstand. Dit is een deel van de uitstroom: 3.340 keer dat iemand uit de "
            "bijstand vertrok."
        ),
    ),
    ("terugkeer-uitstroom", "onzeker"): (
        lambda: one("terugkeer-uitstroom-12-maanden", estimate(unsure("terugkeer_2", "", "terug"))),
        (
            "Welk deel van de uitstroom uit de bijstand binnen een jaar terugkwam, is te onzeker om te "
            "zeggen: tussen 22% en 63% van 60 keer dat iemand uit de bijstand vertrok."
        ),
    ),
    ("eerste-stap", "beide"): (
        lambda: one(
            "eerste-stap-sociale-cooperatie-12-maanden",
            estimate(
                ("eerste_stap", "", "sociale_cooperatie", "vooruit", 0.16, 0.08, 0.28, 125),
                ("eerste_stap", "", "sociale_cooperatie", "terug", 0.48, 0.4, 0.6, 125),
            ),
        ),
        (
            "Binnen een jaar na de start op de plek Sociale Coöperatie zette 16% (tussen 8% en 27%) als"
            " eerste een stap vooruit, en 48% (tussen 35% en 61%) als eerste een stap terug."
        ),
    ),
    ("eerste-stap", "alleen-vooruit"): (
        lambda: one(
            "eerste-stap-bijstand-12-maanden",
            estimate(("eerste_stap", "", "bijstand", "vooruit", 0.18, 0.16, 0.19, 3160)),
        ),
        (
            "Binnen een jaar na de start op de plek Bijstand zette ongeveer 2 op de 10 (tussen 16% en "
            "20%) als eerste een stap vooruit. Een lagere plek is er niet."
        ),
    ),
    ("eerste-stap", "alleen-terug"): (
        lambda: one(
            "eerste-stap-werk-12-maanden", estimate(("eerste_stap", "", "werk", "terug", 0.01, 0.0, 0.03, 1235))
        ),
        (
            "Binnen een jaar na de start op de plek Werk zette hoogstens 2% als eerste een stap terug. "
            "Een hogere plek is er niet."
        ),
    ),
    ("eerste-stap", "onzeker"): (
        lambda: one(
            "eerste-stap-dagbesteding-12-maanden",
            estimate(
                ("eerste_stap", "", "dagbesteding", "vooruit", 0.16, 0.08, 0.28, 55),
                ("eerste_stap", "", "dagbesteding", "terug", 0.5, 0.3, 0.7, 55),
            ),
        ),
        (
            "Hoeveel mensen binnen een jaar na de start op de plek Dagbesteding een stap zetten, is te "
            "onzeker om te zeggen: vooruit tussen 4% en 39%, terug tussen 32% en 77%."
        ),
    ),
    ("groep", "verschil"): (
        lambda: one("groep-wijk--noord", group_share(*NORTH)),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groep was dat ongeveer 9%. Dat verschil is meer dan toeval, ook als"
            " u bedenkt hoeveel groepen wij vergeleken. Bij stappen terug is vergelijken niet mogelijk."
        ),
    ),
    ("groep", "onbekend"): (
        lambda: one("groep-wijk--noord", group_share(*NORTH, ("wijk", "noord", "terug", 300, None))),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groep was dat ongeveer 9%. Dat verschil is meer dan toeval, ook als"
            " u bedenkt hoeveel groepen wij vergeleken. Bij stappen terug is vergelijken niet mogelijk."
        ),
    ),
    ("groep", "toets"): (
        lambda: one("groep-wijk--noord", group_share(*NORTH, ("wijk", "west", "vooruit", 500, 45))),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groepen samen was dat ongeveer 9%. Dat verschil is meer dan toeval,"
            " ook als u bedenkt hoeveel groepen wij vergeleken. Bij stappen terug is vergelijken niet "
            "mogelijk."
        ),
    ),
    ("groep", "ook"): (
        lambda: one(
            "groep-wijk--noord",
            group_share(*NORTH, ("wijk", "noord", "terug", 300, 60), ("wijk", "zuid", "terug", 1000, 20)),
        ),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groep was dat ongeveer 9%. Een stap terug zette 20% (tussen 14% en "
            "27%). In de andere groep was dat ongeveer 2%. Beide verschillen zijn meer dan toeval, ook "
            "als u bedenkt hoeveel groepen wij vergeleken."
        ),
    ),
    ("groep", "toets-beide"): (
        lambda: one(
            "groep-wijk--noord",
            group_share(*NORTH, ("wijk", "noord", "terug", 300, 0), ("wijk", "zuid", "terug", 1000, 120)),
        ),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groep was dat ongeveer 9%. Een stap terug zette hoogstens 3%. In de"
            " andere groep was dat ongeveer 12%. Beide verschillen zijn meer dan toeval, ook als u "
            "bedenkt hoeveel groepen wij vergeleken."
        ),
    ),
    ("keten-mensen", "mensen"): (
        lambda: one("keten-mensen", stock({p.code: {SEPTEMBER: 1000} for p in ZWOLLE[:4]})),
        "Op 1 september 2025 stonden er 4.000 mensen in de keten.",
    ),
    ("plek-mensen", "mensen"): (
        lambda: one("plek-employment-mensen", stock({"employment": {SEPTEMBER: 1}}, EXACT)),
        "Op 1 september 2025 stond er 1 persoon op de plek Werk.",
    ),
    ("stappen-jaar", "jaren"): (
        lambda: one("stappen-jaar", step_month(STEADY, FLAT), years_of(515, 205, 500, 140)),
        (
            "Het hele jaar: vooruit 515, een jaar eerder 500 (dat verschil kan toeval of afronding zijn), terug 205, "
            "een jaar eerder 140 (meer dan toeval). Een jaar is als geheel afgerond en telt niet precies op met zijn "
            "maanden."
        ),
    ),
    ("stappen-jaar", "los"): (
        lambda: one("stappen-jaar", step_month(STEADY, FLAT), years_of(515, 205)),
        (
            "De maanden opgeteld: vooruit 510, een jaar eerder 510 (dat verschil kan toeval of "
            "afronding zijn), terug 210, een jaar eerder 210 (dat verschil kan toeval of afronding "
            "zijn). Een jaar is als geheel afgerond en telt niet precies op met zijn maanden."
        ),
    ),
    ("maand-vooruit", "maand"): (
        lambda: one("stappen-vooruit", step_month([*STEADY[:-1], 90], FLAT)),
        (
            "In september 2025 waren er 90 stappen vooruit. Gemiddeld zijn het er ongeveer 42 per "
            "maand. Dat is meer dan gewoonlijk, en meer dan toeval."
        ),
    ),
    ("maand-vooruit", "maanden"): (
        lambda: one("stappen-vooruit", step_month([*STEADY[:-3], 60, 65, 55], FLAT)),
        (
            "In september 2025 waren er 55 stappen vooruit. Gemiddeld zijn het er ongeveer 44 per "
            "maand. De laatste 3 maanden samen zijn er meer dan gewoonlijk, en dat is meer dan toeval."
        ),
    ),
    ("maand-terug", "maand"): (
        lambda: one("stappen-terug", step_month(STEADY, [*FLAT[:-1], 60])),
        (
            "In september 2025 waren er 60 stappen terug. Gemiddeld zijn het er ongeveer 17 per maand. "
            "Dat is meer dan gewoonlijk, en meer dan toeval."
        ),
    ),
    ("maand-terug", "maanden"): (
        lambda: one("stappen-terug", step_month(STEADY, [*FLAT[:-3], 30, 30, 30])),
        (
            "In september 2025 waren er 30 stappen terug. Gemiddeld zijn het er ongeveer 18 per maand. "
            "De laatste 3 maanden samen zijn er meer dan gewoonlijk, en dat is meer dan toeval."
        ),
    ),
    ("na-stap-terug", "verschil"): (
        lambda: one(AFTER, estimate(after("terug", 0.1, 1500), after("nieuw", 0.2, 1500))),
        (
            "Van wie met een stap terug op de plek Bijstand kwam, ging 10% (tussen 8% en 12%) binnen "
            "een jaar vooruit. Van wie daar nieuw kwam, was dat 20% (tussen 17% en 23%). Dat verschil "
            "is meer dan toeval. De twee groepen verschillen ook in andere dingen."
        ),
    ),
    ("na-stap-terug", "toeval"): (
        lambda: one(AFTER, estimate(after("terug", 0.18, 800), after("nieuw", 0.2, 1500))),
        (
            "Van wie met een stap terug op de plek Bijstand kwam, ging 18% (tussen 15% en 22%) binnen "
            "een jaar vooruit. Van wie daar nieuw kwam, was dat 20% (tussen 17% en 23%). Dat verschil "
            "kan toeval of afronding zijn."
        ),
    ),
    ("na-stap-terug", "onzeker"): (
        lambda: one(AFTER, estimate(after("terug", 0.4, 60), after("nieuw", 0.2, 1500))),
        (
            "Hoeveel mensen na een stap terug naar de plek Bijstand binnen een jaar weer vooruit gaan, "
            "is te onzeker om te zeggen: tussen 22% en 63%. Van wie daar nieuw kwam: tussen 17% en 23%."
        ),
    ),
    ("groep", "toeval"): (
        lambda: one(
            "groep-wijk--noord",
            group_share(*NORTH, ("wijk", "noord", "terug", 300, 30), ("wijk", "zuid", "terug", 1000, 95)),
        ),
        (
            "Van de mensen in de groep \u2018Wijk: Noord\u2019 zette 20% (tussen 14% en 27%) in een jaar een stap"
            " vooruit. In de andere groep was dat ongeveer 9%. Dat verschil is meer dan toeval, ook als"
            " u bedenkt hoeveel groepen wij vergeleken. Een stap terug zette 10% (tussen 6% en 16%). In"
            " de andere groep was dat ongeveer 10%. Dat verschil kan toeval of afronding zijn."
        ),
    ),
}
"""(template, wording) -> a finding that has it, and what it says, word for word: of its sentence or of its change."""


@pytest.mark.parametrize("wording", SAID, ids="-".join)
def test_a_finding_reads_as_plain_dutch(wording: tuple[str, str]) -> None:
    """Each wording of each template gives this sentence, word for word."""
    make, said = SAID[wording]
    found = make()
    assert found.template == wording[0]
    assert said in {found.sentence, found.change}


def test_every_wording_is_read() -> None:
    """No template has a wording that these tests do not spell out."""
    assert set(SAID) == {(template.name, text) for template in templates.TEMPLATES for text in template.texts}


def test_no_text_says_why() -> None:
    """No text in the room, wherever it stands, names a cause, or calls a step or a place good or bad."""
    texts = [*_texts(), RULE, NONE]
    assert len(texts) > 100
    assert [text for text in texts if CAUSES.search(text)] == []
    assert CAUSES.search("Dat komt door het Innovatielab.")


def _texts() -> Iterator[str]:
    """Yield every text in the room's code that is no docstring."""
    for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield node.value


# --- what stays out -------------------------------------------------------------------------------------------------


def test_nothing_is_found_in_hidden_figures() -> None:
    """A hidden share gives no finding."""
    hidden = [
        estimate(
            ("herstel", "stap_terug", "", "op_niveau", None, None, None, 40),
            ("eerste_stap", "", "bijstand", "vooruit", None, None, None, 40),
        ),
        group_share(("wijk", "noord", "vooruit", 300, None), ("wijk", "zuid", "vooruit", None, 90)),
    ]
    assert every(*hidden) == {}


def test_a_position_that_is_not_there_keeps_the_total_out() -> None:
    """The chain as a whole is not told when one of its positions is not in the table; the others are."""
    assert set(every(stock({p.code: {SEPTEMBER: 40} for p in ZWOLLE[:3]}))) == {
        "plek-bijstand-mensen",
        "plek-dagbesteding-mensen",
        "plek-sociale-cooperatie-mensen",
    }


def test_a_first_step_is_told_in_both_directions_or_not() -> None:
    """With the steps back hidden, those forward are not told alone."""
    forward: Row = ("eerste_stap", "", "dagbesteding", "vooruit", 0.16, 0.1, 0.2, 300)
    hidden: Row = ("eerste_stap", "", "dagbesteding", "terug", None, None, None, 300)
    assert every(estimate(forward, hidden)) == {}
    assert every(estimate(forward)) == {}


def test_a_hidden_comparison_is_not_mentioned() -> None:
    """Recovery is told without the others when those are hidden, or too uncertain."""
    alone = one("herstel-12-maanden", estimate(RECOVERED))
    for share in ((None, None, None), (0.5, 0.2, 0.8)):
        beside = (*BESIDE[:4], *share, 60)
        assert one("herstel-12-maanden", estimate(RECOVERED, beside)).sentence == alone.sentence


def test_provisional_months_are_neither_level_nor_change() -> None:
    """Whatever the provisional months hold, all findings stay the same."""
    persons = {before(SEPTEMBER, 12): 40, SEPTEMBER: 60}
    for other in (0, 5_000):
        held = {p.code: {**persons, date(2025, 11, 1): other, date(2026, 1, 1): other} for p in ZWOLLE[:4]}
        found = every(step_month(STEADY, FLAT, provisional=(other,) * 3), stock(held))
        assert found == every(step_month(STEADY, FLAT, provisional=()), stock({p.code: persons for p in ZWOLLE[:4]}))


def test_the_limits_on_a_card_are_those_in_the_chart() -> None:
    """Both are rounded out, so that what lies within them is told so in both."""
    table = step_month([40, 45, 60, 30] * 6, FLAT)
    card, chart = every(table)["stappen-vooruit"], control_chart(table, "vooruit").description
    assert f"ondergrens {card.lower:.0f}, bovengrens {card.upper:.0f}." in chart


def test_a_range_that_says_nothing_is_no_number() -> None:
    """A share with a range of more than 30 points has no number, says so, and never comes on the first page."""
    found = one("herstel-12-maanden", estimate(unsure("herstel", "stap_terug", "op_niveau")))
    assert (found.number, found.lower, found.upper) == ("onzeker", 0.22, 0.63)
    assert first_page([found]) == ()
    assert one("herstel-12-maanden", estimate((*RECOVERED[:4], 0.4, 0.25, 0.55, 120))).number == "42%"


def test_figures_of_another_gap_are_no_finding() -> None:
    """Only the chain's own gap_days is told, which most rows have."""
    own, other = estimate(RECOVERED, BESIDE), estimate((*RECOVERED[:4], 0.9, 0.88, 0.92, 640), gap_days=60)
    both = replace(cast("Any", own), frame=pl.concat([other.frame, own.frame]))
    assert every(both) == every(own)


def test_a_table_that_is_not_there_gives_no_findings() -> None:
    """Each table is told on its own."""
    assert findings({}) == ()
    assert {found.page for found in findings({"estimate": estimate(RECOVERED)})} == {"doorstroom"}


# --- change, rounding and chance ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "now", "change"),
    [
        (5, 65, "Op 1 september 2024 waren het er 60: dat verschil kan afronding zijn."),
        (5, 70, "Dat zijn er ongeveer 10 meer dan op 1 september 2024: toen waren het er 60."),
        (5, 40, "Dat zijn er ongeveer 20 minder dan op 1 september 2024: toen waren het er 60."),
        (1, 60, "Dat is hetzelfde als op 1 september 2024."),
        (1, 61, "Dat is er 1 meer dan op 1 september 2024: toen waren het er 60."),
    ],
)
def test_a_change_is_more_than_rounding_can_make(base: int, now: int, change: str) -> None:
    """Two counts that may well be the same are called so; others differ by about as much as their figures."""
    table = stock({"werk": {before(SEPTEMBER, 12): 60, SEPTEMBER: now}}, context(base=base))
    assert one("plek-werk-mensen", table).change == change


def test_a_change_is_since_the_release_before() -> None:
    """With the release before, the change is since its last settled month, with the count as it is known now."""
    months = {before(SEPTEMBER, 12): 60, JUNE: 90, SEPTEMBER: 60}
    now, then = (
        stock({"werk": months}),
        stock({"werk": {JUNE: 200, SEPTEMBER: 1}}, context(peildatum=date(2025, 10, 1))),
    )
    assert (
        one("plek-werk-mensen", now, previous=[then]).change
        == "Dat zijn er ongeveer 30 minder dan op 1 juni 2025: toen waren het er 90."
    )
    alone = stock({"werk": {SEPTEMBER: 60}})
    assert "140 minder dan op 1 juni 2025" in one("plek-werk-mensen", alone, previous=[then]).change
    assert one("plek-werk-mensen", alone).change == ""


@pytest.mark.parametrize(
    ("share", "change", "chance"),
    [
        ((0.41, 0.35, 0.46), "In het vorige rapport was het ook 41%.", ""),
        ((0.38, 0.32, 0.44), "In het vorige rapport was het 38%. Dat verschil kan toeval zijn.", "kan toeval zijn"),
        ((0.25, 0.2, 0.3), "In het vorige rapport was het 25%. Dat verschil is meer dan toeval.", "signaal"),
        ((None, None, None), "", ""),
    ],
)
def test_a_share_is_set_beside_the_release_before(
    share: tuple[float | None, float | None, float | None], change: str, chance: str
) -> None:
    """Bands that do not touch differ by more than chance; an uncertain or hidden share is not compared."""
    then = estimate((*RECOVERED[:4], *share, 600), about=context(peildatum=date(2025, 12, 1)))
    found = one("herstel-12-maanden", estimate(RECOVERED), previous=[then])
    assert (found.change, found.chance) == (change, chance)


def test_both_shares_of_a_first_step_are_compared() -> None:
    """Of a finding in both directions the change tells both."""
    rows: list[Row] = [
        ("eerste_stap", "", "dagbesteding", "vooruit", 0.16, 0.1, 0.2, 300),
        ("eerste_stap", "", "dagbesteding", "terug", 0.3, 0.25, 0.35, 300),
    ]
    then = estimate((*rows[0][:4], 0.14, 0.1, 0.2, 300), rows[1], about=context(peildatum=date(2025, 12, 1)))
    found = one("eerste-stap-dagbesteding-12-maanden", estimate(*rows), previous=[then])
    assert found.change == "In het vorige rapport was het 13% vooruit en 30% terug. Dat verschil kan toeval zijn."


def test_another_definition_is_not_compared() -> None:
    """A share under another gap_days is not set beside this one: the change says why."""
    then = estimate(RECOVERED, about=replace(context(peildatum=date(2025, 12, 1)), gap_days=60))
    found = one("herstel-12-maanden", estimate(RECOVERED), previous=[then])
    assert found.change == "Vergelijken met het vorige rapport kan niet: de definitie is veranderd."
    assert found.chance == ""


def test_a_release_that_is_not_older_is_left_aside() -> None:
    """The same month again, or a later one, is no period before."""
    other = (*RECOVERED[:4], 0.2, 0.15, 0.25, 640)
    for peildatum in (date(2026, 1, 1), date(2026, 2, 1)):
        then = estimate(other, about=context(peildatum=peildatum))
        assert one("herstel-12-maanden", estimate(RECOVERED), previous=[then]).change == ""


@pytest.mark.parametrize(
    ("last", "change", "chance"),
    [
        ([40, 45], "In augustus 2025 waren het er 40: dat verschil kan afronding zijn.", "kan toeval zijn"),
        ([30, 55], "Dat zijn er ongeveer 25 meer dan in augustus 2025: toen waren het er 30.", "kan toeval zijn"),
        (
            [40, 55],
            "Dat zijn er ongeveer 15 meer dan in augustus 2025: toen waren het er 40.",
            "kan toeval zijn",
        ),
    ],
)
def test_a_month_is_set_beside_the_month_before(last: list[int], change: str, chance: str) -> None:
    """The change of a month exceeds rounding; what is judged is the month beside all months before."""
    found = one("stappen-vooruit", step_month([*STEADY[:-2], *last], FLAT))
    assert (found.change, found.chance) == (change, chance)


def test_the_limits_of_chance_are_the_range_of_a_month() -> None:
    """By hand: mean 42,4 and variance 42,5 + 4, so 42,4 -+ 2,6 x the root of 46,5 x 24/23; rounded outward."""
    found = one("stappen-vooruit", step_month(STEADY, FLAT))
    assert (found.lower, found.upper, found.values["gemiddelde"]) == (24, 61, 42.4)
    assert found.range == "gewoonlijk tussen 24 en 61 per maand"
    assert one("stappen-terug", step_month(STEADY, [0, 15] * 12)).range.startswith("gewoonlijk hoogstens ")


def test_a_year_is_judged_by_the_spread_of_its_months() -> None:
    """By hand: 3 deviations of 1,075 steps and the rounding of 24 months are 3 x the root of 1,171: 103."""
    found = one("stappen-jaar", step_month([*[40, 45] * 6, *[45, 50] * 6], FLAT))
    assert "vooruit 570, een jaar eerder 510 (dat verschil kan toeval of afronding zijn)" in found.change
    found = one("stappen-jaar", step_month([*[40, 45] * 6, *[55, 60] * 6], FLAT))
    assert "vooruit 690, een jaar eerder 510 (meer dan toeval)" in found.change


def test_two_months_are_not_set_beside_a_year_before() -> None:
    """A comparison takes at least three months."""
    assert one("stappen-jaar", step_month([40] * 14, [15] * 14)).change == ""
    assert one("stappen-jaar", step_month([40] * 15, [15] * 15)).change.startswith(
        "Opgeteld over juli tot en met september 2025: "
    )


def test_rounding_alone_is_no_signal() -> None:
    """A month that differs from all others by one step of rounding breaks a rule of the chart, and is no signal."""
    series = [*[20] * 23, 15]
    found = one("stappen-terug", step_month(STEADY, series))
    assert (found.chance, found.range) == ("kan toeval zijn", "gewoonlijk tussen 7 en 33 per maand")
    assert one("stappen-terug", step_month(STEADY, series, context(base=1))).chance == "kan toeval zijn"


# --- groups ---------------------------------------------------------------------------------------------------------


def test_the_correction_is_that_of_r() -> None:
    """p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.005), "holm") in R 4.5."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.005]) == pytest.approx([0.04, 0.06, 0.06, 0.06, 0.025])
    assert holm([]) == []


def test_a_difference_that_many_comparisons_give_is_no_finding() -> None:
    """The same difference is found alone, and not among two hundred comparisons."""
    rows = [("wijk", "noord", "vooruit", 150, 30), ("wijk", "zuid", "vooruit", 1000, 95)]
    many = [("leeftijdsgroep", f"j{age}", "vooruit", 100, 10) for age in range(200)]
    assert "groep-wijk--noord" in every(group_share(*rows))
    assert every(group_share(*rows, *many)) == {}


def test_groups_are_set_beside_the_others_of_their_grouping() -> None:
    """Of three groups each is compared with the other two together; of two only the first."""
    three = [("wijk", name, "vooruit", 100, 10) for name in ("a", "b", "c")]
    two = [("geslacht", name, "terug", 200, 30) for name in ("m", "v")]
    _, made = differences(group_share(*three, *two).frame)
    assert [(one.part.code, one.others) for one in made] == [("m", 1), ("a", 2), ("b", 2), ("c", 2)]


def test_a_difference_within_a_percent_or_a_band_is_no_finding() -> None:
    """However certain, a difference that whole percents do not show is not told; nor one that its own band denies."""
    large = group_share(
        ("wijk", "noord", "vooruit", 1_000_000, 101_000), ("wijk", "zuid", "vooruit", 1_000_000, 99_500)
    )
    assert every(large) == {}


def test_a_group_is_set_beside_the_same_one_of_the_release_before() -> None:
    """In the directions that both tell; that it differs from other groups stays a signal, its change may be chance."""
    then = context(peildatum=date(2025, 12, 1))
    back = [("wijk", "noord", "terug", 300, 60), ("wijk", "zuid", "terug", 1000, 20)]
    was = group_share(("wijk", "noord", "vooruit", 300, 63), NORTH[1], *back, about=then)
    found = one("groep-wijk--noord", group_share(*NORTH), previous=[was])
    assert found.period == "oktober 2024 tot en met september 2025"
    assert found.change == "In het vorige rapport was het 21% vooruit. Dat verschil kan toeval zijn."
    assert (found.chance, found.change_chance) == ("signaal", "kan toeval zijn")
    found = one("groep-wijk--noord", group_share(*NORTH, *back), previous=[was])
    assert found.change.startswith("In het vorige rapport was het 21% vooruit en 20% terug.")
    assert one("groep-wijk--noord", group_share(*NORTH), previous=[group_share(*NORTH)]).change == ""


@pytest.mark.parametrize(
    ("grouping", "code", "label", "said"),
    [
        ("wijk", "WK019331", "Aa-landen", "mensen uit de wijk Aa-landen"),
        ("leeftijdsgroep", "tot_27", "jonger dan 27", "mensen jonger dan 27"),
        ("leeftijdsgroep", "27_tot_45", "27 tot 45", "mensen van 27 tot 45"),
        ("leeftijdsgroep", "vanaf_45", "45 en ouder", "mensen van 45 en ouder"),
        ("geslacht", "1", "man", "mannen"),
        ("geslacht", "2", "vrouw", "vrouwen"),
        ("bijstandsduur", "tot_1", "korter dan 1 jaar", "mensen met minder dan 1 jaar bijstand"),
        ("bijstandsduur", "2_tot_5", "2 tot 5 jaar", "mensen met 2 tot 5 jaar bijstand"),
        ("bijstandsduur", "vanaf_5", "5 jaar of langer", "mensen met 5 jaar of meer bijstand"),
        ("leefvorm", "1", "alleenstaande", "alleenstaanden"),
        ("leefvorm", "3", "gehuwden of samenwonenden", "gehuwden of samenwonenden"),
        ("leefvorm", "4", "anders", "mensen met een andere leefvorm"),
        ("innovatielab", "ja", "neemt deel", "deelnemers aan het Innovatielab"),
        ("innovatielab", "nee", "neemt niet deel", "mensen buiten het Innovatielab"),
    ],
)
def test_a_group_is_called_what_the_chain_calls_its_people(grouping: str, code: str, label: str, said: str) -> None:
    """In the title, and in a sentence that reads as Dutch; without its grouping before it."""
    about = disclosure.context(PARTICIPATIE, "Gemeente", "Keten", date(2026, 1, 1), fictional=True)
    rows = [(grouping, code, "vooruit", 300, 60), (grouping, "~", "vooruit", 1000, 90)]
    table = group_share(*rows, about=about)
    named = table.frame.with_columns(label=pl.when(group_code=code).then(pl.lit(label)).otherwise("label"))
    (found,) = findings({"group_share": replace(cast("Any", table), frame=named)})
    assert found.title == dutch.capital(said)
    assert found.sentence.startswith(f"Van de {said} zette 20% (tussen 14% en 27%) in een jaar een stap vooruit.")


def test_a_group_that_the_chain_does_not_name_is_called_by_its_grouping_and_label() -> None:
    """Never by a code."""
    rows = [("bijstandsduur", name, "vooruit", n, moved) for _, name, _, n, moved in NORTH]
    found = one("groep-bijstandsduur--noord", group_share(*rows))
    quoted = "\N{LEFT SINGLE QUOTATION MARK}Duur van de bijstand: Noord\N{RIGHT SINGLE QUOTATION MARK}"
    assert found.title == f"Mensen in de groep {quoted}"


def test_a_finding_on_a_group_holds_how_many_comparisons_were_corrected_for() -> None:
    """The sentence says it in plain words; the correction itself is part of the definition."""
    found = one("groep-wijk--noord", group_share(*NORTH, ("wijk", "west", "vooruit", 500, 45)))
    assert found.values["vergelijkingen"] == 3
    assert "Holm" in templates.GROUP.definition
    assert "Holm" not in found.sentence
    changed = replace(templates.GROUP, definition="zonder correctie")
    assert templates.definition_hash(changed, context()) != found.definition


def test_a_group_in_short_says_beside_what() -> None:
    """In every direction that it differs in; of a finding without the others' share only its own."""
    back = [("wijk", "noord", "terug", 300, 60), ("wijk", "zuid", "terug", 1000, 20)]
    found = one("groep-wijk--noord", group_share(*NORTH))
    name = f"{found.title[0].lower()}{found.title[1:]}"
    assert beside_others(found) == f"{name} (20% vooruit, anderen 9%)"
    both = one("groep-wijk--noord", group_share(*NORTH, *back))
    assert beside_others(both) == f"{name} (20% vooruit, anderen 9%; 20% terug, anderen 2%)"
    assert beside_others(replace(found, values={"vooruit": 0.2, "vooruit_onder": 0.14})) == f"{name} (20% vooruit)"
    assert beside_others(replace(found, values={})) == name


# --- order and first page -------------------------------------------------------------------------------------------


def whole(*more: Released, previous: Sequence[Released] = (), **changed: Released) -> tuple[Finding, ...]:
    """Return the findings of a release with everything in it."""
    settled = {"bijstand": (3000, 3000), "dagbesteding": (300, 300), "sociale_cooperatie": (60, 40), "werk": (520, 500)}
    persons = {place: {SEPTEMBER: now, before(SEPTEMBER, 12): was} for place, (now, was) in settled.items()}
    tables = {
        "step_month": step_month(STEADY, FLAT),
        "stock": stock(persons),
        "estimate": estimate(
            RECOVERED,
            BESIDE,
            ("blijvend", "a", "", "blijft", 0.75, 0.72, 0.77, 1490),
            ("blijvend", "b", "", "blijft", 0.73, 0.71, 0.76, 1490),
            ("terugkeer_1", "", "", "terug", 0.28, 0.25, 0.32, 825),
            unsure("terugkeer_2", "", "terug"),
            ("eerste_stap", "", "bijstand", "vooruit", 0.18, 0.16, 0.19, 3160),
            ("eerste_stap", "", "werk", "terug", 0.17, 0.15, 0.19, 1235),
        ),
    }
    tables |= {table.name: table for table in more} | changed
    return findings(tables, {table.name: table for table in previous} or None)


def test_findings_come_in_the_order_of_their_weight() -> None:
    """Both directions, recovery, large changes, the rest in the order of the templates, what is uncertain last."""
    assert [(found.rank, found.id) for found in whole()] == list(
        enumerate(
            [
                "stappen-jaar",
                "herstel-12-maanden",
                "plek-sociale-cooperatie-mensen",
                "stappen-vooruit",
                "stappen-terug",
                "keten-mensen",
                "blijvend-op-de-dag-12-maanden",
                "blijvend-elke-dag-12-maanden",
                "eerste-stap-bijstand-12-maanden",
                "eerste-stap-werk-12-maanden",
                "terugkeer-instroom-12-maanden",
                "plek-bijstand-mensen",
                "plek-dagbesteding-mensen",
                "plek-werk-mensen",
                "terugkeer-uitstroom-12-maanden",
            ],
            start=1,
        )
    )


def test_a_signal_in_one_direction_brings_the_other() -> None:
    """A month beyond chance goes before large changes, and the month of the other direction goes with it."""
    found = whole(step_month([*STEADY[:-2], 85, 90], FLAT), group_share(*NORTH))
    assert [one.id for one in found][:6] == [
        "stappen-jaar",
        "herstel-12-maanden",
        "stappen-vooruit",
        "stappen-terug",
        "groep-wijk--noord",
        "plek-sociale-cooperatie-mensen",
    ]
    assert [one.id for one in first_page(found)] == [one.id for one in found][:6]


def test_the_first_page_holds_six_of_different_kinds() -> None:
    """By rank, the first of each template."""
    assert [found.id for found in first_page(whole())] == [
        "stappen-jaar",
        "herstel-12-maanden",
        "plek-sociale-cooperatie-mensen",
        "stappen-vooruit",
        "stappen-terug",
        "keten-mensen",
    ]


def test_one_direction_never_stands_alone_on_the_first_page() -> None:
    """Where there are no steps back of a month, the steps forward stay away; lasting steps ask for recovery."""
    both = step_month(STEADY, FLAT)
    alone = replace(cast("Any", both), frame=both.frame.filter(pl.col("direction") == "vooruit"))
    shown = {found.template for found in first_page(whole(alone))}
    assert not shown & {"maand-vooruit", "maand-terug"}
    lasting = estimate(("blijvend", "a", "", "blijft", 0.75, 0.72, 0.77, 1490))
    assert first_page(findings({"estimate": lasting})) == ()


def test_a_pair_that_does_not_fit_makes_room_for_what_does() -> None:
    """With one place left, the two directions of a month are left out together."""
    shown = [found.template for found in first_page(whole(), most=4)]
    assert shown == ["stappen-jaar", "herstel", "plek-mensen", "keten-mensen"]


# --- ids and definitions --------------------------------------------------------------------------------------------


def test_ids_are_the_same_in_every_release() -> None:
    """Other figures, another month and other labels give the same ids and definitions."""
    renamed = context([replace(place, label=f"{place.label} (nieuw)") for place in ZWOLLE], peildatum=date(2026, 5, 1))
    other = estimate((*RECOVERED[:4], 0.1, 0.05, 0.2, 90), about=renamed), step_month([5] * 30, [90] * 30, renamed)
    first = every(estimate(RECOVERED), step_month(STEADY, FLAT))
    later = every(*other)
    assert {name: found.definition for name, found in first.items()} == {
        name: found.definition for name, found in later.items()
    }


@pytest.mark.parametrize(
    "about",
    [
        context([*ZWOLLE[:3], Position("werk", "Werk", 9), ZWOLLE[4]]),
        context([*ZWOLLE, Position("aow", "AOW", None)]),
        replace(context(), gap_days=60),
    ],
    ids=["another rank", "another position", "another gap"],
)
def test_another_chain_is_another_definition_and_nothing_else(about: Context) -> None:
    """A change of the chain changes every hash, and not a word."""
    tables = [step_month(STEADY, FLAT), estimate(RECOVERED), group_share(*NORTH)]
    first = every(*tables)
    changed = every(*(replace(cast("Any", table), context=about) for table in tables))
    assert len({found.definition for found in first.values()} & {found.definition for found in changed.values()}) == 0
    assert first == {name: replace(found, definition=first[name].definition) for name, found in changed.items()}


def test_another_text_or_measure_is_another_definition() -> None:
    """The hash goes over the wordings and over what the figure is."""
    template = templates.RECOVERY
    hashes = {
        templates.definition_hash(changed, replace(context(), gap_days=gap_days))
        for changed in (
            template,
            replace(template, definition="Kans na 6 maanden."),
            replace(template, texts={**template.texts, "zeker": "{about}"}),
        )
        for gap_days in (0, 30, 60)
    }
    assert len(hashes) == 9


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("bijstand", "bijstand"),
        ("sociale_cooperatie", "sociale-cooperatie"),
        ("HE", r"he-[0-9a-f]{6}"),
        ("sociale-cooperatie", r"sociale-cooperatie-[0-9a-f]{6}"),
        ("Coöperatie Zuid", r"cooperatie-zuid-[0-9a-f]{6}"),
        ("", r"[0-9a-f]{6}"),
        ("x" * 90, r"x{24}-[0-9a-f]{6}"),
    ],
)
def test_a_code_becomes_part_of_an_id(given: str, made: str) -> None:
    """Plain codes stay readable; others get digits, so that no two codes become one."""
    assert re.fullmatch(made, slug(given))


# --- another chain --------------------------------------------------------------------------------------------------


def test_a_chain_without_bijstand_reads_as_well() -> None:
    """Positions are named as the chain names them; two at one rank are in the middle; bijstand is not mentioned."""
    found = every(
        stock({p.code: {SEPTEMBER: 178} for p in YOUNG[:4]}, EXACT),
        step_month([7, 4] * 12, [1, 0] * 12, EXACT),
        estimate(
            ("eerste_stap", "", "school", "vooruit", 0.5, 0.45, 0.55, 300),
            ("eerste_stap", "", "school", "terug", 0.25, 0.2, 0.3, 300),
            ("terugkeer_1", "", "", "terug", None, None, None, 0),
            about=EXACT,
            gap_days=0,
        ),
    )
    assert found["keten-mensen"].sentence == "Op 1 september 2025 stonden er 712 mensen in de keten."
    assert (
        found["plek-joblessness-mensen"].sentence == "Op 1 september 2025 stonden er 178 mensen op de plek Zonder werk."
    )
    assert "ongeveer 66 stappen" not in found["stappen-jaar"].sentence
    assert found["stappen-jaar"].sentence.endswith(
        "waren er 66 stappen vooruit en 6 stappen terug: meer dan tien keer zo veel stappen vooruit als terug."
    )
    assert "op de plek School zette 50%" in found["eerste-stap-school-12-maanden"].sentence
    assert not any("bijstand" in one.sentence.lower() for one in found.values())


# --- cards ----------------------------------------------------------------------------------------------------------

RELEASE = Release(
    id="2026-01",
    organisation="Gemeente Fictiedam",
    title="Participatieketen",
    peildatum=date(2026, 1, 1),
    provisional_from=date(2025, 10, 1),
    fictional=True,
    run="run-1",
    made_on="22 januari 2026",
    record={},
)


def output(shown: room.Cards) -> Any:  # noqa: ANN401 - a notebook node
    """Return what a run makes of cards."""
    return airlock.output(shown.stamp())


def written(*outputs: object, prose: str = "# Beweging\n\n## Bevindingen\n") -> str:
    """Return the page of a notebook with these outputs."""
    cells = [markdown(prose), *(code("x", outputs=[one], execution_count=1) for one in outputs)]
    return page(notebook(cells=cells), RELEASE, "beweging.ipynb")


def test_cards_on_a_page_say_what_the_findings_say() -> None:
    """Every text of a finding stands on the page, in an article with its own heading and the finding's id."""
    chosen = first_page(whole(step_month([*STEADY[:-1], 90], FLAT)))
    seen = Seen(written(output(cards(chosen))))
    articles = [attrs for tag, attrs in seen.tags if tag == "article"]
    assert [attrs["data-bevinding"] for attrs in articles] == [found.id for found in chosen]
    heads = {attrs.get("id") for tag, attrs in seen.tags if tag == "h3"}
    assert {attrs["aria-labelledby"] for attrs in articles} <= heads
    for found in chosen:
        for text in (found.title, found.number, found.sentence, found.change):
            assert text in seen.words
    assert "Verschil met andere maanden: meer dan toeval" in seen.words
    assert RULE in seen.words


def test_a_card_names_what_its_figure_is_set_beside() -> None:
    """The fair comparison is with who was new on the same position, and not with a report of before."""
    ((*_, beside, _period),) = cards([one(AFTER, estimate(after("terug", 0.18, 800), after("nieuw", 0.2, 1500)))]).rows
    assert beside == "Verschil met wie daar nieuw kwam: kan toeval zijn"


def test_cards_follow_the_headings_of_the_page() -> None:
    """Cards straight under the title are headed at the second level: no level is skipped."""
    for prose, tag in (("# Beweging\n", "h2"), ("# Beweging\n\n## Bevindingen\n", "h3")):
        seen = Seen(written(output(cards(first_page(whole()))), prose=prose))
        names = [attrs.get("id") or "" for name, attrs in seen.tags if name == tag]
        assert sum("-kaart-" in name for name in names) == 6


def test_cards_in_a_notebook_are_the_same_list() -> None:
    """A notebook shows articles with a heading each; no style attribute, and every text escaped."""
    odd = replace(whole()[0], sentence="<b>x</b> & y", title='"x"')
    html = cards([odd]).html()
    seen = Seen(html)
    assert "<b>x</b> & y" in seen.words
    assert [tag for tag, _ in seen.tags][:4] == ["section", "ul", "li", "article"]
    assert "style" not in {name for _, attrs in seen.tags for name in attrs}
    assert "<b>x</b> & y" in Seen(written(output(cards([odd])))).words


def test_no_findings_is_said() -> None:
    """A release without findings says so instead of showing nothing."""
    assert NONE in Seen(cards(()).html()).words
    assert NONE in Seen(written(output(cards(())))).words


def test_ids_of_two_lists_of_cards_differ() -> None:
    """The same cards twice on a page have different ids."""
    shown = output(cards(first_page(whole()))), output(cards(first_page(whole())))
    ids = [attrs["id"] for _, attrs in Seen(written(*shown)).tags if "id" in attrs]
    assert len(ids) == len(set(ids))
