"""Deliveries of the registers -> extract.duckdb: every byte kept, every row accounted for, no BSN past this room."""

from participatieketen.intake.build import Intake, Refused, build
from participatieketen.intake.load import Delivery
from participatieketen.intake.receive import Entry, Received, current, kept, read_log, receive
from participatieketen.intake.retention import Retention, expire, read_months, write_months
from participatieketen.intake.sources import Person, Source, read_sources

__all__ = [
    "Delivery",
    "Entry",
    "Intake",
    "Person",
    "Received",
    "Refused",
    "Retention",
    "Source",
    "build",
    "current",
    "expire",
    "kept",
    "read_log",
    "read_months",
    "read_sources",
    "receive",
    "write_months",
]
