"""What a chain counts, as the ledger has to know it: counts by two kinds of rules never stand in one series."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any

import polars as pl

from participatieketen.chain import Chain
from participatieketen.disclosure.families import OUTSIDE, STOCK_FLOW, TOTAL, UNCHAINED, under
from participatieketen.disclosure.series import BOOK, newest
from participatieketen.disclosure.targets import ChainKey
from participatieketen.errors import DisclosureRefused

EDITION = 2
"""Raise it when the program itself counts otherwise from the same chain and the same deliveries."""

_DIGITS = 16  # of the digest; a line of the ledger holds it

_TEXTS = {
    "": {"title", "notes", "examples", "renamed", "breaks"},
    "positions": {"label"},
    "groupings": {"label", "people", "called", "names", "sql"},
}
"""What a chain says for readers only, by the part that says it; every other key counts, also one that is new."""

_ANY_ORDER = {"values", "reasons", "pause"}
_NO_POSITION = {"register", "registers", "income", "column", *_ANY_ORDER}


@dataclass(frozen=True)
class Counting:
    """A chain as the ledger knows it.

    chain       its code: the name of every cell begins with it
    rules       digest of all that changes what is counted: the same when only texts differ
    registers   that it reads, sorted
    positions   present codes
    groupings   codes
    fictional   whether the deliveries are those of a made-up town
    present     earlier code of a position that was renamed -> its code now
    first       code now -> the code that its cells were first drawn under
    """

    chain: str
    rules: str
    registers: tuple[str, ...]
    positions: tuple[str, ...]
    groupings: tuple[str, ...] = ()
    fictional: bool = False
    present: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)


def counting(chain: Chain, statements: Mapping[str, str], *, fictional: bool) -> Counting:
    """Return what the chain of the file counts.

    chain       as its file says it; a retention that moves its first day changes no rule
    statements  the SQL of each grouping, by code
    """
    return Counting(
        chain=chain.name,
        rules=_digest(chain, statements),
        registers=chain.read_registers,
        positions=chain.codes,
        groupings=tuple(grouping.code for grouping in chain.groupings),
        fictional=fictional,
        present=chain.present_codes,
        first=chain.first_codes,
    )


def own_lines(lines: pl.DataFrame, counting: Counting, sources: Collection[str]) -> pl.DataFrame:
    """Return the lines of the ledger that concern what this chain counts, its positions under the codes of today.

    lines    (lines x 19) columns ledger.LINE
    sources  whose rows were counted: the counts of rows of deliveries are no chain's, and have one value for all
    """
    source = pl.col("group_code").str.extract("^([^/]*)")
    rows = (pl.col("chain") == "") & source.is_in(list(sources))
    own = lines.filter((pl.col("chain") == counting.chain) | rows)
    return under(counting.present, own.select(*BOOK, pl.exclude(*BOOK)))


def entered(added: pl.DataFrame, known: pl.DataFrame, counting: Counting, *, recounted: bool) -> pl.DataFrame:
    """Return the new values (columns series.BOOK) with whose they are and by which rules they were counted.

    known      what the ledger had of this chain
    recounted  by other rules than before: when no value changed the first is entered again, for the rules to be there
    """
    no_chain = pl.col("family").is_in(UNCHAINED)
    if recounted and added.filter(~no_chain).is_empty():
        again = newest(known.filter(chain=counting.chain)).head(1)
        added = pl.concat([added, again.with_columns(renewed=pl.lit(value=False))])
    return added.with_columns(
        chain=pl.when(no_chain).then(pl.lit("")).otherwise(pl.lit(counting.chain)),
        rules=pl.lit(counting.rules),
        registers=pl.when(no_chain).then(pl.lit("")).otherwise(pl.lit(" ".join(counting.registers))),
        fictional=pl.lit(counting.fictional),
    )


def key_of(secret: bytes, counting: Counting) -> ChainKey:
    """Return the rounding key as this chain draws with it."""
    return ChainKey.of(secret, counting.chain, counting.first)


def counted_otherwise(lines: pl.DataFrame, counting: Counting) -> bool:
    """Tell whether the last value of this chain was counted by other rules."""
    own = lines.filter(pl.col("chain") == counting.chain)
    return not own.is_empty() and own["rules"].item(-1) != counting.rules


def refuse_other(lines: pl.DataFrame, counting: Counting, *, revise: bool) -> None:
    """Raise DisclosureRefused when the ledger has values that the chain would draw again, or cannot stand beside.

    lines   (lines x 19) columns ledger.LINE, of every chain
    revise  all months are rounded anew: then the rules may be others, but no code may be gone
    """
    _refuse_shared_register(lines.filter(~pl.col("chain").is_in([counting.chain, ""])), counting)
    own = lines.filter(pl.col("chain") == counting.chain)
    if own.is_empty():
        return
    _refuse_other_people(own, counting)
    _refuse_gone(own, counting)
    if counted_otherwise(own, counting) and not revise:
        raise DisclosureRefused(
            f"De telregels van keten {counting.chain} zijn anders dan die van het grootboek: oude en nieuwe aantallen "
            "zouden naast elkaar staan. Zet de regels terug; is een plek hernoemd, schrijf dan "
            'renamed = { oud = "nieuw" } in de keten; of rond alle maanden opnieuw af met `keten run --revise`. '
            "Er is niets vrijgegeven."
        )


def _refuse_shared_register(others: pl.DataFrame, counting: Counting) -> None:
    """Refuse a chain of another code that reads what was drawn already; one that reads nothing of it is independent."""
    for chain, registers in others.select("chain", "registers").unique(maintain_order=True).iter_rows():
        if shared := sorted({*registers.split()} & {*counting.registers}):
            raise DisclosureRefused(
                f"Keten {counting.chain} leest register {shared[0]}, en daarvan zijn al aantallen vrijgegeven als "
                f"keten {chain}: dezelfde mensen zouden nog eens worden getrokken. Noem deze keten ook {chain}, dan "
                f"gaat die reeks door, of laat de registers van {chain} weg. Er is niets vrijgegeven."
            )


def _refuse_other_people(own: pl.DataFrame, counting: Counting) -> None:
    """Refuse a chain that has its code in common with another one, or a made-up town after real people."""
    if set(own["fictional"]) - {counting.fictional}:
        real, town = "echte leveringen", "een verzonnen stad"
        now, then = (town, real) if counting.fictional else (real, town)
        raise DisclosureRefused(
            f"Dit zijn {now}, en met deze sleutel is keten {counting.chain} vrijgegeven van {then}: neem een andere "
            "werkmap en een andere sleutel (KETEN_HOME, KETEN_KEY). Er is niets vrijgegeven."
        )
    if not {*own["registers"].item(-1).split()} & {*counting.registers}:
        raise DisclosureRefused(
            f"Keten {counting.chain} leest geen register meer van toen er onder die naam werd vrijgegeven: geef een "
            "andere keten een andere name, of zet de registers terug. Er is niets vrijgegeven."
        )


def _refuse_gone(own: pl.DataFrame, counting: Counting) -> None:
    """Refuse a chain that no longer counts what was released of it: the audit would not see those counts any more."""
    ends = [
        own.filter(family=STOCK_FLOW, grouping="").select("run", code=end) for end in ("from_position", "to_position")
    ]
    codes = pl.concat(ends).unique(maintain_order=True)
    known = {TOTAL, OUTSIDE, *counting.positions, *counting.present}
    if gone := sorted(set(codes["code"]) - known):
        raise DisclosureRefused(
            f"Plek {gone[0]} is vrijgegeven en staat niet meer in keten {counting.chain} ({len(gone)} plekken): is zij "
            f'hernoemd, schrijf dan renamed = {{ {gone[0]} = "nieuwe code" }} in de keten; vervalt zij, laat haar dan '
            "zonder regels staan en gebruik `keten run --revise`. Er is niets vrijgegeven."
        )
    now = codes.with_columns(now=pl.col("code").replace(counting.present))
    if now.group_by("run", "now").len().filter(pl.col("len") > 1).height:
        raise DisclosureRefused(
            f"Keten {counting.chain} hernoemt een plek naar een die ook al is vrijgegeven: dat voegt twee plekken "
            "samen. Haal die regel uit renamed en laat de oude plek zonder regels staan. Er is niets vrijgegeven."
        )
    if missing := sorted(set(own["grouping"]) - {"", *counting.groupings}):
        raise DisclosureRefused(
            f"Groepering {missing[0]} is vrijgegeven en staat niet meer in keten {counting.chain}: zet haar terug, "
            "anders ziet de toets die aantallen niet. Er is niets vrijgegeven."
        )


def _digest(chain: Chain, statements: Mapping[str, str]) -> str:
    """Return the same for chains that differ in texts only, or in the code of a position that was renamed."""
    told = _without_texts(asdict(chain), "")
    told["positions"] = [_without_texts(position, "positions") for position in told["positions"]]
    groupings = sorted(told["groupings"], key=lambda grouping: str(grouping["code"]))
    told["groupings"] = [
        _without_texts(grouping, "groupings") | {"sql": _spaced(statements[grouping["code"]])} for grouping in groupings
    ]
    rules = {"edition": EDITION, "chain": _normal(told, "", chain.first_codes)}
    return sha256(dumps(rules, default=str, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def _without_texts(part: Mapping[str, Any], of: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in _TEXTS[of]}


def _spaced(sql: str) -> str:
    """Return a statement without comments, its words one space apart."""
    return " ".join(re.sub("--.*", "", sql).split())


def _normal(value: Any, key: str, first: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """Return the same for what counts the same: no empty keys, first codes of positions, no order where none counts.

    key  under which the value stands
    """
    if isinstance(value, Mapping):
        parts = {name: _normal(part, name, first) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        parts_ = [_normal(part, key, first) for part in value]
        return sorted(parts_) if key in _ANY_ORDER else parts_
    return first.get(value, value) if isinstance(value, str) and key not in _NO_POSITION else value
