"""Every way that was tried to get something else than a recipe out of a notebook: refused, or without effect."""

import ast
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from participatieketen.errors import DisclosureRefused, NotebookFailed
from participatieketen.recipes import Recipe
from participatieketen.reports import airlock, fence, guard, kernel
from participatieketen.reports.nodes import code, notebook, written
from participatieketen.reports.notebooks import execute, read

VALUE = "111222333"
STEPS = 'charts.monthly_steps(tabellen["step_month"])'
VALUE_OF = 'waarde(tabellen["step_month"], "steps", month="nieuwste", direction="terug")'
SENTENCE = f'zin("Het waren er {{n}}.", n={VALUE_OF})'
PUT_TOGETHER = f'"Het waren " + "er {{n}}.", n={VALUE_OF}'
FIRST = "from IPython.display import *\nfrom participatieketen.recipes import *\nimport os, sys"


def forged(change: dict[str, object]) -> str:
    """Return the code that shows a recipe with this change, without the room that makes them."""
    steps: dict[str, object] = {"version": 1, "of": "charts.monthly_steps", "tables": ["step_month"], "parameters": {}}
    return f"display({{MIME: {steps | dict(change)!r}}}, raw=True)"


def own(spec: dict[str, object]) -> str:
    """Return the code that shows a chart of this specification, without the room that checks it."""
    texts = {"title": "Een titel", "description": "Een grafiek.", "values": {}}
    return forged({"of": "charts.own", "tables": ["stock"], "parameters": {"spec": spec, **texts}})


REFUSED: Mapping[str, str] = {
    "a print": f"print({VALUE})",
    "a print beside a recipe": f"print({VALUE})\n{STEPS}",
    "standard error": f"_ = sys.stderr.write('{VALUE}')",
    "a log": f"import logging\nlogging.warning('{VALUE}')",
    "a warning": f"import warnings\nwarnings.warn('{VALUE}')",
    "a value": VALUE,
    "a frame": f"import polars as pl\npl.DataFrame({{'a': [{VALUE}]}})",
    "markdown": f"Markdown('{VALUE}')",
    "html": f"HTML('<p>{VALUE}</p>')",
    "a script": f"Javascript('alert({VALUE})')",
    "a picture with a script": f"SVG('<svg><script>{VALUE}</script></svg>')",
    "a picture with attributes": f"SVG('<svg><text data-x=\"{VALUE}\">x</text></svg>')",
    "a widget": "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'x'}}, raw=True)",
    "a traceback": f"import traceback\ntry:\n    raise ValueError({VALUE})\nexcept ValueError:\n"
    "    traceback.print_exc()",
    "a forged stamp": "display({'image/svg+xml': '<svg/>', 'text/plain': 'x'}, raw=True, metadata={'keten': {'kind': "
    f"'table', 'id': 'x', 'title': '{VALUE}', 'caption': '', 'table': {{'columns': ['a'], 'rows': [[{VALUE}]]}}}}}})",
    "a frame of the package": f"import polars as pl\nfrom participatieketen.charts import Table\n"
    f"Table('x', 'x', 'x', pl.DataFrame({{'a': ['{VALUE}']}}))",
    "a recipe of something else": forged({"of": "charts.Table"}),
    "a recipe with a text": forged({"parameters": {"title": VALUE}}),
    "a recipe with a part more": forged({"frame": VALUE}),
    "a recipe of a table of persons": forged({"tables": ["client"]}),
    "a computed name": "getattr(charts, 'monthly' + '_steps')(tabellen['step_month'])",
    "a computed choice": "charts.control_chart(tabellen['step_month'], ''.join(['te', 'rug']))",
    "a sentence with a number": forged(
        {
            "of": "zin",
            "parameters": {
                "text": f"Het zijn er {VALUE}: {{n}}",
                "values": {"n": {"table": "step_month", "column": "direction", "row": {}}},
            },
        }
    ),
    "a sentence with a number of its own": forged({"of": "zin", "parameters": {"text": "{n}", "values": {"n": VALUE}}}),
    "a sentence that is put together": f"zin({PUT_TOGETHER})",
    "a sentence that was changed": f"changed = {SENTENCE}\nchanged.parameters['text'] = 'Anders: ' + '{{n}}'\nchanged",
    "a chart with values": own({"data": {"values": [{"a": VALUE}]}, "mark": "bar"}),
    "a chart of persons": own({"data": {"name": "client"}, "mark": "bar"}),
    "a chart with a computed title": "charts.own({'data': {'name': 'stock'}, 'mark': 'bar'}, 'Een ' + 'titel', 'Een grafiek.')",
    "a chart with a computed number": "charts.own({'data': {'name': 'stock'}, 'mark': 'bar', 'width': 200 + 1}, "
    "'Een titel', 'Een grafiek.')",
    "the same twice": f"display({STEPS})\ndisplay({STEPS})",
    "a replaced form": "Recipe.as_json = lambda self: {'version': 1, 'of': 'charts.' + 'verdict_table', "
    f"'tables': ['verdict'], 'parameters': {{}}}}\n{STEPS}",
    "a changed recipe": f"changed = {STEPS}\nobject.__setattr__(changed, 'of', 'charts.' + 'stock_per_position')\n"
    "object.__setattr__(changed, 'tables', ('stock',))\nchanged",
    "a changed menu": "from dataclasses import replace\nMENU['charts.Table'] = MENU['charts.notes']\ncharts.Table()",
    "a display that is changed later": f"_ = display({STEPS}, display_id='later')\n"
    f"update_display({{'text/html': '{VALUE}'}}, raw=True, display_id='later')",
}
HARMLESS: Mapping[str, str] = {
    "a recipe": STEPS,
    "a file descriptor": f"_ = os.write(2, b'{VALUE}')\n_ = os.write(1, b'{VALUE}')\n{STEPS}",
    "its own metadata": f"display({STEPS}, metadata={{'keten': '{VALUE}', 'x': '{VALUE}'}})",
    "other forms beside it": f"display({STEPS}._repr_mimebundle_() | {{'text/html': '{VALUE}', 'image/png': '{VALUE}', "
    f"'image/svg+xml': '<svg onload=\"{VALUE}\"/>'}}, raw=True)",
    "another release": f"released = '/copied/released.duckdb'\n{STEPS}",
    "a cell for later": f"get_ipython().set_next_input('{VALUE}')\n{STEPS}",
    "a page of help": f"get_ipython().payload_manager.write_payload({{'source': 'page', 'data': {{'text/plain': "
    f"'{VALUE}'}}}})\n{STEPS}",
    "a changed environment": f"os.environ['KETEN_KEY'] = '{VALUE}'\n{STEPS}",
    "a file in its own folder": f"_ = open('released.duckdb', 'w').write('{VALUE}')\n{STEPS}",
}


