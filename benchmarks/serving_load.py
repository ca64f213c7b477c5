"""What `routeguide serve` costs and keeps up with: idle chats, idle connections, the wrapping.

serving_load.py                  measures and prints a table
serving_load.py chats ADDRESS N  holds N idle chats open until its input ends
"""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import grpc.aio
from routeguide.pb.route_guide_pb2 import Point, RouteNote
from routeguide.pb.route_guide_pb2_grpc import RouteGuideStub

CHATS = 1_000
CHATS_A_CONNECTION = 100
CONNECTIONS = 3_000
CALLS = 5_000
WARM_UP_CALLS = 500
POINT = Point(latitude=407838351, longitude=-746143763)

# What a client says first: the preface, and settings without any setting.
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


@contextmanager
def server(*arguments: str) -> Iterator[tuple[str, int]]:
    """Address and process id of a server, which has to end well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "routeguide", "serve", "--address", "127.0.0.1:0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = process.stderr.readline().split()[2].rstrip(":")
    yield address, process.pid
    began_s = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    print(f"  stopped with status {process.returncode} in {time.monotonic() - began_s:.2f} s")


@contextmanager
def idle_chats(address: str, count: int) -> Iterator[None]:
    """Held by a process of their own, each after its first answer."""
    holder = subprocess.Popen(
        [sys.executable, __file__, "chats", address, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"open\n"
    yield
    holder.communicate()


async def hold_chats(address: str, count: int) -> None:
    own = [("grpc.use_local_subchannel_pool", 1)]
    chats = []
    for _ in range(0, count, CHATS_A_CONNECTION):
        stub = RouteGuideStub(grpc.aio.insecure_channel(address, own))
        for _ in range(CHATS_A_CONNECTION):
            chat = stub.RouteChat()
            await chat.write(RouteNote(message="one"))
            await chat.write(RouteNote(message="two"))
            chats.append(chat)
    for chat in chats:
        assert (await chat.read()).message == "one"
    print("open", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def latencies_ms(address: str) -> list[float]:
    """Of GetFeature, one after the other."""
    took_ms = []
    with grpc.insecure_channel(address) as channel:
        get_feature = RouteGuideStub(channel).GetFeature
        for _ in range(WARM_UP_CALLS + CALLS):
            began_s = time.perf_counter()
            get_feature(POINT)
            took_ms.append(1000 * (time.perf_counter() - began_s))
    return took_ms[WARM_UP_CALLS:]


def private_bytes(pid: int) -> int:
    """Memory that belongs to the process alone."""
    fields = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in fields if line.startswith("Private_"))


def connect(address: str) -> socket.socket:
    """A connection that has said what HTTP/2 has a client say, and heard the server."""
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(HELLO)
    connection.recv(4096)
    return connection


def measure_chats() -> None:
    with server() as (address, _):
        for count in (0, CHATS):
            if count:
                with idle_chats(address, count):
                    took_ms = latencies_ms(address)
            else:
                took_ms = latencies_ms(address)
            percentiles = statistics.quantiles(took_ms, n=100)
            print(
                f"GetFeature, {count} idle chats: median {percentiles[49]:.2f} ms,"
                f" p99 {percentiles[98]:.2f} ms, worst {max(took_ms):.2f} ms",
                flush=True,
            )


def measure_connections() -> None:
    with server("--grace", "1") as (address, pid):
        held = [connect(address) for _ in range(100)]
        before = private_bytes(pid)
        held += [connect(address) for _ in range(CONNECTIONS)]
        after = private_bytes(pid)
        print(
            f"{CONNECTIONS} idle connections: {(after - before) / CONNECTIONS / 1024:.1f} KiB each"
        )
        latencies_ms(address)
        for connection in held:
            connection.close()


def main() -> None:
    if sys.argv[1:2] == ["chats"]:
        asyncio.run(hold_chats(sys.argv[2], int(sys.argv[3])))
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    measure_chats()
    measure_connections()


if __name__ == "__main__":
    main()
