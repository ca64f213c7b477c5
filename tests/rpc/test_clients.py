"""The typed clients, blocking and asyncio, against both kinds of server."""

import asyncio
import inspect
import math
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import grpc
import grpc.aio
import numpy as np
import pytest
import routeguide
from routeguide.client.features import Side
from routeguide.client.units import DegreesWarning
from routeguide.domain import database
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.feature_service import aio_feature_servicer, feature_servicer
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceServicer
from routeguide.rpc.listening import NO_SHARED_PORT, listen
from routeguide.rpc.registration import add_feature_service, add_route_guide
from support import documented, oracle
from support.feature_serving import dataset_of
from support.serving import WATCHDOG_S, LoopThread, servicer_of, started

EVERYTHING = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)


class Blocking:
    """The methods of the asyncio client as blocking calls, with iterators read to a list."""

    def __init__(self, loop_thread: LoopThread, target: Any) -> None:
        self._loop_thread = loop_thread
        self._target = target

    @property
    def degrees(self) -> "Blocking":
        return Blocking(self._loop_thread, self._target.degrees)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def called(*arguments: Any, **named: Any) -> Any:
            answer = getattr(self._target, method)(*arguments, **named)
            if isinstance(answer, AsyncIterator):
                return [item async for item in answer]
            return await answer

        return lambda *arguments, **named: self._loop_thread.run(called(*arguments, **named))


@pytest.fixture(params=["blocking", "asyncio"], scope="module")
def client_to(request: pytest.FixtureRequest, loop_thread: LoopThread) -> Any:
    """A function that connects a client to an address, as a context manager."""

    @contextmanager
    def connected(address: str, **arguments: Any) -> Iterator[Any]:
        if request.param == "blocking":
            with routeguide.Client(address, **arguments) as blocking:
                yield blocking
        else:

            async def made() -> routeguide.aio.Client:
                return routeguide.aio.Client(address, **arguments)

            client = Blocking(loop_thread, loop_thread.run(made()))
            yield client
            client.close()

    return connected


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    packaged = database.load_packaged()
    points = [packaged.location(i) for i in range(len(packaged))]
    names = [packaged.name(i) for i in range(len(packaged))]
    return dataset_of(points, names, Origin(source="the tutorials", attribution="their authors"))


@pytest.fixture(scope="module")
def address(kind: str, dataset: Dataset, loop_thread: LoopThread) -> Iterator[str]:
    """A server of both services."""

    def register(server: grpc.Server | grpc.aio.Server) -> None:
        add_route_guide(servicer_of(kind, dataset.index), server)
        add_feature_service(feature_servicer_of(kind, dataset), server)

    with started(kind, register, loop_thread) as server_address:
        yield server_address


def feature_servicer_of(kind: str, dataset: Dataset) -> Any:
    serve = (
        aio_feature_servicer.FeatureServicer
        if kind == "asyncio"
        else feature_servicer.FeatureServicer
    )
    return serve(Datasets(dataset), RequestLimits(radius_m=math.inf))


@pytest.fixture(scope="module")
def client(address: str, client_to: Any) -> Iterator[Any]:
    with client_to(address) as connected:
        yield connected


@pytest.fixture(scope="module")
def features(dataset: Dataset) -> list[routeguide.Feature]:
    index = dataset.index
    return [routeguide.Feature(index.name(i), *index.location(i)) for i in range(len(index))]


@pytest.fixture(scope="module")
def points(features: list[routeguide.Feature]) -> list[oracle.Point]:
    return [(each.lat_e7, each.lon_e7) for each in features]


# Each method


def test_get_features_takes_any_number_of_points(
    client: Any, features: list[routeguide.Feature], points: list[oracle.Point]
) -> None:
    wanted = [*points, (0, 0)] * 25  # more than go into one call
    expected = [features[hit] if (hit := oracle.find(points, *at)) is not None else None
                for at in wanted]  # fmt: skip
    assert client.get_features(iter(wanted)) == expected
    assert client.get_features([]) == []


