"""A server's description of its features.

Not in `features`, which commands import for every answer from a file: importing dataclasses takes
as long as such an answer. Not a NamedTuple, whose `count` is a method.
"""

from __future__ import annotations

from dataclasses import dataclass

from routeguide.client.features import Bounds


@dataclass(frozen=True)
class DatasetInfo:
    """A server's features as a whole. `generation` is equal for equal features, on every server."""

    count: int
    bounds: Bounds | None  # None if there is no feature
    generation: str
    source: str
    attribution: str
