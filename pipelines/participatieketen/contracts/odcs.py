"""ODCS YAML -> Contract. Whatever is not understood is refused, so that no demand goes unchecked."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)
from pydantic import ValidationError

from participatieketen import settings
from participatieketen.contracts.model import Contract, Field, Kind, Rule, Severity
from participatieketen.contracts.rules import SEVERITIES, key_rule, property_rules
from participatieketen.errors import WrongUse

SUFFIX = ".odcs.yaml"
VERSION = "v3.1.0"
TYPES = ("string", "integer", "number", "boolean", "date")
ROLES = (
    "persoon",
    "begindatum",
    "einddatum",
    "reden",
    "groep",
    "uiterste_einddatum",
    "peildatum",
    "leverdatum",
    "bronsysteem",
)
OPTIONS = (
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
)
DIMENSIONS = (
    "accuracy",
    "completeness",
    "conformity",
    "consistency",
    "coverage",
    "timeliness",
    "uniqueness",
)
OF_OBJECT = ("soort", "quarantaine_max", "einddatum_inclusief")
OF_PROPERTY = ("rol", "codelijst", "open_einde", "vorm", "ernst", "bron")

Problem = tuple[str, str]  # place in the file, what is wrong there


def read(path: Path) -> Contract:
    """Contract in one ODCS file; raises WrongUse naming the file and every place that is wrong."""
    standard = _standard(path, _document(path))
    _refuse(path, _house_problems(standard, path))
    contract = _contract(standard, path)
    _refuse(
        path,
        (
            ("schema[0].quality", f"{name} komt meer dan eens voor")
            for name in _twice(rule.name for rule in contract.rules)
        ),
    )
    return contract


def read_folder(folder: Path) -> dict[str, Contract]:
    """Contracts of a folder by name; raises WrongUse when there are none."""
    contracts = [read(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    if not contracts:
        raise WrongUse(f"In {folder} staan geen datacontracten (*{SUFFIX}): geef een andere map op.")
    return {contract.name: contract for contract in contracts}


def code_list(folder: Path, name: str) -> dict[str, str]:
    """Codes with their Dutch description, in the order of codelists/<name>.csv; `folder` holds the contracts."""
    if not settings.is_plain(name, settings.NAME):
        raise WrongUse("Een codelijst heet met kleine letters, cijfers en _ (hoogstens 40): verbeter de naam.")
    path = folder / "codelists" / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter=";"))
        codes = {row["code"]: row["omschrijving"] for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise WrongUse(
            f"Codelijst codelists/{path.name} kan niet worden gelezen: "
            "verwacht een UTF-8-bestand met de kolommen code;omschrijving;bron."
        ) from error
    uneven = [line for line, row in enumerate(rows, start=2) if None in row or None in row.values()]
    if uneven or len(codes) < len(rows):
        where = f"regel {uneven[0]} heeft te veel of te weinig velden" if uneven else "een code komt dubbel voor"
        raise WrongUse(f"Codelijst codelists/{path.name}: {where}; verbeter de lijst.")
    if not codes:
        raise WrongUse(f"Codelijst codelists/{path.name} is leeg: vul haar aan of haal haar uit het contract.")
    return codes


def _document(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"Contract {path.name} kan niet worden gelezen: controleer pad, rechten en UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"regel {mark.line + 1}" if mark else "het bestand"
        raise WrongUse(f"Contract {path.name}, {line}: dit is geen geldige YAML; herstel de opmaak.") from error
    if not isinstance(document, dict):
        raise WrongUse(f"Contract {path.name}: leeg of geen lijst van velden; schrijf een ODCS-contract {VERSION}.")
    return document


def _refuse(path: Path, problems: Iterator[Problem]) -> None:
    found = [f"{place}: {what}" for place, what in problems]
    if found:
        raise WrongUse(f"Contract {path.name} is niet geldig volgens ODCS {VERSION}: {'; '.join(found)}.")


# --- the standard -----------------------------------------------------------------------------------------------


def _standard(path: Path, document: Mapping[str, Any]) -> OpenDataContractStandard:
    """Read the document with the standard's own model; refuse keys it does not know, which it would drop."""
    try:
        standard = OpenDataContractStandard(**document)
    except ValidationError as error:
        _refuse(path, ((_place(one["loc"]), _words(one["type"])) for one in error.errors()))
        raise
    _refuse(path, _strays(document, standard.model_dump(by_alias=True, exclude_unset=True), ()))
    return standard


