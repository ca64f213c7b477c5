"""`routeguide serve`, and clients that put it under load, as processes."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import grpc
import pytest

from support.serving import WATCHDOG_S

LOAD = Path(__file__).parents[1] / "campaigns" / "load.py"
_SERVING_ON = re.compile(r"Serving on (\S+): ")


def wait_until(condition: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + WATCHDOG_S
    while not condition():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


class ServeProcess:
    """`routeguide serve` as a process, with all that it logs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: list[str] = []
        self._is_serving = threading.Event()
        self.address = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.append(line)
            if match := _SERVING_ON.search(line):
                self.address = match[1]
                self._is_serving.set()
        self._is_serving.set()

    def wait_until_serving(self) -> None:
        assert self._is_serving.wait(WATCHDOG_S)
        assert self.address, self.log

    @property
    def log(self) -> str:
        """Everything that it has logged since the last `clear_log`."""
        return "".join(self._lines)

    def clear_log(self) -> None:
        self._lines.clear()

    def wait_for_log(self, text: str, count: int = 1) -> None:
        """Wait until a text has been logged so many times."""
        wait_until(lambda: self.log.count(text) >= count)

    def end(self, timeout_s: float = WATCHDOG_S) -> tuple[int, str]:
        """Wait for the process to end; return its exit status and everything it logged."""
        status = self.process.wait(timeout_s)
        self._reader.join(WATCHDOG_S)
        return status, self.log

    def stop(self) -> tuple[int, str]:
        """Send SIGTERM, then do what `end` does."""
        self.process.terminate()
        return self.end()


def children_of(server: ServeProcess) -> set[int]:
    """The process ids of a server's workers, and of other processes it has started."""
    children: set[int] = set()
    for thread in Path(f"/proc/{server.process.pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
            children.update(map(int, (thread / "children").read_text().split()))
    return children


def unnamed_files_mapped_by(pid: int) -> set[tuple[str, ...]]:
    """Device and inode of the files that a process maps and that no path leads to."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {tuple(line.split()[3:5]) for line in lines if line.endswith(" (deleted)")}


@contextmanager
def without_files_to_open(*pids: int) -> Iterator[None]:
    """Processes keep their open files and can open no others until the block ends."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, hard))
    yield
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


@contextmanager
def starting(*arguments: str | Path, address: str = "localhost:0") -> Iterator[ServeProcess]:
    """A server that may not serve yet, in a process group of its own as a shell starts it. It is
    killed at the end of the block if it has not ended by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "routeguide", "serve", "--address", address, *arguments],
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


@contextmanager
def serve(*arguments: str | Path, address: str = "localhost:0") -> Iterator[ServeProcess]:
    """Start a server, and yield it once it serves."""
    with starting(*arguments, address=address) as server:
        server.wait_until_serving()
        yield server


class Client:
    """A process of load.py, for any number of loads, one after the other."""

    def __enter__(self) -> Client:
        self._process = subprocess.Popen(
            [sys.executable, LOAD],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.generations: dict[str, int] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, address: str, streams: int = 0) -> None:
        """Begin a load; return once that many streams have had an answer."""
        self._write(json.dumps({"address": address, "streams": streams}))
        assert self._read() == "begun\n"

    def finish(self) -> Counter[str]:
        """End the load; return how often each outcome occurred."""
        self._write("")
        answer = json.loads(self._read())
        self.generations = answer["generations"]
        return Counter(answer["outcomes"])

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def refusal(*arguments: str | Path, status: int) -> str:
    """The one line that a server prints if it cannot start."""
    ended = subprocess.run(
        [sys.executable, "-m", "routeguide", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (status, "")
    assert ended.stderr.startswith("routeguide serve: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("routeguide serve: ").rstrip()


def stop_grpc(address: str) -> None:
    """Call a method whose name is not UTF-8, which ends the loop of an asyncio server."""
    with grpc.insecure_channel(address) as channel:
        call: Callable[..., bytes] = channel.unary_unary(b"/\xff/a")  # type: ignore[arg-type]
        with pytest.raises(grpc.RpcError):
            call(b"", timeout=WATCHDOG_S)
