"""The HTTP server that Prometheus scrapes: a thread for each client, limited in number and time.

The one in prometheus_client has no limits: clients that stay silent would use up threads, and the
open files that the connections of gRPC need.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

LOG = logging.getLogger("routeguide")

MAX_CLIENTS = 32

# After a failed accept: it fails again at once while no file can be opened.
_PAUSE_S = 0.1

_FULL = b"HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\n\r\n"


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: these clients have no place in the log of the service."""


class ScrapeServer(ThreadingMixIn, WSGIServer):
    """Answers in threads of its own from `start` to `stop`."""

    daemon_threads = True
    request_queue_size = MAX_CLIENTS

    def __init__(self, host: str, port: int, app: Callable[..., Any], timeout_s: float) -> None:
        """`app` is a WSGI application. A client is cut off after `timeout_s`. Raises OSError and
        UnicodeError if the address cannot be listened on."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self.address_family, _, _, _, address = found[0]
        self._timeout_s = timeout_s
        self._places = threading.BoundedSemaphore(MAX_CLIENTS)
        super().__init__(address, _SilentHandler)  # type: ignore[arg-type]
        self.set_app(app)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer looks up the host's name, which can take seconds
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]
        self.setup_environ()

    def get_request(self) -> Any:
        try:
            return super().get_request()
        except OSError:
            time.sleep(_PAUSE_S)
            raise

    def verify_request(self, request: Any, client_address: Any) -> bool:
        if self._places.acquire(blocking=False):
            return True
        with suppress(OSError):
            request.send(_FULL, socket.MSG_DONTWAIT)
        return False

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        cut_off = threading.Timer(self._timeout_s, _disconnect, (request,))
        cut_off.daemon = True
        cut_off.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut_off.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        LOG.debug("A client of the metrics disconnected", exc_info=True)


def _disconnect(client: socket.socket) -> None:
    with suppress(OSError):  # the client has disconnected
        client.shutdown(socket.SHUT_RDWR)
