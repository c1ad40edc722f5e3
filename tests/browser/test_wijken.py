"""The overview of the wijken and the page of one in a real browser: held to what every page is held to."""

from pathlib import Path

import pytest

import wijken
from browser.test_pages import (
    Pages,
    test_a_page_asks_for_nothing_and_complains_of_nothing,
    test_a_page_is_dutch_throughout,
    test_a_page_is_small,
    test_a_page_never_scrolls_sideways,
    test_axe_finds_no_barrier,
    test_each_number_in_a_chart_is_in_its_table,
    test_headings_go_down_one_level_at_a_time,
    test_on_paper_no_column_is_cut_off,
    test_words_in_charts_can_be_read,
)
from participatieketen import disclosure, pipeline
from participatieketen.pipeline.loops import group_pages
from participatieketen.reports import build_site

__all__ = [
    "test_a_page_asks_for_nothing_and_complains_of_nothing",
    "test_a_page_is_dutch_throughout",
    "test_a_page_is_small",
    "test_a_page_never_scrolls_sideways",
    "test_axe_finds_no_barrier",
    "test_each_number_in_a_chart_is_in_its_table",
    "test_headings_go_down_one_level_at_a_time",
    "test_on_paper_no_column_is_cut_off",
    "test_words_in_charts_can_be_read",
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Return the overview, the page of a wijk and the index, by name."""
    folder, report, tables = tmp_path_factory.mktemp("wijken"), pipeline.read("wijkrapportage"), wijken.tables()
    disclosure.write(tables, folder / "released.duckdb")
    (loop,) = group_pages(report, tables)
    given = {"released": str(folder / "released.duckdb")}
    site = build_site(
        report.notebooks, given, folder / "run", folder / "uit", wijken.RELEASE, lambda _: None, loops=[loop]
    )
    return {name: Path(site / f"{name}.html") for name in ("wijken", "wijk-wk019310", "index")}
