"""Certificates and keys, read from PEM files and checked before gRPC sees them.

gRPC takes any bytes and then fails each handshake without a word on the cause.
"""

from __future__ import annotations

import os
import ssl

Path = str | os.PathLike[str]

# A certificate that is being replaced changes between two readings a few times at most.
_TRIALS = 5


class PemError(Exception):
    """Files that cannot be used; the text is one line that names one and says why."""


def read_pair(cert: Path, key: Path) -> tuple[bytes, bytes]:
    """The bytes of a certificate chain, the server's or client's own first, and of its key.

    They belong together, and are what was on disk at one time. Raises PemError.
    """
    for _ in range(_TRIALS):
        pair = _read(cert), _read(key)
        _check_pair(cert, key, *pair)
        # `ssl` reads files, not bytes: what it has checked is what we have read if that is
        # there still.
        if (_read(cert), _read(key)) == pair:
            return pair
    raise PemError(f"{cert}: keeps changing")


def read_authorities(path: Path) -> bytes:
    """The bytes of a file of one or more certificates to trust. Raises PemError."""
    content = _read(path)
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise PemError(f"{path}: no certificate in it (PEM expected)")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
            cadata=content.decode("ascii", "replace")
        )
    except (ssl.SSLError, ValueError) as error:
        raise PemError(f"{path}: not a valid certificate: {_reason(error)}") from error
    return content


def _check_pair(cert: Path, key: Path, cert_bytes: bytes, key_bytes: bytes) -> None:
    if b"-----BEGIN CERTIFICATE-----" not in cert_bytes:
        raise PemError(f"{cert}: no certificate in it (PEM expected)")
    if b"PRIVATE KEY-----" not in key_bytes:
        raise PemError(f"{key}: no private key in it (PEM expected)")

    def refuse_to_ask() -> str:
        raise PemError(f"{key}: the key has a passphrase; a key without one is needed")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=refuse_to_ask)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise PemError(f"{key}: not the key of the certificate in {cert}") from error
        raise PemError(f"{cert}, {key}: not a valid pair: {_reason(error)}") from error
    except OSError as error:
        raise PemError(f"{cert}, {key}: {error.strerror or error}") from error


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PemError(f"{os.fspath(path)}: {error.strerror or error}") from error


def _reason(error: Exception) -> str:
    """OpenSSL's words without the place in its sources."""
    return str(error).partition(" (_ssl.c")[0]
