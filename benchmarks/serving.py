"""Measures what the servers cost, and writes benchmarks/SERVING.md.

    serving.py [--quick]

'Own' is the time in a registered handler with its deserializer and serializer, called in a loop
of this process. The 'floor' is the CPU time that a server spends on a call whose handler does
nothing, with bytes that nobody encodes or decodes; it and ours are servers in processes of their
own, which are asked at the same time, GetFeature in turns, so that the machine is the same for
both; a ratio is the median of the ratios round by round. About four minutes;
needs Linux and numpy.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent import futures
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import machine
import numpy as np
import report
import routeguide
import text
from data import uniform
from grpc.experimental import ChannelOptions
from measure import Spread
from model import Goal
from ours import index_of
from routeguide import aio_service, service
from routeguide.dataset import Dataset, Datasets
from routeguide.feature_service import aio_servicer, estimates, servicer
from routeguide.feature_service.queries import Queries
from routeguide.origin import Origin
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote
from routeguide.registration import add_feature_service, add_route_guide

HERE = Path(__file__).resolve().parent
LIBRARIES = ["routeguide", "grpcio", "protobuf", "numpy"]
KINDS = ("threads", "asyncio")
WORLD = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000)
LISTED = 2_000  # features of a ListFeatures call
ROUTE = 3_000  # points of a RecordRoute call
NOTES, PLACES = 4_000, 2_000
STREAMS = 16
SERVED = 100_000


# --- own: handlers called in a loop ---


class Handlers:
    """Collects what is registered, as a server would."""

    def __init__(self) -> None:
        self.of: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: object) -> None: ...

    def add_registered_method_handlers(self, service_name: str, handlers: Any) -> None:
        self.of.update(handlers)


class Context:
    """Of a call that nobody made."""

    def set_trailing_metadata(self, metadata: object) -> None: ...


def handlers_of(kind: str, index: Any) -> dict[str, Any]:
    registered = Handlers()
    datasets = Datasets(Dataset(index, Origin()))
    server: Any = registered
    if kind == "asyncio":
        add_route_guide(aio_service.RouteGuideServicer(index), server)
        add_feature_service(aio_servicer.FeatureServicer(datasets), server)
    else:
        add_route_guide(service.RouteGuideServicer(index), server)
        add_feature_service(servicer.FeatureServicer(datasets), server)
    return registered.of


def own_unary(kind: str, handler: Any, requests: list[bytes]) -> float:
    """Seconds a call."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call = handler.unary_unary

    async def aio() -> float:
        start_s = time.perf_counter()
        for request in requests:
            write(await call(read(request), context))
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio()) / len(requests)
    start_s = time.perf_counter()
    for request in requests:
        write(call(read(request), context))
    return (time.perf_counter() - start_s) / len(requests)


def own_answers(kind: str, handler: Any, request: bytes) -> tuple[float, int]:
    """Seconds a stream of answers, and how many."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call, count = handler.unary_stream, 0

    async def aio() -> float:
        nonlocal count
        start_s = time.perf_counter()
        async for answer in call(read(request), context):
            write(answer)
            count += 1
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio()), count
    start_s = time.perf_counter()
    for answer in call(read(request), context):
        write(answer)
        count += 1
    return time.perf_counter() - start_s, count


def own_requests(kind: str, handler: Any, requests: list[bytes]) -> float:
    """Seconds for a stream of requests, and the answers where there is a stream of those."""
    read, write, context = handler.request_deserializer, handler.response_serializer, Context()
    call = handler.stream_unary or handler.stream_stream
    answers_many = bool(handler.response_streaming)

    async def sent() -> AsyncIterator[Any]:
        for request in requests:
            yield read(request)

    async def aio() -> float:
        start_s = time.perf_counter()
        if answers_many:
            async for answer in call(sent(), context):
                write(answer)
        else:
            write(await call(sent(), context))
        return time.perf_counter() - start_s

    if kind == "asyncio":
        return asyncio.run(aio())
    start_s = time.perf_counter()
    if answers_many:
        for answer in call(map(read, requests), context):
            write(answer)
    else:
        write(call(map(read, requests), context))
    return time.perf_counter() - start_s


def repeated(rounds: int, measured: Callable[[], float]) -> Spread:
    measured()
    gc.collect()
    gc.disable()
    try:
        return Spread.of([measured() for _ in range(rounds)])
    finally:
        gc.enable()


def points_of(index: Any, count: int, seed: int = 1) -> list[bytes]:
    """Encoded points, all of them features'."""
    ids = np.random.default_rng(seed).integers(0, len(index), count)
    return [
        Point(latitude=lat_e7, longitude=lon_e7).SerializeToString()
        for lat_e7, lon_e7 in (index.location(int(i)) for i in ids)
    ]


