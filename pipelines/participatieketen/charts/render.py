"""From a Vega-Lite specification to pictures: one SVG for a page in light and dark, a plain one and a PNG."""

from typing import Any
from xml.dom.minidom import Element, parseString

import altair as alt
import vl_convert

from participatieketen.charts.theme import PALETTE

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
"""The Vega-Lite version Altair writes for, as vl_convert wants to hear it."""

NO_ADDRESS: list[str] = []
"""A drawing fetches nothing: its data stand in it."""

VARIABLES = {colour.light: colour.variable for colour in PALETTE}


def png(spec: dict[str, Any], scale: float = 2) -> bytes:
    """Return the chart as a picture to put in a document."""
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=NO_ADDRESS))


def plain_svg(spec: dict[str, Any]) -> str:
    """Return the chart as Vega-Lite draws it, English ARIA texts and all: for programs without CSS variables."""
    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=NO_ADDRESS))


def page_svg(spec: dict[str, Any], name: str, description: str) -> str:
    """Return the chart without its title, for inside a page: described on the root only, colours from the page.

    name  what every id inside starts with; unique on the page
    """
    drawn = plain_svg({key: value for key, value in spec.items() if key != "title"} | {"background": None})
    root = parseString(drawn).getElementsByTagName("svg")[0]  # noqa: S318 drawn here, not received
    for element in (root, *root.getElementsByTagName("*")):
        _clean(element, name)
    root.removeAttribute("height")
    root.setAttribute("width", "100%")
    root.setAttribute("role", "img")
    root.setAttribute("aria-label", description)
    return root.toxml()


def _clean(element: Element, name: str) -> None:
    """Drop ARIA and inline style, make ids and what refers to them unique, let colours follow the page."""
    for key, value in list(element.attributes.items()):
        if key in {"role", "style"} or key.startswith("aria-"):
            element.removeAttribute(key)
        elif key == "id":
            element.setAttribute(key, f"{name}-{value}")
        else:
            element.setAttribute(key, VARIABLES.get(value, value.replace("url(#", f"url(#{name}-")))
