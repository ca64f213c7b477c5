"""What is served: an index with its origin, and how one takes the place of another."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from routeguide.common.snapshot_files import is_snapshot
from routeguide.domain import database, origin
from routeguide.domain.origin import Origin
from routeguide_c import FeatureIndex, SnapshotError

# Under this name each call tells its client which generation answered.
GENERATION_KEY = "routeguide-generation"


class DatasetError(Exception):
    """A file that cannot be served; the text is one line that names it and says why."""


@dataclass(frozen=True)
class Dataset:
    """Features as they are at one time. Immutable, as its index is."""

    index: FeatureIndex
    origin: Origin

    @property
    def generation(self) -> str:
        """Which features these are: the same for the same content, in every process."""
        return self.index.fingerprint

    @cached_property
    def trailing_metadata(self) -> tuple[tuple[str, str], ...]:
        """What goes out with the end of each call that this dataset answered."""
        return ((GENERATION_KEY, self.generation),)


def load(path: str | os.PathLike[str] | None, verify: bool = True) -> Dataset:
    """The features of a snapshot or of a file in the documents' JSON form; the packaged 100 for
    None. Raises DatasetError."""
    try:
        if path is None:
            return Dataset(database.load_packaged(), Origin(source="the RouteGuide tutorials"))
        if is_snapshot(path):
            index = FeatureIndex.open(path, verify=verify)
            return Dataset(index, origin.decode(index.metadata))
        return Dataset(database.load(path), Origin(source=origin.name_of(path)))
    except OSError as error:
        name = "the package's 100 features" if path is None else os.fspath(path)
        raise DatasetError(f"{name}: {error.strerror or error}") from error
    except (database.DatabaseError, SnapshotError) as error:
        raise DatasetError(str(error)) from error


class Datasets:
    """The dataset that is served now, and some that were before.

    Any number of threads may use one. A call takes `current` once and keeps to it, so that its
    answer is of one generation.
    """

    def __init__(self, first: Dataset, kept: int = 2) -> None:
        """`kept` is how many earlier generations can still be asked for."""
        self._lock = threading.Lock()
        self._kept = kept
        self._earlier: OrderedDict[str, Dataset] = OrderedDict()
        self._current = first
        _ = first.trailing_metadata  # found out now, and not while the first call waits

    @property
    def current(self) -> Dataset:
        return self._current

    def swap(self, dataset: Dataset) -> None:
        """Serve this one from now on."""
        generation = dataset.generation  # may read all features: not under the lock
        with self._lock:
            self._earlier[self._current.generation] = self._current
            self._earlier.move_to_end(self._current.generation)
            self._earlier.pop(generation, None)
            while len(self._earlier) > self._kept:
                self._earlier.popitem(last=False)
            self._current = dataset

    def of(self, generation: str) -> Dataset | None:
        """The dataset of a generation, or None when it is gone."""
        with self._lock:
            if self._current.generation == generation:
                return self._current
            return self._earlier.get(generation)
