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

from routeguide.common.snapshot_files import is_snapshot
from routeguide.domain.dataset import Dataset, DatasetError, load
from routeguide.serving.signals import held_back
from routeguide.serving.workers.shared_file import (
    NoFileLeftError,
    SharedFile,
    out_of_reach,
    share,
    take,
)

# Below this, reading takes a few milliseconds.
LARGE_BYTES = 1 << 20

_CONVERT = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from routeguide.serving.workers.conversion import main; main(*sys.argv[1:3])"
)
_BAD_FILE = 2
_LONGEST_TEXT = 1 << 10


def load_beside(path: Path | None) -> Dataset:
    """What dataset.load gives, with the interpreter free meanwhile. Raises DatasetError."""
    if path is None or not _is_large_json(path):
        return load(path)
    return take(_converted(path).descriptor)


def share_beside(path: Path | None) -> SharedFile:
    """What shared_file.share gives, likewise; and what ends the process does not wait for it."""
    if path is None or not _is_large_json(path):
        return share(path)
    return _converted(path)


def _is_large_json(path: Path) -> bool:
    try:
        return os.stat(path).st_size >= LARGE_BYTES and not is_snapshot(path)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _converted(path: Path) -> SharedFile:
    try:
        return _from_child(path)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _from_child(path: Path) -> SharedFile:
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
        told, descriptors, _, _ = socket.recv_fds(ours, _LONGEST_TEXT, 1)
    if not descriptors:
        raise DatasetError(f"{path}: {NoFileLeftError()}")
    count, generation = told.decode().split()
    return out_of_reach(descriptors[0], int(count), generation)


def main(path: str, descriptor: str) -> None:
    """What the other process does."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
    try:
        features = share(Path(path))
    except DatasetError as error:
        print(error, file=sys.stderr)
        sys.exit(_BAD_FILE)
    with socket.socket(fileno=int(descriptor)) as theirs:
        told = f"{features.count} {features.generation}"
        socket.send_fds(theirs, [told.encode()], [features.descriptor])
