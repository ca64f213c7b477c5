"""RouteChat across clients, with `routeguide serve --chat shared`."""

from __future__ import annotations

import grpc
from routeguide.pb.route_guide_pb2 import RouteNote
from support.serve_processes import serve
from support.serving import Requests, at, status_of, stub_for


def note(message: str, lat_e7: int = 1) -> RouteNote:
    return RouteNote(message=message, location=at(lat_e7, 1))


def test_users_meet_at_places_until_the_server_stops() -> None:
    with (
        serve("--chat", "shared", "--max-note-length", "9", "--grace", "60") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        ada, bob = Requests(note("ada"), note("elsewhere", 2)), Requests()
        to_ada = stub.RouteChat(ada)
        ada.send(note("again", 2))
        assert next(to_ada).message == "elsewhere"  # so the server has all her notes
        to_bob = stub.RouteChat(bob)
        bob.send(note("bob"))
        assert next(to_bob).message == "ada"
        assert next(to_ada).message == "bob"
        ada.send(note("ada, 2"))
        assert [next(to_ada).message, next(to_ada).message] == ["ada", "bob"]
        assert next(to_bob).message == "ada, 2"

        # A note that is too long ends its own stream only.
        code, _ = status_of(lambda: list(stub.RouteChat(iter([note("0123456789", 3)]))))
        assert code is grpc.StatusCode.INVALID_ARGUMENT

        running.process.terminate()
        for chat in (to_ada, to_bob):
            code, details = status_of(lambda chat=chat: list(chat))  # type: ignore[misc]
            assert code is grpc.StatusCode.UNAVAILABLE
            assert "this server is stopping" in details
        ada.end()
        bob.end()
        assert running.end()[0] == 0
