"""Log lines on standard error, as plain text or as JSON objects."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone

from routeguide.serving.observing.log_writer import LogWriter

LOG = logging.getLogger("routeguide")

_GRPC_SOURCES = (".pyx", ".pxi")  # file names of grpcio's compiled code in tracebacks


class JsonFormatter(logging.Formatter):
    """Formats a record as one line: time (RFC 3339, UTC), level, logger, process id, message, the
    `fields` passed as `extra`, and the traceback of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


class ClientErrorFilter(logging.Filter):
    """Replaces gRPC's traceback of a call that its client broke by a line at level debug.

    Such calls are over before their answer is written, or cannot be read before a handler begins. A
    client can cause them as often as it likes.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not (_is_end_of_call(error) or _is_raised_in_grpc(error)):
            return True
        LOG.debug("a call broke: %s: %.200r", type(error).__name__, str(error))
        return False


def _is_end_of_call(error: BaseException) -> bool:
    return type(error).__name__ == "ExecuteBatchError"  # which gRPC does not export


def _is_raised_in_grpc(error: BaseException) -> bool:
    frames = traceback.walk_tb(error.__traceback__)
    return all(frame.f_code.co_filename.endswith(_GRPC_SOURCES) for frame, _ in frames)


def flush() -> None:
    """Write all waiting lines, before other output to standard error."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def configure(form: str, level: str) -> None:
    """Log lines of at least `level`, "debug" to "error", in the format "plain" or "json"."""
    handler = LogWriter(sys.stderr.fileno())
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler])
    LOG.setLevel(level.upper())
    logging.getLogger("grpc._cython.cygrpc").addFilter(ClientErrorFilter())
