"""pipeline: nobody stays longer than the months that are set, and no row gets lost without a word."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import smalltown
from participatieketen import contracts, extract, intake, moves, pipeline, places, pseudonyms, synthetic, timelines
from participatieketen.errors import ContractBroken, NoAccess, WrongUse
from participatieketen.intake import retention
from participatieketen.intake.load import Staged
from participatieketen.intake.receive import Entry
from smalltown import BSNS, HEADER, Town, clients, quick_check, town

MONTHS = 20
PEILDATUM = date(2026, 1, 1)
SINCE = date(2024, 5, 1)  # so many months before
GONE, LAST_DAY, OPEN, BACK, NOWHERE = range(5)  # persons
ENDS = {GONE: "30-04-2024", LAST_DAY: "01-05-2024", OPEN: "", BACK: "31-03-2024"}


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Judge without the seconds that Great Expectations takes."""
    with mock.patch.object(contracts, "check", quick_check):
        yield


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a town of forty whose first five differ in when they left; nobody else ever did."""
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "home"))
    small = town(tmp_path)
    small.deliver("client_2026-01.csv", clients())
    small.deliver("hulp_2026-01.csv", register("01-01-2026"))
    smalltown.pipeline_file(tmp_path)
    return small


def register(peildatum: str) -> str:
    """Return the register: who left when, who came back, one row twice, one that cannot be read."""
    rows = [row(n, "01-02-2024", ENDS.get(n, ""), peildatum) for n in range(40) if n != NOWHERE]
    rows += [row(BACK, "01-06-2024", "", peildatum), rows[GONE], row(OPEN, "geen", "", peildatum)]
    return "\n".join([HEADER, *rows, ""])


def row(person: int, begin: str, end: str, peildatum: str) -> str:
    """Return a line of the register."""
    return f"h{person}{begin[:5]};{BSNS[person]};dag;{begin};{end};4,5;ja;{peildatum};FICTIEF"


def chosen(made: Town) -> pipeline.Pipeline:
    """Return the pipeline of the town."""
    return pipeline.read(str(made.workspace.home.parent / "proef.toml"))


def retain(made: Town, months: int = MONTHS) -> pipeline.Loaded | None:
    """Set the months and apply them."""
    return pipeline.retain(chosen(made), made.workspace, months, lambda _: None)


def load(made: Town, peildatum: date | None = None) -> list[str]:
    """Make the extract as a run does; return what was said."""
    said: list[str] = []
    pipeline.load(chosen(made), made.workspace, peildatum, said.append)
    return said


def pseudonym(person: int) -> str:
    """Return someone's pseudonym with the key of these tests."""
    return pseudonyms.pseudonym(BSNS[person], pseudonyms.read_key(pseudonyms.default_path()))


def persons(made: Town) -> set[str]:
    """Return the pseudonyms in the extract."""
    return set(extract.query(made.workspace.extract, "select client_pseudoniem from client").to_series())


def test_who_left_every_register_long_ago_is_not_in_the_bytes_of_the_extract(made: Town) -> None:
    """Who has something open, came back, or left on or after the day is; they can be found in the same way."""
    load(made)
    before = made.workspace.extract.read_bytes()
    assert pseudonym(GONE).encode() in before
    retain(made)
    after = made.workspace.extract.read_bytes()
    assert pseudonym(GONE).encode() not in after
    assert all(pseudonym(person).encode() in after for person in (LAST_DAY, OPEN, BACK, NOWHERE))
    assert len(persons(made)) == 39


def test_every_row_is_loaded_set_aside_double_or_expired(made: Town) -> None:
    """Rows of who is gone are a kind of their own, in both tables."""
    load(made)
    retain(made)
    found = extract.query(made.workspace.extract, "from delivery order by source").to_dicts()
    names = ("rows", "loaded", "quarantined", "duplicates", "expired")
    assert [tuple(one[name] for name in names) for one in found] == [(40, 39, 0, 0, 1), (42, 39, 1, 1, 1)]
    assert extract.query(made.workspace.extract, "select retention_months from extract").item() == MONTHS


def test_every_later_run_leaves_them_out(made: Town) -> None:
    """Also when they are delivered again, and when an older peildatum is asked for."""
    load(made)
    retain(made)
    made.deliver("client_2026-02.csv", clients("01-02-2026"))
    made.deliver("hulp_2026-02.csv", register("01-02-2026"))
    load(made)
    assert pseudonym(GONE) not in persons(made)
    assert pseudonym(LAST_DAY) not in persons(made)  # a month later it is her turn
    load(made, PEILDATUM)
    assert extract.query(made.workspace.extract, "select peildatum from extract").item() == PEILDATUM
    assert pseudonym(LAST_DAY) not in persons(made)


