"""Several processes on one port, and their supervisor."""

import os
import random
import re
import signal
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest
from campaigns.drain import CLIENTS, one_round
from campaigns.kill_worker import kill_one
from campaigns.load import ROUTE, write_generation
from routeguide.domain.database import load
from routeguide.pb.route_guide_pb2 import RouteSummary
from routeguide.rpc.listening import AddressError
from routeguide.serving.workers.shared_file import NoFileLeftError, share, take
from routeguide.serving.workers.supervisor import Port
from support.processes import is_running
from support.serve_processes import (
    Client,
    ServeProcess,
    break_grpc,
    refusal,
    serve,
    wait_until,
    without_files_to_open,
    workers_of,
)
from support.serving import WATCHDOG_S, Requests, at, connected_stub, status_of, stub_for

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


@pytest.mark.parametrize(("before", "after"), [("1", "2"), ("2", "1"), ("2", "2")])
@pytest.mark.parametrize("host", ["localhost", "[::]"])
def test_a_port_that_a_server_with_clients_has_just_left(
    host: str, before: str, after: str
) -> None:
    """What is left of its connections keeps the port for a minute from some, not from us."""
    with (
        serve("--workers", before, address=f"{host}:0") as first,
        grpc.insecure_channel(first.address) as channel,
    ):
        connected_stub(channel)
        first.process.terminate()
        assert first.end()[0] == 0
        port = first.address.rpartition(":")[2]
        assert is_half_closed(int(port))
        with serve("--workers", after, address=first.address) as second:
            assert second.address == first.address
            for workers in ("1", "2"):  # nobody else gets it because of that
                line = refusal("--workers", workers, "--address", first.address, status=1)
                assert line.endswith(": Address already in use")


def is_half_closed(port: int) -> bool:
    """Whether a connection to the port is left that its server has closed."""
    states = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if int(local.rpartition(":")[2], 16) == port:
                states.add(int(state, 16))
    return bool(states & {4, 5, 6})  # FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT


def test_a_port_is_held_before_any_worker_listens() -> None:
    """On a new port, and on one that connections are left on."""
    with socket.create_server(("127.0.0.1", 0)) as left:
        address = f"127.0.0.1:{left.getsockname()[1]}"
        with socket.create_connection(left.getsockname()) as client:
            left.accept()[0].close()
            assert client.recv(1) == b""
    assert is_half_closed(int(address.rpartition(":")[2]))
    for wanted in ("127.0.0.1:0", address):
        held = Port(wanted)
        with pytest.raises(AddressError, match="Address already in use"):
            Port(held.address)
        held.close()


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


@contextmanager
def route_under_way(server: ServeProcess) -> "Iterator[tuple[Requests, grpc.Future[RouteSummary]]]":
    """A call that a worker has, until its points are ended."""
    with grpc.insecure_channel(server.address) as channel:
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        assert stub.GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        yield points, route


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_calls_end_well(running: ServeProcess, stop_signal: signal.Signals) -> None:
    with route_under_way(running) as (points, route):
        workers = workers_of(running)
        running.process.send_signal(stop_signal)
        wait_until(lambda: "Stopping" in running.said)
        points.end()
        assert route.result(WATCHDOG_S) == RouteSummary(point_count=1)
    status, said = running.end()
    assert (status, said.splitlines()[2:]) == (0, ["Stopped: 2 calls have ended"])
    assert not any(is_running(worker) for worker in workers)


def test_a_second_signal_ends_all_at_once(running: ServeProcess) -> None:
    with route_under_way(running) as (points, route):
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


def test_a_worker_of_new_features_is_not_made_to_wait_for_those_before(
    running: ServeProcess,
) -> None:
    for line in ("another one starts\n", "another one starts in 0.5 s\n"):
        kill_one_of(running)
        assert running.said.endswith(line)
        wait_until(lambda: running.said.endswith(")\n"))  # serves again (process ...
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "Now serving" in running.said)
    kill_one_of(running)
    assert running.said.endswith("another one starts\n")


def kill_one_of(server: ServeProcess) -> None:
    """Until the server has said that its first worker is gone."""
    deaths = server.said.count("was ended")
    first = re.findall(r"Worker 0 serves again \(process (\d+)\)", server.said)
    os.kill(int(first[-1]) if first else min(workers_of(server)), signal.SIGKILL)
    wait_until(lambda: server.said.count("was ended") > deaths)


@pytest.mark.parametrize("is_replaced", [False, True], ids=["whole again", "replaced"])
def test_a_snapshot_that_is_cut_short_in_place(
    tmp_path: Path, features: Path, is_replaced: bool
) -> None:
    """The system ends a process that reads where there is no file any more."""
    snapshot, other = tmp_path / "features.rgx", tmp_path / "other.rgx"
    load(features).save(snapshot)
    load(features).save(other)
    whole = snapshot.read_bytes()
    with serve("--workers", "2", "--db", snapshot) as server:
        os.truncate(snapshot, 0)
        wait_until(lambda: outcome(server.address) != "OK" and not workers_of(server))
        if is_replaced:
            os.replace(other, snapshot)
        else:
            snapshot.write_bytes(whole)
        wait_until(lambda: server.said.count("serves again") == 2)
        assert outcome(server.address) == "OK"
        server.process.terminate()
        status, said = server.end()
    assert status == 0
    deaths = re.findall(r"Worker (\d) \(process \d+\) was ended by SIGBUS: (.*)\n", said)
    why = f"{snapshot} was written to or cut short while it was served"
    told = f"{why}; another one starts when it is a sound file"
    assert sorted(deaths) == [("0", told), ("1", told)]
    # Each reason once: a file that is written in place may be empty, then half there.
    waits = re.findall(r"Workers wait for a sound file: (.*)\n", said)
    assert len(set(waits)) == len(waits)
    assert "Traceback" not in said


def test_a_file_that_could_not_be_read_when_it_was_looked_at_is_asked_for_again(
    tmp_path: Path, features: Path
) -> None:
    snapshot = tmp_path / "features.rgx"
    load(features).save(snapshot)
    with serve("--workers", "2", "--db", snapshot, "--watch") as server:
        with without_files_to_open(server.process.pid):
            os.utime(snapshot)
            wait_until(lambda: server.said.endswith(": Too many open files\n"))
        kill_one_of(server)
        assert f"{snapshot} was written to or cut short while it was served" in server.said
        wait_until(lambda: "Worker 0 serves again" in server.said)
        assert len(workers_of(server)) == 2


def test_a_worker_without_files_to_open_does_not_blame_the_features(features: Path) -> None:
    shared = share(features)
    with (
        without_files_to_open(os.getpid()),
        pytest.raises(NoFileLeftError, match=r"^no file is left to open \(ulimit -n\)$"),
    ):
        take(shared.descriptor)


def outcome(address: str) -> str:
    """The status of a call on a connection of its own."""
    with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        call = stub_for(channel).GetFeature.future(ROUTE[0], timeout=WATCHDOG_S)
        call.exception()
        return call.code().name


def test_a_supervisor_without_files_to_open_starts_workers_later(running: ServeProcess) -> None:
    with without_files_to_open(running.process.pid):
        kill_one_of(running)
        wait_until(lambda: running.said.endswith(" cannot start yet: Too many open files\n"))
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "serves again" in running.said)
    assert len(workers_of(running)) == 2
    assert "Traceback" not in running.said
