"""Log lines written by a thread of their own.

A reader of standard error may be slow or have stopped. A full pipe blocks its writer, which must
not be the thread that serves all calls.
"""

from __future__ import annotations

import logging
import os
import queue
import select
import threading
from contextlib import suppress

from routeguide.common.wording import counted
from routeguide.serving.signals import signals_blocked

LOG = logging.getLogger("routeguide")

MAX_WAITING = 10_000  # lines; more are dropped and counted

FLUSH_TIMEOUT_S = 0.5


class LogWriter(logging.Handler):
    """Writes lines to a descriptor, dropping those that it does not take: its disk is full, or its
    reader has gone.

    Not a logging.handlers.QueueListener: at exit that waits for a blocked writer without limit.
    Nor a file object: the blocked writer would hold its lock.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lines: queue.Queue[str] = queue.Queue(MAX_WAITING)
        self._lost = 0  # changed under the handler's lock
        with signals_blocked():  # signals are for other threads
            threading.Thread(target=self._write_all, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.put_nowait(self.format(record) + "\n")
        except queue.Full:
            self._lost += 1
        except Exception:  # of formatting
            self.handleError(record)

    def flush(self) -> None:
        """Wait until all lines are written, at most FLUSH_TIMEOUT_S."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(
                lambda: not self._lines.unfinished_tasks, FLUSH_TIMEOUT_S
            )

    def _write_all(self) -> None:
        while True:
            line = self._lines.get()
            with suppress(OSError):
                self._write(line.encode(errors="backslashreplace"))
            self._lines.task_done()
            if self._lost and self._lines.empty():
                self.acquire()
                lost, self._lost = self._lost, 0
                self.release()
                lines = counted(lost, "log line is", "log lines are")
                LOG.warning("%s lost: the reader of the log was too slow", lines)

    def _write(self, text: bytes) -> None:
        while text:
            try:
                text = text[os.write(self._descriptor, text) :]
            except BlockingIOError:  # another process has set O_NONBLOCK on the shared file
                select.select((), (self._descriptor,), ())
