"""Server-side TLS: certificates that are read again when their files change.

gRPC asks for certificates at the start of each handshake, on a thread of its own. Open connections
keep the certificate they began with, so a change fails no call.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

import grpc

from routeguide.common.file_stamp import FileStamp, file_stamp
from routeguide.common.special_files import is_not_regular, not_reloaded
from routeguide.rpc import pem_files
from routeguide.rpc.pem_files import PemError

__all__ = ["PemError", "ServerTls", "TlsFiles"]

LOG = logging.getLogger(__name__)

Path = str | os.PathLike[str]


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the server's certificate chain, its key, and the authorities that must have
    signed the certificates of clients (None: clients need no certificate)."""

    cert: Path
    key: Path
    client_ca: Path | None = None


class ServerTls:
    """TLS credentials for ports, from files that may change. Safe for any number of threads."""

    def __init__(self, files: TlsFiles) -> None:
        """Raises PemError if the files cannot be used."""
        self._files = files
        self._lock = threading.Lock()
        self._stamps = self._stamps_now()
        self._last_warning = ""
        self._content = self._read()
        self._configuration = _configuration_of(*self._content)

    def credentials(self) -> grpc.ServerCredentials:
        """Make credentials for one port: gRPC follows changes for each port separately."""
        first = self._current()
        return grpc.dynamic_ssl_server_credentials(
            first,
            self._changes_since(first),  # type: ignore[arg-type] # which may return None
            require_client_authentication=self._files.client_ca is not None,
        )

    def _changes_since(
        self, first: grpc.ServerCertificateConfiguration
    ) -> Callable[[], grpc.ServerCertificateConfiguration | None]:
        """Make the function that gRPC calls at each handshake. It returns the configuration if it
        has changed since the last call, else None."""
        lock = threading.Lock()
        latest = first

        def changed() -> grpc.ServerCertificateConfiguration | None:
            nonlocal latest
            with lock:
                current = self._current()
                if current is latest:
                    return None
                latest = current
                return current

        return changed

    def _current(self) -> grpc.ServerCertificateConfiguration:
        """Return the configuration of the files, or the last valid one if they are not valid.

        Cost: a `stat` of each file while nothing changes. Invalid files are read again at each
        call: the other half of a pair may have been replaced since.
        """
        with self._lock:
            stamps = self._stamps_now()
            if stamps == self._stamps:
                return self._configuration
            try:
                for path in filter(is_not_regular, self._paths()):
                    raise PemError(not_reloaded(path))
                content = self._read()
            except PemError as error:
                if str(error) != self._last_warning:
                    LOG.warning("keeping the previous certificate: %s", error)
                self._last_warning = str(error)
                return self._configuration
            self._stamps = stamps
            self._last_warning = ""
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

    def _stamps_now(self) -> list[FileStamp | None]:
        return [file_stamp(path) for path in self._paths()]

    def _paths(self) -> list[Path]:
        files = self._files
        return [path for path in (files.cert, files.key, files.client_ca) if path is not None]


def _configuration_of(
    cert: bytes, key: bytes, authorities: bytes | None
) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(key, cert)], authorities)
