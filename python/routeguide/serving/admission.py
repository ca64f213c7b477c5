"""Accept or refuse calls, and count those that run.

A call is accepted when its handler begins. It runs until gRPC has passed its status to the kernel,
not only until the handler returns. Each handler is wrapped once, when it is registered; an
interceptor would run at each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import grpc.aio

from routeguide.common.wording import counted
from routeguide.rpc.handlers import Handler, Registrar, coroutine_of, rebuilt, register_with
from routeguide.rpc.refusals import STOPPING, LimitError, StoppingError
from routeguide.rpc.statuses import DOMAIN_ERRORS, status_of
from routeguide.serving.limits import ServingLimits

Context = grpc.aio.ServicerContext[Any, Any]


class Admission:
    """Admits calls to one server. Belongs to the thread of its event loop."""

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
        """The number of accepted calls that have not ended."""
        return self._calls + self._streams

    @property
    def ended(self) -> int:
        """The number of accepted calls that have ended."""
        return self._accepted - self.running

    def close(self) -> None:
        """Refuse further calls with UNAVAILABLE."""
        self._is_open = False

    async def wait_until_idle(self, timeout_s: float) -> None:
        """Wait until no accepted call runs, at most `timeout_s`. Call `close` first."""
        try:
            await asyncio.wait_for(self._is_idle.wait(), timeout_s)
        except asyncio.TimeoutError:  # another class before Python 3.11
            return

    def guard(self, server: grpc.aio.Server) -> grpc.aio.Server:
        """Return an object to register servicers with instead of `server`, so that their calls
        need to be admitted."""

        def register(service_name: str, handlers: Mapping[str, Handler]) -> None:
            guarded = {method: _guarded(self, handler) for method, handler in handlers.items()}
            register_with(server, service_name, guarded)

        return cast(grpc.aio.Server, Registrar(register))  # has all that generated code calls

    def admit_call(self, context: Context) -> None:
        """Accept a call without a stream. Raises StoppingError, LimitError."""
        self._check_open()
        if self._calls >= self._limits.calls:
            running = counted(self._calls, "call is", "calls are")
            raise LimitError(f"{running} running, the maximum (max-calls)")
        self._calls += 1
        self._accept()
        context.add_done_callback(self._end_call)  # type: ignore[arg-type]

    def admit_stream(self, context: Context) -> None:
        """Accept a call with a stream, either way. Raises StoppingError, LimitError."""
        self._check_open()
        if self._streams >= self._limits.streams:
            opened = counted(self._streams, "stream is", "streams are")
            raise LimitError(f"{opened} open, the maximum (max-streams)")
        self._streams += 1
        self._accept()
        context.add_done_callback(self._end_stream)  # type: ignore[arg-type]

    def _check_open(self) -> None:
        # Checked before limits: a client refused by a limit would try this server again.
        if not self._is_open:
            raise StoppingError(f"{STOPPING}; connect again")

    def _accept(self) -> None:
        self._accepted += 1
        self._is_idle.clear()

    def _end_call(self, context: Context) -> None:
        self._calls -= 1
        self._check_idle()

    def _end_stream(self, context: Context) -> None:
        self._streams -= 1
        self._check_idle()

    def _check_idle(self) -> None:
        if self.running == 0:
            self._is_idle.set()


def _guarded(admission: Admission, handler: Handler) -> Handler:
    """Return a handler that does the same for admitted calls, and turns domain errors into
    statuses."""
    behavior, read = coroutine_of(handler), handler.request_deserializer
    # A single request is parsed after admission, so that an invalid message gets a status.
    # gRPC parses the requests of a stream one by one.
    read_before, read_after = (read, None) if handler.request_streaming else (None, read)
    is_stream = handler.request_streaming or handler.response_streaming
    admit = admission.admit_stream if is_stream else admission.admit_call

    async def guarded(request: Any, context: Context) -> Any:
        try:
            admit(context)
            return await behavior(read_after(request) if read_after else request, context)
        except DOMAIN_ERRORS as error:
            await context.abort(*status_of(error))

    return rebuilt(handler, guarded, read_before, handler.response_serializer)
