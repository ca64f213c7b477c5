"""The server of ConnectService, with tasks in the background of its event loop."""

import argparse
import asyncio
import signal
import time

import grpc.aio

from routeguide.common import cli
from routeguide.pb import connect_pb2_grpc
from routeguide.rpc.listening import NO_SHARED_PORT, AddressError, listen
from routeguide.tutorial.aio_tasks import wait_for_other_tasks
from routeguide.tutorial.connect_service import ConnectServicer


async def announce(after_s: float, name: str) -> None:
    """Print the time of day and `name` once, after `after_s` seconds."""
    await asyncio.sleep(after_s)
    print(f"{time.strftime('%X')}: Server {name}", flush=True)


async def serve(address: str) -> None:
    """Serve until SIGINT (Ctrl-C) or SIGTERM, then close all connections.

    Raises AddressError if the server cannot listen on the address.
    """
    # On Ctrl-C asyncio.run cancels this task from Python 3.11 on, and raises KeyboardInterrupt
    # before. A handler behaves alike on both.
    stop = asyncio.Event()
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop_signal, stop.set)
    server = grpc.aio.server(options=NO_SHARED_PORT)
    connect_pb2_grpc.add_ConnectServiceServicer_to_server(ConnectServicer(), server)
    bound_address = listen(server, address)
    await server.start()
    print(f"Server listening on {bound_address}", flush=True)
    background = [
        asyncio.create_task(announce(2, "testing2")),
        asyncio.create_task(announce(3, "testing3")),
    ]
    await stop.wait()
    for task in background:
        task.cancel()
    await server.stop(grace=None)
    await wait_for_other_tasks()
    print("\nConnection dropped!")


def main(arguments: list[str] | None = None) -> int:
    """Run the command `connect/server.py`; returns its exit status."""
    parser = argparse.ArgumentParser(description="Serve ConnectService until Ctrl-C.")
    parser.add_argument(
        "--address",
        type=cli.listen_address,
        default="[::]:50051",
        help="HOST:PORT to listen on, port 0 for any that is free (default: %(default)s)",
    )
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(serve(chosen.address))
    except AddressError as error:
        parser.exit(cli.FAILURE, f"{parser.prog}: {error}\n")
    print("Bye")
    return 0
