"""A map in text: a dot of braille is lit if one feature or more is there.

Dots are about square on the ground in the middle of the map. Colors, if wanted, show how many
features a character stands for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routeguide.domain.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide_c import FeatureIndex

# A character of braille is two dots wide and four high; the bit of each, by column and row.
ACROSS, DOWN = 2, 4
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE = 0x2800
BLANK = chr(_BRAILLE)  # an encoding that has this character has all of them
HIGHEST = 36  # rows of characters
BESIDE_ROWS = 4  # lines around those: the frame, the longitudes, the legend
_LABEL_WIDTH = 8  # at least
_TICK_STEPS = (1, 2, 5, 10, 15, 30, 45, 60, 90)  # below a degree only the first three

# Of the 256 colors of terminals, for one feature to very many: violet to pale yellow.
RAMP = (61, 97, 133, 169, 205, 210, 216, 222, 229)
_FAINT, _RESET = "\x1b[2m", "\x1b[0m"


class Frame(NamedTuple):
    """The box that a map shows, E7; its north and east edges are outside."""

    south: int
    west: int
    north: int
    east: int


def frame_around(bounds: tuple[int, int, int, int]) -> Frame:
    """Return the bounds with a margin; all longitudes if the bounds span half of them or more."""
    south, west, north, east = bounds
    least = 2000 if north == south and east == west else 0
    margin_lat, margin_lon = (
        max((high - low) // 30, least) for low, high in ((south, north), (west, east))
    )
    south, north = south - margin_lat, north + margin_lat + 1
    if -LON_LIMIT_E7 <= west <= east <= LON_LIMIT_E7 and east - west >= LON_LIMIT_E7:
        south, north = max(south, -LAT_LIMIT_E7), min(north, LAT_LIMIT_E7 + 1)
        return Frame(south, -LON_LIMIT_E7, north, LON_LIMIT_E7 + 1)
    return Frame(south, west - margin_lon, north, east + margin_lon + 1)


def draw(index: FeatureIndex, width: int, is_colored: bool, highest: int = HIGHEST) -> list[str]:
    """Draw at most `highest` + BESIDE_ROWS lines of `width` characters; none without features.

    Cost: a query_count for each character, and one for each dot of the lit characters.
    """
    if index.bounds is None:
        return []
    frame = frame_around(index.bounds)
    indent = _label_width(frame, highest)
    columns, rows = _size(frame, max(8, width - indent - 3), highest)

    def count(column: int, row: int, across: int = 1, down: int = 1) -> int:
        return _count(index, frame, column, row, columns * across, rows * down)

    def character(column: int, row: int) -> str:
        if not counts[row][column]:
            return " "
        dots = sum(
            bit
            for x, bits in enumerate(_BITS)
            for y, bit in enumerate(bits)
            if count(column * ACROSS + x, row * DOWN + y, ACROSS, DOWN)
        )
        text = chr(_BRAILLE | dots)
        return _painted(text, _shade(counts[row][column], most)) if is_colored else text

    counts = [[count(column, row) for column in range(columns)] for row in range(rows)]
    most = max(map(max, counts))
    lines = ["".join(character(column, row) for column in range(columns)) for row in range(rows)]
    return [
        *_framed(lines, frame, columns, indent, is_colored),
        *_legend(frame, columns, most, indent, is_colored),
    ]


def _size(frame: Frame, widest: int, highest: int) -> tuple[int, int]:
    """Return columns and rows of characters, so that dots are square on the ground."""
    middle = math.radians((frame.south + frame.north) / 2 / E7)
    ground_width = (frame.east - frame.west) * max(0.1, math.cos(middle))
    if frame.east - frame.west > 300 * E7:  # the world, which is usually drawn so
        ground_width = frame.east - frame.west
    ground_height = frame.north - frame.south
    rows = ground_height / ground_width * widest * ACROSS / DOWN if ground_width else math.inf
    if rows <= highest:
        return widest, max(1, math.ceil(rows))
    return max(1, math.ceil(widest * highest / rows)), highest


def _count(
    index: FeatureIndex, frame: Frame, column: int, row: int, columns: int, rows: int
) -> int:
    """Count the features in one of the cells into which a grid divides the frame."""
    height, width = frame.north - frame.south, frame.east - frame.west
    south = frame.north - height * (row + 1) // rows
    west = frame.west + width * column // columns
    north = frame.north - height * row // rows - 1
    east = frame.west + width * (column + 1) // columns - 1
    if south > north or west > east:
        return 0
    return index.query_count(*map(_int32, (south, west, north, east)))


def _int32(e7: int) -> int:
    return max(-(2**31), min(2**31 - 1, e7))


def _shade(count: int, most: int) -> int:
    """Return the index into RAMP, by the logarithm of the count."""
    if most <= 1:
        return len(RAMP) - 1
    return round(math.log(count) / math.log(most) * (len(RAMP) - 1))


def _painted(text: str, shade: int) -> str:
    return f"\x1b[38;5;{RAMP[shade]}m{text}{_RESET}"


def _latitude_ticks(frame: Frame, rows: int) -> range:
    return _ticks(frame.south, frame.north, max(2, rows // 4))


def _label_width(frame: Frame, highest: int) -> int:
    """Return the width of the longest latitude and a blank; a small area has long ones."""
    labels = (_degrees(tick, "N", "S") for tick in _latitude_ticks(frame, highest))
    return max(_LABEL_WIDTH, 1 + max(map(len, labels), default=0))


def _framed(
    lines: Sequence[str], frame: Frame, columns: int, label_width: int, is_colored: bool
) -> Iterator[str]:
    faint, reset = (_FAINT, _RESET) if is_colored else ("", "")
    height = frame.north - frame.south
    marks = {
        min(len(lines) - 1, (frame.north - tick) * len(lines) // height): _degrees(tick, "N", "S")
        for tick in _latitude_ticks(frame, len(lines))
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
    """Return round coordinates, about `most` of them or fewer."""
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
    side = "" if e7 in (0, LON_LIMIT_E7, -LON_LIMIT_E7) else positive if e7 > 0 else negative
    return f"{whole}{decimals}°{side}"


def _legend(
    frame: Frame, columns: int, most: int, label_width: int, is_colored: bool
) -> Iterator[str]:
    dot_deg = (frame.east - frame.west) / E7 / (columns * ACROSS)
    indent = " " * label_width
    if not is_colored:
        yield f"{indent} a dot: {dot_deg:.2g}° wide; at most {most:,} a character"
        return
    blocks = "".join(_painted("⣿⣿", shade) for shade in range(len(RAMP)))
    yield f"{indent} {_FAINT}1{_RESET} {blocks} {_FAINT}{most:,} a character{_RESET}"
