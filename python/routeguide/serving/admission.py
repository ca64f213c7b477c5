"""Which calls are let in, and which of those still run.

A call is accepted at one moment: when its handler begins. From then on it runs until gRPC has
handed its status to the kernel, not only until the handler returns. Each handler is wrapped once,
when it is registered; an interceptor would be asked at each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, cast

import grpc.aio

from routeguide.common.wording import counted
from routeguide.rpc.handlers import Handler, Registrar, behavior_of, rebuilt, register_with
from routeguide.rpc.refusals import STOPPING, LimitError, StoppingError
from routeguide.rpc.statuses import DOMAIN_ERRORS, status_of
from routeguide.serving.limits import ServingLimits

Context = grpc.aio.ServicerContext[Any, Any]


class Admission:
    """The door of one server. Belongs to the thread of its event loop."""

    def __init__(self, limits: ServingLimits) -> None:
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

        def register(service_name: str, handlers: Mapping[str, Handler]) -> None:
            guarded = {method: _guarded(self, handler) for method, handler in handlers.items()}
            register_with(server, service_name, guarded)

        return cast(grpc.aio.Server, Registrar(register))  # all that generated code calls

    def admit_call(self, context: Context) -> None:
        """Accept a call of one request and one answer. Raises StoppingError, LimitError."""
        self._check_open()
        if self._calls >= self._limits.calls:
            running = counted(self._calls, "call is", "calls are")
            raise LimitError(f"{running} running, and no more may (max-calls)")
        self._calls += 1
        self._accept()
        context.add_done_callback(self._end_call)  # type: ignore[arg-type]

    def admit_stream(self, context: Context) -> None:
        """The same for any other."""
        self._check_open()
        if self._streams >= self._limits.streams:
            opened = counted(self._streams, "stream is", "streams are")
            raise LimitError(f"{opened} open, and no more may be (max-streams)")
        self._streams += 1
        self._accept()
        context.add_done_callback(self._end_stream)  # type: ignore[arg-type]

    def _check_open(self) -> None:
        # Before any limit: a client that hears of one would come back to this server.
        if not self._is_open:
            raise StoppingError(f"{STOPPING}; connect again")

    def _accept(self) -> None:
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


def _guarded(admission: Admission, handler: Handler) -> Handler:
    """The same handler, behind the door; errors of the domain that it raises become statuses."""
    behavior, write = behavior_of(handler), handler.response_serializer
    read = handler.request_deserializer
    # A request that comes alone is read behind the door, too, where it gets a status if it is
    # no message; of a stream, gRPC reads each as it is asked for.
    before, behind = (read, _as_it_is) if handler.request_streaming else (None, read)
    if handler.response_streaming:
        return rebuilt(handler, _guard_streams(admission, behavior, behind), before, write)
    admit = admission.admit_stream if handler.request_streaming else admission.admit_call
    return rebuilt(handler, _guard_answers(admit, behavior, behind), before, write)


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
