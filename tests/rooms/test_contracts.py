"""The data contracts: they are valid, every rule finds its breach, and no value ever comes out."""

import csv
import json
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jsonschema  # type: ignore[import-untyped] # it ships no types
import pytest
import yaml

from participatieketen import contracts
from participatieketen.contracts import Contract, Outcome, Rule, Verdict
from participatieketen.errors import CorruptInput, WrongUse
from participatieketen.places import project

FOLDER = project() / "data_contracts"
CONTRACTS = contracts.read_folder(FOLDER)
DUCKDB_TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
}
ROLES = ("persoon", "begindatum", "einddatum", "reden", "groep", "uiterste_einddatum", "peildatum", "leverdatum")
ROLES_OF = {
    "client": ("client_pseudoniem", None, None, None, None, None),
    "bijstand": ("client_pseudoniem", "aanvangsdatum", "einddatum", "reden_beeindiging", None, None),
    "startbaan": ("client_pseudoniem", "datum_start", "datum_einde", "reden_einde", None, None),
    "sociale_cooperatie": ("client_pseudoniem", "datum_start", "datum_einde", "reden_einde", None, None),
    "dagbesteding": (
        "client_pseudoniem",
        "begindatum_levering",
        "einddatum_levering",
        "reden_beeindiging",
        "toewijzingnummer",
        "toewijzing_einddatum",
    ),
    "innovatielab": ("client_pseudoniem", "datum_start", "datum_einde", "reden_einde", None, None),
    "sah_deelname": (None, None, None, None, None, None),
}
# nine digits that pass the 11-proef, from public test material
TEST_NUMBERS = ("999996770", "999996782", "999900006", "999993653", "123456782")

Row = dict[str, Any]


def day(text: str) -> date:
    """Read a date."""
    return date.fromisoformat(text)


def person(number: int) -> str:
    """Pseudonym of a made-up person."""
    return f"{number:032x}"


def good(table: str, number: int) -> Row:
    """Row of a made-up person that keeps to every rule."""
    common = {"leverdatum": day("2026-01-05"), "peildatum": day("2026-01-01"), "bronsysteem": "FICTIEF"}
    own = {"client_pseudoniem": person(number)} if table != "sah_deelname" else {}
    rows: dict[str, Row] = {
        "client": {
            "geboortejaar": 1980,
            "geslacht": "1",
            "wijkcode": "WK019310",
            "leefvorm": "1",
            "opleidingsniveau": "HBO",
            "arbeidsvermogen": "ONDER_WML",
            "doelgroepenregister": "NEE",
            "trede_participatieladder": 4,
            "begindatum_trede": day("2024-01-01"),
            "datum_overlijden_maand": None,
        },
        "bijstand": {
            "registratienummer_uitkering": f"U{number}",
            "statistiekcode": "01",
            "leefvorm": "1",
            "aantal_kostendelers": 0,
            "aanvangsdatum": day("2019-01-01"),
            "einddatum": day("2024-01-31"),
            "administratieve_startdatum": day("2019-01-15"),
            "administratieve_einddatum": day("2024-02-10"),
            "reden_instroom_lokaal": "A1",
            "reden_beeindiging": "11",
            "reden_uitstroom_lokaal": "B2",
            "ontheffing": "4",
            "einddatum_ontheffing": None,
            "soort_inkomsten": "11",
            "bedrag_inkomsten": 200,
            "huisvesting": "1",
        },
        "startbaan": {
            "registratienummer_voorziening": f"V{number}",
            "type_voorziening_srg": "04",
            "type_voorziening_lokaal": "STARTBAAN",
            "formeel_werkgever": "TIEM",
            "datum_start": day("2024-02-01"),
            "datum_verwacht_einde": day("2025-01-31"),
            "datum_einde": day("2025-01-31"),
            "reden_einde": "1",
            "vervolg": "OVERNAME_WERKGEVER",
            "uren_per_week": 28.0,
            "loonwaarde_pct": 60,
            "doel": "WERK",
        },
        "sociale_cooperatie": {
            "deelname_id": f"C{number}",
            "cooperatie": "EXPEDITIE_038",
            "datum_start_proef": day("2022-10-01"),
            "datum_start": day("2023-01-01"),
            "datum_einde": day("2023-12-31"),
            "traject": "REGULIER",
            "context_werkzaamheden": "ZELFSTANDIGE",
            "uren_per_week": 12.0,
            "ontheffing_sollicitatieplicht": True,
            "reden_einde": "GESTOPT",
        },
        "dagbesteding": {
            "toewijzingnummer": 1000 + number,
            "aanbieder_agb": "12345678",
            "productcategorie": "07",
            "productcode": "07A12",
            "toewijzing_ingangsdatum": day("2022-01-01"),
            "toewijzing_einddatum": day("2023-12-31"),
            "reden_wijziging": None,
            "begindatum_levering": day("2022-01-10"),
            "einddatum_levering": day("2022-12-31"),
            "reden_beeindiging": "19",
            "volume": 4,
            "eenheid": "16",
            "frequentie": "2",
            "leveringsvorm": "ZIN",
            "beschikking_datum": day("2021-12-20"),
        },
        "innovatielab": {
            "deelname_id": f"I{number}",
            "team": "TIEM",
            "datum_start": day("2023-01-01"),
            "datum_einde": day("2023-06-30"),
            "reden_einde": "AFGEROND",
        },
        "sah_deelname": {
            "aanbieder": f"Voorbeeld {number}",
            "jaar": 2025,
            "kwartaal": 1,
            "pijler": "BEGELEIDING",
            "aantal_deelnemers": 25,
        },
    }
    return own | rows[table] | common


def world(**tables: Sequence[Row]) -> dict[str, list[Row]]:
    """Every table with persons 1 and 2, in order; what is named replaces a table."""
    return {name: list(tables.get(name, [good(name, 1), good(name, 2)])) for name in CONTRACTS}


def fill(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Row]]) -> None:
    """Write staged tables as intake does; the first row is line 2 of its file."""
    connection.execute("create schema levering")
    for name, rows in tables.items():
        fields = CONTRACTS[name].fields
        columns = ", ".join(f'"{one.name}" {DUCKDB_TYPES[one.type]}' for one in fields)
        connection.execute(f"create table levering.{name} (regel bigint, {columns})")
        marks = ", ".join("?" * (len(fields) + 1))
        for line, row in enumerate(rows, start=2):
            values = [line, *(row[one.name] for one in fields)]
            connection.execute(f"insert into levering.{name} values ({marks})", values)  # noqa: S608 # own names


