"""The locks are complete: all that is asked for anywhere is pinned, so that installing resolves nothing."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import Distribution, distributions
from pathlib import Path
from platform import machine, python_version, system

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import pins
from participatieketen import places
from pins import Environment, Pin

ROOT = places.project()
PROJECT = ROOT / "pyproject.toml"
LOCKS = {  # by the extra of pyproject.toml that it is for
    path.stem.removeprefix("requirements").removeprefix("-") or "dev": path for path in ROOT.glob("requirements*.lock")
}
HERE = Environment(system(), machine(), python_version())
LINUX = Environment("Linux", "x86_64", "3.11.2")
WINDOWS = Environment("Windows", "AMD64", "3.14.0")
OURS = "participatieketen"
BROUGHT = {"pip", "setuptools"}  # by `python -m venv`; setuptools until Python 3.12


def pin(text: str, *asked: str, python: str = "") -> Pin:
    """Return the pin of a line, with what its release asks for."""
    line = Requirement(text)
    return Pin(
        line.name,
        Version(str(line.specifier).removeprefix("==")),
        frozenset(line.extras),
        line.marker,
        SpecifierSet(python),
        tuple(map(Requirement, asked)),
    )


def everywhere(locked: list[Pin], wanted: list[Requirement]) -> set[str]:
    """Return what is lacking in any environment."""
    places_to_try = pins.environments(text for each in locked for text in pins.conditions(each))
    return {line for environment in places_to_try for line in pins.gaps(locked, wanted, environment)}


def differences(locked: Iterable[Pin], installed: Iterable[Distribution]) -> set[str]:
    """Return what is installed otherwise than a lock says for this environment."""
    of_name = {canonicalize_name(each.name): each for each in installed}
    return {
        each.name
        for each in pins.within(locked, HERE)
        if (found := of_name.get(canonicalize_name(each.name))) is None
        or Version(found.version) != each.version
        or {str(Requirement(line)) for line in found.requires or ()} != set(map(str, each.requires))
    }


@pytest.fixture(params=sorted(LOCKS))
def extra(request: pytest.FixtureRequest) -> str:
    """Return an extra that is locked."""
    return str(request.param)


def test_every_extra_has_a_lock_of_its_own() -> None:
    """The tools of `make test` are in requirements.lock; whatever else is optional is not."""
    optional = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(LOCKS) == set(optional)


def test_nothing_is_asked_for_that_is_not_locked(extra: str) -> None:
    """On Linux, macOS and Windows, with every Python that is served."""
    assert not everywhere(pins.recorded(LOCKS[extra]), pins.wanted(PROJECT, extra))


def test_what_builds_the_project_is_locked() -> None:
    """The editable installation is built with what requirements.lock brought, and fetches nothing."""
    locked = pins.recorded(LOCKS["dev"])
    assert pins.gaps(locked, pins.needed_to_build(PROJECT), LINUX) == []
    assert pins.gaps(locked, [Requirement("flit-core")], LINUX) == ["the project asks for flit-core: not locked"]


def test_the_pythons_begin_with_the_first_that_the_project_takes() -> None:
    """Otherwise the environments that are tried are not those that are promised."""
    asked = SpecifierSet(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["requires-python"])
    assert str(asked) == f">={pins.PYTHONS[0]}"
    assert python_version() in asked
    assert ".".join(python_version().split(".")[:2]) in pins.PYTHONS


def test_the_record_is_of_the_lock(extra: str) -> None:
    """Every pin, at its version, with its marker and its extras; none besides."""
    in_lock = [
        (each.name, str(each.specifier), str(each.marker), set(each.extras)) for each in pins.locked(LOCKS[extra])
    ]
    in_record = [
        (each.name, f"=={each.version}", str(each.marker), set(each.extras)) for each in pins.recorded(LOCKS[extra])
    ]
    assert in_lock == in_record


def test_nothing_is_built(extra: str) -> None:
    """Building a package would fetch tools that no lock names: pip and uv take wheels or stop."""
    assert "--only-binary :all:" in LOCKS[extra].read_text(encoding="utf-8").splitlines()


def test_what_is_installed_is_what_is_locked() -> None:
    """Versions and requirements; a difference is mended by removing .venv."""
    assert not differences(pins.recorded(LOCKS["dev"]), distributions())


def test_nothing_else_is_installed() -> None:
    """What a test happens to find on one machine would be missing on the next."""
    locked = {each.name for lock in LOCKS.values() for each in pins.recorded(lock)}
    assert {canonicalize_name(each.name) for each in distributions()} - locked <= {*BROUGHT, OURS}


@pytest.mark.parametrize("name", ["mypy", "coverage", "numpy", "pywinpty"])
def test_a_lock_without_one_pin_is_not_whole(name: str) -> None:
    """Asked for by the project, by a package, with a marker, and on Windows only."""
    without = [each for each in pins.recorded(LOCKS["dev"]) if each.name != name]
    lines = pins.gaps(without, pins.wanted(PROJECT, "dev"), WINDOWS)
    assert lines
    assert all(f" asks for {name}" in line and line.endswith("not locked") for line in lines)


def test_a_lock_without_its_extras_is_not_whole() -> None:
    """The lock of November 2026, which an older pip took for a wish to upgrade."""
    stripped = [replace(each, extras=frozenset()) for each in pins.recorded(LOCKS["dev"])]
    assert {line.split(" asks for ")[1] for line in pins.gaps(stripped, [], LINUX)} == {
        "bleach[css]: not locked",
        "coverage[toml]: not locked",
        "jsonschema[format-nongpl]: not locked",
        "optype[numpy]: not locked",
    }


def test_an_environment_that_differs_is_seen() -> None:
    """Another version, other requirements, and a package that is not there."""
    locked, here = pins.recorded(LOCKS["dev"]), list(distributions())
    older = [replace(each, version=Version("0")) if each.name == "mypy" else each for each in locked]
    other = [replace(each, requires=()) if each.name == "jsonschema" else each for each in locked]
    assert differences(older, here) == {"mypy"}
    assert differences(other, here) == {"jsonschema"}
    assert differences(locked, [each for each in here if each.name != "duckdb"]) == {"duckdb"}


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("b", None),
        ("b>=1.5; python_version >= '3.11'", None),
        ("b>=3; python_version < '3.11'", None),
        ("b>=3; extra == 'more'", None),
        ("b[fast]", None),
        ("B[Fast]", None),
        ("b>=3", "a asks for b>=3: locked is 2.0"),
        ("b>=3; sys_platform == 'linux'", "a asks for b>=3: locked is 2.0"),
        ("b[slow]", "a asks for b[slow]: not locked"),
        ("b>=3; extra == 'asked'", "a asks for b>=3: locked is 2.0"),
        ("c", "a asks for c: not locked"),
        ("b @ file:///b.whl", "a asks for b from a place of its own"),
    ],
)
def test_what_a_package_asks_for(asked: str, line: str | None) -> None:
    """A package, a version, an extra; with its marker, and only for the extras that are asked of it."""
    found = pins.gaps([pin("a[asked]==1.0", asked), pin("b[fast]==2.0")], [], LINUX)
    assert found == ([line] if line else [])


def test_a_pin_counts_where_it_is_installed() -> None:
    """What is locked for Windows is of no use on Linux."""
    lock = [pin("a==1.0", "b"), pin("b==2.0 ; sys_platform == 'win32'")]
    assert pins.gaps(lock, [], WINDOWS) == []
    assert pins.gaps(lock, [], LINUX) == ["a asks for b: not locked"]


def test_a_release_has_to_take_the_python() -> None:
    """Two pins of one name share the Pythons between them: no overlap, no release that refuses one."""
    early, late = pin("a==1.0 ; python_version < '3.12'"), pin("a==2.0", python=">=3.12")
    assert pins.gaps([early, late], [], LINUX) == ["a is locked twice", "a 2.0 takes no 3.11.2"]
    assert pins.gaps([early, replace(late, marker=Marker("python_version >= '3.12'"))], [], LINUX) == []


def test_every_patch_that_a_marker_names_is_tried() -> None:
    """And those beside it, on every machine."""
    tried = pins.environments(["python_full_version < '3.11.5'"])
    assert {each.python for each in tried} >= {"3.11.0", "3.11.4", "3.11.5", "3.11.6", "3.14.99"}
    assert {each.system for each in tried} == {"Linux", "Darwin", "Windows"}
    assert Environment("Darwin", "arm64", "3.11.4") in tried


def test_the_environment_of_this_run_is_told_as_it_is() -> None:
    """The variables of a marker are made by hand, for machines that are not here."""
    default = {name: str(value) for name, value in default_environment().items()}
    told = HERE.variables() | {name: default[name] for name in ("platform_release", "platform_version")}
    assert told == default


def hosts(text: str) -> list[str]:
    """Return what names a place to get packages from."""
    return re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host|\s@\s", text)


@pytest.mark.parametrize("path", [*LOCKS.values(), *map(pins.record_of, LOCKS.values()), *ROOT.glob(".ci/*")], ids=str)
def test_no_registry_is_named(path: Path) -> None:
    """Each organisation has its own; pip and uv know it."""
    assert not hosts(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ["--index-url x", "--find-links /x", "a @ file:///x", "# from https://x/simple"])
def test_a_named_registry_is_seen(line: str) -> None:
    """In an option, in a pin, in a comment."""
    assert hosts(line)


def installations(text: str) -> list[str]:
    """Return the commands of a page that install something."""
    return re.findall(r"\bpip\)? install[^\n`&]*", text, re.IGNORECASE)


@pytest.mark.parametrize("page", ["Makefile", "README.md"])
def test_no_installation_resolves(page: str) -> None:
    """By make, by hand and with uv: requirements.lock and no other, without resolving, and a check after it."""
    commands = installations((ROOT / page).read_text(encoding="utf-8"))
    locks = [line for line in commands if " -r " in line]
    assert {"requirements.lock"} == set(re.findall(r"\S+\.lock", " ".join(locks)))
    assert [line for line in commands if "--no-deps" not in line] == []
    assert [line for line in locks if "--require-hashes" not in line] == []
    assert len(re.findall(r"pip\)? check", (ROOT / page).read_text(encoding="utf-8"), re.IGNORECASE)) >= 1


def test_the_readme_names_the_oldest_pip_that_is_tried() -> None:
    """A person looks at `pip --version` and knows."""
    (oldest, *_) = pins.locked(ROOT / ".ci" / "pip-oldest.txt")
    named = re.findall(r"pip (\d+\.\d+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named == [str(oldest.specifier).removeprefix("==")]
