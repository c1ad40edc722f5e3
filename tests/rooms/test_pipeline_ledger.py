"""pipeline: one ledger per rounding key, whatever the chain file and the workspace; other rules are refused."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
from filelock import FileLock

import smalltown
import stopped
from conftest import ROUNDING, Keten, ledger_of
from participatieketen import chain, contracts, disclosure, extract, pipeline, places, pseudonyms, reports
from participatieketen.disclosure import ledger
from participatieketen.disclosure.systems import NAME
from participatieketen.errors import Busy, DisclosureRefused, NoAccess
from participatieketen.pipeline.run import _refuse_town_key
from participatieketen.places import Workspace
from smalltown import BSNS, HEADER, healthy, quick_check

POSITIONS = """
[[positions]]
code = "werk"
label = "Werk"
rank = 1
open = [{ register = "hulp", column = "soort", values = ["wrk"] }]

[[positions]]
code = "hulp"
label = "Hulp"
rank = 0
open = [{ register = "hulp", column = "soort", values = ["dag"] }]

[[positions]]
code = "weg"
label = "Weg"

[[positions]]
code = "nog_niet"
label = "Nog niet"
"""
CHAIN = f"""
name = "proef"
title = "Proef"
gap_days = 30
follow_up_days = 30
otherwise = "weg"
out_of_sight = "weg"
not_yet = "nog_niet"
{POSITIONS}"""


def delivered() -> str:
    """Return the register of a town in which some go from help to work, some leave, and some come back weeks later."""
    rows = []
    for n, number in enumerate(BSNS):
        begin, change = f"{1 + n % 27:02}-{1 + n % 12:02}-2024", f"{1 + n % 27:02}-{1 + n % 9:02}-2025"
        rows.append(f"a{n};{number};dag;{begin};{change};4,5;ja;01-01-2026;FICTIEF")
        if n % 2:
            rows.append(f"b{n};{number};wrk;{2 + n % 27:02}-{1 + n % 9:02}-2025;;4,5;ja;01-01-2026;FICTIEF")
        elif n % 3 == 0:
            rows.append(f"c{n};{number};dag;{15:02}-{3 + n % 9:02}-2025;;4,5;ja;01-01-2026;FICTIEF")
    return "\n".join([HEADER, *rows, ""])


@dataclass(frozen=True)
class Case:
    """A town with its key and its chain."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def key(self) -> Path:
        """Where the key is."""
        return self.folder / "sleutel"

    @property
    def book(self) -> pl.DataFrame:
        """What the ledger holds."""
        return ledger.read(ledger_of(self.key), self.folder / "geen").lines

    def chain(self, *changes: tuple[str, str]) -> None:
        """Write the chain with other texts in the places of some."""
        text = CHAIN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "keten.toml").write_text(text, encoding="utf-8")

    def at(self, home: str = "home") -> Workspace:
        """Work in a workspace of this name, that has the deliveries of the first."""
        self.patch.setenv("KETEN_HOME", str(self.folder / home))
        self.patch.setenv("KETEN_KEY", str(self.key))
        space = places.workspace().make()
        for path in (self.folder / "home" / "inbox").iterdir():
            if not (space.inbox / path.name).exists():
                shutil.copy(path, space.inbox)
        return space

    def run(self, home: str = "home", *, revise: bool = False) -> dict[str, disclosure.Released]:
        """Run the pipeline; return what was released."""
        space = self.at(home)
        with mock.patch.object(reports, "build_site", return_value=self.folder):
            chosen = pipeline.read(str(self.folder / "proef.toml"))
            site = pipeline.run(chosen, space, None, "2026-02-03", lambda _: None, revise=revise)
        return dict(disclosure.open_release(space.releases / site.release / "released.duckdb"))


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Judge without the seconds that Great Expectations takes."""
    with mock.patch.object(contracts, "check", quick_check):
        yield


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a town of which nothing was released yet."""
    folder = tmp_path / "stad"
    folder.mkdir()
    healthy(folder).deliver("hulp_2026-01.csv", delivered())
    smalltown.pipeline_file(folder)
    (folder / "proef.ipynb").write_text("{}", encoding="utf-8")
    pseudonyms.new_key(folder / "sleutel", ROUNDING)
    made = Case(folder, monkeypatch)
    made.chain()
    return made


