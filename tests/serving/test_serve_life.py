"""`routeguide serve` starts and stops."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
import routeguide
from campaigns.drain import one_round
from campaigns.load import write_generation
from routeguide.pb.route_guide_pb2 import RouteNote, RouteSummary
from routeguide.serving.signals import log_stopped
from support.serve_processes import Client, ServeProcess, refusal, serve, stop_grpc, wait_until
from support.serving import (
    WATCHDOG_S,
    Requests,
    Stub,
    at,
    between,
    connected_stub,
    status_of,
    stub_for,
)

STOPPING = "this server is stopping"


def note(message: str) -> RouteNote:
    return RouteNote(message=message, location=at(1, 1))


@pytest.fixture(scope="module")
def shared() -> Iterator[ServeProcess]:
    """A server that no test stops."""
    with serve() as server:
        yield server


@pytest.fixture
def running() -> Iterator[ServeProcess]:
    with serve("--grace", "60") as server:
        yield server


@pytest.fixture
def stub(running: ServeProcess) -> Iterator[Stub]:
    with grpc.insecure_channel(running.address) as channel:
        yield connected_stub(channel)


def wait_until_refused(stub: Stub) -> None:
    """Make calls until the server refuses one."""
    code, details = None, ""
    while code is None:
        try:
            stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)
        except grpc.RpcError as error:
            if isinstance(error, grpc.Call):
                code, details = error.code(), error.details()
    assert (code, STOPPING in details) == (grpc.StatusCode.UNAVAILABLE, True)


def wait_for_call(stub: Stub) -> None:
    """Wait until the server has the calls made on this channel before."""
    assert stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)


# Starting


def test_one_line_says_what_is_served(shared: ServeProcess) -> None:
    generation = "653e460b35ea3d4c"
    what = f"100 features, generation {generation}, 1 process"
    assert shared.log == f"Serving on {shared.address}: {what}\n"


def test_lines_of_json(tmp_path: Path, options: list[str]) -> None:
    features = tmp_path / "one.json"
    features.write_text('[{"location": {"latitude": 1, "longitude": 2}, "name": "one"}]')
    with serve("--log-format", "json", "--db", features, *options) as running:
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_log("Now serving")
        features.unlink()
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_log("Still serving")
        status, log = running.stop()
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["level"] for line in lines] == ["info", "info", "error", "info", "info"]
    assert {line["process"] for line in lines} == {running.process.pid}
    assert ": 1 feature, generation " in lines[0]["message"]
    assert lines[1]["message"].startswith("Now serving 1 feature, generation ")
    assert status == 0


def test_a_port_in_use(shared: ServeProcess) -> None:
    line = refusal("--address", shared.address, status=1)
    port = shared.address.removeprefix("localhost")
    numeric = rf"(127\.0\.0\.1|\[::1\]){port}"
    reason = rf"cannot listen on {shared.address} \({numeric}\): Address already in use"
    assert re.fullmatch(reason, line)


@pytest.mark.parametrize("host", [".", "a" * 64], ids=["empty", "too long"])
def test_an_invalid_host_name(host: str) -> None:
    line = refusal("--address", f"{host}:50051", status=1)
    assert line == f"cannot listen on {host}:50051: invalid host name"


def test_an_invalid_file(tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    assert refusal("--db", missing, status=2) == f"{missing}: No such file or directory"
    bad = tmp_path / "bad.json"
    bad.write_text("[{}]")
    assert refusal("--db", bad, status=2).startswith(f"{bad}: ")


def test_features_missing_from_the_package(tmp_path: Path, options: list[str]) -> None:
    package = Path(routeguide.__file__).parent
    shutil.copytree(package, tmp_path / "routeguide", ignore=lambda *_: {"route_guide_db.json"})
    ended = subprocess.run(
        [sys.executable, "-m", "routeguide", "serve", *options],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )
    line = "routeguide serve: the package's 100 features: No such file or directory\n"
    assert (ended.returncode, ended.stderr) == (2, line)


# Stopping


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_an_idle_server(running: ServeProcess, stop_signal: signal.Signals) -> None:
    running.process.send_signal(stop_signal)
    status, log = running.end()
    assert status == 0
    assert log.splitlines()[1:] == [
        "Stopping; running calls have up to 60 s to end, another signal ends them at once",
        "Stopped: 0 calls have ended",
    ]


def test_running_calls_complete_chats_end_and_new_calls_are_refused(
    running: ServeProcess, stub: Stub
) -> None:
    points, notes = Requests(at(0, 0)), Requests(note("one"), note("two"))
    route = stub.RecordRoute.future(points)
    answers = stub.RouteChat(notes)
    assert next(answers).message == "one"
    listed = stub.ListFeatures(between(at(-(2**31), -(2**31)), at(2**31 - 1, 2**31 - 1)))
    assert next(listed).name
    points.send(at(0, 0))
    wait_for_call(stub)

    running.process.terminate()
    code, details = status_of(lambda: list(answers))
    assert (code, STOPPING in details) == (grpc.StatusCode.UNAVAILABLE, True)
    wait_until_refused(stub)
    points.send(at(0, 0))
    points.end()
    assert route.result(WATCHDOG_S) == RouteSummary(point_count=3)
    assert len(list(listed)) == 99
    notes.end()
    status, log = running.end()
    assert status == 0
    assert "cut off" not in log


def test_calls_are_cut_off_at_the_end_of_the_grace_period() -> None:
    with (
        serve("--grace", "0.2") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        notes = Requests(note("one"), note("two"))
        assert next(stub.RouteChat(notes)).message == "one"
        status, log = running.stop()
        assert status == 0
        assert log.endswith("Stopped: 1 call has ended, 1 cut off at the end of the grace period\n")
        assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
        points.end()
        notes.end()


def test_the_log_counts_calls_in_the_plural(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "routeguide"):
        log_stopped(2204, 1204)
    line = "Stopped: 2,204 calls have ended, 1,204 cut off at the end of the grace period"
    assert caplog.messages == [line]


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_process_at_once(
    running: ServeProcess, stub: Stub, second: signal.Signals
) -> None:
    points = Requests(at(0, 0))
    route = stub.RecordRoute.future(points)
    wait_for_call(stub)
    running.process.terminate()
    wait_until_refused(stub)
    signal_until_it_ends(running, second)
    assert running.end()[0] == -second
    assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
    points.end()


def signal_until_it_ends(server: ServeProcess, number: signal.Signals) -> None:
    """Signals that come too soon after the first are taken for the same one."""

    def has_ended() -> bool:
        server.process.send_signal(number)
        return server.process.poll() is not None

    wait_until(has_ended)


def test_a_signal_sent_twice_in_a_row_is_one(running: ServeProcess) -> None:
    for _ in range(2):
        running.process.terminate()
    status, log = running.end()
    assert (status, log.count("Stopped: 0 calls have ended")) == (0, 1)


def test_many_calls_at_the_time_of_the_signal(tmp_path: Path, clients: list[Client]) -> None:
    """Two rounds of campaigns/drain.py."""
    features = tmp_path / "features.json"
    write_generation(features, 0)
    for _ in range(2):
        assert one_round(clients, 0.3, 5.0, "--db", str(features)) == ""


# The port and gRPC


def test_no_other_process_can_share_the_port(shared: ServeProcess) -> None:
    port = int(shared.address.rpartition(":")[2])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="Address already in use"):
            other.bind(("127.0.0.1", port))


def test_the_process_ends_if_grpc_stops_accepting_calls(running: ServeProcess) -> None:
    stop_grpc(running.address)
    status, log = running.end()
    assert status == 1
    assert log.endswith("gRPC has stopped accepting calls; this process ends\n")


def test_an_unknown_method_is_one_line_of_the_access_log() -> None:
    with serve("--access-log") as server, grpc.insecure_channel(server.address) as channel:
        call: Callable[..., bytes] = channel.unary_unary("/a\u2028\x1b[31m/b")
        with pytest.raises(grpc.RpcError):
            call(b"", timeout=WATCHDOG_S)
        server.wait_for_log("UNIMPLEMENTED")
        assert server.log.endswith("/a\\u2028\\x1b[31m/b UNIMPLEMENTED\n")


# The reader of the log


@pytest.mark.parametrize("reader", ["none", "gone", "asleep", "full"])
def test_a_log_that_is_not_read_delays_no_call(options: list[str], reader: str) -> None:
    """No log line says where the server is, so the test reserves a port for it."""
    if reader == "full" and not os.path.exists("/dev/full"):
        pytest.skip("a device of Linux")
    holder = socket.socket()
    # With both options, and without listening: Linux lets servers that share the port and servers
    # that do not bind it, and assigns it to no process that asks for any free port.
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{holder.getsockname()[1]}"
    if sys.platform != "linux":
        holder.close()
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "routeguide", "serve", "--address", address, "--access-log"]
    if reader == "none":
        command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
    elif reader == "asleep":
        fill(writing)
    elif reader == "full":
        os.close(writing)
        writing = os.open("/dev/full", os.O_WRONLY)
    process = subprocess.Popen([*command, *options], stdout=writing, stderr=writing)
    os.close(writing)
    if reader == "gone":
        os.close(reading)
    with holder, process, grpc.insecure_channel(address, FAST_RECONNECT) as channel:
        try:
            for _ in range(3):
                feature = stub_for(channel).GetFeature(
                    at(0, 0), timeout=WATCHDOG_S, wait_for_ready=True
                )
                assert feature.location == at(0, 0)
                process.send_signal(signal.SIGHUP)
            process.terminate()
            assert process.wait(WATCHDOG_S) == 0
        finally:
            process.kill()
    if reader != "gone":
        os.close(reading)


# Milliseconds between attempts to connect to a server that does not listen yet.
FAST_RECONNECT = [
    (f"grpc.{which}_reconnect_backoff_ms", 100) for which in ("initial", "min", "max")
]


def fill(pipe: int) -> None:
    os.set_blocking(pipe, False)
    for size in (1 << 16, 1):
        with suppress(BlockingIOError):
            while True:
                os.write(pipe, b" " * size)
    os.set_blocking(pipe, True)
