"""How many features lie where an earlier one does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from operator import ne

from routeguide_c import FeatureIndex

_BLOCK = 1 << 12  # ids compared at once, then one by one where they differ
_PART = 1 << 20  # features looked up at a time
_THREADS = 2


def count(index: FeatureIndex) -> int:
    """Features at whose location one of a lower id is.

    Cost: one look-up for each, in two threads, and a second look at blocks of features with a
    duplicate.
    """
    if index.bounds is None:
        return 0
    lats, lons = memoryview(index.latitudes), memoryview(index.longitudes)
    ids = memoryview(index.query(*index.bounds))  # 0, 1, 2 ...

    def count_from(start: int) -> int:
        part = slice(start, start + _PART)
        return _differences(memoryview(index.find_many(lats[part], lons[part])), ids[part])

    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(count_from, range(0, len(ids), _PART)))


def _differences(ids: memoryview, others: memoryview) -> int:
    """At how many places they differ."""
    id_bytes, other_bytes = ids.cast("B"), others.cast("B")
    found = 0
    for start in range(0, len(ids), _BLOCK):
        block = slice(4 * start, 4 * (start + _BLOCK))
        if id_bytes[block] != other_bytes[block]:
            rows = slice(start, start + _BLOCK)
            found += sum(map(ne, ids[rows], others[rows]))
    return found
