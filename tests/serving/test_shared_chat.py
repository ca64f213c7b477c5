"""RouteChat across clients over real connections, one of which is not read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import grpc
import grpc.aio
from routeguide.domain import database
from routeguide.domain.noticeboard import NoticeboardLimits
from routeguide.pb.route_guide_pb2 import RouteNote
from routeguide.rpc.statuses import DOMAIN_ERRORS, status_of
from routeguide.serving.shared_chat import SharedChat
from routeguide.tutorial import aio_route_guide_servicer
from support.serving import WATCHDOG_S, LoopThread, Requests, at, serving, stub_for
from support.serving import status_of as failure_of

HERE, THERE = at(1, 1), at(2, 2)


class SharedServicer(aio_route_guide_servicer.RouteGuideServicer):
    def __init__(self, chat: SharedChat) -> None:
        super().__init__(database.load_packaged())
        self._chat = chat

    async def RouteChat(
        self,
        request_iterator: AsyncIterator[RouteNote],
        context: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[RouteNote]:
        try:
            async with aclosing(self._chat.converse(request_iterator)) as notes:
                async for note in notes:
                    yield note
        except DOMAIN_ERRORS as error:
            await context.abort(*status_of(error))


class User:
    """One open chat, on a connection of its own."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.requests = Requests()
        self.answers = stub_for(channel).RouteChat(self.requests, timeout=WATCHDOG_S)

    def write(self, message: str, place: Any = HERE) -> None:
        self.requests.send(RouteNote(message=message, location=place))

    def hear(self, count: int = 1) -> list[str]:
        return [next(self.answers).message for _ in range(count)]


@contextmanager
def user(address: str) -> Iterator[User]:
    # Channels of a process with the same options would share a connection.
    with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        one = User(channel)
        yield one
        one.requests.end()
        one.answers.cancel()


def test_three_users_one_of_whom_does_not_read(loop_thread: LoopThread) -> None:
    limits = NoticeboardLimits(notes_at_place=4, unread=10)
    large = "x" * 1_000_000
    with (
        serving(SharedServicer(SharedChat(limits)), loop_thread) as address,
        user(address) as ann,
        user(address) as bob,
        user(address) as slow,
    ):
        # Each gets the earlier notes, and later notes of others at places where it has written.
        slow.write("slow")
        slow.write("slow again")
        assert slow.hear() == ["slow"]
        ann.write("ann")
        assert ann.hear(2) == ["slow", "slow again"]
        bob.write("bob")
        assert bob.hear(3) == ["slow", "slow again", "ann"]
        assert ann.hear() == ["bob"]
        bob.write("one", THERE)
        bob.write("two", THERE)
        assert bob.hear() == ["one"]
        ann.write("three", THERE)
        assert ann.hear(2) == ["one", "two"]
        assert bob.hear() == ["three"]

        # From here on one reads nothing, and more is sent to it than connections buffer.
        for number in range(40):
            text = f"{number} {large}"
            ann.write(text)
            earlier = ann.hear(4)
            assert len(earlier) == 4
            assert bob.hear() == [text]
        ann.write("still here", THERE)
        assert ann.hear(3) == ["one", "two", "three"]
        assert bob.hear() == ["still here"]

        code, details = failure_of(lambda: list(slow.answers))
        assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "has not read what others wrote" in details

        # A new stream of the same user works.
        with user(address) as again:
            again.write("back")
            assert len(again.hear(4)) == 4
            assert ann.hear() == ["back"]
