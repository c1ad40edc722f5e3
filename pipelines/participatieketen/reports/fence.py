"""A fence around the kernel of a run: it reads Python itself and writes in its own folder, and reaches nothing else.

Landlock, of Linux 5.13 and later, without root. Run as a script, in the place of ipykernel's own: it closes its process
first and is the kernel from then on, so that whatever a cell starts is inside the fence too. Standard library only.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FIRST_RIGHTS = (1 << 13) - 1  # of version 1: from executing a file to making a symbolic link
_LATER_RIGHTS = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # moving between folders, cutting short, devices
_TCP = 0b11  # to listen and to connect
_SCOPES = 0b11  # abstract sockets, signals
_EXECUTE = 1
_DEVICES = 1 << 6 | 1 << 11  # whoever runs as root could make one that is the whole disk
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15

_TRUNCATE, _NETWORK, _SIGNALS = 3, 4, 6
"""The versions of Landlock that first close this."""

READ = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/urandom", "/dev/random", "/dev/zero", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"),
    "/sys/fs/cgroup",
)
"""What Python and the kernel read, beside Python's own folders and the package."""


def version() -> int:
    """Return the version of Landlock that this system has; 0 when there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return max(_called(_CREATE_RULESET, None, 0, _VERSION), 0)
    except (OSError, AttributeError):
        return 0


def open_in(known: int) -> tuple[str, ...]:
    """Return in Dutch what this version of Landlock leaves open of what the newest one closes."""
    later = {_TRUNCATE: "bestanden leegmaken", _NETWORK: "het netwerk", _SIGNALS: "andere programma's stoppen"}
    return tuple(what for first, what in later.items() if known < first)


def readable() -> tuple[Path, ...]:
    """Return the folders and files that a kernel inside the fence may read."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    return (*map(Path, READ), *map(Path, sorted(python)), Path(__file__).resolve().parents[2])


def close(own: Path) -> None:
    """Close this process for good: it may read what Python needs, and read and write below `own`. Raises OSError."""
    known = version()
    rights = _FIRST_RIGHTS | sum(bit for first, bit in _LATER_RIGHTS.items() if known >= first)
    closed = (rights, _TCP if known >= _NETWORK else 0, _SCOPES if known >= _SIGNALS else 0)
    parts = 3 if known >= _SIGNALS else 2 if known >= _NETWORK else 1
    attributes = struct.pack(f"{parts}Q", *closed[:parts])
    rules = _checked(_called(_CREATE_RULESET, attributes, len(attributes), 0))
    _allow(rules, readable(), (_READ_FILE | _READ_DIR) & rights)
    _allow(rules, [Path(os.devnull)], (_READ_FILE | _WRITE_FILE) & rights)
    _allow(rules, [own], rights & ~(_EXECUTE | _DEVICES))
    _checked(ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(_called(_RESTRICT_SELF, rules, 0))
    os.close(rules)


def _allow(rules: int, places: Iterable[Path], rights: int) -> None:
    for place in places:
        try:
            handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:  # not every system has it
            continue
        allowed = rights if place.is_dir() else rights & _OF_A_FILE
        _checked(_called(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, handle), 0))
        os.close(handle)


def _called(number: int, *arguments: bytes | int | None) -> int:
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    return int(call(ctypes.c_long(number), *map(_as_c, arguments)))


def _as_c(argument: bytes | int | None) -> ctypes.c_long | ctypes.c_char_p:
    return ctypes.c_long(argument) if isinstance(argument, int) else ctypes.c_char_p(argument)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return result


def _main(own: str, arguments: Sequence[str]) -> None:
    if version():
        close(Path(own))
    from ipykernel import kernelapp  # noqa: PLC0415 - inside the fence

    sys.argv = ["ipykernel", *arguments]
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
