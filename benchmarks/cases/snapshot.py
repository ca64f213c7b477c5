"""The snapshot file: saving, opening, and several processes on one file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import ours
import text
from data import CACHE, fresh_names, uniform
from measure import Batches, Contender, race
from model import CaseResult, Goal, Settings, Table

from cases.memory import PROCESS
from routeguide_c import FeatureIndex

LAZY_LIMIT_MS, VERIFIED_LIMIT_MS, PRIVATE_LIMIT_MIB = 1.0, 150.0, 20.0
PROCESSES = 4
FEATURE_BYTES = 120  # at most, in the file; to check beforehand that it fits on the disk


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Snapshot")
    count = 100_000 if settings.quick else 10_000_000
    CACHE.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(CACHE).free < 2 * count * FEATURE_BYTES:
        raise SystemExit(f"{CACHE} has no room for a snapshot of {count:,} features")
    path = CACHE / "snapshot"
    try:
        _measure(result, path, count, settings)
    finally:
        path.unlink(missing_ok=True)
    return result


def _measure(result: CaseResult, path: Path, count: int, settings: Settings) -> None:
    index = ours.index_of(uniform(count), fresh_names(count))
    start_s = time.perf_counter()
    index.save(path)
    save_s = time.perf_counter() - start_s
    place = index.location(count // 2)
    del index
    path.read_bytes()  # into the page cache

    def answers(opened: Any) -> Any:
        """Return one answer of each kind: both ways must open the same index."""
        near = opened.query(*place, place[0] + 10_000_000, place[1] + 10_000_000)
        return np.array([len(opened), opened.find(*place), len(near)])

    def batches(number: int) -> list[Any]:
        return [[path] * 100]

    same_path: Batches = batches
    open_ = FeatureIndex.open
    contenders = [
        Contender(
            f"{name}{suffix}", f"open_(path, verify={verify}){use}", "path", {"open_": open_},
            prepare=lambda columns: columns, canonical=canonical,
        )
        for name, verify in (("lazily", False), ("verified", True))
        for suffix, use, canonical in (
            ("", "", answers),
            (", then one find", f".find{place}", None),
        )
    ]  # fmt: skip
    measured = race(contenders, same_path, settings.effort)
    names = list(measured.samples_s)
    size = path.stat().st_size
    rows = [[f"open {name}, and close", text.cost(measured.cost_s(name))] for name in names]
    rows.append(["save, once, synchronized to disk", text.seconds(save_s)])
    note = f"The file has {size / 1e6:,.0f} MB."
    result.tables.append(Table(f"uniform, n = {text.count(count)}", ["", ""], rows, note))

    private_mib = {verify: _private_mib(path, verify) for verify in (False, True)}
    rows = [
        ["verified" if verify else "lazily", *(f"{mib:.1f}" for mib in sizes)]
        for verify, sizes in private_mib.items()
    ]
    header = ["opened", *(f"process {number + 1}, MiB" for number in range(PROCESSES))]
    title = f"{PROCESSES} processes at once, private memory beyond that of the interpreter"
    result.tables.append(Table(title, header, rows))
    worst = max(size for sizes in private_mib.values() for size in sizes)
    lazy, verified = measured.cost_s("lazily"), measured.cost_s("verified")
    of = f"n = {text.count(count)}"
    in_cache = "snapshot, file in the page cache"
    shared = f"{PROCESSES} processes on one snapshot"
    result.goals = [
        Goal(in_cache, f"open lazily, {of}", LAZY_LIMIT_MS, "at most", "ms", lazy.median * 1e3,
             f"±{lazy.percent:.0f}%, closing included"),
        Goal(in_cache, f"open verified, {of}", VERIFIED_LIMIT_MS, "at most", "ms",
             verified.median * 1e3, f"±{verified.percent:.0f}%, closing included"),
        Goal(shared, f"private memory of each, {of}", PRIVATE_LIMIT_MIB, "at most", "MiB", worst,
             "the largest of four, lazily and verified"),
    ]  # fmt: skip


def _private_mib(path: Path, verify: bool) -> list[float]:
    command = [sys.executable, str(PROCESS), "open", str(path), "verify" if verify else "lazy"]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    try:
        figures: list[dict[str, float]] = []
        for step in ("started", "opened and read the file", "measured"):
            figures = []
            for process in processes:
                assert process.stdout is not None
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"a process ended before it {step}")
                figures.append(json.loads(line))
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
    finally:
        for process in processes:
            process.communicate()
    if len({figure["found"] for figure in figures}) != 1:
        raise RuntimeError("processes on one snapshot gave different answers")
    return [figure["private"] / 2**20 for figure in figures]
