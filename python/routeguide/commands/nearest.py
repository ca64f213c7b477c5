"""`routeguide nearest`: the k features nearest to a place."""

from __future__ import annotations

import argparse
import math

from routeguide.commands import answers, places, source
from routeguide.common import cli


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    places.add_coordinates(parser, "LATITUDE", "LONGITUDE")
    parser.add_argument(
        "-k", type=cli.count, default=10, metavar="COUNT",
        help="number of features (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--max-distance", type=cli.distance, default=math.inf, metavar="METERS",
        help="only features up to this distance",
    )  # fmt: skip
    answers.add_output(parser)


def run(options: argparse.Namespace) -> int:
    place = places.point_of(options.latitude, options.longitude, options.e7)
    with source.opened(options) as features:
        answers.show(options, features.nearest(*place, options.k, options.max_distance))
    return 0
