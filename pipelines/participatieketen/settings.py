"""A TOML file that steers a run -> a frozen dataclass, or one Dutch line that says what is wrong with it."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from participatieketen.errors import WrongUse

STRICT = ConfigDict(extra="forbid")
"""Give a dataclass `__pydantic_config__ = STRICT` and a misspelt key is an error."""

Settings = TypeVar("Settings")

_PROBLEMS = {
    "missing": "ontbreekt",
    "unexpected_keyword_argument": "is geen bekende sleutel",
    "extra_forbidden": "is geen bekende sleutel",
}


def read(path: Path, kind: type[Settings], **defaults: object) -> Settings:
    """Return the file as a `kind`; `defaults` are values that the file itself does not hold.

    Raises WrongUse naming the file and the first key that does not fit, and how many there are.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUse(f"{path} bestaat niet: controleer de naam.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path} is geen geldige TOML ({error}): verbeter het bestand.") from None
    try:
        return TypeAdapter(kind).validate_python(table | defaults)
    except ValidationError as error:
        raise WrongUse(f"{path}: {_problem(error)}") from None


def _problem(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "het bestand"
    if first["type"] == "value_error":
        problem = str(first["ctx"]["error"])
    else:
        problem = _PROBLEMS.get(first["type"], f"past niet ({first['type']})")
    more = error.error_count() - 1
    return f"{place} {problem}{f' (en nog {more})' if more else ''}: verbeter het bestand."
