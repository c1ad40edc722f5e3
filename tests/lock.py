"""Make a lock, and write beside it what every pin asks for: `make lock`.

    python tests/lock.py [extra] [options of uv, such as --upgrade or --upgrade-package numpy]

Versions that are locked stay, but for what `--upgrade` names. Without an extra: `requirements.lock`, with the tools of
`make test` in it. An extra of its own (`python tests/lock.py spark`) gets `requirements-spark.lock`, at the versions of
`requirements.lock`; `make report` never installs it. Needs `uv` and a package registry; nothing else here does.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import pins

ROOT = Path(__file__).parents[1]
TOOLS = "dev"  # the extra that `make test` and the editable installation need: part of requirements.lock
WHEELS = {  # tags of wheels, newest first, of the oldest systems that are served
    "Linux": ("manylinux_2_28_{}", "manylinux_2_27_{}", "manylinux2014_{}"),
    "Darwin": ("macosx_14_0_{}",),
    "Windows": ("win_{}",),
}


def main() -> None:
    """Make the lock that is asked for, with its record."""
    if shutil.which("uv") is None:
        sys.exit("uv is missing. Install it outside this project, and put it on the PATH.")
    given = sys.argv[1:]
    extra = given.pop(0) if given and not given[0].startswith("-") else TOOLS
    lock = path(extra)
    compiled(lock, extra, given)
    record = [entry(pin, release) for pin, release in released(pins.locked(lock))]
    text = json.dumps(sorted(record, key=lambda row: (row["name"], row["version"])), indent=1)
    pins.record_of(lock).write_text(text + "\n", encoding="utf-8")


def path(extra: str) -> Path:
    """Return where the lock of an extra stands."""
    return ROOT / ("requirements.lock" if extra == TOOLS else f"requirements-{extra}.lock")


def compiled(lock: Path, extra: str, options: list[str]) -> None:
    """Write a lock: every pin with hashes, marker and extras, below a header that says how it was made."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--extra", extra, "--universal"]
    command += ["--python-version", pins.PYTHONS[0], "--generate-hashes", "--no-emit-index-url", "--no-strip-extras"]
    command += ["--only-binary", ":all:", "--emit-build-options"]
    if extra != TOOLS:
        command += ["--constraints", path(TOOLS).name]
    header = (
        f"# Made by tests/lock.py: {' '.join(command)}\n"
        "# Complete: install it with --no-deps, so that nothing is resolved, then `pip check`.\n"
    )
    subprocess.run(
        [*command, *options, "--no-header", "--quiet", "--output-file", lock.name],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    lock.write_text(header + lock.read_text(encoding="utf-8"), encoding="utf-8")


def released(asked: list[Requirement]) -> Iterator[tuple[Requirement, dict[str, Any]]]:
    """Yield each pin with the metadata of its release, from a wheel for the first environment that installs it."""
    left = set(asked)
    for environment in pins.environments(str(pin.marker) for pin in asked):
        here = {canonicalize_name(pin.name): pin for pin in left if pins.holds(pin.marker, environment)}
        for release in metadata(here.values(), environment) if here else ():
            pin = here[canonicalize_name(release["name"])]
            left.remove(pin)
            yield pin, release
    if left:
        sys.exit(f"No environment installs {', '.join(sorted(map(str, left)))}.")


def metadata(asked: Iterable[Requirement], environment: pins.Environment) -> list[dict[str, Any]]:
    """Return the metadata of the wheels that pip would install in an environment, which need not be this one."""
    options = ["--dry-run", "--ignore-installed", "--ignore-requires-python", "--no-deps", "--only-binary=:all:"]
    options += ["--python-version", environment.python]
    options += [f"--platform={tag.format(environment.machine.lower())}" for tag in WHEELS[environment.system]]
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", *options, f"--target={folder}", f"--report={report}"]
            + [f"{pin.name}{pin.specifier}" for pin in asked],
            check=True,
        )
        return [item["metadata"] for item in json.loads(report.read_text(encoding="utf-8"))["install"]]


def entry(pin: Requirement, release: dict[str, Any]) -> dict[str, Any]:
    """Return a pin as the record has it."""
    return {
        "name": canonicalize_name(pin.name),
        "version": release["version"],
        "marker": str(pin.marker or ""),
        "extras": sorted(pin.extras),
        "requires_python": str(SpecifierSet(release.get("requires_python", ""))),
        "requires": sorted(str(Requirement(line)) for line in release.get("requires_dist", ())),
    }


if __name__ == "__main__":
    main()
