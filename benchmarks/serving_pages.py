"""The cost of a feature in pages, for the server and for the client."""

from __future__ import annotations

import time
from collections.abc import Callable

import routeguide
from measure import Spread
from serving_hosts import drained, hosted
from serving_requests import LISTED, SERVED, WORLD, list_world, search_world


def page_costs(kind: str, rounds: int) -> dict[str, Spread]:
    """Return seconds per feature.

    Server CPU for pages; elapsed time of a client that reads pages, of the typed client, and of a
    client that reads ListFeatures.
    """
    samples: dict[str, list[float]] = {}

    def add(name: str, value_s: float) -> None:
        samples.setdefault(name, []).append(value_s)

    def elapsed_s(work: Callable[[], object]) -> float:
        start_s = time.perf_counter()
        work()
        return time.perf_counter() - start_s

    request, list_request = search_world(1_000), list_world()
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
