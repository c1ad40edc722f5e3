"""Run a pipeline: load, release, publish; and keep a record of it whether it ends well or not."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date

from participatieketen import disclosure, extract, moves, reports
from participatieketen.disclosure import Released
from participatieketen.errors import WrongUse
from participatieketen.intake import Intake
from participatieketen.pipeline.definition import YEAR, Pipeline
from participatieketen.pipeline.figures import estimated, published
from participatieketen.pipeline.load import Loaded, Say, load, locked
from participatieketen.pipeline.record import note, recorded, timed
from participatieketen.places import Workspace, project

_RELEASED = "released.duckdb"
_MADE_BY = ("*.py", "*.sql", "*.toml", "*.yaml", "*.csv", "*.ipynb", "*.j2", "*.css")


@dataclass(frozen=True)
class Site:
    """What a run published: the release and the page to open."""

    release: str
    page: Path


def run(pipeline: Pipeline, workspace: Workspace, peildatum: date | None, made_on: str, say: Say) -> Site:
    """Publish the pipeline's report from the deliveries, or leave the reports as they were and say why.

    peildatum  use deliveries of this month or before; default: the newest
    made_on    the date on the pages (jjjj-mm-dd): the only thing that differs between two runs of the same input
    Raises     any KetenError; it stands in the run's record too.
    """
    with locked(workspace), recorded(workspace, pipeline.name, made_on) as folder:
        with timed(folder, "inlezen"):
            loaded = load(pipeline, workspace, peildatum, say)
        with timed(folder, "vrijgeven"):
            release = _release_id(pipeline, loaded.built)
            tables = _released(pipeline, workspace, loaded)
            database = _keep(tables, workspace.releases / release)
            say(f"{len(tables)} tabellen vrijgegeven")
        with timed(folder, "publiceren"):
            about = _about(release, pipeline, tables, loaded.built, made_on)
            given = {**pipeline.parameters, "released": str(database)}
            page = reports.build_site(pipeline.notebooks, given, folder, workspace.published, about, say) / "index.html"
        note(folder, release=release, page=str(page))
        return Site(release, page)


def _release_id(pipeline: Pipeline, built: Intake) -> str:
    """Return a name that is the same for the same deliveries, settings and program, and for nothing else."""
    digest = hashlib.sha256()
    digest.update(
        json.dumps(
            [[d.sha256 for d in built.deliveries], built.complete_from, asdict(pipeline)],
            default=_plain,
            sort_keys=True,
        ).encode()
    )
    for path in _made_by(pipeline):
        digest.update(path.read_bytes())
    return f"{pipeline.name}-{built.peildatum:%Y-%m}-{digest.hexdigest()[:8]}"


def _plain(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


def _made_by(pipeline: Pipeline) -> list[Path]:
    """Return the files that decide what a release looks like."""
    package = Path(__file__).parents[1]
    folders = [package, project() / "reports" / "template", pipeline.contracts, pipeline.sources]
    found = {path for folder in folders for pattern in _MADE_BY for path in folder.rglob(pattern)}
    named = [pipeline.published] if pipeline.published else []
    return [*sorted(found), pipeline.chain, *named, *pipeline.notebooks]


def _released(pipeline: Pipeline, workspace: Workspace, loaded: Loaded) -> dict[str, Released]:
    """Return the counts and estimates of the extract, controlled; raises WrongUse when under a year was observed."""
    peildatum, found = loaded.built.peildatum, loaded.moves
    counts = moves.counts(
        found["timeline"], found["step"], found["stock_flow"], loaded.rules, peildatum, pipeline.months
    )
    if counts["stock"]["month"].n_unique() <= YEAR:
        raise WrongUse(
            f"De keten is nog geen {YEAR} maanden te volgen tot {peildatum:%d-%m-%Y}: "
            "kies een latere peildatum of kijk observed_from in de keten na."
        )
    checks = {name: extract.query(workspace.extract, f"from {name}") for name in ("verdict", "delivery")}
    figures = estimated(loaded, pipeline, workspace.extract) | {"published": published(pipeline.published)}
    return disclosure.release(
        counts | figures | checks,
        disclosure.context(
            loaded.rules, pipeline.organisation, pipeline.title, peildatum, fictional=loaded.built.fictional
        ),
    )


def _keep(tables: dict[str, Released], folder: Path) -> Path:
    """Write the released tables, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh, place = folder / f".{_RELEASED}", folder / _RELEASED
    fresh.unlink(missing_ok=True)
    disclosure.write(tables, fresh)
    return fresh.replace(place)


def _about(
    release: str, pipeline: Pipeline, tables: dict[str, Released], built: Intake, made_on: str
) -> reports.Release:
    given = tables["stock"].context
    return reports.Release(
        id=release,
        organisation=pipeline.organisation,
        title=pipeline.title,
        peildatum=given.peildatum,
        provisional_from=given.provisional_from,
        fictional=given.fictional,
        run=release,
        made_on=format_date(date.fromisoformat(made_on), "d MMMM yyyy", locale="nl"),
        record={
            "pipeline": pipeline.name,
            "peildatum": str(given.peildatum),
            "leveringen": {item.source: item.sha256 for item in built.deliveries},
            "parameters": {"months": pipeline.months, **pipeline.parameters},
        },
    )
