"""Channels to a server: plain text, TLS, or mutual TLS; and the token that calls are sent with.

A token is sent as metadata of each call and not as gRPC's call credentials: those take a second
thread for each call, and a channel in plain text refuses them.

    with open_channel("geo.example:443", Security(tls=True)) as channel: ...
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from grpc.experimental import ChannelOptions

from routeguide.common.addresses import check_target, stays_on_this_machine
from routeguide.rpc import pem_files
from routeguide.rpc.bearer import authorization
from routeguide.rpc.pem_files import Pem, PemError

__all__ = [
    "READ_IN_CALLING_THREAD",
    "Option",
    "Pem",
    "PemError",
    "Security",
    "channel_credentials",
    "open_aio_channel",
    "open_channel",
]

LOG = logging.getLogger(__name__)

Option = tuple[str, Any]

# Reads a stream in the thread that iterates over it, which takes a quarter of the time of gRPC's
# default, a second thread that hands each message over. Not for asyncio.
READ_IN_CALLING_THREAD: Option = (ChannelOptions.SingleThreadedUnaryStream, 1)


@dataclass(frozen=True)
class Security:
    """The encryption of a connection, and the identities of both sides.

    `tls_ca` has the authorities to trust, None for the system's. `tls_cert` and `tls_key` are for
    servers that ask for a client's certificate. Each is the path of a PEM file or its content;
    each of the three implies `tls`.
    Raises ValueError for a certificate without its key and for a token that is not one.
    """

    tls: bool = False
    tls_ca: Pem | None = None
    tls_cert: Pem | None = None
    tls_key: Pem | None = None
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key are given together or not at all")
        _ = self.metadata

    @property
    def uses_tls(self) -> bool:
        return self.tls or self.tls_ca is not None or self.tls_cert is not None

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """The metadata to send with each call; empty without a token."""
        return () if self.token is None else authorization(self.token)


def channel_credentials(
    ca: Pem | None = None, cert: Pem | None = None, key: Pem | None = None
) -> grpc.ChannelCredentials:
    """Make TLS credentials, from files as in `Security`, which are read once. Raises PemError."""
    authorities = None if ca is None else pem_files.read_authorities(ca)
    if cert is None or key is None:
        return grpc.ssl_channel_credentials(authorities)
    cert_bytes, key_bytes = pem_files.read_pair(cert, key)
    return grpc.ssl_channel_credentials(authorities, key_bytes, cert_bytes)


def open_channel(
    address: str, security: Security | None = None, options: Sequence[Option] = ()
) -> grpc.Channel:
    """Open a channel for threads, in plain text by default. Raises PemError, and ValueError for an
    address without a port.

    It connects with the first call. Send calls with `security.metadata`.
    """
    credentials = _credentials(address, security or Security())
    if credentials is None:
        return grpc.insecure_channel(address, tuple(options))
    return grpc.secure_channel(address, credentials, tuple(options))


def open_aio_channel(
    address: str, security: Security | None = None, options: Sequence[Option] = ()
) -> grpc.aio.Channel:
    """Open a channel for asyncio, otherwise as `open_channel` does."""
    credentials = _credentials(address, security or Security())
    if credentials is None:
        return grpc.aio.insecure_channel(address, tuple(options))
    return grpc.aio.secure_channel(address, credentials, tuple(options))


def _credentials(address: str, security: Security) -> grpc.ChannelCredentials | None:
    check_target(address)
    if security.uses_tls:
        return channel_credentials(security.tls_ca, security.tls_cert, security.tls_key)
    if security.token is not None and not stays_on_this_machine(address):
        LOG.warning("the token is sent to %s in plain text, readable on the way: use TLS", address)
    return None
