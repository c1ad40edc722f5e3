"""cli: what the user types, reads, and gets as exit code."""

import json
from pathlib import Path

import pytest

from conftest import Keten, Run
from participatieketen import pipeline, pseudonyms
from participatieketen.places import Workspace

COMMANDS = ("demo", "run", "intake", "check", "query", "audit", "status", "lab", "retain", "key rotate")


@pytest.fixture
def at_town(town: Run, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Stand in the workspace of the fictional town."""
    monkeypatch.setenv("KETEN_HOME", str(town.workspace.home))
    monkeypatch.setenv("KETEN_REPORTS", str(town.workspace.published))
    return town.workspace


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_dutch_with_an_example(keten: Keten, command: str) -> None:
    """--help has the usage, the options and an example."""
    code, out, _ = keten(*command.split(), "--help")
    assert code == 0
    assert "Gebruik: keten" in out
    assert f"Voorbeeld: keten {command}" in out
    assert not any(word in out for word in ("Usage", "Options", "Show this", "default"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "er is nog geen opdracht gegeven. Kijk in keten --help."),
        (("rapport",), "deze opdracht bestaat niet. Kijk in keten --help."),
        (("query",), "er ontbreekt een argument of optie. Kijk in keten query --help."),
        (("run", "--geheim=111222333"), "een optie bestaat niet. Kijk in keten run --help."),
        (("run", "--peildatum", "gisteren"), "een waarde past niet bij zijn optie of argument."),
        (("run", "-p", "months"), "de vorm naam=waarde"),
        (("run", "-p", "maanden=24"), "Parameter maanden bestaat niet: kies uit months."),
        (
            ("run", "jaarrapportage"),
            "Pipeline jaarrapportage bestaat niet: kies uit halfjaarrapportage, maandrapportage",
        ),
        (("run", "weg/keten.toml"), "Pipeline weg/keten.toml bestaat niet"),
        (("query", "select 1"), "maak het extract met `keten run`"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(keten: Keten, arguments: tuple[str, ...], message: str) -> None:
    """The line says what is wrong and where to look, and never repeats a value that was typed."""
    code, _, err = keten(*arguments)
    assert code == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert "111222333" not in err


def test_an_empty_inbox_is_exit_3_and_says_what_to_bring(keten: Keten) -> None:
    """Every register without a delivery is named."""
    code, _, err = keten("run")
    assert code == 3
    assert "Bron bijstand heeft geen bruikbare levering: zet een bestand bijstand_* in de inbox." in err


def test_a_busy_workspace_is_exit_5(keten: Keten, tmp_path: Path) -> None:
    """The second of two runs stops within seconds."""
    with pipeline.locked(Workspace(tmp_path / "workspace", tmp_path / "reports")):
        code, _, err = keten("run")
    assert code == 5
    assert "Een andere run" in err


def test_a_missing_key_is_exit_6(keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """KETEN_KEY names a file that is not there."""
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "weg"))
    code, _, err = keten("intake")
    assert code == 6
    assert "keten key new" in err


def test_a_demo_fills_an_empty_inbox_only(keten: Keten, tmp_path: Path) -> None:
    """A town never comes between real deliveries."""
    code, out, _ = keten("demo", "--persons", "300", "--months", "15")
    assert code == 0
    assert "7 leveringen van een verzonnen stad" in out
    assert "fictieve gegevens" in out
    before = sorted((tmp_path / "workspace" / "inbox").iterdir())
    code, _, err = keten("demo")
    assert code == 2
    assert "is niet leeg" in err
    assert sorted((tmp_path / "workspace" / "inbox").iterdir()) == before


def test_a_demo_delivers_the_next_month_of_the_same_town(keten: Keten, tmp_path: Path) -> None:
    """Beside deliveries of this town come those of another peildatum; those of another town do not."""
    arguments = ("demo", "--persons", "300", "--months", "15")
    assert keten(*arguments, "--peildatum", "2025-12-01")[0] == 0
    assert keten(*arguments)[0] == 0
    names = {path.name for path in (tmp_path / "workspace" / "inbox").iterdir()}
    assert {"bijstand_2025-12.csv", "bijstand_2026-01.csv"} < names
    assert keten(*arguments, "--seed", "1")[0] == 2


def test_a_key_is_made_once(keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second time would break every link with before."""
    monkeypatch.setenv("KETEN_KEY", str(tmp_path / "sleutels" / "nieuw"))
    assert keten("key", "new")[0] == 0
    made = (tmp_path / "sleutels" / "nieuw").read_bytes()
    assert keten("key", "new")[0] != 0
    assert (tmp_path / "sleutels" / "nieuw").read_bytes() == made


@pytest.mark.usefixtures("at_town")
def test_query_prints_a_table_csv_or_json(keten: Keten) -> None:
    """One statement, three forms."""
    sql = "select position, 1.5 as half from timeline where position = 'werk' limit 1"
    assert "position" in keten("query", sql)[1]
    assert keten("query", sql, "--csv")[1] == "position;half\nwerk;1,5\n"
    assert json.loads(keten("query", sql, "--json")[1])[0]["position"] == "werk"


@pytest.mark.usefixtures("at_town")
@pytest.mark.parametrize(
    "sql",
    [
        "drop table client",
        "select 1; select 2",
        "copy client to 'weg.csv'",
        "select * from read_csv('weg.csv')",
        "select geheim from client",
        "select * from geheim",
        "selecteer",
    ],
)
def test_query_reads_the_extract_and_nothing_else(keten: Keten, sql: str) -> None:
    """Anything that writes, reads elsewhere or does not exist is refused in a line."""
    code, out, err = keten("query", sql)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.usefixtures("at_town")
def test_check_prints_every_rule_and_its_counts(keten: Keten) -> None:
    """As a table for people, as JSON for programs; the dirty town passes, with rows to set aside."""
    code, out, _ = keten("check", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {"bijstand", "client", "startbaan"} <= {row["contract"] for row in rows}
    assert any(row["severity"] == "quarantine" and row["unexpected"] for row in rows)
    assert all(isinstance(row["unexpected"], int) and isinstance(row["total"], int) for row in rows)


@pytest.mark.usefixtures("at_town")
def test_intake_makes_the_extract_and_says_what_became_of_the_rows(keten: Keten) -> None:
    """Per delivery: delivered, loaded, set aside, double; and nothing is published."""
    code, out, err = keten("intake")
    assert code == 0
    assert "al verwerkt" in err
    assert "apart gezet" in out
    assert "bijstand" in out
    assert keten("intake", "--quiet") == (0, "", "")


def test_status_without_runs_says_how_to_begin(keten: Keten) -> None:
    """An empty workspace is no error."""
    code, out, _ = keten("status")
    assert code == 0
    assert "Nog geen runs" in out


@pytest.mark.usefixtures("at_town")
def test_status_lists_the_runs(keten: Keten) -> None:
    """The newest run comes first, with where its page is."""
    assert "maandrapportage" in keten("status")[1]
    records = json.loads(keten("status", "--json")[1])
    assert records[-1]["id"] == "00001-maandrapportage"
    assert records[-1]["state"] == "gelukt"


def test_a_damaged_record_is_exit_4(keten: Keten, tmp_path: Path) -> None:
    """The line says which folder to remove."""
    folder = tmp_path / "workspace" / "runs" / "00001-x"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{", encoding="utf-8")
    code, _, err = keten("status")
    assert code == 4
    assert "is beschadigd" in err


def test_retain_shows_what_is_set_and_refuses_too_little(keten: Keten) -> None:
    """Without a number it changes nothing; with too small a one no year could be followed any more."""
    assert keten("retain")[1] == "Bewaartermijn: niet ingesteld, iedereen blijft in het extract.\n"
    code, _, err = keten("retain", "--months", "36")
    assert (code, "bewaar minstens 37 maanden" in err) == (2, True)
    assert keten("retain", "--months", "60")[0] == 0
    assert keten("retain")[1] == "Bewaartermijn: 60 maanden na iemands laatste einde.\n"


def test_a_key_is_replaced_by_the_command(keten: Keten, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its output names the new key by id; the secret is not shown."""
    place = tmp_path / "sleutels" / "sleutel"
    monkeypatch.setenv("KETEN_KEY", str(place))
    keten("key", "new")
    old = place.read_text()
    code, out, err = keten("key", "rotate")
    assert code == 0
    assert place.read_text() != old
    assert pseudonyms.read_key(place).id in err
    assert place.read_text().strip() not in out + err


def test_an_unexpected_error_shows_its_kind_and_place_only(keten: Keten, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a library says could hold a value, so none of it is shown."""

    def fail(*_: object) -> None:
        raise RuntimeError("111222333")

    monkeypatch.setattr(pipeline, "records", fail)
    code, out, err = keten("status")
    assert code == 1
    assert "Onverwachte fout (RuntimeError" in err
    assert "111222333" not in out + err


def test_audit_says_how_little_is_known(keten: Keten, at_town: Workspace) -> None:
    """Of a release of the town: how many small counts, and the narrowest interval."""
    release = next(at_town.releases.glob("maandrapportage-*")).name
    code, out, _ = keten("audit", release, "--json")
    assert code == 0
    (found,) = json.loads(out)
    assert found["cells"] > 100
    assert found["narrowest"] >= 4


@pytest.mark.usefixtures("at_town")
def test_audit_of_no_release_is_exit_2(keten: Keten) -> None:
    """The path that is not there is named."""
    code, _, err = keten("audit", "maand-0")
    assert code == 2
    assert "maand-0" in err
