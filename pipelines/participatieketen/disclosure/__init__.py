"""counts -> Released: the only maker of what may leave. Nothing that reads a Released ever sees a person."""

from participatieketen.disclosure import ledger
from participatieketen.disclosure.audit import Audit
from participatieketen.disclosure.counting import (
    Counting,
    counted_otherwise,
    counting,
    entered,
    key_of,
    own_lines,
    refuse_other,
)
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
    "Counting",
    "Position",
    "Release",
    "Released",
    "audited",
    "context",
    "counted_otherwise",
    "counting",
    "digest",
    "entered",
    "key_of",
    "ledger",
    "open_release",
    "own_lines",
    "refuse_other",
    "release",
    "stamped",
    "write",
]
