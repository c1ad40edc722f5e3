"""The same deliveries once more, from the start and in another place."""

from pathlib import Path

from conftest import Run, copied, run_once

LINE = '<p class="gemaakt">Gemaakt op'


def test_the_same_input_gives_the_same_bytes(town: Run, key_of_town: Path, tmp_path: Path) -> None:
    """A second town, run a month later in another folder: only the line that says when it was made differs."""
    again = run_once("maandrapportage", tmp_path, copied(key_of_town, tmp_path), made_on="2026-03-04")
    assert again.site.release == town.site.release
    assert again.downloads == town.downloads
    pages = {name for name in town.pages if name.endswith(".html")}
    assert len(pages) > 2
    assert {name for name in again.pages if name.endswith(".html")} == pages
    for name in pages:
        before, after = (run.pages[name].splitlines() for run in (town, again))
        different = [line for line in zip(before, after, strict=True) if line[0] != line[1]]
        assert [line[: len(LINE)] for pair in different for line in pair] == [LINE, LINE], name
