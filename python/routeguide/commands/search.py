"""`routeguide search`: the features in a box."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, source
from routeguide.commands.command_error import CommandError
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    parser.add_argument("south", type=source.latitude, metavar="SOUTH", help=source.NORTH)
    parser.add_argument("west", type=source.longitude, metavar="WEST", help=source.EAST)
    parser.add_argument("north", type=source.latitude, metavar="NORTH", help=source.NORTH)
    parser.add_argument("east", type=source.longitude, metavar="EAST", help=source.EAST)
    parser.add_argument("--named-only", action="store_true", help="leave out what has no name")
    parser.add_argument("--limit", type=cli.count, metavar="COUNT", help="at most so many")
    source.add_units(parser)
    answers.add_format(parser)
    parser.epilog = "Edges are inside. A west greater than east crosses the antimeridian."


def run(options: argparse.Namespace) -> int:
    south, west = source.point_of(options.south, options.west, options.e7)
    north, east = source.point_of(options.north, options.east, options.e7)
    if south > north:
        raise CommandError("SOUTH is north of NORTH: the order is S W N E", cli.WRONG_USAGE)
    with source.opened(options) as features:
        found = features.search(
            south, west, north, east, named_only=options.named_only, limit=options.limit
        )
        answers.show(options, found)
    return 0
