"""Several processes that serve on one port, and the one that looks after them.

The supervisor holds the port without listening on it, and the features as an open file; it never
makes a gRPC object, and its workers are spawned, not forked. Linux alone spreads the connections
of a port over the processes that listen on it.
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
from collections.abc import Callable

from routeguide.common.addresses import join_address
from routeguide.common.wording import counted
from routeguide.rpc.listening import cannot_listen, resolve
from routeguide.serving.closing import exit_now
from routeguide.serving.settings import Settings
from routeguide.serving.signals import (
    STOP_SIGNALS,
    Signals,
    held_back,
    say_that_it_stopped,
    say_that_it_stops,
)
from routeguide.serving.swap import Reloader, say_that_nothing_changed
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
from routeguide.serving.workers.conversion import share_beside
from routeguide.serving.workers.shared_file import FOLDER, SharedFile, share

LOG = logging.getLogger("routeguide")

# A worker that ends sooner than this has something that ails it: another one is started, but
# each time later.
SOON_S = 5.0
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0

# A worker that could not take new features, for want of a file to open, is told of them again.
TELL_AGAIN_S = 1.0

# What a worker may take beyond the grace before it is killed.
KILL_AFTER_S = 0.7

# The path of imports is the supervisor's own, whatever folder it runs in.
_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:];"
    " from routeguide.serving.workers.worker import main; main(int(sys.argv[1]))"
)


class WorkerError(Exception):
    """The workers cannot be started; the text says why, in one line."""

    def __init__(self, text: str, is_bad_file: bool = False) -> None:
        super().__init__(text)
        self.is_bad_file = is_bad_file


class Port:
    """A port that is held, on each address of a host, for processes that will listen on it."""

    def __init__(self, address: str) -> None:
        """Raises AddressError where anybody else has the port."""
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
            except OSError as error:  # taken since it was found free
                numeric_address = join_address(numeric_host, port)
                raise cannot_listen(address, numeric_address, error.strerror) from error
            port = holder.getsockname()[1]
            self.numeric_addresses.append(join_address(numeric_host, port))
        self.address = join_address(host, port)

    def close(self) -> None:
        for holder in self._sockets:
            holder.close()


def _hold(holder: socket.socket, numeric_host: str, port: int) -> None:
    """Bind a socket so that a port is shared with those who want to share it, and nobody else."""
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        holder.bind((numeric_host, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # A server that did not share the port may have left connections that have ended. They keep
        # it for a minute from all but those who bind with SO_REUSEADDR, as every server does. Bound
        # with that from the start, the port would be free to each of them until a worker listens.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((numeric_host, port))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


class Worker:
    """A process that serves, seen from its supervisor."""

    def __init__(self, number: int, begin: Begin, features: SharedFile) -> None:
        self.number = number
        self.features: SharedFile | None = features  # None: it could not take the last ones
        self.began_s = time.monotonic()
        self.is_serving = False
        self.failure: Failed | None = None
        self.stopped: Stopped | None = None
        self.control, theirs = Control.pair()
        with held_back():
            self.process = subprocess.Popen(
                [sys.executable, "-c", _BOOT, str(theirs.fileno()), *sys.path],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        theirs.close()
        self.control.send(begin, features.descriptor)

    def tell(self, message: object, descriptor: int | None = None) -> None:
        """Say something to it. One that has stopped listening is killed, for another to come."""
        if not self.control.send(message, descriptor):
            LOG.warning("Worker %d does not listen, and is killed", self.number)
            self.process.kill()

    def end(self) -> int:
        """Wait for a process that is about to end, and return its exit status."""
        self.control.close()
        return self.process.wait()


class Supervisor:
    """Keeps as many workers as wanted. Belongs to the thread of its event loop."""

    def __init__(self, settings: Settings, features: SharedFile) -> None:
        """Raises AddressError."""
        self._settings = settings
        self._features = features
        self._port = Port(settings.address)
        self._workers: dict[int, Worker] = {}
        self._delays_s = dict.fromkeys(range(settings.workers), 0.0)
        self._to_start: dict[int, asyncio.TimerHandle | None] = {}  # None: with a sound file
        self.lacks_a_sound_file = asyncio.Event()
        self.ask_for_features: Callable[[], None] = lambda: None  # to load them again, soon
        self._is_told: set[str] = set()  # of what went wrong with these features
        self._has_begun = asyncio.Event()  # or failed to
        self._is_stopping = False
        self._all_ended = asyncio.Event()
        self._failure: Failed | None = None
        self._ended = 0
        self._cut_off = 0

    async def start(self) -> str:
        """Start all workers; returns the address once all serve. Raises WorkerError."""
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

    def swap(self, features: SharedFile) -> None:
        """Have all workers serve these; whoever waits to start, starts now."""
        before, self._features = self._features, features
        self._delays_s = dict.fromkeys(self._delays_s, 0.0)
        self._is_told.clear()
        self.lacks_a_sound_file.clear()
        for worker in self._workers.values():
            self._bring_up_to_date(worker)
        LOG.info(
            "Now serving %s, generation %s (before: generation %s)",
            counted(features.count, "feature"),
            features.generation,
            before.generation,
        )
        before.close()
        for number, timer in list(self._to_start.items()):
            if timer is not None:
                timer.cancel()
            self._start_again(number)

    def _bring_up_to_date(self, worker: Worker) -> None:
        """Once it serves: a worker that still starts reads nothing, and would be taken for deaf."""
        is_there = self._workers.get(worker.number) is worker
        if is_there and worker.is_serving and worker.features is not self._features:
            worker.features = self._features
            worker.tell(Swap(), self._features.descriptor)

    def reload_failed(self, reason: str) -> None:
        if self.lacks_a_sound_file.is_set():
            self._say_once(f"Workers wait for a sound file: {reason}")
        else:
            say_that_nothing_changed(reason)
        for worker in self._workers.values():
            if worker.is_serving:
                worker.tell(ReloadFailed(reason))

    async def stop(self) -> None:
        """Have all workers end, and kill those that do not in time."""
        self._is_stopping = True
        for worker in self._workers.values():
            if worker.is_serving:
                worker.tell(Stop())
            else:
                worker.process.kill()
        if self._workers:
            with contextlib.suppress(asyncio.TimeoutError):
                timeout_s = self._settings.grace + KILL_AFTER_S
                await asyncio.wait_for(self._all_ended.wait(), timeout_s)
        self.kill()
        self._port.close()
        self._features.close()
        say_that_it_stopped(self._ended, self._cut_off)

    def kill(self) -> None:
        """End all workers at once."""
        self._is_stopping = True
        for worker in self._workers.values():
            worker.process.kill()

    def _say_once(self, text: str) -> None:
        """In the time of these features."""
        if text not in self._is_told:
            self._is_told.add(text)
            LOG.error("%s", text)

    def _start_again(self, number: int) -> None:
        del self._to_start[number]
        if self._is_stopping:
            return
        try:
            self._start(number)
        except OSError as error:
            LOG.error("Worker %d cannot start yet: %s", number, error.strerror)
            self._start_later(number, LONGEST_DELAY_S)

    def _start_later(self, number: int, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._to_start[number] = loop.call_later(delay_s, self._start_again, number)

    def _start(self, number: int) -> None:
        begin = Begin(self._settings, number, self._port.numeric_addresses)
        worker = Worker(number, begin, self._features)
        self._workers[number] = worker
        asyncio.get_running_loop().add_reader(worker.control, self._hear, worker)

    def _hear(self, worker: Worker) -> None:
        message, _ = worker.control.receive()
        if isinstance(message, Serving):
            worker.is_serving = True
            self._bring_up_to_date(worker)
            if self._has_begun.is_set():
                LOG.info("Worker %d serves again (process %d)", worker.number, worker.process.pid)
            if all(other.is_serving for other in self._workers.values()):
                self._has_begun.set()
        elif isinstance(message, Failed):
            worker.failure = message
            if self._has_begun.is_set() and not self._is_stopping:
                LOG.error("Worker %d: %s", worker.number, message.text)
        elif isinstance(message, NotSwapped):
            worker.features = None
            self._say_once(
                f"Worker {worker.number} still serves the features from before,"
                f" until it can take the new ones: {message.text}"
            )
            loop = asyncio.get_running_loop()
            loop.call_later(TELL_AGAIN_S, self._bring_up_to_date, worker)
        elif isinstance(message, Stopped):
            worker.stopped = message
        elif message is None:
            self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        asyncio.get_running_loop().remove_reader(worker.control)
        status = worker.end()
        del self._workers[worker.number]
        if worker.stopped:
            self._ended += worker.stopped.ended
            self._cut_off += worker.stopped.cut_off
        if self._is_stopping:
            if not self._workers:
                self._all_ended.set()
            return
        how = _how_it_ended(status)
        if not self._has_begun.is_set():
            self._failure = worker.failure or Failed(f"a worker {how} before it served")
            self._is_stopping = True
            self._has_begun.set()
            return
        if not self._features.is_as_it_was():
            LOG.error(
                "Worker %d (process %d) %s: %s was written to or cut short while it was served;"
                " another one starts when it is a sound file",
                worker.number,
                worker.process.pid,
                how,
                self._features.path,
            )
            self._to_start[worker.number] = None
            self.lacks_a_sound_file.set()
            # The file may be sound by now, and one that was looked at before it was.
            self.ask_for_features()
            return
        lived_s = time.monotonic() - worker.began_s
        delay_s = self._delays_s[worker.number] if lived_s < SOON_S else 0.0
        self._delays_s[worker.number] = min(max(FIRST_DELAY_S, 2 * delay_s), LONGEST_DELAY_S)
        LOG.warning(
            "Worker %d (process %d) %s; another one starts%s",
            worker.number,
            worker.process.pid,
            how,
            f" in {delay_s:g} s" if delay_s else "",
        )
        self._start_later(worker.number, delay_s)


def _how_it_ended(status: int) -> str:
    if status < 0:
        try:
            return f"was ended by {signal.Signals(-status).name}"
        except ValueError:  # most real-time signals have no name
            return f"was ended by signal {-status}"
    return f"ended with status {status}"


def supervise(settings: Settings) -> None:
    """Serve from as many processes as the settings say, until a signal to stop.

    Raises DatasetError, AddressError and WorkerError where that cannot begin.
    """
    if sys.platform != "linux":
        raise WorkerError("--workers over 1 needs Linux, which spreads a port over processes")
    asyncio.run(_supervise(settings, share(settings.db)))


async def _supervise(settings: Settings, features: SharedFile) -> None:
    supervisor = Supervisor(settings, features)
    reloader = Reloader(
        settings.db, lambda: share_beside(settings.db), supervisor.swap, supervisor.reload_failed
    )
    supervisor.ask_for_features = reloader.request
    signals = Signals(reloader.request)
    tasks = [asyncio.create_task(reloader.run())]
    # Without --watch, too, what workers wait for is looked out for.
    watching = reloader.watch(None if settings.watch else supervisor.lacks_a_sound_file)
    tasks.append(asyncio.create_task(watching))
    starting = asyncio.ensure_future(supervisor.start())
    stopping = asyncio.ensure_future(signals.wait())
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
    say_that_it_stops(settings.grace)
    loop = asyncio.get_running_loop()
    for stop_signal in STOP_SIGNALS:
        loop.add_signal_handler(stop_signal, _end_at_once, supervisor, stop_signal)
    await supervisor.stop()
    with FOLDER:
        exit_now(0)  # which waits for no load


def _end_at_once(supervisor: Supervisor, stop_signal: signal.Signals) -> None:
    supervisor.kill()
    signal.signal(stop_signal, signal.SIG_DFL)
    with FOLDER:
        os.kill(os.getpid(), stop_signal)