def stage(database: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write staged tables to a file."""
    with closing(duckdb.connect(str(database))) as connection:
        fill(connection, tables)
    return database


def rule_of(contract: str, name: str) -> Rule:
    """Rule of a shipped contract."""
    return next(rule for rule in CONTRACTS[contract].rules if rule.name == name)


def found(tables: Mapping[str, Sequence[Row]], contract: str, *names: str) -> list[int]:
    """Lines that rules of a shipped contract name."""
    with closing(duckdb.connect()) as connection:
        fill(connection, tables)
        rows = [contracts.breaching_rows(connection, rule_of(contract, name), contract) for name in names]
        return sorted(line for lines in rows for line in lines)


@dataclass(frozen=True)
class Breach:
    """Person 2's row (line 3) with changes, beside person 1's sound row; `lines` are what the rule should name.

    more    further rows of the same table, as (person, changes)
    others  changes to person 2's row of other tables; None = that row is not there
    """

    contract: str
    rule: str
    severity: str
    changes: Row
    lines: tuple[int, ...] = (3,)
    more: tuple[tuple[int, Row], ...] = ()
    others: Mapping[str, Row | None] = field(default_factory=dict)

    def rows(self) -> list[Row]:
        """Rows of the table itself."""
        broken = good(self.contract, 2) | self.changes
        return [good(self.contract, 1), broken, *(good(self.contract, number) | row for number, row in self.more)]

    def tables(self) -> dict[str, list[Row]]:
        """Every table."""
        others = {
            name: [good(name, 1), *([] if row is None else [good(name, 2) | row])] for name, row in self.others.items()
        }
        return world(**{self.contract: self.rows()}, **others)


def missing(contract: str, severity: str, *fields: str) -> list[Breach]:
    """Give one breach per field that may not be empty."""
    return [Breach(contract, f"{name}_verplicht", severity, {name: None}) for name in fields]


def outside_code_list(contract: str, severity: str, *fields: str) -> list[Breach]:
    """Give one breach per field with a code list."""
    return [
        Breach(contract, f"{name}_codelijst", severity, {name: 99 if name == "trede_participatieladder" else "99x"})
        for name in fields
    ]


def out_of_range(contract: str, severity: str, **values: object) -> list[Breach]:
    """Give one breach per field with a limit."""
    return [Breach(contract, f"{name}_bereik", severity, {name: value}) for name, value in values.items()]


def too_long(contract: str, **lengths: int) -> list[Breach]:
    """Give one breach per text with a longest length."""
    return [Breach(contract, f"{name}_lengte", "warning", {name: "x" * (n + 1)}) for name, n in lengths.items()]


def of_all(contract: str) -> list[Breach]:
    """Breaches of the columns that every contract has."""
    return [
        *missing(contract, "error", "leverdatum", "peildatum", "bronsysteem"),
        *outside_code_list(contract, "warning", "bronsysteem"),
        Breach(contract, "een_peildatum", "error", {"peildatum": day("2025-12-01")}, more=((3, {}),)),
        Breach(contract, "leverdatum_voor_peildatum", "warning", {"leverdatum": day("2025-12-31")}),
    ]


def of_persons(contract: str) -> list[Breach]:
    """Breaches of the column that names the person."""
    return [
        *missing(contract, "error", "client_pseudoniem"),
        Breach(contract, "client_pseudoniem_patroon", "error", {"client_pseudoniem": "A" * 32}),
        Breach(contract, "client_pseudoniem_relatie", "quarantine", {"client_pseudoniem": person(99)}),
    ]


def of_spells(contract: str, begin: str, end: str) -> list[Breach]:
    """Breaches of a begin and an end date."""
    return [
        *missing(contract, "quarantine", begin),
        *out_of_range(contract, "quarantine", **{begin: day("1949-12-31")}),
        Breach(contract, "einde_voor_begin", "quarantine", {begin: day("2023-05-02"), end: day("2023-05-01")}),
        Breach(contract, "begin_ver_na_peildatum", "quarantine", {begin: day("2026-03-02"), end: None}),
        Breach(contract, "begin_na_peildatum", "warning", {begin: day("2026-03-01"), end: None}),
        Breach(contract, "einde_na_peildatum", "warning", {end: day("2026-01-02")}),
        Breach(
            contract,
            "na_overlijden",
            "warning",
            {end: None},
            others={"client": {"datum_overlijden_maand": day("2025-11-01")}},
        ),
    ]


BREACHES = [
    # client
    Breach("client", "sleutel", "error", {"client_pseudoniem": person(1)}, (2, 3)),
    *missing("client", "error", "client_pseudoniem"),
    *missing("client", "warning", "geboortejaar"),
    Breach("client", "client_pseudoniem_patroon", "error", {"client_pseudoniem": "a" * 31}),
    *out_of_range("client", "warning", geboortejaar=1899),
    *out_of_range("client", "warning", begindatum_trede=day("1999-12-31")),
    *out_of_range("client", "warning", datum_overlijden_maand=day("1949-12-01")),
    *outside_code_list("client", "warning", "geslacht", "wijkcode", "leefvorm", "opleidingsniveau"),
    *outside_code_list("client", "warning", "arbeidsvermogen", "doelgroepenregister", "trede_participatieladder"),
    *of_all("client"),
    Breach("client", "geboortejaar_na_peildatum", "warning", {"geboortejaar": 2027}),
    Breach("client", "trede_met_begindatum", "warning", {"begindatum_trede": None}),
    Breach("client", "trede_na_peildatum", "warning", {"begindatum_trede": day("2026-01-02")}),
    Breach("client", "overlijden_eerste_van_maand", "warning", {"datum_overlijden_maand": day("2025-03-02")}),
    Breach("client", "overlijden_na_peildatum", "warning", {"datum_overlijden_maand": day("2026-02-01")}),
    # bijstand
    Breach(
        "bijstand",
        "sleutel",
        "error",
        {"registratienummer_uitkering": "U1", "client_pseudoniem": person(1), "einddatum": day("2020-01-01")},
        (2, 3),
    ),
    *of_all("bijstand"),
    *of_persons("bijstand"),
    *of_spells("bijstand", "aanvangsdatum", "einddatum"),
    *missing("bijstand", "error", "registratienummer_uitkering", "statistiekcode"),
    *too_long("bijstand", registratienummer_uitkering=15, reden_instroom_lokaal=40, reden_uitstroom_lokaal=40),
    *outside_code_list("bijstand", "error", "statistiekcode"),
    *outside_code_list("bijstand", "warning", "leefvorm", "reden_beeindiging", "ontheffing", "soort_inkomsten"),
    *outside_code_list("bijstand", "warning", "huisvesting"),
    *out_of_range("bijstand", "warning", aantal_kostendelers=-1, bedrag_inkomsten=-1),
    Breach("bijstand", "reden_bij_einde", "warning", {"reden_beeindiging": None}),
    Breach("bijstand", "bijzondere_bijstand", "quarantine", {"statistiekcode": "12"}),
    Breach(
        "bijstand",
        "overlap",
        "warning",
        {},
        (4,),
        more=((2, {"registratienummer_uitkering": "U9", "aanvangsdatum": day("2024-01-31")}),),
    ),
    Breach(
        "bijstand",
        "korte_onderbreking",
        "warning",
        {},
        (4,),
        more=((2, {"aanvangsdatum": day("2024-03-02"), "einddatum": None, "reden_beeindiging": None}),),
    ),
    Breach(
        "bijstand",
        "meer_dan_twee_personen",
        "warning",
        {"registratienummer_uitkering": "U1"},
        (2, 3, 4),
        more=((3, {"registratienummer_uitkering": "U1"}),),
    ),
    Breach("bijstand", "partner_ontbreekt", "warning", {"leefvorm": "3"}),
    Breach("bijstand", "reden_partner_leefvorm", "warning", {"reden_beeindiging": "97"}),
    Breach("bijstand", "start_laat_verwerkt", "warning", {"administratieve_startdatum": day("2019-04-04")}),
    Breach("bijstand", "einde_laat_verwerkt", "warning", {"administratieve_einddatum": day("2024-05-03")}),
    Breach("bijstand", "bedrag_bij_inkomsten", "warning", {"bedrag_inkomsten": None}),
    Breach(
        "bijstand",
        "einde_ontheffing_zonder_ontheffing",
        "warning",
        {"ontheffing": None, "einddatum_ontheffing": day("2022-01-01")},
    ),
    Breach("bijstand", "jonger_dan_18", "warning", {}, others={"client": {"geboortejaar": 2002}}),
    Breach("bijstand", "na_aow_leeftijd", "warning", {}, others={"client": {"geboortejaar": 1955}}),
    # startbaan
    Breach("startbaan", "sleutel", "error", {"registratienummer_voorziening": "V1"}, (2, 3)),
    *of_all("startbaan"),
    *of_persons("startbaan"),
    *of_spells("startbaan", "datum_start", "datum_einde"),
    *missing("startbaan", "error", "registratienummer_voorziening"),
    *missing("startbaan", "quarantine", "type_voorziening_lokaal"),
    *too_long("startbaan", registratienummer_voorziening=15),
    *outside_code_list("startbaan", "quarantine", "type_voorziening_lokaal"),
    *outside_code_list("startbaan", "warning", "type_voorziening_srg", "formeel_werkgever", "reden_einde"),
    *outside_code_list("startbaan", "warning", "vervolg", "doel"),
    *out_of_range("startbaan", "warning", uren_per_week=0, loonwaarde_pct=101),
    Breach("startbaan", "reden_bij_einde", "warning", {"datum_einde": None}),
    Breach(
        "startbaan",
        "overlap",
        "warning",
        {},
        (4,),
        more=((2, {"registratienummer_voorziening": "V9", "datum_start": day("2025-01-31")}),),
    ),
    Breach("startbaan", "looptijd_contract", "warning", {"datum_verwacht_einde": day("2024-07-31")}),
    Breach("startbaan", "loonwaarde_zonder_subsidie", "warning", {"type_voorziening_srg": "06"}),
    Breach(
        "startbaan",
        "korter_dan_twee_jaar_bijstand",
        "warning",
        {},
        others={"bijstand": {"aanvangsdatum": day("2022-02-02")}},
    ),
    Breach("startbaan", "bijstand_tijdens_startbaan", "warning", {}, others={"bijstand": {"einddatum": None}}),
    # sociale_cooperatie
    Breach("sociale_cooperatie", "sleutel", "error", {"deelname_id": "C1"}, (2, 3)),
    *of_all("sociale_cooperatie"),
    *of_persons("sociale_cooperatie"),
    *of_spells("sociale_cooperatie", "datum_start", "datum_einde"),
    *missing("sociale_cooperatie", "error", "deelname_id"),
    *missing("sociale_cooperatie", "warning", "cooperatie"),
    *too_long("sociale_cooperatie", deelname_id=15),
    *outside_code_list("sociale_cooperatie", "warning", "cooperatie", "traject", "context_werkzaamheden"),
    *outside_code_list("sociale_cooperatie", "warning", "reden_einde"),
    *out_of_range("sociale_cooperatie", "warning", uren_per_week=40.5, datum_start_proef=day("2021-09-30")),
    Breach("sociale_cooperatie", "reden_bij_einde", "warning", {"reden_einde": None}),
    Breach(
        "sociale_cooperatie",
        "overlap",
        "warning",
        {},
        (4,),
        more=((2, {"deelname_id": "C9", "datum_start": day("2023-12-31")}),),
    ),
    Breach("sociale_cooperatie", "proef_na_start", "warning", {"datum_start_proef": day("2023-01-02")}),
    Breach("sociale_cooperatie", "geen_bijstand_bij_start", "warning", {}, others={"bijstand": None}),
    Breach("sociale_cooperatie", "geen_ontheffing", "warning", {"ontheffing_sollicitatieplicht": False}),
    Breach(
        "sociale_cooperatie", "ontheffing_niet_in_bijstand", "warning", {}, others={"bijstand": {"ontheffing": "2"}}
    ),
    Breach("sociale_cooperatie", "zelfstandig_zonder_uitstroom", "warning", {"reden_einde": "ZELFSTANDIG"}),
    # dagbesteding
    Breach(
        "dagbesteding",
        "sleutel",
        "error",
        {"client_pseudoniem": person(1), "toewijzingnummer": 1001, "volume": 5},
        (2, 3),
    ),
    *of_all("dagbesteding"),
    *of_persons("dagbesteding"),
    *of_spells("dagbesteding", "begindatum_levering", "einddatum_levering"),
    *missing("dagbesteding", "error", "toewijzingnummer", "productcategorie"),
    *missing("dagbesteding", "warning", "toewijzing_ingangsdatum"),
    *out_of_range("dagbesteding", "warning", toewijzingnummer=1_000_000_000, volume=-1),
    Breach("dagbesteding", "aanbieder_agb_patroon", "warning", {"aanbieder_agb": "1234567"}),
    Breach("dagbesteding", "productcode_patroon", "warning", {"productcode": "02A12"}),
    *outside_code_list("dagbesteding", "warning", "productcategorie", "reden_wijziging", "reden_beeindiging"),
    *outside_code_list("dagbesteding", "warning", "eenheid", "frequentie", "leveringsvorm"),
    Breach("dagbesteding", "reden_bij_einde", "warning", {"einddatum_levering": None}),
    Breach("dagbesteding", "andere_productcategorie", "error", {"productcategorie": "02"}),
    Breach("dagbesteding", "toewijzing_voor_regime", "error", {"toewijzing_ingangsdatum": day("2021-09-30")}),
    Breach("dagbesteding", "toewijzing_einde_voor_begin", "quarantine", {"toewijzing_einddatum": day("2021-12-31")}),
    Breach("dagbesteding", "toewijzing_verwijderd", "quarantine", {"reden_wijziging": "13"}),
    Breach("dagbesteding", "toewijzing_van_een_dag", "warning", {"toewijzing_einddatum": day("2022-01-01")}),
    Breach("dagbesteding", "toewijzing_van_meer_personen", "warning", {"toewijzingnummer": 1001}, (2, 3)),
    Breach("dagbesteding", "levering_voor_toewijzing", "warning", {"begindatum_levering": day("2021-12-31")}),
    Breach("dagbesteding", "levering_na_toewijzing", "warning", {"einddatum_levering": day("2024-01-01")}),
    Breach(
        "dagbesteding",
        "meer_definitieve_stops",
        "warning",
        {},
        (3, 4),
        more=((2, {"einddatum_levering": day("2023-01-31")}),),
    ),
    Breach(
        "dagbesteding",
        "stop_voor_onderbreking",
        "warning",
        {},
        more=((2, {"einddatum_levering": day("2023-01-31"), "reden_beeindiging": "20"}),),
    ),
    Breach("dagbesteding", "overlap", "warning", {}, (4,), more=((2, {"begindatum_levering": day("2022-12-31")}),)),
    Breach("dagbesteding", "omvang_volledig", "warning", {"frequentie": None}),
    Breach("dagbesteding", "frequentie_bij_eenheid", "warning", {"frequentie": "1"}),
    Breach("dagbesteding", "einddatum_bij_week", "warning", {"toewijzing_einddatum": None}),
    Breach("dagbesteding", "meer_dan_tien_dagdelen", "warning", {"volume": 11}),
    Breach("dagbesteding", "beschikking_laat", "warning", {"beschikking_datum": day("2022-04-04")}),
    Breach("dagbesteding", "na_aow_leeftijd", "warning", {}, others={"client": {"geboortejaar": 1953}}),
    # innovatielab
    Breach("innovatielab", "sleutel", "error", {"deelname_id": "I1"}, (2, 3)),
    *of_all("innovatielab"),
    *of_persons("innovatielab"),
    *of_spells("innovatielab", "datum_start", "datum_einde"),
    *missing("innovatielab", "error", "deelname_id"),
    *missing("innovatielab", "warning", "team"),
    *too_long("innovatielab", deelname_id=15),
    *outside_code_list("innovatielab", "warning", "team", "reden_einde"),
    Breach("innovatielab", "reden_zonder_einde", "warning", {"datum_einde": None}),
    Breach(
        "innovatielab",
        "overlap",
        "warning",
        {},
        (4,),
        more=((2, {"deelname_id": "I9", "datum_start": day("2023-06-30")}),),
    ),
    # sah_deelname
    Breach("sah_deelname", "sleutel", "error", {"aanbieder": "Voorbeeld 1", "aantal_deelnemers": 3}, (2, 3)),
    *of_all("sah_deelname"),
    *missing("sah_deelname", "error", "aanbieder", "jaar", "kwartaal", "pijler"),
    *missing("sah_deelname", "quarantine", "aantal_deelnemers"),
    *too_long("sah_deelname", aanbieder=40),
    *out_of_range("sah_deelname", "quarantine", jaar=2020, kwartaal=5, aantal_deelnemers=-1),
    *outside_code_list("sah_deelname", "warning", "pijler"),
    Breach("sah_deelname", "kwartaal_na_peildatum", "quarantine", {"jaar": 2026, "kwartaal": 2}),
]
CITIZEN_NUMBERS = [
    (contract.name, rule.name.removesuffix("_geen_bsn"))
    for contract in CONTRACTS.values()
    for rule in contract.rules
    if rule.name.endswith("_geen_bsn")
]


# --- the shipped contracts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda one: one.name)
def test_a_shipped_contract_is_valid_odcs(contract: Contract) -> None:
    """The standard's own JSON schema accepts the file."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
    document = yaml.safe_load(contract.path.read_text(encoding="utf-8"))
    jsonschema.Draft201909Validator(schema).validate(document)
    assert (document["kind"], document["apiVersion"]) == ("DataContract", "v3.1.0")


def test_the_registers_and_the_persons_have_a_contract() -> None:
    """Seven tables: persons, five registers and one table of counts."""
    kinds = {name: contract.kind for name, contract in CONTRACTS.items()}
    assert [name for name, kind in kinds.items() if kind == "personen"] == ["client"]
    assert [name for name, kind in kinds.items() if kind == "telling"] == ["sah_deelname"]
    assert len(kinds) == 7


@pytest.mark.parametrize("name", CONTRACTS)
def test_fields_play_the_roles_the_chain_needs(name: str) -> None:
    """Person, dates, reason and allocation are found by role, not by name."""
    expected = dict(zip(ROLES, (*ROLES_OF[name], "peildatum", "leverdatum"), strict=True))
    assert {role: CONTRACTS[name].role(role) for role in ROLES} == expected


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda one: one.name)
def test_every_rule_says_what_and_whence(contract: Contract) -> None:
    """Rules have a name of their own, a Dutch message that starts with a field, and a source."""
    assert len({rule.name for rule in contract.rules}) == len(contract.rules)
    for rule in contract.rules:
        assert rule.message.startswith(rule.fields[0])
        assert rule.source
        assert set(rule.fields) <= {one.name for one in contract.fields}


