"""A chart's SVG as part of a page: only shapes and text, its own ids, one description."""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET


def words(line: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(line.split())


SHAPES = words(
    "svg g path rect circle ellipse line polyline polygon text tspan title desc defs use symbol "
    "clipPath mask pattern linearGradient radialGradient stop"
)
# What a style attribute may say; as an attribute of its own it needs no `unsafe-inline` in the page.
LOOKS = words(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray "
    "stroke-dashoffset stroke-miterlimit opacity color stop-color stop-opacity font-family font-size font-style "
    "font-weight font-variant letter-spacing text-anchor text-decoration dominant-baseline alignment-baseline "
    "paint-order clip-path clip-rule mask visibility display vector-effect shape-rendering text-rendering"
)
PLACES = words(
    "id d x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy width height points transform rotate viewBox "
    "preserveAspectRatio offset gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits "
    "maskContentUnits patternUnits patternContentUnits patternTransform textLength lengthAdjust href"
)
REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")
OUTSIDE = re.compile(r"url\(|image\(|image-set\(|expression\(|@import|javascript:", re.IGNORECASE)


class NotADrawing(ValueError):
    """The SVG holds something else than a drawing; str() of it says what, in Dutch."""


def inline(svg: str, prefix: str, label: str) -> str:
    """Return the drawing for use inside HTML: role img, the label as its only accessible text, ids of its own.

    Marks' own descriptions (aria-*, roles, classes) are left out: they would be read out in English, or hold
    a number that the table does not. Raises NotADrawing.
    """
    root = parsed(svg)
    names = {name: f"{prefix}-{n}" for n, name in enumerate(_ids(root), start=1)}
    clean = _cleaned(root, names)
    if "viewBox" not in clean.attrib and {"width", "height"} <= clean.attrib.keys():
        clean.set("viewBox", f"0 0 {clean.attrib['width']} {clean.attrib['height']}")
    clean.attrib.update({"role": "img", "aria-label": label})
    return ET.tostring(clean, encoding="unicode")


def parsed(svg: str) -> ET.Element:
    """Return the drawing's root; raises NotADrawing for anything but plain shapes and text."""
    if "<!DOCTYPE" in svg.upper() or "<!ENTITY" in svg.upper():
        raise NotADrawing("een tekening met eigen definities (DOCTYPE)")
    try:
        root = ET.fromstring(svg)  # noqa: S314 - without a DOCTYPE there are no entities to expand
    except ET.ParseError:
        raise NotADrawing("een tekening die niet te lezen is") from None
    if _local(root) != "svg" or any(_local(element) not in SHAPES for element in root.iter()):
        raise NotADrawing("een tekening met meer dan vormen en tekst")
    return root


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _ids(root: ET.Element) -> Iterator[str]:
    return (element.attrib["id"] for element in root.iter() if "id" in element.attrib)


def _cleaned(element: ET.Element, names: Mapping[str, str]) -> ET.Element:
    clean = ET.Element(_local(element), dict(_attributes(element, names)))
    clean.text = _text(element.text)
    for child in element:
        new = _cleaned(child, names)
        new.tail = _text(child.tail)
        clean.append(new)
    return clean


def _text(text: str | None) -> str | None:
    return text if text and text.strip() else None


def _attributes(element: ET.Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in _as_attributes(element):
        linked = REFERENCE.sub(lambda found: f"url(#{names.get(found[1], '')})", value)
        if name == "id":
            yield name, names[value]
        elif name == "href":
            if value[:1] == "#" and value[1:] in names:
                yield name, f"#{names[value[1:]]}"
        elif not OUTSIDE.search(REFERENCE.sub("", value)):
            yield name, linked


def _as_attributes(element: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes a page may hold; those in `style` come last, so that they win as they did there."""
    for name, value in element.attrib.items():
        local = name.rpartition("}")[2]
        if local in PLACES or local in LOOKS:
            yield local, value
    for part in element.attrib.get("style", "").split(";"):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name in LOOKS:
            yield name, value
