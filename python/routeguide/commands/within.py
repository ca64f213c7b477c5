"""`routeguide within`: the features within a distance of a place, nearest first."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, places, source
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    places.add_coordinates(parser, "LATITUDE", "LONGITUDE")
    parser.add_argument("radius", type=cli.distance, metavar="METERS", help="the largest distance")
    answers.add_limit(parser)
    answers.add_output(parser)


def run(options: argparse.Namespace) -> int:
    place = places.point_of(options.latitude, options.longitude, options.e7)
    with source.opened(options) as features:
        answers.show(options, features.within(*place, options.radius, limit=options.limit))
    return 0
