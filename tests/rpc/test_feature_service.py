"""FeatureService on real servers of both kinds."""

import math
from collections.abc import Iterator
from itertools import chain, pairwise

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from hypothesis import given
from hypothesis import strategies as st
from routeguide.domain.dataset import Datasets
from routeguide.domain.origin import Origin
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from support import oracle, strategies
from support.feature_serving import (
    EVERYWHERE,
    box,
    dataset_of,
    error_of,
    feature,
    feature_serving,
    generation_of,
    place,
    stub_of,
)
from support.serving import LoopThread

MAX_LAT_E7, MAX_LON_E7 = strategies.MAX_LAT_E7, strategies.MAX_LON_E7

# Duplicates, an unnamed feature, the antimeridian and both sides of it, the poles.
PLACES = {
    "Null Island": (0, 0),
    "first twin": (20, -20),
    "second twin": (20, -20),
    "": (20, -10),
    "Überführung 東京": (-30, 40),
    "east of the line": (10, -1_799_999_999),
    "west of the line": (10, 1_799_999_990),
    "on the line": (11, 1_800_000_000),
    "on the line, too": (12, -1_800_000_000),
    "North Pole": (900_000_000, 5),
    "South Pole": (-900_000_000, 7),
}
FEATURES = [feature(name, *point) for name, point in PLACES.items()]
POINTS = list(PLACES.values())

lat_e7 = st.one_of(st.integers(-40, 40), st.integers(-MAX_LAT_E7, MAX_LAT_E7))
lon_e7 = st.one_of(
    st.integers(-40, 40),
    st.integers(-MAX_LON_E7, MAX_LON_E7),
    st.sampled_from((-MAX_LON_E7, -MAX_LON_E7 + 1, MAX_LON_E7 - 10, MAX_LON_E7)),
)
places = st.one_of(st.sampled_from(POINTS), st.tuples(lat_e7, lon_e7))
page_sizes = st.integers(1, len(POINTS) + 1)
limits = st.integers(0, len(POINTS) + 1)
distances_m = st.one_of(st.floats(0, 1e8), st.sampled_from((0.0, 0.5, math.inf)))


@pytest.fixture(scope="module")
def datasets() -> Datasets:
    origin = Origin(source="places.json", attribution="the surveyors")
    return Datasets(dataset_of(POINTS, list(PLACES), origin))


@pytest.fixture(scope="module")
def address(kind: str, datasets: Datasets, loop_thread: LoopThread) -> Iterator[str]:
    with feature_serving(kind, datasets, loop_thread) as server_address:
        yield server_address


@pytest.fixture(scope="module")
def stub(address: str) -> Iterator[FeatureServiceStub]:
    with stub_of(address) as feature_stub:
        yield feature_stub


# BatchGetFeatures


def test_look_ups_are_in_the_order_of_the_points_with_misses(
    stub: FeatureServiceStub,
) -> None:
    asked = [place(20, -20), place(1, 1), place(0, 0), place(20, -10), place(20, -20)]
    answer = stub.BatchGetFeatures(pb.BatchGetFeaturesRequest(points=asked))
    twin, island, unnamed = FEATURES[1], FEATURES[0], FEATURES[3]
    assert [lookup.HasField("feature") for lookup in answer.lookups] == [1, 0, 1, 1, 1]
    assert [lookup.feature for lookup in answer.lookups] == [
        twin,
        pb.Feature(),
        island,
        unnamed,
        twin,
    ]


def test_no_points_give_no_lookups(stub: FeatureServiceStub) -> None:
    assert stub.BatchGetFeatures(pb.BatchGetFeaturesRequest()) == pb.BatchGetFeaturesResponse()


def test_many_points_with_long_names(kind: str, loop_thread: LoopThread) -> None:
    points = [(i, -i) for i in range(3000)]
    names = ["x" * (i % 300) for i in range(3000)]
    with (
        feature_serving(kind, Datasets(dataset_of(points, names)), loop_thread) as address,
        stub_of(address) as stub,
    ):
        asked = pb.BatchGetFeaturesRequest(points=[place(*point) for point in reversed(points)])
        found = [lookup.feature for lookup in stub.BatchGetFeatures(asked).lookups]
    assert [each.name for each in found] == names[::-1]


# SearchFeatures


