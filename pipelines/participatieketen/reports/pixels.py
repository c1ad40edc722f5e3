"""SVG files to PNG files, in a Python of their own: drawing holds the interpreter lock, and other pages would wait.

Run as a script by `pictures.pngs`, so it imports nothing of the package: that takes longer than the drawing.
"""

import json
import struct
import sys
import zlib
from base64 import b64encode

import vl_convert

SCALE = 2  # pixels of a PNG for each pixel of the drawing: sharp on paper
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(svg: str) -> bytes:
    """Return such an SVG file as a picture in pixels; the same fonts give the same bytes."""
    return _packed(bytes(vl_convert.svg_to_png(svg, scale=SCALE)))


def _packed(content: bytes) -> bytes:
    """Return the PNG with its pixels compressed well: a third of the size (PNG specification, chunks IHDR to IEND)."""
    head, rows, place = b"", b"", len(SIGNATURE)
    while place < len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + size]
        head, rows = (head, rows + body) if kind == b"IDAT" else (head + _chunk(kind, body), rows)
        place += size + 12
    end = _chunk(b"IEND", b"")
    return SIGNATURE + head.removesuffix(end) + _chunk(b"IDAT", zlib.compress(zlib.decompress(rows))) + end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    drawn = [b64encode(png(svg)).decode() for svg in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(drawn))
