"""pipeline: a run from end to end, its settings, its lock and its record."""

import json
import shutil
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from conftest import MADE_ON, MVAD, Run
from participatieketen import contracts, disclosure, extract, pipeline, pseudonyms
from participatieketen.errors import Busy, ContractBroken, DisclosureRefused, NoAccess, WrongUse
from participatieketen.pipeline.definition import Known
from participatieketen.places import Workspace
from smalltown import HULP, healthy, hulp, quick_check, rows

MONTHLY = pipeline.read("maandrapportage")


def written(folder: Path, **changes: object) -> Path:
    """Return a pipeline file like the monthly one, with changes."""
    keys = {
        "name": "proef",
        "organisation": "Gemeente",
        "title": "Keten",
        "chain": str(MONTHLY.chain),
        "contracts": str(MONTHLY.contracts),
        "sources": str(MONTHLY.sources),
        "notebooks": [str(path) for path in MONTHLY.notebooks],
        "cadence": "maandelijks",
    } | changes
    path = folder / "proef.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items() if value is not None))
    return path


def test_paths_are_relative_to_the_file() -> None:
    """A pipeline can be run from any folder."""
    mvad = pipeline.read(str(MVAD))
    assert mvad.chain == MVAD.parent / "chain.toml"
    assert all(notebook.is_file() for notebook in mvad.notebooks)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keten": "x"}, "keten is geen bekende sleutel"),
        ({"chain": None}, "chain ontbreekt"),
        ({"months": 11}, "toont minder dan 12 maanden"),
        ({"notebooks": []}, "noemt geen notebooks"),
        ({"months": "veel"}, "months past niet"),
    ],
)
def test_a_wrong_file_is_refused_by_key(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    """The line names the file, the key and what is wrong with it."""
    with pytest.raises(WrongUse, match=rf"proef\.toml: .*{message}"):
        pipeline.read(str(written(tmp_path, **changes)))


def test_an_unknown_name_lists_the_known_ones() -> None:
    """Whoever mistypes a name sees which there are."""
    with pytest.raises(WrongUse, match="kies uit halfjaarrapportage, maandrapportage"):
        pipeline.read("maandraport")


def test_parameters_take_the_kind_of_their_default() -> None:
    """months=36 is a number."""
    assert pipeline.with_parameters(MONTHLY, {"months": "36"}).months == 36


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"maanden": "36"}, "Parameter maanden bestaat niet: kies uit months"),
        ({"months": "veel"}, "Parameter months past niet: geef een geheel getal"),
        ({"months": "3"}, "minder dan 12 maanden"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, str], message: str) -> None:
    """The line names the parameter and what it should be."""
    with pytest.raises(WrongUse, match=message):
        pipeline.with_parameters(MONTHLY, given)


def test_only_one_run_holds_a_workspace(tmp_path: Path) -> None:
    """A second run stops, and can start as soon as the first is done."""
    workspace = Workspace(tmp_path / "w", tmp_path / "r")
    with pipeline.locked(workspace), pytest.raises(Busy, match="Een andere run"), pipeline.locked(workspace):
        pass
    with pipeline.locked(workspace):
        pass


def test_the_town_is_published_and_called_fictional(town: Run) -> None:
    """Every page that is made from made-up deliveries says so."""
    pages = {name: page for name, page in town.pages.items() if name.endswith(".html")}
    notebooks = {f"{path.stem}.html" for path in MONTHLY.notebooks}
    assert set(pages) == {"index.html", "overzicht.html", "definities.html", "downloads.html"} | notebooks
    assert all("ictieve gegevens" in page for page in pages.values())
    assert "3 februari 2026" in pages["beweging.html"]


def test_rows_delivered_are_loaded_quarantined_double_or_expired(town: Run) -> None:
    """Of the dirty town no row is lost, and some are set aside."""
    found = extract.query(
        town.workspace.extract,
        "select sum(rows) = sum(loaded + quarantined + duplicates + expired), sum(quarantined) > 0 from delivery",
    )
    assert found.row(0) == (True, True)


def test_the_stored_tables_add_up(town: Run) -> None:
    """In the extract the stock of a month is what flowed into it, for every position."""
    found = extract.query(
        town.workspace.extract,
        """
        with opening as (
            select month, from_position as position, sum(persons) as persons from stock_flow group by all
        ),
        closing as (
            select (month + interval 1 month)::date as month, to_position as position, sum(persons) as persons
            from stock_flow group by all
        ),
        inside as (select distinct position from timeline where position in
            ('bijstand', 'dagbesteding', 'sociale_cooperatie', 'startbaan', 'werk'))
        select count(*) filter (opening.persons is distinct from closing.persons), count(*) > 100
        from closing join inside using (position) left join opening using (month, position)
        where month < (select max(month) from stock_flow)
        """,
    )
    assert found.row(0) == (0, True)


