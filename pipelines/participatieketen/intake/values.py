"""Texts -> typed columns by contract. What does not fit is refused by line, column and rule; the value stays behind."""

from collections.abc import Mapping

import polars as pl

from participatieketen.contracts import Contract, Field
from participatieketen.intake.files import Table
from participatieketen.intake.sources import Source
from participatieketen.pseudonyms import Key, eleven_test, nine_digits, numbers_in, pseudonyms

TYPES: Mapping[str, type[pl.DataType]] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}
REASONS = {
    "getal": "is geen getal",
    "heel_getal": "is geen heel getal",
    "ja_of_nee": "is geen ja of nee",
    "datum": "is geen bestaande datum (dd-mm-jjjj, jjjj-mm-dd of jjjjmmdd)",
    "bsn": "is geen burgerservicenummer",
    "persoon": "begint of eindigt met een spatie",
    "bsn_in_tekst": "bevat een burgerservicenummer",
}
"""Rule of typing -> what is wrong with the row."""

REFUSED = {"regel": pl.Int64, "veld": pl.String, "regel_contract": pl.String}
"""What is known of a row that is set aside: one line per reason, no value."""

_RULE = {"number": "getal", "integer": "heel_getal", "boolean": "ja_of_nee", "date": "datum"}
_DATES = (
    ("^[0-9]{2}-[0-9]{2}-[0-9]{4}$", "%d-%m-%Y"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "%Y-%m-%d"),
    ("^[0-9]{8}$", "%Y%m%d"),
)
_YES = ("ja", "j", "yes", "y", "true", "1")
_NO = ("nee", "n", "no", "false", "0")
_YES_NO = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
_BSN_IN_TEXT = "bsn_in_tekst"
_BSN_ROWS, _BSN_NUMBERS, _BSN_SHARE = 20, 5, 0.95
_OWN_SHARE = 0.5  # a column half full of nine-digit numbers, half of which are no BSN, has numbers of its own