@given(south=lat_e7, west=lon_e7, north=lat_e7, east=lon_e7, page_size=page_sizes, limit=limits)
@strategies.trials(150)
def test_search_is_all_inside_in_database_order(
    stub: FeatureServiceStub,
    south: int,
    west: int,
    north: int,
    east: int,
    page_size: int,
    limit: int,
) -> None:
    south, north = sorted((south, north))
    request = pb.SearchFeaturesRequest(
        box=box(south, west, north, east), page_size=page_size, limit=limit
    )
    pages = list(stub.SearchFeatures(request))
    hits = oracle.query_box(POINTS, south, west, north, east)[: limit or None]
    assert list(chain.from_iterable(page.features for page in pages)) == [
        FEATURES[hit] for hit in hits
    ]
    full_pages, rest = divmod(len(hits), page_size)
    assert [len(page.features) for page in pages] == [page_size] * full_pages + [rest] * (rest > 0)
    assert [bool(page.next_page_token) for page in pages] == [True] * (len(pages) - 1) + [False] * (
        len(pages) > 0
    )


def test_named_only_leaves_out_unnamed_features(stub: FeatureServiceStub) -> None:
    request = pb.SearchFeaturesRequest(box=EVERYWHERE, named_only=True, page_size=3)
    found = [each for page in stub.SearchFeatures(request) for each in page.features]
    assert found == [each for each in FEATURES if each.name]


def test_a_page_has_a_thousand_features_by_default(kind: str, loop_thread: LoopThread) -> None:
    datasets = Datasets(dataset_of([(i, i) for i in range(12_000)]))
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:

        def sizes(page_size: int) -> list[int]:
            request = pb.SearchFeaturesRequest(box=EVERYWHERE, page_size=page_size)
            return [len(page.features) for page in stub.SearchFeatures(request)]

        assert sizes(0) == [1000] * 12
        assert sizes(1_000_000) == [5000, 5000, 2000]


def test_pages_of_long_names_fit_into_a_message(kind: str, loop_thread: LoopThread) -> None:
    names = ["long " * 60_000] * 20
    datasets = Datasets(dataset_of([(i, i) for i in range(20)], names))
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:
        pages = list(stub.SearchFeatures(pb.SearchFeaturesRequest(box=EVERYWHERE)))
    found = [each for page in pages for each in page.features]
    assert [each.location.latitude_e7 for each in found] == list(range(20))
    assert all(page.ByteSize() <= 1 << 20 for page in pages)


# NearestFeatures, FeaturesWithin


@given(center=places, k=st.integers(1, len(POINTS) + 1), max_distance_m=distances_m | st.none())
@strategies.trials(100)
def test_nearest_is_what_a_scan_finds(
    stub: FeatureServiceStub, center: oracle.Point, k: int, max_distance_m: float | None
) -> None:
    request = pb.NearestFeaturesRequest(center=place(*center), k=k)
    if max_distance_m is not None:
        request.max_distance_m = max_distance_m
    reach_m = math.inf if max_distance_m is None else max_distance_m
    ids, measured_m = oracle.nearest(POINTS, center, k, reach_m)
    nearby = stub.NearestFeatures(request).nearby
    assert [each.feature for each in nearby] == [FEATURES[hit] for hit in ids]
    assert [each.distance_m for each in nearby] == measured_m


@given(center=places, radius_m=distances_m, page_size=page_sizes, limit=limits)
@strategies.trials(100)
def test_within_is_what_a_scan_finds(
    stub: FeatureServiceStub, center: oracle.Point, radius_m: float, page_size: int, limit: int
) -> None:
    request = pb.FeaturesWithinRequest(
        center=place(*center), radius_m=radius_m, page_size=page_size, limit=limit
    )
    nearby = [each for page in stub.FeaturesWithin(request) for each in page.nearby]
    ids, measured_m = oracle.nearest(POINTS, center, limit or len(POINTS), radius_m)
    assert [each.feature for each in nearby] == [FEATURES[hit] for hit in ids]
    assert [each.distance_m for each in nearby] == measured_m


# FeaturesAlongRoute

# Legs short enough that rounding does not decide which way round the Earth is shorter.
routes = st.lists(places, min_size=1, max_size=4).filter(
    lambda vertices: all(
        oracle.haversine(*one, *next_one) < 1.9e7 for one, next_one in pairwise(vertices)
    )
)


