"""Memory, as the index counts it and as the operating system does, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import text
from model import CaseResult, Goal, Settings, Table

PROCESS = Path(__file__).resolve().parent.parent / "process.py"
LIMIT_BYTES, PEAK_LIMIT = 35.0, 2.0
COORDINATES_BYTES = 8
PEERS = [
    "dict", "pandas Index", "geoindex-rs RTree", "geoindex-rs KDTree", "shapely STRtree", "rtree",
    "pykdtree", "scipy cKDTree", "scikit-learn BallTree",
]  # fmt: skip


def _asked(*arguments: str) -> dict[str, float]:
    command = [sys.executable, str(PROCESS), *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, float] = json.loads(answer)
    return figures


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Memory")
    sizes = settings.sizes(1_000_000, 10_000_000)
    rows = []
    for count in sizes:
        figures = _asked("build", str(count))
        beside = (figures["nbytes"] - figures["encoded"]) / count - COORDINATES_BYTES
        seen = (figures["private"] - figures["encoded"]) / count - COORDINATES_BYTES
        peak = figures["peak"] / figures["nbytes"]
        rows.append(
            [
                text.count(count),
                f"{figures['nbytes'] / count:.1f}",
                f"{figures['private'] / count:.1f}",
                f"{figures['encoded'] / count:.1f}",
                f"{beside:.1f}",
                f"{seen:.1f}",
                f"{peak:.2f}",
            ]
        )
        result.raw[f"build, n = {count}"] = figures
        if count == sizes[-1]:
            words = f"{seen:.1f} as the operating system counts private memory"
            case = "index memory beside coordinates and encoded features"
            result.goals.append(
                Goal(case, f"n = {text.count(count)}", LIMIT_BYTES, "at most", "bytes a feature",
                     max(beside, seen), f"nbytes says {beside:.1f}; {words}")
            )  # fmt: skip
            result.goals.append(
                Goal("memory at the peak of building (item 5)", f"n = {text.count(count)}",
                     PEAK_LIMIT, "at most", "x the finished index", peak,
                     "resident, beyond the caller's buffers and names")
            )  # fmt: skip
    header = [
        "n", "nbytes", "private memory", "encoded", "beside, by nbytes",
        "beside, by private memory", "peak of building / nbytes",
    ]  # fmt: skip
    title = "ours with names, bytes a feature; beside: without coordinates and encoded features"
    result.tables.append(Table(title, header, rows))

    count = 100_000 if settings.quick else 1_000_000
    peers = {name: _asked("peer", name, str(count))["private"] / count for name in PEERS}
    rows = [[name, f"{size:.1f}"] for name, size in sorted(peers.items(), key=lambda item: item[1])]
    title = f"peers, without names, n = {text.count(count)}"
    result.tables.append(Table(title, ["", "private bytes a feature"], rows))
    result.raw["peers"] = peers
    return result
