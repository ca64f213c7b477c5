"""Deadlines, futures and cancellation, and that the handler ends with its call.

The servicers are the real ones, observed by a subclass.
"""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle, RouteNote, RouteSummary
from routeguide.tutorial import aio_route_guide_servicer, route_guide_servicer
from support.serving import (
    WATCHDOG_S,
    LoopThread,
    Requests,
    Servicer,
    Stub,
    at,
    between,
    serving,
    status_of,
    stub_for,
)

from routeguide_c import FeatureIndex

FEATURES = 1_000_000
EVERYTHING = between(at(0, 0), at(0, FEATURES))


class Watch:
    """Events and counts of the handlers of one server."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()
        self.listed = 0

    @contextmanager
    def handler(self) -> Iterator[None]:
        self.began.set()
        try:
            yield
        finally:
            self.ended.set()


class WatchedServicer(route_guide_servicer.RouteGuideServicer):
    def __init__(self, index: FeatureIndex, watch: Watch) -> None:
        super().__init__(index)
        self._watch = watch

    def ListFeatures(self, request: Rectangle, context: Any) -> Iterator[bytes]:
        with self._watch.handler():
            for feature in super().ListFeatures(request, context):
                self._watch.listed += 1
                yield feature

    def RecordRoute(self, request_iterator: Iterator[Point], context: Any) -> RouteSummary:
        with self._watch.handler():
            return super().RecordRoute(request_iterator, context)

    def RouteChat(self, request_iterator: Iterator[RouteNote], context: Any) -> Iterator[RouteNote]:
        with self._watch.handler():
            yield from super().RouteChat(request_iterator, context)


class WatchedAioServicer(aio_route_guide_servicer.RouteGuideServicer):
    def __init__(self, index: FeatureIndex, watch: Watch) -> None:
        super().__init__(index)
        self._watch = watch

    async def ListFeatures(self, request: Rectangle, context: Any) -> AsyncIterator[bytes]:
        with self._watch.handler():
            async for feature in super().ListFeatures(request, context):
                self._watch.listed += 1
                yield feature

    async def RecordRoute(
        self, request_iterator: AsyncIterator[Point], context: Any
    ) -> RouteSummary:
        with self._watch.handler():
            return await super().RecordRoute(request_iterator, context)

    async def RouteChat(
        self, request_iterator: AsyncIterator[RouteNote], context: Any
    ) -> AsyncIterator[RouteNote]:
        with self._watch.handler():
            async for note in super().RouteChat(request_iterator, context):
                yield note


@pytest.fixture(scope="module")
def index() -> FeatureIndex:
    """A million features in a row, which would take a minute to send."""
    return FeatureIndex([0] * FEATURES, range(FEATURES), [""] * FEATURES)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def stub(kind: str, index: FeatureIndex, watch: Watch, loop_thread: LoopThread) -> Iterator[Stub]:
    """A client of a server with a single thread, which serves again when its handler has ended."""
    servicer: Servicer
    if kind == "asyncio":
        servicer = WatchedAioServicer(index, watch)
    else:
        servicer = WatchedServicer(index, watch)
    with (
        serving(servicer, loop_thread, workers=1) as address,
        grpc.insecure_channel(address) as channel,
    ):
        yield stub_for(channel)


@pytest.fixture
def requests() -> Iterator[Requests]:
    """A request stream that stays open until the test ends."""
    stream = Requests()
    yield stream
    stream.end()


@pytest.fixture
def busy(
    kind: str, stub: Stub, watch: Watch, requests: Requests, loop_thread: LoopThread
) -> Iterator[Callable[[], None]]:
    """Keep the server busy until the function that this yields is called."""
    if kind == "asyncio":
        release = threading.Event()
        loop_thread.loop.call_soon_threadsafe(release.wait)
        watch.ended.set()
        yield release.set
        release.set()
    else:
        answers = stub.RouteChat(requests)  # holds the only thread
        assert watch.began.wait(WATCHDOG_S)
        yield requests.end
        answers.cancel()


def assert_serves_again(stub: Stub, watch: Watch) -> None:
    assert watch.ended.wait(WATCHDOG_S)
    assert stub.GetFeature(at(0, 7), timeout=WATCHDOG_S) == Feature(location=at(0, 7))


# Cancellation


def test_get_feature_can_be_cancelled(stub: Stub, watch: Watch, busy: Callable[[], None]) -> None:
    call = stub.GetFeature.future(at(0, 0))
    call.cancel()
    assert call.cancelled()
    busy()
    assert_serves_again(stub, watch)


def test_a_cancelled_list_ends_early(stub: Stub, watch: Watch) -> None:
    features = stub.ListFeatures(EVERYTHING)
    assert next(features).location == at(0, 0)
    features.cancel()
    assert_serves_again(stub, watch)
    assert watch.listed < FEATURES


def test_a_list_waits_for_a_client_that_does_not_read(stub: Stub, watch: Watch) -> None:
    features = stub.ListFeatures(EVERYTHING, timeout=2)
    assert next(features).location == at(0, 0)
    assert watch.ended.wait(WATCHDOG_S)  # the client reads no more: by the deadline alone
    assert watch.listed < FEATURES
    assert features.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_record_route_can_be_cancelled(stub: Stub, watch: Watch, requests: Requests) -> None:
    requests.send(at(0, 0))
    call = stub.RecordRoute.future(requests)
    assert watch.began.wait(WATCHDOG_S)
    call.cancel()
    assert_serves_again(stub, watch)


def test_route_chat_can_be_cancelled(stub: Stub, watch: Watch, requests: Requests) -> None:
    answers = stub.RouteChat(requests)
    requests.send(RouteNote(message="one"))
    requests.send(RouteNote(message="two"))
    assert next(answers).message == "one"
    answers.cancel()
    assert_serves_again(stub, watch)


def test_calls_end_with_the_connection_of_their_client(
    kind: str, index: FeatureIndex, watch: Watch, loop_thread: LoopThread, requests: Requests
) -> None:
    servicer: Servicer
    if kind == "asyncio":
        servicer = WatchedAioServicer(index, watch)
    else:
        servicer = WatchedServicer(index, watch)
    with serving(servicer, loop_thread, workers=1) as address:
        with grpc.insecure_channel(address) as channel:
            answers = stub_for(channel).RouteChat(requests)
            assert watch.began.wait(WATCHDOG_S)
        assert answers.code() is grpc.StatusCode.CANCELLED
        with grpc.insecure_channel(address) as channel:
            assert_serves_again(stub_for(channel), watch)


# Deadlines


def test_deadline_of_get_feature(stub: Stub, watch: Watch, busy: Callable[[], None]) -> None:
    code, _ = status_of(lambda: stub.GetFeature(at(0, 0), timeout=0.5))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    busy()
    assert_serves_again(stub, watch)


def test_deadline_of_list_features(stub: Stub, watch: Watch) -> None:
    code, _ = status_of(lambda: list(stub.ListFeatures(EVERYTHING, timeout=0.5)))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert_serves_again(stub, watch)
    assert watch.listed < FEATURES


def test_deadline_of_record_route(stub: Stub, watch: Watch, requests: Requests) -> None:
    requests.send(at(0, 0))
    code, _ = status_of(lambda: stub.RecordRoute(requests, timeout=0.5))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert_serves_again(stub, watch)


def test_deadline_of_route_chat(stub: Stub, watch: Watch, requests: Requests) -> None:
    code, _ = status_of(lambda: list(stub.RouteChat(requests, timeout=0.5)))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert_serves_again(stub, watch)


# Futures


def test_future_of_get_feature(stub: Stub) -> None:
    assert stub.GetFeature.future(at(0, 5)).result(WATCHDOG_S) == Feature(location=at(0, 5))


def test_future_of_record_route(stub: Stub, requests: Requests) -> None:
    call = stub.RecordRoute.future(requests)
    requests.send(at(0, 5))
    assert not call.done()
    requests.end()
    assert call.result(WATCHDOG_S) == RouteSummary(point_count=1, feature_count=1)


def test_future_of_get_feature_past_its_deadline(stub: Stub, busy: Callable[[], None]) -> None:
    call = stub.GetFeature.future(at(0, 0), timeout=0.5)
    assert status_of(call.result)[0] is grpc.StatusCode.DEADLINE_EXCEEDED


def test_future_of_record_route_past_its_deadline(stub: Stub, requests: Requests) -> None:
    call = stub.RecordRoute.future(requests, timeout=0.5)
    assert status_of(call.result)[0] is grpc.StatusCode.DEADLINE_EXCEEDED
