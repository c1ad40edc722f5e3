"""Bands around a probability that stay between 0 and 1."""

from statistics import NormalDist
from typing import Literal

import polars as pl

from participatieketen.estimates.intervals import tail

_EDGE = 1e-12  # closer to 0 or 1 than this is 0 or 1: what is left is the arithmetic's


def band(frame: pl.DataFrame, level: float = 0.95, transform: Literal["log-log", "logit"] = "logit") -> pl.DataFrame:
    """Return the frame with lower and upper: a pointwise confidence band, symmetric on the scale of the transform.

    frame      with `probability` (or `survival`) and `std_error` (or `variance`).
    transform  log-log: p = exp(-exp(x)); logit: p = 1 / (1 + exp(-x)). At 0 and 1, and without error, the band is
               the estimate itself.

    Raises     ValueError: a level that is not between 0 and 1, or another transform.
    Source     delta method; Kalbfleisch & Prentice (2002), section 1.4.
    """
    p = pl.col("survival" if "survival" in frame.columns else "probability")
    error = pl.col("variance").sqrt() if "variance" in frame.columns else pl.col("std_error")
    z = NormalDist().inv_cdf(1 - tail(level))
    inside = p.is_between(_EDGE, 1 - _EDGE)
    if transform == "logit":
        middle, width = (p / (1 - p)).log(), z * error / (p * (1 - p))
        lower, upper = (1 / (1 + (-side).exp()) for side in (middle - width, middle + width))
    elif transform == "log-log":
        width = (z * error / (p * p.log()).abs()).exp()
        lower, upper = p.pow(width), p.pow(1 / width)
    else:
        raise ValueError("the transform is neither log-log nor logit")
    return frame.with_columns(
        lower=pl.when(inside).then(lower).otherwise(p), upper=pl.when(inside).then(upper).otherwise(p)
    )
