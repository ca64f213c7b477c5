"""How a client reaches a server: the encryption, who it is, and what is tried again."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from grpc.experimental import ChannelOptions

# The path of a PEM file, or its content.
Pem = str | os.PathLike[str] | bytes
Option = tuple[str, Any]

_RETRY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}

# What reads is tried again. RecordRoute and RouteChat are not: a part of what was sent may have
# had its effect already.
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [
                {"service": "routeguide.v1.FeatureService"},
                {"service": "routeguide.RouteGuide", "method": "GetFeature"},
                {"service": "routeguide.RouteGuide", "method": "ListFeatures"},
            ],
            "retryPolicy": _RETRY,
        }
    ]
}

OPTIONS: tuple[Option, ...] = (("grpc.service_config", json.dumps(_SERVICE_CONFIG)),)

# A stream is read sooner by the thread that asks for it than through a second thread, which
# would hand over each message.
SYNC_OPTIONS: tuple[Option, ...] = (*OPTIONS, (ChannelOptions.SingleThreadedUnaryStream, 1))


@dataclass(frozen=True)
class Connection:
    """What both clients make of their arguments."""

    address: str
    timeout_s: float | None
    credentials: grpc.ChannelCredentials | None
    metadata: tuple[tuple[str, str], ...]


def connection(
    address: str,
    timeout_s: float | None,
    token: str | None,
    tls: bool,
    tls_ca: Pem | None,
    tls_cert: Pem | None,
    tls_key: Pem | None,
) -> Connection:
    """Raises ValueError for arguments that cannot be, OSError for a file that cannot be read."""
    if timeout_s is not None and not (0 < timeout_s < math.inf):
        raise ValueError(f"timeout_s: expected seconds over 0, or None for no end, not {timeout_s}")
    if (tls_cert is None) != (tls_key is None):
        raise ValueError("tls_cert and tls_key: expected both or neither")
    credentials = None
    if tls or tls_ca is not None or tls_cert is not None:
        credentials = grpc.ssl_channel_credentials(_pem(tls_ca), _pem(tls_key), _pem(tls_cert))
    metadata = () if token is None else (("authorization", f"Bearer {token}"),)
    return Connection(address, timeout_s, credentials, metadata)


def with_defaults(defaults: Sequence[Option], options: Sequence[Option]) -> list[Option]:
    """The options given, and those of the defaults that they say nothing about."""
    given = {name for name, _ in options}
    return [*(option for option in defaults if option[0] not in given), *options]


def _pem(source: Pem | None) -> bytes | None:
    if source is None or isinstance(source, bytes):
        return source
    with open(source, "rb") as file:
        return file.read()
