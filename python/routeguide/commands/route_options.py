"""The route that a command is about, out of a file, and how far beside it features may be."""

from __future__ import annotations

import argparse
from pathlib import Path

from routeguide.commands.command_error import CommandError
from routeguide.common import cli
from routeguide.formats.base.faults import SourceError
from routeguide.formats.route_files import Route, read_route

FORMS = (
    "GPX, GeoJSON, or text with latitude and longitude in degrees on each line; .gz or not;"
    " - for standard input"
)
HALF_WIDTH_M = 1000.0


def add_route(parser: argparse.ArgumentParser, name: str = "route") -> None:
    """An argument, or an option where the name begins with dashes."""
    parser.add_argument(name, type=Path, metavar="ROUTE", help=FORMS)


def add_half_width(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--half-width", type=cli.distance, default=HALF_WIDTH_M, metavar="METRES",
        help=f"{what} no further than this from the route (default: %(default)g)",
    )  # fmt: skip


def route_of(options: argparse.Namespace) -> Route:
    try:
        return read_route(options.route)
    except SourceError as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
