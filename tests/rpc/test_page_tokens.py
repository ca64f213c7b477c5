"""Page tokens: resuming a query, refused tokens, and tokens of earlier generations."""

import string
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from routeguide.domain.dataset import Datasets
from routeguide.feature_service.page_tokens import Position, Query
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceStub
from support import strategies
from support.feature_serving import (
    EVERYWHERE,
    box,
    dataset_of,
    error_of,
    feature_serving,
    generation_of,
    place,
    stub_of,
)
from support.serving import LoopThread

COUNT = 25
POINTS = [(i % 5, i // 5) for i in range(COUNT)]
ROUTE = [place(0, -10), place(0, 10), place(5, 10)]

QUERIES: dict[str, Any] = {
    "SearchFeatures": pb.SearchFeaturesRequest(box=EVERYWHERE, page_size=4),
    "FeaturesWithin": pb.FeaturesWithinRequest(center=place(0, 0), radius_m=1, page_size=4),
    "FeaturesAlongRoute": pb.FeaturesAlongRouteRequest(route=ROUTE, half_width_m=1, page_size=4),
}


@pytest.fixture(scope="module")
def stub(kind: str, loop_thread: LoopThread) -> Iterator[FeatureServiceStub]:
    datasets = Datasets(dataset_of(POINTS))
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:
        yield stub


def with_fields(request: Any, **fields: Any) -> Any:
    changed = type(request)()
    changed.CopyFrom(request)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def hits_of(pages: list[Any]) -> list[Any]:
    return [hit for page in pages for hit in (getattr(page, "nearby", None) or page.features)]


@pytest.mark.parametrize("method", QUERIES)
@pytest.mark.parametrize("limit", [0, 1, 4, 9, COUNT + 1])
def test_a_query_can_be_resumed_after_every_page(
    stub: FeatureServiceStub, method: str, limit: int
) -> None:
    call, request = getattr(stub, method), with_fields(QUERIES[method], limit=limit)
    pages = list(call(request))
    hits = hits_of(pages)
    assert len(hits) == min(limit or COUNT, COUNT)
    assert not pages[-1].next_page_token
    for number, page in enumerate(pages[:-1], start=1):
        resumed = with_fields(request, page_token=page.next_page_token)
        assert list(call(resumed)) == pages[number:]
        other_size = with_fields(resumed, page_size=3)
        assert hits_of(list(call(other_size))) == hits[4 * number :]


@pytest.mark.parametrize("method", QUERIES)
def test_a_token_is_refused_by_other_queries(stub: FeatureServiceStub, method: str) -> None:
    token = first_page(getattr(stub, method), QUERIES[method]).next_page_token
    others: dict[str, list[dict[str, Any]]] = {
        "SearchFeatures": [
            {"limit": 24},
            {"named_only": True},
            {"box": None},
        ],
        "FeaturesWithin": [{"limit": 24}, {"radius_m": 1.5}],
        "FeaturesAlongRoute": [{"limit": 24}, {"half_width_m": 1.5}],
    }
    for fields in others[method]:
        if fields == {"box": None}:
            smaller = box(-900_000_000, -1_800_000_000, 900_000_000, 1_799_999_999)
            other = pb.SearchFeaturesRequest(box=smaller, page_token=token)
        else:
            other = with_fields(QUERIES[method], page_token=token, **fields)
        assert_refused(getattr(stub, method), other)
    for other_method in QUERIES.keys() - {method}:
        other = with_fields(QUERIES[other_method], page_token=token)
        assert_refused(getattr(stub, other_method), other)


@given(data=st.data())
@strategies.trials(60)
def test_a_changed_token_is_refused(stub: FeatureServiceStub, data: st.DataObject) -> None:
    request = QUERIES["SearchFeatures"]
    token = first_page(stub.SearchFeatures, request).next_page_token
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != token[position]))
    change = data.draw(st.sampled_from(("replaced", "removed", "inserted", "cut")))
    changed = {
        "replaced": token[:position] + other + token[position + 1 :],
        "removed": token[:position] + token[position + 1 :],
        "inserted": token[:position] + other + token[position:],
        "cut": token[:position] or "=",
    }[change]
    assert_refused(stub.SearchFeatures, with_fields(request, page_token=changed))


def test_a_token_resumes_on_generations_that_are_kept(kind: str, loop_thread: LoopThread) -> None:
    generations = [dataset_of([(i, i) for i in range(10 + extra)]) for extra in range(3)]
    datasets = Datasets(generations[0], kept=1)
    request = pb.SearchFeaturesRequest(box=EVERYWHERE, page_size=4)
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:
        pages = list(stub.SearchFeatures(request))
        resumed = with_fields(request, page_token=pages[0].next_page_token)

        datasets.swap(generations[1])
        call = stub.SearchFeatures(resumed)
        assert list(call) == pages[1:]
        assert generation_of(call) == generations[0].generation

        datasets.swap(generations[2])
        error = error_of(lambda: list(stub.SearchFeatures(resumed)))
        assert error.code() is grpc.StatusCode.ABORTED
        assert generations[0].generation in error.details()
        assert generation_of(error) == generations[2].generation

        datasets.swap(generations[0])  # the same content is the same generation
        assert list(stub.SearchFeatures(resumed)) == pages[1:]


def test_a_stream_keeps_its_generation(kind: str, loop_thread: LoopThread) -> None:
    names = ["long " * 50_000] * 60  # 15 MB, more than gRPC sends ahead
    first, second = dataset_of([(0, i) for i in range(60)], names), dataset_of([(5, 5)])
    datasets = Datasets(first, kept=0)
    request = pb.SearchFeaturesRequest(box=EVERYWHERE, page_size=1)
    with feature_serving(kind, datasets, loop_thread) as address, stub_of(address) as stub:
        call = stub.SearchFeatures(request)
        found = [next(call)]
        datasets.swap(second)
        found += call
        assert [page.features[0].location.longitude_e7 for page in found] == list(range(60))
        assert generation_of(call) == first.generation


def test_a_token_is_short_and_safe_in_a_url() -> None:
    query = Query(QUERIES["SearchFeatures"])
    position = Position("0123456789abcdef", 2**40)
    token = query.token(position)
    assert len(token) < 64
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")
    assert query.position(token) == position


def first_page(call: Any, request: Any) -> Any:
    stream = call(request)
    page = next(stream)
    stream.cancel()
    return page


def assert_refused(call: Any, request: Any) -> None:
    error = error_of(lambda: list(call(request)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "page_token: not a token of this query"
