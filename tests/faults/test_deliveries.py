"""Faults in deliveries (rows 4 to 19 and 37 of the fault matrix): refused by kind and place, no value shown.

After every refusal a good file of the same month is delivered and the run succeeds without repair.
"""

import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from participatieketen import extract
from participatieketen.errors import ContractBroken, CorruptInput, KetenError
from participatieketen.intake import files
from participatieketen.pseudonyms import holding_bsn
from smalltown import (
    BSN_FORMS,
    BSNS,
    CLIENT,
    HEADER,
    HULP,
    PLANTED,
    Town,
    clients,
    healthy,
    hulp,
    refused_then_healed,
    rows,
    town,
)

NAME = "hulp_2026-01.csv"
FIELDS = len(HEADER.split(";"))


def set_aside(made: Town, place: int = 1) -> str:
    """Run, and return what the quarantine file of a delivery says."""
    delivery = made.run().deliveries[place]
    assert delivery.rows == delivery.loaded + delivery.quarantined + delivery.duplicates + delivery.expired
    assert PLANTED.encode() not in made.written()
    return (made.workspace.quarantine / delivery.name.quarantine_file).read_text()


def changed(line: int, old: str, new: str) -> str:
    """Return the register's delivery with one value on one line replaced."""
    return hulp({line: rows()[line - 2].replace(old, new)})


def workbook(sheets: int = 1) -> bytes:
    """Return the register as a workbook."""
    book = openpyxl.Workbook()
    for place in range(sheets):
        sheet = book.active if place == 0 else book.create_sheet()
        for line in hulp().splitlines():
            sheet.append(line.split(";"))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def parquet() -> bytes:
    """Return the register as Parquet, all text."""
    raw = io.BytesIO()
    cells = [row.split(";") for row in rows()]
    pl.DataFrame(cells, schema=HEADER.split(";"), orient="row").write_parquet(raw)
    return raw.getvalue()


# 4, 5: cut off, damaged


def test_a_csv_cut_in_a_row_is_corrupt(tmp_path: Path) -> None:
    """The last line is short and unfinished: say where, and how many whole rows there are."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp()[:-40] + PLANTED, CorruptInput)
    assert said == f"{HULP} is afgebroken in regel 41: 39 hele rijen gevonden. Lever het opnieuw."


def test_a_csv_cut_in_a_quoted_value_is_corrupt(tmp_path: Path) -> None:
    """The file ends inside quotes on its last line."""
    said = refused_then_healed(healthy(tmp_path), NAME, f'{hulp()}h99;"{PLANTED}', CorruptInput)
    assert "afgebroken in regel 42" in said


@pytest.mark.parametrize("name", [NAME, "hulp_2026-01.parquet"])
def test_fewer_rows_than_announced_is_corrupt(tmp_path: Path, name: str) -> None:
    """A file cut between two rows is only seen by its count: rows expected, rows found."""
    made = healthy(tmp_path)
    made.deliver(f"{name}.aantal", "50")
    content = hulp().encode() if name == NAME else parquet()
    path = made.deliver(name, content)
    with pytest.raises(CorruptInput, match=r"afgebroken: 50 rijen verwacht, 40 gevonden"):
        made.run()
    made.deliver(f"{name}.aantal", "40")
    assert made.run().deliveries[1].loaded == 40
    assert {path.read_bytes(), b"50", b"40"} <= made.kept()


@pytest.mark.parametrize("count", ["30", "veel", "4 0"])
def test_a_wrong_count_breaks_the_delivery(tmp_path: Path, count: str) -> None:
    """More rows than announced, or a count that is none."""
    made = healthy(tmp_path)
    made.deliver(f"{NAME}.aantal", count)
    made.deliver(NAME, hulp())
    with pytest.raises(ContractBroken, match=re.escape(HULP)) as error:
        made.run()
    assert "veel" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hulp_2026-01.xlsx", workbook()[:-500]),
        ("hulp_2026-01.xlsx", b"PK\x03\x04" + PLANTED.encode() * 20),
        ("hulp_2026-01.xlsx", hulp().encode()),
        ("hulp_2026-01.parquet", parquet()[:-500]),
        ("hulp_2026-01.parquet", parquet()[:200] + PLANTED.encode() * 20 + parquet()[-200:]),
        ("hulp_2026-01.parquet", PLANTED.encode()),
    ],
)
def test_a_damaged_workbook_or_parquet_is_corrupt(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever the reader trips over, its own text stays inside."""
    said = refused_then_healed(healthy(tmp_path), name, content, CorruptInput)
    called = HULP.replace(".csv", Path(name).suffix)
    assert said == f"{called} is beschadigd en niet te lezen: lever het bestand opnieuw."


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that says it unpacks to more than the limit is refused before it is."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 10**6)
    monkeypatch.setattr(files, "MAX_BYTES", 10**5)
    said = refused_then_healed(healthy(tmp_path), "hulp_2026-01.xlsx", raw.getvalue(), CorruptInput)
    assert "pakt uit tot meer dan 100.000 bytes" in said


