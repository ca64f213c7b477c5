"""New features in a running server: on SIGHUP, or when the file is replaced."""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from campaigns.load import EVERYTHING, FEATURES, ROUTE, write_generation
from campaigns.swap import swap_under_load
from routeguide.domain.database import load
from routeguide.domain.dataset import GENERATION_KEY
from routeguide.pb.feature_service_pb2 import Box, GetDatasetRequest, SearchFeaturesRequest
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from routeguide.serving.swap import Reloader
from routeguide.serving.workers.features_file import LARGE_BYTES
from support.serve_processes import (
    Client,
    ServeProcess,
    children_of,
    serve,
    unnamed_files_mapped_by,
    wait_until,
    without_files_to_open,
)
from support.serving import WATCHDOG_S, Requests, Stub, stub_for


class Features:
    """A file of features that tests replace, each time by another generation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers = itertools.count(1)
        self.write()

    def write(self) -> str:
        """Write the next generation in place; return its name."""
        self.number = next(self._numbers)
        write_generation(self.path, self.number)
        return load(self.path).fingerprint

    def replace(self) -> str:
        """Replace the file by one with the next generation; return its name."""
        self.number = next(self._numbers)
        fresh = self.path.with_suffix(".fresh")
        write_generation(fresh, self.number)
        os.replace(fresh, self.path)
        return load(self.path).fingerprint


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Features:
    return Features(tmp_path_factory.mktemp("reload") / "features.json")


@pytest.fixture(scope="module")
def running(features: Features, options: list[str]) -> Iterator[ServeProcess]:
    """A server that no test stops."""
    features.replace()
    with serve("--db", features.path, *options) as server:
        yield server


@pytest.fixture(scope="module")
def channel(running: ServeProcess) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(running.address) as channel:
        yield channel


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> Stub:
    return stub_for(channel)


def served(stub: Stub) -> str:
    """The generation that a call names."""
    _, call = stub.GetFeature.with_call(ROUTE[0], timeout=WATCHDOG_S)
    return str(dict(call.trailing_metadata())[GENERATION_KEY])


def reload(server: ServeProcess, stub: Stub, generation: str) -> None:
    """Send SIGHUP and wait until the generation is served, and logged by all processes."""
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(stub) == generation)
    server.wait_for_log(f"generation {generation} (before: ")


def expect_failure(server: ServeProcess, reason: str) -> None:
    """Send SIGHUP and wait until the log says why the file is not loaded."""
    line = f"Still serving the previous features: {reason}"
    count = server.log.count(line)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for_log(line, count + 1)


def test_every_call_names_its_generation(stub: Stub, features: Features) -> None:
    generation = load(features.path).fingerprint
    listed, chat = stub.ListFeatures(EVERYTHING), stub.RouteChat(iter(()))
    _, recorded = stub.RecordRoute.with_call(iter(ROUTE))
    assert len(list(listed)) == FEATURES + features.number
    assert list(chat) == []
    for call in (listed, chat, recorded):
        assert dict(call.trailing_metadata())[GENERATION_KEY] == generation
    assert served(stub) == generation


def test_sighup_loads_the_file_again(running: ServeProcess, stub: Stub, features: Features) -> None:
    before = served(stub)
    after = features.replace()
    assert served(stub) == before
    lines = len(running.log.splitlines())
    reload(running, stub, after)
    count = FEATURES + features.number
    line = f"Now serving {count} features, generation {after} (before: generation {before})"
    wait_until(lambda: running.log.splitlines()[lines:] == [line])


def test_an_invalid_file_leaves_the_previous_one_serving(
    running: ServeProcess, stub: Stub, features: Features
) -> None:
    before = served(stub)
    features.path.write_text("[{}]")
    expect_failure(running, f"{features.path}: ")
    assert served(stub) == before
    reload(running, stub, features.replace())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux changes limits of other processes")
@pytest.mark.parametrize("padding", [0, LARGE_BYTES], ids=["small", "large"])
def test_a_server_without_files_to_open_serves_on(
    running: ServeProcess, stub: Stub, features: Features, padding: int
) -> None:
    before = served(stub)
    after = features.replace()
    features.path.write_text(features.path.read_text() + " " * padding)
    workers = children_of(running)
    count = max(1, len(workers))
    lines = len(running.log.splitlines())
    with without_files_to_open(*serving_pids(running)):
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: failures(running, lines) == count)
        assert served(stub) == before
    if not workers:
        running.process.send_signal(signal.SIGHUP)
    wait_until(lambda: served(stub) == after)
    wait_until(lambda: len(running.log.splitlines()) == lines + count + 1)
    assert failures(running, lines) == count
    assert children_of(running) == workers


def failures(server: ServeProcess, since: int) -> int:
    """The number of processes that have said that they cannot open the new features."""
    return sum(line.endswith("Too many open files") for line in server.log.splitlines()[since:])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux changes limits of other processes")
def test_a_failure_to_open_files_while_loading_changes_nothing(
    running: ServeProcess, stub: Stub, features: Features
) -> None:
    before = served(stub)
    after = features.replace()
    with without_files_to_open(running.process.pid):
        expect_failure(running, "")
        assert running.log.endswith(": Too many open files\n")
        assert served(stub) == before
    reload(running, stub, after)


def test_a_pipe_instead_of_the_file_blocks_nothing(
    running: ServeProcess, stub: Stub, features: Features
) -> None:
    before = served(stub)
    features.path.unlink()
    os.mkfifo(features.path)
    expect_failure(running, f"{features.path}: not a regular file; not reloaded")
    assert served(stub) == before
    reload(running, stub, features.replace())


def test_a_large_file_is_converted_by_another_process(
    running: ServeProcess, channel: grpc.Channel, features: Features
) -> None:
    stub, service = stub_for(channel), FeatureServiceStub(channel)
    before = served(stub)
    padding = " " * LARGE_BYTES
    features.path.write_text("[{}]" + padding)
    expect_failure(running, f"{features.path}: ")
    assert served(stub) == before
    after = features.write()
    features.path.write_text(features.path.read_text() + padding)
    mapped = {pid: unnamed_files_mapped_by(pid) for pid in serving_pids(running)}
    reload(running, stub, after)
    assert service.GetDataset(GetDatasetRequest()).source == features.path.name
    for pid, before_it in mapped.items():
        wait_until(lambda: unnamed_files_mapped_by(pid) - before_it != set())  # noqa: B023


def serving_pids(server: ServeProcess) -> set[int]:
    return children_of(server) or {server.process.pid}


def test_running_calls_keep_their_features(
    running: ServeProcess, stub: Stub, features: Features
) -> None:
    before, count = served(stub), FEATURES + features.number
    points = Requests(*ROUTE)
    route = stub.RecordRoute.future(points)
    assert served(stub) == before  # so the server has the route
    reload(running, stub, features.replace())
    points.end()
    assert route.result(WATCHDOG_S).feature_count == count
    assert dict(route.trailing_metadata())[GENERATION_KEY] == before


def test_pages_continue_with_the_features_they_began_with(
    running: ServeProcess, channel: grpc.Channel, features: Features
) -> None:
    stub, service = stub_for(channel), FeatureServiceStub(channel)
    number = features.number
    box = Box(south_e7=0, west_e7=0, north_e7=2, east_e7=2 * FEATURES)
    first = next(service.SearchFeatures(SearchFeaturesRequest(box=box, page_size=10)))
    after = features.replace()
    reload(running, stub, after)
    assert service.GetDataset(GetDatasetRequest()).generation == after
    rest = service.SearchFeatures(
        SearchFeaturesRequest(box=box, page_size=100, page_token=first.next_page_token)
    )
    names = [feature.name for page in (first, *rest) for feature in page.features]
    assert names == [f"{number} {i}" for i in range(FEATURES + number)]


def test_watched_files(tmp_path: Path, options: list[str]) -> None:
    """Replaced, then written in place."""
    watched = Features(tmp_path / "features.json")
    with (
        serve("--db", watched.path, "--watch", *options) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = stub_for(channel)
        for change in (watched.replace, watched.replace, watched.write, watched.write):
            after = change()
            wait_until(lambda after=after: served(stub) == after)  # type: ignore[misc]
        watched.path.unlink()
        assert served(stub) == after
        assert "Still serving" not in server.log


def test_a_snapshot_is_served_and_replaced(tmp_path: Path, options: list[str]) -> None:
    database = Features(tmp_path / "features.json")
    snapshot = tmp_path / "features.rgx"
    load(database.path).save(snapshot)
    with (
        serve("--db", snapshot, *options) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = stub_for(channel)
        before = served(stub)
        damaged = bytearray(snapshot.read_bytes())
        damaged[-100] ^= 1
        (tmp_path / "damaged").write_bytes(damaged)
        os.replace(tmp_path / "damaged", snapshot)
        expect_failure(server, f"'{snapshot}' is not a sound snapshot: ")
        assert served(stub) == before
        after = database.write()
        load(database.path).save(snapshot)
        reload(server, stub, after)


@pytest.mark.parametrize("how", [[], ["--watch"]], ids=["SIGHUP", "watch"])
def test_swaps_under_load(tmp_path: Path, clients: list[Client], how: list[str]) -> None:
    """Half a second of campaigns/swap.py."""
    outcomes, seen = swap_under_load(tmp_path, clients, 0.5, 0.1, *how)
    assert set(outcomes) == {"OK", "swaps"}
    assert seen > 1


def test_a_failed_swap_does_not_end_reloading(caplog: pytest.LogCaptureFixture) -> None:
    results: asyncio.Queue[str] = asyncio.Queue()
    loaded = iter(range(3))

    def swap(number: int) -> None:
        if number < 2:
            raise RuntimeError(f"swap {number} failed")
        results.put_nowait(f"swapped {number}")

    async def reload_three_times() -> None:
        reloader = Reloader(None, lambda: next(loaded), swap, results.put_nowait)
        running = asyncio.create_task(reloader.run())
        for result in ("RuntimeError: swap 0 failed", "RuntimeError: swap 1 failed", "swapped 2"):
            reloader.request()
            assert await results.get() == result
        running.cancel()

    asyncio.run(asyncio.wait_for(reload_three_times(), WATCHDOG_S))
    assert caplog.text.count("Traceback") == 2
