"""Start servers in processes of their own, call them, and measure their CPU time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from grpc.experimental import ChannelOptions

HERE = Path(__file__).resolve().parent
STREAMS = 16  # concurrent GetFeature calls


class Host:
    """A server process and its calls."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        options = ((ChannelOptions.SingleThreadedUnaryStream, 1),)
        self.channel = grpc.insecure_channel(self.address, options)
        self._cpu = self.channel.unary_unary("/bench/Cpu")
        self.list = self.channel.unary_stream("/routeguide.RouteGuide/ListFeatures")
        self.record = self.channel.stream_unary("/routeguide.RouteGuide/RecordRoute")
        self.chat = self.channel.stream_stream("/routeguide.RouteGuide/RouteChat")
        self.get = self.channel.unary_unary("/routeguide.RouteGuide/GetFeature")
        self.search = self.channel.unary_stream("/routeguide.v1.FeatureService/SearchFeatures")

    def used_s(self) -> float:
        """Return the CPU seconds that the server has used so far."""
        return int(self._cpu(b"")) * 1e-9

    def cpu_s(self, work: Callable[[], object]) -> float:
        """Return the CPU seconds that the server spends on `work`."""
        before_s = self.used_s()
        work()
        return self.used_s() - before_s


def get_many(host: Host, asked: list[bytes]) -> None:
    """Call GetFeature for each point, with STREAMS calls in flight."""

    async def stream(call: Any, share: list[bytes]) -> None:
        for request in share:
            await call(request)

    async def all_streams() -> None:
        async with grpc.aio.insecure_channel(host.address) as channel:
            call = channel.unary_unary("/routeguide.RouteGuide/GetFeature")
            shares = [asked[i::STREAMS] for i in range(STREAMS)]
            await asyncio.gather(*(stream(call, share) for share in shares))

    asyncio.run(all_streams())


def drained(stream: Any) -> int:
    return sum(1 for _ in stream)


@contextmanager
def hosted(kind: str, what: str, count: int) -> Iterator[Host]:
    command = [sys.executable, str(HERE / "serving_host.py"), kind, what, str(count)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        host = Host(int(process.stdout.readline()))
        yield host
        host.channel.close()
        process.stdin.close()
        process.wait(30)
