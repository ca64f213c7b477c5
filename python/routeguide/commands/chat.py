"""`routeguide chat`: leave notes at places and print the earlier notes there."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator

from routeguide.client.features import Note
from routeguide.commands import places, source
from routeguide.commands.command_error import CommandError, wrong_usage
from routeguide.common import cli
from routeguide.common.addresses import split_address
from routeguide.formats.base.faults import shortened
from routeguide.formats.base.text import is_utf8

PROMPT = "> "
HELP = "latitude, longitude and a message on each line, as in `40.7 -74.6 Hello`; Ctrl-D ends"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="HOST:PORT", help="the server")
    source.add_server_options(parser)
    places.add_units(parser)
    parser.epilog = f"Reads {HELP}."


def run(options: argparse.Namespace) -> int:
    with wrong_usage(ValueError):
        split_address(options.source)
    if sys.stdin is None:
        raise CommandError("standard input is closed: there are no notes", cli.WRONG_USAGE)
    if isinstance(sys.stdin, io.TextIOWrapper):
        # So that a line in another encoding can be left out, as other wrong lines are.
        sys.stdin.reconfigure(errors="surrogateescape")
    with source.client(options.source, options) as client:
        if sys.stdin.isatty():
            print(HELP)
        for note in client.chat(_notes(options)):
            source.mark_answered(options)
            place = places.point_text(note.lat_e7, note.lon_e7, options.e7)
            print(f"{place} {note.message}", flush=True)
    return 0


def _notes(options: argparse.Namespace) -> Iterator[Note]:
    """Read notes from standard input; a line that is not a note is reported and left out."""
    while True:
        if sys.stdin.isatty():
            print(PROMPT, end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            try:
                yield _note(line, options.e7)
            except (ValueError, CommandError) as error:
                print(f"routeguide chat: {error}", file=sys.stderr, flush=True)


def _note(line: str, in_e7: bool) -> Note:
    words = line.split(maxsplit=2)
    try:
        lat, lon = float(words[0].rstrip(",")), float(words[1])
        message = words[2].rstrip("\r\n")
    except (ValueError, IndexError):
        raise ValueError(f"expected {HELP}") from None
    if not is_utf8(message):
        raise ValueError(f"not text in {sys.stdin.encoding}: {shortened(message)}")
    return Note(message, *places.point_of(lat, lon, in_e7))
