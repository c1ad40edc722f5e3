"""Synthetic: a fictional town that keeps to its contracts and to the published totals."""

import json
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from participatieketen import contracts, places, pseudonyms
from participatieketen.errors import NoAccess, WrongUse
from participatieketen.months import months_before
from participatieketen.synthetic import Town, achieved, make_town, write_deliveries
from participatieketen.synthetic.bsn import draw_bsns, passes
from participatieketen.synthetic.calibration import bridged
from participatieketen.synthetic.dirt import BEGIN, CODE, END, MOST, UNKNOWN_BSN
from participatieketen.synthetic.town import true_stock
from participatieketen.synthetic.write import FORMS, true_exposure, true_moves

KEY = pseudonyms.Key(secret=bytes(32), id="toets")
REGISTERS = tuple(BEGIN)


@pytest.fixture(scope="module")
def town() -> Town:
    """Return the default demonstration town."""
    return make_town()


def contents(folder: Path) -> Mapping[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(path: Path) -> pl.DataFrame:
    """Return a CSV delivery as texts."""
    encoding = FORMS[path.name.rpartition("_")[0]][1]
    return pl.read_csv(path.read_bytes().decode(encoding).encode(), separator=";", infer_schema=False)


def test_the_default_town_comes_close_to_each_total(town: Town) -> None:
    """Every published or invented total is met within the tolerance that stands beside it."""
    table = achieved(town)
    assert table.height > 30
    assert table.filter(~pl.col("within")).select("name", "low", "achieved", "high").rows() == []


def test_the_docs_show_what_the_town_achieves(town: Town) -> None:
    """The table in docs/fictieve-stad.md holds these very numbers."""
    page = (places.project() / "docs" / "fictieve-stad.md").read_text(encoding="utf-8")
    missing = [row["label"] for row in achieved(town).to_dicts() if f"| {row['label']} | " not in page]
    shown = [row["label"] for row in achieved(town).to_dicts() if f"| {_shown(row['achieved'])} |" not in page]
    assert not missing
    assert not shown


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value > 1 else f"{100 * value:.1f} %"


def test_ended_spells_are_shorter_than_running_ones(town: Town) -> None:
    """Length bias: most spells that end are short, most spells that run are long."""
    table = {row["name"]: row["achieved"] for row in achieved(town).to_dicts()}
    assert sum(table[name] for name in ("ended_under_6m", "ended_6_to_12m", "ended_1_to_2y")) > 0.5
    assert table["running_over_2y"] > 0.67
    assert table["running_over_5y"] > 2 * table["ended_over_5y"]


def test_the_town_has_as_many_people_in_bijstand_as_asked() -> None:
    """`persons` is the number of adults who really are in bijstand on the peildatum, give or take 1 %."""
    for persons in (500, 5_000):
        assert true_stock(make_town(persons, months=12)) == pytest.approx(persons, rel=0.01)


def test_histories_follow_the_stated_rates() -> None:
    """A rate without duration dependence comes back as moves per person-year."""
    large = make_town(20_000, months=120)
    exposure = dict(true_exposure(large).iter_rows())
    moves = {(source, target): number for source, target, number in true_moves(large).iter_rows()}
    for source, target, rate in (("elders", "verhuisd", 0.03), ("werk", "verhuisd", 0.02)):
        found = moves[source, target] / exposure[source]
        assert found == pytest.approx(rate, abs=4 * np.sqrt(rate / exposure[source]))
    flat = {arrow.rate for arrow in large.model.transitions if arrow.factors == (1.0,)}
    assert flat >= {(0.03, 0.03), (0.02, 0.02)}


def test_the_same_arguments_give_the_same_bytes(town: Town, tmp_path: Path) -> None:
    """All files, workbook included, are equal for equal arguments; another seed gives another town."""
    for dirty in (False, True):
        write_deliveries(town, tmp_path / f"a{dirty}", dirty=dirty)
        write_deliveries(make_town(), tmp_path / f"b{dirty}", dirty=dirty)
        assert contents(tmp_path / f"a{dirty}") == contents(tmp_path / f"b{dirty}")
    assert not make_town(seed=1).tables["client"].equals(town.tables["client"])


def test_every_row_says_it_is_fictional(town: Town) -> None:
    """Bronsysteem is FICTIEF everywhere."""
    for table in town.tables.values():
        assert table["bronsysteem"].unique().to_list() == ["FICTIEF"]


def test_every_number_is_a_test_bsn(town: Town) -> None:
    """All pass the 11-proef, no two are equal, and the default town stays inside 9999xxxxx."""
    numbers = town.tables["client"]["bsn"].cast(pl.Int64).to_numpy()
    assert passes(numbers).all()
    assert np.unique(numbers).size == numbers.size
    assert ((numbers >= 999_900_000) & (numbers <= 999_999_999)).all()


def test_a_large_town_goes_on_below_the_first_test_range() -> None:
    """Numbers go on in 9998xxxxx when 9999xxxxx is used up, and are refused when 99xxxxxxx is."""
    numbers = draw_bsns(20_000, np.random.default_rng(1))
    assert passes(numbers).all()
    assert np.unique(numbers).size == 20_000
    assert numbers.min() >= 999_700_000
    with pytest.raises(WrongUse, match="test-BSN"):
        draw_bsns(1_000_000, np.random.default_rng(1))


def test_the_eleven_test_knows_right_from_wrong() -> None:
    """123456782 passes, one digit more or less does not, nor does the filler 000000000."""
    assert passes(np.array([123456782, 123456783, 123456781, 0])).tolist() == [True, False, False, False]


EARLIER = date(2025, 11, 1)


@pytest.fixture(scope="module")
def earlier() -> Town:
    """Return the default town as its registers knew it two months before."""
    return make_town(peildatum=EARLIER)


@pytest.mark.parametrize("name", [*REGISTERS, "client", "sah_deelname"])
def test_an_earlier_delivery_has_fewer_rows_of_the_same_town(town: Town, earlier: Town, name: str) -> None:
    """What was delivered is there in the next delivery too, with what became known since and nothing else changed."""
    known_later = {"leverdatum", "peildatum", END.get(name), *LEARNED.get(name, ())}
    same = [column for column in town.tables[name].columns if column not in known_later]
    before, after = earlier.tables[name].select(same), town.tables[name].select(same)
    assert 0 < before.height < after.height
    assert before.join(after, on=same, how="anti", nulls_equal=True).is_empty()


LEARNED = {
    "bijstand": ("administratieve_einddatum", "reden_beeindiging", "reden_uitstroom_lokaal"),
    "startbaan": ("reden_einde", "vervolg"),
    "sociale_cooperatie": ("reden_einde",),
    "innovatielab": ("reden_einde",),
    "dagbesteding": ("reden_beeindiging",),
    "client": ("trede_participatieladder", "begindatum_trede", "datum_overlijden_maand"),
}


@pytest.mark.parametrize("name", REGISTERS)
def test_an_earlier_delivery_knows_nothing_of_after(earlier: Town, name: str) -> None:
    """No begin or end after its peildatum; what ended later runs, without a reason."""
    table = earlier.tables[name]
    assert table[BEGIN[name]].max() <= EARLIER  # type: ignore[operator]
    assert table[END[name]].drop_nulls().max() < EARLIER  # type: ignore[operator]
    running = table.filter(pl.col(END[name]).is_null())
    assert running.height > 20
    assert all(running[column].is_null().all() for column in LEARNED[name])


def test_late_registrations_arrive_in_a_later_delivery(town: Town, earlier: Town) -> None:
    """Spells that began before the earlier peildatum are in the later delivery only, when they were registered late."""
    begun = [each.tables["bijstand"].filter(pl.col("aanvangsdatum") < EARLIER).height for each in (earlier, town)]
    assert begun[1] - begun[0] > 20


@pytest.mark.parametrize("peildatum", [date(2026, 2, 1), date(2021, 10, 1)])
def test_a_day_on_which_the_town_cannot_be_seen_is_refused(peildatum: date) -> None:
    """The town is drawn up to one day, and followed from another."""
    with pytest.raises(WrongUse, match="kies een dag tot en met 2026-01-01"):
        make_town(peildatum=peildatum)


@pytest.mark.parametrize(("persons", "months"), [(0, 51), (-1, 51), (3_700, 0), (3_700, 1_000)])
def test_a_town_of_nobody_or_no_time_is_refused(persons: int, months: int) -> None:
    """Wrong numbers are wrong use."""
    with pytest.raises(WrongUse, match="kies een getal"):
        make_town(persons, months)


def test_a_town_without_rows_in_a_register_is_not_delivered(tmp_path: Path) -> None:
    """One person in bijstand leaves other registers empty, and an empty delivery is none."""
    with pytest.raises(WrongUse, match="startbaan"):
        write_deliveries(make_town(1), tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_inbox_that_cannot_be_written_is_reported(town: Town, tmp_path: Path) -> None:
    """A file where the inbox should be is no access."""
    (tmp_path / "inbox").write_text("")
    with pytest.raises(NoAccess, match="kan niet worden geschreven"):
        write_deliveries(town, tmp_path / "inbox")


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_knows_nothing_after_its_peildatum(town: Town, name: str) -> None:
    """No begin or end after the peildatum, no end before its begin."""
    table = town.tables[name]
    assert table[BEGIN[name]].max() <= town.peildatum  # type: ignore[operator]
    assert table[END[name]].drop_nulls().max() <= town.peildatum  # type: ignore[operator]
    assert table.filter(pl.col(END[name]) < pl.col(BEGIN[name])).is_empty()


def test_bijstand_spells_of_a_person_do_not_overlap(town: Town) -> None:
    """A next spell begins after the last day of the one before, and only the last may be open."""
    rows = town.tables["bijstand"].sort("bsn", "aanvangsdatum")
    same = rows.filter((pl.col("bsn") == pl.col("bsn").shift(-1)).fill_null(value=False))
    later = rows.filter((pl.col("bsn") == pl.col("bsn").shift(1)).fill_null(value=False))
    assert same["einddatum"].null_count() == 0
    assert (later["aanvangsdatum"] > same["einddatum"]).all()


def test_registration_lags_so_the_last_months_are_low(town: Town) -> None:
    """What is registered after the peildatum is not there yet: fewer entries and exits in the last month."""
    table = town.tables["bijstand"]
    assert table["administratieve_startdatum"].max() <= town.peildatum  # type: ignore[operator]
    for column in ("aanvangsdatum", "einddatum"):
        day = pl.col(column)
        last = table.filter(day >= months_before(town.peildatum, 1)).height
        before = table.filter(day.is_between(months_before(town.peildatum, 15), months_before(town.peildatum, 3)))
        assert last < 0.85 * before.height / 12


def test_some_spells_are_broken_by_the_administration_alone(town: Town) -> None:
    """Bridging gaps of at most 30 days makes fewer spells; some of those gaps last no day at all."""
    table = town.tables["bijstand"].sort("bsn", "aanvangsdatum")
    gap = (pl.col("aanvangsdatum") - pl.col("einddatum").shift(1)).dt.total_days() - 1
    short = table.with_columns(gap=gap).filter(pl.col("bsn") == pl.col("bsn").shift(1))["gap"]
    assert table.height - bridged(table).height == (short <= 30).sum() > 50
    assert (short == 0).sum() > 20
    assert (short > 30).sum() > 500


def test_couples_share_a_registration_number(town: Town) -> None:
    """Leefvorm 3 has two persons, any other one; reason 97 occurs only there."""
    table = town.tables["bijstand"]
    sizes = table.group_by("registratienummer_uitkering").agg(
        persons=pl.col("bsn").n_unique(), couple=(pl.col("leefvorm") == "3").all()
    )
    assert sizes.filter(pl.col("couple"))["persons"].unique().to_list() == [2]
    assert sizes.filter(~pl.col("couple"))["persons"].unique().to_list() == [1]
    assert table.filter(pl.col("reden_beeindiging") == "97")["leefvorm"].unique().to_list() == ["3"]


def test_a_pause_leads_to_a_new_start_or_a_definitive_stop(town: Town) -> None:
    """After stop reason 20 nearly always comes a later row of the same allocation; at the end it may still be due."""
    table = town.tables["dagbesteding"]
    paused = table.filter(pl.col("reden_beeindiging") == "20")
    settled = paused.filter(pl.col("einddatum_levering") < months_before(town.peildatum, 5))
    later = settled.join(table, on=["bsn", "toewijzingnummer"], how="inner", suffix="_next").filter(
        (pl.col("begindatum_levering_next") > pl.col("einddatum_levering"))
        | (
            (pl.col("begindatum_levering_next") == pl.col("begindatum_levering"))
            & (pl.col("reden_beeindiging_next") != "20")
        )
    )
    assert paused.height > 50
    assert later["toewijzingnummer"].n_unique() == settled["toewijzingnummer"].n_unique()


def test_a_change_of_provider_goes_on_the_next_day(town: Town) -> None:
    """Stop reason 38 is followed by another allocation from the day after, at another provider."""
    table = town.tables["dagbesteding"]
    changed = table.filter(
        (pl.col("reden_beeindiging") == "38") & (pl.col("einddatum_levering") < months_before(town.peildatum, 9))
    ).with_columns(begindatum_levering=pl.col("einddatum_levering").dt.offset_by("1d"))
    followed = changed.join(table, on=["bsn", "begindatum_levering"], how="inner", suffix="_next")
    assert changed.height > 10
    assert followed["toewijzingnummer"].n_unique() == changed["toewijzingnummer"].n_unique()
    assert (followed["aanbieder_agb"] != followed["aanbieder_agb_next"]).all()


def test_dagbesteding_begins_with_its_regime(town: Town) -> None:
    """Nothing was registered before 1 October 2021, and many began that very day."""
    begins = town.tables["dagbesteding"]["begindatum_levering"]
    assert begins.min() == date(2021, 10, 1)
    assert (begins == date(2021, 10, 1)).sum() > 100


def test_some_dagbesteding_goes_on_beside_a_startbaan(town: Town) -> None:
    """Registers overlap: somebody has two activities at once for some weeks."""
    both = town.tables["dagbesteding"].join(town.tables["startbaan"], on="bsn")
    begins, ends = pl.col("datum_start"), pl.col("einddatum_levering")
    assert both.filter((begins <= ends) & (begins > pl.col("begindatum_levering"))).height > 3


def test_nobody_is_registered_after_death(town: Town) -> None:
    """Whoever died has no open row."""
    dead = town.tables["client"].drop_nulls("datum_overlijden_maand").select("bsn")
    assert dead.height > 20
    for name in REGISTERS:
        assert town.tables[name].filter(pl.col(END[name]).is_null()).join(dead, on="bsn", how="semi").is_empty()


def test_half_of_the_startbanen_end_the_benefit(town: Town) -> None:
    """The stated share of contracts starts on the day after the last day of bijstand."""
    first = town.tables["startbaan"].sort("datum_start").unique("bsn", keep="first")
    ended = town.tables["bijstand"].select("bsn", datum_start=pl.col("einddatum").dt.offset_by("1d"))
    share = first.join(ended, on=["bsn", "datum_start"], how="semi").height / first.height
    assert share == pytest.approx(0.5, abs=0.12)


def test_files_come_in_the_forms_that_files_come_in(town: Town, tmp_path: Path) -> None:
    """One file per register with its number of rows beside it: two encodings, three ways to write a date."""
    files = write_deliveries(town, tmp_path)
    assert [path.name for path in files] == [f"{name}_2026-01.{form[0]}" for name, form in FORMS.items()]
    for path, name in zip(files, FORMS, strict=True):
        assert path.with_name(f"{path.name}.aantal").read_text() == f"{town.tables[name].height}\n"
        assert path.stat().st_mode & 0o777 == 0o600
    assert rows_of(tmp_path / "bijstand_2026-01.csv")["peildatum"].unique().to_list() == ["01-01-2026"]
    assert rows_of(tmp_path / "dagbesteding_2026-01.csv")["peildatum"].unique().to_list() == ["2026-01-01"]
    assert rows_of(tmp_path / "sociale_cooperatie_2026-01.csv")["peildatum"].unique().to_list() == ["20260101"]
    assert rows_of(tmp_path / "startbaan_2026-01.csv")["uren_per_week"].str.contains(",").all()
    assert "Beëindiging".encode("cp1252") in (tmp_path / "bijstand_2026-01.csv").read_bytes()
    assert pl.read_parquet(tmp_path / "sah_deelname_2026-01.parquet").equals(town.tables["sah_deelname"])
    assert zipfile.is_zipfile(tmp_path / "innovatielab_2026-01.xlsx")


def test_the_truth_lies_beside_the_inbox_not_in_it(town: Town, tmp_path: Path) -> None:
    """waarheid.json holds the rates and the true stock, in the folder that was asked for."""
    write_deliveries(town, tmp_path / "inbox", truth=tmp_path / "demo")
    truth = json.loads((tmp_path / "demo" / "waarheid.json").read_text(encoding="utf-8"))
    assert truth["true_stock"] == true_stock(town)
    assert len(truth["transitions"]) == len(town.model.transitions)
    assert not [name for name in contents(tmp_path / "inbox") if "waarheid" in name]


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form[0] == "csv"])
def test_dirt_is_about_two_percent_and_no_kind_prevails(town: Town, tmp_path: Path, name: str) -> None:
    """On request some rows break their contract; no kind more than 0.5 % of a file's rows."""
    folders = {dirty: write_deliveries(town, tmp_path / str(dirty), dirty=dirty) for dirty in (False, True)}
    assert {path.name for path in folders[False]} == {path.name for path in folders[True]}
    clean, dirty = (rows_of(tmp_path / str(is_dirty) / f"{name}_2026-01.csv") for is_dirty in (False, True))
    kinds = _dirt(name, dirty)
    total = sum(kinds.values())
    assert max(kinds.values()) <= MOST * dirty.height
    assert sum(_dirt(name, clean).values()) == 0
    assert (tmp_path / "True" / f"{name}_2026-01.csv.aantal").read_text() == f"{dirty.height}\n"
    if dirty.height > 1_000:
        assert 0.015 <= total / dirty.height <= 0.025
        assert all(kinds.values())


