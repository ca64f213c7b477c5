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
from campaigns.drain import one_round
from campaigns.kill_worker import kill_one
from campaigns.load import ROUTE, write_generation
from routeguide.domain.database import load
from routeguide.pb.route_guide_pb2 import RouteSummary
from routeguide.rpc.listening import AddressError, resolve
from routeguide.serving.workers.supervisor import Port
from support.processes import is_running
from support.serve_processes import (
    Client,
    ServeProcess,
    children_of,
    serve,
    stop_grpc,
    unnamed_files_mapped_by,
    wait_until,
    without_files_to_open,
)
from support.serving import WATCHDOG_S, Requests, at, connected_stub, status_of, stub_for

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux spreads the connections of a port"
)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "features.json"
    write_generation(path, 1)
    return path


@pytest.fixture(scope="module")
def shared(features: Path) -> Iterator[ServeProcess]:
    """A server of which no test ends a process."""
    with serve("--workers", "2", "--db", features) as server:
        yield server


@pytest.fixture
def running(features: Path) -> Iterator[ServeProcess]:
    with serve("--workers", "2", "--grace", "60", "--db", features) as server:
        yield server


@pytest.fixture(scope="module")
def long_running(features: Path) -> Iterator[ServeProcess]:
    with serve("--workers", "2", "--db", features) as server:
        yield server
        assert server.stop()[0] == 0
        # gRPC reports its own exception when a test makes it stop; none of ours may be there.
        assert "/routeguide/serving/" not in server.log


@pytest.fixture
def replacing(long_running: ServeProcess) -> ServeProcess:
    """A server that replaces the next worker that ends without a delay, and an empty log."""
    wait_until(lambda: len(children_of(long_running)) == 2)
    long_running.process.send_signal(signal.SIGHUP)
    long_running.wait_for_log("Now serving", long_running.log.count("Now serving") + 1)
    long_running.clear_log()
    return long_running


def test_one_line_says_what_is_served(shared: ServeProcess) -> None:
    assert shared.log.endswith(", 2 processes\n")
    assert shared.log.count("\n") == 1
    assert len(children_of(shared)) == 2


def test_all_workers_get_connections(shared: ServeProcess) -> None:
    """Each worker has some of the open sockets, and none has all."""
    own = [("grpc.use_local_subchannel_pool", 1)]
    with ExitStack() as stack:
        for _ in range(32):
            channel = stack.enter_context(grpc.insecure_channel(shared.address, own))
            assert stub_for(channel).GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        sockets = [
            sum(os.readlink(link).startswith("socket:") for link in links_of(worker))
            for worker in children_of(shared)
        ]
    assert sum(sockets) >= 32
    assert max(sockets) < 32


def links_of(pid: int) -> list[Path]:
    return [link for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]


def test_all_workers_map_one_file_without_a_name(shared: ServeProcess) -> None:
    one, other = (unnamed_files_mapped_by(worker) for worker in children_of(shared))
    assert one == other
    assert len(one) == 1


def is_in_use(address: str) -> bool:
    """Return True if neither a single process nor a supervisor can serve on the address."""
    for bind in (resolve, Port):
        with pytest.raises(AddressError, match=r"Address already in use$"):
            bind(address)
    return True


def test_a_shared_port_is_in_use_for_others(shared: ServeProcess) -> None:
    assert is_in_use(shared.address)


