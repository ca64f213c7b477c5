"""`routeguide import`: files of places into a snapshot."""

from __future__ import annotations

import argparse
import codecs
import csv
import io
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import IO

from routeguide.commands.command_error import CommandError
from routeguide.commands.outputs import (
    refuse_inputs,
    refuse_twice,
    refuse_unless_file,
    refuse_unwritable,
)
from routeguide.commands.progress import Progress
from routeguide.commands.stopping import stop_signals_raise
from routeguide.common import cli
from routeguide.common.atomic_file import replacing
from routeguide.common.wording import counted
from routeguide.domain import origin
from routeguide.domain.earth import E7
from routeguide.formats import intake, registry
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import ReadOptions, Reject
from routeguide.formats.base.sources import STANDARD_INPUT, Source
from routeguide.formats.base.text import is_utf8
from routeguide_c import FeatureIndex

SHOWN_REJECTS = 5


def delimiter(text: str) -> str:
    """Any one character that is not part of rows in another way."""
    if text == "\\t":
        raise argparse.ArgumentTypeError("a tab is written $'\\t' in the shell; or --format tsv")
    if len(text) != 1 or text in '\r\n"':
        raise argparse.ArgumentTypeError(f"{text!r} is not one character other than a quote")
    if not is_utf8(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a character in UTF-8")
    return text


def encoding(text: str) -> str:
    """One that turns bytes into text, which not all do that Python knows."""
    try:
        io.TextIOWrapper(io.BytesIO(), text)
        codecs.getincrementaldecoder(text)()
    except (LookupError, UnicodeError, AttributeError, TypeError, ValueError):
        raise argparse.ArgumentTypeError(f"{text!r} is no encoding of text") from None
    return text


def sound_text(text: str) -> str:
    if not is_utf8(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8")
    return text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("sources", nargs="+", metavar="SOURCE", help="a file, .gz or not, or - for standard input")
    add("-o", "--output", required=True, metavar="FILE", help="the snapshot to write")
    add(
        "--format",
        default="",
        choices=registry.READABLE,
        help="what the sources are (default: as their endings say)",
    )
    add("--lat", default="", metavar="COLUMN", help="where latitudes are (default: usual names)")
    add("--lon", default="", metavar="COLUMN", help="where longitudes are")
    add("--name", default="", metavar="COLUMN", help="the column or property with names")
    add(
        "--units",
        default="",
        choices=["degrees", "e7"],
        help="of coordinates in tables (default: degrees; e7 for columns named so)",
    )
    add("--wrap", action="store_true", help="take longitudes from 180 to 360, too")
    add("--no-header", action="store_true", help="the first row is data; columns are numbers")
    add(
        "--delimiter",
        type=delimiter,
        metavar="CHARACTER",
        help="between fields (default: guessed)",
    )
    add("--no-quotes", action="store_true", help="quotes are part of the fields they are in")
    add("--decimal-comma", action="store_true", help="degrees in text are written as 48,2085")
    add("--encoding", type=encoding, default="utf-8", help="of text files (default: %(default)s)")
    add("--layer", default="", metavar="NAME", help="of a file with several, that GDAL reads")
    add("--rejects", metavar="FILE", help="write each row that is not kept to this CSV file")
    add("--strict", action="store_true", help="stop at the first row that cannot be kept")
    for option, meaning in (
        ("--attribution", "whom to name where features are shown"),
        ("--source", "where they come from (default: file names)"),
    ):
        add(option, type=sound_text, default="", metavar="TEXT", help=meaning)
    add("-q", "--quiet", action="store_true", help="print nothing but errors")


class Rejects:
    """The report of rows that were not kept."""

    def __init__(self, file: IO[bytes] | None, strict: bool, quiet: bool) -> None:
        self._file = file
        self._strict = strict
        self._left_to_show = 0 if file or quiet else SHOWN_REJECTS
        if file is not None:
            self._rows = csv.writer(self, lineterminator="\n")
            self._rows.writerow(Reject._fields)

    def __call__(self, reject: Reject) -> None:
        if self._strict:
            raise CommandError(f"{reject} (--strict: nothing was written)")
        if self._file is not None:
            self._rows.writerow(value or "" for value in reject)
        elif self._left_to_show:
            self._left_to_show -= 1
            print(f"rejected: {reject}", file=sys.stderr)

    def write(self, text: str) -> None:
        """Some text of the report."""
        assert self._file is not None
        self._file.write(text.encode("utf-8", "backslashreplace"))


def run(options: argparse.Namespace) -> int:
    with stop_signals_raise():
        return _import(options)


def _import(options: argparse.Namespace) -> int:
    start_s = time.monotonic()
    refuse_unless_file(options.output)
    if options.rejects:
        refuse_unwritable(options.rejects)
        refuse_twice(options.rejects, "--rejects", options.output, "--output")
    for written in filter(None, (options.output, options.rejects)):
        refuse_inputs(written, options.sources)
    replaces = os.path.exists(options.output)
    try:
        with ExitStack() as stack:
            file = stack.enter_context(replacing(options.rejects)) if options.rejects else None
            rejects = Rejects(file, options.strict, options.quiet)
            index, counts = _read(options, rejects)
    except (SourceError, registry.FormatError) as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{options.rejects}: {error.strerror or error}") from error
    if counts.rejected and not counts.kept:
        rows = counted(counts.read, "row")
        raise CommandError(f"of {rows} none could be kept; nothing was written")

    def count() -> tuple[int, int]:
        return index.unnamed_count(), index.duplicate_count()

    with ThreadPoolExecutor(1) as beside:
        found = count  # after saving, where no thread can be had
        with suppress(RuntimeError):
            found = beside.submit(count).result
        _save(options, index)
    if not options.quiet:
        for remark in counts.remarks:
            print(remark, file=sys.stderr)
        unnamed, duplicates = found()
        elapsed_s = time.monotonic() - start_s
        _print_summary(options, index, counts, unnamed, duplicates, replaces, elapsed_s)
    return 0


def _read(options: argparse.Namespace, rejects: Rejects) -> tuple[FeatureIndex, intake.Counts]:
    with Progress(options.quiet) as progress:

        def show(source: Source, counts: intake.Counts) -> None:
            note = f"{counts.kept:,} kept, {counts.rejected:,} rejected"
            progress.update(source.name, source.position(), source.size, note)

        return intake.gather(options.sources, options.format, _read_options(options), rejects, show)


def _read_options(options: argparse.Namespace) -> ReadOptions:
    return ReadOptions(
        lat=options.lat,
        lon=options.lon,
        name=options.name,
        units=options.units,
        wrap=options.wrap,
        header=not options.no_header,
        delimiter=options.delimiter or "",
        quoted=not options.no_quotes,
        decimal_comma=options.decimal_comma,
        encoding=options.encoding,
        layer=options.layer,
    )


def _save(options: argparse.Namespace, index: FeatureIndex) -> None:
    files = [path for path in options.sources if path != STANDARD_INPUT]
    source = options.source or ", ".join(map(origin.name_of, files))
    kept = origin.Origin(source=source, attribution=options.attribution)
    try:
        index.save(options.output, origin.encode(kept))
    except OSError as error:
        raise CommandError(f"{options.output}: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError(f"--attribution and --source: {error}", cli.WRONG_USAGE) from error


def _print_summary(
    options: argparse.Namespace,
    index: FeatureIndex,
    counts: intake.Counts,
    unnamed: int,
    duplicates: int,
    replaces: bool,
    elapsed_s: float,
) -> None:
    rows = [("read", f"{counts.read:,}"), ("kept", f"{counts.kept:,}")]
    where = f"  in {options.rejects}" if options.rejects else ""
    rows.append(("rejected", f"{counts.rejected:,}{where}"))
    if unnamed:
        rows.append(("unnamed", f"{unnamed:,}"))
    rows.append(("duplicates", f"{duplicates:,}"))
    if index.bounds is not None:
        south, west, north, east = (f"{e7 / E7:.7f}" for e7 in index.bounds)
        rows.append(("bounds", f"south {south}, west {west}, north {north}, east {east}"))
    rows.append(("seconds", f"{elapsed_s:.2f}"))
    size = counted(os.path.getsize(options.output), "byte")
    print(f"{'Replaced' if replaces else 'Wrote'} {options.output}, {size}")
    for label, value in rows:
        print(f"  {label:<11}{value}")
