"""The route that a command is about, out of a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from routeguide import cli
from routeguide.commands.errors import CommandError
from routeguide.formats.routes import Route, RouteError, read_route


def add_route(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "route",
        type=Path,
        metavar="ROUTE",
        help="GPX or GeoJSON file, or text with latitude and longitude in degrees on each line",
    )


def route_of(options: argparse.Namespace) -> Route:
    try:
        return read_route(options.route)
    except RouteError as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
