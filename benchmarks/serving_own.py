"""The cost of a registered handler with its deserializer and serializer, without gRPC."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from typing import Any, TypeVar

import numpy as np
import text
from measure import Spread
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.feature_service import estimates
from routeguide.feature_service.queries import Queries
from routeguide.pb import feature_service_pb2 as pb
from routeguide.rpc.handlers import Registrar
from serving_host import register_ours
from serving_requests import (
    LISTED,
    NOTES,
    ROUTE,
    SERVED,
    list_world,
    named_index,
    notes,
    points_of,
    route_on,
    search_world,
)

KINDS = ("threads", "asyncio")

Key = TypeVar("Key", bound=Hashable)


class Context:
    """Stands in for the context of a call."""

    def set_trailing_metadata(self, metadata: object) -> None: ...


def handlers_of(kind: str, index: Any) -> dict[str, Any]:
    """Return the handlers that a server would register, by method."""
    handlers: dict[str, Any] = {}
    server = Registrar(lambda service_name, of_service: handlers.update(of_service))
    register_ours(server, kind, index)
    return handlers


def own_unary(kind: str, handler: Any, requests: list[bytes]) -> float:
    """Return seconds per call."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call = handler.unary_unary

    async def aio() -> float:
        start_s = time.perf_counter()
        for request in requests:
            write(await call(read(request), context))
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio()) / len(requests)
    start_s = time.perf_counter()
    for request in requests:
        write(call(read(request), context))
    return (time.perf_counter() - start_s) / len(requests)


def own_answers(kind: str, handler: Any, request: bytes) -> tuple[float, int]:
    """Return seconds for a stream of responses, and their number."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call, count = handler.unary_stream, 0

    async def aio() -> float:
        nonlocal count
        start_s = time.perf_counter()
        async for answer in call(read(request), context):
            write(answer)
            count += 1
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio()), count
    start_s = time.perf_counter()
    for answer in call(read(request), context):
        write(answer)
        count += 1
    return time.perf_counter() - start_s, count


def own_requests(kind: str, handler: Any, requests: list[bytes]) -> float:
    """Return seconds for a stream of requests, and for the responses if they are a stream."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call = handler.stream_unary or handler.stream_stream
    answers_many = bool(handler.response_streaming)

    async def sent() -> AsyncIterator[Any]:
        for request in requests:
            yield read(request)

    async def aio() -> float:
        start_s = time.perf_counter()
        if answers_many:
            async for answer in call(sent(), context):
                write(answer)
        else:
            write(await call(sent(), context))
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio())
    start_s = time.perf_counter()
    if answers_many:
        for answer in call(map(read, requests), context):
            write(answer)
    else:
        write(call(map(read, requests), context))
    return time.perf_counter() - start_s


def repeated(rounds: int, measured: Callable[[], float]) -> Spread:
    return in_turns(rounds, {"": measured})[""]


def in_turns(rounds: int, measured: Mapping[Key, Callable[[], float]]) -> dict[Key, Spread]:
    """Measure each once per round, so that a temporary slowdown of the machine affects all."""
    for one in measured.values():
        one()
    gc.collect()
    gc.disable()
    try:
        found = [{key: one() for key, one in measured.items()} for _ in range(rounds)]
    finally:
        gc.enable()
    return {key: Spread.of([of_round[key] for of_round in found]) for key in measured}


def threshold_costs(index: Any, rounds: int) -> dict[tuple[str, str], Spread]:
    """Time the largest queries that an asyncio server answers on its event loop."""
    share = min(1.0, estimates.SHORT_BOX / len(index)) ** 0.5
    box = (0, 0, int(share * 1_799_000_000), int(share * 3_599_000_000))
    south, west = -box[2] // 2, -box[3] // 2
    box = (south, west, south + box[2], west + box[3])
    side_deg = (180 * 360 * min(0.1, estimates.SHORT_CIRCLE / len(index))) ** 0.5
    radius_m = 0.99 * side_deg / 2 * 111_194.9
    asked = np.random.default_rng(2).integers(0, len(index), estimates.SHORT_BATCH)
    columns = np.array([index.location(int(i)) for i in asked], np.int32).T.copy()
    batch = pb.BatchGetFeaturesRequest(
        points=[pb.Point(latitude_e7=int(lat), longitude_e7=int(lon)) for lat, lon in columns.T]
    )
    queries = Queries(Datasets(Dataset(index, Origin())))
    near = pb.NearestFeaturesRequest(center=pb.Point(), k=estimates.SHORT_NEAREST)

    def elapsed_s(work: Callable[[], object]) -> float:
        start_s = time.perf_counter()
        work()
        return time.perf_counter() - start_s

    works: dict[str, Callable[[], object]] = {
        f"search of {text.count(index.query_count(*box))}": lambda: index.query_box(*box),
        "estimate of that search": lambda: estimates.box_is_long(index, *box),
        f"within, {len(index.within(0, 0, radius_m)[0]):,} features": (
            lambda: index.within(0, 0, radius_m)
        ),
        "estimate of that circle": lambda: estimates.circle_is_long(index, 0, 0, radius_m),
        f"nearest {estimates.SHORT_NEAREST:,}": lambda: queries.nearest(near).run(),
        f"batch of {estimates.SHORT_BATCH:,}": lambda: queries.batch_get(batch).run(),
    }
    return {
        (name, "on the loop"): repeated(rounds, lambda work=work: elapsed_s(work))
        for name, work in works.items()
    }


def own_costs(rounds: int, sizes: list[int]) -> dict[tuple[str, str], Spread]:
    """Return costs by case and kind; GetFeature by the number of features as well."""
    gets: dict[tuple[str, str], Callable[[], float]] = {}
    for size in sizes:
        index = named_index(size)
        asked = points_of(index, 5_000)
        for kind in KINDS:
            get = handlers_of(kind, index)["GetFeature"]
            gets[f"GetFeature, {text.count(size)} features", kind] = (
                lambda kind=kind, get=get, asked=asked: own_unary(kind, get, asked)
            )
    costs = in_turns(rounds, gets) | threshold_costs(index, rounds)
    few, many = named_index(LISTED), named_index(SERVED)
    for kind in KINDS:
        of_few, of_many = handlers_of(kind, few), handlers_of(kind, many)
        route = route_on(many)

        def listed(handlers: Any = of_few, kind: str = kind) -> float:
            elapsed_s, count = own_answers(kind, handlers["ListFeatures"], list_world())
            return elapsed_s / count

        def searched(handlers: Any = of_many, kind: str = kind) -> float:
            elapsed_s, pages = own_answers(kind, handlers["SearchFeatures"], search_world(1_000))
            assert pages == SERVED // 1_000
            return elapsed_s / SERVED

        def recorded(handlers: Any = of_many, kind: str = kind, route: Any = route) -> float:
            return own_requests(kind, handlers["RecordRoute"], route) / ROUTE

        def chatted(handlers: Any = of_many, kind: str = kind) -> float:
            return own_requests(kind, handlers["RouteChat"], notes()) / NOTES

        costs["ListFeatures, a message", kind] = repeated(rounds, listed)
        costs["RecordRoute, a point", kind] = repeated(rounds, recorded)
        costs["RouteChat, a note", kind] = repeated(rounds, chatted)
        costs["SearchFeatures, a feature", kind] = repeated(rounds, searched)
    return costs
