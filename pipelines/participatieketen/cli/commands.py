"""The command `keten`: reads what the user types, calls the rooms, prints, and gives the exit code."""

import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from typer.exceptions import Abort, TyperException

from participatieketen import extract, pseudonyms
from participatieketen import intake as deliveries
from participatieketen import pipeline as pipelines
from participatieketen.cli.dutch import Command, Group, problem
from participatieketen.errors import ContractBroken, WrongUse
from participatieketen.pipeline.load import Say
from participatieketen.places import Workspace, project, workspace

app = typer.Typer(
    cls=Group,
    help="Volg bewoners door de participatieketen, in beide richtingen, zonder iemand te tonen.",
    no_args_is_help=True,
    add_completion=False,
    options_metavar="[OPTIES]",
    subcommand_metavar="OPDRACHT",
)
key_app = typer.Typer(
    cls=Group,
    help="De sleutel waarmee een BSN een pseudoniem wordt.",
    no_args_is_help=True,
    subcommand_metavar="OPDRACHT",
)
app.add_typer(key_app, name="key")

_MAANDRAPPORTAGE = "maandrapportage"
_SECOND = "%Y%m%dT%H%M%S"
_INTERRUPTED = 130
_WIDE = 1_000  # characters
_LAB = (
    "--LabApp.default_url=/lab/tree/start.ipynb",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",  # this and the next two go to the internet
    "--LabApp.news_url=None",
    "--LabApp.extension_manager=readonly",
)

PipelineName = Annotated[str, typer.Argument(help="Naam in pipelines/, of het pad van een pipeline (.toml).")]
Peildatum = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="Gebruik leveringen tot en met deze maand."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Zeg alleen wat er misgaat.")]
AsJson = Annotated[bool, typer.Option("--json", help="Geef JSON in plaats van een tabel.")]


def main() -> None:
    """Run the command; what goes wrong is Dutch text on stderr, and an exit code by kind."""
    os.umask(0o077)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries' warnings go to the terminal and quote values
        code = _code()
    sys.exit(code)


def _code() -> int:
    try:
        code: int = app(standalone_mode=False)
    except (Abort, KeyboardInterrupt):
        return _refuse("Afgebroken.", _INTERRUPTED)
    except TyperException as error:
        return _refuse(problem(error), WrongUse.exit_code)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is (polars' panics are no Exception), it may hold a value
        line = pipelines.told(error, workspace(), f"{datetime.now(UTC):{_SECOND}}")
        return _refuse(str(line), line.exit_code)
    return code


def _refuse(line: str, code: int) -> int:
    _console(stderr=True).print(line, markup=False)
    return code


@app.command(
    cls=Command,
    options_metavar="[OPTIES]",
    epilog="Voorbeeld: keten demo --persons 3700 --months 51 --peildatum 2025-12-01",
)
def demo(
    persons: Annotated[int, typer.Option(help="Volwassenen in de bijstand op 1 januari 2026.")] = 3700,
    months: Annotated[int, typer.Option(help="Maanden tot 1 januari 2026 waarin iedereen te volgen is.")] = 51,
    seed: Annotated[int, typer.Option(help="Hetzelfde getal geeft dezelfde stad.", min=0)] = 193,
    peildatum: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="Wat de registers op deze dag wisten, tot 1 januari 2026."
        ),
    ] = None,
    *,
    dirty: Annotated[bool, typer.Option("--dirty", help="Met ongeveer 2 % foute rijen.")] = False,
) -> None:
    """Maak leveringen van een verzonnen stad (fictieve gegevens), ook maand na maand."""
    from participatieketen import synthetic  # noqa: PLC0415 - only this command draws a town

    space = workspace().make()
    town = synthetic.make_town(persons, months, seed, **({"peildatum": day} if (day := _day(peildatum)) else {}))
    if any(space.inbox.iterdir()) and not synthetic.was_delivered(town, space.demo):
        raise WrongUse(f"{space.inbox} is niet leeg: leeg de map eerst, of kies een andere werkmap met KETEN_HOME.")
    if pipelines.needs_town_key(space):
        _say_key(pseudonyms.new_town_key(space))
    elif not pseudonyms.default_path().exists():
        new()
    written = synthetic.write_deliveries(town, space.inbox, dirty=dirty, truth=space.demo)
    _console().print(f"{len(written)} leveringen van een verzonnen stad staan in {space.inbox} (fictieve gegevens).")


