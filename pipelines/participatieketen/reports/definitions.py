"""The page of definitions: the chain and the contracts as the files that steer a run say them, nothing rewritten."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from nbformat import NotebookNode

from participatieketen import dutch
from participatieketen.chain import Chain, Ended, Example, Known, Open, Position, drawn
from participatieketen.charts.tables import SEVERITIES
from participatieketen.contracts import Contract
from participatieketen.reports import nodes, prose
from participatieketen.reports.airlock import STAMP

Rows = Sequence[Sequence[str]]

TITLE = "Definities"
OPENING = f"""# {TITLE}

Deze pagina zegt wat de woorden en getallen in deze uitgave betekenen. De regels komen uit de bestanden waarmee de
cijfers zijn gemaakt. Verandert er een regel, dan verandert deze pagina mee.
"""
FIGURES = """## Woorden bij de cijfers

afgerond
: Aantallen zijn afgerond op vijftallen of tientallen. Zo is niemand te herkennen. Een jaar is als geheel afgerond: het
telt niet precies op met zijn maanden.

bereik
: Een percentage is nooit helemaal zeker. Het bereik zegt tussen welke percentages het echte cijfer ligt. Dat klopt in
95 van de 100 keer. Wij berekenen het uit de afgeronde aantallen. Wat het afronden onzeker maakt, zit dus in het bereik.
In een grafiek is het een streep of een vlak. Een ander woord is betrouwbaarheidsinterval.

alleen een bereik
: Bij een klein aantal zegt één percentage niets: het hangt vooral van het afronden af. Dan staat er alleen een bereik,
zoals 'tussen 2% en 9%'. Het midden daarvan is niet waarschijnlijker dan de rest.

huishouden
: Partners gaan vaak samen vooruit of terug. Daarom komt het bereik van een groep van het aantal huishoudens. Het
percentage en de aantallen gaan over mensen.

toeval
: Aantallen gaan altijd iets op en neer, ook als er niets verandert. Een verschil dat zo kan ontstaan, kan toeval zijn.
Dat betekent niet dat de aantallen gelijk zijn: het verschil is alleen niet aangetoond.

bovengrens en ondergrens
: Tussen deze twee lijnen ligt de nieuwste maand bijna altijd, als er alleen toeval en afronden is.

correctie van Holm
: Wie veel groepen vergelijkt, vindt altijd wel een verschil door toeval. Deze rekenregel let daarop. Hoe meer
vergelijkingen, hoe groter een verschil moet zijn om te tellen.

deel na zo veel maanden
: Sommige mensen volgen wij nog niet zo lang. Zij tellen mee zolang wij ze konden volgen. Wie uit de keten gaat, telt
apart. De rekenmanier heet Aalen-Johansen.
"""
PLACES = """## De plekken in de keten

Iemand heeft op een dag één plek. De regels gelden van boven naar beneden: de eerste die op die dag past, telt. De
volgorde van de plekken is een keuze, geen oordeel over mensen.
"""
TIMES = """## Regels over tijd

Deze grenzen bepalen wanneer iets meetelt.
"""
GROUPS = "## Groepen\n\nDeze groepen vergelijken wij met elkaar, als ze groot genoeg zijn.\n"
EXAMPLES = """## Voorbeelden

Hier staan de regels in voorbeelden. Alle voorbeelden zijn fictief: deze mensen zijn verzonnen. Het programma dat de
cijfers maakt, rekent elk voorbeeld na. De einddatum is de laatste dag dat iets loopt.
"""
RESULTS = {
    "plekken": "Waar iemand dan is",
    "stappen": "Welke stappen dat zijn",
    "aantallen": "Welke aantallen dat geeft",
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
STILL_OPEN = "loopt nog"
CONTRACTS = """## Wat wordt geleverd

Elk register levert een bestand: een levering. Bij elke levering hoort een contract. Daarin staat welke kolommen er zijn
en welke regels gelden. Het programma telt wat niet bij een regel past. Hieronder staat per levering het contract.
"""
CHAIN = "Uit het bestand van de keten."
OUTSIDE = "buiten de keten"
NO_RULE = "Geen andere regel past."


def definitions(
    rules: Chain, contracts: Mapping[str, Contract], groups: Mapping[str, Sequence[str]] | None = None
) -> NotebookNode:
    """Return the page as a notebook that needs no airlock: every text in it comes from settings, none from persons.

    groups  names of the groups of a grouping whose names are in a code list
    """
    return nodes.notebook(cells=[*_chain(rules, groups or {}), *_examples(rules), *_contracts(contracts)])


def _chain(rules: Chain, groups: Mapping[str, Sequence[str]]) -> Iterator[NotebookNode]:
    yield nodes.markdown(OPENING)
    yield nodes.markdown(FIGURES)
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
        named = {one.code: [*one.names.values()] or groups.get(one.code, ()) for one in rules.groupings}
        rows = [(one.label, ", ".join(named[one.code]) or f"codelijst {one.codelist}") for one in rules.groupings]
        yield _table("indelingen", "De kenmerken en hun groepen", ("Kenmerk", "Groepen"), rows)


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
    said = [*map(_open, position.open), *map(_ended, position.ended), *map(_known, position.known)]
    return " Of: ".join(said) or special.get(position.code, NO_RULE)


def _open(rule: Open) -> str:
    asked = f", met {rule.column} {_either(rule.values)}" if rule.column else ""
    return f"Er loopt iets in het register {rule.register}{asked}."


def _ended(rule: Ended) -> str:
    named = f"met {rule.column}" if rule.column else "om reden"
    reason = f"{named} {_either(rule.reasons)}" if rule.reasons else "om een andere reden"
    cause = f", ook begint er kort daarna niets in het register {rule.unless_open}" if rule.unless_open else ""
    return f"Het register {rule.register} stopte {reason} en er loopt niets anders{cause}."


def _known(rule: Known) -> str:
    return f"De maand van {rule.column} in {rule.table} is voorbij en er loopt niets."


def _either(values: Sequence[str]) -> str:
    return " of ".join(part for part in (", ".join(values[:-1]), values[-1]) if part)


def _times(rules: Chain) -> Iterator[Sequence[str]]:
    yield (
        "Korte onderbreking",
        _days(rules.gap_days),
        "Zo lang mag iemand nergens ingeschreven staan zonder dat die persoon weg is.",
    )
    yield (
        "In beeld",
        _days(rules.follow_up_days),
        "Zo lang telt een plek die begint als iets anders stopt, zoals Werk.",
    )
    yield (
        "Voorlopig",
        f"{rules.provisional_months} maanden",
        "Zo veel laatste maanden kunnen nog veranderen door late berichten.",
    )
    for name, register in rules.registers.items():
        if register.observed_from:
            yield (
                f"Register {name}",
                f"vanaf {dutch.day(register.observed_from)}",
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
        return (dutch.month if head == "maand" else dutch.day)(date.fromisoformat(text))
    return text or (STILL_OPEN if head == "einddatum" else "")


def _contracts(contracts: Mapping[str, Contract]) -> Iterator[NotebookNode]:
    yield nodes.markdown(CONTRACTS)
    rows = [(one.title, one.version, f"{one.purpose} {one.limitations}".strip()) for one in contracts.values()]
    yield _table("contracten", "De leveringen", ("Levering", "Versie", "Waarvoor"), rows, "Uit de contracten.")
    for one in contracts.values():
        heads = ("Kolom", "Wat het is", "Verplicht", "Codelijst")
        yield _table(f"velden-{one.name}", f"{one.title}: de kolommen", heads, _fields(one), f"Uit {one.label}.")
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
