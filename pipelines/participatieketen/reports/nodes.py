"""nbformat and nbconvert under the types they do not ship."""

from collections.abc import Callable

import nbformat
import papermill
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

parsed: Callable[..., NotebookNode] = nbformat.reads
upgraded: Callable[[NotebookNode], NotebookNode] = nbformat.v4.upgrade
written: Callable[[NotebookNode], str] = nbformat.writes
notebook: Callable[..., NotebookNode] = nbformat.v4.new_notebook
code: Callable[..., NotebookNode] = nbformat.v4.new_code_cell
markdown: Callable[..., NotebookNode] = nbformat.v4.new_markdown_cell
display: Callable[..., NotebookNode] = nbformat.v4.new_output
executed: Callable[..., NotebookNode] = papermill.execute_notebook
exporter: Callable[..., HTMLExporter] = HTMLExporter
