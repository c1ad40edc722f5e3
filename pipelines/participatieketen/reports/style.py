"""A house style: colours, font and logo under the names of NL Design System, refused when they cannot be read.

Tokens become CSS custom properties (nldesignsystem.nl/handboek/design-tokens); contrast is that of WCAG 2.2, 1.4.3 and
1.4.11.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from participatieketen import settings
from participatieketen.charts import theme
from participatieketen.errors import WrongUse
from participatieketen.reports.drawings import NotADrawing, parsed

Mode = Literal["light", "dark"]

TEXT, GRAPHIC = 4.5, 3.0
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
FONT = re.compile(r"[A-Za-z0-9 ,'\"-]{1,200}")
DUTCH: Mapping[Mode, str] = {"light": "licht", "dark": "donker"}


@dataclass(frozen=True)
class Token:
    """A colour that can be filled in: what it is when it is not, and what of the page follows it.

    least  contrast with every background; 0 for a background itself
    """

    light: str
    dark: str
    follows: str
    least: float


TOKENS: Mapping[str, Token] = {
    "utrecht-document-color": Token(theme.INK.light, theme.INK.dark, "--keten-inkt", TEXT),
    "utrecht-link-color": Token("#0b5a93", "#7fc1f5", "--blad-accent", TEXT),
    "keten-vooruit-color": Token(theme.FORWARD.light, theme.FORWARD.dark, "--keten-vooruit", TEXT),
    "keten-terug-color": Token(theme.BACK.light, theme.BACK.dark, "--keten-terug", TEXT),
    "utrecht-focus-outline-color": Token("#0b5a93", "#7fc1f5", "", GRAPHIC),
    "utrecht-document-background-color": Token(theme.PAPER.light, theme.PAPER.dark, "--keten-vlak", 0),
    "utrecht-page-header-background-color": Token(theme.BOX.light, theme.BOX.dark, "", 0),
}
FIXED = (theme.MUTED, theme.Colour("let-op", "#8a4b00", "#f5b971"))
"""Colours of text that cannot be filled in, but stand on backgrounds that can."""

RULES: Mapping[str, str] = {
    "utrecht-focus-outline-color": ":focus-visible{outline-color:var(--utrecht-focus-outline-color)}",
    "utrecht-page-header-background-color": ".kop{background:var(--utrecht-page-header-background-color)}",
}
LOGO = ".logo svg{display:block;height:3rem;width:auto;margin-bottom:.6rem}"


@dataclass(frozen=True)
class Style:
    """What is filled in of a house style; light and dark are token -> #rrggbb, logo is a path from the file."""

    __pydantic_config__ = settings.STRICT
    font: str = ""
    logo: str = ""
    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError, in Dutch, naming the first token that does not fit."""
        if self.font and not FONT.fullmatch(self.font):
            raise ValueError("heeft bij font meer dan namen van letters, met komma's ertussen")
        if problem := next(self._problems(), None):
            raise ValueError(problem)

    def _problems(self) -> Iterator[str]:
        given: Mapping[Mode, Mapping[str, str]] = {"light": self.light, "dark": self.dark}
        for mode, tokens in given.items():
            yield from (
                f"heeft een onbekend token {name} ({DUTCH[mode]})" for name in sorted(set(tokens) - set(TOKENS))
            )
            for name, colour in tokens.items():
                if not COLOUR.fullmatch(colour):
                    yield f"heeft bij token {name} ({DUTCH[mode]}) geen kleur als #rrggbb"
            yield from _too_faint(tokens, mode)


def read(path: Path) -> Style:
    """Return the house style in a TOML file, its logo as SVG text; raises WrongUse naming the file and the token."""
    found = settings.read(path, Style)
    if not found.logo:
        return found
    try:
        svg = (path.parent / found.logo).read_text(encoding="utf-8")
        parsed(svg)
    except (OSError, UnicodeDecodeError):
        raise WrongUse(f"{path}: logo is niet te lezen: geef het pad van een SVG-bestand.") from None
    except NotADrawing as error:
        raise WrongUse(f"{path}: logo is {error}: geef een SVG met alleen vormen en tekst.") from None
    return replace(found, logo=svg)


def css(style: Style) -> str:
    """Return the rules that go after the stylesheet; nothing when nothing is filled in."""
    parts = [_root(style.light)]
    if style.dark:
        parts.append(f"@media (prefers-color-scheme:dark){{{_root(style.dark)}}}")
    parts += [rule for name, rule in RULES.items() if name in {**style.light, **style.dark}]
    if style.font:
        parts.append(f":root{{--utrecht-document-font-family:{style.font}}}")
        parts.append("body{font-family:var(--utrecht-document-font-family)}")
    return "".join([*parts, LOGO if style.logo else ""])


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]  # noqa: PLR2004 sRGB
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _root(tokens: Mapping[str, str]) -> str:
    """Return the custom properties, and that what the page uses follows them."""
    said = "".join(f"--{name}:{colour};" for name, colour in tokens.items())
    follow = "".join(f"{TOKENS[name].follows}:var(--{name});" for name in tokens if TOKENS[name].follows)
    return f":root{{{said}{follow}}}" if tokens else ""


def _too_faint(tokens: Mapping[str, str], mode: Mode) -> Iterator[str]:
    """Yield what is filled in and cannot be seen, or makes something else so."""
    shown = {name: tokens.get(name, getattr(token, mode)) for name, token in TOKENS.items()}
    backgrounds = {name: shown[name] for name, token in TOKENS.items() if not token.least}
    backgrounds["keten-vak"] = getattr(theme.BOX, mode)
    fronts = [(name, shown[name], token.least) for name, token in TOKENS.items() if token.least]
    fronts += [(colour.name, getattr(colour, mode), TEXT) for colour in FIXED]
    for name, colour, least in fronts:
        for behind, other in backgrounds.items():
            to_blame = next((one for one in (name, behind) if one in tokens), None)
            if to_blame and contrast(colour, other) < least:
                found, wanted = (f"{ratio:.1f}".replace(".", ",") for ratio in (contrast(colour, other), least))
                about = f"contrast van {name} op {behind} is {found}"
                yield f"heeft te weinig contrast door token {to_blame} ({DUTCH[mode]}): {about}, minstens {wanted}"
