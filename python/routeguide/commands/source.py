"""The argument SOURCE: a file of features on this machine, or the address of a server."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from routeguide.commands.command_error import CommandError, wrong_usage
from routeguide.commands.local import LocalFeatures
from routeguide.common import cli, endless_files
from routeguide.common.addresses import split_address
from routeguide.common.snapshot_files import is_snapshot
from routeguide.rpc.refusals import STOPPING
from routeguide_c import FeatureIndex, SnapshotError

if TYPE_CHECKING:
    from routeguide.client.client import Client
    from routeguide.client.feature_queries import FeatureQueries
    from routeguide.rpc.call_error import CallError

_LONGEST_CALL_S = 1e9  # about 32 years; the largest deadline of gRPC is somewhere above

# The arguments whose values a server may refuse, by the names of its requests' fields.
_ARGUMENTS = {
    "radius_m": "METERS",
    "half_width_m": "--half-width",
    "max_distance_m": "--max-distance",
}


def add_source(parser: argparse.ArgumentParser, default: str = "") -> None:
    """Add SOURCE as the first argument, and the options of a server.

    With a `default`, which describes what is used instead, SOURCE is optional and None if absent.
    """
    parser.add_argument(
        "source", metavar="SOURCE", nargs="?" if default else None,
        help="a snapshot (or JSON file) of features, or HOST:PORT of a server"
        + (f" (default: {default})" if default else ""),
    )  # fmt: skip
    add_server_options(parser)


def add_server_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("for a server").add_argument
    add(
        "--timeout", type=cli.positive_seconds, default=10.0, metavar="SECONDS",
        help="deadline of a call (default: %(default)g)",
    )  # fmt: skip
    add("--tls", action="store_true", help="encrypt the connection")
    add("--tls-ca", metavar="PEM", help="authorities to trust instead of the system's")
    add("--tls-cert", metavar="PEM", help="certificate to show to the server")
    add("--tls-key", metavar="PEM", help="key of that certificate")
    add(
        "--token-file", metavar="FILE",
        help="file whose first bearer token is sent with each call",
    )  # fmt: skip


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[FeatureQueries]:
    """Open SOURCE. Raises CommandError, also for a call that fails within the block."""
    source: str = options.source
    if is_server(source):
        with client(source, options) as connected:
            yield connected
        return
    try:
        yield LocalFeatures(_index(source))
    except SnapshotError as error:  # found by a query, since the file was not verified
        raise CommandError(f"{source}: the snapshot is damaged; import it again") from error


def is_server(source: str) -> bool:
    """Return True for HOST:PORT, False for a file. Raises CommandError for neither."""
    if os.path.exists(source):
        return False
    try:
        source.encode()
        split_address(source)
    except ValueError:
        text = f"{source}: no such file, and not HOST:PORT of a server"
        raise CommandError(text, cli.WRONG_USAGE) from None
    return True


def _index(path: str) -> FeatureIndex:
    """Load a file of features.

    A snapshot is not verified: a command that prints ten features of ten million should not read
    them all, and damage causes at worst wrong answers.
    """
    try:
        if is_snapshot(path):
            return FeatureIndex.open(path, verify=False)
    except (OSError, SnapshotError) as error:
        text = f"{path}: {error.strerror}" if isinstance(error, OSError) else str(error)
        raise CommandError(text, cli.WRONG_USAGE) from error
    from routeguide.domain import database

    with wrong_usage(database.DatabaseError):
        return database.load(path)


@contextmanager
def client(address: str, options: argparse.Namespace) -> Iterator[Client]:
    """Connect to a server with the options of `add_server_options`.

    Raises CommandError, also for a call that fails within the block.
    """
    from routeguide.client.client import Client
    from routeguide.rpc.bearer import read_tokens
    from routeguide.rpc.call_error import CallError

    if (options.tls_cert is None) != (options.tls_key is None):
        raise CommandError("--tls-cert and --tls-key go together", cli.WRONG_USAGE)
    for path in (options.token_file, options.tls_ca, options.tls_cert, options.tls_key):
        if path and endless_files.is_endless_path(path):
            raise CommandError(f"{path}: {endless_files.FAULT}", cli.WRONG_USAGE)
    with wrong_usage(ValueError):
        connected = Client(
            address,
            timeout_s=min(options.timeout, _LONGEST_CALL_S),
            token=read_tokens(options.token_file)[0] if options.token_file else None,
            tls=options.tls,
            tls_ca=options.tls_ca,
            tls_cert=options.tls_cert,
            tls_key=options.tls_key,
        )
    try:
        with connected:
            yield connected
    except CallError as error:
        text = str(error)
        for field, argument in _ARGUMENTS.items():
            text = text.replace(f"{field}: ", f"{argument}: ")
        raise CommandError(text + _hint(error, options)) from error


def mark_answered(options: argparse.Namespace) -> None:
    """Record that the server has answered, for the hint of a call that fails later."""
    options.answered = True


def _hint(error: CallError, options: argparse.Namespace) -> str:
    """Return what to do about a failed call, to be appended to its message; often empty."""
    if error.is_late:
        faster = "use `search`, which is faster, or " if options.command == "list" else ""
        return f"; {faster}allow more time with --timeout"
    if error.is_unimplemented and options.command not in ("list", "record", "chat"):
        return "; this server has no FeatureService: only `list`, `record` and `chat` work"
    if not error.is_unavailable or STOPPING in error.details:  # which says what to do
        return ""
    if getattr(options, "answered", False):
        return "; the server went away before its answer was complete: try again"
    if options.tls or options.tls_ca or options.tls_cert:
        if "CERTIFICATE_VERIFY_FAILED" in error.details:
            return "; name the authority that issued its certificate: --tls-ca"
        if "WRONG_VERSION_NUMBER" in error.details:
            return "; is it a server without TLS? try without --tls"
    elif re.search("Socket closed|reset by peer|recvmsg", error.details):
        return "; is it a TLS server? try --tls"
    return ""
