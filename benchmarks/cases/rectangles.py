"""Rectangles: the ids of all features inside, in database order, one rectangle a call."""

from __future__ import annotations

import numpy as np
import ours
import peers
import text
from data import Points, clustered, squares, uniform
from measure import FIRST_TIMED, Batches, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

HITS = (10, 1_000, 100_000)
LIMITS = {10: 10.0, 1_000: 2.5, 100_000: 2.0}
AS_NUMPY = ours.NAME + ", as numpy array"
# Rectangles asked in one repetition, at most.
A_BATCH = {10: 2_000, 1_000: 200, 100_000: 6}


def batches_of_squares(points: Points, hits: int, settings: Settings) -> Batches:
    """Other rectangles in every repetition."""
    size = A_BATCH[hits]
    columns = squares(points, hits, size * (settings.effort.repetitions + FIRST_TIMED)).T

    def batch(number: int) -> Columns:
        return [column[number * size : (number + 1) * size] for column in columns]

    return batch


def our_query(points: Points) -> list[Contender]:
    """The ids as they come, a sequence and a buffer in one; and wrapped into a numpy array, which
    the peers' answers are or have become."""
    query = ours.index_of(points).query
    call = "query(south, west, north, east)"
    return [
        Contender(ours.NAME, call, peers.RECTANGLE, {"query": query}),
        Contender(
            AS_NUMPY, f"asarray({call})", peers.RECTANGLE, {"query": query, "asarray": np.asarray}
        ),
    ]


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Rectangles: ids in database order")
    for make in (uniform, clustered):
        for count in settings.sizes(10_000, 1_000_000, 10_000_000):
            points = make(count)
            contenders = [*our_query(points), *peers.rectangles(points, settings.slow_limit)]
            races = {
                hits: race(
                    contenders,
                    batches_of_squares(points, hits, settings),
                    settings.effort,
                )
                for hits in HITS
                if hits < count
            }
            _report(result, points, races)
        if settings.quick:
            _not_measured(result, points.name)
    return result


def _goal(name: str, count: int, hits: int, value: float | None, words: str) -> Goal:
    part = f"{name}, n = {text.count(count)}, {hits:,} hits"
    case = "rectangle, ids in database order, against geoindex-rs with its ids sorted"
    return Goal(case, part, LIMITS[hits], "at least", "x faster", value, words)


def _not_measured(result: CaseResult, name: str) -> None:
    for hits in HITS:
        words = "not part of the quick mode"
        result.goals.append(_goal(name, 10_000_000, hits, None, words))


def _report(result: CaseResult, points: Points, races: dict[int, Race]) -> None:
    count = len(points)
    names = list(next(iter(races.values())).samples_s)
    rows = [[name] for name in names]
    for hits, measured in races.items():
        for row, more in zip(rows, text.race_rows(measured, names, ours.NAME), strict=True):
            row += more[1:]
        result.record(f"{points.name}, n = {count}, {hits} hits", measured)
        for name in names:
            point = (float(hits), measured.cost_s(name).median)
            key = f"rectangles, {points.name}, {count}, {name}"
            result.series.setdefault(key, []).append(point)
        if count < 1_000_000:
            continue
        best = measured.fastest(
            name for name in names if name.startswith("geoindex") and name.endswith(peers.ORDERED)
        )
        ratio = measured.ratio(best, ours.NAME)
        words = f"quartiles {text.quartiles(ratio)}; the fastest is {best}"
        result.goals.append(_goal(points.name, count, hits, ratio.median, words))
    header = [""]
    for hits in races:
        header += [f"{hits:,} hits", "times ours"]
    title = f"{points.name}, n = {text.count(count)}"
    result.tables.append(Table(title, header, rows))
