"""Places as plain JSON objects, one a line: what `search` prints, and others have as well.

Which members are the coordinates and the name is found as in CSV, by those of the first object.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from routeguide.formats.base import columns
from routeguide.formats.base.coordinates import LATITUDE, LONGITUDE, Coordinates
from routeguide.formats.base.faults import Refusal
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink, Rows


class PlaceKeeper:
    """Turns decoded objects into batches, as geojson.Keeper does features."""

    def __init__(self, first: dict[str, Any], options: ReadOptions, reject: RejectSink) -> None:
        """Raises columns.ColumnError where the first object is no place."""
        titles = list(first)
        lat, lon, name, units = columns.find(titles, dataclasses.replace(options, name=""))
        members = {"lat": titles[lat], "lon": titles[lon]}
        fields: list[tuple[str, Any, None]] = [(field, float | None, None) for field in members]
        usual = "name" if name is None else titles[name]  # which others may have
        name_member = options.name or usual
        # A coordinate may be the name, too; no two fields are of one member.
        self._name_field = {titles[lat]: "lat", titles[lon]: "lon"}.get(name_member, "name")
        if self._name_field == "name":
            members["name"] = name_member
            fields.append(("name", str | int | float | None, None))
        self.record_type: type[Any] = msgspec.defstruct("Place", fields, rename=members, gc=False)
        self._titles = titles
        self._coordinates = Coordinates(units, options.wrap)
        self._reject = reject
        self._kept = self._named = False  # any place

    def batch(self, records: Sequence[Any], place: Callable[[int], tuple[int, int]]) -> Batch:
        rows = Rows()
        name_of = operator.attrgetter(self._name_field)
        for position, record in enumerate(records):
            try:
                location = self._location(record.lat, record.lon)
            except Refusal as refusal:
                self._reject(refusal.field, refusal.reason, *place(position))
            else:
                name = name_of(record)
                rows.add(*location, "" if name is None else str(name))
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
