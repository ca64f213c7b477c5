"""The calls of FeatureService as work on a dataset, for both kinds of server.

Each method reads a request and returns Work: the part that takes time, which an asyncio server can
run in another thread. Both raise errors that `rpc.statuses` maps to a status.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from routeguide.domain.dataset import Dataset, Datasets
from routeguide.feature_service import estimates, pages, requests
from routeguide.feature_service.page_tokens import Position, Query
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.rpc.request_errors import FieldViolation, GenerationGoneError, InvalidRequestError
from routeguide_c import Vector
from routeguide_c._core import (
    _encode_lookups,
    _encode_nearby_page,
    _encode_page,
    _encode_route_page,
    _page_bytes,
)

Result = TypeVar("Result")
PagedRequest = pb.SearchFeaturesRequest | pb.FeaturesWithinRequest | pb.FeaturesAlongRouteRequest
PagedResponse = (
    type[pb.SearchFeaturesResponse]
    | type[pb.FeaturesWithinResponse]
    | type[pb.FeaturesAlongRouteResponse]
)


@dataclass(frozen=True)
class Work(Generic[Result]):
    """The rest of a call whose request was read.

    `run` returns an answer or an iterator of pages, as encoded messages. Any thread may call it;
    each step of the iterator is short.
    """

    dataset: Dataset
    is_long: bool  # may take over a millisecond
    run: Callable[[], Result]


Unary = Work[bytes]
Paged = Work[Iterator[bytes]]


class Queries:
    """The calls over the current dataset. Any number of threads may use one."""

    def __init__(
        self,
        datasets: Datasets,
        limits: RequestLimits | None = None,
        returned: Callable[[int], object] | None = None,
    ) -> None:
        """`returned` is called with the number of features of each answer or page."""
        self._datasets = datasets
        self._limits = limits or RequestLimits()
        self._returned = returned or _ignore

    @property
    def current(self) -> Dataset:
        return self._datasets.current

    def batch_get(self, request: pb.BatchGetFeaturesRequest) -> Unary:
        dataset, fields = self.current, requests.Fields()
        most = self._limits.batch_points
        count = requests.count_of(fields, "points", request.points, 0, most)
        fields.done()

        def run() -> bytes:
            index = dataset.index
            ids = index.find_many(*requests.columns_of("points", request.points))
            self._returned(len(ids) - ids.tolist().count(-1))
            return _encode_lookups(index, ids)

        return Work(dataset, count > estimates.SHORT_BATCH, run)

    def search(self, request: pb.SearchFeaturesRequest) -> Paged:
        fields = requests.Fields()
        box = (0, 0, 0, 0)
        if fields.given(request, "box"):
            box = requests.box_of(fields, "box", request.box)
        paging = self._paging(fields, request)
        dataset = paging.dataset

        def run() -> Iterator[bytes]:
            index = dataset.index
            ids = index.query_box(*box)
            if request.named_only:
                ids = index.named(ids)
            return paging.pages(
                lambda start, stop: _encode_page(index, ids, start, stop),
                ids,
                pb.SearchFeaturesResponse,
            )

        return Work(dataset, estimates.box_is_long(dataset.index, *box), run)

    def nearest(self, request: pb.NearestFeaturesRequest) -> Unary:
        dataset, fields = self.current, requests.Fields()
        center = self._center(fields, request)
        fields.between("k", request.k, 1, self._limits.nearest_k)
        max_distance_m = math.inf
        if request.HasField("max_distance_m"):
            max_distance_m = request.max_distance_m
            fields.between("max_distance_m", max_distance_m, 0, math.inf)
        fields.done()

        def run() -> bytes:
            index = dataset.index
            ids, distances_m = index.nearest(*center, request.k, max_distance_m)
            self._returned(len(ids))
            return _encode_nearby_page(index, ids, distances_m, 0, len(ids))

        return Work(dataset, request.k > estimates.SHORT_NEAREST, run)

    def within(self, request: pb.FeaturesWithinRequest) -> Paged:
        fields = requests.Fields()
        center = self._center(fields, request)
        radius_m = request.radius_m
        fields.between("radius_m", radius_m, 0, self._limits.radius_m)
        paging = self._paging(fields, request)
        dataset = paging.dataset

        def run() -> Iterator[bytes]:
            index = dataset.index
            ids, distances_m = index.within(*center, radius_m)
            return paging.pages(
                lambda start, stop: _encode_nearby_page(index, ids, distances_m, start, stop),
                ids,
                pb.FeaturesWithinResponse,
            )

        return Work(dataset, estimates.circle_is_long(dataset.index, *center, radius_m), run)

    def along(self, request: pb.FeaturesAlongRouteRequest) -> Paged:
        fields = requests.Fields()
        most = self._limits.route_vertices
        requests.count_of(fields, "route", request.route, 1, most)
        half_width_m = request.half_width_m
        fields.between("half_width_m", half_width_m, 0, self._limits.half_width_m)
        paging = self._paging(fields, request)
        dataset = paging.dataset

        def run() -> Iterator[bytes]:
            index = dataset.index
            lats_e7, lons_e7 = requests.columns_of("route", request.route)
            try:
                ids, along_m, offset_m, sides = index.along(lats_e7, lons_e7, half_width_m)
            except ValueError as error:  # vertices that are antipodes
                raise InvalidRequestError([FieldViolation("route", str(error))]) from error
            return paging.pages(
                lambda start, stop: _encode_route_page(
                    index, ids, along_m, offset_m, sides, start, stop
                ),
                ids,
                pb.FeaturesAlongRouteResponse,
            )

        return Work(dataset, True, run)

    def dataset(self, request: pb.GetDatasetRequest) -> Unary:
        dataset = self.current

        def run() -> bytes:
            box = dataset.index.bounds
            answer = pb.Dataset(
                feature_count=len(dataset.index),
                generation=dataset.generation,
                source=dataset.origin.source,
                attribution=dataset.origin.attribution,
            )
            if box is not None:
                south, west, north, east = box
                answer.bounds.CopyFrom(
                    pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east)
                )
            return answer.SerializeToString()

        return Work(dataset, False, run)

    @staticmethod
    def _center(
        fields: requests.Fields, request: pb.NearestFeaturesRequest | pb.FeaturesWithinRequest
    ) -> tuple[int, int]:
        if not fields.given(request, "center"):
            return 0, 0
        return requests.point_of(fields, "center", request.center)

    def _paging(self, fields: requests.Fields, request: PagedRequest) -> _Paging:
        """Read the fields about pages, and raise an error if any field was invalid."""
        page_size = requests.page_size_of(fields, request.page_size, self._limits)
        limit = requests.limit_of(fields, request.limit)
        fields.done()
        if not request.page_token:
            return _Paging(self.current, request, 0, limit, page_size, self._returned)
        try:
            position = Query(request).position(request.page_token)
        except ValueError as error:
            reason = "not a token of this query"
            raise InvalidRequestError([FieldViolation("page_token", reason)]) from error
        dataset = self._datasets.of(position.generation)
        if dataset is None:
            raise GenerationGoneError(position.generation)
        return _Paging(dataset, request, position.delivered, limit, page_size, self._returned)


@dataclass(frozen=True)
class _Paging:
    """The part of an answer that a request asks for."""

    dataset: Dataset
    request: PagedRequest
    first: int
    limit: int | None
    page_size: int
    returned: Callable[[int], object]

    def pages(
        self, encode: pages.Encode, ids: Vector[int], response: PagedResponse
    ) -> Iterator[bytes]:
        """The pages of an answer with these features in all."""
        count = len(ids) if self.limit is None else min(len(ids), self.limit)
        query: Query | None = None

        def measure(start: int, stop: int) -> int:
            return _page_bytes(self.dataset.index, ids, start, stop)

        def end_of_page(delivered: int) -> bytes:
            nonlocal query
            query = query or Query(self.request)
            token = query.token(Position(self.dataset.generation, delivered))
            return response(next_page_token=token).SerializeToString()

        return pages.cut(
            encode, measure, self.first, count, self.page_size, end_of_page, self.returned
        )


def _ignore(_count: int) -> None:
    """Count nothing."""
