"""Intake: deliveries in, an extract out, every row accounted for."""

import io
import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from participatieketen import contracts, extract, intake, places, pseudonyms, synthetic
from participatieketen.errors import ContractBroken, CorruptInput, KetenError, NoAccess, WrongUse
from smalltown import BSNS, CLIENT, HEADER, HULP, PLANTED, Town, clients, healthy, hulp, rows, town


def delivered(folder: Path, content: str | bytes, source: str = "", name: str = "hulp_2026-01.csv") -> Town:
    """Return a town that has received this register."""
    made = healthy(folder, source)
    made.deliver(name, content)
    made.receive()
    return made


def loaded(made: Town, table: str = "hulp") -> pl.DataFrame:
    """Build, and return a table of the extract."""
    made.build()
    return extract.query(made.workspace.extract, f"select * from {table}")  # noqa: S608 - the test's own name


def test_an_extract_has_a_number_for_each_person_and_no_bsn(tmp_path: Path) -> None:
    """Persons are numbered by sorted pseudonym; registers carry the number, `client` alone pseudonym and key id."""
    made = delivered(tmp_path, hulp())
    client = loaded(made, "client")
    assert client.columns == ["person", "client_pseudoniem", "key_id", "geboortejaar", "peildatum", "bronsysteem"]
    assert client["person"].to_list() == list(range(40))
    assert client["client_pseudoniem"].to_list() == sorted(pseudonyms.pseudonym(number, made.key) for number in BSNS)
    register = loaded(made)
    assert register.columns[0] == "person"
    assert register.columns[-1] == "regel"
    assert "client_pseudoniem" not in register.columns
    assert not any(number.encode() in made.written() for number in BSNS)


def test_great_expectations_and_the_quick_check_agree(tmp_path: Path) -> None:
    """The other tests judge by the same queries without Great Expectations; here it judges itself."""
    late = rows()[5].replace("31-03-2024", "01-01-2020")
    made = delivered(tmp_path, hulp({7: late}))
    quick = made.build()
    assert made.build(check=contracts.check) == quick
    assert quick.deliveries[1].quarantined == 1


def test_a_refused_delivery_gives_way_to_the_one_before(tmp_path: Path) -> None:
    """With the refused file gone or the old one back in its place, the next run needs no repair."""
    made = delivered(tmp_path, hulp())
    good = made.build()
    for _ in range(2):
        path = made.deliver("hulp_2026-01.csv", hulp({7: rows()[5].replace("h5", "h6")}))
        for _ in range(2):
            with pytest.raises(intake.Refused, match="sleutel"):
                made.run()
        path.unlink()
        assert made.run() == good
        made.deliver("hulp_2026-01.csv", hulp())
        assert made.receive()[-1].state == "al verwerkt"
        assert made.build() == good


def test_a_changed_contract_does_not_refuse_what_stands_in_the_extract(tmp_path: Path) -> None:
    """With the contract as it was, the same deliveries count, also when the inbox is empty by then."""
    made = delivered(tmp_path, hulp())
    good = made.build()
    (made.workspace.inbox / "hulp_2026-01.csv").unlink()
    contract = made.contracts["hulp"]
    every = tuple(replace(rule, query="select regel from {batch}", severity="error") for rule in contract.rules)
    strict = replace(contract, rules=every)
    with pytest.raises(intake.Refused):
        replace(made, contracts={**made.contracts, "hulp": strict}).run()
    assert made.run() == good


def test_an_older_version_that_is_put_back_counts_again(tmp_path: Path) -> None:
    """What lies in the inbox under a name counts; said once, and the same again is already processed."""
    made = delivered(tmp_path, hulp())
    good = made.build()
    made.deliver("hulp_2026-01.csv", hulp(count=39))
    assert made.run().deliveries[1].rows == 39
    made.deliver("hulp_2026-01.csv", hulp())
    assert made.receive()[-1].state == "opnieuw geldig"
    assert made.receive()[-1].state == "al verwerkt"
    assert made.build() == good


