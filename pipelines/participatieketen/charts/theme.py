"""How every chart looks: colours with a name, the font, the Dutch locale and the Vega-Lite configuration."""

from dataclasses import dataclass
from typing import Any

import vl_convert

WIDTH = 960
"""Pixels from edge to edge; the same in every chart, so that text has one size on a page."""

TITLE_SIZE, SUBTITLE_SIZE = 17, 13

FONT = "'Source Sans 3','Segoe UI','Liberation Sans',Arial,sans-serif"


@dataclass(frozen=True)
class Colour:
    """A colour by its role; the page may change it through the CSS variable `--keten-<name>`."""

    name: str
    light: str
    dark: str

    @property
    def variable(self) -> str:
        """The CSS value that follows the page and falls back to the light colour."""
        return f"var(--keten-{self.name}, {self.light})"


INK = Colour("inkt", "#1c2733", "#e8edf2")
MUTED = Colour("grijs", "#4d5966", "#b3bdc8")
LINE = Colour("lijn", "#8a949e", "#74808c")
GRID = Colour("raster", "#d9dee4", "#35414d")
BOX = Colour("vak", "#eef1f4", "#1f2a34")
PAPER = Colour("vlak", "#ffffff", "#12181f")
FORWARD = Colour("vooruit", "#0b6bb0", "#5aa9e6")
BACK = Colour("terug", "#c8500a", "#f0883e")
ASIDE = Colour("opzij", "#66717d", "#97a3af")
FORWARD_LIGHT = Colour("vooruit-licht", "#c3dbed", "#24435c")
BACK_LIGHT = Colour("terug-licht", "#f6d8c4", "#5a3a22")
PALETTE = (INK, MUTED, LINE, GRID, BOX, PAPER, FORWARD, BACK, ASIDE, FORWARD_LIGHT, BACK_LIGHT)


def colours_css() -> str:
    """Return the stylesheet rules that give every colour its light and its dark value."""
    light = "".join(f"--keten-{colour.name}:{colour.light};" for colour in PALETTE)
    dark = "".join(f"--keten-{colour.name}:{colour.dark};" for colour in PALETTE)
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def config() -> dict[str, Any]:
    """Return the Vega-Lite `config` of every chart: Dutch numbers and months, quiet axes, no frame."""
    return {
        "background": PAPER.light,
        "padding": 4,
        "font": FONT,
        "locale": {
            "number": vl_convert.get_format_locale("nl-NL") | {"minus": "\N{MINUS SIGN}"},
            "time": vl_convert.get_time_format_locale("nl-NL"),
        },
        "mark": {"color": FORWARD.light},
        "range": {
            "category": [one.light for one in (INK, FORWARD, BACK, LINE, MUTED, FORWARD_LIGHT, BACK_LIGHT)],
            "ramp": [FORWARD_LIGHT.light, FORWARD.light],
            "heatmap": [FORWARD_LIGHT.light, FORWARD.light],
        },
        "view": {"stroke": None},
        "text": {"color": INK.light, "fontSize": 12},
        "title": _title(),
        "axis": _axis(),
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "concat": {"spacing": 30},
    }


def _title() -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "group",
        "offset": 14,
        "fontSize": TITLE_SIZE,
        "fontWeight": 600,
        "lineHeight": 21,
        "color": INK.light,
        "subtitleFontSize": SUBTITLE_SIZE,
        "subtitleLineHeight": 17,
        "subtitlePadding": 6,
        "subtitleColor": MUTED.light,
    }


def _axis() -> dict[str, Any]:
    return {
        "labelFontSize": 12,
        "labelColor": INK.light,
        "labelPadding": 5,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": MUTED.light,
        "gridColor": GRID.light,
        "domainColor": LINE.light,
        "tickColor": LINE.light,
    }
