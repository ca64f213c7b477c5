"""Notes by their place, shared by all writers.

A writer's note is answered with all earlier notes at its place, the writer's own included. From
then on the writer also gets the notes that others leave there. All notes for one writer go through
one queue, so it gets those of each place in the order in which they arrived. A writer never gets
the note that it is posting.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # settings need the limits, and protobuf takes long to import
    from routeguide.pb.route_guide_pb2 import RouteNote

Place = tuple[int, int]


class SlowReaderError(Exception):
    """A writer does not take the notes of others fast enough; its queue is dropped."""


@dataclass(frozen=True)
class NoticeboardLimits:
    """Limits on the notes kept; the oldest are dropped first."""

    notes_at_place: int = 1_000
    notes_in_all: int = 100_000
    age_s: float = 24 * 60 * 60.0
    unread: int = 1_000
    """Notes of others that may wait for one writer; with one more the writer is lost."""


class Writer:
    """One chat: the places that it has written at, and the notes that wait for it."""

    def __init__(self, on_news: Callable[[], None]) -> None:
        self.is_lost = False
        self.places: dict[Place, None] = {}
        self._on_news = on_news
        self._waiting: deque[tuple[RouteNote, bool]] = deque()
        self._unread = 0

    def __len__(self) -> int:
        """The number of notes that wait."""
        return len(self._waiting)

    def take(self) -> RouteNote:
        """Take the next note. Raises SlowReaderError if lost, IndexError if none waits."""
        if self.is_lost:
            raise SlowReaderError(
                "this stream has not read what others wrote and was dropped; open another"
            )
        note, is_news = self._waiting.popleft()
        self._unread -= is_news
        return note

    def give_answer(self, note: RouteNote) -> None:
        self._waiting.append((note, False))

    def give_news(self, note: RouteNote, limit: int) -> None:
        if self._unread >= limit:
            self.is_lost = True
            self._waiting.clear()
        else:
            self._waiting.append((note, True))
            self._unread += 1
        self._on_news()


class Noticeboard:
    """The notes of all writers, within limits. One board belongs to one thread."""

    def __init__(self, limits: NoticeboardLimits, clock: Callable[[], float]) -> None:
        """`clock` returns seconds that never decrease."""
        self._limits = limits
        self._clock = clock
        # Notes by number, in order of arrival; and notes by place, then by number.
        self._arrivals: OrderedDict[int, tuple[float, Place]] = OrderedDict()
        self._notes_at: dict[Place, OrderedDict[int, RouteNote]] = {}
        self._writers_at: dict[Place, dict[Writer, None]] = {}
        self._next_number = 0

    def __len__(self) -> int:
        """The number of notes kept."""
        return len(self._arrivals)

    def join(self, on_news: Callable[[], None] = lambda: None) -> Writer:
        """Return a new writer; pass it to `leave` at the end. `on_news` is called when a note of
        others is added to its queue, and when it is lost."""
        return Writer(on_news)

    def leave(self, writer: Writer) -> None:
        """Send a writer no more notes. Cost: the places that it has written at."""
        for place in writer.places:
            writers = self._writers_at[place]
            del writers[writer]
            if not writers:
                del self._writers_at[place]
        writer.places.clear()

    def post(self, writer: Writer, note: RouteNote) -> None:
        """Leave a note at its place: its writer gets the answers, the other writers there the note.

        Call it when the writer's queue is empty, or the answers in it are unlimited. Cost: the
        answers, the writers at the place, and the notes that are dropped.
        """
        place = note.location.latitude, note.location.longitude
        now_s = self._clock()
        self._drop_older_than(now_s - self._limits.age_s)
        for earlier in self._notes_at.get(place, {}).values():
            writer.give_answer(earlier)
        self._keep(place, note, now_s)
        writers = self._writers_at.setdefault(place, {})
        lost = []
        for other in writers:
            if other is not writer:
                other.give_news(note, self._limits.unread)
                if other.is_lost:
                    lost.append(other)
        writers[writer] = None
        writer.places[place] = None
        for other in lost:
            self.leave(other)

    def _keep(self, place: Place, note: RouteNote, now_s: float) -> None:
        number = self._next_number
        self._next_number += 1
        notes = self._notes_at.setdefault(place, OrderedDict())
        notes[number] = note
        self._arrivals[number] = now_s, place
        if len(notes) > self._limits.notes_at_place:
            self._drop(next(iter(notes)))
        if len(self._arrivals) > self._limits.notes_in_all:
            self._drop(next(iter(self._arrivals)))

    def _drop_older_than(self, oldest_s: float) -> None:
        while self._arrivals:
            number, (arrived_s, _) = next(iter(self._arrivals.items()))
            if arrived_s >= oldest_s:
                return
            self._drop(number)

    def _drop(self, number: int) -> None:
        _, place = self._arrivals.pop(number)
        notes = self._notes_at[place]
        del notes[number]
        if not notes:
            del self._notes_at[place]
