"""A web page or drawing as a test reads it: its tags, and every text that is seen, read aloud or found in it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

Attributes = list[tuple[str, str | None]]

INLINE = frozenset({"a", "abbr", "b", "br", "code", "em", "i", "small", "span", "strong", "sub", "sup"})
UNREAD = frozenset(
    {"lang", "charset", "class", "href", "id", "tabindex", "role", "scope", "name", "aria-labelledby", "data-bevinding"}
)
"""Attributes that say nothing to anyone; the texts of all others are read."""

FOR_PROGRAMS = frozenset({"viewport", "color-scheme", "referrer"})
"""Settings of a page (meta) that are no text; so is its policy (http-equiv)."""

DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)
DRAWN = "tekening"
"""What stands for the column of a text in a drawing."""

MONTHS_AFTER = (0, 1, 3, 6, 12, 18, 24)
"""After how many months people are looked at."""

STEP = re.compile(r"(1|2|25|5)0*")
"""By how much the numbers along an axis go up."""


@dataclass(frozen=True)
class Text:
    """A text, and the head of the column it stands in: empty outside a table."""

    words: str
    column: str = ""


class Seen(HTMLParser):
    """What stands in a page: the tags with their attributes, in order, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note the tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.words += data

    def values(self, attribute: str) -> list[str | None]:
        """Return this attribute of every tag that has it."""
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


class _Texts(HTMLParser):
    """The texts of a page without drawings: one for each block, attribute and comment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[Text] = []
        self.heads: list[str] = []
        self.where = self.part = self.block = ""
        self.column = -1
        self.feed(html)
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """End the text before a block, and note where in a table we are and what the tag itself says."""
        if tag not in INLINE:
            self._end_block()
            self.where = tag
        if tag in {"thead", "tbody"}:
            self.part, self.heads = tag, [] if tag == "thead" else self.heads
        if tag in {"tr", "th", "td"}:
            self.column = -1 if tag == "tr" else self.column + 1
        if tag != "meta" or not is_for_programs(dict(attrs)):
            self.said += [Text(text) for name, text in attrs if text and name not in UNREAD]

    def handle_endtag(self, tag: str) -> None:
        """End the text with its block."""
        if tag not in INLINE:
            self._end_block()
            self.where = ""
        if tag == "table":
            self.part, self.column = "", -1

    def handle_data(self, data: str) -> None:
        """Note the words, those of the stylesheet apart."""
        self.block += "" if self.where == "style" else data

    def handle_comment(self, data: str) -> None:
        """Read what nobody sees."""
        self.said.append(Text(data))

    def _end_block(self) -> None:
        words, self.block = " ".join(self.block.split()), ""
        if self.part == "thead" and self.where == "th":
            self.heads.append(words)
        in_body = self.part == "tbody" and 0 <= self.column < len(self.heads)
        if words:
            self.said.append(Text(words, self.heads[self.column] if in_body else ""))


def is_for_programs(meta: dict[str, str | None]) -> bool:
    """Say whether a meta tag sets something, and says nothing of the page."""
    return "http-equiv" in meta or meta.get("name") in FOR_PROGRAMS


def page_texts(html: str) -> list[Text]:
    """Return every text of a page: its blocks, titles and labels, and those of its drawings."""
    drawings = [text for svg in DRAWING.findall(html) for text in drawing_texts(svg)]
    return [*_Texts(DRAWING.sub("", html)).said, *drawings]


def drawing_texts(svg: str) -> list[Text]:
    """Return what a drawing says, in it and of itself: the lines around its chart as one text, no axis."""
    return [Text(text, DRAWN) for text in _drawn(ET.fromstring(svg)) if text]  # noqa: S314 - drawn by this program


def _drawn(picture: ET.Element) -> Iterator[str]:
    for group in picture.iter():
        yield from (text for name, text in group.items() if name.startswith(("aria-", "data-")))
        yield from ("".join(child.itertext()) for child in group if child.tag.endswith(("title", "desc")))
        texts = [" ".join(" ".join(child.itertext()).split()) for child in group if child.tag.endswith("text")]
        if group is picture:
            yield " ".join(texts)
        elif not is_axis(texts):
            yield from texts


def is_axis(texts: list[str]) -> bool:
    """Say whether these texts are the numbers along an axis: in equal round steps with nought among them, or months."""
    numbers = [text.removesuffix("%").replace(".", "") for text in texts]
    if len(texts) < 2 or not all(number.isdigit() for number in numbers):
        return False
    steps = {abs(int(later) - int(earlier)) for earlier, later in pairwise(numbers)}
    months = len(texts) > 2 and [int(number) for number in numbers] == sorted({*map(int, numbers)} & {*MONTHS_AFTER})
    return months or ("0" in numbers and len(steps) == 1 and bool(STEP.fullmatch(str(*steps))))
