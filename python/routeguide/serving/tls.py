"""The server's side of TLS: certificates that are read again when their files change.

gRPC asks for certificates at the start of each handshake, on a thread of its own. Connections
that are open keep the certificate they began with, so that a change fails no call.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

import grpc

from routeguide.common.special_files import is_special, refusal
from routeguide.rpc import pem_files
from routeguide.rpc.pem_files import PemError

__all__ = ["PemError", "ServerTls", "TlsFiles"]

LOG = logging.getLogger(__name__)

Path = str | os.PathLike[str]

# Of a file: which it is, how long, and when it changed; None where there is none.
_Stamp = tuple[int, int, int] | None


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the server's certificate chain, its key, and the authorities whose certificates
    clients have to show (None: clients need none)."""

    cert: Path
    key: Path
    client_ca: Path | None = None


class ServerTls:
    """What ports need for TLS. Any number of threads may use one."""

    def __init__(self, files: TlsFiles) -> None:
        """Raises PemError where the files cannot be used as they are now."""
        self._files = files
        self._lock = threading.Lock()
        self._stamps = self._stamps_now()
        self._told = ""
        self._content = self._read()
        self._configuration = _configuration_of(*self._content)

    def credentials(self) -> grpc.ServerCredentials:
        """For one port: gRPC tells each port of a change through credentials of its own."""
        first = self._current()
        return grpc.dynamic_ssl_server_credentials(
            first,
            self._news_since(first),  # type: ignore[arg-type] # which may answer None
            require_client_authentication=self._files.client_ca is not None,
        )

    def _news_since(
        self, first: grpc.ServerCertificateConfiguration
    ) -> Callable[[], grpc.ServerCertificateConfiguration | None]:
        """What gRPC asks at each handshake: a configuration, or None where it has the latest."""
        lock = threading.Lock()
        latest = first

        def news() -> grpc.ServerCertificateConfiguration | None:
            nonlocal latest
            with lock:
                current = self._current()
                if current is latest:
                    return None
                latest = current
                return current

        return news

    def _current(self) -> grpc.ServerCertificateConfiguration:
        """The configuration of the files as they are, or as they were when last they were good.

        Cost: a `stat` of each file while nothing changes. Files that are no good are read again
        each time, since the other half of a pair may be there by then.
        """
        with self._lock:
            stamps = self._stamps_now()
            if stamps == self._stamps:
                return self._configuration
            try:
                for path in filter(is_special, self._paths()):
                    raise PemError(refusal(path))
                content = self._read()
            except PemError as error:
                if str(error) != self._told:
                    LOG.warning("the certificate stays as it was: %s", error)
                self._told = str(error)
                return self._configuration
            self._stamps = stamps
            self._told = ""
            if content != self._content:
                self._content = content
                self._configuration = _configuration_of(*content)
                LOG.info("new connections get the certificate now in %s", self._files.cert)
            return self._configuration

    def _read(self) -> tuple[bytes, bytes, bytes | None]:
        files = self._files
        cert, key = pem_files.read_pair(files.cert, files.key)
        authorities = (
            None if files.client_ca is None else pem_files.read_authorities(files.client_ca)
        )
        return cert, key, authorities

    def _stamps_now(self) -> tuple[_Stamp, ...]:
        return tuple(_stamp(path) for path in self._paths())

    def _paths(self) -> list[Path]:
        files = self._files
        return [path for path in (files.cert, files.key, files.client_ca) if path is not None]


def _configuration_of(
    cert: bytes, key: bytes, authorities: bytes | None
) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(key, cert)], authorities)


def _stamp(path: Path) -> _Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
