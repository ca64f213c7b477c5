"""Log lines, on standard error: as people read them, or an object of JSON each."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone

from routeguide.serving.observing.log_writer import LogWriter

LOG = logging.getLogger("routeguide")

_GRPC_SOURCES = (".pyx", ".pxi")  # where its compiled parts say that they are


class JsonFormatter(logging.Formatter):
    """A record as one line: time (RFC 3339, UTC), level, logger, process id, message, the
    `fields` that it was logged with as `extra` and, where there is one, the traceback."""

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


class ClientsDoing(logging.Filter):
    """Makes a line at level debug of gRPC's traceback where a call broke through its client.

    That is, an answer that cannot be written because the call is over, and what gRPC could not
    read before any handler began: a client can cause those as often as it likes.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not (_is_end_of_call(error) or _is_of_grpc_alone(error)):
            return True
        LOG.debug("a call broke: %s: %.200r", type(error).__name__, str(error))
        return False


def _is_end_of_call(error: BaseException) -> bool:
    return type(error).__name__ == "ExecuteBatchError"  # which gRPC does not export


def _is_of_grpc_alone(error: BaseException) -> bool:
    frames = traceback.walk_tb(error.__traceback__)
    return all(frame.f_code.co_filename.endswith(_GRPC_SOURCES) for frame, _ in frames)


def flush() -> None:
    """Have all lines written, before anything else is said on standard error."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def configure(form: str, level: str) -> None:
    """Log from `level` on, "debug" to "error", in the form "plain" or "json"."""
    handler = LogWriter(sys.stderr.fileno())
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler])
    LOG.setLevel(level.upper())
    logging.getLogger("grpc._cython.cygrpc").addFilter(ClientsDoing())
