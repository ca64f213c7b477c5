"""How many features have no name."""

from __future__ import annotations

from routeguide_c import FeatureIndex


def count(index: FeatureIndex) -> int:
    named = len(index.named(index.query(*index.bounds))) if index.bounds else 0
    return len(index) - named