@pytest.mark.parametrize("page_size", [1, 7, 100, None])
@pytest.mark.parametrize("limit", [1, 99, None])
def test_search_returns_the_features_of_all_pages(
    client: Any, features: list[routeguide.Feature], page_size: int | None, limit: int | None
) -> None:
    found = list(client.search(*EVERYTHING, page_size=page_size, limit=limit))
    assert found == features[:limit]


def test_search_can_leave_out_unnamed_features(
    client: Any, features: list[routeguide.Feature]
) -> None:
    named = [each for each in features if each.name]
    assert 0 < len(named) < len(features)
    assert list(client.search(*EVERYTHING, named_only=True, page_size=3)) == named


def test_nearest_and_within_are_what_a_scan_finds(
    client: Any, features: list[routeguide.Feature], points: list[oracle.Point]
) -> None:
    center = (409146138, -746188906)

    def expected(k: int, reach_m: float) -> list[routeguide.NearbyFeature]:
        hits = oracle.nearest(points, center, k, reach_m)
        return [
            routeguide.NearbyFeature(features[hit], at_m) for hit, at_m in zip(*hits, strict=True)
        ]

    assert client.nearest(*center, 5) == expected(5, math.inf)
    assert client.nearest(*center, 5, 3000.0) == expected(5, 3000.0) != expected(5, math.inf)
    assert client.nearest(*center, 5, max_distance_m=0) == expected(5, 0)
    assert list(client.within(*center, 20_000, page_size=2)) == expected(100, 20_000)
    assert list(client.within(*center, 20_000, limit=3)) == expected(3, 20_000)


def test_along_returns_the_features_of_all_pages(client: Any, dataset: Dataset) -> None:
    latitudes, longitudes = [400_000_000, 420_000_000], [-750_000_000, -730_000_000]
    found = list(client.along(latitudes, longitudes, 10_000.0, page_size=3))
    columns = dataset.index.along(latitudes, longitudes, 10_000.0)
    sides: dict[int, Side] = {-1: "left", 0: "on", 1: "right"}
    assert len(found) > 6
    assert {each.side for each in found} == {"left", "right"}
    assert found == [
        routeguide.RouteFeature(
            routeguide.Feature(dataset.index.name(hit), *dataset.index.location(hit)),
            along_m,
            offset_m,
            sides[side],
        )
        for hit, along_m, offset_m, side in zip(*columns, strict=True)
    ]
    assert list(client.along(latitudes, longitudes, 10_000.0, limit=2)) == found[:2]


def test_dataset_describes_the_features(client: Any, dataset: Dataset) -> None:
    described = client.dataset()
    assert described == routeguide.DatasetInfo(
        count=100,
        bounds=routeguide.Bounds(*(dataset.index.bounds or ())),
        generation=dataset.generation,
        source="the tutorials",
        attribution="their authors",
    )


def test_the_documented_calls(client: Any, features: list[routeguide.Feature]) -> None:
    assert client.get_feature(*features[3][1:]) == features[3]
    assert client.get_feature(0, 0) == routeguide.Feature("", 0, 0)
    area = (400000000, -750000000, 420000000, -730000000)
    assert list(client.list_features(*area)) == features
    route = [(point.latitude, point.longitude) for point in documented.ROUTE]
    summary = client.record_route(route)
    assert (summary.point_count, summary.distance_m) == (10, documented.ROUTE_LENGTH_M)
    notes = [routeguide.Note("one", 0, 0), ("two", 0, 1000), ("three", 0, 0)]
    assert list(client.chat(notes)) == [routeguide.Note("one", 0, 0)]


def test_answers_may_be_larger_than_grpcs_default(client_to: Any, loop_thread: LoopThread) -> None:
    count = 10_000
    large = dataset_of([(i, 0) for i in range(count)], ["long name " * 50] * count)

    def register(server: grpc.Server | grpc.aio.Server) -> None:
        add_feature_service(feature_servicer_of("threads", large), server)

    with started("threads", register, loop_thread) as address, client_to(address) as client:
        assert len(client.nearest(0, 0, count)) == count


