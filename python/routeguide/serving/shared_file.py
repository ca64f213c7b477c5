"""Features as an open file that other processes map.

Whatever becomes of the path, all of them map the very bytes that were verified here, and the
file of a converted database, which has no name, goes away with the last process that uses it.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from routeguide import origin
from routeguide.dataset import Dataset, DatasetError, load
from routeguide.snapshot_files import is_snapshot


@dataclass(frozen=True)
class SharedFile:
    """A snapshot that is open, and what is in it. The descriptor is the caller's to close."""

    descriptor: int
    count: int
    generation: str

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
    try:
        return load(f"/proc/self/fd/{descriptor}", verify=False)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> SharedFile:
    while True:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            dataset = load(path)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return _shared(descriptor, dataset)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # replaced meanwhile


def _converted(dataset: Dataset) -> SharedFile:
    with tempfile.TemporaryDirectory(prefix="routeguide-") as folder:
        path = os.path.join(folder, "features")
        dataset.index.save(path, origin.encode(dataset.origin))
        return _shared(os.open(path, os.O_RDONLY), dataset)


def _shared(descriptor: int, dataset: Dataset) -> SharedFile:
    return SharedFile(descriptor, len(dataset.index), dataset.generation)
