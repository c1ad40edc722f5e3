"""The fictional town: people, their histories, and the registers that hold them at the peildatum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from participatieketen.errors import WrongUse
from participatieketen.months import months_before
from participatieketen.synthetic import activities
from participatieketen.synthetic.bijstand import Frame, adult_spells, applicant_spells, bijstand, with_breaks
from participatieketen.synthetic.bsn import draw_bsns
from participatieketen.synthetic.clients import clients
from participatieketen.synthetic.dagbesteding import dagbesteding
from participatieketen.synthetic.households import adults, households, in_bijstand_by_household
from participatieketen.synthetic.known import known_counts, known_people, known_rows
from participatieketen.synthetic.model import OVERLEDEN, WITH_BIJSTAND, Model, day, read_model
from participatieketen.synthetic.simulate import MOVE, draw_people, simulate
from participatieketen.synthetic.spans import event_frame, in_states

MONTHS_BEFORE: Final = 13  # so that a return within a year can be seen from the first month on
DAYS_TO_DELIVERY: Final = 6
SOURCE: Final = "FICTIEF"
DEFAULT_PERSONS, DEFAULT_MONTHS, DEFAULT_SEED = 3_700, 51, 193
LAST_PEILDATUM: Final = date(2026, 1, 1)
"""The town is drawn up to this day; on an earlier peildatum its registers show what they knew by then."""


@dataclass(frozen=True)
class Town:
    """A town at its peildatum.

    tables  what the registers hold, by contract name; the person is `bsn`
    events  the true histories: household, day, source, target, kind (see simulate)
    spells  the true bijstand spells of all adults: person, start, stop, leads_to (days since 1970)
    """

    model: Model
    persons: int
    months: int
    seed: int
    peildatum: date
    window_from: date
    tables: Mapping[str, pl.DataFrame]
    events: pl.DataFrame
    spells: pl.DataFrame


def make_town(
    persons: int = DEFAULT_PERSONS,
    months: int = DEFAULT_MONTHS,
    seed: int = DEFAULT_SEED,
    peildatum: date = LAST_PEILDATUM,
) -> Town:
    """Return a town with `persons` adults in bijstand on the last peildatum, followed for `months` months up to it.

    The same arguments give the same town. Another peildatum gives the same people: only what their registers know
    differs, as from one monthly delivery to the next. Raises WrongUse when the arguments make no town.
    """
    _check(persons, months, peildatum)
    model, end = read_model(), day(LAST_PEILDATUM)
    rng = {name: np.random.default_rng([seed, number]) for number, name in enumerate(_PIECES)}
    events, homes = _population(model, persons, end, rng)
    window_from = months_before(LAST_PEILDATUM, months)
    frame = Frame(
        model=model,
        end=end,
        keep_from=day(months_before(window_from, MONTHS_BEFORE)),
        people=adults(homes, rng["adults"]),
        deaths=_deaths(events),
    )
    spells = adult_spells(applicant_spells(events, model, rng["gaps"]), frame, rng["partners"])
    drawn = _registers(events, spells, frame, rng)
    people = clients(drawn, frame, rng["clients"])
    numbers = _numbers(people, rng["bsn"])
    known = known_rows(drawn, day(peildatum))
    known = {"client": known_people(people, known, frame.deaths, day(peildatum))} | known
    counts = known_counts(activities.sah_deelname(LAST_PEILDATUM, persons, rng["sah"]), peildatum)
    return Town(
        model=model,
        persons=persons,
        months=months,
        seed=seed,
        peildatum=peildatum,
        window_from=window_from,
        tables=_delivered(_with_bsn(known, numbers) | {"sah_deelname": counts}, peildatum),
        events=events,
        spells=spells.select("person", "start", "stop", "leads_to"),
    )


_PIECES: Final = (
    *("people", "histories", "luck", "households", "adults", "gaps", "partners", "breaks", "bijstand"),
    *("dagbesteding", "startbaan", "cooperatie", "innovatielab", "sah", "clients", "bsn"),
)
"""Each piece has its own stream of random numbers, so that a change in one leaves the others as they were."""


def _check(persons: int, months: int, peildatum: date) -> None:
    if persons < 1:
        raise WrongUse(f"--persons is {persons}: kies een getal vanaf 1.")
    if not 1 <= months <= _MOST_MONTHS:
        raise WrongUse(f"--months is {months}: kies een getal van 1 tot en met {_MOST_MONTHS}.")
    if not months_before(LAST_PEILDATUM, months) < peildatum <= LAST_PEILDATUM:
        raise WrongUse(
            f"--peildatum is {peildatum}: kies een dag tot en met {LAST_PEILDATUM}, "
            f"binnen de {months} maanden daarvoor."
        )


_MOST_MONTHS: Final = 240


def _population(
    model: Model, persons: int, end: int, rng: Mapping[str, np.random.Generator]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return events and households: as many households as it takes to have this many adults in bijstand.

    Households are exchangeable, so the first ones that together reach the number are a fair draw.
    """
    per_household = model.numbers["years_in_bijstand"] / model.numbers["burn_in_years"]
    number = int(persons * (1.06 + 6 / persons**0.5) / per_household) + 50
    people = draw_people(model, number, end, rng["people"])
    events = event_frame(simulate(model, people, end, rng["histories"]), rng["luck"])
    homes = households(model, people, rng["households"])
    stock = in_bijstand_by_household(in_states(events, WITH_BIJSTAND), homes, end, model.numbers["aow_age"]).cumsum()
    cut = min(int(np.searchsorted(stock, persons)) + 1, number)
    return events.filter(pl.col("person") < cut), homes.head(cut)


