"""CSV and its relatives: rows of fields, read with the csv module.

The first row names the columns. Every row has as many fields as the first; blank lines do not
count. A quote that does not end would make one field of all that follows: it is a fault of the row
that it begins in. Where pyarrow is installed, delimited_arrow reads the same files, quicker.
"""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from routeguide.common.wording import counted
from routeguide.formats.base import columns, text
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.faults import Refusal, SourceError, shortened
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink, Rows
from routeguide.formats.base.sources import Source
from routeguide.formats.delimited import many_lines
from routeguide.formats.delimited.dialects import TOO_LONG, Dialect, Table

CHUNK = 1 << 21
# Bytes from which importing pyarrow takes less time than it saves.
WORTH_ARROW = 1 << 22
DELIMITERS = (",", ";", "\t", "|")
SEE = "; --no-quotes takes quotes as they are"


class _End:
    """An empty iterator behind the lines. That it was asked for tells that the csv reader read on
    to the end, so within quotes."""

    reached = False
    rows = 0  # that the reader has made of the lines before

    def __iter__(self) -> Iterator[str]:
        self.reached = True
        yield from ()


def _lines(blocks: Iterable[bytes], end: _End) -> Iterator[str]:
    """The lines of the blocks. Raises csv.Error where a row takes too many of them."""
    rows, size = 0, 0

    def checked(block: bytes) -> Iterator[str]:
        nonlocal rows, size
        size = size + len(block) if end.rows == rows else 0
        rows = end.rows
        if size > text.LINE_LIMIT:
            raise csv.Error(TOO_LONG)
        return text.lines_in(block)

    return chain.from_iterable(map(checked, blocks))


def read_csv(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """A comma, semicolon, tab or bar between fields, whichever the first line has most of."""
    return _read(source, options, reject, options.delimiter)


def read_tsv(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    return _read(source, options, reject, options.delimiter or "\t")


def _read(
    source: Source, options: ReadOptions, reject: RejectSink, delimiter: str
) -> Iterator[Batch]:
    yield from read_headed(source, options, reject, blocks_of(source, options), delimiter)


def blocks_of(source: Source, options: ReadOptions) -> Iterator[bytes]:
    """All the text, as runs of whole lines."""
    return text.blocks(source.name, text.pieces(source, options.encoding, CHUNK))


def read_headed(
    source: Source,
    options: ReadOptions,
    reject: RejectSink,
    blocks: Iterator[bytes],
    delimiter: str,
) -> Iterator[Batch]:
    """Rows under a header; without a delimiter, the usual one that it has most of."""
    table, rest = _begin(source, next(blocks), options, delimiter)
    yield from read_rows(source, options, reject, chain([rest], blocks), table)


def read_rows(
    source: Source,
    options: ReadOptions,
    reject: RejectSink,
    blocks: Iterator[bytes],
    table: Table,
) -> Iterator[Batch]:
    """Rows of which all is known beforehand."""
    coordinates = Coordinates(table.columns.units, options.wrap, options.decimal_comma)

    def notice(name: str) -> None:
        source.remark = source.remark or many_lines.remark(name)

    def taken(rows: Rows) -> Batch:
        for name in rows.names:
            if "\n" in name:
                notice(name)
        return rows.take()

    def row_by_row(
        lines: Iterator[str], line: int, at_least: int, end: _End | None = None
    ) -> Iterator[Batch]:
        rows, end = Rows(), end or _End()
        reader = table.dialect.reader(chain(lines, end))
        for number, row in _numbered_rows(source, reader, line, table, end, reject):
            _take(row, number, table, coordinates, rows, reject)
            if rows.full():
                yield taken(rows)
            if reader.line_num >= at_least:
                break
        yield taken(rows)

    is_long = source.size is None or source.size > WORTH_ARROW
    if is_long and _suits_arrow(table) and (arrow := _arrow()):
        yield from arrow.ChunkReader(table, coordinates, row_by_row, notice).batches(blocks)
    else:
        end = _End()
        yield from row_by_row(_lines(blocks, end), table.header_lines, sys.maxsize, end)


def _suits_arrow(table: Table) -> bool:
    """pyarrow takes delimiters of one byte, and makes one thing of a column."""
    lat, lon, name, _ = table.columns
    return table.dialect.delimiter.isascii() and name not in (lat, lon)


def _arrow() -> Any:
    """The module that reads with pyarrow, or None where that is not installed."""
    try:
        return importlib.import_module("routeguide.formats.delimited.csv_by_arrow")
    except ImportError:
        return None


def _begin(
    source: Source, block: bytes, options: ReadOptions, delimiter: str
) -> tuple[Table, bytes]:
    """Reads the header at the beginning of the block. Returns what it says, and what follows."""
    blank = len(block) - len(block.lstrip(b"\r\n"))
    line = block.count(b"\n", 0, blank)
    lines = text.lines_in(block[blank:])
    first = lines.readline()
    delimiter = delimiter or _usual_delimiter(first, options.decimal_comma)
    dialect = Dialect(delimiter, options.quoted)
    end = _End()
    reader = dialect.reader(chain([first], lines, end))
    try:
        header = next(reader)
        if not header:
            raise StopIteration
        if not options.header:
            return Table(dialect, len(header), columns.numbered(len(header), options)), block
        if end.reached:
            raise columns.ColumnError(f"a quote that does not end{SEE}")
        _check_text(header)
        found = columns.find(header, options)
    except (columns.ColumnError, csv.Error, StopIteration) as error:
        fault = f"line {line + 1}: {_reason(error)}"
        raise SourceError(source.name, fault) from error
    if found.name is None:
        source.remark = columns.unnamed(header)
    rest = lines.read().encode("utf-8", "surrogateescape")
    return Table(dialect, len(header), found, line + reader.line_num), rest


def _check_text(header: list[str]) -> None:
    if any("\0" in title or not text.is_sound(title) for title in header):
        raise columns.ColumnError("not text in UTF-8, so no names of columns")


def _usual_delimiter(line: str, decimal_comma: bool) -> str:
    comma, *others = DELIMITERS
    most = max(others, key=line.count)
    others_count = line.count(most)
    return most if others_count > (0 if decimal_comma else line.count(comma)) else comma


def _numbered_rows(
    source: Source, reader: Any, lines_before: int, table: Table, end: _End, reject: RejectSink
) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its first line."""
    while True:
        line = lines_before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error).startswith(TOO_LONG):
                fault = f"line {line}: a row over {text.LINE_LIMIT >> 20} MiB"
                raise SourceError(source.name, f"{fault}, or a quote that does not end") from error
            reject("", _reason(error), line)
            continue
        end.rows += 1
        if end.reached:  # in the middle of a row, which ends with its line outside of quotes
            begun = row[-1].partition("\n")[0]
            reason = f"a quote that does not end: {shortened(begun)}{SEE}"
            reject(table.role(len(row) - 1), reason, line)
        elif row:
            yield line, row


def _reason(error: Exception) -> str:
    """What is wrong, in words that are not about Python."""
    if str(error).startswith("new-line character seen"):
        return "a carriage return alone, which ends no line"
    return str(error) or "no names of columns"


def _take(
    row: list[str],
    line: int,
    table: Table,
    coordinates: Coordinates,
    rows: Rows,
    reject: RejectSink,
) -> None:
    """Adds a row of data to `rows`, or rejects it."""
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
    if not label.isascii() and not text.is_sound(label):
        reject("name", f"not UTF-8: {shortened(label)}; see --encoding", line)
        return
    rows.add(lat_e7, lon_e7, label)
