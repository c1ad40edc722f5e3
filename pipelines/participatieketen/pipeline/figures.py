"""What goes to disclosure besides the counts: the estimates of a run, and public figures to set beside them."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from participatieketen import moves, settings, timelines
from participatieketen.chain import Chain
from participatieketen.estimates.groups import group_shares
from participatieketen.estimates.measures import measures, sensitivity
from participatieketen.estimates.populations import starts
from participatieketen.groups import members
from participatieketen.pipeline.definition import Pipeline
from participatieketen.pipeline.load import Loaded

GAPS = (0, 60)
"""Days; the gaps that are tried beside the chain's own."""


@dataclass(frozen=True)
class Published:
    """A public figure with the same definition as a measure of `estimate`: part / whole, and what still differs."""

    __pydantic_config__ = settings.STRICT
    measure: str
    area: str
    period: str
    part: int
    whole: int
    source: str
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """A file of public figures."""

    __pydantic_config__ = settings.STRICT
    figures: tuple[Published, ...] = ()


def published(path: Path | None) -> pl.DataFrame:
    """Return (figures x 6) measure, area, period, source, note, share; empty without a file. Raises WrongUse."""
    figures = settings.read(path, Figures).figures if path else ()
    schema = dict.fromkeys(("measure", "area", "period", "source", "note"), pl.String) | {"share": pl.Float64}
    rows = [asdict(figure) | {"share": round(figure.part / figure.whole, 2)} for figure in figures]
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


def known(pipeline: Pipeline) -> pl.DataFrame:
    """Return (figures x 7) the counts that the public knows: the name of each cell, and its persons."""
    names = ("family", "grouping", "group_code", "month", "from_position", "to_position")
    schema = dict.fromkeys(names, pl.String) | {"month": pl.Date, "persons": pl.Int64}
    return pl.DataFrame([asdict(one) for one in pipeline.public], schema=schema)


def estimated(loaded: Loaded, pipeline: Pipeline, database: Path) -> dict[str, pl.DataFrame]:
    """Return estimate (`estimates.measures`, also with other gap_days), starts (of what it counts) and group_share.

    Groups are fixed a year before the provisional months; the steps of that year count.
    """
    found, rules, peildatum = loaded.moves, loaded.rules, loaded.built.peildatum
    main = measures(found["timeline"], found["step"], rules, peildatum)
    begun = starts(found["timeline"], found["step"], rules, peildatum)
    tried = [_tried(found["spell"], rules, peildatum, gap) for gap in GAPS if gap != rules.gap_days]
    end = rules.provisional_from(peildatum)
    start = end.replace(year=end.year - 1)
    who = members(database, pipeline.groupings(rules), start)
    shares = group_shares(who, found["step"], found["timeline"], rules, start, end - timedelta(days=1))
    return {"estimate": pl.concat([main, *tried]), "starts": begun, "group_share": shares}


def _tried(spell: pl.DataFrame, rules: Chain, peildatum: date, gap_days: int) -> pl.DataFrame:
    other = replace(rules, gap_days=gap_days)
    timeline = timelines.timeline(spell, other, peildatum)
    return sensitivity(timeline, moves.steps(timeline, other), other, peildatum)
