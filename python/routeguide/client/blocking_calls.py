"""What the blocking client does otherwise than the asyncio one: `aio_calls` is its twin."""

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
    """The requests of a call. If making one fails, gRPC cancels the call without the reason, which
    `error` keeps."""

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
            # Only an Exception makes gRPC's thread cancel the call; anything else ends the thread,
            # and the call would never end.
            raise RuntimeError("the requests of this call broke off") from error


@contextmanager
def raising_call_errors(request: Any, address: str) -> Iterator[None]:
    """Raise CallError for gRPC's errors, and for a request that could not be made its own error."""
    try:
        yield
    except grpc.RpcError as error:
        failure = request.error if isinstance(request, Outgoing) else None
        failure = failure or call_error(error, address)
        raise failure from failure.__cause__  # gRPC's own error would only repeat it
