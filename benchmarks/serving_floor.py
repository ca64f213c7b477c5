"""Ours beside the floor: a server whose handlers do nothing, with bytes that nobody encodes or
decodes. They take turns, so that only one of them works at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from measure import Spread
from serving_hosts import Host, drained, get_many, hosted
from serving_requests import (
    LISTED,
    NOTES,
    ROUTE,
    SERVED,
    everything,
    named_index,
    notes,
    points_of,
    route_on,
)


@dataclass(frozen=True)
class Beside:
    """Server CPU seconds of the floor and of ours, their ratio round by round, and the ratio of the
    floor's own two turns of a round, which says what a ratio can tell."""

    floor_s: Spread
    ours_s: Spread
    ratio: Spread
    noise: Spread


Turns = tuple[float, float, float, float]  # of a round: floor, ours, ours, floor


def beside(rounds: list[Turns]) -> Beside:
    """What grows or shrinks steadily during a round falls on both alike."""
    return Beside(
        Spread.of([(a + d) / 2 for a, _, _, d in rounds]),
        Spread.of([(b + c) / 2 for _, b, c, _ in rounds]),
        Spread.of([(b + c) / (a + d) for a, b, c, d in rounds]),
        Spread.of([d / a for a, _, _, d in rounds]),
    )


def floor_ratios(kind: str, pairs: int, rounds: int, calls: int) -> dict[str, Beside]:
    """By case, seconds a call or a message.

    Two processes that run the same server differ by several per cent for as long as they live, so
    there are several pairs of them.
    """
    index = named_index(LISTED)
    asked, written = points_of(index, calls), notes()
    route, all_of_it = route_on(index), everything()
    works: dict[str, tuple[int, Callable[[Host], object]]] = {
        "GetFeature": (calls, lambda host: get_many(host, asked)),
        "ListFeatures, a message": (LISTED, lambda host: drained(host.list(all_of_it))),
        "RecordRoute, a point": (ROUTE, lambda host: host.record(iter(route))),
        "RouteChat, a note": (NOTES, lambda host: drained(host.chat(iter(written)))),
    }
    found: dict[str, list[Turns]] = {case: [] for case in works}

    def turn(case: str, host: Host) -> float:
        count, work = works[case]
        return host.cpu_s(lambda: work(host)) / count

    for _ in range(pairs):
        with hosted(kind, "floor", LISTED) as floor, hosted(kind, "ours", LISTED) as ours:
            assert drained(ours.list(all_of_it)) == drained(floor.list(all_of_it)) == LISTED
            for case, of_case in found.items():
                turn(case, floor), turn(case, ours)  # warms up
                for _ in range(rounds):
                    a, b, c, d = (turn(case, host) for host in (floor, ours, ours, floor))
                    of_case.append((a, b, c, d))
    return {case: beside(of_case) for case, of_case in found.items()}


def scan_ratio(rounds: int) -> tuple[Spread, Spread, Spread]:
    """Server CPU of GetFeature at 100 k features: the documents' servicer, ours, the ratio."""
    asked = points_of(named_index(SERVED), 20)
    theirs_s, ours_s = [], []
    with hosted("threads", "documents", SERVED) as slow, hosted("threads", "ours", SERVED) as ours:
        assert [slow.get(asked[0])] == [ours.get(asked[0])]
        get_many(ours, asked * 10)
        for _ in range(rounds):
            theirs_s.append(slow.cpu_s(lambda: get_many(slow, asked)) / len(asked))
            ours_s.append(ours.cpu_s(lambda: get_many(ours, asked * 20)) / (20 * len(asked)))
    ratios = [slow / own for slow, own in zip(theirs_s, ours_s, strict=True)]
    return Spread.of(theirs_s), Spread.of(ours_s), Spread.of(ratios)