def ran_in_a_closed_kernel(folder: Path, *cells: str) -> tuple[Any, Any]:
    """Return a notebook of these cells as it was written, and after a run as a report runs it."""
    parameters = code('released: str = ""', metadata={"tags": ["parameters"]})
    nb = notebook(cells=[parameters, code(FIRST), *map(code, cells)])
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "proef.ipynb"
    path.write_text(written(nb), encoding="utf-8")
    with kernel.own_kernel(closed=True) as closed:
        return read(path), execute(path, {"released": "proef"}, folder / "run" / path.name, 60, kernel=closed)


@pytest.fixture(scope="module", name="cells")
def _cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """Return each way as a notebook of one cell, before and after; the ones that change the package run last."""
    ways = {**HARMLESS, **REFUSED}
    source, ran = ran_in_a_closed_kernel(tmp_path_factory.mktemp("wegen"), *ways.values())
    pairs = zip(source.cells[2:], ran.cells[2:], strict=True)
    return {
        name: (notebook(cells=[one]), notebook(cells=[other])) for name, (one, other) in zip(ways, pairs, strict=True)
    }


def handed_over(cells: tuple[Any, Any]) -> list[Recipe]:
    """Return what the airlock takes from a way."""
    source, ran = cells
    (found,) = airlock.recipes(ran, source, {"released": "proef"}, "proef.ipynb")
    return [*found]


@pytest.mark.parametrize("way", REFUSED)
def test_anything_but_a_recipe_stops_publication(way: str, cells: dict[str, tuple[Any, Any]]) -> None:
    """The line names notebook and cell, and nothing of what was shown."""
    with pytest.raises(DisclosureRefused, match=r"^proef\.ipynb: cel 1: ") as caught:
        handed_over(cells[way])
    assert caught.value.exit_code == 8
    assert VALUE not in str(caught.value)


@pytest.mark.parametrize("way", HARMLESS)
def test_what_stands_beside_a_recipe_is_not_read(way: str, cells: dict[str, tuple[Any, Any]]) -> None:
    """Only the recipe is taken; where what was written comes out as a print, it is refused."""
    try:
        found = handed_over(cells[way])
    except DisclosureRefused:
        assert way == "a file descriptor"
        return
    assert found == [Recipe("charts.monthly_steps", ("step_month",), {})]


def test_a_page_has_the_text_that_was_read_before_the_run(tmp_path: Path) -> None:
    """Another cell than there was, or more of them, is no page."""
    source, ran = ran_in_a_closed_kernel(tmp_path, STEPS)
    ran.cells[2].source = ran.cells[2].source + "  "
    with pytest.raises(DisclosureRefused, match="cel 3: een andere cel dan er voor de run stond"):
        airlock.recipes(ran, source, {}, "proef.ipynb")


# --- the fence ----------------------------------------------------------------------------------------------------

