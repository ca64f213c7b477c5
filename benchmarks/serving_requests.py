"""Encoded requests of the serving benchmarks, and the index that they query."""

from __future__ import annotations

from typing import Any

import numpy as np
from data import uniform
from ours import index_of
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote

WORLD = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)
LISTED = 2_000  # features per ListFeatures call
ROUTE = 3_000  # points per RecordRoute call
NOTES, PLACES = 4_000, 2_000
SERVED = 100_000


def named_index(count: int) -> Any:
    return index_of(uniform(count), [f"feature {i % 100_000}" for i in range(count)])


def points_of(index: Any, count: int, seed: int = 1) -> list[bytes]:
    """Return encoded points, all of them locations of features."""
    ids = np.random.default_rng(seed).integers(0, len(index), count)
    return [
        Point(latitude=lat_e7, longitude=lon_e7).SerializeToString()
        for lat_e7, lon_e7 in (index.location(int(i)) for i in ids)
    ]


def route_on(index: Any) -> list[bytes]:
    """Return encoded points of a route; every other one is the location of a feature.

    The route stays in a small area: the length of a trip is limited to 32 bits of meters.
    """
    lat_e7, lon_e7 = index.location(0)
    steps = [(lat_e7 + 10 * i, lon_e7) for i in range(ROUTE // 2)]
    return [
        Point(latitude=lat, longitude=lon).SerializeToString()
        for step in steps
        for lat, lon in (step, (lat_e7, lon_e7))
    ]


def notes() -> list[bytes]:
    return [
        RouteNote(
            message=f"note {i}", location=Point(latitude=i % PLACES, longitude=7)
        ).SerializeToString()
        for i in range(NOTES)
    ]


def list_world() -> bytes:
    south, west, north, east = WORLD
    lo, hi = Point(latitude=south, longitude=west), Point(latitude=north, longitude=east)
    return Rectangle(lo=lo, hi=hi).SerializeToString()


def search_world(page_size: int) -> bytes:
    south, west, north, east = WORLD
    box = pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east)
    return pb.SearchFeaturesRequest(box=box, page_size=page_size).SerializeToString()