# In degrees


def test_queries_in_degrees_are_those_in_e7(
    client: Any, features: list[routeguide.Feature]
) -> None:
    first = features[0]
    center, degrees = (first.lat_e7, first.lon_e7), (first.latitude, first.longitude)
    area, area_degrees = (400_000_000, -750_000_000, 420_000_000, -730_000_000), (40, -75, 42, -73)
    pairs = [
        (client.get_features([center, (0, 0)]), client.degrees.get_features([degrees, (0, 0)])),
        (client.nearest(*center, 5), client.degrees.nearest(*degrees, k=5)),
        (
            client.nearest(*center, 5, max_distance_m=3000.0),
            client.degrees.nearest(*degrees, 5, max_distance_m=3000.0),
        ),
        (
            client.search(*area, named_only=True, limit=30),
            client.degrees.search(*area_degrees, named_only=True, limit=30, page_size=7),
        ),
        (client.within(*center, 20_000), client.degrees.within(*degrees, 20_000, page_size=2)),
        (
            client.along(area[::2], area[1::2], 10_000.0, limit=5),
            client.degrees.along(area_degrees[::2], area_degrees[1::2], 10_000.0, limit=5),
        ),
    ]
    for in_e7, in_degrees in pairs:
        found = list(in_e7)
        assert found
        assert list(in_degrees) == found


def test_degrees_are_keywords_too(client: Any) -> None:
    [nearest] = client.degrees.nearest(latitude=40.9146138, longitude=-74.6188906, k=1)
    assert (nearest.latitude, nearest.longitude) == (40.9146138, -74.6188906)
    assert (nearest.lat_e7, nearest.lon_e7) == nearest.feature[1:] == (409146138, -746188906)
    box = {"south": 40.9, "west": -74.7, "north": 41, "east": -74.6}
    assert nearest.feature in list(client.degrees.search(**box))


@pytest.mark.parametrize(
    ("degrees", "e7"),
    [
        (1e-7, 1),
        (0.00000005, 0),  # half to even
        (0.00000015, 2),
        (-90, -900_000_000),
        (np.float64(48.2), 482_000_000),
        (Decimal("48.2"), 482_000_000),
    ],
)
def test_degrees_are_rounded_as_an_import_does(client_to: Any, degrees: Any, e7: int) -> None:
    answering = Answering(nearby=[])
    with served(answering) as address, client_to(address) as client:
        client.degrees.nearest(degrees, 0, 1)
    [request] = answering.requests
    assert request.center == pb.Point(latitude_e7=e7)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((90.1, 0), ValueError, "latitude: 90.1 is outside of -90 to 90 degrees$"),
        ((0, -180.1), ValueError, "longitude: -180.1 is outside of -180 to 180 degrees$"),
        ((math.nan, 0), ValueError, "latitude: nan is outside of -90 to 90 degrees$"),
        ((482_000_000, 0), ValueError, "latitude: .* degrees; the client's own methods take E7$"),
        (("48", 0), TypeError, "latitude: expected degrees as a number, not '48'"),
        ((0, None), TypeError, "longitude: expected degrees as a number, not None"),
    ],
)
def test_invalid_degrees_are_refused(
    client: Any, arguments: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        client.degrees.nearest(*arguments, 1)
    with pytest.raises(error, match=text):
        client.degrees.get_features([(0, 0), arguments])


E7_CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "nearest": lambda client, number: client.nearest(number, 16, 1),
    "within": lambda client, number: list(client.within(16, number, 1.0)),
    "search": lambda client, number: list(client.search(0, 0, 16, number)),
    "get_features": lambda client, number: client.get_features([(0, 0), (number, 0)]),
    "get_feature": lambda client, number: client.get_feature(0, number),
    "list_features": lambda client, number: list(client.list_features(0, 0, 16, number)),
    "along": lambda client, number: list(client.along([number], [16], 1.0)),
}


