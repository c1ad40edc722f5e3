"""A notebook's prose as HTML: raw HTML in it stays text, headings keep their order and get an id."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from itertools import count
from typing import Any

import mistune
from mistune.core import BlockState

from participatieketen import dutch

Token = dict[str, Any]
BAND = re.compile(r"\([^()]*%\)")
LONGEST_WHOLE = len("29 september 2024")
_markdown = mistune.create_markdown(renderer=None, plugins=["table", "def_list"])


class _Html(mistune.HTMLRenderer):
    """mistune's HTML with raw HTML escaped, no pictures, and tables that say what their heads belong to."""

    def __init__(self) -> None:
        super().__init__(escape=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - a page loads nothing
        return text

    def table(self, text: str) -> str:
        region = 'class="scroll" tabindex="0" role="group" aria-label="Tabel in de tekst"'
        return f"<div {region}><table>{text}</table></div>\n"

    def table_head(self, text: str) -> str:
        return f"<thead><tr>{text}</tr></thead>"

    def table_body(self, text: str) -> str:
        return f"<tbody>{text}</tbody>"

    def table_row(self, text: str) -> str:
        return f"<tr>{text}</tr>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:  # noqa: FBT001, FBT002 - mistune
        kind = ' class="n"' if align == "right" else ""
        return f'<th scope="col"{kind}>{text}</th>' if head else f"<td{kind}>{text}</td>"

    def def_list(self, text: str) -> str:
        return f"<dl>{text}</dl>\n"

    def def_list_head(self, text: str) -> str:
        return f"<dt>{text}</dt>"

    def def_list_item(self, text: str) -> str:
        return f"<dd>{text}</dd>\n"


def tokens(source: str) -> list[Token]:
    """Return the prose as mistune's tokens."""
    found = _markdown(source)
    return found if isinstance(found, list) else []


def html(parts: Iterable[Token]) -> str:
    """Return the tokens as HTML."""
    return _Html().render_tokens(list(parts), BlockState())


def headings(parts: Iterable[Token]) -> Iterator[Token]:
    """Yield the headings, in order, also those inside a quotation or list."""
    for part in parts:
        if part["type"] == "heading":
            yield part
        yield from headings(part.get("children", []))


def words(token: Token) -> str:
    """Return the plain text of a token and all in it, on one line."""
    if token["type"] in {"softbreak", "linebreak"}:
        return " "
    own = token.get("raw", "") if token["type"] in {"text", "codespan"} else ""
    return own + "".join(words(child) for child in token.get("children", []))


def slug(text: str) -> str:
    """Return the text as an id: lower case, without accents, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "deel"


def unique(wanted: str, taken: set[str]) -> str:
    """Return the wanted id, or with the first number that makes it unique; it is taken from then on."""
    numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in count(1))
    found = next(name for name in numbered if name not in taken)
    taken.add(found)
    return found


def number(value: str | int | None) -> str:
    """Return a table's value as it is shown: 1.234, or a dash where nothing may be shown.

    A date, another short text and a band in brackets are not broken over two lines.
    """
    if value is None:
        return "\N{EN DASH}"
    if not isinstance(value, str):
        return dutch.number(value)
    short = len(value) <= LONGEST_WHOLE
    return escape(_whole(value) if short else BAND.sub(lambda band: _whole(band[0]), value))


def _whole(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
