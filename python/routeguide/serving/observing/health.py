"""Health and reflection, from the packages of `routeguide[server]` where they are installed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

import grpc.aio

from routeguide.pb import feature_service_pb2
from routeguide.rpc.handlers import Registrar, register_with
from routeguide.rpc.registration import SERVICE_NAMES

FEATURE_SERVICE = feature_service_pb2.DESCRIPTOR.services_by_name["FeatureService"].full_name
EVERY_SERVICE = (*SERVICE_NAMES, FEATURE_SERVICE)

# The names of RouteGuide that come with a description; the others are the same service.
DESCRIBED = (SERVICE_NAMES[0], FEATURE_SERVICE)

# Whoever watches and does not read holds up those who are told after; not longer than this.
TELL_WITHIN_S = 0.1


class HealthState:
    """What a server says of its health: of all of it under "", and of each service."""

    def __init__(self, servicer: Any) -> None:
        self._servicer = servicer

    async def serving(self) -> None:
        await self._tell("SERVING")

    async def draining(self) -> None:
        """From now on for good: it is about to end."""
        await self._tell("NOT_SERVING")

    async def _tell(self, status: str) -> None:
        from grpc_health.v1 import health_pb2

        code = health_pb2.HealthCheckResponse.ServingStatus.Value(status)
        telling = [self._servicer.set(service, code) for service in ("", *EVERY_SERVICE)]
        await asyncio.wait([asyncio.ensure_future(each) for each in telling], timeout=TELL_WITHIN_S)


def add_health(server: grpc.aio.Server) -> HealthState | None:
    """Have `server` answer for its health; None where the package for it is not installed."""
    try:
        from grpc_health.v1 import health, health_pb2_grpc
    except ModuleNotFoundError:
        return None
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, _generic(server))
    return HealthState(servicer)


def add_reflection(server: grpc.aio.Server) -> bool:
    """Have `server` say what can be called on it; False where that takes a package."""
    try:
        from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
    except ModuleNotFoundError:
        return False
    names = [*DESCRIBED, reflection.SERVICE_NAME]
    try:
        from grpc_health.v1 import health

        names.append(health.SERVICE_NAME)
    except ModuleNotFoundError:
        pass
    servicer = reflection.aio.ReflectionServicer(names)
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(servicer, _generic(server))
    return True


def _generic(server: grpc.aio.Server) -> grpc.aio.Server:
    return cast(grpc.aio.Server, Registrar(partial(register_with, server)))
