"""timeline -> steps, stock and flow, history, and the counts that go to disclosure. Pure: a frame in, a frame out."""

from participatieketen.moves.changes import steps
from participatieketen.moves.counts import counts, matrix
from participatieketen.moves.flow import stock_flow, stock_flow_by_month
from participatieketen.moves.history import history

__all__ = ["counts", "history", "matrix", "steps", "stock_flow", "stock_flow_by_month"]
