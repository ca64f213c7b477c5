"""A map of where features are, in text: a dot of braille is lit where there is one or more.

Dots are about square on the ground in the middle of the map. Colours, where they are wanted, say
how many features a character stands for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routeguide.domain.earth import E7
from routeguide_c import FeatureIndex

# A character of braille is two dots wide and four high; the bit of each, by column and row.
ACROSS, DOWN = 2, 4
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE = 0x2800
BLANK = chr(_BRAILLE)  # where a terminal has this character, it has all of them
HIGHEST = 36  # rows of characters
BESIDE_ROWS = 4  # lines around those: the rim, the longitudes, the legend
_LABEL_WIDTH = 8  # at least
_TICK_STEPS = (1, 2, 5, 10, 15, 30, 45, 60, 90)  # the last ones only from a degree on

# From the 256 colours of terminals, for one feature to very many: violet to pale yellow.
RAMP = (61, 97, 133, 169, 205, 210, 216, 222, 229)
_FAINT, _RESET = "\x1b[2m", "\x1b[0m"


class Frame(NamedTuple):
    """What a map shows, E7: north and east are just outside."""

    south: int
    west: int
    north: int
    east: int


def frame_around(bounds: tuple[int, int, int, int]) -> Frame:
    """The whole width of the world where features are on both sides of it, else their bounds
    with a margin."""
    south, west, north, east = bounds
    margin_lat, margin_lon = ((high - low) // 30 for low, high in ((south, north), (west, east)))
    least = 2000 if north == south and east == west else 0
    south, north = south - max(margin_lat, least), north + max(margin_lat, least) + 1
    if -180 * E7 <= west <= east <= 180 * E7 and east - west >= 180 * E7:
        return Frame(max(south, -90 * E7), -180 * E7, min(north, 90 * E7 + 1), 180 * E7 + 1)
    return Frame(south, west - max(margin_lon, least), north, east + max(margin_lon, least) + 1)


def draw(index: FeatureIndex, width: int, coloured: bool, highest: int = HIGHEST) -> list[str]:
    """Lines of at most `width` characters, and `highest` + BESIDE_ROWS of them; none for an index
    without features.

    Cost: a count of the index for each lit character and each of its dots.
    """
    if index.bounds is None:
        return []
    frame = frame_around(index.bounds)
    indent = _label_width(frame, highest)
    columns, rows = _size(frame, max(8, width - indent - 3), highest)
    counts = [
        [_count(index, _cell(frame, column, row, columns, rows)) for column in range(columns)]
        for row in range(rows)
    ]
    most = max(map(max, counts))
    lines = [
        "".join(
            _character(index, frame, column, row, columns, rows, count, most, coloured)
            for column, count in enumerate(line)
        )
        for row, line in enumerate(counts)
    ]
    return [
        *_rimmed(lines, frame, columns, indent, coloured),
        *_legend(frame, columns, most, indent, coloured),
    ]


def _size(frame: Frame, widest: int, highest: int) -> tuple[int, int]:
    """Columns and rows of characters, so that a degree north is as long as it is wide there."""
    middle = math.radians((frame.south + frame.north) / 2 / E7)
    ground_width = (frame.east - frame.west) * max(0.1, math.cos(middle))
    if frame.east - frame.west > 300 * E7:  # of the world, the usual picture
        ground_width = frame.east - frame.west
    ground_height = frame.north - frame.south
    rows = ground_height / ground_width * widest * ACROSS / DOWN if ground_width else math.inf
    if rows <= highest:
        return widest, max(1, math.ceil(rows))
    return max(1, math.ceil(widest * highest / rows)), highest


def _cell(frame: Frame, column: int, row: int, columns: int, rows: int) -> Frame:
    """One of so many cells of the frame; together they are the frame, none overlaps another."""
    height, width = frame.north - frame.south, frame.east - frame.west
    return Frame(
        frame.north - height * (row + 1) // rows,
        frame.west + width * column // columns,
        frame.north - height * row // rows,
        frame.west + width * (column + 1) // columns,
    )


def _count(index: FeatureIndex, cell: Frame) -> int:
    if cell.south >= cell.north or cell.west >= cell.east:
        return 0
    return index.query_count(*map(_int32, (cell.south, cell.west, cell.north - 1, cell.east - 1)))


def _int32(e7: int) -> int:
    return max(-(2**31), min(2**31 - 1, e7))


def _character(
    index: FeatureIndex,
    frame: Frame,
    column: int,
    row: int,
    columns: int,
    rows: int,
    count: int,
    most: int,
    coloured: bool,
) -> str:
    if not count:
        return " "
    bits = 0
    for across in range(ACROSS):
        for down in range(DOWN):
            dot = _cell(
                frame,
                column * ACROSS + across,
                row * DOWN + down,
                columns * ACROSS,
                rows * DOWN,
            )
            if _count(index, dot):
                bits |= _BITS[across][down]
    character = chr(_BRAILLE | bits)
    return _painted(character, _shade(count, most)) if coloured else character


def _shade(count: int, most: int) -> int:
    """The place in the ramp: its logarithm between that of one and that of the most."""
    if most <= 1:
        return len(RAMP) - 1
    return round(math.log(count) / math.log(most) * (len(RAMP) - 1))


def _painted(text: str, shade: int) -> str:
    return f"\x1b[38;5;{RAMP[shade]}m{text}{_RESET}"


# --- the rim ---


def _latitudes(frame: Frame, rows: int) -> range:
    """Those that are marked on a map of so many rows."""
    return _ticks(frame.south, frame.north, max(2, rows // 4))


def _label_width(frame: Frame, highest: int) -> int:
    """Characters for the longest latitude, and a blank: those of a small area have many digits,
    the more the more rows there are."""
    labels = (_degrees(tick, "N", "S") for tick in _latitudes(frame, highest))
    return max(_LABEL_WIDTH, 1 + max(map(len, labels), default=0))


def _rimmed(
    lines: Sequence[str], frame: Frame, columns: int, label_width: int, coloured: bool
) -> Iterator[str]:
    faint, reset = (_FAINT, _RESET) if coloured else ("", "")
    height = frame.north - frame.south
    marks = {
        min(len(lines) - 1, (frame.north - tick) * len(lines) // height): _degrees(tick, "N", "S")
        for tick in _latitudes(frame, len(lines))
    }
    indent = " " * label_width
    yield f"{faint}{indent}╭{'─' * columns}╮{reset}"
    for row, line in enumerate(lines):
        label = f"{marks.get(row, ''):>{label_width - 1}} "
        edge = "┤" if row in marks else "│"
        yield f"{faint}{label}{edge}{reset}{line}{faint}│{reset}"
    floor, labels = ["─"] * columns, [" "] * (columns + label_width + 2)
    free_from = 0
    for tick in _ticks(frame.west, frame.east, max(2, columns // 11)):
        column = min(columns - 1, (tick - frame.west) * columns // (frame.east - frame.west))
        text = _degrees(tick, "E", "W")
        start = min(column + label_width + 1 - len(text) // 2, len(labels) - len(text))
        if start >= free_from:
            floor[column] = "┬"
            labels[start : start + len(text)] = text
            free_from = start + len(text) + 1
    yield f"{faint}{indent}╰{''.join(floor)}╯{reset}"
    yield f"{faint}{''.join(labels).rstrip()}{reset}"


def _ticks(low: int, high: int, most: int) -> range:
    """Round coordinates, at most so many of them or few more."""
    unit = 1
    while True:
        for step in _TICK_STEPS if unit == E7 else _TICK_STEPS[:3]:
            if (high - low) // (step * unit) <= most:
                first = -(-low // (step * unit)) * (step * unit)
                return range(first, high, step * unit)
        unit *= 10


def _degrees(e7: int, positive: str, negative: str) -> str:
    whole, rest = divmod(abs(e7), E7)
    decimals = f".{rest:07d}".rstrip("0") if rest else ""
    side = "" if e7 in (0, 180 * E7, -180 * E7) else positive if e7 > 0 else negative
    return f"{whole}{decimals}°{side}"


def _legend(
    frame: Frame, columns: int, most: int, label_width: int, coloured: bool
) -> Iterator[str]:
    dot_deg = (frame.east - frame.west) / E7 / (columns * ACROSS)
    indent = " " * label_width
    if not coloured:
        yield f"{indent} a dot: {dot_deg:.2g}° wide; at most {most:,} a character"
        return
    blocks = "".join(_painted("⣿⣿", shade) for shade in range(len(RAMP)))
    yield f"{indent} {_FAINT}1{_RESET} {blocks} {_FAINT}{most:,} a character{_RESET}"
