"""Words that claim a cause or an effect, or judge a step; no text that is published may say either."""

import re

CAUSES = re.compile(
    r"\b("
    r"door|dankzij|vanwege|wegens|daardoor|hierdoor|waardoor|doordat|omdat|want|leidt|leiden|zorgt|zorgen|"
    r"werkt|werken|helpt|helpen|effect|effecten|effectief|gevolg|gevolgen|oorzaak|oorzaken|resultaat|succes|"
    r"beter|slechter|slecht|goed|fout|mislukt|mislukking|terugval|verbetert|verslechtert|loont|veroorzaakt|"
    r"invloed"
    r")\b",
    re.IGNORECASE,
)
DENIED = (
    "laten niet zien waardoor",
    "laten niet zien dat een aanpak werkt of niet werkt",
    "geen mislukking",
    "zegt niet of het goed of slecht gaat",
    "zegt dus niet hoe goed het werk in een wijk gaat",
    "door toeval",
)
"""What pages say to keep readers from a conclusion."""

OF_THE_FIGURES = (
    "door berichten die later binnenkomen",
    "door late berichten",
    "voorlopig, want sommige berichten komen later binnen",
    "omdat de groep te klein is",
    "want minder dan 50 mensen",
    "want ze meten niet hetzelfde",
    "Uit bij Werk kan door een regel komen",
    "Daardoor verschilt het totaal per grafiek",
    "Een beter register geeft een beter rapport",
    "De pagina werkt zonder internet",
)
"""Reasons why a figure is shown as it is; they are about the figures, not about people."""

OF_THE_REGISTERS = (
    "stopte door werk",
    "Stopt de bijstand door een Startbaan",
    "om reden 11, want een Startbaan begint",
    "loopt door",
    "reden 97 (oorzaak bij partner)",
    "Waarschuwing en geen fout",
    "Vorm waarin iemand werkt",
)
"""What a register, its codes and its rules are called."""

KNOWN = (*DENIED, *OF_THE_FIGURES, *OF_THE_REGISTERS)


def causes(text: str) -> list[str]:
    """Return the words in a text that claim a cause or judge, apart from what is known to do neither."""
    for known in KNOWN:
        text = text.replace(known, " ")
    return CAUSES.findall(text)
