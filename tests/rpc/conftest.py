"""The typed clients, blocking and asyncio, and a server of the tutorials' features for them."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import grpc.aio
import pytest
import routeguide
from routeguide.domain import database
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.rpc.registration import add_feature_service, add_route_guide
from support import oracle
from support.feature_serving import dataset_of, feature_servicer_of
from support.serving import LoopThread, servicer_of, started


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
        add_feature_service(feature_servicer_of(kind, Datasets(dataset)), server)

    with started(kind, register, loop_thread) as server_address:
        yield server_address


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
