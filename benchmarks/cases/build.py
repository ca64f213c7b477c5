"""Building an index from columns: ours from int32 buffers and names, the peers without names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import ours
import peers
import text
from data import Points, clustered, fresh_names, uniform
from measure import CHECK, Batches, Columns, Contender, Effort, race
from model import CaseResult, Goal, Settings, Table

from routeguide_c import FeatureIndex

LIMIT = 1.5
RTREE = "geoindex-rs RTree (hilbert)"
NO_NAMES = ours.NAME + ", no names"
# A quarter of the world: what every built index is asked when the answers are compared.
SOUTH_E7, WEST_E7, NORTH_E7, EAST_E7 = 0, 0, 900_000_000, 1_800_000_000


def _columns(points: Points) -> Batches:
    """The same points for all, a hundredth of them where only answers are compared."""
    count = len(points)

    def batch(number: int) -> Columns:
        taken = count // 100 if number == CHECK else count
        return [points.lats_e7[:taken], points.lons_e7[:taken]]

    return batch


def _with_names(columns: Columns) -> Columns:
    return [*columns, fresh_names(len(columns[0]))]


def _without_names(columns: Columns) -> Columns:
    return [*columns, [""] * len(columns[0])]


def _as_float64(columns: Columns) -> Columns:
    return [np.asarray(column, np.float64) for column in columns]


def _quarter(ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The ids in the quarter, as a batch of answers."""
    return lambda built: np.sort(np.asarray(ask(built)).astype(np.int64))


def _contenders(slower: bool) -> list[Contender]:
    """geoindex-rs takes any number type and converts to float64: it is timed on both, the int32
    columns that ours gets and float64 columns made beforehand."""
    from geoindex_rs import kdtree, rtree  # type: ignore[attr-defined]

    def rtree_of(lats: Any, lons: Any) -> Any:
        builder = rtree.RTreeBuilder(len(lats))
        builder.add(lons, lats, lons, lats)
        return builder.finish()

    def str_rtree_of(lats: Any, lons: Any) -> Any:
        builder = rtree.RTreeBuilder(len(lats))
        builder.add(lons, lats, lons, lats)
        return builder.finish("str")

    def kdtree_of(lats: Any, lons: Any) -> Any:
        builder = kdtree.KDTreeBuilder(len(lats))
        builder.add(lons, lats)
        return builder.finish()

    def add(
        name: str,
        expression: str,
        over: str,
        scope: dict[str, object],
        ask: Callable[[Any], Any] | None,
        prepare: Callable[[Columns], Columns] | None = None,
    ) -> None:
        contenders.append(
            Contender(
                name, expression, over, scope, whole=True, prepare=prepare, divisible=False,
                canonical=None if ask is None else _quarter(ask),
            )
        )  # fmt: skip

    contenders: list[Contender] = []
    lonlat = (WEST_E7, SOUTH_E7, EAST_E7, NORTH_E7)
    both = "lats, lons"
    for name, names in ((ours.NAME, _with_names), (NO_NAMES, _without_names)):
        add(name, "FeatureIndex(lats, lons, names)", "lats, lons, names",
            {"FeatureIndex": FeatureIndex},
            lambda built: built.query(SOUTH_E7, WEST_E7, NORTH_E7, EAST_E7), names)  # fmt: skip

    def search(built: Any) -> Any:
        return rtree.search(built, *lonlat).to_numpy()

    def range_(built: Any) -> Any:
        return kdtree.range(built, *lonlat).to_numpy()

    floats = ", from float64"
    add(RTREE, "rtree_of(lats, lons)", both, {"rtree_of": rtree_of}, search)
    add(RTREE + floats, "rtree_of(lats, lons)", both, {"rtree_of": rtree_of}, search, _as_float64)
    add("geoindex-rs RTree (str)", "rtree_of(lats, lons)", both, {"rtree_of": str_rtree_of}, search)
    add("geoindex-rs KDTree", "kdtree_of(lats, lons)", both, {"kdtree_of": kdtree_of}, range_)
    if slower:
        _add_slower(add)
    return contenders


def _add_slower(add: Callable[..., None]) -> None:
    """These would take minutes or many gigabytes at ten million points."""
    import pandas as pd
    import shapely
    from pykdtree.kdtree import KDTree
    from rtree.index import Index
    from scipy.spatial import cKDTree

    def shapely_of(lats: Any, lons: Any) -> Any:
        tree = shapely.STRtree(shapely.points(lons, lats))
        tree.query(shapely.box(0, 0, 0, 0))  # the tree is built by its first query
        return tree

    def rtree_of(lats: Any, lons: Any) -> Any:
        corners = np.column_stack([lons, lats]).astype(np.float64)
        return Index((np.arange(len(lats)), corners, corners))

    def pandas_of(lats: Any, lons: Any) -> Any:
        frame = pd.Index(peers.packed(lats, lons))
        if frame.is_unique:  # builds the hash table
            frame.get_indexer(frame[:1])
        return frame

    def vectors(columns: Columns) -> Columns:
        return [peers.unit_vectors(*columns)]

    box = shapely.box(WEST_E7, SOUTH_E7, EAST_E7, NORTH_E7)
    bounds = (WEST_E7, SOUTH_E7, EAST_E7, NORTH_E7)
    add(
        "shapely STRtree",
        "tree_of(lats, lons)",
        "lats, lons",
        {"tree_of": shapely_of},
        lambda built: built.query(box),
    )
    add(
        "rtree",
        "tree_of(lats, lons)",
        "lats, lons",
        {"tree_of": rtree_of},
        lambda built: list(built.intersection(bounds)),
    )
    add("pandas Index", "frame_of(lats, lons)", "lats, lons", {"frame_of": pandas_of}, None)
    add(
        "dict",
        "table_of(Points('', lats, lons))",
        "lats, lons",
        {"table_of": peers.table_of, "Points": Points},
        None,
    )
    add("pykdtree, of vectors", "KDTree(vectors)", "vectors", {"KDTree": KDTree}, None, vectors)
    add("scipy cKDTree, of vectors", "cKDTree(vectors)", "vectors", {"cKDTree": cKDTree}, None,
        vectors)  # fmt: skip


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Building")
    for make in (uniform, clustered):
        for count in settings.sizes(10_000, 1_000_000, 10_000_000):
            if make is clustered and count == 10_000:
                continue
            points = make(count)
            contenders = _contenders(slower=count <= settings.slow_limit)
            measured = race(
                contenders,
                _columns(points),
                Effort(3 if settings.quick or count > 1_000_000 else 7, 0),
            )
            names = list(measured.samples_s)
            rows = text.race_rows(measured, names, ours.NAME)
            for row, name in zip(rows, names, strict=True):
                row.insert(1, text.seconds(measured.cost_s(name).median * count))
            title = f"{points.name}, n = {text.count(count)}"
            header = ["", "all", "a feature", "times ours"]
            result.tables.append(Table(title, header, rows))
            result.record(title, measured)
            if count == 10_000_000:
                best = measured.fastest(name for name in names if name.startswith(RTREE))
                ratio = measured.ratio(best, ours.NAME)
                words = f"quartiles {text.quartiles(ratio)}; against {best}"
                result.goals.append(_goal(points.name, ratio.median, words))
        if settings.quick:
            result.goals.append(_goal(make.__name__, None, "not part of the quick mode"))
    return result


def _goal(name: str, value: float | None, words: str) -> Goal:
    case = "build from buffers and names, 10 M, against the RTree of geoindex-rs"
    return Goal(case, name, LIMIT, "at least", "x faster", value, words)
