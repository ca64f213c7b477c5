"""Bearer tokens from a file: which clients may call.

The file is read again when it changes, so that tokens are added or revoked without a restart.
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
from routeguide.common.file_stamp import file_stamp
from routeguide.common.special_files import is_not_regular, not_reloaded
from routeguide.common.wording import counted
from routeguide.rpc.bearer import NotAuthenticatedError, TokenFileError, read_tokens, token_in
from routeguide.rpc.handlers import Handler, for_any_call
from routeguide.rpc.statuses import status_of

LOG = logging.getLogger(__name__)

Path = str | os.PathLike[str]

# Load balancers and kubelets check health and have no tokens.
OPEN_WITHOUT_TOKEN = "/grpc.health.v1.Health/"

# The file is examined at most this often.
_CHECK_INTERVAL_S = 1.0


class Tokens:
    """The tokens in a file, as it is now. Belongs to the thread of its event loop."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises TokenFileError. `clock` returns seconds."""
        self._path = path
        self._clock = clock
        self._checked_s = clock()
        self._stamp = file_stamp(path)
        self._digests = _read(path)

    def check(self, token: str) -> None:
        """Raise NotAuthenticatedError for a token that is not in the file.

        Takes the same time for every token: all are compared, as digests of one length.
        Cost: a comparison with each token in the file, and a `stat` once a second.
        """
        self._reload_if_changed()
        sent = _digest(token)
        is_known = False
        for digest in self._digests:
            is_known |= hmac.compare_digest(digest, sent)
        if not is_known:
            raise NotAuthenticatedError("the token sent is not known here")

    def interceptor(self) -> grpc.aio.ServerInterceptor:
        """Make an interceptor that ends calls without a known token with UNAUTHENTICATED, except
        those under OPEN_WITHOUT_TOKEN."""
        return _TokenInterceptor(self)

    def _reload_if_changed(self) -> None:
        now_s = self._clock()
        if now_s - self._checked_s < _CHECK_INTERVAL_S:
            return
        self._checked_s = now_s
        stamp = file_stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            if is_not_regular(self._path):
                raise TokenFileError(not_reloaded(self._path))
            self._digests = _read(self._path)
        except TokenFileError as error:
            LOG.warning("keeping the previous tokens: %s", error)
        else:
            LOG.info("%s: %s", os.fspath(self._path), counted(len(self._digests), "token"))


def warn_of_plain_text(address: str) -> None:
    """Log a warning if tokens that clients send to `address` without TLS leave this machine."""
    if not stays_on_this_machine(address):
        LOG.warning(
            "clients send their tokens to %s in plain text, readable on the way:"
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
        if handler is None or handler_call_details.method.startswith(OPEN_WITHOUT_TOKEN):
            return handler
        try:
            self._tokens.check(token_in(handler_call_details.invocation_metadata))
        except NotAuthenticatedError as error:
            return _refusing_handler(error)
        return handler


def _refusing_handler(error: NotAuthenticatedError) -> Handler:
    async def refuse(requests: object, context: grpc.aio.ServicerContext[Any, Any]) -> NoReturn:
        await context.abort(*status_of(error))

    return for_any_call(refuse)


def _read(path: Path) -> tuple[bytes, ...]:
    """Read the digests of the tokens in a file; the tokens themselves are not kept."""
    return tuple(map(_digest, read_tokens(path)))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
