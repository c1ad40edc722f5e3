"""Groups: who is in one is fixed on a day, and who of them moves after it is counted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from conftest import Run
from drawn import PARTICIPATIE, spells_of
from participatieketen import extract, moves, timelines
from participatieketen.errors import WrongUse
from participatieketen.estimates.groups import group_shares
from participatieketen.groups import members
from participatieketen.pipeline import definition

DAY, LAST = date(2024, 1, 1), date(2024, 12, 31)
PEOPLE = """
    persoon | register     | begindatum | einddatum  | reden
    1       | bijstand     | 2022-01-01 |            |
    1       | dagbesteding | 2024-03-01 | 2024-06-30 |
    2       | dagbesteding | 2022-01-01 | 2024-01-01 |
    2       | bijstand     | 2022-01-01 |            |
    3       | bijstand     | 2022-01-01 | 2023-12-31 | 04
    4       | bijstand     | 2024-01-02 |            |
    5       | bijstand     | 2022-01-01 | 2024-12-31 | 11
    6       | bijstand     | 2022-01-01 |            |
    6       | dagbesteding | 2024-01-01 |            |
    7       | bijstand     | 2022-01-01 |            |
    7       | dagbesteding | 2024-12-31 |            |
"""
TIMELINE = timelines.timeline(spells_of(PEOPLE), PARTICIPATIE, date(2025, 3, 1))
STEP = moves.steps(TIMELINE, PARTICIPATIE)
TRUTH = Path(__file__).parents[1] / "truth"
MONTHLY = definition.read("maandrapportage")


def everyone(households: Iterable[int]) -> pl.DataFrame:
    """Return persons 1 to 7 as one group, each in this household."""
    people = {"person": range(1, 8), "household": list(households), "grouping": "geslacht", "group_code": "2"}
    return pl.DataFrame(people | {"label": "vrouw", "place": 0}, schema_overrides={"person": pl.Int32})


def test_who_is_there_on_the_day_counts() -> None:
    """Who left before or came later is in no group; a step on the day itself (6) or after the last is not counted."""
    found = group_shares(everyone(range(1, 8)), STEP, TIMELINE, PARTICIPATIE, DAY, LAST)
    assert found.select("direction", "n", "moved").rows() == [("vooruit", 5, 2), ("terug", 5, 2)]


def test_partners_are_one_household() -> None:
    """Persons 1 and 2 share a benefit: five persons are four households; both step back, so one household does."""
    found = group_shares(everyone([1, 1, 3, 4, 5, 6, 7]), STEP, TIMELINE, PARTICIPATIE, DAY, LAST)
    assert found.select("direction", "n", "moved", "households", "households_moved").rows() == [
        ("vooruit", 5, 2, 4, 2),
        ("terug", 5, 2, 4, 1),
    ]


def test_every_grouping_of_the_chain_has_members(town: Run) -> None:
    """Each person is at most once in a grouping; the groups are those that the code lists name."""
    found = members(town.workspace.extract, MONTHLY.groupings(PARTICIPATIE), date(2025, 1, 1))
    assert set(found["grouping"]) == {grouping.code for grouping in PARTICIPATIE.groupings}
    assert not found.select("person", "grouping").is_duplicated().any()
    assert not found["label"].has_nulls()


def test_age_is_that_of_the_day(town: Run) -> None:
    """A year earlier nobody is older, and some are younger."""
    births = extract.query(town.workspace.extract, "select person, geboortejaar from client").drop_nulls()

    def young(day: date) -> int:
        found = members(town.workspace.extract, MONTHLY.groupings(PARTICIPATIE), day)
        return found.filter(pl.col("group_code") == "tot_27").height

    assert young(date(2025, 1, 1)) == births.filter(2025 - pl.col("geboortejaar") < 27).height
    assert young(date(2020, 1, 1)) > young(date(2025, 1, 1))


def groups_of(folder: Path, grouping: str, day: date, **tables: pl.DataFrame) -> dict[int, str]:
    """Return the group of each person in one grouping, from an extract with these tables."""
    database = folder / "klein.duckdb"
    with extract.connect(database) as connection:
        for name, rows in tables.items():
            extract.write(connection, name, rows)
    only = tuple(one for one in PARTICIPATIE.groupings if one.code == grouping)
    found = members(database, MONTHLY.groupings(replace(PARTICIPATIE, groupings=only, households=None)), day)
    return dict(found.select("person", "group_code").iter_rows())


def test_a_short_break_does_not_restart_the_duration(tmp_path: Path) -> None:
    """Thirty days without bijstand are no break, thirty-one are."""
    spells = pl.DataFrame(
        {
            "person": [1, 1, 2, 2, 3],
            "register": "bijstand",
            "first_day": [date(2020, 1, 1), date(2023, 7, 31), date(2020, 1, 1), date(2023, 8, 1), date(2020, 1, 1)],
            "next_day": [date(2023, 7, 1), None, date(2023, 7, 1), None, DAY],
        }
    )
    assert groups_of(tmp_path, "bijstandsduur", DAY, spell=spells) == {1: "2_tot_5", 2: "tot_1"}


def test_duration_is_in_whole_years(tmp_path: Path) -> None:
    """The small case with its answer: 352 days are under a year, and a year is a year on the day itself."""
    spells = pl.read_csv(TRUTH / "bijstandsduur_spells.csv", try_parse_dates=True)
    expected = pl.read_csv(TRUTH / "bijstandsduur_expected.csv")
    found = groups_of(
        tmp_path, "bijstandsduur", date(2024, 10, 1), spell=spells.with_columns(pl.col("next_day").cast(pl.Date))
    )
    assert found == dict(expected.iter_rows())


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (date(2022, 10, 2), "1_tot_2"),
        (date(2022, 10, 1), "2_tot_5"),
        (date(2019, 10, 2), "2_tot_5"),
        (date(2019, 10, 1), "vanaf_5"),
    ],
)
def test_a_year_is_over_on_its_day(tmp_path: Path, first: date, code: str) -> None:
    """A day later it is a day short."""
    spells = pl.DataFrame({"person": 1, "register": "bijstand", "first_day": first, "next_day": [None]})
    found = groups_of(
        tmp_path, "bijstandsduur", date(2024, 10, 1), spell=spells.with_columns(pl.col("next_day").cast(pl.Date))
    )
    assert found == {1: code}


def test_the_innovatielab_is_that_of_the_day(tmp_path: Path) -> None:
    """From the first day up to and on the last; empty is still taking part; who is not in it is no participant."""
    periods = pl.DataFrame(
        {
            "person": [1, 2, 3, 4],
            "datum_start": [DAY, date(2023, 1, 1), date(2023, 1, 1), date(2024, 1, 2)],
            "datum_einde": [None, DAY, date(2023, 12, 31), None],
        }
    )
    people = pl.DataFrame({"person": range(1, 6)})
    found = groups_of(tmp_path, "innovatielab", DAY, client=people, innovatielab=periods)
    assert found == {1: "ja", 2: "ja", 3: "nee", 4: "nee", 5: "nee"}


def test_age_is_that_of_the_end_of_the_year(tmp_path: Path) -> None:
    """Only the year of birth is known: who was born in 1997 is 27 in all of 2024."""
    people = pl.DataFrame({"person": [1, 2, 3, 4], "geboortejaar": [1998, 1997, 1980, 1979]})
    for day in (date(2024, 1, 1), date(2024, 12, 31)):
        assert groups_of(tmp_path, "leeftijdsgroep", day, client=people) == {
            1: "tot_27", 2: "27_tot_45", 3: "27_tot_45", 4: "vanaf_45",
        }  # fmt: skip


def test_who_shares_a_benefit_on_the_day_is_a_household(tmp_path: Path) -> None:
    """Persons 2 and 5 share one on the day; 3 and 4 shared one until the day before; 1 has none then."""
    rows = pl.DataFrame(
        {
            "person": [2, 5, 5, 3, 4, 1],
            "registratienummer_uitkering": ["b", "b", "a", "c", "c", "b"],
            "aanvangsdatum": date(2023, 1, 1),
            "einddatum": [None, DAY, None, date(2023, 12, 31), date(2023, 12, 31), date(2023, 2, 1)],
        },
        schema_overrides={"person": pl.Int32},
    )
    with extract.connect(tmp_path / "klein.duckdb") as connection:
        extract.write(connection, "bijstand", rows)
        extract.write(connection, "client", pl.DataFrame({"person": range(1, 6), "geslacht": "2"}))
    only = [grouping for grouping in PARTICIPATIE.groupings if grouping.code == "geslacht"]
    found = members(tmp_path / "klein.duckdb", MONTHLY.groupings(replace(PARTICIPATIE, groupings=tuple(only))), DAY)
    assert dict(found.select("person", "household").iter_rows()) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 2}
    apart = replace(PARTICIPATIE, groupings=tuple(only), households=None)
    alone = members(tmp_path / "klein.duckdb", MONTHLY.groupings(apart), DAY)
    assert alone["household"].equals(alone["person"].rename("household"))


def test_a_grouping_without_its_statement_is_refused(town: Run) -> None:
    """The line says which file is missing."""
    other = replace(PARTICIPATIE, groupings=(replace(PARTICIPATIE.groupings[0], sql="groepen/geen.sql"),))
    with pytest.raises(WrongUse, match=r"geen\.sql bestaat niet"):
        members(town.workspace.extract, MONTHLY.groupings(other), DAY)


def test_a_code_without_a_name_is_refused(town: Run) -> None:
    """The line names the grouping, not the code: it came from a record."""
    nameless = replace(PARTICIPATIE.groupings[0], codelist=None, names={"WK019310": "Binnenstad"})
    with pytest.raises(WrongUse, match="Groepering wijk: een code heeft geen naam"):
        members(town.workspace.extract, MONTHLY.groupings(replace(PARTICIPATIE, groupings=(nameless,))), DAY)
