"""Rows of delimited text read by pyarrow, a chunk at a time and two chunks at once.

Where a chunk is anything but rows of places, the csv module reads it instead, which knows what to
reject and the number of its line. So both ways to read give the same features and rejects.

A chunk ends where a row seems to: at a line end with an even number of quotes before. Where there
are quotes a row is added that says whether that was right: were the chunk to end within a quoted
field, the row would be swallowed by it.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import pyarrow as pa
import pyarrow.csv

from routeguide.formats.arrow import arrow_batches
from routeguide.formats.base import text
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.model import Batch
from routeguide.formats.delimited.dialects import TOO_LONG, Table
from routeguide_c._core import count_byte

_THREADS = 2
_AHEAD = 4  # chunks that are read, at most, before the first of them is taken
_LAST = "\x1a the last row"
_LINE_END, _QUOTE = b'\n"'

# Takes lines, the number of those before them, and how many to read at least, to the end of a row.
RowByRow = Callable[[Iterator[str], int, int], Iterator[Batch]]


class ChunkReader:
    """Reads the rows that follow a header."""

    def __init__(
        self,
        table: Table,
        coordinates: Coordinates,
        row_by_row: RowByRow,
        notice: Callable[[str], None],
    ) -> None:
        """`notice` is told the name with the most lines of some rows, in any thread."""
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
        """`blocks` are runs of whole lines."""
        line = self._table.header_lines
        chunks = _chunks(blocks, self._table.dialect.quoted)
        with ThreadPoolExecutor(_THREADS, "import") as pool:
            ahead: deque[tuple[bytes, Future[tuple[Batch, int] | None]]] = deque()

            def more() -> bytes:
                return ahead.popleft()[0] if ahead else next(chunks, b"")

            try:
                while True:
                    for chunk in islice(chunks, _AHEAD - len(ahead)):
                        ahead.append((chunk, pool.submit(self._at_once, chunk)))
                    if not ahead:
                        return
                    chunk, future = ahead.popleft()
                    if read := future.result():
                        batch, lines_read = read
                        yield batch
                        line += lines_read
                        continue
                    lines = _Lines(chunk, more)
                    yield from self._row_by_row(iter(lines), line, chunk.count(b"\n"))
                    line += lines.given
                    if rest := lines.rest():
                        ahead.appendleft((rest, pool.submit(self._at_once, rest)))
            finally:
                pool.shutdown(cancel_futures=True)

    def _at_once(self, chunk: bytes) -> tuple[Batch, int] | None:
        """What is in it, and how many lines it has; None where it takes the csv module to read the
        chunk."""
        if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
            return None  # a line end to pyarrow, and none to the csv module
        if chunk.startswith(codecs.BOM_UTF8):
            return None  # no part of the first field to pyarrow; that of the file is gone
        if self._coordinates.is_e7 and b"x" in chunk.lower():
            return None  # hexadecimal to pyarrow
        quotes = self._table.dialect.quoted and b'"' in chunk
        if quotes and self._table.columns.name is None:
            return None  # no column for the row that is added
        line_count = count_byte(chunk, _LINE_END)
        if not chunk.endswith(b"\n"):
            chunk += b"\n"
        if quotes:
            chunk += self._last
        try:
            rows = self._parse(chunk, quotes)
        except pa.ArrowInvalid:
            return None
        lats, lons, names = rows
        if quotes:
            if not len(lats) or names[-1].as_py() != _LAST:
                return None
            lats, lons, names = lats[:-1], lons[:-1], names[:-1]
            if line_count > len(names):
                self._notice(arrow_batches.of_most_lines(names))
        try:
            return arrow_batches.batch(lats, lons, names, self._coordinates), line_count
        except ValueError:
            return None

    def _parse(self, chunk: bytes, quotes: bool) -> list[pa.Array]:
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
                newlines_in_values=quotes,
            ),
            self._convert,
        )
        columns = [column.combine_chunks() for column in table.columns]
        if self._table.columns.name is None:
            columns.append(arrow_batches.unnamed(len(columns[0])))
        return columns


def _chunks(blocks: Iterator[bytes], quoted: bool) -> Iterator[bytes]:
    """The blocks, cut where rows seem to end."""
    begun = b""
    for block in blocks:
        chunk = begun + block
        cut = _end_of_rows(chunk, len(begun)) if quoted else len(chunk)
        if not cut and len(chunk) > text.LINE_LIMIT:
            cut = len(chunk)  # a quote that does not end, for the csv module to complain about
        if cut:
            yield chunk[:cut]
        begun = chunk[cut:]
    if begun:
        yield begun


def _end_of_rows(chunk: bytes, none_before: int) -> int:
    """Where the last line ends that has an even number of quotes before its end; 0 for none.

    It is known that there is none `none_before`, where a line ends.
    """
    end = len(chunk)
    quotes = count_byte(chunk, _QUOTE)
    while quotes % 2:
        last = chunk.rfind(b'"', 0, end)
        before = chunk.rfind(b"\n", 0, last) + 1
        if before <= none_before:
            return 0
        quotes -= chunk.count(b'"', before, end)
        end = before
    return end


class _Lines:
    """The lines of a chunk and, where somebody reads on, of those after it."""

    def __init__(self, chunk: bytes, more: Callable[[], bytes]) -> None:
        self._chunk = chunk
        self._more = more
        self._lines = text.lines_in(b"")
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        begun = 0  # bytes of a row that went on beyond its chunk
        while self._chunk:
            self._lines = text.lines_in(self._chunk)
            for line in self._lines:
                self.given += 1
                yield line
            self._chunk = self._more()
            begun += len(self._chunk)
            if begun > text.LINE_LIMIT:
                raise csv.Error(TOO_LONG)

    def rest(self) -> bytes:
        """What was not given of the chunks that were begun."""
        return self._lines.read().encode("utf-8", "surrogateescape")
