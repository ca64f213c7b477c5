"""A server in a process of its own, for `serving.py`: serving_host.py KIND WHAT COUNT.

KIND is threads or asyncio. WHAT is `ours`, both services over COUNT features; `floor`, handlers
that do nothing and leave bytes undecoded; or `scan`, the linear scan of the tutorials. Prints the
port; exits when standard input is closed. /bench/Cpu returns the CPU time that the process has
used, in nanoseconds, as text.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent import futures
from typing import Any

import grpc
import grpc.aio
from data import uniform
from ours import index_of
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.feature_service import aio_feature_servicer, feature_servicer
from routeguide.pb.route_guide_pb2 import Feature, Point
from routeguide.rpc.registration import add_feature_service, add_route_guide
from routeguide.tutorial import aio_route_guide_servicer, route_guide_servicer
from serving_scan import ScanServicer

from routeguide_c import FeatureIndex

THREADS = 20

# The floor's response to each request, as large as a feature of ours.
FEATURE = Feature(
    name="feature 12345", location=Point(latitude=400_000_000, longitude=-740_000_000)
).SerializeToString()


def features(count: int) -> FeatureIndex:
    return index_of(uniform(count), [f"feature {i}" for i in range(count)])


def location(index: FeatureIndex, id: int) -> Point:
    lat_e7, lon_e7 = index.location(id)
    return Point(latitude=lat_e7, longitude=lon_e7)


def floor_handlers(kind: str, count: int) -> Mapping[str, Any]:
    """Return handlers of RouteGuide's four calls, with as many messages each way as ours."""

    def get(request: bytes, context: object) -> bytes:
        return FEATURE

    def listed(request: bytes, context: object) -> Iterator[bytes]:
        for _ in range(count):
            yield FEATURE

    def record(requests: Iterator[bytes], context: object) -> bytes:
        for _ in requests:
            pass
        return b""

    def chat(requests: Iterator[bytes], context: object) -> Iterator[bytes]:
        answers = False
        for request in requests:
            if answers:
                yield request
            answers = not answers

    async def aio_get(request: bytes, context: object) -> bytes:
        return FEATURE

    async def aio_listed(request: bytes, context: object) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield FEATURE

    async def aio_record(requests: AsyncIterator[bytes], context: object) -> bytes:
        async for _ in requests:
            pass
        return b""

    async def aio_chat(requests: AsyncIterator[bytes], context: object) -> AsyncIterator[bytes]:
        answers = False
        async for request in requests:
            if answers:
                yield request
            answers = not answers

    is_aio = kind == "asyncio"
    return {
        "GetFeature": grpc.unary_unary_rpc_method_handler(aio_get if is_aio else get),
        "ListFeatures": grpc.unary_stream_rpc_method_handler(aio_listed if is_aio else listed),
        "RecordRoute": grpc.stream_unary_rpc_method_handler(aio_record if is_aio else record),
        "RouteChat": grpc.stream_stream_rpc_method_handler(aio_chat if is_aio else chat),
    }


def register_ours(server: Any, kind: str, index: FeatureIndex) -> None:
    datasets = Datasets(Dataset(index, Origin()))
    if kind == "asyncio":
        add_route_guide(aio_route_guide_servicer.RouteGuideServicer(index), server)
        add_feature_service(aio_feature_servicer.FeatureServicer(datasets), server)
    else:
        add_route_guide(route_guide_servicer.RouteGuideServicer(index), server)
        add_feature_service(feature_servicer.FeatureServicer(datasets), server)


def register(server: Any, kind: str, what: str, count: int) -> None:
    if what == "floor":
        handlers = floor_handlers(kind, count)
        generic = grpc.method_handlers_generic_handler("routeguide.RouteGuide", handlers)
        server.add_generic_rpc_handlers((generic,))
        server.add_registered_method_handlers("routeguide.RouteGuide", handlers)
    elif what == "scan":
        database = [
            Feature(name=name, location=Point(latitude=lat_e7, longitude=lon_e7))
            for lat_e7, lon_e7, name in features(count)
        ]
        add_route_guide(ScanServicer(database), server)
    else:
        register_ours(server, kind, features(count))
    server.add_generic_rpc_handlers((cpu_handler(kind == "asyncio"),))


def cpu_handler(is_aio: bool) -> Any:
    def cpu(request: bytes, context: object) -> bytes:
        return str(time.process_time_ns()).encode()

    async def aio_cpu(request: bytes, context: object) -> bytes:
        return cpu(request, context)

    handler = grpc.unary_unary_rpc_method_handler(aio_cpu if is_aio else cpu)
    return grpc.method_handlers_generic_handler("bench", {"Cpu": handler})


def print_port(server: Any) -> None:
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)


async def serve_aio(fill: Callable[[Any], None]) -> None:
    server = grpc.aio.server()
    fill(server)
    print_port(server)
    await server.start()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    await ended.wait()
    await server.stop(None)


def main() -> None:
    kind, what, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

    def fill(server: Any) -> None:
        register(server, kind, what, count)

    if kind == "asyncio":
        asyncio.run(serve_aio(fill))
        return
    with futures.ThreadPoolExecutor(THREADS) as pool:
        server = grpc.server(pool)
        fill(server)
        print_port(server)
        server.start()
        sys.stdin.read()
        server.stop(None).wait()


if __name__ == "__main__":
    main()
