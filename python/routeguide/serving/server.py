"""One process that serves: from its features and settings to the end of its last call."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc.aio

from routeguide.dataset import Dataset, Datasets, load
from routeguide.listening import NO_SHARED_PORT, add_port, listen
from routeguide.registration import add_route_guide
from routeguide.serving.admission import Admission
from routeguide.serving.chats import OpenStreams
from routeguide.serving.closing import exit_now
from routeguide.serving.limits import channel_options, limits_of
from routeguide.serving.route_guide import RouteGuideServicer, StreamChat
from routeguide.serving.settings import Settings
from routeguide.serving.swap import Reloader

LOG = logging.getLogger("routeguide")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

# New calls are refused at least this long, so that whoever watches the health of the server
# hears of its end from the server.
NOTICE_S = 0.1

# Threads that long queries run in: more would only share the processor.
QUERY_THREADS = 4


class Service:
    """The services of one process over datasets that take each other's place.

    To be made with the event loop running, and used in its thread.
    """

    def __init__(self, settings: Settings, dataset: Dataset, shares_port: bool = False) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(QUERY_THREADS, "query"))
        self._settings = settings
        self._datasets = Datasets(dataset)
        limits = limits_of(settings)
        self._admission = Admission(limits)
        self._open_streams = OpenStreams()
        options = channel_options(settings) + ([] if shares_port else list(NO_SHARED_PORT))
        self._server = grpc.aio.server(options=options)
        servicer = RouteGuideServicer(
            self._datasets, limits, StreamChat(limits), self._open_streams
        )
        add_route_guide(servicer, self._admission.guard(self._server))

    async def start(self) -> str:
        """Serve on the address of the settings; returns it. Raises AddressError."""
        address = listen(self._server, self._settings.address)
        await self._server.start()
        return address

    async def start_on(self, numeric_addresses: list[str]) -> None:
        """Serve on a port that others serve on, too."""
        for address in numeric_addresses:
            add_port(self._server, address)
        await self._server.start()

    def swap(self, dataset: Dataset) -> None:
        """Serve these features from now on. Calls that run keep theirs."""
        before = self._datasets.current.generation
        self._datasets.swap(dataset)
        LOG.info(
            "Now serving %s (before: generation %s)", described(dataset), before
        )

    def reload_failed(self) -> None:
        """Take note that new features could not be loaded."""

    async def drain(self) -> None:
        """Refuse new calls, end chats, and let the other calls end within the grace."""
        ends_at_s = time.monotonic() + self._settings.grace
        self._admission.close()
        self._open_streams.end()
        await asyncio.sleep(min(NOTICE_S, self._settings.grace))
        await self._admission.wait_until_idle(ends_at_s - time.monotonic())
        cut_off = self._admission.running
        LOG.info(
            "Stopped: %d calls have ended%s",
            self._admission.ended,
            f", {cut_off} were cut off by the end of the grace" if cut_off else "",
        )


def described(dataset: Dataset) -> str:
    """What is served, in a few words."""
    return f"{len(dataset.index)} features, generation {dataset.generation}"


def run(settings: Settings) -> None:
    """Serve from this process alone, and exit with it.

    Raises DatasetError and AddressError where there is nothing to serve or nowhere to.
    """
    # Until the loop listens to it, a request to load again must not end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    dataset = load(settings.db)
    asyncio.run(_serve(settings, dataset))


async def _serve(settings: Settings, dataset: Dataset) -> None:
    service = Service(settings, dataset)
    reloader = Reloader(
        settings.db, lambda: load(settings.db), service.swap, service.reload_failed
    )
    stop = Signals(reloader.request)
    tasks = [in_background(reloader.run())]
    if settings.watch:
        tasks.append(in_background(reloader.watch()))
    address = await service.start()
    LOG.info("Serving on %s: %s, 1 process", address, described(dataset))
    await stop.wait()
    say_that_it_stops(settings)
    await service.drain()
    exit_now(0)


def in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Something that goes on for as long as the process; the caller keeps what this returns."""
    return asyncio.create_task(work)


class Signals:
    """What signals ask of a process: to end, or to load its features again."""

    def __init__(self, reload: Callable[[], None]) -> None:
        """To be made with the event loop of the main thread running."""
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


def say_that_it_stops(settings: Settings) -> None:
    LOG.info(
        "Stopping; running calls have up to %g s to end, another signal ends them at once",
        settings.grace,
    )
