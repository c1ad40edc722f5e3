"""What chance can do, as formulas on numbers: ranges, points, differences and signals of counts that were rounded."""

from participatieketen.chance.control_chart import control_chart
from participatieketen.chance.difference import difference_p, holm
from participatieketen.chance.share import has_point, rounding_variance, share_range
from participatieketen.chance.signal import HEADLINE, LEAST_MONTHS, LIMIT, newest_signal, usual_month

__all__ = [
    "HEADLINE",
    "LEAST_MONTHS",
    "LIMIT",
    "control_chart",
    "difference_p",
    "has_point",
    "holm",
    "newest_signal",
    "rounding_variance",
    "share_range",
    "usual_month",
]
