"""A town of forty people and one register, small enough to break one thing at a time."""

import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest import mock

from participatieketen import contracts, extract, intake, pseudonyms
from participatieketen.contracts import Contract, Outcome, Verdict
from participatieketen.errors import KetenError
from participatieketen.intake import Intake, Received, Source
from participatieketen.places import Workspace

Check = Callable[[Path, Iterable[Contract], str], Verdict]

PLANTED = "ZZKANARIE"
"""A text that no message, log or quarantine file may ever hold."""

BSN_FORMS = (
    "111222333", "BSN111222333", "111.222.333", "111 222 333", "111-222-333", "111_222_333", "1112.22.333",
    "11 12 22 333", "111\u00a0222\u00a0333", "111222 333", "012345672", "12345672", "12.345.672",
)  # fmt: skip
"""A BSN as people write it; the last three are one whose leading zero may be gone."""

CLIENT, HULP = "client van januari 2026 (bestand-1.csv)", "hulp van januari 2026 (bestand-2.csv)"
"""What messages call the two files of the town, client_2026-01.csv and hulp_2026-01.csv."""

HEADER = "hulp_id;bsn;soort;begindatum;einddatum;uren;actief;peildatum;bronsysteem"
ROW = "h{n};{bsn};dag;01-02-2024;31-03-2024;4,5;ja;01-01-2026;FICTIEF"

_PROPERTY = (
    "  - {{name: {name}, logicalType: {kind}, required: {required}, description: x, "
    "customProperties: [{custom}]{more}}}\n"
)
_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {name}
name: {name}
version: 1.0.0
status: active
schema:
- name: {name}
  customProperties:
  - {{property: soort, value: {soort}}}
  - {{property: quarantaine_max, value: 0.2}}
  properties:
{properties}"""
_QUALITY = """\
  quality:
  - type: custom
    engine: greatExpectations
    severity: quarantine
    description: ligt voor de begindatum
    implementation:
      type: unexpected_rows_expectation
      kwargs: {unexpected_rows_query: 'select regel from {batch} where einddatum < begindatum'}
      meta: {name: einde_voor_begin, fields: [einddatum], source: toets, max_share: 0.05}
  - type: custom
    engine: greatExpectations
    severity: quarantine
    description: loopt samen met een andere
    implementation:
      type: unexpected_rows_expectation
      kwargs:
        unexpected_rows_query: |-
          select regel from {batch}
          qualify begindatum <= lag(einddatum) over (partition by client_pseudoniem order by begindatum, regel)
      meta: {name: overlap, fields: [begindatum], source: toets, max_share: 0.05}
  - type: custom
    engine: greatExpectations
    severity: quarantine
    description: ligt voor 1950 of na de peildatum
    implementation:
      type: unexpected_rows_expectation
      kwargs:
        unexpected_rows_query: |-
          select regel from {batch} where begindatum < date '1950-01-01' or begindatum > peildatum
      meta: {name: begin_onwaarschijnlijk, fields: [begindatum], source: toets}
"""


def _property(name: str, kind: str = "string", custom: str = "", more: str = "", required: str = "true") -> str:
    return _PROPERTY.format(name=name, kind=kind, custom=custom, more=more, required=required)


def _rol(name: str) -> str:
    return f"{{property: rol, value: {name}}}"


_COMMON = _property("peildatum", "date", _rol("peildatum")) + _property("bronsysteem", "string", _rol("bronsysteem"))
_KEY = ", primaryKey: true, primaryKeyPosition: 1"
_CLIENT = _property("client_pseudoniem", "string", _rol("persoon"), _KEY) + _property("geboortejaar", "integer")
_OPEN = "{property: rol, value: einddatum}, {property: open_einde, value: ['9999-12-31']}"
_HULP = (
    _property("hulp_id", more=_KEY)
    + _property("client_pseudoniem", "string", _rol("persoon"), ", relationships: [{to: client.client_pseudoniem}]")
    + _property("soort", more=", logicalTypeOptions: {pattern: '^[a-z]{3}$'}")
    + _property("begindatum", "date", _rol("begindatum"))
    + _property("einddatum", "date", _OPEN, required="false")
    + _property("uren", "number", required="false")
    + _property("actief", "boolean", required="false")
)


def bsn(number: int) -> str:
    """Return the n-th number of the test range 9999xxxxx that passes the 11-proef."""
    passing = (
        f"9999{rest:05}"
        for rest in range(100_000)
        if sum(w * int(d) for w, d in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), f"9999{rest:05}", strict=True)) % 11 == 0
    )
    return next(text for place, text in enumerate(passing) if place == number)


BSNS = tuple(bsn(number) for number in range(40))


def clients(month: str = "01-01-2026") -> str:
    """Return the delivery of all forty people."""
    rows = "".join(f"{number};{1950 + place};{month};FICTIEF\n" for place, number in enumerate(BSNS))
    return f"bsn;geboortejaar;peildatum;bronsysteem\n{rows}"


def rows(count: int = 40) -> list[str]:
    """Return that many rows of the register, one a person."""
    return [ROW.format(n=n, bsn=BSNS[n]) for n in range(count)]


def hulp(lines: Mapping[int, str] | None = None, count: int = 40) -> str:
    """Return the register's delivery; `lines` has other texts for some lines of the file."""
    texts = dict(enumerate([HEADER, *rows(count)], start=1)) | dict(lines or {})
    return "".join(f"{texts[line]}\n" for line in sorted(texts))


