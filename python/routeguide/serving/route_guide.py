"""RouteGuide over the current dataset, with limits on what a client may send.

The answers are those of the tutorial's servicers, from the same Catalog, TimedTrip and Notebook.
The limits are put around them: around the requests that they read, and around the notebook.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

import grpc.aio

from routeguide.common.wording import counted
from routeguide.domain.catalog import Catalog, unnamed_feature
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
Request = TypeVar("Request")


class Chat(Protocol):
    """The part of RouteChat that decides whose notes a stream is answered with."""

    def converse(self, requests: AsyncIterator[RouteNote]) -> AsyncGenerator[RouteNote]: ...


class StreamChat:
    """Answer with earlier notes of the same stream, as the tutorials do."""

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


async def _at_most(
    most: int, requests: AsyncIterator[Request], refusal: str
) -> AsyncIterator[Request]:
    """Pass on the requests of a stream. Raises LimitError if one comes after the first `most`."""
    left = most
    async for request in requests:
        if left == 0:
            raise LimitError(refusal)
        left -= 1
        yield request


def _compact(note: RouteNote, longest: int) -> RouteNote:
    """Copy a note to keep: a message keeps all the bytes that it was parsed from, with unknown
    fields and overwritten values. Raises TooLongError."""
    if len(note.message) > longest:
        raise TooLongError(
            f"message: {len(note.message)} characters; a note may have {longest} (max-note-length)"
        )
    compact = RouteNote(message=note.message)
    if note.HasField("location"):
        place = note.location
        compact.location.latitude = place.latitude
        compact.location.longitude = place.longitude
        compact.location.SetInParent()
    return compact


class _Current:
    """A dataset with the objects that calls over it share."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.catalog = Catalog(dataset.index)
        self.metadata = dataset.trailing_metadata


class RouteGuideServicer(route_guide_pb2_grpc.RouteGuideServicer):
    """Answer each call from one generation of the features, named in its trailing metadata."""

    def __init__(
        self,
        datasets: Datasets,
        limits: ServingLimits,
        chat: Chat,
        open_streams: OpenStreams,
        count_features: Callable[[int], None] | None = None,
    ) -> None:
        """`count_features` is called with the number of features that an answer had."""
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
            return unnamed_feature(request)
        if self._count_features is not None:
            self._count_features(1)
        return feature

    async def ListFeatures(self, request: Rectangle, context: Context) -> AsyncIterator[bytes]:
        current = self._current(context)
        search = current.catalog.features_in
        if _takes_long(current.dataset.index, request):
            features = await asyncio.get_running_loop().run_in_executor(None, search, request)
        else:
            features = search(request)
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
        trip = TimedTrip(self._current(context).dataset.index)
        most = self._limits.route_points
        refusal = f"a route may have {counted(most, 'point')} (max-route-points)"
        return await travel(trip, _at_most(most, request_iterator, refusal))

    async def RouteChat(
        self, request_iterator: AsyncIterator[RouteNote], context: Context
    ) -> AsyncIterator[RouteNote]:
        self._current(context)
        most, longest = self._limits.notes, self._limits.note_length
        refusal = f"a stream may send {counted(most, 'note')} (max-notes)"
        requests = _at_most(most, self._open_streams.requests(request_iterator), refusal)
        notes = (_compact(note, longest) async for note in requests)
        async with aclosing(self._chat.converse(notes)) as answers:
            async for note in answers:
                yield note


def _takes_long(index: FeatureIndex, rectangle: Rectangle) -> bool:
    south, north = sorted((rectangle.lo.latitude, rectangle.hi.latitude))
    west, east = sorted((rectangle.lo.longitude, rectangle.hi.longitude))
    return box_is_long(index, south, west, north, east)