def test_an_older_version_beside_the_newer_does_not_count_until_that_is_taken_away(tmp_path: Path) -> None:
    """Two files of one month in the inbox: the last received counts, however often they are seen."""
    made = delivered(tmp_path, hulp())
    newer = made.deliver("hulp_2026-01_b.csv", hulp(count=39))
    for _ in range(2):
        assert made.run().deliveries[1].rows == 39
    assert [received.state for received in made.receive()] == ["al verwerkt", "vervangen", "al verwerkt"]
    newer.unlink()
    assert made.receive()[-1].state == "opnieuw geldig"
    assert made.build().deliveries[1].rows == 40


def test_a_refusal_carries_the_verdict(tmp_path: Path) -> None:
    """Who refuses can show every rule, not only those that were broken."""
    made = delivered(tmp_path, hulp({7: rows()[5].replace("h5", "h6")}))
    with pytest.raises(intake.Refused, match="sleutel") as refusal:
        made.build()
    assert not refusal.value.verdict.ok
    assert len(refusal.value.verdict.outcomes) > 5


@pytest.mark.parametrize("dirty", [False, True])
def test_the_shipped_sources_take_in_a_fictional_town(tmp_path: Path, *, dirty: bool) -> None:
    """Every register of the chain, in the forms that files come in; of dirty ones the bad rows go aside."""
    folder = places.project()
    made = Town(
        places.Workspace(tmp_path / "home", tmp_path / "reports").make(),
        intake.read_sources(folder / "pipelines" / "sources"),
        contracts.read_folder(folder / "data_contracts"),
        pseudonyms.Key(bytes(32), pseudonyms.key_id(bytes(32))),
    )
    synthetic.write_deliveries(synthetic.make_town(persons=300), made.workspace.inbox, dirty=dirty)
    result = made.run()
    assert {delivery.source for delivery in result.deliveries} == set(made.sources)
    assert result.fictional
    assert (sum(delivery.quarantined for delivery in result.deliveries) > 0) == dirty
    assert (sum(delivery.duplicates for delivery in result.deliveries) > 0) == dirty


def test_a_row_keeps_its_person(tmp_path: Path) -> None:
    """The person number of a register row leads to the pseudonym of the BSN on that line."""
    made = delivered(tmp_path, hulp())
    both = loaded(made).join(extract.query(made.workspace.extract, "from client"), on="person")
    for line, pseudonym in both.select("regel", "client_pseudoniem").iter_rows():
        assert pseudonym == pseudonyms.pseudonym(BSNS[line - 2], made.key)


def test_the_extract_says_what_it_was_made_from(tmp_path: Path) -> None:
    """One row of `extract`, a row of `delivery` for each file, the verdict beside them."""
    made = delivered(tmp_path, hulp())
    result = made.build()
    about = loaded(made, "extract").row(0, named=True)
    assert (about["peildatum"], about["fictional"], about["key_id"]) == (date(2026, 1, 1), True, made.key.id)
    delivery = loaded(made, "delivery").filter(pl.col("source") == "hulp").row(0, named=True)
    assert (delivery["rows"], delivery["loaded"], delivery["quarantined"], delivery["duplicates"]) == (40, 40, 0, 0)
    assert delivery["file"] == "bestand-2.csv"
    assert intake.kept(made.workspace, intake.read_log(made.workspace)[1]).read_text() == hulp()
    assert loaded(made, "verdict").height == len(result.verdict.outcomes)
    assert result.fictional
    assert result.peildatum == date(2026, 1, 1)


def test_the_same_deliveries_give_the_same_tables(tmp_path: Path) -> None:
    """Building twice changes nothing."""
    made = delivered(tmp_path, hulp())
    assert loaded(made).equals(loaded(made))
    assert loaded(made, "extract").equals(loaded(made, "extract"))


