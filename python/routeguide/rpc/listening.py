"""Listening on an address, or saying in one line why that is not possible.

gRPC on its own takes what it gets: of a host with two addresses it uses the one whose port is
free and keeps quiet about the other, it reads port 99999 as 34463, and it does not say why it
failed. So the host is resolved and each address tried with a plain socket first.
"""

import errno
import logging
import socket
from collections.abc import Callable, Iterator

import grpc
import grpc.aio

from routeguide.common.addresses import join_address, split_address

LOG = logging.getLogger(__name__)

# Without it a second server binds a port in use, and each gets a part of the connections.
NO_SHARED_PORT = (("grpc.so_reuseport", 0),)

# Asked once for each port: gRPC tells each of a change of certificates through its own.
Credentials = Callable[[], grpc.ServerCredentials]

# Of a host; Python says so before it asks anybody.
NO_NAME = "no name can be like that"

_FAMILY_IS_MISSING = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


class AddressError(Exception):
    """An address that cannot be listened on; the text says why, in one line."""


def listen(
    server: grpc.Server | grpc.aio.Server,
    address: str,
    credentials: Credentials | None = None,
) -> str:
    """Have `server` listen on `address` once it starts; returns the address it will have.

    Plain text is spoken without `credentials`.

    That is `address` itself, but for port 0, which becomes the port that was free, and for
    `[::]` on a machine without IPv6, which becomes `0.0.0.0` with a warning. Raises
    AddressError where a port is in use on any address of the host, and ValueError as
    split_address does.
    """
    host, numeric_hosts, port = resolve(address)
    for numeric_host in numeric_hosts:
        port = add_port(server, address, join_address(numeric_host, port), credentials)
    return join_address(host, port)


def resolve(address: str) -> tuple[str, list[str], int]:
    """The host that `address` will be called, its numeric addresses here, and the port.

    Raises as `listen` does; each address was free just now.
    """
    host, port = split_address(address)
    numeric_hosts = dict.fromkeys(_usable_hosts(address, host, port))
    if not numeric_hosts and host == "::":
        LOG.warning("No IPv6 on this machine: 0.0.0.0 stands in for [::]")
        host = "0.0.0.0"
        numeric_hosts = dict.fromkeys(_usable_hosts(address, host, port))
    if not numeric_hosts:
        raise cannot_listen(address, address, "this machine has no such address")
    return host, list(numeric_hosts), port


def add_port(
    server: grpc.Server | grpc.aio.Server,
    address: str,
    numeric_address: str,
    credentials: Credentials | None = None,
) -> int:
    """Have `server` listen on one of the numeric addresses of `address`; returns the port.

    Raises AddressError.
    """
    try:
        if credentials is None:
            return server.add_insecure_port(numeric_address)
        return server.add_secure_port(numeric_address, credentials())
    except RuntimeError as error:  # taken since it was found free
        raise cannot_listen(address, numeric_address, error) from error


def cannot_listen(address: str, numeric_address: str, reason: object) -> AddressError:
    """That `address`, which was asked for, cannot be listened on because of one it stands for."""
    which = "" if numeric_address == address else f" ({numeric_address})"
    return AddressError(f"cannot listen on {address}{which}: {reason}")


def _usable_hosts(address: str, host: str, port: int) -> Iterator[str]:
    """The numeric addresses of `host`, a part of `address`, that a socket can be bound to here."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise cannot_listen(address, address, error.strerror) from error
    except UnicodeError as error:
        raise cannot_listen(address, address, NO_NAME) from error
    for family, kind, protocol, _, socket_address in resolved:
        try:
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                trial.bind(socket_address)
        except OSError as error:
            if error.errno in _FAMILY_IS_MISSING:
                continue
            numeric = join_address(str(socket_address[0]), port)
            raise cannot_listen(address, numeric, error.strerror) from error
        yield str(socket_address[0])