def test_end_dates_know_their_fillers() -> None:
    """A date far away or long gone means that there is no end."""
    fillers = (day("9999-12-31"), day("2999-12-31"), day("1900-01-01"))
    ends = {one.name: one.open_end for one in CONTRACTS["dagbesteding"].fields if one.open_end}
    assert ends == {"toewijzing_einddatum": fillers, "einddatum_levering": fillers}


def test_every_code_list_is_used_and_has_a_source() -> None:
    """Files in codelists have unique codes, a description and a source, and a contract that refers to them."""
    used = {one.codelist for contract in CONTRACTS.values() for one in contract.fields if one.codelist}
    assert {path.stem for path in (FOLDER / "codelists").glob("*.csv")} == used
    for name in used:
        with (FOLDER / "codelists" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter=";"))
        assert all(list(row) == ["code", "omschrijving", "bron"] and all(row.values()) for row in rows)
        assert list(contracts.code_list(FOLDER, name)) == [row["code"] for row in rows]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("wijken", 16),
        ("bus34", 21),
        ("wmo588", 11),
        ("participatieladder", 6),
        ("statistiekcode", 6),
        ("wmo020", 18),
    ],
)
def test_code_lists_are_complete(name: str, codes: int) -> None:
    """The lists have as many codes as their sources print."""
    assert len(contracts.code_list(FOLDER, name)) == codes


