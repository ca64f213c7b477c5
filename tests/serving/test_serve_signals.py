"""Signals that come early, many at a time, or to all processes of a server at once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from campaigns.load import write_generation
from routeguide.serving.workers.conversion import LARGE_BYTES
from support.processes import is_running
from support.serve_processes import ServeProcess, serve, wait_until, workers_of

TWO_WORKERS = ["--workers", "2"]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="as workers are, and /proc is")


@contextmanager
def starting(*options: str | Path) -> Iterator[ServeProcess]:
    """A server in a process group of its own, as a shell starts it, that may not serve yet."""
    command = [sys.executable, "-m", "routeguide", "serve", "--address", "localhost:0", *options]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        start_new_session=True,
    )
    with process:
        server = ServeProcess(process)
        try:
            yield server
        finally:
            process.kill()
            server.end()


def holds_back(pid: int, number: signal.Signals) -> bool:
    """Whether a signal to a process would wait."""
    status = Path(f"/proc/{pid}/status").read_text()
    blocked = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(blocked.split()[1], 16) >> (number - 1) & 1)


def is_worker(pid: int) -> bool:
    """Whether the process is a worker in its first moments or later, and not still a copy of its
    parent."""
    return b"serving.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()


def have_just_begun(server: ServeProcess) -> bool:
    children = workers_of(server)
    return len(children) == 2 and all(map(is_worker, children))


@on_linux
def test_a_hangup_before_the_server_listens_to_it_is_kept() -> None:
    with starting() as server:
        wait_until(lambda: holds_back(server.process.pid, signal.SIGHUP))
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Now serving 100 features" in server.said)
        server.wait_until_serving()
        server.process.terminate()
        assert server.end()[0] == 0


@on_linux
def test_hangups_to_all_while_workers_begin(tmp_path: Path) -> None:
    features = tmp_path / "features.json"
    write_generation(features, 1)
    with starting("--db", features, *TWO_WORKERS) as server:
        wait_until(lambda: have_just_begun(server))
        while not server.address and server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGHUP)
        assert server.address, server.said
        workers = workers_of(server)
        os.killpg(server.process.pid, signal.SIGTERM)
        status, said = server.end()
    assert len(workers) == 2
    assert status == 0
    beginnings = {" ".join(line.split()[:2]) for line in said.splitlines()}
    assert beginnings <= {"Now serving", "Serving on", "Stopping; running", "Stopped: 0"}


@on_linux
def test_ctrl_c_to_all_while_workers_begin() -> None:
    with starting(*TWO_WORKERS) as server:
        wait_until(lambda: have_just_begun(server))
        for worker in workers_of(server):
            assert holds_back(worker, signal.SIGINT)
        os.killpg(server.process.pid, signal.SIGINT)
        status, said = server.end()
    assert (status, said.splitlines()[1:]) == (0, ["Stopped: 0 calls have ended"])


@on_linux
def test_hangups_to_all_while_a_large_file_is_read(tmp_path: Path) -> None:
    """By a process beside the server, which has to leave them to it."""
    features = tmp_path / "features.json"
    write_generation(features, 1)
    with starting("--db", features) as server:
        server.wait_until_serving()
        features.write_text(features.read_text() + " " * LARGE_BYTES)
        while "the features" not in server.said and "Now serving" not in server.said:
            os.killpg(server.process.pid, signal.SIGHUP)
        assert "Still serving" not in server.said


@on_linux
def test_a_server_that_ends_while_it_reads_a_large_file_leaves_nothing_behind(
    tmp_path: Path, temporary: Path
) -> None:
    features = tmp_path / "features.json"
    write_generation(features, 1)
    with serve("--db", features) as server:
        features.write_text(features.read_text() + " " * LARGE_BYTES)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(workers_of(server)))
        (reader,) = workers_of(server)
        server.process.kill()
        server.end()
    wait_until(lambda: not is_running(reader))
    assert list(temporary.iterdir()) == []


def large_file(folder: Path) -> Path:
    """Features that take long enough to be read, and written, for a signal to come meanwhile."""
    features = folder / "features.json"
    place = {"location": {"latitude": 1, "longitude": 1}, "name": "x" * 40}
    features.write_text(json.dumps([place] * 100_000))
    return features


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where servers make their temporary folders."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@on_linux
def test_a_signal_to_all_while_a_large_file_is_converted_leaves_nothing_behind(
    tmp_path: Path, temporary: Path
) -> None:
    with starting("--db", large_file(tmp_path)) as server:
        server.wait_until_serving()
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(workers_of(server)))
        (reader,) = workers_of(server)
        while is_running(reader) and not list(temporary.glob("routeguide-*")):
            pass
        with suppress(ProcessLookupError):  # it was too fast for us
            os.kill(reader, signal.SIGTERM)
        wait_until(lambda: "reading it failed" in server.said or "Now serving" in server.said)
        assert list(temporary.iterdir()) == []


@on_linux
def test_a_supervisor_that_is_ended_while_it_starts_leaves_nothing_behind(
    tmp_path: Path, temporary: Path
) -> None:
    with starting("--db", large_file(tmp_path), *TWO_WORKERS) as server:
        while not (server.address or list(temporary.glob("routeguide-*"))):
            assert server.process.poll() is None
        server.process.terminate()
        assert server.end()[0] in (-signal.SIGTERM, 0)  # the latter: it serves already
    assert list(temporary.iterdir()) == []


@on_linux
@pytest.mark.parametrize("options", [[], TWO_WORKERS], ids=["alone", "workers"])
def test_the_signal_to_stop_does_not_wait_for_a_large_file(
    tmp_path: Path, temporary: Path, options: list[str]
) -> None:
    features = large_file(tmp_path)
    with starting("--db", features, *options) as server:
        server.wait_until_serving()
        before = workers_of(server)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(workers_of(server)) > len(before))
        (reader,) = workers_of(server) - before
        os.kill(reader, signal.SIGSTOP)  # a load that takes for ever
        try:
            server.process.terminate()
            status, said = server.end()
        finally:
            os.kill(reader, signal.SIGCONT)
    assert status == 0
    assert said.endswith("Stopped: 0 calls have ended\n")
    wait_until(lambda: not is_running(reader))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("options", [[], TWO_WORKERS], ids=["alone", "workers"])
def test_a_storm_of_hangups_and_the_signal_to_stop_in_it(
    tmp_path: Path, options: list[str]
) -> None:
    """More at a time than fit into the pipe that wakes an event loop."""
    features = tmp_path / "features.json"
    place = {"location": {"latitude": 1, "longitude": 1}, "name": "x" * 40}
    features.write_text(json.dumps([place] * (LARGE_BYTES // 100)))  # takes a while to read
    with serve("--db", features, *options) as server:
        pid = server.process.pid
        for number in (*[signal.SIGHUP] * 20_000, signal.SIGTERM, *[signal.SIGHUP] * 20_000):
            os.kill(pid, number)
        status, said = server.end()
    assert status == 0
    beginnings = {line.split()[0] for line in said.splitlines()}
    assert beginnings <= {"Serving", "Now", "Stopping;", "Stopped:"}