def differing(before: dict[str, disclosure.Released], after: dict[str, disclosure.Released]) -> int:
    """Return how many cells that both have hold another value."""
    tables = (("released_stock_flow", "persons"), ("released_steps", "steps"))
    number = 0
    for table, value in tables:
        both = before[table].frame.join(after[table].frame, on=NAME, nulls_equal=True, suffix="_after")
        assert both.height > 50
        number += both.filter(pl.col(value) != pl.col(f"{value}_after")).height
    return number


def test_a_second_workspace_with_the_key_draws_nobody_again(case: Case) -> None:
    """It finds every value in the ledger beside the key, and adds none."""
    first, lines = case.run(), case.book
    assert differing(first, case.run("tweede")) == 0
    assert case.book.equals(lines)
    assert not (case.folder / "home" / "ledger").exists()


def test_with_a_key_of_its_own_it_would(case: Case) -> None:
    """Else the test before this one would show nothing."""
    first = case.run()
    case.key.unlink()
    pseudonyms.new_key(case.key)
    assert differing(first, case.run("tweede")) > 5


def test_a_second_chain_file_of_the_same_code_goes_on(case: Case) -> None:
    """Texts differ, the order of registers' reasons too; what is counted does not, and no value is another."""
    first, lines = case.run(), case.book
    case.chain(
        ('title = "Proef"', 'title = "Anders"\nnotes = ["Let op."]'),
        ('label = "Hulp"', 'label = "Dagbesteding"'),
        ("gap_days = 30\n", ""),
    )
    assert differing(first, case.run()) == 0
    assert case.book.equals(lines)


def test_a_second_chain_of_the_same_registers_is_refused(case: Case) -> None:
    """Under another code the same people would be drawn again; the line names the code to use, and nothing is added."""
    case.run()
    lines = case.book
    case.chain(('name = "proef"', 'name = "anders"'))
    for home in ("home", "tweede"):
        with pytest.raises(DisclosureRefused, match=r"leest register hulp, .* als keten proef: .* Noem deze keten ook"):
            case.run(home)
        with pytest.raises(DisclosureRefused, match="leest register hulp"):
            case.run(home, revise=True)
    assert case.book.equals(lines)


def test_every_line_begins_with_the_chain_and_says_by_which_rules(case: Case) -> None:
    """Rows of deliveries are no chain's."""
    case.run()
    lines = case.book
    assert lines.columns[0] == "chain"
    rows = pl.col("family").is_in(["delivery", "verdict"])
    assert set(lines.filter(~rows)["chain"]) == {"proef"}
    assert set(lines.filter(rows)["chain"]) == {""}
    assert lines["rules"].n_unique() == 1
    assert set(lines.filter(~rows)["registers"]) == {"hulp"}


@pytest.mark.parametrize(
    "change",
    [
        ("gap_days = 30", "gap_days = 60"),
        ("follow_up_days = 30", "follow_up_days = 60"),
        ("follow_up_days = 30", "follow_up_days = 30\nprovisional_months = 2"),
        ("not_yet = ", "registers = { hulp = { observed_from = 2024-03-01 } }\nnot_yet = "),
        ('values = ["dag"]', 'values = ["dag", "wrk"]'),
        ("rank = 1", "rank = -1"),
    ],
    ids=["gap_days", "follow_up_days", "provisional", "observed_from", "rule", "rank"],
)
def test_other_counting_rules_are_refused(case: Case, change: tuple[str, str]) -> None:
    """Exit 8, with what to do; nothing is added, and with the rules put back everything goes on."""
    first, lines = case.run(), case.book
    case.chain(change)
    with pytest.raises(DisclosureRefused, match=r"telregels van keten proef .* renamed .* --revise") as error:
        case.run()
    assert error.value.exit_code == 8
    assert case.book.equals(lines)
    case.chain()
    assert differing(first, case.run()) == 0


def test_a_revision_takes_other_rules(case: Case) -> None:
    """All months are then by the new rules, the lines say so, and the next run goes on without a revision."""
    before = case.run()
    case.chain(("gap_days = 30", "gap_days = 0"), ('values = ["wrk"]', 'values = ["dag", "wrk"]'))
    after, lines = case.run(revise=True), case.book
    assert differing(before, after) > 5
    assert lines["rules"].n_unique() == 2
    assert lines.filter("revised")["renewed"].any()
    assert differing(after, case.run()) == 0
    assert case.book.equals(lines)


