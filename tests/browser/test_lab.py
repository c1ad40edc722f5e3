"""JupyterLab without a network: an analyst starts it, runs a notebook, and sees every chart and table."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from conftest import Run
from participatieketen import places

ELSEWHERE = re.compile(r"^(?!(http://127\.0\.0\.1[:/]|data:|blob:))")
PATIENCE = 120  # seconds for a server to start and a notebook to run, on a machine with other work
CHARTS = 6
KETEN_LAB = "import sys; sys.argv = ['keten', 'lab']; from participatieketen.cli import main; main()"
QUIET = {
    "ServerApp": {"open_browser": False, "port": 0, "allow_root": True},
    "IdentityProvider": {"token": ""},
}
"""What a test needs of the server beside what the command asks: no window of its own, any port, no password."""


@pytest.fixture
def lab(town: Run, tmp_path: Path) -> Iterator[str]:
    """Give the address of JupyterLab as `keten lab` starts it in the workspace of the town."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(tmp_path / f".{name.lower()}") for name in names}
    settings = Path(own["JUPYTER_CONFIG_DIR"]) / "jupyter_server_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(QUIET), encoding="utf-8")
    _bring(town, "beweging.ipynb")
    space = {"KETEN_HOME": str(town.workspace.home), "KETEN_REPORTS": str(town.workspace.published)}
    command = [sys.executable, "-c", KETEN_LAB]
    with subprocess.Popen(
        command, env={**os.environ, **own, **space}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield _address(Path(own["JUPYTER_RUNTIME_DIR"]))
        finally:
            server.terminate()


def _bring(town: Run, name: str) -> None:
    """Put a notebook of the report in the workspace, with the path of what was released filled in."""
    notebook = (places.project() / "notebooks" / name).read_text(encoding="utf-8")
    released = json.dumps(json.dumps(str(next(town.workspace.releases.glob("*/released.duckdb")))))[1:-1]
    folder = town.workspace.home / "notebooks"
    folder.mkdir(exist_ok=True)
    filled = notebook.replace(r"released: str = \"\"", f"released: str = {released}")
    (folder / name).write_text(filled, encoding="utf-8")


def _address(runtime: Path) -> str:
    """Return where the server is, as soon as it answers for itself."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        found = [path.read_text(encoding="utf-8") for path in runtime.glob("jpserver-*.json")]
        if found and found[0].endswith("}"):
            return str(json.loads(found[0])["url"])
        sleep(0.2)
    pytest.fail("JupyterLab did not start")


def test_the_lab_opens_at_the_start_and_draws_without_a_network(lab: str, browser: Browser) -> None:
    """The start notebook is open; it shows a frame in Dutch, a chart and the extract. So does a page of the report."""
    asked = list[str]()
    page = _window(browser, asked)
    page.goto(lab)
    page.wait_for_url("**/lab/tree/start.ipynb")
    _run_all(page)
    _drawn(page, 1)
    frames = page.locator(".jp-OutputArea .jp-RenderedHTML table.dataframe")
    expect(frames).to_have_count(2, timeout=PATIENCE * 1000)
    frames.first.scroll_into_view_if_needed()
    expect(frames.first).to_contain_text(re.compile(r"1 [a-z]+ 202\d"))
    expect(page.get_by_text(re.compile(r"^6 rijen, \d+ kolommen$"))).to_be_visible()
    page.goto(f"{lab}lab/workspaces/pagina/tree/beweging.ipynb")
    _run_all(page)
    _drawn(page, CHARTS)
    assert asked == []


def _window(browser: Browser, asked: list[str]) -> Page:
    """Return a window in which whatever is asked of another machine is refused and noted."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE * 1000)
    context.route(ELSEWHERE, lambda route: _refuse(route, asked))
    return context.new_page()


def _drawn(page: Page, charts: int) -> None:
    """Wait for so many interactive charts, each large enough to read."""
    drawn = page.locator(".jp-OutputArea .vega-embed .chart-wrapper")
    expect(drawn).to_have_count(charts, timeout=PATIENCE * 1000)
    for place in range(charts):
        drawn.nth(place).scroll_into_view_if_needed()
        expect(drawn.nth(place)).to_be_visible()
        box = drawn.nth(place).bounding_box()
        assert box is not None
        assert min(box["width"] / 800, box["height"] / 200) > 1


def _refuse(route: Route, asked: list[str]) -> None:
    asked.append(route.request.url)
    route.abort()


def _run_all(page: Page) -> None:
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
