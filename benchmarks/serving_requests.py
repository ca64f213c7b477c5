"""What the serving benchmarks ask, encoded, and the index that they ask."""

from __future__ import annotations

from typing import Any

import numpy as np
from data import uniform
from ours import index_of
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote

WORLD = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)
LISTED = 2_000  # features of a ListFeatures call
ROUTE = 3_000  # points of a RecordRoute call
NOTES, PLACES = 4_000, 2_000
SERVED = 100_000


def named_index(count: int) -> Any:
    return index_of(uniform(count), [f"feature {i % 100_000}" for i in range(count)])


def points_of(index: Any, count: int, seed: int = 1) -> list[bytes]:
    """Encoded points, all of them features'."""
    ids = np.random.default_rng(seed).integers(0, len(index), count)
    return [
        Point(latitude=lat_e7, longitude=lon_e7).SerializeToString()
        for lat_e7, lon_e7 in (index.location(int(i)) for i in ids)
    ]


def route_on(index: Any) -> list[bytes]:
    """Encoded points of a route, every other one a feature's. It stays in a small area: a trip is
    over when its length does not fit 32 bits of metres."""
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


def everything() -> bytes:
    south, west, north, east = WORLD
    lo, hi = Point(latitude=south, longitude=west), Point(latitude=north, longitude=east)
    return Rectangle(lo=lo, hi=hi).SerializeToString()


def search_everything(page_size: int) -> bytes:
    south, west, north, east = WORLD
    box = pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east)
    return pb.SearchFeaturesRequest(box=box, page_size=page_size).SerializeToString()
