"""The limits of a server, and the status of what exceeds them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb import route_guide_pb2_grpc
from routeguide.pb.route_guide_pb2 import Feature, Point, RouteNote
from routeguide.rpc.registration import add_route_guide
from routeguide.serving.admission import Admission
from routeguide.serving.limits import ConnectionLimits, ServingLimits
from support.serve_processes import ServeProcess, serve
from support.serving import (
    WATCHDOG_S,
    LoopThread,
    Requests,
    Stub,
    at,
    started,
    status_of,
    stub_for,
)

LIMITS = {
    "--max-calls": 2,
    "--max-streams": 2,
    "--max-message-bytes": 1024,
    "--max-notes": 4,
    "--max-notes-at-place": 2,
    "--max-note-length": 5,
    "--max-route-points": 3,
    "--max-batch-points": 2,
    "--max-nearest": 2,
    "--max-page-size": 2,
    "--max-radius": 10.0,
    "--max-route-vertices": 2,
    "--max-half-width": 10.0,
}
HERE = pb.Point()
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


def note(message: str, lat_e7: int = 1) -> RouteNote:
    return RouteNote(message=message, location=at(lat_e7, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[ServeProcess]:
    with serve(*(str(word) for option in LIMITS.items() for word in option)) as running:
        yield running


@pytest.fixture(scope="module")
def channel(server: ServeProcess) -> Iterator[Any]:
    """Any: gRPC's types do not allow for calls with bytes."""
    with grpc.insecure_channel(server.address) as channel:
        yield channel


@pytest.fixture(scope="module")
def limited(channel: grpc.Channel) -> Stub:
    return stub_for(channel)


def answers_before_the_end(stub: Stub, *notes: RouteNote) -> tuple[list[str], Any, str]:
    """The answers of a chat, and the code and details it ends with."""
    call = stub.RouteChat(iter(notes), timeout=WATCHDOG_S)
    answers: list[str] = []

    def read() -> None:
        answers.extend(answer.message for answer in call)

    code, details = status_of(read)
    return answers, code, details


def test_points_of_a_route(limited: Stub) -> None:
    assert limited.RecordRoute(iter([at(0, 0)] * 3), timeout=WATCHDOG_S).point_count == 3
    refused = status_of(lambda: limited.RecordRoute(iter([at(0, 0)] * 4), timeout=WATCHDOG_S))
    assert refused == (EXHAUSTED, "a route may have 3 points (max-route-points)")


def test_notes_of_a_stream(limited: Stub) -> None:
    allowed = [note("a", place) for place in range(4)]
    assert list(limited.RouteChat(iter(allowed), timeout=WATCHDOG_S)) == []
    assert answers_before_the_end(limited, *allowed, note("a", 9)) == (
        [],
        EXHAUSTED,
        "a stream may send 4 notes (max-notes)",
    )


def test_notes_at_a_place(limited: Stub) -> None:
    assert answers_before_the_end(limited, note("a"), note("b"), note("c")) == (
        ["a"],
        EXHAUSTED,
        "2 notes are at this place, and no more may be (max-notes-at-place)",
    )


def test_length_of_a_note(limited: Stub) -> None:
    """Counted in characters, not bytes."""
    assert answers_before_the_end(limited, note("äöüßé"), note("äöüßéx")) == (
        [],
        grpc.StatusCode.INVALID_ARGUMENT,
        "message: 6 characters; a note may have 5 (max-note-length)",
    )


def test_size_of_a_message(limited: Stub) -> None:
    code, details = status_of(
        lambda: list(limited.RouteChat(iter([note("x" * 1025)]), timeout=WATCHDOG_S))
    )
    assert code is EXHAUSTED
    assert "larger than max (1" in details


def test_only_the_known_fields_of_a_note_are_kept(channel: Any) -> None:
    """Not unknown fields, nor values that a later one replaced."""
    unknown = b"\x7a\x05other"
    place, sent = at(1, 1).SerializeToString() + unknown, note("b").SerializeToString()
    padded = b"\x0a" + bytes([len(place)]) + place + unknown + b"\x12\x01a" + b"\x12\x01b"
    chat = channel.stream_stream("/routeguide.RouteGuide/RouteChat")
    assert list(chat(iter([padded, sent, b"", b""]), timeout=WATCHDOG_S)) == [sent, b""]


