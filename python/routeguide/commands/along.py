"""`routeguide along`: the features beside a route, in its order."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, route_options, source
from routeguide.commands.command_error import CommandError
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    route_options.add_route(parser)
    route_options.add_half_width(parser, "features")
    parser.add_argument("--limit", type=cli.count, metavar="COUNT", help="at most so many")
    source.add_units(parser)
    answers.add_format(parser)


def run(options: argparse.Namespace) -> int:
    latitudes, longitudes = route_options.route_of(options)
    with source.opened(options) as features:
        try:
            found = features.along(latitudes, longitudes, options.half_width, limit=options.limit)
        except ValueError as error:
            raise CommandError(f"{options.route}: {error}", cli.WRONG_USAGE) from error
        answers.show(options, found)
    return 0
