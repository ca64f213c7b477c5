"""Clients generated from the protos in the tutorials, against one server.

Each is a program of its own that imports the generated code and nothing of this project.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import documented
from support.processes import kind_options, server
from support.serving import WATCHDOG_S

MESSAGES = """
message Point { int32 latitude = 1; int32 longitude = 2; }
message Rectangle { Point lo = 1; Point hi = 2; }
message Feature { string name = 1; Point location = 2; }
message RouteNote { Point location = 1; string message = 2; }
message RouteSummary {
  int32 point_count = 1;
  int32 feature_count = 2;
  int32 distance = 3;
  int32 elapsed_time = 4;
}
service RouteGuide {
  rpc GetFeature(Point) returns (Feature) {}
  rpc ListFeatures(Rectangle) returns (stream Feature) {}
  rpc RecordRoute(stream Point) returns (RouteSummary) {}
  rpc RouteChat(stream RouteNote) returns (stream RouteNote) {}
}
"""

# The calls of a tutorial's client, with its imports. ROUTE is defined before it; the arguments are
# the proto's name and the address.
PROGRAM = """
import importlib, sys
import grpc

name, address = sys.argv[1:]
pb2 = importlib.import_module(f"{name}_pb2")
stub_module = importlib.import_module(f"{name}_pb2_grpc")
assert not [module for module in sys.modules if module.startswith("routeguide")]

def point(latitude, longitude):
    return pb2.Point(latitude=latitude, longitude=longitude)

def note(message, latitude, longitude):
    return pb2.RouteNote(message=message, location=point(latitude, longitude))

with grpc.insecure_channel(address) as channel:
    stub = stub_module.RouteGuideStub(channel)
    print(stub.GetFeature(point(409146138, -746188906)).name)
    print(repr(stub.GetFeature.future(point(0, 0)).result().name))
    area = pb2.Rectangle(lo=point(400000000, -750000000), hi=point(420000000, -730000000))
    features = list(stub.ListFeatures(area))
    print(len(features), features[-1].name)
    summary = stub.RecordRoute(point(*place) for place in ROUTE)
    print(summary.point_count, summary.feature_count, summary.distance)
    notes = [note("one", 0, 1), note("two", 1, 0), note("three", 0, 1)]
    print([answer.message for answer in stub.RouteChat(iter(notes))])
"""

ANSWERS = """
Berkshire Valley Management Area Trail, Jefferson, NJ, USA
''
100 3 Hasta Way, Newton, NJ 07860, USA
10 10 850915
['one']
"""


@pytest.fixture(scope="module")
def address(kind: str) -> Iterator[str]:
    with server(*kind_options(kind)) as running:
        yield running.address


@pytest.mark.parametrize(
    ("proto", "package"),
    [("stream", "steam"), ("route_guide", None), ("route_guide", "routeguide")],
)
def test_a_generated_client_works_unchanged(
    address: str, tmp_path: Path, proto: str, package: str | None
) -> None:
    package_line = f"package {package};" if package else ""
    (tmp_path / f"{proto}.proto").write_text(f'syntax = "proto3";\n{package_line}\n{MESSAGES}')
    run(
        tmp_path,
        "-m",
        "grpc_tools.protoc",
        "-I.",
        "--python_out=.",
        "--grpc_python_out=.",
        f"{proto}.proto",
    )
    route = [(point.latitude, point.longitude) for point in documented.ROUTE]
    (tmp_path / "client.py").write_text(f"ROUTE = {route}\n{PROGRAM}")
    assert run(tmp_path, "client.py", proto, address) == ANSWERS.lstrip()


def run(folder: Path, *arguments: str) -> str:
    """Run Python on the arguments, and return its output."""
    ended = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=WATCHDOG_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout
