"""RouteGuide over the dataset that is served now, within limits.

Adds to aio_service, over a fixed index, what a server that runs for months needs; the answers
come from the same catalog, trip and notebook, the latter two with an end to what they take.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any, Protocol

import grpc.aio

from routeguide.common.wording import counted
from routeguide.domain.catalog import Catalog, nameless_at
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.domain.notebook import Notebook, converse
from routeguide.domain.trip import TimedTrip, travel
from routeguide.feature_service.estimates import box_is_long
from routeguide.pb import route_guide_pb2_grpc
from routeguide.pb.route_guide_pb2 import Point, Rectangle, RouteNote, RouteSummary
from routeguide.rpc.refusals import LimitError, TooLongError
from routeguide.serving.chats import OpenStreams
from routeguide.serving.limits import ServingLimits
from routeguide_c import FeatureIndex

Context = grpc.aio.ServicerContext[Any, Any]


class Chat(Protocol):
    """What RouteChat answers with."""

    def converse(self, requests: AsyncIterator[RouteNote]) -> AsyncGenerator[RouteNote]: ...


class StreamChat:
    """Earlier notes of the same stream, as the tutorials have it."""

    def __init__(self, limits: ServingLimits) -> None:
        self._limits = limits

    def converse(self, requests: AsyncIterator[RouteNote]) -> AsyncGenerator[RouteNote]:
        return converse(_LimitedNotebook(self._limits.notes_at_place), requests)


class _LimitedNotebook(Notebook):
    def __init__(self, notes_at_place: int) -> None:
        super().__init__()
        self._notes_at_place = notes_at_place

    def leave(self, note: RouteNote) -> list[RouteNote]:
        earlier = super().leave(note)
        if len(earlier) >= self._notes_at_place:
            notes = counted(len(earlier), "note is", "notes are")
            raise LimitError(f"{notes} at this place, and no more may be (max-notes-at-place)")
        return earlier


class _LimitedTrip(TimedTrip):
    def __init__(self, index: FeatureIndex, points: int) -> None:
        super().__init__(index)
        self._points = self._left = points

    def visit(self, point: Point) -> None:
        if self._left == 0:
            points = counted(self._points, "point")
            raise LimitError(f"a route may have {points} (max-route-points)")
        self._left -= 1
        super().visit(point)


async def _checked(
    notes: AsyncIterator[RouteNote], limits: ServingLimits
) -> AsyncIterator[RouteNote]:
    """The notes of one stream. Raises LimitError, TooLongError for one that may not be."""
    left = limits.notes
    async for note in notes:
        if left == 0:
            notes_sent = counted(limits.notes, "note")
            raise LimitError(f"a stream may send {notes_sent} (max-notes)")
        left -= 1
        if len(note.message) > limits.note_length:
            raise TooLongError(
                f"message: {len(note.message)} characters; a note may have"
                f" {limits.note_length} (max-note-length)"
            )
        yield _compact(note)


def _compact(note: RouteNote) -> RouteNote:
    """The same note in memory of its own: a message holds all bytes that it was read from,
    fields that nobody knows and values that were overwritten, for as long as it is kept."""
    compact = RouteNote(message=note.message)
    if note.HasField("location"):
        place = note.location
        compact.location.latitude = place.latitude
        compact.location.longitude = place.longitude
        compact.location.SetInParent()
    return compact


class _Current:
    """A dataset with what calls over it share."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.catalog = Catalog(dataset.index)
        self.metadata = dataset.trailing_metadata


class RouteGuideServicer(route_guide_pb2_grpc.RouteGuideServicer):
    """Each call is over one generation of the features, which its trailing metadata names."""

    def __init__(
        self,
        datasets: Datasets,
        limits: ServingLimits,
        chat: Chat,
        open_streams: OpenStreams,
        count_features: Callable[[int], None] | None = None,
    ) -> None:
        """`count_features` is told how many features went into answers."""
        self._datasets = datasets
        self._limits = limits
        self._chat = chat
        self._open_streams = open_streams
        self._count_features = count_features
        self._latest = _Current(datasets.current)

    def _current(self, context: Context) -> _Current:
        current = self._latest
        if current.dataset is not self._datasets.current:
            current = self._latest = _Current(self._datasets.current)
        context.set_trailing_metadata(current.metadata)
        return current

    async def GetFeature(self, request: Point, context: Context) -> bytes:
        feature = self._current(context).catalog.find(request)
        if feature is None:
            return nameless_at(request)
        if self._count_features is not None:
            self._count_features(1)
        return feature

    async def ListFeatures(self, request: Rectangle, context: Context) -> AsyncIterator[bytes]:
        current = self._current(context)
        features: Iterator[bytes] = current.catalog.features_in(request)
        if _takes_long(current.dataset.index, request):
            # The search is done at the first step.
            first = await asyncio.get_running_loop().run_in_executor(None, next, features, None)
            if first is None:
                return
            features = itertools.chain((first,), features)
        count = 0
        try:
            for feature in features:
                count += 1
                yield feature
        finally:
            if self._count_features is not None:
                self._count_features(count)

    async def RecordRoute(
        self, request_iterator: AsyncIterator[Point], context: Context
    ) -> RouteSummary:
        index = self._current(context).dataset.index
        trip = _LimitedTrip(index, self._limits.route_points)
        await travel(trip, request_iterator)
        return trip.summary()

    async def RouteChat(
        self, request_iterator: AsyncIterator[RouteNote], context: Context
    ) -> AsyncIterator[RouteNote]:
        self._current(context)
        requests = _checked(self._open_streams.requests(request_iterator), self._limits)
        async with aclosing(self._chat.converse(requests)) as answers:
            async for note in answers:
                yield note


def _takes_long(index: FeatureIndex, rectangle: Rectangle) -> bool:
    south, north = sorted((rectangle.lo.latitude, rectangle.hi.latitude))
    west, east = sorted((rectangle.lo.longitude, rectangle.hi.longitude))
    return box_is_long(index, south, west, north, east)