@given(
    vertices=routes,
    half_width_m=st.floats(0, 1e7) | st.sampled_from((0.0, 0.5)),
    page_size=page_sizes,
    limit=limits,
)
@strategies.trials(60)
def test_along_finds_the_features_near_a_leg(
    stub: FeatureServiceStub,
    datasets: Datasets,
    vertices: list[oracle.Point],
    half_width_m: float,
    page_size: int,
    limit: int,
) -> None:
    request = pb.FeaturesAlongRouteRequest(
        route=[place(*vertex) for vertex in vertices],
        half_width_m=half_width_m,
        page_size=page_size,
        limit=limit,
    )
    found = [each for page in stub.FeaturesAlongRoute(request) for each in page.features]
    assert [each.along_m for each in found] == sorted(each.along_m for each in found)
    route = oracle.Route(vertices)
    nearest = [min(route.passes(point), key=lambda near: near.offset_m) for point in POINTS]
    by_name = {each.feature.name: each for each in found}
    assert len(by_name) == len(found)
    for expected, near in zip(FEATURES, nearest, strict=True):
        if expected.name not in by_name:
            assert limit == len(found) > 0 or near.offset_m > half_width_m - 1e-6
            continue
        hit = by_name[expected.name]
        assert hit.feature == expected
        assert near.offset_m <= half_width_m + 1e-6
        if near.offset_m < 1.9e7:
            assert hit.offset_m == pytest.approx(float(near.offset_m), abs=1e-6)
    lats_e7, lons_e7 = ([vertex[axis] for vertex in vertices] for axis in (0, 1))
    columns = datasets.current.index.along(lats_e7, lons_e7, half_width_m)
    side_of = {-1: pb.SIDE_LEFT, 0: pb.SIDE_ON, 1: pb.SIDE_RIGHT}
    assert [(each.feature, each.along_m, each.offset_m, each.side) for each in found] == [
        (FEATURES[hit], along_m, offset_m, side_of[side])
        for hit, along_m, offset_m, side in list(zip(*columns, strict=True))[: limit or None]
    ]


def test_sides_follow_the_direction_of_travel(stub: FeatureServiceStub) -> None:
    northward = [place(-1000, 0), place(1000, 0)]

    def side(route: list[pb.Point]) -> int:
        request = pb.FeaturesAlongRouteRequest(route=route, half_width_m=0.5)
        found = [each for page in stub.FeaturesAlongRoute(request) for each in page.features]
        [twin] = [each for each in found if each.feature.name == "first twin"]
        return int(twin.side)

    assert side(northward) == pb.SIDE_LEFT
    assert side(northward[::-1]) == pb.SIDE_RIGHT


