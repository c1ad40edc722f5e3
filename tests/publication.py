"""What is published of a run, file by file, and every text in it."""

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from conftest import MVAD, Run
from figures import Figures, Tables, figures_of
from participatieketen import chain, contracts, disclosure, findings, pipeline
from webpage import Text, drawing_texts, page_texts

NAMES = {"town": "maandrapportage", "later": "maandrapportage", "mvad": str(MVAD)}
"""The pipeline of each run that is made once."""


def published(run: Run) -> dict[str, bytes]:
    """Return every file that readers can open, by its address from the folder of the reports."""
    folder = run.workspace.published
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tables_of(run: Run) -> Tables:
    """Return the released tables of a run."""
    return disclosure.open_release(run.workspace.releases / run.site.release / "released.duckdb")


def tables_before(run: Run) -> Tables | None:
    """Return the released tables of the release that this one is compared with, if there is one."""
    told = findings.read_earlier(run.workspace.releases / run.site.release / "released.duckdb")
    return disclosure.open_release(run.workspace.releases / told.release / "released.duckdb") if told else None


def run_figures(name: str, run: Run) -> Figures:
    """Return what the numbers of this run may be."""
    steered = pipeline.read(NAMES[name])
    rules, agreed = chain.read(steered.chain), contracts.read_folder(steered.contracts)
    sizes = [f"({size(content)})" for address, content in run.downloads.items() if address.endswith(".csv")]
    found = figures_of(tables_of(run), rules, agreed, sizes, tables_before(run))
    return found.with_cells({"months": {str(steered.months)}})


def size(content: bytes) -> str:
    """Return how large a file is, in thousands rounded up."""
    return f"{len(content)} B" if len(content) < 1000 else f"{-(-len(content) // 1000)} kB"


def texts(name: str, content: bytes) -> list[Text]:
    """Return every text of a published page, drawing or JSON file; of a picture there is none."""
    return READERS[Path(name).suffix](content.decode())


def _json_texts(content: str) -> list[Text]:
    return [Text(text, key) for key, text in leaves(json.loads(content))]


def leaves(content: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what JSON holds
    """Yield every key and value in JSON as a text, with the key it stands under."""
    if isinstance(content, Mapping):
        yield from ((key, name) for name in content)
        yield from (leaf for name, inside in content.items() for leaf in leaves(inside, name))
    elif isinstance(content, list):
        yield from (leaf for inside in content for leaf in leaves(inside, key))
    else:
        yield key, str(content)


READERS: dict[str, Callable[[str], list[Text]]] = {".html": page_texts, ".svg": drawing_texts, ".json": _json_texts}


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG; each has the checksum that it should have."""
    place = 8
    while place < len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", content, place + 8 + size)[0] == zlib.crc32(kind + body)
        yield kind, body
        place += size + 12
