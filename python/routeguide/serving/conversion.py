"""Loading a large JSON file beside a server that goes on serving.

Reading JSON holds the interpreter for as long as it takes, and the event loop with it: half a
second for each million features. So another process does it and leaves a snapshot, which is
mapped.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from routeguide import origin
from routeguide.dataset import Dataset, DatasetError, load
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
        room = tempfile.TemporaryDirectory(prefix="routeguide-")
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    with room as folder:
        snapshot = os.path.join(folder, "features")
        with held_back():  # for good: they are for the server
            ended = subprocess.run(
                [sys.executable, "-c", _CONVERT, path, snapshot, *sys.path],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        if ended.returncode == _BAD_FILE:
            raise DatasetError(ended.stderr.strip())
        if ended.returncode != 0:
            raise DatasetError(f"{path}: reading it failed: {ended.stderr.strip()[-200:]}")
        return load(snapshot, verify=False)


def main(path: str, snapshot: str) -> None:
    """What the other process does."""
    try:
        dataset = load(path)
    except DatasetError as error:
        print(error, file=sys.stderr)
        sys.exit(_BAD_FILE)
    dataset.index.save(snapshot, origin.encode(dataset.origin))