def test_values_become_the_contracts_types(tmp_path: Path) -> None:
    """Dates in three forms, a decimal comma, yes and no in Dutch; empty is null; filler end dates are open ends."""
    made = delivered(
        tmp_path,
        hulp(
            {
                2: f"h0;{BSNS[0]};dag;2024-02-01;20240331;4,5;ja;01-01-2026;FICTIEF",
                3: f"h1;{BSNS[1]}; dag ;20240201;9999-12-31;4;NEE;2026-01-01;FICTIEF",
                4: f"h2;{BSNS[2]};dag;01-02-2024;;;;20260101;FICTIEF",
            }
        ),
    )
    first = loaded(made).head(3)
    assert first["begindatum"].to_list() == [date(2024, 2, 1)] * 3
    assert first["einddatum"].to_list() == [date(2024, 3, 31), None, None]
    assert first["uren"].to_list() == [4.5, 4.0, None]
    assert first["actief"].to_list() == [True, False, None]
    assert first["soort"].to_list() == ["dag"] * 3


def test_a_filler_date_the_contract_does_not_know_stays_a_date(tmp_path: Path) -> None:
    """31-12-2999 is not in this contract's open_einde, so it is an end in 2999."""
    made = delivered(tmp_path, hulp({2: rows()[0].replace("31-03-2024", "31-12-2999")}))
    assert loaded(made)["einddatum"][0] == date(2999, 12, 31)


def test_columns_are_taken_by_name(tmp_path: Path) -> None:
    """Another order of columns gives the same table."""
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in hulp().splitlines())
    (tmp_path / "een").mkdir()
    (tmp_path / "twee").mkdir()
    assert loaded(delivered(tmp_path / "een", turned + "\n")).equals(loaded(delivered(tmp_path / "twee", hulp())))


def test_a_source_renames_and_ignores_columns(tmp_path: Path) -> None:
    """Columns with other names are mapped; columns that are knowingly not taken do not reach the extract."""
    lines = [HEADER.replace("soort", "Soort hulp") + ";naam", *(f"{row};{PLANTED}" for row in rows())]
    source = 'columns = { soort = "Soort hulp" }\nignore = ["naam"]\n'
    made = delivered(tmp_path, "\n".join(lines) + "\n", source)
    assert loaded(made)["soort"].to_list() == ["dag"] * 40
    assert PLANTED.encode() not in made.written()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_text_is_right_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    """UTF-8, with or without BOM, and Windows-1252 give the same letters."""
    made = delivered(tmp_path, hulp({2: rows()[0].replace("h0", "h\u00e9\u20ac")}).encode(encoding))
    assert loaded(made)["hulp_id"][0] == "h\u00e9\u20ac"


def as_xlsx(lines: list[list[object]]) -> bytes:
    """Return a workbook with these rows."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_a_workbook_gives_the_same_rows_as_the_csv(tmp_path: Path) -> None:
    """Dates, whole and broken numbers and BSNs that lost their zero as Excel keeps them; `regel` is the sheet's row."""
    day, census = datetime(2024, 2, 1), datetime(2026, 1, 1)  # noqa: DTZ001 - as openpyxl has them
    lines: list[list[object]] = [
        [f"h{n}", int(BSNS[n]), "dag", day, None if n else "31-03-2024", 4.5, True, census, "FICTIEF"]
        for n in range(40)
    ]
    made = delivered(tmp_path, as_xlsx([[*HEADER.split(";")], *lines]), name="hulp_2026-01.xlsx")
    frame = loaded(made)
    assert frame["begindatum"].to_list() == [date(2024, 2, 1)] * 40
    assert frame["einddatum"][0] == date(2024, 3, 31)
    assert frame["uren"].to_list() == [4.5] * 40
    assert frame["actief"].all()
    assert frame["regel"].to_list() == list(range(2, 42))