def test_without_a_setting_everyone_stays(made: Town) -> None:
    """And nothing of the deliveries is deleted."""
    load(made)
    assert len(persons(made)) == 40
    assert extract.query(made.workspace.extract, "select retention_months from extract").item() is None


def test_too_few_months_to_follow_anyone_for_a_year_are_refused(made: Town) -> None:
    """The line says how many it takes, and nothing is set."""
    with pytest.raises(WrongUse, match="bewaar minstens 14 maanden"):
        retain(made, 13)
    assert intake.read_months(made.workspace) is None


@pytest.mark.parametrize("text", ["months = 0", "months = 'veel'", "maanden = 3", "months ="])
def test_a_broken_setting_stops_the_run(made: Town, text: str) -> None:
    """It is never read as: for ever."""
    made.workspace.retention.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match=r"bewaren\.toml"):
        load(made)
    assert not made.workspace.extract.exists()


def staged(rows: list[tuple[str, date, date | None, date | None, str | None]]) -> Staged:
    """Return dagbesteding: person, begin, end, end of what was granted, reason of the end."""
    contract = contracts.read_folder(places.project() / "data_contracts")["dagbesteding"]
    roles = ("persoon", "begindatum", "einddatum", "uiterste_einddatum", "reden")
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(map(str, map(contract.role, roles)), pl.String)
    schema |= dict.fromkeys(list(schema)[1:4], pl.Date)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    entry = Entry(1, "dagbesteding", "2026-01", "2026-01-01", "x", "x", frame.height)
    return Staged(contract, entry, "utf-8", "k", frame.height, frame, pl.DataFrame(schema={"regel": pl.Int64}), 0)


def test_a_pause_is_open_for_as_long_as_what_was_granted() -> None:
    """Reason 20 is no end; another reason is, however long the grant went on."""
    begin, long_ago, recent = date(2022, 1, 1), date(2022, 6, 1), date(2025, 6, 1)
    found = staged(
        [
            ("gestopt", begin, long_ago, None, "19"),
            ("gestopt, nog toegewezen", begin, long_ago, recent, "19"),
            ("onderbroken", begin, long_ago, None, "20"),
            ("onderbroken tot kort geleden", begin, long_ago, recent, "20"),
            ("onderbroken tot lang geleden", begin, long_ago, long_ago, "20"),
            ("zonder reden", begin, long_ago, None, None),
        ]
    )
    kept = retention.without_expired([found], SINCE, intake.Retention(MONTHS, {"dagbesteding": ("20",)}))
    assert kept[0].frame["client_pseudoniem"].to_list() == ["onderbroken", "onderbroken tot kort geleden"]
    assert kept[0].expired == 4


def old_month(made: Town, month: str) -> None:
    """Deliver both files of a month and take them in."""
    day = f"01-{month[5:]}-{month[:4]}"
    made.deliver(f"client_{month}.csv", clients(day))
    made.deliver(f"hulp_{month}.csv", register(day))
    made.receive()


def kept_months(made: Town) -> list[str]:
    """Return the months of which files of the register are kept."""
    return sorted({path.parts[-3] for path in made.workspace.deliveries.glob("hulp/*/*/*")})


def test_kept_deliveries_of_longer_ago_are_deleted_and_the_log_says_so(made: Town) -> None:
    """Lines are only added, what is current stays so, and a second time changes nothing."""
    for month in ("2024-03", "2024-04", "2024-05"):
        old_month(made, month)
    load(made)
    before = intake.read_log(made.workspace)
    retain(made)
    after = intake.read_log(made.workspace)
    assert after[: len(before)] == before
    assert [(entry.source, entry.month, entry.refused) for entry in after[len(before) :]] == [
        (source, month, "verlopen") for month in ("2024-03", "2024-04") for source in ("client", "hulp")
    ]
    assert kept_months(made) == ["2024-05", "2026-01"]
    current = intake.current(made.workspace, "hulp")
    assert current is not None
    assert current.month == "2026-01"
    log = (made.workspace.deliveries / "log.jsonl").read_bytes()
    names = made.workspace.deliveries / "namen.json"
    assert json.loads(names.read_text()).keys() == {entry.file for entry in after if entry.month > "2024-04"}
    assert any(re.fullmatch(r"hulp van maart 2024 \(bestand-\d+\.csv\): verlopen", line) for line in load(made))
    assert (made.workspace.deliveries / "log.jsonl").read_bytes() == log
    assert kept_months(made) == ["2024-05", "2026-01"]