def test_a_run_has_a_record(town: Run) -> None:
    """The record says what was published and how long each stage took."""
    record = pipeline.records(town.workspace)[-1]
    assert (record.state, record.release, record.made_on) == ("gelukt", town.site.release, MADE_ON)
    assert set(record.seconds) == {"inlezen", "vrijgeven", "publiceren"}


def test_the_same_again_gives_the_same_release(town: Run) -> None:
    """A second run of the same deliveries says 'al verwerkt' and changes no page."""
    before, said = town.pages, list[str]()
    again = pipeline.run(MONTHLY, town.workspace, None, MADE_ON, said.append)
    assert again == town.site
    assert town.pages == before
    assert sum(line.endswith("al verwerkt") for line in said) == 7


def test_a_bad_delivery_leaves_extract_and_report_as_they_were(town: Run) -> None:
    """The refusal is in the record too; with the file gone, the next run works."""
    bad = town.workspace.inbox / "startbaan_2026-02.csv"
    bad.write_text("geen;kolommen\n1;2\n", encoding="utf-8")
    before, pages = town.workspace.extract.read_bytes(), town.pages
    with pytest.raises(ContractBroken, match="startbaan van februari 2026"):
        pipeline.run(MONTHLY, town.workspace, None, MADE_ON, lambda _: None)
    bad.unlink()
    assert (town.workspace.extract.read_bytes(), town.pages) == (before, pages)
    assert pipeline.records(town.workspace)[0].exit_code == 3
    assert pipeline.run(MONTHLY, town.workspace, None, MADE_ON, lambda _: None) == town.site


def test_without_its_ledger_nothing_is_published(town: Run) -> None:
    """The line says which copy to put back; with it, the release is the same as before."""
    ledger, pages = town.ledger.path, town.pages
    kept = ledger.read_bytes()
    ledger.unlink()
    with pytest.raises(DisclosureRefused, match=r"-ledger\.jsonl terug als") as error:
        pipeline.run(MONTHLY, town.workspace, None, MADE_ON, lambda _: None)
    assert (error.value.exit_code, town.pages) == (8, pages)
    (copy,) = town.workspace.releases.glob(f"*/{town.ledger.key}-ledger.jsonl")
    ledger.write_bytes(copy.read_bytes())
    assert pipeline.run(MONTHLY, town.workspace, None, MADE_ON, lambda _: None) == town.site
    assert ledger.read_bytes() == kept


def test_a_release_names_its_policy_key_and_ledger(town: Run) -> None:
    """What is needed to find out later how a figure was made."""
    found = disclosure.open_release(town.workspace.releases / town.site.release / "released.duckdb")
    given, lines = found["stock"].context, town.ledger.path.read_bytes().splitlines()
    assert (given.id, given.policy) == (town.site.release, "R5C")
    assert given.ledger == sha256(lines[-1]).hexdigest()
    assert given.key == json.loads(lines[-1])["key"] != pseudonyms.read_key(pseudonyms.default_path()).id


def known_row(town: Run) -> tuple[Known, ...]:
    """Return all flows of one position in one month as they are, but one small one, and their total."""
    pairs = disclosure.open_release(town.workspace.releases / town.site.release / "released.duckdb")["stock_flow"].frame
    counted = extract.query(town.workspace.extract, "select month, from_position, to_position, persons from stock_flow")
    names = ["month", "from_position", "to_position"]
    flows = pairs.select(names).join(counted.cast(dict.fromkeys(names[1:], pl.String)), on=names, how="left")
    month, start, secret = flows.filter(pl.col("persons").is_between(1, 9)).select(names).row(0)
    row = flows.filter(month=month, from_position=start).with_columns(pl.col("persons").fill_null(0))
    rest = [Known("stock_flow", month, start, end, n) for *_, end, n in row.iter_rows() if end != secret]
    return (*rest, Known("stock_flow", month, start, "totaal", sum(row["persons"].to_list())))


def test_what_the_public_knows_can_stop_publication(town: Run) -> None:
    """With all other flows of a position and their total known, the last is known too: exit 8, and pages stay."""
    pages, told = town.pages, replace(MONTHLY, public=known_row(town))
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9") as error:
        pipeline.run(told, town.workspace, None, MADE_ON, lambda _: None)
    assert (error.value.exit_code, town.pages) == (8, pages)
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        pipeline.audit(told, town.workspace, town.site.release)


def test_what_the_public_knows_is_read_from_the_pipeline(tmp_path: Path) -> None:
    """Each figure has the name of its cell; grouping and group are for figures of a group."""
    path = written(tmp_path)
    table = """[[public]]
        family = "stock_flow"
        month = 2025-03-01
        from_position = "startbaan"
        to_position = "totaal"
        persons = 12
    """
    path.write_text(path.read_text(encoding="utf-8") + table, encoding="utf-8")
    (known,) = pipeline.read(str(path)).public
    assert known == Known("stock_flow", date(2025, 3, 1), "startbaan", "totaal", 12)


