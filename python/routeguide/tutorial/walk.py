"""The requests and the output that the threaded and the asyncio client share."""

import random
from collections.abc import Iterable, Iterator

from routeguide.domain import database
from routeguide.pb.route_guide_pb2 import Feature, Point, Rectangle, RouteNote, RouteSummary

RANDOM_POINTS = 10

LOOKUPS = (
    Point(latitude=409146138, longitude=-746188906),
    Point(latitude=0, longitude=0),
)

AREA = Rectangle(
    lo=Point(latitude=400000000, longitude=-750000000),
    hi=Point(latitude=420000000, longitude=-730000000),
)

NOTES = tuple(
    RouteNote(message=f"{ordinal} message", location=Point(latitude=latitude, longitude=longitude))
    for ordinal, latitude, longitude in (
        ("First", 0, 0),
        ("Second", 0, 1),
        ("Third", 1, 0),
        ("Fourth", 0, 0),
        ("Fifth", 1, 0),
    )
)


def random_points() -> list[Point]:
    """Choose ten places of features in the packaged database; places may repeat."""
    index = database.load_packaged()
    places = (index.location(random.randrange(len(index))) for _ in range(RANDOM_POINTS))
    return [Point(latitude=latitude, longitude=longitude) for latitude, longitude in places]


def print_heading(call_name: str) -> None:
    print(f"-------------- {call_name} --------------")


def print_lookup(feature: Feature) -> None:
    """Print the answer to a look-up; a feature without a name stands for none."""
    if not feature.HasField("location"):
        print("Server returned incomplete feature")
    elif feature.name:
        print_feature(feature)
    else:
        print(f"Found no feature at {_place(feature.location)}")


def print_area() -> None:
    print("Looking for features between 40, -75 and 42, -73")


def print_feature(feature: Feature) -> None:
    print(f"Feature called '{feature.name}' at {_place(feature.location)}")


def visit(points: Iterable[Point]) -> Iterator[Point]:
    """Yield the points for a call, printing each as it is sent."""
    for point in points:
        print(f"Visiting point {_place(point)}")
        yield point


def print_summary(summary: RouteSummary) -> None:
    print(f"Finished trip with {summary.point_count} points ")
    print(f"Passed {summary.feature_count} features ")
    print(f"Travelled {summary.distance} meters ")
    print(f"It took {summary.elapsed_time} seconds ")


class ChatTranscript:
    """Print the notes sent and received in the same order every time.

    gRPC reads the notes to send in another thread, and answers may come before the last is sent.
    Answers are therefore held until then.
    """

    def __init__(self) -> None:
        self._all_sent = False
        self._held: list[RouteNote] = []

    def outgoing(self) -> Iterator[RouteNote]:
        """Yield the notes for a call, printing each as it is sent."""
        for note in NOTES:
            print(f"Sending {note.message} at {_place(note.location)}")
            self._all_sent = note is NOTES[-1]
            yield note

    def receive(self, note: RouteNote) -> None:
        """Print a note that was received, or hold it until the last one is sent."""
        self._held.append(note)
        if self._all_sent:
            self.flush()

    def flush(self) -> None:
        """Print the notes that are held. Call it when the call has ended."""
        for note in self._held:
            print(f"Received message {note.message} at {_place(note.location)}")
        self._held.clear()


def _place(point: Point) -> str:
    return f"latitude: {point.latitude}, longitude: {point.longitude}"