def test_parquet_gives_the_same_rows_as_the_csv(tmp_path: Path) -> None:
    """Typed columns are read as if they were text; `regel` counts from 2."""
    raw = io.BytesIO()
    pl.DataFrame(
        {
            "hulp_id": [f"h{n}" for n in range(40)],
            "bsn": BSNS,
            "soort": pl.Series(["dag"] * 40, dtype=pl.Categorical),
            "begindatum": [date(2024, 2, 1)] * 40,
            "einddatum": [datetime(2024, 3, 31)] * 40,  # noqa: DTZ001 - as a source without zone has it
            "uren": [4.5, 4.0] * 20,
            "actief": [True] * 40,
            "peildatum": [date(2026, 1, 1)] * 40,
            "bronsysteem": ["FICTIEF"] * 40,
        }
    ).write_parquet(raw)
    frame = loaded(delivered(tmp_path, raw.getvalue(), name="hulp_2026-01.parquet"))
    assert frame["einddatum"].to_list() == [date(2024, 3, 31)] * 40
    assert frame["uren"].to_list() == [4.5, 4.0] * 20
    assert frame["regel"].to_list() == list(range(2, 42))


def test_a_row_with_a_bad_value_goes_aside_by_line_and_rule(tmp_path: Path) -> None:
    """The quarantine file has line, field and rule, never the value; the row is counted and not loaded."""
    made = delivered(tmp_path, hulp({7: rows()[5].replace("01-02-2024", PLANTED).replace("4,5", "vier")}))
    result = made.build()
    delivery = result.deliveries[1]
    assert (delivery.loaded, delivery.quarantined) == (39, 1)
    file = made.workspace.quarantine / "hulp" / "2026-01-bestand-2.csv"
    assert file.read_text() == "regel;veld;regel_contract\n7;begindatum;datum\n7;uren;getal\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert {(o.rule, o.fields, o.unexpected) for o in result.verdict.outcomes if o.source == "inlezen"} == {
        ("datum", ("begindatum",), 1),
        ("getal", ("uren",), 1),
    }


def test_rows_of_a_person_in_quarantine_go_aside_too(tmp_path: Path) -> None:
    """A client row that cannot be read takes that person's register rows with it."""
    made = town(tmp_path)
    made.deliver("client_2026-01.csv", clients().replace(";1953;", ";onbekend;"))
    made.deliver("hulp_2026-01.csv", hulp())
    result = made.run()
    assert [(d.loaded, d.quarantined) for d in result.deliveries] == [(39, 1), (39, 1)]
    assert 5 not in loaded(made)["regel"].to_list()


def test_an_eight_digit_bsn_is_the_one_that_lost_its_zero(tmp_path: Path) -> None:
    """Spreadsheets drop the leading zero: the number with and without it are one person."""
    made = town(tmp_path)
    header = "bsn;geboortejaar;peildatum;bronsysteem\n"
    made.deliver("client_2026-01.csv", header + "012345672;1980;01-01-2026;FICTIEF\n")
    made.deliver("hulp_2026-01.csv", hulp(count=1).replace(BSNS[0], "12345672"))
    assert made.run().deliveries[1].loaded == 1


def test_persons_may_have_other_ids(tmp_path: Path) -> None:
    """A source of kind id takes any text as the person and hides it the same way."""
    made = town(tmp_path)
    sources = {name: intake.Source(name, f"{name}_*", name, person=intake.Person("bsn", "id")) for name in made.sources}
    made = Town(made.workspace, sources, made.contracts, made.key)
    made.deliver("client_2026-01.csv", clients().replace(BSNS[0], "P-1"))
    made.deliver("hulp_2026-01.csv", hulp().replace(BSNS[0], "P-1"))
    with pytest.raises(ContractBroken, match="kolom bsn bevat burgerservicenummers"):
        made.receive()
    for name, text in (("client_2026-01.csv", clients()), ("hulp_2026-01.csv", hulp())):
        made.deliver(name, text.replace("9999", "P-"))
    assert made.run().deliveries[1].loaded == 40