def test_a_second_sheet_with_rows_breaks_the_delivery(tmp_path: Path) -> None:
    """Rows on another sheet would be lost without a word."""
    said = refused_then_healed(healthy(tmp_path), "hulp_2026-01.xlsx", workbook(2), ContractBroken)
    assert "2 gevulde werkbladen" in said


def test_a_kept_delivery_that_changes_is_found_and_restored_by_delivering_it_again(tmp_path: Path) -> None:
    """A flipped byte in the kept file stops the build; the same file in the inbox mends it."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp())
    made.run()
    kept = next(made.workspace.deliveries.glob("hulp/*/*/bestand-2.csv"))
    kept.write_bytes(kept.read_bytes().replace(b"4,5", b"5,5", 1))
    with pytest.raises(CorruptInput, match="veranderd sinds de ontvangst"):
        made.build()
    assert made.run().deliveries[1].loaded == 40


# 6: encoding


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    """Say which encodings are expected."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().encode(encoding), ContractBroken)
    assert "UTF-16 of UTF-32; verwacht UTF-8 of Windows-1252" in said


@pytest.mark.parametrize(
    "line",
    [
        f"h8\u00e9;{PLANTED}".encode("cp1252"),
        f"h8\u00c3\u00a9;{PLANTED}".encode(),
        f"h8\ufffd;{PLANTED}".encode(),
        f"h8\x81\u00e9;{PLANTED}".encode("latin-1"),
    ],
)
def test_mixed_encodings_are_refused_by_line(tmp_path: Path, line: bytes) -> None:
    """CP1252 in UTF-8, UTF-8 encoded twice, and letters that were lost before: never mojibake."""
    good = hulp({2: rows()[0].replace("h0", "h\u00e9\u00eb")}).encode()
    made = healthy(tmp_path)
    said = refused_then_healed(made, NAME, good.replace(b"h8", line), ContractBroken)
    assert re.search(r"regel (2|10) heeft letters in een andere codering", said)


def test_nul_bytes_are_corrupt(tmp_path: Path) -> None:
    """A hole left by a crash is a damaged file."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().replace("h5", "h\0"), CorruptInput)
    assert "beschadigd vanaf regel 7" in said


# 7: delimiter, decimal sign, quotes


@pytest.mark.parametrize(("delimiter", "shown"), [(",", ","), ("\t", "tab"), ("|", "|")])
def test_another_delimiter_is_named(tmp_path: Path, delimiter: str, shown: str) -> None:
    """Expected and found."""
    text = hulp().replace("4,5", "4").replace(";", delimiter).replace("dag", PLANTED)
    said = refused_then_healed(healthy(tmp_path), NAME, text, ContractBroken)
    assert f"verwacht scheidingsteken ;, gevonden {shown}." in said


def test_another_decimal_sign_is_named(tmp_path: Path) -> None:
    """A whole column with points where commas are expected is no matter of single rows."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().replace("4,5", "4.5"), ContractBroken)
    assert "kolom uren heeft een ander decimaalteken dan verwacht (,)" in said


