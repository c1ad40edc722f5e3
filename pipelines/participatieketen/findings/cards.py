"""Findings as cards: what a notebook shows, and what a report builds its own cards from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from participatieketen import dutch
from participatieketen.charts.figure import MimeBundle
from participatieketen.findings.finding import Finding
from participatieketen.findings.templates import TEMPLATES

COLUMNS = ("kenmerk", "titel", "getal", "zin", "verandering", "bereik", "toeval", "periode")
"""What a card is made of, in this order; `kenmerk` is the id of the finding. All of it is text."""

CHANCES = {
    "signaal": "Verschil met {beside}: meer dan toeval",
    "kan toeval zijn": "Verschil met {beside}: kan toeval zijn",
    "": "",
}
"""By what its template sets a figure beside."""

_BESIDE = {template.name: template.beside for template in TEMPLATES}

RULE = (
    "Zo zijn deze bevindingen gekozen. Eerst de stappen in beide richtingen, dan wat volgt op een stap terug. Daarna "
    "wat meer is dan toeval, dan grote veranderingen, dan andere cijfers. Van elke soort staat er één. Stappen vooruit "
    "staan er alleen met stappen terug. Wat te onzeker is, staat er niet. Het zijn er hoogstens zes."
)
NONE = "Er zijn geen bevindingen die getoond mogen worden."


@dataclass(frozen=True, eq=False)
class Cards:
    """A list of cards; a report makes its own HTML of the same texts.

    id       unique on a page: letters, digits, hyphens
    title    what the list is, for who does not see it
    caption  how these findings were chosen
    rows     (cards x 8) the texts of COLUMNS
    """

    id: str
    title: str
    caption: str
    rows: tuple[tuple[str, ...], ...]

    def html(self) -> str:
        """Return the cards as a list of articles; every text escaped."""
        items = "".join(
            f"<li>{_article(f'{self.id}-kaart-{place}', row)}</li>" for place, row in enumerate(self.rows, 1)
        )
        told = f'<ul class="bevindingen">{items}</ul>' if self.rows else f"<p>{NONE}</p>"
        label = escape(self.title)
        return f'<section aria-label="{label}">{told}<p class="keuze">{escape(self.caption)}</p></section>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> MimeBundle:
        """Return HTML where it can be shown, else the sentences."""
        del include, exclude
        said = "\n".join(row[COLUMNS.index("zin")] for row in self.rows)
        return {"text/html": self.html(), "text/plain": said or NONE}, {}

    def stamp(self) -> dict[str, Any]:
        """Return what a page makes its own cards of."""
        table = {"columns": list(COLUMNS), "rows": [list(row) for row in self.rows]}
        return {"kind": "cards", "id": self.id, "title": self.title, "caption": self.caption, "table": table}


def cards(
    findings: Sequence[Finding],
    title: str = "Belangrijkste bevindingen",
    name: str = "bevindingen",
    caption: str = RULE,
) -> Cards:
    """Return the findings as cards, in the order given.

    name     id on the page
    caption  how they were chosen; the default is the rule of `first_page`
    """
    return Cards(name, title, caption, tuple(_row(found) for found in findings))


def more(rest: Sequence[Finding]) -> Cards:
    """Return the cards of a page that is not the first: what the first page does not show."""
    return cards(rest, "Meer bevindingen", "meer-bevindingen", "Elke bevinding is gemaakt met een vaste regel.")


def _row(found: Finding) -> tuple[str, ...]:
    texts = {
        "kenmerk": found.id,
        "titel": found.title,
        "getal": found.number,
        "zin": found.sentence,
        "verandering": found.change,
        "bereik": dutch.capital(found.range),
        "toeval": CHANCES[found.chance].format(beside=_BESIDE[found.template]),
        "periode": dutch.capital(found.period),
    }
    return tuple(texts[column] for column in COLUMNS)


def _article(name: str, row: Sequence[str]) -> str:
    card = dict(zip(COLUMNS, map(escape, row), strict=True))
    head = f'<h3 id="{name}">{card["titel"]}</h3><p class="getal">{card["getal"]}</p><p>{card["zin"]}</p>'
    return (
        f'<article aria-labelledby="{name}" data-bevinding="{card["kenmerk"]}">{head}{"".join(_rest(card))}</article>'
    )


def _rest(card: dict[str, str]) -> Iterator[str]:
    """Yield what not every card has: the change, and a list of facts."""
    if card["verandering"]:
        yield f'<p class="verandering">{card["verandering"]}</p>'
    facts = {column: card[column] for column in ("bereik", "toeval", "periode") if card[column]}
    if facts:
        terms = (f"<div><dt>{dutch.capital(name)}</dt><dd>{text}</dd></div>" for name, text in facts.items())
        yield f"<dl>{''.join(terms)}</dl>"
