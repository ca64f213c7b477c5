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
NAMED_BYTES = 120  # a feature in the file, at most, to see beforehand whether it fits on the disk


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Snapshot")
    count = 100_000 if settings.quick else 10_000_000
    missing = ours.lacks("FeatureIndex.save", "FeatureIndex.open")
    figures: dict[str, Any] = {}
    if not missing:
        CACHE.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(CACHE).free < 2 * count * NAMED_BYTES:
            raise SystemExit(f"not enough room in {CACHE} for a snapshot of {count:,} features")
        path = CACHE / "snapshot"
        try:
            figures = _measured(result, path, count, settings)
        finally:
            path.unlink(missing_ok=True)
    of = f"n = {text.count(count)}"
    in_cache = "snapshot, file in the page cache"
    many = f"{PROCESSES} processes on one snapshot (Shows)"

    def goal(case: str, part: str, limit: float, unit: str, key: str) -> Goal:
        value, words = figures.get(key, (None, missing))
        return Goal(case, f"{part}, {of}", limit, "at most", unit, value, words)

    result.goals = [
        goal(in_cache, "open lazily", LAZY_LIMIT_MS, "ms", "lazy"),
        goal(in_cache, "open verified", VERIFIED_LIMIT_MS, "ms", "verified"),
        goal(many, "private memory of each", PRIVATE_LIMIT_MIB, "MiB", "private"),
    ]
    return result


def _measured(result: CaseResult, path: Path, count: int, settings: Settings) -> dict[str, Any]:
    index = ours.index_of(uniform(count), fresh_names(count))
    start_s = time.perf_counter()
    index.save(path)
    save_s = time.perf_counter() - start_s
    place = index.location(count // 2)
    del index
    path.read_bytes()  # into the page cache

    def answers(opened: Any) -> Any:
        """One of each kind, to see that both ways open the same index."""
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
    rows.append(["save, once, on disk for certain", text.seconds(save_s)])
    note = f"The file has {size / 1e6:,.0f} MB."
    result.tables.append(Table(f"uniform, n = {text.count(count)}", ["", ""], rows, note))
    result.raw = {"open": measured.samples_s, "save": save_s, "bytes": size}

    private_mib = {verify: _private_mib(path, verify) for verify in (False, True)}
    rows = [
        ["verified" if verify else "lazily", *(f"{mib:.1f}" for mib in sizes)]
        for verify, sizes in private_mib.items()
    ]
    header = ["opened", *(f"process {number + 1}, MiB" for number in range(PROCESSES))]
    title = f"{PROCESSES} processes at once, private memory beyond the interpreter's"
    result.tables.append(Table(title, header, rows))
    result.raw["private"] = {str(verify): sizes for verify, sizes in private_mib.items()}
    worst = max(size for sizes in private_mib.values() for size in sizes)
    lazy, verified = measured.cost_s("lazily"), measured.cost_s("verified")
    return {
        "lazy": (lazy.median * 1e3, f"±{lazy.percent:.0f}%, closing included"),
        "verified": (verified.median * 1e3, f"±{verified.percent:.0f}%, closing included"),
        "private": (worst, "the largest of four, lazily and verified"),
    }


def _private_mib(path: Path, verify: bool) -> list[float]:
    command = [sys.executable, str(PROCESS), "open", str(path), "verify" if verify else "lazy"]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    try:
        figures: list[dict[str, float]] = []
        for step in ("started", "opened and read", "measured"):
            figures = []
            for process in processes:
                assert process.stdout is not None
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"a process ended before it had {step}")
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
