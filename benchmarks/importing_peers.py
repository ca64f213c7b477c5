"""The peers of importing.py, each run in a process of its own, and the makers of its files.

importing_peers.py TASK PATH [COUNT]
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

HERE = Path(__file__).resolve().parent


def pandas(path: str) -> int:
    import pandas as pd
    import shapely

    frame = pd.read_csv(path)
    points = shapely.points(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    tree = shapely.STRtree(points)
    tree.query(shapely.box(0, 0, 0, 0))  # builds the tree if the constructor did not
    return len(tree)


def protobuf(path: str) -> int:
    """Load the features as the tutorials do."""
    from routeguide.pb.route_guide_pb2 import Feature, Point

    features = []
    with open(path, encoding="utf-8") as file:
        for item in json.load(file):
            location = Point(
                latitude=item["location"]["latitude"], longitude=item["location"]["longitude"]
            )
            features.append(Feature(name=item["name"], location=location))
    return len(features)


def orjson(path: str) -> int:
    import orjson as library

    return len(library.loads(Path(path).read_bytes()))


def chromium(path: str) -> float:
    """Return the seconds from opening the page to its first picture."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from support import browser

    with browser.opened(Path(path)) as (page, requested, faults):
        drawn_ms: float = page.evaluate("performance.now()")
        if any(not url.startswith(("file:", "blob:")) for url in requested) or faults:
            raise SystemExit(f"the page requested {requested} and reported {faults}")
    return drawn_ms / 1e3


def make_csv(path: str, count: int) -> int:
    from data import fresh_names, uniform

    points = uniform(count)
    names = fresh_names(count)
    rows = zip(points.lats_e7.tolist(), points.lons_e7.tolist(), names, strict=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("latitude,longitude,name\n")
        while lines := [
            f'{lat / 1e7:.7f},{lon / 1e7:.7f},"{name}"\n'
            if "," in name
            else f"{lat / 1e7:.7f},{lon / 1e7:.7f},{name}\n"
            for lat, lon, name in islice(rows, 100_000)
        ]:
            file.writelines(lines)
    return count


def make_json(path: str, count: int) -> int:
    from data import fresh_names, uniform

    points = uniform(count)
    lats_e7, lons_e7 = points.lats_e7.tolist(), points.lons_e7.tolist()
    features = [
        {"location": {"latitude": lat, "longitude": lon}, "name": name}
        for lat, lon, name in zip(lats_e7, lons_e7, fresh_names(count), strict=True)
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(features, file, indent=4)
    return count


def make_places(path: str, count: int) -> int:
    from data import place_names, real_places

    from routeguide_c import FeatureIndex

    places = real_places()
    lats_e7, lons_e7 = places.lats_e7[:count].tolist(), places.lons_e7[:count].tolist()
    FeatureIndex(lats_e7, lons_e7, place_names()[:count]).save(path)
    return count


if __name__ == "__main__":
    task, path, *counts = sys.argv[1:]
    print(json.dumps(globals()[task](path, *map(int, counts))))
