"""CSV and its relatives: rows of fields, read with the csv module.

The first row names the columns. Every row has as many fields as the first; blank lines are skipped.
A quote that is never closed would turn the rest of the file into one field: the row that it starts
in is rejected. If pyarrow is installed, csv_by_arrow reads large files, with the same result.
"""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any

from routeguide.common.wording import counted
from routeguide.formats.base import columns, text
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.faults import Refusal, SourceError, shortened
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink, Rows
from routeguide.formats.base.sources import Source
from routeguide.formats.delimited.dialects import TOO_LONG, Dialect, Lines, Table

CHUNK = 1 << 21
WORTH_ARROW = 1 << 22  # bytes from which pyarrow saves more time than its import takes
DELIMITERS = (",", ";", "\t", "|")
SEE = "; --no-quotes reads quotes as text"
MANY_LINES = 10  # in one name


def read_csv(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read rows under a header; the delimiter, unless given, is guessed."""
    yield from read_headed(source, options, reject, blocks_of(source, options), options.delimiter)


def read_tsv(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read rows under a header; the delimiter, unless given, is a tab."""
    delimiter = options.delimiter or "\t"
    yield from read_headed(source, options, reject, blocks_of(source, options), delimiter)


def blocks_of(source: Source, options: ReadOptions) -> Iterator[bytes]:
    """Yield the whole text as blocks of lines."""
    return text.blocks(source.name, text.pieces(source, options.encoding, CHUNK))


def read_headed(
    source: Source,
    options: ReadOptions,
    reject: RejectSink,
    blocks: Iterator[bytes],
    delimiter: str,
) -> Iterator[Batch]:
    """Read rows under a header. The delimiter "" stands for the one of DELIMITERS that the header
    has most of."""
    table, rest = _begin(source, next(blocks), options, delimiter)
    yield from read_rows(source, options, reject, chain([rest], blocks), table)


def read_rows(
    source: Source,
    options: ReadOptions,
    reject: RejectSink,
    blocks: Iterator[bytes],
    table: Table,
) -> Iterator[Batch]:
    """Read rows of a known dialect and known columns."""
    coordinates = Coordinates(table.columns.units, options.wrap, options.decimal_comma)

    def notice(name: str) -> None:
        source.remark = source.remark or _remark_on(name)

    def taken(rows: Rows) -> Batch:
        for name in rows.names:
            if "\n" in name:
                notice(name)
        return rows.take()

    def row_by_row(lines: Lines, line: int, at_least: int) -> Generator[Batch, None, int]:
        rows = Rows()
        reader = table.dialect.reader(lines)
        for number, row in _numbered_rows(source, reader, lines, line, table, reject):
            _take(row, number, table, coordinates, rows, reject)
            if rows.full():
                yield taken(rows)
            if reader.line_num >= at_least:
                break
        yield taken(rows)
        return int(reader.line_num)

    is_long = source.size is None or source.size > WORTH_ARROW
    if is_long and _suits_arrow(table) and (arrow := _arrow()):
        yield from arrow.ChunkReader(table, coordinates, row_by_row, notice).batches(blocks)
    else:
        yield from row_by_row(Lines(blocks), table.header_lines, sys.maxsize)


def _remark_on(name: str) -> str:
    """Warn of a name of many lines: it may be all the rows between two stray quotes."""
    lines = name.count("\n") + 1
    if lines < MANY_LINES:
        return ""
    begun = shortened(name.partition("\n")[0])
    return f"a name of {lines:,} lines, {begun}: if its quotes are a mistake, it contains rows{SEE}"


def _suits_arrow(table: Table) -> bool:
    """pyarrow needs a delimiter of one byte, and converts a column to one type only."""
    lat, lon, name, _ = table.columns
    return table.dialect.delimiter.isascii() and name not in (lat, lon)


def _arrow() -> Any:
    """Import the module that reads with pyarrow; None if pyarrow is not installed."""
    try:
        return importlib.import_module("routeguide.formats.delimited.csv_by_arrow")
    except ImportError:
        return None


def _begin(
    source: Source, block: bytes, options: ReadOptions, delimiter: str
) -> tuple[Table, bytes]:
    """Read the header at the beginning of a block. Returns the table and the rest of the block."""
    blank = len(block) - len(block.lstrip(b"\r\n"))
    line = block.count(b"\n", 0, blank)
    first = text.lines_in(block[blank:]).readline()
    delimiter = delimiter or _usual_delimiter(first, options.decimal_comma)
    dialect = Dialect(delimiter, options.quoted)
    lines = Lines([block[blank:]])
    reader = dialect.reader(lines)
    try:
        header = next(reader)
        if not header:
            raise StopIteration
        if not options.header:
            return Table(dialect, len(header), columns.numbered(len(header), options)), block
        if lines.ended:
            raise columns.ColumnError(f"a quote that is never closed{SEE}")
        if any("\0" in title or not text.is_utf8(title) for title in header):
            raise columns.ColumnError("the names of columns are not UTF-8 text")
        found = columns.find(header, options)
    except (columns.ColumnError, csv.Error, StopIteration) as error:
        fault = f"line {line + 1}: {_reason(error)}"
        raise SourceError(source.name, fault) from error
    if found.name is None:
        source.remark = columns.unnamed(header)
    return Table(dialect, len(header), found, line + reader.line_num), lines.rest()


def _usual_delimiter(line: str, decimal_comma: bool) -> str:
    comma, *others = DELIMITERS
    most = max(others, key=line.count)
    others_count = line.count(most)
    return most if others_count > (0 if decimal_comma else line.count(comma)) else comma


def _numbered_rows(
    source: Source, reader: Any, lines: Lines, lines_before: int, table: Table, reject: RejectSink
) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with the number of its first line."""
    while True:
        line = lines_before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error).startswith(TOO_LONG):
                fault = f"line {line}: a row over {text.LINE_LIMIT >> 20} MiB"
                fault += ", or a quote that is never closed"
                raise SourceError(source.name, fault) from error
            reject("", _reason(error), line)
            continue
        lines.rows += 1
        if lines.ended:
            begun = row[-1].partition("\n")[0]
            reason = f"a quote that is never closed: {shortened(begun)}{SEE}"
            reject(table.role(len(row) - 1), reason, line)
        elif row:
            yield line, row


def _reason(error: Exception) -> str:
    if str(error).startswith("new-line character seen"):  # the csv module's advice is about Python
        return "a carriage return without a line feed, which does not end a line"
    return str(error) or "no names of columns"


def _take(
    row: list[str],
    line: int,
    table: Table,
    coordinates: Coordinates,
    rows: Rows,
    reject: RejectSink,
) -> None:
    """Add a row of data to `rows`, or reject it."""
    if len(row) != table.width:
        reject("", f"{counted(len(row), 'field')} instead of {table.width}", line)
        return
    lat, lon, name, _ = table.columns
    try:
        lat_e7, lon_e7 = coordinates.from_text(row[lat], row[lon])
    except Refusal as refusal:
        reject(refusal.field, refusal.reason, line)
        return
    label = "" if name is None else row[name]
    if not label.isascii() and not text.is_utf8(label):
        reject("name", f"not UTF-8: {shortened(label)}; see --encoding", line)
        return
    rows.add(lat_e7, lon_e7, label)
