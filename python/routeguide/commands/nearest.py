"""`routeguide nearest`: the features nearest to a place."""

from __future__ import annotations

import argparse
import math

from routeguide.commands import answers, source
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    parser.add_argument("latitude", type=source.latitude, metavar="LATITUDE", help=source.NORTH)
    parser.add_argument("longitude", type=source.longitude, metavar="LONGITUDE", help=source.EAST)
    parser.add_argument(
        "-k", type=cli.count, default=10, metavar="COUNT",
        help="how many (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--max-distance", type=cli.distance, default=math.inf, metavar="METRES",
        help="none further than this",
    )  # fmt: skip
    source.add_units(parser)
    answers.add_format(parser)


def run(options: argparse.Namespace) -> int:
    place = source.place_of(options)
    with source.opened(options) as features:
        answers.show(options, features.nearest(*place, options.k, options.max_distance))
    return 0
