"""What one process of its own shows about memory: run as a script by the cases.

    process.py build COUNT        builds an index; how much memory that took, and takes
    process.py peer NAME COUNT    the same for a peer's structure
    process.py open PATH VERIFY   opens a snapshot, reads here and there; its private memory

Prints a line of JSON; `open` prints one when it is ready and, once a line came in, another.
"""

from __future__ import annotations

import ctypes
import gc
import json
import random
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOUCHED = 200_000  # features that `open` looks up and reads


def private_bytes() -> int:
    """Memory that belongs to this process alone (its unique set size)."""
    fields = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in fields if line.startswith("Private_"))


def peak_bytes() -> int:
    """The most memory that was resident since the last reset_peak."""
    fields = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in fields if line.startswith("VmHWM"))


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def settled_private_bytes() -> int:
    """After the garbage and what malloc keeps for later have gone back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return private_bytes()


def build(count: int) -> dict[str, float]:
    import ours
    from data import fresh_names, uniform

    from routeguide_c._core import _encode_each

    points, names = uniform(count), fresh_names(count)
    # A str that is not ASCII keeps its UTF-8 once asked for: that is the caller's memory.
    for name in names:
        if not name.isascii():
            ctypes.pythonapi.PyUnicode_AsUTF8(ctypes.py_object(name))
    before = settled_private_bytes()
    reset_peak()
    resident_before = peak_bytes()
    index = ours.index_of(points, names)
    peak = peak_bytes() - resident_before
    # Read page by page, so that what was reserved and not yet written counts too.
    encoded = 0
    for start in range(0, count, 1024):
        ids = array("I", range(start, min(start + 1024, count)))
        encoded += sum(map(len, _encode_each(index, ids, 0, len(ids))))
    return {
        "private": settled_private_bytes() - before,
        "peak": peak,
        "nbytes": index.nbytes,
        "encoded": encoded,
    }


def peer(name: str, count: int) -> dict[str, float]:
    """Memory of a peer's structure alone: its inputs are given back before it is measured."""
    import numpy as np
    import peers
    from data import uniform

    def dict_of(points: Any) -> Any:
        return peers.table_of(points)

    def pandas_of(points: Any) -> Any:
        import pandas as pd

        frame = pd.Index(peers.packed(points.lats_e7, points.lons_e7))
        frame.get_indexer(frame[:1])
        return frame

    def shapely_of(points: Any) -> Any:
        import shapely

        tree = shapely.STRtree(shapely.points(points.lons_e7, points.lats_e7))
        tree.query(shapely.box(0, 0, 0, 0))
        return tree

    def rtree_of(points: Any) -> Any:
        from rtree.index import Index

        corners = np.column_stack([points.lons_e7, points.lats_e7]).astype(np.float64)
        return Index((np.arange(len(points)), corners, corners))

    def pykdtree_of(points: Any) -> Any:
        from pykdtree.kdtree import KDTree

        return KDTree(peers.unit_vectors(points.lats_e7, points.lons_e7))

    def scipy_of(points: Any) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(peers.unit_vectors(points.lats_e7, points.lons_e7))

    def ball_of(points: Any) -> Any:
        from sklearn.neighbors import BallTree  # type: ignore[import-untyped]

        radians = np.radians(np.column_stack([points.lats_e7, points.lons_e7]) / 1e7)
        return BallTree(radians, metric="haversine")

    makers: dict[str, Callable[[Any], Any]] = {
        "dict": dict_of,
        "pandas Index": pandas_of,
        "geoindex-rs RTree": peers.geoindex_rtree,
        "geoindex-rs KDTree": peers.geoindex_kdtree,
        "shapely STRtree": shapely_of,
        "rtree": rtree_of,
        "pykdtree": pykdtree_of,
        "scipy cKDTree": scipy_of,
        "scikit-learn BallTree": ball_of,
    }
    make = makers[name]
    make(uniform(100))  # imports, and whatever is set up once
    before = settled_private_bytes()
    built = make(uniform(count))
    private = settled_private_bytes() - before
    assert built is not None
    return {"private": private}


def open_snapshot(path: str, verify: bool) -> None:
    """Nothing but the extension is imported: the baseline is the interpreter with it."""
    from routeguide_c import FeatureIndex

    ids = array("I", random.Random(4).choices(range(2**31 - 1), k=TOUCHED))
    tell({"private": 0})
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
    tell({"found": found})
    sys.stdin.readline()  # until all have read: a page that one alone has read counts as its own
    tell({"private": settled_private_bytes() - before, "found": found})
    sys.stdin.readline()


def tell(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    task, *arguments = sys.argv[1:]
    if task == "build":
        tell(build(int(arguments[0])))
    elif task == "peer":
        tell(peer(arguments[0], int(arguments[1])))
    elif task == "open":
        open_snapshot(arguments[0], arguments[1] == "verify")
    else:
        raise SystemExit(__doc__)
