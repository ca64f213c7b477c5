"""Which calls are let in, and which of those still run.

A call is accepted at one moment: when its handler begins. From then on it runs until gRPC has
handed its status to the kernel, not only until the handler returns. Each handler is wrapped once,
when it is registered; an interceptor would be asked at each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

import grpc
import grpc.aio

from routeguide.errors import DOMAIN_ERRORS, status_of
from routeguide.refusals import LimitError, StoppingError
from routeguide.serving.limits import Limits

Context = grpc.aio.ServicerContext[Any, Any]

STOPPING = "this server is stopping; connect again"


class Admission:
    """The door of one server. Belongs to the thread of its event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._is_open = True
        self._calls = 0
        self._streams = 0
        self._accepted = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @property
    def running(self) -> int:
        """Accepted calls that have not ended."""
        return self._calls + self._streams

    @property
    def ended(self) -> int:
        """Accepted calls that have."""
        return self._accepted - self.running

    def close(self) -> None:
        """Accept no further call: each is answered with UNAVAILABLE."""
        self._is_open = False

    async def wait_until_idle(self, timeout_s: float) -> None:
        """Until no accepted call runs, or `timeout_s` is over. To be called when closed."""
        try:
            await asyncio.wait_for(self._is_idle.wait(), timeout_s)
        except asyncio.TimeoutError:  # another class before Python 3.11
            return

    def guard(self, server: grpc.aio.Server) -> grpc.aio.Server:
        """Something to register servicers with, as with `server` itself, behind this door."""
        return cast(grpc.aio.Server, _Guard(self, server))  # all that generated code calls

    def admit_call(self, context: Context) -> None:
        """Accept a call of one request and one answer. Raises StoppingError, LimitError."""
        if self._calls >= self._limits.calls:
            raise LimitError(f"{self._calls} calls are running, and no more may (max-calls)")
        self._accept(context)
        self._calls += 1
        context.add_done_callback(self._end_call)  # type: ignore[arg-type]

    def admit_stream(self, context: Context) -> None:
        """The same for any other."""
        if self._streams >= self._limits.streams:
            raise LimitError(f"{self._streams} streams are open, and no more may be (max-streams)")
        self._accept(context)
        self._streams += 1
        context.add_done_callback(self._end_stream)  # type: ignore[arg-type]

    def _accept(self, context: Context) -> None:
        if not self._is_open:
            raise StoppingError(STOPPING)
        self._accepted += 1
        self._is_idle.clear()

    def _end_call(self, ctx: Context) -> None:
        self._calls -= 1
        self._notice_the_end()

    def _end_stream(self, ctx: Context) -> None:
        self._streams -= 1
        self._notice_the_end()

    def _notice_the_end(self) -> None:
        if self.running == 0:
            self._is_idle.set()


class _Guard:
    """What generated code takes for a server: it registers handlers behind an Admission."""

    def __init__(self, admission: Admission, server: grpc.aio.Server) -> None:
        self._admission = admission
        self._server = server

    def add_generic_rpc_handlers(self, generic_handlers: Sequence[object]) -> None:
        """The same handlers come a second time, below, where they can be wrapped."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]]
    ) -> None:
        # Registered as generic handlers only: an asyncio server waits, for each call, on one
        # future for every method that is registered the other way.
        guarded = {
            name: guard_handler(self._admission, handler)
            for name, handler in method_handlers.items()
        }
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service_name, guarded),)
        )


def guard_handler(
    admission: Admission, handler: grpc.RpcMethodHandler[Any, Any]
) -> grpc.RpcMethodHandler[Any, Any]:
    """The same handler, behind the door; errors of the domain that it raises become statuses."""
    codecs = (handler.request_deserializer, handler.response_serializer)
    # A request that comes alone is read behind the door, too, where it gets a status if it is
    # no message; of a stream, gRPC reads each as it is asked for.
    read, no_codec = handler.request_deserializer, (None, handler.response_serializer)
    if handler.response_streaming:
        if handler.request_streaming:
            streams = _guard_streams(admission, handler.stream_stream, _as_it_is)
            return grpc.stream_stream_rpc_method_handler(streams, *codecs)
        streams = _guard_streams(admission, handler.unary_stream, read)
        return grpc.unary_stream_rpc_method_handler(streams, *no_codec)
    if handler.request_streaming:
        answers = _guard_answers(admission.admit_stream, handler.stream_unary, _as_it_is)
        return grpc.stream_unary_rpc_method_handler(answers, *codecs)
    answers = _guard_answers(admission.admit_call, handler.unary_unary, read)
    return grpc.unary_unary_rpc_method_handler(answers, *no_codec)


def _as_it_is(requests: Any) -> Any:
    return requests


def _guard_answers(admit: Any, behavior: Any, read: Any) -> Any:
    async def answer(request: Any, context: Context) -> Any:
        try:
            admit(context)
            return await behavior(read(request), context)
        except DOMAIN_ERRORS as error:
            await context.abort(*status_of(error))

    return answer


def _guard_streams(admission: Admission, behavior: Any, read: Any) -> Any:
    # A coroutine that writes, not a generator: gRPC's loop over the answers becomes this one, so
    # that a message costs no more than without.
    async def answers(request: Any, context: Context) -> None:
        try:
            admission.admit_stream(context)
            async with aclosing(behavior(read(request), context)) as generator:
                async for answer in generator:
                    await context.write(answer)
        except DOMAIN_ERRORS as error:
            await context.abort(*status_of(error))

    return answers
