"""`routeguide along`: the features within a distance of a route, in order along it."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, route_options, source
from routeguide.commands.command_error import CommandError
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    route_options.add_route(parser)
    route_options.add_half_width(parser, "features")
    answers.add_limit(parser)
    answers.add_output(parser)


def run(options: argparse.Namespace) -> int:
    route = route_options.route_of(options)
    with source.opened(options) as features:
        try:
            found = features.along(*route, options.half_width, limit=options.limit)
        except ValueError as error:
            raise CommandError(f"{options.route}: {error}", cli.WRONG_USAGE) from error
        answers.show(options, found)
    return 0