def test_bytes_that_are_not_a_message(channel: Any, server: ServeProcess) -> None:
    service, message = "/routeguide.RouteGuide/", b"\xff"
    for call in (
        lambda: channel.unary_unary(service + "GetFeature")(message),
        lambda: list(channel.unary_stream(service + "ListFeatures")(message)),
        lambda: channel.stream_unary(service + "RecordRoute")(iter([message])),
        lambda: list(channel.stream_stream(service + "RouteChat")(iter([message]))),
        lambda: channel.unary_unary("/routeguide.v1.FeatureService/GetDataset")(message),
    ):
        code, details = status_of(call)
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert "Error parsing message" in details
    assert "Traceback" not in server.log


@pytest.mark.parametrize(
    ("method", "allowed", "more", "refusal"),
    [
        (
            "BatchGetFeatures",
            pb.BatchGetFeaturesRequest(points=[HERE] * 2),
            pb.BatchGetFeaturesRequest(points=[HERE] * 3),
            "points: 3 points are outside of 0 to 2",
        ),
        (
            "NearestFeatures",
            pb.NearestFeaturesRequest(center=HERE, k=2),
            pb.NearestFeaturesRequest(center=HERE, k=3),
            "k: 3 is outside of 1 to 2",
        ),
        (
            "FeaturesWithin",
            pb.FeaturesWithinRequest(center=HERE, radius_m=10),
            pb.FeaturesWithinRequest(center=HERE, radius_m=11),
            "radius_m: 11.0 is outside of 0 to 10.0",
        ),
        (
            "FeaturesAlongRoute",
            pb.FeaturesAlongRouteRequest(route=[HERE] * 2, half_width_m=10),
            pb.FeaturesAlongRouteRequest(route=[HERE] * 3, half_width_m=11),
            "route: 3 points are outside of 1 to 2",
        ),
    ],
)
def test_requests_of_feature_service(
    channel: Any, method: str, allowed: Message, more: Message, refusal: str
) -> None:
    call = channel.unary_stream(f"/routeguide.v1.FeatureService/{method}")
    list(call(allowed.SerializeToString(), timeout=WATCHDOG_S))
    code, details = status_of(lambda: list(call(more.SerializeToString(), timeout=WATCHDOG_S)))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal in details


def test_pages_of_feature_service(channel: Any) -> None:
    """A larger page size than allowed is lowered."""
    search = channel.unary_stream("/routeguide.v1.FeatureService/SearchFeatures")
    world = pb.Box(
        south_e7=-900_000_000, west_e7=-1_800_000_000, north_e7=900_000_000, east_e7=1_800_000_000
    )
    for page_size in (0, 2, 3):
        request = pb.SearchFeaturesRequest(box=world, page_size=page_size).SerializeToString()
        pages = map(pb.SearchFeaturesResponse.FromString, search(request, timeout=WATCHDOG_S))
        assert [len(page.features) for page in pages] == [2] * 50


def test_open_streams(limited: Stub) -> None:
    """Calls without a stream have a limit of their own."""
    requests = [Requests(note("a"), note("b")) for _ in range(2)]
    chats = [limited.RouteChat(notes, timeout=WATCHDOG_S) for notes in requests]
    assert [next(chat).message for chat in chats] == ["a", "a"]
    assert status_of(lambda: list(limited.RouteChat(iter(()), timeout=WATCHDOG_S))) == (
        EXHAUSTED,
        "2 streams are open, the maximum (max-streams)",
    )
    assert limited.GetFeature(at(0, 0), timeout=WATCHDOG_S) == Feature(location=at(0, 0))
    for notes in requests:
        notes.end()
    assert [list(chat) for chat in chats] == [[], []]
    assert list(limited.RouteChat(iter(()), timeout=WATCHDOG_S)) == []