def test_a_revision_takes_a_position_more(case: Case) -> None:
    """Who was at work is now in a job: every month has both, all sums hold, and what lapsed is counted as nobody."""
    before = case.run()
    case.chain(
        (
            POSITIONS,
            POSITIONS.split('[[positions]]\ncode = "hulp"', maxsplit=1)[0].replace("werk", "baan")
            + POSITIONS.replace('open = [{ register = "hulp", column = "soort", values = ["wrk"] }]', ""),
        )
    )
    with pytest.raises(DisclosureRefused, match="telregels"):
        case.run()
    stock = case.run(revise=True)["stock"].frame
    assert set(stock["position"]) == {"baan", "werk", "hulp"}
    assert stock.filter(position="werk")["persons"].max() == 0
    assert before["stock"].frame.filter(position="werk")["persons"].max() > 0  # type: ignore[operator]


def test_a_revision_to_rules_that_count_nearly_the_same_changes_no_value(case: Case) -> None:
    """Few moves could show one person: values stay, one line more says that the rules are others."""
    before, lines = case.run(), case.book
    case.chain(("follow_up_days = 30", "follow_up_days = 31"))
    assert differing(before, case.run(revise=True)) == 0
    assert case.book.height == lines.height + 1
    assert case.book["rules"].n_unique() == 2
    case.run()
    assert case.book.height == lines.height + 1


RENAMED = (
    ('code = "hulp"', 'code = "steun"'),
    ('not_yet = "nog_niet"', 'not_yet = "nog_niet"\nrenamed = { hulp = "steun" }'),
)


def test_a_renamed_position_keeps_its_values(case: Case) -> None:
    """Every cell of the old code stands under the new one; no month has both, and nothing is drawn again."""
    before, lines = case.run(), case.book
    case.chain(*RENAMED)
    after = case.run()
    assert case.book.equals(lines)
    assert set(after["stock"].frame["position"]) == {"werk", "steun"}
    both = before["stock"].frame.with_columns(pl.col("position").replace({"hulp": "steun"}))
    assert both.sort("month", "position").equals(after["stock"].frame.sort("month", "position"))


def test_a_position_renamed_before_the_first_release_draws_the_same(case: Case) -> None:
    """The draw of a count goes on under the first code, so that a month that is rounded anew is not drawn anew."""
    first = case.run()["stock"].frame.with_columns(pl.col("position").replace({"hulp": "steun"}))
    shutil.rmtree(ledger_of(case.key).path.parent)
    ledger_of(case.key).head.unlink()
    case.chain(*RENAMED)
    assert case.run("tweede")["stock"].frame.sort("month", "position").equals(first.sort("month", "position"))


def test_a_position_that_is_gone_is_refused(case: Case) -> None:
    """Renamed without a word, or left out: the line names it and what to write, with --revise too."""
    case.run()
    lines = case.book
    case.chain(RENAMED[0])
    for revise in (False, True):
        with pytest.raises(DisclosureRefused, match=r'Plek hulp .* renamed = \{ hulp = "nieuwe code" \}'):
            case.run(revise=revise)
    assert case.book.equals(lines)


def test_two_positions_are_not_made_one_by_a_name(case: Case) -> None:
    """Both were released; their sum would say more of each."""
    case.run()
    case.chain(
        ('code = "hulp"', 'code = "hulp2"'),
        (CHAIN[CHAIN.index("[[positions]]") : CHAIN.index('[[positions]]\ncode = "hulp"')], ""),
        ('code = "hulp2"', 'code = "werk"'),
        ('not_yet = "nog_niet"', 'not_yet = "nog_niet"\nrenamed = { hulp = "werk" }'),
    )
    with pytest.raises(DisclosureRefused, match="voegt twee plekken samen"):
        case.run(revise=True)


def test_a_chain_of_other_registers_under_the_same_name_is_refused(case: Case) -> None:
    """It is another chain: the line says to give it another name."""
    case.run()
    lines, told = case.book, disclosure.counting(chain.read(case.folder / "keten.toml"), {}, fictional=True)
    other = disclosure.Counting("proef", "x", ("anders",), told.positions, fictional=True)
    with pytest.raises(DisclosureRefused, match="geef een andere keten een andere name"):
        disclosure.refuse_other(lines, other, revise=True)
    independent = disclosure.Counting("los", "x", ("anders",), told.positions, fictional=False)
    disclosure.refuse_other(lines, independent, revise=False)
    assert disclosure.own_lines(lines, independent, {"ander"}).is_empty()
    real = disclosure.Counting("proef", told.rules, told.registers, told.positions, fictional=False)
    with pytest.raises(DisclosureRefused, match="een andere werkmap en een andere sleutel"):
        disclosure.refuse_other(lines, real, revise=False)


