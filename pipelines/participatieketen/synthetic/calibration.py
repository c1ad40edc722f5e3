"""How the fictional town compares with the published totals: counted from the registers, as an analyst would."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from participatieketen.months import months_before
from participatieketen.synthetic.town import Town

GAP_DAYS: Final = 30
PROVISIONAL_MONTHS: Final = 3
DAYS_PER_YEAR: Final = 365.25
AT_WORK: Final = ("11", "13")
ENDED: Final = {
    "ended_under_6m": (0.0, 0.5),
    "ended_6_to_12m": (0.5, 1.0),
    "ended_1_to_2y": (1.0, 2.0),
    "ended_2_to_3y": (2.0, 3.0),
    "ended_3_to_4y": (3.0, 4.0),
    "ended_4_to_5y": (4.0, 5.0),
    "ended_over_5y": (5.0, 99.0),
}
REGISTERS: Final = {
    "dagbesteding": "einddatum_levering",
    "startbaan": "datum_einde",
    "sociale_cooperatie": "datum_einde",
    "innovatielab": "datum_einde",
}


def achieved(town: Town) -> pl.DataFrame:
    """One row per published or invented total.

    Returns (totals x 9)  name, label, published, low, high, achieved, within, source, definition
    """
    targets = tomllib.loads(Path(__file__).with_name("targets.toml").read_text(encoding="utf-8"))["target"]
    measured = _measured(town)
    return (
        pl.DataFrame(targets)
        .with_columns(
            pl.col("low", "high").cast(pl.Float64),
            achieved=pl.col("name").replace_strict(measured, return_dtype=pl.Float64),
        )
        .with_columns(within=pl.col("achieved").is_between("low", "high"))
        .select("name", "label", "published", "low", "high", "achieved", "within", "source", "definition")
    )


def bridged(bijstand: pl.DataFrame) -> pl.DataFrame:
    """Bijstand spells with gaps of at most 30 days closed: bsn, begin, end (inclusive, null = open), reason."""
    rows = bijstand.sort("bsn", "aanvangsdatum")
    gap = (pl.col("aanvangsdatum") - pl.col("einddatum").shift(1)).dt.total_days() - 1
    new = (pl.col("bsn") != pl.col("bsn").shift(1)) | (gap > GAP_DAYS)
    return (
        rows.with_columns(spell=new.fill_null(value=True).cum_sum())
        .group_by("spell", maintain_order=True)
        .agg(
            pl.col("bsn").first(),
            begin=pl.col("aanvangsdatum").first(),
            end=pl.col("einddatum").last(),
            reason=pl.col("reden_beeindiging").last(),
        )
        .with_columns(years=(pl.col("end") - pl.col("begin")).dt.total_days() / DAYS_PER_YEAR)
    )


def complete_period(town: Town) -> tuple[date, date]:
    """First day, and day after the last, of what is no longer provisional; at least one month."""
    until = months_before(town.peildatum, PROVISIONAL_MONTHS)
    return town.window_from, max(until, months_before(town.window_from, -1))


def _measured(town: Town) -> dict[str, float]:
    spells = bridged(town.tables["bijstand"])
    return _flows(spells, town) | _running(spells, town) | _returns(spells, town) | _people(town) | _elsewhere(town)


def _flows(spells: pl.DataFrame, town: Town) -> dict[str, float]:
    since, until = complete_period(town)
    span = (until - since).days / DAYS_PER_YEAR
    entries = spells.filter(pl.col("begin").is_between(since, until, closed="left"))
    exits = spells.filter(pl.col("end").is_between(since, until, closed="left"))
    stock = _mean_stock(spells, since, until) * span
    without_aow = exits.filter(pl.col("reason") != "03")
    work = exits.filter(pl.col("reason").is_in(AT_WORK))
    return {
        "inflow_rate": entries.height / stock,
        "outflow_rate": exits.height / stock,
        "outflow_rate_without_aow": without_aow.height / stock,
        "aow_share": _share(exits, pl.col("reason") == "03"),
        "exits_to_work": _share(exits, pl.col("reason").is_in(AT_WORK)),
        "work_exits_under_6m": _share(work, pl.col("years") < ENDED["ended_6_to_12m"][0]),
        "work_exits_over_3y": _share(work, pl.col("years") >= ENDED["ended_3_to_4y"][0]),
    } | {
        name: _share(without_aow, pl.col("years").is_between(*limits, closed="left")) for name, limits in ENDED.items()
    }


def _mean_stock(spells: pl.DataFrame, since: date, until: date) -> float:
    """Return the mean number of persons on the first day of each month of the period."""
    firsts = pl.DataFrame({"month": pl.date_range(since, until, "1mo", closed="left", eager=True)})
    return sum(_open_on(spells, month).height for month in firsts["month"]) / firsts.height


def _open_on(spells: pl.DataFrame, moment: date) -> pl.DataFrame:
    open_then = pl.col("end").is_null() | (pl.col("end") >= moment)
    return spells.filter((pl.col("begin") <= moment) & open_then)


def _running(spells: pl.DataFrame, town: Town) -> dict[str, float]:
    now = _open_on(spells, town.peildatum)
    years = (pl.lit(town.peildatum) - pl.col("begin")).dt.total_days() / DAYS_PER_YEAR
    return {
        "stock": now.height,
        "running_under_6m": _share(now, years < ENDED["ended_under_6m"][1]),
        "running_6_to_12m": _share(now, years.is_between(*ENDED["ended_6_to_12m"], closed="left")),
        "running_over_2y": _share(now, years >= ENDED["ended_2_to_3y"][0]),
        "running_over_5y": _share(now, years >= ENDED["ended_over_5y"][0]),
    }


def _returns(spells: pl.DataFrame, town: Town) -> dict[str, float]:
    """Re-entries among entries, and who is back 18 months after an exit to work."""
    since, until = complete_period(town)
    before = pl.when(pl.col("bsn") == pl.col("bsn").shift(1)).then(pl.col("end").shift(1))
    entries = spells.with_columns(left=before).filter(pl.col("begin").is_between(since, until, closed="left"))
    at_work = _regular_work(spells, town).with_columns(later=pl.col("end").dt.offset_by("18mo"))
    cohort = at_work.filter((pl.col("end") >= since) & (pl.col("later") < until)).select("bsn", "later")
    there = cohort.sort("later").join_asof(
        spells.select("bsn", "begin", "end").sort("begin"),
        left_on="later",
        right_on="begin",
        by="bsn",
        check_sortedness=False,
    )
    return {
        "reentry_within_a_year": _share(entries, pl.col("begin") < pl.col("left").dt.offset_by("12mo")),
        "back_18m_after_work": _share(there, pl.col("end").is_null() | (pl.col("end") >= pl.col("later"))),
    }


def _regular_work(spells: pl.DataFrame, town: Town) -> pl.DataFrame:
    """Return exits to work that are no Startbaan: none starts on the day after the last day of bijstand."""
    contracts = town.tables["startbaan"].select("bsn", starts="datum_start")
    return (
        spells.filter(pl.col("reason").is_in(AT_WORK))
        .with_columns(starts=pl.col("end").dt.offset_by("1d"))
        .join(contracts, on=["bsn", "starts"], how="anti", maintain_order="left")
    )


def _people(town: Town) -> dict[str, float]:
    now = town.tables["bijstand"].filter(pl.col("einddatum").is_null())
    persons = now.select("bsn", "leefvorm", "soort_inkomsten").join(
        town.tables["client"].select("bsn", "geboortejaar", "wijkcode"), on="bsn", how="left"
    )
    age = town.peildatum.year - pl.col("geboortejaar").cast(pl.Int32)
    wijk = pl.col("wijkcode")
    return {
        "age_under_27": _share(persons, age < 27),  # noqa: PLR2004 - the age groups of CBS
        "age_27_to_45": _share(persons, age.is_between(27, 44)),
        "age_over_45": _share(persons, age >= 45),  # noqa: PLR2004
        "in_couples": _share(persons, pl.col("leefvorm") == "3"),
        "diezerpoort_holtenbroek": _share(persons, wijk.is_in(["WK019311", "WK019330"])),
        "stadshagen": _share(persons, wijk == "WK019322"),
        "schelle": _share(persons, wijk == "WK019350"),
        "part_time_income": _share(persons, pl.col("soort_inkomsten") == "11"),
    }


def _elsewhere(town: Town) -> dict[str, float]:
    """Persons in each of the other registers at the peildatum."""
    here = {
        name: town.tables[name].filter(pl.col(end).is_null()).select("bsn").unique() for name, end in REGISTERS.items()
    }
    benefit = town.tables["bijstand"].filter(pl.col("einddatum").is_null())
    without = here["dagbesteding"].join(benefit, on="bsn", how="anti")
    return {name: float(frame.height) for name, frame in here.items()} | {
        "dagbesteding_without_bijstand": float(without.height)
    }


def _share(frame: pl.DataFrame, which: pl.Expr) -> float:
    """Share of rows for which this is true; null counts as no; 0 for an empty frame."""
    return frame.filter(which).height / max(frame.height, 1)
