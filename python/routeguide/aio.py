"""The typed client for asyncio: `routeguide.aio.Client`."""

from routeguide.client.aio_client import Client
from routeguide.rpc.call_error import CallError

__all__ = ["CallError", "Client"]
