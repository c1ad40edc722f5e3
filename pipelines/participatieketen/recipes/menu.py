"""Everything that a recipe can be of: which released tables it takes, and what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MenuItem:
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

MENU: Mapping[str, MenuItem] = {
    "charts.after_step_back": MenuItem(("estimate",), chart=True),
    "charts.again_table": MenuItem(("estimate",)),
    "charts.arc_diagram": MenuItem(("step_year", "stock"), chart=True),
    "charts.audit_table": MenuItem(("audited",)),
    "charts.bounce_table": MenuItem(("estimate",)),
    "charts.control_chart": MenuItem(("step_month",), {"direction": "direction"}, chart=True),
    "charts.delivery_table": MenuItem(("delivery",)),
    "charts.duration_table": MenuItem(("estimate",)),
    "charts.first_step_chart": MenuItem(("estimate",), chart=True),
    "charts.gap_table": MenuItem(("estimate",)),
    "charts.group_beside": MenuItem(("group_share",), _GROUP, chart=True),
    "charts.group_chart": MenuItem(("group_share",), _GROUPING, chart=True),
    "charts.group_people": MenuItem(_FLOWS, _GROUP, frozenset({"group"}), chart=True),
    "charts.group_table": MenuItem(_FLOWS, _GROUPING),
    "charts.group_traffic": MenuItem(_FLOWS, _GROUP, frozenset({"group"}), chart=True),
    "charts.lasting_chart": MenuItem(("estimate",), chart=True),
    "charts.monthly_steps": MenuItem(("step_month",), chart=True),
    "charts.notes": MenuItem(),
    "charts.occupancy_chart": MenuItem(("estimate",), chart=True),
    "charts.own": MenuItem(chart=True),
    "charts.positions": MenuItem(),
    "charts.recovery_chart": MenuItem(("estimate",), chart=True),
    "charts.return_table": MenuItem(("estimate", "published")),
    "charts.sensitivity_table": MenuItem(("estimate",)),
    "charts.stock_per_position": MenuItem(("stock",), chart=True),
    "charts.transition_table": MenuItem(("year_matrix",), chart=True),
    "charts.verdict_table": MenuItem(("verdict",)),
    "findings.attention": MenuItem(),
    "findings.cards": MenuItem(),
    "findings.differences": MenuItem(),
    "findings.more": MenuItem(),
    "findings.news_table": MenuItem(),
    "zin": MenuItem(),
}
"""By the name that a notebook calls it by. An item without tables is made of the release as a whole.

A sentence (`zin`) and an own chart take their tables from what they name: `recipes.sentence`, `recipes.own_chart`.
"""

TABLES = frozenset(table for item in MENU.values() for table in item.tables)
"""The released tables that a notebook can name."""
