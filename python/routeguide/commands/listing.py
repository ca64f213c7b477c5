"""`routeguide list`: the features between two corners, by the documented ListFeatures."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    for number in ("1", "2"):
        parser.add_argument(
            f"lat{number}", type=source.latitude, metavar=f"LATITUDE{number}", help=source.NORTH
        )
        parser.add_argument(
            f"lon{number}", type=source.longitude, metavar=f"LONGITUDE{number}", help=source.EAST
        )
    source.add_units(parser)
    answers.add_format(parser)
    parser.epilog = "Two opposite corners, in any order; `search` is faster on a server."


def run(options: argparse.Namespace) -> int:
    corner = source.point_of(options.lat1, options.lon1, options.e7)
    other = source.point_of(options.lat2, options.lon2, options.e7)
    with source.opened(options) as features:
        answers.show(options, features.list_features(*corner, *other))
    return 0
