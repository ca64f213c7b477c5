"""gRPC's handlers of calls, rebuilt and registered: the only module that makes handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, TypeAlias

import grpc
import grpc.aio

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Register = Callable[[str, Mapping[str, Handler]], object]

# Keys: whether requests are streamed, whether answers are.
_MAKERS: dict[tuple[bool, bool], Callable[..., Handler]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def behavior_of(handler: Handler) -> Any:
    """Return the function of a handler: it takes a request, or an iterator, and a context."""
    one_answer = handler.unary_unary or handler.stream_unary
    return one_answer or handler.unary_stream or handler.stream_stream


def coroutine_of(handler: Handler) -> Callable[[Any, Any], Awaitable[Any]]:
    """Return the behavior of an asyncio handler as a coroutine function. One that yields its
    answers becomes one that writes them: its loop replaces gRPC's own, so that code around it
    costs nothing for each answer, and the generator is closed as soon as the call ends."""
    behavior = behavior_of(handler)
    if not handler.response_streaming or asyncio.iscoroutinefunction(behavior):
        return behavior  # type: ignore[no-any-return]

    async def write(request: Any, context: Any) -> None:
        async with aclosing(behavior(request, context)) as answers:
            async for answer in answers:
                await context.write(answer)

    return write


def rebuilt(handler: Handler, behavior: Any, read: Any, write: Any) -> Handler:
    """Make a handler of the same kind of call that parses requests with `read`, calls `behavior`,
    and serializes answers with `write`. None passes bytes through."""
    make = _MAKERS[bool(handler.request_streaming), bool(handler.response_streaming)]
    return make(behavior, read, write)


def for_any_call(behavior: Any) -> Handler:
    """Make a handler for any kind of call that reads no request before `behavior` begins, which is
    enough to end it: all kinds of call end alike on the wire."""
    return _MAKERS[True, True](behavior)


class Registrar:
    """Stands in for a server in generated code: passes the name of each service and its handlers,
    by method, to `register`."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def add_generic_rpc_handlers(self, generic_handlers: Sequence[object]) -> None:
        """Ignored: the next call brings the same handlers as a mapping."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, Handler]
    ) -> None:
        self._register(service_name, method_handlers)


def register_with(
    server: grpc.Server | grpc.aio.Server | Registrar,
    service_name: str,
    handlers: Mapping[str, Handler],
) -> None:
    """Register handlers with a server, or pass them to a Registrar.

    An asyncio server gets them as generic handlers only: for each call it waits on one future for
    every method that is registered the other way (docs/decisions/0007-generic-handlers.md).
    """
    if not isinstance(server, Registrar):
        handler = grpc.method_handlers_generic_handler(service_name, dict(handlers))
        server.add_generic_rpc_handlers((handler,))
    if not isinstance(server, grpc.aio.Server):
        server.add_registered_method_handlers(service_name, dict(handlers))
