"""The names that RouteGuide answers to, and how a servicer is put under all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
import grpc.aio

from routeguide.pb import route_guide_pb2_grpc

# The package of our own proto and of other languages' clients, then the two ways in which
# tutorials write it: without a package, and with package `steam`.
SERVICE_NAMES = ("routeguide.RouteGuide", "RouteGuide", "steam.RouteGuide")


def add_route_guide(
    servicer: route_guide_pb2_grpc.RouteGuideServicer, server: grpc.Server | grpc.aio.Server
) -> None:
    """Have `server`, threaded or asyncio, answer with `servicer` under every service name.

    The servicer has to be of the server's kind. Call this before the server is started.
    """
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(servicer, _EveryName(server))


class _EveryName:
    """What the generated code registers under its one name goes to a server under all."""

    def __init__(self, server: grpc.Server | grpc.aio.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, generic_handlers: Sequence[object]) -> None:
        """These are bound to one name already; the next call makes one for each name."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: "Mapping[str, grpc.RpcMethodHandler[Any, Any]]"
    ) -> None:
        for name in SERVICE_NAMES:
            handler = grpc.method_handlers_generic_handler(name, dict(method_handlers))
            self._server.add_generic_rpc_handlers((handler,))
            self._server.add_registered_method_handlers(name, dict(method_handlers))
