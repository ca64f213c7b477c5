"""Read the fields of requests, and report all invalid ones in one InvalidRequestError."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from google.protobuf.message import Message

from routeguide.domain.earth import LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb.feature_service_pb2 import Box, Point
from routeguide.rpc.request_errors import FieldViolation, InvalidRequestError

Columns = tuple["array[int]", "array[int]"]


class Fields:
    """The invalid fields of one request that were found so far."""

    def __init__(self) -> None:
        self.violations: list[FieldViolation] = []

    def violated(self, field: str, reason: str) -> None:
        self.violations.append(FieldViolation(field, reason))

    def between(self, field: str, value: float, low: float, high: float) -> None:
        """Check that `value` is from `low` to `high`, inclusive; NaN is not."""
        if not low <= value <= high:
            if high == math.inf:
                self.violated(field, f"{value} is not a number from {low}")
            else:
                self.violated(field, f"{value} is outside of {low} to {high}")

    def given(self, request: Message, field: str) -> bool:
        """Return whether a required field is set."""
        if request.HasField(field):
            return True
        self.violated(field, "required")
        return False

    def latitude(self, field: str, lat_e7: int) -> None:
        self.between(field, lat_e7, -LAT_LIMIT_E7, LAT_LIMIT_E7)

    def longitude(self, field: str, lon_e7: int) -> None:
        self.between(field, lon_e7, -LON_LIMIT_E7, LON_LIMIT_E7)

    def done(self) -> None:
        """Raise InvalidRequestError if any field was invalid."""
        if self.violations:
            raise InvalidRequestError(self.violations)


def point_of(fields: Fields, field: str, point: Point) -> tuple[int, int]:
    """Check a point; returns its latitude and longitude."""
    lat_e7, lon_e7 = point.latitude_e7, point.longitude_e7
    fields.latitude(f"{field}.latitude_e7", lat_e7)
    fields.longitude(f"{field}.longitude_e7", lon_e7)
    return lat_e7, lon_e7


def box_of(fields: Fields, field: str, box: Box) -> tuple[int, int, int, int]:
    """Check a box; returns its south, west, north and east."""
    south, west, north, east = box.south_e7, box.west_e7, box.north_e7, box.east_e7
    fields.latitude(f"{field}.south_e7", south)
    fields.longitude(f"{field}.west_e7", west)
    fields.latitude(f"{field}.north_e7", north)
    fields.longitude(f"{field}.east_e7", east)
    if south > north:
        fields.violated(f"{field}.south_e7", f"{south} is north of north_e7, which is {north}")
    return south, west, north, east


def count_of(fields: Fields, field: str, points: Sequence[Point], fewest: int, most: int) -> int:
    """Check the number of points, and return it."""
    count = len(points)
    if not fewest <= count <= most:
        fields.violated(field, f"{count} points are outside of {fewest} to {most}")
    return count


def columns_of(field: str, points: Sequence[Point]) -> Columns:
    """Return the latitudes and the longitudes. Raises InvalidRequestError for points off the Earth.

    Cost: half a microsecond per point.
    """
    lats_e7 = array("i", [point.latitude_e7 for point in points])
    lons_e7 = array("i", [point.longitude_e7 for point in points])
    on_earth = _within(lats_e7, LAT_LIMIT_E7) and _within(lons_e7, LON_LIMIT_E7)
    if not on_earth:
        fields = Fields()
        for position, point in enumerate(points):
            point_of(fields, f"{field}[{position}]", point)
        fields.done()
    return lats_e7, lons_e7


def _within(values: array[int], limit: int) -> bool:
    return -limit <= min(values, default=0) and max(values, default=0) <= limit


def page_size_of(fields: Fields, page_size: int, limits: RequestLimits) -> int:
    """Check the number of features in a page; returns the one to use."""
    if page_size < 0:
        fields.violated("page_size", f"{page_size} is negative")
    return min(page_size or limits.default_page_size, limits.page_size)


def limit_of(fields: Fields, limit: int) -> int | None:
    """Check the number of features in all; returns None for no limit."""
    if limit < 0:
        fields.violated("limit", f"{limit} is negative")
    return limit or None
