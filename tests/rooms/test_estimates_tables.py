"""estimates.measures: the figures of a report, on drawn people for whom each can be counted by hand."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from conftest import Run
from drawn import PARTICIPATIE, spells_of
from participatieketen import extract, moves, timelines
from participatieketen.chain import Chain
from participatieketen.estimates.measures import measures, sensitivity
from participatieketen.estimates.populations import starts

PEILDATUM = date(2026, 3, 31)  # provisional: January to March
PEOPLE = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2022-01-01 | 2024-12-31 | 11
    1       | bijstand     | 2025-07-01 |            |
    2       | dagbesteding | 2022-03-01 | 2022-08-31 |
    2       | startbaan    | 2022-09-01 | 2023-01-31 |
    2       | dagbesteding | 2023-02-01 | 2025-01-31 |
    2       | startbaan    | 2025-02-01 | 2026-02-15 |
    3       | bijstand     | 2022-05-01 | 2022-12-31 |
    3       | bijstand     | 2023-02-10 |            |
    4       | bijstand     | 2024-01-01 | 2024-12-31 | 03
    5       | bijstand     | 2026-02-01 |            |
"""


def made(gap_days: int = 30) -> tuple[pl.DataFrame, pl.DataFrame, Chain]:
    """Return timeline and step of the people, and the chain they were made with."""
    chain = replace(PARTICIPATIE, gap_days=gap_days)
    timeline = timelines.timeline(spells_of(PEOPLE), chain, PEILDATUM)
    return timeline, moves.steps(timeline, chain), chain


FOUND = measures(*made(), PEILDATUM)


def shares(measure: str, **where: object) -> dict[str, float | None]:
    """Return the share of each outcome."""
    rows = FOUND.filter(pl.col("measure") == measure, *(pl.col(k) == v for k, v in where.items()))
    return dict(rows.select("outcome", "share").iter_rows())


@pytest.mark.parametrize(("months", "vooruit", "terug"), [(5, 0, 0), (6, 1, 0), (24, 1, 0)])
def test_first_step_out_of_dagbesteding(months: int, vooruit: float, terug: float) -> None:
    """Only the first stay counts: six months in dagbesteding, then Startbaan; the longer second one does not."""
    found = shares("eerste_stap", position="dagbesteding", months=months)
    assert found == {"vooruit": vooruit, "terug": terug, "uit": 0}


def test_followed_is_who_began_so_long_ago_whatever_became_of_them() -> None:
    """Three enter bijstand in January 2022, May 2022 and January 2024; the last final day is 31 December 2025."""
    rows = FOUND.filter(pl.col("measure") == "eerste_stap", pl.col("position") == "bijstand")
    followed = dict(rows.filter(pl.col("outcome") == "uit").select("months", "followed").iter_rows())
    assert [followed[k] for k in (0, 8, 12, 23, 24)] == [3, 3, 3, 3, 2]


def test_a_population_has_one_n() -> None:
    """Whatever is told of it: where all are followed one n by months, else one n, and one followed by months."""
    key = ["population", "gap_days", "position"]
    fixed, curve = FOUND.filter(pl.col("followed").is_null()), FOUND.filter(pl.col("followed").is_not_null())
    for rows, cell, value in ((fixed, [*key, "months"], "n"), (curve, key, "n"), (curve, [*key, "months"], "followed")):
        assert rows.group_by(cell).agg(pl.col(value).n_unique())[value].unique().to_list() == [1]
    assert not set(fixed["population"]) & set(curve["population"])
    assert set(fixed.filter(months=12, population="stap_vooruit")["measure"]) == {"blijvend", "weerslag"}


def test_nobody_can_step_forward_from_the_highest_position() -> None:
    """Outcomes that cannot be are no rows, rather than noughts."""
    assert set(shares("eerste_stap", position="werk", months=12)) == {"terug", "uit"}
    assert set(shares("eerste_stap", position="bijstand", months=12)) == {"vooruit", "uit"}


def test_who_comes_back_is_no_newcomer() -> None:
    """Persons 1 and 3 have bijstand a second time, person 2 dagbesteding; each counts apart from those who are new."""
    others = dict.fromkeys(PARTICIPATIE.ranks, 0)
    found = {measure: FOUND.filter(measure=measure, months=12) for measure in ("eerste_stap", "eerste_stap_opnieuw")}
    n = {name: dict(rows.select("position", "n").iter_rows()) for name, rows in found.items()}
    assert n["eerste_stap"] == others | {"bijstand": 3, "dagbesteding": 1, "startbaan": 1, "werk": 1}
    assert n["eerste_stap_opnieuw"] == others | {"bijstand": 2, "dagbesteding": 1, "startbaan": 1}
    assert shares("eerste_stap_opnieuw", position="dagbesteding", months=24) == {"vooruit": 1, "terug": 0, "uit": 0}