@pytest.mark.parametrize("method", E7_CALLS)
@pytest.mark.parametrize("wrong", [48.2, "48", None])
def test_degrees_are_not_taken_for_e7(client: Any, method: str, wrong: Any) -> None:
    text = r"_e7: expected E7, degrees times ten million as an int, not .*; .* client\.degrees take"
    with pytest.raises(TypeError, match=text):
        E7_CALLS[method](client, wrong)


@pytest.mark.parametrize("wrong", [48.2, "48", None])
def test_degrees_are_not_taken_for_e7_in_streams(client: Any, wrong: Any) -> None:
    """gRPC reads these, and drops the exception."""
    with pytest.raises(TypeError, match="E7, degrees times ten million"):
        client.record_route([(0, 0), (wrong, 0)])
    with pytest.raises(TypeError, match="E7, degrees times ten million"):
        list(client.chat([("one", 0, 0), ("two", 0, wrong)]))


@pytest.mark.parametrize("method", E7_CALLS)
@pytest.mark.parametrize("number", [90, -48])
def test_whole_degrees_emit_a_warning(client: Any, method: str, number: int) -> None:
    with pytest.warns(DegreesWarning, match=r"the methods of client\.degrees take degrees"):
        E7_CALLS[method](client, number)


def test_the_warning_names_the_callers_line(address: str) -> None:
    with routeguide.Client(address) as client, pytest.warns(DegreesWarning) as warned:
        client.nearest(48, 16, 1)
    assert warned[0].filename == __file__


@pytest.mark.parametrize("points", [[(0, 0)], [(91, 0)], [(0, 181)], [(48, 16), (10**8, 0)], []])
def test_other_numbers_emit_no_warning(client: Any, points: list[oracle.Point]) -> None:
    with warnings.catch_warnings(record=True) as emitted:  # by the server's index, too
        warnings.simplefilter("always")
        client.get_features(points)
        client.degrees.get_features([(0.000001, 0)])
    assert not [each for each in emitted if "client.degrees" in str(each.message)]


# Failures


def test_a_failed_call_raises_one_line(client: Any, address: str) -> None:
    with pytest.raises(routeguide.CallError) as caught:
        client.nearest(900_000_001, 0, 0)
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.address == address
    assert str(caught.value) == (
        f"{address}: INVALID_ARGUMENT: center.latitude_e7: 900000001 is outside of -900000000 to"
        " 900000000; k: 0 is outside of 1 to 10000"
    )
    with pytest.raises(
        routeguide.CallError, match=r": INVALID_ARGUMENT: box.south_e7: 2000 is north"
    ):
        list(client.search(2000, 0, 1000, 0))


