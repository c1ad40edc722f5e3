"""What the pages of a release are made from: notebooks read before anything runs, and of a loop its groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from participatieketen.errors import WrongUse
from participatieketen.reports.airlock import STAMP
from participatieketen.reports.notebooks import check_parameters, read
from participatieketen.reports.release import GroupPages, plain_name

RELEASED = "released"
"""The parameter that names the release: for the run the path of its tables, for a notebook its name."""


@dataclass(frozen=True)
class Sheet:
    """What a page is made from: a notebook, and of a loop the group.

    source    the notebook as it was read before anything ran; its text is what the page has
    settings  the parameters, as the run has them
    group     its code; label: its name, that its title ends in; under: the page that lists it
    """

    notebook: Path
    source: NotebookNode
    settings: Mapping[str, object] = field(default_factory=dict)
    group: str = ""
    label: str = ""
    under: str = ""

    @property
    def name(self) -> str:
        """What a message calls it: the notebook, and the group it is run for."""
        return f"{self.notebook.name} ({self.group})" if self.group else self.notebook.name

    @property
    def parameters(self) -> dict[str, object]:
        """What its kernel gets: of the release its name, not where its file is."""
        return {name: _release_name(value) if name == RELEASED else value for name, value in self.settings.items()}


def sheets_of(
    notebooks: Sequence[Path], loops: Sequence[GroupPages], parameters: Mapping[str, object], taken: Sequence[str]
) -> dict[str, Sheet]:
    """Return page name -> what it is made from, in the order given; raises WrongUse before anything runs.

    taken   names of the pages that no notebook makes
    """
    sheets = {
        plain_name(notebook.stem, "De naam van een notebook"): Sheet(notebook, read(notebook), parameters)
        for notebook in notebooks
    }
    if not sheets or len(sheets) < len(notebooks):
        raise WrongUse("Een uitgave bestaat uit minstens één notebook, en elk notebook heeft een eigen naam.")
    for loop in loops:
        pages = _looped(loop, parameters)
        if twice := sorted(set(sheets) & set(pages)):
            raise WrongUse(f"Twee pagina's zouden {twice[0]} heten: geef een van de notebooks een andere naam.")
        sheets |= pages
        _refuse_wrong(loop.notebook, read(loop.notebook), {**parameters, "group": ""})
    if names := sorted(set(sheets) & set(taken)):
        raise WrongUse(f"Een notebook kan niet {names[0]} heten: die pagina maakt de uitgave zelf.")
    for sheet in sheets.values():
        _refuse_wrong(sheet.notebook, sheet.source, sheet.settings)
    return sheets


def _looped(loop: GroupPages, parameters: Mapping[str, object]) -> dict[str, Sheet]:
    """Return the pages of a loop; raises WrongUse when two of its codes would be one page."""
    source = read(loop.notebook)
    pages = {
        loop.page_name(code): Sheet(loop.notebook, source, {**parameters, "group": code}, code, label, loop.under)
        for code, label in loop.groups.items()
    }
    if len(pages) < len(loop.groups):
        raise WrongUse(f"{loop.notebook.name}: twee groepen krijgen dezelfde pagina; geef ze duidelijk andere codes.")
    return pages


def _refuse_wrong(notebook: Path, source: NotebookNode, parameters: Mapping[str, object]) -> None:
    """Raise WrongUse for a notebook that is for analysts only, or parameters that do not fit it."""
    if source.metadata.get(STAMP, {}).get("publiceren") is False:
        raise WrongUse(
            f"{notebook.name}: dit notebook is alleen voor analisten en wordt nooit gepubliceerd; "
            "haal het uit de lijst van de rapportage."
        )
    check_parameters(notebook, parameters, source)


def _release_name(released: object) -> str:
    """Return what a release is called: the name of its folder."""
    return Path(str(released)).parent.name
