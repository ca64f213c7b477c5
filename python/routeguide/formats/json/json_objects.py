"""Places as plain JSON objects, one a line, such as `search` prints.

The members with coordinates and names are found as columns are in CSV, in the first object.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from routeguide.formats.base import columns
from routeguide.formats.base.coordinates import LATITUDE, LONGITUDE, Coordinates
from routeguide.formats.base.faults import Refusal
from routeguide.formats.base.model import ReadOptions, RejectSink
from routeguide.formats.json.keeper import Keeper


class ObjectKeeper(Keeper):
    """Keeps plain objects."""

    def __init__(self, first: dict[str, Any], options: ReadOptions, reject: RejectSink) -> None:
        """Raises columns.ColumnError if the first object is not a place."""
        super().__init__(reject)
        titles = list(first)
        lat, lon, name, units = columns.find(titles, dataclasses.replace(options, name=""))
        members = {"lat": titles[lat], "lon": titles[lon]}
        fields: list[tuple[str, Any, None]] = [(field, float | None, None) for field in members]
        # Other objects may have the usual member even if the first one has none.
        name_member = options.name or ("name" if name is None else titles[name])
        # A coordinate may serve as the name; msgspec maps a member to one field only.
        self._name_field = {titles[lat]: "lat", titles[lon]: "lon"}.get(name_member, "name")
        if self._name_field == "name":
            members["name"] = name_member
            fields.append(("name", str | int | float | None, None))
        self.record_type = msgspec.defstruct("Place", fields, rename=members, gc=False)
        self._titles = titles
        self._coordinates = Coordinates(units, options.wrap)

    def _feature(self, record: Any) -> tuple[int, int, str]:
        if record.lat is None or record.lon is None:
            raise Refusal(LATITUDE if record.lat is None else LONGITUDE, "missing")
        name = getattr(record, self._name_field)
        lat_e7, lon_e7 = self._coordinates.from_numbers(record.lat, record.lon)
        return lat_e7, lon_e7, "" if name is None else str(name)

    def _unnamed(self) -> str:
        return columns.unnamed(self._titles)
