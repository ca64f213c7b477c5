"""Places on a command line: latitude before longitude, in degrees or E7."""

from __future__ import annotations

import argparse
import math
from functools import partial

from routeguide.commands.command_error import CommandError
from routeguide.common import cli
from routeguide.domain.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7, looks_like_e7

_DIRECTIONS = {
    "latitude": "degrees north of the equator; south is negative",
    "longitude": "degrees east of Greenwich; west is negative",
}


def add_coordinates(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add positional arguments: a latitude, a longitude, and so on alternately."""
    for number, name in enumerate(names):
        what, direction = [*_DIRECTIONS.items()][number % 2]
        type_ = partial(coordinate, what=what)
        parser.add_argument(name.lower(), type=type_, metavar=name, help=direction)


def add_units(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--e7", action="store_true",
        help="read and print coordinates as E7: integers in units of 1e-7 degrees",
    )  # fmt: skip


def coordinate(text: str, what: str = "coordinate") -> float:
    """Parse a finite number; `what` names it in errors. Its range depends on --e7."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        hint = "; latitude and longitude are two arguments, with decimal points"
        raise argparse.ArgumentTypeError(f"{text!r} is not a {what}{hint if ',' in text else ''}")
    return number


def point_of(latitude: float, longitude: float, in_e7: bool) -> tuple[int, int]:
    """Return a point as E7, given in degrees or E7. Raises CommandError if it is not on Earth."""
    return (
        _to_e7("latitude", latitude, LAT_LIMIT_E7, in_e7),
        _to_e7("longitude", longitude, LON_LIMIT_E7, in_e7),
    )


def _to_e7(what: str, value: float, limit_e7: int, in_e7: bool) -> int:
    scaled = value if in_e7 else value * E7
    if abs(scaled) <= limit_e7 + 0.5:  # false for NaN
        if in_e7 and not value.is_integer():
            raise CommandError(f"{value}: a {what} in E7 is a whole number", cli.WRONG_USAGE)
        return round(scaled)
    is_e7 = not in_e7 and abs(value) <= limit_e7 and looks_like_e7(value)
    hint = "; for E7 numbers add --e7" if is_e7 else ""
    text = f"{value:.12g}: a {what} is within {limit_e7 // E7} degrees{hint}"
    raise CommandError(text, cli.WRONG_USAGE)


def point_text(lat_e7: int, lon_e7: int, in_e7: bool) -> str:
    """Format a point in the units of a command."""
    return f"{lat_e7} {lon_e7}" if in_e7 else f"{lat_e7 / E7:.7f} {lon_e7 / E7:.7f}"