def test_who_was_there_when_observation_began_is_no_newcomer_either() -> None:
    """Person 1 had bijstand on 1 October 2021, left and came back; person 2 came in later."""
    found = figures(
        spells_of("""
            persoon | register | begindatum | einddatum  | reden
            1       | bijstand | 2020-01-01 | 2021-12-31 | 32
            1       | bijstand | 2022-06-01 |            |
            2       | bijstand | 2022-06-01 |            |
        """)
    )
    counted = found.filter(pl.col("months") == 12, pl.col("measure") != "duur")
    there = counted.filter(pl.col("group") != "terug", outcome="vooruit", position="bijstand")
    n = dict(there.select("measure", "n").iter_rows())
    assert (n["eerste_stap"], n["eerste_stap_opnieuw"], n["na_terugstap"]) == (1, 1, 1)
    assert counted.filter(measure="bezetting")["n"].unique().to_list() == [1]
    assert found.filter(measure="duur", months=12, position="bijstand")["n"].item() == 2


def test_after_a_step_back_the_comparison_is_in_the_same_place() -> None:
    """Person 2 is back in dagbesteding for two years, was six months there as a newcomer; person 1 stepped back too."""
    found = FOUND.filter(measure="na_terugstap")
    assert set(found["outcome"]) == {"vooruit"}
    rows = found.filter(position="dagbesteding").select("population", "group", "months", "n", "followed", "share")
    assert rows.sort("group", "months").rows() == [
        *(("aankomst_nieuw", "nieuw", months, 1, 1, share) for months, share in ((3, 0), (6, 1), (12, 1), (24, 1))),
        *(("aankomst_terug", "terug", months, 1, 1, share) for months, share in ((3, 0), (6, 0), (12, 0), (24, 1))),
    ]
    bijstand = found.filter(position="bijstand", months=6).select("group", "n", "followed", "share")
    assert bijstand.rows() == [("terug", 1, 0, None), ("nieuw", 3, 3, 0.0)]


def test_where_people_are_since_they_entered() -> None:
    """Two years after entry persons 1 and 3 have bijstand, 2 is in dagbesteding and 4 has AOW."""
    expected = {"bijstand": 0.5, "dagbesteding": 0.25, "sociale_cooperatie": 0, "startbaan": 0, "werk": 0}
    assert shares("bezetting", months=24) == pytest.approx(expected | {"buiten": 0.25})


def test_provisional_months_count_in_nothing() -> None:
    """What happens from January on changes no figure: not the end of a Startbaan, nor who comes in."""
    _, _, chain = made()
    before = spells_of(PEOPLE).filter(pl.col("person") != 5)
    timeline = timelines.timeline(
        before.with_columns(next_day=pl.when(pl.col("next_day") < date(2026, 1, 1)).then("next_day")), chain, PEILDATUM
    )
    again = measures(timeline, moves.steps(timeline, chain), chain, PEILDATUM)
    assert again.equals(FOUND)


def test_duration_is_the_share_of_stays_that_has_ended() -> None:
    """Stays in dagbesteding take 6 and 24 months, and end on the day itself."""
    found = FOUND.filter(measure="duur", position="dagbesteding")
    assert found.select("population", "outcome", "months", "n", "followed", "share").rows() == [
        ("verblijf", "weg", 3, 2, 2, 0.0),
        ("verblijf", "weg", 6, 2, 2, 0.5),
        ("verblijf", "weg", 12, 2, 2, 0.5),
        ("verblijf", "weg", 24, 2, 2, 1.0),
    ]


def test_a_longer_gap_is_no_exit() -> None:
    """Person 3 has nothing for 40 days: a return with a gap of 30 days, none with 60."""
    exits = {
        gap: sensitivity(*made(gap), PEILDATUM).filter(pl.col("measure") == "terugkeer_2")["n"].item()
        for gap in (0, 30, 60)
    }
    assert exits == {0: 3, 30: 3, 60: 2}


def test_sensitivity_has_the_same_figures_as_the_main_table() -> None:
    """With the chain's own gap the rows at 12 months are those of `measures`."""
    own = sensitivity(*made(), PEILDATUM)
    assert own.height == 2 * 3 + 2 * 2 + 1
    keys = ["measure", "gap_days", "group", "position", "outcome", "months"]
    both = own.join(FOUND, on=keys, how="left", suffix="_main")
    assert both["share"].equals(both["share_main"].rename("share"))
    assert both["n"].equals(both["n_main"].rename("n"))


def test_nobody_gives_empty_figures() -> None:
    """An empty chain has no figures, and breaks nothing."""
    nobody = timelines.timeline(spells_of(PEOPLE).clear(), PARTICIPATIE, PEILDATUM)
    found = measures(nobody, moves.steps(nobody, PARTICIPATIE), PARTICIPATIE, PEILDATUM)
    assert found.drop_nulls("share").is_empty()


