"""timeline -> steps, stock and flow, history, and the counts that go to disclosure. Pure: a frame in, a frame out."""

from participatieketen.moves.changes import steps
from participatieketen.moves.counts import counts, matrix
from participatieketen.moves.flow import stock_flow
from participatieketen.moves.groups import groupings, groups
from participatieketen.moves.history import history

__all__ = ["counts", "groupings", "groups", "history", "matrix", "steps", "stock_flow"]
