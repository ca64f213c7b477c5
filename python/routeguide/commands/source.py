"""Where a command finds its features: a file here or a server; and how coordinates are written."""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from routeguide.commands.command_error import CommandError
from routeguide.commands.local import LocalFeatures
from routeguide.common import cli, endless_files
from routeguide.common.addresses import split_address
from routeguide.common.snapshot_files import is_snapshot
from routeguide.domain.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7, looks_like_e7
from routeguide.rpc.refusals import STOPPING
from routeguide_c import FeatureIndex, SnapshotError

if TYPE_CHECKING:
    from routeguide.client.client import Client
    from routeguide.client.feature_queries import FeatureQueries
    from routeguide.rpc.call_error import CallError


NORTH = "degrees north of the equator; south is negative"
EAST = "degrees east of Greenwich; west is negative"

_LONGEST_CALL_S = 1e9  # some 32 years; gRPC's own clock ends somewhere beyond

# What commands call the fields of requests that a server may refuse.
_ARGUMENTS = {
    "radius_m": "METRES",
    "half_width_m": "--half-width",
    "max_distance_m": "--max-distance",
}


def add_source(parser: argparse.ArgumentParser, default: str = "") -> None:
    """The argument SOURCE, which comes first, and the options of a server. Where it may be left
    out, and is None then, `default` says what stands in for it."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?" if default else None,
        help="a snapshot (or JSON file) of features, or HOST:PORT of a server"
        + (f" (default: {default})" if default else ""),
    )
    add_server_options(parser)


def add_server_options(parser: argparse.ArgumentParser) -> None:
    server = parser.add_argument_group("for a server")
    server.add_argument(
        "--timeout",
        type=cli.positive_seconds,
        default=10.0,
        metavar="SECONDS",
        help="deadline of a call (default: %(default)g)",
    )
    server.add_argument("--tls", action="store_true", help="encrypt, as public servers need it")
    server.add_argument("--tls-ca", metavar="PEM", help="authorities to trust instead of the usual")
    server.add_argument("--tls-cert", metavar="PEM", help="certificate to show the server")
    server.add_argument("--tls-key", metavar="PEM", help="its key")
    server.add_argument(
        "--token-file", type=Path, metavar="FILE", help="file whose first bearer token goes along"
    )


def add_units(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--e7", action="store_true",
        help="coordinates are whole numbers of 1e-7 degrees, given and printed",
    )  # fmt: skip


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[FeatureQueries]:
    """What SOURCE names. Raises CommandError for what cannot be opened, and for a call that fails
    within the block."""
    source: str = options.source
    if is_server(source):
        with client(source, options) as connected:
            yield connected
        return
    try:
        yield LocalFeatures(_index(source))
    except SnapshotError as error:  # an unverified file, found out on the way
        raise CommandError(f"{source}: {error}") from error
    except UnicodeDecodeError as error:  # another kind of damage to one
        fault = "a name in it is not UTF-8: it is damaged; save or import it again"
        raise CommandError(f"{source}: {fault}") from error


def is_server(source: str) -> bool:
    """Whether SOURCE is the address of a server, which may be there or not, rather than a file.
    Raises CommandError for what is neither."""
    if os.path.exists(source):
        return False
    try:
        source.encode()
        split_address(source)
    except ValueError:
        raise CommandError(
            f"{source}: no such file, and not HOST:PORT of a server", cli.WRONG_USAGE
        ) from None
    return True


def _index(path: str) -> FeatureIndex:
    """The features of a file. A snapshot is not verified: a command that asks for ten features of
    ten million should not read them all, and no damage can do more than give wrong answers."""
    try:
        if is_snapshot(path):
            return FeatureIndex.open(path, verify=False)
    except (OSError, SnapshotError) as error:
        text = f"{path}: {error.strerror}" if isinstance(error, OSError) else str(error)
        raise CommandError(text, cli.WRONG_USAGE) from error
    from routeguide.domain import database

    try:
        return database.load(path)
    except database.DatabaseError as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error


@contextmanager
def client(address: str, options: argparse.Namespace) -> Iterator[Client]:
    """A client of the server there, with the options of add_server_options."""
    from routeguide.client.client import Client
    from routeguide.rpc.bearer import read_tokens
    from routeguide.rpc.call_error import CallError

    if (options.tls_cert is None) != (options.tls_key is None):
        raise CommandError("--tls-cert and --tls-key go together", cli.WRONG_USAGE)
    for path in (options.token_file, options.tls_ca, options.tls_cert, options.tls_key):
        if path and endless_files.leads_to_endless(path):
            raise CommandError(f"{path}: {endless_files.FAULT}", cli.WRONG_USAGE)
    try:
        connected = Client(
            address,
            timeout_s=min(options.timeout, _LONGEST_CALL_S),
            token=read_tokens(options.token_file)[0] if options.token_file else None,
            tls=options.tls,
            tls_ca=options.tls_ca,
            tls_cert=options.tls_cert,
            tls_key=options.tls_key,
        )
    except ValueError as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
    try:
        with connected:
            yield connected
    except CallError as error:
        text = str(error)
        for field, argument in _ARGUMENTS.items():
            text = text.replace(f"{field}: ", f"{argument}: ")
        hint = _hint(error, options)
        raise CommandError(text + hint) from error


def note_answer(options: argparse.Namespace) -> None:
    """The server has answered: where it fails from here on, it was there before."""
    options.answered = True


def _hint(error: CallError, options: argparse.Namespace) -> str:
    """What may help a call that failed so."""
    encrypted = options.tls or options.tls_ca or options.tls_cert
    command = getattr(options, "command", "")
    if error.is_late and command == "list":
        return "; `search` is faster, or give it more time: --timeout"
    if error.is_late:
        return "; give it more time: --timeout"
    if error.is_unimplemented and command not in ("list", "record", "chat"):
        return "; it has no FeatureService: only `list`, `record` and `chat` do without"
    if not error.is_unavailable:
        return ""
    if STOPPING in error.details:  # the server says what to do, too
        return ""
    if getattr(options, "answered", False):
        return "; the server went away before its answer ended: ask again"
    details = error.details
    if not encrypted and re.search("Socket closed|reset by peer|recvmsg", details):
        return "; is it a TLS server? try --tls"
    if encrypted and "CERTIFICATE_VERIFY_FAILED" in details:
        return "; name the authority that it has its certificate from: --tls-ca"
    if encrypted and "WRONG_VERSION_NUMBER" in details:
        return "; is it a server without TLS? try without --tls"
    return ""


def latitude(text: str) -> float:
    return _coordinate(text, "latitude")


def longitude(text: str) -> float:
    return _coordinate(text, "longitude")


def coordinate(text: str) -> float:
    return _coordinate(text, "coordinate")


def _coordinate(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        hint = "; latitude and longitude are two arguments, with decimal points"
        raise argparse.ArgumentTypeError(f"{text!r} is not a {what}{hint if ',' in text else ''}")
    return number


def place_of(options: argparse.Namespace) -> tuple[int, int]:
    """The place that a command is about, as E7. Raises CommandError where it is not on Earth."""
    return point_of(options.latitude, options.longitude, options.e7)


def point_of(latitude: float, longitude: float, is_e7: bool) -> tuple[int, int]:
    """A point on Earth as E7, given in degrees or E7. Raises CommandError."""
    return to_e7(latitude, is_e7, True), to_e7(longitude, is_e7, False)


def to_e7(value: float, is_e7: bool, is_latitude: bool) -> int:
    limit_e7 = LAT_LIMIT_E7 if is_latitude else LON_LIMIT_E7
    what = "latitude" if is_latitude else "longitude"
    is_near = abs(value) <= limit_e7  # before arithmetic: it may be infinite, or no number
    if is_near and is_e7 and value != int(value):
        raise CommandError(f"{value}: a {what} in E7 is a whole number", cli.WRONG_USAGE)
    number_e7 = 0 if not is_near else int(value) if is_e7 else round(value * E7)
    if not is_near or abs(number_e7) > limit_e7:
        hint = "; for E7 numbers give --e7" if is_near and looks_like_e7(value) else ""
        raise CommandError(
            f"{value:.12g}: a {what} is within {limit_e7 // E7} degrees{hint}", cli.WRONG_USAGE
        )
    return number_e7


def written(point: tuple[int, int], in_e7: bool) -> str:
    """A point as the options would have it written."""
    lat_e7, lon_e7 = point
    return f"{lat_e7} {lon_e7}" if in_e7 else f"{lat_e7 / 1e7:.7f} {lon_e7 / 1e7:.7f}"
