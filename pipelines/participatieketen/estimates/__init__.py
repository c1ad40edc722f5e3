"""Multi-state estimates with standard errors: exact on ties, delayed entry and reversible states; deterministic.

Every function takes a history: one row per person and stay, `person, state, start, stop, to`, where start < stop are
numbers and `to` is null when the stay is censored at stop. `by` names columns to group by.
"""

from participatieketen.estimates.aalen_johansen import (
    landmark_occupancy,
    occupancy,
    risk_table,
    transition_probabilities,
)
from participatieketen.estimates.band import band
from participatieketen.estimates.incidence import cumulative_incidence, sojourn

__all__ = [
    "band",
    "cumulative_incidence",
    "landmark_occupancy",
    "occupancy",
    "risk_table",
    "sojourn",
    "transition_probabilities",
]
