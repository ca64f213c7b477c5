"""Exact look-up of a million points in one call."""

from __future__ import annotations

import numpy as np
import ours
import peers
import text
from data import Points, clustered, generator, uniform
from measure import Batches, Columns, Contender, race
from model import CaseResult, Goal, Settings, Table

from cases.find import hits, misses

POINTS = 1_000_000  # per batch
SPEEDUP_LIMIT, COST_LIMIT_NS = 5.0, 20.0
PANDAS = "pandas get_indexer"
CASE = "`find_many`, 1 M points in 1 M features, one thread"


def half_misses(points: Points, count: int) -> Batches:
    hit, miss = hits(points, count), misses(points, count)

    def batch(number: int) -> Columns:
        asked = generator("half", len(points), number).random(count) < 0.5
        return [np.where(asked, *pair) for pair in zip(hit(number), miss(number), strict=True)]

    return batch


def our_find_many(points: Points) -> Contender:
    find_many = ours.index_of(points).find_many
    return Contender(
        ours.NAME, "find_many(lats, lons)", "lats, lons", {"find_many": find_many}, whole=True
    )


def run(settings: Settings) -> CaseResult:
    result = CaseResult("find_many: a million points in one call")
    sets = [uniform(count) for count in settings.sizes(100, 10_000, 1_000_000, 10_000_000)]
    if not settings.quick:
        sets.append(clustered(1_000_000))
    for points in sets:
        contenders = [our_find_many(points), *peers.find_in_batch(points)]
        if len(points) <= 1_000_000:  # ten million would take long to build
            contenders.append(peers.dict_in_batch(points))
        hit = race(contenders, hits(points, POINTS), settings.batch_effort)
        half = race(contenders, half_misses(points, POINTS), settings.batch_effort)
        names = [contender.name for contender in contenders]
        rows = text.race_rows(hit, names, ours.NAME)
        for row, more in zip(rows, text.race_rows(half, names, ours.NAME), strict=True):
            row += more[1:]
        title = f"n = {text.count(len(points))}, {points.name}"
        header = ["", "a point, all hits", "relative", "a point, half misses", "relative"]
        result.tables.append(Table(title, header, rows))
        result.record(hit)
        if points.name == "uniform" and len(points) == 1_000_000:
            ratio, cost = hit.ratio(PANDAS, ours.NAME), hit.cost_s(ours.NAME)
            remarks = f"quartiles {text.quartiles(ratio)}; pandas with keys ready-made"
            result.goals = [
                Goal(CASE, "against pandas get_indexer", SPEEDUP_LIMIT, "at least", "x faster",
                     ratio.median, remarks),
                Goal(CASE, "cost of a point", COST_LIMIT_NS, "at most", "ns", cost.median * 1e9,
                     f"±{cost.percent:.0f}%"),
            ]  # fmt: skip
    return result
