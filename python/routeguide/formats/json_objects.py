"""Places as plain JSON objects, one a line: what `search` prints, and others have as well.

Which members are the coordinates and the name is found as in CSV, by those of the first object.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from routeguide.formats import columns
from routeguide.formats.coordinates import LATITUDE, LONGITUDE, Coordinates
from routeguide.formats.faults import Refusal
from routeguide.formats.model import Batch, ReadOptions, RejectSink, Rows


class PlaceKeeper:
    """Turns decoded objects into batches, as geojson.Keeper does features."""

    def __init__(self, first: dict[str, Any], options: ReadOptions, reject: RejectSink) -> None:
        """Raises columns.ColumnError where the first object is no place."""
        titles = list(first)
        lat, lon, name, units = columns.find(titles, dataclasses.replace(options, name=""))
        usual = "name" if name is None else titles[name]  # which others may have
        self.record_type: type[Any] = msgspec.defstruct(
            "Place",
            [
                ("lat", float | None, None),
                ("lon", float | None, None),
                ("name", str | int | float | None, None),
            ],
            rename={"lat": titles[lat], "lon": titles[lon], "name": options.name or usual},
            gc=False,
        )
        self._titles = titles
        self._coordinates = Coordinates(units, options.wrap)
        self._reject = reject
        self._kept = self._named = False  # any place

    def batch(self, records: Sequence[Any], place: Callable[[int], tuple[int, int]]) -> Batch:
        rows = Rows()
        for position, record in enumerate(records):
            try:
                location = self._location(record.lat, record.lon)
            except Refusal as refusal:
                self._reject(refusal.field, refusal.reason, *place(position))
            else:
                rows.add(*location, "" if record.name is None else str(record.name))
        self._kept = self._kept or bool(rows.names)
        self._named = self._named or any(rows.names)
        return rows.take()

    @property
    def remark(self) -> str:
        """What to say of all that was read."""
        return columns.unnamed(self._titles) if self._kept and not self._named else ""

    def _location(self, lat: float | None, lon: float | None) -> tuple[int, int]:
        if lat is None or lon is None:
            raise Refusal(LATITUDE if lat is None else LONGITUDE, "missing")
        return self._coordinates.from_numbers(lat, lon)
