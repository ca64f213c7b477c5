"""`routeguide get`: the features at points."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, places, source
from routeguide.commands.command_error import CommandError
from routeguide.common import cli
from routeguide.common.wording import counted

NOT_FOUND = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    parser.add_argument(
        "coordinates", nargs="+", type=places.coordinate, metavar="LATITUDE LONGITUDE",
        help="one point or more",
    )  # fmt: skip
    answers.add_output(parser)
    parser.epilog = f"The exit status is {NOT_FOUND} if a point has no feature."


def run(options: argparse.Namespace) -> int:
    numbers = options.coordinates
    if len(numbers) % 2:
        raise CommandError("a point is a latitude and a longitude", cli.WRONG_USAGE)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    points = [places.point_of(lat, lon, options.e7) for lat, lon in pairs]
    with source.opened(options) as features:
        found = features.get_features(points)
    missing = [point for point, feature in zip(points, found, strict=True) if feature is None]
    answers.show(options, (feature for feature in found if feature is not None))
    if missing:
        listed = "; ".join(places.point_text(*point, options.e7) for point in missing[:5])
        more = f" and {counted(len(missing) - 5, 'point')} more" if len(missing) > 5 else ""
        raise CommandError(f"no feature at {listed}{more}", NOT_FOUND)
    return 0
