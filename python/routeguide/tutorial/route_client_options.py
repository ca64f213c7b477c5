"""The command line of the threaded and of the asyncio client."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import grpc

from routeguide.common import cli
from routeguide.pb.route_guide_pb2 import Point
from routeguide.rpc.call_error import call_error
from routeguide.tutorial import points_file, walk


def client_parser(description: str) -> argparse.ArgumentParser:
    """Make a parser of the options that both clients have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--address", default="localhost:50051", help="the server (default: %(default)s)"
    )
    parser.add_argument(
        "--timeout",
        type=cli.positive_seconds,
        metavar="SECONDS",
        help="deadline of each call (default: none)",
    )
    parser.add_argument(
        "--points",
        type=Path,
        metavar="FILE",
        help=f"points to visit instead of ten random ones: {points_file.FORM}",
    )
    return parser


def run_client(
    parser: argparse.ArgumentParser,
    chosen: argparse.Namespace,
    walk_through: Callable[[list[Point]], None],
) -> int:
    """Run `walk_through` with the points to visit; returns the exit status.

    A failure is printed as one line on standard error.
    """
    try:
        points = points_file.read_points(chosen.points) if chosen.points else walk.random_points()
    except points_file.PointsError as error:
        parser.exit(cli.WRONG_USAGE, f"{parser.prog}: {error}\n")
    try:
        walk_through(points)
        sys.stdout.flush()
    except grpc.RpcError as error:
        print(f"{parser.prog}: {call_error(error, chosen.address)}", file=sys.stderr)
        return cli.FAILURE
    except KeyboardInterrupt:
        return cli.INTERRUPTED
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return cli.FAILURE
    return 0
