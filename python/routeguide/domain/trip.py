"""The summary of a trip, taken while its points arrive."""

import time
from collections.abc import AsyncIterator

from routeguide.pb.route_guide_pb2 import Point, RouteSummary
from routeguide_c import FeatureIndex, Trip

INT32_MAX = 2**31 - 1


class SummaryOverflowError(Exception):
    """A figure of the trip does not fit into the 32 bits of its field in RouteSummary."""


class TimedTrip:
    """A trip that begins when this object is made. One trip belongs to one thread."""

    def __init__(self, index: FeatureIndex) -> None:
        self._trip = Trip(index)
        self._began_s = time.monotonic()

    def visit(self, point: Point) -> None:
        """Travel on to `point`."""
        self._trip.visit(point.latitude, point.longitude)

    def summary(self) -> RouteSummary:
        """Summarize the trip so far in whole meters and seconds, their fractions dropped.

        Raises SummaryOverflowError if a figure exceeds 2**31 - 1. The distance can: that is about
        107 trips to the other side of the Earth.
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


async def travel(trip: TimedTrip, points: AsyncIterator[Point]) -> RouteSummary:
    """Visit each of the points, and return the summary. Raises what `trip.summary` does."""
    async for point in points:
        trip.visit(point)
    return trip.summary()
