"""What a pipeline TOML says: which chain, contracts, sources and notebooks make which report."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from participatieketen import chain, intake, settings
from participatieketen.chain import Chain
from participatieketen.errors import WrongUse
from participatieketen.groups import Groupings
from participatieketen.months import YEAR
from participatieketen.places import project
from participatieketen.settings import Address, Name

Parameter = bool | int | float | str

_OWN_PAGES = frozenset({"definities", "downloads", "index"})  # a release makes them itself
_GIVEN = frozenset({"group", "months", "released"})  # parameters that a run gives to notebooks


@dataclass(frozen=True)
class Known:
    """A count that anyone can look up elsewhere, by the name of its cell in released_stock_flow or released_steps."""

    __pydantic_config__ = settings.STRICT
    family: str
    month: date
    from_position: str
    to_position: str
    persons: int
    grouping: str = ""
    group_code: str = ""


@dataclass(frozen=True)
class Loop:
    """A notebook that makes a page for every group that is large enough.

    grouping  which groups; the notebook gets the code of one as its parameter `group`
    under     name of the notebook (without .ipynb) on whose page these pages are listed
    """

    __pydantic_config__ = settings.STRICT
    notebook: Path
    grouping: Literal["wijk", "leeftijdsgroep", "geslacht", "leefvorm", "bijstandsduur", "innovatielab"]
    under: Address


@dataclass(frozen=True)
class Pipeline:
    """A report and what it is made from; paths in the file are relative to it.

    cadence     how often it is run, for people and for a scheduler
    inbox       where the deliveries are; None: the workspace's inbox
    published   public figures with the same definitions, to set beside the town's
    style       the house style of the pages
    constants   phrases with a number of a rule or a law, that texts of notebooks may have: no counts, no percentages
    public      exact counts that the public knows: the audit takes them for known
    months      how many months the report shows, at least 12
    loops       notebooks that make a page per group
    leading     of the reports of one peildatum this one comes first on the start page
    parameters  for the notebooks
    """

    __pydantic_config__ = settings.STRICT
    name: Address
    organisation: str
    title: str
    chain: Path
    contracts: Path
    sources: Path
    notebooks: tuple[Path, ...]
    cadence: str
    inbox: Path | None = None
    published: Path | None = None
    style: Path | None = None
    public: tuple[Known, ...] = ()
    constants: tuple[str, ...] = ()
    months: int = 24
    loops: tuple[Loop, ...] = ()
    leading: bool = False
    parameters: Mapping[Name, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError, in Dutch, for a pipeline that cannot make a report."""
        if self.months < YEAR:
            raise ValueError(f"toont minder dan {YEAR} maanden: months is minstens {YEAR}")
        if not self.notebooks:
            raise ValueError("noemt geen notebooks")
        pages = [notebook.stem for notebook in self.notebooks]
        stems = [*pages, *(loop.notebook.stem for loop in self.loops)]
        if not all(settings.is_plain(stem, settings.ADDRESS) for stem in stems):
            raise ValueError("noemt een notebook met een naam die niet bestaat uit kleine letters, cijfers en -")
        if settings.alike(pages) or not _OWN_PAGES.isdisjoint(pages):
            raise ValueError(f"noemt een notebook twee keer, of een dat {', '.join(sorted(_OWN_PAGES))} heet")
        if taken := sorted(_GIVEN & self.parameters.keys()):
            raise ValueError(f"heeft een parameter {taken[0]}, die de run zelf geeft")
        if any(loop.under not in pages for loop in self.loops):
            raise ValueError(f"heeft een loop onder een pagina die er niet is: kies bij under uit {', '.join(pages)}")

    def groupings(self, chain: Chain) -> Groupings:
        """Return the groupings of its chain, as it is read or as it is followed, with where they stand."""
        return Groupings(chain, self.chain.parent, self.contracts)


def read(name: str) -> Pipeline:
    """Return the pipeline with this name in pipelines/, or at this path; raises WrongUse.

    Names are plain, also in its chain and sources, and every file that it names is there and of its kind: that is known
    before anything is made.
    """
    path = Path(name) if name.endswith(".toml") else project() / "pipelines" / f"{name}.toml"
    plain = name.endswith(".toml") or settings.is_plain(name, settings.ADDRESS)
    if not plain or not path.is_file():
        known = ", ".join(sorted(found.stem for found in (project() / "pipelines").glob("*.toml")))
        shown = f"Pipeline {name}" if plain else "Deze pipeline"
        raise WrongUse(f"{shown} bestaat niet: kies uit {known}, of geef het pad van een .toml-bestand.")
    folder, found = path.resolve().parent, settings.read(path, Pipeline)

    def there(key: str, place: Path, suffix: str = "") -> Path:
        return settings.file_of_kind((folder / place).resolve(), suffix, f"{path}: {key}")

    pipeline = replace(
        found,
        chain=there("chain", found.chain, ".toml"),
        contracts=there("contracts", found.contracts),
        sources=there("sources", found.sources),
        notebooks=tuple(there("notebooks", notebook, ".ipynb") for notebook in found.notebooks),
        loops=tuple(replace(loop, notebook=there("loops", loop.notebook, ".ipynb")) for loop in found.loops),
        inbox=(folder / found.inbox).resolve() if found.inbox else None,
        published=there("published", found.published, ".toml") if found.published else None,
        style=there("style", found.style, ".toml") if found.style else None,
    )
    chain.read(pipeline.chain)
    intake.read_sources(pipeline.sources)
    return pipeline


def with_parameters(pipeline: Pipeline, given: Mapping[str, str]) -> Pipeline:
    """Return the pipeline with values from the command line; raises WrongUse for an unknown name or a wrong kind."""
    known = {"months": pipeline.months, **pipeline.parameters}
    if unknown := sorted(set(given) - set(known)):
        raise WrongUse(f"Parameter {unknown[0]} bestaat niet: kies uit {', '.join(sorted(known))}.")
    typed = {name: _typed(name, text, known[name]) for name, text in given.items()}
    months = int(typed.pop("months", pipeline.months))
    try:
        return replace(pipeline, months=months, parameters={**pipeline.parameters, **typed})
    except ValueError as error:
        raise WrongUse(f"De pipeline {error}.") from None


def _typed(name: str, text: str, example: Parameter) -> Parameter:
    try:
        match example:
            case bool():
                return {"ja": True, "true": True, "nee": False, "false": False}[text.lower()]
            case int():
                return int(text)
            case float():
                return float(text.replace(",", "."))
            case str():
                return text
    except (KeyError, ValueError):
        wanted = {bool: "ja of nee", int: "een geheel getal", float: "een getal"}[type(example)]
        raise WrongUse(f"Parameter {name} past niet: geef {wanted}.") from None
