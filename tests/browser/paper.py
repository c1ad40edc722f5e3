"""A tagged PDF as Chromium writes it: what its parts are, and on which page each stands."""

import re
from dataclasses import dataclass
from functools import cached_property

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
KIND = re.compile(rb"/S /(\w+)")
PARENT = re.compile(rb"/P (\d+) 0 R")
PAGE = re.compile(rb"/Pg (\d+) 0 R")


@dataclass(frozen=True)
class Pdf:
    """The bytes of a PDF whose structure is written in the open, outside streams."""

    content: bytes

    @cached_property
    def parts(self) -> dict[int, bytes]:
        """Every element of the structure, by the number of its object."""
        return {int(number): text for number, text in OBJECT.findall(self.content) if b"/Type /StructElem" in text}

    def numbered(self, kind: bytes) -> list[int]:
        """Return the elements of a kind: Figure, TR."""
        return [number for number in self.parts if self.kind(number) == kind]

    def kind(self, number: int) -> bytes:
        """Return the kind of an element; empty for what is above them all."""
        return _found(KIND, self.parts.get(number, b""))

    def parent(self, number: int) -> int:
        """Return the element that an element is in."""
        return int(_found(PARENT, self.parts.get(number, b"")) or 0)

    def pages(self, number: int) -> frozenset[bytes]:
        """Return the pages on which an element and all in it stand."""
        own = frozenset(PAGE.findall(self.parts[number]))
        return own.union(*(self.pages(child) for child in self.children.get(number, [])))

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The elements in each element."""
        found: dict[int, list[int]] = {}
        for number in self.parts:
            found.setdefault(self.parent(number), []).append(number)
        return found


def _found(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    return found[1] if found else b""
