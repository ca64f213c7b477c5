"""Health and reflection of `routeguide serve`."""

from __future__ import annotations

import subprocess
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from routeguide.serving.observing.health import EVERY_SERVICE
from support.serve_processes import serve
from support.serving import WATCHDOG_S, Requests, at, status_of, stub_for


def is_serving(channel: grpc.Channel, service: str) -> bool:
    answer = HealthStub(channel).Check(HealthCheckRequest(service=service), timeout=WATCHDOG_S)
    return bool(answer.status == HealthCheckResponse.SERVING)


def test_health_changes_when_the_server_drains(options: list[str]) -> None:
    """For clients that ask and clients that watch, while a call still runs."""
    with (
        serve("--grace", "60", *options) as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        for service in ("", *EVERY_SERVICE):
            assert is_serving(channel, service)
        unknown = status_of(lambda: is_serving(channel, "another.Service"))
        assert unknown[0] is grpc.StatusCode.NOT_FOUND
        watch = HealthStub(channel).Watch(HealthCheckRequest())
        assert next(watch).status == HealthCheckResponse.SERVING
        points = Requests(at(0, 0))
        route = stub.RecordRoute.future(points)
        assert stub.GetFeature(at(0, 0), timeout=WATCHDOG_S)
        running.process.terminate()
        assert next(watch).status == HealthCheckResponse.NOT_SERVING
        for service in ("", *EVERY_SERVICE):
            assert not is_serving(channel, service)
        points.end()
        assert route.result(WATCHDOG_S).point_count == 1
        assert running.end()[0] == 0


def test_reflection_lists_and_describes_both_services() -> None:
    with serve() as running, grpc.insecure_channel(running.address) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert {"routeguide.RouteGuide", "routeguide.v1.FeatureService"} <= set(
            database.get_services()
        )
        pool = DescriptorPool(database)
        for name, method in (
            ("routeguide.RouteGuide", "GetFeature"),
            ("routeguide.v1.FeatureService", "SearchFeatures"),
        ):
            assert method in pool.FindServiceByName(name).methods_by_name


def test_without_reflection() -> None:
    with serve("--no-reflection") as running, grpc.insecure_channel(running.address) as channel:
        refused = status_of(lambda: ProtoReflectionDescriptorDatabase(channel).get_services())
        assert refused[0] is grpc.StatusCode.UNIMPLEMENTED


def without(*packages: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run `routeguide serve` as if some packages were not installed."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv[1].split(','))); del sys.argv[1];"
        "from routeguide.commands.main import main; sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, ",".join(packages), "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )


def test_reflection_names_the_missing_package() -> None:
    ended = without("grpc_reflection", arguments=["--reflection", "--address", "localhost:0"])
    reason = "--reflection needs grpcio-reflection: run `pip install 'routeguide[server]'`"
    assert (ended.returncode, ended.stderr) == (2, f"routeguide serve: {reason}\n")
