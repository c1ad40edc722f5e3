"""Histories -> the dagbesteding register: allocations, provider changes, pauses, late stops."""

from typing import Final

import numpy as np
import polars as pl

from participatieketen.synthetic.bijstand import Frame
from participatieketen.synthetic.model import (
    AOW,
    DAYS_PER_YEAR,
    ELDERS,
    OVERLEDEN,
    VERHUISD,
    WERK,
    WITH_DAGBESTEDING,
    day,
)
from participatieketen.synthetic.simulate import NEVER
from participatieketen.synthetic.spans import REGISTERED, as_date, delays, in_states, last_date, one_of, registered

PROVIDERS: Final = 12  # zwolle.nl: 12 providers from 2021
MARGIN: Final = 30  # days a piece lasts at least on either side of a pause or a provider change
STOPS: Final = {"19": 0.40, "21": 0.22, "22": 0.06, "23": 0.24, "36": 0.08}
CHANGED, PAUSED = "38", "20"
OTHER_DOMAIN: Final = 0.2  # invented: share of exits with code 39


def dagbesteding(events: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the dagbesteding register at the peildatum; persons are numbers still."""
    numbers = frame.model.numbers["shares"]
    since = max(day(frame.model.numbers["programme"]["dagbesteding"]["since"]), frame.keep_from)
    regime = day(frame.model.numbers["programme"]["dagbesteding"]["since"])
    spells = (
        in_states(events, WITH_DAGBESTEDING)
        .filter((pl.col("stop") > since) & (pl.col("start") <= frame.end))
        .with_columns(start=pl.max_horizontal("start", pl.lit(regime)))
        .filter(pl.col("stop") > pl.col("start"))
        .sort("person", "start")
    )
    allocated = _allocations(_late_stops(spells, frame, rng), frame, numbers["provider_changes_per_year"], rng)
    pieces = _pauses(_with_reasons(allocated, rng), frame, numbers["pauses_per_year"], rng)
    known = registered(_with_delays(pieces, frame, rng), frame.end, frame.deaths).filter(pl.col("stop") > since)
    rows = _double_stops(known, numbers["pause_becomes_stop"], rng)
    return _columns(rows, frame)


def _late_stops(spells: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Dagbesteding that goes on for some weeks beside what comes next: an overlap of registers."""
    share = frame.model.numbers["shares"]["late_stop_of_dagbesteding"]
    extra = np.where(rng.random(spells.height) < share, rng.integers(7, 60, spells.height), 0)
    leaves = pl.col("leads_to").is_in([OVERLEDEN, AOW, VERHUISD, ELDERS])
    longest = pl.min_horizontal("after_stop", pl.lit(frame.end + 1)) - pl.col("stop")
    overlap = pl.min_horizontal(pl.Series(extra), longest).clip(0)
    return spells.with_columns(
        stop=pl.when((pl.col("stop") <= frame.end) & ~leaves).then(pl.col("stop") + overlap).otherwise("stop")
    )


def _allocations(spells: pl.DataFrame, frame: Frame, changes_per_year: float, rng: np.random.Generator) -> pl.DataFrame:
    """One row per allocation: a change of provider ends one and starts another on the next day."""
    at, happens = _moment_within(spells, frame, changes_per_year, rng)
    first = rng.integers(0, PROVIDERS, spells.height)
    other = (first + rng.integers(1, PROVIDERS, spells.height)) % PROVIDERS
    cut = spells.with_columns(at=at, happens=happens, provider=pl.Series(first), other=pl.Series(other))
    before = cut.with_columns(
        stop=pl.when("happens").then("at").otherwise("stop"), changed="happens", later=pl.lit(value=False)
    )
    after = cut.filter("happens").with_columns(
        start="at", provider="other", changed=pl.lit(value=False), later=pl.lit(value=True)
    )
    joined = pl.concat([before, after]).drop("at", "happens", "other").sort("person", "start")
    early = pl.Series(rng.integers(0, 15, joined.height))
    return joined.with_columns(
        toewijzingnummer=100_000 + pl.int_range(pl.len()) * 7,
        allocated=pl.max_horizontal(
            pl.when("later").then("start").otherwise(pl.col("start") - early),
            pl.lit(day(frame.model.numbers["programme"]["dagbesteding"]["since"])),
        ),
    ).with_columns(allocated_until=_allocated_until(frame.end))


def _allocated_until(end: int) -> pl.Expr:
    """Last day of the allocation: one or more whole years, never before the delivery really ended."""
    lasts = pl.min_horizontal("stop", pl.lit(end + 1)) - pl.col("allocated")
    whole_years = (lasts / 365).floor() + 1
    return pl.col("allocated") + (whole_years * 365).cast(pl.Int64)


def _moment_within(
    spells: pl.DataFrame, frame: Frame, per_year: float, rng: np.random.Generator
) -> tuple[pl.Series, pl.Series]:
    """Return a day inside each spell, and whether something happens on it at this rate."""
    start = spells["start"].to_numpy() + MARGIN
    room = np.maximum(np.minimum(spells["stop"].to_numpy(), frame.end) - MARGIN - start, 0)
    happens = rng.random(room.size) < 1 - np.exp(-per_year * room / DAYS_PER_YEAR)
    return pl.Series(start + np.floor(rng.random(room.size) * room).astype(np.int64)), pl.Series(happens)


def _with_reasons(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add the stop reason (WMO588); no code says that somebody went to work."""
    leads_to = pl.col("leads_to")
    other_domain = pl.Series(rng.random(rows.height) < OTHER_DOMAIN)
    return rows.with_columns(
        reason=pl.when("changed")
        .then(pl.lit(CHANGED))
        .when(leads_to == OVERLEDEN)
        .then(pl.lit("02"))
        .when(leads_to == VERHUISD)
        .then(pl.lit("31"))
        .when(leads_to == AOW)
        .then(pl.lit("36"))
        .when((leads_to == ELDERS) & other_domain)
        .then(pl.lit("39"))
        .when(leads_to == WERK)
        .then(pl.lit("19"))
        .otherwise(one_of(STOPS, rows.height, rng))
    )


def _pauses(rows: pl.DataFrame, frame: Frame, per_year: float, rng: np.random.Generator) -> pl.DataFrame:
    """Put in pauses: a stop with reason 20 and, 14 to 90 days later, a new start of the same allocation."""
    at, happens = _moment_within(rows, frame, per_year, rng)
    again = at + pl.Series(rng.integers(14, 91, rows.height))
    cut = rows.with_columns(at=at, again=again).with_columns(
        paused=happens & (pl.col("again") < pl.min_horizontal("stop", pl.lit(frame.end)) - 7)
    )
    before = cut.with_columns(
        stop=pl.when("paused").then("at").otherwise("stop"),
        reason=pl.when("paused").then(pl.lit(PAUSED)).otherwise("reason"),
    )
    after = cut.filter("paused").with_columns(start="again")
    return pl.concat([before, after]).drop("at", "again", "paused").sort("person", "start")


def _with_delays(rows: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    numbers = frame.model.numbers["registration_delay"]
    shares, means = numbers["other_share"], numbers["other_mean"]
    return rows.with_columns(
        begin_delay=pl.Series(delays(shares, means, rows.height, rng)),
        end_delay=pl.Series(delays(shares, means, rows.height, rng)),
    )


def _double_stops(rows: pl.DataFrame, share: float, rng: np.random.Generator) -> pl.DataFrame:
    """Add stops that were announced as temporary: first 20, then the definitive stop with the same begin day."""
    long_enough = (pl.col("stop") < NEVER) & (pl.col("stop") - pl.col("start") > MARGIN)
    definitive = ~pl.col("reason").is_in([PAUSED, CHANGED])
    drawn = pl.Series(rng.random(rows.height) < share)
    back = pl.Series(rng.integers(0, MARGIN, rows.height))
    announced = rows.with_columns(stop=pl.col("stop") - back, reason=pl.lit(PAUSED)).filter(
        rows.select(long_enough & definitive & drawn).to_series()
    )
    return pl.concat([announced, rows]).sort("person", "start", "stop")


def _columns(rows: pl.DataFrame, frame: Frame) -> pl.DataFrame:
    number = pl.col("toewijzingnummer")
    return rows.select(
        *REGISTERED,
        "toewijzingnummer",
        aanbieder_agb=pl.format("990000{}", (pl.col("provider") + 1).cast(pl.String).str.zfill(2)),
        productcategorie=pl.lit("07"),
        productcode=pl.when(number % 3 == 0).then(pl.lit("07A01")).otherwise(pl.lit("07A12")),
        toewijzing_ingangsdatum=as_date("allocated"),
        toewijzing_einddatum=as_date("allocated_until"),
        reden_wijziging=pl.when("later").then(pl.lit("09")),
        begindatum_levering=as_date("start"),
        einddatum_levering=last_date(),
        reden_beeindiging=pl.when(pl.col("stop") < NEVER).then("reason"),
        volume=2 + number % 7,
        eenheid=pl.lit("16"),
        frequentie=pl.lit("2"),
        leveringsvorm=pl.lit("ZIN"),
        beschikking_datum=as_date("allocated") - pl.duration(days=7 + number % 20),
    ).filter(pl.col("begindatum_levering") <= _date(frame.end))


def _date(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.Int32).cast(pl.Date)