def test_an_independent_chain_shares_the_ledger(case: Case) -> None:
    """It reads nothing that the other reads: its values stand beside the other's, and neither changes the other."""
    first = case.run()
    lines = case.book
    chosen = (case.folder / "keten.toml").read_text(encoding="utf-8")
    for name in ("data_contracts/hulp.odcs.yaml", "sources/hulp.toml"):
        text = (case.folder / name).read_text(encoding="utf-8")
        (case.folder / name).write_text(text.replace("hulp", "zorg"), encoding="utf-8")
        (case.folder / name).rename((case.folder / name).with_name(Path(name).name.replace("hulp", "zorg")))
    (case.folder / "keten.toml").write_text(
        chosen.replace('"hulp"', '"zorg"').replace('"proef"', '"zorgketen"'), encoding="utf-8"
    )
    space = case.at("zorg")
    (space.inbox / "hulp_2026-01.csv").unlink()
    (space.inbox / "zorg_2026-01.csv").write_text(delivered().replace("hulp", "zorg"), encoding="utf-8")
    (case.folder / "home" / "inbox" / "hulp_2026-01.csv").rename(case.folder / "hulp_2026-01.csv")
    case.run("zorg")
    book = case.book
    assert set(book["chain"]) == {"proef", "zorgketen", ""}
    assert book.head(lines.height).equals(lines)
    rows = pl.col("family").is_in(["delivery", "verdict"])
    assert book.filter(~rows, chain="zorgketen").height == lines.filter(~rows).height
    drawn = [book.filter(~rows, chain=name).select("family", "month", "value") for name in ("proef", "zorgketen")]
    assert not drawn[0].equals(drawn[1])  # the same counts, and draws of their own
    assert len(first["stock"].frame) > 10


def test_two_workspaces_do_not_run_at_once_with_one_key(case: Case) -> None:
    """The second stops within seconds, exit 5."""
    case.run()
    with FileLock(ledger_of(case.key).path.with_name(".slot")), pytest.raises(Busy, match="in een andere werkmap"):
        case.run("tweede")
    case.run("tweede")


def test_a_workspace_of_another_key_is_not_drawn_anew(case: Case) -> None:
    """Its releases have copies of the ledger of the key that they were made with: the line names that key."""
    case.run()
    old = ledger_of(case.key).key
    (case.folder / "home" / "extract.duckdb").unlink()
    case.key.unlink()
    pseudonyms.new_key(case.key)
    with pytest.raises(DisclosureRefused, match=f"afgerond met sleutel {old}, maar de sleutel is nu"):
        case.run()
    assert not ledger_of(case.key).path.exists()


@pytest.mark.parametrize("left", ["ledger/proef.jsonl", "releases/proef-2025-12-00000000/proef-ledger.jsonl"])
def test_a_ledger_of_an_older_version_is_refused(case: Case, left: str) -> None:
    """It stood in the workspace; its values would be drawn again beside the key."""
    old = case.at().home / left
    old.parent.mkdir(parents=True)
    old.write_text("{}\n", encoding="utf-8")
    with pytest.raises(DisclosureRefused, match="een grootboek van een oudere versie") as error:
        case.run()
    assert str(old) in str(error.value)
    shutil.rmtree(old.parent)
    case.run()


def test_a_run_that_stops_anywhere_goes_on(case: Case) -> None:
    """Stopped dead at each change of the ledger, its head, its copy and the tables: the next run releases the same."""
    case.at()
    clean, stops = None, list(stopped.stops(case.folder, "run"))
    assert len(stops) > 5
    for place in reversed(stops):
        stopped_case = Case(place, case.patch)
        found = stopped_case.run()
        at = ledger_of(stopped_case.key)
        lines = ledger.read(at, places.workspace().releases).lines.drop("run")
        clean = clean or (lines, found["released_stock_flow"].frame)
        assert lines.equals(clean[0])
        assert found["released_stock_flow"].frame.equals(clean[1])
        assert at.head.is_file()
        (copy,) = places.workspace().releases.glob(f"*/{at.key}-ledger.jsonl")
        assert copy.read_bytes() == at.path.read_bytes()