def quick_check(database: Path, checked: Iterable[Contract], schema: str) -> Verdict:
    """Judge as contracts.check does, by the same queries, without the seconds that Great Expectations takes."""
    with extract.connect(database) as connection:
        return Verdict(
            tuple(
                Outcome(
                    contract.name,
                    rule.name,
                    rule.fields,
                    rule.severity,
                    rule.message,
                    rule.source,
                    len(contracts.breaching_rows(connection, rule, contract.name, schema)),
                    len(connection.table(f"{schema}.{contract.name}")),
                    rule.max_share,
                    contract.label,
                )
                for contract in checked
                for rule in contract.rules
            )
        )


@dataclass(frozen=True)
class Town:
    """A workspace with contracts, sources and a key."""

    workspace: Workspace
    sources: dict[str, Source]
    contracts: dict[str, Contract]
    key: pseudonyms.Key

    def deliver(self, name: str, content: str | bytes) -> Path:
        """Put a file in the inbox."""
        path = self.workspace.inbox / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def receive(self) -> list[Received]:
        """Take in what is in the inbox."""
        return intake.receive(self.workspace.inbox, self.workspace, self.sources, self.contracts)

    def build(self, peildatum: date | None = None, check: Check = quick_check) -> Intake:
        """Build the extract from what was received."""
        with mock.patch.object(contracts, "check", check):
            return intake.build(
                self.workspace, self.sources, self.contracts, self.key, self.workspace.extract, peildatum
            )

    def run(self) -> Intake:
        """Receive and build."""
        self.receive()
        return self.build()

    def kept(self) -> set[bytes]:
        """Return the content of every kept file."""
        return {path.read_bytes() for path in self.workspace.deliveries.rglob("*") if path.is_file()}

    def written(self) -> bytes:
        """Return all that was written and is not a delivery: log, quarantine, extract."""
        places = [self.workspace.quarantine, self.workspace.home]
        paths = [path for place in places for path in place.glob("*") if path.is_file()]
        paths += [*self.workspace.quarantine.rglob("*.csv"), self.workspace.deliveries / "log.jsonl"]
        return b"".join(path.read_bytes() for path in paths if path.exists())


def town(folder: Path, source: str = "") -> Town:
    """Return an empty town; `source` is added to the register's source TOML."""
    (folder / "data_contracts").mkdir()
    (folder / "sources").mkdir()
    for name, soort, properties in (("client", "personen", _CLIENT), ("hulp", "register", _HULP)):
        text = _CONTRACT.format(name=name, soort=soort, properties=properties + _COMMON)
        quality = _QUALITY if name == "hulp" else ""
        (folder / "data_contracts" / f"{name}.odcs.yaml").write_text(text + quality, encoding="utf-8")
        toml = f'name = "{name}"\nfiles = "{name}_*"\nperson = {{ column = "bsn", kind = "bsn" }}\n'
        toml += source if name == "hulp" else ""
        (folder / "sources" / f"{name}.toml").write_text(textwrap.dedent(toml), encoding="utf-8")
    return Town(
        Workspace(folder / "home", folder / "reports").make(),
        intake.read_sources(folder / "sources"),
        contracts.read_folder(folder / "data_contracts"),
        pseudonyms.Key(bytes(32), pseudonyms.key_id(bytes(32))),
    )


_CHAIN = """\
name = "proef"
title = "Proef"
follow_up_days = 30
otherwise = "weg"
out_of_sight = "weg"
not_yet = "nog_niet"
positions = [
    { code = "hulp", label = "Hulp", rank = 0, open = [{ register = "hulp" }] },
    { code = "weg", label = "Weg" },
    { code = "nog_niet", label = "Nog niet" },
]
"""
_PIPELINE = """\
name = "proef"
organisation = "Proefstad"
title = "Proef"
chain = "keten.toml"
contracts = "data_contracts"
sources = "sources"
notebooks = ["proef.ipynb"]
cadence = "maandelijks"
"""


def pipeline_file(folder: Path) -> Path:
    """Write a pipeline with a chain of one position for the town in this folder."""
    (folder / "keten.toml").write_text(_CHAIN, encoding="utf-8")
    path = folder / "proef.toml"
    path.write_text(_PIPELINE, encoding="utf-8")
    return path


def healthy(folder: Path, source: str = "") -> Town:
    """Return a town whose people have been delivered."""
    made = town(folder, source)
    made.deliver("client_2026-01.csv", clients())
    return made


def refused_then_healed(made: Town, name: str, content: str | bytes, kind: type[KetenError]) -> str:
    """Deliver a bad file, then a good one; return what was said of the bad one.

    Holds that the error is of this kind and shows no planted value, that the bytes are kept and the inbox is as it
    was, that no extract is left half made, and that the good file needs no repair.
    """
    path = made.deliver(name, content)
    raw = path.read_bytes()
    try:
        made.run()
    except KetenError as error:
        said = error
    else:
        raise AssertionError("the delivery was not refused")
    assert said.exit_code == kind.exit_code, said
    assert PLANTED not in str(said)
    assert PLANTED.encode() not in made.written()
    assert path.read_bytes() == raw
    assert raw in made.kept()
    assert not made.workspace.extract.exists()
    path.unlink()
    made.deliver("hulp_2026-01.csv", hulp())
    assert made.run().deliveries[1].loaded == 40
    assert raw in made.kept()
    return str(said)
