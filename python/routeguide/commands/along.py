"""`routeguide along`: the features beside a route, in its order."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, routes, source
from routeguide.commands.errors import CommandError
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    routes.add_route(parser)
    routes.add_half_width(parser, "features")
    parser.add_argument("--limit", type=cli.count, metavar="COUNT", help="at most so many")
    source.add_units(parser)
    answers.add_format(parser)


def run(options: argparse.Namespace) -> int:
    latitudes, longitudes = routes.route_of(options)
    with source.opened(options) as features:
        try:
            found = features.along(latitudes, longitudes, options.half_width, limit=options.limit)
        except ValueError as error:
            raise CommandError(f"{options.route}: {error}", cli.WRONG_USAGE) from error
        answers.show(options, found)
    return 0