NEEDS = {"TCP": 4, "signal": 6, "cut short": 3}
ATTEMPTS: Mapping[str, str] = {
    "read": "open({secret!r}).read()",
    "list": "os.listdir({folder!r})",
    "link": "(os.symlink({secret!r}, 'link'), open('link').read())",
    "hard link": "os.link({secret!r}, 'hard')",
    "through /proc": "open('/proc/self/root' + {secret!r}).read()",
    "write": "open({folder!r} + '/new', 'w')",
    "append": "open({secret!r}, 'a')",
    "cut short": "os.truncate({secret!r}, 0)",
    "remove": "os.remove({secret!r})",
    "rename": "os.rename({secret!r}, 'mine')",
    "folder": "os.mkdir({folder!r} + '/map')",
    "home": "os.listdir('/root' if os.getuid() == 0 else '/home')",
    "the package": "open({package!r}, 'a')",
    "memory of the run": "open(f'/proc/{{os.getppid()}}/mem', 'rb')",
    "environment of the run": "open(f'/proc/{{os.getppid()}}/environ', 'rb').read()",
    "ptrace": "refused(libc.ptrace(16, os.getppid(), 0, 0))",
    "signal": "os.kill(os.getppid(), 0)",
    "program": "subprocess.run(['/bin/true'])",
    "TCP": "socket.create_connection(('127.0.0.1', {port}), 1)",
    "device": "os.mknod('disk', 0o60600, 1)",
}
TRIED = """
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def refused(result):
    if result < 0:
        raise PermissionError
def went(attempt):
    try:
        eval(attempt)
    except OSError:
        return False
    return True
{name: went(attempt) for name, attempt in ATTEMPTS.items()}
"""


@pytest.mark.skipif(not fence.version(), reason="no Landlock on this system")
def test_a_kernel_behind_the_fence_reaches_nothing(tmp_path: Path) -> None:
    """Neither files by any path, nor the run, nor a program, nor the network."""
    secret = tmp_path / "geheim" / "extract.duckdb"
    secret.parent.mkdir()
    secret.write_text(VALUE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = {
            "secret": str(secret),
            "folder": str(secret.parent),
            "package": fence.__file__,
            "port": server.getsockname()[1],
        }
        attempts = {name: text.format(**places) for name, text in ATTEMPTS.items()}
        _, ran = ran_in_a_closed_kernel(tmp_path, TRIED.replace("ATTEMPTS", repr(attempts)))
    went = ast.literal_eval(ran.cells[2].outputs[0].data["text/plain"])
    assert set(went) == set(ATTEMPTS)
    assert [name for name, through in went.items() if through and fence.version() >= NEEDS.get(name, 1)] == []
    assert secret.read_text(encoding="utf-8") == VALUE
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


def test_a_closed_kernel_knows_no_key_and_no_workspace(tmp_path: Path) -> None:
    """Of the environment only what a program needs to start; an empty folder; no library that draws."""
    asked = "import json\n(sorted(os.environ), os.listdir(), sorted({'altair', 'polars', 'duckdb'} & set(sys.modules)))"
    _, ran = ran_in_a_closed_kernel(tmp_path, asked)
    names, folder, libraries = ast.literal_eval(ran.cells[2].outputs[0].data["text/plain"])
    assert [name for name in names if name.startswith("KETEN")] == ["KETEN_IN_A_RUN"]
    assert not set(names) & (set(os.environ) - kernel.PASSED_ON - {"HOME", "TMPDIR", "TERM", "PAGER", "GIT_PAGER"}) - {
        "PYDEVD_USE_FRAME_EVAL",
        "CLICOLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "MPLBACKEND",
        "JPY_PARENT_PID",
        "KETEN_IN_A_RUN",
    }
    assert (folder, libraries) == ([], [])


def test_the_run_says_when_there_is_no_whole_fence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In one line: none, what an older one leaves open, or places that Python itself has to read."""
    said = {}
    for version in (0, 1, 4, 7):
        monkeypatch.setattr(fence, "version", lambda found=version: found)
        said[version] = guard.left_open([tmp_path])
    assert said[0].startswith("notebooks draaien zonder hek (dit systeem heeft geen Landlock).")
    assert "bestanden leegmaken, het netwerk, andere programma's stoppen" in said[1]
    assert "open blijft andere programma's stoppen" in said[4]
    assert said[7] == ""
    assert "in een map van Python" in guard.left_open([Path(fence.__file__).parent])


# --- what must be the same afterwards -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "ledger.jsonl").write_text("anders", encoding="utf-8"),
        lambda folder: (folder / "nieuw.html").write_text(VALUE, encoding="utf-8"),
        lambda folder: (folder / "ledger.jsonl").unlink(),
        lambda folder: (folder / "ledger.jsonl").rename(folder / "weg.jsonl"),
        lambda folder: (folder / "ledger.jsonl").chmod(0o444),
        lambda folder: (folder / "map").mkdir(),
    ],
)
def test_a_direct_write_stops_the_run(change: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a function
    """What stands in reports, ledger and releases is compared, name by name, with the rights it has."""
    (tmp_path / "ledger.jsonl").write_text(json.dumps({}), encoding="utf-8")
    with guard.unchanged([tmp_path]):
        pass
    with (
        pytest.raises(NotebookFailed, match=f"veranderde er iets in {tmp_path.name}") as caught,
        guard.unchanged([tmp_path]),
    ):
        change(tmp_path)
    assert caught.value.exit_code == 7
    assert VALUE not in str(caught.value)