def test_the_newest_month_counts_and_the_last_received_of_a_month(tmp_path: Path) -> None:
    """A later month wins whatever the order of arrival; within a month the last one received wins."""
    made = delivered(tmp_path, hulp())
    made.deliver("hulp_2025-12.csv", hulp(count=39).replace("01-01-2026", "01-12-2025"))
    assert [r.state for r in made.receive()] == ["al verwerkt", "nieuw", "al verwerkt"]
    assert made.build().deliveries[1].rows == 40
    made.deliver("hulp_2026-01_verbeterd.csv", hulp(count=38))
    assert made.receive()[-1].state == "nieuwe versie"
    assert made.build().deliveries[1].rows == 38


def test_an_earlier_census_day_takes_the_deliveries_of_that_month(tmp_path: Path) -> None:
    """A run for December does not see January; a register that has no December is refused by name."""
    made = delivered(tmp_path, hulp())
    made.deliver("hulp_2025-12.csv", hulp(count=39).replace("01-01-2026", "01-12-2025"))
    made.receive()
    with pytest.raises(ContractBroken, match="Bron client heeft alleen leveringen van na 2025-12"):
        made.build(date(2025, 12, 1))
    made.deliver("client_2025-12.csv", clients("01-12-2025"))
    made.receive()
    result = made.build(date(2025, 12, 1))
    assert result.peildatum == date(2025, 12, 1)
    assert result.deliveries[1].rows == 39


def test_a_later_census_day_takes_the_newest_deliveries_when_they_are_of_one_month(tmp_path: Path) -> None:
    """February gives January when that is the newest of all; with one of another month it says which are which."""
    made = delivered(tmp_path, hulp())
    assert made.build(date(2026, 2, 1)).peildatum == date(2026, 1, 1)
    made.deliver("client_2026-02.csv", clients("01-02-2026"))
    made.receive()
    with pytest.raises(ContractBroken, match=r"niet van dezelfde maand \(2026-01: hulp; 2026-02: client\)"):
        made.build(date(2026, 2, 1))
    assert made.build(date(2026, 1, 1)).peildatum == date(2026, 1, 1)


def test_the_census_day_is_the_last_that_all_registers_know(tmp_path: Path) -> None:
    """The table of persons may be newer than the register; the register's day counts."""
    made = delivered(tmp_path, hulp())
    made.deliver("client_2026-02.csv", clients("01-02-2026"))
    assert made.run().peildatum == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "source", "month"),
    [("hulp_2026-03.csv", "", "2026-03"), ("hulp_nieuw.csv", "peildatum = 2026-04-01\n", "2026-04")],
)
def test_without_a_census_day_in_the_rows_the_name_or_the_source_tells(
    tmp_path: Path, name: str, source: str, month: str
) -> None:
    """The month of the file name counts, and otherwise the day in the source file."""
    made = healthy(tmp_path, source)
    made.deliver(name, hulp().replace("01-01-2026", ""))
    assert made.receive()[-1].month == month


def test_files_of_no_source_are_named_and_left(tmp_path: Path) -> None:
    """Unknown names and formats are reported; hidden files and sidecars are passed over."""
    made = healthy(tmp_path)
    for name in ("iets.csv", "hulp_2026-01.pdf", ".hulp_2026-01.csv", "client_2026-01.csv.aantal"):
        made.deliver(name, "40")
    assert [(r.file, r.state) for r in made.receive()] == [
        (CLIENT, "nieuw"),
        ("bestand-2", "onbekend"),
        ("bestand-3.csv", "onbekend"),
    ]


def test_a_file_of_two_sources_is_wrong_use(tmp_path: Path) -> None:
    """Which source a file belongs to is never guessed."""
    made = healthy(tmp_path)
    double = intake.Source("dubbel", "client*", "client", person=intake.Person("bsn"))
    with pytest.raises(WrongUse, match=r"bestand-1\.csv past bij meer dan een bron \(client, dubbel\)"):
        intake.receive(made.workspace.inbox, made.workspace, {**made.sources, "dubbel": double}, made.contracts)


