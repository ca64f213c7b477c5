"""Compare our server with the floor: a server whose handlers do nothing, on undecoded bytes.

The two take turns, so that only one of them works at a time.
"""

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
    list_world,
    named_index,
    notes,
    points_of,
    route_on,
)


@dataclass(frozen=True)
class Comparison:
    """Server CPU seconds of the floor and of ours, and their ratio by round.

    `noise` is the ratio of the floor's two turns within a round: the error of a ratio.
    """

    floor_s: Spread
    ours_s: Spread
    ratio: Spread
    noise: Spread


Turns = tuple[float, float, float, float]  # of a round: floor, ours, ours, floor


def compare(rounds: list[Turns]) -> Comparison:
    """A steady change during a round affects both alike."""
    return Comparison(
        Spread.of([(a + d) / 2 for a, _, _, d in rounds]),
        Spread.of([(b + c) / 2 for _, b, c, _ in rounds]),
        Spread.of([(b + c) / (a + d) for a, b, c, d in rounds]),
        Spread.of([d / a for a, _, _, d in rounds]),
    )


def floor_ratios(kind: str, pairs: int, rounds: int, calls: int) -> dict[str, Comparison]:
    """Return seconds per call or per message, by case.

    Two processes that run the same server differ by several percent throughout their lives, so
    several pairs are measured.
    """
    index = named_index(LISTED)
    asked, written = points_of(index, calls), notes()
    route, world = route_on(index), list_world()
    works: dict[str, tuple[int, Callable[[Host], object]]] = {
        "GetFeature": (calls, lambda host: get_many(host, asked)),
        "ListFeatures, a message": (LISTED, lambda host: drained(host.list(world))),
        "RecordRoute, a point": (ROUTE, lambda host: host.record(iter(route))),
        "RouteChat, a note": (NOTES, lambda host: drained(host.chat(iter(written)))),
    }
    found: dict[str, list[Turns]] = {case: [] for case in works}

    def turn(case: str, host: Host) -> float:
        count, work = works[case]
        return host.cpu_s(lambda: work(host)) / count

    for _ in range(pairs):
        with hosted(kind, "floor", LISTED) as floor, hosted(kind, "ours", LISTED) as ours:
            assert drained(ours.list(world)) == drained(floor.list(world)) == LISTED
            for case, of_case in found.items():
                turn(case, floor), turn(case, ours)  # warms up
                for _ in range(rounds):
                    a, b, c, d = (turn(case, host) for host in (floor, ours, ours, floor))
                    of_case.append((a, b, c, d))
    return {case: compare(of_case) for case, of_case in found.items()}


def scan_ratio(rounds: int) -> tuple[Spread, Spread, Spread]:
    """Return server CPU of GetFeature: the tutorials' servicer, ours, and the ratio."""
    asked = points_of(named_index(SERVED), 20)
    theirs_s, ours_s = [], []
    with hosted("threads", "scan", SERVED) as slow, hosted("threads", "ours", SERVED) as ours:
        assert [slow.get(asked[0])] == [ours.get(asked[0])]
        get_many(ours, asked * 10)
        for _ in range(rounds):
            theirs_s.append(slow.cpu_s(lambda: get_many(slow, asked)) / len(asked))
            ours_s.append(ours.cpu_s(lambda: get_many(ours, asked * 20)) / (20 * len(asked)))
    ratios = [slow / own for slow, own in zip(theirs_s, ours_s, strict=True)]
    return Spread.of(theirs_s), Spread.of(ours_s), Spread.of(ratios)
