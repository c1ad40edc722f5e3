"""counts -> Released: the only maker of what may leave. Nothing that reads a Released ever sees a person."""

from participatieketen.disclosure import ledger
from participatieketen.disclosure.audit import Audit
from participatieketen.disclosure.release import Release, audited, release
from participatieketen.disclosure.released import (
    Context,
    Position,
    Released,
    context,
    digest,
    open_release,
    stamped,
    write,
)

__all__ = [
    "Audit",
    "Context",
    "Position",
    "Release",
    "Released",
    "audited",
    "context",
    "digest",
    "ledger",
    "open_release",
    "release",
    "stamped",
    "write",
]
