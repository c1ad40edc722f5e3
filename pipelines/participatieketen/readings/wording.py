"""A share of released people in plain Dutch: as a percentage, as a range, as people say it."""

HIDDEN = "\N{EN DASH}"

PARTS = {"een kwart": 1 / 4, "een derde": 1 / 3, "de helft": 1 / 2, "twee derde": 2 / 3, "driekwart": 3 / 4}
TENTHS = {f"{tenth} op de 10": tenth / 10 for tenth in range(1, 10)}
CLOSE = 0.02
"""A share is put in words only when what they stand for is at most so far from it, and inside its range."""

NEARLY, FEW = 0.03, 0.05
"""Nearly nobody is at most the first, and its range ends by the second; nearly everybody is the reverse."""
ENDS = {"<1%": "minder dan 1%", ">99%": "meer dan 99%"}


def percent(share: float) -> str:
    """Return a share in whole percents; never "0%" or "100%", which would say nobody or everybody."""
    rounded = round(share * 100)
    return "<1%" if rounded == 0 else ">99%" if rounded == 100 else f"{rounded}%"  # noqa: PLR2004 percents


def about(share: float, lower: float | None = None, upper: float | None = None) -> str:
    """Return a share as people say it: "ongeveer 4 op de 10", "ongeveer de helft", "ongeveer 85%", "bijna niemand".

    What the words stand for lies in the range from lower to upper, and is close to the share; else the percentage.
    """
    low, high = 0.0 if lower is None else lower, 1.0 if upper is None else upper
    if almost := _almost(share, share if lower is None else lower, share if upper is None else upper):
        return almost
    inside = {said: value for said, value in (PARTS | TENTHS).items() if low <= value <= high}
    return ENDS.get(percent(share), f"ongeveer {_nearest(share, inside) or percent(share)}")


def in_percents(share: float, lower: float | None, upper: float | None) -> str:
    """Return a share in a sentence that has another beside it, with its range: "11% (tussen 8% en 14%)"."""
    said = ENDS.get(percent(share), percent(share))
    return with_band(said, lower, upper).removesuffix(f" ({said})").removesuffix(f" (rond {said})")


def _almost(share: float, lower: float, upper: float) -> str:
    """Return that it is nearly nobody or nearly everybody, when the whole range says so; else nothing."""
    if share <= NEARLY and upper <= FEW:
        return "bijna niemand"
    return "bijna iedereen" if share >= 1 - NEARLY and lower >= 1 - FEW else ""


def _nearest(share: float, said: dict[str, float]) -> str:
    """Return the words whose value is nearest; nothing when none is near enough."""
    close = {words: abs(value - share) for words, value in said.items() if abs(value - share) <= CLOSE + 1e-9}
    return min(close, key=lambda words: close[words], default="")


def between(lower: float, upper: float) -> str:
    """Return a band in words: "tussen 35% en 46%"; at an end "hoogstens 3%", "minstens 96%"."""
    low, high = percent(lower), percent(upper)
    if low == high:
        return ENDS.get(low, f"rond {low}")
    if low == "<1%" and high != ">99%":
        return f"hoogstens {high}"
    if high == ">99%" and low != "<1%":
        return f"minstens {low}"
    return f"tussen {low} en {high}"


def with_band(said: str, lower: float | None, upper: float | None) -> str:
    """Return a share that is already in words with its band: "41% (tussen 35% en 46%)"; without one as it is."""
    return said if lower is None or upper is None else f"{said} ({between(lower, upper)})"


def people_share(share: float) -> str:
    """Return a share of people as the subject of a sentence, with its verb.

    "Ongeveer driekwart van de mensen staat", "Ongeveer 8 op de 10 mensen staan": whichever is nearest; the
    percentage when none is near enough.
    """
    if almost := _almost(share, share, share):
        return f"{almost[:1].upper()}{almost[1:]} staat"
    said = {f"{part} van de mensen staat": value for part, value in PARTS.items()}
    said |= {f"{name} mensen {'staat' if name[0] == '1' else 'staan'}": value for name, value in TENTHS.items()}
    return f"Ongeveer {_nearest(share, said) or f'{percent(share)} van de mensen staat'}"
