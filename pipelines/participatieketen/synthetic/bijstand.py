"""Histories -> the bijstand register: both partners, administrative breaks, late registration, reasons."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from participatieketen.synthetic.households import COUPLE
from participatieketen.synthetic.model import (
    AOW,
    DAGBESTEDING,
    DAYS_PER_YEAR,
    OVERLEDEN,
    STARTBAAN,
    VERHUISD,
    WERK,
    WITH_BIJSTAND,
    WITH_STARTBAAN,
    Model,
    years,
)
from participatieketen.synthetic.simulate import NEVER
from participatieketen.synthetic.spans import (
    NONE,
    REGISTERED,
    as_date,
    delays,
    in_states,
    last_date,
    one_of,
    registered,
    when_ended,
)

PARTNER: Final = -2
"""leads_to of a partner's spell that ends with the applicant's."""
BREAK: Final = -3
"""leads_to of a spell that an administrative break cuts off."""

REASONS_IN: Final = {  # local texts, invented
    "Einde dienstverband": 0.24,
    "Einde WW-uitkering": 0.14,
    "Verbroken relatie": 0.13,
    "Beëindiging studie": 0.08,
    "Beëindiging eigen bedrijf": 0.04,
    "Statushouder": 0.12,
    "Verhuizing naar Zwolle": 0.09,
    "Overig": 0.16,
}
REASONS_OUT: Final = {  # local texts, n to 1 on BUS field 34, invented
    "01": "Studiefinanciering",
    "02": "Gaat samenwonen",
    "03": "AOW-leeftijd bereikt",
    "04": "Overleden",
    "05": "Detentie",
    "07": "Te lang in buitenland",
    "11": "Werk in loondienst",
    "13": "Eigen bedrijf",
    "31": "Geen inlichtingen",
    "32": "Vertrek uit Zwolle",
    "33": "Vertrek naar buitenland",
    "34": "Niet verschenen",
    "35": "Niet verschenen",
    "97": "Reden bij partner",
    "98": "Overig",
}
IOAW_FROM_AGE: Final = 50
ABROAD: Final = 0.1  # invented: share of moves that go abroad


@dataclass(frozen=True)
class Frame:
    """What every register needs to know: the model, the peildatum as a day, what is kept, who lives where, deaths."""

    model: Model
    end: int
    keep_from: int
    people: pl.DataFrame
    deaths: pl.DataFrame


def applicant_spells(events: pl.DataFrame, model: Model, rng: np.random.Generator) -> pl.DataFrame:
    """Return the true bijstand spells of applicants; a Startbaan without bijstand is followed by a gap of some days."""
    low, high = model.numbers["programme"]["startbaan"]["gap_days"]
    spells = in_states(events, WITH_BIJSTAND)
    gap = pl.Series(rng.integers(low, high + 1, spells.height))
    room = pl.min_horizontal("next_event", "stop") - 1 - pl.col("start")
    late = pl.when(pl.col("came_from").is_in(WITH_STARTBAAN)).then(pl.min_horizontal(gap, room)).otherwise(0)
    return spells.with_columns(start=pl.col("start") + late, spell=pl.int_range(pl.len()))


def adult_spells(spells: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the true spells of all adults: a partner has the applicant's, but may join later and stops at AOW age."""
    partners = frame.people.filter(pl.col("partner")).select("household", "born", partner_id="person")
    shadow = spells.join(partners, left_on="person", right_on="household", how="inner").sort("spell")
    joins = rng.random(shadow.height) < frame.model.numbers["shares"]["partner_deviates"]
    later = pl.Series(np.where(joins, rng.integers(30, 400, shadow.height), 0))
    pension = pl.col("born") + years(frame.model.numbers["aow_age"])
    retired = pension < pl.col("stop")
    follows = pl.when(pl.col("leads_to").is_in([NONE, VERHUISD])).then("leads_to").otherwise(PARTNER)
    partner_rows = shadow.with_columns(
        start=pl.col("start") + later,
        stop=pl.when(retired).then(pension).otherwise("stop"),
        leads_to=pl.when(retired).then(AOW).otherwise(follows),
        person="partner_id",
    ).filter(pl.col("stop") > pl.col("start"))
    together = pl.concat([spells, partner_rows.select(spells.columns)])
    return together.filter(pl.col("start") <= frame.end).with_columns(
        leads_to=pl.when(pl.col("stop") <= frame.end).then("leads_to").otherwise(NONE),
        stop=pl.when(pl.col("stop") <= frame.end).then("stop").otherwise(NEVER),
    )


