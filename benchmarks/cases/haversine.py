"""Distances: a million pairs in one call, and one pair per call."""

from __future__ import annotations

from typing import Any

import numpy as np
import ours
import peers
import text
from data import LAT_MAX_E7, LON_MAX_E7, generator
from measure import CHECK, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

import routeguide_c

PAIRS = 1_000_000
TIME_LIMIT, ERROR_LIMIT = 15.0, 1e-9
NUMPY, BLOCKED = "numpy", f"numpy, in blocks of {peers.BLOCK:,}"
COLUMNS = "lat1, lon1, lat2, lon2"
# Four int32 arrays. Any: before Python 3.12 the type system cannot express that an array is a
# buffer.
Pairs = list[Any]


def random_pairs(count: int, number: int, close: bool = False) -> Pairs:
    """Return pairs anywhere in the world, or pairs within about a kilometer of each other."""
    rng = generator("pairs", number)
    lat1, lat2 = rng.integers(-LAT_MAX_E7, LAT_MAX_E7, (2, count), dtype=np.int32)
    lon1, lon2 = rng.integers(-LON_MAX_E7, LON_MAX_E7, (2, count), dtype=np.int32)
    if close:
        lat2 = np.clip(lat1 + rng.integers(-90_000, 90_000, count), -LAT_MAX_E7, LAT_MAX_E7)
        lon2 = np.clip(lon1 + rng.integers(-90_000, 90_000, count), -LON_MAX_E7, LON_MAX_E7)
    return [column.astype(np.int32) for column in (lat1, lon1, lat2, lon2)]


def batch(number: int) -> Columns:
    return random_pairs(20_000 if number == CHECK else PAIRS, number)


def small_batch(number: int) -> Columns:
    return random_pairs(20_000, number)


def _in_batch() -> list[Contender]:
    return [
        Contender(NUMPY, f"numpy_haversine({COLUMNS})", COLUMNS,
                  {"numpy_haversine": peers.numpy_haversine}, whole=True),
        Contender(BLOCKED, f"blocked_haversine({COLUMNS})", COLUMNS,
                  {"blocked_haversine": peers.blocked_haversine}, whole=True),
        Contender(ours.NAME, f"haversine_many({COLUMNS})", COLUMNS,
                  {"haversine_many": routeguide_c.haversine_many}, whole=True),
    ]  # fmt: skip


def _singly() -> list[Contender]:
    return [
        Contender(ours.NAME, f"haversine({COLUMNS})", COLUMNS,
                  {"haversine": routeguide_c.haversine}),
        Contender("Python", f"python_haversine({COLUMNS})", COLUMNS,
                  {"python_haversine": peers.python_haversine}),
    ]  # fmt: skip


def bits_that_differ(pairs: Pairs) -> int:
    """Count the single distances that differ from the formula as Python computes it."""
    lists = zip(*(column.tolist() for column in pairs), strict=True)
    return sum(routeguide_c.haversine(*pair) != peers.python_haversine(*pair) for pair in lists)


def largest_error(pairs: Pairs) -> float:
    """Return the largest relative error of many distances.

    Measured against the formula in extended precision (a 64-bit mantissa on x86), in the form that
    is well conditioned at every distance.
    """
    lat1, lon1, lat2, lon2 = (column.astype(np.longdouble) for column in pairs)
    radians = np.longdouble("3.14159265358979323846264338327950288") / np.longdouble(180e7)
    half_dlat, half_dlon = (lat2 - lat1) * radians / 2, (lon2 - lon1) * radians / 2
    a = np.sin(half_dlat) ** 2 + np.cos(lat1 * radians) * np.cos(lat2 * radians) * (
        np.sin(half_dlon) ** 2
    )
    true_m = 2 * np.longdouble(peers.EARTH_RADIUS_M) * np.arctan2(np.sqrt(a), np.sqrt(1 - a))
    many_m: Any = np.asarray(routeguide_c.haversine_many(*pairs))
    apart = true_m > 0
    return float(np.max(np.abs(many_m[apart] - true_m[apart]) / true_m[apart]))


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Haversine")
    measured = race(_in_batch(), batch, settings.batch_effort)
    one = race(_singly(), small_batch, settings.effort)
    result.goals = _goals(measured, settings)
    rows = text.race_rows(measured, list(measured.samples_s), ours.NAME)
    result.tables.append(Table("a million pairs per call", ["", "a pair", "relative"], rows))
    rows = text.race_rows(one, list(one.samples_s), ours.NAME)
    result.tables.append(Table("one pair per call", ["", "a pair", "relative"], rows))
    result.record(measured)
    result.record(one)
    return result


def _goals(measured: Race, settings: Settings) -> list[Goal]:
    """The limit is relative to the plain formula; the remark compares with the blocked one."""
    ratio = measured.ratio(NUMPY, ours.NAME)
    blocked = text.times(measured.ratio(BLOCKED, ours.NAME))
    checked = 100_000 if settings.quick else 1_000_000
    pairs = [random_pairs(checked // 2, 1), random_pairs(checked // 2, 2, close=True)]
    differ = float(sum(bits_that_differ(some) for some in pairs))
    error = max(largest_error(some) for some in pairs)
    of_pairs = f"of {checked:,} pairs, half of them within a kilometer"
    return [
        Goal("haversine_many", "time", TIME_LIMIT, "at least", "x faster than numpy", ratio.median,
             f"quartiles {text.quartiles(ratio)}; {blocked} against numpy in blocks"),
        Goal("haversine_many", "relative error", ERROR_LIMIT, "at most", "", error,
             f"the largest {of_pairs}"),
        Goal("haversine", "results that differ from the formula", 0, "at most", "pairs", differ,
             of_pairs),
    ]  # fmt: skip
