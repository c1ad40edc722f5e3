"""A sentence of one's own with released numbers: a text with places, and for each place one cell of a released table.

    zin("Op {dag} stonden {n} mensen op deze plek.",
        dag=waarde(tabellen["stock"], "month", position="bijstand", month="laatste definitieve"),
        n=waarde(tabellen["stock"], "persons", position="bijstand", month="laatste definitieve"))

The text holds no number, in figures or in words: each number is a place, and the run fills it in.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

OF = "zin"
"""The name of a sentence among the recipes."""

LATEST, YEAR_BEFORE, NEWEST = "laatste definitieve", "een jaar eerder", "nieuwste"
MOMENTS = (LATEST, YEAR_BEFORE, NEWEST)
"""Months that a report finds itself: the last that is not provisional, that of a year before, the last of all."""

LONGEST = 600
"""Characters of a text: a sentence or two."""

_PART = (
    "(?:tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|dertig|veertig|vijftig|"
    "zestig|zeventig|tachtig|negentig|honderd|duizend|miljoen|miljard|biljoen|twee|drie|vier|vijf|zes|zeven|acht|negen)"
)
_END = (
    r"de|den|ste|sten|en|n|s|sen|er|ers|tal|tallen|maal|keer|jarig\w*|daags\w*|wekelijks\w*|maandelijks\w*|"
    r"persoons\w*|voud\w*|koppig\w*"
)
_OTHERS = (
    r"nul|half|halve|helft|helften|anderhal(?:f|ve)|derden?|(?:drie)?kwart|kwarten|vijven|dozijn\w*|gros|dubbele?|verdubbel\w*|"
    r"verdrievoudig\w*|halveer\w*|gehalveerd\w*|procent\w*|percent\w*|promille\w*|pct"
)
_IN_WORDS = re.compile(rf"(?:een|en)*{_PART}(?:{_PART}|een|en)*(?:{_END})?|{_OTHERS}")
_ROMAN = re.compile(r"[IVXLCDM]{2,}")
_BEFORE = re.compile(r"(?:.*[ (\"'\N{LEFT SINGLE QUOTATION MARK}])?", re.DOTALL)
_AFTER = re.compile(r"[.,;:!?)\"'\N{RIGHT SINGLE QUOTATION MARK}]*(?: .*)?", re.DOTALL)
_APART = re.compile(r"[^\W\d_]|[,;:] ")
_PLACE = re.compile(r"[a-z][a-z_]*")
_SIGNS = frozenset("%\N{PER MILLE SIGN}<>`|\\")


class NotASentence(ValueError):
    """The text or what fills its places is not as it has to be; str() of it says what, in Dutch, and quotes nothing."""


@dataclass(frozen=True)
class Value:
    """One cell of a released table.

    table, column  its names
    row            column -> what stands there: together they leave one row. Of a month also a word of MOMENTS
    """

    table: str
    column: str
    row: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what stands in a recipe."""
        return {"table": self.table, "column": self.column, "row": dict(self.row)}


@dataclass(frozen=True)
class Difference:
    """How much more or fewer a released count is than another of the same table and column."""

    now: Value
    was: Value

    def as_json(self) -> dict[str, Any]:
        """Return what stands in a recipe."""
        return {"now": self.now.as_json(), "was": self.was.as_json()}


Filling = Value | Difference


def text_of(template: object) -> str:
    """Return the text of a sentence; raises NotASentence for one with a number, or with more than plain places."""
    if type(template) is not str or not template.strip() or len(template) > LONGEST:
        raise NotASentence(f"een zin zonder tekst, of met meer dan {LONGEST} tekens")
    if places(template):
        _refuse_joined(re.split(r"\{[a-z_]+\}", template))
    plain_text(Formatter().vformat(template, (), _Blank()))
    return template


