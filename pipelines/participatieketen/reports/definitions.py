"""The page of definitions: the chain and the contracts as the files that steer a run say them, nothing rewritten."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from nbformat import NotebookNode

from participatieketen.chain import Chain, Ended, Example, Open, Position, drawn
from participatieketen.charts.tables import SEVERITIES
from participatieketen.contracts import Contract
from participatieketen.reports import nodes, prose
from participatieketen.reports.airlock import STAMP
from participatieketen.reports.pages import written

Rows = Sequence[Sequence[str]]

TITLE = "Definities"
OPENING = f"""# {TITLE}

Deze pagina zegt wat de woorden en getallen in deze uitgave betekenen. Zij komt uit de bestanden waarmee de cijfers zijn
gemaakt. Verandert er een regel, dan verandert deze pagina mee.
"""
PLACES = """## De plekken in de keten

Iemand heeft op een dag één plek. De regels gelden van boven naar beneden: de eerste die op die dag past, telt. De
volgorde van de plekken is een keuze, geen oordeel over mensen.
"""
TIMES = """## Regels over tijd

Deze grenzen bepalen wanneer iets meetelt.
"""
GROUPS = "## Groepen\n\nIn deze indelingen worden mensen vergeleken, als een groep groot genoeg is.\n"
EXAMPLES = """## Voorbeelden

Hier staan de regels in voorbeelden. Alle voorbeelden zijn fictief: deze mensen zijn verzonnen. Elk voorbeeld wordt
nagerekend met hetzelfde programma dat de cijfers maakt. Een einddatum hoort nog bij de periode.
"""
RESULTS = {
    "plekken": "Waar iemand dan is",
    "stappen": "Welke stappen dat zijn",
    "aantallen": "Welke aantallen dat geeft",
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
STILL_OPEN = "loopt nog"
CONTRACTS = """## Wat wordt geleverd

Elke levering heeft een contract: welke velden erin staan en waaraan elke rij moet voldoen. Wat een regel breekt, wordt
geteld. Hieronder staat per levering het contract.
"""
CHAIN = "Uit het bestand van de keten."
OUTSIDE = "buiten de keten"
NO_RULE = "Geen andere regel past."


def definitions(rules: Chain, contracts: Mapping[str, Contract]) -> NotebookNode:
    """Return the page as a notebook that needs no airlock: every text in it comes from settings, none from persons."""
    return nodes.notebook(cells=[*_chain(rules), *_examples(rules), *_contracts(contracts)])


def _chain(rules: Chain) -> Iterator[NotebookNode]:
    yield nodes.markdown(OPENING)
    yield nodes.markdown(PLACES)
    heads = ("Voorrang", "Plek", "Volgorde", "Wanneer iemand hier staat")
    yield _table("plekken", "De plekken, in de volgorde waarin de regels gelden", heads, _places(rules))
    if rules.notes:
        yield _table(
            "keten", "Wat bijzonder is aan deze keten", ("Wat u moet weten",), [[note] for note in rules.notes]
        )
    yield nodes.markdown(TIMES)
    yield _table("tijd", "Regels over tijd in deze keten", ("Regel", "Waarde", "Betekenis"), list(_times(rules)))
    if rules.groupings:
        yield nodes.markdown(GROUPS)
        rows = [(one.label, ", ".join(one.names.values()) or f"codelijst {one.codelist}") for one in rules.groupings]
        yield _table("indelingen", "De indelingen en hun groepen", ("Indeling", "Groepen"), rows)


def _places(rules: Chain) -> Rows:
    return [
        (str(place), position.label, OUTSIDE if position.rank is None else str(position.rank), _when(position, rules))
        for place, position in enumerate(rules.positions, start=1)
    ]


def _when(position: Position, rules: Chain) -> str:
    """Return in words the rule that puts a person in a position."""
    special = {
        rules.out_of_sight: f"Na {rules.follow_up_days} dagen is niet meer te zien waar iemand is.",
        rules.not_yet: "Vóór de eerste inschrijving.",
    }
    said = [*map(_open, position.open), *map(_ended, position.ended)]
    return " Of: ".join(said) or special.get(position.code, NO_RULE)


def _open(rule: Open) -> str:
    asked = f", met {rule.column} {_either(rule.values)}" if rule.column else ""
    return f"Er loopt iets in het register {rule.register}{asked}."


def _ended(rule: Ended) -> str:
    reason = f"om reden {_either(rule.reasons)}" if rule.reasons else "om een andere reden"
    return f"Het register {rule.register} stopte {reason} en er loopt niets anders."


def _either(values: Sequence[str]) -> str:
    return " of ".join(part for part in (", ".join(values[:-1]), values[-1]) if part)


def _times(rules: Chain) -> Iterator[Sequence[str]]:
    yield (
        "Korte onderbreking (gap_days)",
        _days(rules.gap_days),
        "Zo lang mag een register leeg zijn zonder dat iemand weg is.",
    )
    yield (
        "In beeld (follow_up_days)",
        _days(rules.follow_up_days),
        "Zo lang telt een plek die volgt uit een einde, zoals werk.",
    )
    yield (
        "Voorlopig (provisional_months)",
        f"{rules.provisional_months} maanden",
        "De laatste maanden veranderen nog door late berichten.",
    )
    for name, register in rules.registers.items():
        if register.observed_from:
            yield (
                f"Register {name}",
                f"vanaf {written(register.observed_from)}",
                "Vanaf deze dag is het register volledig.",
            )
        if register.pause:
            yield f"Register {name}", f"reden {_either(register.pause)}", "Een pauze: dit telt niet als een einde."


def _days(many: int) -> str:
    return f"{many} {'dag' if many == 1 else 'dagen'}"


def _examples(rules: Chain) -> Iterator[NotebookNode]:
    """Yield the examples that the chain's own file draws; a chain without any has no such part."""
    if rules.examples:
        yield nodes.markdown(EXAMPLES)
    for example in rules.examples:
        yield nodes.markdown(f"### {example.title}\n\n{example.text}")
        yield nodes.code("", outputs=list(_drawings(example)))


