"""Features as an open snapshot, which several processes map.

The file stays what it was when it was verified, even if its path now leads to another file or to
none. A database in another form is converted into a file that never has a name, so nothing is left
of it when its last process ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from routeguide.common.file_stamp import FileStamp, file_stamp
from routeguide.common.snapshot_files import is_snapshot
from routeguide.domain import origin
from routeguide.domain.dataset import Dataset, DatasetError, load
from routeguide.serving.signals import signals_blocked

# Parsing JSON holds the interpreter, half a second for each million features. A file from this size
# on, which takes milliseconds, is parsed by another process.
LARGE_BYTES = 1 << 20

# Held while a temporary folder exists. A process that exits takes it first.
TEMPORARY_FOLDER = threading.Lock()

_CONVERT = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from routeguide.serving.workers.features_file import convert; convert(*sys.argv[1:3])"
)
_BAD_FILE = 2


@dataclass(frozen=True)
class FeaturesFile:
    """A verified snapshot that is open. The descriptor is the caller's to close."""

    descriptor: int
    count: int
    generation: str
    stamp: FileStamp | None
    path: Path | None
    """None for a converted database, which no other process can write to."""

    def is_unchanged(self) -> bool:
        """Return False if the file has been written to or truncated since it was verified."""
        now = file_stamp(self.descriptor)
        # Not the time of the last status change: replacing the path changes that, too.
        return now is not None and now[:3] == (self.stamp or ())[:3]


def open_features(path: Path | None) -> FeaturesFile:
    """Open and verify a snapshot, or convert a database; None is the package's. Raises
    DatasetError."""
    try:
        if path is not None and is_snapshot(path):
            return _open_snapshot(path)
        return _convert(path)
    except OSError as error:
        raise _explained(error, path) from error


def load_apart(path: Path | None) -> Dataset:
    """Load what `dataset.load` does, without holding the interpreter. Raises DatasetError."""
    try:
        if path is None or not _is_large(path) or is_snapshot(path):
            return load(path)
    except OSError as error:
        raise _explained(error, path) from error
    file = open_features(path)
    try:
        return load(_path_of(file.descriptor), verify=False)  # mapped: needs no open file
    finally:
        os.close(file.descriptor)


def convert(path: str, descriptor: str) -> None:
    """Write a database as a snapshot into an open file; the main function of a process."""
    # SIGHUP and SIGINT stay blocked: sent to the process group, they are meant for the server.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
    try:
        _write(load(path), int(descriptor))
    except (DatasetError, OSError) as error:
        reason = error if isinstance(error, DatasetError) else _explained(error, Path(path))
        print(reason, file=sys.stderr)
        sys.exit(_BAD_FILE)


def _explained(error: OSError, path: Path | None) -> DatasetError:
    where = error.filename or path
    reason = error.strerror or str(error)
    return DatasetError(reason if where is None else f"{where}: {reason}")


def _open_snapshot(path: Path) -> FeaturesFile:
    while True:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            stamp = file_stamp(descriptor)
            dataset = load(path)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return FeaturesFile(descriptor, len(dataset.index), dataset.generation, stamp, path)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the file was replaced while it was verified


def _convert(path: Path | None) -> FeaturesFile:
    with tempfile.TemporaryFile() as file:
        if path is not None and _is_large(path):
            _convert_apart(path, file.fileno())
        else:
            _write(load(path), file.fileno())
        descriptor = os.dup(file.fileno())
    dataset = load(_path_of(descriptor), verify=False)
    stamp = file_stamp(descriptor)
    return FeaturesFile(descriptor, len(dataset.index), dataset.generation, stamp, None)


def _convert_apart(path: Path, descriptor: int) -> None:
    with signals_blocked():
        ended = subprocess.run(
            [sys.executable, "-c", _CONVERT, path, str(descriptor), *sys.path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            pass_fds=[descriptor],
        )
    if ended.returncode == _BAD_FILE:
        raise DatasetError(ended.stderr.strip())
    if ended.returncode != 0:
        raise DatasetError(f"{path}: reading it failed: {ended.stderr.strip()[-200:]}")


def _write(dataset: Dataset, descriptor: int) -> None:
    # A signal that ends the process does so after the folder is removed.
    with (
        TEMPORARY_FOLDER,
        signals_blocked(),
        tempfile.TemporaryDirectory(prefix="routeguide-") as folder,
    ):
        path = os.path.join(folder, "features")
        dataset.index.save(path, origin.encode(dataset.origin))
        shutil.copyfile(path, _path_of(descriptor))


def _path_of(descriptor: int) -> str:
    return f"/dev/fd/{descriptor}"


def _is_large(path: Path) -> bool:
    return os.stat(path).st_size >= LARGE_BYTES
