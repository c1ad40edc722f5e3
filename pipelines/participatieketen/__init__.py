"""Follow residents through the participatieketen in both directions, and never show a person."""

import sys

# jsonschema, which altair imports, compiles a grammar of web addresses in other scripts if it finds this package: over
# a second of every command, notebook and kernel. No chart checks such an address, and jsonschema goes on without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None: there is no such module

if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):  # in a notebook, and nowhere else
    from participatieketen.lab import furnish

    furnish(shell)
