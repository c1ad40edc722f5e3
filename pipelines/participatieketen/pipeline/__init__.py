"""A run from end to end: deliveries -> extract -> released tables -> published report, as a pipeline TOML says."""

from participatieketen.pipeline.definition import Pipeline, read, with_parameters
from participatieketen.pipeline.faults import told
from participatieketen.pipeline.keys import needs_town_key
from participatieketen.pipeline.load import Loaded, check, load, locked
from participatieketen.pipeline.record import Record, records
from participatieketen.pipeline.run import Site, audit, run
from participatieketen.pipeline.upkeep import retain, rotate

__all__ = [
    "Loaded",
    "Pipeline",
    "Record",
    "Site",
    "audit",
    "check",
    "load",
    "locked",
    "needs_town_key",
    "read",
    "records",
    "retain",
    "rotate",
    "run",
    "told",
    "with_parameters",
]
