"""How `routeguide serve` starts, and how it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import grpc
import pytest
import routeguide
from campaigns.drain import CLIENTS, one_round
from campaigns.load import write_generation
from routeguide.pb.route_guide_pb2 import RouteNote, RouteSummary
from routeguide.serving.signals import say_that_it_stopped
from support.serve_processes import Client, ServeProcess, break_grpc, refusal, serve, wait_until
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


@pytest.fixture
def stub(running: ServeProcess) -> Iterator[Stub]:
    with grpc.insecure_channel(running.address) as channel:
        yield connected_stub(channel)


@pytest.fixture
def running() -> Iterator[ServeProcess]:
    with serve("--grace", "60") as server:
        yield server


def wait_until_refused(stub: Stub) -> None:
    """Make calls until the server takes no more."""
    code, details = None, ""
    while code is None:
        try:
            stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)
        except grpc.RpcError as error:
            if isinstance(error, grpc.Call):
                code, details = error.code(), error.details()
    assert (code, STOPPING in details) == (grpc.StatusCode.UNAVAILABLE, True)


def wait_for_call(stub: Stub) -> None:
    """Until the server has the calls that were made on this channel before."""
    assert stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)


# Starting


def test_one_line_says_what_is_served(running: ServeProcess) -> None:
    generation = "653e460b35ea3d4c"
    what = f"100 features, generation {generation}, 1 process"
    assert running.said == f"Serving on {running.address}: {what}\n"


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["alone", "workers"])
def test_a_single_feature_is_one(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "one.json"
    path.write_text('[{"location": {"latitude": 1, "longitude": 2}, "name": "one"}]')
    with serve("--db", path, *options) as running:
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Now serving" in running.said)
        started, swapped = running.said.splitlines()
    assert ": 1 feature, generation " in started
    assert swapped.startswith("Now serving 1 feature, generation ")


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["alone", "workers"])
def test_lines_of_json(tmp_path: Path, options: list[str]) -> None:
    features = tmp_path / "features.json"
    write_generation(features, 0)
    with serve("--log-format", "json", "--db", features, *options) as running:
        features.unlink()
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Still serving" in running.said)
        running.process.terminate()
        status, said = running.end()
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["level"] for line in lines] == ["info", "error", "info", "info"]
    assert {line["process"] for line in lines} == {running.process.pid}
    assert status == 0


def test_a_port_in_use(running: ServeProcess) -> None:
    line = refusal("--address", running.address, status=1)
    port = running.address.removeprefix("localhost")
    numeric = rf"(127\.0\.0\.1|\[::1\]){port}"
    told = rf"cannot listen on {running.address} \({numeric}\): Address already in use"
    assert re.fullmatch(told, line)


@pytest.mark.parametrize("host", [".", "a" * 64], ids=["nothing", "too long"])
def test_what_can_be_no_name_of_a_host(host: str) -> None:
    line = refusal("--address", f"{host}:50051", status=1)
    assert line == f"cannot listen on {host}:50051: invalid host name"


def test_a_bad_file(tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    assert refusal("--db", missing, status=2) == f"{missing}: No such file or directory"
    bad = tmp_path / "bad.json"
    bad.write_text("[{}]")
    assert refusal("--db", bad, status=2).startswith(f"{bad}: ")


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["alone", "workers"])
def test_features_that_the_package_lacks(tmp_path: Path, options: list[str]) -> None:
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
    told = "routeguide serve: the package's 100 features: No such file or directory\n"
    assert (ended.returncode, ended.stderr) == (2, told)


# Ending


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server(running: ServeProcess, stop_signal: signal.Signals) -> None:
    running.process.send_signal(stop_signal)
    status, said = running.end()
    assert status == 0
    assert said.splitlines()[1:] == [
        "Stopping; running calls have up to 60 s to end, another signal ends them at once",
        "Stopped: 0 calls have ended",
    ]


def test_calls_end_well_chats_are_ended_and_new_calls_are_refused(
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
    status, said = running.end()
    assert status == 0
    assert "cut off" not in said


def test_when_the_grace_is_over_calls_are_cut_off() -> None:
    with (
        serve("--grace", "0.2") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        notes = Requests(note("one"), note("two"))
        assert next(stub.RouteChat(notes)).message == "one"
        running.process.terminate()
        status, said = running.end()
        assert status == 0
        assert said.endswith("Stopped: 1 call has ended, 1 cut off by the end of the grace\n")
        assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
        points.end()
        notes.end()


def test_many_calls_are_told_alike(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "routeguide"):
        say_that_it_stopped(2204, 1204)
    told = "Stopped: 2,204 calls have ended, 1,204 cut off by the end of the grace"
    assert caplog.messages == [told]


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(
    running: ServeProcess, stub: Stub, second: signal.Signals
) -> None:
    points = Requests(at(0, 0))
    route = stub.RecordRoute.future(points)
    wait_for_call(stub)
    running.process.terminate()
    wait_until_refused(stub)
    running.process.send_signal(second)
    assert running.end()[0] == -second
    assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
    points.end()


def test_many_calls_at_the_time_of_the_signal(tmp_path: Path) -> None:
    """Two rounds of campaigns/drain.py."""
    features = tmp_path / "features.json"
    write_generation(features, 0)
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        for _ in range(2):
            assert one_round(clients, 0.3, 5.0, "--db", str(features)) == ""


# Who is there


def test_nobody_else_can_share_the_port(running: ServeProcess) -> None:
    port = int(running.address.rpartition(":")[2])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="Address already in use"):
            other.bind(("127.0.0.1", port))


def test_a_process_that_grpc_has_made_deaf_ends(running: ServeProcess) -> None:
    break_grpc(running.address)
    status, said = running.end()
    assert status == 1
    assert said.endswith("gRPC has stopped accepting calls; this process ends\n")


def test_a_method_that_somebody_made_up_is_one_line_of_the_access_log() -> None:
    with serve("--access-log") as server, grpc.insecure_channel(server.address) as channel:
        call: Callable[..., bytes] = channel.unary_unary("/a\u2028\x1b[31m/b")
        with pytest.raises(grpc.RpcError):
            call(b"", timeout=WATCHDOG_S)
        wait_until(lambda: "UNIMPLEMENTED" in server.said)
        assert server.said.endswith("/a\\u2028\\x1b[31m/b UNIMPLEMENTED\n")


# Those who read its log


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["alone", "workers"])
@pytest.mark.parametrize("reader", ["none", "gone", "asleep", "full"])
def test_a_log_that_nobody_reads_keeps_no_call_waiting(options: list[str], reader: str) -> None:
    """For want of a line that says where, the port is one that is held for the server."""
    if reader == "full" and not os.path.exists("/dev/full"):
        pytest.skip("a device of Linux")
    holder = socket.socket()
    # Both, and nobody listening: Linux lets in a server that shares the port and one that does not,
    # and gives it to none who takes any that is free.
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
    with holder, process, grpc.insecure_channel(address) as channel:
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


def fill(pipe: int) -> None:
    os.set_blocking(pipe, False)
    for size in (1 << 16, 1):
        with suppress(BlockingIOError):
            while True:
                os.write(pipe, b" " * size)
    os.set_blocking(pipe, True)
