"""What we are compared with, each called the way that is fastest for it and still a fair use.

Common to all: longitude is x, latitude is y; a peer that computes in float64 holds E7 integers
exactly; whatever can be converted once, before the questions, is converted before the clock
starts. One thread each (run.py sets OMP_NUM_THREADS=1 before anything is imported).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from data import Points
from measure import Columns, Contender, as_lists

EARTH_RADIUS_M = 6371000.0
Ids = npt.NDArray[np.int64]


def packed(lats_e7: npt.NDArray[np.int32], lons_e7: npt.NDArray[np.int32]) -> Ids:
    """Both coordinates in one 64-bit integer, different for different points."""
    return (lats_e7.astype(np.int64) << 32) + lons_e7


def first_at_each_point(points: Points) -> tuple[Ids, Ids]:
    """The distinct packed keys, ascending, and for each the first id in database order."""
    keys, first = np.unique(packed(points.lats_e7, points.lons_e7), return_index=True)
    return keys, first.astype(np.int64)


def table_of(points: Points) -> dict[tuple[int, int], int]:
    """The dict that anybody would write: (lat, lon) -> the first id in database order.

    Filled backwards, so that the first wins without a look-up for each point.
    """
    lats, lons = points.lats_e7.tolist(), points.lons_e7.tolist()
    backwards = zip(reversed(lats), reversed(lons), range(len(points) - 1, -1, -1), strict=True)
    return {(lat, lon): id for lat, lon, id in backwards}


# find, called from Python point by point ------------------------------------------------------


def dict_get(points: Points) -> Contender:
    """`get` bound beforehand; the tuple is built for each look-up, since a caller has two ints."""
    return Contender("dict", "get((lat, lon))", "lat, lon", {"get": table_of(points).get})


def call_of_two_arguments() -> Contender:
    """The least that any C function of two ints costs to call: a floor, not a peer."""
    name = "(a C function of two ints)"
    return Contender(name, "lt(lat, lon)", "lat, lon", {"lt": operator.lt}, canonical=None)


def find_singly(points: Points) -> list[Contender]:
    """The peers beside dict, one point a call. Only for points that exist and are distinct: none
    of them looks whether what it found is what was asked for."""
    import pandas as pd

    keys, first = first_at_each_point(points)
    assert len(keys) == len(points)
    return [
        # get_loc is pandas' look-up of a single key; get_indexer would wrap it in arrays.
        Contender(
            "pandas Index.get_loc", "get_loc((lat << 32) + lon)", "lat, lon",
            {"get_loc": pd.Index(packed(points.lats_e7, points.lons_e7)).get_loc},
        ),
        # The method skips the dispatch in np.searchsorted.
        Contender(
            "numpy searchsorted", "first[searchsorted((lat << 32) + lon)]", "lat, lon",
            {"searchsorted": keys.searchsorted, "first": first},
        ),
        Contender(
            "numpy mask", "flatnonzero((lats == lat) & (lons == lon))[0]", "lat, lon",
            {"flatnonzero": np.flatnonzero, "lats": points.lats_e7, "lons": points.lons_e7},
        ),
    ]  # fmt: skip


# find_many ------------------------------------------------------------------------------------


def find_in_batch(points: Points) -> list[Contender]:
    """-1 where nothing is. pandas and searchsorted get ready-made 64-bit keys, which ours is not
    asked to do without; what packing them costs is in a row of its own."""
    import pandas as pd

    keys, first = first_at_each_point(points)
    database_order = np.sort(first)
    frame = pd.Index(packed(points.lats_e7, points.lons_e7)[database_order])
    frame.get_indexer(frame[:1])  # builds its hash table
    unique = len(first) == len(points)  # then a position in the pandas index is an id

    def ids(positions: Any) -> Any:
        return positions if unique else np.append(database_order, -1)[positions]

    def search(wanted: Ids) -> Ids:
        at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, first[at], -1)

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
        Contender(
            "numpy searchsorted", "search(keys)", "keys", {"search": search}, whole=True,
            prepare=keys_of,
        ),
    ]  # fmt: skip


def dict_in_batch(points: Points) -> Contender:
    """map and zip loop in C over lists that are ready-made."""
    return Contender(
        "dict",
        "list(map(get, zip(lats, lons)))",
        "lats, lons",
        {"get": table_of(points).get},
        whole=True,
        prepare=as_lists,
        canonical=lambda answers: [-1 if id is None else id for id in answers],
    )


# Rectangles -----------------------------------------------------------------------------------

RECTANGLE = "south, west, north, east"
ORDERED = ", in order"  # contenders named so answer in database order


def _floats(columns: Columns) -> Columns:
    """Python floats: geoindex-rs computes in float64 and would convert ints in every call."""
    return [np.asarray(column, np.float64).tolist() for column in columns]


def _sorted_ids(ids: Any) -> npt.NDArray[np.uint32]:
    return np.sort(np.asarray(ids).astype(np.uint32))


def _both_orders(
    name: str,
    search: str,
    over: str,
    scope: dict[str, object],
    prepare: Callable[[Columns], Columns],
    as_array: str = "",
) -> list[Contender]:
    """The peer's answer as it comes, and sorted with numpy, which vectorises it."""
    ordered = f"sort({search}{as_array})"
    return [
        Contender(name, search, over, scope, prepare=prepare, canonical=_sorted_ids),
        Contender(
            name + ORDERED, ordered, over, {**scope, "sort": np.sort}, prepare=prepare,
            canonical=np.asarray,
        ),
    ]  # fmt: skip


