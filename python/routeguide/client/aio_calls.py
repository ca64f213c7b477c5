"""The parts of the asyncio client that differ from those of the blocking one, blocking_calls.py."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
import grpc.aio

from routeguide.client.connection import OPTIONS
from routeguide.rpc.call_error import call_error, closed_error
from routeguide.rpc.channels import open_aio_channel

__all__ = ["OPTIONS", "Outgoing", "Several", "open_channel", "raising_call_errors", "sleep"]

Item = TypeVar("Item")
Several = Iterable[Item] | AsyncIterable[Item]

open_channel = open_aio_channel
sleep = asyncio.sleep


class Outgoing(AsyncIterator[Any]):
    """The requests of a call, converted from `items`.

    If this fails, gRPC cancels the call and drops the exception, which stays in `error`.
    """

    def __init__(self, convert: Callable[[Any], Any], items: Several[Any]) -> None:
        self._requests = _converted(convert, items)
        self.error: BaseException | None = None

    async def __anext__(self) -> Any:
        try:
            return await anext(self._requests)
        except (StopAsyncIteration, asyncio.CancelledError):  # gRPC ends the stream by the latter
            raise
        except BaseException as error:
            self.error = error
            raise


async def _converted(convert: Callable[[Any], Item], items: Several[Any]) -> AsyncIterator[Item]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield convert(item)
    else:
        for item in items:
            yield convert(item)


@contextmanager
def raising_call_errors(request: Any, address: str) -> Iterator[None]:
    """Raise CallError for gRPC's errors, and the exception of `request.error` if there is one.

    gRPC raises CancelledError if requests have failed or the channel was closed, too. A task that
    was itself cancelled ends as cancelled.
    """
    task, cancellations = _task()
    try:
        yield
    except (grpc.RpcError, asyncio.CancelledError) as error:
        failure = request.error if isinstance(request, Outgoing) else None
        if isinstance(error, asyncio.CancelledError):
            current, current_cancellations = _task()
            if current_cancellations > (cancellations if current is task else 0):
                raise
            failure = failure or (closed_error(address) if _COUNTS_CANCELLATIONS else error)
        else:
            failure = failure or call_error(error, address)
        raise failure from failure.__cause__  # without gRPC's own error


_COUNTS_CANCELLATIONS = sys.version_info >= (3, 11)


def _task() -> tuple[asyncio.Task[Any] | None, int]:
    """Return the current task, and how often it was cancelled; 0 on Python 3.10."""
    task = asyncio.current_task()
    return task, task.cancelling() if task is not None and sys.version_info >= (3, 11) else 0
