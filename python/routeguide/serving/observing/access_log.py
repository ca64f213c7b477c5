"""A line in the log for each call: method, status code, milliseconds, and who called."""

from __future__ import annotations

import logging

import grpc.aio

from routeguide.common.wording import printable
from routeguide.rpc.statuses import UNIMPLEMENTED
from routeguide.serving.observing.call_observer import CallInterceptor, Context

LOG = logging.getLogger("routeguide.access")

# Of a name that somebody made up.
_LONGEST_METHOD = 200


def access_log() -> grpc.aio.ServerInterceptor:
    """To be the first of a server's, so that refusals are logged."""
    return CallInterceptor(_AccessLog())


class _AccessLog:
    def began(self, method: str, is_stream: bool) -> None:
        """Only how it ends is of interest."""

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
        # Of which a line feed would be a line that is not ours.
        shown = printable(method[:_LONGEST_METHOD])
        fields = {"method": shown, "code": UNIMPLEMENTED}
        LOG.info("%(method)s %(code)s", fields, extra={"fields": fields})
