"""Addresses as text. This module does not import gRPC, which is slow to import."""

import ipaddress
import re

_HOST_PORT = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^\[\]:]+)):(?P<port>[0-9]{1,5})")


def split_address(address: str) -> tuple[str, int]:
    """Split `HOST:PORT` or `[IPV6]:PORT`. Raises ValueError for anything else."""
    match = _HOST_PORT.fullmatch(address)
    if match is None or int(match["port"]) > 65535:
        raise ValueError(f"{address!r} is not HOST:PORT with a port from 0 to 65535")
    return match["ipv6"] or match["host"], int(match["port"])


def check_target(address: str) -> None:
    """Raise ValueError for an address of a server that is neither HOST:PORT nor one of gRPC's
    own forms, such as unix:PATH or dns:///HOST:PORT."""
    scheme, colon, rest = address.partition(":")
    if not colon or (rest.startswith("//") and scheme in ("http", "https", "grpc", "tcp")):
        raise ValueError(f"address: expected HOST:PORT, not {address!r}")


def join_address(host: str, port: int) -> str:
    """Join what split_address returns."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def stays_on_this_machine(address: str) -> bool:
    """Return whether an address is a Unix socket or loopback, where plain text is not exposed.

    False for host names other than localhost; they are not resolved.
    """
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    try:
        host, _ = split_address(address)
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
