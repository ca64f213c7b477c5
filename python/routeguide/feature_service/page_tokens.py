"""Page tokens: where in the answer to a query a page ended, as text that a client hands back.

    base64url( signature, 12 bytes | features delivered, 8 bytes | generation )

The signature is a keyed hash, its key the query itself: everything that the request says but how
it is cut into pages. So a token fits no other query, and neither does one that was changed. It
guards against mistakes. Whoever makes one up on purpose reads another part of an answer that is
theirs to read anyway; and without a secret, any server with the same data can take any token.
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
_NO_PART_OF_THE_QUERY = ("page_size", "page_token")


class Position(NamedTuple):
    """A place in the answer to a query, and the data that it is an answer from."""

    generation: str
    delivered: int  # features, on all pages before


class Query:
    """A request as tokens see it."""

    def __init__(self, request: Message) -> None:
        bare = type(request)()
        bare.CopyFrom(request)
        for field in _NO_PART_OF_THE_QUERY:
            bare.ClearField(field)
        name = request.DESCRIPTOR.full_name.encode()
        content = bare.SerializeToString(deterministic=True)
        self._key = hashlib.blake2b(name + b"\0" + content, digest_size=32).digest()

    def token(self, position: Position) -> str:
        """The token of a page that ends at `position`. ASCII, safe in a URL."""
        content = position.delivered.to_bytes(_COUNT_BYTES, "big") + position.generation.encode()
        return base64.urlsafe_b64encode(self._signature(content) + content).decode()

    def position(self, token: str) -> Position:
        """What `token` says. Raises ValueError where it is not a token of this query."""
        try:
            signed = base64.urlsafe_b64decode(token)
        except binascii.Error as error:
            raise ValueError("not base64") from error
        if base64.urlsafe_b64encode(signed).decode() != token:
            raise ValueError("not as it was written")
        signature, content = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content)):
            raise ValueError("not signed for this query")
        delivered, generation = content[:_COUNT_BYTES], content[_COUNT_BYTES:]
        return Position(generation.decode(), int.from_bytes(delivered, "big"))

    def _signature(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._key, digest_size=_SIGNATURE_BYTES).digest()
