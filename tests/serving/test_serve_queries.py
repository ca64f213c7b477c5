"""RouteGuide in `routeguide serve`: long searches leave the event loop."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from routeguide.domain.catalog import Catalog
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.pb.route_guide_pb2 import Rectangle
from routeguide.rpc.registration import add_route_guide
from routeguide.serving.admission import Admission
from routeguide.serving.chats import OpenStreams
from routeguide.serving.limits import ServingLimits
from routeguide.serving.route_guide import RouteGuideServicer, StreamChat
from support.serving import WATCHDOG_S, LoopThread, Stub, at, between, started, stub_for

from routeguide_c import FeatureIndex

COUNT = 60_000
EVERYTHING = between(at(1, COUNT), at(-1, -1))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which a catalog searched its index, in order."""
    search = Catalog.features_in
    found: list[threading.Thread] = []

    def recorded(catalog: Catalog, rectangle: Rectangle) -> Iterator[bytes]:
        found.append(threading.current_thread())
        return search(catalog, rectangle)

    monkeypatch.setattr(Catalog, "features_in", recorded)
    return found


@pytest.fixture(scope="module")
def stub(loop_thread: LoopThread) -> Iterator[Stub]:
    limits = ServingLimits()
    index = FeatureIndex([0] * COUNT, range(COUNT), [str(i) for i in range(COUNT)])
    datasets = Datasets(Dataset(index, Origin()))
    servicer = RouteGuideServicer(datasets, limits, StreamChat(limits), OpenStreams())

    def register(server: Any) -> None:
        add_route_guide(servicer, Admission(limits).guard(server))

    with (
        started("asyncio", register, loop_thread) as address,
        grpc.insecure_channel(address) as channel,
    ):
        yield stub_for(channel)


@pytest.fixture(scope="module")
def loop_ident(loop_thread: LoopThread) -> int:
    async def ident() -> int:
        return threading.get_ident()

    return loop_thread.run(ident())


def test_a_long_search_leaves_the_loop(
    stub: Stub, threads: list[threading.Thread], loop_ident: int
) -> None:
    call = stub.ListFeatures(EVERYTHING, timeout=WATCHDOG_S)
    first = [feature.name for feature in itertools.islice(call, 100)]
    assert first == [str(i) for i in range(100)]
    assert threads.pop().ident != loop_ident
    call.cancel()
    assert stub.GetFeature(at(0, 7), timeout=WATCHDOG_S).name == "7"


@pytest.mark.parametrize(("last", "count"), [(2, 3), (-2, 0)])
def test_a_short_search_does_not(
    stub: Stub, threads: list[threading.Thread], loop_ident: int, last: int, count: int
) -> None:
    listed = list(stub.ListFeatures(between(at(0, last), at(0, 0 if count else -9))))
    assert [feature.name for feature in listed] == [str(i) for i in range(count)]
    assert threads.pop().ident == loop_ident
