"""A page's drawing as a picture to take along: with its title, what it is of, and white behind it.

Made of the drawing that came through the airlock, so that a picture never shows what the page does not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as ET

from participatieketen.charts import theme
from participatieketen.charts.canvas import wrapped
from participatieketen.reports import pixels
from participatieketen.reports.drawings import inline

SPACE = "http://www.w3.org/2000/svg"
VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]*)\)")
MARGIN, LEADING, SOURCE_SIZE = 16, 1.3, 12
SHARE = 0.9  # of the width that text may take: fonts differ, and none may be cut off
Line = tuple[str, int, Mapping[str, str]]
"""A line of text, its size, and how it looks."""


def picture(svg: str, stamp: Mapping[str, str], source: str) -> str:
    """Return the drawing as an SVG file of its own.

    stamp   of the output: id, title, subtitle, description
    source  the line under it: whose figures, of when, whether they are fictional
    """
    drawing = ET.fromstring(VARIABLE.sub(r"\1", inline(svg, stamp["id"], stamp["description"])))  # noqa: S314 - ours
    wide, high = _size(drawing)
    lines = [
        *_lines(stamp["title"], wide, theme.TITLE_SIZE, {"fill": theme.INK.light, "font-weight": "600"}),
        *_lines(stamp["subtitle"], wide, theme.SUBTITLE_SIZE, {"fill": theme.MUTED.light}),
    ]
    texts, top = _stacked(lines, MARGIN)
    footers, bottom = _stacked(_lines(source, wide, SOURCE_SIZE, {"fill": theme.MUTED.light}), top + high + MARGIN)
    full_wide, full_high = f"{wide + 2 * MARGIN:g}", f"{bottom + MARGIN:g}"
    root = ET.Element("svg", {"xmlns": SPACE, "width": full_wide, "height": full_high, "role": "img"})
    root.set("viewBox", f"0 0 {full_wide} {full_high}")
    ET.SubElement(root, "title").text = stamp["title"]
    ET.SubElement(root, "desc").text = stamp["description"]
    ET.SubElement(root, "rect", {"width": full_wide, "height": full_high, "fill": theme.PAPER.light})
    root.extend([*texts, *footers, _placed(drawing, wide, high, top)])
    return ET.tostring(root, encoding="unicode") + "\n"


def png(svg: str) -> bytes:
    """Return such an SVG file as a picture in pixels."""
    return pixels.png(svg)


def _size(drawing: ET.Element) -> tuple[float, float]:
    wide, high = drawing.attrib.get("viewBox", f"0 0 {theme.WIDTH} {theme.WIDTH / 2}").split()[2:]
    return float(wide), float(high)


def _lines(text: str, wide: float, size: int, look: Mapping[str, str]) -> Iterator[Line]:
    return ((line, size, look) for line in wrapped(text, wide * SHARE, size))


def _stacked(lines: Iterable[Line], top: float) -> tuple[list[ET.Element], float]:
    """Return the lines under each other from this height on, and the height below them."""
    texts = []
    for line, size, look in lines:
        top += size * LEADING
        place = {"x": f"{MARGIN}", "y": f"{top:g}", "font-family": theme.FONT, "font-size": f"{size}"}
        text = ET.Element("text", {**place, **look})
        text.text = line
        texts.append(text)
    return texts, top + MARGIN / 2


def _placed(drawing: ET.Element, wide: float, high: float, top: float) -> ET.Element:
    for name in ("role", "aria-label"):
        drawing.attrib.pop(name, None)
    drawing.attrib.update({"x": f"{MARGIN}", "y": f"{top:g}", "width": f"{wide:g}", "height": f"{high:g}"})
    return drawing
