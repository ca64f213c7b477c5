"""The summary of a trip, taken while its points arrive."""

import time
from collections.abc import AsyncIterator

from routeguide.pb.route_guide_pb2 import Point, RouteSummary
from routeguide_c import FeatureIndex, Trip

INT32_MAX = 2**31 - 1


class SummaryOverflowError(Exception):
    """A figure of the trip does not fit the 32 bits that RouteSummary has for it."""


class TimedTrip:
    """A trip that began when this object was made. One trip belongs to one thread."""

    def __init__(self, index: FeatureIndex) -> None:
        self._trip = Trip(index)
        self._began_s = time.monotonic()

    def visit(self, point: Point) -> None:
        """Travel on to `point`."""
        self._trip.visit(point.latitude, point.longitude)

    def summary(self) -> RouteSummary:
        """The trip so far: metres and seconds without their fractions.

        Raises SummaryOverflowError where one of the figures is over 2**31 - 1. The distance
        can be: about 108 trips to the other side of the Earth.
        """
        figures = {
            "point_count": self._trip.point_count,
            "feature_count": self._trip.feature_count,
            "distance": int(self._trip.distance_m),
            "elapsed_time": int(time.monotonic() - self._began_s),
        }
        for name, figure in figures.items():
            if figure > INT32_MAX:
                raise SummaryOverflowError(f"{name} is {figure}, over the limit of {INT32_MAX}")
        return RouteSummary(**figures)


async def travel(trip: TimedTrip, points: AsyncIterator[Point]) -> None:
    """Take `trip` to each of the points. Raises what the trip does."""
    async for point in points:
        trip.visit(point)
