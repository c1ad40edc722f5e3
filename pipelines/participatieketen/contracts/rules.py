# ruff: noqa: S608 # rules are queries: names are quoted, literals escaped, and none come from a delivery
"""What a property of a contract demands, as row queries: one property gives no, one or more rules.

Values end up in the query as literals. They come from the contract and its code lists, never from a delivery.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from open_data_contract_standard.model import SchemaProperty

from participatieketen.contracts.model import Rule, Severity

# What a breach means unless the property's `ernst` says otherwise.
SEVERITIES: Mapping[str, Severity] = {
    "verplicht": "error",
    "patroon": "error",
    "codelijst": "warning",
    "bereik": "warning",
    "lengte": "warning",
    "relatie": "quarantine",
}
# Below this number of different values a column of arbitrary numbers may pass the 11-proef by chance (9 % each).
BSN_VALUES_MIN = 5
BSN_SHARE = 0.95
NINE_DIGITS = 100_000_000

Codes = Sequence[str]
Breach = tuple[str, str]  # condition in SQL, Dutch words after "field: "


def property_rules(prop: SchemaProperty, custom: Mapping[str, Any], codes: Codes | None) -> tuple[Rule, ...]:
    """Rules that follow from one property; `custom` are its customProperties, `codes` its code list."""
    severities = SEVERITIES | custom.get("ernst", {})
    found = [
        Rule(
            name=f"{prop.name}_{kind}",
            fields=(str(prop.name),),
            severity=severities[kind],
            query=f"select regel from {{batch}}\nwhere {braced(condition)}",
            message=f"{prop.name}: {words}",
            source=source_of(custom),
            max_share=None,
        )
        for kind, (condition, words) in _breaches(prop, custom, codes)
    ]
    return (*found, *_no_citizen_numbers(prop, codes))


def key_rule(fields: Sequence[str], required: Sequence[str], table: str) -> Rule:
    """No two rows share a key; rows without a required part are already named by another rule."""
    complete = " and ".join(f"{quoted(field)} is not null" for field in required) or "true"
    parts = ", ".join(quoted(field) for field in fields)
    return Rule(
        name="sleutel",
        fields=tuple(fields),
        severity="error",
        query=f"select regel from {{batch}}\nwhere {complete}\nqualify count(*) over (partition by {parts}) > 1",
        message=f"{', '.join(fields)}: deze sleutel komt meer dan eens voor",
        source=f"een rij van {table} is te herkennen aan haar sleutel",
        max_share=None,
    )


def source_of(custom: Mapping[str, Any]) -> str:
    """Where the demands of a property come from."""
    return str(custom.get("bron", "dit contract"))


def quoted(name: str) -> str:
    """Write an identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Write a value from a contract as an SQL literal."""
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def braced(sql: str) -> str:
    """Double the braces, so that only {batch} is filled in."""
    return sql.replace("{", "{{").replace("}", "}}")


def _breaches(prop: SchemaProperty, custom: Mapping[str, Any], codes: Codes | None) -> Iterator[tuple[str, Breach]]:
    column = quoted(str(prop.name))
    options = prop.logicalTypeOptions or {}
    if prop.required:
        yield "verplicht", (f"{column} is null", "ontbreekt")
    if "pattern" in options:
        yield "patroon", _pattern(column, options["pattern"], custom.get("vorm"))
    if codes is not None:
        yield "codelijst", _code_list(column, codes, str(custom["codelijst"]))
    if limits := [option for option in LIMITS if option in options]:
        yield "bereik", _range(column, {option: _limit(prop, options[option]) for option in limits})
    if lengths := [option for option in LENGTHS if option in options]:
        yield "lengte", _length(column, {option: options[option] for option in lengths})
    for relation in prop.relationships or []:
        yield "relatie", _relation(column, str(relation.to))


def _pattern(column: str, pattern: str, form: str | None) -> Breach:
    return f"not regexp_full_match({column}, {literal(pattern)})", f"past niet op {form or pattern}"


def _code_list(column: str, codes: Codes, name: str) -> Breach:
    allowed = ", ".join(literal(code) for code in codes)
    return f"cast({column} as varchar) not in ({allowed})", f"staat niet in codelijst {name}"


# option -> what breaches it, the words for a number, the words for a day
LIMITS: Mapping[str, tuple[str, str, str]] = {
    "minimum": ("<", "kleiner dan", "voor"),
    "exclusiveMinimum": ("<=", "niet groter dan", "op of voor"),
    "maximum": (">", "groter dan", "na"),
    "exclusiveMaximum": (">=", "niet kleiner dan", "op of na"),
}
LENGTHS: Mapping[str, tuple[str, str]] = {"minLength": ("<", "korter dan"), "maxLength": (">", "langer dan")}


def _limit(prop: SchemaProperty, value: object) -> object:
    return date.fromisoformat(str(value)) if prop.logicalType == "date" else value


def _range(column: str, limits: Mapping[str, object]) -> Breach:
    condition = " or ".join(f"{column} {LIMITS[name][0]} {literal(value)}" for name, value in limits.items())
    return condition, " of ".join(_limit_words(name, value) for name, value in limits.items())


def _limit_words(name: str, value: object) -> str:
    _, number, day = LIMITS[name]
    return f"ligt {day} {value:%d-%m-%Y}" if isinstance(value, date) else f"is {number} {value}"


def _length(column: str, lengths: Mapping[str, int]) -> Breach:
    condition = " or ".join(f"length({column}) {LENGTHS[name][0]} {size}" for name, size in lengths.items())
    return condition, "is " + " of ".join(f"{LENGTHS[name][1]} {size} tekens" for name, size in lengths.items())


def _relation(column: str, target: str) -> Breach:
    table, _, key = target.partition(".")
    known = f"select {quoted(key)} from levering.{table} where {quoted(key)} is not null"
    return f"{column} not in ({known})", f"komt niet voor in {table}"


def _no_citizen_numbers(prop: SchemaProperty, codes: Codes | None) -> tuple[Rule, ...]:
    """Refuse a column that holds citizen service numbers, where one could be hiding."""
    if codes is not None or not _may_hold_numbers(prop):
        return ()
    text = f"cast({quoted(str(prop.name))} as varchar)"
    passes = braced(_passes_eleven_test(text))
    query = (
        f"select regel from {{batch}}\n"
        f"where (\n"
        f"  select count(*) >= {BSN_VALUES_MIN} and avg(cast(coalesce({passes}, false) as integer)) >= {BSN_SHARE}\n"
        f"  from (select distinct {quoted(str(prop.name))} from {{batch}} where {text} is not null) as verschillend\n"
        f")"
    )
    return (
        Rule(
            name=f"{prop.name}_geen_bsn",
            fields=(str(prop.name),),
            severity="error",
            query=query,
            message=f"{prop.name}: bevat burgerservicenummers; lever die alleen als persoon",
            source="UAVG artikel 46; 95 % van de waarden voldoet aan de 11-proef",
            max_share=None,
        ),
    )


def _may_hold_numbers(prop: SchemaProperty) -> bool:
    options = prop.logicalTypeOptions or {}
    free: Mapping[str, Callable[[], bool]] = {
        "string": lambda: "pattern" not in options,
        "integer": lambda: options.get("maximum", NINE_DIGITS) >= NINE_DIGITS,
    }
    return free.get(str(prop.logicalType), lambda: False)()


def _passes_eleven_test(text: str) -> str:
    """Write as SQL: 8 or 9 digits (a lost leading zero is put back) whose weighted sum is a multiple of 11."""
    digit = [f"try_cast(substr(lpad({text}, 9, '0'), {place}, 1) as integer)" for place in range(1, 10)]
    total = " + ".join(f"{weight} * {one}" for weight, one in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digit, strict=True))
    return f"regexp_full_match({text}, '0*[1-9][0-9]*') and length({text}) in (8, 9) and ({total}) % 11 = 0"
