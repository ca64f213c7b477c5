"""Notes by the place they were left at, seen by all who write there.

A writer's note is answered with all notes that were left earlier at its place, its own among them,
and from then on the writer is given what others leave there. All that one writer is given stands
in one line, so that of each place it sees notes in the order in which they arrived. Nobody is
given a note because of having written it.
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
    """A writer that does not take what it is given; the rest of it is dropped."""


@dataclass(frozen=True)
class NoticeboardLimits:
    """What is kept. Where there would be more, the oldest go."""

    notes_at_place: int = 1_000
    notes_in_all: int = 100_000
    age_s: float = 24 * 60 * 60.0
    unread: int = 1_000
    """Others' notes that one writer may be behind; with one more it loses its place."""


class Writer:
    """One conversation: where it has written, and what it has not taken yet."""

    def __init__(self, on_news: Callable[[], None]) -> None:
        self.is_lost = False
        self.places: dict[Place, None] = {}
        self._on_news = on_news
        self._waiting: deque[tuple[RouteNote, bool]] = deque()
        self._unread = 0

    def __len__(self) -> int:
        """Notes to take."""
        return len(self._waiting)

    def take(self) -> RouteNote:
        """The next note. Raises SlowReaderError when lost, IndexError when there is none."""
        if self.is_lost:
            raise SlowReaderError(
                "this stream has not read what others wrote, and lost its place; open another"
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
    """What is kept of everybody's notes. One board belongs to one thread."""

    def __init__(self, limits: NoticeboardLimits, clock: Callable[[], float]) -> None:
        """`clock` tells seconds that never go back."""
        self._limits = limits
        self._clock = clock
        # Each note under its number, in order of arrival; and the same by place.
        self._arrivals: OrderedDict[int, tuple[float, Place]] = OrderedDict()
        self._notes_at: dict[Place, OrderedDict[int, RouteNote]] = {}
        self._writers_at: dict[Place, dict[Writer, None]] = {}
        self._next_number = 0

    def __len__(self) -> int:
        """Notes kept."""
        return len(self._arrivals)

    def join(self, on_news: Callable[[], None] = lambda: None) -> Writer:
        """A writer that has not written yet. `on_news` is called when others give it something,
        and when it is lost. Whoever joins has to leave."""
        return Writer(on_news)

    def leave(self, writer: Writer) -> None:
        """Give it nothing more. Cost: the places that it has written at."""
        for place in writer.places:
            writers = self._writers_at[place]
            del writers[writer]
            if not writers:
                del self._writers_at[place]
        writer.places.clear()

    def post(self, writer: Writer, note: RouteNote) -> None:
        """Leave a note at its place: answers go to its writer, the note to the others there.

        To be called when the writer has taken all, or its answers have no bound. Cost: the
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
