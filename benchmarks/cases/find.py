"""Exact look-up of one point, called from Python.

The points are drawn at random for each repetition: with ten million features hardly any look-up
finds its memory in a cache, as in a server with arbitrary requests.
"""

from __future__ import annotations

import dataclasses

import ours
import peers
import text
from data import Points, generator, uniform
from measure import Batches, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

LOOK_UPS = 20_000  # per repetition
LIMITS = {100: 3.0, 1_000_000: 5.0, 10_000_000: 7.0}
CASE = "`find` from Python against `dict.get((lat, lon))`, random hits"


def hits(points: Points, count: int) -> Batches:
    def batch(number: int) -> Columns:
        ids = generator("hits", len(points), number).integers(0, len(points), count)
        return [points.lats_e7[ids], points.lons_e7[ids]]

    return batch


def misses(points: Points, count: int) -> Batches:
    """Random places of the world, where a feature is practically impossible."""

    def batch(number: int) -> Columns:
        elsewhere = uniform(count + number)
        return [elsewhere.lats_e7[:count], elsewhere.lons_e7[:count]]

    return batch


def our_find(points: Points) -> Contender:
    find = ours.index_of(points).find
    return Contender(ours.NAME, "find(lat, lon)", "lat, lon", {"find": find})


def run(settings: Settings) -> CaseResult:
    result = CaseResult("find: one point from Python")
    for count in settings.sizes(100, 10_000, 1_000_000, 10_000_000):
        points = uniform(count)
        contenders = [our_find(points), peers.dict_get(points)]
        hit = race(contenders, hits(points, LOOK_UPS), settings.effort)
        absent = [
            dataclasses.replace(contender, canonical=lambda answer: answer is None)
            for contender in contenders
        ]
        miss = race(absent, misses(points, LOOK_UPS), settings.effort)
        _report(result, count, hit, miss)
    return result


def _report(result: CaseResult, count: int, hit: Race, miss: Race) -> None:
    names = list(hit.samples_s)
    rows = text.race_rows(hit, names, ours.NAME)
    for row, more in zip(rows, text.race_rows(miss, names, ours.NAME), strict=True):
        row += more[1:]
    loop_s = sum(min(hit.loops_s[name]) for name in names) / 2
    ratio = hit.ratio("dict", ours.NAME)
    with_loop = (hit.cost_s("dict").median + loop_s) / (hit.cost_s(ours.NAME).median + loop_s)
    result.tables.append(
        Table(
            f"n = {text.count(count)}, uniform",
            ["", "a hit", "relative", "a miss", "relative"],
            rows,
            f"The subtracted loop: {text.seconds(loop_s)}; with it included in both, dict takes "
            f"{text.three_digits(with_loop)}x as long for a hit.",
        )
    )
    if count in LIMITS:
        remarks = f"quartiles {text.quartiles(ratio)}; {text.cost(hit.cost_s(ours.NAME))}"
        result.goals.append(
            Goal(CASE, f"n = {text.count(count)}", LIMITS[count], "at least", "x faster",
                 ratio.median, remarks)
        )  # fmt: skip
    result.record(hit)
