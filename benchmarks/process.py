"""Measure the memory of one process; run as a script by the cases.

    process.py build COUNT        build an index; print its memory and the peak while building
    process.py open PATH VERIFY   open a snapshot, read parts of it; print the private memory

Prints JSON, one object per line. `open` waits for a line of input before each of its steps, so that
several processes can take each step together.
"""

from __future__ import annotations

import ctypes
import gc
import json
import random
import sys
from array import array
from pathlib import Path

LOOKED_UP = 200_000  # features that `open` looks up and reads


def private_bytes() -> int:
    """Return the memory that belongs to this process alone (its unique set size)."""
    fields = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in fields if line.startswith("Private_"))


def peak_bytes() -> int:
    """Return the most memory that was resident since the last reset_peak."""
    fields = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in fields if line.startswith("VmHWM"))


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def settled_private_bytes() -> int:
    """Return private_bytes() after garbage and free blocks of malloc went back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return private_bytes()


def build(count: int) -> dict[str, float]:
    import ours
    from data import fresh_names, uniform

    points, names = uniform(count), fresh_names(count)
    # A str that is not ASCII caches its UTF-8 when first asked for it: the caller's memory.
    for name in names:
        if not name.isascii():
            ctypes.pythonapi.PyUnicode_AsUTF8(ctypes.py_object(name))
    before = settled_private_bytes()
    reset_peak()
    resident_before = peak_bytes()
    index = ours.index_of(points, names)
    peak = peak_bytes() - resident_before
    # Reads every page, so that memory that was reserved and never written counts too.
    assert all(map(index.name, range(count)))
    return {
        "private": settled_private_bytes() - before,
        "peak": peak,
        "nbytes": index.nbytes,
        "encoded": index.sections["store blob"],
    }


def open_snapshot(path: str, verify: bool) -> None:
    """Imports the extension alone: the baseline is an interpreter with it loaded."""
    from routeguide_c import FeatureIndex

    ids = array("I", random.Random(4).choices(range(2**31 - 1), k=LOOKED_UP))
    show({"private": 0})
    sys.stdin.readline()
    before = settled_private_bytes()
    index = FeatureIndex.open(path, verify=verify)
    found = 0
    for number in ids:
        id = number % len(index)
        lat_e7, lon_e7 = index.location(id)
        found += index.find(lat_e7, lon_e7) is not None
        found += len(index.query(lat_e7, lon_e7, lat_e7 + 20_000, lon_e7 + 20_000))
        index.name(id)
    show({"found": found})
    # Wait until all have read: a page that only one process has read counts as private.
    sys.stdin.readline()
    show({"private": settled_private_bytes() - before, "found": found})
    sys.stdin.readline()


def show(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    task, *arguments = sys.argv[1:]
    if task == "build":
        show(build(int(arguments[0])))
    elif task == "open":
        open_snapshot(arguments[0], arguments[1] == "verify")
    else:
        raise SystemExit(__doc__)
