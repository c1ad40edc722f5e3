"""What a lock pins, what every pinned release asks for, and what is lacking in which environment.

A lock is `requirements.lock`, or `requirements-<extra>.lock` of an extra that has one of its own. Beside it stands its
record, `*.metadata.json`: name, version, marker, extras, Requires-Python and Requires-Dist of every pin, as
`tests/lock.py` read them from the releases. With both, whether the lock is complete is known without a registry.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

MACHINES = (
    ("Linux", "x86_64"),
    ("Linux", "aarch64"),
    ("Darwin", "arm64"),
    ("Darwin", "x86_64"),
    ("Windows", "AMD64"),
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
FIRST, LAST = 0, 99  # patches of a Python between which every other one lies
SYSTEMS = {"Linux": ("linux", "posix"), "Darwin": ("darwin", "posix"), "Windows": ("win32", "nt")}


@dataclass(frozen=True)
class Environment:
    """A machine with CPython: `platform.system()`, `platform.machine()`, `platform.python_version()`."""

    system: str
    machine: str
    python: str

    def variables(self) -> dict[str, str]:
        """Return what a marker may ask (PEP 508); the release and the version of the system are left empty."""
        sys_platform, os_name = SYSTEMS[self.system]
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python,
            "os_name": os_name,
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": self.python,
            "python_version": ".".join(self.python.split(".")[:2]),
            "sys_platform": sys_platform,
        }


@dataclass(frozen=True)
class Pin:
    """One line of a lock, with what its release asks for.

    extras    those that are asked of it, so their requirements count
    marker    where it is installed; None: everywhere
    python    the Pythons that the release takes
    requires  all its requirements, those of extras that nobody asks for included
    """

    name: str
    version: Version
    extras: frozenset[str]
    marker: Marker | None
    python: SpecifierSet
    requires: tuple[Requirement, ...]


def locked(lock: Path) -> list[Requirement]:
    """Return the pins of a lock without their hashes, as they stand."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if line and line[0].isalnum()]


def record_of(lock: Path) -> Path:
    """Return where the record of a lock stands."""
    return lock.with_suffix(".metadata.json")


def recorded(lock: Path) -> list[Pin]:
    """Return the pins of a lock as its record has them."""
    return [
        Pin(
            name=entry["name"],
            version=Version(entry["version"]),
            extras=frozenset(entry["extras"]),
            marker=Marker(entry["marker"]) if entry["marker"] else None,
            python=SpecifierSet(entry["requires_python"]),
            requires=tuple(map(Requirement, entry["requires"])),
        )
        for entry in json.loads(record_of(lock).read_text(encoding="utf-8"))
    ]


def wanted(project: Path, extra: str) -> list[Requirement]:
    """Return what a pyproject.toml asks for, to run with an extra."""
    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in table["dependencies"] + table["optional-dependencies"][extra]]


def needed_to_build(project: Path) -> list[Requirement]:
    """Return what a pyproject.toml asks for, to build the project."""
    return [
        Requirement(line) for line in tomllib.loads(project.read_text(encoding="utf-8"))["build-system"]["requires"]
    ]


def environments(texts: Iterable[str]) -> list[Environment]:
    """Return every environment for which markers and Requires-Python, as text, can differ.

    Each machine with each Python: its first and last patch, and those at and beside any patch that a text names.
    """
    named = {match for text in texts for match in re.findall(r"\b(3\.\d+)\.(\d+)\b", text)}
    beside = {(minor, int(patch) + step) for minor, patch in named for step in (-1, 0, 1)}
    patches = {(minor, patch) for minor, patch in beside if minor in PYTHONS and patch >= FIRST}
    patches |= set(product(PYTHONS, (FIRST, LAST)))
    pythons = [f"{minor}.{patch}" for minor, patch in sorted(patches)]
    return [Environment(*machine, python) for machine, python in product(MACHINES, pythons)]


def conditions(pin: Pin) -> Iterator[str]:
    """Yield what of a pin can differ between environments, as text."""
    yield from (str(pin.marker), str(pin.python), *(str(asked.marker) for asked in pin.requires))


@cache
def holds(marker: Marker | None, environment: Environment, extra: str = "") -> bool:
    """Return whether a marker is true somewhere, for an extra or for none."""
    return marker is None or marker.evaluate({**environment.variables(), "extra": extra})


def within(pins: Iterable[Pin], environment: Environment) -> list[Pin]:
    """Return the pins that are installed in an environment."""
    return [pin for pin in pins if holds(pin.marker, environment)]


def gaps(pins: Iterable[Pin], project: Iterable[Requirement], environment: Environment) -> list[str]:
    """Return what keeps an environment from being whole: a line for each thing that is asked for and not locked.

    Empty means that installing the pins without resolving gives what a resolver would accept.
    """
    here = within(pins, environment)
    of_name = {pin.name: pin for pin in here}
    lines = [f"{pin.name} is locked twice" for pin in here if of_name[pin.name] is not pin]
    lines += [f"{pin.name} {pin.version} takes no {environment.python}" for pin in here if not takes(pin, environment)]
    lines += [line for asked in project for line in lacking("the project", asked, of_name, environment)]
    for pin in here:
        for asked in pin.requires:
            lines += lacking(pin.name, asked, of_name, environment, pin.extras)
    return lines


def takes(pin: Pin, environment: Environment) -> bool:
    """Return whether a release takes the Python of an environment."""
    return pin.python.contains(environment.python, prereleases=True)


def lacking(
    asker: str,
    asked: Requirement,
    here: dict[str, Pin],
    environment: Environment,
    extras: Iterable[str] = (),
) -> Iterator[str]:
    """Yield what a requirement asks for and the pins of an environment lack; nothing where it does not count."""
    if not any(holds(asked.marker, environment, extra) for extra in ("", *extras)):
        return
    pin = here.get(canonicalize_name(asked.name))
    if pin is None:
        yield f"{asker} asks for {asked.name}: not locked"
    elif asked.url:
        yield f"{asker} asks for {asked.name} from a place of its own"
    elif not asked.specifier.contains(pin.version, prereleases=True):
        yield f"{asker} asks for {asked.name}{asked.specifier}: locked is {pin.version}"
    elif absent := {canonicalize_name(extra) for extra in asked.extras} - pin.extras:
        yield f"{asker} asks for {asked.name}[{', '.join(sorted(absent))}]: not locked"
