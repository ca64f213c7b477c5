"""One process that serves: from its features and settings to the end of its last call."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import grpc.aio

from routeguide.common import extras
from routeguide.common.wording import counted
from routeguide.domain.dataset import Dataset, Datasets, load
from routeguide.feature_service.aio_feature_servicer import FeatureServicer
from routeguide.rpc.bearer import TokenFileError
from routeguide.rpc.listening import NO_SHARED_PORT, Credentials, add_port, listen
from routeguide.rpc.registration import add_feature_service, add_route_guide
from routeguide.serving.admission import Admission
from routeguide.serving.chats import OpenStreams
from routeguide.serving.closing import exit_now
from routeguide.serving.limits import channel_options, limits_of, noticeboard_limits, request_limits
from routeguide.serving.observing.access_log import access_log
from routeguide.serving.observing.health import add_health, add_reflection
from routeguide.serving.observing.metrics import Metrics, MetricsError
from routeguide.serving.route_guide import RouteGuideServicer, StreamChat
from routeguide.serving.settings import Settings
from routeguide.serving.shared_chat import SharedChat
from routeguide.serving.signals import Signals, say_that_it_stopped, say_that_it_stops
from routeguide.serving.swap import Reloader, say_that_nothing_changed
from routeguide.serving.tls import PemError, ServerTls, TlsFiles
from routeguide.serving.tokens import Tokens, warn_of_plain_text
from routeguide.serving.workers.conversion import load_beside

LOG = logging.getLogger("routeguide")

# New calls are refused at least this long, so that whoever watches the health of the server
# hears of its end from the server.
NOTICE_S = 0.1

# So long, after the last answer, a client has to read it: one that is writing to a connection when
# it closes reads no further.
SETTLE_S = 0.1

# Threads that long queries run in: more would only share the processor.
QUERY_THREADS = 4


class ServiceError(Exception):
    """Something that the settings name and that cannot be used; the text says why, in one line."""


class Service:
    """The services of one process over datasets that take each other's place.

    To be made with the event loop running, and used in its thread.
    """

    def __init__(self, settings: Settings, dataset: Dataset, worker: int | None = None) -> None:
        """`worker` is the number of a process that shares its port, None for one that is alone.

        Raises ServiceError.
        """
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(QUERY_THREADS, "query"))
        self._settings = settings
        self._worker = worker
        self._datasets = Datasets(dataset)
        limits = limits_of(settings)
        self._admission = Admission(limits)
        self._open_streams = OpenStreams()
        options = channel_options(settings) + ([] if worker is not None else list(NO_SHARED_PORT))
        self._credentials = _credentials_of(settings)
        self._metrics = _metrics_of(settings, worker)
        interceptors = _interceptors_of(settings)
        if settings.access_log:
            interceptors.insert(0, access_log())
        if self._metrics is not None:
            interceptors.insert(0, self._metrics.interceptor())
            self._metrics.observe_dataset(dataset)
        self._server = grpc.aio.server(options=options, interceptors=interceptors)
        chat = (
            SharedChat(noticeboard_limits(settings))
            if settings.chat == "shared"
            else StreamChat(limits)
        )
        count = self._metrics.features_returned if self._metrics is not None else None
        servicer = RouteGuideServicer(self._datasets, limits, chat, self._open_streams, count)
        door = self._admission.guard(self._server)
        add_route_guide(servicer, door)
        queries = FeatureServicer(self._datasets, request_limits(settings), count)
        add_feature_service(queries, door)
        self._health = add_health(self._server)
        has_reflection = settings.reflection is not False and add_reflection(self._server)
        if settings.reflection and not has_reflection:
            raise ServiceError(extras.missing("--reflection", "grpcio-reflection", "server"))

    async def start(self) -> str:
        """Serve on the address of the settings; returns it. Raises AddressError."""
        address = listen(self._server, self._settings.address, self._credentials)
        await self._begin()
        return address

    async def start_on(self, numeric_addresses: list[str]) -> None:
        """Serve on a port that others serve on, too."""
        for numeric_address in numeric_addresses:
            add_port(self._server, self._settings.address, numeric_address, self._credentials)
        await self._begin()

    async def _begin(self) -> None:
        if self._health is not None:
            await self._health.serving()
        await self._server.start()

    async def exit_when_deaf(self) -> None:
        """Exit with status 1 once gRPC accepts no more calls, so that somebody starts it again.

        Its loop ends for good where a call has what it does not expect: a method's name that is
        not UTF-8 is enough.
        """
        with contextlib.suppress(Exception):  # gRPC has logged it
            await self._server.wait_for_termination()
        LOG.critical("gRPC has stopped accepting calls; this process ends")
        exit_now(1)

    def swap(self, dataset: Dataset) -> None:
        """Serve these features from now on. Calls that run keep theirs."""
        before = self._datasets.current.generation
        self._datasets.swap(dataset)
        if self._metrics is not None:
            self._metrics.observe_dataset(dataset)
        log = LOG.info if self._worker is None else LOG.debug  # a supervisor has said so
        log("Now serving %s (before: generation %s)", described(dataset), before)

    def reload_failed(self, reason: str) -> None:
        """Take note that new features could not be loaded."""
        if self._worker is None:  # a supervisor says so itself
            say_that_nothing_changed(reason)
        if self._metrics is not None:
            self._metrics.reload_failed()

    async def drain(self) -> tuple[int, int]:
        """Refuse new calls, end chats, and let the other calls end within the grace.

        Returns how many calls have ended in all, and how many have not. The process is to exit
        then, by `exit_now`.
        """
        ends_at_s = time.monotonic() + self._settings.grace
        self._admission.close()
        self._open_streams.end()
        if self._health is not None:
            await self._health.draining()
        await asyncio.sleep(min(NOTICE_S, self._settings.grace))
        await self._admission.wait_until_idle(ends_at_s - time.monotonic())
        await asyncio.sleep(SETTLE_S)
        return self._admission.ended, self._admission.running


def _credentials_of(settings: Settings) -> Credentials | None:
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    try:
        tls = ServerTls(TlsFiles(settings.tls_cert, settings.tls_key, settings.tls_client_ca))
    except PemError as error:
        raise ServiceError(str(error)) from error
    return tls.credentials


def _metrics_of(settings: Settings, worker: int | None) -> Metrics | None:
    if settings.metrics is None:
        return None
    try:
        metrics = Metrics()
        address = metrics.start(settings.metrics, worker)
    except MetricsError as error:
        raise ServiceError(str(error)) from error
    LOG.info("Metrics on http://%s/metrics", address)
    return metrics


def _interceptors_of(settings: Settings) -> list[grpc.aio.ServerInterceptor]:
    if settings.token_file is None:
        return []
    if settings.tls_cert is None:
        warn_of_plain_text(settings.address)
    try:
        return [Tokens(settings.token_file).interceptor()]
    except TokenFileError as error:
        raise ServiceError(str(error)) from error


def described(dataset: Dataset) -> str:
    """What is served, in a few words."""
    return f"{counted(len(dataset.index), 'feature', 'features')}, generation {dataset.generation}"


def run_alone(settings: Settings) -> None:
    """Serve from this process alone, and exit with it.

    Raises DatasetError, ServiceError and AddressError where it cannot.
    """
    allow_many_connections()
    dataset = _ready(load(settings.db))
    asyncio.run(_serve(settings, dataset))


def _ready(dataset: Dataset) -> Dataset:
    _ = dataset.trailing_metadata  # told by each call, and not to be worked out by the first
    return dataset


def allow_many_connections() -> None:
    """Let the process have as many open files as it may: each connection is one, and a server
    without any left lets its clients wait."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems say more than they allow
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(settings: Settings, dataset: Dataset) -> None:
    service = Service(settings, dataset)
    reloader = Reloader(
        settings.db,
        lambda: _ready(load_beside(settings.db)),
        service.swap,
        service.reload_failed,
    )
    signals = Signals(reloader.request)
    tasks = [asyncio.create_task(reloader.run())]
    if settings.watch:
        tasks.append(asyncio.create_task(reloader.watch()))
    address = await service.start()
    tasks.append(asyncio.create_task(service.exit_when_deaf()))
    LOG.info("Serving on %s: %s, 1 process", address, described(dataset))
    await signals.wait()
    say_that_it_stops(settings.grace)
    say_that_it_stopped(*await service.drain())
    exit_now(0)