# --- every rule finds its breach --------------------------------------------------------------------------------


def test_every_rule_of_every_contract_has_a_breach_here() -> None:
    """No rule ships untested."""
    tested = {(one.contract, one.rule) for one in BREACHES} | {(c, f"{name}_geen_bsn") for c, name in CITIZEN_NUMBERS}
    assert tested == {(contract.name, rule.name) for contract in CONTRACTS.values() for rule in contract.rules}


@pytest.mark.parametrize("breach", BREACHES, ids=lambda one: f"{one.contract}-{one.rule}")
def test_a_rule_names_the_row_that_breaks_it(breach: Breach) -> None:
    """One sound row and one broken row: only the broken one is named, with the severity that was meant."""
    assert found(breach.tables(), breach.contract, breach.rule) == list(breach.lines)
    assert rule_of(breach.contract, breach.rule).severity == breach.severity


@pytest.mark.parametrize(("contract", "name"), CITIZEN_NUMBERS)
def test_a_column_of_citizen_service_numbers_is_refused(contract: str, name: str) -> None:
    """Five numbers that pass the 11-proef give the column away; the same five plus one do not."""
    kinds = {one.name: one.type for one in CONTRACTS[contract].fields}
    number = int if kinds[name] == "integer" else str
    rows = [good(contract, i) | {name: number(value)} for i, value in enumerate(TEST_NUMBERS, start=1)]
    mixed = [*rows, good(contract, 6) | {name: number("12")}]
    assert found(world(**{contract: rows}), contract, f"{name}_geen_bsn") == [2, 3, 4, 5, 6]
    assert found(world(**{contract: mixed}), contract, f"{name}_geen_bsn") == []
    assert rule_of(contract, f"{name}_geen_bsn").severity == "error"


