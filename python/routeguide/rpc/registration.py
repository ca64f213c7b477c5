"""The names that services answer to, and how a servicer is put under them."""

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from routeguide.pb import feature_service_pb2_grpc, route_guide_pb2_grpc
from routeguide.rpc.handlers import Handler, Registrar, behavior_of, rebuilt, register_with

# The package of our own proto and of other languages' clients, then the two ways in which
# tutorials write it: without a package, and with package `steam`.
SERVICE_NAMES = ("routeguide.RouteGuide", "RouteGuide", "steam.RouteGuide")


def add_route_guide(
    servicer: route_guide_pb2_grpc.RouteGuideServicer, server: grpc.Server | grpc.aio.Server
) -> None:
    """Have `server`, threaded or asyncio, answer with `servicer` under every service name.

    The servicer has to be of the server's kind, and may answer with messages or with bytes. Call
    this before the server is started.
    """
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(
        servicer, _encoding(server, SERVICE_NAMES)
    )


def add_feature_service(
    servicer: feature_service_pb2_grpc.FeatureServiceServicer,
    server: grpc.Server | grpc.aio.Server,
) -> None:
    """Have `server`, threaded or asyncio, answer with `servicer`.

    The servicer has to be of the server's kind, and may answer with messages or with bytes. Call
    this before the server is started.
    """
    feature_service_pb2_grpc.add_FeatureServiceServicer_to_server(servicer, _encoding(server))


def encoded(answer: Message | bytes) -> bytes:
    """A serializer that lets through what is encoded already."""
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def _encoding(server: grpc.Server | grpc.aio.Server, service_names: Sequence[str] = ()) -> Any:
    """What generated code registers here goes to `server` with `encoded` for a serializer, and
    under other names than its own where there are some."""

    def register(service_name: str, handlers: Mapping[str, Handler]) -> None:
        encoding = {
            method: rebuilt(handler, behavior_of(handler), handler.request_deserializer, encoded)
            for method, handler in handlers.items()
        }
        for name in service_names or (service_name,):
            register_with(server, name, encoding)

    return Registrar(register)
