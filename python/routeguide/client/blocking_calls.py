"""The parts of the blocking client that differ from those of the asyncio one, aio_calls.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from routeguide.client import connection
from routeguide.rpc.call_error import call_error
from routeguide.rpc.channels import READ_IN_CALLING_THREAD, open_channel

__all__ = ["OPTIONS", "Outgoing", "open_channel", "raising_call_errors", "sleep"]

OPTIONS = (*connection.OPTIONS, READ_IN_CALLING_THREAD)

sleep = time.sleep


class Outgoing(Iterator[Any]):
    """The requests of a call, converted from `items`.

    If this fails, gRPC cancels the call and drops the exception, which stays in `error`.
    """

    def __init__(self, convert: Callable[[Any], Any], items: Iterable[Any]) -> None:
        self._requests = map(convert, items)
        self.error: BaseException | None = None

    def __next__(self) -> Any:
        try:
            return next(self._requests)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            # gRPC cancels the call for an Exception only; others would end its thread, and the call
            # would wait for it without end.
            raise RuntimeError("the requests of this call have failed") from error


@contextmanager
def raising_call_errors(request: Any, address: str) -> Iterator[None]:
    """Raise CallError for gRPC's errors, or the exception of `request.error` if there is one."""
    try:
        yield
    except grpc.RpcError as error:
        failure = request.error if isinstance(request, Outgoing) else None
        failure = failure or call_error(error, address)
        raise failure from failure.__cause__  # without gRPC's own error
