"""The typed clients against servers that fail, stay silent or answer wrongly."""

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
import routeguide
from routeguide.domain.dataset import Dataset, Datasets
from routeguide.feature_service import feature_servicer
from routeguide.pb import feature_service_pb2 as pb
from support.client_servers import EVERYTHING, Answering, Trouble, served, troubled
from support.feature_serving import dataset_of
from support.serving import WATCHDOG_S


def test_a_failed_call_raises_one_line(client: Any, address: str) -> None:
    with pytest.raises(routeguide.CallError) as caught:
        client.nearest(900_000_001, 0, 0)
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.address == address
    assert str(caught.value) == (
        f"{address}: INVALID_ARGUMENT: center.latitude_e7: 900000001 is outside of -900000000 to"
        " 900000000; k: 0 is outside of 1 to 10000"
    )
    with pytest.raises(
        routeguide.CallError, match=r": INVALID_ARGUMENT: box.south_e7: 2000 is north"
    ):
        list(client.search(2000, 0, 1000, 0))


def test_invalid_arguments_raise_before_the_call(client: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        client.search(*EVERYTHING, limit=0)
    with pytest.raises(ValueError, match="lat_e7: 2147483648 does not fit"):
        client.nearest(2**31, 0, 1)


@pytest.mark.parametrize(
    "arguments", [{"timeout_s": 0}, {"timeout_s": math.nan}, {"tls_cert": b""}, {"tls_key": b""}]
)
def test_invalid_arguments_of_a_client_are_named(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        routeguide.Client("localhost:1", **arguments)


def test_a_missing_server_is_unavailable(client_to: Any) -> None:
    with client_to("localhost:1") as client:
        with pytest.raises(routeguide.CallError, match=r"^localhost:1: UNAVAILABLE: "):
            client.dataset()
        with pytest.raises(routeguide.CallError, match=r"^localhost:1: UNAVAILABLE: "):
            list(client.search(*EVERYTHING))


# Failing servers: real ones behind an interceptor, or with a servicer that misbehaves


def test_calls_that_read_are_retried(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    trouble = Trouble(failures=1)
    with troubled(dataset, trouble) as address, client_to(address) as client:
        assert client.dataset().count == 100
        assert client.get_features([features[0][1:]]) == [features[0]]
        assert client.nearest(0, 0, 100)
        assert list(client.search(*EVERYTHING)) == features
        assert list(client.within(*features[0][1:], 0))
        assert client.get_feature(*features[0][1:]) == features[0]
        assert list(client.list_features(*EVERYTHING)) == features
    assert {method: len(calls) for method, calls in trouble.metadata.items()} == dict.fromkeys(
        (
            "GetDataset",
            "BatchGetFeatures",
            "NearestFeatures",
            "SearchFeatures",
            "FeaturesWithin",
            "GetFeature",
            "ListFeatures",
        ),
        2,
    )


def test_calls_that_write_are_not_retried(client_to: Any, dataset: Dataset) -> None:
    trouble = Trouble(failures=1)
    with troubled(dataset, trouble) as address, client_to(address) as client:
        with pytest.raises(routeguide.CallError, match=f"^{address}: UNAVAILABLE: in trouble$"):
            client.record_route([(0, 0)])
        # If a call ends while it is written to, grpcio for asyncio may only report that.
        with pytest.raises(
            routeguide.CallError, match=r": (UNAVAILABLE: in trouble|INTERNAL: .*)$"
        ):
            list(client.chat([("note", 0, 0)]))
    assert {method: len(calls) for method, calls in trouble.metadata.items()} == {
        "RecordRoute": 1,
        "RouteChat": 1,
    }


def test_the_token_is_sent_with_every_call(client_to: Any, dataset: Dataset) -> None:
    trouble = Trouble()
    with troubled(dataset, trouble) as address, client_to(address, token="secret") as client:
        client.dataset()
        list(client.search(*EVERYTHING))
        client.record_route([])
        list(client.chat([]))
    seen = [call for calls in trouble.metadata.values() for call in calls]
    assert len(seen) == 4
    assert {call["authorization"] for call in seen} == {"Bearer secret"}


class Interrupted(feature_servicer.FeatureServicer):
    """Serves one page in each stream, then calls `interrupt` if there are more."""

    def __init__(
        self, datasets: Datasets, interrupt: Callable[[grpc.ServicerContext], None]
    ) -> None:
        super().__init__(datasets)
        self._interrupt = interrupt
        self.requests: list[pb.SearchFeaturesRequest] = []

    def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        self.requests.append(request)
        pages = super().SearchFeatures(request, context)
        yield next(pages)
        for _ in pages:
            self._interrupt(context)


def become_unavailable(context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAVAILABLE, "interrupted")


def fall_silent(context: grpc.ServicerContext) -> None:
    """Answer nothing until the deadline has passed."""
    ended = threading.Event()
    if context.add_callback(ended.set):
        ended.wait(WATCHDOG_S)
    context.abort(grpc.StatusCode.CANCELLED, "the deadline has passed")


@pytest.mark.parametrize(("interrupt", "timeout_s"), [(become_unavailable, 10), (fall_silent, 0.5)])
def test_a_search_resumes_after_the_last_page(
    client_to: Any,
    dataset: Dataset,
    features: list[routeguide.Feature],
    interrupt: Callable[[grpc.ServicerContext], None],
    timeout_s: float,
) -> None:
    interrupted = Interrupted(Datasets(dataset), interrupt)
    with (
        troubled(dataset, Trouble(), interrupted) as address,
        client_to(address, timeout_s=timeout_s) as client,
    ):
        assert list(client.search(*EVERYTHING, page_size=40)) == features
    assert [bool(each.page_token) for each in interrupted.requests] == [False, True, True]


def test_a_search_fails_if_its_generation_is_gone(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    datasets = Datasets(dataset, kept=0)

    def swap(context: grpc.ServicerContext) -> None:
        datasets.swap(dataset_of([(0, 0)]))
        become_unavailable(context)

    interrupted = Interrupted(datasets, swap)
    with (
        troubled(dataset, Trouble(), interrupted) as address,
        client_to(address) as client,
        pytest.raises(routeguide.CallError, match=f": ABORTED: .*{dataset.generation}"),
    ):
        list(client.search(*EVERYTHING, page_size=40))


class Silent(feature_servicer.FeatureServicer):
    """Answers nothing."""

    def GetDataset(self, request: pb.GetDatasetRequest, context: grpc.ServicerContext) -> bytes:
        fall_silent(context)
        raise AssertionError("aborted")

    def SearchFeatures(
        self, request: pb.SearchFeaturesRequest, context: grpc.ServicerContext
    ) -> Iterator[bytes]:
        yield self.GetDataset(pb.GetDatasetRequest(), context)


def test_the_timeout_ends_calls_to_a_silent_server(client_to: Any, dataset: Dataset) -> None:
    with (
        troubled(dataset, Trouble(), Silent(Datasets(dataset))) as address,
        client_to(address, timeout_s=0.2) as client,
    ):
        with pytest.raises(routeguide.CallError, match=r": DEADLINE_EXCEEDED: "):
            client.dataset()
        with pytest.raises(routeguide.CallError, match=r": DEADLINE_EXCEEDED: "):
            list(client.search(*EVERYTHING))


def test_calls_have_a_deadline_by_default(dataset: Dataset) -> None:
    seen_s: list[float] = []

    class Watching(feature_servicer.FeatureServicer):
        def GetDataset(self, request: pb.GetDatasetRequest, context: grpc.ServicerContext) -> bytes:
            seen_s.append(context.time_remaining())
            return super().GetDataset(request, context)

    with troubled(dataset, Trouble(), Watching(Datasets(dataset))) as address:
        with routeguide.Client(address) as client:
            client.dataset()
        with routeguide.Client(address, timeout_s=None) as client:
            client.dataset()
    limited_s, unlimited_s = seen_s
    assert 0 < limited_s < 11
    assert unlimited_s > 1e9


# Wrong answers


@pytest.mark.parametrize("lookups", [1, 3])
def test_look_ups_of_more_or_fewer_points_are_an_error(client_to: Any, lookups: int) -> None:
    answering = Answering(lookups=[pb.BatchGetFeaturesResponse.Lookup()] * lookups)
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: answered {lookups} of 2 points$"
        with pytest.raises(routeguide.CallError, match=text):
            client.get_features([(0, 0), (0, 0)])


def test_a_stream_that_ends_before_its_last_page_is_resumed(
    client_to: Any, dataset: Dataset, features: list[routeguide.Feature]
) -> None:
    class Short(feature_servicer.FeatureServicer):
        """Serves one page in each stream, and ends it with OK."""

        def SearchFeatures(self, request: Any, context: Any) -> Iterator[bytes]:
            yield next(super().SearchFeatures(request, context))

    with (
        troubled(dataset, Trouble(), Short(Datasets(dataset))) as address,
        client_to(address) as client,
    ):
        assert list(client.search(*EVERYTHING, page_size=40)) == features


def test_a_resumed_stream_without_a_page_is_an_error(client_to: Any) -> None:
    answering = Answering(features=[pb.Feature(name="one")], next_page_token="more")
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: the stream ended before its last page$"
        with pytest.raises(routeguide.CallError, match=text):
            list(client.search(*EVERYTHING))
    assert [request.page_token for request in answering.requests] == ["", "more"]


@pytest.mark.parametrize(
    ("sent", "side"),
    [(0, "on"), (pb.SIDE_LEFT, "left"), (pb.SIDE_RIGHT, "right"), (pb.SIDE_ON, "on")],
)
def test_each_side_has_a_name(client_to: Any, sent: int, side: str) -> None:
    """Servers older than SIDE_ON send no side for it."""
    answering = Answering(features=[pb.RouteFeature(side=sent)])  # type: ignore[arg-type]
    with served(answering) as address, client_to(address) as client:
        [found] = client.along([0], [0], 1.0)
    assert found.side == side


def test_an_unknown_side_is_an_error(client_to: Any) -> None:
    answering = Answering(features=[pb.RouteFeature(side=9)])  # type: ignore[arg-type]
    with served(answering) as address, client_to(address) as client:
        text = f"^{address}: INTERNAL: unknown side 9; update this client$"
        with pytest.raises(routeguide.CallError, match=text):
            list(client.along([0], [0], 1.0))
