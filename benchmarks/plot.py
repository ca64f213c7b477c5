"""The figure for the README: four questions, ours against the peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ours
import text

Series = Mapping[str, Sequence[tuple[float, float]]]

OURS_COLOUR = "#0b63c5"
PEER_COLOURS = ("#c2571a", "#2d8659", "#8250b8", "#7a7a7a", "#b8860b", "#b0305c")
TEXT_COLOUR = "#333333"


def _named(series: Series, prefix: str) -> dict[str, Sequence[tuple[float, float]]]:
    return {
        name[len(prefix) :]: points for name, points in series.items() if name.startswith(prefix)
    }


def _colours(names: Sequence[str]) -> dict[str, str]:
    peers = [name for name in names if not name.startswith(ours.NAME)]
    colours = {name: PEER_COLOURS[i % len(PEER_COLOURS)] for i, name in enumerate(peers)}
    return {name: colours.get(name, OURS_COLOUR) for name in names}


def _decorate(axes: Any, title: str, x_label: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=TEXT_COLOUR)
    axes.set_xlabel(x_label, color=TEXT_COLOUR)
    axes.grid(True, which="major", color="#e5e5e5", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(which="minor", length=0)


def _time_axis(axis: Any) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    def label(value: float, _: Any) -> str:
        for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
            if value >= scale * 0.999:
                return f"{value / scale:g} {unit}"
        return f"{value * 1e9:g} ns"

    axis.set_major_formatter(FuncFormatter(label))
    axis.set_minor_formatter(NullFormatter())


def _count_axis(axis: Any, ticks: Sequence[float]) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: text.count(round(value))))


def _lines(axes: Any, lines: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Lines on logarithmic axes, each labelled at its end; labels are pushed apart."""
    if not lines:
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
        return
    colours = _colours(list(lines))
    ends = []
    for name, points in lines.items():
        mine = name.startswith(ours.NAME)
        x, y = zip(*points, strict=True)
        axes.plot(x, y, marker="o", markersize=4, color=colours[name],
                  linewidth=2.6 if mine else 1.6, zorder=3 if mine else 2)  # fmt: skip
        ends.append((y[-1], x[-1], name))
    axes.set_xscale("log")
    axes.set_yscale("log")
    _time_axis(axes.yaxis)
    _count_axis(axes.xaxis, sorted({x for points in lines.values() for x, _ in points}))
    low, high = axes.get_ylim()
    step = (high / low) ** 0.075  # about the height of a label
    floor = 0.0
    for y, x, name in sorted(ends):
        floor = max(y, floor * step)
        axes.annotate(
            name, (x, y), xytext=(x * 1.15, floor), textcoords="data", va="center", fontsize=8.5,
            color=colours[name], fontweight="bold" if name.startswith(ours.NAME) else "normal",
            annotation_clip=False,
        )  # fmt: skip


def _bars(axes: Any, lines: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    if not lines:
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
        return
    colours = _colours(list(lines))
    costs = sorted(((points[-1][1], name) for name, points in lines.items()), reverse=True)
    names = [name for _, name in costs]
    axes.barh(
        names, [cost for cost, _ in costs], color=[colours[name] for name in names], height=0.6
    )
    axes.set_xscale("log")
    _time_axis(axes.xaxis)
    axes.set_xlim(costs[-1][0] / 3, costs[0][0] * 5)
    for row, (cost, name) in enumerate(costs):
        weight = "bold" if name.startswith(ours.NAME) else "normal"
        axes.text(cost * 1.1, row, text.seconds(cost), va="center", fontsize=8.5, fontweight=weight)
    axes.grid(False, axis="y")


def draw(series: Series, processor: str, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"svg.fonttype": "path", "font.size": 9, "svg.hashsalt": "routeguide"})
    from matplotlib import pyplot

    figure, ((top_left, top_right), (low_left, low_right)) = pyplot.subplots(
        2, 2, figsize=(12.5, 8.4), layout="constrained"
    )
    _lines(top_left, _named(series, "find, "))
    _decorate(top_left, "Find one point from Python", "features")

    rectangles: dict[str, Sequence[tuple[float, float]]] = {}
    for size in (100_000, 1_000_000):
        rectangles = _named(series, f"rectangles, uniform, {size}, ") or rectangles
    shown = {
        name.removesuffix(", in order"): points
        for name, points in rectangles.items()
        if name == ours.NAME or (name.endswith(", in order") and "vectorised" not in name)
    }
    _lines(top_right, shown)
    _decorate(top_right, "Rectangle in 1 M points, ids in database order", "hits")

    batch = _named(series, "find_many, ")
    _lines(low_left, {name: points for name, points in batch.items() if "packed" not in name})
    _decorate(low_left, "Find a million points in one call, cost of a point", "features")

    near = _named(series, "nearest, uniform, ")
    million = {
        name: [point for point in points if point[0] <= 1_000_000] for name, points in near.items()
    }
    _bars(low_right, million)
    _decorate(low_right, "The 10 nearest of 1 M points on the sphere", "a query")

    for axes in (top_left, top_right, low_left):
        axes.margins(x=0.06)
    figure.suptitle(f"Lower is better, logarithmic scales. {processor}, one thread",
                    x=0.01, ha="left", fontsize=9, color=TEXT_COLOUR)  # fmt: skip
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)
    pyplot.close(figure)