def test_a_row_that_goes_missing_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows delivered = loaded + quarantined + duplicates + expired, counted in the database itself."""
    made = delivered(tmp_path, hulp())
    write = extract.write
    monkeypatch.setattr(extract, "write", lambda connection, name, frame: write(connection, name, frame.head(39)))
    with pytest.raises(KetenError, match="40 rijen geleverd, maar 39 geladen, 0 apart gezet, 0 dubbel en 0 verlopen"):
        made.build()
    assert not [path.name for path in made.workspace.home.glob("*extract*")]


def test_the_name_a_sender_gave_stands_in_one_place(tmp_path: Path) -> None:
    """It can name a person; who looks for the file finds it by the own name, and nobody else can read it."""
    made = town(tmp_path)
    made.deliver(f"client_2026-01_{PLANTED}.csv", clients())
    made.deliver(f"hulp_{PLANTED}.CSV", hulp())
    made.deliver(f"hulp.{PLANTED}", "")
    assert [str(one.file) for one in made.receive()] == [CLIENT, "bestand-2", "hulp van januari 2026 (bestand-3.csv)"]
    made.build()
    files = [path for path in made.workspace.home.rglob("*") if path.is_file() and made.workspace.inbox != path.parent]
    assert [path.name for path in files if PLANTED.encode() in path.read_bytes() or PLANTED in str(path)] == [
        "namen.json"
    ]
    place = made.workspace.deliveries / "namen.json"
    assert json.loads(place.read_text()) == {
        "bestand-1.csv": f"client_2026-01_{PLANTED}.csv",
        "bestand-2": f"hulp.{PLANTED}",
        "bestand-3.csv": f"hulp_{PLANTED}.CSV",
    }
    assert place.stat().st_mode & 0o777 == 0o600
    assert made.workspace.may_hold_persons(place)


def test_a_sender_s_name_keeps_its_own_name(tmp_path: Path) -> None:
    """Another content under it is the same file; another name with the same content is another."""
    made = delivered(tmp_path, hulp())
    made.deliver("hulp_2026-01.csv", hulp(count=39))
    made.deliver("hulp_2026-01_kopie.csv", hulp(count=39))
    assert [one.file for one in made.receive()] == [CLIENT, HULP, HULP.replace("-2.csv", "-3.csv")]
    assert [entry.file for entry in intake.read_log(made.workspace)] == [
        "bestand-1.csv",
        "bestand-2.csv",
        "bestand-2.csv",
    ]


@pytest.mark.parametrize("left", ["", "{", "[1]"])
def test_lost_or_damaged_names_are_not_guessed_at(tmp_path: Path, left: str) -> None:
    """A file under another own name would be another version."""
    made = delivered(tmp_path, hulp())
    place = made.workspace.deliveries / "namen.json"
    whole = place.read_bytes()
    place.write_text(left) if left else place.unlink()
    with pytest.raises(CorruptInput, match=r"namen\.json .* reservekopie"):
        made.receive()
    place.write_bytes(whole)
    assert {one.state for one in made.receive()} == {"al verwerkt"}


def test_a_file_that_cannot_be_read_is_not_named_by_its_sender_s_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line has the own name, not the path."""
    made = healthy(tmp_path)
    made.deliver(f"hulp_2026-01_{PLANTED}.csv", hulp())
    read = Path.read_bytes

    def closed(path: Path) -> bytes:
        if PLANTED in path.name:
            raise PermissionError(13, str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    with pytest.raises(NoAccess, match=re.escape(f"{HULP} is niet te lezen")) as error:
        made.receive()
    assert PLANTED not in str(error.value)


def test_the_sidecar_is_kept_with_its_file(tmp_path: Path) -> None:
    """How many rows there should be belongs to the delivery."""
    made = healthy(tmp_path)
    made.deliver("hulp_2026-01.csv", hulp())
    made.deliver("hulp_2026-01.csv.aantal", "40\n")
    made.receive()
    assert b"40\n" in made.kept()


def test_the_log_has_no_clock(tmp_path: Path) -> None:
    """The order of arrival is a number; two workspaces with the same arrivals have the same log."""
    made = delivered(tmp_path, hulp())
    lines = (made.workspace.deliveries / "log.jsonl").read_text().splitlines()
    assert [(json.loads(line)["seq"], json.loads(line)["source"]) for line in lines] == [(1, "client"), (2, "hulp")]
    assert set(json.loads(lines[0])) == {"seq", "source", "month", "peildatum", "sha256", "file", "rows", "refused"}


def test_a_lost_or_damaged_log_is_not_guessed_at(tmp_path: Path) -> None:
    """Without the log nobody knows which version is the last: stop and ask for the backup."""
    made = delivered(tmp_path, hulp())
    log = made.workspace.deliveries / "log.jsonl"
    whole = log.read_text()
    log.write_text(whole.splitlines()[1] + "\n")
    with pytest.raises(CorruptInput, match="reservekopie"):
        made.build()
    log.unlink()
    with pytest.raises(CorruptInput, match="reservekopie"):
        made.receive()
    log.write_text(whole)
    assert made.build().deliveries[1].loaded == 40


def test_keeping_survives_a_stop_before_the_log_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends between keeping and logging is repeated by the next one."""
    made = healthy(tmp_path)
    made.receive()
    made.deliver("hulp_2026-01.csv", hulp())
    dumps = json.dumps  # a line of the log has no indent
    with monkeypatch.context() as patch:
        patch.setattr(json, "dumps", lambda one, indent=0: dumps(one, indent=indent) if indent else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made.receive()
    assert made.run().deliveries[1].loaded == 40


def test_a_full_or_closed_disk_is_said_so(tmp_path: Path) -> None:
    """A deliveries folder that is a file stands for one that cannot be written."""
    made = healthy(tmp_path)
    made.workspace.deliveries.rmdir()
    made.workspace.deliveries.write_text("")
    with pytest.raises(NoAccess, match="schrijfrecht"):
        made.receive()


def test_a_source_of_counts_may_be_absent(tmp_path: Path) -> None:
    """A table of counts that nobody delivered is there, empty; a register that nobody delivered stops the run."""
    made = healthy(tmp_path)
    contract = made.contracts["hulp"]
    counts = type(contract)(
        "telling", "1", "telling", contract.fields[2:4], (), 0.1, end_inclusive=True, path=contract.path
    )
    sources = {**made.sources, "telling": intake.Source("telling", "telling_*", "telling")}
    made = Town(made.workspace, sources, {**made.contracts, "telling": counts}, made.key)
    made.receive()
    with pytest.raises(ContractBroken, match="Bron hulp heeft geen bruikbare levering"):
        made.build()
    made.deliver("hulp_2026-01.csv", hulp())
    made.receive()
    assert loaded(made, "telling").shape == (0, 3)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('name = "x"\n', r"bron\.toml: files ontbreekt"),
        ('name = "x"\nfiles = "x*"\nfile = "y"\n', r"bron\.toml: file is geen bekende sleutel"),
        ('name = "x"\nfiles = 3\n', r"bron\.toml: files"),
        ('name = "../x"\nfiles = "x*"\n', r"bron\.toml: .*kleine letters"),
        ('name = "x"\nfiles = "x*"\nperson = { kind = "naam" }\n', r"bron\.toml: person"),
        ("name = ", r"bron\.toml is geen geldige TOML"),
    ],
)
def test_a_source_file_with_a_mistake_names_file_and_key(tmp_path: Path, toml: str, said: str) -> None:
    """Unknown, missing and mistyped keys are wrong use."""
    (tmp_path / "bron.toml").write_text(toml)
    with pytest.raises(WrongUse, match=said):
        intake.read_sources(tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('contract = "niets"\n', "contract niets bestaat niet"),
        ('columns = { kleur = "x" }\n', "columns noemt kleur"),
    ],
)
def test_a_source_that_does_not_fit_its_contract_says_so(tmp_path: Path, source: str, said: str) -> None:
    """The field that the contract does not know is named."""
    made = healthy(tmp_path, source)
    made.deliver("hulp_2026-01.csv", hulp())
    with pytest.raises(WrongUse, match=said):
        made.receive()
