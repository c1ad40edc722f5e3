"""What the workbook counts of a fictional town equals a walk, day by day, through the files that the registers sent."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
import pytest

import daybook
from conftest import Run
from daybook import RANKS, Person, Seen
from participatieketen import pipeline, synthetic
from participatieketen.pipeline import figures
from participatieketen.places import Workspace

MONTH = "2026-01"
PEILDATUM = date(2026, 1, 1)
CLOSE = 2e-3
"""Two clocks in months differ within a month: events of one day may come in another order."""


@dataclass(frozen=True)
class Town:
    """The deliveries of a town, walked, and what the workbook made of them."""

    workspace: Workspace
    loaded: pipeline.Loaded

    @property
    def folder(self) -> Path:
        """Where the deliveries are."""
        return self.workspace.inbox

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody, by number."""
        return daybook.people(self.folder, MONTH, PEILDATUM)

    @property
    def everybody(self) -> list[Person]:
        """Everybody."""
        return list(self.people.values())

    @property
    def until(self) -> int:
        """The last day that is final."""
        return daybook.settled_on(PEILDATUM) - 1

    @cached_property
    def figures(self) -> dict[str, pl.DataFrame]:
        """The workbook's own shares, before release."""
        return figures.estimated(self.loaded, pipeline.read("maandrapportage"), self.workspace.extract)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return the answer of the extract."""
        with duckdb.connect(str(self.workspace.extract), read_only=True) as extract:
            return extract.execute(sql).fetchall()

    def share(self, measure: str, **named: str | int) -> tuple[int, float]:
        """Return the workbook's n and share of one row, at the chain's own gap_days."""
        asked = {"measure": measure, "gap_days": daybook.GAP, **named}
        found = self.figures["estimate"].filter(*(pl.col(name) == value for name, value in asked.items()))
        assert found.height == 1, asked
        return found["n"].item(), found["share"].item()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, key_of_town: Path) -> Iterator[Town]:
    """Return a town of 600 that the workbook took in."""
    folder = tmp_path_factory.mktemp("registers")
    workspace = Workspace(folder / "workspace", folder / "reports").make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KETEN_KEY", str(key_of_town))
        synthetic.write_deliveries(synthetic.make_town(persons=600, months=51, peildatum=PEILDATUM), workspace.inbox)
        yield Town(workspace, pipeline.load(pipeline.read("maandrapportage"), workspace, None, lambda _: None))


# --- counts: exactly equal --------------------------------------------------------------------------------------------


def test_every_step_is_on_the_day_that_the_registers_say(town: Town) -> None:
    """Day, positions, direction and days with nothing, of every step of everybody."""
    walked = Counter(
        (date.fromordinal(step.day), step.before, step.position, step.direction, step.nowhere)
        for person in town.everybody
        for step in person.steps
    )
    sql = "select day, from_position, to_position, direction, bridged_days, count(*) from step group by all"
    counted = {row[:5]: row[5] for row in town.rows(sql)}
    assert sum(walked.values()) > 1000
    assert dict(walked) == counted


def test_every_month_stocks_and_flows_are_who_stands_where_on_its_first_day(town: Town) -> None:
    """Of every month and every pair of positions, in and out included."""
    firsts = [date(year, month, 1) for year in range(2021, 2027) for month in range(1, 13)]
    firsts = [day for day in firsts if date.fromordinal(daybook.OBSERVED_FROM) <= day <= PEILDATUM]
    walked: Counter[tuple[object, ...]] = Counter()
    for person in town.everybody:
        places = [person.on(day.toordinal()) for day in firsts]
        walked.update(zip(firsts, places, places[1:], strict=False))
    inside = {cell: persons for cell, persons in walked.items() if cell[1] in RANKS or cell[2] in RANKS}
    counted = {
        row[:3]: row[3] for row in town.rows("select month, from_position, to_position, persons from stock_flow")
    }
    assert inside == {cell: persons for cell, persons in counted.items() if cell[1] in RANKS or cell[2] in RANKS}


def test_a_startbaan_is_no_way_to_work_unless_an_employer_takes_over(town: Town) -> None:
    """Of 42 stays the contracts say what came after; none leads to Werk but those two."""
    to_work = [
        (person, step)
        for person in town.everybody
        for step in person.steps
        if (step.before, step.position) == ("startbaan", "werk")
    ]
    whys = {
        why
        for person, step in to_work
        for _, end, found in person.runs["startbaan"]
        if end == step.day
        for why in found
    }
    assert to_work
    assert whys <= {"OVERNAME_WERKGEVER", "ANDERE_WERKGEVER"}


# --- shares: Aalen-Johansen by hand -----------------------------------------------------------------------------------


def newcomers(town: Town, position: str) -> list[Seen]:
    """Return how the first stay went on of who was not at a position on the first observed day."""

    def new(person: Person, _day: int) -> bool:
        return person.stays[0].position != position

    return daybook.first_stays(town.everybody, position, town.until, new=new)


@pytest.mark.parametrize("position", sorted(RANKS))
def test_the_first_step_out_of_a_position_within_a_year(town: Town, position: str) -> None:
    """Of who was not there on the first observed day; ways that are not shown were never taken."""
    seen = newcomers(town, position)
    ways = ("vooruit", "terug", "uit")
    shown = set(town.figures["estimate"].filter(measure="eerste_stap", position=position)["outcome"])
    for way, months in ((way, months) for way in ways if way in shown for months in (3, 6, 12)):
        n, share = town.share("eerste_stap", position=position, outcome=way, months=months)
        assert n == len(seen)
        assert share == pytest.approx(daybook.incidence(seen, way, months), abs=CLOSE)
    assert {way for way in ways if daybook.incidence(seen, way, 24)} <= shown


@pytest.mark.parametrize("position", sorted(RANKS))
def test_how_long_stays_last(town: Town, position: str) -> None:
    """Of every stay that began while people were followed; out of sight ends following."""
    seen = daybook.all_stays(town.everybody, position, town.until)
    for months in (3, 6, 12, 24):
        n, share = town.share("duur", position=position, outcome="weg", months=months)
        left = sum(daybook.incidence(seen, way, months) for way in ("vooruit", "terug", "uit"))
        assert n == len(seen)
        assert share == pytest.approx(left, abs=CLOSE)


def test_where_people_are_after_their_first_step_back(town: Town) -> None:
    """At the former level or above, lower, or outside; out of sight ends following."""
    followed = [
        daybook.after(person, step, town.until) for person, step in daybook.first_steps_back(town.everybody, town.until)
    ]
    for months in (3, 6, 12, 24):
        for where, expected in daybook.where_after(followed, months).items():
            n, share = town.share("herstel", group="stap_terug", outcome=where, months=months)
            assert n == len(followed)
            assert share == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("months", [3, 6, 12])
@pytest.mark.parametrize(("form", "whole_time"), [("a", False), ("b", True)])
def test_steps_forward_that_last(town: Town, months: int, form: str, whole_time: bool) -> None:  # noqa: FBT001
    """On the day itself (a), and the whole time (b)."""
    steps = daybook.steps_followed(town.everybody, "vooruit", months, town.until)
    ended = Counter(daybook.lasted(person, step, end, whole_time=whole_time) for person, step, end in steps)
    for outcome, count in (("blijft", ended["blijft"]), ("niet", ended["lager"] + ended["buiten"])):
        n, share = town.share("blijvend", group=form, outcome=outcome, months=months)
        assert (n, round(n * share, 6)) == (len(steps), count)


def test_steps_that_are_followed_by_one_the_other_way(town: Town) -> None:
    """Within a year, of steps that were followed for a year."""
    for way, other in (("vooruit", "terug"), ("terug", "vooruit")):
        steps = daybook.steps_followed(town.everybody, way, 12, town.until)
        bounced = sum(any(s.direction == other and step.day < s.day <= end for s in p.steps) for p, step, end in steps)
        n, share = town.share("weerslag", group=way)
        assert (n, round(n * share, 6)) == (len(steps), bounced)


def test_days_with_nothing_before_a_step_back(town: Town) -> None:
    """Of every step back, the share without a day outside."""
    back = [s for p in town.everybody for s in p.steps if s.direction == "terug" and s.day <= town.until]
    n, share = town.share("aansluitend", outcome="0")
    assert (n, round(n * share, 6)) == (len(back), sum(step.nowhere == 0 for step in back))


@pytest.mark.parametrize("position", ["bijstand", "dagbesteding"])
@pytest.mark.parametrize(
    ("group", "arrived"), [("terug", daybook.arrived_by_a_step_back), ("nieuw", daybook.arrived_from_outside)]
)
def test_a_step_forward_after_a_step_back_against_who_is_new_there(
    town: Town, position: str, group: str, arrived: Callable[[list[Person], str, int], list[Seen]]
) -> None:
    """From the same lower position: arrived by a step back, or from outside the chain."""
    seen = arrived(town.everybody, position, town.until)
    for months in (3, 6, 12, 24):
        n, share = town.share("na_terugstap", group=group, position=position, outcome="vooruit", months=months)
        assert n == len(seen)
        assert share == pytest.approx(daybook.incidence(seen, "vooruit", months), abs=CLOSE)


# --- groups -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "grouping", ["wijk", "leeftijdsgroep", "geslacht", "bijstandsduur", "leefvorm", "innovatielab"]
)
def test_who_steps_in_each_group(town: Town, grouping: str) -> None:
    """Groups and who is in the chain are those of the first day of the year; steps of that day came before."""
    end = daybook.settled_on(PEILDATUM)
    start = daybook.later(end, -12)
    groups = daybook.groups_on(town.folder, MONTH, start, town.people)
    inside = daybook.in_innovatielab(town.folder, MONTH, start)
    groups["innovatielab"] = {bsn: "ja" if bsn in inside else "nee" for bsn in town.people}
    walked = daybook.group_shares(town.people, groups[grouping], start, end)
    counted = town.figures["group_share"].filter(pl.col("grouping") == grouping, pl.col("n") > 0)
    assert {cell: people for cell, people in walked.items() if people[0]} == {
        (code, way): (n, moved)
        for code, way, n, moved in counted.select("group_code", "direction", "n", "moved").rows()
    }


# --- what is published ------------------------------------------------------------------------------------------------


def test_published_counts_are_within_their_bound_of_the_walk(later: Run) -> None:
    """A month that was settled before is of the delivery in which it became so; one that was not, of the newest."""
    walks = [
        daybook.people(later.workspace.inbox, month, date.fromisoformat(f"{month}-01")).values()
        for month in ("2025-12", MONTH)
    ]
    for kind, place in (("stock", "plek"), ("step_month", "richting")):
        table = pl.read_csv(later.downloads[f"{kind}.csv"], separator=";")
        assert table.height > 50
        for row in table.iter_rows(named=True):
            day = date.fromisoformat(row["maand"])
            true = [_true(people, kind, row[place], day) for people in walks]
            assert min(abs(row["mensen" if kind == "stock" else "stappen"] - each) for each in true) <= 4, (
                kind,
                row,
                true,
            )


def _true(people: Iterable[Person], kind: str, name: str, month: date) -> int:
    end = daybook.later(month.toordinal(), 1)
    if kind == "stock":
        return sum(person.on(month.toordinal()) == name for person in people)
    return sum(s.direction == name and month.toordinal() <= s.day < end for person in people for s in person.steps)


def test_published_ranges_hold_the_walked_shares(later: Run, town: Town) -> None:
    """Ranges are 95 %: nearly all hold the share of this town itself, from which they were drawn."""
    table = pl.read_csv(
        later.downloads["estimate.csv"], separator=";", decimal_comma=True, schema_overrides={"groep": pl.String}
    )
    shown = table.filter(pl.col("maat") == "eerste_stap", pl.col("maanden") == 12, pl.col("ondergrens").is_not_null())
    assert shown.height > 3
    for row in shown.iter_rows(named=True):
        seen = newcomers(town, row["plek"])
        share = daybook.incidence(seen, row["uitkomst"], 12)
        assert row["ondergrens"] <= share <= row["bovengrens"], (row, share)
