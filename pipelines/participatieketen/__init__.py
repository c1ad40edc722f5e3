"""Follow residents through the participatieketen in both directions, and never show a person."""

import sys

if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):  # in a notebook, and nowhere else
    from participatieketen.lab import furnish

    furnish(shell)
