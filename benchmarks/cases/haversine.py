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
EXACT_LIMIT, FAST_LIMIT, ERROR_LIMIT = 1.2, 15.0, 1e-9
EXACT, FAST = ours.NAME + ", exact", ours.NAME + ", fast"
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
    many: dict[str, object] = {"haversine_many": routeguide_c.haversine_many}
    return [
        Contender(NUMPY, f"numpy_haversine({COLUMNS})", COLUMNS,
                  {"numpy_haversine": peers.numpy_haversine}, whole=True),
        Contender(BLOCKED, f"blocked_haversine({COLUMNS})", COLUMNS,
                  {"blocked_haversine": peers.blocked_haversine}, whole=True),
        Contender(EXACT, f"haversine_many({COLUMNS})", COLUMNS, many, whole=True),
        Contender(FAST, f"haversine_many({COLUMNS}, fast=True)", COLUMNS, many, whole=True),
    ]  # fmt: skip


def _singly() -> list[Contender]:
    return [
        Contender(ours.NAME, f"haversine({COLUMNS})", COLUMNS,
                  {"haversine": routeguide_c.haversine}),
        Contender("Python", f"python_haversine({COLUMNS})", COLUMNS,
                  {"python_haversine": peers.python_haversine}),
    ]  # fmt: skip


def bits_that_differ(pairs: Pairs) -> int:
    """Count the exact answers that differ from the formula as Python computes it."""
    exact = np.asarray(routeguide_c.haversine_many(*pairs))
    lists = [column.tolist() for column in pairs]
    expected = np.array([peers.python_haversine(*pair) for pair in zip(*lists, strict=True)])
    return int(np.count_nonzero(exact.view(np.int64) != expected.view(np.int64)))


def largest_error(pairs: Pairs) -> float:
    """Return the largest relative error of the fast answers.

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
    fast_m: Any = np.asarray(routeguide_c.haversine_many(*pairs, fast=True))
    apart = true_m > 0
    return float(np.max(np.abs(fast_m[apart] - true_m[apart]) / true_m[apart]))


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Haversine")
    measured = race(_in_batch(), batch, settings.batch_effort)
    one = race(_singly(), small_batch, settings.effort)
    result.goals = _goals(measured, settings)
    rows = text.race_rows(measured, list(measured.samples_s), EXACT)
    header = ["", "a pair", "relative to exact"]
    result.tables.append(Table("a million pairs per call", header, rows))
    rows = text.race_rows(one, list(one.samples_s), ours.NAME)
    result.tables.append(Table("one pair per call", ["", "a pair", "relative"], rows))
    result.record(measured)
    result.record(one)
    return result


def _goals(measured: Race, settings: Settings) -> list[Goal]:
    """The limits are relative to the plain formula; the remarks compare with the blocked one."""
    exact, fast = measured.ratio(EXACT, NUMPY), measured.ratio(NUMPY, FAST)
    exact_blocked = text.times(measured.ratio(EXACT, BLOCKED))
    fast_blocked = text.times(measured.ratio(BLOCKED, FAST))
    checked = 100_000 if settings.quick else 1_000_000
    pairs = [random_pairs(checked // 2, 1), random_pairs(checked // 2, 2, close=True)]
    differ = float(sum(bits_that_differ(some) for some in pairs))
    error = max(largest_error(some) for some in pairs)
    of_pairs = f"{checked:,} pairs, half of them within a kilometer"
    exactly, fastly = "haversine_many, exact", "haversine_many, fast"
    return [
        Goal(exactly, "time", EXACT_LIMIT, "at most", "x numpy's", exact.median,
             f"quartiles {text.quartiles(exact)}; {exact_blocked} numpy's in blocks"),
        Goal(exactly, "bits that differ from the formula", 0, "at most", "pairs", differ,
             f"of {of_pairs}"),
        Goal(fastly, "time", FAST_LIMIT, "at least", "x faster than numpy", fast.median,
             f"quartiles {text.quartiles(fast)}; {fast_blocked} against numpy in blocks"),
        Goal(fastly, "relative error", ERROR_LIMIT, "at most", "", error,
             f"the largest of {of_pairs}"),
    ]  # fmt: skip