@app.command(
    cls=Command,
    options_metavar="[OPTIES]",
    epilog="Voorbeeld: keten run maandrapportage -p months=36 --peildatum 2026-01-01",
)
def run(
    pipeline: PipelineName = _MAANDRAPPORTAGE,
    parameter: Annotated[
        list[str] | None, typer.Option("-p", metavar="NAAM=WAARDE", help="Een parameter van de pipeline; mag vaker.")
    ] = None,
    peildatum: Peildatum = None,
    *,
    revise: Annotated[
        bool, typer.Option("--revise", help="Herzie ook maanden die niet meer voorlopig zijn; eens in de drie maanden.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Lees de leveringen in, controleer ze en publiceer het rapport."""
    chosen = pipelines.with_parameters(pipelines.read(pipeline), _named(parameter or []))
    with _progress(quiet=quiet) as say:
        site = pipelines.run(chosen, workspace(), _day(peildatum), f"{datetime.now(UTC):%Y-%m-%d}", say, revise=revise)
    if not quiet:
        _console().print(f"Rapport: {site.page}", markup=False)


@app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten intake")
def intake(pipeline: PipelineName = _MAANDRAPPORTAGE, peildatum: Peildatum = None, *, quiet: Quiet = False) -> None:
    """Neem nieuwe leveringen uit de inbox op en maak het extract, zonder rapport."""
    space = workspace()
    with pipelines.locked(space), _progress(quiet=quiet) as say:
        loaded = pipelines.load(pipelines.read(pipeline), space, _day(peildatum), say)
    if not quiet:
        _print_deliveries(loaded)


@app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten retain --months 84")
def retain(
    pipeline: PipelineName = _MAANDRAPPORTAGE,
    months: Annotated[
        int | None, typer.Option(metavar="N", help="Bewaar mensen zo veel maanden na hun laatste einde.", min=1)
    ] = None,
    *,
    quiet: Quiet = False,
) -> None:
    """Stel in hoe lang mensen in het extract blijven, en verwijder wie en wat ouder is; zonder --months: toon het."""
    space = workspace()
    if months is None:
        _show_retention(space)
        return
    with pipelines.locked(space), _progress(quiet=quiet) as say:
        loaded = pipelines.retain(pipelines.read(pipeline), space, months, say)
    if not quiet:
        if loaded:
            _print_deliveries(loaded)
        _show_retention(space)


@app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten check --json")
def check(pipeline: PipelineName = _MAANDRAPPORTAGE, peildatum: Peildatum = None, *, as_json: AsJson = False) -> None:
    """Toets de leveringen aan hun datacontracten; het extract blijft zoals het is."""
    space = workspace()
    with pipelines.locked(space), _progress(quiet=as_json) as say:
        checked = pipelines.check(pipelines.read(pipeline), space, _day(peildatum), say)
    if as_json:
        _print_json(checked.verdict.as_rows())
    else:
        rows = [(o.contract, o.rule, o.severity, o.message, o.unexpected, o.total) for o in checked.verdict.outcomes]
        _print_table(["contract", "regel", "ernst", "wat er is", "geraakt", "rijen"], rows)
    if checked.refusal:
        raise ContractBroken(checked.refusal)


@app.command(
    cls=Command,
    options_metavar="[OPTIES]",
    epilog='Voorbeeld: keten query "select direction, count(*) as aantal from step group by all"',
)
def query(
    sql: Annotated[str, typer.Argument(help="Een SELECT (of DESCRIBE, SHOW) op het extract.")],
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Geef CSV (;) in plaats van een tabel.")] = False,
    as_json: AsJson = False,
) -> None:
    """Voer een leesopdracht uit op het extract (client, spell, timeline, step, stock_flow, ...)."""
    frame = extract.query(workspace().extract, sql)
    if as_csv:
        sys.stdout.write(frame.write_csv(separator=";", decimal_comma=True))
    elif as_json:
        _print_json(frame.to_dicts())
    else:
        _print_table(frame.columns, frame.iter_rows())


@app.command(
    cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten audit maandrapportage-2026-01-0a1b2c3d --json"
)
def audit(
    release: Annotated[str, typer.Argument(help="Naam van een map in releases/ van de werkmap.")],
    pipeline: PipelineName = _MAANDRAPPORTAGE,
    *,
    as_json: AsJson = False,
) -> None:
    """Toets wat een lezer kan afleiden uit een uitgave en alle uitgaven ervoor."""
    found = pipelines.audit(pipelines.read(pipeline), workspace(), release)
    if as_json:
        _print_json([asdict(found)])
    else:
        _print_table(["kleine aantallen", "smalste interval (mensen)"], [(found.cells, found.narrowest)])


@app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten status")
def status(*, as_json: AsJson = False) -> None:
    """Toon de runs, de nieuwste eerst."""
    records = pipelines.records(workspace())
    if as_json:
        _print_json([asdict(record) for record in records])
    elif not records:
        _console().print(f"Nog geen runs in {workspace().home}: begin met `keten run`.", markup=False)
    else:
        rows = [(r.id, r.made_on, r.state, round(sum(r.seconds.values())), r.error or r.page) for r in records]
        _print_table(["run", "gestart", "toestand", "seconden", "uitkomst"], rows)


@app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten lab")
def lab() -> None:
    """Open JupyterLab op notebook start, in een kopie van de notebooks in de werkmap: wat u er ziet, blijft daar."""
    space = workspace().make()
    own = space.home / "notebooks"
    shutil.copytree(project() / "notebooks", own, dirs_exist_ok=True, copy_function=_keep)
    os.environ |= {"KETEN_HOME": str(space.home), "KETEN_REPORTS": str(space.published)}
    options = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={own}", *_LAB]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])  # noqa: S606 - this Python, fixed arguments


@key_app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten key new")
def new() -> None:
    """Maak een nieuwe sleutel, buiten het project en de werkmap (KETEN_KEY)."""
    _say_key(pseudonyms.new_key(pseudonyms.default_path()))


@key_app.command(cls=Command, options_metavar="[OPTIES]", epilog="Voorbeeld: keten key rotate")
def rotate(pipeline: PipelineName = _MAANDRAPPORTAGE, *, quiet: Quiet = False) -> None:
    """Vervang de sleutel: iedereen krijgt een nieuw pseudoniem, en de oude sleutel wordt verwijderd."""
    space = workspace()
    with pipelines.locked(space), _progress(quiet=quiet) as say:
        pipelines.rotate(pipelines.read(pipeline), space, say)


def _say_key(key: pseudonyms.Key) -> None:
    _console().print(f"Nieuwe sleutel {key.id} gemaakt: {pseudonyms.default_path()}. Bewaar een kopie.", markup=False)


def _show_retention(space: Workspace) -> None:
    months = deliveries.read_months(space)
    kept = f"{months} maanden na iemands laatste einde" if months else "niet ingesteld, iedereen blijft in het extract"
    _console().print(f"Bewaartermijn: {kept}.", markup=False)


def _print_deliveries(loaded: pipelines.Loaded) -> None:
    head = ["bron", "peildatum", "geleverd", "geladen", "apart gezet", "dubbel", "verlopen"]
    rows = [
        (item.source, str(item.peildatum), item.rows, item.loaded, item.quarantined, item.duplicates, item.expired)
        for item in loaded.built.deliveries
    ]
    _print_table(head, rows)


def _keep(source: str, place: str) -> str:
    """Copy a notebook, unless the analyst has one of that name."""
    return place if Path(place).exists() else shutil.copy2(source, place)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _named(parameters: Sequence[str]) -> dict[str, str]:
    """Return name -> value; raises WrongUse for what is not naam=waarde."""
    pairs = [parameter.partition("=") for parameter in parameters]
    if any(not name or not equals for name, equals, _ in pairs):
        raise WrongUse("Een parameter heeft de vorm naam=waarde, bijvoorbeeld -p months=36.")
    return {name: value for name, _, value in pairs}


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Say]:
    """Yield what tells the user how far it is: a moving line on a terminal, plain lines elsewhere."""
    console = _console(stderr=True)
    if quiet:
        yield lambda _: None
        return
    with console.status("Bezig...") if console.is_terminal else nullcontext():
        yield lambda text: console.print(f"- {text}", markup=False)


def _print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as wide as the terminal, or in a file or pipe as wide as it is."""
    table = Table(*(Column(name, overflow="fold") for name in head), header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    console = _console()
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)


def _print_json(rows: Sequence[Mapping[str, object]]) -> None:
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n")
