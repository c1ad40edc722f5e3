"""A page: released prose, charts and tables as one HTML file that needs nothing else.

No scripts, one stylesheet that the page's own policy names by its hash, every chart with its numbers as a table.
The same input gives the same bytes, apart from the one line that says when and by which run it was made.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from participatieketen import dutch, places
from participatieketen.charts import theme
from participatieketen.errors import WrongUse
from participatieketen.reports import nodes, prose, style
from participatieketen.reports.airlock import STAMP
from participatieketen.reports.downloads import WORKBOOK, Download
from participatieketen.reports.drawings import inline
from participatieketen.reports.release import Release

STATUS = "concept, nog niet beoordeeld"
SHOWN_NUMBER = re.compile(r"(\u00b1 )?[-+\u2212]?\d[\d.,]*(-\d+)?\s?%?|[-\u2013]|weinig")
RESERVED = ("inhoud", "inhoudsopgave")  # ids of the template itself
DOWNLOADS = "Downloads"
SENTENCE = re.compile(r".*?[.!?](?=\s|$)")


@dataclass(frozen=True)
class Listed:
    """A page or release as a list shows it."""

    address: str
    title: str
    facts: tuple[str, ...] = ()
    fictional: bool = False
    findings: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    pages: tuple["Listed", ...] = ()


@dataclass(frozen=True)
class Below:
    """A list of pages, one per group, on the page that they stand under; empty: no group is large enough."""

    id: str
    heading: str
    pages: tuple[Listed, ...]


def page(
    nb: NotebookNode,
    release: Release,
    notebook: str,
    others: Sequence[Listed] = (),
    *,
    label: str = "",
    parts: Sequence[Below] = (),
) -> str:
    """Return the page of a notebook that came through the airlock.

    notebook   its file name, for a message
    others     the other pages of the release, to go on to
    label      of the group that the page is about: its title ends in it
    parts      lists of the pages that stand under this one
    Raises     WrongUse when it does not begin with one title (# ...).
    """
    texts = _parsed(nb)
    contents = [*_numbered(nb, texts), *((part.id, part.heading) for part in parts)]
    shown = nodes.notebook(cells=list(_shown(nb, texts)))
    frame = _frame(release, _title(texts, notebook, label))
    html, _ = _exporter().from_notebook_node(
        shown, resources={"keten": {**frame, "contents": contents, "others": others, "parts": parts}}
    )
    return _one_ending(html)


def title_of(nb: NotebookNode, notebook: str, label: str = "") -> str:
    """Return the notebook's title: its one heading of the first level, and the group's; raises WrongUse without one."""
    return _title(_parsed(nb), notebook, label)


def about_of(nb: NotebookNode) -> str:
    """Return what a list says of the page: the first sentence of its first paragraph; nothing without one."""
    found = (token for tokens in _parsed(nb).values() for token in tokens if token["type"] == "paragraph")
    said = prose.words(next(found, {"type": ""}))
    first = SENTENCE.match(said)
    return first[0] if first else said


def listed_pages(
    titles: Mapping[str, str], under: Mapping[str, str] | None = None, about: Mapping[str, str] | None = None
) -> list[Listed]:
    """Return the pages of a release as a list shows them.

    titles   name -> title
    under    name -> the page it stands under; such a page is listed by its title alone
    about    name -> one sentence on what the page is about
    """
    above = under or {}
    facts = {name: (said,) for name, said in (about or {}).items() if said}
    lists: dict[str, list[Listed]] = {name: [] for name in titles if name not in above}
    for name, parent in above.items():
        lists[parent].append(Listed(_address(name), titles[name]))
    return [
        Listed(_address(name), titles[name], facts.get(name, ()), pages=tuple(pages)) for name, pages in lists.items()
    ]


def others(listed: Sequence[Listed], name: str) -> list[Listed]:
    """Return the pages to go on to from this one: those of groups only under the page that this one is under too."""
    here = _address(name)
    kept = [replace(one, pages=tuple(page for page in one.pages if page.address != here)) for one in listed]
    together = {one.address for one in listed if here in {page.address for page in one.pages}}
    return [one if one.address in together else replace(one, pages=()) for one in kept if one.address != here]


def below(grouping: str, name: str, listed: Sequence[Listed], names: Sequence[str]) -> Below:
    """Return the list of the pages of a grouping, by their names; name: what readers call the grouping."""
    addresses = [_address(one) for one in names]
    found = {page.address: page for one in listed for page in one.pages}
    return Below(f"paginas-{grouping}", f"Een pagina per {name.lower()}", tuple(found[one] for one in addresses))


def _address(name: str) -> str:
    return f"{name}.html"


def contents_page(release: Release, listed: Sequence[Listed]) -> str:
    """Return a release's own index: its pages, each with the question that it answers."""
    return _rendered("uitgave.html.j2", {**_frame(release, release.title), "listed": listed})


def downloads_page(
    release: Release,
    tables: Sequence[Download],
    charts: Mapping[str, Sequence[Download]],
    sizes: Mapping[str, str],
    notes: Sequence[str],
) -> str:
    """Return the page of what can be taken along.

    charts   title of a page -> its charts
    sizes    address -> how large the file is; none of what another machine may pack or draw in more or fewer bytes
    notes    how to read the figures outside the report
    """
    known = {"tables": tables, "charts": charts, "sizes": sizes, "notes": notes, "workbook": WORKBOOK}
    return _rendered("downloads.html.j2", {**_frame(release, DOWNLOADS), **known})


def start_page(organisation: str, listed: Sequence[Listed], look: style.Style) -> str:
    """Return the page readers start at: what this is, the newest release, and those before it."""
    head = {"organisation": organisation, "title": "Rapporten over de participatieketen", "listed": listed}
    return _rendered("start.html.j2", {**head, "fictional": False, **_style(look, organisation)})


def _parsed(nb: NotebookNode) -> dict[int, list[prose.Token]]:
    """Return the prose of each markdown cell as tokens, by the cell's place."""
    return {i: prose.tokens(cell.source) for i, cell in enumerate(nb.cells) if cell.cell_type == "markdown"}


def _title(parts: Mapping[int, list[prose.Token]], notebook: str, label: str = "") -> str:
    titles = [
        prose.words(heading)
        for tokens in parts.values()
        for heading in prose.headings(tokens)
        if heading["attrs"]["level"] == 1
    ]
    if len(titles) != 1 or not titles[0].strip():
        raise WrongUse(f"{notebook}: {len(titles)} titels; begin de tekst met precies één regel '# ...'.")
    return f"{titles[0]} {label}".strip()


def _numbered(nb: NotebookNode, parts: Mapping[int, list[prose.Token]]) -> list[tuple[str, str]]:
    """Give headings, figures and tables their ids and levels, in order; return (id, text) of the sections."""
    taken, level, sections = set(RESERVED), 1, []
    for i, cell in enumerate(nb.cells):
        for heading in prose.headings(parts.get(i, [])):
            attrs, text = heading["attrs"], prose.words(heading)
            if attrs["level"] == 1:
                continue
            level = min(attrs["level"], level + 1)  # no reader meets a skipped level
            attrs.update(level=level, id=prose.unique(prose.slug(text), taken))
            if level == 2:  # noqa: PLR2004 - sections
                sections.append((attrs["id"], text))
        for output in cell.get("outputs", []):
            if output.metadata[STAMP]["kind"] == "sentence":
                continue
            output.metadata[STAMP].update(id=prose.unique(output.metadata[STAMP]["id"], taken), level=min(level + 1, 3))
            level = output.metadata[STAMP]["level"]
    return sections


def _shown(nb: NotebookNode, parts: Mapping[int, list[prose.Token]]) -> Iterator[NotebookNode]:
    """Yield the cells as the template expects them: prose as HTML, drawings fit for a page."""
    for i, cell in enumerate(nb.cells):
        copy = deepcopy(cell)
        if i in parts:
            copy.source = prose.html(token for token in parts[i] if token.get("attrs", {}).get("level") != 1)
        for output in copy.get("outputs", []):
            _dress(output)
        yield copy


def _dress(output: NotebookNode) -> None:
    stamp = output.metadata[STAMP]
    if stamp["kind"] == "sentence":
        return
    stamp["hidden"] = any(cell is None for row in stamp["table"]["rows"] for cell in row)
    stamp["numeric"] = [_is_numeric(column) for column in zip(*stamp["table"]["rows"], strict=True)]
    if stamp["kind"] == "figure":
        output.data["image/svg+xml"] = inline(output.data["image/svg+xml"], stamp["id"], stamp["description"])


def _is_numeric(column: Sequence[Any]) -> bool:
    """Return whether a column holds nothing but shown numbers: 1.646, +40, 0-4, 12%, a dash."""
    return all(cell is None or SHOWN_NUMBER.fullmatch(str(cell)) for cell in column)


def _frame(release: Release, title: str) -> dict[str, object]:
    """Return what every page of a release says about itself."""
    return {
        "organisation": release.organisation,
        "release": release.title,
        "title": title,
        "month": dutch.month(release.peildatum),
        "peildatum": dutch.day(release.peildatum),
        "provisional": _provisional(release),
        "fictional": release.fictional,
        "made_on": release.made_on,
        "run": release.run,
        "status": STATUS,
        **_style(release.style, release.organisation),
    }


def _provisional(release: Release) -> str:
    if release.provisional_from > release.peildatum:
        return "geen maanden"
    return f"vanaf {dutch.month(release.provisional_from)}"


def _style(look: style.Style, organisation: str) -> dict[str, object]:
    """Return the stylesheet and the policy that allows it and nothing else, and the logo if there is one."""
    sheet = (places.project() / "reports" / "template" / "keten" / "keten.css").read_text(encoding="utf-8")
    css = f"{theme.colours_css()}\n{sheet}{style.css(look)}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    logo = inline(look.logo, "logo", f"Logo van {organisation}") if look.logo else ""
    return {"css": css, "policy": policy, "logo": logo}


@cache
def _exporter() -> HTMLExporter:
    found = nodes.exporter(
        template_name="keten",
        extra_template_basedirs=[str(places.project() / "reports" / "template")],
        exclude_input=True,
    )
    filters: Callable[..., object] = found.register_filter
    filters("number", prose.number)
    return found


def _rendered(template: str, head: Mapping[str, object]) -> str:
    found = _exporter().environment.get_template(template)
    return _one_ending(found.render(resources={"keten": head}))


def _one_ending(html: str) -> str:
    return html.strip() + "\n"
