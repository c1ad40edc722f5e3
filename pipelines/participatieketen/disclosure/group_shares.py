"""Shares of groups as released counts: how many of how many moved, persons and households; one base a grouping."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from participatieketen.disclosure.families import STOCK_FLOW, TOTAL
from participatieketen.disclosure.groupings import GROUPINGS, LEAST, LEAST_AT_FIVE, REST
from participatieketen.disclosure.singly import CELL, Draw, cell_name, cells, draw, places, rounded, system
from participatieketen.disclosure.systems import System
from participatieketen.errors import DisclosureRefused
from participatieketen.months import months_later

GROUP_SHARE = "group_share"
_N = "n"

LEAST_FINER = 220
"""With no smaller group in twelve monthly releases, a grouping can have base 5 again: 10 % above the limit for 10."""

_RELEASES = 12
_COUNTS = {"x": "moved", "n": "n", "x_households": "households_moved", "n_households": "households"}
_GROUP = ["grouping", "group_code"]


def drawn_group_shares(
    frame: pl.DataFrame, labels: pl.DataFrame | None, day: date, book: pl.DataFrame, base: int, key: bytes
) -> pl.DataFrame:
    """Return the shares of groups with their counts, true and released.

    frame   (groups x directions, 8) grouping, group_code, label, direction, n, moved, households, households_moved
    labels  (groups x 3) grouping, group_code, label: every group that there is; one without people has a row too
    day     on which groups are fixed
    book    what was released, this release's flows included: the people of a group on that day are a stock of it, and
            one count has one value
    base    of the report: a grouping has it too, or twice as much
    Returns grouping, group_code, label, direction, x, n, x_households, n_households, base and each count's `_value`
    Raises  DisclosureRefused for a grouping that is not in the fixed list.
    Households are at most as many as persons and at least half as many, and a share is of everyone: released values say
    nothing else, so that none of them is narrower for the others.
    """
    if unknown := sorted(set(frame["grouping"]) - {*GROUPINGS}):
        raise DisclosureRefused(
            f"Groepering {unknown[0]} wordt niet vrijgegeven: kies uit {', '.join(sorted(GROUPINGS))}."
        )
    counted = _every_group(frame, labels).with_columns(pl.col(*_COUNTS.values()).fill_null(0).cast(pl.Int64))
    counted = counted.rename({truth: name for name, truth in _COUNTS.items()})
    drawn = draw(counted, GROUP_SHARE, _GROUP, key)
    fine = counted.with_columns(fine=rounded(pl.col(_N), drawn, base, base))
    found = _with_stock(fine.join(_bases(fine, book, day, base), on="grouping", maintain_order="left"), book, day)
    return _tied(found, drawn, base).drop("fine", "stock")


def _every_group(frame: pl.DataFrame, labels: pl.DataFrame | None) -> pl.DataFrame:
    """Return the rows with one for each group that the chain has in these groupings and each direction."""
    if labels is None:
        return frame
    known = labels.filter(pl.col("grouping").is_in(frame["grouping"].unique().implode())).select(*_GROUP, "label")
    groups = pl.concat([known, frame.select(*_GROUP, "label")]).unique(_GROUP, keep="first", maintain_order=True)
    rows = groups.join(frame.select(pl.col("direction").unique(maintain_order=True)), how="cross")
    return rows.join(frame.drop("label"), on=[*_GROUP, "direction"], how="left", maintain_order="left")


def _with_stock(found: pl.DataFrame, book: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the rows with `stock` and `rest`: released counts of the same people, and of who is in no such stock.

    stock  of the group on that day; null where there is none
    rest   of the groups that have none, together: those that are shown as one, or everyone of a grouping without flows
    """
    everyone = book.filter(family=STOCK_FLOW, month=day, from_position=TOTAL, to_position=TOTAL)
    of_report = everyone.filter(grouping="")["value"].max()
    with_flows = pl.col("grouping").is_in(everyone["grouping"].unique().implode())
    return (
        found.join(everyone.select(*_GROUP, stock="value"), on=_GROUP, how="left", maintain_order="left")
        .join(everyone.filter(group_code=REST).select("grouping", rest="value"), on="grouping", how="left")
        .with_columns(rest=pl.when(with_flows).then("rest").otherwise(pl.lit(of_report, pl.Int64)))
    )


