"""Measure the index against its peers; write the goals to benchmarks/RESULTS.md.

Each case runs in its own process and on one thread, unless a row says otherwise. The answers of all
contenders are compared before any timing. Contenders take turns in random order, and each
repetition asks new queries. A cost is the median over the repetitions, ± half the interquartile
range; a ratio is the median of the ratios within each repetition. If a contender is called once per
query, the cost of the bare `for` loop is subtracted; the call and the creation of its arguments are
included.

A full run takes about 20 minutes, 6 GB of memory and 2 GB of disk; a quick one under two minutes,
and it writes to build/bench only. Needs Linux and `pip install '.[bench]'`.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

# Before anything that starts a thread pool is imported, here and in every process below.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import machine  # noqa: E402
import report  # noqa: E402
from model import CaseResult, Settings  # noqa: E402

CASES = [
    "find", "find_many", "rectangles", "skew", "everything", "build", "nearest", "along",
    "haversine", "snapshot", "memory", "growth",
]  # fmt: skip


def run_case(name: str, settings: Settings) -> CaseResult:
    result: CaseResult = importlib.import_module(f"cases.{name}").run(settings)
    return result


def run_in_new_process(name: str, settings: Settings) -> CaseResult:
    """Run a case in a new process, so that it neither inherits a heap nor leaves memory behind."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as executor:
        return executor.submit(run_case, name, settings).result()


def details(result: CaseResult) -> list[str]:
    """Return a case's tables and expressions as Markdown."""
    parts = [f"## {result.title}"]
    for one in result.tables:
        parts += [f"### {one.title}", report.table(one.header, one.rows)]
        if one.note:
            parts.append(one.note)
    if result.expressions:
        rows = [[name, f"`{expression}`"] for name, expression in result.expressions]
        parts.append(report.table(["", "timed expression"], rows, ":---"))
    return parts


def main() -> None:
    summary, method = (__doc__ or "").split("\n\n", 1)
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--quick", action="store_true", help="small sizes, few repetitions")
    parser.add_argument(
        "--case", action="append", choices=CASES, metavar="NAME",
        help=f"measure only this case; may be repeated: {', '.join(CASES)}",
    )  # fmt: skip
    options = parser.parse_args()
    described = machine.describe(machine.INDEX_LIBRARIES)
    results = []
    for name in options.case or CASES:
        start_s = time.perf_counter()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        results.append(run_in_new_process(name, Settings(quick=options.quick)))
        print(f"{time.perf_counter() - start_s:.0f} s", file=sys.stderr, flush=True)
    report.Report(
        file="RESULTS.md",
        title="Benchmark results" + (" of a quick run: rough" if options.quick else ""),
        command="make bench",
        method=method,
        goals=[goal for result in results for goal in result.goals],
        details=[part for result in results for part in details(result)],
        machine=described,
    ).write(is_complete=not options.case and not options.quick)


if __name__ == "__main__":
    main()
