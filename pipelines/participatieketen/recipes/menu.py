"""Everything that a recipe can be of: which released tables it takes, and what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dish:
    """A chart, a table or a list of findings.

    tables   names of the released tables that it is made of, in order
    choices  parameter -> its kind: direction, grouping, or group (the code of a group of that grouping)
    optional the parameters that may be left out
    chart    it is drawn; else it is text
    """

    tables: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    chart: bool = False


DIRECTIONS = ("vooruit", "terug")

_GROUPING = {"grouping": "grouping"}
_GROUP = {"grouping": "grouping", "group": "group"}
_FLOWS = ("released_stock_flow", "group_label")

MENU: Mapping[str, Dish] = {
    "charts.after_step_back": Dish(("estimate",), chart=True),
    "charts.again_table": Dish(("estimate",)),
    "charts.arc_diagram": Dish(("step_year", "stock"), chart=True),
    "charts.audit_table": Dish(("audited",)),
    "charts.bounce_table": Dish(("estimate",)),
    "charts.control_chart": Dish(("step_month",), {"direction": "direction"}, chart=True),
    "charts.delivery_table": Dish(("delivery",)),
    "charts.duration_table": Dish(("estimate",)),
    "charts.first_step_chart": Dish(("estimate",), chart=True),
    "charts.gap_table": Dish(("estimate",)),
    "charts.group_beside": Dish(("group_share",), _GROUP, chart=True),
    "charts.group_chart": Dish(("group_share",), _GROUPING, chart=True),
    "charts.group_people": Dish(_FLOWS, _GROUP, frozenset({"group"}), chart=True),
    "charts.group_table": Dish(_FLOWS, _GROUPING),
    "charts.group_traffic": Dish(_FLOWS, _GROUP, frozenset({"group"}), chart=True),
    "charts.lasting_chart": Dish(("estimate",), chart=True),
    "charts.monthly_steps": Dish(("step_month",), chart=True),
    "charts.notes": Dish(),
    "charts.occupancy_chart": Dish(("estimate",), chart=True),
    "charts.positions": Dish(),
    "charts.recovery_chart": Dish(("estimate",), chart=True),
    "charts.return_table": Dish(("estimate", "published")),
    "charts.sensitivity_table": Dish(("estimate",)),
    "charts.stock_per_position": Dish(("stock",), chart=True),
    "charts.transition_table": Dish(("year_matrix",), chart=True),
    "charts.verdict_table": Dish(("verdict",)),
    "findings.attention": Dish(),
    "findings.cards": Dish(),
    "findings.differences": Dish(),
    "findings.more": Dish(),
    "findings.news_table": Dish(),
}
"""By the name that a notebook calls it by. A dish without tables is made of the release as a whole."""