def _tied(found: pl.DataFrame, drawn: Draw, finest: int) -> pl.DataFrame:
    """Return the rows with the values of their counts, in which every part fits in its whole."""
    base = pl.col("base")
    stock = (pl.col("stock") + drawn.second % (base // finest) * finest) // base * base
    values = {f"{name}_value": rounded(pl.col(name), drawn, base, finest) for name in _COUNTS}
    near = (stock - pl.col(_N)).abs() < base
    found = found.with_columns(**values, turn=drawn.second).with_columns(
        n_value=pl.when(near).then(stock).otherwise("n_value")
    )
    found = _at_most(_adding_up(found), "x", "n")
    found = _at_least_half(_at_most(found, "n_households", "n"), "n_households", "n")
    found = _at_most(_at_most(found, "x_households", "x"), "x_households", "n_households")
    return _at_least_half(found, "x_households", "x").drop("turn", "rest")


def _adding_up(found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows in which groups without a stock of their own are as near to what they are together as can be."""
    alone = found.filter(pl.col("stock").is_null(), pl.col("rest").is_not_null())
    of_groups = alone.unique(_GROUP, maintain_order=True).sort("turn", maintain_order=True)
    fitted = [pl.DataFrame(schema=dict.fromkeys(_GROUP, pl.String) | {"fitted": pl.Int64})]
    for _, rows in of_groups.group_by("grouping", maintain_order=True):
        values = _fitted(rows[_N].to_list(), rows["n_value"].to_list(), rows["base"].item(0), rows["rest"].item(0))
        fitted.append(rows.select(*_GROUP, fitted=pl.Series(values, dtype=pl.Int64)))
    joined = found.join(pl.concat(fitted), on=_GROUP, how="left", maintain_order="left")
    return joined.with_columns(n_value=pl.coalesce("fitted", "n_value")).drop("fitted")


def _fitted(counts: list[int], values: list[int], base: int, whole: int) -> list[int]:
    """Return the values with the other neighbour of as many counts, in order, as brings their sum to the whole."""
    fitted = list(values)
    for place, (count, value) in enumerate(zip(counts, values, strict=True)):
        short = whole - sum(fitted)
        if short < 0 and value > count:
            fitted[place] -= base
        elif short >= base and value < count:
            fitted[place] += base
    return fitted


def _at_most(found: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    """Return the rows with the part rounded down where its value exceeds that of the whole."""
    value = pl.col(f"{part}_value")
    down = pl.col(part) // pl.col("base") * pl.col("base")
    return found.with_columns(
        pl.when(value > pl.col(f"{whole}_value")).then(down).otherwise(value).alias(f"{part}_value")
    )


def _at_least_half(found: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    """Return the rows with the part rounded up where its value is less than half that of the whole."""
    value = pl.col(f"{part}_value")
    up = -(-pl.col(part) // pl.col("base")) * pl.col("base")
    return found.with_columns(
        pl.when(2 * value < pl.col(f"{whole}_value")).then(up).otherwise(value).alias(f"{part}_value")
    )


def _bases(fine: pl.DataFrame, book: pl.DataFrame, day: date, base: int) -> pl.DataFrame:
    """Return (groupings x 2) grouping, base."""
    now = {str(name): rows["fine"].to_list() for (name,), rows in fine.group_by("grouping", maintain_order=True)}
    bases = [_base(book, name, values, day, base) for name, values in now.items()]
    return pl.DataFrame({"grouping": list(now), "base": bases}, schema={"grouping": pl.String, "base": pl.Int64})


def _base(book: pl.DataFrame, grouping: str, now: list[int], day: date, base: int) -> int:
    """Return the base of a grouping: that of its flows at first, coarser after one with a small group, finer late.

    A group of fewer than LEAST people is shown nowhere, so that it does not count. Only released values decide.
    """
    own = book.filter(pl.col("family") == GROUP_SHARE, pl.col("group_code").str.starts_with(f"{grouping}/"))
    if not (same := own.filter(month=day)).is_empty():
        return int(same["base"].item(0))
    people = own.filter(pl.col("from_position") == _N, pl.col("month") < day).sort("month")
    if people.is_empty():
        flows = book.filter(family=STOCK_FLOW, grouping=grouping)
        return int(flows["base"].item(0)) if not flows.is_empty() else base * (1 + _small(now, LEAST_AT_FIVE))
    last = people.filter(month=people["month"][-1])
    months = [months_later(last["month"].item(0), -back) for back in range(_RELEASES)]
    year = people.filter(pl.col("month").is_in(months))
    if year["month"].n_unique() == _RELEASES and not _small(year["value"].to_list(), LEAST_FINER):
        return base
    return int(last["base"].item(0)) if not _small(last["value"].to_list(), LEAST_AT_FIVE) else 2 * base


def _small(values: list[int], least: int) -> bool:
    return any(LEAST <= value < least for value in values)


def group_share_cells(found: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the cells (columns CELL) of what `drawn_group_shares` returns, of the day on which groups are fixed."""
    parts = [cells(found, _name(count, day), count, f"{count}_value") for count in _COUNTS]
    return pl.concat([pl.DataFrame(schema=CELL), *parts])


def _name(count: str, day: date) -> Mapping[str, pl.Expr]:
    direction = {} if count.startswith(_N) else {"to_position": pl.col("direction")}
    group = pl.concat_str(*_GROUP, separator="/")
    return cell_name(GROUP_SHARE, group_code=group, month=pl.lit(day), from_position=pl.lit(count), **direction)


def group_share_system(found: pl.DataFrame, day: date) -> System:
    """Return the cells with what a reader knows of them: who moved is one of everyone."""
    drawn = group_share_cells(found, day)
    pairs = [("x", "n"), ("x_households", "n_households")]
    sums = [
        found.select(
            parts=pl.concat_list(places(found, _name(part, day), drawn)),
            total=places(found, _name(whole, day), drawn),
            left=pl.col(whole) - pl.col(part),
        )
        for part, whole in pairs
    ]
    return system(drawn, pl.concat(sums))


def group_share_view(found: pl.DataFrame) -> pl.DataFrame:
    """Return the table `group_share` as it leaves."""
    values = {name: pl.col(f"{name}_value") for name in _COUNTS}
    return found.select(*_GROUP, "label", "direction", **values, base="base")
