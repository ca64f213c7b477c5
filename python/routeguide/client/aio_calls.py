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
from routeguide.rpc.call_error import call_error
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

    A cancelled task ends as cancelled, even if the requests have failed too.
    """
    cancellations = _cancellations()
    try:
        yield
    except (grpc.RpcError, asyncio.CancelledError) as error:
        failure = request.error if isinstance(request, Outgoing) else None
        is_cancelled = isinstance(error, asyncio.CancelledError)
        if is_cancelled and (failure is None or _cancellations() > cancellations):
            raise
        if failure is None and isinstance(error, grpc.RpcError):
            failure = call_error(error, address)
        assert failure is not None
        raise failure from failure.__cause__  # without gRPC's own error


def _cancellations() -> int:
    """Return how often the current task was cancelled; 0 on Python 3.10, which does not count."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None and sys.version_info >= (3, 11) else 0
