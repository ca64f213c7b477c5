"""How much more the same question costs in an index a thousand times as large."""

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


def _of_size(contender: Contender, group: str) -> Contender:
    """The contender under its size, so that one race holds several."""
    return dataclasses.replace(contender, name=group, group=group)


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Growth: the same question from 10 k to 10 M features")
    sets = [uniform(count) for count in settings.sizes(10_000, 100_000, 1_000_000, 10_000_000)]
    labels = [text.count(len(points)) for points in sets]
    finds = race(
        [_of_size(our_find(points), label) for points, label in zip(sets, labels, strict=True)],
        {label: hits(points, LOOK_UPS) for points, label in zip(sets, labels, strict=True)},
        settings.effort,
    )
    queries = race(
        [_of_size(our_query(points)[0], label) for points, label in zip(sets, labels, strict=True)],
        {
            label: batches_of_squares(points, HITS, settings)
            for points, label in zip(sets, labels, strict=True)
        },
        settings.effort,
    )
    rows = [
        [label, text.cost(finds.cost_s(label)), text.cost(queries.cost_s(label))]
        for label in labels
    ]
    result.tables.append(Table("uniform", ["n", "find, a hit", f"query, {HITS} hits"], rows))
    result.raw = {"find": finds.samples_s, "query": queries.samples_s}

    def goal(part: str, limit: float, measured: Race) -> Goal:
        case = "cost growth from 10 k to 10 M features"
        if "10 M" not in labels:
            words = "not part of the quick mode"
            return Goal(case, part, limit, "at most", "x", None, words)
        ratio = measured.ratio("10 M", "10 k")
        words = f"quartiles {text.quartiles(ratio)}"
        return Goal(case, part, limit, "at most", "x", ratio.median, words)

    result.goals = [
        goal("find", FIND_LIMIT, finds),
        goal(f"{HITS}-hit query", QUERY_LIMIT, queries),
    ]
    return result