def route_on(index: Any) -> list[bytes]:
    """Encoded points of a route, every other one a feature's. It stays in a small area: a trip is
    over when its length does not fit 32 bits of metres."""
    lat_e7, lon_e7 = index.location(0)
    steps = [(lat_e7 + 10 * i, lon_e7) for i in range(ROUTE // 2)]
    return [
        Point(latitude=lat, longitude=lon).SerializeToString()
        for step in steps
        for lat, lon in (step, (lat_e7, lon_e7))
    ]


def notes() -> list[bytes]:
    return [
        RouteNote(
            message=f"note {i}", location=Point(latitude=i % PLACES, longitude=7)
        ).SerializeToString()
        for i in range(NOTES)
    ]


def everything() -> bytes:
    south, west, north, east = WORLD
    lo, hi = Point(latitude=south, longitude=west), Point(latitude=north, longitude=east)
    return Rectangle(lo=lo, hi=hi).SerializeToString()


def search_everything(page_size: int) -> bytes:
    south, west, north, east = WORLD
    box = pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east)
    return pb.SearchFeaturesRequest(box=box, page_size=page_size).SerializeToString()


def named_index(count: int) -> Any:
    return index_of(uniform(count), [f"feature {i % 100_000}" for i in range(count)])


def threshold_costs(index: Any, rounds: int) -> dict[tuple[str, str], Spread]:
    """The largest queries that an asyncio server still answers from its event loop."""
    share = min(1.0, estimates.SHORT_BOX / len(index)) ** 0.5
    box = (0, 0, int(share * 1_799_000_000), int(share * 3_599_000_000))
    south, west = -box[2] // 2, -box[3] // 2
    box = (south, west, south + box[2], west + box[3])
    side_deg = (180 * 360 * min(0.1, estimates.SHORT_CIRCLE / len(index))) ** 0.5
    radius_m = 0.99 * side_deg / 2 * 111_194.9
    asked = np.random.default_rng(2).integers(0, len(index), estimates.SHORT_BATCH)
    columns = np.array([index.location(int(i)) for i in asked], np.int32).T.copy()
    batch = pb.BatchGetFeaturesRequest(
        points=[pb.Point(latitude_e7=int(lat), longitude_e7=int(lon)) for lat, lon in columns.T]
    )
    queries = Queries(Datasets(Dataset(index, Origin())))
    near = pb.NearestFeaturesRequest(center=pb.Point(), k=estimates.SHORT_NEAREST)

    def elapsed_s(work: Callable[[], object]) -> float:
        start_s = time.perf_counter()
        work()
        return time.perf_counter() - start_s

    works: dict[str, Callable[[], object]] = {
        f"search of {text.count(index.query_count(*box))}": lambda: index.query_box(*box),
        "telling that it is short": lambda: estimates.box_is_long(index, *box),
        f"within, {len(index.within(0, 0, radius_m)[0]):,} features": (
            lambda: index.within(0, 0, radius_m)
        ),
        "telling that this is, too": lambda: estimates.circle_is_long(index, 0, 0, radius_m),
        f"nearest {estimates.SHORT_NEAREST:,}": lambda: queries.nearest(near).run(),
        f"batch of {estimates.SHORT_BATCH:,}": lambda: queries.batch_get(batch).run(),
    }
    return {
        (name, "on the loop"): repeated(rounds, lambda work=work: elapsed_s(work))
        for name, work in works.items()
    }


def own_costs(rounds: int, sizes: list[int]) -> dict[tuple[str, str], Spread]:
    """By case and kind; GetFeature by its number of features as well."""
    costs: dict[tuple[str, str], Spread] = {}
    for size in sizes:
        index = named_index(size)
        asked = points_of(index, 5_000)
        for kind in KINDS:
            get = handlers_of(kind, index)["GetFeature"]
            costs[f"GetFeature, {text.count(size)} features", kind] = repeated(
                rounds, lambda kind=kind, get=get, asked=asked: own_unary(kind, get, asked)
            )
        if size == sizes[-1]:
            costs |= threshold_costs(index, rounds)
    few, many = named_index(LISTED), named_index(SERVED)
    for kind in KINDS:
        of_few, of_many = handlers_of(kind, few), handlers_of(kind, many)
        route = route_on(many)

        def listed(handlers: Any = of_few, kind: str = kind) -> float:
            elapsed_s, count = own_answers(kind, handlers["ListFeatures"], everything())
            return elapsed_s / count

        def searched(handlers: Any = of_many, kind: str = kind) -> float:
            elapsed_s, pages = own_answers(
                kind, handlers["SearchFeatures"], search_everything(1_000)
            )
            assert pages == SERVED // 1_000
            return elapsed_s / SERVED

        def recorded(handlers: Any = of_many, kind: str = kind, route: Any = route) -> float:
            return own_requests(kind, handlers["RecordRoute"], route) / ROUTE

        def chatted(handlers: Any = of_many, kind: str = kind) -> float:
            return own_requests(kind, handlers["RouteChat"], notes()) / NOTES

        costs["ListFeatures, a message", kind] = repeated(rounds, listed)
        costs["RecordRoute, a point", kind] = repeated(rounds, recorded)
        costs["RouteChat, a note", kind] = repeated(rounds, chatted)
        costs["SearchFeatures, a feature", kind] = repeated(rounds, searched)
    return costs


# --- servers in processes of their own ---


class Host:
    """A server process, and the ways of asking it."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        options = ((ChannelOptions.SingleThreadedUnaryStream, 1),)
        self.channel = grpc.insecure_channel(self.address, options)
        self._cpu = self.channel.unary_unary("/bench/Cpu")
        self.list = self.channel.unary_stream("/routeguide.RouteGuide/ListFeatures")
        self.record = self.channel.stream_unary("/routeguide.RouteGuide/RecordRoute")
        self.chat = self.channel.stream_stream("/routeguide.RouteGuide/RouteChat")
        self.get = self.channel.unary_unary("/routeguide.RouteGuide/GetFeature")
        self.search = self.channel.unary_stream("/routeguide.v1.FeatureService/SearchFeatures")

    def used_s(self) -> float:
        """CPU seconds that the server has used so far."""
        return int(self._cpu(b"")) * 1e-9

    def cpu_s(self, work: Callable[[], object]) -> float:
        """CPU seconds that the server spends on `work`."""
        before_s = self.used_s()
        work()
        return self.used_s() - before_s


def get_many(hosts: Sequence[Host], asked: list[bytes]) -> None:
    """GetFeature for each point and host, STREAMS at a time, the hosts in turn."""

    async def stream(calls: list[Any], share: list[bytes]) -> None:
        for request in share:
            for call in calls:
                await call(request)

    async def all_streams() -> None:
        async with AsyncExitStack() as stack:
            calls = []
            for host in hosts:
                channel = grpc.aio.insecure_channel(host.address)
                await stack.enter_async_context(channel)
                calls.append(channel.unary_unary("/routeguide.RouteGuide/GetFeature"))
            shares = [asked[i::STREAMS] for i in range(STREAMS)]
            await asyncio.gather(*(stream(calls, share) for share in shares))

    asyncio.run(all_streams())


def together(work: Callable[[Host], object]) -> Callable[[Sequence[Host]], None]:
    """The same work on every host at once, each from a thread."""

    def run(hosts: Sequence[Host]) -> None:
        with futures.ThreadPoolExecutor(len(hosts)) as pool:
            list(pool.map(work, hosts))

    return run


@contextmanager
def hosted(kind: str, what: str, count: int) -> Iterator[Host]:
    command = [sys.executable, str(HERE / "serving_host.py"), kind, what, str(count)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        host = Host(int(process.stdout.readline()))
        yield host
        host.channel.close()
        process.stdin.close()
        process.wait(30)


def drained(stream: Any) -> int:
    return sum(1 for _ in stream)


def floor_ratios(
    kind: str, rounds: int, calls: int
) -> dict[str, tuple[Spread, Spread, Spread, Spread]]:
    """By case: microseconds of the floor, of ours, theirs as a ratio, and the floor's own ratio of
    one round to the next, which says what a ratio can tell."""
    samples: dict[str, dict[str, list[float]]] = {}
    few = named_index(LISTED)
    asked, written, route = points_of(few, calls), notes(), route_on(few)
    with ExitStack() as stack:
        hosts = {
            "floor": stack.enter_context(hosted(kind, "floor", LISTED)),
            "ours": stack.enter_context(hosted(kind, "ours", LISTED)),
        }
        works: dict[str, tuple[int, Callable[[Sequence[Host]], object]]] = {
            "GetFeature": (calls, lambda both: get_many(both, asked)),
            "ListFeatures, a message": (
                LISTED,
                together(lambda host: drained(host.list(everything()))),
            ),
            "RecordRoute, a point": (ROUTE, together(lambda host: host.record(iter(route)))),
            "RouteChat, a note": (
                NOTES,
                together(lambda host: drained(host.chat(iter(written)))),
            ),
        }
        assert drained(hosts["ours"].list(everything())) == LISTED
        for number in range(rounds + 1):
            for case, (count, work) in works.items():
                before_s = {name: host.used_s() for name, host in hosts.items()}
                work(list(hosts.values()))
                if number:  # the first round warms up
                    of_case = samples.setdefault(case, {"floor": [], "ours": []})
                    for name, host in hosts.items():
                        of_case[name].append((host.used_s() - before_s[name]) / count)
    found = {}
    for case, of in samples.items():
        ratios = [one / floor for one, floor in zip(of["ours"], of["floor"], strict=True)]
        steps = [b / a for a, b in zip(of["floor"], of["floor"][1:], strict=False)]
        found[case] = (
            Spread.of(of["floor"]),
            Spread.of(of["ours"]),
            *map(Spread.of, (ratios, steps)),
        )
    return found


def page_costs(kind: str, rounds: int) -> dict[str, Spread]:
    """Seconds a feature: server CPU in pages, and elapsed for a reader in pages, by the typed
    client and one by one."""
    samples: dict[str, list[float]] = {}

    def add(name: str, value_s: float) -> None:
        samples.setdefault(name, []).append(value_s)

    def elapsed_s(work: Callable[[], object]) -> float:
        start_s = time.perf_counter()
        work()
        return time.perf_counter() - start_s

    request, list_request = search_everything(1_000), everything()
    with (
        hosted(kind, "ours", SERVED) as host,
        hosted(kind, "ours", LISTED) as small,
        routeguide.Client(host.address) as client,
    ):
        assert drained(client.search(*WORLD)) == SERVED
        for _ in range(rounds):
            add("server CPU, pages", host.cpu_s(lambda: drained(host.search(request))) / SERVED)
            add("reader of pages", elapsed_s(lambda: drained(host.search(request))) / SERVED)
            add("routeguide.Client", elapsed_s(lambda: drained(client.search(*WORLD))) / SERVED)
            add(
                "reader of ListFeatures",
                elapsed_s(lambda: drained(small.list(list_request))) / LISTED,
            )
    return {name: Spread.of(values) for name, values in samples.items()}


def scan_ratio(rounds: int) -> tuple[Spread, Spread, Spread]:
    """Server CPU of GetFeature at 100 k features: the documents' servicer, ours, the ratio."""
    asked = points_of(named_index(SERVED), 20)
    theirs_s, ours_s = [], []
    with hosted("threads", "documents", SERVED) as slow, hosted("threads", "ours", SERVED) as ours:
        assert [slow.get(asked[0])] == [ours.get(asked[0])]
        get_many([ours], asked * 10)
        for _ in range(rounds):
            theirs_s.append(slow.cpu_s(lambda: get_many([slow], asked)) / len(asked))
            ours_s.append(ours.cpu_s(lambda: get_many([ours], asked * 20)) / (20 * len(asked)))
    ratios = [slow / own for slow, own in zip(theirs_s, ours_s, strict=True)]
    return Spread.of(theirs_s), Spread.of(ours_s), Spread.of(ratios)


# --- the report ---

FLOOR_GOALS = {
    "GetFeature": 1.05,
    "ListFeatures, a message": 1.08,
    "RecordRoute, a point": 1.10,
}
OWN_GOALS_US = {
    "GetFeature": 5.0,
    "ListFeatures": 5.0,
    "RecordRoute": 3.0,
    "RouteChat": 10.0,
}


PAGES = "SearchFeatures, pages of 1,000"
SCAN = "GetFeature, 100 k features"


def most(case: str, part: str, limit: float, unit: str, value: float, remarks: str = "") -> Goal:
    return Goal(case, part, limit, "at most", unit, value, remarks)


def run(quick: bool) -> str:
    rounds = 5 if quick else 12
    sizes = [100, 10_000] if quick else [100, 10_000, 1_000_000, 10_000_000]
    described = machine.describe(LIBRARIES)
    parts = [
        "# What serving costs",
        "Written by `make bench-serving`.",
        (__doc__ or "").split("\n\n", 2)[2].strip(),
    ]
    goals: list[Goal] = []

    print("own ...", file=sys.stderr, flush=True)
    own = own_costs(rounds, sizes)
    for case in OWN_GOALS_US:
        for kind in KINDS:
            worst = max(
                spread.median for (name, of), spread in own.items()
                if name.startswith(case) and of == kind
            )  # fmt: skip
            goals.append(most(case, f"own, {kind}", OWN_GOALS_US[case], "µs", worst * 1e6))
    for kind in KINDS:
        by_size = [
            spread.median for (name, of), spread in own.items()
            if name.startswith("GetFeature") and of == kind
        ]  # fmt: skip
        spread_us = (max(by_size) - min(by_size)) * 1e6
        goals.append(most("GetFeature", f"own, by size, {kind}", 1, "µs", spread_us))

    floor_rows = []
    for kind in KINDS:
        print(f"floor, {kind} ...", file=sys.stderr, flush=True)
        ratios = floor_ratios(kind, 3 if quick else 20, 320 if quick else 640)
        for case, (floor, ours, ratio, noise) in ratios.items():
            floor_rows.append(
                [f"{case}, {kind}", text.cost(floor), text.cost(ours),
                 f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})",
                 f"{noise.low:.3f} to {noise.high:.3f}"]
            )  # fmt: skip
            if case in FLOOR_GOALS:
                limit = FLOOR_GOALS[case]
                goals.append(most(case, f"of the floor, {kind}", limit, "x", ratio.median))

    page_rows = []
    for kind in KINDS:
        print(f"pages, {kind} ...", file=sys.stderr, flush=True)
        pages = page_costs(kind, 3 if quick else 10)
        page_rows += [[f"{name}, {kind}", text.cost(cost)] for name, cost in pages.items()]
        cpu_us = pages["server CPU, pages"].median * 1e6
        goals.append(most(PAGES, f"CPU a feature, {kind}", 0.2, "µs", cpu_us))
        gain = pages["reader of ListFeatures"].median / pages["reader of pages"].median
        goals.append(Goal(PAGES, f"to ListFeatures, {kind}", 100, "at least", "x", gain))

    print("scan ...", file=sys.stderr, flush=True)
    theirs, ours, ratio = scan_ratio(3 if quick else 10)
    goals.append(Goal(SCAN, "the documents' servicer to ours", 40, "at least", "x", ratio.median))

    parts += ["## Goals", report.goals_table(goals), report.goals_summary(goals)]
    own_rows = [[f"{case}, {kind}", text.cost(cost)] for (case, kind), cost in own.items()]
    parts += ["## Own", report.table(["handler", "time"], own_rows)]
    header = ["server CPU", "floor", "ours", "ratio (quartiles)", "the floor's own, round to round"]
    parts += ["## Beside the floor", report.table(header, floor_rows)]
    parts += ["## Pages", report.table(["a feature", "time"], page_rows)]
    scan_rows = [[text.cost(theirs), text.cost(ours), text.times(ratio)]]
    parts += [
        "## The documents' servicer at 100 k features",
        report.table(["theirs, server CPU a call", "ours", "ratio"], scan_rows),
        "## Machine",
        report.table(["", ""], [[key, value] for key, value in described.items()], ":---"),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="less of it, and nothing written")
    options = parser.parse_args()
    written = run(options.quick)
    if not options.quick:
        (HERE / "SERVING.md").write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
