"""From decoded JSON records to batches of features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from routeguide.domain.record_list import Run
from routeguide.formats.base.faults import Refusal
from routeguide.formats.base.model import Batch, RejectSink, Rows


class Keeper(ABC):
    """Makes batches of the records that are places, and rejects the others."""

    record_type: type[Any]  # what to decode records as

    def __init__(self, reject: RejectSink) -> None:
        self._reject = reject
        self._has_kept = self._has_named = False

    def batch(self, run: Run[Any]) -> Batch:
        rows = Rows()
        for position, record in enumerate(run.records):
            try:
                rows.add(*self._feature(record))
            except Refusal as refusal:
                self._reject(refusal.field, refusal.reason, *run.place(position))
        self._has_kept = self._has_kept or bool(rows.names)
        self._has_named = self._has_named or any(rows.names)
        return rows.take()

    @property
    def remark(self) -> str:
        """A line to print about all records so far; "" for nothing."""
        return self._unnamed() if self._has_kept and not self._has_named else ""

    @abstractmethod
    def _feature(self, record: Any) -> tuple[int, int, str]:
        """Return latitude and longitude (E7) and name. Raises Refusal."""

    @abstractmethod
    def _unnamed(self) -> str:
        """Say that no record has a name."""
