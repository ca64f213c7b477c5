"""Datasets: an index with its origin, and the generations that a server has of it."""

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

# Trailing metadata of each call: the generation that answered.
GENERATION_KEY = "routeguide-generation"


class DatasetError(Exception):
    """A file cannot be served; the text is one line that names it and the reason."""


@dataclass(frozen=True)
class Dataset:
    """Features with their origin. Immutable."""

    index: FeatureIndex
    origin: Origin

    @property
    def generation(self) -> str:
        """A digest of the features and their order: equal for equal content, in every process."""
        return self.index.fingerprint

    @cached_property
    def trailing_metadata(self) -> tuple[tuple[str, str], ...]:
        """The metadata at the end of each call that this dataset answers."""
        return ((GENERATION_KEY, self.generation),)


def load(path: str | os.PathLike[str] | None, verify: bool = True) -> Dataset:
    """Load a snapshot or a file in the tutorials' JSON form; None is the package's 100 features.

    Raises DatasetError.
    """
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
    """The current dataset, and some of its predecessors.

    Any number of threads may use one. A call reads `current` once, so that its answer is of one
    generation.
    """

    def __init__(self, first: Dataset, kept: int = 2) -> None:
        """`kept` is the number of earlier generations to keep."""
        self._lock = threading.Lock()
        self._kept = kept
        self._earlier: OrderedDict[str, Dataset] = OrderedDict()
        self._current = first
        _ = first.trailing_metadata  # computed now, so that no call waits for it

    @property
    def current(self) -> Dataset:
        return self._current

    def swap(self, dataset: Dataset) -> None:
        """Make `dataset` the current one."""
        generation = dataset.generation  # may read all features: not under the lock
        with self._lock:
            self._earlier[self._current.generation] = self._current
            self._earlier.move_to_end(self._current.generation)
            self._earlier.pop(generation, None)
            while len(self._earlier) > self._kept:
                self._earlier.popitem(last=False)
            self._current = dataset

    def of(self, generation: str) -> Dataset | None:
        """Return the dataset of a generation, or None if it is not kept."""
        with self._lock:
            if self._current.generation == generation:
                return self._current
            return self._earlier.get(generation)
