"""Multi-state estimates with standard errors: exact on ties, delayed entry and reversible states; deterministic.

Every estimator takes a history: one row per person and stay, `person, state, start, stop, to`, where start < stop are
numbers and `to` is null when the stay is censored at stop. `by` names columns to group by. The measures of the chain
take the frames `timeline` and `step` instead, and name the interval they give. No answer has a person in it.
"""

from participatieketen.chance import control_chart
from participatieketen.estimates.aalen_johansen import (
    landmark_occupancy,
    occupancy,
    risk_table,
    transition_probabilities,
)
from participatieketen.estimates.band import band
from participatieketen.estimates.incidence import cumulative_incidence, sojourn
from participatieketen.estimates.indices import complexity, recurrence, volatility
from participatieketen.estimates.intervals import clopper_pearson, garwood
from participatieketen.estimates.rates import inflow_outflow_rate, monthly_move_rate, reentry_share
from participatieketen.estimates.two_way import balance, bounce, lasting_steps, recovery, return_incidence, safety

__all__ = [
    "balance",
    "band",
    "bounce",
    "clopper_pearson",
    "complexity",
    "control_chart",
    "cumulative_incidence",
    "garwood",
    "inflow_outflow_rate",
    "landmark_occupancy",
    "lasting_steps",
    "monthly_move_rate",
    "occupancy",
    "recovery",
    "recurrence",
    "reentry_share",
    "return_incidence",
    "risk_table",
    "safety",
    "sojourn",
    "transition_probabilities",
    "volatility",
]
