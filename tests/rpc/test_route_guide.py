"""The four calls on both kinds of server, under each of the three service names."""

import itertools
import math
from collections.abc import Callable, Iterator

import grpc
import pytest
from routeguide.domain import database, trip
from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle, RouteNote, RouteSummary
from routeguide.rpc.registration import SERVICE_NAMES
from support import documented
from support.serving import (
    WATCHDOG_S,
    LoopThread,
    Requests,
    Stub,
    at,
    between,
    servicer_of,
    serving,
    status_of,
    stub_for,
)

from routeguide_c import FeatureIndex

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
EVERYWHERE = between(at(INT32_MIN, INT32_MIN), at(INT32_MAX, INT32_MAX))
TUTORIAL_AREA = between(at(400000000, -750000000), at(420000000, -730000000))

# Added to the 100 features of the package, away from them.
EXTRA_FEATURES = (
    ("Null Island", 0, 0),
    ("first twin", 20, -20),
    ("second twin", 20, -20),
    ("", 20, -10),
    ("Überführung 東京 🗼", -30, 40),
    ("north-east of all", INT32_MAX, INT32_MAX),
    ("south-west of all", INT32_MIN, INT32_MIN),
)


@pytest.fixture(scope="module")
def features() -> list[Feature]:
    """The server's features, in database order."""
    tutorial = database.load_packaged()
    places = [(tutorial.name(i), *tutorial.location(i)) for i in range(len(tutorial))]
    return [feature(*place) for place in [*places, *EXTRA_FEATURES]]


@pytest.fixture(scope="module")
def address(kind: str, features: list[Feature], loop_thread: LoopThread) -> Iterator[str]:
    index = FeatureIndex(
        [feature.location.latitude for feature in features],
        [feature.location.longitude for feature in features],
        [feature.name for feature in features],
    )
    with serving(servicer_of(kind, index), loop_thread) as server_address:
        yield server_address


@pytest.fixture(params=SERVICE_NAMES)
def stub(request: pytest.FixtureRequest, address: str) -> Iterator[Stub]:
    with grpc.insecure_channel(address) as channel:
        yield stub_for(channel, request.param)


def feature(name: str, lat_e7: int, lon_e7: int) -> Feature:
    return Feature(name=name, location=at(lat_e7, lon_e7))


def note(message: str, lat_e7: int, lon_e7: int) -> RouteNote:
    return RouteNote(message=message, location=at(lat_e7, lon_e7))


# GetFeature


def test_every_feature_is_found_at_its_place(stub: Stub, features: list[Feature]) -> None:
    seen: set[tuple[int, int]] = set()
    for expected in features:
        place = (expected.location.latitude, expected.location.longitude)
        if place not in seen:
            assert stub.GetFeature(expected.location) == expected
        seen.add(place)


def test_the_first_of_several_features_at_a_point_is_found(stub: Stub) -> None:
    assert stub.GetFeature(at(20, -20)).name == "first twin"


@pytest.mark.parametrize(
    "point",
    [at(1, 0), at(0, -1), at(409146139, -746188906), at(INT32_MAX, INT32_MIN), at(INT32_MIN, 0)],
    ids=str,
)
def test_a_point_without_a_feature_is_answered_unnamed_at_that_point(
    stub: Stub, point: Point
) -> None:
    assert stub.GetFeature(point) == Feature(name="", location=point)


def test_a_location_of_zeros_is_a_location(stub: Stub) -> None:
    answer = stub.GetFeature(Point())
    assert answer.name == "Null Island"
    assert answer.HasField("location")


# ListFeatures


def inside(features: list[Feature], area: Rectangle) -> list[Feature]:
    south, north = sorted((area.lo.latitude, area.hi.latitude))
    west, east = sorted((area.lo.longitude, area.hi.longitude))
    return [
        each
        for each in features
        if south <= each.location.latitude <= north and west <= each.location.longitude <= east
    ]


@pytest.mark.parametrize(
    ("area", "hits"),
    [
        pytest.param(TUTORIAL_AREA, 100, id="tutorial"),
        pytest.param(EVERYWHERE, 107, id="everything"),
        pytest.param(between(at(20, -20), at(20, -20)), 2, id="one point"),
        pytest.param(between(at(20, -20), at(20, -10)), 3, id="a line, its ends inside"),
        pytest.param(between(at(-30, -10), at(20, 40)), 3, id="on three edges"),
        pytest.param(between(at(-29, -9), at(19, 39)), 1, id="just inside those edges"),
        pytest.param(between(at(1, 1), at(9, 9)), 0, id="nothing there"),
        pytest.param(Rectangle(), 1, id="no corners given"),
        pytest.param(between(at(900000001, 0), at(INT32_MAX, INT32_MAX)), 1, id="off the Earth"),
    ],
)
def test_a_list_is_in_database_order_and_includes_the_edges(
    stub: Stub, features: list[Feature], area: Rectangle, hits: int
) -> None:
    expected = inside(features, area)
    assert len(expected) == hits
    assert list(stub.ListFeatures(area)) == expected


def test_any_two_opposite_corners_give_the_same_list(stub: Stub, features: list[Feature]) -> None:
    latitudes, longitudes = (-30, 20), (-20, 40)
    expected = inside(features, between(at(-30, -20), at(20, 40)))
    assert len(expected) == 5
    for lat_e7, lon_e7 in itertools.product(latitudes, longitudes):
        opposite = at(sum(latitudes) - lat_e7, sum(longitudes) - lon_e7)
        assert list(stub.ListFeatures(between(at(lat_e7, lon_e7), opposite))) == expected


# RecordRoute