@pytest.mark.parametrize(("host", "workers"), [("localhost", "1221"), ("[::]", "12")])
def test_a_port_that_a_server_with_clients_has_just_left(host: str, workers: str) -> None:
    """Its closed connections keep the port for a minute from some programs, not from this one."""
    address = f"{host}:0"
    for count in workers:
        with (
            serve("--workers", count, address=address) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            assert server.address == address or address.endswith(":0")
            assert is_in_use(server.address)
            address = server.address
            connected_stub(channel)
            assert server.stop()[0] == 0
            assert is_half_closed(int(address.rpartition(":")[2]))
            resolve(address)
            Port(address).close()


def is_half_closed(port: int) -> bool:
    """Return True if a connection to the port is left that its server has closed."""
    states = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if int(local.rpartition(":")[2], 16) == port:
                states.add(int(state, 16))
    return bool(states & {4, 5, 6})  # FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT


def test_a_port_is_reserved_before_any_worker_listens() -> None:
    """A new port, and one that has connections left."""
    with socket.create_server(("127.0.0.1", 0)) as left:
        address = f"127.0.0.1:{left.getsockname()[1]}"
        with socket.create_connection(left.getsockname()) as client:
            left.accept()[0].close()
            assert client.recv(1) == b""
    assert is_half_closed(int(address.rpartition(":")[2]))
    for wanted in ("127.0.0.1:0", address):
        port = Port(wanted)
        with pytest.raises(AddressError, match="Address already in use"):
            Port(port.address)
        port.close()


def test_a_killed_worker_costs_its_connections_and_is_replaced(
    features: Path, clients: list[Client]
) -> None:
    """A round of campaigns/kill_worker.py."""
    outcomes: Counter[str] = Counter()
    with serve("--workers", "2", "--db", features) as server:
        for client in clients:
            client.begin(server.address)
        kill_one(server, random.Random(1))
        for client in clients:
            outcomes += client.finish()
        assert len(children_of(server)) == 2
        assert "was ended by SIGKILL; another one starts\n" in server.log
        assert server.stop()[0] == 0
    assert set(outcomes) <= {"OK", "UNAVAILABLE"}
    assert outcomes["OK"]


def kill_one_of(server: ServeProcess, number: int = signal.SIGKILL) -> None:
    """End a worker, the last one that was replaced, and wait until the server has logged that."""
    deaths = server.log.count("was ended")
    replaced = re.findall(r"serves again \(process (\d+)\)", server.log)
    os.kill(int(replaced[-1]) if replaced else min(children_of(server)), number)
    server.wait_for_log("was ended", deaths + 1)


def test_workers_that_end_are_replaced_each_time_later(replacing: ServeProcess) -> None:
    """Until there are new features, which may be what they need."""
    unnamed = signal.SIGRTMIN + 1
    kill_one_of(replacing, unnamed)
    assert replacing.log.endswith(f"was ended by signal {unnamed}; another one starts\n")
    replacing.wait_for_log("serves again")
    kill_one_of(replacing)
    assert replacing.log.endswith("was ended by SIGKILL; another one starts in 0.5 s\n")
    replacing.wait_for_log("serves again", 2)
    assert len(children_of(replacing)) == 2
    replacing.process.send_signal(signal.SIGHUP)
    replacing.wait_for_log("Now serving")
    kill_one_of(replacing)
    assert replacing.log.endswith("another one starts\n")
    replacing.wait_for_log("serves again", 3)


def test_workers_end_with_a_supervisor_that_is_killed(running: ServeProcess) -> None:
    workers = children_of(running)
    running.process.kill()
    wait_until(lambda: not any(is_running(worker) for worker in workers))


@contextmanager
def running_call(server: ServeProcess) -> "Iterator[tuple[Requests, grpc.Future[RouteSummary]]]":
    """A call that a worker has accepted, until its points end."""
    with grpc.insecure_channel(server.address) as channel:
        stub = connected_stub(channel)
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        assert stub.GetFeature(at(1, 0), timeout=WATCHDOG_S).name
        yield points, route


def test_running_calls_complete(running: ServeProcess) -> None:
    with running_call(running) as (points, route):
        workers = children_of(running)
        running.process.send_signal(signal.SIGINT)
        running.wait_for_log("Stopping")
        points.end()
        assert route.result(WATCHDOG_S) == RouteSummary(point_count=1)
    status, log = running.end()
    assert (status, log.splitlines()[2:]) == (0, ["Stopped: 2 calls have ended"])
    assert not any(is_running(worker) for worker in workers)


def test_a_second_signal_ends_all_processes_at_once(running: ServeProcess) -> None:
    with running_call(running) as (points, route):
        workers = children_of(running)
        running.process.terminate()

        def has_ended() -> bool:  # signals soon after the first are taken for the same one
            running.process.terminate()
            return running.process.poll() is not None

        wait_until(has_ended)
        assert running.end()[0] == -signal.SIGTERM
        assert status_of(lambda: route.result(WATCHDOG_S))[0] is grpc.StatusCode.UNAVAILABLE
        points.end()
    wait_until(lambda: not any(is_running(worker) for worker in workers))


def test_many_calls_at_the_time_of_the_signal(features: Path, clients: list[Client]) -> None:
    assert one_round(clients, 0.3, 5.0, "--db", str(features), "--workers", "2") == ""


def test_a_worker_that_does_not_respond_is_replaced(running: ServeProcess) -> None:
    """A stopped worker may continue, unless too many messages wait for it by then."""
    stopped = min(children_of(running))
    os.kill(stopped, signal.SIGSTOP)

    def is_killed() -> bool:
        running.process.send_signal(signal.SIGHUP)
        return "does not respond and is killed" in running.log

    wait_until(is_killed)
    running.wait_for_log("serves again")
    assert stopped not in children_of(running)


def test_a_worker_in_which_grpc_stops_accepting_calls_is_replaced(replacing: ServeProcess) -> None:
    stop_grpc(replacing.address)
    replacing.wait_for_log("serves again")
    assert "gRPC has stopped accepting calls" in replacing.log


@pytest.mark.parametrize("is_replaced", [False, True], ids=["complete again", "replaced"])
def test_a_snapshot_that_is_truncated_in_place(
    tmp_path: Path, features: Path, is_replaced: bool
) -> None:
    """The system ends a process that reads mapped memory beyond the end of the file."""
    snapshot, other = tmp_path / "features.rgx", tmp_path / "other.rgx"
    load(features).save(snapshot)
    load(features).save(other)
    whole = snapshot.read_bytes()
    with serve("--workers", "2", "--db", snapshot) as server:
        os.truncate(snapshot, 0)
        wait_until(lambda: outcome(server.address) != "OK" and not children_of(server))
        if is_replaced:
            os.replace(other, snapshot)
        else:
            snapshot.write_bytes(whole)
        server.wait_for_log("serves again", 2)
        assert outcome(server.address) == "OK"
        status, log = server.stop()
    assert status == 0
    deaths = re.findall(r"Worker (\d) \(process \d+\) was ended by SIGBUS: (.*)\n", log)
    reason = f"{snapshot} was written to or truncated while it was served"
    line = f"{reason}; another one starts when the file is valid"
    assert sorted(deaths) == [("0", line), ("1", line)]
    # Each reason once: a file that is written in place may be empty, then incomplete.
    waits = re.findall(r"Workers wait for a valid file: (.*)\n", log)
    assert len(set(waits)) == len(waits)
    assert "Traceback" not in log


def test_a_file_that_could_not_be_opened_is_loaded_again(tmp_path: Path, features: Path) -> None:
    snapshot = tmp_path / "features.rgx"
    load(features).save(snapshot)
    with serve("--workers", "2", "--db", snapshot, "--watch") as server:
        with without_files_to_open(server.process.pid):
            os.utime(snapshot)
            wait_until(lambda: server.log.endswith(": Too many open files\n"))
        kill_one_of(server)
        assert f"{snapshot} was written to or truncated while it was served" in server.log
        server.wait_for_log("serves again")
        assert len(children_of(server)) == 2


def test_a_long_reason_why_a_file_is_invalid_ends_no_worker(tmp_path: Path, features: Path) -> None:
    database = tmp_path / "features.json"
    database.write_bytes(features.read_bytes())
    with serve("--workers", "2", "--db", database) as server:
        workers = children_of(server)
        long_name = 40_000 * "n"  # more than a socket to a worker takes
        database.write_text(f'[{{"location": {{}}, "{long_name}": "\\ud800"}}]')
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log("Still serving the previous features: ")
        assert outcome(server.address) == "OK"
        assert children_of(server) == workers
        assert server.log.count("\n") == 2  # no warning either


def outcome(address: str) -> str:
    """The status of a call on a connection of its own."""
    with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        call = stub_for(channel).GetFeature.future(ROUTE[0], timeout=WATCHDOG_S)
        call.exception()
        return call.code().name


def test_a_supervisor_without_files_to_open_starts_workers_later(replacing: ServeProcess) -> None:
    with without_files_to_open(replacing.process.pid):
        kill_one_of(replacing)
        wait_until(lambda: replacing.log.endswith(" cannot start yet: Too many open files\n"))
    replacing.process.send_signal(signal.SIGHUP)
    replacing.wait_for_log("serves again")
    assert len(children_of(replacing)) == 2