def figures(spells: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of other people."""
    timeline = timelines.timeline(spells, PARTICIPATIE, PEILDATUM)
    return measures(timeline, moves.steps(timeline, PARTICIPATIE), PARTICIPATIE, PEILDATUM)


def leavers(days: list[int], after: str) -> pl.DataFrame:
    """Return the spells of people who leave bijstand so many days after 1 January 2022."""
    begin = date(2022, 1, 1)
    ends = [begin + timedelta(days=day) for day in days]
    rows = [(person, "bijstand", "bijstand", begin, end, after) for person, end in enumerate(ends)]
    return pl.DataFrame(rows, schema=spells_of(PEOPLE).schema, orient="row")


def test_the_end_of_sight_is_not_the_end_of_work() -> None:
    """Sixty people go to work and are out of sight after 730 days: nobody left, so no part of the stays has ended."""
    found = figures(leavers([5 * number for number in range(1, 61)], "werk"))
    work = found.filter(pl.col("measure") == "eerste_stap", pl.col("position") == "werk")
    assert set(work["share"].drop_nulls()) == {0.0}
    assert set(found.filter(measure="duur", position="werk")["share"].drop_nulls()) == {0.0}


def test_where_nobody_is_followed_there_is_no_share() -> None:
    """Three people come in five months before the last final day: of later months nothing is known."""
    rows = spells_of(PEOPLE).filter(pl.col("person") == 3).head(1)
    late = pl.concat([rows.with_columns(person=pl.lit(person, dtype=pl.Int32)) for person in range(3)])
    late = late.with_columns(
        first_day=pl.lit(date(2025, 8, 1)),
        next_day=pl.when(pl.col("person") == 0).then(pl.lit(date(2025, 9, 1))),
        after=pl.lit("overig"),
    )
    found = figures(late).filter(pl.col("measure") == "eerste_stap", pl.col("outcome") == "uit")
    shares = dict(found.filter(pl.col("position") == "bijstand").select("months", "share").iter_rows())
    assert shares[4] == pytest.approx(1 / 3)
    assert shares[5] is shares[24] is None


BEGUN = starts(*made(), PEILDATUM)


@pytest.mark.parametrize(
    ("population", "position", "outcome", "months"),
    [
        ("verblijf", "dagbesteding", "", ["2022-03", "2023-02"]),
        ("eerste_verblijf", "dagbesteding", "", ["2022-03"]),
        ("opnieuw_verblijf", "bijstand", "", ["2023-02", "2025-07"]),
        ("aankomst_terug", "bijstand", "", ["2025-07"]),
        ("aankomst_nieuw", "startbaan", "", []),
        ("instroom", "", "", ["2022-01", "2022-03", "2022-05", "2024-01"]),
        ("eerste_stap_terug", "", "", ["2023-02", "2025-07"]),
        ("uitstroom_bijstand", "", "", ["2023-01", "2025-01", "2025-01"]),
        ("stap_vooruit", "", "blijvend/a/niet/6", ["2022-09", "2025-01"]),
        ("stap_vooruit", "", "blijvend/a/niet/12", ["2022-09"]),
        ("stap_vooruit", "", "weerslag/vooruit/terug/12", ["2022-09"]),
        ("stap_terug", "", "aansluitend//1+/0", []),
    ],
)
def test_who_is_counted_began_in_a_month(population: str, position: str, outcome: str, months: list[str]) -> None:
    """By hand, of the five people; who came in in February 2026 came after the last final day."""
    rows = BEGUN.filter(population=population, position=position, outcome=outcome)
    assert [
        month
        for month, many in rows.select(pl.col("month").dt.strftime("%Y-%m"), "starts").iter_rows()
        for _ in range(many)
    ] == months


def test_who_began_in_each_month_adds_up_to_what_is_counted(town: Run) -> None:
    """Of every population that only grows n and followed, and of every outcome of steps how many had it."""
    with extract.connect(town.workspace.extract) as connection:
        timeline, step = (connection.table(name).pl() for name in ("timeline", "step"))
    ends = [pl.col(name).cast(pl.Enum(PARTICIPATIE.codes)) for name in ("from_position", "to_position")]
    given = timeline.with_columns(pl.col("position").cast(pl.Enum(PARTICIPATIE.codes))), step.with_columns(ends)
    peildatum = date(2026, 1, 31)
    begun, found = (of(*given, PARTICIPATIE, peildatum) for of in (starts, measures))
    first_open = PARTICIPATIE.provisional_from(peildatum)

    def until(months: int, **who: str) -> int:
        return int(
            begun.filter(pl.col("month") < pl.lit(first_open).dt.offset_by(f"-{months}mo"), **who)["starts"].sum()
        )

    growing = found.filter(pl.col("population").is_in(begun.filter(outcome="")["population"].unique().implode()))
    assert set(growing["population"]) == set(begun.filter(outcome="")["population"])
    for row in growing.iter_rows(named=True):
        who = {"population": row["population"], "position": row["position"], "outcome": ""}
        on_the_last_day = until(0, **who) - row["n"]
        assert 0 <= on_the_last_day <= 2, who
        assert row["followed"] == until(row["months"], **who) - (0 if row["months"] else on_the_last_day), who
    outcomes = begun.filter(pl.col("outcome") != "")["outcome"].unique()
    named = found.with_columns(name=pl.concat_str("measure", "group", "outcome", "months", separator="/"))
    counted = named.filter(pl.col("name").is_in(outcomes.implode()))
    assert counted.height == len(outcomes) > 5
    for row in counted.iter_rows(named=True):
        assert round(row["share"] * row["n"]) == until(0, population=row["population"], outcome=row["name"])
