"""The end of a serving process, without losing an answer.

`grpc.Server.stop` ends calls that gRPC has received but not yet handed out with CANCELLED, which
tells a client that it gave up the call itself. A closing connection ends them with UNAVAILABLE,
which is correct. So the server is never stopped: once no accepted call runs, the process exits, and
the system closes its connections.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import NoReturn


def exit_now(status: int) -> NoReturn:
    """End the process, including its threads, without stopping gRPC."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