def test_a_lost_leading_zero_does_not_hide_a_citizen_service_number() -> None:
    """Eight digits are padded before they are tested."""
    numbers = [n for n in range(10_000_000, 10_000_200) if eleven(f"{n:09d}")][:5]
    rows = [good("dagbesteding", i) | {"toewijzingnummer": n} for i, n in enumerate(numbers, start=1)]
    assert len(found(world(dagbesteding=rows), "dagbesteding", "toewijzingnummer_geen_bsn")) == 5


def eleven(number: str) -> bool:
    """Say whether nine digits pass the 11-proef: the slow twin of the query."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=True)) % 11 == 0


def test_a_pause_and_the_stop_after_it_are_two_sound_rows() -> None:
    """Stop reason 20 and a definitive stop share allocation and start, even on the same day."""
    rows = [good("dagbesteding", 1), good("dagbesteding", 1) | {"reden_beeindiging": "20"}]
    names = [rule.name for rule in CONTRACTS["dagbesteding"].rules]
    assert found(world(dagbesteding=rows), "dagbesteding", *names) == []


def test_spells_that_touch_do_not_overlap() -> None:
    """End dates are inclusive: starting the day after is no overlap and no interruption."""
    later = {"aanvangsdatum": day("2024-02-01"), "einddatum": None, "reden_beeindiging": None}
    rows = [good("bijstand", 1), good("bijstand", 1) | later]
    assert found(world(bijstand=rows), "bijstand", "overlap", "korte_onderbreking") == []


# --- Great Expectations counts what the queries name --------------------------------------------------------------


def test_a_good_delivery_passes(tmp_path: Path) -> None:
    """Two sound persons in every register: no rule is broken and there is nothing to refuse."""
    (tmp_path / "map met spatie").mkdir()
    database = stage(tmp_path / "map met spatie" / "rijen.duckdb", world())
    verdict = contracts.check(database, CONTRACTS.values())
    assert [outcome for outcome in verdict.outcomes if not outcome.passed] == []
    assert (verdict.ok, verdict.refusal()) == (True, "")
    assert {(outcome.contract, outcome.total) for outcome in verdict.outcomes} == {(name, 2) for name in CONTRACTS}
    assert len(verdict.outcomes) == sum(len(contract.rules) for contract in CONTRACTS.values())


def broken_world() -> dict[str, list[Row]]:
    """Every breach of every contract in one delivery."""
    return {
        name: [good(name, 1), *(row for one in BREACHES if one.contract == name for row in one.rows()[1:])]
        for name in CONTRACTS
    }


def test_counts_are_those_of_the_rows_that_are_named(tmp_path: Path) -> None:
    """For every rule, Great Expectations counts as many rows as the same query names."""
    database = stage(tmp_path / "rijen.duckdb", broken_world())
    verdict = contracts.check(database, CONTRACTS.values())
    assert not verdict.ok
    with closing(duckdb.connect(str(database))) as connection:  # for writing: nothing was left open
        named = [
            len(contracts.breaching_rows(connection, rule_of(one.contract, one.rule), one.contract))
            for one in verdict.outcomes
        ]
    assert [outcome.unexpected for outcome in verdict.outcomes] == named
    assert sum(not outcome.passed for outcome in verdict.outcomes) > 150


def test_more_than_200_rows_are_counted_in_full(tmp_path: Path) -> None:
    """Great Expectations reads at most 200 rows; the count is not cut there."""
    rows = [good("sah_deelname", i) | {"aantal_deelnemers": -1} for i in range(1, 1234)]
    database = stage(tmp_path / "rijen.duckdb", world(sah_deelname=rows))
    verdict = contracts.check(database, [CONTRACTS["sah_deelname"]])
    counts = {outcome.rule: (outcome.unexpected, outcome.total) for outcome in verdict.outcomes}
    assert counts["aantal_deelnemers_bereik"] == (1233, 1233)


def made_up(query: str) -> Contract:
    """Contract with one rule of our own."""
    rule = Rule("eigen_regel", ("wijkcode",), "error", query, "wijkcode: bestaat niet", "test", None)
    return replace(CONTRACTS["client"], rules=(rule,))


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("select regel from {batch} where geen_kolom = 1", "BinderException"),
        ("select regel from {batch} where cast(wijkcode as integer) = 1", "ConversionException"),
        ("select regel from {batch} where where", "ParserException"),
    ],
)
def test_a_rule_that_cannot_run_is_no_pass(
    query: str, kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A rule with an SQL error stops the check, names itself and the kind of error, and quotes no value."""
    database = stage(tmp_path / "rijen.duckdb", world(client=[good("client", 1) | {"wijkcode": "GEHEIM"}]))
    with pytest.raises(WrongUse, match=rf"Regel eigen_regel van contract client kan niet .* \({kind}\)") as raised:
        contracts.check(database, [made_up(query)])
    with closing(duckdb.connect(str(database))) as connection, pytest.raises(WrongUse, match="eigen_regel") as named:
        contracts.breaching_rows(connection, made_up(query).rules[0], "client")
    shown = "".join([*traceback.format_exception(raised.value), *traceback.format_exception(named.value)])
    assert "GEHEIM" not in shown + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("select regel from {batch} where wijkcode = 'a:b%c'", 1),
        ("select regel from {batch} where wijkcode like '%:%'", 1),
        ("select regel from {batch} where regexp_full_match(wijkcode, '(?:a:).{{3}}')", 1),
        ("select regel from {batch} where wijkcode::varchar <> 'a:b%c'", 1),
    ],
)
def test_signs_with_a_meaning_elsewhere_stay_as_written(query: str, count: int, tmp_path: Path) -> None:
    """Colons, per cent signs and braces reach DuckDB unchanged through Great Expectations and SQLAlchemy."""
    rows = [good("client", 1) | {"wijkcode": "a:b%c"}, good("client", 2)]
    database = stage(tmp_path / "rijen.duckdb", world(client=rows))
    verdict = contracts.check(database, [made_up(query)])
    assert [outcome.unexpected for outcome in verdict.outcomes] == [count]
    with closing(duckdb.connect(str(database))) as connection:
        assert len(contracts.breaching_rows(connection, made_up(query).rules[0], "client")) == count


