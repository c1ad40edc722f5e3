"""spell -> timeline: one position per person per day. Pure: a frame in, a frame out.

Everything is sorted by one int64 in which person, day and kind are packed, so that running sums and running maxima take
the place of windows per person: where another person begins shows in the key itself. Two sorts in all: one per person
and register (gaps and exits), one per person (positions).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce

import polars as pl

from participatieketen.chain import Chain

_COUNTER_BITS = 12  # rows of one register and position open at once: at most 4,095
_COUNTERS_PER_SUM = 5
_START, _END, _EXIT, _EXPIRY = range(4)  # kinds of boundary


def timeline(spells: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return who was where, from the day the chain is observed up to and including the peildatum.

    spells     (spells x 6)  person Int32; register, position: codes of the chain; first_day, next_day: half-open
               [first_day, next_day), next_day null = still open; after: the code of where the reason of the end leads,
               null = no rule names it. Rows in any order, overlaps allowed. Two more columns if there are any facts
               of persons: known_from, known: from when something outside the registers puts the person where; it
               counts as an exit of that day.
    peildatum  the last observed day; what is open or ends after it is censored there.

    Returns    (stays x 7)  person Int32, stay Int32 (1, 2, ...), position Enum, in_bijstand, first_day, next_day,
               closed; sorted by person and day, without gaps within a person. A row is the longest time with one
               position and one income; being outside the chain is a position too, but not yet being in it is none.
               closed = false: censored, next_day is the day after the peildatum.
    Raises     ValueError: a spell lasts no time, or is of a register, position or exit that no rule of the chain
               names; a person has more than 4,095 spells in one register.
    """
    codes = _codes(spells, chain, peildatum)
    horizon = _days(peildatum) + 1
    if codes.is_empty():
        columns = {"person": pl.Int64, "day": pl.Int64, "position": pl.Int64, "income": pl.Boolean}
        return _stays(pl.LazyFrame(schema=columns), chain, horizon, horizon)
    packing = _packing(codes, chain, horizon)
    observed = _days(chain.observed_from) if chain.observed_from else packing.first
    known = _known(spells, codes, packing, chain)
    return pl.concat(
        _stays(
            _positions(
                _boundaries(_coverage(part, packing), _of_bucket(known, lowest, packing), packing, chain),
                packing,
                chain,
                lowest,
            ),
            chain,
            observed,
            horizon,
        )
        for lowest, part in _buckets(codes, packing)
    )


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@dataclass(frozen=True)
class _Packing:
    """How many bits each part of a key takes; days are counted from `first`, up to `horizon`."""

    first: int
    horizon: int
    day: int
    register: int
    position: int

    @property
    def persons(self) -> int:
        """Persons that fit in one key, and so in one bucket."""
        return 1 << (63 - self.register - 2 * self.day - 2 * self.position)


def _codes(spells: pl.DataFrame, chain: Chain, peildatum: date) -> pl.DataFrame:
    """Return the spells as whole numbers; a position or exit that is tried earlier has the higher number, 0 = none."""
    horizon = _days(peildatum) + 1
    first = pl.col("first_day").to_physical().cast(pl.Int64)
    end = pl.col("next_day").to_physical().cast(pl.Int64)
    codes = (
        spells.lazy()
        .select(
            pl.col("person").cast(pl.Int64),
            register=pl.col("register").cast(pl.Enum(chain.sources), strict=False).to_physical().cast(pl.Int64),
            position=_tried("position", chain),
            start=first,
            end=end.fill_null(horizon).clip(upper_bound=horizon),
            after=pl.when(end < horizon).then(_tried("after", chain)).fill_null(0),
            timeless=end <= first,
            unnamed=pl.col("after").is_not_null() & _tried("after", chain).is_null(),
        )
        .filter(pl.col("start") < horizon)
        .collect()
    )
    if codes["timeless"].any():
        raise ValueError("a spell lasts no time")
    if codes["unnamed"].any() or not codes.select(_named(chain).all()).item():
        raise ValueError("a spell is of a register, position or exit that no rule of the chain names")
    return codes.drop("timeless", "unnamed")


def _known(spells: pl.DataFrame, codes: pl.DataFrame, packing: "_Packing", chain: Chain) -> pl.DataFrame:
    """Return person, day, position of what is known of persons outside the registers, after their first spell began."""
    if "known" not in spells.columns:
        return pl.DataFrame(schema=dict.fromkeys(("person", "day", "position"), pl.Int64))
    facts = (
        spells.lazy()
        .filter(pl.col("known").is_not_null())
        .select(
            pl.col("person").cast(pl.Int64),
            day=pl.col("known_from").to_physical().cast(pl.Int64),
            position=_tried("known", chain),
        )
        .unique()
        .collect()
    )
    begun = codes.join(facts, on="person", how="semi").group_by("person").agg(begun=pl.col("start").min())
    return (
        facts.join(begun, on="person")
        .filter(pl.col("day") > pl.col("begun"), pl.col("day") < packing.horizon)
        .select("person", pl.col("day") - packing.first, "position")
    )


