"""Observe the beginning and end of each call, for metrics and the access log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import grpc
import grpc.aio

from routeguide.rpc.handlers import Handler, coroutine_of, rebuilt
from routeguide.rpc.statuses import CANCELLED, DEADLINE_EXCEEDED, UNKNOWN, status_name

Context = grpc.aio.ServicerContext[Any, Any]


class CallObserver(Protocol):
    """Receives the events of a CallInterceptor. Its methods add to the duration of each call."""

    def began(self, method: str, is_stream: bool) -> None:
        """Called when a handler begins. `is_stream` is true if requests or answers are streamed."""

    def ended(
        self, method: str, is_stream: bool, code: str, elapsed_s: float, context: Context
    ) -> None:
        """Called when it has ended; `code` is the name of a status code: OK, NOT_FOUND ..."""

    def unknown(self, method: str) -> None:
        """Called for a method that does not exist. Clients can make up any name."""


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Passes the beginning and end of each call, and unknown methods, to an observer.

    Put it first, so that it sees calls that later interceptors refuse. It does not see what gRPC
    refuses itself, such as a request that is too long. If a client disconnects while a handler
    waits for its next request, gRPC reports, and so the observer sees, the end of the requests.
    Cost: two readings of the clock for each call, nothing for each message.
    """

    def __init__(self, observer: CallObserver) -> None:
        self._observer = observer
        self._wrapped: dict[str, tuple[Handler, Handler]] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None:
            self._observer.unknown(method)
            return None
        known, wrapped = self._wrapped.get(method, (None, None))
        if known is handler and wrapped is not None:
            return wrapped
        wrapped = _observed(handler, method, self._observer)
        self._wrapped[method] = handler, wrapped
        return wrapped


def _observed(handler: Handler, method: str, observer: CallObserver) -> Handler:
    """Return a handler that does the same and reports its beginning and end to `observer`."""
    behavior = coroutine_of(handler)
    is_stream = bool(handler.request_streaming or handler.response_streaming)

    async def observed(request: Any, context: Context) -> Any:
        began_s = time.perf_counter()
        observer.began(method, is_stream)
        code = UNKNOWN
        try:
            response = await behavior(request, context)
            code = _code_of(context)
        except BaseException as error:
            code = _code_after(error, context)
            raise
        finally:
            observer.ended(method, is_stream, code, time.perf_counter() - began_s, context)
        return response

    return rebuilt(handler, observed, handler.request_deserializer, handler.response_serializer)


def _code_of(context: Context) -> str:
    """Return the status code of a call whose handler returned."""
    return DEADLINE_EXCEEDED if _is_late(context) else status_name(context.code())


def _code_after(error: BaseException, context: Context) -> str:
    """Return the status code of a call whose handler raised `error`."""
    if isinstance(error, asyncio.CancelledError):
        return DEADLINE_EXCEEDED if _is_late(context) else CANCELLED
    if context.code() is not None:  # aborted
        return status_name(context.code())
    # gRPC raises this error when the call is over and cannot be written to.
    return CANCELLED if type(error).__name__ == "ExecuteBatchError" else UNKNOWN


def _is_late(context: Context) -> bool:
    left_s: float | None = context.time_remaining()
    return left_s is not None and left_s <= 0
