"""Load the features again while the previous ones are served."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from routeguide.common.file_stamp import FileStamp, file_stamp
from routeguide.common.special_files import is_not_regular, not_reloaded
from routeguide.domain.dataset import DatasetError

LOG = logging.getLogger("routeguide")

WATCH_INTERVAL_S = 0.1  # a `stat` costs microseconds

Loaded = TypeVar("Loaded")


def log_failed_reload(reason: str) -> None:
    LOG.error("Still serving the previous features: %s", reason)


class Reloader(Generic[Loaded]):
    """Loads a file in a thread of its own and passes the result to `swap` on the event loop.

    If loading or swapping fails, `failed` is called with the reason, one line, and the next request
    is served as usual. Belongs to the thread of its event loop.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        load: Callable[[], Loaded],
        swap: Callable[[Loaded], None],
        failed: Callable[[str], None],
    ) -> None:
        """`path` is the file that `load` reads and `watch` watches, or None."""
        self._path = path
        self._load = load
        self._swap = swap
        self._failed = failed
        self._is_requested = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "reload")
        self._seen = self._stamp()

    def request(self) -> None:
        """Load the file soon, once for all requests made before loading begins."""
        self._is_requested.set()

    async def run(self) -> None:
        """Load the file each time it is requested, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._is_requested.wait()
            self._is_requested.clear()
            try:
                if self._path is not None and is_not_regular(self._path):
                    raise DatasetError(not_reloaded(self._path))
                self._swap(await loop.run_in_executor(self._thread, self._load))
            except DatasetError as error:
                self._failed(str(error))
            except Exception as error:
                LOG.exception("Reloading failed")
                self._failed(f"{type(error).__name__}: {error}")

    async def watch(self, enabled: asyncio.Event | None = None) -> None:
        """Request a load each time the file has changed, until cancelled; with `enabled`, only
        while that is set.

        A file that replaced another is complete. One that is written in place is loaded once it
        has stopped changing.
        """
        before = self._seen
        while True:
            if enabled is not None:
                await enabled.wait()
            await asyncio.sleep(WATCH_INTERVAL_S)
            now = self._stamp()
            if now is not None and now != self._seen:
                is_replaced = self._seen is None or now.inode != self._seen.inode
                if is_replaced or now == before:
                    self._seen = now
                    self.request()
            before = now

    def _stamp(self) -> FileStamp | None:
        return None if self._path is None else file_stamp(self._path)
