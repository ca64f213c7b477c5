"""Signals to a serving process: SIGTERM and SIGINT to stop, SIGHUP to load the features again."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from routeguide.common.wording import counted

LOG = logging.getLogger("routeguide")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_SIGNALS = (signal.SIGHUP, *STOP_SIGNALS)

# A signal to stop this soon after another is the same one: `timeout` sends it twice, to the process
# and to its group.
SAME_SIGNAL_S = 0.1


def block_signals() -> None:
    """Block the signals in this thread, and in the threads and processes that it starts.

    Call it before gRPC starts threads: a signal goes to any thread that does not block it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def unblock_signals() -> None:
    """Receive the signals in this thread, including those that arrived while they were blocked."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Block the signals in this thread until the `with` block ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Signals:
    """Receives blocked signals in a thread and acts on them in the event loop.

    Unlike handlers, which interrupt each other, `sigwait` takes a burst of signals as one.
    """

    def __init__(self, reload: Callable[[], None], kill: Callable[[], None] = lambda: None) -> None:
        """`reload` is called in the event loop for SIGHUP. `kill` is called in a thread for a
        second signal to stop, which then ends the process at once."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)  # an ignored signal may never become pending
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._reload = reload
        self._kill = kill
        threading.Thread(target=self._receive, name="signals", daemon=True).start()

    async def wait_for_stop(self) -> None:
        """Wait until the process is to stop."""
        await self._stop.wait()

    def _receive(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process is about to exit
            while signal.sigwait(_SIGNALS) == signal.SIGHUP:
                self._loop.call_soon_threadsafe(self._reload)
            self._loop.call_soon_threadsafe(self._stop.set)
        time.sleep(SAME_SIGNAL_S)
        while signal.sigpending().intersection(STOP_SIGNALS):
            signal.sigwait(STOP_SIGNALS)
        second = signal.sigwait(STOP_SIGNALS)
        self._kill()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (second,))
        os.kill(os.getpid(), second)


def log_stopping(grace_s: float) -> None:
    LOG.info(
        "Stopping; running calls have up to %g s to end, another signal ends them at once",
        grace_s,
    )


def log_stopped(ended: int, cut_off: int) -> None:
    LOG.info(
        "Stopped: %s ended%s",
        counted(ended, "call has", "calls have"),
        f", {cut_off:,} cut off at the end of the grace period" if cut_off else "",
    )
