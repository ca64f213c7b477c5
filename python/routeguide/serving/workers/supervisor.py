"""The supervisor of several processes that serve on one port.

It holds the port without listening on it, and the features as an open file. It never makes a gRPC
object, and its workers are spawned, not forked. Only Linux spreads the connections of a port over
the processes that listen on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

from routeguide.common.addresses import join_address
from routeguide.common.wording import counted
from routeguide.rpc.listening import cannot_listen, resolve
from routeguide.serving.background import run_in_background
from routeguide.serving.closing import exit_now
from routeguide.serving.settings import Settings
from routeguide.serving.signals import Signals, block_signals, log_stopped, log_stopping
from routeguide.serving.swap import Reloader, log_failed_reload
from routeguide.serving.workers.control import (
    Begin,
    Control,
    Failed,
    NotSwapped,
    ReloadFailed,
    Serving,
    Stop,
    Stopped,
    Swap,
)
from routeguide.serving.workers.features_file import (
    TEMPORARY_FOLDER,
    FeaturesFile,
    open_features,
)

LOG = logging.getLogger("routeguide")

# A worker that lived for less than this is replaced after a delay, which doubles each time.
SHORT_LIFE_S = 5.0
FIRST_DELAY_S = 0.5
MAX_DELAY_S = 10.0

# After this a worker that could not open the new features is asked again.
RETRY_SWAP_S = 1.0

# A worker that takes this much longer than the grace period is killed.
KILL_AFTER_S = 0.7

# Workers import from where the supervisor does, whatever folder it runs in.
_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:];"
    " from routeguide.serving.workers.worker import main; main(int(sys.argv[1]))"
)


class WorkerError(Exception):
    """The workers cannot be started; the text is one line that says why."""

    def __init__(self, text: str, is_bad_file: bool = False) -> None:
        super().__init__(text)
        self.is_bad_file = is_bad_file


class Port:
    """A port reserved on each address of a host, for processes that will listen on it."""

    def __init__(self, address: str) -> None:
        """Raises AddressError if another process has the port."""
        host, numeric_hosts, port = resolve(address)
        self.numeric_addresses: list[str] = []
        self._sockets = []
        for numeric_host in numeric_hosts:
            family = socket.AF_INET6 if ":" in numeric_host else socket.AF_INET
            holder = socket.socket(family, socket.SOCK_STREAM)
            self._sockets.append(holder)
            if family == socket.AF_INET6:
                holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            try:
                _hold(holder, numeric_host, port)
            except OSError as error:  # taken since `resolve` found it free
                numeric_address = join_address(numeric_host, port)
                raise cannot_listen(address, numeric_address, error.strerror) from error
            port = holder.getsockname()[1]
            self.numeric_addresses.append(join_address(numeric_host, port))
        self.address = join_address(host, port)

    def close(self) -> None:
        for holder in self._sockets:
            holder.close()


def _hold(holder: socket.socket, numeric_host: str, port: int) -> None:
    """Bind a socket so that only processes that ask to share the port can bind it, too."""
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        holder.bind((numeric_host, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # Ended connections of an earlier server keep the port for a minute from sockets without
        # SO_REUSEADDR. Servers usually set it: with it from the start, another server could bind
        # the port until a worker listens.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((numeric_host, port))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


class Worker:
    """A worker process, as its supervisor sees it."""

    def __init__(self, begin: Begin) -> None:
        self.number = begin.number
        self.began_s = time.monotonic()
        self.is_serving = False
        self.failure: Failed | None = None
        self.stopped: Stopped | None = None
        self.control, theirs = Control.pair()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, str(theirs.fileno()), *sys.path],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self.control.send(begin)

    def send(self, message: object) -> None:
        """Send a message. A worker that no longer reads them is killed, to be replaced."""
        if not self.control.send(message):
            LOG.warning("Worker %d does not respond and is killed", self.number)
            self.process.kill()

    def wait(self) -> int:
        """Wait for a process that is about to end; return its exit status."""
        self.control.close()
        return self.process.wait()


class Supervisor:
    """Keeps the workers running. Belongs to the thread of its event loop."""

    def __init__(self, settings: Settings, features: FeaturesFile) -> None:
        """Raises AddressError."""
        self._settings = settings
        self._features = features
        self._port = Port(settings.address)
        self._workers: dict[int, Worker] = {}
        self._delays_s = dict.fromkeys(range(settings.workers), 0.0)
        # Workers to start: after a delay, or (None) once the file is valid again.
        self._pending: dict[int, asyncio.TimerHandle | None] = {}
        self._needs_valid_file = asyncio.Event()
        self._logged: set[str] = set()  # errors logged since the last swap
        self._has_begun = asyncio.Event()  # all workers serve, or one has failed
        self._is_stopping = False
        self._all_ended = asyncio.Event()
        self._failure: Failed | None = None
        self._ended = 0
        self._cut_off = 0
        self._reloader = Reloader(
            settings.db, lambda: open_features(settings.db), self._swap, self._reload_failed
        )
        self.reload = self._reloader.request

    def watch_file(self) -> None:
        """Load new features when they are requested, and when the file changes: always with
        `--watch`, otherwise while workers wait for a valid file."""
        enabled = None if self._settings.watch else self._needs_valid_file
        run_in_background(self._reloader.run(), "reload")
        run_in_background(self._reloader.watch(enabled), "watch the file")

    async def start(self) -> str:
        """Start all workers; return the address once all serve. Raises WorkerError."""
        try:
            for number in range(self._settings.workers):
                self._start(number)
        except OSError as error:
            self.kill()
            raise WorkerError(f"cannot start a worker: {error.strerror}") from error
        await self._has_begun.wait()
        if self._failure:
            self.kill()
            raise WorkerError(self._failure.text, self._failure.is_bad_file)
        return self._port.address

    async def stop(self) -> None:
        """Let all workers end, and kill those that do not end in time."""
        self._is_stopping = True
        for worker in self._workers.values():
            if worker.is_serving:
                worker.send(Stop())
            else:
                worker.process.kill()
        if self._workers:
            with contextlib.suppress(asyncio.TimeoutError):
                timeout_s = self._settings.grace_s + KILL_AFTER_S
                await asyncio.wait_for(self._all_ended.wait(), timeout_s)
        self.kill()
        self._port.close()
        log_stopped(self._ended, self._cut_off)

    def kill(self) -> None:
        """End all workers at once. Any thread may call it."""
        self._is_stopping = True
        for worker in list(self._workers.values()):
            worker.process.kill()

    def _swap(self, features: FeaturesFile) -> None:
        """Serve these features from all workers; start at once those that wait to be started."""
        before = self._features
        # The descriptor keeps its number: workers find the latest features under one path.
        os.dup2(features.descriptor, before.descriptor)
        os.close(features.descriptor)
        self._features = replace(features, descriptor=before.descriptor)
        self._delays_s = dict.fromkeys(self._delays_s, 0.0)
        self._logged.clear()
        self._needs_valid_file.clear()
        for worker in self._workers.values():
            self._update(worker)
        LOG.info(
            "Now serving %s, generation %s (before: generation %s)",
            counted(features.count, "feature"),
            features.generation,
            before.generation,
        )
        for number, timer in list(self._pending.items()):
            if timer is not None:
                timer.cancel()
            self._start_pending(number)

    def _update(self, worker: Worker) -> None:
        """Have a worker open the latest features, unless it has ended or is still starting: then
        it does not read messages yet."""
        if worker.is_serving and self._workers.get(worker.number) is worker:
            worker.send(Swap())

    def _reload_failed(self, reason: str) -> None:
        if self._needs_valid_file.is_set():
            self._log_once(f"Workers wait for a valid file: {reason}")
        else:
            log_failed_reload(reason)
        for worker in self._workers.values():
            if worker.is_serving:
                worker.send(ReloadFailed())

    def _log_once(self, text: str) -> None:
        """Log an error, once until the next swap."""
        if text not in self._logged:
            self._logged.add(text)
            LOG.error("%s", text)

    def _start_pending(self, number: int) -> None:
        del self._pending[number]
        if self._is_stopping:
            return
        try:
            self._start(number)
        except OSError as error:
            LOG.error("Worker %d cannot start yet: %s", number, error.strerror)
            self._start_later(number, MAX_DELAY_S)

    def _start_later(self, number: int, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._pending[number] = loop.call_later(delay_s, self._start_pending, number)

    def _start(self, number: int) -> None:
        features = f"/proc/{os.getpid()}/fd/{self._features.descriptor}"
        begin = Begin(self._settings, number, self._port.numeric_addresses, features)
        worker = self._workers[number] = Worker(begin)
        asyncio.get_running_loop().add_reader(worker.control, self._receive, worker)

    def _receive(self, worker: Worker) -> None:
        message = worker.control.receive()
        if isinstance(message, Serving):
            worker.is_serving = True
            self._update(worker)  # the features may have changed since it opened them
            if self._has_begun.is_set():
                LOG.info("Worker %d serves again (process %d)", worker.number, worker.process.pid)
            if all(other.is_serving for other in self._workers.values()):
                self._has_begun.set()
        elif isinstance(message, Failed):
            worker.failure = message
            if self._has_begun.is_set() and not self._is_stopping:
                LOG.error("Worker %d: %s", worker.number, message.text)
        elif isinstance(message, NotSwapped):
            self._log_once(
                f"Worker {worker.number} still serves the previous features,"
                f" until it can open the new ones: {message.text}"
            )
            asyncio.get_running_loop().call_later(RETRY_SWAP_S, self._update, worker)
        elif isinstance(message, Stopped):
            worker.stopped = message
        elif message is None:
            self._worker_ended(worker)

    def _worker_ended(self, worker: Worker) -> None:
        asyncio.get_running_loop().remove_reader(worker.control)
        ending = _ending(worker.wait())
        del self._workers[worker.number]
        if worker.stopped:
            self._ended += worker.stopped.ended
            self._cut_off += worker.stopped.cut_off
        if self._is_stopping:
            if not self._workers:
                self._all_ended.set()
        elif not self._has_begun.is_set():
            self._failure = worker.failure or Failed(f"a worker {ending} before it served")
            self._is_stopping = True
            self._has_begun.set()
        elif self._features.is_unchanged():
            self._replace(worker, ending)
        else:
            LOG.error(
                "Worker %d (process %d) %s: %s was written to or truncated while it was served;"
                " another one starts when the file is valid",
                worker.number,
                worker.process.pid,
                ending,
                self._features.path,
            )
            self._pending[worker.number] = None
            self._needs_valid_file.set()
            self.reload()  # the file may be valid by now

    def _replace(self, worker: Worker, ending: str) -> None:
        lived_s = time.monotonic() - worker.began_s
        delay_s = self._delays_s[worker.number] if lived_s < SHORT_LIFE_S else 0.0
        self._delays_s[worker.number] = min(max(FIRST_DELAY_S, 2 * delay_s), MAX_DELAY_S)
        LOG.warning(
            "Worker %d (process %d) %s; another one starts%s",
            worker.number,
            worker.process.pid,
            ending,
            f" in {delay_s:g} s" if delay_s else "",
        )
        self._start_later(worker.number, delay_s)


def _ending(status: int) -> str:
    """Say how a process ended, from its exit status."""
    if status < 0:
        try:
            return f"was ended by {signal.Signals(-status).name}"
        except ValueError:  # most real-time signals have no name
            return f"was ended by signal {-status}"
    return f"ended with status {status}"


def supervise(settings: Settings) -> None:
    """Serve from as many processes as the settings say, until a signal to stop.

    Raises DatasetError, AddressError and WorkerError if that cannot begin.
    """
    if sys.platform != "linux":
        raise WorkerError("--workers over 1 needs Linux, which spreads a port over processes")
    features = open_features(settings.db)
    block_signals()
    asyncio.run(_supervise(settings, features))


async def _supervise(settings: Settings, features: FeaturesFile) -> None:
    supervisor = Supervisor(settings, features)

    def kill() -> None:
        supervisor.kill()
        TEMPORARY_FOLDER.acquire()

    signals = Signals(supervisor.reload, kill)
    supervisor.watch_file()
    starting = asyncio.ensure_future(supervisor.start())
    stopping = asyncio.ensure_future(signals.wait_for_stop())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        address = starting.result()
        LOG.info(
            "Serving on %s: %s, generation %s, %d processes",
            address,
            counted(features.count, "feature"),
            features.generation,
            settings.workers,
        )
        await stopping
    starting.cancel()
    log_stopping(settings.grace_s)
    await supervisor.stop()
    TEMPORARY_FOLDER.acquire()
    exit_now(0)  # without waiting for a file that is being loaded
