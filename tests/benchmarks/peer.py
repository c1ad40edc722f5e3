"""The same timeline in pandas, vectorised: the form that a careful analyst would write, on whole numbers.

Columns of the spells: person, register and position (numbers), first_day and next_day (days since 1970, next_day up to
the horizon), after (number of a position, -1 = none or not known yet).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from participatieketen.chain import Chain


def whole_numbers(spells: pl.DataFrame, chain: Chain, horizon: int) -> pd.DataFrame:
    """Return the spells as the peer takes them; this is not in its time."""
    codes = pl.Enum(chain.codes)
    end = pl.col("next_day").to_physical()
    frame = spells.select(
        pl.col("person").cast(pl.Int64),
        pl.col("register").cast(pl.Enum(chain.sources)).to_physical().cast(pl.Int64),
        pl.col("position").cast(codes).to_physical().cast(pl.Int64),
        pl.col("first_day").to_physical().cast(pl.Int64),
        next_day=end.fill_null(horizon).clip(upper_bound=horizon).cast(pl.Int64),
        after=pl.when(end < horizon).then(pl.col("after").cast(codes).to_physical().cast(pl.Int64)).fill_null(-1),
    ).filter(pl.col("first_day") < horizon)
    return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})


def timeline(spells: pd.DataFrame, chain: Chain, horizon: int) -> pd.DataFrame:
    """Return person, position, income, first_day, next_day: one row per stay, sorted by person and day."""
    bridged, exits = _gaps(spells, chain)
    rows = pd.concat([spells[["person", "register", "position", "first_day", "next_day"]], bridged])
    days = _days(rows, exits, chain, horizon)
    place = np.full(len(days), -1)
    for code in reversed(chain.codes):
        tracks = [_column(register, position) for register, position in chain.tracks if position == code]
        if tracks:
            place[(days[tracks] > 0).any(axis=1).to_numpy()] = chain.codes.index(code)
    nothing = place < 0
    place[nothing] = _outside(days[nothing], chain)
    income = [_column(register, position) for register, position in chain.tracks if register == chain.income]
    stays = pd.DataFrame(
        {
            "person": days["person"].to_numpy(),
            "position": place,
            "income": (days[income] > 0).any(axis=1).to_numpy(),
            "first_day": days["day"].to_numpy(),
        }
    )
    key = ["person", "position", "income"]
    stays = stays[(stays[key] != stays[key].shift()).any(axis=1)]
    stays["next_day"] = stays.groupby("person")["first_day"].shift(-1).fillna(horizon).astype(np.int64)
    return stays.reset_index(drop=True)


def _column(register: str, position: str) -> str:
    return f"{register} {position}"


def _gaps(spells: pd.DataFrame, chain: Chain) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that bridge short gaps within a register, and the exits after long ones."""
    size = len(chain.codes) + 1
    rows = spells.sort_values(["person", "register", "first_day"], kind="stable")
    after = rows["after"].where(rows["after"] >= 0, size - 1)
    rows["reach"] = (rows["next_day"] * size + (size - 1 - rows["position"])) * size + (size - 1 - after)
    group = rows.groupby(["person", "register"], sort=False)
    rows["reach"] = group["reach"].cummax()
    rows["again"] = group["first_day"].shift(-1)
    rows["left"] = rows["reach"] // (size * size)
    gap = rows["again"] - rows["left"]
    short = rows[(gap >= 1) & (gap <= chain.gap_days)]
    bridged = pd.DataFrame(
        {
            "person": short["person"],
            "register": short["register"],
            "position": size - 1 - short["reach"] // size % size,
            "first_day": short["left"],
            "next_day": short["again"].astype(np.int64),
        }
    )
    ended = rows[gap.isna() | (gap > chain.gap_days)]
    exits = pd.DataFrame({"person": ended["person"], "day": ended["left"], "to": size - 1 - ended["reach"] % size})
    return bridged, exits[exits["to"] < size - 1]


def _days(rows: pd.DataFrame, exits: pd.DataFrame, chain: Chain, horizon: int) -> pd.DataFrame:
    """Return per person and day on which anything changes: what is open of each track, and the last exit so far."""
    tracks = [_column(register, position) for register, position in chain.tracks]
    ranked = [chain.codes.index(code) for code in chain.ranks]
    begun = rows[["person", "register", "position"]].assign(day=rows["first_day"], step=1)
    ended = rows[["person", "register", "position"]].assign(day=rows["next_day"], step=-1)
    expired = exits.loc[exits["to"].isin(ranked), ["person", "day"]]
    expired["day"] += chain.follow_up_days
    changes = pd.concat([begun, ended, exits, expired]).sort_values(["person", "day"])
    is_exit = changes["to"].notna()
    first_tried = changes[is_exit].groupby(["person", "day"], sort=False)["to"].min()
    for register, position in chain.tracks:
        of_register = changes["register"] == chain.sources.index(register)
        on = of_register & (changes["position"] == chain.codes.index(position))
        changes[_column(register, position)] = changes["step"].where(on, 0)
    days = changes.groupby(["person", "day"], sort=False)[tracks].sum().reset_index()
    days[tracks] = days.groupby("person", sort=False)[tracks].cumsum()
    found = days[["person", "day"]].merge(first_tried.reset_index(), how="left", on=["person", "day"])
    days["to"] = found["to"]
    days["left"] = days["day"].where(days["to"].notna())
    days[["to", "left"]] = days.groupby("person", sort=False)[["to", "left"]].ffill()
    return days[days["day"] < horizon]


def _outside(days: pd.DataFrame, chain: Chain) -> npt.NDArray[np.int64]:
    """Return where someone is when nothing is open."""
    ranked = days["to"].isin([chain.codes.index(code) for code in chain.ranks])
    expired = ranked & (days["day"] - days["left"] >= chain.follow_up_days)
    place = days["to"].fillna(chain.codes.index(chain.otherwise))
    return place.mask(expired, chain.codes.index(chain.out_of_sight)).to_numpy(dtype=np.int64)