def test_no_value_leaves_with_the_verdict(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Planted values break rules of every kind and are nowhere in what comes out or is printed."""
    planted = {
        "registratienummer_uitkering": "GEHEIM-GEHEIM-GEHEIM",
        "client_pseudoniem": "GEHEIM",
        "huisvesting": "GEHEIM",
        "einddatum": day("1911-11-11"),
        "bedrag_inkomsten": -424242,
    }
    database = stage(tmp_path / "rijen.duckdb", world(bijstand=[good("bijstand", 1), good("bijstand", 2) | planted]))
    verdict = contracts.check(database, [CONTRACTS["bijstand"]])
    shown = repr(verdict) + verdict.refusal() + repr(verdict.as_rows()) + caplog.text + "".join(capfd.readouterr())
    broken = {outcome.rule for outcome in verdict.outcomes if not outcome.passed}
    assert {"huisvesting_codelijst", "client_pseudoniem_patroon", "einde_voor_begin"} < broken
    assert not [value for value in ("GEHEIM", "1911", "11-11", "424242") if value in shown]


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    """A process that checks a delivery ends without a word on its screen and without files of its own."""
    database = stage(tmp_path / "rijen.duckdb", world())
    program = (
        "import sys; from pathlib import Path; from participatieketen import contracts; "
        "from participatieketen.places import project; "
        "found = contracts.read_folder(project() / 'data_contracts'); "
        "assert 'great_expectations' not in sys.modules; "
        "print(contracts.check(Path(sys.argv[1]), found.values()).ok)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(database)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["rijen.duckdb"]


def test_what_is_not_staged_is_refused(tmp_path: Path) -> None:
    """A missing table, column or register that a rule needs is named, all at once."""
    tables = {"startbaan": [good("startbaan", 1)]}
    database = stage(tmp_path / "rijen.duckdb", tables)
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("alter table levering.startbaan drop column doel")
        connection.execute("alter table levering.startbaan alter uren_per_week type varchar")
    with pytest.raises(WrongUse) as raised:
        contracts.check(database, [CONTRACTS["startbaan"], CONTRACTS["bijstand"]])
    for part in (
        "kolom startbaan.doel ontbreekt",
        "kolom startbaan.uren_per_week is niet van het type number",
        "tabel bijstand ontbreekt",
        "heeft ook de levering van client nodig",
    ):
        assert part in str(raised.value)


def test_a_damaged_database_is_corrupt_input(tmp_path: Path) -> None:
    """A file that is no database gives one Dutch line."""
    database = tmp_path / "rijen.duckdb"
    database.write_bytes(b"GEHEIM" * 1000)
    with pytest.raises(CorruptInput, match=r"rijen\.duckdb kan niet worden gelezen") as raised:
        contracts.check(database, CONTRACTS.values())
    assert "GEHEIM" not in str(raised.value)


def test_another_schema_may_hold_the_delivery(tmp_path: Path) -> None:
    """Relations are looked up in the schema that is checked."""
    database = stage(tmp_path / "rijen.duckdb", world(client=[good("client", 1)]))
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("create schema elders")
        for table in ("client", "innovatielab"):
            connection.execute(f"create table elders.{table} as from levering.{table}")
        connection.execute("drop schema levering cascade")
    verdict = contracts.check(database, [CONTRACTS["innovatielab"]], schema="elders")
    assert [one.rule for one in verdict.outcomes if not one.passed] == ["client_pseudoniem_relatie"]


# --- what the deliverer reads -----------------------------------------------------------------------------------


def outcome(rule: str, message: str, unexpected: int, severity: Any = "error", share: float | None = None) -> Outcome:  # noqa: ANN401 # one of three words
    """Outcome of a rule of dagbesteding."""
    label = "data_contracts/dagbesteding.odcs.yaml (v2)"
    return Outcome("dagbesteding", rule, (rule,), severity, message, "test", unexpected, 41902, share, label)


ENDS = "einddatum_levering: voor begindatum_levering"


def test_a_refusal_lists_what_was_hit_with_counts() -> None:
    """Errors and rows set aside are named per contract; warnings and what passed are not."""
    verdict = Verdict(
        (
            outcome("a", ENDS, 17, "quarantine", 0.005),
            outcome("b", "volume: meer dan 10 dagdelen per week", 3000, "warning"),
            outcome("c", "eenheid: ontbreekt", 0),
            outcome("d", "productcode: past niet op 07xxx", 1203),
        )
    )
    assert verdict.refusal() == (
        "Levering breekt data_contracts/dagbesteding.odcs.yaml (v2), 2 regels geraakt:\n"
        "  einddatum_levering: voor begindatum_levering - 17 van 41.902 rijen (quarantaine)\n"
        "  productcode: past niet op 07xxx - 1.203 van 41.902 rijen\n"
        "Er is niets geladen. Verbeter de levering, of pas het contract aan en hoog de versie op."
    )


@pytest.mark.parametrize(("rows", "stops"), [(209, False), (210, True)])
def test_too_many_rows_aside_stop_the_delivery(rows: int, stops: bool) -> None:  # noqa: FBT001 # a table of cases
    """More than the share of a quarantine rule (0.5 % of 41,902 is 209.51) counts as an error."""
    verdict = Verdict((outcome("a", ENDS, rows, "quarantine", 0.005),))
    assert verdict.ok is not stops
    assert ("1 regel geraakt" in verdict.refusal()) is stops
    assert ("(quarantaine, meer dan 0,5 %)" in verdict.refusal()) is stops


def test_a_warning_never_stops_a_delivery() -> None:
    """Warnings are counted and shown, and the delivery goes on."""
    verdict = Verdict((outcome("a", ENDS, 41902, "warning"),))
    assert (verdict.ok, verdict.refusal()) == (True, "")
    assert verdict.as_rows() == [
        {
            "contract": "dagbesteding",
            "rule": "a",
            "severity": "warning",
            "message": ENDS,
            "source": "test",
            "unexpected": 41902,
            "total": 41902,
            "passed": False,
        }
    ]


# --- contracts that are wrong -----------------------------------------------------------------------------------


def small(**changes: object) -> dict[str, Any]:
    """Contract with one field and one rule."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "test",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "klein",
                "customProperties": [
                    {"property": "soort", "value": "register"},
                    {"property": "quarantaine_max", "value": 0.05},
                ],
                "properties": [
                    {"name": "code", "logicalType": "string", "required": True, "primaryKey": True},
                ],
                "quality": [
                    {
                        "type": "custom",
                        "engine": "greatExpectations",
                        "severity": "warning",
                        "description": "is leeg",
                        "implementation": {
                            "type": "unexpected_rows_expectation",
                            "kwargs": {"unexpected_rows_query": "select regel from {batch} where code = ''"},
                            "meta": {"name": "leeg", "fields": ["code"], "source": "test"},
                        },
                    }
                ],
            }
        ],
    } | changes


