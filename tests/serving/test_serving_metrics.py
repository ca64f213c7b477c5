"""Metrics as Prometheus scrapes them, and the access log, of real calls."""

from __future__ import annotations

import json
import logging
import socket
import struct
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from prometheus_client.parser import text_string_to_metric_families
from routeguide.common.addresses import split_address
from routeguide.domain.dataset import load
from routeguide.pb.route_guide_pb2 import RouteNote
from routeguide.serving.observing.access_log import access_log
from routeguide.serving.observing.logs import JsonFormatter
from routeguide.serving.observing.metrics import Metrics, MetricsError
from routeguide.serving.observing.scrapes import MAX_CLIENTS
from routeguide.serving.tokens import Tokens
from support.observed_server import observed_server
from support.serve_processes import wait_until
from support.serving import WATCHDOG_S, LoopThread, Requests, at, between, status_of, stub_for

BEARER = (("authorization", "Bearer secret"),)
SERVICE = "/routeguide.RouteGuide"


class Page:
    """The current metrics of a server."""

    def __init__(self, address: str) -> None:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=WATCHDOG_S) as page:
            text = page.read().decode()
        self.samples = {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def calls(self) -> dict[tuple[str, str], float]:
        """Counts by method and code."""
        return {
            (method.removeprefix(SERVICE + "/"), code): value
            for (name, code, method) in self._of(3)
            if name == "routeguide_calls_total"
            for value in (self.samples[name, code, method],)
        }

    def _of(self, length: int) -> Iterator[tuple[str, str, str]]:
        for key in self.samples:
            if len(key) == length:
                yield key[0], key[1], key[2]


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text("secret\n")
    return path


def test_calls_are_counted_by_method_and_code(loop_thread: LoopThread, token_file: Path) -> None:
    metrics = Metrics()
    scraped = metrics.start("localhost:0")
    interceptors = [metrics.interceptor(), Tokens(token_file).interceptor()]
    with (
        observed_server(loop_thread, interceptors) as address,
        grpc.insecure_channel(address) as channel,
    ):
        stub = stub_for(channel)
        for _ in range(3):
            stub.GetFeature(at(0, 0), metadata=BEARER, timeout=WATCHDOG_S)
        status_of(lambda: stub.GetFeature(at(0, 0), timeout=WATCHDOG_S))
        rectangle = between(at(0, 0), at(2**31 - 1, -(2**31)))
        assert list(stub.ListFeatures(rectangle, metadata=BEARER, timeout=WATCHDOG_S))
        poles = [at(900000000, 0), at(-900000000, 0)] * 60
        status_of(lambda: stub.RecordRoute(iter(poles), metadata=BEARER, timeout=WATCHDOG_S))
        for name in ("one", "two"):
            unknown: grpc.UnaryUnaryMultiCallable[bytes, bytes]
            unknown = channel.unary_unary(f"/made.up/{name}")
            status_of(lambda call=unknown: call(b"", timeout=WATCHDOG_S))  # type: ignore[misc]

        requests = Requests(RouteNote(message="a"), RouteNote(message="b"))
        chat = stub.RouteChat(requests, metadata=BEARER, timeout=WATCHDOG_S)
        assert next(chat).message == "a"
        assert Page(scraped).samples["routeguide_open_streams",] == 1
        requests.end()
        wait_until(lambda: Page(scraped).samples["routeguide_open_streams",] == 0)
        watch = HealthStub(channel).Watch(HealthCheckRequest(), metadata=BEARER)
        assert next(watch).status == HealthCheckResponse.SERVING
        watch.cancel()

        def is_counted_as_late() -> bool:
            late = status_of(lambda: list(stub.RouteChat(Requests(), metadata=BEARER, timeout=0.1)))
            assert late[0] is grpc.StatusCode.DEADLINE_EXCEEDED
            wait_until(lambda: Page(scraped).samples["routeguide_open_streams",] == 0)
            return ("RouteChat", "DEADLINE_EXCEEDED") in Page(scraped).calls()

        # The server may see that the client has gone before its own deadline: then it counts OK.
        wait_until(is_counted_as_late)
        page = Page(scraped)
    calls = page.calls()
    assert calls.pop(("RouteChat", "OK")) >= 1
    assert calls == {
        ("GetFeature", "OK"): 3,
        ("GetFeature", "UNAUTHENTICATED"): 1,
        ("ListFeatures", "OK"): 1,
        ("RecordRoute", "OUT_OF_RANGE"): 1,
        ("RouteChat", "DEADLINE_EXCEEDED"): 1,
        ("/grpc.health.v1.Health/Watch", "CANCELLED"): 1,
        ("unknown", "UNIMPLEMENTED"): 2,
    }
    assert page.samples["routeguide_call_seconds_count", f"{SERVICE}/GetFeature"] == 4
    metrics.stop()


def test_the_dataset_and_its_changes_are_metrics(tmp_path: Path) -> None:
    one = tmp_path / "one.json"
    one.write_text('[{"location": {"latitude": 1, "longitude": 2}, "name": "only"}]')
    metrics = Metrics()
    scraped = metrics.start("127.0.0.1:0")
    packaged, other = load(None), load(one)
    for dataset in (packaged, packaged, other):
        metrics.observe_dataset(dataset)
    metrics.reload_failed()
    metrics.features_returned(7)
    metrics.features_returned(35)
    samples = Page(scraped).samples
    assert samples["routeguide_dataset_info", other.generation, "one.json"] == 1
    assert samples["routeguide_features",] == 1
    assert samples["routeguide_index_bytes",] == other.index.nbytes
    assert samples["routeguide_dataset_swaps_total",] == 1
    assert samples["routeguide_reload_failures_total",] == 1
    assert samples["routeguide_features_returned_total",] == 42
    metrics.stop()


def test_silent_and_slow_clients_are_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = Metrics()
    address = metrics.start("localhost:0", timeout_s=1.0)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(split_address(address), WATCHDOG_S))
            for _ in range(3)
        ]
        silent, incomplete, slow = clients
        incomplete.sendall(b"GET /metrics HT")

        def is_cut_off() -> bool:
            try:
                slow.sendall(b"G")
            except ConnectionError:
                return True
            return False

        wait_until(is_cut_off)
        assert silent.recv(1) == incomplete.recv(1) == b""
    assert Page(address).samples
    metrics.stop()
    assert capsys.readouterr().err == ""


