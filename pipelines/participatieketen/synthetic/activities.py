"""Histories -> the smaller registers: startbaan, sociale_cooperatie, innovatielab and the count sah_deelname."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from participatieketen.synthetic.bijstand import Frame
from participatieketen.synthetic.model import (
    AOW,
    BIJSTAND,
    BIJSTAND_COOPERATIE,
    BIJSTAND_DAGBESTEDING,
    OVERLEDEN,
    VERHUISD,
    WERK,
    WITH_STARTBAAN,
    day,
)
from participatieketen.synthetic.simulate import CONTRACT_DAYS, EXTENSION, LEAVE
from participatieketen.synthetic.spans import (
    REGISTERED,
    as_date,
    contracts,
    delays,
    in_states,
    lab_periods,
    last_date,
    one_of,
    registered,
    when_ended,
)

TRIAL_DAYS: Final = 91  # inclusiefwerkt.nl: three months on trial in Delft
TEAMS: Final = {"SOCIAAL_WIJKTEAM": 0.40, "TIEM": 0.35, "INKOMENSONDERSTEUNING": 0.25}
SAH_PROVIDERS: Final = ("Aanbieder A", "Aanbieder B", "Aanbieder C", "Aanbieder D", "Aanbieder E")
SAH_SHARES: Final = {"BEGELEIDING": 60, "COMPETENTIE": 20, "INTERESSES": 20}  # rtvfocuszwolle.nl
SAH_FIRST_YEAR: Final = 2022


def _known(spans: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the spans the register knows of at the peildatum and still holds, with a number from 1."""
    numbers = frame.model.numbers["registration_delay"]
    shares, means = numbers["other_share"], numbers["other_mean"]
    with_delays = spans.with_columns(
        begin_delay=pl.Series(delays(shares, means, spans.height, rng)),
        end_delay=pl.Series(delays(shares, means, spans.height, rng)),
    )
    rows = registered(with_delays, frame.end, frame.deaths).filter(pl.col("stop") > frame.keep_from)
    return rows.with_columns(number=pl.int_range(1, pl.len() + 1))


def _numbered(prefix: str) -> pl.Expr:
    return pl.format(f"{prefix}{{}}", pl.col("number").cast(pl.String).str.zfill(7))


