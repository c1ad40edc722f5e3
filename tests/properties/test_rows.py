"""Which rows a table of estimates has, says nothing of anybody: it follows from the chain and the months."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from participatieketen.chain import Chain
from participatieketen.disclosure.shares import drawn_estimates, estimate_view
from participatieketen.estimates.measures import measures, sensitivity
from participatieketen.moves import steps
from participatieketen.timelines import timeline
from properties.generated import Case, cases

NAMES = ["measure", "population", "gap_days", "group", "position", "outcome", "months"]

Measures = Callable[[pl.DataFrame, pl.DataFrame, Chain, date], pl.DataFrame]


def rows(case: Case, table: Measures) -> pl.DataFrame:
    """Return the table of a case as it leaves."""
    stays = timeline(case.spells, case.chain, case.peildatum)
    raw = table(stays, steps(stays, case.chain), case.chain, case.peildatum)
    return estimate_view(drawn_estimates(raw, 5, b"0" * 32))


@pytest.mark.parametrize("table", [measures, sensitivity])
@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 3))
def test_every_population_of_a_chain_has_the_same_rows(table: Measures, case: Case, persons: int) -> None:
    """Three persons, some of them, or nobody: the same rows in the same order, none of them twice."""
    whole = rows(case, table)
    part = rows(replace(case, spells=case.spells.filter(pl.col("person") < persons)), table)
    nobody = rows(replace(case, spells=case.spells.clear()), table)
    assert whole.select(NAMES).equals(part.select(NAMES))
    assert whole.select(NAMES).equals(nobody.select(NAMES))
    assert not whole.select(NAMES).is_duplicated().any()
    assert whole.drop("followed").null_count().sum_horizontal().item() == 0
    assert (whole["followed"].is_null() == nobody["followed"].is_null()).all()
