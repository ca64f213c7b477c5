"""Streams that stay open for as long as their client likes, ended when the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from routeguide.rpc.refusals import STOPPING, StoppingError

Request = TypeVar("Request")


class OpenStreams:
    """The streams that wait for their clients. Belongs to the thread of its event loop.

    Ended, each is answered as far as the server has read it, and then says that the server stops:
    nobody has read what its client sends from there on.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Task[Any]] = set()
        self._has_ended = False

    def end(self) -> None:
        """End those that wait now, and each other as soon as it comes to wait."""
        self._has_ended = True
        # Behind whoever has its request already and is about to go on: it would lose that. This
        # narrows the time in which one can be lost, and does not close it.
        asyncio.get_running_loop().call_soon(self._cancel_waiting)

    def _cancel_waiting(self) -> None:
        for task in self._waiting:
            task.cancel()

    async def requests(self, iterator: AsyncIterator[Request]) -> AsyncIterator[Request]:
        """The same requests. Raises StoppingError once the streams are ended."""
        # A task is cancelled only where it waits here, never within an answer. That spares a
        # second task a request, which waiting for two things at a time would take.
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
