"""Distances: a million pairs in one call, and one pair a call."""

from __future__ import annotations

from typing import Any

import numpy as np
import ours
import peers
import text
from data import LAT_MAX_E7, LON_MAX_E7, generator
from haversine import Unit, haversine, haversine_vector  # type: ignore[import-untyped]
from measure import CHECK, Columns, Contender, Race, race
from model import CaseResult, Goal, Settings, Table

import routeguide_c

PAIRS = 1_000_000
FAST_LIMIT, ERROR_LIMIT = 15.0, 1e-9
NUMPY, BLOCKED = "numpy", f"numpy, in blocks of {peers.BLOCK:,}"
COLUMNS = "lat1, lon1, lat2, lon2"
# Four int32 arrays. Any: before Python 3.12 the types cannot say that an array is a buffer.
Pairs = list[Any]


def random_pairs(count: int, number: int, close: bool = False) -> Pairs:
    """Pairs anywhere in the world; or all within about a kilometre of each other."""
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


def _package_vectors(columns: Columns) -> Columns:
    degrees = [column / 1e7 for column in columns]
    return [np.column_stack(degrees[:2]), np.column_stack(degrees[2:])]


def _package_pairs(columns: Columns) -> Columns:
    lat1, lon1, lat2, lon2 = ((column / 1e7).tolist() for column in columns)
    return [list(zip(lat1, lon1, strict=True)), list(zip(lat2, lon2, strict=True))]


def _in_batch() -> list[Contender]:
    """Of the haversine package: degrees ready-made, its range check off, its radius ours."""
    our_radius = peers.EARTH_RADIUS_M / 6371008.8

    scope: dict[str, object] = {}
    contenders = [
        Contender(NUMPY, f"numpy_haversine({COLUMNS})", COLUMNS,
                  {"numpy_haversine": peers.numpy_haversine}, whole=True),
        Contender(BLOCKED, f"blocked_haversine({COLUMNS})", COLUMNS,
                  {"blocked_haversine": peers.blocked_haversine}, whole=True),
        Contender("haversine package", "haversine_vector(a, b, METERS, check=False)", "a, b",
                  {"haversine_vector": haversine_vector, "METERS": Unit.METERS}, whole=True,
                  prepare=_package_vectors,
                  canonical=lambda metres: np.asarray(metres) * our_radius),
    ]  # fmt: skip
    if not ours.lacks("haversine_many"):
        scope = {"haversine_many": routeguide_c.haversine_many}
        contenders += [
            Contender(ours.NAME, f"haversine_many({COLUMNS})", COLUMNS, scope, whole=True),
        ]
    return contenders


def _singly() -> list[Contender]:
    our_radius = peers.EARTH_RADIUS_M / 6371008.8
    return [
        Contender(ours.NAME, f"haversine({COLUMNS})", COLUMNS,
                  {"haversine": routeguide_c.haversine}),
        Contender("Python", f"python_haversine({COLUMNS})", COLUMNS,
                  {"python_haversine": peers.python_haversine}),
        Contender("haversine package", "haversine(a, b, METERS, check=False)", "a, b",
                  {"haversine": haversine, "METERS": Unit.METERS}, prepare=_package_pairs,
                  canonical=lambda metres: metres * our_radius),
    ]  # fmt: skip


def largest_error(pairs: Pairs) -> float:
    """Return the largest relative error, against the formula in extended precision (64 bits of
    mantissa on x86), in the form that is well conditioned at every distance."""
    lat1, lon1, lat2, lon2 = (column.astype(np.longdouble) for column in pairs)
    radians = np.longdouble("3.14159265358979323846264338327950288") / np.longdouble(180e7)
    half_dlat, half_dlon = (lat2 - lat1) * radians / 2, (lon2 - lon1) * radians / 2
    a = np.sin(half_dlat) ** 2 + np.cos(lat1 * radians) * np.cos(lat2 * radians) * (
        np.sin(half_dlon) ** 2
    )
    true_m = 2 * np.longdouble(peers.EARTH_RADIUS_M) * np.arctan2(np.sqrt(a), np.sqrt(1 - a))
    ours_m: Any = np.asarray(routeguide_c.haversine_many(*pairs))
    there = true_m > 0
    return float(np.max(np.abs(ours_m[there] - true_m[there]) / true_m[there]))


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Haversine")
    measured = race(
        _in_batch(),
        batch,
        settings.batch_effort,
    )
    one = race(_singly(), small_batch, settings.effort)
    _goals(result, measured, settings)
    names = list(measured.samples_s)
    rows = text.race_rows(measured, names, ours.NAME if ours.NAME in names else None)
    header = ["", "a pair", "times ours"]
    result.tables.append(Table("a million pairs in a call", header, rows))
    rows = text.race_rows(one, list(one.samples_s), ours.NAME)
    result.tables.append(Table("one pair a call", ["", "a pair", "times ours"], rows))
    result.record("in batch", measured)
    result.record("singly", one)
    result.series = {f"haversine, {name}": [(0.0, measured.cost_s(name).median)] for name in names}
    return result


def _goals(result: CaseResult, measured: Race, settings: Settings) -> None:
    """Numpy's time is that of the plain formula over whole columns; the figure against the
    blocked one stands beside it."""
    missing = ours.lacks("haversine_many")
    value = error = None
    words = [missing] * 2
    if not missing:
        faster = measured.ratio(NUMPY, ours.NAME)
        value = faster.median
        blocked = text.times(measured.ratio(BLOCKED, ours.NAME))
        words[0] = f"quartiles {text.quartiles(faster)}; {blocked} against numpy in blocks"
        checked = 100_000 if settings.quick else 1_000_000
        pairs = [random_pairs(checked // 2, 1), random_pairs(checked // 2, 2, close=True)]
        error = max(largest_error(some) for some in pairs)
        words[1] = f"the largest of {checked:,} pairs, half of them within a kilometre"
    name = "haversine_many"
    result.goals = [
        Goal(name, "time", FAST_LIMIT, "at least", "x faster than numpy", value, words[0]),
        Goal(name, "relative error", ERROR_LIMIT, "at most", "", error, words[1]),
    ]
