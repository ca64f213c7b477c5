"""Register servicers under the names that their services answer to."""

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from routeguide.pb import feature_service_pb2_grpc, route_guide_pb2_grpc
from routeguide.rpc.handlers import Handler, Registrar, behavior_of, rebuilt, register_with

# First the package of proto/route_guide.proto and of other languages' clients, then the two
# variants in tutorials: without a package, and with the package `steam`.
SERVICE_NAMES = ("routeguide.RouteGuide", "RouteGuide", "steam.RouteGuide")


def add_route_guide(
    servicer: route_guide_pb2_grpc.RouteGuideServicer, server: grpc.Server | grpc.aio.Server
) -> None:
    """Register `servicer` with `server`, threaded or asyncio, under every service name.

    The servicer must be of the server's kind, and may answer with messages or with bytes. Call
    this before the server starts.
    """
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(
        servicer, _encoding(server, SERVICE_NAMES)
    )


def add_feature_service(
    servicer: feature_service_pb2_grpc.FeatureServiceServicer,
    server: grpc.Server | grpc.aio.Server,
) -> None:
    """Register `servicer` with `server`, otherwise as `add_route_guide` does."""
    feature_service_pb2_grpc.add_FeatureServiceServicer_to_server(servicer, _encoding(server))


def encoded(answer: Message | bytes) -> bytes:
    """Serialize an answer; bytes are already serialized and pass through."""
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def _encoding(server: grpc.Server | grpc.aio.Server, service_names: Sequence[str] = ()) -> Any:
    """A server for generated code, which registers with `server` under `service_names`, or the
    service's own name, with `encoded` as the serializer."""

    def register(service_name: str, handlers: Mapping[str, Handler]) -> None:
        encoding = {
            method: rebuilt(handler, behavior_of(handler), handler.request_deserializer, encoded)
            for method, handler in handlers.items()
        }
        for name in service_names or (service_name,):
            register_with(server, name, encoding)

    return Registrar(register)
