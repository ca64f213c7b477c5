"""The RouteGuide client on an asyncio channel."""

import asyncio
from collections.abc import Iterable

import grpc.aio

from routeguide.pb.route_guide_pb2 import Point
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub
from routeguide.tutorial import walk
from routeguide.tutorial.route_client_options import client_parser, run_client


async def walk_through(
    stub: RouteGuideStub, points: Iterable[Point], timeout_s: float | None = None
) -> None:
    """Make the four calls on `stub`, visiting `points`, and print the answers.

    `timeout_s` is the deadline of each call. Raises grpc.aio.AioRpcError if one fails.
    """
    walk.print_heading("GetFeature")
    for point in walk.LOOKUPS:
        walk.print_lookup(await stub.GetFeature(point, timeout=timeout_s))

    walk.print_heading("ListFeatures")
    walk.print_area()
    async for feature in stub.ListFeatures(walk.AREA, timeout=timeout_s):
        walk.print_feature(feature)

    walk.print_heading("RecordRoute")
    walk.print_summary(await stub.RecordRoute(walk.visit(points), timeout=timeout_s))

    walk.print_heading("RouteChat")
    chat = walk.ChatTranscript()
    async for note in stub.RouteChat(chat.outgoing(), timeout=timeout_s):
        chat.receive(note)
    chat.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run the command `asyncio_route_client.py`; returns its exit status."""
    parser = client_parser("Make the four calls of a RouteGuide server, with asyncio.")
    chosen = parser.parse_args(arguments)

    async def walk_with(points: list[Point]) -> None:
        async with grpc.aio.insecure_channel(chosen.address) as channel:
            await walk_through(RouteGuideStub(channel), points, chosen.timeout)

    return run_client(parser, chosen, lambda points: asyncio.run(walk_with(points)))
