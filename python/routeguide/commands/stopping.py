"""Stop signals as exceptions, so that a command undoes what it has half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Raise SystemExit on SIGTERM and SIGHUP, with the status that shells use: 128 + number.

    A signal that the process ignores stays ignored: under nohup a command outlives its terminal.
    Also works as a decorator.
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
