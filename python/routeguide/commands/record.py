"""`routeguide record`: the summary of a trip, by the tutorials' RecordRoute."""

from __future__ import annotations

import argparse

from routeguide.commands import answers, route_options, source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser)
    route_options.add_route(parser)
    answers.add_format(parser)


def run(options: argparse.Namespace) -> int:
    points = zip(*route_options.route_of(options), strict=True)
    with source.opened(options) as features:
        summary = features.record_route(points)
    if options.format == "geojson":
        options.format = "jsonl"
    answers.show_columns(options, [{name: [value] for name, value in summary._asdict().items()}])
    return 0
