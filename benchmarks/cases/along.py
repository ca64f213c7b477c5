"""All features within a distance of a route, in order along it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import ours
import peers
import text
from data import Points, generator, uniform
from measure import Batches, Columns, Contender, race
from model import CaseResult, Goal, Settings, Table

VERTICES, HITS, ROUTES = 1_000, 1_000, 20  # routes per repetition
LEGS_M = (100, 1_000, 10_000)
LIMIT_MS = 5.0
CASE = "FeaturesAlongRoute, 1,000 vertices, 1,000 hits, 10 M"
PEER = "scipy cKDTree and numpy"

Floats = npt.NDArray[np.float64]


def winding(rng: np.random.Generator, leg_m: float) -> tuple[Any, Any]:
    """Return a route that turns a little at each vertex and avoids the poles."""
    while True:
        headings = rng.uniform(0, 2 * math.pi) + np.cumsum(rng.normal(0, 0.15, VERTICES - 1))
        step = math.degrees(leg_m / peers.EARTH_RADIUS_M)
        lats = rng.uniform(-50, 50) + np.concatenate([[0], np.cumsum(step * np.cos(headings))])
        if np.abs(lats).max() < 75:
            break
    steps = step * np.sin(headings) / np.cos(np.radians(lats[:-1]))
    lons = rng.uniform(-180, 180) + np.concatenate([[0], np.cumsum(steps)])
    lons_e7 = np.round((lons + 180) % 360 * 1e7) - 1_800_000_000
    return np.round(lats * 1e7).astype(np.int32), lons_e7.astype(np.int32)


def routes_with_hits(points: Points, leg_m: float) -> Batches:
    """Half widths lie between the offset of the last hit and the next: rounding decides nothing."""
    index = ours.index_of(points)

    def half_width_m(lats_e7: Any, lons_e7: Any) -> float:
        wide_m = 1_000.0
        while True:
            offsets_m = np.sort(np.asarray(index.along(lats_e7, lons_e7, wide_m)[2]))
            if len(offsets_m) > HITS:
                return float(offsets_m[HITS - 1 : HITS + 1].mean())
            wide_m *= 2

    def batch(number: int) -> Columns:
        rng = generator("along", points.name, len(points), leg_m, number)
        routes = [winding(rng, leg_m) for _ in range(ROUTES)]
        return [
            [lats_e7 for lats_e7, _ in routes],
            [lons_e7 for _, lons_e7 in routes],
            [half_width_m(*route) for route in routes],
        ]

    return batch


def as_made(columns: Columns) -> Columns:
    return columns


def tree_and_legs(points: Points) -> Contender:
    """The best way with scipy and numpy.

    A tree of vectors is queried around places on the route that are a half width apart; then the
    distance of every hit from its legs is computed.
    """
    from scipy.spatial import cKDTree

    vectors = peers.unit_vectors(points.lats_e7, points.lons_e7)
    tree = cKDTree(vectors)

    def search(lats_e7: Any, lons_e7: Any, half_width_m: float) -> Any:
        starts = peers.unit_vectors(lats_e7, lons_e7)
        starts, ends = starts[:-1], starts[1:]
        lefts = np.cross(starts, ends)
        lefts /= np.linalg.norm(lefts, axis=1)[:, None]
        lengths_m = 2 * peers.EARTH_RADIUS_M * np.arcsin(np.linalg.norm(ends - starts, axis=1) / 2)
        parts = np.maximum(1, np.ceil(lengths_m / half_width_m)).astype(int)
        legs = np.repeat(np.arange(len(parts)), parts)
        shares = (np.arange(len(legs)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[
            legs
        ]
        middles = starts[legs] * (1 - shares[:, None]) + ends[legs] * shares[:, None]
        middles /= np.linalg.norm(middles, axis=1)[:, None]
        reach_m = half_width_m + lengths_m / parts / 2
        chords = 2 * np.sin(reach_m * (1 + 1e-9) / peers.EARTH_RADIUS_M / 2)
        found = tree.query_ball_point(middles, chords[legs], return_sorted=False)
        ids = np.concatenate(found).astype(np.int64)
        pairs = np.repeat(legs, [len(each) for each in found])
        return within_legs(ids, pairs, starts, ends, lefts, half_width_m)

    def within_legs(
        ids: Any, legs: Any, starts: Floats, ends: Floats, lefts: Floats, half_width_m: float
    ) -> Any:
        places, left = vectors[ids], lefts[legs]
        start, end = starts[legs], ends[legs]
        beside = (np.einsum("ij,ij->i", np.cross(left, start), places) > 0) & (
            np.einsum("ij,ij->i", np.cross(end, left), places) > 0
        )
        across = np.arcsin(np.abs(np.einsum("ij,ij->i", left, places)))
        to_start = np.linalg.norm(places - start, axis=1)
        to_end = np.linalg.norm(places - end, axis=1)
        around = 2 * np.arcsin(np.minimum(to_start, to_end) / 2)
        offsets_m = np.where(beside, across, around) * peers.EARTH_RADIUS_M
        return np.unique(ids[offsets_m <= half_width_m])

    return Contender(
        PEER, "search(lats, lons, half_width_m)", "lats, lons, half_width_m",
        {"search": search}, prepare=as_made, canonical=np.asarray,
    )  # fmt: skip


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Along a route, on the sphere")
    for count in settings.sizes(1_000_000, 10_000_000):
        points = uniform(count)
        index = ours.index_of(points)
        contenders = [
            Contender(
                ours.NAME, "along(lats, lons, half_width_m)", "lats, lons, half_width_m",
                {"along": index.along}, prepare=as_made,
                canonical=lambda answer: np.sort(np.asarray(answer[0])).astype(np.int64),
            ),
            tree_and_legs(points),
        ]  # fmt: skip
        costs_ms = {}
        for leg_m in LEGS_M:
            measured = race(contenders, routes_with_hits(points, leg_m), settings.batch_effort)
            title = (
                f"{HITS:,} hits along {VERTICES:,} vertices {leg_m:,} m apart, {points.name}, "
                f"n = {text.count(len(points))}"
            )
            rows = text.race_rows(measured, list(measured.samples_s), ours.NAME)
            note = "The peer returns ids only: no order, offsets or sides."
            result.tables.append(Table(title, ["", "a route", "relative"], rows, note))
            result.record(measured)
            costs_ms[leg_m] = 1e3 * measured.cost_s(ours.NAME).median
        if count == 10_000_000:
            remarks = ", ".join(
                f"{cost_ms:.2f} ms with {leg_m:,} m between vertices"
                for leg_m, cost_ms in costs_ms.items()
            )
            slowest = max(costs_ms.values())
            result.goals = [
                Goal(CASE, "from Python, the slowest", LIMIT_MS, "at most", "ms", slowest, remarks)
            ]
    return result
