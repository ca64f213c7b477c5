"""New features in a running server: on SIGHUP, or when the file is replaced."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from campaigns.load import EVERYTHING, FEATURES, ROUTE, write_generation
from campaigns.swap import CLIENTS, swap_under_load
from routeguide.domain.database import load
from routeguide.domain.dataset import GENERATION_KEY
from routeguide.pb.feature_service_pb2 import Box, GetDatasetRequest, SearchFeaturesRequest
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from routeguide.serving.workers.conversion import LARGE_BYTES
from support.serve_processes import (
    Client,
    ServeProcess,
    serve,
    wait_until,
    without_files_to_open,
    workers_of,
)
from support.serving import WATCHDOG_S, Requests, Stub, stub_for


@pytest.fixture
def features(tmp_path: Path) -> Path:
    path = tmp_path / "features.json"
    write_generation(path, 1)
    return path


@pytest.fixture(params=[[], ["--workers", "2"]], ids=["alone", "workers"])
def options(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


@pytest.fixture
def running(features: Path, options: list[str]) -> Iterator[ServeProcess]:
    with serve("--db", features, *options) as server:
        yield server


@pytest.fixture
def channel(running: ServeProcess) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(running.address) as channel:
        yield channel


@pytest.fixture
def stub(channel: grpc.Channel) -> Stub:
    return stub_for(channel)


def generation_of(features: Path) -> str:
    return load(features).fingerprint


def served(stub: Stub) -> str:
    """The generation of an answer."""
    _, call = stub.GetFeature.with_call(ROUTE[0], timeout=WATCHDOG_S)
    return str(dict(call.trailing_metadata())[GENERATION_KEY])


def replace(features: Path, number: int) -> str:
    """Put another generation in the place of a file; returns what it is called."""
    fresh = features.with_suffix(".fresh")
    write_generation(fresh, number)
    os.replace(fresh, features)
    return generation_of(features)


def hang_up(server: ServeProcess, stub: Stub, generation: str) -> None:
    """Until the server serves the generation."""
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(stub) == generation)


def test_every_call_names_its_generation(stub: Stub, features: Path) -> None:
    generation = generation_of(features)
    listed, chat = stub.ListFeatures(EVERYTHING), stub.RouteChat(iter(()))
    _, recorded = stub.RecordRoute.with_call(iter(ROUTE))
    assert len(list(listed)) == FEATURES + 1
    assert list(chat) == []
    for call in (listed, chat, recorded):
        assert dict(call.trailing_metadata())[GENERATION_KEY] == generation
    assert served(stub) == generation


def test_a_hangup_loads_the_file_again(running: ServeProcess, stub: Stub, features: Path) -> None:
    before = served(stub)
    after = replace(features, 2)
    assert served(stub) == before
    hang_up(running, stub, after)
    told = f"Now serving {FEATURES + 2} features, generation {after} (before: generation {before})"
    wait_until(lambda: running.said.splitlines()[1:] == [told])


def test_a_bad_file_leaves_the_old_one_serving(
    running: ServeProcess, stub: Stub, features: Path
) -> None:
    before = served(stub)
    features.write_text("[{}]")
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "Still serving" in running.said)
    assert f"Still serving the features from before: {features}: " in running.said
    assert served(stub) == before
    after = replace(features, 2)
    hang_up(running, stub, after)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux changes another's limits")
@pytest.mark.parametrize("padding", [0, LARGE_BYTES], ids=["small", "large"])
def test_a_server_without_files_to_open_serves_on(
    running: ServeProcess, stub: Stub, features: Path, padding: int
) -> None:
    before = served(stub)
    after = replace(features, 2)
    features.write_text(features.read_text() + " " * padding)
    workers = workers_of(running)
    beginning = "Still serving" if not workers else "Worker "
    with without_files_to_open(*(workers or {running.process.pid})):
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: running.said.count(beginning) == max(1, len(workers)))
        assert served(stub) == before
        fault = "no file is left to open (ulimit -n)" if workers else "Too many open files"
        assert running.said.count(fault + "\n") == max(1, len(workers))
    if not workers:
        running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(stub) == after)
    wait_until(lambda: "Now serving" in running.said)
    assert workers_of(running) == workers
    assert len(running.said.splitlines()) == 2 + max(1, len(workers))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux changes another's limits")
def test_workers_of_a_supervisor_without_files_to_open_serve_on(features: Path) -> None:
    with (
        serve("--db", features, "--workers", "2") as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        before = served(stub)
        after = replace(features, 2)
        with without_files_to_open(running.process.pid):
            running.process.send_signal(signal.SIGHUP)
            wait_until(lambda: running.said.endswith(": Too many open files\n"))
            assert served(stub) == before
        hang_up(running, stub, after)


def test_a_pipe_in_the_place_of_the_file_keeps_nobody_waiting(
    running: ServeProcess, stub: Stub, features: Path
) -> None:
    before = served(stub)
    features.unlink()
    os.mkfifo(features)
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "Still serving" in running.said)
    assert f"features from before: {features}: no plain file, and so not read" in running.said
    assert served(stub) == before
    after = replace(features, 2)
    hang_up(running, stub, after)


def test_a_large_file_is_read_beside_the_server(
    running: ServeProcess, channel: grpc.Channel, features: Path
) -> None:
    stub, service = stub_for(channel), FeatureServiceStub(channel)
    before = served(stub)
    padding = " " * LARGE_BYTES
    features.write_text("[{}]" + padding)
    running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: f"Still serving the features from before: {features}: " in running.said)
    assert served(stub) == before
    write_generation(features, 2)
    features.write_text(features.read_text() + padding)
    hang_up(running, stub, generation_of(features))
    assert service.GetDataset(GetDatasetRequest()).source == features.name
    for pid in workers_of(running) or {running.process.pid}:
        assert "/routeguide-" in Path(f"/proc/{pid}/maps").read_text()  # and so not read by itself


@pytest.mark.parametrize("in_place", [False, True])
def test_watched_files(features: Path, options: list[str], in_place: bool) -> None:
    with (
        serve("--db", features, "--watch", *options) as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        for number in (2, 3):
            if in_place:
                write_generation(features, number)
                after = generation_of(features)
            else:
                after = replace(features, number)
            wait_until(lambda after=after: served(stub) == after)  # type: ignore[misc]
        features.unlink()
        assert served(stub) == after
        assert "Still serving" not in running.said


def test_a_snapshot_is_served_and_replaced(tmp_path: Path, options: list[str]) -> None:
    database, snapshot = tmp_path / "features.json", tmp_path / "features.rgx"
    write_generation(database, 1)
    load(database).save(snapshot)
    with (
        serve("--db", snapshot, *options) as running,
        grpc.insecure_channel(running.address) as channel,
    ):
        stub = stub_for(channel)
        before = served(stub)
        damaged = bytearray(snapshot.read_bytes())
        damaged[-100] ^= 1
        (tmp_path / "damaged").write_bytes(damaged)
        os.replace(tmp_path / "damaged", snapshot)
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Still serving" in running.said)
        assert f"from before: '{snapshot}' is not a sound snapshot: " in running.said
        assert served(stub) == before
        write_generation(database, 2)
        load(database).save(snapshot)
        hang_up(running, stub, generation_of(database))


def test_calls_that_run_keep_their_features(
    running: ServeProcess, stub: Stub, features: Path
) -> None:
    before = served(stub)
    points = Requests(*ROUTE)
    route = stub.RecordRoute.future(points)
    assert served(stub) == before  # so the server has the route
    after = replace(features, 2)
    hang_up(running, stub, after)
    points.end()
    assert route.result(WATCHDOG_S).feature_count == FEATURES + 1
    assert dict(route.trailing_metadata())[GENERATION_KEY] == before


def test_pages_go_on_in_the_features_that_they_began_in(
    running: ServeProcess, channel: grpc.Channel, features: Path
) -> None:
    stub, service = stub_for(channel), FeatureServiceStub(channel)
    box = Box(south_e7=0, west_e7=0, north_e7=2, east_e7=2 * FEATURES)
    first = next(service.SearchFeatures(SearchFeaturesRequest(box=box, page_size=10)))
    after = replace(features, 2)
    hang_up(running, stub, after)
    assert service.GetDataset(GetDatasetRequest()).generation == after
    rest = service.SearchFeatures(
        SearchFeaturesRequest(box=box, page_size=100, page_token=first.next_page_token)
    )
    names = [feature.name for page in (first, *rest) for feature in page.features]
    assert names == [f"1 {i}" for i in range(FEATURES + 1)]


@pytest.mark.parametrize("how", [[], ["--watch"]], ids=["SIGHUP", "watch"])
def test_swaps_under_load(tmp_path: Path, how: list[str]) -> None:
    """A second of campaigns/swap.py."""
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        outcomes, met = swap_under_load(tmp_path, clients, 1.0, 0.1, *how)
    assert set(outcomes) == {"OK", "swaps"}
    assert met > 1
