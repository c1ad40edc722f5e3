"""Pages per group: the groups of a grouping that are large enough, and what they are called."""

from collections.abc import Iterator, Mapping

import polars as pl

from participatieketen import charts, reports
from participatieketen.chain import Chain
from participatieketen.disclosure import Released
from participatieketen.pipeline.definition import Pipeline

_SCHEMA = {"grouping": pl.String(), "group_code": pl.String(), "label": pl.String()}


def group_labels(pipeline: Pipeline, chain: Chain) -> dict[str, pl.DataFrame]:
    """Return group_label: what every group of every grouping is called, as the code lists say; no data.

    Returns  (groups x 3)  grouping, group_code, label, in the order of the code lists; no table without groupings.
    Raises   WrongUse: a code list cannot be read.
    """
    labels = pipeline.groupings(chain).labels
    rows = [(one.code, code, label) for one in chain.groupings for code, label in labels(one).items()]
    return {"group_label": pl.DataFrame(rows, schema=_SCHEMA, orient="row")} if rows else {}


def group_pages(pipeline: Pipeline, tables: Mapping[str, Released]) -> Iterator[reports.GroupPages]:
    """Yield the pages of each loop: of the groups that have figures up to the newest month; of none if none has."""
    for loop in pipeline.loops:
        found: Mapping[str, str] = {}
        if "group_label" in tables:
            found = charts.groups_shown(tables["released_stock_flow"], tables["group_label"], loop.grouping)
        yield reports.GroupPages(loop.notebook, loop.grouping, charts.grouping_name(loop.grouping), found, loop.under)
