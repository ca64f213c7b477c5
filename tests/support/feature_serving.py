"""FeatureService for the tests, on either kind of server."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import grpc.aio
from routeguide.domain.dataset import GENERATION_KEY, Dataset, Datasets
from routeguide.domain.origin import Origin
from routeguide.feature_service import aio_feature_servicer, feature_servicer
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.pb import feature_service_pb2 as pb
from routeguide.pb.feature_service_pb2_grpc import FeatureServiceServicer, FeatureServiceStub
from routeguide.rpc.registration import add_feature_service

from routeguide_c import FeatureIndex
from support.oracle import Point
from support.serving import LoopThread, started

# Radii without a limit; tests of the defaults pass none.
BOUNDLESS = RequestLimits(radius_m=float("inf"), half_width_m=float("inf"))

EVERYWHERE = pb.Box(
    south_e7=-900_000_000, west_e7=-1_800_000_000, north_e7=900_000_000, east_e7=1_800_000_000
)


def dataset_of(
    points: Sequence[Point], names: Sequence[str] | None = None, origin: Origin | None = None
) -> Dataset:
    """A dataset of these points; without names, each is named by its position."""
    lats_e7, lons_e7 = [point[0] for point in points], [point[1] for point in points]
    named = list(names) if names is not None else [f"feature {i}" for i in range(len(points))]
    return Dataset(FeatureIndex(lats_e7, lons_e7, named), origin or Origin())


def feature_servicer_of(
    kind: str, datasets: Datasets, limits: RequestLimits | None = BOUNDLESS
) -> FeatureServiceServicer:
    """Create the servicer for one of serving.KINDS."""
    if kind == "asyncio":
        return aio_feature_servicer.FeatureServicer(datasets, limits)
    return feature_servicer.FeatureServicer(datasets, limits)


@contextmanager
def feature_serving(
    kind: str, datasets: Datasets, loop_thread: LoopThread, limits: RequestLimits | None = BOUNDLESS
) -> Iterator[str]:
    """Run a server of FeatureService; yields its address."""

    def register(server: grpc.Server | grpc.aio.Server) -> None:
        add_feature_service(feature_servicer_of(kind, datasets, limits), server)

    with started(kind, register, loop_thread) as address:
        yield address


@contextmanager
def stub_of(address: str) -> Iterator[FeatureServiceStub]:
    with grpc.insecure_channel(address) as channel:
        yield FeatureServiceStub(channel)


def box(south: int, west: int, north: int, east: int) -> pb.Box:
    return pb.Box(south_e7=south, west_e7=west, north_e7=north, east_e7=east)


def place(lat_e7: int, lon_e7: int) -> pb.Point:
    return pb.Point(latitude_e7=lat_e7, longitude_e7=lon_e7)


def feature(name: str, lat_e7: int, lon_e7: int) -> pb.Feature:
    return pb.Feature(name=name, location=place(lat_e7, lon_e7))


def generation_of(call: Any) -> str:
    """The generation in a call's trailing metadata. A stream is read to its end first."""
    if hasattr(call, "__next__") and call.is_active():
        for _ in call:
            pass
    return str(dict(call.trailing_metadata())[GENERATION_KEY])


def error_of(call: Callable[[], object]) -> Any:
    """Return the error of a call that must fail; it has the methods of a call too."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call did not fail")
