"""Numbers in the text of a notebook: those that were released, and those of a rule; any other stops publication.

What a run draws itself holds released numbers and what is made of them. A text is written by hand: a number in it is
let through when readers find the same number in a released table or a finding, or when it belongs to a phrase that is
known word for word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from itertools import combinations

from nbformat import NotebookNode

from participatieketen import dutch
from participatieketen.charts import words
from participatieketen.errors import DisclosureRefused, WrongUse
from participatieketen.readings import COUNTS, FALSE_ALARMS, SHARES, published_table
from participatieketen.reports import prose
from participatieketen.reports.open_release import OpenRelease

MONTHS_AFTER = (3, 6, 12, 18, 24, 36)
"""After how many months people are looked at, and how many a report shows."""

READING = (
    "95 van de 100 keer",
    "niet op tot 100%",
    "op tot 99 of 101",
    "minstens 50 mensen",
    "minder dan 50 mensen",
    "minder dan 200 mensen",
    "van 1 tot en met 9",
    f"bij {FALSE_ALARMS} van de 100 edities",
)
"""What explains a figure in words that are the same in every release: the rules of disclosure and of chance."""

_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_YEAR = r"(?:19|20)\d\d"
_DATES = (
    rf"\b(?:(?:[1-9]|[12]\d|3[01]) )?(?:{_MONTH})(?: {_YEAR})?\b",
    rf"\b(?:in|sinds|vanaf|tot|jaar|van|over|en|eind|begin) {_YEAR}(?![\w%]|[.,-]\d)",
)
_DATED = re.compile("|".join(_DATES), re.IGNORECASE)
_TOKEN = re.compile(r"[\w.,%<>+\N{PLUS-MINUS SIGN}\N{MINUS SIGN}\N{EN DASH}-]*\d[\w.,%\N{EN DASH}-]*")
_COUNT = re.compile(r"[+\N{MINUS SIGN}]?(\d{1,3}(?:\.\d{3})*)")
_SHARE = re.compile(r"(\d{1,3})%")
_COUNTED = (
    r"mens|persoon|personen|inwoner|bewoner|deelnemer|stap|huishoud|gezin|cli[eë]nt|klant|burger|kind|"
    r"man\b|mannen|vrouw|jongere|procent|%|keer|maal|op de\b|van de \d"
)
_WORDS = "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien"
_IN_WORDS = re.compile(
    rf"\b({'|'.join([*_WORDS.split(), 'negentien', 'twintig', 'dertig', 'veertig', 'vijftig'])}) "
    r"(mensen|personen|bewoners|inwoners|deelnemers|stappen|huishoudens|mannen|vrouwen|procent)\b",
    re.IGNORECASE,
)
_IN_A_RULE = ("minder dan vijf mensen",)
_LONGEST, _MOST = 60, 2
_UNSEEN = frozenset({"Cf", "Mn", "Cc"})  # what joins, marks or controls letters, and could stand inside a number


@dataclass(frozen=True)
class Numbers:
    """What the numbers in a text may be.

    counts   released counts;  shares  released shares in whole percents
    phrases  texts that are no figure, word for word
    """

    counts: frozenset[int]
    shares: frozenset[int]
    phrases: frozenset[str]

    @cached_property
    def _no_figures(self) -> re.Pattern[str]:
        longest = sorted(self.phrases, key=lambda text: (-len(text), text))
        whole = [rf"(?<![\w.,-]){re.escape(text)}(?![\w%]|[.,-]\d)" for text in longest]
        return re.compile("|".join([*whole, *_DATES]), re.IGNORECASE)

    def strange(self, text: str) -> int:
        """Return how many numbers in this text are none of these."""
        plain = self._no_figures.sub(" ", _plain(text))
        tokens = [token.rstrip(".,-\N{EN DASH}") for token in _TOKEN.findall(plain)]
        return sum(not self._known(token) for token in tokens) + len(_IN_WORDS.findall(plain))

    def _known(self, token: str) -> bool:
        if share := _SHARE.fullmatch(token):
            return int(share[1]) in self.shares
        count = _COUNT.fullmatch(token)
        return count is not None and int(count[1].replace(".", "")) in self.counts


def numbers_of(release: OpenRelease, constants: Sequence[str] = ()) -> Numbers:
    """Return what the numbers in the texts of a release may be.

    constants   phrases with a number of a rule or a law, that the pipeline names; raises WrongUse, see `refuse_counted`
    """
    frames = [published_table(table) for name, table in release.tables.items() if name != "audited"]
    values = {
        name: [value for frame in frames if name in frame.columns for value in frame[name].drop_nulls()]
        for name in COUNTS | SHARES
    }
    told = [part for one in release.findings for part in (one.number, one.sentence, one.range, one.change)]
    least = min((table.context.base for table in release.tables.values()), default=0)
    counts = {value for name in COUNTS for value in values[name]} | _written(told, _COUNT)
    shares = {round(100 * value if value <= 1 else value) for name in SHARES for value in values[name]}
    refuse_counted(constants)
    return Numbers(
        frozenset(int(value) for value in counts if value >= least),
        frozenset(shares | _written(told, _SHARE)),
        frozenset([*READING, *_IN_A_RULE, *_of_rules(release), *constants]),
    )


def refuse_strange(source: NotebookNode, notebook: str, numbers: Numbers) -> None:
    """Raise DisclosureRefused when a text of the notebook has a number that is none of these; it is not quoted."""
    found = {
        place: sum(map(numbers.strange, texts(cell.source)))
        for place, cell in enumerate(source.cells, start=1)
        if cell.cell_type == "markdown"
    }
    if strange := [f"cel {place}: {dutch.counted(many, 'getal', 'getallen')}" for place, many in found.items() if many]:
        raise DisclosureRefused(
            f"{notebook}: getallen in de tekst die niet zijn vrijgegeven ({'; '.join(strange)}). Er is niets "
            "gepubliceerd; laat zo'n getal weg of toon een grafiek of tabel. Is het van een regel of een wet, zet de "
            "woorden dan bij constants in de pipeline."
        )


def refuse_counted(constants: Iterable[str]) -> None:
    """Raise WrongUse for a phrase that could be a figure: of people, steps, shares; or a number without words."""
    for place, text in enumerate(constants, start=1):
        plain = _plain(text)
        many = len(re.findall(r"\d+", plain))
        bare = len(text) > _LONGEST or not 1 <= many <= _MOST or not re.search(r"[^\W\d]{2,}", plain)
        if bare or re.search(_COUNTED, plain, re.IGNORECASE) or _COUNT.fullmatch(plain.strip()):
            raise WrongUse(
                f"constants, regel {place}: dit kan een aantal of percentage zijn. Noem alleen een getal van een regel "
                f"of wet, met de woorden eromheen: hoogstens {_LONGEST} tekens en {_MOST} getallen, zonder mensen, "
                "stappen of procenten."
            )


def texts(source: str) -> list[str]:
    """Return what a reader sees or hears of Markdown, block by block, and what stands in its links."""
    return _Texts(prose.html(prose.tokens(source))).blocks


def _of_rules(release: OpenRelease) -> Iterator[str]:
    """Yield the phrases whose number is one of the rules of this release."""
    yield from (f"{months} maanden" for months in MONTHS_AFTER)
    yield from (f"{first} tot {later} maanden" for first, later in combinations(MONTHS_AFTER, 2))
    for table in release.tables.values():
        context = table.context
        yield f"{context.gap_days} dagen"
        for base in (context.base, 2 * context.base):
            yield from (words.smallest(base), f"hoogstens {words.off(base)} hoger of lager")
            yield from (f"of {words.off(base)} bij tientallen", f"hoogstens {words.off(base)} schelen")
            yield f"verschil van {2 * words.off(base)} of minder"
        return


def _written(told: Iterable[str], kind: re.Pattern[str]) -> set[int]:
    """Return the numbers of this kind in texts that the run made."""
    undated = (_DATED.sub(" ", text) for text in told)
    tokens = (token.rstrip(".,") for text in undated for token in _TOKEN.findall(text))
    return {int(found[1].replace(".", "")) for token in tokens if (found := kind.fullmatch(token))}


def _plain(text: str) -> str:
    """Return the text with every figure as a plain one, and without what cannot be seen."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in _UNSEEN)


class _Texts(HTMLParser):
    """The texts of HTML: one for each block, and each attribute that a reader can meet."""

    INLINE = frozenset({"a", "b", "br", "code", "em", "i", "strong", "sub", "sup", "del"})
    SILENT: Mapping[str, frozenset[str]] = {"th": frozenset({"scope", "class"}), "div": frozenset({"tabindex", "role"})}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.block = ""
        self.feed(html)
        self.close()
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """End the text before a block, and keep what its attributes say."""
        if tag not in self.INLINE:
            self._end()
        self.blocks += [text for name, text in attrs if text and name not in self.SILENT.get(tag, ())]

    def handle_endtag(self, tag: str) -> None:
        """End the text with its block."""
        if tag not in self.INLINE:
            self._end()

    def handle_data(self, data: str) -> None:
        """Add to the text."""
        self.block += data

    def _end(self) -> None:
        text, self.block = " ".join(self.block.split()), ""
        if text:
            self.blocks.append(text)
