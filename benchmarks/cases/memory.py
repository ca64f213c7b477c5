"""Memory, as the index counts it and as the operating system does, in a process of its own."""

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


def _build(count: int) -> dict[str, float]:
    command = [sys.executable, str(PROCESS), "build", str(count)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, float] = json.loads(answer)
    return figures


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Memory")
    rows = []
    for count in settings.sizes(1_000_000, 10_000_000):
        figures = _build(count)
        other = (figures["nbytes"] - figures["encoded"]) / count - COORDINATES_BYTES
        seen = (figures["private"] - figures["encoded"]) / count - COORDINATES_BYTES
        peak = figures["peak"] / figures["nbytes"]
        rows.append(
            [
                text.count(count),
                f"{figures['nbytes'] / count:.1f}",
                f"{figures['private'] / count:.1f}",
                f"{figures['encoded'] / count:.1f}",
                f"{other:.1f}",
                f"{seen:.1f}",
                f"{peak:.2f}",
            ]
        )
        seen_remarks = f"{seen:.1f} as the operating system counts private memory"
        result.goals = [
            Goal("index memory beside coordinates and encoded features", f"n = {text.count(count)}",
                 LIMIT_BYTES, "at most", "bytes a feature", max(other, seen),
                 f"nbytes says {other:.1f}; {seen_remarks}"),
            Goal("memory at the peak of building", f"n = {text.count(count)}", PEAK_LIMIT,
                 "at most", "x the finished index", peak,
                 "resident, beyond the caller's buffers and names"),
        ]  # fmt: skip
    header = [
        "n", "nbytes", "private memory", "encoded", "other, by nbytes",
        "other, by private memory", "peak of building / nbytes",
    ]  # fmt: skip
    title = "with names, bytes a feature; other: without coordinates and encoded features"
    result.tables.append(Table(title, header, rows))
    return result
