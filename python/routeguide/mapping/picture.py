"""A picture of features on a map, drawn by matplotlib of the extra `[map]`."""

from __future__ import annotations

import math
from typing import IO, Any

from routeguide.common.wording import counted
from routeguide.domain.earth import DEGREE_M, E7
from routeguide.mapping.layout import MERCATOR_LIMIT, Corridor, bounds_of, drawn_at
from routeguide.mapping.missing_library import MissingLibraryError
from routeguide_c import FeatureIndex

# The colors of the page, see assets/page.js and page.css.
GROUND, LINES, TEXT, FAINT = "#0a0f1e", "#1b2742", "#dce6f5", "#93a6c8"
RAMP = ("#3f6fe0", "#2fc4c0", "#f6cf5f", "#fff8e1")
CORRIDOR, ROUTE, HITS = "#2a2233", "#ffd9c2", "#ff9d5c"

# Dots are large for few features, so that each is seen, and small for many.
WIDEST_PX, NARROWEST_PX = 8, 2


def draw(
    index: FeatureIndex,
    file: IO[bytes],
    title: str,
    attribution: str = "",
    corridor: Corridor | None = None,
    width_px: int = 1600,
) -> None:
    """Write a PNG of the features in Mercator's projection, colored by how many share a dot.

    It shows the corridor, if there is one, else all features. Raises MissingLibraryError, and
    OSError if the file cannot be written.
    """
    try:
        import matplotlib.colors as colors
        import numpy as np
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingLibraryError("a picture", "matplotlib") from error

    west, south, east, north = _framed(*bounds_of(index, corridor))
    height_px = round(width_px * (north - south) / (east - west))
    figure = Figure(figsize=(width_px / 100, height_px / 100), dpi=100, facecolor=GROUND)
    FigureCanvasAgg(figure)
    axes: Any = figure.add_axes((0, 0, 1, 1), facecolor=GROUND)
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_axis_off()
    for lon in range(-360, 361, 15):
        axes.axvline(lon, color=LINES, linewidth=0.8, zorder=0)
    for lat in range(-75, 76, 15):
        axes.axhline(_mercator(lat), color=LINES, linewidth=0.8, zorder=0)

    lats = np.asarray(index.lats_e7) / E7
    lons = np.asarray(index.lons_e7) / E7
    lons = west + (lons - west) % 360
    lats = np.clip(lats, -MERCATOR_LIMIT, MERCATOR_LIMIT)
    ys = np.degrees(np.arctanh(np.sin(np.radians(lats))))
    dot_px = _dot_px(len(index))
    counts, _, _ = np.histogram2d(
        ys,
        lons,
        bins=(max(1, height_px // dot_px), max(1, width_px // dot_px)),
        range=((south, north), (west, east)),
    )
    axes.imshow(
        np.ma.masked_equal(counts, 0),
        extent=(west, east, south, north),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap=colors.LinearSegmentedColormap.from_list("crowd", RAMP),
        norm=colors.LogNorm(1, max(10, counts.max())),
        zorder=2,
    )
    if corridor is not None:
        _draw_corridor(axes, index, corridor, width_px / (east - west))
    summary = counted(len(index), "feature")
    if corridor is not None:
        summary += f"; {len(corridor.ids):,} within {corridor.half_width_m:,.0f} m of the route"
    figure.text(0.015, 0.97, title, color=TEXT, fontsize=18, weight="bold", va="top")
    figure.text(0.015, 0.97 - 32 / height_px, summary, color=FAINT, fontsize=12, va="top")
    figure.text(0.988, 0.015, attribution, color=FAINT, fontsize=9, ha="right")
    figure.savefig(file, format="png", facecolor=GROUND)


def _draw_corridor(
    axes: Any, index: FeatureIndex, corridor: Corridor, pixels_a_degree: float
) -> None:
    line = corridor.line()
    xs, ys = [lon for _, lon in line], [_mercator(lat) for lat, _ in line]
    middle = math.radians(drawn_at(sum(lat for lat, _ in line) / len(line)))
    width_degrees = 2 * corridor.half_width_m / (DEGREE_M * math.cos(middle))
    points_a_pixel = 0.72  # at 100 pixels an inch
    width = width_degrees * pixels_a_degree * points_a_pixel
    for turn in (-360, 0, 360):  # a route may continue beyond +-180, out of the frame
        turned = [x + turn for x in xs]
        axes.plot(turned, ys, color=CORRIDOR, linewidth=width, solid_capstyle="round", zorder=1)
        axes.plot(  # the corridor of a route of one place, which has no line
            turned[:1], ys[:1], "o", color=CORRIDOR, markersize=width, markeredgewidth=0, zorder=1
        )
        axes.plot(turned, ys, color=ROUTE, linewidth=1.6, zorder=3)
    west = axes.get_xlim()[0]
    hits = [index.location(feature_id) for feature_id in corridor.ids]
    hit_xs = [west + (lon / E7 - west) % 360 for _, lon in hits]
    axes.scatter(
        hit_xs, [_mercator(lat / E7) for lat, _ in hits], s=9, color=HITS, linewidths=0, zorder=4
    )


def _dot_px(count: int) -> int:
    """Return the width of a dot: two pixels less for each power of ten from a hundred on."""
    return max(NARROWEST_PX, min(WIDEST_PX, round(12 - 2 * math.log10(max(1, count)))))


def _mercator(lat: float) -> float:
    """Return the northing, in degrees of longitude. Source: Mercator on a sphere."""
    return math.degrees(math.atanh(math.sin(math.radians(drawn_at(lat)))))


def _framed(
    south_west: tuple[float, float], north_east: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Return west, south, east, north (Mercator) of the picture: with a margin, and with width and
    height between 2.2 to 1 and 1 to 1.2."""
    (west, south), (east, north) = south_west, north_east
    south, north = _mercator(south), _mercator(north)
    width, height = max(east - west, 1e-4), max(north - south, 1e-4)
    width, height = max(width, height / 1.2), max(height, width / 2.2)
    width, height = 1.12 * width, 1.12 * height
    x, y = (west + east) / 2, (south + north) / 2
    if width > 360:
        x, width, height = 0.0, 360.0, height * 360 / width
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2
