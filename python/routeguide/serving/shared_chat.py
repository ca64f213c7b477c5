"""RouteChat across users: everybody's notes, and others' later ones while a stream is open.

noticeboard.py says who sees what, and in which order. The board belongs to one process: with
several workers, users meet whoever is connected to the same one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from routeguide.domain.noticeboard import Noticeboard, NoticeboardLimits, Writer
from routeguide.pb.route_guide_pb2 import RouteNote


class SharedChat:
    """One board for all streams. Belongs to the thread of its event loop, so it needs no lock."""

    def __init__(
        self,
        limits: NoticeboardLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board = Noticeboard(limits or NoticeboardLimits(), clock)

    async def converse(self, requests: AsyncIterator[RouteNote]) -> AsyncGenerator[RouteNote]:
        """What one stream is given, until its `requests` end and all that waited is taken.

        The stream's next request is read when it has taken all before, so that its own answers
        do not pile up. Raises SlowReaderError when it is too far behind the others, and what
        reading `requests` raises. Close it (`contextlib.aclosing`) where it is left early.
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
