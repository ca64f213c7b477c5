"""`routeguide search`: the features in a bounding box."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, places, source
from routeguide.commands.command_error import CommandError
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    places.add_coordinates(parser, "SOUTH", "WEST", "NORTH", "EAST")
    parser.add_argument("--named-only", action="store_true", help="omit features without a name")
    answers.add_limit(parser)
    answers.add_output(parser)
    parser.epilog = (
        "The edges are inside. A box whose WEST exceeds its EAST crosses the antimeridian."
    )


def run(options: argparse.Namespace) -> int:
    south, west = places.point_of(options.south, options.west, options.e7)
    north, east = places.point_of(options.north, options.east, options.e7)
    if south > north:
        text = "SOUTH must not exceed NORTH: the order is SOUTH WEST NORTH EAST"
        raise CommandError(text, cli.WRONG_USAGE)
    with source.opened(options) as features:
        found = features.search(
            south, west, north, east, named_only=options.named_only, limit=options.limit
        )
        answers.show(options, found)
    return 0
