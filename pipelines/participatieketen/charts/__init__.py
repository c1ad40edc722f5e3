"""Released tables as charts and tables in plain Dutch: the finding as title, the same values as a table beside it."""

from participatieketen.charts.arc import arc_diagram
from participatieketen.charts.figure import Figure, Table
from participatieketen.charts.matrix import transition_table
from participatieketen.charts.monthly import monthly_steps
from participatieketen.charts.render import plain_svg, png
from participatieketen.charts.stock import stock_per_position
from participatieketen.charts.tables import delivery_table, notes, verdict_table
from participatieketen.charts.theme import colours_css

__all__ = [
    "Figure",
    "Table",
    "arc_diagram",
    "colours_css",
    "delivery_table",
    "monthly_steps",
    "notes",
    "plain_svg",
    "png",
    "stock_per_position",
    "transition_table",
    "verdict_table",
]
