"""Run a pipeline: load, release, publish; and keep a record of it whether it ends well or not."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from participatieketen import chain, contracts, disclosure, dutch, extract, findings, moves, pseudonyms, reports
from participatieketen.chain import Chain
from participatieketen.disclosure import Audit, Released
from participatieketen.errors import NoAccess, WrongUse
from participatieketen.groups import group_flow
from participatieketen.months import YEAR
from participatieketen.pipeline.definition import Pipeline
from participatieketen.pipeline.earlier import Before, before
from participatieketen.pipeline.figures import estimated, known, published
from participatieketen.pipeline.keys import key_in_place
from participatieketen.pipeline.load import Loaded, Say, load, locked
from participatieketen.pipeline.loops import group_labels, group_pages
from participatieketen.pipeline.record import note, recorded, timed
from participatieketen.places import Workspace, project
from participatieketen.pseudonyms import Key
from participatieketen.reports.release import plain_name, plain_values
from participatieketen.reports.replay import refuse_other

_RELEASED = "released.duckdb"
_MADE_BY = ("*.py", "*.sql", "*.toml", "*.yaml", "*.csv", "*.ipynb", "*.j2", "*.css")


@dataclass(frozen=True)
class Site:
    """What a run published: the release and the page to open."""

    release: str
    page: Path


def run(
    pipeline: Pipeline, workspace: Workspace, peildatum: date | None, made_on: str, say: Say, *, revise: bool = False
) -> Site:
    """Publish the pipeline's report from the deliveries, or leave the reports as they were and say why.

    peildatum  use deliveries of this month or before; default: the newest
    made_on    the date on the pages (jjjj-mm-dd): the only thing that differs between two runs of the same input
    revise     publish months anew that are no longer provisional too; at most once in three months
    Raises     any KetenError; it stands in the run's record too.
    """
    with (
        locked(workspace),
        recorded(workspace, pipeline.name, made_on) as folder,
        disclosure.ledger.in_use(_ledger(workspace, say)) as ledger,
    ):
        style = reports.read_style(pipeline.style) if pipeline.style else reports.Style()
        with timed(folder, "inlezen"):
            loaded = load(pipeline, workspace, peildatum, say)
        with timed(folder, "vrijgeven"):
            earlier = before(pipeline.name, workspace, loaded.built.peildatum, say)
            tables = _released(pipeline, workspace, loaded, earlier, folder, revise=revise)
            release = tables["stock"].context.id
            database = _keep(tables, workspace.releases / release)
            disclosure.ledger.keep_copy(ledger, database.parent)
            found = findings.findings(tables, earlier.tables)
            findings.write(found, earlier.told, database.parent)
            last = workspace.releases / earlier.release / _RELEASED if earlier.release else None
            refuse_other(tables, database, last)
            say(f"{len(tables)} tabellen vrijgegeven")
        with timed(folder, "publiceren"):
            about = replace(
                _about(release, pipeline, tables, made_on),
                findings=findings.first_page(found),
                news=findings.news(found, earlier.told, tables),
                style=style,
            )
            basis = reports.Basis(tables, loaded.rules, contracts.read_folder(pipeline.contracts))
            given = {**pipeline.parameters, "released": str(database)}
            loops = tuple(group_pages(pipeline, tables))
            guarded = (ledger.path.parent, workspace.releases)
            site = reports.build_site(
                pipeline.notebooks,
                given,
                folder,
                workspace.published,
                about,
                say,
                basis=basis,
                loops=loops,
                guarded=guarded,
                constants=pipeline.constants,
            )
            page = site / "index.html"
        note(folder, release=release, page=str(page))
        return Site(release, page)


def _release_id(pipeline: Pipeline, peildatum: date, earlier: Before, tables: Mapping[str, Released], key: Key) -> str:
    """Return a name that is the same for the same tables, settings, program and release before; else another.

    Nothing of a delivery is in it: one that changes nothing that readers see is not to be seen.
    """
    made_from = [asdict(pipeline), earlier.release, disclosure.digest(tables)]
    program = [path.read_bytes() for path in _made_by(pipeline)]
    content = b"".join([json.dumps(made_from, default=_plain, sort_keys=True).encode(), *program])
    return f"{pipeline.name}-{peildatum:%Y-%m}-{pseudonyms.release_mark(content, key)}"


def _plain(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


def _made_by(pipeline: Pipeline) -> list[Path]:
    """Return the files that decide what the pages of a release look like, whatever is in its tables."""
    package = Path(__file__).parents[1]
    folders = [package, project() / "reports" / "template", pipeline.contracts, pipeline.sources]
    found = {path for folder in folders for pattern in _MADE_BY for path in folder.rglob(pattern)}
    named = [path for path in (pipeline.published, pipeline.style) if path]
    looped = [loop.notebook for loop in pipeline.loops]
    return [*sorted(found), pipeline.chain, *named, *pipeline.notebooks, *looped]


def _released(
    pipeline: Pipeline, workspace: Workspace, loaded: Loaded, earlier: Before, folder: Path, *, revise: bool
) -> dict[str, Released]:
    """Return the counts of the extract, controlled, audited and entered in the ledger.

    Raises WrongUse when less than a year was observed, DisclosureRefused when a count could show a person, or when the
    ledger has values of the same people that were counted otherwise.
    """
    _refuse_short(loaded)
    kept = disclosure.ledger.read(_place(), workspace.releases)
    counting = _counting(pipeline, fictional=loaded.built.fictional)
    disclosure.refuse_other(kept.lines, counting, revise=revise)
    _refuse_town_key(workspace, fictional=counting.fictional)
    counts, given = _counts(pipeline, workspace, loaded), _context(pipeline, loaded)
    key = pseudonyms.read_rounding_key(pseudonyms.default_path())
    lines = disclosure.own_lines(kept.lines, counting, set(counts["delivery"]["source"]))
    own, recounted = lines.filter(chain=counting.chain), disclosure.counted_otherwise(lines, counting)
    if revise:
        disclosure.ledger.refuse_revision(own, given.peildatum, key.id)
    found = disclosure.release(
        counts,
        given,
        disclosure.key_of(key.secret, counting),
        lines,
        months=pipeline.months,
        open_from=_open_from(own, key.id, loaded.rules, given.peildatum),
        revise=revise,
        recounted=recounted,
        public=known(pipeline),
    )
    release = _release_id(pipeline, given.peildatum, earlier, found.tables, key)
    about = {"release": release, "run": folder.name, "key": key.id, "made_for": given.peildatum, "revised": revise}
    added = disclosure.entered(found.lines, lines, counting, recounted=recounted)
    grown = disclosure.ledger.append(
        _place(), kept, added.with_columns(**{name: pl.lit(value) for name, value in about.items()})
    )
    note(folder, audited=asdict(found.audited))
    tables = found.tables
    return disclosure.stamped(tables, replace(tables["stock"].context, id=release, key=key.id, ledger=grown.head))


def _open_from(lines: pl.DataFrame, key: str, rules: Chain, peildatum: date) -> dict[str, date]:
    """Return of the report and each grouping the first month that was provisional when new months were last released.

    Nothing when that was for a later day, or with another key, which draws another value for the same count.
    """
    last = _last_made_for(lines)
    if set(lines["key"]) != {key} or max(last.values()) > peildatum:
        return {}
    return {grouping: rules.provisional_from(day) for grouping, day in last.items()}


def _last_made_for(lines: pl.DataFrame) -> dict[str, date]:
    """Return of the report ("") and each grouping the peildatum of the last release that added to it."""
    return dict(lines.group_by("grouping").agg(pl.col("made_for").max()).iter_rows())


def audit(pipeline: Pipeline, workspace: Workspace, release: str) -> Audit:
    """Return how little can be known of any count from a release and those before it; the extract gives the truth.

    Raises  WrongUse when there is no such release or the extract is of another peildatum, DisclosureRefused when a
            count can be worked out.
    """
    folder = workspace.releases / plain_name(release, "De naam van een uitgave")
    given = disclosure.open_release(folder / _RELEASED)["stock"].context
    rules = chain.read(pipeline.chain)
    codes = pl.Enum(rules.codes)
    frames = {
        name: extract.query(workspace.extract, f"from {name}").with_columns(
            pl.col("^(from_|to_)?position$").cast(codes)
        )
        for name in ("timeline", "step", "stock_flow")
    }
    found = extract.query(workspace.extract, "select peildatum from extract").item()
    if found != given.peildatum:
        raise WrongUse(
            f"Het extract is niet van {given.peildatum:%d-%m-%Y}: "
            f"maak het eerst met `keten intake --peildatum {given.peildatum}`."
        )
    kept = disclosure.ledger.read(_place(), workspace.releases).lines
    counting = _counting(pipeline, fictional=given.fictional)
    disclosure.refuse_other(kept, counting, revise=False)
    lines = disclosure.own_lines(kept, counting, ())
    until = lines.with_row_index("line").filter(pl.col("release") == release)["line"].to_list()
    counts = moves.counts(frames["timeline"], frames["step"], frames["stock_flow"], rules, given.peildatum)
    counts |= group_flow(workspace.extract, pipeline.groupings(rules), frames["timeline"], given.peildatum)
    told = lines.head(until[-1] + 1) if until else lines
    left_out = {name: day for name, day in _last_made_for(told).items() if name and day < given.peildatum}
    withdrawn = {name: rules.provisional_from(day) for name, day in left_out.items()}
    return disclosure.audited(counts, given, told, known(pipeline), withdrawn)


def _refuse_short(loaded: Loaded) -> None:
    settled = loaded.rules.settled_on(loaded.built.peildatum)
    if settled.replace(year=settled.year - 1) not in loaded.moves["stock_flow"]["month"]:
        raise WrongUse(
            f"De keten is nog geen {YEAR} maanden te volgen tot de voorlopige maanden ({settled:%d-%m-%Y}): "
            "kies een latere peildatum of kijk observed_from in de keten na."
        )


def _counts(pipeline: Pipeline, workspace: Workspace, loaded: Loaded) -> dict[str, pl.DataFrame]:
    peildatum, found = loaded.built.peildatum, loaded.moves
    counts = moves.counts(found["timeline"], found["step"], found["stock_flow"], loaded.rules, peildatum)
    counts |= group_flow(workspace.extract, pipeline.groupings(loaded.rules), found["timeline"], peildatum)
    counts |= estimated(loaded, pipeline, workspace.extract) | {"published": published(pipeline.published)}
    counts |= group_labels(pipeline, loaded.rules)
    return counts | {name: extract.query(workspace.extract, f"from {name}") for name in ("verdict", "delivery")}


def _context(pipeline: Pipeline, loaded: Loaded) -> disclosure.Context:
    built = loaded.built
    return disclosure.context(
        loaded.rules, pipeline.organisation, pipeline.title, built.peildatum, fictional=built.fictional
    )


def _ledger(workspace: Workspace, say: Say) -> disclosure.ledger.Place:
    """Return where the ledger is of the key that is in place; raises DisclosureRefused for one of an older version."""
    key_in_place(workspace, say)
    disclosure.ledger.refuse_old(workspace.old_ledger, workspace.releases)
    return _place()


def _refuse_town_key(workspace: Workspace, *, fictional: bool) -> None:
    """Raise NoAccess for real people with the key of a made-up town: in another workspace they would have another."""
    if not fictional and pseudonyms.default_path() == pseudonyms.town_path(workspace):
        raise NoAccess(
            f"De sleutel van {workspace.home} is die van een verzonnen stad: zet echte leveringen in een andere "
            "werkmap (KETEN_HOME)."
        )


def _place() -> disclosure.ledger.Place:
    key = pseudonyms.default_path()
    return disclosure.ledger.place_of(key, pseudonyms.read_rounding_key(key).id)


def _counting(pipeline: Pipeline, *, fictional: bool) -> disclosure.Counting:
    rules = chain.read(pipeline.chain)
    return disclosure.counting(rules, pipeline.groupings(rules).statements(), fictional=fictional)


def _keep(tables: dict[str, Released], folder: Path) -> Path:
    """Write the released tables, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh, place = folder / f".{_RELEASED}", folder / _RELEASED
    fresh.unlink(missing_ok=True)
    disclosure.write(tables, fresh)
    return fresh.replace(place)


def _about(release: str, pipeline: Pipeline, tables: dict[str, Released], made_on: str) -> reports.Release:
    given = tables["stock"].context
    return reports.Release(
        id=release,
        organisation=pipeline.organisation,
        title=pipeline.title,
        peildatum=given.peildatum,
        provisional_from=given.provisional_from,
        fictional=given.fictional,
        run=release,
        made_on=dutch.day(date.fromisoformat(made_on)),
        made=made_on,
        positions=tuple(place.label for place in given.positions if place.rank is not None),
        leading=pipeline.leading,
        record={
            "pipeline": pipeline.name,
            "peildatum": str(given.peildatum),
            "months": pipeline.months,
            "parameters": plain_values(pipeline.parameters),
        },
    )