def _drawings(example: Example) -> Iterator[NotebookNode]:
    """Yield what the registers say, and what comes of it, each with a name of its own for who cannot see them."""
    for part, caption, text in (
        ("in", "Wat de registers zeggen", example.given),
        ("uit", RESULTS[example.result], example.expected),
    ):
        title = f"{example.title}: {caption[0].lower()}{caption[1:]}"
        yield _shown("example", prose.slug(f"voorbeeld {example.code} {part}"), title, caption, table_of(text))


def table_of(text: str) -> dict[str, Any]:
    """Return a drawn table as readers see it: heads with a capital, days in full."""
    heads, *rows = drawn(text)
    shown = [[_cell(head, cell) for head, cell in zip(heads, row, strict=True)] for row in rows]
    return {"columns": [f"{head[:1].upper()}{head[1:]}" for head in heads], "rows": shown}


def _cell(head: str, text: str) -> str:
    if DAY.fullmatch(text):
        return written(date.fromisoformat(text), "MMMM y" if head == "maand" else "d MMMM y")
    return text or (STILL_OPEN if head == "einddatum" else "")


def _contracts(contracts: Mapping[str, Contract]) -> Iterator[NotebookNode]:
    yield nodes.markdown(CONTRACTS)
    rows = [(one.title, one.version, f"{one.purpose} {one.limitations}".strip()) for one in contracts.values()]
    yield _table("contracten", "De leveringen", ("Levering", "Versie", "Waarvoor"), rows, "Uit de contracten.")
    for one in contracts.values():
        heads = ("Veld", "Wat het is", "Verplicht", "Codelijst")
        yield _table(f"velden-{one.name}", f"{one.title}: de velden", heads, _fields(one), f"Uit {one.label}.")
        if one.rules:
            asked = ("Regel", "Een afwijking", "Herkomst")
            yield _table(f"regels-{one.name}", f"{one.title}: de regels", asked, _rules(one), f"Uit {one.label}.")


def _fields(contract: Contract) -> Rows:
    return [(one.name, one.description, "ja" if one.required else "nee", one.codelist or "") for one in contract.fields]


def _rules(contract: Contract) -> Rows:
    return [(one.message, SEVERITIES.get(one.severity, one.severity), one.source) for one in contract.rules]


def _table(name: str, title: str, columns: Iterable[str], rows: Rows, origin: str = CHAIN) -> NotebookNode:
    """Return a cell that shows these texts as a table, each as it was typed."""
    table = {"columns": list(columns), "rows": [list(row) for row in rows]}
    return nodes.code("", outputs=[_shown("table", name, title, origin, table)])


def _shown(kind: str, name: str, title: str, caption: str, table: dict[str, Any]) -> NotebookNode:
    stamp = {"kind": kind, "id": name.replace("_", "-"), "title": title, "caption": caption, "table": table}
    return nodes.display("display_data", data={"text/plain": title}, metadata={STAMP: stamp})