@pytest.mark.parametrize("sign", [".", ","])
def test_decimals_in_a_column_of_whole_numbers_are_named(tmp_path: Path, sign: str) -> None:
    """Not a refusal of every row by itself."""
    made = town(tmp_path)
    made.deliver("client_2026-01.csv", re.sub(r";(19\d\d);", rf";\g<1>{sign}50;", clients()))
    made.deliver(NAME, hulp())
    with pytest.raises(ContractBroken, match="kolom geboortejaar heeft getallen met een decimaalteken") as error:
        made.run()
    assert "19" not in str(error.value)


@pytest.mark.parametrize(
    "value",
    [f'"{PLANTED}', f'"{PLANTED}"x', f'"{PLANTED}\n"'],
)
def test_a_quote_that_does_not_close_is_refused_by_line(tmp_path: Path, value: str) -> None:
    """Such a quote can swallow rows without changing the number of columns."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().replace("h5", value), ContractBroken)
    assert "regel 7 heeft een aanhalingsteken" in said


# 8: columns


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("soort", "type", r"ontbreekt: soort; niet verwacht: kolom 3 \(naam niet getoond\)\."),
        ("soort", "soorten", r"ontbreekt: soort; niet verwacht: soorten \(bedoelt u soort\?\)\."),
        ("soort", "Soort", r"ontbreekt: soort; niet verwacht: Soort \(bedoelt u soort\?\)\."),
        ("bsn", "BSN", r"ontbreekt: bsn; niet verwacht: BSN \(bedoelt u bsn\?\)\."),
        ("soort", "uren", r"ontbreekt: soort; dubbel: uren\."),
        ("soort", PLANTED, r"niet verwacht: kolom 3 \(naam niet getoond\)\."),
        ("soort", f"{PLANTED} jansen".lower(), r"niet verwacht: kolom 3 \(naam niet getoond\)\."),
        ("soort", "999912345 jansen", r"niet verwacht: kolom 3 \(naam niet getoond\)\."),
        ("einddatum", "einddatum 999912", r"niet verwacht: kolom 5 \(naam niet getoond\)\."),
    ],
)
def test_other_columns_are_refused_naming_what_differs(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Renamed, missing, double, other case; a name that could be a person's data is not shown."""
    text = hulp().replace(old, new, 1)
    message = refused_then_healed(healthy(tmp_path), NAME, text, ContractBroken)
    assert re.search(said, message)
    assert "jansen" not in message


def test_an_extra_column_is_refused(tmp_path: Path) -> None:
    """More than was agreed is more person data than was agreed."""
    text = hulp().replace("\n", f";{PLANTED}\n").replace(PLANTED, "naam", 1)
    said = refused_then_healed(healthy(tmp_path), NAME, text, ContractBroken)
    assert "niet verwacht: kolom 10 (naam niet getoond)." in said
    assert "ignore" in said


def test_a_missing_header_shows_no_values(tmp_path: Path) -> None:
    """The first row is a person, so none of its texts is named."""
    text = "\n".join(row.replace("dag", "jansen") for row in rows())
    said = refused_then_healed(healthy(tmp_path), NAME, text, ContractBroken)
    assert "geen van de 9 verwachte kolommen staat in de kopregel" in said
    assert "mist de kopregel?" in said
    assert "jansen" not in said
    assert BSNS[0] not in said


@pytest.mark.parametrize("ignore", ["", 'ignore = ["partner"]\n'])
def test_a_column_of_bsns_is_refused_even_when_ignored(tmp_path: Path, ignore: str) -> None:
    """No source may carry BSNs but in the column that says so."""
    lines = [f"{HEADER};partner", *(f"{row};{BSNS[39 - n]}" for n, row in enumerate(rows()))]
    said = refused_then_healed(healthy(tmp_path, ignore), NAME, "\n".join(lines) + "\n", ContractBroken)
    assert ("kolom partner bevat burgerservicenummers" in said) == bool(ignore)


@pytest.mark.parametrize("count", [5, 12])
def test_five_different_bsns_in_a_column_are_refused(tmp_path: Path, count: int) -> None:
    """By chance one in eleven passes; five of five are no chance, whatever else is in the column."""
    lines = {n + 2: rows()[n].replace(f"h{n}", BSNS[n], 1) for n in range(count)}
    said = refused_then_healed(healthy(tmp_path), NAME, hulp(lines), ContractBroken)
    assert "kolom hulp_id bevat burgerservicenummers" in said


