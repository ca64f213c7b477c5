"""The ten nearest features, and all within a radius, on the sphere."""

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
QUERIES = 5_000  # a repetition
BATCH_LIMIT, SINGLE_LIMIT = 1.5, 5.0
BATCH, OTHER_BATCH = "pykdtree, in batch", "scipy cKDTree, in batch"
SINGLE = "scipy cKDTree, singly"
CASE = "nearest, k = 10, 1 M"
WITHIN_HITS = 1_000


def arcs_m(queries: Columns, ids: Any, points: Points) -> Any:
    """Distances from each query to the features with these ids, nearest first."""
    lats_e7, lons_e7 = (np.asarray(column, np.float64)[:, None] for column in queries)
    ids = np.asarray(ids, np.int64)
    there = points.lats_e7[ids].astype(np.float64), points.lons_e7[ids].astype(np.float64)
    return np.sort(peers.numpy_haversine(lats_e7, lons_e7, *there), axis=1)


def near_features(points: Points) -> Batches:
    """Places some 10 km from a feature drawn at random: people ask where there is something."""

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
    missing = ours.lacks("FeatureIndex.nearest")
    for make in (uniform, clustered):
        for count in settings.sizes(10_000, 1_000_000, 10_000_000):
            points = make(count)
            if missing or (settings.quick and make is clustered):
                continue
            if count <= 1_000_000 or make is uniform:
                _nearest(result, points, settings)
            if count == 1_000_000:
                _within(result, points, settings)
        if missing or (settings.quick and make is clustered):
            words = missing or "not part of the quick mode"
            result.goals += _goals(make.__name__, None, None, [words, words])
    return result


def _goals(name: str, batch: float | None, single: float | None, words: list[str]) -> list[Goal]:
    return [
        Goal(CASE, f"{name}, against pykdtree on unit vectors, in batch", BATCH_LIMIT,
             "at least", "x faster", batch, words[0]),
        Goal(CASE, f"{name}, against scipy cKDTree called singly", SINGLE_LIMIT,
             "at least", "x faster", single, words[1]),
    ]  # fmt: skip


def _nearest(result: CaseResult, points: Points, settings: Settings) -> None:
    index = ours.index_of(points)
    our_nearest = Contender(
        ours.NAME + ", singly", "nearest(lat, lon, k)", "lat, lon",
        {"nearest": index.nearest, "k": K}, canonical=lambda answer: np.asarray(answer[1]),
    )  # fmt: skip
    trees = peers.nearest(points, K, lambda queries, ids: arcs_m(queries, ids, points))
    measured = race(
        [our_nearest, *trees],
        near_features(points),
        settings.batch_effort,
    )
    names = list(measured.samples_s)
    title = f"the {K} nearest, {points.name}, n = {text.count(len(points))}"
    rows = text.race_rows(measured, names, our_nearest.name)
    result.tables.append(Table(title, ["", "a query", "times ours"], rows))
    result.record(title, measured)
    for name in names:
        point = (float(len(points)), measured.cost_s(name).median)
        result.series.setdefault(f"nearest, {points.name}, {name}", []).append(point)
    if len(points) == 1_000_000:
        ratios = [measured.ratio(name, our_nearest.name) for name in (BATCH, SINGLE)]
        cost = text.cost(measured.cost_s(our_nearest.name))
        words = [f"quartiles {text.quartiles(ratio)}; {cost}" for ratio in ratios]
        words[0] += f"; {text.times(measured.ratio(OTHER_BATCH, our_nearest.name))} {OTHER_BATCH}"
        result.goals += _goals(points.name, ratios[0].median, ratios[1].median, words)


def _within(result: CaseResult, points: Points, settings: Settings) -> None:
    """The peers answer with ids in no order and without distances, but for BallTree."""
    if ours.lacks("FeatureIndex.within"):
        return
    from scipy.spatial import cKDTree
    from sklearn.neighbors import BallTree  # type: ignore[import-untyped]

    index = ours.index_of(points)
    vectors = peers.unit_vectors(points.lats_e7, points.lons_e7)
    tree = cKDTree(vectors)
    ball_tree = BallTree(
        np.radians(np.column_stack([points.lats_e7, points.lons_e7]) / 1e7), metric="haversine"
    )
    base = near_features(points)

    def batch(number: int) -> Columns:
        """Radii between the thousandth neighbour and the next, so that rounding decides nothing."""
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

    def as_radians(columns: Columns) -> Columns:
        lats_e7, lons_e7, radii_m = columns
        places = np.radians(np.column_stack([lats_e7, lons_e7]) / 1e7)
        return [list(places[:, None]), (radii_m / peers.EARTH_RADIUS_M).tolist()]

    contenders = [
        Contender(
            ours.NAME, "within(lat, lon, radius_m)", "lat, lon, radius_m",
            {"within": index.within}, canonical=lambda answer: np.sort(np.asarray(answer[0])),
        ),
        Contender(
            "scipy cKDTree", "query(vector, chord, return_sorted=False)", "vector, chord",
            {"query": tree.query_ball_point}, prepare=as_chords, canonical=np.sort,
        ),
        Contender(
            "scikit-learn BallTree",
            "query(place, radius, return_distance=True, sort_results=True)", "place, radius",
            {"query": ball_tree.query_radius}, prepare=as_radians,
            canonical=lambda answer: np.sort(answer[0][0]),
        ),
    ]  # fmt: skip
    measured = race(
        contenders,
        batch,
        settings.batch_effort,
    )
    names = list(measured.samples_s)
    title = f"within a radius, {WITHIN_HITS:,} hits, {points.name}, n = {text.count(len(points))}"
    rows = text.race_rows(measured, names, ours.NAME)
    result.tables.append(Table(title, ["", "a query", "times ours"], rows))
    result.record(title, measured)
