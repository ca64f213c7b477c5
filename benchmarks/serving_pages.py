"""What a feature costs in pages: the server, and who reads them."""

from __future__ import annotations

import time
from collections.abc import Callable

import routeguide
from measure import Spread
from serving_hosts import drained, hosted
from serving_requests import LISTED, SERVED, WORLD, everything, search_everything


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
