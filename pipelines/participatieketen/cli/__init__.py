"""The command `keten`."""

from participatieketen.cli.commands import main

__all__ = ["main"]
