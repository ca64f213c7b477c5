"""The RouteGuide client on a blocking channel."""

from collections.abc import Iterable
from typing import Any

import grpc

from routeguide.pb.route_guide_pb2 import Point
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub
from routeguide.rpc.channels import READ_IN_CALLING_THREAD
from routeguide.tutorial import walk
from routeguide.tutorial.route_client_options import client_parser, run_client


def walk_through(
    stub: RouteGuideStub,
    points: Iterable[Point],
    timeout_s: float | None = None,
    use_futures: bool = False,
) -> None:
    """Make the four calls on `stub`, visiting `points`, and print the answers.

    `timeout_s` is the deadline of each call. With `use_futures` the two calls with one answer are
    made through `.future`. Raises grpc.RpcError if one fails.
    """

    def answer(call: Any, request: Any) -> Any:
        if use_futures:
            return call.future(request, timeout=timeout_s).result()
        return call(request, timeout=timeout_s)

    walk.print_heading("GetFeature")
    for point in walk.LOOKUPS:
        walk.print_lookup(answer(stub.GetFeature, point))

    walk.print_heading("ListFeatures")
    walk.print_area()
    for feature in stub.ListFeatures(walk.AREA, timeout=timeout_s):
        walk.print_feature(feature)

    walk.print_heading("RecordRoute")
    walk.print_summary(answer(stub.RecordRoute, walk.visit(points)))

    walk.print_heading("RouteChat")
    chat = walk.ChatTranscript()
    for note in stub.RouteChat(chat.outgoing(), timeout=timeout_s):
        chat.receive(note)
    chat.flush()


def main(arguments: list[str] | None = None) -> int:
    """Run the command `route_client.py`; returns its exit status."""
    parser = client_parser("Make the four calls of a RouteGuide server.")
    parser.add_argument(
        "--future", action="store_true", help="make the calls with one answer through .future"
    )
    chosen = parser.parse_args(arguments)

    def walk_with(points: list[Point]) -> None:
        with grpc.insecure_channel(chosen.address, (READ_IN_CALLING_THREAD,)) as channel:
            walk_through(RouteGuideStub(channel), points, chosen.timeout, chosen.future)

    return run_client(parser, chosen, walk_with)
