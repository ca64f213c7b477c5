"""The methods of the typed clients, blocking and asyncio, against both kinds of server."""

import asyncio
import inspect
import math
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import grpc.aio
import pytest
import routeguide
from routeguide.client.features import Side
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.feature_service import feature_servicer
from routeguide.pb import feature_service_pb2 as pb
from routeguide.rpc.registration import add_feature_service
from support import documented, oracle
from support.client_servers import EVERYTHING, Trouble, troubled
from support.feature_serving import dataset_of, feature_servicer_of
from support.serving import WATCHDOG_S, LoopThread, started

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
        add_feature_service(feature_servicer_of("threads", Datasets(large)), server)

    with started("threads", register, loop_thread) as address, client_to(address) as client:
        assert len(client.nearest(0, 0, count)) == count


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
    """Like KeyboardInterrupt, which would end the event loop too."""


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


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 counts no cancellations")
def test_closing_a_client_fails_its_calls_and_cancels_no_task(
    dataset: Dataset, loop_thread: LoopThread
) -> None:
    class Endless(feature_servicer.FeatureServicer):
        def SearchFeatures(self, request: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
            while context.is_active():
                yield from super().SearchFeatures(request, context)

    async def ask(address: str) -> list[BaseException]:
        client = routeguide.aio.Client(address)
        running = asyncio.Semaphore(0)

        async def points() -> AsyncIterator[tuple[int, int]]:
            yield 0, 0
            running.release()
            await asyncio.Event().wait()

        async def notes() -> AsyncIterator[tuple[str, int, int]]:
            async for point in points():
                yield "one", *point

        async def read(answers: AsyncIterator[Any]) -> None:
            async for _ in answers:
                pass

        async def search() -> None:
            found = client.search(*EVERYTHING, page_size=1)
            await anext(found)
            running.release()
            await read(found)

        calls = [client.record_route(points()), read(client.chat(notes())), search()]
        tasks = [asyncio.ensure_future(call) for call in calls]
        for _ in tasks:
            await running.acquire()
        await client.close()
        return await asyncio.gather(*tasks, return_exceptions=True)  # type: ignore[return-value]

    with troubled(dataset, Trouble(), Endless(Datasets(dataset))) as address:
        errors = loop_thread.run(ask(address))
    assert [str(error) for error in errors] == [f"{address}: CANCELLED: the client was closed"] * 3


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