def typed(
    table: Table, columns: Mapping[str, str], contract: Contract, source: Source, key: Key, numbers: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that fit, in the contract's types with `regel` and pseudonyms; and REFUSED lines for the rest.

    columns  column in the file -> field of the contract
    numbers  the BSNs of all persons delivered in this run

    Empty is null; that a value is required is the contract's business. A row with one bad value goes as a whole.
    """
    texts = table.frame.select(pl.col(column).alias(name) for column, name in columns.items())
    texts = texts.with_columns(table.lines.alias("regel"))
    person = contract.role("persoon")
    values, rules = [pl.col("regel")], {}
    for field in contract.fields:
        text = _text(pl.col(field.name), keep_blanks=field.name == person)
        value, rule = _person(text, source) if field.name == person else _value(text, field, source.decimal)
        values.append(value.alias(field.name))
        rules[field.name] = (rule, text.is_not_null() & value.is_null())
    refused = pl.concat(
        [
            *(
                texts.filter(bad).select("regel", veld=pl.lit(name), regel_contract=pl.lit(rule))
                for name, (rule, bad) in rules.items()
            ),
            *(_with_bsn(texts, name, numbers) for name in rules if name != person),
        ]
    )
    frame = texts.select(values).join(refused, on="regel", how="anti", maintain_order="left")
    if person:
        frame = frame.with_columns(pseudonyms(frame[person], key).alias(person))
    return _open_ends(frame, contract).select(*names(contract), "regel"), refused


def bsns(table: Table, source: Source) -> pl.Series:
    """Return the BSNs in the column that says who the rows are about."""
    if source.person is None or source.person.kind != "bsn":
        return pl.Series(dtype=pl.String)
    number = pl.col(source.person.column)
    return table.frame.filter(eleven_test(number)).select(nine_digits(number)).to_series().unique()


def _with_bsn(texts: pl.DataFrame, name: str, numbers: pl.Series) -> pl.DataFrame:
    """Return REFUSED lines for the rows that have a BSN, alone or between other text, in a column for another thing.

    A number is a BSN when a person was delivered under it. When it only passes the 11-proef, as one in eleven does by
    chance, it is taken for one too, but not in a column that has numbers of its own: half of its values hold one, and
    no more than half of those numbers pass.
    """
    numbered = numbers_in(texts[name]).with_columns(passes=eleven_test(pl.col("number")))
    found = texts.select("regel", text=name).join(numbered, on="text", maintain_order="left")
    filled = texts.filter(pl.col(name).str.strip_chars() != "").height
    passing = found.unique("number")["passes"].mean()
    own = found["regel"].n_unique() >= _OWN_SHARE * filled and isinstance(passing, float) and passing <= _OWN_SHARE
    bad = pl.col("number").is_in(numbers.implode()) if own else pl.col("passes")
    return found.filter(bad).select(
        pl.col("regel").unique(maintain_order=True), veld=pl.lit(name), regel_contract=pl.lit(_BSN_IN_TEXT)
    )


def names(contract: Contract) -> list[str]:
    """Return the contract's field names."""
    return [field.name for field in contract.fields]


def empty(contract: Contract) -> pl.DataFrame:
    """Return no rows in the contract's types, with `regel`."""
    return pl.DataFrame(schema={field.name: TYPES[field.type] for field in contract.fields} | {"regel": pl.Int64})


def day(text: pl.Expr) -> pl.Expr:
    """Return the date in one of the three forms; null when it is none or does not exist (31-02)."""
    return pl.coalesce(
        pl.when(text.str.contains(pattern)).then(text).str.to_date(form, strict=False) for pattern, form in _DATES
    )


def faults(table: Table, columns: Mapping[str, str], contract: Contract, source: Source) -> list[str]:
    """Return what makes a file as a whole unfit: columns of BSNs where none belong, the wrong decimal sign."""
    return (
        [
            f"kolom {column} bevat burgerservicenummers en dat mag volgens het contract niet: haal de kolom eruit"
            for column in _bsn_columns(table.frame, source)
        ]
        + [
            f"kolom {column} heeft een ander decimaalteken dan verwacht ({source.decimal}): "
            f"verbeter de levering of de bron {source.name}.toml (decimal)"
            for column in _other_decimal(table.frame, columns, contract, source.decimal)
        ]
        + [
            f"kolom {column} heeft getallen met een decimaalteken (punt of komma), verwacht hele getallen: "
            "verbeter de levering"
            for column in _broken_numbers(table.frame, columns, contract)
        ]
    )


def _bsn_columns(frame: pl.DataFrame, source: Source) -> list[str]:
    declared = source.person.column if source.person and source.person.kind == "bsn" else None
    return [column for column in frame.columns if column != declared and _is_of_bsns(frame[column])]


def _is_of_bsns(column: pl.Series) -> bool:
    """Return whether 95 % pass: of five different numbers, or of twenty values whatever they are.

    A value is a number when it has no other digits: BSN 111.222.333 is one.
    """
    text = column.str.strip_chars()
    filled = pl.DataFrame({"text": text.filter(text != "")})
    alone = pl.col("text").str.replace_all("[^0-9]", "").str.zfill(9) == pl.col("number")
    numbered = numbers_in(filled["text"]).filter(alone).with_columns(passes=eleven_test(pl.col("number")))
    nine, different = filled.join(numbered, on="text"), numbered.unique("number")
    return (different.height >= _BSN_NUMBERS and int(different["passes"].sum()) >= _BSN_SHARE * different.height) or (
        filled.height >= _BSN_ROWS and int(nine["passes"].sum()) >= _BSN_SHARE * filled.height
    )


def _broken_numbers(frame: pl.DataFrame, columns: Mapping[str, str], contract: Contract) -> list[str]:
    """Return the columns of whole numbers where most have a decimal sign: no matter of single rows."""
    whole = {field.name for field in contract.fields if field.type == "integer"}
    signed = frame.select(
        (pl.col(column).str.contains(r"^\s*-?[0-9]+[.,][0-9]+\s*$").sum() * 2 > (pl.col(column) != "").sum())
        for column, name in columns.items()
        if name in whole
    )
    return [column for column in signed.columns if signed[column].any()]


def _other_decimal(frame: pl.DataFrame, columns: Mapping[str, str], contract: Contract, decimal: str) -> list[str]:
    """Return the columns of numbers where only the other sign occurs."""
    numbers = {field.name for field in contract.fields if field.type == "number"}
    other = {",": ".", ".": ","}[decimal]

    def has(column: str, sign: str) -> bool:
        return bool(frame[column].str.contains(rf"^\s*-?[0-9]+\{sign}[0-9]+\s*$").any())

    return [
        column
        for column, name in columns.items()
        if name in numbers and has(column, other) and not has(column, decimal)
    ]


def _text(column: pl.Expr, *, keep_blanks: bool) -> pl.Expr:
    text = column if keep_blanks else column.str.strip_chars()
    return pl.when(text != "").then(text)


def _person(text: pl.Expr, source: Source) -> tuple[pl.Expr, str]:
    if source.person and source.person.kind == "bsn":
        return pl.when(eleven_test(text)).then(nine_digits(text)), "bsn"
    return pl.when(text == text.str.strip_chars()).then(text), "persoon"


def _value(text: pl.Expr, field: Field, decimal: str) -> tuple[pl.Expr, str]:
    match field.type:
        case "integer":
            value = pl.when(text.str.contains("^-?[0-9]{1,18}$")).then(text).cast(pl.Int64, strict=False)
        case "number":
            number = pl.when(text.str.contains(rf"^-?[0-9]+(\{decimal}[0-9]+)?$")).then(text)
            value = number.str.replace(decimal, ".", literal=True).cast(pl.Float64, strict=False)
        case "boolean":
            value = text.str.to_lowercase().replace_strict(_YES_NO, default=None, return_dtype=pl.Boolean)
        case "date":
            value = day(text)
        case _:
            value = text
    return value, _RULE.get(field.type, "tekst")


def _open_ends(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Return the frame with null for the dates by which a source says 'no end', where the contract knows them."""
    return frame.with_columns(
        pl.when(~pl.col(field.name).is_in(field.open_end)).then(pl.col(field.name)).alias(field.name)
        for field in contract.fields
        if field.open_end
    )
