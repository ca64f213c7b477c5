"""The arguments ROUTE, a file, and --half-width, the distance from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from routeguide.commands.command_error import wrong_usage
from routeguide.common import cli
from routeguide.formats.base.faults import SourceError
from routeguide.formats.route_files import Route, read_route

FORMS = (
    "GPX, GeoJSON, or text with a latitude and a longitude in degrees on each line; also .gz;"
    " - for standard input"
)
HALF_WIDTH_M = 1000.0


def add_route(parser: argparse.ArgumentParser, name: str = "route") -> None:
    """Add ROUTE as an argument, or as an option if the name begins with dashes."""
    parser.add_argument(name, type=Path, metavar="ROUTE", help=FORMS)


def add_half_width(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--half-width", type=cli.distance, default=HALF_WIDTH_M, metavar="METERS",
        help=f"{what} up to this distance from the route (default: %(default)g)",
    )  # fmt: skip


def route_of(options: argparse.Namespace) -> Route:
    """Read the route. Raises CommandError."""
    with wrong_usage(SourceError):
        return read_route(options.route)
