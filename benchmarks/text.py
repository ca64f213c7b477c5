"""Format figures for reports."""

from __future__ import annotations

from measure import Race, Spread


def count(n: int) -> str:
    """Format a count: 100, 10 k, 1 M."""
    if n >= 1_000_000 and n % 1_000_000 == 0:
        return f"{n // 1_000_000} M"
    if n >= 1_000 and n % 1_000 == 0:
        return f"{n // 1_000} k"
    return f"{n:,}"


def three_digits(value: float) -> str:
    """Format with three significant digits, two below a tenth, without an exponent."""
    if abs(value) < 0.1:
        return f"{value:.2g}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def seconds(value_s: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value_s >= scale:
            return f"{three_digits(value_s / scale)} {unit}"
    return f"{three_digits(value_s * 1e9)} ns"


def cost(spread: Spread) -> str:
    """Format the median, ± half the interquartile range in percent of it."""
    return f"{seconds(spread.median)} ±{spread.percent:.0f}%"


def times(spread: Spread) -> str:
    return f"{three_digits(spread.median)}x"


def quartiles(spread: Spread) -> str:
    return f"{three_digits(spread.low)} to {three_digits(spread.high)}"


def race_rows(race: Race, names: list[str], ours: str | None) -> list[list[str]]:
    """Return a row per contender: its name, its cost, and its cost relative to `ours`."""
    rows = []
    for name in names:
        ratio = "" if ours is None or name == ours else times(race.ratio(name, ours))
        rows.append([name, cost(race.cost_s(name)), ratio])
    return rows
