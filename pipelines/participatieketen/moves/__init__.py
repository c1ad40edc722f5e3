"""timeline -> steps, stock and flow, and the counts that go to disclosure. Pure: a frame in, a frame out."""

from participatieketen.moves.changes import steps
from participatieketen.moves.counts import counts, matrix
from participatieketen.moves.flow import stock_flow

__all__ = ["counts", "matrix", "steps", "stock_flow"]
