"""Starting and stopping server processes."""

import platform
import signal
import socket
import sys
from pathlib import Path

import grpc
import pytest
from routeguide.pb.route_guide_pb2 import RouteNote, RouteSummary
from support.processes import kind_options, run, server
from support.serving import WATCHDOG_S, Requests, at, connected_stub, status_of, stub_for

WITHOUT_IPV6 = Path(__file__).parents[1] / "support" / "without_ipv6.py"
STOP_SIGNALS = [signal.SIGTERM, signal.SIGINT]


def note(message: str) -> RouteNote:
    return RouteNote(message=message, location=at(1, 1))


def wait_until_refused(address: str) -> None:
    """Make calls, each on a connection of its own, until the server refuses one.

    A call that arrives with the signal may be accepted by grpcio for asyncio and never handled: the
    timeout of a second ends it before the server's grace does.
    """
    code = None
    while code is not grpc.StatusCode.UNAVAILABLE:
        with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
            try:
                stub_for(channel).GetFeature(at(0, 0), timeout=1)
            except grpc.RpcError as error:
                code = error.code() if isinstance(error, grpc.Call) else None


# Ending


def stopping(grace_s: float) -> str:
    """The line that a server logs when it stops."""
    return (
        f"Stopping; running calls have up to {grace_s:g} s to end,"
        " another signal ends them at once\n"
    )


@pytest.mark.parametrize("stop_signal", STOP_SIGNALS)
def test_a_signal_ends_an_idle_server(kind: str, stop_signal: signal.Signals) -> None:
    with server(*kind_options(kind), "--grace", "60") as running:
        running.process.send_signal(stop_signal)
        assert running.end() == (0, "", stopping(60))
    assert running.said == [f"Server listening on {running.address}\n"]


