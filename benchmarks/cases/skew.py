"""The cost of a query in data of unusual shapes, relative to uniform data, for the same hits."""

from __future__ import annotations

import dataclasses

import numpy as np
import ours
import peers
import text
from data import Points, clustered, dense_spot, diagonal, duplicates, parallel, uniform
from measure import Batches, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

from cases.rectangles import HITS, batches_of_squares, our_query

LIMIT = 3.0
RTREE = "geoindex-rs RTree (hilbert)" + peers.ORDERED


def everywhere(points: Points, count: int = 16) -> Batches:
    """Return rectangles that contain all points, each a little larger than the one before."""

    def batch(number: int) -> Columns:
        margin = (np.arange(count) + 1 + count * number).astype(np.int32)
        lats, lons = points.lats_e7, points.lons_e7
        return [lats.min() - margin, lons.min() - margin, lats.max() + margin, lons.max() + margin]

    return batch


def _contenders(points: Points) -> list[Contender]:
    """Return ours, an R-tree, and the mask that both are checked against, as one group."""
    query, _ = our_query(points)
    _, tree = peers.geoindex_rtree(points)
    chosen = [query, tree, peers.mask(points)]
    return [
        dataclasses.replace(one, name=f"{points.name}: {one.name}", group=points.name)
        for one in chosen
    ]


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Skew: other shapes of data against uniform, same hits")
    count = 100_000 if settings.quick else 1_000_000
    shapes = [make(count) for make in (uniform, clustered, dense_spot, parallel, diagonal)]
    contenders = [contender for points in shapes for contender in _contenders(points)]
    rows = {points.name: [points.name] for points in [*shapes, duplicates(1)]}
    worst: list[tuple[float, str]] = []

    def report(measured: Race, names: list[str], hits: int) -> None:
        base = f"uniform: {ours.NAME}"
        for name in names:
            mine = f"{name}: {ours.NAME}"
            ratio = measured.ratio(mine, base)
            tree_ratio = measured.ratio(f"{name}: {RTREE}", f"uniform: {RTREE}")
            rows[name] += [
                text.cost(measured.cost_s(mine)), text.times(ratio), text.times(tree_ratio),
            ]  # fmt: skip
            worst.append((ratio.median, f"{name}, {hits:,} hits"))

    measured_hits = [hits for hits in HITS if hits < count]
    for hits in measured_hits:
        batches = {points.name: batches_of_squares(points, hits, settings) for points in shapes}
        measured = race(contenders, batches, settings.effort)
        report(measured, [points.name for points in shapes], hits)

    # All duplicates: a rectangle contains all of them or none.
    same = [shapes[0], duplicates(count)]
    contenders = [c for c in contenders if c.group == "uniform"] + _contenders(same[1])
    measured = race(
        contenders, {points.name: everywhere(points) for points in same}, settings.effort
    )
    for name in rows:
        if name not in ("uniform", same[1].name):
            rows[name] += [""] * 3
    rows[same[1].name] += [""] * 3 * len(measured_hits)
    report(measured, [points.name for points in same], count)

    header = [""]
    for hits in [*measured_hits, count]:
        header += [f"{hits:,} hits", "relative", "R-tree, relative"]
    note = f"Relative to uniform data. R-tree: {RTREE}."
    # The expressions are the same for all shapes.
    result.expressions = [
        (one.name.partition(": ")[2], one.expression) for one in contenders[: len(contenders) // 2]
    ]
    result.tables.append(Table(f"n = {text.count(count)}", header, list(rows.values()), note))
    value, remarks = max(worst)
    case = "the worst of the skewed data sets against uniform, same hits"
    result.goals.append(
        Goal(case, f"n = {text.count(count)}", LIMIT, "at most", "x slower", value, remarks)
    )
    return result