def test_invalid_arguments_raise_before_the_call(client: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        client.search(*EVERYTHING, limit=0)
    with pytest.raises(ValueError, match="lat_e7: 2147483648 does not fit"):
        client.nearest(2**31, 0, 1)


@pytest.mark.parametrize(
    "arguments", [{"timeout_s": 0}, {"timeout_s": math.nan}, {"tls_cert": b""}, {"tls_key": b""}]
)
def test_invalid_arguments_of_a_client_are_named(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        routeguide.Client("localhost:1", **arguments)


def test_a_missing_server_is_unavailable(client_to: Any) -> None:
    with client_to("localhost:1") as client:
        with pytest.raises(routeguide.CallError, match=r"^localhost:1: UNAVAILABLE: "):
            client.dataset()
        with pytest.raises(routeguide.CallError, match=r"^localhost:1: UNAVAILABLE: "):
            list(client.search(*EVERYTHING))


# Failing servers: real ones behind an interceptor, or with a servicer that misbehaves


class Trouble(grpc.ServerInterceptor):
    """Keeps the metadata of calls, and fails the first `failures` calls of each method."""

    def __init__(self, failures: int = 0) -> None:
        self._failures = failures
        self.metadata: dict[str, list[dict[str, str]]] = {}

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        method = handler_call_details.method.rpartition("/")[2]
        metadata = dict(handler_call_details.invocation_metadata)
        self.metadata.setdefault(method, []).append(metadata)
        handler = continuation(handler_call_details)
        if len(self.metadata[method]) > self._failures:
            return handler

        def fail(request: object, context: grpc.ServicerContext) -> Any:
            context.abort(grpc.StatusCode.UNAVAILABLE, "in trouble")

        field = {
            (False, False): "unary_unary",
            (False, True): "unary_stream",
            (True, False): "stream_unary",
            (True, True): "stream_stream",
        }[handler.request_streaming, handler.response_streaming]
        return handler._replace(**{field: fail})


@contextmanager
def troubled(dataset: Dataset, trouble: Trouble, features: Any = None) -> Iterator[str]:
    """Run a threaded server of both services behind `trouble`; yields its address."""
    with futures.ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, interceptors=[trouble], options=NO_SHARED_PORT)
        add_route_guide(servicer_of("threads", dataset.index), server)
        add_feature_service(features or feature_servicer_of("threads", dataset), server)
        address = listen(server, "localhost:0")
        server.start()
        yield address
        server.stop(None).wait()


def test_calls_that_read_are_retried(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    trouble = Trouble(failures=1)
    with troubled(dataset, trouble) as address, client_to(address) as client:
        assert client.dataset().count == 100
        assert client.get_features([features[0][1:]]) == [features[0]]
        assert client.nearest(0, 0, 100)
        assert list(client.search(*EVERYTHING)) == features
        assert list(client.within(*features[0][1:], 0))
        assert client.get_feature(*features[0][1:]) == features[0]
        assert list(client.list_features(*EVERYTHING)) == features
    assert {method: len(calls) for method, calls in trouble.metadata.items()} == dict.fromkeys(
        (
            "GetDataset",
            "BatchGetFeatures",
            "NearestFeatures",
            "SearchFeatures",
            "FeaturesWithin",
            "GetFeature",
            "ListFeatures",
        ),
        2,
    )


def test_calls_that_write_are_not_retried(client_to: Any, dataset: Dataset) -> None:
    trouble = Trouble(failures=1)
    with troubled(dataset, trouble) as address, client_to(address) as client:
        with pytest.raises(routeguide.CallError, match=f"^{address}: UNAVAILABLE: in trouble$"):
            client.record_route([(0, 0)])
        # If a call ends while it is written to, grpcio for asyncio may only report that.
        with pytest.raises(
            routeguide.CallError, match=r": (UNAVAILABLE: in trouble|INTERNAL: .*)$"
        ):
            list(client.chat([("note", 0, 0)]))
    assert {method: len(calls) for method, calls in trouble.metadata.items()} == {
        "RecordRoute": 1,
        "RouteChat": 1,
    }


def test_the_token_is_sent_with_every_call(client_to: Any, dataset: Dataset) -> None:
    trouble = Trouble()
    with troubled(dataset, trouble) as address, client_to(address, token="secret") as client:
        client.dataset()
        list(client.search(*EVERYTHING))
        client.record_route([])
        list(client.chat([]))
    seen = [call for calls in trouble.metadata.values() for call in calls]
    assert len(seen) == 4
    assert {call["authorization"] for call in seen} == {"Bearer secret"}


class Interrupted(feature_servicer.FeatureServicer):
    """Serves one page in each stream, then calls `interrupt` if there are more."""

    def __init__(
        self, datasets: Datasets, interrupt: Callable[[grpc.ServicerContext], None]
    ) -> None:
        super().__init__(datasets)
        self._interrupt = interrupt
        self.requests: list[pb.SearchFeaturesRequest] = []

    def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        self.requests.append(request)
        pages = super().SearchFeatures(request, context)
        yield next(pages)
        for _ in pages:
            self._interrupt(context)


def become_unavailable(context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAVAILABLE, "interrupted")


def fall_silent(context: grpc.ServicerContext) -> None:
    """Answer nothing until the deadline has passed."""
    ended = threading.Event()
    if context.add_callback(ended.set):
        ended.wait(WATCHDOG_S)
    context.abort(grpc.StatusCode.CANCELLED, "the deadline has passed")


@pytest.mark.parametrize(("interrupt", "timeout_s"), [(become_unavailable, 10), (fall_silent, 0.5)])
def test_a_search_resumes_after_the_last_page(
    client_to: Any,
    dataset: Dataset,
    features: list[routeguide.Feature],
    interrupt: Callable[[grpc.ServicerContext], None],
    timeout_s: float,
) -> None:
    interrupted = Interrupted(Datasets(dataset), interrupt)
    with (
        troubled(dataset, Trouble(), interrupted) as address,
        client_to(address, timeout_s=timeout_s) as client,
    ):
        assert list(client.search(*EVERYTHING, page_size=40)) == features
    assert [bool(each.page_token) for each in interrupted.requests] == [False, True, True]


def test_a_search_fails_if_its_generation_is_gone(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    datasets = Datasets(dataset, kept=0)

    def swap(context: grpc.ServicerContext) -> None:
        datasets.swap(dataset_of([(0, 0)]))
        become_unavailable(context)

    interrupted = Interrupted(datasets, swap)
    with (
        troubled(dataset, Trouble(), interrupted) as address,
        client_to(address) as client,
        pytest.raises(routeguide.CallError, match=f": ABORTED: .*{dataset.generation}"),
    ):
        list(client.search(*EVERYTHING, page_size=40))


class Silent(feature_servicer.FeatureServicer):
    """Answers nothing."""

    def GetDataset(self, request: pb.GetDatasetRequest, context: grpc.ServicerContext) -> bytes:
        fall_silent(context)
        raise AssertionError("aborted")

    def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        yield self.GetDataset(pb.GetDatasetRequest(), context)


def test_the_timeout_ends_calls_to_a_silent_server(client_to: Any, dataset: Dataset) -> None:
    with (
        troubled(dataset, Trouble(), Silent(Datasets(dataset))) as address,
        client_to(address, timeout_s=0.2) as client,
    ):
        with pytest.raises(routeguide.CallError, match=r": DEADLINE_EXCEEDED: "):
            client.dataset()
        with pytest.raises(routeguide.CallError, match=r": DEADLINE_EXCEEDED: "):
            list(client.search(*EVERYTHING))


def test_calls_have_a_deadline_by_default(dataset: Dataset) -> None:
    seen_s: list[float] = []

    class Watching(feature_servicer.FeatureServicer):
        def GetDataset(self, request: pb.GetDatasetRequest, context: grpc.ServicerContext) -> bytes:
            seen_s.append(context.time_remaining())
            return super().GetDataset(request, context)

    with troubled(dataset, Trouble(), Watching(Datasets(dataset))) as address:
        with routeguide.Client(address) as client:
            client.dataset()
        with routeguide.Client(address, timeout_s=None) as client:
            client.dataset()
    limited_s, unlimited_s = seen_s
    assert 0 < limited_s < 11
    assert unlimited_s > 1e9


# Servers with wrong answers


class Answering(FeatureServiceServicer):
    """Answers every call with one message of `fields`, and keeps the requests."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self.requests: list[Any] = []

    def BatchGetFeatures(self, request: Any, context: Any) -> pb.BatchGetFeaturesResponse:
        return pb.BatchGetFeaturesResponse(**self._fields)

    def NearestFeatures(self, request: Any, context: Any) -> pb.NearestFeaturesResponse:
        self.requests.append(request)
        return pb.NearestFeaturesResponse(**self._fields)

    def SearchFeatures(self, request: Any, context: Any) -> Iterator[pb.SearchFeaturesResponse]:
        self.requests.append(request)
        if not request.page_token:
            yield pb.SearchFeaturesResponse(**self._fields)

    def FeaturesAlongRoute(
        self, request: Any, context: Any
    ) -> Iterator[pb.FeaturesAlongRouteResponse]:
        yield pb.FeaturesAlongRouteResponse(**self._fields)


@contextmanager
def served(answering: Answering) -> Iterator[str]:
    """The address of a threaded server of FeatureService alone."""
    with futures.ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, options=NO_SHARED_PORT)
        add_feature_service(answering, server)
        address = listen(server, "localhost:0")
        server.start()
        yield address
        server.stop(None).wait()


@pytest.mark.parametrize("lookups", [1, 3])
def test_look_ups_of_more_or_fewer_points_are_an_error(client_to: Any, lookups: int) -> None:
    answering = Answering(lookups=[pb.BatchGetFeaturesResponse.Lookup()] * lookups)
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: answered {lookups} of 2 points$"
        with pytest.raises(routeguide.CallError, match=text):
            client.get_features([(0, 0), (0, 0)])


def test_a_stream_that_ends_before_its_last_page_is_resumed(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    class Short(feature_servicer.FeatureServicer):
        """Serves one page in each stream, and ends it with OK."""

        def SearchFeatures(self, request: Any, context: Any) -> Iterator[bytes]:
            yield next(super().SearchFeatures(request, context))

    with (
        troubled(dataset, Trouble(), Short(Datasets(dataset))) as address,
        client_to(address) as client,
    ):
        assert list(client.search(*EVERYTHING, page_size=40)) == features


def test_a_resumed_stream_without_a_page_is_an_error(client_to: Any) -> None:
    answering = Answering(features=[pb.Feature(name="one")], next_page_token="more")
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: the stream ended before its last page$"
        with pytest.raises(routeguide.CallError, match=text):
            list(client.search(*EVERYTHING))
    assert [request.page_token for request in answering.requests] == ["", "more"]


@pytest.mark.parametrize(
    ("sent", "side"),
    [(0, "on"), (pb.SIDE_LEFT, "left"), (pb.SIDE_RIGHT, "right"), (pb.SIDE_ON, "on")],
)
def test_each_side_has_a_name(client_to: Any, sent: int, side: str) -> None:
    """Servers older than SIDE_ON send no side for it."""
    answering = Answering(features=[pb.RouteFeature(side=sent)])  # type: ignore[arg-type]
    with served(answering) as address, client_to(address) as client:
        [found] = client.along([0], [0], 1.0)
    assert found.side == side


def test_an_unknown_side_is_an_error(client_to: Any) -> None:
    answering = Answering(features=[pb.RouteFeature(side=9)])  # type: ignore[arg-type]
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: unknown side 9; update this client$"
        with pytest.raises(routeguide.CallError, match=text):
            list(client.along([0], [0], 1.0))


# Iterators


def test_dropping_an_iterator_ends_its_call(dataset: Dataset, loop_thread: LoopThread) -> None:
    ended = threading.Semaphore(0)

    class Watching(feature_servicer.FeatureServicer):
        def SearchFeatures(
            self, request: pb.SearchFeaturesRequest, context: grpc.ServicerContext
        ) -> Iterator[bytes]:
            context.add_callback(ended.release)
            while True:
                yield from super().SearchFeatures(request, context)

    async def first_of(address: str) -> routeguide.Feature:
        async with routeguide.aio.Client(address) as client:
            found = client.search(*EVERYTHING)
            first = await anext(found)
            await found.aclose()  # type: ignore[attr-defined]
            await asyncio.to_thread(ended.acquire, timeout=WATCHDOG_S)
            return first

    with troubled(dataset, Trouble(), Watching(Datasets(dataset))) as address:
        with routeguide.Client(address) as client:
            blocking = next(client.search(*EVERYTHING))
            assert ended.acquire(timeout=WATCHDOG_S)
        assert loop_thread.run(first_of(address)) == blocking


def test_streams_of_points_and_notes_may_be_asynchronous(
    address: str, loop_thread: LoopThread
) -> None:
    async def ask() -> tuple[routeguide.RouteSummary, list[routeguide.Note]]:
        async def points() -> AsyncIterator[tuple[int, int]]:
            yield 0, 0
            yield 1000, 1000

        async def notes() -> AsyncIterator[routeguide.Note]:
            yield routeguide.Note("one", 0, 0)
            yield routeguide.Note("two", 0, 0)

        async with routeguide.aio.Client(address) as client:
            return await client.record_route(points()), [n async for n in client.chat(notes())]

    summary, answers = loop_thread.run(ask())
    assert summary.point_count == 2
    assert [answer.message for answer in answers] == ["one"]


def test_the_package_imports_nothing_until_it_is_used() -> None:
    code = (
        "import sys, routeguide\n"
        "assert not {'grpc', 'google.protobuf', 'asyncio', 'routeguide_c'} & set(sys.modules)\n"
        "assert routeguide.aio.Client is not routeguide.Client\n"
        "assert routeguide.Feature('', 1, 2).lon_e7 == 2\n"
        "assert {'Client', 'aio', 'CallError'} <= set(dir(routeguide))\n"
        "assert not hasattr(routeguide, 'Klient')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WATCHDOG_S)


class Interrupt(BaseException):
    """As KeyboardInterrupt, which would end the event loop too."""


@pytest.mark.parametrize("error", [LookupError, Interrupt, GeneratorExit])
def test_the_exception_of_an_iterator_is_raised(client: Any, error: type[BaseException]) -> None:
    def points() -> Iterator[tuple[int, int]]:
        yield 0, 0
        raise error("no more points") from OSError("the disk")

    def notes() -> Iterator[routeguide.Note]:
        yield routeguide.Note("one", 0, 0)
        raise error("no more notes") from OSError("the disk")

    with pytest.raises(error, match="no more points") as raised:
        client.record_route(points(), timeout_s=WATCHDOG_S)
    assert isinstance(raised.value.__cause__, OSError)
    with pytest.raises(error, match="no more notes") as raised:
        list(client.chat(notes(), timeout_s=WATCHDOG_S))
    assert isinstance(raised.value.__cause__, OSError)


def test_a_cancelled_task_ends_as_cancelled(address: str, loop_thread: LoopThread) -> None:
    async def ask() -> bool:
        begun = asyncio.Event()

        async def points() -> AsyncIterator[tuple[int, int]]:
            yield 0, 0
            begun.set()
            await asyncio.Event().wait()

        async with routeguide.aio.Client(address) as client:
            asking = asyncio.ensure_future(client.record_route(points()))
            await begun.wait()
            asking.cancel()
            await asyncio.wait([asking])
            return asking.cancelled()

    assert loop_thread.run(ask())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 counts no cancellations")
@pytest.mark.parametrize("method", ["record_route", "chat"])
def test_a_cancelled_task_is_cancelled_even_if_its_iterator_failed(
    address: str, loop_thread: LoopThread, method: str
) -> None:
    async def ask() -> bool:
        failing = asyncio.Event()

        async def items() -> AsyncIterator[Any]:
            yield (0, 0) if method == "record_route" else ("one", 0, 0)
            failing.set()
            raise LookupError("no more")

        async def answers(client: routeguide.aio.Client) -> None:
            if method == "record_route":
                await client.record_route(items())
            else:
                async for _ in client.chat(items()):
                    pass

        async with routeguide.aio.Client(address) as client:
            asking = asyncio.ensure_future(answers(client))
            await failing.wait()
            asking.cancel()
            await asyncio.wait([asking])
            return asking.cancelled()

    assert loop_thread.run(ask())


def test_coordinates_that_do_not_fit_are_named(client: Any) -> None:
    with pytest.raises(ValueError, match="lon_e7: 2147483648 does not fit in 32 bits"):
        client.nearest(0, 2**31, 1)


def test_the_generated_client_is_the_blocking_twin() -> None:
    from routeguide.client import aio_client, client

    for name in ("Client", "Degrees"):
        blocking, asynchronous = getattr(client, name), getattr(aio_client, name)
        methods = {method for method in dir(blocking) if not method.startswith("_")}
        assert methods == {method for method in dir(asynchronous) if not method.startswith("_")}
        assert all(getattr(blocking, method).__doc__ for method in methods)
    assert not re.search(r"\b(async|await|aio|Async\w+|Several)\b", inspect.getsource(client)[200:])
