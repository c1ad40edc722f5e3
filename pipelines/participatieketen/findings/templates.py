"""Every text that a finding can have, and what its figure means. The order is that of findings that weigh the same.

A text describes what was counted. None says why: no text claims that one thing came from another.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from participatieketen.disclosure import Context

Direction = Literal["vooruit", "terug", "beide"]
Page = Literal["beweging", "doorstroom", "groepen"]


@dataclass(frozen=True)
class Template:
    """What findings of one kind have in common.

    title       of the card, in str.format form, as every text
    beside      what its figure is set beside to see whether a difference is chance
    definition  what the figure is, for whoever judges it; a change of it asks for a new judgement
    texts       wordings by name; a rule chooses one
    """

    name: str
    title: str
    page: Page
    unit: str
    direction: Direction | None
    definition: str
    beside: str = "het vorige rapport"
    texts: Mapping[str, str] = field(default_factory=dict)

    def says(self, text: str, **parts: str) -> str:
        """Return the wording of that name, filled in."""
        return self.texts[text].format(**parts)


def definition_hash(template: Template, context: "Context") -> str:
    """Return what changes when the figure gets another meaning, and only then: 12 hex digits.

    Over the texts, the definition, the codes and ranks of the chain, and its gap_days. A label or another figure
    changes nothing.
    """
    places = sorted((position.code, position.rank) for position in context.positions)
    meant = [template.name, sorted(template.texts.items()), template.definition, places, context.gap_days]
    return hashlib.sha256(json.dumps(meant).encode()).hexdigest()[:12]


YEAR = Template(
    name="stappen-jaar",
    title="Stappen vooruit en terug",
    page="beweging",
    unit="stappen",
    direction="beide",
    definition="Som van de stappen per richting in de laatste twaalf maanden die niet voorlopig zijn.",
    beside="een jaar eerder",
    texts={
        "beide": "{when} waren er {forward} vooruit en {back} terug: {compared}.",
        "weinig": "{when} waren er weinig stappen, vooruit en terug.",
        "geen": "{when} waren er geen stappen vooruit en geen stappen terug.",
        "jaar": "De maanden opgeteld: vooruit {forward}, terug {back}.",
        "deel": "Opgeteld over {period}: vooruit {forward}, terug {back}.",
        "jaren": "Het hele jaar: vooruit {forward}, terug {back}.",
        "los": "Een jaar is als geheel afgerond en telt niet precies op met zijn maanden.",
    },
)

_MONTH_TEXTS = {
    "toeval": "In {month} {were} er {steps} {direction}. {mean}. Het verschil met de maanden ervoor kan toeval zijn.",
    "maand": "In {month} {were} er {steps} {direction}. {mean}. Dat is {more} dan gewoonlijk, en meer dan toeval.",
    "maanden": "In {month} {were} er {steps} {direction}. {mean}. De laatste {last} maanden samen zijn er {more} "
    "dan gewoonlijk, en dat is meer dan toeval.",
    "te-kort": "In {month} {were} er {steps} {direction}. Er zijn nog te weinig maanden om te zien of dat toeval kan "
    "zijn.",
}
_MONTH_DEFINITION = (
    "Stappen {} in de laatste maand die niet voorlopig is; die maand, de laatste 3 en de laatste 6 naast alle maanden "
    "ervoor, met afronden als deel van het toeval."
)

_OTHER_MONTHS = "andere maanden"

FORWARD = Template(
    name="maand-vooruit",
    title="Stappen vooruit per maand",
    page="beweging",
    unit="stappen per maand",
    direction="vooruit",
    definition=_MONTH_DEFINITION.format("vooruit"),
    beside=_OTHER_MONTHS,
    texts=_MONTH_TEXTS,
)
BACK = Template(
    name="maand-terug",
    title="Stappen terug per maand",
    page="beweging",
    unit="stappen per maand",
    direction="terug",
    definition=_MONTH_DEFINITION.format("terug"),
    beside=_OTHER_MONTHS,
    texts=_MONTH_TEXTS,
)

RECOVERY = Template(
    name="herstel",
    title="Een jaar na een stap terug",
    page="doorstroom",
    unit="deel van de mensen die een stap terug zetten",
    direction="terug",
    definition="Kans om 12 maanden na de eerste stap terug op de oude plek of hoger te staan (landmark, "
    "Aalen-Johansen, vanaf de dag van de stap).",
    texts={
        "zeker": "Een jaar na een stap terug staat {stated} weer op de oude plek of hoger.",
        "onzeker": "Hoeveel mensen een jaar na een stap terug weer op de oude plek of hoger staan, is te onzeker om te "
        "zeggen: {between}.",
    },
)

AFTER_BACK = Template(
    name="na-stap-terug",
    title="Na een stap terug naar {place}, naast wie daar nieuw kwam",
    page="doorstroom",
    unit="deel van de mensen die op de plek kwamen",
    direction="beide",
    beside="wie daar nieuw kwam",
    definition="Kans op een stap vooruit binnen 12 maanden na aankomst op een plek, van wie daar met een stap terug "
    "kwam en van wie daar nieuw kwam (cumulatieve incidentie).",
    texts={
        "verschil": "Van wie met een stap terug op de plek {place} kwam, ging {back} binnen een jaar vooruit. Van wie "
        "daar nieuw kwam, was dat {new}. Dat verschil is meer dan toeval. De twee groepen verschillen ook in andere "
        "dingen.",
        "toeval": "Van wie met een stap terug op de plek {place} kwam, ging {back} binnen een jaar vooruit. Van wie "
        "daar nieuw kwam, was dat {new}. Dat verschil kan toeval of afronding zijn.",
        "onzeker": "Hoeveel mensen na een stap terug naar de plek {place} binnen een jaar weer vooruit gaan, is te "
        "onzeker om te zeggen: {back}. Van wie daar nieuw kwam: {new}.",
    },
)

LASTS_DAY = Template(
    name="blijvend-op-de-dag",
    title="Een jaar na een stap vooruit: op de dag zelf",
    page="doorstroom",
    unit="deel van de stappen vooruit",
    direction="vooruit",
    definition="Deel van de stappen vooruit waarna iemand op de dag 12 maanden later op dezelfde plek of hoger staat "
    "(vorm a).",
    texts={
        "zeker": "Een jaar na een stap vooruit staat {about} op dezelfde plek of hoger. Geteld is alleen die dag zelf.",
        "onzeker": "Hoe vaak iemand een jaar na een stap vooruit op dezelfde plek of hoger staat, is te onzeker om te "
        "zeggen: {between}. Geteld is alleen die dag zelf.",
    },
)

LASTS_ALL = Template(
    name="blijvend-elke-dag",
    title="Het jaar na een stap vooruit: elke dag",
    page="doorstroom",
    unit="deel van de stappen vooruit",
    direction="vooruit",
    definition="Deel van de stappen vooruit waarna iemand in 12 maanden geen dag op een lagere plek staat (vorm b).",
    texts={
        "zeker": "In het jaar na een stap vooruit stond {about} geen dag lager. Geteld is elke dag van dat jaar.",
        "onzeker": "Hoe vaak iemand in het jaar na een stap vooruit geen dag lager staat, is te onzeker om te zeggen: "
        "{between}. Geteld is elke dag van dat jaar.",
    },
)

FIRST_STEP = Template(
    name="eerste-stap",
    title="De eerste stap vanaf {place}",
    page="doorstroom",
    unit="deel van de mensen die op de plek kwamen",
    direction="beide",
    definition="Deel van de mensen dat binnen 12 maanden na de start op een plek als eerste een stap vooruit, of als "
    "eerste een stap terug zet (cumulatieve incidentie).",
    texts={
        "beide": "Binnen een jaar na de start op de plek {place} zette {forward} als eerste een stap vooruit, en "
        "{back} als eerste een stap terug.",
        "alleen-vooruit": "Binnen een jaar na de start op de plek {place} zette {forward} als eerste een stap vooruit. "
        "Een lagere plek is er niet.",
        "alleen-terug": "Binnen een jaar na de start op de plek {place} zette {back} als eerste een stap terug. Een "
        "hogere plek is er niet.",
        "onzeker": "Hoeveel mensen binnen een jaar na de start op de plek {place} een stap zetten, is te onzeker om te "
        "zeggen: {ranges}.",
    },
)

RETURN_INFLOW = Template(
    name="terugkeer-instroom",
    title="Terug in de bijstand: deel van de instroom",
    page="doorstroom",
    unit="deel van de instroom in de bijstand",
    direction=None,
    definition="Deel van de instroom in de bijstand dat minder dan 12 maanden eerder uit de bijstand vertrok "
    "(vorm 1, CBS).",
    texts={
        "zeker": "Van wie in de bijstand kwam, was {about} minder dan een jaar eerder uit de bijstand vertrokken. "
        "Dit is een deel van de instroom: {n} keer dat iemand in de bijstand kwam.",
        "onzeker": "Welk deel van de instroom in de bijstand minder dan een jaar eerder vertrok, is te onzeker om te "
        "zeggen: {between} van {n} keer dat iemand in de bijstand kwam.",
    },
)

RETURN_OUTFLOW = Template(
    name="terugkeer-uitstroom",
    title="Terug in de bijstand: deel van de uitstroom",
    page="doorstroom",
    unit="deel van de uitstroom uit de bijstand",
    direction=None,
    definition="Kans op een eerste terugkeer in de bijstand binnen 12 maanden na vertrek (vorm 2, Divosa).",
    texts={
        "zeker": "Van wie uit de bijstand vertrok, kwam {about} binnen een jaar terug in de bijstand. "
        "Dit is een deel van de uitstroom: {n} keer dat iemand uit de bijstand vertrok.",
        "onzeker": "Welk deel van de uitstroom uit de bijstand binnen een jaar terugkwam, is te onzeker om te zeggen: "
        "{between} van {n} keer dat iemand uit de bijstand vertrok.",
    },
)

GROUP = Template(
    name="groep",
    title="{people}",
    page="groepen",
    unit="deel van de mensen in de groep",
    direction="beide",
    definition="Deel van de groep dat een stap zette, naast de andere groepen van dezelfde indeling samen: "
    "toets op afgeronde aantallen, met de correctie van Holm over alle vergelijkingen, op 5%.",
    beside="de andere groepen",
    texts={
        "verschil": "Van de {people} zette {share} in een jaar een stap {direction}. In {others} was dat {rest}.",
        "ook": "Een stap {direction} zette {share}. In {others} was dat {rest}.",
        "toeval": "Een stap {direction} zette {share}. In {others} was dat {rest}. Dat verschil kan toeval of "
        "afronding zijn.",
        "onbekend": "Bij stappen {direction} is vergelijken niet mogelijk.",
        "toets": "Dat verschil is meer dan toeval, ook als u bedenkt hoeveel groepen wij vergeleken.",
        "toets-beide": "Beide verschillen zijn meer dan toeval, ook als u bedenkt hoeveel groepen wij vergeleken.",
    },
)

CHAIN = Template(
    name="keten-mensen",
    title="Mensen in de keten",
    page="beweging",
    unit="mensen",
    direction=None,
    definition="Mensen op een plek in de keten op de eerste dag van de laatste maand die niet voorlopig is, alle "
    "plekken samen.",
    texts={"mensen": "Op {day} {stood} er {people} in de keten."},
)

PLACE = Template(
    name="plek-mensen",
    title="Mensen op de plek {place}",
    page="beweging",
    unit="mensen",
    direction=None,
    definition="Mensen op een plek op de eerste dag van de laatste maand die niet voorlopig is.",
    texts={"mensen": "Op {day} {stood} er {people} op de plek {place}."},
)

TEMPLATES = (
    YEAR,
    RECOVERY,
    AFTER_BACK,
    FORWARD,
    BACK,
    GROUP,
    CHAIN,
    LASTS_DAY,
    LASTS_ALL,
    FIRST_STEP,
    RETURN_INFLOW,
    RETURN_OUTFLOW,
    PLACE,
)
"""In the order of findings that weigh the same."""

PHRASES = {
    "gemiddeld": "Gemiddeld {is_} het er ongeveer {mean} per maand",
    "gemiddeld-weinig": "Gemiddeld zijn het er weinig per maand",
    "gemiddeld-bijna-geen": "Gemiddeld zijn het er minder dan 1 per maand",
    "grenzen": "gewoonlijk tussen {lower} en {upper} per maand",
    "bovengrens": "gewoonlijk hoogstens {upper} per maand",
    "signaal": "{now}, een jaar eerder {was} (meer dan toeval)",
    "kan toeval zijn": "{now}, een jaar eerder {was} (dat verschil kan toeval of afronding zijn)",
    "gevolgd": "gevolgd tot en met {month}",
    "andere-groep": "de andere groep",
    "andere-groepen": "de andere groepen samen",
    "anderen": "anderen",
    "minder": "minder",
    "meer": "meer",
    "te-weinig": "te weinig om te zeggen",
    "minder-dan-1": "minder dan 1%",
    "meer-dan-99": "meer dan 99%",
}
"""Parts of sentences."""

CHANGES = {
    "gelijk": "Dat is hetzelfde als {when}.",
    "afgerond-gelijk": "Na afronden is dat hetzelfde aantal als {when}.",
    "kan-afronden": "{when} waren het er {was}: dat verschil kan afronding zijn.",
    "anders": "Dat {is_} er {difference} dan {when}: toen waren het er {was}.",
    "kan-toeval": "Dat verschil kan toeval zijn.",
    "geen-toeval": "Dat verschil is meer dan toeval.",
    "deel": "In het vorige rapport was het {share}.",
    "deel-gelijk": "In het vorige rapport was het ook {share}.",
    "afronding": "In het vorige rapport was het {share}. Toen waren de aantallen anders afgerond.",
    "definitie": "Vergelijken met het vorige rapport kan niet: de definitie is veranderd.",
}
"""What is said of a change, whatever the finding."""

NEWS = {
    "eerste": "Dit is de eerste uitgave van dit rapport: er is nog geen eerdere om mee te vergelijken.",
    "maanden": "De aantallen per maand gaan over {months}.",
    "erbij": "De nieuwste maand die meetelt, is {months}.",
    "meer-erbij": "Voor het eerst tellen mee: {months}.",
    "niets-erbij": "Er is geen maand bij gekomen: de laatste maand die meetelt, is nog steeds {month}.",
    "eerder": "De laatste maand die meetelt, is nu {month}. In het vorige rapport was dat {was}.",
    "voorlopig": "De maanden vanaf {month} zijn nog niet compleet: die zijn voorlopig en tellen nog niet mee.",
    "stappen": "Stappen {direction}: {number} in {month}.",
    "stappen-en-ervoor": "Stappen {direction}: {number} in {month}, {was} in de maand ervoor.",
    "wijkt-af": "Naast de maanden ervoor is dat meer dan toeval.",
    "kan-toeval": "Naast de maanden ervoor kan dat toeval zijn.",
    "mensen": "{title}: {number} op {day}.",
    "per-plek": "Per plek: {places}.",
    "meer-dan-toeval": "Dit veranderde meer dan toeval: {names}.",
    "van-naar": "{title} (van {was} naar {now})",
    "jaar": "{title}. {change}",
    "niets-meer-dan-toeval": "De percentages verschillen niet duidelijk van het vorige rapport: dat kan toeval zijn.",
    "nieuwe-groep": "Nieuw is een verschil tussen groepen dat meer is dan toeval: {names}.",
    "nieuwe-groepen": "Nieuw zijn verschillen tussen groepen die meer zijn dan toeval: {names}.",
    "groep-weg": "Dit verschil tussen groepen is nu niet meer groter dan toeval: {names}.",
    "groepen-weg": "Deze verschillen tussen groepen zijn nu niet meer groter dan toeval: {names}.",
    "nieuw": "Nieuw in dit rapport: {names}.",
    "weg": "Niet meer in dit rapport: {names}.",
    "definitie": "Met een andere definitie, en dus niet te vergelijken: {names}.",
    "rest": "nog {many} andere",
}
"""What is said of a release beside the one before it."""
