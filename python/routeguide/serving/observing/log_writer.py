"""Log lines written by a thread of their own.

Whoever reads them may be slow, or have stopped: a pipe that is full makes its writer wait, and that
must not be the thread that all calls are served in.
"""

from __future__ import annotations

import logging
import os
import select
import threading
from collections import deque
from contextlib import suppress

from routeguide.common.wording import counted
from routeguide.serving.signals import held_back

LOG = logging.getLogger("routeguide")

# Lines that may wait; beyond them the latest are dropped, and counted.
MOST_WAITING = 10_000

# What the end of the process waits for a reader.
PATIENCE_S = 0.5


class LogWriter(logging.Handler):
    """Writes to a descriptor, past the file object, whose lock would keep the end of the process.

    One that takes nothing, as its disk is full or its reader has gone, loses the lines.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._lost = 0
        with held_back():  # a signal is for the main thread, which may hold it back for a while
            threading.Thread(target=self._write_all, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record) + "\n"
        except Exception:  # as of other handlers: what is logged wrongly stops nothing
            self.handleError(record)
            return
        with self._changed:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(line)
                self._changed.notify_all()
            else:
                self._lost += 1

    def flush(self) -> None:
        """Wait, though not for long, until all is written."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, PATIENCE_S)

    def _write(self, text: bytes) -> None:
        while text:
            try:
                text = text[os.write(self._descriptor, text) :]
            except BlockingIOError:  # somebody has made the descriptor so for us all
                select.select((), (self._descriptor,), ())

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                line = self._waiting[0]
            with suppress(OSError):
                self._write(line.encode(errors="backslashreplace"))
            with self._changed:
                self._waiting.popleft()
                lost = 0 if self._waiting else self._lost
                self._lost -= lost
                self._changed.notify_all()
            if lost:
                lines = counted(lost, "log line is", "log lines are")
                LOG.warning("%s lost: nobody read what came before", lines)