def test_real_people_are_not_counted_with_the_key_of_a_town(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another workspace they would have another key, and be drawn twice."""
    space = case.at()
    monkeypatch.delenv("KETEN_KEY")
    monkeypatch.setenv("HOME", str(case.folder / "thuis"))
    pseudonyms.new_town_key(space)
    _refuse_town_key(space, fictional=True)
    with pytest.raises(NoAccess, match="van een verzonnen stad"):
        _refuse_town_key(space, fictional=False)


def test_a_second_clone_on_the_same_machine_works(
    tmp_path: Path, keten: Keten, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The town of each has a key of its own, outside the workspace, and `keten run` finds it: also after a move."""
    monkeypatch.delenv("KETEN_KEY")
    monkeypatch.setenv("HOME", str(tmp_path / "thuis"))
    for clone, persons in (("een", "300"), ("twee", "320")):
        monkeypatch.setenv("KETEN_HOME", str(tmp_path / clone / "workspace"))
        code, out, err = keten("demo", "--persons", persons, "--months", "51")
        assert (code, "Nieuwe sleutel" in out) == (0, True), err
        assert keten("demo", "--persons", persons, "--months", "51")[:1] == (0,)
        with mock.patch.object(reports, "build_site", return_value=tmp_path):
            code, _, err = keten("run")
        assert code == 0, err
    files = sorted((tmp_path / "thuis" / ".config" / "keten").rglob("sleutel"))
    assert len({pseudonyms.read_rounding_key(file).id for file in files}) == 2
    assert all(ledger_of(file).path.is_file() for file in files)
    assert not list(tmp_path.glob("*/workspace/**/ledger.jsonl"))
    (tmp_path / "een").rename(tmp_path / "verhuisd")
    monkeypatch.setenv("KETEN_HOME", str(tmp_path / "verhuisd" / "workspace"))
    assert pseudonyms.default_path() in files


def test_a_demo_takes_the_key_that_is_named(keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """KETEN_KEY is used as it is, and made when it is not there; no other key is."""
    monkeypatch.setenv("HOME", str(tmp_path / "thuis"))
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "kluis" / "sleutel"))
    assert keten("demo", "--persons", "300", "--months", "15")[0] == 0
    assert pseudonyms.default_path() == tmp_path / "kluis" / "sleutel"
    assert (tmp_path / "kluis" / "sleutel").is_file()
    assert not (tmp_path / "thuis").exists()


def test_a_workspace_of_before_keeps_its_key(
    case: Case, keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was taken in has pseudonyms of the user's own key: a demo after that makes no other."""
    case.run()
    monkeypatch.delenv("KETEN_KEY")
    monkeypatch.setenv("HOME", str(tmp_path / "thuis"))
    own = tmp_path / "thuis" / ".config" / "keten" / "sleutel"
    own.parent.mkdir(parents=True)
    case.key.rename(own)
    assert keten("demo", "--persons", "300", "--months", "15")[0] == 2  # the inbox is not empty
    for path in case.at("home").inbox.iterdir():
        path.unlink()
    monkeypatch.delenv("KETEN_KEY")
    assert keten("demo", "--persons", "300", "--months", "15")[0] == 0
    assert pseudonyms.default_path() == own


def test_a_town_whose_key_is_gone_is_said_so(keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit 6 and the file to put back; no other key is made in its place."""
    monkeypatch.delenv("KETEN_KEY")
    monkeypatch.setenv("HOME", str(tmp_path / "thuis"))
    keten("demo", "--persons", "300", "--months", "15")
    key = pseudonyms.default_path()
    key.unlink()
    code, _, err = keten("run")
    assert (code, str(key) in err, "keten key new" in err) == (6, True, True)
    assert not key.exists()


def test_the_audit_sees_what_other_workspaces_released(case: Case) -> None:
    """A second value of a small count, entered by a run elsewhere, narrows it: this run is refused, and so is audit."""
    released = case.run()
    at, folder = ledger_of(case.key), case.folder / "home" / "releases"
    counted = extract.query(case.at().extract, "select month, from_position, to_position, persons from stock_flow")
    names = ["month", "from_position", "to_position"]
    flows = case.book.filter(family="stock_flow", grouping="")
    small = flows.join(counted.cast(dict.fromkeys(names[1:], pl.String)), on=names).filter(
        pl.col("persons").is_between(1, 9), pl.col("persons") % 5 != 0
    )
    other = pl.when(pl.col("value") > pl.col("persons")).then(pl.col("value") - 5).otherwise(pl.col("value") + 5)
    known = ledger.read(at, folder)
    ledger.append(
        at, known, small.head(1).with_columns(value=other, release=pl.lit("elders")).select(known.lines.columns)
    )
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        case.run()
    chosen = pipeline.read(str(case.folder / "proef.toml"))
    assert pipeline.audit(chosen, case.at(), released["stock"].context.id).narrowest == 4
    with pytest.raises(DisclosureRefused, match="een aantal van 1 tot en met 9"):
        case.run("tweede")
