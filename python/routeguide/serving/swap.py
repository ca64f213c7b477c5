"""Loading the features again while the old ones are served."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from routeguide.common.special_files import is_special, refusal
from routeguide.domain.dataset import DatasetError

LOG = logging.getLogger("routeguide")

# Looking at a file costs microseconds.
WATCH_INTERVAL_S = 0.1


def say_that_nothing_changed(reason: str) -> None:
    LOG.error("Still serving the features from before: %s", reason)


Loaded = TypeVar("Loaded")
Stamp = tuple[int, int, int, int] | None


class Reloader(Generic[Loaded]):
    """Loads a file in a thread of its own, and gives what was loaded to `swap`, on the loop.

    A file that cannot be loaded changes nothing: `failed` is called with the reason, in one line.
    Belongs to the thread of its event loop.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        load: Callable[[], Loaded],
        swap: Callable[[Loaded], None],
        failed: Callable[[str], None],
    ) -> None:
        """`path` is the file that `load` loads and `watch` watches; None for none."""
        self._path = path
        self._load = load
        self._swap = swap
        self._failed = failed
        self._is_wanted = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "reload")
        self._seen = self._stamp()

    def request(self) -> None:
        """Load the file soon, once for all requests that come until it begins."""
        self._is_wanted.set()

    async def run(self) -> None:
        """Load whenever it is requested, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            try:
                if self._path is not None and is_special(self._path):
                    raise DatasetError(refusal(self._path))
                loaded = await loop.run_in_executor(self._thread, self._load)
            except DatasetError as error:
                self._failed(str(error))
            except Exception as error:
                LOG.exception("%s cannot be loaded", self._path)
                self._failed(f"{type(error).__name__}: {error}")
            else:
                self._swap(loaded)

    async def watch(self, wanted: asyncio.Event | None = None) -> None:
        """Request a load whenever the file is another one, for ever, or while that is `wanted`.

        A file that took the place of another is complete. One that was written in place is
        loaded once nothing about it changes any more.
        """
        before = self._seen
        while True:
            if wanted is not None:
                await wanted.wait()
            await asyncio.sleep(WATCH_INTERVAL_S)
            now = self._stamp()
            is_another = now is not None and (self._seen is None or now[0] != self._seen[0])
            if now is not None and now != self._seen and (is_another or now == before):
                self._seen = now
                self.request()
            before = now

    def _stamp(self) -> Stamp:
        """What tells a file from the one before: None while there is none."""
        try:
            about = os.stat(self._path) if self._path is not None else None
        except OSError:
            return None
        return about and (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