def startbaan(events: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the Startbaan register: one row per contract of a year at most."""
    rows = _known(contracts(events), frame, rng)
    srg = one_of({"01": 0.35, "04": 0.35, "99": 0.30}, rows.height, rng)
    expected = pl.col("start") + CONTRACT_DAYS
    over = pl.col("leads_to").is_in([OVERLEDEN, VERHUISD, AOW])
    ended = pl.when(over).then(pl.lit("3")).when(pl.col("stop") >= expected).then(pl.lit("1")).otherwise(pl.lit("2"))
    wage_value = pl.Series(rng.integers(4, 10, rows.height) * 10)
    return rows.select(
        *REGISTERED,
        registratienummer_voorziening=_numbered("S"),
        type_voorziening_srg=srg,
        type_voorziening_lokaal=pl.lit("STARTBAAN"),
        formeel_werkgever=one_of({"TIEM": 0.6, "MIDDENCIRKEL": 0.33, "ANDERS": 0.07}, rows.height, rng),
        datum_start=as_date("start"),
        datum_verwacht_einde=(expected - 1).cast(pl.Int32).cast(pl.Date),
        datum_einde=last_date(),
        reden_einde=when_ended(ended),
        vervolg=when_ended(_sequel(frame)),
        uren_per_week=pl.Series(rng.integers(8, 19, rows.height) * 2.0),
        loonwaarde_pct=pl.when(srg.is_in(["01", "04"])).then(wage_value),
        doel=pl.lit("WERK"),
    )


def _sequel(frame: Frame) -> pl.Expr:
    """Where the contract led to, in the register's own words."""
    shares = frame.model.numbers["programme"]["startbaan"]["after_a_year"]
    taken_over = shares["OVERNAME_WERKGEVER"] / (shares["OVERNAME_WERKGEVER"] + shares["ANDERE_WERKGEVER"])
    at_work = (
        pl.when(pl.col("stop_luck") < taken_over)
        .then(pl.lit("OVERNAME_WERKGEVER"))
        .otherwise(pl.lit("ANDERE_WERKGEVER"))
    )
    return (
        pl.when(pl.col("ended_by") == EXTENSION)
        .then(pl.lit("VERLENGD"))
        .when(pl.col("leads_to") == WERK)
        .then(at_work)
        .when(pl.col("leads_to") == BIJSTAND)
        .then(pl.lit("TERUG_BIJSTAND"))
        .when(pl.col("leads_to") == BIJSTAND_DAGBESTEDING)
        .then(pl.lit("DAGBESTEDING"))
        .otherwise(pl.lit("ONBEKEND"))
    )


def members(events: pl.DataFrame) -> pl.Series:
    """Persons who ever were in the Sociale Coöperatie."""
    return in_states(events, [BIJSTAND_COOPERATIE])["person"].unique().sort()


def sociale_cooperatie(events: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the register of the Sociale Coöperatie: one row per membership."""
    rows = _known(in_states(events, [BIJSTAND_COOPERATIE]), frame, rng)
    since = day(frame.model.numbers["programme"]["sociale_cooperatie"]["since"])
    business = pl.col("stop_luck") < frame.model.numbers["shares"]["work_in_own_business"]
    activity = {"ZELFSTANDIGE": 0.5, "FREELANCER": 0.2, "VRIJWILLIGER": 0.3}
    reason = (
        pl.when(pl.col("leads_to") == WERK)
        .then(pl.when(business).then(pl.lit("ZELFSTANDIG")).otherwise(pl.lit("LOONDIENST")))
        .when(pl.col("leads_to").is_in(WITH_STARTBAAN))
        .then(pl.lit("LOONDIENST"))
        .when(pl.col("leads_to") == VERHUISD)
        .then(pl.lit("VERHUIZING"))
        .when(pl.col("leads_to").is_in([OVERLEDEN, AOW]))
        .then(pl.lit("OVERIG"))
        .otherwise(pl.lit("GESTOPT"))
    )
    return rows.select(
        *REGISTERED,
        deelname_id=_numbered("C"),
        cooperatie=pl.lit("EXPEDITIE_038"),
        datum_start_proef=pl.max_horizontal(pl.col("start") - TRIAL_DAYS, pl.lit(since)).cast(pl.Int32).cast(pl.Date),
        datum_start=as_date("start"),
        datum_einde=last_date(),
        traject=one_of({"REGULIER": 0.75, "STATUSHOUDER": 0.25}, rows.height, rng),
        context_werkzaamheden=one_of(activity, rows.height, rng),
        uren_per_week=pl.Series(rng.integers(8, 49, rows.height) / 2.0),
        ontheffing_sollicitatieplicht=pl.lit(value=True),
        reden_einde=when_ended(reason),
    )


def innovatielab(events: pl.DataFrame, frame: Frame, rng: np.random.Generator) -> pl.DataFrame:
    """Return who took part in the Innovatielab, and when."""
    rows = _known(lab_periods(events), frame, rng)
    finished = one_of({"AFGEROND": 0.6, "GESTOPT": 0.4}, rows.height, rng)
    reason = (
        pl.when(pl.col("ended_by") == LEAVE)
        .then(finished)
        .when(pl.col("leads_to") == WERK)
        .then(pl.lit("AFGEROND"))
        .when(pl.col("leads_to") == VERHUISD)
        .then(pl.lit("VERHUIZING"))
        .otherwise(pl.lit("OVERIG"))
    )
    return rows.select(
        *REGISTERED,
        deelname_id=_numbered("I"),
        team=one_of(TEAMS, rows.height, rng),
        datum_start=as_date("start"),
        datum_einde=last_date(),
        reden_einde=when_ended(reason),
    )


def sah_deelname(peildatum: date, persons: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return counts of Sociale Activatie en Herstel per provider, finished quarter and pillar; no persons."""
    quarters = [
        (year, quarter)
        for year in range(SAH_FIRST_YEAR, peildatum.year + 1)
        for quarter in range(1, 5)
        if (year, quarter) < (peildatum.year, (peildatum.month - 1) // 3 + 1)
    ]
    cells = [
        (provider, year, quarter, pillar)
        for provider in SAH_PROVIDERS
        for year, quarter in quarters
        for pillar in SAH_SHARES
    ]
    mean = np.array([persons * SAH_SHARES[cell[3]] / 45_000 for cell in cells])
    frame = pl.DataFrame(
        cells,
        schema={"aanbieder": pl.String, "jaar": pl.Int16, "kwartaal": pl.Int8, "pijler": pl.String},
        orient="row",
    )
    return frame.with_columns(aantal_deelnemers=pl.Series(rng.poisson(mean), dtype=pl.Int32))
