"""One serving process, from its features and settings to the end of its last call."""

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
from routeguide.serving.background import run_in_background
from routeguide.serving.chats import OpenStreams
from routeguide.serving.closing import exit_now
from routeguide.serving.observing.access_log import access_log
from routeguide.serving.observing.health import add_health, add_reflection
from routeguide.serving.observing.metrics import Metrics, MetricsError
from routeguide.serving.route_guide import RouteGuideServicer, StreamChat
from routeguide.serving.settings import Settings
from routeguide.serving.shared_chat import SharedChat
from routeguide.serving.signals import Signals, block_signals, log_stopped, log_stopping
from routeguide.serving.swap import Reloader, log_failed_reload
from routeguide.serving.tls import PemError, ServerTls, TlsFiles
from routeguide.serving.tokens import Tokens, warn_of_plain_text
from routeguide.serving.workers.features_file import load_apart

LOG = logging.getLogger("routeguide")

# New calls are refused for at least this long, so that watchers of the server's health receive the
# change before the connection closes.
NOTICE_S = 0.1

# How long clients have to read the last answer: one that is writing to a connection when it closes
# reads no further.
SETTLE_S = 0.1

# Threads for long queries; more would only compete for the processor.
QUERY_THREADS = 4


class ServiceError(Exception):
    """A file or address in the settings that cannot be used; the text is one line."""


class Service:
    """The gRPC services of one process, over the current dataset.

    Made while the event loop runs, and used in its thread.
    """

    def __init__(self, settings: Settings, dataset: Dataset, worker: int | None = None) -> None:
        """`worker` is the number of a process that shares its port; None for a single process.

        Raises ServiceError.
        """
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(QUERY_THREADS, "query"))
        self._settings = settings
        self._worker = worker
        self._datasets = Datasets(dataset)
        limits = settings.serving
        self._admission = Admission(limits)
        self._open_streams = OpenStreams()
        options = settings.connections.channel_options()
        if worker is None:
            options += NO_SHARED_PORT
        self._credentials = _credentials_of(settings)
        self._metrics = _metrics_of(settings, worker)
        interceptors = _interceptors_of(settings)
        if settings.access_log:
            interceptors.insert(0, access_log())
        if self._metrics is not None:
            interceptors.insert(0, self._metrics.interceptor())
            self._metrics.observe_dataset(dataset)
        self._server = grpc.aio.server(options=options, interceptors=interceptors)
        is_shared = settings.chat == "shared"
        chat = SharedChat(settings.noticeboard) if is_shared else StreamChat(limits)
        count = self._metrics.features_returned if self._metrics is not None else None
        servicer = RouteGuideServicer(self._datasets, limits, chat, self._open_streams, count)
        guarded = self._admission.guard(self._server)
        add_route_guide(servicer, guarded)
        add_feature_service(FeatureServicer(self._datasets, settings.requests, count), guarded)
        self._health = add_health(self._server)
        has_reflection = settings.reflection is not False and add_reflection(self._server)
        if settings.reflection and not has_reflection:
            raise ServiceError(extras.missing("--reflection", "grpcio-reflection", "server"))

    async def start(self) -> str:
        """Serve on the address of the settings and return it. Raises AddressError."""
        address = listen(self._server, self._settings.address, self._credentials)
        await self._begin()
        return address

    async def start_on(self, numeric_addresses: list[str]) -> None:
        """Serve on a port that other processes share. Raises AddressError."""
        for numeric_address in numeric_addresses:
            add_port(self._server, self._settings.address, numeric_address, self._credentials)
        await self._begin()

    async def _begin(self) -> None:
        if self._health is not None:
            await self._health.serving()
        await self._server.start()

    async def exit_if_grpc_stops(self) -> None:
        """Exit with status 1 once gRPC accepts no more calls, so that the process is restarted.

        A call whose method name is not UTF-8 ends the loop in which gRPC accepts calls.
        """
        with contextlib.suppress(Exception):  # gRPC has logged it
            await self._server.wait_for_termination()
        LOG.critical("gRPC has stopped accepting calls; this process ends")
        exit_now(1)

    def swap(self, dataset: Dataset) -> None:
        """Serve these features from now on. Running calls keep the previous ones."""
        before = self._datasets.current.generation
        self._datasets.swap(dataset)
        if self._metrics is not None:
            self._metrics.observe_dataset(dataset)
        log = LOG.info if self._worker is None else LOG.debug  # a supervisor logs it itself
        log("Now serving %s (before: generation %s)", described(dataset), before)

    def reload_failed(self, reason: str) -> None:
        """Log and count that new features could not be loaded."""
        log_failed_reload(reason)
        self.count_failed_reload()

    def count_failed_reload(self) -> None:
        """Count that new features could not be loaded: a supervisor logs it itself."""
        if self._metrics is not None:
            self._metrics.reload_failed()

    async def drain(self) -> tuple[int, int]:
        """Refuse new calls, end chats, and let the other calls end within the grace period.

        Return how many calls have ended since the start, and how many still run. The process then
        has to exit by `exit_now`.
        """
        ends_at_s = time.monotonic() + self._settings.grace_s
        self._admission.close()
        self._open_streams.end()
        if self._health is not None:
            await self._health.draining()
        await asyncio.sleep(min(NOTICE_S, self._settings.grace_s))
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
    """Describe a dataset in a few words, for the log."""
    return f"{counted(len(dataset.index), 'feature')}, generation {dataset.generation}"


def run_alone(settings: Settings) -> None:
    """Serve from a single process until a signal to stop, then exit.

    Raises DatasetError, ServiceError and AddressError if that cannot begin.
    """
    allow_many_connections()
    dataset = load(settings.db)
    block_signals()
    asyncio.run(_serve(settings, dataset))


def allow_many_connections() -> None:
    """Raise the limit of open files to the maximum: each connection is one, and a server without
    any left keeps clients waiting."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems report more than they allow
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _load(settings: Settings) -> Dataset:
    dataset = load_apart(settings.db)
    _ = dataset.generation  # computed here, not in the event loop: it reads all features
    return dataset


async def _serve(settings: Settings, dataset: Dataset) -> None:
    service = Service(settings, dataset)
    reloader = Reloader(settings.db, lambda: _load(settings), service.swap, service.reload_failed)
    signals = Signals(reloader.request)
    run_in_background(reloader.run(), "reload")
    if settings.watch:
        run_in_background(reloader.watch(), "watch the file")
    address = await service.start()
    run_in_background(service.exit_if_grpc_stops(), "watch gRPC")
    LOG.info("Serving on %s: %s, 1 process", address, described(dataset))
    await signals.wait_for_stop()
    log_stopping(settings.grace_s)
    log_stopped(*await service.drain())
    exit_now(0)