def clients_served() -> int:
    """The number of threads that the HTTP server has for clients."""
    return sum("process_request" in thread.name for thread in threading.enumerate())


def test_the_number_of_clients_is_limited(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = Metrics()
    address = metrics.start("localhost:0", timeout_s=WATCHDOG_S)
    with ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(split_address(address), WATCHDOG_S))
            for _ in range(MAX_CLIENTS)
        ]
        wait_until(lambda: clients_served() == MAX_CLIENTS)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            Page(address)
        assert clients_served() == MAX_CLIENTS
        silent.pop().close()
        wait_until(lambda: clients_served() < MAX_CLIENTS)
        assert Page(address).samples
        for client in silent:  # the rest disconnect with a reset
            client.sendall(b"GET /metrics HTTP/1.0")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_until(lambda: clients_served() == 0)
    assert Page(address).samples
    metrics.stop()
    assert capsys.readouterr().err == ""


def test_each_worker_has_the_next_port_and_a_port_in_use_is_refused() -> None:
    first, second = Metrics(), Metrics()
    address = first.start("127.0.0.1:0", worker=3)
    host, _, port = address.rpartition(":")
    with pytest.raises(MetricsError, match=f"^cannot listen on {address} for metrics: Address"):
        second.start(f"{host}:{int(port) - 1}", worker=1)
    with pytest.raises(MetricsError, match=r"^no port 65536 for metrics: 65535 is the last$"):
        second.start(f"{host}:65535", worker=1)
    with pytest.raises(
        MetricsError, match=r"^cannot listen on \.:1 for metrics: invalid host name$"
    ):
        second.start(".:1")
    first.stop()


def test_the_access_log_has_a_line_for_each_call(
    loop_thread: LoopThread, token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "routeguide.access")
    interceptors = [access_log(), Tokens(token_file).interceptor()]
    with (
        observed_server(loop_thread, interceptors) as address,
        grpc.insecure_channel(address) as channel,
    ):
        stub = stub_for(channel)
        stub.GetFeature(at(0, 0), metadata=BEARER, timeout=WATCHDOG_S)
        status_of(lambda: stub.RecordRoute(iter([]), timeout=WATCHDOG_S))
        wait_until(lambda: len(caplog.records) == 2)
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [(line["method"], line["code"]) for line in lines] == [
        (f"{SERVICE}/GetFeature", "OK"),
        (f"{SERVICE}/RecordRoute", "UNAUTHENTICATED"),
    ]
    for line in lines:
        assert line["elapsed_ms"] >= 0
        assert line["peer"].startswith(("ipv4:127.0.0.1", "ipv6:%5B::1%5D"))
        assert line["message"].startswith(f"{line['method']} {line['code']} ")
        assert line["level"] == "info"
