"""Limits on what one request may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestLimits:
    """The largest values that a request may have. Larger ones are refused, except `page_size`,
    which is lowered."""

    batch_points: int = 10_000
    nearest_k: int = 10_000
    page_size: int = 5_000
    default_page_size: int = 1_000  # if a request has none
    radius_m: float = 1_000_000.0
    route_vertices: int = 10_000
    half_width_m: float = 100_000.0
