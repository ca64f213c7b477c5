"""Bearer tokens from a file: who may call.

The file is read again when it changes, so that a token is taken back, or added beside an old one,
without a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import grpc
import grpc.aio

from routeguide.common.addresses import stays_on_this_machine
from routeguide.common.special_files import is_special, refusal
from routeguide.common.wording import counted
from routeguide.rpc.bearer import NotAuthenticatedError, TokenFileError, read_tokens, token_in
from routeguide.rpc.handlers import Handler, for_any_call
from routeguide.rpc.statuses import status_of

LOG = logging.getLogger(__name__)

Path = str | os.PathLike[str]

# Load balancers and kubelets ask for health, and have no tokens.
OPEN_TO_ALL = "/grpc.health.v1.Health/"

# The file is looked at no more often than this.
_LOOK_EVERY_S = 1.0


class Tokens:
    """The tokens of a file, as it is now. Belongs to the thread of its event loop."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises TokenFileError. `clock` tells seconds."""
        self._path = path
        self._clock = clock
        self._looked_at_s = clock()
        self._stamp = _stamp(path)
        self._digests = _read(path)

    def __len__(self) -> int:
        return len(self._digests)

    def check(self, token: str) -> None:
        """Raises NotAuthenticatedError for a token that is not in the file.

        Takes as long whichever it is: all are compared, and as digests, which are of one length.
        Cost: a comparison with each token of the file; once a second a `stat`.
        """
        self._look()
        sent = _digest(token)
        is_known = False
        for digest in self._digests:
            is_known |= hmac.compare_digest(digest, sent)
        if not is_known:
            raise NotAuthenticatedError("the token sent is not known here")

    def interceptor(self) -> grpc.aio.ServerInterceptor:
        """Lets in calls with a token, and to OPEN_TO_ALL; others end with UNAUTHENTICATED."""
        return _TokenInterceptor(self)

    def _look(self) -> None:
        now_s = self._clock()
        if now_s - self._looked_at_s < _LOOK_EVERY_S:
            return
        self._looked_at_s = now_s
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            if is_special(self._path):
                raise TokenFileError(refusal(self._path))
            self._digests = _read(self._path)
        except TokenFileError as error:
            LOG.warning("the tokens stay as they were: %s", error)
        else:
            tokens = counted(len(self._digests), "token")
            LOG.info("%s: %s", os.fspath(self._path), tokens)


def warn_of_plain_text(address: str) -> None:
    """Say that tokens can be read on the way to `address`, where that is so without TLS."""
    if not stays_on_this_machine(address):
        LOG.warning(
            "clients send their tokens to %s in plain text, for anyone on the way to read:"
            " use --tls-cert and --tls-key",
            address,
        )


class _TokenInterceptor(grpc.aio.ServerInterceptor):
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method.startswith(OPEN_TO_ALL):
            return handler
        try:
            self._tokens.check(token_in(handler_call_details.invocation_metadata))
        except NotAuthenticatedError as error:
            return _refuser(error)
        return handler


def _refuser(error: NotAuthenticatedError) -> Handler:
    async def refuse(requests: object, context: grpc.aio.ServicerContext[Any, Any]) -> NoReturn:
        await context.abort(*status_of(error))

    return for_any_call(refuse)


def _read(path: Path) -> tuple[bytes, ...]:
    """The digests of the tokens in a file; the tokens themselves are not kept."""
    return tuple(map(_digest, read_tokens(path)))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
