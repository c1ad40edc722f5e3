"""Drawing by the pixel: where a layout is worked out here instead of by Vega-Lite."""

from collections.abc import Sequence
from itertools import pairwise
from math import log10
from typing import Any

import altair as alt

from participatieketen.charts.theme import WIDTH
from participatieketen.charts.words import smallest

EMS = {
    0.24: "ijl",
    0.29: "ft.,:;'|()[]-/ ",
    0.34: "r",
    0.5: "ckszvxyJ",
    0.73: "wCDHNRU&",
    0.78: "GOQ",
    0.86: "mM%",
    0.95: "W",
}
"""Widths of letters in a face like Arial, in parts of the type size."""

LETTER, CAPITAL = 0.556, 0.67
"""Of any other letter, and of any other capital."""

Picture = alt.LayerChart | alt.FacetChart
"""What Altair's layering is typed to give."""

NAME_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0)
LEFT_OVER = 4
"""A word is broken only where so many letters stay on either side, if it can be."""


def text_width(text: str, size: float) -> float:
    """Return the pixels a text takes in a face like Arial."""
    return size * sum(map(_em, text))


def _em(letter: str) -> float:
    known = (em for em, letters in EMS.items() if letter in letters)
    return next(known, CAPITAL if letter.isupper() else LETTER)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return the text in lines of at most that many pixels; a word that is too long is broken with a hyphen."""
    lines: list[str] = []
    for word in (part for whole in text.split() for part in _broken(whole, width, size)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and not lines[-1].endswith("-") and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _broken(word: str, width: float, size: float) -> list[str]:
    if text_width(word, size) <= width:
        return [word]
    fitting = [end for end in range(2, len(word)) if text_width(word[:end] + "-", size) <= width]
    decent = [end for end in fitting if LEFT_OVER <= end <= len(word) - LEFT_OVER]
    cut = max(decent or fitting, default=len(word))
    return [word[:cut] + "-", *_broken(word[cut:], width, size)] if cut < len(word) else [word]


def balanced(text: str, width: float, size: float) -> list[str]:
    """Return the text in as few lines as fit, all about as long: no last line of a single word."""
    lines = wrapped(text, width, size)
    narrower = (wrapped(text, width * part / 20, size) for part in range(10, 20))
    return next((tried for tried in narrower if len(tried) == len(lines)), lines)


def fitted(labels: Sequence[str], width: float) -> tuple[float, list[list[str]]]:
    """Return the type size at which no label is broken inside a word, else the smallest; and the labels in lines."""
    parts = [part for label in labels for part in label.split()]
    fitting = (size for size in NAME_SIZES if all(text_width(part, size) <= width for part in parts))
    size = next(fitting, NAME_SIZES[-1])
    return size, [wrapped(label, width, size) for label in labels]


def encoded(chart: alt.Chart, **channels: Any) -> alt.Chart:  # noqa: ANN401 whatever Altair takes
    """Return the chart with these channels: Altair's own `encode` has no type."""
    drawn: alt.Chart = chart.encode(**channels)
    return drawn


def across(field: str) -> alt.X:
    """Return the channel for pixels from the left edge."""
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, WIDTH], nice=False, zero=False))


def down(field: str, height: float) -> alt.Y:
    """Return the channel for pixels from the top edge."""
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))


def apart(wanted: dict[str, float], distance: float) -> dict[str, float]:
    """Return the labels with their wanted heights moved up just so far that no two are closer than the distance."""
    order = sorted(wanted, key=lambda label: wanted[label])
    placed = {label: wanted[label] for label in order}
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + distance)
    return placed


def shown_expr(field: str, base: int) -> str:
    """Return the Vega expression that shows a released count in a tooltip as `words.shown` does in a table."""
    value = f"datum.{field}"
    return f"{value} === 0 ? '{smallest(base)}' : format({value}, ',d')"


def round_step(rough: float) -> int:
    """Return the distance between grid lines: the smallest of 1, 2, 5, 10, 20, 50 ... that is at least as large."""
    power: int = 10 ** int(log10(max(rough, 1)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
