"""One of several processes that serve on one port, as its supervisor tells it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

from routeguide.domain.dataset import Dataset, DatasetError
from routeguide.rpc.listening import AddressError
from routeguide.serving.closing import exit_now
from routeguide.serving.observing import logs
from routeguide.serving.server import Service, ServiceError, allow_many_connections
from routeguide.serving.signals import let_through
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
from routeguide.serving.workers.shared_file import NoFileLeftError, take

LOG = logging.getLogger("routeguide")


def main(descriptor: int) -> None:
    """Serve as told over the socket with this descriptor; does not return."""
    # Ctrl-C goes to all processes of a terminal; what comes of it is the supervisor's to say, who
    # has held back such signals from the first moment of this process on.
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    control = Control(socket.socket(fileno=descriptor))
    begin, features = control.receive()
    if begin is None:  # the supervisor has gone already
        exit_now(1)
    if features is None:  # the system has dropped it
        control.send(Failed(str(NoFileLeftError())))
        exit_now(1)
    allow_many_connections()
    logs.configure(begin.settings.log_format, begin.settings.log_level)
    try:
        dataset = take(features)
    except DatasetError as error:
        control.send(Failed(str(error), is_bad_file=not isinstance(error, NoFileLeftError)))
        exit_now(1)
    asyncio.run(_serve(control, begin, dataset))


async def _serve(control: Control, begin: Begin, dataset: Dataset) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    let_through()
    try:
        service = Service(begin.settings, dataset, begin.number)
        loop.add_reader(control, _listen, control, service, stop)
        await service.start_on(begin.numeric_addresses)
    except (ServiceError, AddressError) as error:
        control.send(Failed(str(error), isinstance(error, ServiceError)))
        exit_now(1)
    control.send(Serving())
    watching = asyncio.create_task(service.exit_when_deaf())
    await stop.wait()
    watching.cancel()
    loop.remove_signal_handler(signal.SIGTERM)
    control.send(Stopped(*await service.drain()))
    exit_now(0)


def _listen(control: Control, service: Service, stop: asyncio.Event) -> None:
    message, features = control.receive()
    if isinstance(message, Swap):
        try:
            if features is None:
                raise NoFileLeftError
            service.swap(take(features))
        except DatasetError as error:
            service.reload_failed(str(error))
            control.send(NotSwapped(str(error)))
    elif isinstance(message, ReloadFailed):
        service.reload_failed(message.reason)
    elif message is None or isinstance(message, Stop):
        stop.set()
        asyncio.get_running_loop().remove_reader(control)