@pytest.mark.parametrize("name", ["hulp_{}_2026-01.csv", "{}.txt", "hulp_2026-01-{}.csv.aantal"])
def test_a_bsn_in_the_name_of_a_file_is_refused(tmp_path: Path, name: str) -> None:
    """Names of files go into the log and the extract; the line does not repeat it, and nothing is kept under it."""
    made = healthy(tmp_path)
    made.deliver(name.format(BSNS[3]), hulp())
    with pytest.raises(
        ContractBroken, match=r"1 van 2 bestanden in .* heeft een burgerservicenummer in de naam"
    ) as error:
        made.receive()
    assert BSNS[3] not in str(error.value)
    assert not any(BSNS[3] in str(path) for path in made.workspace.deliveries.rglob("*"))
    assert BSNS[3].encode() not in made.written()


@pytest.mark.parametrize("form", BSN_FORMS)
@pytest.mark.parametrize("name", ["hulp_{}_2026-01.csv", "x{}y.zip"])
def test_a_bsn_in_any_form_in_the_name_of_a_file_is_refused(tmp_path: Path, name: str, form: str) -> None:
    """The line says which file by its place, and the inbox is all that has the number."""
    made = healthy(tmp_path)
    made.deliver(name.format(form.replace("/", "-")), hulp())
    with pytest.raises(ContractBroken, match=r"1 van 2 bestanden .* \(op volgorde van naam: 2\)") as error:
        made.receive()
    assert not holding_bsn([str(error.value).replace(str(made.workspace.home), "")])
    assert made.kept() == {b""}  # the log


@pytest.mark.parametrize("form", BSN_FORMS)
@pytest.mark.parametrize("ignored", [False, True])
def test_a_bsn_as_the_name_of_a_column_is_refused(tmp_path: Path, form: str, *, ignored: bool) -> None:
    """Also of one that is not taken in: the line says which column, not what it is called."""
    made = healthy(tmp_path, f"ignore = [{json.dumps(form)}]\n" if ignored else "")
    said = refused_then_healed(made, NAME, hulp().replace("\n", ";\n").replace(";\n", f";{form}\n", 1), ContractBroken)
    assert "kolom 10 heeft een burgerservicenummer in de kop" in said
    assert not holding_bsn([said])


@pytest.mark.parametrize("form", [form for form in BSN_FORMS if "/" not in form])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_bsn_as_the_name_of_a_sheet_is_refused(tmp_path: Path, form: str, *, hidden: bool) -> None:
    """Also of one with nothing in it that nobody sees."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    sheet = book.create_sheet(form) if hidden else book.active
    sheet.title, sheet.sheet_state = form, "hidden" if hidden else "visible"
    raw = io.BytesIO()
    book.save(raw)
    said = refused_then_healed(healthy(tmp_path), "hulp_2026-01.xlsx", raw.getvalue(), ContractBroken)
    assert "werkbladen heeft een burgerservicenummer in de naam" in said
    assert not holding_bsn([said])


def test_a_bsn_as_the_name_of_a_part_of_a_workbook_is_refused(tmp_path: Path) -> None:
    """A workbook is a zip file; what is in it has names too."""
    raw = io.BytesIO(workbook())
    with zipfile.ZipFile(raw, "a") as packed:
        packed.writestr("xl/media/111222333.png", b"")
    said = refused_then_healed(healthy(tmp_path), "hulp_2026-01.xlsx", raw.getvalue(), ContractBroken)
    assert "onderdelen heeft een burgerservicenummer in de naam" in said
    assert not holding_bsn([said])


@pytest.mark.parametrize("form", BSN_FORMS)
def test_a_column_of_bsns_in_any_form_is_refused_even_when_ignored(tmp_path: Path, form: str) -> None:
    """With dots, blanks or letters it is still the number."""
    shape = form.replace("012345672", "{}").replace("111222333", "{}")
    texts = [shape.format(bsn) if "{}" in shape else re.sub(r"(...)(...)", r"\1.\2.", bsn) for bsn in BSNS]
    lines = [f"{HEADER};partner", *(f"{row};{texts[39 - n]}" for n, row in enumerate(rows()))]
    made = healthy(tmp_path, 'ignore = ["partner"]\n')
    said = refused_then_healed(made, NAME, "\n".join(lines) + "\n", ContractBroken)
    assert "kolom partner bevat burgerservicenummers" in said


@pytest.mark.parametrize("text", ["20240201", "01022024", "zaak 2024-12345", "hulp_2026-01_123", "123456789"])
def test_a_text_with_another_number_is_taken_in(tmp_path: Path, text: str) -> None:
    """Dates, case numbers and what fails the 11-proef are no BSN."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp({7: rows()[5].replace("h5", text)}))
    assert set_aside(made) == "regel;veld;regel_contract\n"


