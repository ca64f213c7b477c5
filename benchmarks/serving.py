"""Measure what the servers cost; write the goals to benchmarks/SERVING.md.

'Own' is the time in a registered handler with its deserializer and serializer, called in a loop in
this process. The 'floor' is the CPU time that a server spends on a call whose handler does nothing,
with bytes that are neither encoded nor decoded. The floor and our server run in processes of their
own and take turns of a fraction of a second: floor, ours, ours, floor is a round. There are ten
rounds for a pair of processes and eight pairs; a ratio is the median over the rounds. Takes about
twelve minutes; needs Linux and numpy.
"""

from __future__ import annotations

import argparse
import sys

import machine
import report
import text
from model import Goal
from serving_floor import floor_ratios, scan_ratio
from serving_own import KINDS, own_costs
from serving_pages import page_costs

LIBRARIES = ["routeguide", "grpcio", "protobuf", "numpy"]

FLOOR_LIMITS = {
    "GetFeature": 1.05,
    "ListFeatures, a message": 1.08,
    "RecordRoute, a point": 1.10,
}
OWN_LIMITS_US = {
    "GetFeature": 5.0,
    "ListFeatures": 5.0,
    "RecordRoute": 3.0,
    "RouteChat": 10.0,
}
PAGES = "SearchFeatures, pages of 1,000"
SCAN = "GetFeature, 100 k features"

# Goals and Markdown of one part of the report.
Part = tuple[list[Goal], list[str]]


def at_most(case: str, part: str, limit: float, unit: str, value: float) -> Goal:
    return Goal(case, part, limit, "at most", unit, value)


def own(rounds: int, sizes: list[int]) -> Part:
    costs = own_costs(rounds, sizes)
    goals = []

    def medians_us(case: str, kind: str) -> list[float]:
        return [
            spread.median * 1e6
            for (name, of), spread in costs.items()
            if name.startswith(case) and of == kind
        ]

    for case, limit_us in OWN_LIMITS_US.items():
        for kind in KINDS:
            worst_us = max(medians_us(case, kind))
            goals.append(at_most(case, f"own, {kind}", limit_us, "µs", worst_us))
    for kind in KINDS:
        by_size_us = medians_us("GetFeature", kind)
        spread_us = max(by_size_us) - min(by_size_us)
        goals.append(at_most("GetFeature", f"own, by size, {kind}", 1, "µs", spread_us))
    rows = [[f"{case}, {kind}", text.cost(cost)] for (case, kind), cost in costs.items()]
    return goals, ["## Own", report.table(["handler", "time"], rows)]


def floor(quick: bool) -> Part:
    goals, rows = [], []
    for kind in KINDS:
        ratios = floor_ratios(kind, 2 if quick else 8, 2 if quick else 10, 320 if quick else 640)
        for case, found in ratios.items():
            ratio, noise = found.ratio, found.noise
            rows.append(
                [f"{case}, {kind}", text.cost(found.floor_s), text.cost(found.ours_s),
                 f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})",
                 f"{noise.low:.3f} to {noise.high:.3f}"]
            )  # fmt: skip
            if case in FLOOR_LIMITS:
                part = f"of the floor, {kind}"
                goals.append(at_most(case, part, FLOOR_LIMITS[case], "x", ratio.median))
    header = ["server CPU", "floor", "ours", "ratio (quartiles)", "the floor's own, turn to turn"]
    return goals, ["## Compared with the floor", report.table(header, rows)]


def pages(rounds: int) -> Part:
    goals, rows = [], []
    for kind in KINDS:
        costs = page_costs(kind, rounds)
        rows += [[f"{name}, {kind}", text.cost(cost)] for name, cost in costs.items()]
        cpu_us = costs["server CPU, pages"].median * 1e6
        goals.append(at_most(PAGES, f"CPU a feature, {kind}", 0.2, "µs", cpu_us))
        gain = costs["reader of ListFeatures"].median / costs["reader of pages"].median
        part = f"faster than ListFeatures, {kind}"
        goals.append(Goal(PAGES, part, 100, "at least", "x", gain))
    return goals, ["## Pages", report.table(["a feature", "time"], rows)]


def scan(rounds: int) -> Part:
    theirs, ours, ratio = scan_ratio(rounds)
    part = "the tutorials' servicer, relative to ours"
    rows = [[text.cost(theirs), text.cost(ours), text.times(ratio)]]
    header = ["theirs, server CPU a call", "ours", "ratio"]
    return (
        [Goal(SCAN, part, 40, "at least", "x", ratio.median)],
        ["## The tutorials' servicer at 100 k features", report.table(header, rows)],
    )


def main() -> None:
    summary, method = (__doc__ or "").split("\n\n", 1)
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--quick", action="store_true", help="measure less; write to build/bench")
    quick = parser.parse_args().quick
    sizes = [100, 10_000] if quick else [100, 10_000, 1_000_000, 10_000_000]
    described = machine.describe(LIBRARIES)
    goals: list[Goal] = []
    details: list[str] = []
    for name, measure in (
        ("own", lambda: own(5 if quick else 12, sizes)),
        ("floor", lambda: floor(quick)),
        ("pages", lambda: pages(3 if quick else 10)),
        ("scan", lambda: scan(3 if quick else 10)),
    ):
        print(f"{name} ...", file=sys.stderr, flush=True)
        found, tables = measure()
        goals += found
        details += tables
    report.Report(
        file="SERVING.md",
        title="Cost of serving" + (", in a quick run: rough" if quick else ""),
        command="make bench-serving",
        method=method,
        goals=goals,
        details=details,
        machine=described,
    ).write(is_complete=not quick)


if __name__ == "__main__":
    main()
