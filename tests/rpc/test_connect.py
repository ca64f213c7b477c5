"""ConnectService: its server and its two clients, run as in the tutorial."""

import re
import signal
import socket
from collections.abc import Iterator

import grpc
import pytest
from routeguide.pb.connect_pb2 import RequestMessage, ResponseMessage
from routeguide.pb.connect_pb2_grpc import ConnectServiceStub
from support.processes import run, server
from support.serving import WATCHDOG_S, status_of

SERVER = "connect/server.py"
CLIENTS = ["connect/unary_client.py", "connect/server_stream_client.py"]
STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM]
GOODBYE = "\nConnection dropped!\nBye\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server(script=SERVER, says_on="stdout") as running:
        yield running.address


def test_the_unary_client(address: str) -> None:
    ended = run("connect/unary_client.py", "--address", address)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Response from server: Hello, People\n"


def test_the_stream_client(address: str) -> None:
    ended = run("connect/server_stream_client.py", "--address", address)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        f"Response from server: Hello, People: server({number}) " for number in range(1, 11)
    ]


@pytest.mark.parametrize("name", ["", "Ñandú 🐦", "two\nlines"])
def test_any_name_is_greeted(address: str, name: str) -> None:
    request = RequestMessage(request_data=name)
    with grpc.insecure_channel(address) as channel:
        stub = ConnectServiceStub(channel)
        assert stub.UnaryRPC(request) == ResponseMessage(response_data=f"Hello, {name}")
        greetings = [response.response_data for response in stub.ServerStreamRPC(request)]
    assert greetings == [f"Hello, {name}: server({number}) " for number in range(1, 11)]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_failure_prints_one_line(client: str) -> None:
    with socket.socket() as held:  # a port without a listener
        held.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{held.getsockname()[1]}"
        ended = run(client, "--address", address)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith(f"RPC failed: {address}: UNAVAILABLE: ")
    assert ended.stdout.count("\n") == 1


def test_the_background_tasks_print_their_lines() -> None:
    with server(script=SERVER, says_on="stdout") as running:
        assert running.said == [f"Server listening on {running.address}\n"]
        assert running.process.stdout is not None
        timed = [running.process.stdout.readline() for _ in range(2)]
        running.process.send_signal(signal.SIGINT)
        assert running.end() == (0, GOODBYE, "")
    clock = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    assert re.fullmatch(f"{clock}: Server testing2\n{clock}: Server testing3\n", "".join(timed))


@pytest.mark.parametrize("stop_signal", STOP_SIGNALS)
def test_a_signal_ends_the_server_with_its_last_lines(stop_signal: signal.Signals) -> None:
    with server(script=SERVER, says_on="stdout") as running:
        running.process.send_signal(stop_signal)
        assert running.end() == (0, GOODBYE, "")


def test_a_signal_closes_connections() -> None:
    with (
        server(script=SERVER, says_on="stdout") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = ConnectServiceStub(channel)
        assert stub.UnaryRPC(RequestMessage(request_data="you"), timeout=WATCHDOG_S)
        running.process.send_signal(signal.SIGINT)
        assert running.end() == (0, GOODBYE, "")
        code, _ = status_of(lambda: stub.UnaryRPC(RequestMessage()))
        assert code is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("stop_signal", STOP_SIGNALS)
def test_a_signal_ends_the_server_within_a_stream(stop_signal: signal.Signals) -> None:
    """Ten greetings of a megabyte are more than the buffers hold if the client reads only one."""
    with (
        server(script=SERVER, says_on="stdout") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        greetings = ConnectServiceStub(channel).ServerStreamRPC(
            RequestMessage(request_data="x" * 1_000_000), timeout=WATCHDOG_S
        )
        assert next(greetings).response_data.endswith("server(1) ")
        running.process.send_signal(stop_signal)
        assert running.end() == (0, GOODBYE, "")
        code, _ = status_of(lambda: list(greetings))
        assert code in (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)


def test_a_port_in_use_is_an_error(address: str) -> None:
    ended = run(SERVER, "--address", address)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("server.py: cannot listen on ")
    assert ended.stderr.endswith("Address already in use\n")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("script", "default"),
    [(SERVER, "[::]:50051"), *((name, "localhost:50051") for name in CLIENTS)],
)
def test_the_documented_address_is_the_default(script: str, default: str) -> None:
    assert f"(default: {default})" in run(script, "--help").stdout
