"""Page tokens: the end of a page as text, with which a client resumes the query.

    base64url( signature, 12 bytes | features delivered, 8 bytes | generation )

The signature is a keyed hash whose key is the query: all fields of the request except those about
pages. A token is therefore refused by other queries, and after any change. This guards against
mistakes only: a forged token gives access to another part of an answer that its client may read
anyway. As there is no secret, every server with the same data accepts the token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

from google.protobuf.message import Message

_SIGNATURE_BYTES = 12
_COUNT_BYTES = 8
_PAGE_FIELDS = ("page_size", "page_token")


class Position(NamedTuple):
    """A place in the answer to a query, and the generation of the data."""

    generation: str
    delivered: int  # features, on all pages so far


class Query:
    """A request without the fields about pages."""

    def __init__(self, request: Message) -> None:
        bare = type(request)()
        bare.CopyFrom(request)
        for field in _PAGE_FIELDS:
            bare.ClearField(field)
        name = request.DESCRIPTOR.full_name.encode()
        content = bare.SerializeToString(deterministic=True)
        self._key = hashlib.blake2b(name + b"\0" + content, digest_size=32).digest()

    def token(self, position: Position) -> str:
        """Return the token of a page that ends at `position`: ASCII, safe in a URL."""
        content = position.delivered.to_bytes(_COUNT_BYTES, "big") + position.generation.encode()
        return base64.urlsafe_b64encode(self._signature(content) + content).decode()

    def position(self, token: str) -> Position:
        """Return the position in `token`. Raises ValueError if it is not a token of this query."""
        try:
            signed = base64.urlsafe_b64decode(token)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        if base64.urlsafe_b64encode(signed).decode() != token:
            raise ValueError("not base64 in its canonical form")
        signature, content = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content)):
            raise ValueError("not signed for this query")
        delivered, generation = content[:_COUNT_BYTES], content[_COUNT_BYTES:]
        return Position(generation.decode(), int.from_bytes(delivered, "big"))

    def _signature(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._key, digest_size=_SIGNATURE_BYTES).digest()
