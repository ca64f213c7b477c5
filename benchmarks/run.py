"""Measures the index against its peers and writes benchmarks/RESULTS.md.

The full run takes about 20 minutes, 6 GB of memory and 2 GB of disk; the quick one under two
minutes, and writes under build/bench only. Needs Linux, and `pip install '.[bench]'`.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# Before anything that starts a pool of threads is imported, here and in every process below.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import machine  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
from model import CaseResult, Settings  # noqa: E402

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"
CASES = [
    "find", "find_many", "rectangles", "skew", "everything", "build", "nearest", "along",
    "haversine", "snapshot", "memory", "growth",
]  # fmt: skip


def run_case(name: str, settings: Settings) -> CaseResult:
    result: CaseResult = importlib.import_module(f"cases.{name}").run(settings)
    return result


def run_alone(name: str, settings: Settings) -> CaseResult:
    """In a new process: no case inherits another's heap, and all memory goes back at the end."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as executor:
        return executor.submit(run_case, name, settings).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, few repetitions")
    parser.add_argument(
        "--case", action="append", choices=CASES, metavar="NAME",
        help=f"only this case, again for more: {', '.join(CASES)}; prints the report",
    )  # fmt: skip
    options = parser.parse_args()
    settings = Settings(quick=options.quick)
    described = machine.describe()
    results = []
    for name in options.case or CASES:
        start_s = time.perf_counter()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        results.append(run_alone(name, settings))
        print(f"{time.perf_counter() - start_s:.0f} s", file=sys.stderr, flush=True)

    BUILD.mkdir(parents=True, exist_ok=True)
    complete = not options.case and not options.quick
    folder = HERE if complete else BUILD
    figure, results_file = folder / "results.svg", folder / "RESULTS.md"
    raw = {"machine": described, "cases": [dataclasses.asdict(result) for result in results]}
    (BUILD / "results.json").write_text(json.dumps(raw, indent=1), encoding="utf-8")
    series = {name: points for result in results for name, points in result.series.items()}
    plot.draw(series, described["processor"].partition(",")[0], figure)
    text = report.render(results, described, options.quick, figure.name)
    results_file.write_text(text, encoding="utf-8")
    goals = [goal for result in results for goal in result.goals]
    print(text if options.case else report.goals_table(goals))
    print(f"{report.goals_summary(goals)} Everything: {results_file}", file=sys.stderr)


if __name__ == "__main__":
    main()
