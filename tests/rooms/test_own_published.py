"""A notebook with a sentence and a chart of its author's own, from its cells to the published page."""

from pathlib import Path

import pytest

import wijken
from participatieketen import disclosure
from participatieketen.errors import DisclosureRefused, NotebookFailed
from participatieketen.reports import build_site
from participatieketen.reports.nodes import code, markdown, notebook, written
from wijken import RELEASE

ROW = 'month="laatste definitieve", direction="terug"'
STEPS = f'waarde(tabellen["step_month"], "steps", {ROW})'
SENTENCE = f'zin("In {{m}} waren er {{n}} stappen terug.", m={STEPS.replace("steps", "month")}, n={STEPS})'
CHART = (
    'import altair as alt\ncharts.own(alt.Chart(tabellen["step_month"].data).mark_line().encode('
    'x="month:T", y="steps:Q", color="direction:N"), "Stappen per maand", "Lijnen.")'
)


@pytest.fixture(name="released")
def _released(tmp_path: Path) -> Path:
    disclosure.write(wijken.tables(), tmp_path / "released.duckdb")
    return tmp_path / "released.duckdb"


def published(released: Path, *cells: str) -> Path:
    """Return where a page of these cells is published."""
    parameters = code('released: str = ""', metadata={"tags": ["parameters"]})
    first = code("from participatieketen.recipes import *")
    nb = notebook(cells=[markdown("# Proef"), parameters, first, *map(code, cells)])
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = released.parent / "proef.ipynb"
    path.write_text(written(nb), encoding="utf-8")
    (released.parent / "run").mkdir()
    given = {"released": str(released)}
    return build_site([path], given, released.parent / "run", released.parent / "uit", RELEASE, print)


def test_a_page_has_the_sentence_and_the_chart(released: Path) -> None:
    """Filled in and drawn by the run, in the place of their cells."""
    page = (published(released, SENTENCE, CHART) / "proef.html").read_text(encoding="utf-8")
    steps = disclosure.open_release(released)["step_month"].frame.filter(direction="terug", provisional=False)
    last = steps.sort("month")["steps"][-1]
    assert f"waren er {last:,} stappen terug.</p>".replace(",", ".") in page
    assert page.index("stappen terug.</p>") < page.index("Stappen per maand</h")
    assert page.count("<svg") == 1


@pytest.mark.parametrize(
    ("cell", "message", "kind"),
    [
        (
            SENTENCE.replace('"terug"', '"".join(["te", "rug"])'),
            "cel 4: zin met een naam, keuze of tekst",
            DisclosureRefused,
        ),
        (SENTENCE.replace("stappen", "7 stappen"), "fout in cel 4", NotebookFailed),
        (SENTENCE.replace('"terug"', '"opzij"'), r"^proef\.ipynb: cel 4: zin kan niet: ", NotebookFailed),
        (CHART.replace('y="steps:Q"', 'y="stappen:Q"'), "^proef: cel 4: charts.own kan niet: ", NotebookFailed),
    ],
)
def test_a_page_that_says_more_is_not_published(cell: str, message: str, kind: type[Exception], released: Path) -> None:
    """One line, with the notebook and the cell; nothing stands there."""
    with pytest.raises(kind, match=message):
        published(released, cell)
    assert not (released.parent / "uit").exists()
