"""A worker: one of several processes that serve on one port, directed by a supervisor."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

from routeguide.domain.dataset import Dataset, DatasetError, load
from routeguide.rpc.listening import AddressError
from routeguide.serving.background import run_in_background
from routeguide.serving.closing import exit_now
from routeguide.serving.observing import logs
from routeguide.serving.server import Service, ServiceError, allow_many_connections
from routeguide.serving.signals import unblock_signals
from routeguide.serving.workers.control import (
    Begin,
    Control,
    Failed,
    NotSwapped,
    ReloadFailed,
    Serving,
    Stop,
    Stopped,
    Swap,
)

LOG = logging.getLogger("routeguide")


def main(descriptor: int) -> None:
    """Serve as directed over the socket with this descriptor; does not return."""
    # A terminal sends these to all processes, but they are meant for the supervisor. It started
    # this process with these signals blocked.
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    control = Control(socket.socket(fileno=descriptor))
    begin = control.receive()
    if begin is None:  # the supervisor has ended
        exit_now(1)
    allow_many_connections()
    logs.configure(begin.settings.log_format, begin.settings.log_level)
    try:
        dataset = load(begin.features, verify=False)  # the supervisor has verified it
    except DatasetError as error:
        control.send(Failed(str(error)))
        exit_now(1)
    asyncio.run(_serve(control, begin, dataset))


async def _serve(control: Control, begin: Begin, dataset: Dataset) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    unblock_signals()
    try:
        service = Service(begin.settings, dataset, begin.number)
        loop.add_reader(control, _receive, control, begin, service, stop)
        await service.start_on(begin.numeric_addresses)
    except (ServiceError, AddressError) as error:
        control.send(Failed(str(error), is_bad_file=isinstance(error, ServiceError)))
        exit_now(1)
    control.send(Serving())
    watching = run_in_background(service.exit_if_grpc_stops(), "watch gRPC")
    await stop.wait()
    watching.cancel()
    loop.remove_signal_handler(signal.SIGTERM)
    control.send(Stopped(*await service.drain()))
    exit_now(0)


def _receive(control: Control, begin: Begin, service: Service, stop: asyncio.Event) -> None:
    message = control.receive()
    if isinstance(message, Swap):
        try:
            service.swap(load(begin.features, verify=False))
        except Exception as error:
            if not isinstance(error, DatasetError):
                LOG.exception("Worker %d cannot serve the new features", begin.number)
            service.count_failed_reload()
            control.send(NotSwapped(str(error)))
    elif isinstance(message, ReloadFailed):
        service.count_failed_reload()
    elif message is None or isinstance(message, Stop):
        stop.set()
        asyncio.get_running_loop().remove_reader(control)
