"""A list of records in JSON text of any length, in bounded memory.

The quick way guesses where a record ends: before a comma between braces. The decoder says whether
the guess was right: it knows where the text begins, so what it takes for a list of whole records
is one. Where the guess was wrong, or a record is at fault, the records are walked through one by
one. What is not JSON between records ends the reading; a record that is at fault does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from routeguide.domain.database_faults import DECODER, record_fault
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import RejectSink
from routeguide.formats.base.text import LINE_LIMIT

T = TypeVar("T")

GUESSES = 32
_SPACE = re.compile(r"[ \t\n\r]*")
_SPACES = b" \t\n\r"


class Run(Generic[T]):
    """Some records that follow one another."""

    def __init__(self, records: list[T], places: Callable[[], list[tuple[int, int]]]) -> None:
        self.records = records
        self._places = places
        self._known: list[tuple[int, int]] | None = None

    def place(self, position: int) -> tuple[int, int]:
        """Line and number, from 1, of the record at a position in `records`."""
        if self._known is None:
            self._known = self._places()
        return self._known[position]


class ListReader(Generic[T]):
    """Reads what follows the bracket that opens a list."""

    def __init__(
        self,
        source_name: str,
        record_type: type[T],
        pieces: Iterator[bytes],
        begun: bytes,
        line: int,
        reject: RejectSink,
    ) -> None:
        """`begun` is what was read beyond the bracket, which is on line `line`."""
        self._source_name = source_name
        self._record_type = record_type
        self._many = msgspec.json.Decoder(list[record_type])  # type: ignore[valid-type]
        self._one = msgspec.json.Decoder(record_type)
        self._pieces = pieces
        self._reject = reject
        self._buffer = begun
        self._line = line
        self._number = 1  # of the next record
        self._closed = False
        self._after_comma = False

    def runs(self) -> Iterator[Run[T]]:
        """All records that are sound, in their order; the others are rejected."""
        for piece in self._pieces:
            self._buffer += piece
            if quick := self._guess():
                yield quick
            else:
                yield self._walk(final=False)
                if self._closed:
                    return
        yield self._walk(final=True)

    def rest(self) -> bytes:
        """What follows the bracket that closes the list. Raises SourceError for very much."""
        rest = [self._buffer]
        size = len(self._buffer)
        for piece in self._pieces:
            rest.append(piece)
            size += len(piece)
            if size > LINE_LIMIT:
                fault = f"more than {LINE_LIMIT >> 20} MiB after the end of the list"
                raise SourceError(self._source_name, fault)
        return b"".join(rest)

    def _guess(self) -> Run[T] | None:
        """The records before what looks like the last comma between records."""
        buffer = self._buffer
        brace = len(buffer)
        for _ in range(GUESSES):
            brace = buffer.rfind(b"{", 0, brace)
            if brace < 0:
                return None
            before = buffer[max(0, brace - 256) : brace].rstrip(_SPACES)
            if before.endswith(b",") and before[:-1].rstrip(_SPACES).endswith(b"}"):
                comma = buffer.rfind(b",", 0, brace)
                return self._decode(buffer[:comma], brace)
        return None

    def _decode(self, text: bytes, end: int) -> Run[T] | None:
        try:
            if not text.isascii():
                text.decode()  # the decoder does not look inside members that it ignores
            records = self._many.decode(b"[" + text + b"]")
        except (ValueError, RecursionError):
            return None
        line, number = self._line, self._number

        def places() -> list[tuple[int, int]]:
            raws = msgspec.json.decode(b"[" + text + b"]", type=list[msgspec.Raw])
            found, at, at_line = [], 0, line
            for position, raw in enumerate(raws, number):
                start = text.index(bytes(raw), at)
                at_line += text.count(b"\n", at, start)
                found.append((at_line, position))
                at = start
            return found

        self._number += len(records)
        self._after_comma = True
        self._drop(end)
        return Run(records, places)

    def _walk(self, final: bool) -> Run[T]:
        """The whole records at the beginning of the buffer, and whether the list ends there."""
        text = self._buffer.decode("utf-8", "surrogateescape")
        scan = DECODER.raw_decode
        records: list[T] = []
        found: list[tuple[int, int]] = []
        done = 0  # the text that is done with
        line, line_begins = self._line, 0
        try:
            position = self._space(text, 0)
            if not self._after_comma and text[position : position + 1] == "]":
                self._closed, done = True, position + 1
            while not self._closed:
                end = scan(text, position)[1]
                follows = self._space(text, end)
                mark = text[follows : follows + 1]
                if mark not in ("]", ","):  # there may be none yet
                    raise json.JSONDecodeError("Expecting ',' or ']'", text, follows)
                line += text.count("\n", line_begins, position)
                line_begins = position
                self._take(text[position:end], (line, self._number), records, found)
                self._closed = mark == "]"
                self._after_comma = True
                done = follows + 1
                position = self._space(text, done)
        except json.JSONDecodeError as error:
            if final or len(text) - done > LINE_LIMIT:
                raise self._fault(text, error, done) from error
        except RecursionError as error:
            fault = f"record {self._number}: nested too deeply"
            raise SourceError(self._source_name, fault) from error
        self._drop(len(text[:done].encode("utf-8", "surrogateescape")))
        return Run(records, lambda: found)

    def _take(
        self,
        text: str,
        place: tuple[int, int],
        records: list[T],
        found: list[tuple[int, int]],
    ) -> None:
        self._number += 1
        if fault := record_fault(text, self._record_type):
            self._reject(*fault, *place)
        else:
            records.append(self._one.decode(text))
            found.append(place)

    def _drop(self, size: int) -> None:
        self._line += self._buffer.count(b"\n", 0, size)
        self._buffer = self._buffer[size:]

    @staticmethod
    def _space(text: str, position: int) -> int:
        match = _SPACE.match(text, position)
        assert match is not None  # it matches nothing as well
        return match.end()

    def _fault(self, text: str, error: json.JSONDecodeError, done: int) -> SourceError:
        place = f"record {self._number}"
        if error.pos - done > LINE_LIMIT // 2:
            return SourceError(
                self._source_name, f"{place} is longer than {LINE_LIMIT >> 20} MiB, or not JSON"
            )
        line = self._line + text.count("\n", 0, error.pos)
        column = error.pos - text.rfind("\n", 0, error.pos)
        where = f"line {line}, column {column}"
        return SourceError(self._source_name, f"{place}: not JSON: {error.msg} ({where})")
