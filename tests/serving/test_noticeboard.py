"""Notes across clients: the noticeboard against a slow model, and conversations over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routeguide.domain.noticeboard import Noticeboard, NoticeboardLimits, SlowReaderError, Writer
from routeguide.pb.route_guide_pb2 import Point, RouteNote
from routeguide.serving.shared_chat import SharedChat
from support.serving import WATCHDOG_S, at


def note(message: str, place: Point | None = None) -> RouteNote:
    return RouteNote(message=message, location=place or at(0, 0))


@dataclass
class ModelWriter:
    """The notes due to a writer, each with whether it is news; None if the writer is lost."""

    places: set[tuple[int, int]] = field(default_factory=set)
    line: list[tuple[str, bool]] | None = field(default_factory=list)
    has_left: bool = False


class Model:
    """The board as a list that is scanned each time."""

    def __init__(self, limits: NoticeboardLimits) -> None:
        self.limits = limits
        self.kept: list[tuple[float, tuple[int, int], str]] = []
        self.writers: list[ModelWriter] = []

    def post(self, writer: ModelWriter, place: tuple[int, int], text: str, now_s: float) -> None:
        self.kept = [old for old in self.kept if now_s - old[0] <= self.limits.age_s]
        if writer.line is not None:
            writer.line += [(old[2], False) for old in self.kept if old[1] == place]
        self.kept.append((now_s, place, text))
        here = [old for old in self.kept if old[1] == place]
        for old in here[: -self.limits.notes_at_place]:
            self.kept.remove(old)
        self.kept = self.kept[-self.limits.notes_in_all :]
        for other in self.writers:
            if other is writer or other.has_left or place not in other.places:
                continue
            if other.line is None:
                continue
            if sum(is_news for _, is_news in other.line) == self.limits.unread:
                other.line = None
            else:
                other.line.append((text, True))
        writer.places.add(place)


SMALL = NoticeboardLimits(notes_at_place=3, notes_in_all=6, age_s=10.0, unread=3)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.integers(0, 3), st.integers(0, 2), st.integers(0, 6)),
        st.tuples(st.just("take"), st.integers(0, 3), st.integers(1, 5), st.just(0)),
        st.tuples(st.just("leave"), st.integers(0, 3), st.just(0), st.just(0)),
    ),
    max_size=60,
)


@given(steps)
def test_the_board_agrees_with_the_model(given_steps: list[tuple[str, int, int, int]]) -> None:
    now_s = 0.0
    board = Noticeboard(SMALL, lambda: now_s)
    model = Model(SMALL)
    pairs: list[tuple[Writer, ModelWriter]] = []
    for _ in range(4):
        model.writers.append(ModelWriter())
        pairs.append((board.join(), model.writers[-1]))
    for number, (what, who, count, wait_s) in enumerate(given_steps):
        writer, expected = pairs[who]
        if what == "leave":
            board.leave(writer)
            expected.has_left = True
            model.writers.append(ModelWriter())
            pairs[who] = board.join(), model.writers[-1]
        elif what == "take":
            for _ in range(count):
                if expected.line is None:
                    with pytest.raises(SlowReaderError):
                        writer.take()
                elif expected.line:
                    assert writer.take().message == expected.line.pop(0)[0]
        elif expected.line is not None:  # a lost writer does not write
            now_s += wait_s
            board.post(writer, note(str(number), at(count, -count)))
            model.post(expected, (count, -count), str(number), now_s)
        assert len(board) == len(model.kept)
        for each, other in pairs:
            assert each.is_lost == (other.line is None)
            assert len(each) == len(other.line or ())


def test_nothing_is_kept_of_writers_that_have_left() -> None:
    now_s = 0.0
    board = Noticeboard(SMALL, lambda: now_s)
    writers = [board.join() for _ in range(3)]
    for number, writer in enumerate(writers):
        for place in range(50):
            board.post(writer, note("here", at(place, number % 2)))
    for writer in writers:
        board.leave(writer)
    now_s = 11.0
    last = board.join()
    board.post(last, note("last"))
    board.leave(last)
    assert len(board) == 1
    assert not board._writers_at
    assert list(board._notes_at) == [(0, 0)]


class Line(AsyncIterator[RouteNote]):
    """Requests that a test sends one by one."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[RouteNote | None] = asyncio.Queue()

    def send(self, message: str, place: Point | None = None) -> None:
        self._queue.put_nowait(note(message, place))

    def end(self) -> None:
        self._queue.put_nowait(None)

    async def __anext__(self) -> RouteNote:
        sent = await self._queue.get()
        if sent is None:
            raise StopAsyncIteration
        return sent


async def texts(answers: AsyncIterator[RouteNote], count: int) -> list[str]:
    return [(await anext(answers)).message for _ in range(count)]


def test_a_single_client_gets_the_chat_of_the_tutorials() -> None:
    async def talk() -> list[str]:
        line = Line()
        for message, place in (("a", 1), ("b", 2), ("c", 1), ("d", 1), ("e", 2)):
            line.send(message, at(place, place))
        line.end()
        return [answer.message async for answer in SharedChat().converse(line)]

    assert asyncio.run(asyncio.wait_for(talk(), WATCHDOG_S)) == ["a", "a", "c", "b"]


def test_notes_of_others_arrive_at_places_where_one_has_written() -> None:
    async def talk() -> None:
        chat = SharedChat()
        ann_line, bob_line = Line(), Line()
        async with (
            aclosing(chat.converse(ann_line)) as ann,
            aclosing(chat.converse(bob_line)) as bob,
        ):
            ann_line.send("ann 1")
            ann_hears = asyncio.create_task(texts(ann, 2))
            await asyncio.sleep(0)
            bob_line.send("bob elsewhere", at(5, 5))
            bob_line.send("bob 1")
            bob_line.send("bob 2")
            assert await texts(bob, 3) == ["ann 1", "ann 1", "bob 1"]
            assert await ann_hears == ["bob 1", "bob 2"]
            ann_line.end()
            assert [answer.message async for answer in ann] == []
            bob_line.send("bob 3")
            bob_line.end()
            assert [answer.message async for answer in bob] == ["ann 1", "bob 1", "bob 2"]

    asyncio.run(asyncio.wait_for(talk(), WATCHDOG_S))


def test_only_the_writer_that_does_not_read_is_lost() -> None:
    async def talk() -> None:
        chat = SharedChat(NoticeboardLimits(unread=2))
        slow_line, line = Line(), Line()
        async with (
            aclosing(chat.converse(slow_line)) as slow,
            aclosing(chat.converse(line)) as quick,
        ):
            slow_line.send("slow 1")
            slow_line.send("slow 2")
            assert await texts(slow, 1) == ["slow 1"]
            for number in range(4):
                line.send(str(number))
            line.end()
            heard = [answer.message async for answer in quick]
            assert heard == [
                earlier
                for count in range(4)
                for earlier in ["slow 1", "slow 2", *map(str, range(count))]
            ]
            with pytest.raises(SlowReaderError, match="has not read"):
                await anext(slow)

    asyncio.run(asyncio.wait_for(talk(), WATCHDOG_S))


def test_an_exception_of_the_requests_ends_the_conversation() -> None:
    async def broken() -> AsyncIterator[RouteNote]:
        yield note("first")
        raise ConnectionResetError("gone")

    async def talk() -> None:
        async for _ in SharedChat().converse(broken()):
            pass

    with pytest.raises(ConnectionResetError, match="gone"):
        asyncio.run(asyncio.wait_for(talk(), WATCHDOG_S))
