"""README.md and LEESMIJ.md stay true: commands, links and rooms that they name exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from participatieketen import places
from participatieketen.cli.commands import app

ROOT = places.project()
PAGES = ("README.md", "LEESMIJ.md")
KNOWN = set(get_command(app).commands)  # type: ignore[attr-defined] # a group has commands


def text(page: str) -> str:
    """Return a page."""
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: str) -> None:
    """Whoever copies a command from the page has one that runs."""
    named = re.findall(r"(?:^\$ |`|/)keten ([a-z]+)", text(page), re.MULTILINE)
    assert named
    assert set(named) <= KNOWN


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """Links within the repository point at files that are there."""
    for target in re.findall(r"\]\(([^)#]+)\)", text(page)):
        assert (ROOT / target).exists(), target


def test_every_room_is_in_the_table() -> None:
    """A newcomer finds each room of the package by its name."""
    package = ROOT / "pipelines" / "participatieketen"
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    named = set(
        re.findall(r"`([a-z]+)`", "\n".join(line for line in text("README.md").splitlines() if line[:1] == "|"))
    )
    assert rooms - {"__init__"} <= named


def test_every_decision_is_listed() -> None:
    """The list of decisions has a line for each page."""
    folder = ROOT / "pipelines" / "decisions"
    listed = set(re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in Path(folder).glob("0*.md")}
