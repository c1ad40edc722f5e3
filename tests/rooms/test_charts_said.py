"""charts: what must stand at a figure, because it would mislead without it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from participatieketen import chain, charts, findings, readings
from participatieketen.chain import Break
from participatieketen.charts import Figure, Table, words
from participatieketen.disclosure import Context, Position, Released, open_release
from participatieketen.disclosure.released import SEAL, Caution, write
from participatieketen.disclosure.released import context as released_context
from participatieketen.months import year_before
from participatieketen.reports import spreadsheet
from small_tables import SEPTEMBER, before, context, estimate, group_share, step_month
from small_tables import released as table_of

UNSEEN = Position("werk", "Betaald werk", 4, in_sight_days=400)
BY_RULE = "Uit bij Betaald werk kan door een regel komen: na 400 dagen is niet meer te zien waar iemand is."
SIGHT_ENDS = "Wie op de plek Betaald werk staat, volgen wij daar 400 dagen."
CAUTION = "De wijk is zoals die het laatst is geleverd."
ABOUT = replace(
    context([Position("bijstand", "Bijstand", 0), UNSEEN, Position("verhuisd", "Verhuisd", None)]),
    cautions=(Caution("wijk", CAUTION),),
)
FLOW = {
    **dict.fromkeys(("family", "grouping", "group_code"), pl.String),
    "month": pl.Date,
    **dict.fromkeys(("from_position", "to_position"), pl.String),
    "persons": pl.Int64,
    "base": pl.Int64,
    "provisional": pl.Boolean,
}


def step_year(about: Context) -> Released:
    """Return the steps of a year: one forward, one out of the chain."""
    columns = {**dict.fromkeys(("from_position", "to_position", "direction"), pl.String), "steps": pl.Int64}
    rows = [("bijstand", "werk", "vooruit", 200), ("werk", "verhuisd", "uit", 100)]
    return table_of("step_year", columns, rows, about)


def stock(about: Context) -> Released:
    """Return people on the newest settled day and a year before."""
    columns = {"month": pl.Date, "position": pl.String, "persons": pl.Int64}
    days = (about.settled_on, year_before(about.settled_on))
    return table_of("stock", columns, [(day, "bijstand", 500) for day in days], about)


def flows(about: Context, grouping: str = "wijk") -> tuple[Released, Released]:
    """Return people of a wijk, and of all, on the newest settled day and a year before; and what the wijk is called."""
    days = (about.settled_on, year_before(about.settled_on))
    told = [(grouping, "WK1"), (grouping, "totaal"), ("", "")]
    rows = [("stock_flow", *group, day, "totaal", "totaal", 300, 5, False) for group in told for day in days]
    names = dict.fromkeys(("grouping", "group_code", "label"), pl.String)
    labels = table_of("group_label", names, [(grouping, "WK1", "Noord")], about)
    return table_of("released_stock_flow", FLOW, rows, about), labels


@pytest.mark.parametrize(("caution", "times"), [(CAUTION, 1), ("", 0)])
def test_what_to_mind_of_a_grouping_stands_at_each_of_its_figures(caution: str, times: int) -> None:
    """Once at each chart and table, for the whole grouping and for one group; nothing where there is nothing."""
    about = replace(ABOUT, cautions=(Caution("wijk", caution),) if caution else ())
    shares = group_share(("wijk", "Noord", "vooruit", 600, 120), ("wijk", "Zuid", "vooruit", 600, 60), about=about)
    both = flows(about)
    shown: list[Figure | Table] = [
        charts.group_chart(shares, "wijk"),
        charts.group_beside(shares, "wijk", "Noord"),
        charts.group_table(*both, "wijk"),
        charts.group_people(*both, "wijk"),
        charts.group_people(*both, "wijk", "WK1"),
    ]
    assert [one.caption.count(CAUTION) for one in shown] == [times] * len(shown)


def test_going_out_of_the_chain_by_a_rule_is_said_where_it_is_counted() -> None:
    """By the label and the days of the chain, and only of a position that nothing but an exit puts people in."""
    matrix_columns = {"from_position": pl.String, "to_position": pl.String, "persons": pl.Int64}
    for about, times in ((ABOUT, 1), (context(), 0)):
        matrix = table_of("year_matrix", matrix_columns, [("werk", "verhuisd", 100), ("werk", "werk", 200)], about)
        assert charts.arc_diagram(step_year(about), stock(about)).subtitle.count(BY_RULE) == times
        assert charts.arc_diagram(step_year(about), stock(about)).subtitle.count("Uit bij") <= 1
        assert charts.transition_table(matrix).caption.count(BY_RULE) == times
        assert charts.group_traffic(*flows(about), "wijk").caption.count(BY_RULE) == times
        assert " ".join(spreadsheet.reading_notes(about)).count(BY_RULE) == times
        for chart in (charts.first_step_chart, charts.occupancy_chart, charts.after_step_back):
            assert chart(estimate(about=about)).caption.count(SIGHT_ENDS) == times


def test_only_a_position_that_follows_from_an_exit_has_an_end_by_rule() -> None:
    """In the chain that comes with the project that is Werk, for as many days as the chain says."""
    path = Path(__file__).parents[2] / "pipelines" / "chains" / "participatie.toml"
    rules = replace(chain.read(path), follow_up_days=365)
    about = released_context(rules, "Gemeente", "Rapport", date(2026, 1, 31), fictional=True)
    assert {one.code: one.in_sight_days for one in about.positions if one.in_sight_days} == {"werk": 365}


def test_a_release_keeps_what_its_pages_must_say(tmp_path: Path) -> None:
    """Breaks and the ends by rule come back as they were written, and a chain without any has none."""
    broken = Break(date(2024, 1, 1), "Anders", "Anders geteld.", "Gemeente", ("werk",), ())
    frame = pl.DataFrame({"month": [SEPTEMBER], "position": ["werk"], "persons": [10], "provisional": [False]})
    for number, about in enumerate((replace(ABOUT, breaks=(broken,)), context())):
        path = tmp_path / f"{number}.duckdb"
        write({"stock": Released("stock", frame, about, SEAL)}, path)
        assert open_release(path)["stock"].context == about


def test_a_year_is_said_not_to_add_up_with_its_months() -> None:
    """Where the year stands, where the months do, and in the notes of the workbook; not where nothing is rounded."""
    for base, times in ((5, 1), (1, 0)):
        about = context(base=base)
        assert charts.arc_diagram(step_year(about), stock(about)).caption.count(words.YEAR_APART) == times
        assert charts.monthly_steps(step_month([60], [20], about)).caption.count(words.YEAR_APART) == times
        assert spreadsheet.reading_notes(about, ["step_year"]).count(words.YEAR_APART) == times
    assert words.YEAR_APART not in spreadsheet.reading_notes(context(), ["stock"])


def test_rows_of_a_delivery_are_a_sum_that_can_be_farther_off() -> None:
    """Of four counts that are each at most 4 off: at most 16, and nought is 0-16."""
    counts = ("rows", "loaded", "quarantined", "duplicates", "expired")
    columns = {"source": pl.String, "month": pl.Date, **dict.fromkeys(counts, pl.Int64)}
    rows = [("client", SEPTEMBER, 0, 0, 0, 0, 0)]
    for base, said in ((5, "Die kan er hoogstens 16 naast zitten."), (1, "")):
        shown = charts.delivery_table(table_of("delivery", columns, rows, context(base=base)))
        assert said in shown.caption
        assert ("naast zitten" in shown.caption) == (base > 1)
        assert shown.frame.row(0)[2:4] == (("0-16", "0-4") if base > 1 else ("0", "0"))


def test_in_order_leaves_open_what_a_released_nought_leaves_open() -> None:
    """In the title of the table, in its caption, and among what to mind; of exact counts there is nothing to say."""
    columns = {
        **dict.fromkeys(("contract", "rule", "severity", "message", "source"), pl.String),
        **dict.fromkeys(("unexpected", "total"), pl.Int64),
    }
    for base, open_ in ((5, "; 0-4 rijen kunnen per controle afwijken"), (1, "")):
        about = context(base=base)
        verdict = table_of("verdict", columns, [("client", "a", "error", "goed", "x", 0, 1200)] * 2, about)
        assert charts.verdict_table(verdict).title == f"Alle 2 controles zijn in orde{open_}"
        told = findings.attention({"stock": stock(about), "verdict": verdict}).frame["Let op"].to_list()
        assert f"De leveringen zijn gecontroleerd: 2 controles, in orde{open_}." in told


def test_who_is_new_is_said_as_it_is_counted() -> None:
    """Nobody saw a first time: what counts is who was not seen before."""
    nothing = estimate(about=ABOUT)
    for chart in (charts.first_step_chart, charts.occupancy_chart, charts.after_step_back):
        assert "niet eerder" in (said := chart(nothing).caption)
        assert "sinds het volgen begon" in said
        assert "eerste keer" not in said


def test_lasting_says_what_it_means_where_no_register_sees_people() -> None:
    """As the chain puts it, and only of a position that an exit alone puts people in."""
    note = "Na een stap naar Betaald werk betekent 'blijft' dus: niet teruggekomen en niet overleden."
    for about, there in ((replace(ABOUT, notes=(note,)), True), (replace(context(), notes=(note,)), False)):
        assert (note in charts.lasting_chart(estimate(about=about)).caption) == there


def test_who_came_back_to_a_position_stands_beside_who_was_new() -> None:
    """With the figures of both, and a title that is sure or says that it is not."""
    new = ("eerste_stap", "", "bijstand", "vooruit", 0.4, None, None, 1000)
    for share, title in (
        (0.2, "Wie terugkwam op een plek, ging minder vaak vooruit vanuit Bijstand dan wie er nieuw was"),
        (0.4, "Wie nieuw was op een plek en wie er terugkwam: verschillen kunnen toeval zijn"),
    ):
        shown = charts.again_table(
            estimate(new, ("eerste_stap_opnieuw", "", "bijstand", "vooruit", share, None, None, 1000))
        )
        assert shown.title == title
        assert shown.frame["Plek"].to_list() == ["Bijstand: nieuw", "Bijstand: kwam terug"]
        assert shown.frame["Terug binnen een jaar"].to_list() == ["kan niet"] * 2
        assert shown.frame["Mensen"].to_list() == ["1.000"] * 2


def test_months_before_a_trend_break_of_the_chain_are_in_no_limit() -> None:
    """The chart says since when months count and why; a break before or after them changes nothing."""
    steady = [60, 65, 60, 55, 60, 65, 55, 60, 65, 60, 55, 60, 60, 65, 60]
    for day, told in ((before(SEPTEMBER, 2), True), (before(SEPTEMBER, 40), False), (date(2025, 12, 1), False)):
        about = replace(context(), breaks=(Break(day, "Andere telling", "Er wordt anders geteld.", "Gemeente"),))
        shown = charts.control_chart(step_month(steady, steady, about), "vooruit")
        assert (shown.title == "Stappen vooruit: te weinig maanden om toeval te beoordelen") == told
        assert (f"Toen veranderde er iets: {about.breaks[0].label}." in shown.subtitle) == told


def test_counts_of_a_hidden_estimate_are_no_part_of_a_download() -> None:
    """Whether a row is shown follows from its released counts; the base stands in every row."""
    hidden = ("weerslag", "terug", "", "vooruit", None, None, None, 100)
    few = ("weerslag", "terug", "werk", "vooruit", 0.5, None, None, 40)
    large = ("weerslag", "vooruit", "", "terug", 0.5, None, None, 100)
    counts = readings.published_table(estimate(hidden, few, large)).select("x", "n", "followed", "base").rows()
    assert counts == [(None, None, None, 5), (None, None, None, 5), (50, 100, 100, 5)]