def _of_bucket(known: pl.DataFrame, lowest: int, packing: "_Packing") -> pl.LazyFrame:
    """Return what is known of the persons of a bucket in the form of exits: group, day, position."""
    number = pl.col("person") - lowest
    part = known.lazy().filter(number.is_between(0, packing.persons - 1))
    return part.select("day", "position", group=number * (1 << packing.register)).select("group", "day", "position")


def _tried(column: str, chain: Chain) -> pl.Expr:
    """Return the position's number: the earlier it is tried the higher; null when the chain does not know it."""
    return len(chain.codes) - pl.col(column).cast(pl.Enum(chain.codes), strict=False).to_physical().cast(pl.Int64)


def _named(chain: Chain) -> pl.Expr:
    """Say of each spell whether a rule on open rows names its register and position."""
    size = len(chain.codes) + 1
    tracks = [_register(track, chain) * size + _number(track, chain) for track in chain.tracks]
    return (pl.col("register") * size + pl.col("position")).is_in(tracks).fill_null(value=False)


def _register(track: tuple[str, str], chain: Chain) -> int:
    return chain.sources.index(track[0])


def _number(track: tuple[str, str], chain: Chain) -> int:
    return len(chain.codes) - chain.codes.index(track[1])


def _packing(codes: pl.DataFrame, chain: Chain, horizon: int) -> _Packing:
    first = int(codes.select(pl.col("start").min()).item())
    longest = horizon - first + max(chain.follow_up_days, 1)
    return _Packing(
        first=first,
        horizon=horizon,
        day=longest.bit_length(),
        register=len(chain.sources).bit_length(),
        position=len(chain.codes).bit_length(),
    )