def written(folder: Path, document: object, name: str = "klein.odcs.yaml") -> Path:
    """Write a contract."""
    path = folder / name
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def at(document: dict[str, Any], *steps: str | int) -> Any:  # noqa: ANN401 # any place in a document
    """Go down into a document."""
    place: Any = document
    for step in steps:
        place = place[step]
    return place


def test_a_contract_of_ones_own_is_read(tmp_path: Path) -> None:
    """A short contract gives its key, its required field, the guard against citizen numbers and its own rule."""
    contract = contracts.read(written(tmp_path, small()))
    assert [rule.name for rule in contract.rules] == ["sleutel", "code_verplicht", "code_geen_bsn", "leeg"]
    assert (contract.name, contract.version, contract.kind, contract.end_inclusive) == (
        "klein",
        "1.0.0",
        "register",
        True,
    )
    assert contract.label == f"{tmp_path.name}/klein.odcs.yaml (v1.0.0)"


FIELD = ("schema", 0, "properties", 0)
CHECK = ("schema", 0, "quality", 0)
QUERY = (*CHECK, "implementation", "kwargs")
META = (*CHECK, "implementation", "meta")


@pytest.mark.parametrize(
    ("steps", "key", "value", "expected"),
    [
        ((), "apiVersion", "v2.2.0", "apiVersion: verwacht kind DataContract en apiVersion v3.1.0"),
        ((), "kind", "Iets", "apiVersion: verwacht kind"),
        ((), "id", "", "id: ontbreekt"),
        ((), "owner", "x", "owner: onbekend veld"),
        ((), "schema", [], "schema: verwacht precies een tabel, gevonden 0"),
        ((), "version", ["1"], "version: verkeerd soort waarde"),
        (("schema", 0), "name", "Groot", "schema[0].name: de tabel heet zoals het bestand"),
        (("schema", 0), "properties", [], "schema[0].properties: er staan geen velden in"),
        (("schema", 0, "customProperties", 0), "value", "lijst", "soort is een van personen, register, telling"),
        (("schema", 0, "customProperties", 1), "value", 5, "quarantaine_max is een aandeel van 0 tot 1"),
        (("schema", 0, "customProperties", 1), "property", "max", "max is niet bekend"),
        (FIELD, "requird", True, "schema[0].properties[0].requird: onbekend veld"),
        (FIELD, "required", "soms", "schema[0].properties[0].required: verkeerd soort waarde"),
        (FIELD, "name", "Code 1", "schema[0].properties[0].name: een naam bestaat uit"),
        (FIELD, "name", "regel", "schema[0].properties[0].name: een naam bestaat uit"),
        (FIELD, "logicalType", "timestamp", "schema[0].properties[0].logicalType: verwacht een van string"),
        (FIELD, "logicalTypeOptions", {"format": "uuid"}, "format is niet bekend"),
        (FIELD, "relationships", [{"to": "client"}], "een relatie wijst naar tabel.kolom"),
        (FIELD, "customProperties", [{"property": "rol", "value": "naam"}], "rol is een van persoon"),
        (FIELD, "customProperties", [{"property": "role", "value": "x"}], "role is niet bekend"),
        (FIELD, "customProperties", [{"property": "codelijst", "value": "weg"}], "codelijst weg bestaat niet"),
        (FIELD, "customProperties", [{"property": "ernst", "value": {"patroon": "erg"}}], "ernst geeft per soort"),
        (FIELD, "customProperties", [{"property": "open_einde", "value": ["31-12-9999"]}], "open_einde is een lijst"),
        (CHECK, "type", "sql", "schema[0].quality[0]: verwacht type custom en engine greatExpectations"),
        (CHECK, "severity", "fout", "schema[0].quality[0].severity: verwacht een van error"),
        (CHECK, "dimension", "kleur", "schema[0].quality[0].dimension: verwacht een van accuracy"),
        (CHECK, "description", None, "schema[0].quality[0].description: de melding ontbreekt"),
        (META, "fields", ["kode"], "fields noemt een of meer velden van deze tabel"),
        (META, "source", "", "name (kleine letters, cijfers en _) of source ontbreekt"),
        (META, "name", "code_verplicht", "code_verplicht komt meer dan eens voor"),
        (META, "max_share", "veel", "max_share is een aandeel"),
        (QUERY, "unexpected_rows_query", "select regel from klein", "vul alleen {batch} in"),
        (QUERY, "unexpected_rows_query", "select regel from {batch} where a = '{'", "vul alleen {batch} in"),
        (QUERY, "unexpected_rows_query", "select * from {batch}", "begint met select regel from"),
        (QUERY, "unexpected_rows_query", "select regel from {batch}; drop table x", "zonder puntkomma"),
        (QUERY, "unexpected_rows_query", "select regel from {batch} join y using (a)", "gebruik exists"),
    ],
)
def test_a_wrong_contract_names_its_file_and_place(
    steps: tuple[str | int, ...], key: str, value: object, expected: str, tmp_path: Path
) -> None:
    """Whatever is not understood is refused with where it stands."""
    document = small()
    at(document, *steps)[key] = value
    with pytest.raises(WrongUse) as raised:
        contracts.read(written(tmp_path, document))
    assert str(raised.value).startswith("Contract klein.odcs.yaml is niet geldig volgens ODCS v3.1.0: ")
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_limit_on_a_day_is_a_day(tmp_path: Path) -> None:
    """A date's minimum in another form is refused."""
    document = small()
    at(document, *FIELD).update(logicalType="date", logicalTypeOptions={"minimum": "1-1-1950"})
    with pytest.raises(WrongUse, match=r"schema\[0\]\.properties\[0\]\.logicalTypeOptions: grenzen zijn dagen"):
        contracts.read(written(tmp_path, document))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: [DataContract\nid: x", "regel 2: dit is geen geldige YAML"),
        ("- a\n- b", "leeg of geen lijst van velden"),
        ("", "leeg of geen lijst van velden"),
    ],
)
def test_what_is_no_yaml_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    """The line is named where the text stops being YAML."""
    path = tmp_path / "klein.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match=r"Contract klein\.odcs\.yaml") as raised:
        contracts.read(path)
    assert expected in str(raised.value)


