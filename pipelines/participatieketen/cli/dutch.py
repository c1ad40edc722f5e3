"""typer's own words in Dutch: help, usage and what is wrong with a command line."""

from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

rich_utils.ARGUMENTS_PANEL_TITLE = "Argumenten"
rich_utils.OPTIONS_PANEL_TITLE = "Opties"
rich_utils.COMMANDS_PANEL_TITLE = "Opdrachten"
rich_utils.DEFAULT_STRING = "[standaard: {}]"
rich_utils.REQUIRED_LONG_STRING = "[verplicht]"

_USAGE = "Gebruik: "
_PROBLEMS = {
    "NoArgsIsHelpError": "er is nog geen opdracht gegeven",
    "NoSuchOption": "een optie bestaat niet",
    "MissingParameter": "er ontbreekt een argument of optie",
    "BadParameter": "een waarde past niet bij zijn optie of argument",
    "BadOptionUsage": "een optie mist haar waarde",
}


class Command(TyperCommand):
    """A command that explains itself in Dutch."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401, D102 - as inherited
        return _explained(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, D102
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)


class Group(TyperGroup):
    """A group of commands that explains itself in Dutch."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401, D102 - as inherited
        return _explained(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, D102
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)


def _explained(option: Any) -> Any:  # noqa: ANN401 - typer keeps the type of an option to itself
    if option is not None:
        option.help = "Toon deze uitleg."
    return option


def problem(error: TyperException) -> str:
    """Return in one line what is wrong with the command line; never what was typed."""
    what = next((text for kind, text in _PROBLEMS.items() if kind in _kinds(error)), "deze opdracht bestaat niet")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "keten"
    return f"De opdracht klopt niet: {what}. Kijk in {command} --help."


def _kinds(error: TyperException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]
