"""Bands around a probability that stay between 0 and 1."""

from statistics import NormalDist
from typing import Literal

import polars as pl


def band(frame: pl.DataFrame, level: float = 0.95, transform: Literal["log-log", "logit"] = "logit") -> pl.DataFrame:
    """Return the frame with lower and upper: a pointwise confidence band, symmetric on the scale of the transform.

    frame      with `probability` (or `survival`) and `std_error` (or `variance`).
    transform  log-log: p = exp(-exp(x)); logit: p = 1 / (1 + exp(-x)). At 0 and 1, and without error, the band is
               the estimate itself.

    Source     delta method; Kalbfleisch & Prentice (2002), section 1.4.
    """
    p = pl.col("survival" if "survival" in frame.columns else "probability")
    error = pl.col("variance").sqrt() if "variance" in frame.columns else pl.col("std_error")
    z = NormalDist().inv_cdf((1 + level) / 2)
    inside = (p > 0) & (p < 1)
    if transform == "logit":
        width = (z * error / (p * (1 - p))).exp()
        lower, upper = p / (p + (1 - p) * width), p * width / (p * width + 1 - p)
    else:
        width = (z * error / (p * p.log()).abs()).exp()
        lower, upper = p.pow(width), p.pow(1 / width)
    return frame.with_columns(
        lower=pl.when(inside).then(lower).otherwise(p), upper=pl.when(inside).then(upper).otherwise(p)
    )
