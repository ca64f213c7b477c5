"""A server of RouteGuide with interceptors or credentials, in the process of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc.aio
from routeguide.domain import database
from routeguide.rpc.listening import NO_SHARED_PORT, Credentials, listen
from routeguide.rpc.registration import add_route_guide
from routeguide.serving.admission import Admission
from routeguide.serving.limits import ServingLimits
from routeguide.serving.observing.health import add_health, add_reflection
from routeguide.tutorial import aio_route_guide_servicer

from support.serving import LoopThread


@contextmanager
def observed_server(
    loop_thread: LoopThread,
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
    credentials: Credentials | None = None,
) -> Iterator[str]:
    """The address of a server with the package's features, health and reflection."""

    async def start() -> tuple[grpc.aio.Server, str]:
        server = grpc.aio.server(options=NO_SHARED_PORT, interceptors=interceptors)
        servicer = aio_route_guide_servicer.RouteGuideServicer(database.load_packaged())
        add_route_guide(servicer, Admission(ServingLimits()).guard(server))
        health = add_health(server)
        assert health is not None
        assert add_reflection(server)
        await health.serving()
        address = listen(server, "localhost:0", credentials)
        await server.start()
        return server, address

    server, address = loop_thread.run(start())
    yield address
    loop_thread.run(server.stop(None))
