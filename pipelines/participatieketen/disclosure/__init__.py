"""counts -> Released: the only maker of what may leave. Nothing that reads a Released ever sees a person."""

from participatieketen.disclosure.released import Context, Position, Released, context, open_release, write
from participatieketen.disclosure.rounding import FAMILIES, release

__all__ = ["FAMILIES", "Context", "Position", "Released", "context", "open_release", "release", "write"]
