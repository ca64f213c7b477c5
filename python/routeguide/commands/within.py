"""`routeguide within`: the features within a distance of a place."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, source
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    parser.add_argument("latitude", type=source.latitude, metavar="LATITUDE", help=source.NORTH)
    parser.add_argument("longitude", type=source.longitude, metavar="LONGITUDE", help=source.EAST)
    parser.add_argument("radius", type=cli.distance, metavar="METRES")
    parser.add_argument("--limit", type=cli.count, metavar="COUNT", help="at most so many")
    source.add_units(parser)
    answers.add_format(parser)


def run(options: argparse.Namespace) -> int:
    place = source.place_of(options)
    with source.opened(options) as features:
        answers.show(options, features.within(*place, options.radius, limit=options.limit))
    return 0