def _deaths(events: pl.DataFrame) -> pl.DataFrame:
    died = events.filter((pl.col("kind") == MOVE) & (pl.col("target") == OVERLEDEN))
    return died.select("person", died="day")


def _registers(
    events: pl.DataFrame, spells: pl.DataFrame, frame: Frame, rng: Mapping[str, np.random.Generator]
) -> dict[str, pl.DataFrame]:
    """Every register of rows about persons on the last peildatum; persons are numbers still."""
    whole = activities.members(events)
    pieces = with_breaks(spells, frame, whole, rng["breaks"])
    return {
        "bijstand": bijstand(pieces, whole, frame, rng["bijstand"]),
        "startbaan": activities.startbaan(events, frame, rng["startbaan"]),
        "sociale_cooperatie": activities.sociale_cooperatie(events, frame, rng["cooperatie"]),
        "dagbesteding": dagbesteding(events, frame, rng["dagbesteding"]),
        "innovatielab": activities.innovatielab(events, frame, rng["innovatielab"]),
    }


def _numbers(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row per person with a test BSN: person, bsn."""
    return people.select("person", bsn=pl.Series(draw_bsns(people.height, rng)).cast(pl.String))


def _with_bsn(tables: dict[str, pl.DataFrame], numbers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Replace person numbers by BSNs; rows in order of BSN."""
    return {
        name: table.join(numbers, on="person", how="left", maintain_order="left")
        .select("bsn", pl.exclude("bsn", "person"))
        .sort("bsn", maintain_order=True)
        for name, table in tables.items()
    }


def _delivered(tables: dict[str, pl.DataFrame], peildatum: date) -> dict[str, pl.DataFrame]:
    """Add what every delivery carries: leverdatum, peildatum, bronsysteem."""
    return {
        name: table.with_columns(
            leverdatum=pl.lit(peildatum + timedelta(days=DAYS_TO_DELIVERY)),
            peildatum=pl.lit(peildatum),
            bronsysteem=pl.lit(SOURCE),
        )
        for name, table in tables.items()
    }


def true_stock(town: Town) -> int:
    """Adults who really are in bijstand on the peildatum."""
    end = day(town.peildatum)
    return town.spells.filter((pl.col("start") <= end) & (pl.col("stop") > end)).height
