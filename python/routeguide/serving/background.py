"""Tasks that run beside the calls for as long as the process serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from routeguide.serving.closing import exit_now

LOG = logging.getLogger("routeguide")

_running: set[asyncio.Task[Any]] = set()  # the event loop keeps only weak references


def run_in_background(coroutine: Coroutine[Any, Any, object], name: str) -> asyncio.Task[Any]:
    """Start a task that the process cannot do without.

    An exception in it ends the process with status 1 and a line that names the task: a service
    manager, or the supervisor of the worker, starts another process.
    """
    task = asyncio.create_task(coroutine, name=name)
    _running.add(task)
    task.add_done_callback(_check)
    return task


def _check(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None:
        LOG.critical("The task %r failed; this process ends", task.get_name(), exc_info=error)
        exit_now(1)
