"""What a reader sees of a page, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

WHEN_DRAWN = """
window.drawn = new Promise(done => addEventListener("load", () =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
"""
LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class View:
    """How a reader looks: width of the window, dark or light, and the browser's own size of text."""

    width: int = 1280
    dark: bool = False
    text: int = 16


@dataclass(frozen=True)
class Shown:
    """A page in the browser, and what was heard while it loaded."""

    page: Page
    requests: tuple[str, ...]
    errors: tuple[str, ...]

    def look(self, what: str, given: object = None) -> Any:  # noqa: ANN401 - whatever the function in look.js returns
        """Return what a function of look.js sees."""
        return look(self.page, what, given)


Show = Callable[[Path, View], Shown]


def look(page: Page, what: str, given: object = None) -> Any:  # noqa: ANN401 - whatever the function in look.js returns
    """Return what a function of look.js sees in this page."""
    return page.evaluate(f"given => ({LOOK}).{what}(given)", given)
