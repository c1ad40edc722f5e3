"""What readers can take along: every released table and every chart of the pages, and the page that lists them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from participatieketen.disclosure import Released
from participatieketen.reports import pictures, spreadsheet
from participatieketen.reports.airlock import STAMP
from participatieketen.reports.prose import unique
from participatieketen.reports.release import Release

FOLDER = "downloads"
WORKBOOK = f"{FOLDER}/tabellen.xlsx"
UNITS = ("B", "kB", "MB")
_THOUSAND = 1000


@dataclass(frozen=True)
class Download:
    """One thing to take along: what it is, and its files by the name of their form."""

    title: str
    files: Mapping[str, str]


def table_files(tables: Mapping[str, Released]) -> dict[str, bytes]:
    """Return the CSV of each table and the workbook of all, by address from the release's folder."""
    single = {_csv_address(name): spreadsheet.csv(table) for name, table in tables.items()}
    return {WORKBOOK: spreadsheet.xlsx(tables), **single}


def tables_listed(tables: Mapping[str, Released]) -> list[Download]:
    """Return the tables as the page lists them."""
    return [Download(spreadsheet.sheet_name(name), {"CSV": _csv_address(name)}) for name in tables]


def chart_files(page: str, nb: NotebookNode, release: Release) -> tuple[list[Download], dict[str, bytes]]:
    """Return the charts of a page that came through the airlock: as they are listed, and their files by address."""
    listed, drawn, taken = [], dict[str, str](), set[str]()
    for svg, stamp in _charts(nb):
        address = f"{FOLDER}/{page}-{unique(stamp['id'], taken)}"
        drawn[address] = pictures.picture(svg, stamp, source_line(release))
        listed.append(Download(stamp["title"], {"SVG": f"{address}.svg", "PNG": f"{address}.png"}))
    pixels = dict(zip(drawn, pictures.pngs(list(drawn.values())), strict=True))
    files = {f"{address}.svg": svg.encode() for address, svg in drawn.items()}
    return listed, files | {f"{address}.png": png for address, png in pixels.items()}


def source_line(release: Release) -> str:
    """Return what a chart says of itself once it has left its page."""
    fictional = " · Fictieve gegevens" if release.fictional else ""
    return f"{release.organisation} · {release.title} · uitgave {release.id}{fictional}"


def size(content: bytes) -> str:
    """Return how large a file is: "84 kB"."""
    amount, steps = len(content), 0
    while amount >= _THOUSAND and steps < len(UNITS) - 1:
        amount, steps = -(-amount // _THOUSAND), steps + 1
    return f"{amount} {UNITS[steps]}"


def _csv_address(name: str) -> str:
    return f"{FOLDER}/{name}.csv"


def _charts(nb: NotebookNode) -> Iterator[tuple[str, Mapping[str, str]]]:
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if output.metadata[STAMP]["kind"] == "figure":
                yield output.data["image/svg+xml"], output.metadata[STAMP]
