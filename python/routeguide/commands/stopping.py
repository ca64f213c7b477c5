"""Signals that end a process, as exceptions, so that what is half done is undone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block with SystemExit; its status is the shell's, 128 + number.

    One that is ignored stays so: under nohup a command outlives its terminal.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {
        number: signal.signal(number, stop)
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