def test_a_missing_contract_or_folder_is_wrong_use(tmp_path: Path) -> None:
    """There is a line for a file that is not there and for a folder without contracts."""
    with pytest.raises(WrongUse, match=r"Contract weg\.odcs\.yaml kan niet worden gelezen"):
        contracts.read(tmp_path / "weg.odcs.yaml")
    with pytest.raises(WrongUse, match="staan geen datacontracten"):
        contracts.read_folder(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "code;omschrijving\n", "kode;naam\n1;a\n", "code;omschrijving\n1;a;b\n", "code;omschrijving\n1;a\n1;b\n"],
)
def test_a_code_list_that_is_no_list_is_refused(text: str, tmp_path: Path) -> None:
    """A list that is empty, uneven or says things twice would judge rows wrongly: it is the list that is wrong."""
    (tmp_path / "codelists").mkdir()
    (tmp_path / "codelists" / "lijst.csv").write_text(text, encoding="utf-8")
    document = small()
    at(document, *FIELD)["customProperties"] = [{"property": "codelijst", "value": "lijst"}]
    with pytest.raises(WrongUse, match=r"Codelijst codelists/lijst\.csv"):
        contracts.read(written(tmp_path, document))


def test_quotes_in_names_and_codes_stay_inside(tmp_path: Path) -> None:
    """A code with a quote is a literal like any other ('s-Gravenland)."""
    (tmp_path / "codelists").mkdir()
    (tmp_path / "codelists" / "lijst.csv").write_text("code;omschrijving;bron\n's;a;b\n{;c;d\n", encoding="utf-8")
    document = small()
    at(document, *FIELD)["customProperties"] = [{"property": "codelijst", "value": "lijst"}]
    contract = contracts.read(written(tmp_path, document))
    rule = next(rule for rule in contract.rules if rule.name == "code_codelijst")
    with closing(duckdb.connect()) as connection:
        connection.execute("create schema levering")
        connection.execute("create table levering.klein as select 2 as regel, '''s' as code union all select 3, 'x'")
        connection.execute("insert into levering.klein values (4, '{'), (5, null)")
        assert contracts.breaching_rows(connection, rule, "klein") == [3]