def test_the_documented_route(stub: Stub) -> None:
    summary = stub.RecordRoute(iter(documented.ROUTE))
    assert (summary.point_count, summary.feature_count) == (10, 10)
    assert summary.distance == documented.ROUTE_LENGTH_M == 850915
    assert summary.elapsed_time in range(60)


def test_an_empty_route_has_an_empty_summary(stub: Stub) -> None:
    assert stub.RecordRoute(iter(())) == RouteSummary()


def test_the_first_point_adds_no_distance(stub: Stub) -> None:
    assert stub.RecordRoute(iter([at(20, -20)])) == RouteSummary(point_count=1, feature_count=1)


def test_each_visit_to_a_feature_counts_named_or_not(stub: Stub) -> None:
    route = [at(20, -10), at(1, 1), at(20, -10), at(20, -20), at(0, 0)]
    summary = stub.RecordRoute(iter(route))
    assert (summary.point_count, summary.feature_count) == (5, 4)


def test_legs_are_added_before_the_fraction_is_dropped(stub: Stub) -> None:
    # A leg of one step of longitude on the equator is 11 millimeters long.
    route = [at(0, step % 2) for step in range(1001)]
    leg_m = 6371000 * math.radians(1e-7)
    assert stub.RecordRoute(iter(route)).distance == int(1000 * leg_m) == 11


def test_a_distance_over_32_bits_is_out_of_range(stub: Stub) -> None:
    half_circumference_m = math.pi * 6371000
    there_and_back = [at(0, 0), at(0, 1800000000)] * 55
    longest = stub.RecordRoute(iter(there_and_back[:108]))
    assert longest.distance == int(107 * half_circumference_m)
    code, details = status_of(lambda: stub.RecordRoute(iter(there_and_back[:109])))
    assert code is grpc.StatusCode.OUT_OF_RANGE
    assert details == f"distance is {int(108 * half_circumference_m)}, over the limit of 2147483647"


def test_elapsed_time_is_whole_seconds_of_a_monotonic_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([1000.5, 1004.4])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    timed = trip.TimedTrip(FeatureIndex([], [], []))
    assert timed.summary().elapsed_time == 3


# RouteChat


def test_the_documented_chat(stub: Stub) -> None:
    notes = [
        note("First message", 0, 0),
        note("Second message", 0, 1),
        note("Third message", 1, 0),
        note("Fourth message", 0, 0),
        note("Fifth message", 1, 0),
    ]
    answers = list(stub.RouteChat(iter(notes)))
    assert answers == [note("First message", 0, 0), note("Third message", 1, 0)]


def test_each_note_is_answered_with_all_earlier_ones_at_its_place(stub: Stub) -> None:
    notes = [note(str(number), -7, INT32_MIN) for number in range(5)]
    answers = [answer.message for answer in stub.RouteChat(iter(notes))]
    assert answers == ["0", "0", "1", "0", "1", "2", "0", "1", "2", "3"]


def test_notes_are_answered_while_the_stream_is_open(stub: Stub) -> None:
    notes = Requests(note("one", 5, 5), note("two", 5, 5))
    answers = stub.RouteChat(notes)
    assert next(answers).message == "one"
    notes.send(note("three", 5, 5))
    assert [next(answers).message, next(answers).message] == ["one", "two"]
    notes.end()
    assert list(answers) == []


def test_streams_do_not_get_each_others_notes(stub: Stub) -> None:
    first, second = Requests(note("mine", 1, 1)), Requests(note("yours", 1, 1))
    answers = stub.RouteChat(first), stub.RouteChat(second)
    first.send(note("again", 1, 1))
    second.send(note("again", 1, 1))
    assert next(answers[0]).message == "mine"
    assert next(answers[1]).message == "yours"
    first.end()
    second.end()
    assert [list(stream) for stream in answers] == [[], []]


def test_latitude_and_longitude_are_not_mixed_up(stub: Stub) -> None:
    notes = [note("", 1, 2), note("", 2, 1), note("", -1, -2), note("", 1, -2)]
    assert list(stub.RouteChat(iter(notes))) == []


def test_a_note_without_a_location_is_at_zero(stub: Stub) -> None:
    answers = list(stub.RouteChat(iter([RouteNote(message="nowhere"), note("zero", 0, 0)])))
    assert answers == [RouteNote(message="nowhere")]


def test_no_notes_have_no_answers(stub: Stub) -> None:
    assert list(stub.RouteChat(iter(()))) == []


# Names


@pytest.mark.parametrize("name", ["stream.RouteGuide", "routeguide.routeguide", "ConnectService"])
def test_no_other_service_name_is_answered(address: str, name: str) -> None:
    with grpc.insecure_channel(address) as channel:
        stranger = stub_for(channel, name)
        code, _ = status_of(lambda: stranger.GetFeature(Point()))
    assert code is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("method", ["GetFeatures", "getfeature", "GetFeature/", ""])
@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_no_other_method_is_answered(address: str, name: str, method: str) -> None:
    with grpc.insecure_channel(address) as channel:
        call: Callable[..., bytes] = channel.unary_unary(f"/{name}/{method}")
        status = status_of(lambda: call(b"", timeout=WATCHDOG_S))
    assert status == (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")


@pytest.mark.parametrize("name", SERVICE_NAMES)
def test_a_stream_of_one_request_is_answered_as_one_request(address: str, name: str) -> None:
    """A single message and a stream of one are the same on the wire."""
    with grpc.insecure_channel(address) as channel:
        for method in ("GetFeature", "ListFeatures", "RecordRoute"):
            call: Callable[..., Iterator[bytes]] = channel.stream_stream(f"/{name}/{method}")
            assert len(list(call(iter([b""]), timeout=WATCHDOG_S))) == 1
