"""How many features lie where an earlier one does."""

from __future__ import annotations

from operator import ne

from routeguide_c import FeatureIndex

_BLOCK = 1 << 12  # ids compared at once, then one by one where they differ


def count(index: FeatureIndex) -> int:
    """Features at whose location one of a lower id is.

    Cost: one look-up for each, and a second look at blocks of features with a duplicate.
    """
    if index.bounds is None:
        return 0
    first = memoryview(index.find_many(index.latitudes, index.longitudes))
    own = memoryview(index.query(*index.bounds))  # 0, 1, 2 ...
    first_bytes, own_bytes = first.cast("B"), own.cast("B")
    found = 0
    for start in range(0, len(first), _BLOCK):
        block = slice(4 * start, 4 * (start + _BLOCK))
        if first_bytes[block] != own_bytes[block]:
            rows = slice(start, start + _BLOCK)
            found += sum(map(ne, first[rows], own[rows]))
    return found