def with_breaks(spells: pl.DataFrame, frame: Frame, unbroken: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Return spells of which some were closed and reopened within 30 days; both partners at once.

    unbroken  persons whose spells stay whole (members of the coöperatie must have bijstand on their first day)
    """
    breaks = _breaks(spells, frame, unbroken, rng)
    cut = spells.join(breaks, on="spell", how="left").with_columns(
        broken_at=pl.col("broken_at").fill_null(NEVER), reopened_at=pl.col("reopened_at").fill_null(NEVER)
    )
    severed = pl.col("broken_at") < pl.col("stop")
    before = cut.filter(pl.col("start") < pl.col("broken_at")).with_columns(
        piece=pl.lit(0),
        leads_to=pl.when(severed).then(BREAK).otherwise("leads_to"),
        stop=pl.when(severed).then("broken_at").otherwise("stop"),
    )
    after = cut.filter((pl.col("reopened_at") < pl.col("stop")) & (pl.col("broken_at") < NEVER)).with_columns(
        piece=pl.lit(1), start=pl.max_horizontal("start", "reopened_at")
    )
    return pl.concat([before, after]).sort("person", "start")


def _breaks(spells: pl.DataFrame, frame: Frame, unbroken: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """At most one break per household spell: spell, broken_at, reopened_at."""
    margin, shares = 60, frame.model.numbers["shares"]
    whole = (
        spells.filter(~pl.col("person").is_in(unbroken.implode()) & (pl.col("person") < _first_partner(frame)))
        .with_columns(
            low=pl.max_horizontal(pl.col("start") + margin, frame.keep_from),
            high=pl.min_horizontal("stop", frame.end) - margin,
        )
        .filter(pl.col("high") > pl.col("low"))
        .sort("spell")
    )
    span = (whole["high"] - whole["low"]).to_numpy()
    happens = rng.random(span.size) < 1 - np.exp(-shares["admin_breaks_per_year"] * span / DAYS_PER_YEAR)
    at = whole["low"].to_numpy() + np.floor(rng.random(span.size) * span).astype(np.int64)
    gap = np.where(rng.random(span.size) < shares["touching_breaks"], 0, rng.integers(1, 30, span.size))
    return pl.DataFrame({"spell": whole["spell"], "broken_at": at, "reopened_at": at + gap}).filter(pl.Series(happens))


def _first_partner(frame: Frame) -> int:
    return frame.people.filter(~pl.col("partner")).height


def bijstand(pieces: pl.DataFrame, members: pl.Series, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the bijstand register at the peildatum; persons are numbers still.

    pieces   rows of with_breaks
    members  persons who ever were in the coöperatie: exempt from applying for jobs
    """
    rows = registered(_with_delays(pieces, frame, rng), frame.end, frame.deaths)
    kept = rows.filter(pl.col("stop") > frame.keep_from).join(
        frame.people.select("person", "leefvorm", "born"), on="person", how="left", maintain_order="left"
    )
    return _columns(_with_reasons(kept, frame, rng), members, rng)


def _with_delays(pieces: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Add begin_delay and end_delay, equal for both partners."""
    numbers = frame.model.numbers["registration_delay"]
    cases = pieces.select("spell", "piece").unique().sort("spell", "piece")
    shares, means = numbers["bijstand_share"], numbers["bijstand_mean"]
    drawn = cases.with_columns(
        case=pl.int_range(1, pl.len() + 1),
        begin_delay=pl.Series(delays(shares, means, cases.height, rng)),
        end_delay=pl.Series(delays(shares, means, cases.height, rng)),
    )
    return pieces.join(drawn, on=["spell", "piece"], how="left", maintain_order="left")


def _with_reasons(rows: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Add reden_beeindiging (BUS 34) from where the spell leads."""
    numbers = frame.model.numbers
    elsewhere = one_of(numbers["reasons_elders"], rows.height, rng)
    young = pl.col("stop") - pl.col("born") < years(30)
    abroad = pl.Series(rng.random(rows.height) < ABROAD)
    business = pl.col("stop_luck") < numbers["shares"]["work_in_own_business"]
    leads_to = pl.col("leads_to")
    reason = (
        pl.when(leads_to == AOW)
        .then(pl.lit("03"))
        .when(leads_to == OVERLEDEN)
        .then(pl.lit("04"))
        .when(leads_to == WERK)
        .then(pl.when(business).then(pl.lit("13")).otherwise(pl.lit("11")))
        .when(leads_to == STARTBAAN)
        .then(pl.lit("11"))
        .when(leads_to == DAGBESTEDING)
        .then(pl.lit("15"))
        .when(leads_to == VERHUISD)
        .then(pl.when(abroad).then(pl.lit("33")).otherwise(pl.lit("32")))
        .when(leads_to == PARTNER)
        .then(pl.lit("97"))
        .when(leads_to == BREAK)
        .then(pl.lit("98"))
        .otherwise(pl.when((elsewhere == "01") & ~young).then(pl.lit("98")).otherwise(elsewhere))
    )
    return rows.with_columns(reden_beeindiging=when_ended(reason))


def _columns(rows: pl.DataFrame, members: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    number = rows.height
    pair = (pl.col("leefvorm") == COUPLE) & (pl.len().over("case") > 1)
    alone = pl.when(pl.col("leefvorm") == COUPLE).then(pl.lit("1")).otherwise("leefvorm")
    older = pl.col("start") - pl.col("born") > years(IOAW_FROM_AGE)
    exempt = (
        pl.when(pl.col("person").is_in(members.implode()))
        .then(pl.lit("5"))
        .otherwise(one_of({"2": 0.80, "4": 0.03, "5": 0.14, "6": 0.03}, number, rng))
    )
    income = one_of({"11": 0.085, "31": 0.02, "23": 0.012, "24": 0.004, "98": 0.01, "": 0.869}, number, rng)
    end_known = pl.when(pl.col("stop") < NEVER).then(pl.col("end_known").cast(pl.Int32)).cast(pl.Date)
    return rows.with_columns(
        leefvorm=pl.when(pair).then(pl.lit(COUPLE)).otherwise(alone),
        reden_beeindiging=pl.when((pl.col("reden_beeindiging") == "97") & ~pair)
        .then(pl.lit("98"))
        .otherwise("reden_beeindiging"),
        soort_inkomsten=pl.when(income != "").then(income),
        ontheffing=exempt,
    ).select(
        *REGISTERED,
        registratienummer_uitkering=pl.format("U{}", pl.col("case").cast(pl.String).str.zfill(9)),
        statistiekcode=pl.when(older & (pl.col("case") % 6 == 0)).then(pl.lit("02")).otherwise(pl.lit("01")),
        leefvorm="leefvorm",
        aantal_kostendelers=one_of({"0": 0.82, "1": 0.11, "2": 0.05, "3": 0.02}, number, rng).cast(pl.Int64),
        aanvangsdatum=as_date("start"),
        einddatum=last_date(),
        administratieve_startdatum=as_date("begin_known"),
        administratieve_einddatum=end_known,
        reden_instroom_lokaal=one_of(REASONS_IN, number, rng),
        reden_beeindiging="reden_beeindiging",
        reden_uitstroom_lokaal=pl.col("reden_beeindiging").replace_strict(
            REASONS_OUT, default=pl.when(pl.col("reden_beeindiging").is_not_null()).then(pl.lit("Ander inkomen"))
        ),
        ontheffing="ontheffing",
        einddatum_ontheffing=pl.when((pl.col("ontheffing") != "2") & (pl.col("case") % 3 == 0)).then(
            as_date("begin_known").dt.offset_by("5y")
        ),
        soort_inkomsten="soort_inkomsten",
        bedrag_inkomsten=pl.when(pl.col("soort_inkomsten").is_not_null()).then(
            pl.Series(rng.integers(50, 900, number))
        ),
        huisvesting=one_of({"1": 0.83, "2": 0.03, "3": 0.08, "4": 0.02, "5": 0.02, "6": 0.02}, number, rng),
    )
