"""Bearer tokens: in the metadata of calls, as `authorization: Bearer TOKEN`, and in files.

A file has one token a line; empty lines and lines that begin with # are skipped.
"""

import os
import re
from collections.abc import Iterable

_HEADER = "authorization"
_SCHEME = "Bearer"

# Source: `b64token` in RFC 6750, section 2.1.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class NotAuthenticatedError(Exception):
    """A call came without a valid token; the text says so to its client."""


class TokenFileError(ValueError):
    """Tokens cannot be read from a file; the text is one line that names it and the reason."""


def is_token(text: str) -> bool:
    """Return whether `text` is letters, digits and `-._~+/`, then any number of `=`."""
    return _TOKEN.fullmatch(text) is not None


def authorization(token: str) -> tuple[tuple[str, str], ...]:
    """Return the metadata to send with each call. Raises ValueError if it is not a token."""
    if not is_token(token):  # which is not shown: it may be a secret with a typing error
        raise ValueError("a token is made of letters, digits and -._~+/, and may end in =")
    return ((_HEADER, f"{_SCHEME} {token}"),)


def token_in(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """Return the token of a call's metadata. Raises NotAuthenticatedError if it has none."""
    values = [str(value) for key, value in metadata if key == _HEADER]
    if not values:
        raise NotAuthenticatedError(f"a token is needed: send {_HEADER}: {_SCHEME} TOKEN")
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or scheme.lower() != _SCHEME.lower() or not is_token(token):
        raise NotAuthenticatedError(f"the {_HEADER} sent is not of the form {_SCHEME} TOKEN")
    return token


def read_tokens(path: str | os.PathLike[str]) -> list[str]:
    """Read the tokens of a file, at least one, in its order. Raises TokenFileError."""
    name = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        raise TokenFileError(f"{name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TokenFileError(f"{name}: not a text file") from error
    tokens = []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        if not is_token(line):
            raise TokenFileError(
                f"{name}: line {number} is not a token: letters, digits and -._~+/, = at the end"
            )
        tokens.append(line)
    if not tokens:
        raise TokenFileError(f"{name}: no token in it")
    return tokens