def geoindex_rtree(points: Points, method: Any = "hilbert") -> Any:
    """Node size 16, its default; points are rectangles without extent. It is the fastest R-tree
    for Python that we know; its two packings win on different data, so both take part."""
    from geoindex_rs import rtree  # type: ignore[attr-defined]

    builder = rtree.RTreeBuilder(len(points))
    lats_e7, lons_e7 = points.lats_e7.astype(np.float64), points.lons_e7.astype(np.float64)
    builder.add(lons_e7, lats_e7, lons_e7, lats_e7)
    return builder.finish(method)


def geoindex_kdtree(points: Points) -> Any:
    """Node size 64, its default."""
    from geoindex_rs import kdtree  # type: ignore[attr-defined]

    builder = kdtree.KDTreeBuilder(len(points))
    builder.add(points.lons_e7.astype(np.float64), points.lats_e7.astype(np.float64))
    return builder.finish()


def geoindex_rtree_queries(points: Points, method: str = "hilbert") -> list[Contender]:
    """Answers are Arrow arrays; to_numpy makes no copy and is the cheapest way to numpy."""
    from geoindex_rs import rtree  # type: ignore[attr-defined]

    scope: dict[str, object] = {"search": rtree.search, "tree": geoindex_rtree(points, method)}
    search = "search(tree, west, south, east, north)"
    name = f"geoindex-rs RTree ({method})"
    return _both_orders(name, search, RECTANGLE, scope, _floats, ".to_numpy()")


def geoindex_kdtree_queries(points: Points) -> list[Contender]:
    from geoindex_rs import kdtree  # type: ignore[attr-defined]

    scope: dict[str, object] = {"range_": kdtree.range, "tree": geoindex_kdtree(points)}
    search = "range_(tree, west, south, east, north)"
    return _both_orders("geoindex-rs KDTree", search, RECTANGLE, scope, _floats, ".to_numpy()")


def geoindex(points: Points) -> list[Contender]:
    rtrees = [geoindex_rtree_queries(points, method) for method in ("hilbert", "str")]
    return [*rtrees[0], *rtrees[1], *geoindex_kdtree_queries(points)]


def shapely_tree(points: Points) -> list[Contender]:
    """The query's geometry is ready-made. No predicate: bounding boxes suffice for points.

    Not from ten million points on, where its geometries alone take gigabytes.
    """
    import shapely

    geometries: Any = shapely.points(points.lons_e7, points.lats_e7)
    tree = shapely.STRtree(geometries)

    def boxes(columns: Columns) -> Columns:
        south, west, north, east = columns
        rectangles: Any = shapely.box(west, south, east, north)
        return [list(rectangles)]

    scope: dict[str, object] = {"tree": tree}
    return _both_orders("shapely STRtree", "tree.query(box)", "box", scope, boxes)


def libspatialindex(points: Points) -> list[Contender]:
    """The rtree package, loaded in bulk. Small answers come sooner through `intersection`, large
    ones through `intersection_v` with one rectangle, so both take part. Not from ten million
    points on, where loading takes minutes."""
    from rtree.index import Index

    corners = np.column_stack([points.lons_e7, points.lats_e7]).astype(np.float64)
    tree = Index((np.arange(len(points)), corners, corners))

    def bounds(columns: Columns) -> Columns:
        south, west, north, east = _floats(columns)
        return [list(zip(west, south, east, north, strict=True))]

    def arrays(columns: Columns) -> Columns:
        south, west, north, east = columns
        low = np.column_stack([west, south]).astype(np.float64)
        high = np.column_stack([east, north]).astype(np.float64)
        return [list(low[:, None]), list(high[:, None])]

    return [
        Contender(
            "rtree" + ORDERED, "sorted(intersection(bounds))", "bounds",
            {"intersection": tree.intersection}, prepare=bounds,
        ),
        Contender(
            "rtree, vectorised" + ORDERED, "sort(intersection_v(low, high)[0])", "low, high",
            {"intersection_v": tree.intersection_v, "sort": np.sort}, prepare=arrays,
        ),
    ]  # fmt: skip


