"""What a server says of all its features.

Apart from `features`, which commands import for every answer from a file, because dataclasses bring
`inspect`, which such an answer should not wait for. No NamedTuple, whose `count` is a method.
"""

from __future__ import annotations

from dataclasses import dataclass

from routeguide.client.features import Bounds


@dataclass(frozen=True)
class DatasetInfo:
    """What a server serves. `generation` is the same for the same features, on every server."""

    count: int
    bounds: Bounds | None  # None without any feature
    generation: str
    source: str
    attribution: str