@pytest.mark.parametrize("text", [*BSN_FORMS, f"{PLANTED} 111222333", "x_111222333_y", "bsn:111222333."])
def test_a_bsn_in_another_column_sets_the_row_aside(tmp_path: Path, text: str) -> None:
    """Alone or between other text, also of somebody who was not delivered."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp({7: rows()[5].replace("h5", text)}))
    assert set_aside(made) == "regel;veld;regel_contract\n7;hulp_id;bsn_in_tekst\n"
    assert b"111222333" not in made.workspace.extract.read_bytes()


def test_a_bsn_in_the_text_of_every_row_is_refused(tmp_path: Path) -> None:
    """All rows go aside, and that is no delivery."""
    lines = {n + 2: rows()[n].replace(f"h{n}", f"{PLANTED} {n} 111222333") for n in range(40)}
    said = refused_then_healed(healthy(tmp_path), NAME, hulp(lines), ContractBroken)
    assert "geen van de 40 rijen is bruikbaar" in said


def test_a_column_with_numbers_of_its_own_is_taken_in_but_for_the_bsn_of_a_person(tmp_path: Path) -> None:
    """Of nine-digit numbers of files one in eleven passes by chance; one that is a delivered person's is a BSN."""
    numbers = [f"{123456780 + n}" for n in range(40)]
    numbers[5] = BSNS[17]
    lines = {n + 2: rows()[n].replace(f"h{n}", numbers[n], 1) for n in range(40)}
    made = healthy(tmp_path)
    made.deliver(NAME, hulp(lines))
    assert set_aside(made) == "regel;veld;regel_contract\n7;hulp_id;bsn_in_tekst\n"


def test_a_known_column_full_of_bsns_is_refused(tmp_path: Path) -> None:
    """Also when the name is one of the contract's."""
    text = "\n".join([HEADER, *(row.replace(f"h{n}", BSNS[n], 1) for n, row in enumerate(rows()))]) + "\n"
    said = refused_then_healed(healthy(tmp_path), NAME, text, ContractBroken)
    assert "kolom hulp_id bevat burgerservicenummers" in said
    assert BSNS[0] not in said


# 9: short and long rows


@pytest.mark.parametrize("row", [f"h5;{PLANTED}", f"{rows()[5]};{PLANTED}"])
def test_short_and_long_rows_are_refused_by_number(tmp_path: Path, row: str) -> None:
    """How many of how many, and which lines."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp({7: row, 9: row}), ContractBroken)
    assert f"2 van 40 rijen hebben meer of minder dan {FIELDS} kolommen (regels 7, 9)" in said


def test_a_long_row_in_a_workbook_is_refused_by_number(tmp_path: Path) -> None:
    """The row of the sheet."""
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.active.cell(row=7, column=FIELDS + 2, value=PLANTED)
    raw = io.BytesIO()
    book.save(raw)
    said = refused_then_healed(healthy(tmp_path), "hulp_2026-01.xlsx", raw.getvalue(), ContractBroken)
    assert "1 van 40 rijen" in said
    assert "(regel 7)" in said


# 10, 11: the same again, another version


def test_the_same_file_twice_is_said_so(tmp_path: Path) -> None:
    """Under its own name or another: already processed, and nothing changes."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp())
    first = made.run()
    made.deliver("hulp_2026-01_kopie.csv", hulp())
    assert {received.state for received in made.receive()} == {"al verwerkt"}
    assert made.build() == first


