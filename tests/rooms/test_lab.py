"""lab: what an analyst sees in a notebook is Dutch, needs no network, and reaches no page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import altair as alt
import polars as pl
import pytest
from IPython.core.formatters import DisplayFormatter

from conftest import Run
from participatieketen import charts, disclosure, lab
from participatieketen.charts import theme
from participatieketen.cli import commands
from participatieketen.errors import WrongUse
from participatieketen.places import Workspace

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shown() -> Iterator[DisplayFormatter]:
    """Return what shows values in a notebook that knows the package; what was set is undone."""
    renderer, look = alt.renderers.active, alt.theme.active
    with pl.Config():
        shell = SimpleNamespace(display_formatter=DisplayFormatter())
        lab.furnish(cast("InteractiveShell", shell))
        yield shell.display_formatter
    alt.renderers.enable(renderer)
    alt.theme.enable(look)


def forms(shown: DisplayFormatter, value: object) -> dict[str, Any]:
    """Return the forms in which a notebook shows a value."""
    found, _ = shown.format(value)  # type: ignore[no-untyped-call] # IPython leaves it so
    return dict(found)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234, "1.234"),
        (-1234567, "-1.234.567"),
        (1234.5, "1.234,5"),
        (0.25, "0,25"),
        (1 / 3, "0,3333"),
        (float("nan"), "geen getal"),
        (Decimal("12.50"), "12,5"),
        (True, "ja"),
        (False, "nee"),
        (date(2026, 2, 1), "1 februari 2026"),
        (datetime(2026, 3, 31, 14, 5), "31 maart 2026 14:05:00"),  # noqa: DTZ001 - as DuckDB gives it
        (time(9, 30), "09:30:00"),
        (timedelta(days=1), "1 dag"),
        (timedelta(days=1200, hours=2), "1.200 dagen en 2:00:00"),
        ([1000, None, date(2026, 5, 1)], "1.000; ; 1 mei 2026"),
        ({"van": date(2026, 1, 1), "n": 2}, "van: 1 januari 2026; n: 2"),
        ("Startbaan", "Startbaan"),
        (None, ""),
    ],
)
def test_a_value_is_dutch(value: object, shown: str) -> None:
    """A number with points and a comma, a day in full, ja and nee, nothing for null."""
    assert lab.cell(value) == shown


def test_a_frame_is_shown_in_dutch(shown: DisplayFormatter) -> None:
    """Its heads as they are, numbers to the right, its size under it; a text is never read as HTML."""
    frame = pl.DataFrame({"first_day": [date(2026, 2, 1), None], "persons": [1234, None], "<b>": ["a<b", "c"]})
    assert forms(shown, frame)["text/html"] == (
        '<div><table class="dataframe"><thead><tr><th style="text-align:left">first_day</th>'
        '<th style="text-align:right">persons</th><th style="text-align:left">&lt;b&gt;</th></tr></thead><tbody>'
        '<tr><td style="text-align:left">1 februari 2026</td><td style="text-align:right">1.234</td>'
        '<td style="text-align:left">a&lt;b</td></tr><tr><td style="text-align:left"></td>'
        '<td style="text-align:right"></td><td style="text-align:left">c</td></tr></tbody></table>'
        "<small>2 rijen, 3 kolommen</small></div>"
    )


def test_of_many_rows_the_first_and_the_last_are_shown(shown: DisplayFormatter) -> None:
    """As many as polars is told to show."""
    html = forms(shown, pl.DataFrame({"n": range(1000)}))["text/html"]
    assert html.count("<tr>") == 1 + 20 + 1
    assert all(f">{n}<" in html for n in (0, 9, 990, 999, "\N{HORIZONTAL ELLIPSIS}"))
    assert ">10<" not in html
    assert "1.000 rijen, 1 kolom<" in html
    with pl.Config(tbl_rows=-1):
        assert forms(shown, pl.DataFrame({"n": range(100)}))["text/html"].count("<tr>") == 101


def test_a_column_and_an_empty_frame_are_shown_in_dutch(shown: DisplayFormatter) -> None:
    """How many values, rows and columns there are."""
    assert "1 waarde<" in forms(shown, pl.Series("n", [0.5]))["text/html"]
    assert ">0,5<" in forms(shown, pl.Series("n", [0.5]))["text/html"]
    assert "0 rijen, 0 kolommen" in forms(shown, pl.DataFrame())["text/html"]


@pytest.mark.usefixtures("shown")
def test_print_has_dutch_numbers() -> None:
    """Text that polars writes has the same separators, without English about its shape."""
    text = str(pl.DataFrame({"n": [1234.5]}))
    assert "1.234,5" in text
    assert "shape" not in text


def test_a_chart_of_ones_own_needs_no_network(shown: DisplayFormatter) -> None:
    """JupyterLab draws it by itself, in the look of the reports; no HTML that loads scripts."""
    chart = alt.Chart(pl.DataFrame({"n": [1, 2]})).mark_bar().encode(x="n:Q")
    found = forms(shown, chart)
    assert set(found) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
    assert found["application/vnd.vegalite.v5+json"]["config"]["locale"] == theme.config()["locale"]
    assert "http" not in found["image/svg+xml"].replace("http://www.w3.org/", "")


def test_a_chart_of_the_report_is_the_same_in_a_furnished_notebook(town: Run, shown: DisplayFormatter) -> None:
    """Byte for byte, so that a page does not depend on where it was drawn."""
    tables = disclosure.open_release(lab.newest_release(town.workspace))
    here = charts.monthly_steps(tables["step_month"])._repr_mimebundle_()
    assert forms(shown, charts.monthly_steps(tables["step_month"])) == here[0]
    alt.theme.enable("default")
    assert charts.monthly_steps(tables["step_month"])._repr_mimebundle_() == here


def test_nothing_is_set_outside_a_notebook() -> None:
    """Importing the package elsewhere leaves Altair and polars as they are, also where IPython is imported."""
    code = (
        "import sys, IPython, altair, polars; before = polars.Config.state(); import participatieketen; "
        "print(altair.renderers.active, altair.theme.active, polars.Config.state() == before, "
        "'participatieketen.lab' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["default", "default", "True", "False"]


def test_the_newest_release_is_the_one_made_last(tmp_path: Path) -> None:
    """Whatever it is called; one that is not finished is none."""
    space = Workspace(tmp_path / "werkmap", tmp_path / "reports")
    with pytest.raises(WrongUse, match="nog niets vrijgegeven: maak eerst een rapport met `keten run`"):
        lab.newest_release(space)
    for number, name in enumerate(("b-2026-02", "a-2026-01")):
        path = space.releases / name / "released.duckdb"
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (number, number))
    (space.releases / "c-2026-03").mkdir()
    assert lab.newest_release(space).parent.name == "a-2026-01"


def test_the_command_opens_the_start_and_keeps_what_the_analyst_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JupyterLab is started on this machine only, on the start notebook, and asks nobody for news or updates."""
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: started.append(arguments))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    own = tmp_path / "workspace" / "notebooks" / "verkenning.ipynb"
    own.parent.mkdir(parents=True)
    own.write_text("mijn eigen", encoding="utf-8")
    commands.lab()
    ((*_, module, ip, root, start, updates, news, extensions),) = started
    assert (module, ip, root) == ("jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={own.parent}")
    assert start == "--LabApp.default_url=/lab/tree/start.ipynb"
    assert "Never" in updates
    assert (news, extensions) == ("--LabApp.news_url=None", "--LabApp.extension_manager=readonly")
    assert (own.parent / "start.ipynb").is_file()
    assert own.read_text(encoding="utf-8") == "mijn eigen"
