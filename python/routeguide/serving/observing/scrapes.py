"""The port that Prometheus asks: HTTP, a thread a client, and an end to how many and how long.

Who comes while all places are taken is told so and sent away: a client that is silent keeps its
place for a while only, and Prometheus comes again by itself.
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

MOST_CLIENTS = 32

# After an accept that failed: while no file is left to open the next fails at once, and the loop
# would spin.
_PAUSE_S = 0.1

_FULL = b"HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\n\r\n"


class ScrapeServer:
    """Answers until it is stopped, in threads of its own."""

    def __init__(self, host: str, port: int, app: Callable[..., Any], timeout_s: float) -> None:
        """`app` is what WSGI calls an application; a client that takes longer than `timeout_s` is
        cut off. Raises OSError and UnicodeError where the address cannot be listened on."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        self._server = _Server(family, address, app, timeout_s)
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="metrics", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Who comes and what is wrong with it is nothing for the log of a service."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = MOST_CLIENTS

    def __init__(
        self,
        family: socket.AddressFamily,
        address: Any,
        app: Callable[..., Any],
        timeout_s: float,
    ) -> None:
        self.address_family = family
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._since_s: dict[socket.socket, float] = {}
        super().__init__(address, _Silent)
        self.set_app(app)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # and no look-up of our own name, which can take seconds
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]
        self.setup_environ()

    def get_request(self) -> Any:
        try:
            return super().get_request()
        except OSError:
            time.sleep(_PAUSE_S)
            raise

    def verify_request(self, request: Any, client_address: Any) -> bool:
        with self._lock:
            if len(self._since_s) < MOST_CLIENTS:
                self._since_s[request] = time.monotonic()
                return True
        with suppress(OSError):
            request.send(_FULL, socket.MSG_DONTWAIT)
        return False

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._since_s.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Called by serve_forever again and again."""
        began_before_s = time.monotonic() - self._timeout_s
        with self._lock:
            late = [client for client, since_s in self._since_s.items() if since_s < began_before_s]
        for client in late:
            with suppress(OSError):  # it has just ended
                client.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        LOG.debug("A client of the metrics broke off", exc_info=True)
