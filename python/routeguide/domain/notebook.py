"""Notes by their place."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator

from routeguide.pb.route_guide_pb2 import RouteNote


class Notebook:
    """The notes of one chat. One notebook belongs to one thread."""

    def __init__(self) -> None:
        self._notes_at: defaultdict[tuple[int, int], list[RouteNote]] = defaultdict(list)

    def leave(self, note: RouteNote) -> list[RouteNote]:
        """Keep `note`, and return the notes left earlier at its place, oldest first.

        Cost: the notes returned, however many are kept elsewhere.
        """
        notes_here = self._notes_at[note.location.latitude, note.location.longitude]
        earlier = notes_here.copy()
        notes_here.append(note)
        return earlier


async def converse(
    notebook: Notebook, notes: AsyncIterator[RouteNote]
) -> AsyncGenerator[RouteNote]:
    """Leave each note and yield the earlier ones at its place. Raises what `notebook` raises."""
    async for note in notes:
        for earlier in notebook.leave(note):
            yield earlier
