"""Measures what the servers cost, and writes benchmarks/SERVING.md.

    serving.py [--quick]

'Own' is the time in a registered handler with its deserializer and serializer, called in a loop
of this process. The 'floor' is the CPU time that a server spends on a call whose handler does
nothing, with bytes that nobody encodes or decodes. It and ours are servers in processes of their
own, which are asked in turns of a fraction of a second: floor, ours, ours, floor is a round, there
are ten of them to a pair of processes and eight pairs, and a ratio is the median of the rounds'.
About twelve minutes; needs Linux and numpy.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import machine
import report
import text
from model import Goal
from serving_floor import floor_ratios, scan_ratio
from serving_own import KINDS, own_costs
from serving_pages import page_costs

HERE = Path(__file__).resolve().parent
LIBRARIES = ["routeguide", "grpcio", "protobuf", "numpy"]

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
        ratios = floor_ratios(kind, 2 if quick else 8, 2 if quick else 10, 320 if quick else 640)
        for case, found in ratios.items():
            ratio, noise = found.ratio, found.noise
            floor_rows.append(
                [f"{case}, {kind}", text.cost(found.floor_s), text.cost(found.ours_s),
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
    if any(goal.met is False for goal in goals):
        parts += ["What was tried where a figure falls short:", report.tried(goals)]
    own_rows = [[f"{case}, {kind}", text.cost(cost)] for (case, kind), cost in own.items()]
    parts += ["## Own", report.table(["handler", "time"], own_rows)]
    header = ["server CPU", "floor", "ours", "ratio (quartiles)", "the floor's own, turn to turn"]
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
