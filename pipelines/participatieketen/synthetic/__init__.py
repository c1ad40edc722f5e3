"""A fictional town's deliveries: a stated multi-state model, calibrated to published totals.

Nobody in it exists. docs/fictieve-stad.md says what was published, what was invented and how close the town comes.
"""

from participatieketen.synthetic.calibration import achieved
from participatieketen.synthetic.town import Town, make_town
from participatieketen.synthetic.write import was_delivered, write_deliveries

__all__ = ["Town", "achieved", "make_town", "was_delivered", "write_deliveries"]
