"""RouteChat across users, as `routeguide serve --chat shared` has it."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from routeguide.pb.route_guide_pb2 import RouteNote
from support.serve_processes import ServeProcess, serve
from support.serving import Requests, Stub, at, status_of, stub_for


def note(message: str, lat_e7: int = 1) -> RouteNote:
    return RouteNote(message=message, location=at(lat_e7, 1))


@pytest.fixture
def running() -> Iterator[ServeProcess]:
    with serve("--chat", "shared", "--max-note-length", "9", "--grace", "60") as server:
        yield server


@pytest.fixture
def stub(running: ServeProcess) -> Iterator[Stub]:
    with grpc.insecure_channel(running.address) as channel:
        yield stub_for(channel)


def test_users_meet_at_places_and_part_when_the_server_stops(
    running: ServeProcess, stub: Stub
) -> None:
    ada, bob = Requests(note("ada"), note("elsewhere", 2)), Requests()
    to_ada = stub.RouteChat(ada)
    ada.send(note("again", 2))
    assert next(to_ada).message == "elsewhere"  # so all that she wrote is there
    to_bob = stub.RouteChat(bob)
    bob.send(note("bob"))
    assert next(to_bob).message == "ada"
    assert next(to_ada).message == "bob"
    ada.send(note("ada, 2"))
    assert [next(to_ada).message, next(to_ada).message] == ["ada", "bob"]
    assert next(to_bob).message == "ada, 2"
    running.process.terminate()
    for chat in (to_ada, to_bob):
        code, details = status_of(lambda chat=chat: list(chat))  # type: ignore[misc]
        assert code is grpc.StatusCode.UNAVAILABLE
        assert "this server is stopping" in details
    ada.end()
    bob.end()
    assert running.end()[0] == 0


def test_a_note_that_is_too_long_ends_its_own_stream(stub: Stub) -> None:
    others = Requests(note("one"), note("two"))
    to_others = stub.RouteChat(others)
    assert next(to_others).message == "one"
    code, _ = status_of(lambda: list(stub.RouteChat(iter([note("0123456789")]))))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    others.end()
    assert list(to_others) == []
