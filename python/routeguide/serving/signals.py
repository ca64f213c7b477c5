"""What signals ask of a process that serves: to end, or to load its features again."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable

LOG = logging.getLogger("routeguide")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """Listens to them from when it is made, with the event loop of the main thread running."""

    def __init__(self, reload: Callable[[], None]) -> None:
        self._stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, reload)
        for stop_signal in STOP_SIGNALS:
            loop.add_signal_handler(stop_signal, self._stop.set)

    async def wait(self) -> None:
        """Until the process is to end; whoever signals once more has it end at once."""
        await self._stop.wait()
        loop = asyncio.get_running_loop()
        for stop_signal in STOP_SIGNALS:
            loop.remove_signal_handler(stop_signal)
            signal.signal(stop_signal, signal.SIG_DFL)


def say_that_it_stops(grace_s: float) -> None:
    LOG.info(
        "Stopping; running calls have up to %g s to end, another signal ends them at once",
        grace_s,
    )


def say_that_it_stopped(ended: int, cut_off: int) -> None:
    LOG.info(
        "Stopped: %s ended%s",
        "1 call has" if ended == 1 else f"{ended} calls have",
        f", {cut_off} cut off by the end of the grace" if cut_off else "",
    )
