"""The access log: a line for each call, with method, status code, milliseconds and client."""

from __future__ import annotations

import logging

import grpc.aio

from routeguide.common.wording import printable
from routeguide.rpc.statuses import UNIMPLEMENTED
from routeguide.serving.observing.call_observer import CallInterceptor, Context

LOG = logging.getLogger("routeguide.access")

# Of a method that does not exist: clients can make up any name.
_MAX_METHOD_LENGTH = 200


def access_log() -> grpc.aio.ServerInterceptor:
    """Make an interceptor that logs calls. Put it first, so that refusals are logged."""
    return CallInterceptor(_AccessLog())


class _AccessLog:
    def began(self, method: str, is_stream: bool) -> None:
        """Log nothing until the call ends."""

    def ended(
        self, method: str, is_stream: bool, code: str, elapsed_s: float, context: Context
    ) -> None:
        fields = {
            "method": method,
            "code": code,
            "elapsed_ms": round(elapsed_s * 1000, 3),
            "peer": context.peer(),
        }
        LOG.info("%(method)s %(code)s %(elapsed_ms)g ms %(peer)s", fields, extra={"fields": fields})

    def unknown(self, method: str) -> None:
        # A line feed in the name would forge a line of the log.
        shown = printable(method[:_MAX_METHOD_LENGTH])
        fields = {"method": shown, "code": UNIMPLEMENTED}
        LOG.info("%(method)s %(code)s", fields, extra={"fields": fields})
