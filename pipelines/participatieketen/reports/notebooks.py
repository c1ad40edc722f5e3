"""Run a notebook: parameters checked before anything starts, success never taken from its own word.

papermill by itself only warns about an unknown parameter, runs parameter names as code, lets a default win when
the `parameters` tag is missing, and calls every cell completed after a killed kernel. Hence the checks here.
"""

import ast
import difflib
import keyword
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillException, PapermillExecutionError

from participatieketen.errors import KetenError, NoAccess, NotebookFailed, WrongUse
from participatieketen.reports import nodes
from participatieketen.reports.kernel import Kernel, own_kernel

PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")
TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
DUTCH = {"str": "tekst", "int": "een geheel getal", "float": "een getal", "bool": "waar of onwaar"}
INJECTED = "injected-parameters"  # papermill's own tag for the cell it adds
IOPUB_TIMEOUT_S = 30  # a busy machine may deliver output later than nbclient's 4 s; the answer still has to come

# papermill and nbclient report a timeout or a dead kernel to this logger; without a handler that is our terminal.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def read(notebook: Path) -> NotebookNode:
    """Return the notebook as nbformat 4.5; raises WrongUse (not a notebook) or NoAccess."""
    try:
        text = notebook.read_text(encoding="utf-8")
        return nodes.upgraded(nodes.parsed(text, as_version=4))
    except FileNotFoundError:
        raise WrongUse(f"{notebook.name}: dit notebook is er niet; kijk de naam na.") from None
    except OSError:
        raise NoAccess(f"{notebook}: niet leesbaar; geef leesrecht.") from None
    except (ValueError, KeyError, TypeError, AttributeError):  # no UTF-8, JSON or notebook: their texts quote the file
        raise WrongUse(f"{notebook.name}: dit is geen notebook (.ipynb) dat te lezen is.") from None


def check_parameters(
    notebook: Path, given: Mapping[str, object], source: NotebookNode | None = None
) -> dict[str, object]:
    """Return the parameters as the notebook declares them: the same names, the declared types.

    Every declared parameter has to be given: its default is for JupyterLab, never for a run.

    source  the notebook, when it was read before
    Raises  WrongUse with all complaints at once, before anything runs.
    """
    declared = declared_parameters(notebook, source)
    complaints = [
        *_unknown(declared, given),
        *(f"{name} ontbreekt" for name in declared if name not in given),
        *_wrong_types(declared, given),
    ]
    if complaints:
        raise WrongUse(f"{notebook.name}: {'; '.join(complaints)}.")
    return {name: TYPES[kind](given[name]) for name, kind in declared.items()}


def declared_parameters(notebook: Path, source: NotebookNode | None = None) -> dict[str, str]:
    """Return name -> type of the one cell tagged `parameters`, as papermill reads it; raises WrongUse."""
    nb = source or read(notebook)
    lines = _assignments(nb.cells[_parameter_cell(nb, notebook.name)].source, notebook.name)
    try:
        inspected = papermill.inspect_notebook(nb)
    except (PapermillException, ValueError):
        raise WrongUse(f"{notebook.name}: dit is geen notebook voor Python.") from None
    declared = {name: found["inferred_type_name"] for name, found in inspected.items()}
    if declared != lines:
        raise WrongUse(f"{notebook.name}: de cel met parameters is niet eenduidig; houd elke regel eenvoudig.")
    return declared


def execute(  # noqa: PLR0913 - what runs, with what, where, for how long and for whom
    notebook: Path,
    parameters: Mapping[str, object],
    output: Path,
    timeout_s: int = 600,
    *,
    kernel: Kernel | None = None,
    about: str = "",
    source: NotebookNode | None = None,
) -> NotebookNode:
    """Return the executed notebook, cells counted as in the source; `output` (0600) keeps all of it.

    timeout_s   longest time for one cell; then the kernel and all it started are killed
    output      file in the run folder, which is the working directory of a kernel that is not closed
    kernel      one that other notebooks ran in, of which nothing but imported modules is seen; default: one of its own,
                open to all that this process may see, as analysts have it
    about       what the notebook is run for, for the message: a group of a loop
    source      the notebook, when it was read before: then the file is not opened again
    Raises      WrongUse before anything runs; NotebookFailed naming notebook and cell; NoAccess.
    """
    name = f"{notebook.name} ({about})" if about else notebook.name
    if timeout_s < 1:
        raise WrongUse("De tijdslimiet van een notebook is minstens 1 seconde.")
    nb = source or read(notebook)
    given = check_parameters(notebook, parameters, nb)
    sentinel = secrets.token_hex(16)
    parameter_cell = _parameter_cell(nb, notebook.name)
    prepared = _prepared(nb, output, sentinel)
    started: list[int] = []
    try:
        with nullcontext(kernel) if kernel else own_kernel() as used:
            done = _run(used, prepared, output, given, timeout_s, lambda cell_index, **_: started.append(cell_index))
    except Exception as error:  # noqa: BLE001 - papermill, nbclient, jupyter and zmq share no class; all quote values
        cell = _source_number(started[-1], parameter_cell) if started else 0
        raise _failure(error, name, cell, timeout_s, output) from None
    return _judged(done, name, sentinel, parameter_cell)


