"""Lists of records in JSON text of any length, read in bounded memory.

Records are decoded many at a time, up to what looks like the end of a record. The decoder confirms
the guess: it starts where a record starts, so what it accepts as a list of records is one. If it
does not accept it, the records are read one by one: a faulty one is rejected, while text between
records that is not JSON ends the reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from routeguide.domain.database_faults import DECODER, record_fault

T = TypeVar("T")

# More than the longest name (16,776,960 bytes) with the rest of its record.
RECORD_LIMIT = 32 << 20
SPACES = b" \t\n\r"
_SPACE = re.compile(r"[ \t\n\r]*")
_GUESSES = 32

Place = tuple[int, int]  # line and number of a record, from 1
Reject = Callable[[str, str, int, int], None]  # field, reason, line, number
MakeError = Callable[[str], Exception]


def opened(pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """Skip blank space at the beginning. Returns what follows it in the piece where it ends, and
    the number of its line; b"" if there is nothing else."""
    line = 1
    for piece in pieces:
        begun = piece.lstrip(SPACES)
        line += piece.count(b"\n", 0, len(piece) - len(begun))
        if begun:
            return begun, line
    return b"", line


class Run(Generic[T]):
    """Some consecutive records."""

    def __init__(self, records: list[T], places: Callable[[], list[Place]]) -> None:
        self.records = records
        self._places = places
        self._known: list[Place] | None = None

    def place(self, position: int) -> Place:
        """Return line and number of the record at a position in `records`."""
        if self._known is None:
            self._known = self._places()
        return self._known[position]


class RecordList(Generic[T]):
    """The records after the bracket that opens a list."""

    def __init__(
        self,
        record_type: type[T],
        pieces: Iterator[bytes],
        begun: bytes,
        line: int,
        reject: Reject,
        error: MakeError,
    ) -> None:
        """`begun` is the text between the bracket, on line `line`, and the first of `pieces`.
        `error` makes the exception to raise for a list that is not JSON."""
        self._record_type = record_type
        self._many = msgspec.json.Decoder(list[record_type])  # type: ignore[valid-type]
        self._one = msgspec.json.Decoder(record_type)
        self._pieces = pieces
        self._reject = reject
        self._error = error
        self._buffer = begun
        self._line = line
        self._number = 1  # of the next record
        self._is_closed = False
        self._is_after_comma = False

    def runs(self) -> Iterator[Run[T]]:
        """Yield the valid records in order. Rejects the others; raises what `error` makes."""
        for piece in self._pieces:
            self._buffer += piece
            yield self._up_to_comma() or self._walk(is_final=False)
            if self._is_closed:
                return
        yield self._up_to_bracket() or self._walk(is_final=True)

    def rest(self) -> bytes:
        """Return what follows the closing bracket. Raises what `error` makes for over 32 MiB."""
        rest = [self._buffer]
        size = len(self._buffer)
        for piece in self._pieces:
            rest.append(piece)
            size += len(piece)
            if size > RECORD_LIMIT:
                raise self._error(f"more than {RECORD_LIMIT >> 20} MiB after the end of the list")
        return b"".join(rest)

    def _up_to_comma(self) -> Run[T] | None:
        """Decode what precedes the last comma that seems to stand between two records."""
        buffer = self._buffer
        brace = len(buffer)
        for _ in range(_GUESSES):
            brace = buffer.rfind(b"{", 0, brace)
            if brace < 0:
                return None
            before = buffer[max(0, brace - 256) : brace].rstrip(SPACES)
            if before.endswith(b",") and before[:-1].rstrip(SPACES).endswith(b"}"):
                return self._decode(buffer[: buffer.rfind(b",", 0, brace)], brace)
        return None

    def _up_to_bracket(self) -> Run[T] | None:
        """Decode what precedes the last bracket, if that seems to close the list."""
        bracket = self._buffer.rfind(b"]")
        text = self._buffer[: max(0, bracket)]
        if not text.rstrip(SPACES).endswith(b"}"):
            return None
        run = self._decode(text, bracket + 1)
        self._is_closed = run is not None
        return run

    def _decode(self, text: bytes, end: int) -> Run[T] | None:
        """Decode `text` as whole records and drop the buffer up to `end`; None if it is not."""
        try:
            if not text.isascii():
                text.decode()  # msgspec does not check the members that it ignores
            records = self._many.decode(b"[" + text + b"]")
        except (ValueError, RecursionError):
            return None
        line, number = self._line, self._number

        def places() -> list[Place]:
            raws = msgspec.json.decode(b"[" + text + b"]", type=list[msgspec.Raw])
            found, at, at_line = [], 0, line
            for position, raw in enumerate(raws, number):
                start = text.index(bytes(raw), at)
                at_line += text.count(b"\n", at, start)
                found.append((at_line, position))
                at = start
            return found

        self._number += len(records)
        self._is_after_comma = True
        self._drop(end)
        return Run(records, places)

    def _walk(self, is_final: bool) -> Run[T]:
        """Read the complete records in the buffer one by one."""
        text = self._buffer.decode("utf-8", "surrogateescape")
        records: list[T] = []
        places: list[Place] = []
        done = 0  # characters that need not be read again
        line, line_counted = self._line, 0
        try:
            position = _after_space(text, 0)
            if not self._is_after_comma and text[position : position + 1] == "]":
                self._is_closed, done = True, position + 1
            while not self._is_closed:
                end = DECODER.raw_decode(text, position)[1]
                follows = _after_space(text, end)
                mark = text[follows : follows + 1]
                if mark not in ("]", ","):  # or it is not read yet
                    raise json.JSONDecodeError("Expecting ',' or ']'", text, follows)
                line += text.count("\n", line_counted, position)
                line_counted = position
                record, place = text[position:end], (line, self._number)
                if fault := record_fault(record, self._record_type):
                    self._reject(*fault, *place)
                else:
                    records.append(self._one.decode(record))
                    places.append(place)
                self._number += 1
                self._is_closed = mark == "]"
                self._is_after_comma = True
                done = follows + 1
                position = _after_space(text, done)
        except json.JSONDecodeError as error:
            if is_final or len(text) - done > RECORD_LIMIT:
                raise self._syntax_error(text, error, done) from error
        except RecursionError as error:
            raise self._error(f"record {self._number}: nested too deeply") from error
        self._drop(len(text[:done].encode("utf-8", "surrogateescape")))
        return Run(records, lambda: places)

    def _drop(self, size: int) -> None:
        self._line += self._buffer.count(b"\n", 0, size)
        self._buffer = self._buffer[size:]

    def _syntax_error(self, text: str, error: json.JSONDecodeError, done: int) -> Exception:
        record = f"record {self._number}"
        if error.pos - done > RECORD_LIMIT // 2:
            return self._error(f"{record} is longer than {RECORD_LIMIT >> 20} MiB, or not JSON")
        line = self._line + text.count("\n", 0, error.pos)
        return self._error(f"{record}: not JSON: {error.msg} (line {line})")


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None  # the pattern matches the empty string
    return match.end()
