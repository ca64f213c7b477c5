"""The ten nearest features, and all features within a radius, on the sphere."""

from __future__ import annotations

from typing import Any

import numpy as np
import ours
import peers
import text
from data import Points, clustered, generator, uniform
from measure import Batches, Columns, Contender, race
from model import CaseResult, Goal, Settings, Table

K = 10
QUERIES = 5_000  # per repetition
BATCH_LIMIT, SINGLE_LIMIT = 1.5, 5.0
BATCH, OTHER_BATCH = "pykdtree, in batch", "scipy cKDTree, in batch"
SINGLE = "scipy cKDTree, singly"
CASE = "nearest, k = 10, 1 M"
WITHIN_HITS = 1_000


def arcs_m(queries: Columns, ids: Any, points: Points) -> Any:
    """Return the distances from each query to the features with these ids, nearest first."""
    lats_e7, lons_e7 = (np.asarray(column, np.float64)[:, None] for column in queries)
    ids = np.asarray(ids, np.int64)
    there = points.lats_e7[ids].astype(np.float64), points.lons_e7[ids].astype(np.float64)
    return np.sort(peers.numpy_haversine(lats_e7, lons_e7, *there), axis=1)


def near_features(points: Points) -> Batches:
    """Query places some 10 km from a random feature, as most real queries are."""

    def batch(number: int) -> Columns:
        rng = generator("near", points.name, len(points), number)
        ids = rng.integers(0, len(points), QUERIES)
        lats_e7 = points.lats_e7[ids] + rng.normal(0, 1e6, QUERIES)
        lons_e7 = points.lons_e7[ids] + rng.normal(0, 1e6, QUERIES)
        return [
            np.clip(lats_e7, -900_000_000, 900_000_000).astype(np.int32),
            np.clip(lons_e7, -1_800_000_000, 1_800_000_000).astype(np.int32),
        ]

    return batch


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Nearest and within, on the sphere")
    sets = [uniform(count) for count in settings.sizes(10_000, 1_000_000, 10_000_000)]
    if not settings.quick:
        sets += [clustered(10_000), clustered(1_000_000)]
    for points in sets:
        _nearest(result, points, settings)
        if len(points) == 1_000_000:
            _within(result, points, settings)
    return result


def _nearest(result: CaseResult, points: Points, settings: Settings) -> None:
    index = ours.index_of(points)
    our_nearest = Contender(
        ours.NAME + ", singly", "nearest(lat, lon, k)", "lat, lon",
        {"nearest": index.nearest, "k": K}, canonical=lambda answer: np.asarray(answer[1]),
    )  # fmt: skip
    trees = peers.nearest(points, K, lambda queries, ids: arcs_m(queries, ids, points))
    measured = race([our_nearest, *trees], near_features(points), settings.batch_effort)
    title = f"the {K} nearest, {points.name}, n = {text.count(len(points))}"
    rows = text.race_rows(measured, list(measured.samples_s), our_nearest.name)
    result.tables.append(Table(title, ["", "a query", "relative"], rows))
    result.record(measured)
    if len(points) == 1_000_000:
        batch, single = (measured.ratio(name, our_nearest.name) for name in (BATCH, SINGLE))
        cost = text.cost(measured.cost_s(our_nearest.name))
        other = text.times(measured.ratio(OTHER_BATCH, our_nearest.name))
        result.goals += [
            Goal(CASE, f"{points.name}, against pykdtree on unit vectors, in batch", BATCH_LIMIT,
                 "at least", "x faster", batch.median,
                 f"quartiles {text.quartiles(batch)}; {cost}; {other} {OTHER_BATCH}"),
            Goal(CASE, f"{points.name}, against scipy cKDTree called singly", SINGLE_LIMIT,
                 "at least", "x faster", single.median,
                 f"quartiles {text.quartiles(single)}; {cost}"),
        ]  # fmt: skip


def _within(result: CaseResult, points: Points, settings: Settings) -> None:
    """The peer returns ids in no particular order and no distances."""
    from scipy.spatial import cKDTree

    index = ours.index_of(points)
    tree = cKDTree(peers.unit_vectors(points.lats_e7, points.lons_e7))
    base = near_features(points)

    def batch(number: int) -> Columns:
        """Radii lie between the thousandth neighbor and the next: rounding decides nothing."""
        lats_e7, lons_e7 = (column[:200] for column in base(number))
        chords, _ = tree.query(
            peers.unit_vectors(lats_e7, lons_e7), k=[WITHIN_HITS, WITHIN_HITS + 1]
        )
        radii_m = 2 * peers.EARTH_RADIUS_M * np.arcsin(np.asarray(chords).mean(axis=1) / 2)
        return [lats_e7, lons_e7, radii_m]

    def as_chords(columns: Columns) -> Columns:
        lats_e7, lons_e7, radii_m = columns
        chords = 2 * np.sin(radii_m / peers.EARTH_RADIUS_M / 2)
        return [list(peers.unit_vectors(lats_e7, lons_e7)), chords.tolist()]

    contenders = [
        Contender(
            ours.NAME, "within(lat, lon, radius_m)", "lat, lon, radius_m",
            {"within": index.within}, canonical=lambda answer: np.sort(np.asarray(answer[0])),
        ),
        Contender(
            "scipy cKDTree", "query(vector, chord, return_sorted=False)", "vector, chord",
            {"query": tree.query_ball_point}, prepare=as_chords, canonical=np.sort,
        ),
    ]  # fmt: skip
    measured = race(contenders, batch, settings.batch_effort)
    title = f"within a radius, {WITHIN_HITS:,} hits, {points.name}, n = {text.count(len(points))}"
    rows = text.race_rows(measured, list(measured.samples_s), ours.NAME)
    result.tables.append(Table(title, ["", "a query", "relative"], rows))
    result.record(measured)
