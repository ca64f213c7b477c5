"""The typed clients' queries in degrees, and degrees that are passed as E7."""

import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import routeguide
from routeguide.pb import feature_service_pb2 as pb
from support import oracle
from support.client_servers import Answering, served

from routeguide_c import DegreesWarning


def test_queries_in_degrees_are_those_in_e7(
    client: Any, features: list[routeguide.Feature]
) -> None:
    first = features[0]
    center, degrees = (first.lat_e7, first.lon_e7), (first.latitude, first.longitude)
    area, area_degrees = (400_000_000, -750_000_000, 420_000_000, -730_000_000), (40, -75, 42, -73)
    pairs = [
        (client.get_features([center, (0, 0)]), client.degrees.get_features([degrees, (0, 0)])),
        (client.nearest(*center, 5), client.degrees.nearest(*degrees, k=5)),
        (
            client.nearest(*center, 5, max_distance_m=3000.0),
            client.degrees.nearest(*degrees, 5, max_distance_m=3000.0),
        ),
        (
            client.search(*area, named_only=True, limit=30),
            client.degrees.search(*area_degrees, named_only=True, limit=30, page_size=7),
        ),
        (client.within(*center, 20_000), client.degrees.within(*degrees, 20_000, page_size=2)),
        (
            client.along(area[::2], area[1::2], 10_000.0, limit=5),
            client.degrees.along(area_degrees[::2], area_degrees[1::2], 10_000.0, limit=5),
        ),
    ]
    for in_e7, in_degrees in pairs:
        found = list(in_e7)
        assert found
        assert list(in_degrees) == found


def test_degrees_are_keywords_too(client: Any) -> None:
    [nearest] = client.degrees.nearest(latitude=40.9146138, longitude=-74.6188906, k=1)
    assert (nearest.latitude, nearest.longitude) == (40.9146138, -74.6188906)
    assert (nearest.lat_e7, nearest.lon_e7) == nearest.feature[1:] == (409146138, -746188906)
    box = {"south": 40.9, "west": -74.7, "north": 41, "east": -74.6}
    assert nearest.feature in list(client.degrees.search(**box))


@pytest.mark.parametrize(
    ("degrees", "e7"),
    [
        (1e-7, 1),
        (0.00000005, 0),  # half to even
        (0.00000015, 2),
        (-90, -900_000_000),
        (np.float64(48.2), 482_000_000),
        (Decimal("48.2"), 482_000_000),
    ],
)
def test_degrees_are_rounded_as_an_import_does(client_to: Any, degrees: Any, e7: int) -> None:
    answering = Answering(nearby=[])
    with served(answering) as address, client_to(address) as client:
        client.degrees.nearest(degrees, 0, 1)
    [request] = answering.requests
    assert request.center == pb.Point(latitude_e7=e7)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((90.1, 0), ValueError, "latitude: 90.1 is outside of -90 to 90 degrees$"),
        ((0, -180.1), ValueError, "longitude: -180.1 is outside of -180 to 180 degrees$"),
        ((math.nan, 0), ValueError, "latitude: nan is outside of -90 to 90 degrees$"),
        ((482_000_000, 0), ValueError, "latitude: .* degrees; the client's own methods take E7$"),
        (("48", 0), TypeError, "latitude: expected degrees as a number, not '48'"),
        ((0, None), TypeError, "longitude: expected degrees as a number, not None"),
    ],
)
def test_invalid_degrees_are_refused(
    client: Any, arguments: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        client.degrees.nearest(*arguments, 1)
    with pytest.raises(error, match=text):
        client.degrees.get_features([(0, 0), arguments])


E7_CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "nearest": lambda client, number: client.nearest(number, 16, 1),
    "within": lambda client, number: list(client.within(16, number, 1.0)),
    "search": lambda client, number: list(client.search(0, 0, 16, number)),
    "get_features": lambda client, number: client.get_features([(0, 0), (number, 0)]),
    "get_feature": lambda client, number: client.get_feature(0, number),
    "list_features": lambda client, number: list(client.list_features(0, 0, 16, number)),
    "along": lambda client, number: list(client.along([number], [16], 1.0)),
}


@pytest.mark.parametrize("method", E7_CALLS)
@pytest.mark.parametrize("wrong", [48.2, "48", None])
def test_degrees_are_not_taken_for_e7(client: Any, method: str, wrong: Any) -> None:
    text = r"_e7: expected E7, degrees times ten million as an int, not .*; .* client\.degrees take"
    with pytest.raises(TypeError, match=text):
        E7_CALLS[method](client, wrong)


@pytest.mark.parametrize("wrong", [48.2, "48", None])
def test_degrees_are_not_taken_for_e7_in_streams(client: Any, wrong: Any) -> None:
    """gRPC reads these, and drops the exception."""
    with pytest.raises(TypeError, match="E7, degrees times ten million"):
        client.record_route([(0, 0), (wrong, 0)])
    with pytest.raises(TypeError, match="E7, degrees times ten million"):
        list(client.chat([("one", 0, 0), ("two", 0, wrong)]))


@pytest.mark.parametrize("method", E7_CALLS)
@pytest.mark.parametrize("number", [90, -48])
def test_whole_degrees_emit_a_warning(client: Any, method: str, number: int) -> None:
    with pytest.warns(DegreesWarning, match=r"the methods of client\.degrees take degrees"):
        E7_CALLS[method](client, number)


def test_the_warning_names_the_callers_line(address: str) -> None:
    with routeguide.Client(address) as client, pytest.warns(DegreesWarning) as warned:
        client.nearest(48, 16, 1)
    assert warned[0].filename == __file__


@pytest.mark.parametrize("points", [[(0, 0)], [(91, 0)], [(0, 181)], [(48, 16), (10**8, 0)], []])
def test_other_numbers_emit_no_warning(client: Any, points: list[oracle.Point]) -> None:
    with warnings.catch_warnings(record=True) as emitted:  # by the server's index, too
        warnings.simplefilter("always")
        client.get_features(points)
        client.degrees.get_features([(0.000001, 0)])
    assert not [each for each in emitted if "client.degrees" in str(each.message)]
