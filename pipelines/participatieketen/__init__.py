"""Follow residents through the participatieketen in both directions, and never show a person."""

import os
import sys

from participatieketen.places import IN_A_RUN

# jsonschema, which altair imports, compiles a grammar of web addresses in other scripts if it finds this package: over
# a second of every command, notebook and kernel. No chart checks such an address, and jsonschema goes on without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None: there is no such module

_in_ipython = "IPython" in sys.modules and IN_A_RUN not in os.environ
if _in_ipython and (shell := sys.modules["IPython"].get_ipython()):  # in a notebook of an analyst, and nowhere else
    from participatieketen.lab import furnish

    furnish(shell)
