"""The exact look-up of one point, called from Python, for points that are in the index.

The points asked for are drawn at random for every repetition: at ten million features hardly any
look-up finds its memory in a cache, as in a server that is asked about anything.
"""

from __future__ import annotations

import dataclasses

import ours
import peers
import text
from data import Points, generator, uniform
from measure import Batches, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

LOOK_UPS = 20_000  # a repetition
LIMITS = {100: 3.0, 1_000_000: 5.0, 10_000_000: 7.0}


def hits(points: Points, count: int) -> Batches:
    def batch(number: int) -> Columns:
        ids = generator("hits", len(points), number).integers(0, len(points), count)
        return [points.lats_e7[ids], points.lons_e7[ids]]

    return batch


def misses(points: Points, count: int) -> Batches:
    """Random places of the world: a feature at one of them is as good as impossible."""

    def batch(number: int) -> Columns:
        elsewhere = uniform(count + number)
        return [elsewhere.lats_e7[:count], elsewhere.lons_e7[:count]]

    return batch


def our_find(points: Points) -> Contender:
    find = ours.index_of(points).find
    return Contender(ours.NAME, "find(lat, lon)", "lat, lon", {"find": find})


def run(settings: Settings) -> CaseResult:
    result = CaseResult("find: one point from Python")
    sizes = settings.sizes(100, 10_000, 1_000_000, 10_000_000)
    for count in sizes:
        points = uniform(count)
        contenders = [our_find(points), peers.dict_get(points), *peers.find_singly(points)]
        contenders.append(peers.call_of_two_arguments())
        hit = race(contenders, hits(points, LOOK_UPS), settings.effort)
        both = [
            dataclasses.replace(contender, canonical=lambda answer: answer is None)
            for contender in contenders[:2]
        ]
        miss = race(both, misses(points, LOOK_UPS), settings.effort)
        _report(result, count, hit, miss)
    for count, limit in LIMITS.items():
        if count not in sizes:
            part = f"n = {text.count(count)}"
            result.goals.append(_goal(part, limit, None, "not part of the quick mode"))
    return result


def _goal(part: str, limit: float, value: float | None, words: str) -> Goal:
    case = "`find` from Python against `dict.get((lat, lon))`, random hits"
    return Goal(case, part, limit, "at least", "x faster", value, words)


def _report(result: CaseResult, count: int, hit: Race, miss: Race) -> None:
    names = list(hit.samples_s)
    rows = text.race_rows(hit, names, ours.NAME)
    for row in rows[:2]:
        row.append(text.cost(miss.cost_s(row[0])))
    rows[0].append("")
    rows[1].append(text.times(miss.ratio("dict", ours.NAME)))
    for row in rows[2:]:
        row += ["", ""]
    loop_s = sum(min(hit.loops_s[name]) for name in names[:2]) / 2
    ratio = hit.ratio("dict", ours.NAME)
    with_loop = (hit.cost_s("dict").median + loop_s) / (hit.cost_s(ours.NAME).median + loop_s)
    result.tables.append(
        Table(
            f"n = {text.count(count)}, uniform",
            ["", "a hit", "times ours", "a miss", "times ours"],
            rows,
            f"The loop that was taken off: {text.seconds(loop_s)}; with it in both, dict takes "
            f"{text.three_digits(with_loop)}x as long for a hit.",
        )
    )
    if count in LIMITS:
        words = f"quartiles {text.quartiles(ratio)}; {text.cost(hit.cost_s(ours.NAME))}"
        result.goals.append(_goal(f"n = {text.count(count)}", LIMITS[count], ratio.median, words))
    for name in names[:2]:
        point = (float(count), hit.cost_s(name).median)
        result.series.setdefault(f"find, {name}", []).append(point)
    result.record(f"hits, n = {count}", hit)
    result.record(f"misses, n = {count}", miss)
