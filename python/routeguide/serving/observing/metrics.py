"""Metrics for Prometheus, on a port of their own. Needs `routeguide[metrics]`.

Each process counts for itself and answers on its own port: worker 0 on the port given, worker 1 on
the next, and so on. Prometheus adds them up and sees which worker restarted; a shared count would
lose what a killed worker had not passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import grpc.aio

from routeguide.common import extras
from routeguide.common.addresses import join_address, split_address
from routeguide.domain.dataset import Dataset
from routeguide.rpc.listening import INVALID_HOST
from routeguide.rpc.statuses import UNIMPLEMENTED
from routeguide.serving.observing.call_observer import CallInterceptor, Context

# From one lookup in the index to a stream that is open for a minute.
_LATENCY_BUCKETS_S = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
)

SCRAPE_TIMEOUT_S = 10.0

# Clients may call any name; a series for each would fill the memory of Prometheus.
_UNKNOWN = "unknown"


class MetricsError(Exception):
    """Metrics that cannot be served; the text is one line that says why."""


class Metrics:
    """The counts of one process, and the CallObserver that counts its calls.

    Belongs to the thread of its event loop; scrapes are answered by other threads.
    """

    def __init__(self) -> None:
        """Raises MetricsError if prometheus-client is not installed."""
        try:
            import prometheus_client as prometheus
        except ModuleNotFoundError as error:
            text = extras.missing("--metrics", "prometheus-client", "metrics")
            raise MetricsError(text) from error
        self._registry = registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=registry)
        own: dict[str, Any] = {"namespace": "routeguide", "registry": registry}
        counter: Any = partial(prometheus.Counter, **own)
        gauge: Any = partial(prometheus.Gauge, **own)
        self._calls = counter(
            "calls", "Calls that have ended, by method and status code", ["method", "code"]
        )
        self._call_seconds = prometheus.Histogram(
            "call_seconds",
            "From the beginning of a call's handler to its end",
            ["method"],
            buckets=_LATENCY_BUCKETS_S,
            **own,
        )
        self._open_streams = gauge(
            "open_streams", "Calls with a stream, either way, that have not ended"
        )
        self._features_returned = counter("features_returned", "Features in answers")
        self._dataset = prometheus.Info("dataset", "The features served now", **own)
        self._features = gauge("features", "Features served")
        self._index_bytes = gauge("index_bytes", "Size of the index, in memory or as a mapped file")
        self._swaps = counter("dataset_swaps", "Datasets that replaced another")
        self._reload_failures = counter("reload_failures", "New datasets that could not be loaded")
        # Finding a series by its labels costs more than counting, so each is found once.
        self._count_of: dict[tuple[str, str], Callable[[], None]] = {}
        self._observe_of: dict[str, Callable[[float], None]] = {}
        self._generation: str | None = None
        self._stop: Callable[[], None] = lambda: None

    def interceptor(self) -> grpc.aio.ServerInterceptor:
        """Make an interceptor that counts calls. Put it first, so that refusals are counted."""
        return CallInterceptor(self)

    def start(
        self, address: str, worker: int | None = None, timeout_s: float = SCRAPE_TIMEOUT_S
    ) -> str:
        """Answer scrapes on HOST:PORT, for worker n on PORT + n. Return the address.

        Port 0 is any free port. A client that takes longer than `timeout_s` is cut off. Raises
        MetricsError.
        """
        from prometheus_client import make_wsgi_app

        from routeguide.serving.observing.scrapes import ScrapeServer

        host, port = split_address(address)
        if port:
            port += worker or 0
        if port > 65535:
            raise MetricsError(f"no port {port} for metrics: 65535 is the last")
        try:
            server = ScrapeServer(host, port, make_wsgi_app(self._registry), timeout_s)
        except (OSError, UnicodeError) as error:
            reason = INVALID_HOST if isinstance(error, UnicodeError) else error.strerror or error
            raise MetricsError(
                f"cannot listen on {join_address(host, port)} for metrics: {reason}"
            ) from error
        server.start()
        self._stop = server.stop
        return join_address(host, server.server_port)

    def stop(self) -> None:
        """Stop answering scrapes."""
        self._stop()

    def observe_dataset(self, dataset: Dataset) -> None:
        """Record the dataset that is served from now on."""
        if self._generation not in (None, dataset.generation):
            self._swaps.inc()
        self._generation = dataset.generation
        self._dataset.info({"generation": dataset.generation, "source": dataset.origin.source})
        self._features.set(len(dataset.index))
        self._index_bytes.set(dataset.index.nbytes)

    def reload_failed(self) -> None:
        """Count a new dataset that could not be loaded."""
        self._reload_failures.inc()

    def features_returned(self, count: int) -> None:
        """Count features in an answer."""
        self._features_returned.inc(count)

    def began(self, method: str, is_stream: bool) -> None:
        if is_stream:
            self._open_streams.inc()

    def ended(
        self, method: str, is_stream: bool, code: str, elapsed_s: float, context: Context
    ) -> None:
        if is_stream:
            self._open_streams.dec()
        self._count(method, code)
        observe = self._observe_of.get(method)
        if observe is None:
            observe = self._observe_of[method] = self._call_seconds.labels(method).observe
        observe(elapsed_s)

    def unknown(self, method: str) -> None:
        self._count(_UNKNOWN, UNIMPLEMENTED)

    def _count(self, method: str, code: str) -> None:
        count = self._count_of.get((method, code))
        if count is None:
            count = self._count_of[method, code] = self._calls.labels(method, code).inc
        count()