def plain_text(text: object) -> str:
    """Return a text that holds no number, in figures of any script or in words; raises NotASentence."""
    if type(text) is not str or len(text) > LONGEST:
        raise NotASentence(f"een tekst met meer dan {LONGEST} tekens")
    plain = unicodedata.normalize("NFKC", text)
    if any(unicodedata.category(one)[0] in "NCM" or _is_foreign(one) for one in plain + text) or _SIGNS & {*plain}:
        raise NotASentence("een tekst met een cijfer of teken dat er niet mag staan: zet een plaats als {n}")
    if any(map(_is_number, re.findall(r"[^\W_]+", plain))):
        raise NotASentence("een tekst met een getal in woorden: zet een plaats als {n}")
    return text


def _is_foreign(letter: str) -> bool:
    """Return whether this is a letter of another script: some of those are numbers."""
    return letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN ")


def _is_number(word: str) -> bool:
    """Return whether a word is a number, a part or a multiple; een is an article, one with an accent is none."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one)).lower()
    return bool(_IN_WORDS.fullmatch(bare) or _ROMAN.fullmatch(word) or (bare == "een" and word.lower() != bare))


def _refuse_joined(between: Sequence[str]) -> None:
    """Raise NotASentence when a place touches a letter, a sign or another place: they would read as another number."""
    loose = all(map(_BEFORE.fullmatch, between[:-1])) and all(map(_AFTER.fullmatch, between[1:]))
    if not loose or not all(map(_APART.search, between[1:-1])):
        raise NotASentence("een zin met een plaats die vastzit aan iets anders: zet er woorden tussen")


def places(template: str) -> list[str]:
    """Return the names of the places in a text, in order; raises NotASentence for a place that is more than a name."""
    try:
        parts = [part[1:] for part in Formatter().parse(template)]
    except ValueError:
        raise NotASentence("een zin met een accolade te veel of te weinig") from None
    used = [(name, form, conversion) for name, form, conversion in parts if name is not None]
    if any(form or conversion or not _PLACE.fullmatch(name) for name, form, conversion in used):
        raise NotASentence("een zin met een plaats die meer is dan een naam in kleine letters, zoals {n}")
    return [name for name, *_ in used]


def fillings(content: object, names: Collection[str]) -> dict[str, Filling]:
    """Return by place what fills it, from JSON; raises NotASentence when not every place has one, and one only.

    names   the places of a text, or of several texts together
    """
    if type(content) is not dict or content.keys() != {*names}:
        raise NotASentence("een zin waarvan niet elke plaats een waarde heeft, en elke waarde een plaats")
    return {name: _filling(part) for name, part in content.items()}


def tables_of(values: Mapping[str, Filling]) -> tuple[str, ...]:
    """Return the names of the tables that the values are from, each once, in order of the alphabet."""
    cells = [
        cell for value in values.values() for cell in ([value] if isinstance(value, Value) else [value.now, value.was])
    ]
    return tuple(sorted({cell.table for cell in cells}))


def _filling(content: object) -> Filling:
    if type(content) is dict and content.keys() == {"now", "was"}:
        now, was = _value(content["now"]), _value(content["was"])
        if (now.table, now.column) != (was.table, was.column):
            raise NotASentence("een verschil tussen twee soorten aantallen")
        return Difference(now, was)
    return _value(content)


def _value(content: object) -> Value:
    if type(content) is not dict or content.keys() != {"table", "column", "row"}:
        raise NotASentence("een zin met iets anders dan waarde(...) of verschil(...) op een plaats")
    table, column, row = content["table"], content["column"], content["row"]
    if type(table) is not str or type(column) is not str or type(row) is not dict:
        raise NotASentence("een waarde zonder tabel, kolom of rij")
    if not all(type(name) is str and type(value) in (str, int) for name, value in row.items()):
        raise NotASentence("een waarde met een rij die niet met tekst of een heel getal is aangewezen")
    return Value(table, column, row)


class _Blank(dict[str, str]):
    """Every place filled with nothing but a space."""

    def __missing__(self, key: str) -> str:
        return " "
