"""Rows of delimited text read by pyarrow, a chunk at a time and two chunks in parallel.

If a chunk contains anything but valid rows of places, the csv module reads it instead: it finds out
what to reject, and the line numbers. Both ways return the same features and rejects.

A chunk ends at what looks like the end of a row: a line end with an even number of quotes before
it. The row _LAST, appended to chunks with quotes, shows whether that is right: if a quoted field
were open there, the row would become part of it. See docs/decisions/0017-sentinel-row.md.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

import pyarrow as pa
import pyarrow.csv

from routeguide.formats.arrow import arrow_batches
from routeguide.formats.base import text
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.model import Batch
from routeguide.formats.delimited.dialects import Lines, Table
from routeguide_c._core import count_byte

_THREADS = 2
_AHEAD = 4  # chunks that are submitted, at most, before the first of them is taken
_LAST = "\x1a the last row"
_LINE_END, _QUOTE = b'\n"'

# Takes lines, the number of lines before them, and how many to read at least, to the end of a row.
# Returns how many it has read.
RowByRow = Callable[[Lines, int, int], Generator[Batch, None, int]]


class ChunkReader:
    """Reads the rows after a header."""

    def __init__(
        self,
        table: Table,
        coordinates: Coordinates,
        row_by_row: RowByRow,
        notice: Callable[[str], None],
    ) -> None:
        """`notice` is called, from any thread, with the name of most lines in a chunk."""
        self._table = table
        self._coordinates = coordinates
        self._row_by_row = row_by_row
        self._notice = notice
        lat, lon, name, _ = table.columns
        number = pa.int64() if coordinates.is_e7 else pa.float64()
        types = {str(lat): number, str(lon): number}
        if name is not None:
            types[str(name)] = pa.string()
        self._convert = pa.csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=[],
            decimal_point="," if coordinates.decimal_comma else ".",
        )
        last = ["0" if column in (lat, lon) else "" for column in range(table.width)]
        if name is not None:
            last[name] = _LAST
        self._last = (table.dialect.delimiter.join(last) + "\n").encode()

    def batches(self, blocks: Iterator[bytes]) -> Iterator[Batch]:
        """Read all blocks, which end at line ends."""
        line = self._table.header_lines
        chunks = _chunks(blocks, self._table.dialect.quoted)
        with ThreadPoolExecutor(_THREADS, "import") as pool:
            ahead: deque[tuple[bytes, Future[tuple[Batch, int] | None]]] = deque()

            def more() -> bytes:
                return ahead.popleft()[0] if ahead else next(chunks, b"")

            try:
                while True:
                    for chunk in islice(chunks, _AHEAD - len(ahead)):
                        ahead.append((chunk, pool.submit(self._parsed, chunk)))
                    if not ahead:
                        return
                    chunk, future = ahead.popleft()
                    if parsed := future.result():
                        batch, lines_read = parsed
                        yield batch
                        line += lines_read
                        continue
                    lines = Lines(chain([chunk], iter(more, b"")))
                    line += yield from self._row_by_row(lines, line, chunk.count(b"\n"))
                    if rest := lines.rest():
                        ahead.appendleft((rest, pool.submit(self._parsed, rest)))
            finally:
                pool.shutdown(cancel_futures=True)

    def _parsed(self, chunk: bytes) -> tuple[Batch, int] | None:
        """Return the features and how many lines they take; None if the csv module has to read the
        chunk."""
        if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
            return None  # pyarrow ends a line at a carriage return, the csv module does not
        if chunk.startswith(codecs.BOM_UTF8):
            return None  # pyarrow drops it; that of the file is already gone
        if self._coordinates.is_e7 and b"x" in chunk.lower():
            return None  # pyarrow reads hexadecimal numbers
        has_quotes = self._table.dialect.quoted and b'"' in chunk
        if has_quotes and self._table.columns.name is None:
            return None  # the last row could not be recognized
        line_count = count_byte(chunk, _LINE_END)
        if not chunk.endswith(b"\n"):
            chunk += b"\n"
        if has_quotes:
            chunk += self._last
        try:
            lats, lons, names = self._columns(chunk, has_quotes)
        except pa.ArrowInvalid:
            return None
        if has_quotes:
            if not len(lats) or names[-1].as_py() != _LAST:
                return None
            lats, lons, names = lats[:-1], lons[:-1], names[:-1]
            if line_count > len(names):
                self._notice(arrow_batches.of_most_lines(names))
        try:
            return arrow_batches.batch(lats, lons, names, self._coordinates), line_count
        except ValueError:
            return None

    def _columns(self, chunk: bytes, has_quotes: bool) -> list[pa.Array]:
        dialect = self._table.dialect
        table = pa.csv.read_csv(
            pa.BufferReader(chunk),
            pa.csv.ReadOptions(
                column_names=[str(column) for column in range(self._table.width)],
                use_threads=False,
                block_size=len(chunk),
            ),
            pa.csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.quoted else False,
                newlines_in_values=has_quotes,
            ),
            self._convert,
        )
        columns = [column.combine_chunks() for column in table.columns]
        if self._table.columns.name is None:
            columns.append(arrow_batches.unnamed(len(columns[0])))
        return columns


def _chunks(blocks: Iterator[bytes], quoted: bool) -> Iterator[bytes]:
    """Yield the blocks, cut where rows seem to end."""
    begun = b""
    for block in blocks:
        chunk = begun + block
        cut = _end_of_rows(chunk, len(begun)) if quoted else len(chunk)
        if not cut and len(chunk) > text.LINE_LIMIT:
            cut = len(chunk)  # a quote that is never closed, which the csv module reports
        if cut:
            yield chunk[:cut]
        begun = chunk[cut:]
    if begun:
        yield begun


def _end_of_rows(chunk: bytes, searched: int) -> int:
    """Return the end of the last line with an even number of quotes before its end; 0 for none.

    The first `searched` bytes, which end at a line end, are known to have none.
    """
    end = len(chunk)
    quotes = count_byte(chunk, _QUOTE)
    while quotes % 2:
        last = chunk.rfind(b'"', 0, end)
        before = chunk.rfind(b"\n", 0, last) + 1
        if before <= searched:
            return 0
        quotes -= chunk.count(b'"', before, end)
        end = before
    return end
