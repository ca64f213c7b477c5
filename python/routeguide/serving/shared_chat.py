"""RouteChat across clients: all earlier notes, and later ones of others while a stream is open.

noticeboard.py says which notes a client gets, and in which order. The board belongs to one process:
with several workers, clients share it with those connected to the same worker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from routeguide.domain.noticeboard import Noticeboard, NoticeboardLimits, Writer
from routeguide.pb.route_guide_pb2 import RouteNote


class SharedChat:
    """One board for all streams. Belongs to the thread of its event loop, so it has no lock."""

    def __init__(
        self,
        limits: NoticeboardLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board = Noticeboard(limits or NoticeboardLimits(), clock)

    async def converse(self, requests: AsyncIterator[RouteNote]) -> AsyncGenerator[RouteNote]:
        """Yield the notes for one stream, until its `requests` end and no note waits.

        The next request is read when all waiting notes are taken, so that answers do not pile up.
        Raises SlowReaderError if too many notes of others wait, and what reading `requests` raises.
        If it is not read to its end, close it (`contextlib.aclosing`).
        """
        news = asyncio.Event()
        all_taken = asyncio.Event()
        writer = self._board.join(news.set)
        reading = asyncio.create_task(self._post_all(requests, writer, news, all_taken))
        reading.add_done_callback(lambda _: news.set())
        try:
            while True:
                while writer or writer.is_lost:
                    yield writer.take()
                if reading.done():
                    reading.result()
                    return
                news.clear()
                all_taken.set()
                await news.wait()
        finally:
            self._board.leave(writer)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _post_all(
        self,
        requests: AsyncIterator[RouteNote],
        writer: Writer,
        news: asyncio.Event,
        all_taken: asyncio.Event,
    ) -> None:
        async for note in requests:
            if writer.is_lost:
                return
            self._board.post(writer, note)
            all_taken.clear()
            news.set()
            await all_taken.wait()
