"""What is released of a crowd in four wijken, of which two are too small, and a release of it."""

from datetime import date

import numpy as np
import polars as pl

import crowd
from participatieketen import disclosure
from participatieketen.disclosure import Released
from participatieketen.disclosure.series import NOTHING
from participatieketen.reports import Release

NAMES = {
    "WK019310": "Binnenstad",
    "WK019311": "Diezerpoort",
    "WK019332": "Vechtlanden",
    "WK019341": "Marsweteringlanden",
}
SHARES = {"WK019310": 0.48, "WK019311": 0.434, "WK019332": 0.018, "WK019341": 0.018, "onbekend": 0.05}
RELEASE = Release(
    id="2026-01",
    organisation="Gemeente",
    title="Keten",
    peildatum=date(2026, 1, 1),
    provisional_from=date(2025, 10, 1),
    fictional=True,
    run="proef",
    made_on="3 februari 2026",
    record={},
)


def tables() -> dict[str, Released]:
    """Return what is released of a crowd in four wijken, of which two are too small."""
    everyone = crowd.walks(4_000, 16, seed=2)
    wijk = np.random.default_rng(8).choice(list(SHARES), len(everyone), p=list(SHARES.values()))
    flows = [
        crowd.counts(everyone[wijk == name])["stock_flow"].with_columns(
            grouping=pl.lit("wijk"), group=pl.lit(name), by_month=pl.lit(value=False)
        )
        for name in SHARES
    ]
    labels = pl.DataFrame(
        [("wijk", *item) for item in NAMES.items()], schema=["grouping", "group_code", "label"], orient="row"
    )
    shares = [
        ("wijk", code, label, way, n, moved, n, moved)
        for code, label, n in (("WK019310", "Binnenstad", 1000), ("WK019311", "Diezerpoort", 960))
        for way, moved in (("vooruit", n // 10 + (n == 1000) * 150), ("terug", 100))
    ]
    names = ["grouping", "group_code", "label", "direction", "n", "moved", "households", "households_moved"]
    figures = {"group_label": labels, "group_share": pl.DataFrame(shares, schema=names, orient="row")}
    counts = crowd.counts(everyone) | {"group_flow": pl.concat(flows)} | figures
    return disclosure.release(counts, crowd.context(16), crowd.KEY, NOTHING, months=24).tables