class SlowServicer(route_guide_pb2_grpc.RouteGuideServicer):
    """Answers once `answer` is set."""

    def __init__(self) -> None:
        self.answer = asyncio.Event()
        self.running = asyncio.Semaphore(0)

    async def GetFeature(self, request: Point, context: object) -> Feature:
        self.running.release()
        await self.answer.wait()
        return Feature(name="at last")

    async def RouteChat(
        self, request_iterator: AsyncIterator[RouteNote], context: object
    ) -> AsyncIterator[RouteNote]:
        async for received in request_iterator:
            yield received


@contextmanager
def slow_server(loop_thread: LoopThread) -> Iterator[tuple[SlowServicer, Admission, Stub]]:
    servicer = SlowServicer()
    admission = Admission(ServingLimits(calls=2, streams=2))

    def register(server: Any) -> None:
        add_route_guide(servicer, admission.guard(server))

    with (
        started("asyncio", register, loop_thread) as address,
        grpc.insecure_channel(address) as channel,
    ):
        yield servicer, admission, stub_for(channel)


def test_running_calls(loop_thread: LoopThread) -> None:
    with slow_server(loop_thread) as (servicer, _, stub):
        calls = [stub.GetFeature.future(at(0, 0), timeout=WATCHDOG_S) for _ in range(2)]
        for _ in calls:
            loop_thread.run(servicer.running.acquire())
        assert status_of(lambda: stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)) == (
            EXHAUSTED,
            "2 calls are running, the maximum (max-calls)",
        )
        assert list(stub.RouteChat(iter([note("a")]), timeout=WATCHDOG_S)) == [note("a")]
        loop_thread.loop.call_soon_threadsafe(servicer.answer.set)
        assert [call.result().name for call in calls] == ["at last", "at last"]
        assert stub.GetFeature(at(0, 0), timeout=WATCHDOG_S).name == "at last"


def test_a_stopping_server_says_so_even_if_a_limit_is_reached(loop_thread: LoopThread) -> None:
    """A client refused by a limit would try this server again."""
    with slow_server(loop_thread) as (servicer, admission, stub):
        calls = [stub.GetFeature.future(at(0, 0), timeout=WATCHDOG_S) for _ in range(2)]
        for _ in calls:
            loop_thread.run(servicer.running.acquire())
        requests = [Requests(note("a")) for _ in range(2)]
        chats = [stub.RouteChat(notes, timeout=WATCHDOG_S) for notes in requests]
        assert [next(chat) for chat in chats] == [note("a")] * 2
        loop_thread.loop.call_soon_threadsafe(admission.close)
        stopping = (grpc.StatusCode.UNAVAILABLE, "this server is stopping; connect again")
        assert status_of(lambda: stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)) == stopping
        assert status_of(lambda: list(stub.RouteChat(iter(()), timeout=WATCHDOG_S))) == stopping
        loop_thread.loop.call_soon_threadsafe(servicer.answer.set)
        assert [call.result().name for call in calls] == ["at last", "at last"]
        for notes in requests:
            notes.end()
        assert [list(chat) for chat in chats] == [[], []]


def test_a_cancelled_call_no_longer_counts_as_running(loop_thread: LoopThread) -> None:
    with slow_server(loop_thread) as (servicer, admission, stub):
        call = stub.GetFeature.future(at(0, 0), timeout=WATCHDOG_S)
        loop_thread.run(servicer.running.acquire())
        assert admission.running == 1
        call.cancel()
        with pytest.raises(grpc.FutureCancelledError):
            call.result()
        admission.close()
        loop_thread.run(admission.wait_until_idle(WATCHDOG_S))
        assert (admission.running, admission.ended) == (0, 1)


def test_options_of_connections() -> None:
    default = ConnectionLimits().channel_options()
    assert dict(default) == {"grpc.max_receive_message_length": 4 << 20}
    limits = ConnectionLimits(keepalive_s=30, keepalive_timeout_s=0.5, idle_s=60, age_s=3600)
    assert dict(limits.channel_options()) == {
        "grpc.max_receive_message_length": 4 << 20,
        "grpc.keepalive_time_ms": 30_000,
        "grpc.keepalive_timeout_ms": 500,
        "grpc.keepalive_permit_without_calls": 1,
        "grpc.max_connection_idle_ms": 60_000,
        "grpc.max_connection_age_ms": 3_600_000,
    }
