"""The two clients of ConnectService."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

import grpc.aio

from routeguide.common import cli
from routeguide.pb.connect_pb2 import RequestMessage, ResponseMessage
from routeguide.pb.connect_pb2_grpc import ConnectServiceStub
from routeguide.rpc.call_error import call_error

REQUEST = RequestMessage(request_data="People")


async def greet(stub: ConnectServiceStub) -> None:
    """Request one greeting and print it."""
    _print_response(await stub.UnaryRPC(REQUEST))


async def greet_often(stub: ConnectServiceStub) -> None:
    """Request a stream of greetings and print each as it arrives."""
    async for response in stub.ServerStreamRPC(REQUEST):
        _print_response(response)


def _print_response(response: ResponseMessage) -> None:
    print("Response from server:", response.response_data)


def run_unary_client(arguments: list[str] | None = None) -> int:
    """Run the command `connect/unary_client.py`; returns its exit status."""
    return _run("Request one greeting from a ConnectService server.", greet, arguments)


def run_server_stream_client(arguments: list[str] | None = None) -> int:
    """Run the command `connect/server_stream_client.py`; returns its exit status."""
    return _run("Request ten greetings from a ConnectService server.", greet_often, arguments)


def _run(
    description: str,
    ask: Callable[[ConnectServiceStub], Awaitable[None]],
    arguments: list[str] | None,
) -> int:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--address", default="localhost:50051", help="the server (default: %(default)s)"
    )
    address = parser.parse_args(arguments).address

    async def ask_server() -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            await ask(ConnectServiceStub(channel))

    try:
        asyncio.run(ask_server())
    except grpc.aio.AioRpcError as error:
        print(f"RPC failed: {call_error(error, address)}")
        return cli.FAILURE
    except KeyboardInterrupt:
        return cli.INTERRUPTED
    return 0
