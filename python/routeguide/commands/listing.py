"""`routeguide list`: the features between two corners, by the tutorials' ListFeatures."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, places, source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    places.add_coordinates(parser, "LATITUDE1", "LONGITUDE1", "LATITUDE2", "LONGITUDE2")
    answers.add_output(parser)
    parser.epilog = "Two opposite corners, in any order. `search` is faster on a server."


def run(options: argparse.Namespace) -> int:
    corner = places.point_of(options.latitude1, options.longitude1, options.e7)
    other = places.point_of(options.latitude2, options.longitude2, options.e7)
    with source.opened(options) as features:
        answers.show(options, features.list_features(*corner, *other))
    return 0
