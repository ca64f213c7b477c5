"""Listen on an address, or say in one line why that is not possible.

gRPC is silent about failures: if a host has two addresses and the port is free on only one, it
listens on that one; it reads port 99999 as 34463; and it does not say why it failed. Therefore
the host is resolved here, and each address tried with a plain socket first.
"""

import errno
import logging
import socket
from collections.abc import Callable, Iterator

import grpc
import grpc.aio

from routeguide.common.addresses import join_address, split_address

LOG = logging.getLogger(__name__)

# By default a second server can bind a port in use, and each gets part of the connections.
NO_SHARED_PORT = (("grpc.so_reuseport", 0),)

# Called once for each port: gRPC reloads certificates through an object of each port's own.
Credentials = Callable[[], grpc.ServerCredentials]

# For a host that Python cannot encode to look it up.
INVALID_HOST = "invalid host name"

_FAMILY_IS_MISSING = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


class AddressError(Exception):
    """An address cannot be listened on; the text is one line with the reason."""


def listen(
    server: grpc.Server | grpc.aio.Server,
    address: str,
    credentials: Credentials | None = None,
) -> str:
    """Add `address` to `server`, in plain text without `credentials`; returns the actual address.

    That is `address` itself, except that port 0 becomes the port that was free, and `[::]` on a
    machine without IPv6 becomes `0.0.0.0`, with a warning. Raises AddressError if the port is in
    use on any address of the host, and ValueError as split_address does.
    """
    host, numeric_hosts, port = resolve(address)
    for numeric_host in numeric_hosts:
        port = add_port(server, address, join_address(numeric_host, port), credentials)
    return join_address(host, port)


def resolve(address: str) -> tuple[str, list[str], int]:
    """Return the host to show for `address`, its numeric addresses on this machine, and the port.

    Every address was free a moment ago. Raises as `listen` does.
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
    """Add one of the numeric addresses of `address` to `server`; returns the port.

    Raises AddressError.
    """
    try:
        if credentials is None:
            return server.add_insecure_port(numeric_address)
        return server.add_secure_port(numeric_address, credentials())
    except RuntimeError as error:  # taken since it was found free
        raise cannot_listen(address, numeric_address, error) from error


def cannot_listen(address: str, numeric_address: str, reason: object) -> AddressError:
    """Make the error for `address`, which cannot be used because of one of its numeric ones."""
    which = "" if numeric_address == address else f" ({numeric_address})"
    return AddressError(f"cannot listen on {address}{which}: {reason}")


def _usable_hosts(address: str, host: str, port: int) -> Iterator[str]:
    """The numeric addresses of `host`, the host of `address`, that a socket can bind here."""
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise cannot_listen(address, address, error.strerror) from error
    except UnicodeError as error:
        raise cannot_listen(address, address, INVALID_HOST) from error
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
