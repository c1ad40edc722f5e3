"""A run from end to end: deliveries -> extract -> released tables -> published report, as a pipeline TOML says."""

from participatieketen.pipeline.definition import Pipeline, read, with_parameters
from participatieketen.pipeline.load import check, load, locked
from participatieketen.pipeline.record import Record, records
from participatieketen.pipeline.run import Site, audit, run

__all__ = [
    "Pipeline",
    "Record",
    "Site",
    "audit",
    "check",
    "load",
    "locked",
    "read",
    "records",
    "run",
    "with_parameters",
]
