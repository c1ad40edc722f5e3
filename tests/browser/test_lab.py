"""JupyterLab without a network: an analyst opens a notebook, runs it, and sees every chart."""

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
QUIET = ["--no-browser", "--port=0", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root"]


@pytest.fixture
def lab(town: Run, tmp_path: Path) -> Iterator[str]:
    """Start JupyterLab on a copy of the notebook about movement; give its address."""
    notebook = (places.project() / "notebooks" / "beweging.ipynb").read_text(encoding="utf-8")
    released = json.dumps(json.dumps(str(next(town.workspace.releases.glob("*/released.duckdb")))))[1:-1]
    (tmp_path / "beweging.ipynb").write_text(notebook.replace(r"released: str = \"\"", f"released: str = {released}"))
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(tmp_path / f".{name.lower()}") for name in names}
    command = [sys.executable, "-m", "jupyterlab", *QUIET, f"--ServerApp.root_dir={tmp_path}"]
    with subprocess.Popen(
        command, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield _address(Path(own["JUPYTER_RUNTIME_DIR"]))
        finally:
            server.terminate()


def _address(runtime: Path) -> str:
    """Return where the server is, as soon as it answers for itself."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        found = [path.read_text(encoding="utf-8") for path in runtime.glob("jpserver-*.json")]
        if found and found[0].endswith("}"):
            return str(json.loads(found[0])["url"])
        sleep(0.2)
    pytest.fail("JupyterLab did not start")


def test_a_notebook_draws_in_jupyterlab_without_a_network(lab: str, browser: Browser) -> None:
    """Every chart of it appears, and nothing but the server on this machine is asked for anything."""
    asked = list[str]()
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE * 1000)
    context.route(ELSEWHERE, lambda route: _refuse(route, asked))
    page = context.new_page()
    page.goto(f"{lab}lab/tree/beweging.ipynb")
    page.get_by_text("| Idle").wait_for()
    _run_all(page)
    drawn = page.locator(".jp-OutputArea .vega-embed .chart-wrapper")
    expect(drawn).to_have_count(CHARTS, timeout=PATIENCE * 1000)
    for place in range(CHARTS):
        drawn.nth(place).scroll_into_view_if_needed()
        expect(drawn.nth(place)).to_be_visible()
        box = drawn.nth(place).bounding_box()
        assert box is not None
        assert min(box["width"] / 800, box["height"] / 200) > 1
    assert asked == []


def _refuse(route: Route, asked: list[str]) -> None:
    asked.append(route.request.url)
    route.abort()


def _run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