def small(folder: Path) -> pipeline.Pipeline:
    """Return a pipeline that takes in the small town."""
    return pipeline.read(
        str(written(folder, contracts=str(folder / "data_contracts"), sources=str(folder / "sources")))
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            hulp({line: rows()[line - 2].replace("ja", "x") for line in range(2, 12)}),
            "10 van 40 rijen zijn apart gezet",
        ),
        (hulp().replace("01-02-2024", "x"), "geen van de 40 rijen is bruikbaar"),
        (hulp().replace("FICTIEF", "gws"), "Verzonnen rijen"),
        (hulp({7: rows()[5].replace("h5", "h6")}), "deze sleutel komt meer dan eens voor"),
    ],
)
def test_check_refuses_what_a_run_refuses(tmp_path: Path, content: str, said: str) -> None:
    """The same text, and every rule's counts beside it."""
    made = healthy(tmp_path)
    made.deliver("hulp_2026-01.csv", content)
    with mock.patch.object(contracts, "check", quick_check):
        checked = pipeline.check(small(tmp_path), made.workspace, None, lambda _: None)
        with pytest.raises(ContractBroken, match=said) as error:
            pipeline.load(small(tmp_path), made.workspace, None, lambda _: None)
    assert checked.refusal == str(error.value)
    assert len(checked.verdict.outcomes) > 5


def test_rows_set_aside_are_told(tmp_path: Path) -> None:
    """How many of which delivery, and where their line numbers stand."""
    made, said = healthy(tmp_path), list[str]()
    made.deliver("hulp_2026-01.csv", hulp({7: rows()[5].replace("4,5", "x")}))
    with mock.patch.object(contracts, "check", quick_check):
        pipeline.check(small(tmp_path), made.workspace, None, said.append)
    assert said[-1].startswith(f"{HULP}: 1 van 40 rijen apart gezet, zie quarantine/hulp/")
    assert (made.workspace.home / said[-1].split("zie ")[1]).is_file()


def test_a_refused_delivery_is_mended_by_putting_the_good_file_back(town: Run) -> None:
    """A key that occurs twice stops the run; with the old file in its place the release is the same as before."""
    path = town.workspace.inbox / "startbaan_2026-01.csv"
    good = path.read_bytes()
    header, first, _, *rest = good.splitlines(keepends=True)
    cells = first.split(b";")
    cells[header.split(b";").index(b"uren_per_week")] = b"1,0"
    path.write_bytes(b"".join([header, first, b";".join(cells), *rest]))
    try:
        for _ in range(2):
            with pytest.raises(ContractBroken, match=r"Levering startbaan van januari 2026 \(bestand-7\.csv\) breekt"):
                pipeline.load(MONTHLY, town.workspace, None, lambda _: None)
    finally:
        path.write_bytes(good)
    again = pipeline.load(MONTHLY, town.workspace, None, lambda _: None).built.deliveries
    kept = extract.query(town.workspace.extract, "select sha256 from delivery")
    assert sha256(good).hexdigest() in {delivery.sha256 for delivery in again} == set(kept["sha256"])


def test_who_is_followed_in_groups_is_who_was_counted(town: Run) -> None:
    """The people of a group when its year begins have one value, in the stock and in the table of shares."""
    tables = disclosure.open_release(town.workspace.releases / town.site.release / "released.duckdb")
    context = tables["stock"].context
    begin = context.settled_on.replace(year=context.settled_on.year - 1)
    stock = tables["released_stock_flow"].frame.filter(month=begin, from_position="totaal", to_position="totaal")
    both = tables["group_share"].frame.drop_nulls("n").join(stock, on=["grouping", "group_code"])
    same_base = both.filter(pl.col("n") % pl.col("base") == 0, pl.col("base") == 5)
    assert both.height > 3
    assert both.filter((pl.col("n") - pl.col("persons")).abs() >= 2 * pl.col("base")).is_empty()
    assert same_base.filter(pl.col("n") != pl.col("persons")).is_empty()


def test_too_short_a_time_is_no_report(town: Run, tmp_path: Path) -> None:
    """Twelve months before the provisional ones are needed, and one less is refused; the line says what to do."""
    rules = tmp_path / "keten.toml"
    text = MONTHLY.chain.read_text(encoding="utf-8")
    later = text.replace("observed_from = 2021-10-01", "observed_from = 2024-11-01")
    rules.write_text(later, encoding="utf-8")
    shutil.copytree(MONTHLY.chain.parent / "groepen", tmp_path / "groepen")
    short = pipeline.read(str(written(tmp_path, chain=str(rules))))
    with pytest.raises(WrongUse, match="nog geen 12 maanden"):
        pipeline.run(short, town.workspace, None, MADE_ON, lambda _: None)
    pipeline.load(MONTHLY, town.workspace, None, lambda _: None)  # the extract that the other tests look at


def test_a_named_key_that_is_gone_is_not_replaced(town: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new key would break every link with before, so that is for people to decide."""
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "weg"))
    with pytest.raises(NoAccess, match="keten key new"):
        pipeline.run(MONTHLY, town.workspace, None, MADE_ON, lambda _: None)
    assert not (tmp_path / "weg").exists()
