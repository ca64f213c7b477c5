"""Messages between a supervisor and its workers, over a socket for each worker.

The end of the connection is a message, too: a worker whose supervisor has ended stops, and a
supervisor whose worker has ended starts another.
"""

from __future__ import annotations

import pickle
import socket
from dataclasses import dataclass
from typing import Any

from routeguide.serving.settings import Settings

_MAX_MESSAGE_BYTES = 1 << 16
_BUFFER_BYTES = 1 << 14  # about 40 messages may wait to be read


@dataclass(frozen=True)
class Begin:
    """To a worker: begin to serve. `features` is the path that always leads to the features to
    serve now."""

    settings: Settings
    number: int  # of the worker, from 0
    numeric_addresses: list[str]
    features: str


@dataclass(frozen=True)
class Swap:
    """To a worker: serve the features that are now at the path."""


@dataclass(frozen=True)
class ReloadFailed:
    """To a worker: new features could not be loaded. The supervisor logs why."""


@dataclass(frozen=True)
class Stop:
    """To a worker: let running calls end, then exit."""


@dataclass(frozen=True)
class Serving:
    """From a worker: it accepts calls."""


@dataclass(frozen=True)
class Failed:
    """From a worker: it cannot begin; `is_bad_file` if a file that the settings name is invalid."""

    text: str
    is_bad_file: bool = False


@dataclass(frozen=True)
class NotSwapped:
    """From a worker: it could not open the new features and serves the previous ones."""

    text: str


@dataclass(frozen=True)
class Stopped:
    """From a worker, before it exits: how its calls ended."""

    ended: int
    cut_off: int


class Control:
    """One end of the socket. Messages are objects of the classes above."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    @classmethod
    def pair(cls) -> tuple[Control, Control]:
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in ends:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        return cls(ends[0]), cls(ends[1])

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: object) -> bool:
        """Send a message without waiting. Return False if the other end does not read, so that the
        message is lost. If the other end is closed, `receive` says so."""
        try:
            self._socket.send(pickle.dumps(message), socket.MSG_DONTWAIT)
        except ConnectionError:
            return True
        except OSError:
            return False
        return True

    def receive(self) -> Any:
        """Wait for the next message; None if the other end is closed."""
        try:
            text = self._socket.recv(_MAX_MESSAGE_BYTES)
        except ConnectionError:
            return None
        return pickle.loads(text) if text else None

    def close(self) -> None:
        self._socket.close()
