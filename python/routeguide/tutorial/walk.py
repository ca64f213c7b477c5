"""The walk of the RouteGuide client: what it asks for, in which order, and what it prints.

The threaded and the asyncio client differ in how a call is made; all else they share is here.
"""

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
    """Where ten features of the packaged database are; a feature may come up again."""
    index = database.load_packaged()
    places = (index.location(random.randrange(len(index))) for _ in range(RANDOM_POINTS))
    return [Point(latitude=latitude, longitude=longitude) for latitude, longitude in places]


def print_heading(call_name: str) -> None:
    print(f"-------------- {call_name} --------------")


def print_lookup(feature: Feature) -> None:
    """The answer to a look-up; a feature without a name means that nothing is there."""
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
    """Pass the points on to a call, printing each as it is sent."""
    for point in points:
        print(f"Visiting point {_place(point)}")
        yield point


def print_summary(summary: RouteSummary) -> None:
    print(f"Finished trip with {summary.point_count} points ")
    print(f"Passed {summary.feature_count} features ")
    print(f"Travelled {summary.distance} meters ")
    print(f"It took {summary.elapsed_time} seconds ")


class ChatTranscript:
    """The notes sent and received, printed in the same order every time.

    Answers may come in while notes are still going out, and gRPC takes the outgoing notes in
    a thread of its own. What is received is therefore held back until the last note is sent.
    """

    def __init__(self) -> None:
        self._all_sent = False
        self._held: list[RouteNote] = []

    def outgoing(self) -> Iterator[RouteNote]:
        """The notes for a call, each printed as it is sent."""
        for note in NOTES:
            print(f"Sending {note.message} at {_place(note.location)}")
            self._all_sent = note is NOTES[-1]
            yield note

    def receive(self, note: RouteNote) -> None:
        """Print a note that came in, now or when the last one is sent."""
        self._held.append(note)
        if self._all_sent:
            self.flush()

    def flush(self) -> None:
        """Print what is held back. To be called once more when the call has ended."""
        for note in self._held:
            print(f"Received message {note.message} at {_place(note.location)}")
        self._held.clear()


def _place(point: Point) -> str:
    return f"latitude: {point.latitude}, longitude: {point.longitude}"
