"""The exact look-up of a million points in one call."""

from __future__ import annotations

import numpy as np
import ours
import peers
import text
from data import Points, clustered, generator, uniform
from measure import Batches, Columns, Contender, race
from model import CaseResult, Goal, Settings, Table

from cases.find import hits, misses

POINTS = 1_000_000  # a batch
SPEEDUP_LIMIT, COST_LIMIT_NS = 5.0, 20.0
PANDAS = "pandas get_indexer"


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
    missing = ours.lacks("FeatureIndex.find_many")
    speedup = cost_ns = None
    words = [missing, missing]
    sets = [uniform(count) for count in settings.sizes(100, 10_000, 1_000_000, 10_000_000)]
    if not settings.quick:
        sets.append(clustered(1_000_000))
    for points in [] if missing else sets:
        contenders = [our_find_many(points), *peers.find_in_batch(points)]
        if len(points) <= settings.slow_limit:
            contenders.append(peers.dict_in_batch(points))
        hit = race(contenders, hits(points, POINTS), settings.batch_effort)
        half = race(contenders, half_misses(points, POINTS), settings.batch_effort)
        names = [contender.name for contender in contenders]
        rows = text.race_rows(hit, names, ours.NAME)
        for row, more in zip(rows, text.race_rows(half, names, ours.NAME), strict=True):
            row += more[1:]
        title = f"n = {text.count(len(points))}, {points.name}"
        header = ["", "a point, all hits", "times ours", "a point, half misses", "times ours"]
        result.tables.append(Table(title, header, rows))
        result.record(f"{title}, hits", hit)
        result.record(f"{title}, half misses", half)
        if points.name == "uniform":
            for name in names:
                point = (float(len(points)), hit.cost_s(name).median)
                result.series.setdefault(f"find_many, {name}", []).append(point)
            if len(points) == 1_000_000:
                ratio = hit.ratio(PANDAS, ours.NAME)
                speedup, cost_ns = ratio.median, hit.cost_s(ours.NAME).median * 1e9
                words = [
                    f"quartiles {text.quartiles(ratio)}; pandas with keys ready-made",
                    f"±{hit.cost_s(ours.NAME).percent:.0f}%",
                ]
    case = "`find_many`, 1 M points in 1 M features, one thread"
    result.goals = [
        Goal(case, "against pandas get_indexer", SPEEDUP_LIMIT, "at least", "x faster", speedup,
             words[0]),
        Goal(case, "cost of a point", COST_LIMIT_NS, "at most", "ns", cost_ns, words[1]),
    ]  # fmt: skip
    return result
