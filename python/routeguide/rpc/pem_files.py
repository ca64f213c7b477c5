"""Certificates and keys, read from PEM files and checked before they are passed to gRPC.

gRPC accepts any bytes, and then fails every handshake without naming the cause.
"""

from __future__ import annotations

import os
import ssl

Path = str | os.PathLike[str]
Pem = Path | bytes  # a file, or the content of one

# Readings of a pair that is being replaced: it changes between two of them once or twice.
_TRIALS = 5


class PemError(ValueError):
    """A PEM file cannot be used; the text is one line that names it and the reason."""


def read_pair(cert: Pem, key: Pem) -> tuple[bytes, bytes]:
    """Read a certificate chain, the server's or client's own first, and its key.

    If both are files, they are checked to belong together and were on disk at the same time.
    Raises PemError.
    """
    if isinstance(cert, bytes) or isinstance(key, bytes):
        pair = _read(cert), _read(key)
        _check_marks(cert, key, *pair)
        return pair
    for _ in range(_TRIALS):
        pair = _read(cert), _read(key)
        _check_pair(cert, key, *pair)
        # `ssl` takes files, not bytes: it has checked these bytes if the files still hold them.
        if (_read(cert), _read(key)) == pair:
            return pair
    raise PemError(f"{cert}: keeps changing")


def read_authorities(source: Pem) -> bytes:
    """Read one or more certificates to trust. Raises PemError."""
    content = _read(source)
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise PemError(f"{_name(source)}: no certificate in it (PEM expected)")
    try:
        # Bytes that are not ASCII are in comments.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
            cadata=content.decode("ascii", "ignore")
        )
    except (ssl.SSLError, ValueError) as error:
        raise PemError(f"{_name(source)}: not a valid certificate: {_reason(error)}") from error
    return content


def _check_marks(cert: Pem, key: Pem, cert_bytes: bytes, key_bytes: bytes) -> None:
    if b"-----BEGIN CERTIFICATE-----" not in cert_bytes:
        raise PemError(f"{_name(cert)}: no certificate in it (PEM expected)")
    if b"PRIVATE KEY-----" not in key_bytes:
        raise PemError(f"{_name(key)}: no private key in it (PEM expected)")


def _check_pair(cert: Path, key: Path, cert_bytes: bytes, key_bytes: bytes) -> None:
    _check_marks(cert, key, cert_bytes, key_bytes)

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


def _read(source: Pem) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        with open(source, "rb") as file:
            return file.read()
    except OSError as error:
        raise PemError(f"{_name(source)}: {error.strerror or error}") from error


def _name(source: Pem) -> str:
    return "the PEM given" if isinstance(source, bytes) else os.fspath(source)


def _reason(error: Exception) -> str:
    """OpenSSL's message without the place in its sources."""
    return str(error).partition(" (_ssl.c")[0]
