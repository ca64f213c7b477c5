"""What a supervisor and its workers say to each other, over a socket a worker.

Its end is a message, too: a worker whose supervisor is gone stops, and a supervisor whose worker
is gone starts another.
"""

from __future__ import annotations

import pickle
import socket
from array import array
from dataclasses import dataclass
from typing import Any

from routeguide.serving.settings import Settings

_LARGEST_MESSAGE = 1 << 16


@dataclass(frozen=True)
class Begin:
    """To a worker: what to be. Comes with the features."""

    settings: Settings
    number: int  # of the worker, from 0
    numeric_addresses: list[str]


@dataclass(frozen=True)
class Swap:
    """To a worker: serve the features that come with it."""


@dataclass(frozen=True)
class ReloadFailed:
    """To a worker: there were to be new features, and they were bad."""

    reason: str


@dataclass(frozen=True)
class Stop:
    """To a worker: let calls end, then end."""


@dataclass(frozen=True)
class Serving:
    """From a worker: it serves."""


@dataclass(frozen=True)
class Failed:
    """From a worker: it cannot begin, for what is in a file, or another reason."""

    text: str
    is_bad_file: bool = False


@dataclass(frozen=True)
class NotSwapped:
    """From a worker: it could not take the new features, and serves those from before."""

    text: str


@dataclass(frozen=True)
class Stopped:
    """From a worker, before its end: how its calls ended."""

    ended: int
    cut_off: int


def _rights_to(descriptor: int) -> tuple[int, int, array[int]]:
    return socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [descriptor])


class Control:
    """One end of the socket. Messages are objects of the classes above, from our own process."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    @classmethod
    def pair(cls) -> tuple[Control, Control]:
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(one), cls(other)

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: object, descriptor: int | None = None) -> bool:
        """Say something, and hand over a descriptor with it; never waits.

        Nobody there any more is no error: `receive` tells. False where the other end is there and
        does not listen, so that the message is lost.
        """
        # Not socket.send_fds, which does not pass flags on.
        rights = [] if descriptor is None else [_rights_to(descriptor)]
        try:
            self._socket.sendmsg([pickle.dumps(message)], rights, socket.MSG_DONTWAIT)
        except ConnectionError:
            return True
        except OSError:
            return False
        return True

    def receive(self) -> tuple[Any, int | None]:
        """The next message and its descriptor; None where the other end is gone."""
        try:
            text, descriptors, _, _ = socket.recv_fds(self._socket, _LARGEST_MESSAGE, 1)
        except ConnectionError:
            text, descriptors = b"", []
        return pickle.loads(text) if text else None, descriptors[0] if descriptors else None

    def close(self) -> None:
        self._socket.close()
