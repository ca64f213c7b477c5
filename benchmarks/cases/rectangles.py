"""Rectangles: the ids of all features inside, in database order, one rectangle per call."""

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
# The most rectangles that one repetition asks, by hits.
BATCH_SIZES = {10: 2_000, 1_000: 200, 100_000: 6}
CASE = "rectangle, ids in database order, against geoindex-rs with its ids sorted"


def batches_of_squares(points: Points, hits: int, settings: Settings) -> Batches:
    """Return batches with different rectangles for each repetition."""
    size = BATCH_SIZES[hits]
    columns = squares(points, hits, size * (settings.effort.repetitions + FIRST_TIMED)).T

    def batch(number: int) -> Columns:
        return [column[number * size : (number + 1) * size] for column in columns]

    return batch


def our_query(points: Points) -> list[Contender]:
    """The ids as returned, and wrapped in a numpy array, which the peers' answers are."""
    query = ours.index_of(points).query
    call = "query(south, west, north, east)"
    return [
        Contender(ours.NAME, call, peers.RECTANGLE, {"query": query}),
        Contender(
            f"{ours.NAME}, as numpy array", f"asarray({call})", peers.RECTANGLE,
            {"query": query, "asarray": np.asarray},
        ),
    ]  # fmt: skip


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Rectangles: ids in database order")
    for make in (uniform, clustered):
        for count in settings.sizes(10_000, 1_000_000, 10_000_000):
            points = make(count)
            contenders = [*our_query(points), peers.mask(points), *peers.geoindex(points)]
            races = {
                hits: race(contenders, batches_of_squares(points, hits, settings), settings.effort)
                for hits in HITS
                if hits < count
            }
            _report(result, points, races)
    return result


def _report(result: CaseResult, points: Points, races: dict[int, Race]) -> None:
    count = len(points)
    names = list(next(iter(races.values())).samples_s)
    rows = [[name] for name in names]
    for hits, measured in races.items():
        for row, more in zip(rows, text.race_rows(measured, names, ours.NAME), strict=True):
            row += more[1:]
        result.record(measured)
        if count < 1_000_000:
            continue
        best = measured.fastest(
            name for name in names if name.startswith("geoindex") and name.endswith(peers.ORDERED)
        )
        ratio = measured.ratio(best, ours.NAME)
        part = f"{points.name}, n = {text.count(count)}, {hits:,} hits"
        remarks = f"quartiles {text.quartiles(ratio)}; the fastest is {best}"
        result.goals.append(
            Goal(CASE, part, LIMITS[hits], "at least", "x faster", ratio.median, remarks)
        )
    header = [""]
    for hits in races:
        header += [f"{hits:,} hits", "relative"]
    result.tables.append(Table(f"{points.name}, n = {text.count(count)}", header, rows))
