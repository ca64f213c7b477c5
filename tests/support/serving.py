"""Real servers of either kind, and clients, for the tests."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import grpc.aio
import pytest
from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle, RouteNote, RouteSummary
from routeguide.rpc.listening import NO_SHARED_PORT, listen
from routeguide.rpc.registration import add_route_guide
from routeguide.tutorial import aio_route_guide_servicer, route_guide_servicer

from routeguide_c import FeatureIndex

# Timeout of every wait; only a test that hangs waits this long.
WATCHDOG_S = 60

KINDS = ("threads", "asyncio")

Servicer = route_guide_servicer.RouteGuideServicer | aio_route_guide_servicer.RouteGuideServicer
Answer = TypeVar("Answer")


def servicer_of(kind: str, index: FeatureIndex) -> Servicer:
    """Create the servicer for one of KINDS."""
    if kind == "asyncio":
        return aio_route_guide_servicer.RouteGuideServicer(index)
    return route_guide_servicer.RouteGuideServicer(index)


class LoopThread:
    """An event loop in a thread, for asyncio servers and blocking clients in one process.

    grpc.aio supports one loop in a process, so all asyncio servers share this one.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WATCHDOG_S)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(WATCHDOG_S)
        self.loop.close()


@contextmanager
def serving(servicer: Servicer, loop_thread: LoopThread, workers: int = 10) -> Iterator[str]:
    """Run a server of the kind of its servicer; yields its address."""
    kind = (
        "asyncio"
        if isinstance(servicer, aio_route_guide_servicer.RouteGuideServicer)
        else "threads"
    )
    with started(
        kind, lambda server: add_route_guide(servicer, server), loop_thread, workers
    ) as address:
        yield address


@contextmanager
def started(
    kind: str,
    register: Callable[[grpc.Server | grpc.aio.Server], None],
    loop_thread: LoopThread,
    workers: int = 10,
) -> Iterator[str]:
    """Run a server of one of KINDS with the servicers that `register` adds; yields its address."""
    if kind == "asyncio":

        async def start() -> tuple[grpc.aio.Server, str]:
            server = grpc.aio.server(options=NO_SHARED_PORT)
            register(server)
            address = listen(server, "localhost:0")
            await server.start()
            return server, address

        aio_server, address = loop_thread.run(start())
        yield address
        loop_thread.run(aio_server.stop(None))
    else:
        with futures.ThreadPoolExecutor(workers) as pool:
            server = grpc.server(pool, options=NO_SHARED_PORT)
            register(server)
            address = listen(server, "localhost:0")
            server.start()
            yield address
            server.stop(None).wait()


@dataclass(frozen=True)
class Stub:
    """A stub as protoc generates it, under any service name."""

    GetFeature: "grpc.UnaryUnaryMultiCallable[Point, Feature]"
    ListFeatures: "grpc.UnaryStreamMultiCallable[Rectangle, Feature]"
    RecordRoute: "grpc.StreamUnaryMultiCallable[Point, RouteSummary]"
    RouteChat: "grpc.StreamStreamMultiCallable[RouteNote, RouteNote]"


def connected_stub(channel: grpc.Channel) -> Stub:
    """Create a stub on a connected channel, which sends calls in order: if one is answered, the
    server has the earlier ones. While a channel connects, it may reorder them."""
    grpc.channel_ready_future(channel).result(WATCHDOG_S)
    return stub_for(channel)


def stub_for(channel: grpc.Channel, service_name: str = "routeguide.RouteGuide") -> Stub:
    return Stub(
        channel.unary_unary(
            f"/{service_name}/GetFeature", Point.SerializeToString, Feature.FromString
        ),
        channel.unary_stream(
            f"/{service_name}/ListFeatures", Rectangle.SerializeToString, Feature.FromString
        ),
        channel.stream_unary(
            f"/{service_name}/RecordRoute", Point.SerializeToString, RouteSummary.FromString
        ),
        channel.stream_stream(
            f"/{service_name}/RouteChat", RouteNote.SerializeToString, RouteNote.FromString
        ),
    )


def at(lat_e7: int, lon_e7: int) -> Point:
    return Point(latitude=lat_e7, longitude=lon_e7)


def between(lo: Point, hi: Point) -> Rectangle:
    return Rectangle(lo=lo, hi=hi)


def status_of(call: Callable[[], object]) -> tuple[grpc.StatusCode, str]:
    """Return the code and details of a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error = caught.value
    assert isinstance(error, grpc.Call)
    return error.code(), error.details()


class Requests(Iterator[Any]):
    """A request stream that stays open until `end`; requests are sent one by one."""

    def __init__(self, *first: object) -> None:
        self._changed = threading.Condition()
        self._waiting: list[object] = list(first)
        self._ended = False

    def send(self, request: object) -> None:
        with self._changed:
            self._waiting.append(request)
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()

    def __next__(self) -> Any:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended, WATCHDOG_S)
            if self._waiting:
                return self._waiting.pop(0)
            raise StopIteration
