"""Places as plain JSON objects, one a line: what `search` prints, and others have as well.

Which members are the coordinates and the name is found as in CSV, by those of the first object.
"""

from __future__ import annotations

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
        lat, lon, name, units = columns.find(titles, options)
        members: list[tuple[Any, ...]] = [(each, float | None, None) for each in ("lat", "lon")]
        rename = {"lat": titles[lat], "lon": titles[lon]}
        if name is not None:
            members.append(("name", str | int | float | None, None))
            rename["name"] = titles[name]
        self.record_type: type[Any] = msgspec.defstruct("Place", members, rename=rename, gc=False)
        self.remark = columns.unnamed(titles) if name is None else ""
        self._coordinates = Coordinates(units, options.wrap)
        self._reject = reject

    def batch(self, records: Sequence[Any], place: Callable[[int], tuple[int, int]]) -> Batch:
        rows = Rows()
        for position, record in enumerate(records):
            name = getattr(record, "name", None)
            try:
                location = self._location(record.lat, record.lon)
            except Refusal as refusal:
                self._reject(refusal.field, refusal.reason, *place(position))
            else:
                rows.add(*location, "" if name is None else str(name))
        return rows.take()

    def _location(self, lat: float | None, lon: float | None) -> tuple[int, int]:
        if lat is None or lon is None:
            raise Refusal(LATITUDE if lat is None else LONGITUDE, "missing")
        return self._coordinates.from_numbers(lat, lon)
