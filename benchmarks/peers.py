"""The libraries that the index is compared with, each called in the way that is fastest for it.

Longitude is x and latitude is y. Peers that compute in float64 represent E7 integers exactly.
Conversions that can be done once, before the queries, are done before the clock starts. Every peer
uses one thread: run.py sets OMP_NUM_THREADS=1 before anything is imported.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from data import Points
from measure import Columns, Contender, as_lists

EARTH_RADIUS_M = 6371000.0
Ids = npt.NDArray[np.int64]


def packed(lats_e7: npt.NDArray[np.int32], lons_e7: npt.NDArray[np.int32]) -> Ids:
    """Pack both coordinates into one 64-bit integer, different for different points."""
    return (lats_e7.astype(np.int64) << 32) + lons_e7


# --- exact look-up ---


def table_of(points: Points) -> dict[tuple[int, int], int]:
    """Return the obvious dict: (lat, lon) -> the first id in database order.

    Filled backwards, so that the first id at a point wins without a look-up for each point.
    """
    lats, lons = points.lats_e7.tolist(), points.lons_e7.tolist()
    backwards = zip(reversed(lats), reversed(lons), range(len(points) - 1, -1, -1), strict=True)
    return {(lat, lon): id for lat, lon, id in backwards}


def dict_get(points: Points) -> Contender:
    """`get` is bound beforehand; the tuple is built for each look-up: a caller has two ints."""
    return Contender("dict", "get((lat, lon))", "lat, lon", {"get": table_of(points).get})


def find_in_batch(points: Points) -> list[Contender]:
    """Look up a whole batch in pandas; -1 stands for no feature.

    pandas receives ready-made 64-bit keys, which routeguide_c does not need; a second row includes
    the cost of packing them.
    """
    import pandas as pd

    keys, first = np.unique(packed(points.lats_e7, points.lons_e7), return_index=True)
    database_order = np.sort(first)
    frame = pd.Index(packed(points.lats_e7, points.lons_e7)[database_order])
    frame.get_indexer(frame[:1])  # builds its hash table
    is_unique = len(keys) == len(points)  # then a position in the pandas index is an id

    def ids(positions: Any) -> Any:
        return positions if is_unique else np.append(database_order, -1)[positions]

    def keys_of(columns: Columns) -> Columns:
        return [packed(columns[0], columns[1])]

    return [
        Contender(
            "pandas get_indexer", "get_indexer(keys)", "keys",
            {"get_indexer": frame.get_indexer}, whole=True, prepare=keys_of, canonical=ids,
        ),
        Contender(
            "pandas get_indexer, keys packed", "get_indexer(packed(lats, lons))", "lats, lons",
            {"get_indexer": frame.get_indexer, "packed": packed}, whole=True, canonical=ids,
        ),
    ]  # fmt: skip


def dict_in_batch(points: Points) -> Contender:
    """map and zip loop in C over ready-made lists."""
    return Contender(
        "dict",
        "list(map(get, zip(lats, lons)))",
        "lats, lons",
        {"get": table_of(points).get},
        whole=True,
        prepare=as_lists,
        canonical=lambda answers: [-1 if id is None else id for id in answers],
    )


# --- rectangles ---

RECTANGLE = "south, west, north, east"
ORDERED = ", in order"  # suffix of contenders that answer in database order


def _floats(columns: Columns) -> Columns:
    """Convert to Python floats: geoindex-rs would convert ints in every call."""
    return [np.asarray(column, np.float64).tolist() for column in columns]


def _sorted_ids(ids: Any) -> npt.NDArray[np.uint32]:
    return np.sort(np.asarray(ids).astype(np.uint32))


def _both_orders(name: str, search: str, scope: dict[str, object]) -> list[Contender]:
    """Return a peer twice: with its ids as they come, and with its ids sorted by numpy.

    Answers are Arrow arrays; to_numpy does not copy and is the fastest way to numpy.
    """
    ordered = f"sort({search}.to_numpy())"
    return [
        Contender(name, search, RECTANGLE, scope, prepare=_floats, canonical=_sorted_ids),
        Contender(name + ORDERED, ordered, RECTANGLE, {**scope, "sort": np.sort}, prepare=_floats),
    ]


def geoindex_rtree(points: Points, method: str = "hilbert") -> list[Contender]:
    """The fastest R-tree for Python known to us, with its default node size of 16.

    Its two packings win on different data, so both take part. Points are rectangles without extent.
    """
    from geoindex_rs import rtree  # type: ignore[attr-defined]

    builder = rtree.RTreeBuilder(len(points))
    lats_e7, lons_e7 = points.lats_e7.astype(np.float64), points.lons_e7.astype(np.float64)
    builder.add(lons_e7, lats_e7, lons_e7, lats_e7)
    packing: Any = method
    scope: dict[str, object] = {"search": rtree.search, "tree": builder.finish(packing)}
    search = "search(tree, west, south, east, north)"
    return _both_orders(f"geoindex-rs RTree ({method})", search, scope)


def geoindex_kdtree(points: Points) -> list[Contender]:
    """The k-d tree with its default node size of 64."""
    from geoindex_rs import kdtree  # type: ignore[attr-defined]

    builder = kdtree.KDTreeBuilder(len(points))
    builder.add(points.lons_e7.astype(np.float64), points.lats_e7.astype(np.float64))
    scope: dict[str, object] = {"range_": kdtree.range, "tree": builder.finish()}
    return _both_orders("geoindex-rs KDTree", "range_(tree, west, south, east, north)", scope)


def geoindex(points: Points) -> list[Contender]:
    return [
        *geoindex_rtree(points, "hilbert"),
        *geoindex_rtree(points, "str"),
        *geoindex_kdtree(points),
    ]


def mask(points: Points) -> Contender:
    """Four comparisons of whole columns; its ids are in order."""
    return Contender(
        "numpy mask" + ORDERED,
        "flatnonzero((lats >= south) & (lats <= north) & (lons >= west) & (lons <= east))",
        RECTANGLE,
        {"flatnonzero": np.flatnonzero, "lats": points.lats_e7, "lons": points.lons_e7},
    )


# --- nearest, on the sphere ---


def unit_vectors(lats_e7: npt.ArrayLike, lons_e7: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return points on the unit sphere, on which the nearest by chord are the nearest by arc."""
    lats, lons = np.radians(np.asarray(lats_e7) / 1e7), np.radians(np.asarray(lons_e7) / 1e7)
    return np.column_stack([np.cos(lats) * np.cos(lons), np.cos(lats) * np.sin(lons), np.sin(lats)])


