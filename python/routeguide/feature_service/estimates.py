"""Estimate in microseconds whether a query may take over a millisecond.

`make bench-serving` measures the longest queries that these functions call short.
"""

from __future__ import annotations

import math

from routeguide.domain.earth import DEGREE_M, E7, LON_LIMIT_E7
from routeguide_c import FeatureIndex

SHORT_BATCH = 500  # points
SHORT_NEAREST = 1_000  # features
SHORT_BOX = 50_000  # features
SHORT_CIRCLE = 5_000  # features, in the box around it


def box_is_long(index: FeatureIndex, south: int, west: int, north: int, east: int) -> bool:
    """Return whether a search of a box, by its corners, may take long."""
    return len(index) > SHORT_BOX and _count(index, south, west, north, east) > SHORT_BOX


def circle_is_long(index: FeatureIndex, lat_e7: int, lon_e7: int, radius_m: float) -> bool:
    """Return whether a search of a circle may take long."""
    if len(index) <= SHORT_CIRCLE:
        return False
    reach_deg = radius_m / DEGREE_M
    south_deg, north_deg = lat_e7 / E7 - reach_deg, lat_e7 / E7 + reach_deg
    if south_deg <= -90 or north_deg >= 90:
        return True  # around a pole: all longitudes
    widest_deg = max(abs(south_deg), abs(north_deg))
    reach_e7 = int(E7 * reach_deg / math.cos(math.radians(widest_deg))) + 1
    if reach_e7 >= LON_LIMIT_E7:
        return True
    west, east = lon_e7 - reach_e7, lon_e7 + reach_e7
    west += 2 * LON_LIMIT_E7 if west < -LON_LIMIT_E7 else 0
    east -= 2 * LON_LIMIT_E7 if east > LON_LIMIT_E7 else 0
    return _count(index, int(south_deg * E7), west, int(north_deg * E7), east) > SHORT_CIRCLE


def _count(index: FeatureIndex, south: int, west: int, north: int, east: int) -> int:
    if west <= east:
        return index.query_count(south, west, north, east)
    return index.query_count(south, west, north, LON_LIMIT_E7) + index.query_count(
        south, -LON_LIMIT_E7, north, east
    )
