"""The options `--timeout` and `--future` of the clients."""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from routeguide.domain import database
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub
from routeguide.tutorial import route_client, route_guide_servicer
from support import documented
from support.processes import run
from support.serving import WATCHDOG_S, LoopThread, serving

CALLS = ["GetFeature", "ListFeatures", "RecordRoute", "RouteChat"]


class DeadlineServicer(route_guide_servicer.RouteGuideServicer):
    """Answers, and keeps the time that each call had left."""

    def __init__(self) -> None:
        super().__init__(database.load_packaged())
        self.left_s: dict[str, float] = {}
        for name in CALLS:
            setattr(self, name, self._watched(name, getattr(self, name)))

    def _watched(self, name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        def watched(request: object, context: grpc.ServicerContext) -> object:
            self.left_s[name] = context.time_remaining()
            return answer(request, context)

        return watched


@pytest.mark.parametrize(
    "arguments",
    [["route_client.py"], ["route_client.py", "--future"], ["asyncio_route_client.py"]],
    ids=["threads", "futures", "asyncio"],
)
def test_the_timeout_applies_to_each_call(loop_thread: LoopThread, arguments: list[str]) -> None:
    servicer = DeadlineServicer()
    with serving(servicer, loop_thread) as address:
        assert run(*arguments, "--address", address, "--timeout", "1000").returncode == 0
        assert list(servicer.left_s) == CALLS
        # gRPC rounds deadlines up to a few digits.
        assert all(900 < left_s < 1100 for left_s in servicer.left_s.values())
        assert run(*arguments, "--address", address).returncode == 0
        assert all(left_s > 10_000 for left_s in servicer.left_s.values())


class CallCounter:
    """A method of a stub that counts direct calls and futures."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self.direct = self.futures = 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.direct += 1
        return self._call(*arguments, **options)

    def future(self, *arguments: Any, **options: Any) -> Any:
        self.futures += 1
        return self._call.future(*arguments, **options)


@pytest.fixture
def counted_stub(loop_thread: LoopThread) -> Iterator[RouteGuideStub]:
    servicer = route_guide_servicer.RouteGuideServicer(database.load_packaged())
    with serving(servicer, loop_thread) as address, grpc.insecure_channel(address) as channel:
        stub = RouteGuideStub(channel)
        for name in CALLS:
            setattr(stub, name, CallCounter(getattr(stub, name)))
        yield stub


@pytest.mark.parametrize("use_futures", [True, False])
def test_use_futures_makes_calls_with_one_answer_through_futures(
    counted_stub: RouteGuideStub, use_futures: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    route_client.walk_through(counted_stub, documented.ROUTE, WATCHDOG_S, use_futures)
    assert capsys.readouterr().out.splitlines() == documented.OUTPUT
    made = {name: getattr(counted_stub, name) for name in CALLS}
    futures = {name: call.futures for name, call in made.items()}
    direct = {name: call.direct for name, call in made.items()}
    one_answer = {"GetFeature": 2, "RecordRoute": 1}
    streams = {"ListFeatures": 1, "RouteChat": 1}
    if use_futures:
        assert futures == {**dict.fromkeys(CALLS, 0), **one_answer}
        assert direct == {**dict.fromkeys(CALLS, 0), **streams}
    else:
        assert futures == dict.fromkeys(CALLS, 0)
        assert direct == {**one_answer, **streams}
