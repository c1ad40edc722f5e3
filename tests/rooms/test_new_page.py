"""LEESMIJ.md's way to a new page, followed word for word."""

import json
import re
import shutil
from pathlib import Path
from textwrap import dedent

from conftest import Run
from participatieketen import places
from participatieketen.pipeline import definition
from participatieketen.reports import build_site
from wijken import RELEASE


def test_a_new_page_is_published_as_the_text_says(town: Run, tmp_path: Path) -> None:
    """Copy the notebook it names, use the line it shows, name it in the pipeline: the page stands beside the others."""
    text = (places.project() / "LEESMIJ.md").read_text(encoding="utf-8")
    section = text.split("## Een nieuwe pagina in het rapport")[1]
    example, own = re.findall(r"`([\w-]+\.ipynb)`", section)[:2]
    line = re.search(r"`(charts\.[^`]+)`", section)
    assert line
    for folder in ("notebooks", "pipelines", "data_contracts", "reports"):
        shutil.copytree(
            places.project() / folder, tmp_path / folder, ignore=shutil.ignore_patterns("participatieketen", "releases")
        )

    shutil.copy(tmp_path / "notebooks" / example, tmp_path / "notebooks" / own)
    examples = [dedent(part.split("   ```")[0]) for part in section.split("```python\n")[1:]]
    _keep_only(tmp_path / "notebooks" / own, [line[1], *examples])
    toml = tmp_path / "pipelines" / "maandrapportage.toml"
    toml.write_text(toml.read_text().replace("notebooks = [", f'notebooks = ["../notebooks/{own}", '))

    notebooks = [path for path in definition.read(str(toml)).notebooks if path.name in {own, "kwaliteit.ipynb"}]
    assert [path.name for path in notebooks] == [own, "kwaliteit.ipynb"]
    released = next(town.workspace.releases.glob("*/released.duckdb"))
    (tmp_path / "run").mkdir()
    site = build_site(notebooks, {"released": str(released)}, tmp_path / "run", tmp_path / "uit", RELEASE, print)
    assert {f"{Path(own).stem}.html", "kwaliteit.html"} <= {path.name for path in site.iterdir()}
    page = (site / f"{Path(own).stem}.html").read_text(encoding="utf-8")
    assert "Stappen vooruit" in page
    assert "Een lijn per plek: het aantal mensen, maand na maand." in page
    assert re.search(r'<p class="tekst">Op 1 oktober 2025 stonden [\d.]+ mensen op de plek Bijstand.</p>', page)


def _keep_only(notebook: Path, lines: list[str]) -> None:
    """Write a text of one's own and keep the cells up to the tables, and a cell for each of the lines."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    kept = [
        cell
        for cell in cells
        if any(name in "".join(cell["source"]) for name in ("released: str", "participatieketen.recipes"))
    ]
    title = content["cells"][0] | {"source": ["# Mijn pagina"]}
    shown = [cells[-1] | {"id": f"mijn-{place}", "source": [line]} for place, line in enumerate(lines)]
    content["cells"] = [title, *kept, *shown]
    notebook.write_text(json.dumps(content), encoding="utf-8")
