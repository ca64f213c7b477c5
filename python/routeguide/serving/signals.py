"""What signals ask of a process that serves: to end, or to load its features again."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from routeguide.common.wording import counted

LOG = logging.getLogger("routeguide")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def held_back() -> Iterator[None]:
    """Processes that are started meanwhile get no signal before they ask for it.

    A terminal sends Ctrl-C to all of its processes, to those as well that just begin and cannot
    know yet that it is for their parent.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP, *STOP_SIGNALS))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """Get the signals that were held back, those that have come before among them."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGHUP, *STOP_SIGNALS))


class Signals:
    """Listens to them from when it is made, with the event loop of the main thread running.

    Not by `loop.add_signal_handler`, which queues each signal: of a storm it loses some, be it the
    one to stop, and prints a traceback for each of those.
    """

    def __init__(self, reload: Callable[[], None]) -> None:
        self._stop = asyncio.Event()
        self._actions = {signal.SIGHUP: reload, **dict.fromkeys(STOP_SIGNALS, self._stop.set)}
        self._loop = asyncio.get_running_loop()
        self._alarm, self._waker = socket.socketpair()
        for end in (self._alarm, self._waker):
            end.setblocking(False)
        self._loop.add_reader(self._alarm, self._hear)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        # Handlers in Python would be interrupted by the next signal, to any depth. This one only
        # notes that a signal came, and the loop, which wakes at the same time, does the rest.
        self._came: dict[int, Any] = {}
        for number in self._actions:
            signal.signal(number, self._came.setdefault)
        let_through()

    def _hear(self) -> None:
        self._alarm.recv(4096)
        self._loop.call_soon(self._act)  # when the handlers of these signals have surely run

    def _act(self) -> None:
        for number, act in self._actions.items():
            if number in self._came:
                del self._came[number]
                act()

    async def wait(self) -> None:
        """Until the process is to end; whoever signals once more has it end at once."""
        try:
            await self._stop.wait()
        finally:
            for stop_signal in STOP_SIGNALS:
                signal.signal(stop_signal, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.set_wakeup_fd(-1)
            self._loop.remove_reader(self._alarm)
            for end in (self._alarm, self._waker):
                end.close()


def say_that_it_stops(grace_s: float) -> None:
    LOG.info(
        "Stopping; running calls have up to %g s to end, another signal ends them at once",
        grace_s,
    )


def say_that_it_stopped(ended: int, cut_off: int) -> None:
    LOG.info(
        "Stopped: %s ended%s",
        counted(ended, "call has", "calls have"),
        f", {cut_off:,} cut off by the end of the grace" if cut_off else "",
    )
