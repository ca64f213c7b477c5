"""The index that is measured, and what it can do so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data import Points

import routeguide_c
from routeguide_c import FeatureIndex

NAME = "routeguide_c"


def index_of(points: Points, names: Sequence[str] | None = None) -> FeatureIndex:
    """An index of the points, unnamed unless names are given: searching does not read names."""
    # Any: before Python 3.12 the types cannot say that an array is a buffer.
    lats_e7: Any = points.lats_e7
    lons_e7: Any = points.lons_e7
    return FeatureIndex(lats_e7, lons_e7, names or [""] * len(points))


def lacks(*names: str) -> str:
    """The first of these methods or functions that this build does not have, else ''."""
    for name in names:
        owner: object = routeguide_c
        for part in name.split("."):
            if not hasattr(owner, part):
                return f"not available: {name} does not exist in this build"
            owner = getattr(owner, part)
    return ""
