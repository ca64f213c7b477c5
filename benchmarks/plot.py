"""The figure for the README: four questions, ours against the peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ours
import peers
import text

Line = Sequence[tuple[float, float]]
Lines = Mapping[str, Line]

OURS_COLOUR = "#0b63c5"
# A peer has its colour by its name, the same in every panel.
PEER_COLOURS = {
    "dict": "#c2571a",
    "pandas": "#2d8659",
    "numpy": "#7a7a7a",
    "geoindex-rs": "#8250b8",
    "shapely": "#b8860b",
    "rtree": "#b0305c",
    "pykdtree": "#8250b8",
    "scipy": "#2d8659",
    "scikit-learn": "#b8860b",
}
TEXT_COLOUR = "#333333"


def _colour(name: str) -> str:
    return PEER_COLOURS.get(name.split()[0].rstrip(","), OURS_COLOUR)


def _weight(name: str) -> str:
    return "bold" if name.startswith(ours.NAME) else "normal"


def _named(series: Lines, prefix: str) -> dict[str, Line]:
    start = len(prefix)
    return {name[start:]: line for name, line in series.items() if name.startswith(prefix)}


def _best(lines: Sequence[Line]) -> Line:
    """At each x the lowest cost of several lines that share their x."""
    return [min(points, key=lambda point: point[1]) for points in zip(*lines, strict=True)]


def _time_axis(axis: Any) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    def label(value_s: float, _: Any) -> str:
        return text.seconds(value_s * 1.0001).replace(".00", "").replace(".0", "")

    axis.set_major_formatter(FuncFormatter(label))
    axis.set_minor_formatter(NullFormatter())


def _count_axis(axis: Any, ticks: Sequence[float]) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: text.count(round(value))))


def _apart(values: Sequence[float], distance: float) -> list[float]:
    """Ascending values moved as little as need be to lie `distance` apart: those that are too
    close form a group, centred where its members were."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1:
            lower, upper = groups[-2], groups[-1]
            middles = [sum(group) / len(group) for group in (lower, upper)]
            room = (len(lower) + len(upper)) / 2 * distance
            if middles[1] - middles[0] >= room:
                break
            groups[-2:] = [lower + upper]
    placed = []
    for group in groups:
        middle = sum(group) / len(group)
        placed += [middle + (i - (len(group) - 1) / 2) * distance for i in range(len(group))]
    return placed


def _lines(axes: Any, lines: Lines) -> None:
    """Logarithmic axes; each line has its name at its right end."""
    from math import log10

    for name, line in lines.items():
        mine = name.startswith(ours.NAME)
        x, y = zip(*line, strict=True)
        axes.plot(x, y, marker="o", markersize=4.5 if mine else 3.5, color=_colour(name),
                  linewidth=2.8 if mine else 1.6, zorder=3 if mine else 2)  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    _time_axis(axes.yaxis)
    ticks = sorted({x for line in lines.values() for x, _ in line})
    _count_axis(axes.xaxis, ticks)
    low, high = axes.get_ylim()
    ends = sorted((log10(line[-1][1]), name) for name, line in lines.items())
    heights = _apart([height for height, _ in ends], log10(high / low) * 0.062)
    for height, (_, name) in zip(heights, ends, strict=True):
        axes.annotate(
            name, (1.02, (height - log10(low)) / log10(high / low)), xycoords="axes fraction",
            va="center", fontsize=8.5, color=_colour(name), fontweight=_weight(name),
        )  # fmt: skip


def _bars(axes: Any, lines: Lines) -> None:
    """The fastest on top; what a bar is stands at its end."""
    costs = sorted(((line[-1][1], name) for name, line in lines.items()), reverse=True)
    rows = range(len(costs))
    colours = [_colour(name) for _, name in costs]
    axes.barh(rows, [cost_s for cost_s, _ in costs], color=colours, height=0.55)
    axes.set_xscale("log")
    axes.set_xlim(costs[-1][0] / 3, costs[0][0] * 20)
    axes.set_yticks([])
    _time_axis(axes.xaxis)
    for row, colour, (cost_s, name) in zip(rows, colours, costs, strict=True):
        axes.text(
            cost_s * 1.1, row, f"{text.seconds(cost_s)}  {name}", va="center", fontsize=8.5,
            color=colour, fontweight=_weight(name),
        )  # fmt: skip


def _panel(axes: Any, title: str, x_label: str, lines: Lines, draw: Any) -> None:
    axes.grid(True, which="major", color="#e5e5e5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=TEXT_COLOUR)
    axes.set_xlabel(x_label, color=TEXT_COLOUR)
    if lines:
        draw(axes, lines)
    else:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
    axes.tick_params(which="minor", length=0)


def _rectangles(series: Lines) -> Lines:
    """Answers in database order only; one line for each library, of its best variant."""
    lines = _named(series, "rectangles, uniform, 1000000, ")
    ordered = {name: line for name, line in lines.items() if name.endswith(peers.ORDERED)}
    shown = {ours.NAME: lines[ours.NAME]} if lines else {}
    for library in dict.fromkeys(name.split()[0].rstrip(",") for name in ordered):
        shown[library] = _best([line for name, line in ordered.items() if name.startswith(library)])
    return shown


def draw(series: Lines, processor: str, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"font.size": 9, "svg.hashsalt": "routeguide"})
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, 2, figsize=(12, 7.6), layout="constrained")
    batch = _named(series, "find_many, ")
    nearest = {
        name: [point for point in line if point[0] == 1_000_000]
        for name, line in _named(series, "nearest, uniform, ").items()
    }
    _panel(
        panels[0, 0],
        "Find one point, called from Python",
        "features in the index",
        _named(series, "find, "),
        _lines,
    )
    _panel(
        panels[0, 1],
        "Rectangle in 1 M points, ids in database order",
        "hits",
        _rectangles(series),
        _lines,
    )
    _panel(
        panels[1, 0],
        "Find a million points in one call: a point",
        "features in the index",
        {name: line for name, line in batch.items() if "packed" not in name},
        _lines,
    )
    _panel(panels[1, 1], "The 10 nearest of 1 M points on the sphere: a query", "",
           {name: line for name, line in nearest.items() if line}, _bars)  # fmt: skip
    figure.suptitle(
        f"Time, less is better; logarithmic scales. One thread, {processor}.",
        x=0.005, ha="left", fontsize=9, color=TEXT_COLOUR,
    )  # fmt: skip
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