def test_the_current_delivery_stays_however_old_and_older_versions_of_it_go(made: Town) -> None:
    """A register that stopped delivering is not lost; its peildatum is then what the months count from."""
    (made.workspace.inbox / "hulp_2026-01.csv").unlink()
    made.deliver("hulp_2023-06.csv", register("01-06-2023").replace("geen", "01-05-2023"))
    made.receive()
    made.deliver("hulp_2023-06.csv", register("01-06-2023"))
    made.receive()
    assert intake.expire(made.workspace, SINCE) == 1
    current = intake.current(made.workspace, "hulp")
    assert current is not None
    assert [path.parts[-2] for path in made.workspace.deliveries.glob("hulp/*/*/*")] == [current.sha256]


def test_refused_deliveries_go_too_by_the_month_of_what_came_next(made: Town) -> None:
    """A file that does not even say its month was received before what was taken in after it."""
    made.deliver("hulp_zonder.csv", "geen;kolommen\n1;2\n")
    with pytest.raises(ContractBroken):
        made.receive()
    (made.workspace.inbox / "hulp_zonder.csv").unlink()
    assert intake.expire(made.workspace, SINCE) == 0  # of what came with it the month is recent
    assert len(kept_files(made, "onbekend")) == 1
    log = made.workspace.deliveries / "log.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    moved = [line for line in lines if line["refused"]] + [line for line in lines if not line["refused"]]
    for seq, line in enumerate(moved, start=1):
        line["seq"] = seq
    moved[1] |= {"month": "2023-01", "peildatum": "2023-01-01"}
    log.write_text("".join(f"{json.dumps(line)}\n" for line in moved))
    made.deliver("client_2026-02.csv", clients("01-02-2026"))
    made.receive()
    intake.expire(made.workspace, SINCE)
    assert kept_files(made, "onbekend") == []


def kept_files(made: Town, month: str) -> list[Path]:
    """Return the kept files of a month."""
    return list(made.workspace.deliveries.glob(f"*/{month}/*/*"))


def test_a_stop_between_log_and_deletion_is_mended_by_the_next_time(
    made: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has it first, so a file that was left is known to have to go."""
    old_month(made, "2024-03")
    load(made)

    def closed(_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", closed)
        with pytest.raises(NoAccess, match="is verlopen en kan niet worden verwijderd"):
            intake.expire(made.workspace, SINCE)
    assert kept_months(made) == ["2024-03", "2026-01"]
    assert intake.expire(made.workspace, SINCE) == 0
    assert kept_months(made) == ["2026-01"]


def test_figures_are_the_same_as_with_everyone_from_the_day_they_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that day only those are left who stayed or came back, so the chain is followed from it on."""
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "home"))
    workspace, monthly = places.workspace().make(), pipeline.read("maandrapportage")
    synthetic.write_deliveries(synthetic.make_town(persons=300, months=51), workspace.inbox)
    everyone = pipeline.load(monthly, workspace, None, lambda _: None)
    kept = pipeline.retain(monthly, workspace, 40, lambda _: None)
    assert kept is not None
    since = kept.built.complete_from
    assert since == date(2022, 9, 1)
    assert kept.rules.observed_from == since + timedelta(days=731)
    assert "Daarom beginnen deze cijfers niet voor 01-09-2024." in kept.rules.notes[-1]
    assert sum(delivery.expired for delivery in kept.built.deliveries) > 50
    peildatum = kept.built.peildatum
    timeline = timelines.timeline(everyone.moves["spell"], kept.rules, peildatum)
    whole = {
        "timeline": timeline,
        "step": moves.steps(timeline, kept.rules),
        "stock_flow": moves.stock_flow(timeline, kept.rules, peildatum),
    }
    expected, found = (
        moves.counts(one["timeline"], one["step"], one["stock_flow"], kept.rules, peildatum)
        for one in (whole, kept.moves)
    )
    assert expected.keys() == found.keys()
    for name, frame in expected.items():
        assert_frame_equal(found[name], frame, check_row_order=False)
