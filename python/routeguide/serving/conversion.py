"""Loading a large JSON file beside a server that goes on serving.

Reading JSON holds the interpreter for as long as it takes, and the event loop with it: half a
second for each million features. So another process does it and hands over a snapshot, which is
mapped. Its file has no name by then, so that nothing stays of it whoever ends first.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from routeguide.dataset import Dataset, DatasetError, load
from routeguide.serving.shared_file import NO_FILE_LEFT, share, take
from routeguide.serving.signals import held_back
from routeguide.snapshot_files import is_snapshot

# Below this, reading takes a few milliseconds.
LARGE_BYTES = 1 << 20

_CONVERT = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from routeguide.serving.conversion import main; main(*sys.argv[1:3])"
)
_BAD_FILE = 2


def load_beside(path: Path | None) -> Dataset:
    """What dataset.load gives, with the interpreter free meanwhile. Raises DatasetError."""
    try:
        is_large = path is not None and os.stat(path).st_size >= LARGE_BYTES
        if path is None or not is_large or is_snapshot(path):
            return load(path)
        return _converted(path)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _converted(path: Path) -> Dataset:
    ours, theirs = socket.socketpair()
    with ours:
        # The child leaves SIGHUP and SIGINT blocked: those to the group are the server's.
        with theirs, held_back():
            ended = subprocess.run(
                [sys.executable, "-c", _CONVERT, path, str(theirs.fileno()), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                pass_fds=[theirs.fileno()],
            )
        if ended.returncode == _BAD_FILE:
            raise DatasetError(ended.stderr.strip())
        if ended.returncode != 0:
            raise DatasetError(f"{path}: reading it failed: {ended.stderr.strip()[-200:]}")
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    if not descriptors:
        raise DatasetError(f"{path}: {NO_FILE_LEFT}")
    return take(descriptors[0])


def main(path: str, descriptor: str) -> None:
    """What the other process does."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
    try:
        features = share(Path(path))
    except DatasetError as error:
        print(error, file=sys.stderr)
        sys.exit(_BAD_FILE)
    with socket.socket(fileno=int(descriptor)) as theirs:
        socket.send_fds(theirs, [b"."], [features.descriptor])