def mask(points: Points) -> Contender:
    """Four comparisons of whole columns; its answers need no sorting."""
    return Contender(
        "numpy mask" + ORDERED,
        "flatnonzero((lats >= south) & (lats <= north) & (lons >= west) & (lons <= east))",
        RECTANGLE,
        {"flatnonzero": np.flatnonzero, "lats": points.lats_e7, "lons": points.lons_e7},
    )


def rectangles(points: Points, slow_limit: int) -> list[Contender]:
    peers = [mask(points), *geoindex(points)]
    if len(points) <= slow_limit:
        peers += [*shapely_tree(points), *libspatialindex(points)]
    return peers


# Nearest, on the sphere -----------------------------------------------------------------------


def unit_vectors(lats_e7: npt.ArrayLike, lons_e7: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Points on the unit sphere: the nearest by chord are the nearest by arc."""
    lats, lons = np.radians(np.asarray(lats_e7) / 1e7), np.radians(np.asarray(lons_e7) / 1e7)
    return np.column_stack([np.cos(lats) * np.cos(lons), np.cos(lats) * np.sin(lons), np.sin(lats)])


def nearest(points: Points, k: int, arcs_m: Callable[[Columns, Any], Any]) -> list[Contender]:
    """Trees of float64 vectors, of the query too, which is converted before the clock starts.

    None of them converts chords to metres, which ours does. Their leaf sizes are the defaults:
    others were not faster. `arcs_m(queries, ids)` is for comparing: the distances to the ids.
    The planar neighbours of shapely, rtree and geoindex-rs are not those on a sphere.
    """
    from pykdtree.kdtree import KDTree
    from scipy.spatial import cKDTree
    from sklearn.neighbors import BallTree  # type: ignore[import-untyped]

    vectors = unit_vectors(points.lats_e7, points.lons_e7)
    radians = np.radians(np.column_stack([points.lats_e7, points.lons_e7]) / 1e7)
    pykdtree, scipy_tree = KDTree(vectors), cKDTree(vectors)
    ball_tree = BallTree(radians, metric="haversine")

    # The batch at hand is remembered so that the ids in the answers can be measured from it.
    asked: dict[str, Columns] = {}

    def as_vectors(columns: Columns) -> Columns:
        asked["batch"] = columns
        return [unit_vectors(*columns)]

    def as_single_vectors(columns: Columns) -> Columns:
        return [list(unit_vectors(*columns))]

    def as_radians(columns: Columns) -> Columns:
        asked["batch"] = columns
        return [np.radians(np.column_stack(columns) / 1e7)]

    def metres(answer: Any) -> Any:
        return arcs_m(asked["batch"], answer[1])

    scope: dict[str, object] = {"k": k}
    return [
        Contender(
            "pykdtree, in batch", "query(vectors, k=k)", "vectors",
            {**scope, "query": pykdtree.query}, whole=True, prepare=as_vectors, canonical=metres,
        ),
        Contender(
            "scipy cKDTree, in batch", "query(vectors, k=k)", "vectors",
            {**scope, "query": scipy_tree.query}, whole=True, prepare=as_vectors, canonical=metres,
        ),
        Contender(
            "scipy cKDTree, singly", "query(vector, k=k)", "vector",
            {**scope, "query": scipy_tree.query}, prepare=as_single_vectors,
            canonical=lambda answer: 2 * EARTH_RADIUS_M * np.arcsin(answer[0] / 2),
        ),
        Contender(
            "scikit-learn BallTree, in batch", "query(radians, k=k)", "radians",
            {**scope, "query": ball_tree.query}, whole=True, prepare=as_radians, canonical=metres,
        ),
    ]  # fmt: skip


# Distances ------------------------------------------------------------------------------------


def python_haversine(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """The formula that ours has to equal in every bit, and what a program without C pays."""
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
    """The formula over whole columns. arcsin takes numpy less time than arctan2, and one factor
    less than dividing by 1e7 and converting to radians."""
    radians = np.pi / 180e7
    lat1, lat2 = lat1_e7 * radians, lat2_e7 * radians
    half_dlon = (lon2_e7 * radians - lon1_e7 * radians) * 0.5
    a = np.sin((lat2 - lat1) * 0.5) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(half_dlon) ** 2
    return (2 * EARTH_RADIUS_M) * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


BLOCK = 8192


def blocked_haversine(lat1_e7: Any, lon1_e7: Any, lat2_e7: Any, lon2_e7: Any) -> Any:
    """The same in blocks whose temporaries stay in the cache: more than most people would write."""
    metres = np.empty(len(lat1_e7))
    for start in range(0, len(metres), BLOCK):
        block = slice(start, start + BLOCK)
        metres[block] = numpy_haversine(
            lat1_e7[block], lon1_e7[block], lat2_e7[block], lon2_e7[block]
        )
    return metres