def _buckets(codes: pl.DataFrame, packing: _Packing) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield ranges of persons as (lowest person, spells with persons counted from there)."""
    lowest, highest = codes.select(pl.col("person").min().alias("low"), pl.col("person").max().alias("high")).row(0)
    for low in range(lowest, highest + 1, packing.persons):
        part = codes.filter(pl.col("person").is_between(low, low + packing.persons - 1))
        yield low, part.with_columns(pl.col("person") - low)


def _pack(*parts: tuple[pl.Expr, int]) -> pl.Expr:
    """Return one whole number with the parts from high to low, each in so many bits."""
    return reduce(lambda key, part: key * (1 << part[1]) + part[0], parts[1:], parts[0][0])


def _unpack(key: pl.Expr, skip: int, bits: int) -> pl.Expr:
    return (key // (1 << skip)) & ((1 << bits) - 1)


def _coverage(part: pl.DataFrame, packing: _Packing) -> pl.LazyFrame:
    """Return the spells sorted by person, register and day, each with how far its register reaches up to there.

    group: person and register; start, end, tail (position and after); reach: the latest end so far in the group and
    whose it is; next_start: of the following spell in the group, null for the last.
    """
    day, tail = packing.day, 2 * packing.position
    key, start, length = pl.col("key"), pl.col("start"), pl.col("length")
    coverage = (
        part.lazy()
        .select(
            key=_pack(
                (pl.col("person"), 0),
                (pl.col("register"), packing.register),
                (start - packing.first, day),
                (pl.col("end") - start, day),
                (pl.col("position"), packing.position),
                (pl.col("after"), packing.position),
            ).sort()
        )
        .select(
            group=key // (1 << (2 * day + tail)),
            start=_unpack(key, day + tail, day),
            length=_unpack(key, tail, day),
            tail=_unpack(key, 0, tail),
        )
        .with_columns(end=start + length)
        .with_columns(
            reach=_pack((pl.col("group"), 0), (pl.col("end"), day), (pl.col("tail"), tail)).cum_max(),
            next_start=pl.when(pl.col("group") == pl.col("group").shift(-1)).then(start.shift(-1)),
        )
        .with_columns(reach_day=_unpack(pl.col("reach"), tail, day), reach_tail=_unpack(pl.col("reach"), 0, tail))
        .drop("reach")
        .collect()
    )
    crowd = (1 << _COUNTER_BITS) - 1
    if coverage.select((pl.col("group") == pl.col("group").shift(crowd)).any()).item():
        raise ValueError(f"a person has more than {crowd} spells in one register")
    return coverage.lazy()


def _boundaries(coverage: pl.LazyFrame, known: pl.LazyFrame, packing: _Packing, chain: Chain) -> pl.LazyFrame:
    """Return one sorted column `key`: person, day, kind, position, register of everything that begins, ends or expires.

    A gap in a register of at most `gap_days` is filled by the row that reached furthest; any other end of what a
    register holds is an exit, and its reason counts. A register that can hold one position needs no boundaries inside.
    """
    gap = pl.col("next_start") - pl.col("reach_day")
    last = (gap > chain.gap_days).fill_null(value=True)
    first = last.shift(1).fill_null(value=True)
    inside = _unpack(pl.col("group"), 0, packing.register).is_in(_holding_one(chain))
    position, reached = (pl.col(tail) // (1 << packing.position) for tail in ("tail", "reach_tail"))
    filled = coverage.filter(gap.is_between(1, chain.gap_days) & ~inside)
    until = pl.when(inside).then("reach_day").otherwise("end")
    left = coverage.filter(last, _exit_to(packing) > 0).select("group", day="reach_day", position=_exit_to(packing))
    exits = pl.concat([_uncaused(left, coverage, packing, chain), known])
    in_sight = [len(chain.codes) - chain.codes.index(code) for code in chain.ranks]
    expiries = exits.filter(pl.col("position").is_in(in_sight)).with_columns(pl.col("day") + chain.follow_up_days)
    boundaries = [
        (_START, coverage.filter(first | ~inside).select("group", day="start", position=position)),
        (_END, coverage.filter(last | ~inside).select("group", day=until, position=position)),
        (_START, filled.select("group", day="reach_day", position=reached)),
        (_END, filled.select("group", day="next_start", position=reached)),
        (_EXIT, exits),
        (_EXPIRY, expiries),
    ]
    return pl.concat(_boundary(rows, kind, packing) for kind, rows in boundaries).select(pl.col("key").sort())


def _uncaused(exits: pl.LazyFrame, coverage: pl.LazyFrame, packing: _Packing, chain: Chain) -> pl.LazyFrame:
    """Return the exits; one that another register caused says nothing of where it led, and leads to `otherwise`."""
    register = _unpack(pl.col("group"), 0, packing.register)
    others, judged = exits, []
    for track, cause in chain.causes.items():
        asked = (register == _register(track, chain)) & (pl.col("position") == _number(track, chain))
        opened = coverage.filter(register == chain.sources.index(cause))
        judged.append(_judged(exits.filter(asked), opened, packing, chain))
        others = others.filter(~asked)
    return pl.concat([others, *judged])


def _judged(exits: pl.LazyFrame, opened: pl.LazyFrame, packing: _Packing, chain: Chain) -> pl.LazyFrame:
    """Return the exits with position `otherwise` where `opened` is open on their day, or begins within gap_days."""
    person = pl.col("group") // (1 << packing.register)
    latest = (pl.col("day") + chain.gap_days).clip(upper_bound=packing.horizon - packing.first)
    begun = opened.select(
        begun=_pack((person, 0), (pl.col("start"), packing.day)).set_sorted(), by=person, until="reach_day"
    )
    caused = ((pl.col("by") == person) & (pl.col("until") > pl.col("day"))).fill_null(value=False)
    otherwise = len(chain.codes) - chain.codes.index(chain.otherwise)
    return (
        exits.with_columns(latest=_pack((person, 0), (latest, packing.day)).set_sorted())
        .join_asof(begun, left_on="latest", right_on="begun", strategy="backward")
        .select("group", "day", position=pl.when(caused).then(otherwise).otherwise("position").cast(pl.Int64))
    )


def _holding_one(chain: Chain) -> list[int]:
    """Return the registers whose rows all put a person in one position."""
    held = [register for register, _ in chain.tracks]
    return [number for number, register in enumerate(chain.sources) if held.count(register) == 1]


def _exit_to(packing: _Packing) -> pl.Expr:
    return _unpack(pl.col("reach_tail"), 0, packing.position)


def _boundary(rows: pl.LazyFrame, kind: int, packing: _Packing) -> pl.LazyFrame:
    return rows.select(
        key=_pack(
            (pl.col("group") // (1 << packing.register), 0),
            (pl.col("day"), packing.day),
            (pl.lit(kind), 2),
            (pl.col("position"), packing.position),
            (_unpack(pl.col("group"), 0, packing.register), packing.register),
        )
    )


def _positions(boundaries: pl.LazyFrame, packing: _Packing, chain: Chain, lowest: int) -> pl.LazyFrame:
    """Return person, day, position, income after each day on which something begins, ends or expires."""
    code_bits = 2 + packing.position + packing.register
    key, moment = pl.col("key"), pl.col("key") // (1 << code_bits)
    is_exit = _unpack(key, code_bits - 2, 2) == _EXIT
    counters = _counters(packing, chain)
    return (
        boundaries.select(
            moment=moment,
            last_exit=pl.when(is_exit).then(key).otherwise(-1).cum_max(),
            last_of_day=(moment != moment.shift(-1)).fill_null(value=True),
            **{name: pl.lit(steps).gather(_unpack(key, 0, code_bits)).cum_sum() for name, steps in counters.items()},
        )
        .filter("last_of_day")
        .select(
            *counters,
            person=pl.col("moment") // (1 << packing.day),
            day=_unpack(pl.col("moment"), 0, packing.day),
            exit_person=pl.col("last_exit") // (1 << (packing.day + code_bits)),
            exit_day=_unpack(pl.col("last_exit"), code_bits, packing.day),
            exit_to=len(chain.codes) - _unpack(pl.col("last_exit"), packing.register, packing.position),
        )
        .select(
            pl.col("person") + lowest,
            day=pl.col("day") + packing.first,
            position=pl.coalesce(_open_position(chain), _outside_position(chain)),
            income=_any_open(chain, [track for track in chain.tracks if track[0] == chain.income]),
        )
        .filter(pl.col("day") < packing.horizon)
    )


def _place(track: int) -> tuple[str, int]:
    """Return the running sum that holds the counter of a track, and how far the counter is shifted in it."""
    return f"open{track // _COUNTERS_PER_SUM}", _COUNTER_BITS * (track % _COUNTERS_PER_SUM)


def _counters(packing: _Packing, chain: Chain) -> dict[str, pl.Series]:
    """Return per running sum what each code (kind, position, register) adds to it."""
    steps: dict[str, list[int]] = {}
    for number, track in enumerate(chain.tracks):
        name, shift = _place(number)
        column = steps.setdefault(name, [0] * (1 << (2 + packing.position + packing.register)))
        for kind, sign in ((_START, 1), (_END, -1)):
            code = (kind << packing.position) + _number(track, chain)
            column[(code << packing.register) + _register(track, chain)] = sign << shift
    return {name: pl.Series(column, dtype=pl.Int64) for name, column in steps.items()}


def _any_open(chain: Chain, tracks: Iterable[tuple[str, str]]) -> pl.Expr:
    masks: dict[str, int] = {}
    for name, shift in (_place(chain.tracks.index(track)) for track in tracks):
        masks[name] = masks.get(name, 0) | ((1 << _COUNTER_BITS) - 1) << shift
    return pl.any_horizontal(pl.lit(value=False), *(pl.col(name) & mask != 0 for name, mask in masks.items()))


def _open_position(chain: Chain) -> pl.Expr:
    """Return the index of the first position that has something open; null when nothing is."""
    return pl.coalesce(
        pl.when(_any_open(chain, [track for track in chain.tracks if track[1] == code])).then(number)
        for number, code in enumerate(chain.codes)
    )


def _outside_position(chain: Chain) -> pl.Expr:
    """Return the index of the position that the last exit leads to, as long as it is in sight."""
    expired = (pl.col("day") - pl.col("exit_day") >= chain.follow_up_days) & pl.col("exit_to").is_in(
        [chain.codes.index(code) for code in chain.ranks]
    )
    return (
        pl.when(pl.col("exit_person") != pl.col("person"))
        .then(chain.codes.index(chain.otherwise))
        .when(expired)
        .then(chain.codes.index(chain.out_of_sight))
        .otherwise("exit_to")
    )


def _stays(positions: pl.LazyFrame, chain: Chain, first: int, horizon: int) -> pl.DataFrame:
    """Return the stays between `first` and `horizon`: neighbouring rows with one position and income are one stay."""
    new_person = _changes("person")
    row = pl.int_range(pl.len(), dtype=pl.Int32)
    same_person = pl.col("person") == pl.col("person").shift(-1)
    return (
        positions.filter(new_person | _changes("position") | _changes("income"))
        .with_columns(next_day=pl.when(same_person).then(pl.col("day").shift(-1)).otherwise(horizon))
        .filter(pl.col("next_day") > first)
        .select(
            pl.col("person").cast(pl.Int32),
            stay=row - pl.when(new_person).then(row).forward_fill() + 1,
            position=pl.lit(pl.Series(chain.codes, dtype=pl.Enum(chain.codes))).gather("position"),
            in_bijstand="income",
            first_day=pl.col("day").clip(first).cast(pl.Int32).cast(pl.Date),
            next_day=pl.col("next_day").cast(pl.Int32).cast(pl.Date),
            closed=pl.col("next_day") < horizon,
        )
        .collect()
    )


def _changes(column: str) -> pl.Expr:
    return (pl.col(column) != pl.col(column).shift(1)).fill_null(value=True)
