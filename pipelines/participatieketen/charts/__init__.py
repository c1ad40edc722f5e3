"""Released tables as charts and tables in plain Dutch: the finding as title, the same values as a table beside it."""

from participatieketen.charts.after_step_back import after_step_back
from participatieketen.charts.again import again_table
from participatieketen.charts.arc import arc_diagram
from participatieketen.charts.control import control_chart
from participatieketen.charts.estimate_tables import (
    bounce_table,
    duration_table,
    gap_table,
    return_table,
    sensitivity_table,
)
from participatieketen.charts.figure import Figure, Table
from participatieketen.charts.first_step import first_step_chart
from participatieketen.charts.group_people import (
    group_label,
    group_people,
    group_table,
    group_traffic,
    groups_shown,
)
from participatieketen.charts.groups import group_beside, group_chart
from participatieketen.charts.lasting import lasting_chart
from participatieketen.charts.matrix import transition_table
from participatieketen.charts.monthly import monthly_steps
from participatieketen.charts.occupancy import occupancy_chart
from participatieketen.charts.own import own
from participatieketen.charts.recovery import recovery_chart
from participatieketen.charts.render import plain_svg, png
from participatieketen.charts.sentence import Sentence, sentence
from participatieketen.charts.stock import stock_per_position
from participatieketen.charts.tables import audit_table, delivery_table, notes, positions, verdict_table
from participatieketen.charts.theme import colours_css
from participatieketen.readings import grouping_name, groupings

__all__ = [
    "Figure",
    "Sentence",
    "Table",
    "after_step_back",
    "again_table",
    "arc_diagram",
    "audit_table",
    "bounce_table",
    "colours_css",
    "control_chart",
    "delivery_table",
    "duration_table",
    "first_step_chart",
    "gap_table",
    "group_beside",
    "group_chart",
    "group_label",
    "group_people",
    "group_table",
    "group_traffic",
    "grouping_name",
    "groupings",
    "groups_shown",
    "lasting_chart",
    "monthly_steps",
    "notes",
    "occupancy_chart",
    "own",
    "plain_svg",
    "png",
    "positions",
    "recovery_chart",
    "return_table",
    "sensitivity_table",
    "sentence",
    "stock_per_position",
    "transition_table",
    "verdict_table",
]
