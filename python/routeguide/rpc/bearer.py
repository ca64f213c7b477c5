"""Bearer tokens, as calls carry them, `authorization: Bearer TOKEN` in the metadata, and in files.

A file has a token a line; empty lines and lines that begin with # say nothing.
"""

import os
import re
from collections.abc import Iterable

_HEADER = "authorization"
_SCHEME = "Bearer"

# Source: `b64token` in RFC 6750, section 2.1.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class NotAuthenticatedError(Exception):
    """A call without a token that is known; the text tells its client what is wrong."""


class TokenFileError(ValueError):
    """A file that tokens cannot be read from; the text is one line that names it and says why."""


def is_token(text: str) -> bool:
    """True for letters, digits and `-._~+/`, then any number of `=`: what fits in a header."""
    return _TOKEN.fullmatch(text) is not None


def authorization(token: str) -> tuple[tuple[str, str], ...]:
    """The metadata to send with each call. Raises ValueError as is_token has it."""
    if not is_token(token):  # which is not shown: it may be one with a slip in it
        raise ValueError("a token is made of letters, digits and -._~+/, and may end in =")
    return ((_HEADER, f"{_SCHEME} {token}"),)


def token_in(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """The token that a call came with. Raises NotAuthenticatedError where there is not one."""
    values = [str(value) for key, value in metadata if key == _HEADER]
    if not values:
        raise NotAuthenticatedError(f"a token is needed: send {_HEADER}: {_SCHEME} TOKEN")
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or scheme.lower() != _SCHEME.lower() or not is_token(token):
        raise NotAuthenticatedError(f"the {_HEADER} sent is not of the form {_SCHEME} TOKEN")
    return token


def read_tokens(path: str | os.PathLike[str]) -> list[str]:
    """The tokens of a file, at least one, in its order. Raises TokenFileError."""
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
