"""Build an index: routeguide_c from int32 buffers and names, the R-tree from coordinates alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import ours
import text
from data import Points, clustered, fresh_names, uniform
from measure import CHECK, Batches, Columns, Contender, Effort, race
from model import CaseResult, Goal, Settings, Table

from routeguide_c import FeatureIndex

LIMIT = 1.5
RTREE = "geoindex-rs RTree (hilbert)"
CASE = "build from buffers and names, 10 M, against the RTree of geoindex-rs"
# A quarter of the world, queried in every built index to compare the answers.
SOUTH_E7, WEST_E7, NORTH_E7, EAST_E7 = 0, 0, 900_000_000, 1_800_000_000


def _columns(points: Points) -> Batches:
    """Return the same points for all; a hundredth of them if only answers are compared."""
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


def _ids_in_quarter(query: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda built: np.sort(np.asarray(query(built)).astype(np.int64))


def _ours(name: str, prepare: Callable[[Columns], Columns]) -> Contender:
    return Contender(
        name, "FeatureIndex(lats, lons, names)", "lats, lons, names",
        {"FeatureIndex": FeatureIndex}, whole=True, divisible=False, prepare=prepare,
        canonical=_ids_in_quarter(lambda built: built.query(SOUTH_E7, WEST_E7, NORTH_E7, EAST_E7)),
    )  # fmt: skip


def _rtree(name: str, prepare: Callable[[Columns], Columns] | None = None) -> Contender:
    """geoindex-rs accepts any number type and converts it to float64."""
    from geoindex_rs import rtree  # type: ignore[attr-defined]

    def rtree_of(lats: Any, lons: Any) -> Any:
        builder = rtree.RTreeBuilder(len(lats))
        builder.add(lons, lats, lons, lats)
        return builder.finish()

    def ids(built: Any) -> Any:
        return rtree.search(built, WEST_E7, SOUTH_E7, EAST_E7, NORTH_E7).to_numpy()

    return Contender(
        name, "rtree_of(lats, lons)", "lats, lons", {"rtree_of": rtree_of}, whole=True,
        divisible=False, prepare=prepare, canonical=_ids_in_quarter(ids),
    )  # fmt: skip


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Building")
    contenders = [
        _ours(ours.NAME, _with_names),
        _ours(f"{ours.NAME}, no names", _without_names),
        _rtree(RTREE),
        _rtree(f"{RTREE}, from float64", _as_float64),
    ]
    for make in (uniform, clustered):
        for count in settings.sizes(1_000_000, 10_000_000):
            points = make(count)
            repetitions = 3 if settings.quick or count > 1_000_000 else 7
            measured = race(contenders, _columns(points), Effort(repetitions, 0))
            names = list(measured.samples_s)
            rows = text.race_rows(measured, names, ours.NAME)
            for row, name in zip(rows, names, strict=True):
                row.insert(1, text.seconds(measured.cost_s(name).median * count))
            title = f"{points.name}, n = {text.count(count)}"
            header = ["", "all", "a feature", "relative"]
            result.tables.append(Table(title, header, rows))
            result.record(measured)
            if count == 10_000_000:
                best = measured.fastest(name for name in names if name.startswith(RTREE))
                ratio = measured.ratio(best, ours.NAME)
                remarks = f"quartiles {text.quartiles(ratio)}; against {best}"
                result.goals.append(
                    Goal(CASE, points.name, LIMIT, "at least", "x faster", ratio.median, remarks)
                )
    return result
