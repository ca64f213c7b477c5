"""Health and reflection, if the packages of `routeguide[server]` are installed."""

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

# Reflection describes RouteGuide under one of its names; the others are the same service.
DESCRIBED = (SERVICE_NAMES[0], FEATURE_SERVICE)

# A client that watches health and does not read delays the others by at most this.
SET_TIMEOUT_S = 0.1


class HealthState:
    """The health of a server as a whole, under the name "", and of each service."""

    def __init__(self, servicer: Any) -> None:
        self._servicer = servicer

    async def serving(self) -> None:
        await self._set("SERVING")

    async def draining(self) -> None:
        """Report NOT_SERVING until the process ends."""
        await self._set("NOT_SERVING")

    async def _set(self, status: str) -> None:
        from grpc_health.v1 import health_pb2

        code = health_pb2.HealthCheckResponse.ServingStatus.Value(status)
        setting = [self._servicer.set(service, code) for service in ("", *EVERY_SERVICE)]
        await asyncio.wait([asyncio.ensure_future(each) for each in setting], timeout=SET_TIMEOUT_S)


def add_health(server: grpc.aio.Server) -> HealthState | None:
    """Add the health service to `server`; return None if its package is not installed."""
    try:
        from grpc_health.v1 import health, health_pb2_grpc
    except ModuleNotFoundError:
        return None
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, _generic(server))
    return HealthState(servicer)


def add_reflection(server: grpc.aio.Server) -> bool:
    """Add the reflection service to `server`; return False if its package is not installed."""
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
