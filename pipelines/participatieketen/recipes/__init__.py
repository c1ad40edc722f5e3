"""What a cell of a report shows: a chart, a table, the findings or a sentence by name, of released tables by name.

Nothing is drawn and no table is opened here: a run draws every recipe itself, from its own released tables. Only the
standard library is imported, so that the kernel of a run starts at once.
"""

from participatieketen.recipes.menu import MENU, MenuItem
from participatieketen.recipes.names import TableName, charts, findings, tabellen, verschil, waarde, zin
from participatieketen.recipes.recipe import MIME, WRITTEN, NoRecipe, Recipe, read

__all__ = [
    "MENU",
    "MIME",
    "WRITTEN",
    "MenuItem",
    "NoRecipe",
    "Recipe",
    "TableName",
    "charts",
    "findings",
    "read",
    "tabellen",
    "verschil",
    "waarde",
    "zin",
]
