"""A finding: one sentence with its numbers, range, change and what makes it the same finding next month."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from participatieketen.findings.templates import Direction, Page, Template, definition_hash

if TYPE_CHECKING:
    from participatieketen.disclosure import Context

Chance = Literal["signaal", "kan toeval zijn", ""]

UNCERTAIN = "onzeker"
"""The number of a finding whose range is too wide to say anything; the sentence says so too."""

WIDEST = 0.30
"""A range of a share may be so wide (30 percentage points). No source: it is what two words as 'een derde' and 'twee
derde' differ by."""

_PLAIN = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_LONGEST = 24
_DIGEST = 6


@dataclass(frozen=True)
class Finding:
    """What was found, in the words a reader sees; only released numbers.

    id            the same in every release: letters, digits, hyphens
    template      name of the template it was made with
    title         heading of its card; number: the figure in large type, as text
    sentence      plain Dutch, with the range in words
    values        name -> released number, or a number made from released ones: shares between 0 and 1, else counts
    lower, upper  of the first value, where it has one range: of a share its 95 % band, of monthly steps the limits of
                  chance; range says it in words
    direction     the steps it is about; 'beide' says as much of one as of the other
    change        what changed since the period before, or ''
    chance        'signaal': something it says is more than chance; '' where there is nothing to judge
    change_chance the same of the change alone; '' where nothing changed or where chance has no known limits
    definition    hash of what the figure means; another one asks for a new judgement
    page          name of the notebook that shows it
    rank          1 is the first
    """

    id: str
    template: str
    title: str
    unit: str
    direction: Direction | None
    definition: str
    page: Page
    number: str = ""
    sentence: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    lower: float | None = None
    upper: float | None = None
    range: str = ""
    change: str = ""
    chance: Chance = ""
    change_chance: Chance = ""
    period: str = ""
    rank: int = 0


def blank(template: Template, name: str, context: "Context", **title: str) -> Finding:
    """Return the finding of this name as far as its template makes it; title: what its title has to be filled with."""
    return Finding(
        id=name,
        template=template.name,
        title=template.title.format(**title),
        unit=template.unit,
        direction=template.direction,
        definition=definition_hash(template, context),
        page=template.page,
    )


def slug(code: str) -> str:
    """Return a code as part of an id: "sociale_cooperatie" as "sociale-cooperatie".

    Never the same for two codes, whatever other codes there are: one with more than small letters, digits and single
    underscores, or longer than 24, gets digits of its hash.
    """
    if _PLAIN.fullmatch(code) and len(code) <= _LONGEST:
        return code.replace("_", "-")
    plain = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{words}-{digest}".strip("-")
