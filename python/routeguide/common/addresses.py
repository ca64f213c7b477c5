"""Addresses as text. Nothing in here needs gRPC, which takes long to import."""

import ipaddress
import re

_HOST_PORT = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^\[\]:]+)):(?P<port>[0-9]{1,5})")


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT` or `[IPV6]:PORT`. Raises ValueError for anything else."""
    match = _HOST_PORT.fullmatch(address)
    if match is None or int(match["port"]) > 65535:
        raise ValueError(f"{address!r} is not HOST:PORT with a port from 0 to 65535")
    return match["ipv6"] or match["host"], int(match["port"])


def join_address(host: str, port: int) -> str:
    """The text form that split_address takes apart."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def stays_on_this_machine(address: str) -> bool:
    """True where HOST:PORT is loopback, so that nobody else reads what goes there in plain text.

    A name other than localhost is taken to lead elsewhere; it is not resolved.
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
