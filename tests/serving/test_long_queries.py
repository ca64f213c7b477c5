"""Long queries run outside of the event loop."""

import threading
from typing import Any

import pytest
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.feature_service import aio_feature_servicer, estimates, pages
from routeguide.feature_service.queries import Queries, Work
from routeguide.pb import feature_service_pb2 as pb
from support.feature_serving import BOUNDLESS, EVERYWHERE, box, dataset_of, place
from support.serving import LoopThread

from routeguide_c import FeatureIndex
from routeguide_c._core import _encode_page, _page_bytes

DEGREE = 10_000_000


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """More features than a short query may find, around the places where coordinates wrap."""
    count = estimates.SHORT_BOX // 3 + 1
    spread = range(count)
    on_the_line = [(i, (1_800_000_000 if i % 2 else -1_800_000_000)) for i in spread]
    at_the_pole = [(900_000_000 - i, (i * 7919) % 3_600_000_000 - 1_800_000_000) for i in spread]
    return dataset_of([*on_the_line, *at_the_pole, *((i, i) for i in spread)], [""] * 3 * count)


def within(lat_e7: int, lon_e7: int, radius_m: float) -> pb.FeaturesWithinRequest:
    return pb.FeaturesWithinRequest(center=place(lat_e7, lon_e7), radius_m=radius_m)


@pytest.mark.parametrize(
    ("method", "request_", "is_long"),
    [
        ("search", pb.SearchFeaturesRequest(box=EVERYWHERE), True),
        ("search", pb.SearchFeaturesRequest(box=box(0, 0, DEGREE, DEGREE)), False),
        ("search", pb.SearchFeaturesRequest(box=box(0, 1_800_000_000, DEGREE, 0)), False),
        ("within", within(0, 0, 10_000), True),
        ("within", within(0, 0, 1), False),
        ("within", within(5 * DEGREE, 5 * DEGREE, 10_000), False),
        ("within", within(0, 1_799_999_999, 10_000), True),
        ("within", within(0, -1_799_999_999, 10_000), True),
        ("within", within(900_000_000, 0, 10_000), True),
        ("within", within(0, 0, 2e7), True),
        ("nearest", pb.NearestFeaturesRequest(center=place(0, 0), k=10), False),
        ("nearest", pb.NearestFeaturesRequest(center=place(0, 0), k=10_000), True),
        ("batch_get", pb.BatchGetFeaturesRequest(points=[place(0, 0)] * 10), False),
        ("batch_get", pb.BatchGetFeaturesRequest(points=[place(0, 0)] * 10_000), True),
        ("along", pb.FeaturesAlongRouteRequest(route=[place(0, 0)]), True),
        ("dataset", pb.GetDatasetRequest(), False),
    ],
)
def test_long_queries_are_known_in_advance(
    dataset: Dataset, method: str, request_: Any, is_long: bool
) -> None:
    queries = Queries(Datasets(dataset), BOUNDLESS)
    assert getattr(queries, method)(request_).is_long is is_long


def test_long_names_are_measured_before_they_are_encoded() -> None:
    """Pages are made on the event loop, so features that do not fit in one are not copied."""
    index = FeatureIndex(range(600), [0] * 600, ["x" * 30_000 * (i % 3) for i in range(600)])
    ids = index.query(*index.bounds or ())
    encoded: list[int] = []

    def encode(start: int, stop: int) -> bytes:
        page = _encode_page(index, ids, start, stop)
        encoded.append(len(page))
        return page

    made = list(
        pages.cut(
            encode,
            lambda start, stop: _page_bytes(index, ids, start, stop),
            first=0,
            count=600,
            page_size=600,
            end_of_page=lambda stop: b"",
            returned=lambda count: None,
        )
    )
    assert [len(page) for page in made] == encoded
    assert max(encoded) <= pages.PAGE_BYTES
    assert b"".join(made) == _encode_page(index, ids, 0, 600)


@pytest.mark.parametrize("is_long", [False, True])
def test_long_queries_run_in_another_thread(
    dataset: Dataset, loop_thread: LoopThread, is_long: bool
) -> None:
    work = Work(dataset, is_long, threading.get_ident)

    async def threads() -> tuple[int, int]:
        return threading.get_ident(), await aio_feature_servicer.run(work)

    of_the_loop, of_the_work = loop_thread.run(threads())
    assert (of_the_loop != of_the_work) is is_long
