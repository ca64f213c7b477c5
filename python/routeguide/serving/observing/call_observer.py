"""What each call was and how it ended, told to whoever counts or logs calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol

import grpc
import grpc.aio

from routeguide.rpc.handlers import Handler, behavior_of, rebuilt
from routeguide.rpc.statuses import CANCELLED, DEADLINE_EXCEEDED, UNKNOWN, status_name

Context = grpc.aio.ServicerContext[Any, Any]


class CallObserver(Protocol):
    """Whom a CallInterceptor tells. What these do is part of the time that a call takes."""

    def began(self, method: str, is_stream: bool) -> None:
        """A handler begins. `is_stream` is true where requests or answers are streamed."""

    def ended(
        self, method: str, is_stream: bool, code: str, elapsed_s: float, context: Context
    ) -> None:
        """It has ended, with the name of a status code: OK, NOT_FOUND ..."""

    def unknown(self, method: str) -> None:
        """A call of a method that the server does not have. Anyone may make up any name."""


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Tells an observer of all calls that a handler begins with, and of unknown methods.

    Put it first, so that what the interceptors behind it refuse is seen. What gRPC itself refuses
    is not: a request that is too long. A client that goes away while a handler waits for its next
    request is for gRPC, and so here, one that has no more. Cost: two readings of a clock a call,
    nothing a message.
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
    """The same handler, with `observer` told of the beginning and the end."""
    behavior = behavior_of(handler)
    if handler.response_streaming:
        observed = _observed_streams(behavior, method, observer)
    else:
        is_stream = bool(handler.request_streaming)
        observed = _observed_answers(behavior, method, is_stream, observer)
    return rebuilt(handler, observed, handler.request_deserializer, handler.response_serializer)


def _observed_answers(
    behavior: Any,
    method: str,
    is_stream: bool,
    observer: CallObserver,
) -> Any:
    async def answer(request: Any, context: Context) -> Any:
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

    return answer


def _observed_streams(behavior: Any, method: str, observer: CallObserver) -> Any:
    # A coroutine rather than a generator: it costs nothing a message, since gRPC's loop over the
    # answers becomes this one, and it closes the generator at once when a call is cancelled.
    writes_itself = asyncio.iscoroutinefunction(behavior)

    async def answers(request: Any, context: Context) -> None:
        began_s = time.perf_counter()
        observer.began(method, True)
        code = UNKNOWN
        try:
            if writes_itself:
                await behavior(request, context)
            else:
                await _write_all(behavior(request, context), context)
            code = _code_of(context)
        except BaseException as error:
            code = _code_after(error, context)
            raise
        finally:
            observer.ended(method, True, code, time.perf_counter() - began_s, context)

    return answers


async def _write_all(answers: AsyncIterator[Any], context: Context) -> None:
    async with aclosing(answers):  # type: ignore[type-var] # it is a generator
        async for answer in answers:
            await context.write(answer)


def _code_of(context: Context) -> str:
    """How a call ends whose handler returns."""
    return DEADLINE_EXCEEDED if _is_late(context) else status_name(context.code())


def _code_after(error: BaseException, context: Context) -> str:
    """How a call ends whose handler raises `error`."""
    if isinstance(error, asyncio.CancelledError):
        return DEADLINE_EXCEEDED if _is_late(context) else CANCELLED
    if context.code() is not None:  # aborted
        return status_name(context.code())
    # Of its own errors gRPC raises this one when it cannot write any more.
    return CANCELLED if type(error).__name__ == "ExecuteBatchError" else UNKNOWN


def _is_late(context: Context) -> bool:
    left_s: float | None = context.time_remaining()
    return left_s is not None and left_s <= 0
