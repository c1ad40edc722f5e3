"""docs/estimates: every public function has a page, and its example gives the numbers that it shows."""

import doctest
import re
from pathlib import Path

import pytest

from participatieketen import estimates, places

FOLDER = places.project() / "docs" / "estimates"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


def run(page: Path, known: dict[str, object]) -> tuple[dict[str, object], int]:
    """Run the examples of a page with what is known before it; return what is known after it, and how many ran."""
    text = "\n".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(text, known, page.name, str(page), 0)
    said: list[str] = []
    ran = doctest.DocTestRunner().run(test, out=said.append, clear_globs=False)
    assert not ran.failed, "".join(said)
    return test.globs, ran.attempted


@pytest.fixture(scope="module")
def people() -> dict[str, object]:
    """Return the six people that README.md makes."""
    return run(FOLDER / "README.md", {})[0]


@pytest.mark.parametrize("page", PAGES)
def test_the_example_gives_its_numbers(page: str, people: dict[str, object]) -> None:
    """Whoever copies the example sees what the page shows."""
    assert run(FOLDER / f"{page}.md", dict(people))[1] > 0


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_all_its_parts(page: str) -> None:
    """What it answers, formula, source, example, and when not to use it."""
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {page}\n")
    assert re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE) == ["Formula", "Source", "Example", "When not to use it"]


def test_every_public_function_has_a_page() -> None:
    """And README.md leads to each."""
    listed = re.findall(r"\]\((\w+)\.md\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == PAGES == sorted(estimates.__all__)
