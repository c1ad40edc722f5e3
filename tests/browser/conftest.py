"""A real Chromium that opens published pages from disk, as their readers do."""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from browser.view import WHEN_DRAWN, Show, Shown, View


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; skips where there is none, except in CI."""
    chromium = shutil.which("chromium")
    if chromium is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("chromium is not installed: apt-get install chromium fonts-liberation")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def fresh(browser: Browser) -> Show:
    """Return how to open a page in a tab of its own, for a test that changes it."""

    @cache
    def window(width: int, colours: Literal["dark", "light"]) -> BrowserContext:
        return browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)

    def opened(path: Path, view: View) -> Shown:
        page = window(view.width, "dark" if view.dark else "light").new_page()
        requests, errors = list[str](), list[str]()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(error.message))
        sizes = {"fontSizes": {"standard": view.text, "fixed": view.text * 13 // 16}}
        page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
        page.add_init_script(WHEN_DRAWN)
        page.goto(path.as_uri())
        return Shown(page, tuple(requests), tuple(errors))

    return opened


@pytest.fixture(scope="module")
def show(fresh: Show) -> Show:
    """Return how to look at a page: each is loaded once for each way of looking."""
    return cache(fresh)


@pytest.fixture(scope="module", params=["town", "mvad"])
def pages(request: pytest.FixtureRequest) -> dict[str, Path]:
    """Give every page of a release and the start page, by name."""
    folder = request.getfixturevalue(request.param).site.page.parent
    start = folder.parent.parent / "index.html"
    return {"start": start, **{path.stem: path for path in sorted(folder.glob("*.html"))}}
