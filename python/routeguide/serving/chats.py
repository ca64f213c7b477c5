"""End the streams that clients keep open when the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from routeguide.rpc.refusals import STOPPING, StoppingError

Request = TypeVar("Request")


class OpenStreams:
    """The streams that wait for requests. Belongs to the thread of its event loop.

    When they are ended, each is answered as far as the server has read it and then fails with
    StoppingError: what its client sends after that is not read.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Task[Any]] = set()
        self._has_ended = False

    def end(self) -> None:
        """End the streams that wait now, and the others as soon as they wait."""
        self._has_ended = True
        # Later in this turn of the loop: a stream that has its request but has not resumed yet
        # would lose it. This shortens the window for such a loss but does not close it.
        asyncio.get_running_loop().call_soon(self._cancel_waiting)

    def _cancel_waiting(self) -> None:
        for task in self._waiting:
            task.cancel()

    async def requests(self, iterator: AsyncIterator[Request]) -> AsyncIterator[Request]:
        """Yield the requests of `iterator`. Raises StoppingError once the streams are ended."""
        # A task is cancelled only while it waits here, never within an answer. Waiting for two
        # events instead would take a second task for each request.
        while not self._has_ended:
            task = asyncio.current_task()
            assert task is not None
            self._waiting.add(task)
            try:
                request = await anext(iterator)
            except StopAsyncIteration:
                return
            except asyncio.CancelledError:
                if not self._has_ended:
                    raise
                break
            finally:
                self._waiting.discard(task)
            yield request
        raise StoppingError(f"{STOPPING}; open another stream")
