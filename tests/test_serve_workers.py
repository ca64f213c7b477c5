"""Several processes on one port, and their supervisor."""

import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from campaigns.drain import CLIENTS, one_round
from campaigns.kill_worker import kill_one
from campaigns.load import write_generation
from processes import is_running
from routeguide.pb.route_guide_pb2 import RouteSummary
from serve_processes import Client, ServeProcess, serve, wait_until, workers_of
from serving import WATCHDOG_S, Requests, at, connected_stub, status_of, stub_for
from test_serve_life import break_grpc, refusal

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone spreads the connections of a port"
)


@pytest.fixture
def features(tmp_path: Path) -> Path:
    path = tmp_path / "features.json"
    write_generation(path, 1)
    return path


@pytest.fixture
def running(features: Path) -> Iterator[ServeProcess]:
    with serve("--workers", "2", "--grace", "60", "--db", features) as server:
        yield server


def test_one_line_says_what_is_served(running: ServeProcess) -> None:
    assert running.said.endswith(", 2 processes\n")
    assert running.said.count("\n") == 1
    assert len(workers_of(running)) == 2


def test_all_workers_get_connections(running: ServeProcess) -> None:
    """Each keeps one open, and so has a socket more than when it began."""
    own = [("grpc.use_local_subchannel_pool", 1)]
    with ExitStack() as stack:
        for _ in range(32):
            channel = stack.enter_context(grpc.insecure_channel(running.address, own))
            assert stub_for(channel).GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        peers = [
            sum(os.readlink(link).startswith("socket:") for link in links_of(worker))
            for worker in workers_of(running)
        ]
    assert sum(peers) >= 32
    assert max(peers) < 32


def links_of(pid: int) -> list[Path]:
    return [link for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]


def test_all_map_one_file(running: ServeProcess) -> None:
    """Which has no name, so that nothing stays of it."""
    mapped = set()
    for worker in workers_of(running):
        lines = Path(f"/proc/{worker}/maps").read_text().splitlines()
        features = [line.split(maxsplit=5) for line in lines if "/routeguide-" in line]
        assert features
        mapped |= {(words[3], words[4]) for words in features}
        assert all(words[5].endswith(" (deleted)") for words in features)
    assert len(mapped) == 1


def test_a_port_in_use_and_one_that_nobody_else_gets(running: ServeProcess) -> None:
    for workers in ("1", "2"):
        line = refusal("--workers", workers, "--address", running.address, status=1)
        assert line.endswith(": Address already in use")


def test_a_killed_worker_costs_its_connections_and_comes_back(features: Path) -> None:
    """A round of campaigns/kill_worker.py."""
    outcomes: Counter[str] = Counter()
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        server = stack.enter_context(serve("--workers", "2", "--db", features))
        for client in clients:
            client.begin(server.address)
        kill_one(server, random.Random(1))
        for client in clients:
            outcomes += client.finish()
        assert len(workers_of(server)) == 2
        assert "was ended by SIGKILL; another one starts\n" in server.said
        server.process.terminate()
        assert server.end()[0] == 0
    assert set(outcomes) <= {"OK", "UNAVAILABLE"}
    assert outcomes["OK"]


def test_a_worker_that_dies_again_and_again_comes_back_later(running: ServeProcess) -> None:
    for times in (1, 2):
        os.kill(min(workers_of(running)), signal.SIGKILL)
        wait_until(lambda times=times: running.said.count("serves again") == times)  # type: ignore[misc]
        wait_until(lambda: len(workers_of(running)) == 2)
    assert running.said.count("another one starts") == 2


def test_workers_end_with_a_supervisor_that_is_killed(running: ServeProcess) -> None:
    workers = workers_of(running)
    running.process.kill()
    wait_until(lambda: not any(is_running(worker) for worker in workers))


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_calls_end_well(running: ServeProcess, stop_signal: signal.Signals) -> None:
    with grpc.insecure_channel(running.address) as channel:
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        assert stub.GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        workers = workers_of(running)
        running.process.send_signal(stop_signal)
        wait_until(lambda: "Stopping" in running.said)
        points.end()
        assert route.result(WATCHDOG_S) == RouteSummary(point_count=1)
    status, said = running.end()
    assert (status, said.splitlines()[2:]) == (0, ["Stopped: 2 calls have ended"])
    assert not any(is_running(worker) for worker in workers)


def test_a_second_signal_ends_all_at_once(running: ServeProcess) -> None:
    with grpc.insecure_channel(running.address) as channel:
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        assert stub.GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        workers = workers_of(running)
        running.process.terminate()
        wait_until(lambda: "Stopping" in running.said)
        running.process.terminate()
        assert running.end()[0] == -signal.SIGTERM
        assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
        points.end()
    wait_until(lambda: not any(is_running(worker) for worker in workers))


def test_many_calls_at_the_time_of_the_signal(features: Path) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        assert one_round(clients, 0.3, 5.0, "--db", str(features), "--workers", "2") == ""


def test_a_worker_that_does_not_listen_is_replaced(running: ServeProcess) -> None:
    """Until it is stopped for so long that what it is to hear does not fit any more, it may go
    on where it was."""
    stopped = min(workers_of(running))
    os.kill(stopped, signal.SIGSTOP)

    def is_given_up() -> bool:
        running.process.send_signal(signal.SIGHUP)
        return "does not listen, and is killed" in running.said

    wait_until(is_given_up)
    wait_until(lambda: "serves again" in running.said)
    assert stopped not in workers_of(running)
    running.process.terminate()
    assert running.end()[0] == 0


def test_a_worker_that_a_signal_without_a_name_ends_comes_back(running: ServeProcess) -> None:
    os.kill(min(workers_of(running)), signal.SIGRTMIN + 1)
    wait_until(lambda: "serves again" in running.said)
    assert f"was ended by signal {signal.SIGRTMIN + 1}; another one starts" in running.said


def test_a_worker_that_grpc_has_made_deaf_comes_back(running: ServeProcess) -> None:
    break_grpc(running.address)
    wait_until(lambda: "serves again" in running.said)
    assert "gRPC has stopped accepting calls" in running.said