def _literally(path: Path) -> str:
    """Return the path such that papermill, which fills in {names}, leaves it as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _parameter_cell(nb: NotebookNode, name: str) -> int:
    tags = [cell.metadata.get("tags", []) for cell in nb.cells]
    found = [i for i, cell in enumerate(nb.cells) if "parameters" in tags[i] and cell.cell_type == "code"]
    if len(found) != 1 or any(INJECTED in these for these in tags):
        raise WrongUse(
            f"{name}: {len(found)} cellen met het label 'parameters'; "
            f"geef precies één codecel dat label (en geen cel '{INJECTED}')."
        )
    return found[0]


def _assignments(source: str, name: str) -> dict[str, str]:
    """Return name -> type of lines `name: type = literal`; raises WrongUse at the first other line."""
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError):
        raise WrongUse(f"{name}: de cel met parameters is geen geldige Python.") from None
    found: dict[str, str] = {}
    for line in lines:
        match line:
            case ast.AnnAssign(target=ast.Name(id=target), annotation=ast.Name(id=kind), value=ast.Constant()) if (
                kind in TYPES and target not in found and _plain_parameter(target)
            ):
                found[target] = kind
            case _:
                raise WrongUse(
                    f"{name}: regel {line.lineno} van de cel met parameters is geen 'naam: type = waarde' "
                    f"met als type {', '.join(TYPES)}."
                )
    return found


def _plain_parameter(name: object) -> bool:
    return isinstance(name, str) and bool(PARAMETER.fullmatch(name)) and not keyword.iskeyword(name)


def _unknown(declared: Mapping[str, str], given: Mapping[str, object]) -> Iterator[str]:
    for name in given:
        if not _plain_parameter(name):
            yield "een van de namen kan geen parameter zijn (kleine letters, cijfers, _)"
        elif name not in declared:
            near = difflib.get_close_matches(name, declared, n=1)
            hint = f"bedoelt u {near[0]}?" if near else f"bekend: {', '.join(declared) or 'geen'}"
            yield f"{name} is geen parameter ({hint})"


def _wrong_types(declared: Mapping[str, str], given: Mapping[str, object]) -> Iterator[str]:
    for name, kind in declared.items():
        accepted = {int, float} if kind == "float" else {TYPES[kind]}
        if name in given and type(given[name]) not in accepted:
            yield f"{name} moet {DUTCH[kind]} zijn ({kind})"


def _prepared(source: NotebookNode, output: Path, sentinel: str) -> NotebookNode:
    """Return the notebook without outputs and with the closing sentinel; `output` is made, for its owner only."""
    nb = deepcopy(source)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nb.cells.append(nodes.code(repr(sentinel), metadata={"tags": ["keten-slot"]}))
    try:
        output.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8"):
            output.chmod(0o600)
    except OSError:
        raise NoAccess(
            f"{output.parent}: het notebook kan hier niet staan; maak ruimte of geef schrijfrecht."
        ) from None
    return nb


def _run(
    kernel: Kernel,
    prepared: NotebookNode,
    output: Path,
    given: Mapping[str, object],
    timeout_s: int,
    on_cell_start: Callable[..., None],
) -> NotebookNode:
    """Return what papermill returns; it writes to `output` and reads nothing back from it."""
    folder = kernel.folder or output.parent
    kernel.clear(folder)
    return nodes.executed(
        prepared,
        _literally(output),
        parameters=dict(given),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        execution_timeout=timeout_s,
        km=kernel.manager,
        extra_arguments=list(kernel.arguments),
        # papermill's own `cwd` changes directory for the whole process: wrong when two notebooks run
        resources={"metadata": {"path": str(folder)}},
        iopub_timeout=IOPUB_TIMEOUT_S,
        force_raise_errors=True,
        store_widget_state=False,
        on_cell_start=on_cell_start,
    )


def _source_number(index: int, parameter_cell: int) -> int:
    """Return the cell's number in the source, from 1: papermill added a cell after the parameters."""
    return index + 1 if index <= parameter_cell else index


def _failure(error: Exception, name: str, cell: int, timeout_s: int, output: Path) -> KetenError:
    where = f"cel {cell}" if cell else "het starten"
    match error:
        case CellTimeoutError():  # an OSError too, by way of TimeoutError
            what = f"{where} duurde langer dan {timeout_s} seconden en is afgebroken"
        case OSError():
            return NoAccess(f"{output.parent}: {name} kon hier niet draaien; maak ruimte of geef schrijfrecht.", error)
        case DeadKernelError():
            what = f"de kernel stopte bij {where} (geheugen vol, of van buiten beëindigd)"
        case PapermillExecutionError():
            what = f"fout in {where}"
        case _:
            what = f"het notebook kon niet verder bij {where}"
    return NotebookFailed(
        f"{name}: {what}. Er is niets gepubliceerd; kijk in de werkmap bij {output.parent.name}/{output.name}.",
        error,
    )


def _judged(done: NotebookNode, name: str, sentinel: str, parameter_cell: int) -> NotebookNode:
    """Return the notebook as its author counts it; raises NotebookFailed unless every cell and the sentinel ran."""
    *cells, closing = done.cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
            number = _source_number(index, parameter_cell)
            raise NotebookFailed(f"{name}: cel {number} is niet uitgevoerd. Er is niets gepubliceerd.")
    said = [output.get("data", {}).get("text/plain") for output in closing.get("outputs", [])]
    if said != [repr(sentinel)]:
        raise NotebookFailed(f"{name}: het notebook is niet tot het einde uitgevoerd. Er is niets gepubliceerd.")
    done.cells = [cell for cell in cells if INJECTED not in cell.metadata.get("tags", [])]
    return done