def nearest(points: Points, k: int, arcs_m: Callable[[Columns, Any], Any]) -> list[Contender]:
    """Trees of float64 unit vectors; queries are converted before the clock starts.

    None of them converts chords to meters, which routeguide_c does. Leaf sizes are the defaults:
    others were not faster. `arcs_m(queries, ids)` returns distances, to compare the answers. The
    planar neighbors that shapely, rtree and geoindex-rs find differ from those on a sphere.
    """
    from pykdtree.kdtree import KDTree
    from scipy.spatial import cKDTree

    vectors = unit_vectors(points.lats_e7, points.lons_e7)
    pykdtree, scipy_tree = KDTree(vectors), cKDTree(vectors)

    # Remembers the current batch, from which the distances to the answered ids are measured.
    asked: dict[str, Columns] = {}

    def as_vectors(columns: Columns) -> Columns:
        asked["batch"] = columns
        return [unit_vectors(*columns)]

    def as_single_vectors(columns: Columns) -> Columns:
        return [list(unit_vectors(*columns))]

    def meters(answer: Any) -> Any:
        return arcs_m(asked["batch"], answer[1])

    scope: dict[str, object] = {"k": k}
    return [
        Contender(
            "pykdtree, in batch", "query(vectors, k=k)", "vectors",
            {**scope, "query": pykdtree.query}, whole=True, prepare=as_vectors, canonical=meters,
        ),
        Contender(
            "scipy cKDTree, in batch", "query(vectors, k=k)", "vectors",
            {**scope, "query": scipy_tree.query}, whole=True, prepare=as_vectors, canonical=meters,
        ),
        Contender(
            "scipy cKDTree, singly", "query(vector, k=k)", "vector",
            {**scope, "query": scipy_tree.query}, prepare=as_single_vectors,
            canonical=lambda answer: 2 * EARTH_RADIUS_M * np.arcsin(answer[0] / 2),
        ),
    ]  # fmt: skip


# --- distances ---


def python_haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """The formula whose every bit routeguide_c reproduces."""
    lat1, lon1, lat2, lon2 = lat1_e7 / 1e7, lon1_e7 / 1e7, lat2_e7 / 1e7, lon2_e7 / 1e7
    half_chord_squared = pow(math.sin(math.radians(lat2 - lat1) / 2), 2) + (
        math.cos(math.radians(lat1))
        * math.cos(math.radians(lat2))
        * pow(math.sin(math.radians(lon2 - lon1) / 2), 2)
    )
    if half_chord_squared > 1:
        return EARTH_RADIUS_M * math.pi
    arc = 2 * math.atan2(math.sqrt(half_chord_squared), math.sqrt(1 - half_chord_squared))
    return EARTH_RADIUS_M * arc


def numpy_haversine(lat1_e7: Any, lon1_e7: Any, lat2_e7: Any, lon2_e7: Any) -> Any:
    """The formula over whole columns.

    arcsin is faster than arctan2 in numpy, and one factor is faster than dividing by 1e7 and then
    converting to radians.
    """
    radians = np.pi / 180e7
    lat1, lat2 = lat1_e7 * radians, lat2_e7 * radians
    half_dlon = (lon2_e7 * radians - lon1_e7 * radians) * 0.5
    a = np.sin((lat2 - lat1) * 0.5) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(half_dlon) ** 2
    return (2 * EARTH_RADIUS_M) * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


BLOCK = 8192


def blocked_haversine(lat1_e7: Any, lon1_e7: Any, lat2_e7: Any, lon2_e7: Any) -> Any:
    """numpy_haversine in blocks whose temporaries stay in the cache."""
    meters = np.empty(len(lat1_e7))
    for start in range(0, len(meters), BLOCK):
        block = slice(start, start + BLOCK)
        meters[block] = numpy_haversine(
            lat1_e7[block], lon1_e7[block], lat2_e7[block], lon2_e7[block]
        )
    return meters
