"""A TOML file that steers a run -> a frozen dataclass, or one Dutch line that says what is wrong with it.

Names in such a file become folders, files, tables and addresses. `Name`, `Code` and `Address` are the three kinds there
are: none can be a path, and none is a name that Windows keeps for itself.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError

from participatieketen.errors import WrongUse

STRICT = ConfigDict(extra="forbid")
"""Give a dataclass `__pydantic_config__ = STRICT` and a misspelt key is an error."""

Settings = TypeVar("Settings")

NAME = re.compile("[a-z][a-z0-9_]{0,39}")
CODE = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
ADDRESS = re.compile("[a-z0-9][a-z0-9-]{0,39}")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def is_device(name: str) -> bool:
    """Return whether Windows takes this name for a device: no file can be called so, whatever its suffix."""
    return name.casefold() in _DEVICES


def is_plain(name: str, pattern: re.Pattern[str]) -> bool:
    """Return whether a name fits one of the three patterns and is no device."""
    return pattern.fullmatch(name) is not None and not is_device(name)


def _plain(pattern: re.Pattern[str], made_of: str) -> Callable[[str], str]:
    def plain(name: str) -> str:
        if not is_plain(name, pattern):
            raise ValueError(f"bestaat niet uit {made_of} (hoogstens 40), of is een naam die Windows zelf gebruikt")
        return name

    return plain


Name = Annotated[str, AfterValidator(_plain(NAME, "kleine letters, cijfers en _, eerst een letter"))]
"""Of a chain, register, source, code list or parameter: a table or a file in small letters."""

Code = Annotated[str, AfterValidator(_plain(CODE, "letters, cijfers, _ en -, eerst een letter of cijfer"))]
"""Of a position, a group, an example: it stands in the ledger, in tables and in addresses."""

Address = Annotated[str, AfterValidator(_plain(ADDRESS, "kleine letters, cijfers en -, eerst een letter of cijfer"))]
"""Of a pipeline or a page: a folder or a file that readers see."""


def alike(codes: Iterable[str]) -> bool:
    """Return whether two codes would be one file somewhere: equal but for capitals, - and _."""
    folded = [code.casefold().replace("_", "-") for code in codes]
    return len(set(folded)) < len(folded)


def file_of_kind(place: Path, suffix: str, key: str) -> Path:
    """Return the path of a file that a setting names; raises WrongUse when it is not there or of another kind.

    suffix  with its dot; empty: a folder
    """
    if place.is_file() and place.suffix == suffix if suffix else place.is_dir():
        return place
    raise WrongUse(
        f"{key} noemt {place.name}, maar dat is geen {f'{suffix}-bestand' if suffix else 'map'}: verbeter het."
    )


def file_inside(folder: Path, path: str, suffix: str, key: str) -> Path:
    """Return the file of this kind in a folder or below; raises WrongUse when it is not there or lies elsewhere."""
    place = file_of_kind(folder / path, suffix, key)
    if not place.resolve().is_relative_to(folder.resolve()):
        raise WrongUse(f"{key} noemt {place.name}, maar dat staat buiten de map {folder.name}: zet het daarin.")
    return place


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
    place = ".".join(_shown(part) for part in first["loc"] if part != "[key]") or "het bestand"
    if first["type"] == "value_error":
        problem = str(first["ctx"]["error"])
    else:
        problem = _PROBLEMS.get(first["type"], f"past niet ({first['type']})")
    more = error.error_count() - 1
    return f"{place} {problem}{f' (en nog {more})' if more else ''}: verbeter het bestand."


def _shown(part: str | int) -> str:
    """Return a key as a line shows it; of any other text than a plain one, only that there is one."""
    return str(part) if CODE.fullmatch(str(part)) else "(een sleutel)"
