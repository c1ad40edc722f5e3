"""What readers can take along: every released table and every chart of the pages, and the page that lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from participatieketen.disclosure import Released
from participatieketen.reports import spreadsheet
from participatieketen.reports.drawing_process import Drawn
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


def chart_files(page: str, charts: Sequence[Drawn]) -> tuple[list[Download], dict[str, bytes]]:
    """Return the charts of a page that have a picture to take along: as they are listed, and their files by address."""
    listed, files, taken = [], dict[str, bytes](), set[str]()
    for chart in charts:
        if chart.picture:
            address = f"{FOLDER}/{page}-{unique(chart.stamp['id'], taken)}"
            listed.append(Download(chart.stamp["title"], {"SVG": f"{address}.svg", "PNG": f"{address}.png"}))
            files |= {f"{address}.svg": chart.picture.encode(), f"{address}.png": chart.png}
    return listed, files


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
