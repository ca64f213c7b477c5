"""The cost of the same query in indexes of ten thousand to ten million features."""

from __future__ import annotations

import dataclasses

import text
from data import uniform
from measure import Contender, Race, race
from model import CaseResult, Goal, Settings, Table

from cases.find import LOOK_UPS, hits, our_find
from cases.rectangles import batches_of_squares, our_query

FIND_LIMIT, QUERY_LIMIT = 12.0, 3.0
HITS = 10


def _named(contender: Contender, size: str) -> Contender:
    """Name a contender by its size, so that one race can hold several sizes."""
    return dataclasses.replace(contender, name=size, group=size)


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Growth: the same query from 10 k to 10 M features")
    sets = [uniform(count) for count in settings.sizes(10_000, 100_000, 1_000_000, 10_000_000)]
    by_size = {text.count(len(points)): points for points in sets}
    finds = race(
        [_named(our_find(points), size) for size, points in by_size.items()],
        {size: hits(points, LOOK_UPS) for size, points in by_size.items()},
        settings.effort,
    )
    queries = race(
        [_named(our_query(points)[0], size) for size, points in by_size.items()],
        {size: batches_of_squares(points, HITS, settings) for size, points in by_size.items()},
        settings.effort,
    )
    rows = [
        [size, text.cost(finds.cost_s(size)), text.cost(queries.cost_s(size))] for size in by_size
    ]
    result.tables.append(Table("uniform", ["n", "find, a hit", f"query, {HITS} hits"], rows))

    def goal(part: str, limit: float, measured: Race) -> Goal:
        ratio = measured.ratio("10 M", "10 k")
        remarks = f"quartiles {text.quartiles(ratio)}"
        case = "cost growth from 10 k to 10 M features"
        return Goal(case, part, limit, "at most", "x", ratio.median, remarks)

    if "10 M" in by_size:
        result.goals = [
            goal("find", FIND_LIMIT, finds),
            goal(f"{HITS}-hit query", QUERY_LIMIT, queries),
        ]
    return result