def _dirt(name: str, rows: pl.DataFrame) -> dict[str, int]:
    """Return how many rows of each kind of dirt a file holds."""
    bsn = rows["bsn"].cast(pl.Int64).to_numpy()
    kinds = {
        "duplicate": rows.height - rows.unique().height,
        "wrong_bsn": int((~passes(bsn) & (bsn > 0)).sum()),
        "unknown_bsn": int((rows["bsn"] == UNKNOWN_BSN).sum()),
    }
    if name == "client":
        return kinds | {"no_year": rows["geboortejaar"].null_count()}
    pattern, (code, unknown) = FORMS[name][2], CODE[name]
    dates = rows.select(
        begin=pl.col(BEGIN[name]).str.to_date(pattern, strict=False),
        end=pl.col(END[name]).str.to_date(pattern, strict=False),
    )
    return kinds | {
        "no_begin": rows[BEGIN[name]].null_count(),
        "impossible_day": dates["begin"].null_count() - rows[BEGIN[name]].null_count(),
        "end_before_begin": dates.filter(pl.col("end") < pl.col("begin")).height,
        "unknown_code": int((rows[code] == unknown).sum()),
    }


def test_the_town_keeps_to_its_contracts(town: Town, tmp_path: Path) -> None:
    """No row breaks a rule of error or quarantine; only known habits of registers are warned about."""
    agreed = contracts.read_folder(places.project() / "data_contracts")
    database = tmp_path / "stad.duckdb"
    _stage(town, agreed, database)
    verdict = contracts.check(database, tuple(agreed.values()))
    broken = {(item.contract, item.rule, item.severity) for item in verdict.outcomes if item.unexpected}
    assert {(register, rule) for register, rule, severity in broken if severity != "warning"} == set()
    assert {(register, rule) for register, rule, _ in broken} <= {
        ("bijstand", "korte_onderbreking"),
        ("bijstand", "start_laat_verwerkt"),
        ("bijstand", "einde_laat_verwerkt"),
        ("startbaan", "korter_dan_twee_jaar_bijstand"),
        ("startbaan", "bijstand_tijdens_startbaan"),
    }


def _stage(town: Town, agreed: Mapping[str, contracts.Contract], database: Path) -> None:
    """Put the town's tables where the contracts look for them, with pseudonyms and row numbers."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema levering")
        for name, table in town.tables.items():
            person = agreed[name].role("persoon")
            known = table.with_columns(pseudonyms.pseudonyms(table["bsn"], KEY).alias(person)) if person else table
            frame = known.select([field.name for field in agreed[name].fields]).with_row_index("regel", 2)
            connection.register("delivered", frame.with_columns(pl.col("regel").cast(pl.Int64)).to_arrow())
            connection.execute(f"create table levering.{name} as select * from delivered")  # noqa: S608 - our own name
            connection.unregister("delivered")