def test_a_new_version_is_kept_beside_the_old(tmp_path: Path) -> None:
    """Same month, other content: both stay."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp())
    made.run()
    made.deliver(NAME, hulp(count=39))
    assert made.receive()[-1].state == "nieuwe versie"
    assert {hulp().encode(), hulp(count=39).encode()} <= made.kept()


def test_a_refused_file_that_stays_in_the_inbox_does_not_stop_its_successor(tmp_path: Path) -> None:
    """It stops every run until a good file came after it; it is never judged again then."""
    made = healthy(tmp_path)
    made.deliver("hulp_2026-01_a.csv", "kapot")
    for _ in range(2):
        with pytest.raises(ContractBroken):
            made.receive()
    with pytest.raises(ContractBroken, match="Bron hulp heeft geen bruikbare levering"):
        made.build()
    made.deliver("hulp_2026-01_b.csv", hulp())
    with pytest.raises(ContractBroken):
        made.receive()
    assert [received.state for received in made.receive()] == ["al verwerkt", "vervangen", "al verwerkt"]
    assert made.build().deliveries[1].loaded == 40


def test_all_refusals_are_told_at_once(tmp_path: Path) -> None:
    """One error with a line per file; damage outranks a broken contract."""
    made = town(tmp_path)
    made.deliver("client_2026-01.csv", clients()[:-20])
    made.deliver(NAME, "kapot")
    with pytest.raises(CorruptInput) as error:
        made.run()
    assert [line.partition(")")[0] + ")" for line in str(error.value).splitlines()] == [CLIENT, HULP]


# 13: duplicates


def test_exact_duplicates_are_counted_and_dropped(tmp_path: Path) -> None:
    """The first of equal rows stays; another notation of the same date is the same row."""
    made = healthy(tmp_path)
    made.deliver(NAME, f"{hulp()}{rows()[0]}\n{rows()[0].replace('01-02-2024', '20240201')}\n")
    delivery = made.run().deliveries[1]
    assert (delivery.rows, delivery.loaded, delivery.duplicates) == (42, 40, 2)


def test_a_key_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    """Two different rows with one key: nobody knows which is true."""
    said = refused_then_healed(healthy(tmp_path), NAME, changed(7, "h5", "h6"), ContractBroken)
    assert re.search(r"hulp_id: deze sleutel komt meer dan eens voor - 2 van 40 rijen \(regels 7, 8\)", said)
    assert re.search(
        rf"Levering {re.escape(HULP)} breekt .* \(welke rijen: quarantine/hulp/2026-01-bestand-2\.csv\):", said
    )


# 14, 15: contradictory spells


def test_an_overlap_is_set_aside_and_counted_and_too_many_are_refused(tmp_path: Path) -> None:
    """The contract's rule decides, and its share says how many are too many."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, BSNS[5], BSNS[6]))
    assert set_aside(made) == "regel;veld;regel_contract\n8;begindatum;overlap\n"
    text = "\n".join([HEADER, *(row.replace(BSNS[n], BSNS[n // 2]) for n, row in enumerate(rows()))]) + "\n"
    made.deliver(NAME, text)
    with pytest.raises(ContractBroken, match=r"begindatum: .*20 van 40 rijen \(quarantaine, meer dan 5 %\)"):
        made.run()


def test_an_end_before_the_start_goes_aside_and_over_the_share_is_refused(tmp_path: Path) -> None:
    """One row by number; three of forty is more than 5 %."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, "31-03-2024", "31-01-2024"))
    assert set_aside(made) == "regel;veld;regel_contract\n7;einddatum;einde_voor_begin\n"
    wrong = {line: rows()[line - 2].replace("31-03-2024", "31-01-2024") for line in (7, 8, 9)}
    made.deliver(NAME, hulp(wrong))
    with pytest.raises(ContractBroken, match="3 van 40 rijen"):
        made.run()
    made.deliver(NAME, hulp(count=38))
    assert made.run().deliveries[1].loaded == 38


# 16: dates


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("31-02-2024", "datum"),
        ("02-31-2024", "datum"),
        ("2024-13-01", "datum"),
        ("1-2-2024", "datum"),
        (PLANTED, "datum"),
        ("01-01-1900", "begin_onwaarschijnlijk"),
        ("9999-12-31", "begin_onwaarschijnlijk"),
        ("01-02-2027", "begin_onwaarschijnlijk"),
    ],
)
def test_a_date_that_cannot_be_goes_aside_by_line(tmp_path: Path, value: str, rule: str) -> None:
    """Impossible dates by typing, unlikely ones by the contract; a filler is an open end only where it says so."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, "01-02-2024", value).replace(";31-03-2024;4,5;ja", ";;4,5;ja"))
    assert set_aside(made) == f"regel;veld;regel_contract\n7;begindatum;{rule}\n"


# 17: ids


@pytest.mark.parametrize(
    "value", ["99990001", "9999 0001", f" {BSNS[5]}", f"{BSNS[5]} ", "123456789", "000000000", "   ", PLANTED]
)
def test_a_bad_bsn_goes_aside_by_line(tmp_path: Path, value: str) -> None:
    """Too short, blanks, failing the 11-proef, the official 'unknown'."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, BSNS[5], value))
    assert set_aside(made) == "regel;veld;regel_contract\n7;client_pseudoniem;bsn\n"


def test_a_person_who_is_not_in_the_table_of_persons_goes_aside(tmp_path: Path) -> None:
    """A valid BSN of nobody: the contract's relation names the line."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, BSNS[5], "123456782"))
    assert "7;client_pseudoniem;" in set_aside(made)


# 18: nothing in it


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (NAME, ""),
        (NAME, "\n\n"),
        (NAME, b"\xef\xbb\xbf"),
        (NAME, HEADER + "\n"),
        ("hulp_2026-01.parquet", b""),
    ],
)
def test_an_empty_file_is_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    """Never a report of zeros."""
    said = refused_then_healed(healthy(tmp_path), name, content, ContractBroken)
    assert re.search("is leeg|geen enkele rij", said)


def test_all_rows_set_aside_is_refused(tmp_path: Path) -> None:
    """Not one row that can be used."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().replace("01-02-2024", PLANTED), ContractBroken)
    assert "geen van de 40 rijen is bruikbaar" in said


def test_too_many_rows_set_aside_are_refused(tmp_path: Path) -> None:
    """Over the contract's quarantaine_max: how many of how many, and where the line numbers stand."""
    bad = {line: rows()[line - 2].replace("ja", PLANTED) for line in range(2, 12)}
    said = refused_then_healed(healthy(tmp_path), NAME, hulp(bad), ContractBroken)
    assert "10 van 40 rijen zijn apart gezet, meer dan 20 %, zie quarantine/hulp/" in said


def test_made_up_beside_real_blames_the_side_that_came_last(tmp_path: Path) -> None:
    """With the made-up file gone, the real ones of before are current again."""
    made = town(tmp_path)
    made.deliver("client_2026-01.csv", clients().replace("FICTIEF", "gws"))
    made.deliver(NAME, hulp().replace("FICTIEF", "gws"))
    good = made.run()
    path = made.deliver("hulp_2026-02.csv", hulp().replace("01-01-2026", "01-02-2026"))
    with pytest.raises(ContractBroken, match=r"Verzonnen rijen .* in hulp van februari 2026 \(bestand-3\.csv\)"):
        made.run()
    path.unlink()
    assert made.run() == good


# 19: size


def test_a_jump_in_size_is_refused_unless_the_source_allows_it(tmp_path: Path) -> None:
    """Thirty per cent more or fewer rows than the month before, from a hundred rows on."""
    made = healthy(tmp_path)
    many = [HEADER, *(row.replace(f"h{n}", f"h{n}_{k}") for k in range(3) for n, row in enumerate(rows()))]
    made.deliver("hulp_2025-12.csv", "\n".join(many).replace("01-01-2026", "01-12-2025") + "\n")
    made.deliver(NAME, hulp())
    with pytest.raises(ContractBroken, match=r"40 rijen, tegen 120 in 2025-12: meer dan 30 % verschil"):
        made.receive()
    (tmp_path / "ruim").mkdir()
    wide = town(tmp_path / "ruim", "max_growth = 0.9\n")
    assert Town(made.workspace, wide.sources, made.contracts, made.key).run().deliveries[1].rows == 40


def test_half_a_file_is_refused_beside_the_version_it_replaces(tmp_path: Path) -> None:
    """Within a month too; the whole file put back is what was current all the time."""
    made = healthy(tmp_path)
    many = [HEADER, *(row.replace(f"h{n}", f"h{n}_{k}") for k in range(3) for n, row in enumerate(rows()))]
    made.deliver(NAME, "\n".join(many) + "\n")
    made.receive()
    made.deliver(NAME, "\n".join(many[:61]) + "\n")
    with pytest.raises(ContractBroken, match=r"60 rijen, tegen 120 in de versie die dit vervangt: meer dan 30 %"):
        made.receive()
    made.deliver(NAME, "\n".join(many) + "\n")
    assert made.receive()[-1].state == "al verwerkt"


def test_an_oversized_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit nothing is read."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp())
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(ContractBroken, match="groter dan 100 bytes"):
        made.run()


# 37: months


def test_mixed_months_are_refused(tmp_path: Path) -> None:
    """A delivery is the state of one day."""
    said = refused_then_healed(healthy(tmp_path), NAME, changed(7, "01-01-2026", "01-12-2025"), ContractBroken)
    assert said == f"{HULP}: kolom peildatum heeft 2 peildata. Lever een bestand per peildatum."


def test_another_month_than_the_name_says_is_refused(tmp_path: Path) -> None:
    """The rows and the file name have to agree."""
    said = refused_then_healed(healthy(tmp_path), NAME, hulp().replace("01-01-2026", "01-12-2025"), ContractBroken)
    assert said == (
        f"{HULP}: kolom peildatum heeft een andere maand dan de bestandsnaam. Verbeter de naam of de levering."
    )


def test_a_known_file_under_the_name_of_another_month_is_refused(tmp_path: Path) -> None:
    """Not 'already processed': whoever sent it thinks that a month was delivered."""
    made = healthy(tmp_path)
    made.deliver(NAME, hulp())
    made.run()
    wrong = made.deliver("hulp_2026-02.csv", hulp())
    for _ in range(2):
        with pytest.raises(
            ContractBroken, match=r"hulp van februari 2026 \(bestand-3\.csv\): .* andere maand dan de bestandsnaam"
        ):
            made.run()
    wrong.unlink()
    assert made.run().deliveries[1].loaded == 40


def test_no_month_at_all_is_refused(tmp_path: Path) -> None:
    """Neither rows nor name nor source tell the census day."""
    said = refused_then_healed(healthy(tmp_path), "hulp_nu.csv", hulp().replace("01-01-2026", ""), ContractBroken)
    assert "de peildatum is niet te vinden" in said


# what is made up


def test_made_up_rows_beside_real_ones_are_refused(tmp_path: Path) -> None:
    """Within a file or between files."""
    made = healthy(tmp_path)
    made.deliver(NAME, changed(7, "FICTIEF", "gws"))
    with pytest.raises(ContractBroken, match=r"Verzonnen rijen .* staan naast echte"):
        made.run()
    made.deliver(NAME, hulp().replace("FICTIEF", "gws"))
    with pytest.raises(ContractBroken, match=r"Verzonnen rijen .* in client van januari 2026"):
        made.run()
    made.deliver("client_2026-01.csv", clients().replace("FICTIEF", "gws"))
    assert not made.run().fictional


@pytest.mark.parametrize("place", range(FIELDS))
def test_a_planted_text_in_any_column_reaches_nothing(tmp_path: Path, place: int) -> None:
    """Set aside, refused or (where the contract takes any text) loaded: never in a message, log or quarantine file."""
    cells = rows()[5].split(";")
    cells[place] = PLANTED
    made = healthy(tmp_path)
    made.deliver(NAME, hulp({7: ";".join(cells)}))
    try:
        made.run()
    except KetenError as error:
        assert PLANTED not in str(error)  # noqa: PT017 - some columns are refused, some rows set aside
    shown = b"".join(
        path.read_bytes()
        for path in [*made.workspace.quarantine.rglob("*.csv"), made.workspace.deliveries / "log.jsonl"]
    )
    assert PLANTED.encode() not in shown
    if made.workspace.extract.exists():
        verdict = extract.query(made.workspace.extract, "from verdict")
        assert PLANTED not in verdict.write_csv()
