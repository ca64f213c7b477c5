"""Streams end when the server stops, each after the answers to the requests that were read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from routeguide.rpc.refusals import StoppingError
from routeguide.serving.chats import OpenStreams


class Arriving(AsyncIterator[str]):
    """Requests that arrive when a test sends them to a waiting reader."""

    def __init__(self) -> None:
        self.is_waited_for = asyncio.Event()

    async def __anext__(self) -> str:
        self._request: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.is_waited_for.set()
        return await self._request

    def come(self, request: str) -> None:
        self._request.set_result(request)


async def received_until_the_end(comes_before_it: bool) -> list[str]:
    streams, arriving = OpenStreams(), Arriving()
    received: list[str] = []

    async def converse() -> None:
        async for request in streams.requests(arriving):
            received.append(request)

    stream = asyncio.create_task(converse())
    await arriving.is_waited_for.wait()
    if comes_before_it:
        arriving.come("note")  # `stream` resumes only in the next turn of the loop
    streams.end()
    with pytest.raises(StoppingError):
        await stream
    return received


def test_a_waiting_stream_is_ended() -> None:
    assert asyncio.run(received_until_the_end(comes_before_it=False)) == []


def test_a_stream_whose_request_has_just_arrived_answers_it() -> None:
    assert asyncio.run(received_until_the_end(comes_before_it=True)) == ["note"]
