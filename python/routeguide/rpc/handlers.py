"""Handlers of calls, put together anew: the one place that knows how gRPC makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, TypeAlias

import grpc
import grpc.aio

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Register = Callable[[str, Mapping[str, Handler]], object]

# By whether requests are streamed, and whether answers are.
_MAKERS: dict[tuple[bool, bool], Callable[..., Handler]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def behavior_of(handler: Handler) -> Any:
    """What it calls: with a request, or an iterator of them, and a context."""
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
    """A handler of the same kind of call that reads requests with `read`, calls `behavior`, and
    writes answers with `write`. None for one of the two leaves bytes as they are."""
    make = _MAKERS[bool(handler.request_streaming), bool(handler.response_streaming)]
    return make(behavior, read, write)


def for_any_call(behavior: Any) -> Handler:
    """A handler that reads no request before `behavior` begins. On the wire all four kinds of call
    end alike."""
    return _MAKERS[True, True](behavior)


class Registrar:
    """What generated code takes for a server. The handlers of each service, by method, are given
    to `register` with its name."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def add_generic_rpc_handlers(self, generic_handlers: Sequence[object]) -> None:
        """The next call brings the same, in a form that can be changed."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, Handler]
    ) -> None:
        self._register(service_name, method_handlers)


def register_with(
    server: grpc.Server | grpc.aio.Server | Registrar,
    service_name: str,
    handlers: Mapping[str, Handler],
) -> None:
    """Have a server answer with the handlers, or a Registrar do with them what it does.

    With an asyncio server as generic handlers only: it waits, for each call, on one future for
    every method that is registered the other way.
    """
    if not isinstance(server, Registrar):
        handler = grpc.method_handlers_generic_handler(service_name, dict(handlers))
        server.add_generic_rpc_handlers((handler,))
    if not isinstance(server, grpc.aio.Server):
        server.add_registered_method_handlers(service_name, dict(handlers))
