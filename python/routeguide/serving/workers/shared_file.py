"""Features as an open file that other processes map.

Whatever becomes of the path, all of them map the very bytes that were verified here, and the
file of a converted database, which has no name, goes away with the last process that uses it.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from routeguide.common.snapshot_files import is_snapshot
from routeguide.domain import origin
from routeguide.domain.dataset import Dataset, DatasetError, load
from routeguide.serving.signals import held_back

# Held while a thread has a temporary folder: whoever ends the process by other means waits for it.
FOLDER = threading.Lock()

# What the system does not say when it drops a descriptor on its way.
_NO_FILE_LEFT = "no file is left to open (ulimit -n)"


class NoFileLeftError(DatasetError):
    """Features that cannot be taken just now, whatever is in their file."""

    def __init__(self) -> None:
        super().__init__(_NO_FILE_LEFT)


@dataclass(frozen=True)
class SharedFile:
    """A snapshot that is open, and what is in it. The descriptor is the caller's to close."""

    descriptor: int
    count: int
    generation: str
    stamp: tuple[int, int]
    path: Path | None
    """None where nobody but us can reach the file."""

    def is_as_it_was(self) -> bool:
        """False where somebody has written to the file, or cut it short, since it was verified."""
        return _stamp(self.descriptor) == self.stamp

    def close(self) -> None:
        os.close(self.descriptor)


def share(path: Path | None) -> SharedFile:
    """The features of a file, verified, as a snapshot. Raises DatasetError."""
    try:
        if path is not None and is_snapshot(path):
            return _opened(path)
        return _converted(load(path))
    except OSError as error:
        where = error.filename or path  # neither: there is no folder for temporary files
        told = error.strerror if where is None else f"{where}: {error.strerror}"
        raise DatasetError(told) from error


def take(descriptor: int) -> Dataset:
    """The dataset of a descriptor from `share`, which is closed. Raises DatasetError."""
    folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    try:
        return load(f"{folder}/{descriptor}", verify=False)
    except DatasetError as error:
        if getattr(error.__cause__, "errno", None) in (errno.EMFILE, errno.ENFILE):
            raise NoFileLeftError from error
        raise
    finally:
        os.close(descriptor)


def _opened(path: Path) -> SharedFile:
    while True:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            stamp = _stamp(descriptor)
            dataset = load(path)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return SharedFile(descriptor, len(dataset.index), dataset.generation, stamp, path)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # replaced meanwhile


def _converted(dataset: Dataset) -> SharedFile:
    # A signal that ends the process does so when the folder is gone.
    with FOLDER, held_back(), tempfile.TemporaryDirectory(prefix="routeguide-") as folder:
        path = os.path.join(folder, "features")
        dataset.index.save(path, origin.encode(dataset.origin))
        descriptor = os.open(path, os.O_RDONLY)
        return out_of_reach(descriptor, len(dataset.index), dataset.generation)


def out_of_reach(descriptor: int, count: int, generation: str) -> SharedFile:
    """A verified snapshot, open, that has no name."""
    return SharedFile(descriptor, count, generation, _stamp(descriptor), None)


def _stamp(descriptor: int) -> tuple[int, int]:
    about = os.fstat(descriptor)
    return about.st_size, about.st_mtime_ns
