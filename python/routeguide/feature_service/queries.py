"""The calls of FeatureService as work on a dataset, whatever kind of server asks.

Each takes a request apart, raises what `rpc.statuses` has a status for, and hands back Work:
the part that takes time, which the servicers run where it holds nobody up. Work raises such
errors, too: many points are looked at there.
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
    """What is left of a call once its request is understood.

    `run` gives one answer or an iterator of pages, all as encoded messages. It may be called in
    any thread; each step of the iterator is short.
    """

    dataset: Dataset
    is_long: bool  # may take over a millisecond
    run: Callable[[], Result]


Unary = Work[bytes]
Paged = Work[Iterator[bytes]]


class Queries:
    """The calls over the dataset of the moment. Any number of threads may use one."""

    def __init__(
        self,
        datasets: Datasets,
        limits: RequestLimits | None = None,
        returned: Callable[[int], object] | None = None,
    ) -> None:
        """`returned` is told how many features go out, answer by answer and page by page."""
        self._datasets = datasets
        self._limits = limits or RequestLimits()
        self._returned = returned or _nobody

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
            except ValueError as error:  # antipodes, which nobody else looks for
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
                answer.bounds.south_e7, answer.bounds.west_e7 = south, west
                answer.bounds.north_e7, answer.bounds.east_e7 = north, east
                answer.bounds.SetInParent()
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
        """The last step of reading a request: raises for all that is wrong with its fields."""
        page_size = requests.page_size_of(fields, request.page_size, self._limits)
        limit = requests.limit_of(fields, request.limit)
        fields.done()
        if not request.page_token:
            return _Paging(self.current, request, 0, limit, page_size, self._returned)
        try:
            position = Query(request).position(request.page_token)
        except ValueError as error:
            reason = "not one that this query was given"
            raise InvalidRequestError([FieldViolation("page_token", reason)]) from error
        dataset = self._datasets.of(position.generation)
        if dataset is None:
            raise GenerationGoneError(position.generation)
        return _Paging(dataset, request, position.delivered, limit, page_size, self._returned)


@dataclass(frozen=True)
class _Paging:
    """Which part of an answer a request asks for."""

    dataset: Dataset
    request: PagedRequest
    first: int
    limit: int | None
    page_size: int
    returned: Callable[[int], object]

    def pages(
        self, encode: pages.Encode, ids: Vector[int], response: PagedResponse
    ) -> Iterator[bytes]:
        """The pages of an answer that has these features in all."""
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


def _nobody(_count: int) -> None:
    """Nobody counts."""