@pytest.mark.parametrize("stop_signal", STOP_SIGNALS)
def test_running_calls_end_with_ok_and_new_ones_are_refused(
    kind: str, stop_signal: signal.Signals
) -> None:
    with (
        server(*kind_options(kind), "--grace", "60") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = connected_stub(channel)
        points, notes = Requests(at(0, 0)), Requests(note("one"), note("two"))
        route = stub.RecordRoute.future(points)
        answers = stub.RouteChat(notes)
        assert next(answers).message == "one"  # the server has both calls by now

        running.process.send_signal(stop_signal)
        wait_until_refused(running.address)

        notes.send(note("three"))
        assert [next(answers).message, next(answers).message] == ["one", "two"]
        points.send(at(0, 0))
        points.end()
        summary = route.result(WATCHDOG_S)
        summary.elapsed_time = 0
        assert summary == RouteSummary(point_count=2)
        notes.end()
        assert list(answers) == []
        assert running.end() == (0, "", stopping(60))


def test_calls_are_cancelled_when_the_grace_is_over(kind: str) -> None:
    with (
        server(*kind_options(kind), "--grace", "0.2") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        notes = Requests(note("one"), note("two"))
        answers = stub_for(channel).RouteChat(notes)
        assert next(answers).message == "one"
        running.process.terminate()
        assert running.end() == (0, "", stopping(0.2))
        code, _ = status_of(lambda: next(answers))
        assert code in (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)
        notes.end()


@pytest.mark.parametrize("second", STOP_SIGNALS)
@pytest.mark.parametrize("first", STOP_SIGNALS)
def test_a_second_signal_ends_the_server_immediately(
    kind: str, first: signal.Signals, second: signal.Signals
) -> None:
    with (
        server(*kind_options(kind), "--grace", "600") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        notes = Requests(note("one"), note("two"))
        answers = stub_for(channel).RouteChat(notes)
        assert next(answers).message == "one"
        running.process.send_signal(first)
        wait_until_refused(running.address)
        running.process.send_signal(second)
        assert running.end() == (-second, "", stopping(600))
        notes.end()


# Workers


def test_each_open_stream_takes_a_thread(kind: str) -> None:
    """With one thread a second stream has to wait; an event loop serves both."""
    with (
        server(*kind_options(kind), "--max-workers", "1") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        notes = Requests(note("one"), note("two"))
        answers = stub.RouteChat(notes)
        assert next(answers).message == "one"
        waits = stub.GetFeature.future(at(0, 0), timeout=0.5 if kind == "threads" else WATCHDOG_S)
        if kind == "asyncio":
            assert waits.result(WATCHDOG_S).location == at(0, 0)
        else:
            assert status_of(waits.result)[0] is grpc.StatusCode.DEADLINE_EXCEEDED
        notes.end()
        assert list(answers) == []
        assert stub.GetFeature(at(0, 0), timeout=WATCHDOG_S).location == at(0, 0)


# Listening


def refusal(*arguments: str) -> str:
    """Run a server that cannot start, and return its one line."""
    ended = run("route_server.py", *arguments)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("route_server.py: cannot listen on ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::]", "0.0.0.0"])
def test_a_port_in_use_is_an_error(kind: str, host: str) -> None:
    with server(*kind_options(kind), address=f"{host}:0") as first:
        address = f"{host}:{first.port}"
        line = refusal("--address", address, *kind_options(kind))
    assert f"cannot listen on {address}" in line
    assert line.endswith(": Address already in use\n")


@pytest.mark.parametrize(
    ("family", "taken", "wanted"),
    [
        (socket.AF_INET, "127.0.0.1", "[::]"),
        (socket.AF_INET, "127.0.0.1", "localhost"),
        (socket.AF_INET6, "::1", "[::]"),
    ],
)
def test_a_port_in_use_on_one_of_the_addresses_is_an_error(
    kind: str, family: socket.AddressFamily, taken: str, wanted: str
) -> None:
    with socket.create_server((taken, 0), family=family) as other:
        address = f"{wanted}:{other.getsockname()[1]}"
        assert "Address already in use" in refusal("--address", address, *kind_options(kind))


def test_no_other_process_can_share_the_port(kind: str) -> None:
    with server(*kind_options(kind), address="127.0.0.1:0") as running, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="Address already in use"):
            other.bind(("127.0.0.1", int(running.port)))


def test_a_host_of_another_machine_is_refused(kind: str) -> None:
    line = refusal("--address", "192.0.2.1:0", *kind_options(kind))
    assert line.endswith("cannot listen on 192.0.2.1:0: this machine has no such address\n")


def test_a_host_without_an_address_is_refused() -> None:
    assert "cannot listen on host.invalid:0: " in refusal("--address", "host.invalid:0")


@pytest.mark.parametrize("host", ["[::]", "[::1]", "0.0.0.0", "127.0.0.1", "localhost"])
def test_the_printed_address_can_be_called(kind: str, host: str) -> None:
    with server(*kind_options(kind), address=f"{host}:0") as running:
        assert running.address == f"{host}:{running.port}"
        with grpc.insecure_channel(running.address) as channel:
            answer = stub_for(channel).GetFeature(at(0, 0), timeout=WATCHDOG_S)
            assert answer.HasField("location")


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="a seccomp filter for Linux on x86-64 and arm64 disables IPv6",
)
@pytest.mark.parametrize(
    ("script", "says_on"), [("route_server.py", "stderr"), ("connect/server.py", "stdout")]
)
def test_without_ipv6_the_server_listens_on_ipv4_with_a_warning(script: str, says_on: str) -> None:
    prefix = (sys.executable, WITHOUT_IPV6, sys.executable)
    with server(script=script, address="[::]:0", says_on=says_on, prefix=prefix) as running:
        assert running.address == f"0.0.0.0:{running.port}"
        with socket.create_connection(("127.0.0.1", int(running.port)), WATCHDOG_S):
            pass
        running.process.terminate()
        status, _, errors = running.end()
    assert status == 0
    warning = "No IPv6 on this machine: 0.0.0.0 stands in for [::]\n"
    assert warning in (*running.said, errors)


# Options


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--address", "localhost"),
        ("--address", "localhost:"),
        ("--address", ":50051"),
        ("--address", "localhost:65536"),
        ("--address", "localhost:http"),
        ("--address", "::1:50051"),
        ("--max-workers", "0"),
        ("--max-workers", "many"),
        ("--grace", "-1"),
        ("--grace", "nan"),
        ("--grace", "inf"),
    ],
)
def test_an_invalid_option_is_named(option: str, value: str) -> None:
    ended = run("route_server.py", option, value)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"error: argument {option}: " in ended.stderr
    assert value in ended.stderr


def test_help_has_the_documented_defaults() -> None:
    ended = run("route_server.py", "--help")
    assert ended.returncode == 0
    assert "(default: [::]:50051)" in ended.stdout
    assert "(default: 10)" in ended.stdout