def _strays(written: object, understood: object, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """Keys that were written and not understood, at any depth."""
    if isinstance(written, dict) and isinstance(understood, dict):
        for key, value in written.items():
            if key in understood:
                yield from _strays(value, understood[key], (*place, key))
            else:
                yield _place((*place, key)), "onbekend veld"
    elif isinstance(written, list) and isinstance(understood, list):
        for position, (value, kept) in enumerate(zip(written, understood, strict=True)):
            yield from _strays(value, kept, (*place, position))


def _place(path: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _words(kind: str) -> str:
    return "onbekend veld" if kind == "extra_forbidden" else "verkeerd soort waarde"


# --- what this house asks on top --------------------------------------------------------------------------------


def _house_problems(standard: OpenDataContractStandard, path: Path) -> Iterator[Problem]:
    tables = standard.schema_ or []
    if standard.kind != "DataContract" or standard.apiVersion != VERSION:
        yield "apiVersion", f"verwacht kind DataContract en apiVersion {VERSION}"
    for name in ("id", "version"):
        if not getattr(standard, name):
            yield name, "ontbreekt"
    if len(tables) != 1:
        yield "schema", f"verwacht precies een tabel, gevonden {len(tables)}"
        return
    table = tables[0]
    if table.name != path.name.removesuffix(SUFFIX) or not settings.is_plain(str(table.name), settings.NAME):
        yield "schema[0].name", "de tabel heet zoals het bestand: kleine letters, cijfers en _"
    yield from _object_problems(table)
    yield from _name_problems(table)
    for position, prop in enumerate(table.properties or []):
        yield from _property_problems(prop, f"schema[0].properties[{position}]", path.parent)
    names = {str(prop.name) for prop in table.properties or []}
    for position, check in enumerate(table.quality or []):
        yield from _quality_problems(check, f"schema[0].quality[{position}]", names)


def _object_problems(table: SchemaObject) -> Iterator[Problem]:
    custom = _custom(table.customProperties)
    place = "schema[0].customProperties"
    yield from _unknown(custom, OF_OBJECT, place)
    if custom.get("soort") not in get_args(Kind):
        yield place, f"soort is een van {', '.join(get_args(Kind))}"
    share = custom.get("quarantaine_max")
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        yield place, "quarantaine_max is een aandeel van 0 tot 1"
    if not isinstance(custom.get("einddatum_inclusief", True), bool):
        yield place, "einddatum_inclusief is true of false"


def _name_problems(table: SchemaObject) -> Iterator[Problem]:
    properties = table.properties or []
    roles = [_custom(prop.customProperties).get("rol") for prop in properties]
    for name in _twice([str(prop.name) for prop in properties] + [f"rol {role}" for role in roles if role]):
        yield "schema[0].properties", f"{name} komt meer dan eens voor"
    if not properties:
        yield "schema[0].properties", "er staan geen velden in"


def _property_problems(prop: SchemaProperty, place: str, folder: Path) -> Iterator[Problem]:
    custom = _custom(prop.customProperties)
    options = prop.logicalTypeOptions or {}
    yield from _unknown(custom, OF_PROPERTY, f"{place}.customProperties")
    yield from _unknown(options, OPTIONS, f"{place}.logicalTypeOptions")
    if not settings.is_plain(str(prop.name), settings.NAME) or prop.name == "regel":
        yield f"{place}.name", "een naam bestaat uit kleine letters, cijfers en _, en is niet regel"
    if prop.logicalType not in TYPES:
        yield f"{place}.logicalType", f"verwacht een van {', '.join(TYPES)}"
    if custom.get("rol") not in (None, *ROLES):
        yield f"{place}.customProperties", f"rol is een van {', '.join(ROLES)}"
    yield from _severity_problems(custom.get("ernst", {}), f"{place}.customProperties")
    if prop.logicalType == "date" and not all(map(_is_day, options.values())):
        yield f"{place}.logicalTypeOptions", "grenzen zijn dagen (jjjj-mm-dd)"
    if not all(map(_is_day, custom.get("open_einde", []))):
        yield f"{place}.customProperties", "open_einde is een lijst van dagen tussen aanhalingstekens (jjjj-mm-dd)"
    if "codelijst" in custom and not (folder / "codelists" / f"{custom['codelijst']}.csv").is_file():
        yield f"{place}.customProperties", f"codelijst {custom['codelijst']} bestaat niet in codelists"
    for relation in prop.relationships or []:
        if not re.fullmatch(r"[a-z]\w*\.[a-z]\w*", str(relation.to)):
            yield f"{place}.relationships", "een relatie wijst naar tabel.kolom"


def _severity_problems(severities: object, place: str) -> Iterator[Problem]:
    fits = isinstance(severities, dict) and all(
        kind in SEVERITIES and severity in get_args(Severity) for kind, severity in severities.items()
    )
    if not fits:
        yield place, f"ernst geeft per soort regel ({', '.join(SEVERITIES)}) {', '.join(get_args(Severity))}"


def _quality_problems(check: DataQuality, place: str, names: set[str]) -> Iterator[Problem]:
    implementation = check.implementation if isinstance(check.implementation, dict) else {}
    meta = _meta(check)
    if check.type != "custom" or check.engine != "greatExpectations":
        yield place, "verwacht type custom en engine greatExpectations"
    if implementation.get("type") != "unexpected_rows_expectation":
        yield f"{place}.implementation", "verwacht type unexpected_rows_expectation"
    if check.severity not in get_args(Severity):
        yield f"{place}.severity", f"verwacht een van {', '.join(get_args(Severity))}"
    if check.dimension not in (None, *DIMENSIONS):
        yield f"{place}.dimension", f"verwacht een van {', '.join(DIMENSIONS)}"
    if not check.description:
        yield f"{place}.description", "de melding ontbreekt"
    if not settings.is_plain(str(meta.get("name")), settings.NAME) or not meta.get("source"):
        yield f"{place}.implementation.meta", "name (kleine letters, cijfers en _) of source ontbreekt"
    fields = meta.get("fields")
    if not isinstance(fields, list) or not fields or not names.issuperset(fields):
        yield f"{place}.implementation.meta", "fields noemt een of meer velden van deze tabel"
    if not isinstance(meta.get("max_share", 0.0), int | float):
        yield f"{place}.implementation.meta", "max_share is een aandeel"
    yield from _query_problems(_query(check), f"{place}.implementation.kwargs.unexpected_rows_query")


def _query_problems(query: str, place: str) -> Iterator[Problem]:
    try:
        filled_in = {name for _, name, _, _ in Formatter().parse(query) if name is not None}
    except ValueError:
        filled_in = set()
    if filled_in != {"batch"}:
        yield place, "vul alleen {batch} in; schrijf een accolade dubbel"
    if not query.startswith("select regel from ") or ";" in query:
        yield place, "verwacht een vraag die begint met select regel from, zonder puntkomma"
    if re.search(r"\bjoin\b", query, re.IGNORECASE):
        yield place, "gebruik exists in plaats van join: Great Expectations vult {batch} dan anders in"


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _unknown(found: Mapping[str, Any], known: Sequence[str], place: str) -> Iterator[Problem]:
    for name in sorted(set(found) - set(known)):
        yield place, f"{name} is niet bekend; verwacht een van {', '.join(known)}"


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


# --- what it means ----------------------------------------------------------------------------------------------


def _contract(standard: OpenDataContractStandard, path: Path) -> Contract:
    table = (standard.schema_ or [])[0]
    custom = _custom(table.customProperties)
    properties = table.properties or []
    about = standard.description
    contract = Contract(
        name=str(table.name),
        version=str(standard.version),
        kind=custom["soort"],
        fields=tuple(_field(prop) for prop in properties),
        rules=(),
        quarantine_max=float(custom["quarantaine_max"]),
        end_inclusive=bool(custom.get("einddatum_inclusief", True)),
        path=path,
        title=standard.name or str(table.name),
        purpose=(about and about.purpose) or "",
        limitations=(about and about.limitations) or "",
    )
    return replace(contract, rules=_rules(table, properties, path.parent))


def _field(prop: SchemaProperty) -> Field:
    custom = _custom(prop.customProperties)
    return Field(
        name=str(prop.name),
        type=str(prop.logicalType),
        required=bool(prop.required),
        role=custom.get("rol"),
        codelist=custom.get("codelijst"),
        open_end=tuple(date.fromisoformat(day) for day in custom.get("open_einde", [])),
        description=prop.description or "",
    )


def _rules(table: SchemaObject, properties: Sequence[SchemaProperty], folder: Path) -> tuple[Rule, ...]:
    """Every rule of the table: of its key, of each property in order, and across fields."""
    keys = sorted((prop for prop in properties if prop.primaryKey), key=lambda prop: prop.primaryKeyPosition or 0)
    names = [str(prop.name) for prop in keys]
    required = [str(prop.name) for prop in keys if prop.required]
    key = [key_rule(names, required, str(table.name))] if names else []
    derived = [rule for prop in properties for rule in _derived(prop, folder)]
    return (*key, *derived, *(_written_rule(check) for check in table.quality or []))


def _derived(prop: SchemaProperty, folder: Path) -> tuple[Rule, ...]:
    custom = _custom(prop.customProperties)
    codes = list(code_list(folder, custom["codelijst"])) if "codelijst" in custom else None
    return property_rules(prop, custom, codes)


def _written_rule(check: DataQuality) -> Rule:
    meta = _meta(check)
    severity: Any = check.severity
    return Rule(
        name=meta["name"],
        fields=tuple(meta["fields"]),
        severity=severity,
        query=_query(check),
        message=f"{meta['fields'][0]}: {check.description}",
        source=str(meta["source"]),
        max_share=meta.get("max_share"),
    )


def _query(check: DataQuality) -> str:
    implementation = check.implementation if isinstance(check.implementation, dict) else {}
    kwargs = implementation.get("kwargs")
    return str(kwargs.get("unexpected_rows_query", "")).strip() if isinstance(kwargs, dict) else ""


def _meta(check: DataQuality) -> dict[str, Any]:
    implementation = check.implementation if isinstance(check.implementation, dict) else {}
    meta = implementation.get("meta")
    return meta if isinstance(meta, dict) else {}


def _custom(properties: Sequence[CustomProperty] | None) -> dict[str, Any]:
    return {str(one.property): one.value for one in properties or []}
