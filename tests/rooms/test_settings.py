"""A TOML file that steers a run becomes a frozen dataclass, or one line that says what is wrong."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from participatieketen import settings
from participatieketen.errors import WrongUse


@dataclass(frozen=True)
class Page:
    """A part of a file."""

    __pydantic_config__ = settings.STRICT
    title: str
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Report:
    """A file."""

    __pydantic_config__ = settings.STRICT
    name: str
    since: date
    pages: tuple[Page, ...] = ()
    title: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when the name is empty."""
        if not self.name:
            raise ValueError("heeft geen naam")


WHOLE = """
name = "maand"
since = 2024-01-01
pages = [{ title = "Stand", lines = [1, 2] }]
"""


def test_a_file_becomes_a_dataclass(tmp_path: Path) -> None:
    """Tables become dataclasses, arrays tuples, dates dates; what is left out has its default."""
    expected = Report("maand", date(2024, 1, 1), (Page("Stand", (1, 2)),))
    assert settings.read(_file(tmp_path, WHOLE), Report) == expected


def test_what_the_file_does_not_hold_can_be_given(tmp_path: Path) -> None:
    """A value from outside, such as the file's name, is a key like any other."""
    assert settings.read(_file(tmp_path, "since = 2024-01-01"), Report, name="maand").name == "maand"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (WHOLE + "nmae = 'x'", "nmae is geen bekende sleutel"),
        ("name = 'maand'", "since ontbreekt"),
        ("since = 2024-01-01\nname = ''", "heeft geen naam"),
        ("since = 2024-01-01\nname = 7", "name past niet"),
        ("since = 'gisteren'\nname = 'maand'", "since past niet"),
        ("since = 2024-01-01\nname = 'maand'\npages = [{ title = 'a' }, {}]", "pages.1.title ontbreekt"),
        (
            "since = 2024-01-01\nname = 'maand'\npages = [{ title = 'a', kop = 1 }]",
            "pages.0.kop is geen bekende sleutel",
        ),
        ("since = 2024-01-01\nname = 'maand'\npages = [{ title = 'a', lines = ['x'] }]", "pages.0.lines.0 past niet"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """The line names the file, the key and what is wrong with it."""
    path = _file(tmp_path, text)
    with pytest.raises(WrongUse) as refused:
        settings.read(path, Report)
    assert str(refused.value).startswith(f"{path}: ")
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_more_problems_are_counted(tmp_path: Path) -> None:
    """The first problem is named, the others are counted."""
    with pytest.raises(WrongUse, match=r"ontbreekt \(en nog 1\)"):
        settings.read(_file(tmp_path, ""), Report)


def test_no_value_of_the_file_is_repeated(tmp_path: Path) -> None:
    """An error shows keys, never what stands behind them."""
    with pytest.raises(WrongUse) as refused:
        settings.read(_file(tmp_path, "since = 'geheim'\nname = 'maand'"), Report)
    assert "geheim" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The line says that there is no such file, and what to do."""
    with pytest.raises(WrongUse, match=r"weg\.toml bestaat niet: controleer de naam"):
        settings.read(tmp_path / "weg.toml", Report)


@pytest.mark.parametrize("content", [b"name = ", b"name = 'a'\nname = 'b'", b"name = '\xff'"])
def test_bad_toml_is_named(tmp_path: Path, content: bytes) -> None:
    """Broken syntax, a key that is there twice and text that is not UTF-8 are no TOML."""
    path = tmp_path / "stuk.toml"
    path.write_bytes(content)
    with pytest.raises(WrongUse, match=r"stuk\.toml is geen geldige TOML") as refused:
        settings.read(path, Report)
    assert "\n" not in str(refused.value)


def _file(folder: Path, text: str) -> Path:
    path = folder / "instelling.toml"
    path.write_text(text, encoding="utf-8")
    return path