def test_a_leg_between_antipodes_is_refused(stub: FeatureServiceStub) -> None:
    route = [place(5, 0), place(-5, 1_800_000_000)]
    request = pb.FeaturesAlongRouteRequest(route=route, half_width_m=1)
    error = error_of(lambda: list(stub.FeaturesAlongRoute(request)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details().startswith("route: ")


# GetDataset


def test_get_dataset_describes_the_features(stub: FeatureServiceStub, datasets: Datasets) -> None:
    assert stub.GetDataset(pb.GetDatasetRequest()) == pb.Dataset(
        feature_count=len(POINTS),
        bounds=box(*(oracle.bounds(POINTS) or ())),
        generation=datasets.current.generation,
        source="places.json",
        attribution="the surveyors",
    )


def test_queries_of_an_empty_dataset_find_nothing(kind: str, loop_thread: LoopThread) -> None:
    datasets = Datasets(dataset_of([]))
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:
        answer = stub.GetDataset(pb.GetDatasetRequest())
        assert (answer.feature_count, answer.HasField("bounds")) == (0, False)
        assert list(stub.SearchFeatures(pb.SearchFeaturesRequest(box=EVERYWHERE))) == []
        nearest = pb.NearestFeaturesRequest(center=place(0, 0), k=3)
        assert stub.NearestFeatures(nearest) == pb.NearestFeaturesResponse()


# Generations


def test_each_call_has_its_generation_in_trailing_metadata(
    stub: FeatureServiceStub, datasets: Datasets
) -> None:
    calls = [
        stub.BatchGetFeatures.with_call(pb.BatchGetFeaturesRequest())[1],
        stub.NearestFeatures.with_call(pb.NearestFeaturesRequest(center=place(0, 0), k=1))[1],
        stub.GetDataset.with_call(pb.GetDatasetRequest())[1],
        stub.SearchFeatures(pb.SearchFeaturesRequest(box=EVERYWHERE)),
        stub.FeaturesWithin(pb.FeaturesWithinRequest(center=place(0, 0), radius_m=1)),
    ]
    refused = error_of(lambda: stub.NearestFeatures(pb.NearestFeaturesRequest()))
    assert generation_of(refused) == datasets.current.generation
    assert {generation_of(call) for call in calls} == {datasets.current.generation}


# Invalid fields


@pytest.mark.parametrize(
    ("method", "request_", "violations"),
    [
        (
            "SearchFeatures",
            pb.SearchFeaturesRequest(page_size=-1, limit=-2),
            {"box": "required", "page_size": "-1 is negative", "limit": "-2 is negative"},
        ),
        (
            "SearchFeatures",
            pb.SearchFeaturesRequest(box=box(5, -1_800_000_001, 4, 2**31 - 1)),
            {
                "box.west_e7": "-1800000001 is outside of -1800000000 to 1800000000",
                "box.east_e7": "2147483647 is outside of -1800000000 to 1800000000",
                "box.south_e7": "5 is north of north_e7, which is 4",
            },
        ),
        (
            "SearchFeatures",
            pb.SearchFeaturesRequest(box=EVERYWHERE, page_token="garbage"),
            {"page_token": "not a token of this query"},
        ),
        (
            "NearestFeatures",
            pb.NearestFeaturesRequest(max_distance_m=math.nan),
            {
                "center": "required",
                "k": "0 is outside of 1 to 10000",
                "max_distance_m": "nan is not a number from 0",
            },
        ),
        (
            "NearestFeatures",
            pb.NearestFeaturesRequest(center=place(900_000_001, 0), k=10_001, max_distance_m=-0.5),
            {
                "center.latitude_e7": "900000001 is outside of -900000000 to 900000000",
                "k": "10001 is outside of 1 to 10000",
                "max_distance_m": "-0.5 is not a number from 0",
            },
        ),
        (
            "FeaturesWithin",
            pb.FeaturesWithinRequest(center=place(0, 0), radius_m=1_000_000.5),
            {"radius_m": "1000000.5 is outside of 0 to 1000000.0"},
        ),
        (
            "BatchGetFeatures",
            pb.BatchGetFeaturesRequest(points=[place(0, 0), place(-900_000_001, 1_800_000_001)]),
            {
                "points[1].latitude_e7": "-900000001 is outside of -900000000 to 900000000",
                "points[1].longitude_e7": "1800000001 is outside of -1800000000 to 1800000000",
            },
        ),
        (
            "BatchGetFeatures",
            pb.BatchGetFeaturesRequest(points=[pb.Point()] * 10_001),
            {"points": "10001 points are outside of 0 to 10000"},
        ),
        (
            "FeaturesAlongRoute",
            pb.FeaturesAlongRouteRequest(half_width_m=-1),
            {
                "route": "0 points are outside of 1 to 10000",
                "half_width_m": "-1.0 is outside of 0 to 100000.0",
            },
        ),
    ],
)
def test_each_invalid_field_is_named_with_the_reason(
    kind: str,
    loop_thread: LoopThread,
    default_stub: FeatureServiceStub,
    method: str,
    request_: object,
    violations: dict[str, str],
) -> None:
    call = getattr(default_stub, method)
    unary = method in ("BatchGetFeatures", "NearestFeatures")
    error = error_of(lambda: call(request_) if unary else list(call(request_)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "; ".join(f"{field}: {why}" for field, why in violations.items())
    status = rpc_status.from_call(error)
    assert status is not None
    bad_request = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(bad_request)
    assert {each.field: each.description for each in bad_request.field_violations} == violations


@pytest.fixture(scope="module")
def default_stub(
    kind: str, datasets: Datasets, loop_thread: LoopThread
) -> Iterator[FeatureServiceStub]:
    """A client of a server with the default limits."""
    with feature_serving(kind, datasets, loop_thread, None) as address, stub_of(address) as stub:
        yield stub


def test_of_many_invalid_fields_the_first_are_named(stub: FeatureServiceStub) -> None:
    request = pb.BatchGetFeaturesRequest(points=[place(2**31 - 1, 0)] * 5000)
    details = error_of(lambda: stub.BatchGetFeatures(request)).details()
    assert details.count("is outside of") == 8
    assert details.endswith("; and 4992 more")


def test_a_servers_own_limits_apply(kind: str, datasets: Datasets, loop_thread: LoopThread) -> None:
    limits = RequestLimits(
        batch_points=2, nearest_k=2, page_size=3, default_page_size=4, radius_m=10
    )
    with feature_serving(kind, datasets, loop_thread, limits) as address, stub_of(address) as stub:
        request = pb.BatchGetFeaturesRequest(points=[pb.Point()] * 3)
        assert "0 to 2" in error_of(lambda: stub.BatchGetFeatures(request)).details()
        nearest = pb.NearestFeaturesRequest(center=pb.Point(), k=3)
        assert "1 to 2" in error_of(lambda: stub.NearestFeatures(nearest)).details()
        pages = list(stub.SearchFeatures(pb.SearchFeaturesRequest(box=EVERYWHERE)))
        assert len(pages[0].features) == 3
