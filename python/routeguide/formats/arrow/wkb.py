"""Points in well-known binary: ISO and extended WKB, in either byte order.

Source: OGC 06-103r4, section 8.2; the flags in the type's high bits are PostGIS's.
"""

from __future__ import annotations

import math
import struct

from routeguide.formats.base.faults import Refusal

# The bytes before the coordinates of a little-endian 2D point.
PLAIN_POINT = b"\x01\x01\x00\x00\x00"
PLAIN_SIZE = len(PLAIN_POINT) + 16

_KINDS = (
    "Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
    "GeometryCollection",
)  # fmt: skip
_HAS_SRID, _FLAGS = 0x2000_0000, 0xE000_0000


def point(data: bytes) -> tuple[float, float]:
    """Return x and y. Raises Refusal for anything but a point with coordinates."""
    try:
        order = "<" if data[0] == 1 else ">"
        (kind,) = struct.unpack_from(order + "I", data, 1)
        offset = 9 if kind & _HAS_SRID else 5
        code = (kind & ~_FLAGS) % 1000  # the thousands tell which coordinates follow x and y
        if code != 1:
            name = _KINDS[code] if code < len(_KINDS) else f"geometry {code}"
            raise Refusal("geometry", f"{name} is not a Point")
        x, y = struct.unpack_from(order + "dd", data, offset)
    except (struct.error, IndexError):
        raise Refusal("geometry", "not well-known binary") from None
    if math.isnan(x) and math.isnan(y):
        raise Refusal("geometry", "an empty Point")
    return x, y
