"""Signals that come early, in bursts, or to all processes of a server at once."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from campaigns.load import write_generation
from routeguide.serving.workers.features_file import LARGE_BYTES
from support.processes import is_running
from support.serve_processes import ServeProcess, children_of, serve, starting, wait_until

TWO_WORKERS = ["--workers", "2"]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="as workers are, and /proc is")


def blocks(pid: int, number: signal.Signals) -> bool:
    """Return True if the main thread of a process blocks a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    blocked = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(blocked.split()[1], 16) >> (number - 1) & 1)


def is_worker(pid: int) -> bool:
    """Return True for a worker, even in its first moments, and False for a process that is still
    a copy of its parent."""
    return b"workers.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()


def have_just_begun(server: ServeProcess) -> bool:
    children = children_of(server)
    return len(children) == 2 and all(map(is_worker, children))


@on_linux
def test_sighup_before_the_server_handles_it_is_kept() -> None:
    with starting() as server:
        wait_until(lambda: blocks(server.process.pid, signal.SIGHUP))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log("Now serving 100 features")
        server.wait_until_serving()
        assert server.stop()[0] == 0


@on_linux
def test_sighup_to_all_processes_while_workers_begin(tmp_path: Path) -> None:
    features = tmp_path / "features.json"
    write_generation(features, 1)
    with starting("--db", features, *TWO_WORKERS) as server:
        wait_until(lambda: have_just_begun(server))
        while not server.address and server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGHUP)
        assert server.address, server.log
        workers = children_of(server)
        os.killpg(server.process.pid, signal.SIGTERM)
        status, log = server.end()
    assert len(workers) == 2
    assert status == 0
    beginnings = {" ".join(line.split()[:2]) for line in log.splitlines()}
    assert beginnings <= {"Now serving", "Serving on", "Stopping; running", "Stopped: 0"}


@on_linux
def test_ctrl_c_to_all_processes_while_workers_begin() -> None:
    with starting(*TWO_WORKERS) as server:
        wait_until(lambda: have_just_begun(server))
        for worker in children_of(server):
            assert blocks(worker, signal.SIGINT)
        os.killpg(server.process.pid, signal.SIGINT)
        status, log = server.end()
    assert (status, log.splitlines()[1:]) == (0, ["Stopped: 0 calls have ended"])


@on_linux
def test_sighup_to_all_processes_while_a_large_file_is_converted(tmp_path: Path) -> None:
    """The process that converts it has to leave the signal to the server."""
    features = tmp_path / "features.json"
    write_generation(features, 1)
    with serve("--db", features) as server:
        features.write_text(features.read_text() + " " * LARGE_BYTES)
        while "the previous features" not in server.log and "Now serving" not in server.log:
            os.killpg(server.process.pid, signal.SIGHUP)
        assert "Still serving" not in server.log


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Features that take long enough to convert for a signal to come meanwhile."""
    path = tmp_path_factory.mktemp("large") / "features.json"
    place = '{"location": {"latitude": 1, "longitude": 1}, "name": "' + "x" * 40 + '"}'
    path.write_text("[" + ",".join([place] * 100_000) + "]")
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for the temporary files of servers."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@on_linux
def test_a_server_killed_while_it_converts_a_file_leaves_nothing_behind(
    large_file: Path, temporary: Path
) -> None:
    with serve("--db", large_file) as server:
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(children_of(server)))
        (converter,) = children_of(server)
        server.process.kill()
        server.end()
    wait_until(lambda: not is_running(converter))
    assert list(temporary.iterdir()) == []


@on_linux
def test_a_converter_that_is_ended_leaves_nothing_behind(large_file: Path, temporary: Path) -> None:
    with serve("--db", large_file) as server:
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(children_of(server)))
        (converter,) = children_of(server)
        while is_running(converter) and not list(temporary.glob("routeguide-*")):
            pass
        with suppress(ProcessLookupError):  # it has ended
            os.kill(converter, signal.SIGTERM)
        wait_until(lambda: "reading it failed" in server.log or "Now serving" in server.log)
        assert list(temporary.iterdir()) == []


@on_linux
def test_a_supervisor_that_is_ended_while_it_starts_leaves_nothing_behind(
    large_file: Path, temporary: Path
) -> None:
    with starting("--db", large_file, *TWO_WORKERS) as server:
        while not (server.address or list(temporary.glob("routeguide-*"))):
            assert server.process.poll() is None
        server.process.terminate()
        assert server.end()[0] in (-signal.SIGTERM, 0)  # 0 if it already serves
    assert list(temporary.iterdir()) == []


@on_linux
def test_stopping_does_not_wait_for_a_file_to_be_converted(
    large_file: Path, temporary: Path, options: list[str]
) -> None:
    with serve("--db", large_file, *options) as server:
        before = children_of(server)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(children_of(server)) > len(before))
        (converter,) = children_of(server) - before
        os.kill(converter, signal.SIGSTOP)
        try:
            status, log = server.stop()
        finally:
            os.kill(converter, signal.SIGCONT)
    assert status == 0
    assert log.endswith("Stopped: 0 calls have ended\n")
    wait_until(lambda: not is_running(converter))
    assert list(temporary.iterdir()) == []


def test_a_signal_to_stop_in_a_burst_of_others(large_file: Path, options: list[str]) -> None:
    """More signals than fit into the pipe that wakes an event loop."""
    with serve("--db", large_file, *options) as server:
        pid = server.process.pid
        for number in (*[signal.SIGHUP] * 20_000, signal.SIGTERM, *[signal.SIGHUP] * 20_000):
            os.kill(pid, number)
        status, log = server.end()
    assert status == 0
    beginnings = {line.split()[0] for line in log.splitlines()}
    assert beginnings <= {"Serving", "Now", "Stopping;", "Stopped:"}
